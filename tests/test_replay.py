"""What a walk shows on the live nodes, and that nothing else ever counts it."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import re
from math import tanh
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st

from engine import Value, diagnose, draw, grad, gradcheck, gradients_kept, jvp, take_back, unfinished, walk
from engine.errors import DivisionError
from engine.graph import nodes, operations
from engine.replay import REPLAYS, Shown
from nn import MLP, NetworkError, Recorder, data, diagnose as diagnose_model, fit, losses, optim

if TYPE_CHECKING:
    from collections.abc import Callable

B = 1 - tanh(-3.0 * 2.0 + 6.5) ** 2  # of README's neuron: tanh'(z) = 1 - tanh(z)², times x for w, times w for x
W, X = 2.0 * B, -3.0 * B


def neuron() -> tuple[Value, Value, Value, Value]:
    """README's: x, w, b and h."""
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.5, "b")
    h = (w * x + b).tanh()
    h.label = "h"
    return x, w, b, h


def near(*numbers: float) -> Any:
    return pytest.approx(numbers, rel=1e-12)


# Each order of calls


def half(h: Value) -> None:
    walk(h).goto(8)


def whole(h: Value) -> None:
    walk(h).run()


def back_and_forth(h: Value) -> None:
    steps = walk(h)
    for where in "end", 3, "end", "start", 7, "end":
        steps.goto(where)


def by_clicks(h: Value) -> None:
    steps = walk(h)
    for _ in range(9):
        steps.next()
        steps.draw()
        steps._repr_html_()


def twice(h: Value) -> None:
    first, second = walk(h), walk(h)
    first.goto(8)
    second.run()
    first.back()


def part(h: Value) -> None:
    whole(h)
    walk(h.args[0]).run()


def accumulating(h: Value) -> None:
    walk(h, accumulate=True).run()


WALKS = [half, whole, back_and_forth, by_clicks, twice, part, accumulating]


@pytest.mark.parametrize("walked", WALKS)
@pytest.mark.parametrize("passes", [0, 1, 2])
def test_a_walk_adds_to_no_pass(walked: Callable[[Value], None], passes: int) -> None:
    x, w, b, h = neuron()
    for _ in range(passes):
        h.backward()
    walked(h)
    h.backward()
    assert (w.grad, b.grad, x.grad) == near(*((passes + 1) * each for each in (W, B, X)))
    walked(h)
    h.zero_grad()
    assert (w.grad, b.grad, x.grad, h.grad, h.args[0].grad) == (0.0,) * 5
    h.backward()
    assert (w.grad, b.grad, x.grad) == near(W, B, X)
    assert all(type(node.grad) is float for node in nodes(h))


@pytest.mark.parametrize("passes", [0, 1, 2])
def test_a_whole_walk_shows_one_pass_whatever_was_there_before_and_gives_that_back(passes: int) -> None:
    x, w, b, h = neuron()
    for _ in range(passes):
        h.backward()
    before = [node.grad for node in nodes(h)]
    steps = walk(h)
    steps.goto(8)
    assert "w.grad      0.0 → 1.573" in str(steps)
    assert (w.grad, b.grad, x.grad) == near(W, B, 0.0)
    steps.run()
    assert (w.grad, b.grad, x.grad) == near(W, B, X)
    steps.goto(0)
    assert [node.grad for node in nodes(h)] == before


def test_two_passes_still_add_up_and_a_walk_between_them_changes_nothing() -> None:
    _, w, b, h = neuron()
    h.backward()
    walk(h).run()
    assert (w.grad, b.grad) == near(W, B)
    h.backward()
    assert (w.grad, b.grad) == near(2 * W, 2 * B)
    walk(h).run()
    assert (w.grad, b.grad) == near(W, B)


def test_gradients_add_up_in_a_walk_on_request() -> None:
    _, w, b, h = neuron()
    h.backward()
    steps = walk(h, accumulate=True)
    steps.goto(8)
    assert "w.grad      1.573 → 3.146" in str(steps)
    steps.run()
    assert (w.grad, b.grad) == near(2 * W, 2 * B)
    again = walk(h, accumulate=True)  # of what backward() left, not of what the walk before it showed
    again.run()
    assert (w.grad, b.grad) == near(2 * W, 2 * B)
    again.goto("start")
    assert (w.grad, b.grad) == near(W, B)


def test_a_walk_goes_on_after_it_was_taken_back_and_then_gives_back_what_came_between() -> None:
    x, w, b, h = neuron()
    steps = walk(h)
    steps.goto(8)
    h.backward()
    assert (w.grad, x.grad) == near(W, X)
    assert steps.at == 8
    steps.goto(8)  # where it is: shown again
    assert (w.grad, x.grad) == near(W, 0.0)
    steps.next()
    assert (w.grad, x.grad) == near(W, X)
    steps.goto("start")
    assert (w.grad, b.grad, x.grad) == near(W, B, X)


def test_walks_that_share_a_leaf_take_each_other_back_and_others_do_not() -> None:
    w, u, v, far = (Value(number, label) for number, label in zip((2.0, 3.0, 5.0, 7.0), ("w", "u", "v", "far")))
    one, other, alone = walk(w * u), walk(w * v), walk(far * far)
    alone.run()
    one.run()
    assert (w.grad, u.grad, v.grad, far.grad) == (3.0, 2.0, 0.0, 14.0)
    other.run()
    assert (w.grad, u.grad, v.grad, far.grad) == (5.0, 0.0, 2.0, 14.0)
    one.back()
    assert (w.grad, u.grad, v.grad, far.grad) == (3.0, 0.0, 0.0, 14.0)
    (u * 2.0).backward()  # of one leaf alone: the walk is taken back whole
    assert (w.grad, u.grad, v.grad, far.grad) == (0.0, 2.0, 0.0, 14.0)
    alone.goto("start")
    assert far.grad == 0.0


def test_a_gradient_set_by_hand_stays_until_the_next_move_and_comes_back_after_the_walk() -> None:
    _, w, b, h = neuron()
    steps = walk(h)
    steps.goto(8)
    w.grad = 5.0
    assert (w.grad, b.grad) == near(5.0, B)
    steps.next()
    assert (w.grad, b.grad) == near(W, B)
    steps.goto(0)
    assert (w.grad, b.grad) == (5.0, 0.0)
    steps.goto(8)
    w.grad = 4.0
    h.backward()
    assert (w.grad, b.grad) == near(4.0 + W, B)
    steps.goto(8)
    w.grad = None  # PyTorch's reset
    assert (w.grad, b.grad) == near(0.0, B)
    h.backward()
    assert (w.grad, b.grad) == near(W, 2 * B)


def test_data_set_by_hand_moves_no_gradient() -> None:
    _, w, b, h = neuron()
    steps = walk(h)
    steps.goto(8)
    w.data = 1.0
    steps.run()
    assert (w.grad, b.grad) == near(W, B)
    w.data = -3.0
    h.backward()
    assert (w.grad, b.grad) == near(W, B)


def test_derivatives_as_results_and_checks_leave_a_walk_as_it_is() -> None:
    x, w, _, h = neuron()
    steps = walk(h)
    steps.goto(8)
    shown = [node.grad for node in nodes(h)]
    grad(h, [w, x])
    jvp(h, {w: 1.0})
    diagnose(h)
    gradcheck(lambda u: u * u, 2.0)
    draw(h)
    assert [node.grad for node in nodes(h)] == shown


def test_a_leaf_that_is_frozen_half_way_stays_frozen() -> None:
    _, w, b, h = neuron()
    steps = walk(h)
    steps.goto(7)
    w.requires_grad = False
    steps.run()
    assert w.grad is None
    assert (b.grad,) == near(B)
    steps.goto("start")
    assert w.grad is None
    h.backward()
    assert w.grad is None
    assert (b.grad,) == near(B)
    steps.run()
    w.requires_grad = True
    assert w.grad == 0.0
    steps.goto("end")
    assert (w.grad,) == near(W)
    h.backward()
    assert (w.grad, b.grad) == near(W, 2 * B)


def test_a_pass_that_fails_is_no_gradient_and_is_taken_back() -> None:
    x, y = Value(0.0, "x"), Value(3.0, "y")
    root = x.sqrt() * y + y
    steps = walk(root)
    steps.goto("end")
    assert y.grad == 1.0
    with pytest.raises(NetworkError, match="y.grad shows step 8 of 9 of a walk"):
        optim.SGD([y], lr=0.1).step()
    with pytest.raises(DivisionError):
        steps.next()
    (y * 2.0).backward()
    assert (x.grad, y.grad) == (0.0, 2.0)


# Copies, and what is dropped


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda root: pickle.loads(pickle.dumps(root))])
@pytest.mark.parametrize("at", [0, 8, 9])
def test_a_copy_shows_the_same_and_counts_the_walk_as_little(copied: Callable[[Value], Value], at: int) -> None:
    _, w, b, h = neuron()
    h.backward()
    steps = walk(h)
    steps.goto(at)
    twin = copied(h)
    leaves = {node.label: node for node in nodes(twin)}
    assert (leaves["w"].grad, leaves["b"].grad) == (w.grad, b.grad)
    twin.backward()
    assert (leaves["w"].grad, leaves["b"].grad) == near(2 * W, 2 * B)
    assert (w.grad, b.grad) == near(W, B)
    h.backward()
    assert (w.grad, b.grad) == near(2 * W, 2 * B)


def test_a_walk_that_is_dropped_is_taken_back_all_the_same() -> None:
    _, w, b, h = neuron()
    walk(h).goto(8)
    gc.collect()
    assert (w.grad, b.grad) == near(W, B)
    h.backward()
    assert (w.grad, b.grad) == near(W, B)


def test_walks_and_their_graphs_are_freed() -> None:
    def count() -> int:
        gc.collect()
        return sum(type(thing) in (Value, Shown) for thing in gc.get_objects())

    before, replays = count(), len(REPLAYS)
    weight, gradients = Value(2.0, "weight"), []
    for _ in range(50):
        h = neuron()[-1]
        walk(h).run()
        walk(h * weight).goto(8)
        gradients.append(weight.grad)  # a number that is kept keeps no graph
    del h
    take_back([weight])
    del weight, gradients
    assert count() <= before
    assert len(REPLAYS) <= replays


def test_numbers_that_are_kept_keep_one_graph_at_most() -> None:
    def count() -> int:
        gc.collect()
        return sum(type(thing) is Value for thing in gc.get_objects())

    before, weight = count(), Value(2.0, "weight")
    gradients = []
    for _ in range(50):
        walk(weight * 3.0 * 4.0).run()
        gradients.append(weight.grad)
    assert gradients == [12.0] * 50
    assert count() < before + 10


def test_nothing_is_looked_through_while_no_walk_is_shown() -> None:
    gc.collect()
    others = len(REPLAYS)  # of walks that a test before has left open
    h = neuron()[-1]
    steps = walk(h)
    steps.goto(8)
    assert len(REPLAYS) == others + 1
    steps.goto(0)
    del steps
    assert len(REPLAYS) == others


# What shows a walk


def test_a_notebook_opens_a_walk_clean_and_shows_the_cursor_whatever_the_nodes_hold() -> None:
    def picture(steps: Any) -> str:
        (alt,) = re.findall(r'alt="(.*?)"', steps._repr_html_())
        return str(alt)

    h = neuron()[-1]
    clean = picture(walk(h))
    assert re.findall(r"grad ([\d.-]+)[;.]", clean) == ["0.0"] * 6
    h.backward()
    steps = walk(h)
    assert picture(steps) == clean
    steps.goto(8)
    shown = picture(steps)
    assert "w, data −3.0, grad 1.573" in shown
    assert "x, data 2.0, grad 0.0" in shown
    h.backward()
    assert picture(steps) == shown


def test_a_shown_gradient_is_a_plain_number_to_everything_that_takes_one() -> None:
    _, w, b, h = neuron()
    walk(h).run()
    other = Value(w.grad)
    other.grad = b.grad
    assert type(other.data) is type(other.grad) is float
    other.data = w.grad
    assert type(other.data) is float
    assert type(w.grad + 1) is type(2 * w.grad) is type(-w.grad) is float
    assert repr(w) == f"Value(-3.0, grad={w.grad}, label='w')"
    assert f"{w.grad:.3f} {w.grad} {json.dumps([w.grad])}" == f"1.573 {float(w.grad)!r} [{float(w.grad)!r}]"


def test_a_drawing_of_a_walk_is_that_of_its_cursor_whatever_the_nodes_hold() -> None:
    h = neuron()[-1]
    steps = walk(h)
    expected = []
    for at in range(len(steps) + 1):
        steps.goto(at)
        expected.append(steps.draw(local=True).dot)
    assert len(set(expected)) == len(expected)
    for disturb in h.backward, h.backward, h.zero_grad, walk(h).run:
        for at in range(len(steps) + 1):
            steps.goto(at)
            disturb()
            live = [node.grad for node in nodes(h)]
            assert steps.draw(local=True).dot == expected[at]
            assert [node.grad for node in nodes(h)] == live


# Optimizers, models and measurements

OPTIMIZERS = [optim.SGD, optim.AveragedSGD, optim.AdaGrad, optim.RMSProp, optim.Adam, optim.AdamW]
CLEARED = [
    lambda model, optimizer: model.zero_grad(),
    lambda model, optimizer: optimizer.zero_grad(),
    lambda model, optimizer: [setattr(p, "grad", 0.0) for p in model.parameters()],
]


def loss_of(model: MLP) -> Value:
    return losses.mse(model([0.5, -1.0]), 1.0)


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("clip", [None, optim.clip_norm, optim.clip_value])
def test_a_step_after_a_whole_walk_moves_as_one_after_backward(kind: Any, clip: Any) -> None:
    weights = []
    for walked in False, True, True:
        model = MLP(2, [3, 1], "tanh", rng=0)
        optimizer = kind(model.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            loss = loss_of(model)
            if walked:
                walk(loss).run()
            else:
                loss.backward()
            if clip:
                clip(model.parameters(), 0.1)
            optimizer.step()
        weights.append([p.data for p in model.parameters()])
    assert weights[0] == weights[1] == weights[2]


@pytest.mark.parametrize("clear", CLEARED)
@pytest.mark.parametrize("where", [3, "seed", -2, "end"])
def test_clearing_a_model_clears_a_walk(clear: Any, where: Any) -> None:
    model = MLP(2, [3, 1], "tanh", rng=0)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    loss = loss_of(model)
    loss.backward()
    right = [p.grad for p in model.parameters()]
    steps = walk(loss)
    steps.goto(len(steps) + where if where == -2 else where)
    clear(model, optimizer)
    if clear is not CLEARED[-1]:  # which knows nothing of the rest of the graph
        assert all(type(node.grad) in (float, type(None)) for node in nodes(loss))
    assert not any(p.grad for p in model.parameters())
    assert all(type(p.grad) is float for p in model.parameters())
    loss.backward()
    assert [p.grad for p in model.parameters()] == right


@pytest.mark.parametrize("use", [optim.SGD.step, "clip_norm", "clip_value"])
def test_half_a_walk_is_refused_by_an_optimizer_with_what_to_do(use: Any) -> None:
    _, w, b, h = neuron()
    other = Value(1.0, "other")
    optimizer = optim.SGD([other, w, b], lr=0.1)
    act = {
        "clip_norm": lambda o: optim.clip_norm(o.parameters, 1.0),
        "clip_value": lambda o: optim.clip_value(o.parameters, 1.0),
    }.get(use, use)
    steps = walk(h)
    for at in range(1, 9):
        steps.goto(at)
        before = [(each.data, each.grad) for each in optimizer.parameters]
        with pytest.raises(NetworkError, match=rf"w.grad shows step {at} of 9 of a walk.*run\(\).*backward\(\)"):
            act(optimizer)
        assert [(each.data, each.grad) for each in optimizer.parameters] == before
    for at in 0, 9:
        steps.goto(at)
        act(optimizer)
    walk(neuron()[-1]).goto(5)
    act(optim.SGD([other], lr=0.1))  # it is no part of the walk


def test_measuring_a_model_leaves_a_walk_as_it_is() -> None:
    model = MLP(2, [3, 1], "tanh", rng=0)
    X, y = [[0.5, -1.0], [1.0, 2.0]], [1.0, -1.0]
    loss = loss_of(model)
    walk(loss).run()
    shown = [node.grad for node in nodes(loss)]
    diagnose_model(model, X, y)
    assert [node.grad for node in nodes(loss)] == shown
    loss.backward()
    assert [node.grad for node in nodes(loss)] == shown


def test_a_training_that_is_recorded_counts_no_walk() -> None:
    weights = []
    for walked in False, True:
        model = MLP(2, [3, 1], "tanh", rng=0)
        if walked:
            walk(loss_of(model)).goto(9)
        fit(model, *data.xor(), "mse", optim.SGD(model.parameters(), lr=0.1), epochs=3, recorder=Recorder())
        weights.append([p.data for p in model.parameters()])
    assert weights[0] == weights[1]


def test_gradients_that_are_kept_come_back_with_the_walk_behind_them() -> None:
    _, w, b, h = neuron()
    steps = walk(h)
    steps.goto(8)
    shown = [node.grad for node in nodes(h)]
    with gradients_kept([w]):
        w.grad = 7.0
        h.backward()
        assert (w.grad,) == near(7.0 + W)
    assert [node.grad for node in nodes(h)] == shown
    assert unfinished(b) == "step 8 of 9 of a walk"
    h.backward()
    assert (w.grad, b.grad) == near(W, B)


# Any order of all calls, against a model of what is right


class Model:
    """Plain dicts: the gradients that count, and what each walk shows in front of them."""

    def __init__(self, roots: list[Value]) -> None:
        self.graphs = [nodes(root) for root in roots]
        self.gradients = {node: node.grad for graph in self.graphs for node in graph}
        self.shown: list[dict[Value, float]] = []

    def passed(self, graph: list[Value], gradients: dict[Value, float], stop: int) -> None:
        """Add to gradients what so many steps of a pass add."""
        order = [node for node in graph if node.op]
        steps = [(graph[-1], None)] + [(z, i) for z in reversed(operations(graph[-1])) for i in range(len(z.args))]
        steps = [(z, i) for z, i in steps if i is None or z.args[i].grad is not None]
        for z, i in steps[: max(stop - len(order), 0)]:
            if i is None:
                gradients[z] += 1.0
            else:
                gradients[z.args[i]] += gradients[z] * z.op.slopes[i](*(arg.data for arg in z.args), z=z.data)

    def close(self, graph: list[Value]) -> None:
        self.shown = [shown for shown in self.shown if not shown.keys() & set(graph)]

    def backward(self, graph: list[Value]) -> None:
        self.close(graph)
        self.gradients.update((node, 0.0) for node in graph if node.op)
        self.passed(graph, self.gradients, 1000)

    def zero_grad(self, graph: list[Value]) -> None:
        self.close(graph)
        self.gradients.update((node, 0.0) for node in graph if node.grad is not None)

    def set(self, node: Value, number: float) -> None:
        self.gradients[node] = number
        for shown in self.shown:
            shown.pop(node, None)

    def show(self, graph: list[Value], start: dict[Value, float], at: int) -> dict[Value, float]:
        self.close(graph)
        shown = dict(start)
        self.passed(graph, shown, at)
        self.shown.append(shown)
        return shown

    def start(self, graph: list[Value], accumulate: bool) -> dict[Value, float]:
        wanted = [node for node in graph if node.grad is not None]
        return {node: self.gradients[node] if accumulate and not node.op else 0.0 for node in wanted}

    @property
    def seen(self) -> dict[Value, float]:
        seen = dict(self.gradients)
        for shown in self.shown:
            seen.update(shown)
        return seen


def forest(rng: Random) -> list[Value]:
    """Three small graphs over whole numbers, most of which share leaves, parts or both."""
    pool = [Value(float(rng.randint(-3, 3)), letter) for letter in "abcd"]
    roots = []
    for _ in range(3):
        for _ in range(rng.randint(1, 4)):
            x, y = rng.choice(pool), rng.choice([*pool, float(rng.randint(-3, 3))])
            pool.append(rng.choice([x * y, x + y, x - y, x.maximum(y), -x]))
        roots.append(pool[-1])
    return [*roots, Value(2.0, "alone") * Value(3.0)]


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 10**9), calls=st.integers(1, 25))
def test_any_order_of_moves_passes_and_resets_shows_and_leaves_what_is_right(seed: int, calls: int) -> None:
    rng = Random(seed)
    roots = forest(rng)
    model = Model(roots)
    live: list[Any] = [None] * 5  # walks: the walk, its graph, where it starts, what it shows

    def begin(slot: int) -> None:
        which, accumulate = rng.randrange(len(roots)), rng.random() < 0.3
        graph = model.graphs[which]
        live[slot] = [walk(roots[which], accumulate=accumulate), graph, model.start(graph, accumulate), {}]

    def move(slot: int) -> None:
        if live[slot] is None:
            begin(slot)
        steps, graph, start, shown = live[slot]
        to = rng.choice([0, 1, rng.randint(0, len(steps)), len(steps)])
        steps.goto(to)
        mine = [each for each in model.shown if each is shown]
        if not to:
            model.shown = [each for each in model.shown if each is not shown]
        elif mine and shown.keys() == start.keys():
            shown.update(start)
            model.passed(graph, shown, to)
        else:
            live[slot][3] = model.show(graph, start, to)

    for _ in range(calls):
        which = rng.randrange(len(roots))
        call = rng.choice(["backward", "zero_grad", "begin", "move", "move", "move", "set", "read"])
        if call in ("backward", "zero_grad"):
            getattr(roots[which], call)()
            getattr(model, call)(model.graphs[which])
        elif call == "begin":
            begin(rng.randrange(len(live)))  # the walk that was there is dropped
        elif call == "move":
            move(rng.randrange(len(live)))
        elif call == "set":
            node = rng.choice([node for node in model.gradients if node.grad is not None])
            node.grad = float(rng.randint(-9, 9))
            model.set(node, node.grad)
        else:
            steps = walk(roots[which])
            assert str(steps)
            assert steps.text()
            steps.draw()
        assert {node: node.grad for node in model.gradients} == model.seen
    for which, root in enumerate(roots):
        root.backward()
        model.backward(model.graphs[which])
        assert {node: node.grad for node in model.gradients} == model.seen

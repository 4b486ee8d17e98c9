"""The walk: its steps are the pass, its cursor fills and restores gradients, and its text can be read."""

from __future__ import annotations

import re
import sys
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from wording import mentions

from engine import Value, constant, define, grad, label_all, python_operation, replay, source_lines, walk
from engine.errors import ArgumentError, DivisionError, GradwalkError, NumberError
from engine.graph import nodes, reached
from engine.ops import OPS
from engine.printer import format_number
from engine.terminal import TextStyle, columns, cut, wrap
from engine.walk import cursor
from engine.walk.cursor import WalkError
from engine.walk.explain import Wording, agrees, ending, explain_reason, nudged, opening
from engine.walk.quiz import guessed, judge, question

if TYPE_CHECKING:
    from collections.abc import Callable


def classic() -> tuple[Value, ...]:
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    e = a * b
    d = e + c
    L = d * f
    e.label, d.label, L.label = "e", "d", "L"
    return a, b, c, f, e, d, L


def neuron() -> Value:
    x1, x2, w1, w2, b = Value(2.0), Value(0.0), Value(-3.0), Value(1.0), Value(6.88)
    n = (x1 * w1 + x2 * w2 + b).tanh()
    label_all(locals())
    return n


def square() -> Value:
    x = Value(3.0, "x")
    return x * x


def random_graph(rng: Random, size: int = 30) -> Value:
    """All operations, shared nodes and constants; every argument is brought into its domain."""
    made = [Value(rng.uniform(-2, 2), f"x{index}") for index in range(4)]
    for _ in range(size):
        op = rng.choice(list(OPS.values()))
        args: list[Any] = [
            rng.choice(made[-8:]) if rng.random() < 0.8 else rng.uniform(0.3, 2) for _ in range(op.arity)
        ]
        if not any(isinstance(arg, Value) for arg in args):
            args[0] = made[-1]
        inside = []
        for arg, domain in zip(args, op.domain):
            middle, reach = (domain.low + domain.high) / 2, (domain.high - domain.low) / 2
            fits = arg.tanh() * reach + middle if isinstance(arg, Value) else rng.uniform(domain.low, domain.high)
            inside.append(fits)
        first = inside[0] if isinstance(inside[0], Value) else constant(inside[0])
        made.append(getattr(first, op.name)(*inside[1:]))
    root = made[0]
    for node in made[1:]:
        root = root + node * rng.uniform(-1, 1)
    return root


def gradients(root: Value) -> list[float | None]:
    return [node.grad for node in nodes(root)]


# The steps are the pass


@pytest.mark.parametrize("seed", range(40))
def test_the_end_of_a_walk_is_bit_for_bit_what_backward_gives(seed: int) -> None:
    root = random_graph(Random(seed))
    passes = []
    for _ in range(2):
        root.backward()
        passes.append(repr(gradients(root)))
    once, twice = passes
    walk(root).run()  # whatever the leaves hold
    assert repr(gradients(root)) == once
    root.zero_grad()
    root.backward()
    walk(root, accumulate=True).run()
    assert repr(gradients(root)) == twice
    walk(root).run()
    assert repr(gradients(root)) == once
    root.backward()
    assert repr(gradients(root)) == twice


@pytest.mark.parametrize("seed", range(10))
def test_steps_are_each_operation_once_the_seed_and_each_edge_that_wants_a_gradient_once(seed: int) -> None:
    root = random_graph(Random(seed))
    steps = walk(root)
    order = [node for node in nodes(root) if node.op]
    found = reached(root, order)
    edges = [(z, at) for z in order for at, arg in enumerate(z.args) if z in found and arg.requires_grad]
    assert [step.node for step in steps if step.kind == "forward"] == order
    assert [step.node for step in steps if step.kind == "seed"] == [root]
    contributions = [step for step in steps if step.kind == "backward"]
    assert sorted(map(id, (step.node for step in contributions))) == sorted(id(z) for z, _ in edges)
    assert {(step.node, step.argument) for step in contributions} == set(edges)
    assert all(step.target is step.node.args[step.argument or 0] for step in contributions)
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert [step.nth for step in steps[len(order) :]] == list(range(1, steps[-1].of + 1))


def test_a_step_tells_its_numbers() -> None:
    a, b, *_, e, d, L = classic()
    step = walk(L)[8]
    assert (step.kind, step.node, step.target, step.argument) == ("backward", e, a, 0)
    assert (step.upstream, step.local, step.contribution, step.before, step.after) == (-2.0, -3.0, 6.0, 0.0, 6.0)
    assert (step.number, step.nth, step.of, step.path, step.paths) == (9, 6, 7, 1, 1)
    assert walk(L)[0].after == e.data == -6.0
    assert b.grad == d.grad == 0.0


def test_a_walk_is_a_sequence() -> None:
    steps = walk(classic()[-1])
    assert len(steps) == 10
    assert [step.number for step in steps[2:5]] == [3, 4, 5]
    assert steps[-1].number == 10
    assert steps[3] in steps
    with pytest.raises(IndexError):
        steps[10]


def test_a_constant_gets_no_step_and_is_never_asked_for_a_slope() -> None:
    x = Value(-3.0, "x")
    steps = walk(x**2)
    assert [step.kind for step in steps] == ["forward", "seed", "backward"]
    steps.run()
    assert x.grad == -6.0
    assert len(walk(constant(3.0))) == 0


def test_a_node_that_is_used_twice_gets_two_contributions() -> None:
    x = Value(3.0, "x")
    steps = walk(x * x)
    assert [(step.before, step.after, step.path, step.paths) for step in steps[2:]] == [(0, 3, 1, 2), (3, 6, 2, 2)]
    assert "(by the first x)" in str(steps[2])
    assert "(by the second x)" in str(steps[3])


def test_a_leaf_alone_has_a_walk_of_the_seed() -> None:
    a = Value(2.0, "a")
    a.grad = 5.0
    for accumulate, end in (False, 1.0), (True, 6.0):
        steps = walk(a, accumulate=accumulate)
        assert [step.kind for step in steps] == ["seed"]
        steps.run()
        assert a.grad == end
        steps.back()
        assert a.grad == 5.0


def test_gradients_that_are_graphs_and_defined_operations_can_be_walked() -> None:
    define("cube", "x ** 3", ("3 * x ** 2",))
    x = Value(2.0, "x")
    y = x.cube()
    assert "local       dv1/dx = 3.0 * x ** 2.0 = 3.0 * 2.0 ** 2.0 = 12.0" in str(walk(y)[2])
    slope = grad(y, x)[0]
    walk(slope).run()
    assert x.grad == 12.0  # 6x, the second derivative


def test_only_a_value_has_a_walk() -> None:
    with pytest.raises(NumberError, match=r"Value.*3\.0"):
        walk(3.0)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="accumulate .*not 3"):
        walk(Value(3.0), accumulate=3)  # type: ignore[arg-type]


def test_a_pass_that_cannot_go_on_stops_where_backward_does_and_says_the_same() -> None:
    def graph() -> tuple[Value, Value, Value]:
        x, y = Value(0.0, "x"), Value(3.0, "y")
        return x, y, x.sqrt() * y + y

    root = graph()[-1]
    with pytest.raises(DivisionError) as expected:
        root.backward()
    u, v, same = graph()
    v.grad = 5.0
    before = gradients(same)
    steps = walk(same)
    for at in 0, len(steps) - 1:
        steps.goto(at)
        shown = gradients(same)
        with pytest.raises(DivisionError) as caught:
            steps.run()
        assert str(caught.value) == str(expected.value)
        assert (steps.at, gradients(same)) == (at, shown)
    steps.goto("end")
    assert (u.grad, v.grad, same.grad) == (0.0, 1.0, 1.0)
    with pytest.raises(DivisionError):
        steps.next()
    assert steps.back() is not None
    steps.goto("start")
    assert gradients(same) == before


# The cursor


@pytest.mark.parametrize("accumulate", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_wherever_the_cursor_goes_the_gradients_are_those_of_the_steps_taken(seed: int, accumulate: bool) -> None:
    rng = Random(seed)
    root = random_graph(rng, 12)
    for node in nodes(root):
        if node.op is None and node.grad is not None:
            node.grad = rng.uniform(-1, 1)
        elif node.op:
            node.grad = 9.0
    steps = walk(root, accumulate=accumulate)
    states = [{node: node.grad for node in nodes(root)}]  # at the start, what was there before
    expected = {
        node: node.grad if (not node.requires_grad) or (accumulate and not node.op) else 0.0 for node in nodes(root)
    }
    for step in steps:  # not by the cursor: by what each step says that it does
        if step.kind == "seed":
            expected[root] += 1.0
        elif step.kind == "backward":
            numbers = [arg.data for arg in step.node.args]
            slope = step.node.op.slopes[step.argument](*numbers, z=step.node.data)
            expected[step.target] += expected[step.node] * slope
        states.append(dict(expected))
    moves: list[Callable[[], object]] = [
        steps.next,
        steps.back,
        lambda: steps.next(by="node"),
        lambda: steps.back(by="node"),
        lambda: steps.goto(rng.randrange(len(steps) + 1)),
        lambda: steps.node(rng.choice([node for node in nodes(root) if node.grad is not None])),
        steps.run,
    ]
    steps.goto(0)
    for _ in range(150):
        at = steps.at
        try:
            rng.choice(moves)()
        except WalkError:
            assert at in (0, len(steps))
        assert {node: node.grad for node in nodes(root)} == states[steps.at]


def test_reading_changes_nothing_and_the_first_move_begins_the_pass_on_a_clean_sheet() -> None:
    *_, L = classic()
    L.backward()
    before = gradients(L)
    steps = walk(L)
    assert [str(step) for step in steps]
    assert str(steps)
    assert steps.text()
    assert steps.draw()
    assert steps._repr_html_()
    assert gradients(L) == before
    steps.next()
    assert set(gradients(L)) == {0.0}
    steps.back()
    assert gradients(L) == before


def test_by_node_takes_all_steps_of_a_node() -> None:
    a, b, c, _, e, d, L = classic()
    steps = walk(L)
    steps.goto("seed")
    assert steps.next(by="node").node is L
    assert steps.at == 6
    assert steps.next(by="node").node is d
    assert (e.grad, c.grad, a.grad) == (-2.0, -2.0, 0.0)
    back = steps.back(by="node")
    assert back is not None
    assert back.number == 6
    assert b.grad == 0.0
    with pytest.raises(WalkError, match="'edge' or by 'node', not by 'neuron'"):
        steps.next(by="neuron")


@pytest.mark.parametrize(
    ("where", "number"),
    [(0, 0), (7, 7), ("7", 7), ("start", 0), ("end", 10), ("seed", 4), ("forward 2", 2), ("Backward 4", 7)],
)
def test_goto_takes_a_number_or_a_place(where: int | str, number: int) -> None:
    steps = walk(classic()[-1])
    steps.goto(where)
    assert steps.at == number
    assert (steps.step.number if steps.step else 0) == number


@pytest.mark.parametrize("where", [11, -1, "forward 4", "backward 8", "sideways 1", "", "b4", "9" * 5000, "²"])
def test_goto_says_which_steps_there_are(where: int | str) -> None:
    steps = walk(classic()[-1])
    with pytest.raises(WalkError, match="no step") as caught:
        steps.goto(where)
    for way in ("0 to 10", "'forward 2'", "'backward 4'", "'seed'", "'start'", "'end'"):
        assert way in str(caught.value)
    assert len(str(caught.value)) < 200


def test_node_goes_from_one_step_about_a_node_to_the_next_and_around() -> None:
    a, *_, L = classic()
    steps = walk(L)
    assert [steps.node("e").number for _ in range(5)] == [1, 7, 9, 10, 1]
    assert steps.node(a).number == 9
    with pytest.raises(WalkError, match="'g'; there are"):
        steps.node("g")
    with pytest.raises(WalkError, match="not part of"):
        steps.node(Value(1.0))
    with pytest.raises(WalkError, match=r"3\.0.* constant"):
        walk(Value(1.0, "x") * 3.0).node("3.0")


def test_a_long_name_is_found_by_its_start() -> None:
    one, other = Value(1.0, "layer1.neuron[0].w"), Value(1.0, "layer2.neuron[0].w")
    steps = walk(one * other)
    assert steps.node("layer2").target is other
    with pytest.raises(WalkError, match=re.escape("layer1.neuron[0].w, layer2.neuron[0].w")):
        steps.node("layer")


def test_the_ends_are_said() -> None:
    steps = walk(classic()[-1])
    with pytest.raises(WalkError, match="start"):
        steps.back()
    with pytest.raises(WalkError, match="yet: next"):
        steps.why()
    assert steps.step is None
    steps.run()
    with pytest.raises(WalkError, match="last step"):
        steps.next()
    with pytest.raises(WalkError, match="last step"):
        steps.predict(1)


@pytest.mark.skipif(sys.version_info[:2] == (3, 12), reason="Python 3.12 tells a trace function of no instruction")
def test_an_interruption_at_any_point_leaves_whole_steps() -> None:
    """Ctrl-C is raised before every single instruction of a move, forward and back, in turn."""
    root = classic()[-1]
    root.backward()
    probe = walk(root)
    states = {0: gradients(root)}
    while probe.at < len(probe):
        probe.next()
        states[probe.at] = gradients(root)

    def interrupted(move: Callable[[], object], at: int) -> bool:
        count = 0

        def trace(frame: Any, event: str, _: Any) -> Any:
            nonlocal count
            if frame.f_code.co_filename not in (cursor.__file__, replay.__file__):
                return None
            frame.f_trace_opcodes = True
            if event == "opcode":
                count += 1
                if count == at:
                    sys.settrace(None)
                    raise KeyboardInterrupt
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            move()
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(before)
        return False

    for start, end in ("seed", "end"), ("end", "seed"), ("start", 6), (6, "start"):
        at = 0
        while True:
            root.zero_grad()
            root.backward()
            steps = walk(root)
            steps.goto(start)
            at += 1
            stopped = interrupted(lambda: steps.goto(end), at)  # noqa: B023 (called at once)
            assert gradients(root) == states[steps.at]
            if not stopped:
                break
        assert at > 100


# What a step says


def facts(text: str) -> list[str]:
    """Return the numbers that a text has, in their order, as they are written."""
    return re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?(?!\w|\.\d|/\d)", text)


def test_a_step_shows_its_numbers_and_what_they_make() -> None:
    steps = walk(classic()[-1])
    for step in steps:
        shown = facts(str(step).partition("\n")[2])
        if step.kind == "forward":
            expected = [*(arg.data for arg in step.node.args), step.after]
            assert shown[-3:] == [format_number(number) for number in expected]
        elif step.kind == "backward":
            upstream, local, product, *change = map(
                format_number, (step.upstream, step.local, step.contribution, step.before, step.after)
            )
            assert shown == [upstream, local, upstream, local, product, *change]
    assert steps.text().count("\n\n") == len(steps)


def test_a_step_says_what_is_done_and_what_is_to_do() -> None:
    steps = walk(neuron())
    for step in steps:
        done, _, waiting = str(step).splitlines()[-1].partition("    to do: ")
        total = step.of if step.kind != "forward" else 5
        more = re.search(r" and (\d+) more$", waiting)
        names = [name for name in waiting.removesuffix(more[0] if more else "").split(", ") if name]
        assert len(names) + int(more[1] if more else 0) == total - step.nth
        assert done.endswith(f" {'n' if step.kind == 'seed' else step.target.label or done.split()[-1]}")
    steps.goto(13)
    assert str(steps) == repr(steps) == str(steps[12]) == repr(steps[12])


def test_a_node_that_is_used_twice_says_which_path_it_is() -> None:
    a, b = Value(-2.0, "a"), Value(3.0, "b")
    step = str(walk(a * b + a)[5])
    assert "a.grad      1.0 → 4.0   (path 2 of 2:" in step
    assert "path" not in str(walk(a * b)[2])


def test_gradients_from_before_are_pointed_out() -> None:
    a, *_, L = classic()
    L.backward()
    clean = walk(L).text()
    steps = walk(L, accumulate=True)
    assert "note a.grad = 6.0, b.grad = -4.0, c.grad = -2.0, f.grad = 4.0:" in " ".join(str(steps).split())
    said = str(steps[8])
    assert "a.grad      6.0 → 12.0" in said
    assert mentions(said, "a.grad was 6.0 before this walk ... backward()")
    assert "before this walk" not in str(steps[6])  # d is no leaf
    L.zero_grad()
    assert "note" not in clean
    assert str(walk(L).text()) == str(walk(L, accumulate=True).text()) == clean
    assert a.grad == 0.0


def test_data_that_changed_since_is_pointed_out_and_does_no_harm() -> None:
    a, *_, L = classic()
    steps = walk(L)
    steps.goto(8)
    a.data = 5.0
    steps.next()
    assert a.grad == 6.0
    said = " ".join(str(steps).split())
    assert mentions(said, "a.data is 5.0 now ... 2.0 ... L ... walk(L)")
    assert "2.0 * (-3.0) = -6.0" in str(steps[0])
    steps.run()
    assert "rule holds" in steps.why()
    for data, shown in (float("nan"), "nan"), (2.0, "2.0"):
        a._data = data
        assert (f"a.data is {shown} now" in str(steps[8])) is (data != 2)


def test_data_that_is_nan_has_not_changed() -> None:
    a = Value(1.0, "a")
    root = a * 2.0
    a._data = root._data = float("nan")
    steps = walk(root)
    steps.run()
    assert "recorded" not in steps.text()


@pytest.mark.parametrize("name", list(OPS))
@pytest.mark.parametrize(("width", "encoding"), [(40, "utf-8"), (80, "ascii"), (57, "latin-1")])
def test_no_line_is_too_wide_whatever_the_names_and_the_operation(name: str, width: int, encoding: str) -> None:
    op = OPS[name]
    labels = ["w" * 1_000, "名前" * 30, "two words + more", "\x1b[31m\n\t", "🙂🚀", "e\u0301" * 20]
    turn = ([*OPS].index(name) + width) % 3  # each operation meets each label, and each label each width
    rng = Random(name)
    for label in [*labels[turn::3], ""]:
        args = [Value(rng.uniform(d.low, d.high), label) for d in op.domain]
        root = getattr(args[0], name)(*args[1:]) + args[0]
        root.label = label
        steps = walk(root)
        style = TextStyle(width, False, encoding)
        texts = [opening(steps.trace, style), ending(steps.trace, style)]
        for step in steps:
            rows = question(step, Wording(steps.trace, style))
            texts += [step.text(style), explain_reason(step, style), style.paragraph(judge(step, 1e6, style).message)]
            texts += [style.row(f"  {row}", text) for row, text in rows]
        for text in texts:
            text.encode(encoding)
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)
            assert max(map(columns, text.split("\n"))) <= width


def test_color_says_nothing_that_the_words_do_not() -> None:
    steps = walk(neuron())
    plain, painted = steps.text(), steps.text(color=True)
    assert "\033[" not in plain
    assert re.sub(r"\033\[[\d;]*m", "", painted) == plain
    forward, backward = (
        next(line for line in painted.split("\n") if word in line) for word in ("forward 1", "backward 1")
    )
    assert forward.startswith("\033[1;38;5;32m")
    assert backward.startswith("\033[1;38;5;166m")


def test_text_wraps_at_spaces_and_keeps_its_gaps() -> None:
    assert list(wrap("  done: a, b    to do: c", 15)) == ["  done: a, b", "to do: c"]
    assert list(wrap("aaaaaaaaaa bb", 4)) == ["aaaa", "aaaa", "aa", "bb"]
    assert list(wrap("", 10)) == []
    assert cut("名前名", 5) == "名前"
    assert TextStyle().short("layer1.neurons[13].weights[1021]", 20) == "layer1.ne…hts[1021]"
    assert TextStyle(encoding="ascii").fit("a × b → c…") == "a * b -> c..."


@pytest.mark.parametrize(
    ("value", "shown"), [(-0.0, "0.0"), (1 / 3, "0.3333"), (1234.5, "1234.5"), (-2.0, "-2.0"), (1e-9, "1e-09")]
)
def test_numbers_are_short_but_not_wrong(value: float, shown: str) -> None:
    assert format_number(value) == shown


def test_numbers_that_are_not_finite_are_shown_and_stepped_through() -> None:
    x, y = Value(float("inf"), "x"), Value(2.0, "y")
    steps = walk(x * y + x)
    steps.run()
    x.zero_grad()
    steps.goto("start")
    (x * y + x).backward()
    said = steps.text()
    assert "inf * 2.0 = inf" in said
    steps.run()
    assert all(steps.goto(number) and steps.why() for number in range(1, len(steps) + 1))


# Predict and why


@pytest.mark.parametrize("seed", range(5))
def test_what_a_step_gives_is_right_and_what_it_does_not_give_is_wrong(seed: int) -> None:
    steps = walk(random_graph(Random(seed), 15))
    while steps.at < len(steps):
        after = steps.coming.after
        at = steps.at
        assert steps.predict(after)
        assert steps.predict(f"{after:.4g}")
        assert not steps.predict(after + abs(after) * 0.1 + 0.1)
        assert steps.at == at
        steps.next()


# A graph, the step, what is typed, and the words that name the mistake: no words where it is right.
MISTAKES: list[tuple[Callable[[], Value], int, float | str, str]] = [
    (lambda: classic()[-1], 9, "6", ""),
    (lambda: classic()[-1], 9, "18/3", ""),
    (lambda: classic()[-1], 9, -6.0, "sign"),
    (lambda: classic()[-1], 9, -3, "local derivative alone ... dL/de = -2.0"),
    (lambda: classic()[-1], 9, -2, "upstream gradient alone ... de/da."),
    (lambda: classic()[-1], 9, -5, "adds"),
    (lambda: classic()[-1], 9, -4, "de/db ... de/da."),
    (lambda: classic()[-1], 9, 0, "a.grad holds that"),
    (lambda: classic()[-1], 9, 2, "number in a,"),
    (lambda: classic()[-1], 9, 17, "dL/de = -2.0 ... de/da, and add"),
    (lambda: classic()[-1], 1, -6, ""),
    (lambda: classic()[-1], 1, 6, "sign"),
    (lambda: classic()[-1], 1, -1, "a + b, ... a * b"),
    (lambda: classic()[-1], 1, 5, "a - b, ... a * b"),
    (lambda: classic()[-1], 1, 100, "a * b, the product"),
    (lambda: classic()[-1], 4, 1, ""),
    (lambda: classic()[-1], 4, -8, "number in L;"),
    (square, 3, 6, "both at once ... one x"),
    (neuron, 5, 0.706, ""),
]


@pytest.mark.parametrize(("make", "number", "typed", "words"), MISTAKES)
def test_mistakes_are_recognized(make: Callable[[], Value], number: int, typed: float | str, words: str) -> None:
    root = make()
    steps = walk(root)
    steps.goto(number - 1)
    verdict = steps.predict(typed)
    assert verdict.right is (not words)
    assert mentions(verdict, words)
    answer = re.escape(format_number(steps.coming.after))
    shown = re.search(rf"(?<![\d.-]){answer}(?!\.?\d)", str(verdict).partition(":")[2])
    assert verdict.right is bool(shown) or words == "number in a,"  # the answer is not given away


def test_a_contribution_that_replaces_instead_of_adding_is_recognized() -> None:
    a, b = Value(-2.0, "a"), Value(3.0, "b")
    root = a * b + a * a
    said = "+= ... -2.0 that a.grad holds"
    # a.grad goes 0 → -2 → -4 (by a * a) → -1 (by a * b)
    steps = walk(root)
    steps.node("a")
    while steps.coming.target is not a:
        steps.next()
    assert (steps.coming.before, steps.coming.after) == (-2.0, -4.0)
    assert mentions(steps.predict(-2.0), said) or mentions(steps.predict(-2.0), "a.grad holds that")
    steps.next()
    while steps.coming.target is not a:
        steps.next()
    assert (steps.coming.before, steps.coming.after) == (-4.0, -1.0)
    assert mentions(steps.predict(3.0), "contribution ... += ... -4.0 that a.grad holds")


@pytest.mark.parametrize(
    ("text", "number"), [("6", 6), ("6.0", 6), ("1/3", 1 / 3), (" -2e-3 ", -0.002), ("−2.5", -2.5), (7, 7)]
)
def test_numbers_may_be_typed_in_many_ways(text: float | str, number: float) -> None:
    assert guessed(text) == number


@pytest.mark.parametrize("text", ["", "six", "1/0", "nan", "1/2/3", "0x10", "__import__('os')", None])
def test_what_is_no_number_is_said(text: Any) -> None:
    with pytest.raises(NumberError, match="1/3"):
        guessed(text)


@pytest.mark.parametrize("name", list(OPS))
def test_the_nudge_confirms_every_rule_of_the_table(name: str) -> None:
    op, rng = OPS[name], Random(name)
    verdict = "fixed number" if op.detached else "rule holds"
    for _ in range(20):
        args = [Value(rng.uniform(domain.low, domain.high), letter) for letter, domain in zip("uvw", op.domain)]
        steps = walk(getattr(args[0], name)(*args[1:]))
        while steps.at < len(steps):
            if steps.next().kind == "backward":
                assert verdict in " ".join(steps.why().split())


@pytest.mark.parametrize("factor", [1.001, 0.999, -1.0])
def test_the_nudge_contradicts_a_wrong_rule(factor: float) -> None:
    define("askew", "x * x + 1", (f"{factor} * 2 * x",))
    for at in (1e-6, 0.7, 2.0, 3e5):
        steps = walk(Value(at, "u").askew())
        steps.run()
        assert "rule holds" not in steps.why()
        assert "gradcheck" in " ".join(steps.why().split())


def test_a_corner_is_called_a_corner() -> None:
    steps = walk(Value(0.0, "u").relu())
    steps.run()
    said = " ".join(steps.why().split())
    assert mentions(said, "corner ... 0.0 to the left and 1.0 to the right ... 0.0")


@pytest.mark.parametrize("x", [1e-9, 1e-3, 1.0, 12345.0, 1e12, -1e-9, -7e8])
def test_the_nudge_fits_the_size_of_the_number(x: float) -> None:
    for name in ("mul", "add", "tanh", "log"):
        op = OPS[name]
        if name == "log" and x < 0:
            continue
        numbers = [x, 2.0][: op.arity]
        local = op.slopes[0](*numbers, z=op.f(*numbers))
        nudge = nudged(op, numbers, 0, local)
        assert nudge is not None
        assert nudge.slope == pytest.approx(local, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize(("x", "y"), [(1.0, 1e4), (1.0, -1e4), (1.0, 1e5), (0.999, 3e3), (1.0, 10.0)])
def test_the_nudge_fits_the_steepness_of_the_function(x: float, y: float) -> None:
    op = OPS["pow"]
    local = op.slopes[0](x, y, z=op.f(x, y))
    nudge = nudged(op, [x, y], 0, local)
    assert nudge is not None
    assert agrees(nudge, local)


@pytest.mark.parametrize("x", [1e-4, 1e-3, 0.01, 0.3, 7.0])
def test_the_nudge_fits_a_wave_much_shorter_than_the_number(x: float) -> None:
    speed = 1e5 / x
    op = define("wave", f"sin({speed!r} * x)", (f"{speed!r} * cos({speed!r} * x)",)) and OPS["wave"]
    local = op.slopes[0](x, z=op.f(x))
    nudge = nudged(op, [x], 0, local)
    assert nudge is not None
    assert agrees(nudge, local)


def test_every_edge_but_those_of_the_root_has_the_chain_rule() -> None:
    for sign in 1.0, -1.0:
        a, b = Value(2.0, "a"), Value(-3.0 * sign, "b")
        middle = (a * b).tanh() + a * 5.0 * sign
        middle.label = "m"
        root = middle * sign - 20.0 * sign
        root.label = "L"
        steps = walk(root)
        seen = set()
        while steps.at < len(steps):
            step = steps.next()
            if step.kind == "backward":
                chained = "chain rule" in steps.why()
                assert chained is (step.node is not root)
                seen.add(chained)
        assert seen == {True, False}


def test_a_name_that_begins_another_is_found_by_itself() -> None:
    nodes = {number: Value(float(number), f"w{number}") for number in (1, 10, 100, 2)}
    steps = walk(sum(nodes.values()))
    for number, node in nodes.items():
        steps.goto("start")
        assert steps.node("w" + str(number)).target is node  # as typed: not the label's own text


def test_why_shows_the_nudge_and_the_chain_rule_in_numbers() -> None:
    steps = walk(classic()[-1])
    steps.goto(9)
    rows = dict(re.findall(r"^  (\w+(?: \w+)?) {2,}(.*(?:\n {14}.*)*)", steps.why(), re.MULTILINE))
    assert [*rows] == ["asked", "rule", "so", "nudge", "slope", "chain rule"]
    assert facts(rows["nudge"]) == ["0.001", "2.001", "-6.003", "0.001", "1.999", "-5.997"]
    assert mentions(rows["rule"], "dz/dx = y ... e = a * b")
    assert rows["so"] == "de/da = b = -3.0"
    assert facts(rows["slope"]) == ["-6.003", "-5.997", "0.002", "-3.0"]
    assert facts(rows["chain rule"]) == ["-2.0", "-3.0", "-2.0", "-3.0", "6.0"]
    steps.goto(1)
    assert mentions(steps.why(), "e = a * b = 2.0 * (-3.0) = -6.0 ... de/da = b, de/db = a")


# Source lines


def here(back: int = 0) -> int:
    return sys._getframe(1).f_lineno - back


def test_the_line_that_made_a_node_is_shown() -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    with source_lines() as lines:
        d = a * b
        made = here(1)
        e = (d + 1.0).tanh()
    line = lines[d]
    assert (line.file, line.number, line.text) == (__file__, made, "d = a * b")
    assert lines[e].text == "e = (d + 1.0).tanh()"
    assert f"  made at     test_walk.py:{made}   d = a * b\n" in str(walk(e, source=lines)[0])
    assert "made at" not in str(walk(e)[0])
    assert "made at" not in str(walk(d * d, source=lines)[1])


@pytest.mark.parametrize("name", list(OPS))
def test_every_operation_is_recorded_as_the_line_of_the_student(name: str) -> None:
    op = OPS[name]
    args = [Value(domain.low) for domain in op.domain]
    with source_lines() as lines:
        z = getattr(args[0], name)(*args[1:])
        made = here(1)
    assert lines[z].number == made
    assert len(lines) == 1


def test_every_way_to_make_a_node_is_recorded() -> None:
    a, b = Value(2.0), Value(3.0)
    cube = define("cube", "x ** 3", ("3 * x ** 2",))
    ways: list[Callable[[], Value]] = [
        lambda: a + b,
        lambda: 1 - a,
        lambda: 2**a,
        lambda: a**2,
        lambda: 1 / a,
        lambda: -a,
        lambda: abs(a),
        lambda: sum([a, b]),  # type: ignore[arg-type,return-value]
        lambda: a.maximum(1),
        lambda: a.cube() + 1,  # type: ignore[attr-defined]
        lambda: cube(a) + 1,
        lambda: grad(a * b, a * 1.0)[0] + b,
    ]
    with source_lines() as lines:
        for way in ways:
            assert lines[way()].number == way.__code__.co_firstlineno
        assert a not in lines  # a leaf that was there before
        assert (+a) not in lines


def test_recording_ends_with_the_block_however_it_ends() -> None:
    a = Value(2.0)
    inner = {}
    with source_lines() as outer:
        try:
            with source_lines() as inner:
                b = a * 2
                1 / (a - 2)
        except ZeroDivisionError:
            pass
        c = a * 3
    d = a * 4
    assert {b, c} <= set(outer)
    assert b in inner
    assert c not in inner
    assert d not in outer
    assert len(inner) == 2  # a * 2 and a - 2: what failed made no node
    assert all(op.pull.__globals__["new"] is object.__new__ for op in OPS.values())


def test_a_line_that_cannot_be_read_is_still_told() -> None:
    made: dict[str, Any] = {"a": Value(2.0)}
    with source_lines() as lines:
        exec(compile("\nb = a * a", "<lesson>", "exec"), made)
    assert str(lines[made["b"]]) == "<lesson>:2"


# A large graph


def test_a_chain_of_very_many_nodes_has_a_walk() -> None:
    x = node = Value(1.0, "x")
    for _ in range(60_000):
        node = -node
    steps = walk(node)
    assert len(steps) == 120_001
    assert str(steps.next()).startswith("forward 1/60000   node v1 = -x")
    steps.run()
    assert str(steps.step).startswith("backward 60001/60001   node v1 = -x")
    assert x.grad == 1.0


def test_errors_of_a_walk_are_the_projects_own() -> None:
    assert issubclass(WalkError, GradwalkError)
    assert issubclass(WalkError, LookupError)


def test_code_and_line_breaks_stay_as_they_are_where_text_is_wrapped() -> None:
    style = TextStyle(40)
    text = style.paragraph(
        "Now type this, which is on one line of its own: `gradwalk exercises check ex05`.\n    and a b"
    )
    *_, code, indented = text.split("\n")
    assert "`gradwalk exercises check ex05`." in code
    assert indented == "    and a b"
    long = "    " + "word " * 20
    assert style.paragraph(long) == long
    assert style.row("  got", "one\ntwo", 8) == "  got   one\n        two"
    assert style.paint("right", "good") == "right"
    assert TextStyle(40, True).paint("right", "good") == "\033[1;32mright\033[0m"


def test_a_graph_whose_leaves_have_other_numbers_is_not_walked_through() -> None:
    x, w = Value(2.0, "x"), Value(-1.0, "w")
    y = (x * w).tanh() + x
    x.data = 5.0
    with pytest.raises(ArgumentError) as refused:
        walk(y)
    assert mentions(refused.value, "x or w changed ... x * w ... -2.0 ... -5.0")
    x.data = 2.0 + 1e-12  # so that both numbers look alike
    with pytest.raises(ArgumentError, match=r"holds -2\.0, and would now be -2\.00000000000"):
        walk(y)
    x.data = 2.0
    assert len(walk(y)) == len(walk((x * w).tanh() + x))
    calls: list[float] = []
    loss = ((w * x).tanh() - 1.0) ** 2
    loss.backward()
    steps = walk(loss)
    before = str(steps.text()).splitlines()
    w.data -= 0.1 * w.grad
    after = str(steps.text()).splitlines()
    assert [line for line in after if line in before] == before, "a walk is a record of what was"
    assert any("note" in line for line in after)
    with pytest.raises(ArgumentError):
        walk(loss)

    def twice(number: float) -> float:
        calls.append(number)
        return 2.0 * number

    z = python_operation("twice", [Value(3.0, "a")], twice, [lambda _: 2.0]) * 1.0
    many = len(calls)
    walk(z)
    assert len(calls) == many, "a function of the user's is not called again"

"""Losses that came later, softmax, and what all need to be recorded once for every row. Others are in test_nn."""

from __future__ import annotations

import copy
import math
import pickle
from contextlib import nullcontext
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from oracles import oracle
from test_nn import LOSSES as REFERENCES, agree, numbers, tensor

from engine import GradwalkError, Value, compile, gradcheck, no_grad
from nn import MLP, NetworkError, losses
from nn.losses.terms import Placeholder, largest

if TYPE_CHECKING:
    from collections.abc import Callable

torch = oracle("torch")
functional = torch.nn.functional
NEW: dict[str, tuple[Callable[..., Value], Callable[[torch.Tensor, torch.Tensor], torch.Tensor]]] = {
    "mae": (losses.mae, functional.l1_loss),
    "huber": (losses.huber, functional.huber_loss),
    "huber, 0.1": (partial(losses.huber, delta=0.1), partial(functional.huber_loss, delta=0.1)),
    "huber, 500": (partial(losses.huber, delta=500), partial(functional.huber_loss, delta=500.0)),
}


@pytest.mark.parametrize("name", NEW)
def test_a_loss_and_its_gradients_agree_with_pytorch(name: str) -> None:
    loss_of, reference = NEW[name]
    rng = Random(name)
    for _ in range(1000):
        count = rng.randint(1, 6)
        data, target = numbers(rng, count), numbers(rng, count)
        ours, theirs = [Value(x) for x in data], tensor(data).requires_grad_()
        loss, expected = loss_of(ours, target), reference(theirs, tensor(target))
        loss.backward()
        expected.backward()
        assert agree([loss.data], [expected.item()]), (data, target)
        assert agree([x.grad for x in ours], theirs.grad.tolist()), (data, target)


def test_softmax_and_its_gradients_agree_with_pytorch() -> None:
    rng = Random(0)
    for _ in range(1000):
        count = rng.randint(2, 6)
        data, upstream = numbers(rng, count), [rng.gauss(0, 1) for _ in range(count)]
        ours, theirs = [Value(x) for x in data], tensor(data).requires_grad_()
        shares, expected = losses.softmax(ours), functional.softmax(theirs, dim=0)
        sum(g * p for g, p in zip(upstream, shares)).backward()
        (expected * tensor(upstream)).sum().backward()
        assert agree([p.data for p in shares], expected.tolist()), data
        assert agree([x.grad for x in ours], theirs.grad.tolist()), data


def test_softmax_adds_up_to_1_and_keeps_the_order() -> None:
    shares = [p.data for p in losses.softmax([-1000.0, 3.0, 1000.0, 999.0])]
    assert sum(shares) == pytest.approx(1.0, rel=1e-15)
    assert sorted(range(4), key=shares.__getitem__) == [0, 1, 3, 2]


@pytest.mark.parametrize("loss", [losses.mae, losses.huber])
def test_a_loss_can_be_derived_twice_away_from_its_kinks(loss: Callable[..., Value]) -> None:
    assert gradcheck(lambda *outputs: loss(outputs, [0.0, 3.0, -0.5]), 0.3, 0.7, 0.4, orders=(1, 2)).passed


def test_an_outlier_pulls_on_huber_no_harder_than_delta() -> None:
    for error, slope in (0.25, 0.25), (0.5, 0.5), (3.0, 0.5), (-1000.0, -0.5):
        guess = Value(error)
        losses.huber(guess, 0, delta=0.5).backward()
        assert guess.grad == slope


@pytest.mark.parametrize("name", losses.LOSSES)
def test_every_loss_is_checked_against_pytorch(name: str) -> None:
    assert name in REFERENCES or name in NEW


# One graph for all rows: recorded with a target that stands for any, it must hold for every other.


def recorded(name: str, outputs: list[float], targets: Any) -> tuple[Any, Any]:
    """The loss and its slopes by the outputs, by a graph that was recorded at other numbers; outputs go as inputs."""
    loss = losses.LOSSES[name]
    scores = [Value(0.5) for _ in outputs]
    one_hot = name == "cross_entropy"
    start = [1.0] + [0.0] * (len(outputs) - 1) if one_hot else [1.0] * len(outputs)
    leaves = [Placeholder(x) for x in start]
    program = compile(loss(scores, leaves), leaves, scores)
    with np.errstate(all="ignore"):
        value, slopes = program.value_and_grad([targets], outputs)
    return value, slopes.tolist()


@pytest.mark.parametrize("name", losses.LOSSES)
def test_a_recorded_loss_holds_for_other_numbers(name: str) -> None:
    draw, draw_target = REFERENCES.get(name, (numbers, numbers))[:2]
    rng = Random(name)
    for _ in range(60):
        count = rng.randint(2, 6)
        data, target = draw(rng, count), draw_target(rng, count)
        scores = [Value(x) for x in data]
        loss = losses.LOSSES[name](scores, target)
        loss.backward()
        hot = [float(k == target) for k in range(count)] if isinstance(target, int) else target
        value, slopes = recorded(name, data, hot)
        assert agree([value], [loss.data]), (data, target)
        assert agree(slopes, [score.grad for score in scores]), (data, target)


def test_a_recorded_cross_entropy_stands_any_logit() -> None:
    for scores in [1000.0, -1000.0, 0.0], [-1e6, -1e6, -1e6], [0.0, 1e300, 1e300]:
        for kind in range(3):
            value, slopes = recorded("cross_entropy", scores, [float(k == kind) for k in range(3)])
            expected = functional.cross_entropy(tensor(scores), torch.tensor(kind)).item()
            assert value == pytest.approx(expected, rel=1e-12)
            assert sum(slopes) == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize(("p", "y"), [(0.0, 0.0), (1.0, 1.0)])
def test_a_recorded_probability_may_be_at_the_edge_on_the_right_side(p: float, y: float) -> None:
    value, slopes = recorded("binary_cross_entropy", [p], [y])
    assert (value, abs(slopes[0])) == (0.0, 1.0)


@pytest.mark.parametrize(("p", "y"), [(0.0, 1.0), (1.0, 0.0), (0.0, 0.5), (1.0, 0.5)])
def test_a_recorded_probability_at_the_edge_on_the_wrong_side_is_an_error(p: float, y: float) -> None:
    with pytest.raises(GradwalkError, match="row 0: "):
        recorded("binary_cross_entropy", [p], [y])


@pytest.mark.parametrize("count", range(1, 9))
def test_the_largest_of_any_number(count: int) -> None:
    values = [Value(math.sin(7 * i)) for i in range(count)]
    top = largest(values)
    top.backward()
    assert top.data == max(value.data for value in values)
    assert [value.grad for value in values].count(1.0) == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: losses.huber(1.0, 2.0, delta=0), "delta must be a number above 0, such as 1.0, not 0"),
        (lambda: losses.huber(1.0, 2.0, delta=math.nan), "not nan"),
        (lambda: losses.huber(1.0, 2.0, delta=True), "not True"),
        (lambda: losses.huber([1.0, 2.0], [2.0]), "huber: 2 predictions for 1 target"),
        (lambda: losses.mae([1.0, 2.0], [2.0]), "mae: 2 predictions for 1 target"),
        (lambda: losses.softmax([1.0]), "softmax needs one score for each class, two or more, and the model gave 1"),
        (lambda: losses.softmax([1.0, math.inf]), "softmax: score 1 is inf"),
        (lambda: losses.cross_entropy([1.0, 2.0], Placeholder(0.0)), "Give fit the loss by its name"),
    ],
)
def test_a_loss_that_cannot_be_is_refused(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        call()
    assert says in str(caught.value)


# Masked positions, and scores of any size in a row that another row recorded.

EXTREME_SCORES = [
    [1000.0, -1000.0, 0.0],
    [-1000.0, -1000.0, -1000.0],
    [800.0, 1.0, -800.0],
    [-math.inf, 1000.0, 999.0],
    [2.0, -math.inf, -1000.0],
    [1000.0, -math.inf, -math.inf],
    [0.25, 0.25, 0.25],
]


def run_of(program: Any, backend: str) -> Callable[[list[float]], tuple[float, Any]]:
    if backend == "numpy":
        return lambda scores: program.value_and_grad(None, scores)
    pytest.importorskip("jax")
    function = program.to_jax()
    return lambda scores: function(np.array(scores))


@pytest.mark.parametrize("backend", ["numpy", "jax"])
@pytest.mark.parametrize("recorded_at", [[0.1, 0.2, 0.3], [1000.0, -math.inf, 5.0]])
def test_compiled_softmax_and_cross_entropy_agree_with_eager_at_any_scores(
    recorded_at: list[float], backend: str
) -> None:
    def by_class(kind: int, target: Any) -> Callable[[list[Value]], Value]:
        return lambda scores: losses.cross_entropy(scores, target)

    functions: list[tuple[int, Callable[[list[Value]], Value]]] = []
    for kind in (0, 2):
        functions.append((kind, by_class(kind, kind)))
        functions.append((kind, by_class(kind, [float(each == kind) for each in range(3)])))
        functions.append((kind, lambda scores, kind=kind: losses.softmax(scores)[kind] * 3.0))
    for kind, function in functions:
        if recorded_at[kind] == -math.inf:
            continue
        leaves = [Value(score) for score in recorded_at]
        run = run_of(compile(function(leaves), (), leaves), backend)
        for row in EXTREME_SCORES:
            if row[kind] == -math.inf:  # masked, and cross_entropy refuses it as the right class
                continue
            scores = [Value(score) for score in row]
            root = function(scores)
            root.backward()
            value, gradients = run(row)
            assert math.isfinite(float(value))
            assert float(value) == pytest.approx(root.data, rel=1e-12, abs=1e-300)
            assert list(gradients) == pytest.approx([score.grad for score in scores], rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("scores", EXTREME_SCORES)
def test_a_target_that_any_row_gives_later_meets_masked_scores(scores: list[float]) -> None:
    for kind in range(3):
        hot = [float(each == kind) for each in range(3)]
        if scores[kind] == -math.inf:
            with pytest.raises(GradwalkError, match="row 0: "):
                recorded("cross_entropy", scores, hot)
            continue
        value, slopes = recorded("cross_entropy", scores, hot)
        leaves = [Value(score) for score in scores]
        loss = losses.cross_entropy(leaves, kind)
        loss.backward()
        assert value == pytest.approx(loss.data, rel=1e-12, abs=1e-300)
        assert slopes == pytest.approx([leaf.grad for leaf in leaves], rel=1e-12, abs=1e-300)


def test_a_masked_position_has_the_share_0_and_no_gradient() -> None:
    scores = [Value(1.0), Value(-math.inf), Value(2.0)]
    shares = losses.softmax(scores)
    (shares[0] * 2 + shares[1] * 5).backward()
    assert (shares[1].data, scores[1].grad) == (0.0, 0.0)
    assert sum(share.data for share in shares) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("scores", "says"),
    [
        ([-math.inf, -math.inf], "every score is -inf"),
        ([1.0, math.inf], "score 1 is inf"),
        ([-math.inf, 1.0], "class 0, whose score is -inf"),
    ],
)
def test_scores_that_leave_no_answer_are_refused(scores: list[float], says: str) -> None:
    with pytest.raises(NetworkError, match=says):
        losses.cross_entropy(scores, 0)


# Ways to hand on all probabilities of a softmax.
HANDED_ON: dict[str, Callable[[Any], Any]] = {
    "itself": lambda p: p,
    "list": list,
    "tuple": tuple,
    "iterator": iter,
    "slice": lambda p: p[:],
    "comprehension": lambda p: [v for v in p],  # noqa: C416
    "backwards": lambda p: p[::-1],
    "sorted": lambda p: sorted(p, key=lambda v: v.data),
    "array": lambda p: np.array(p, object),
    "two lists": lambda p: p[:1] + p[1:],
    "deep copy": copy.deepcopy,
    "copy": copy.copy,
    "pickle": lambda p: pickle.loads(pickle.dumps(p)),
    "pickled list": lambda p: pickle.loads(pickle.dumps([*p])),
    "reversed in place": lambda p: p.reverse() or p,
    "exchanged in place": lambda p: p.__setitem__(slice(2), [p[1], p[0]]) or p,
}


@pytest.mark.parametrize("outputs", [2, 3, 7])
@pytest.mark.parametrize("name", HANDED_ON)
def test_cross_entropy_finds_the_scores_under_probabilities_in_any_list(name: str, outputs: int) -> None:
    model = MLP(2, [4, outputs], output="softmax", rng=0)
    for kind in range(outputs):
        numbers = [p.data for p in HANDED_ON[name](model([1, 2]))]
        loss = losses.cross_entropy(HANDED_ON[name](model([1, 2])), kind)
        assert loss.data == pytest.approx(-math.log(numbers[kind]), rel=1e-12)
        hot = [float(each == kind) for each in range(outputs)]
        assert losses.cross_entropy(HANDED_ON[name](model([1, 2])), hot).data == pytest.approx(loss.data, rel=1e-12)


WAYS_OF_COPYING: dict[str, Callable[[list[Value]], Any]] = {
    "as it is": lambda p: p,
    "a list": list,
    "a tuple": tuple,
    "a slice": lambda p: p[:],
    "turned round": lambda p: p[::-1],
    "sorted": lambda p: sorted(p, key=lambda each: each.data),
    "a copy": copy.copy,
    "unpacked": lambda p: [*p],
    "one by one": lambda p: [p[2], p[0], p[1]],
    "an array": lambda p: np.array(p, dtype=object),
}


@pytest.mark.parametrize("way", WAYS_OF_COPYING)
@pytest.mark.parametrize("recorded", [True, False])
def test_probabilities_are_found_in_any_copy_with_and_without_a_graph(way: str, recorded: bool) -> None:
    with nullcontext() if recorded else no_grad():
        p = WAYS_OF_COPYING[way](losses.softmax([0.5, -1.0, 2.0]))
        for k, probability in enumerate(p):
            assert losses.cross_entropy(p, k).data == pytest.approx(-math.log(probability.data))
        one_hot = [float(k == 1) for k in range(3)]
        assert losses.cross_entropy(p, one_hot).data == pytest.approx(-math.log(p[1].data))
    assert losses.cross_entropy(p, 0).data == pytest.approx(-math.log(p[0].data))  # also after the block
    assert all(each.op is None and each.grad is None and each.args == () for each in p) is not recorded


@pytest.mark.parametrize("recorded", [True, False])
def test_a_list_that_lacks_or_repeats_a_probability_is_a_list_of_scores(recorded: bool) -> None:
    with nullcontext() if recorded else no_grad():
        p, other = losses.softmax([0.5, -1.0, 2.0]), losses.softmax([0.5, -1.0, 2.0])
        for row in (p[:2], [p[0], p[1], p[1]], [*p, p[0]], [p[0], p[1], other[2]], [p[0], p[1], Value(0.2)]):
            numbers = [each.data for each in row]
            expected = math.log(sum(map(math.exp, numbers))) - numbers[0]
            assert losses.cross_entropy(row, 0).data == pytest.approx(expected)


CHANGED: dict[str, Callable[[Any], Any]] = {
    "two of three": lambda p: p[:2],
    "one twice": lambda p: [p[0], p[1], p[1]],
    "one more": lambda p: [*p, p[0]],
    "a number": lambda p: [*p[:2], 0.25],
    "another one": lambda p: p.__setitem__(0, Value(0.5)) or p,
    "fewer in place": lambda p: p.pop() and p,
    "scaled": lambda p: [v * 1 for v in p],
    "of two": lambda p: [*p[:2], losses.softmax([1.0, 2.0, 3.0])[2]],
}


@pytest.mark.parametrize("records", [True, False])
@pytest.mark.parametrize("name", CHANGED)
def test_a_list_that_is_not_a_whole_softmax_is_taken_as_scores(name: str, records: bool) -> None:
    def loss() -> tuple[float, list[float]]:
        given = CHANGED[name](losses.softmax([0.5, -1.0, 2.0]))
        return losses.cross_entropy(given, 1).data, [float(getattr(v, "data", v)) for v in given]

    if records:
        result, scores = loss()
    else:
        with no_grad():
            result, scores = loss()
    assert result == pytest.approx(math.log(sum(map(math.exp, scores))) - scores[1], rel=1e-12)

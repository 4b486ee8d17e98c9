"""diagnose: a last activation that the loss applies once more, or that cannot give what the loss needs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from engine import OPS, Value
from nn import MLP, Dropout, Layer, Module, NetworkError, Recurrent, Sequential, data, diagnose, fit, losses
from nn.ranges import range_of

if TYPE_CHECKING:
    from collections.abc import Callable

MOONS = data.moons(40, seed=1)
KINDS = [i % 3 for i in range(40)]
ONE_HOT = [[float(kind == place) for place in range(3)] for kind in KINDS]
SIGNS = [2 * y - 1 for y in MOONS.y]
LOGITS = "binary_cross_entropy_on_logits"
TWICE, SIGMOIDS, BEYOND, NARROW = "double softmax", "double sigmoid", "targets out of reach", "scores too narrow"
OTHER = "another loss"


class Ends(Module):
    """A model of one's own, whose scores go through a function at its end."""

    def __init__(self, outputs: int, end: Callable[[Any], Any]) -> None:
        self.net, self._end = MLP(2, [6, outputs], rng=0), end

    def __call__(self, row: Any) -> Any:
        return self._end(self.net(row))


def by_hand(scores: list[Value]) -> list[Value]:
    powers = [score.exp() for score in scores]
    return [power / sum(powers) for power in powers]


def own_cross_entropy(scores: Any, target: Any) -> Value:
    log_sum = sum(score.exp() for score in scores).log()
    return sum(y * (log_sum - score) for y, score in zip(target, scores))


def own_likelihood(shares: Any, target: Any) -> Value:
    return -sum(y * p.log() for p, y in zip(shares, target))


def own_logistic(score: Any, y: Any) -> Value:
    return -(y * score.sigmoid().log() + (1 - y) * (1 - score.sigmoid()).log())


def shares_by_hand(scores: list[Value]) -> list[Value]:
    """As in most textbooks: shifted, and each power written again for the sum."""
    top = max(score.data for score in scores)
    return [(z - top).exp() / sum((other - top).exp() for other in scores) for z in scores]


def sigmoid_by_hand(row: list[Value]) -> list[Value]:
    return [1 / (1 + (-z).exp()) for z in row]


def sigmoid_of_powers(row: list[Value]) -> list[Value]:
    return [z.exp() / (1 + z.exp()) for z in row]


class OwnSoftmax(Module):
    """A part of a model that is a softmax, as a class of one's own."""

    def __call__(self, scores: Any) -> Any:
        return losses.softmax(scores)


SOFTMAX = losses.softmax


def chained(*parts: Any, inputs: int = 2, outputs: int = 3) -> Callable[[], Any]:
    """A layer, and what comes behind it."""
    return lambda: Sequential(Layer(inputs, outputs, rng=0), *parts)


def mlp(outputs: int, output: str) -> MLP:
    return MLP(2, [6, outputs], output=output, rng=1)


# A model, its targets, its loss; and what is found, or None.
CASES: dict[str, tuple[Callable[[], Any], Any, Any, str | None]] = {
    "softmax, then a list": (lambda: Ends(3, lambda z: [*losses.softmax(z)]), KINDS, "cross_entropy", None),
    "softmax by hand": (lambda: Ends(3, by_hand), KINDS, "cross_entropy", TWICE),
    "softmax by hand, one-hot": (lambda: Ends(3, by_hand), ONE_HOT, "cross_entropy", TWICE),
    "softmax and one's own loss": (lambda: mlp(3, "softmax"), ONE_HOT, own_cross_entropy, TWICE),
    "soft targets": (lambda: Ends(3, by_hand), [[0.2, 0.5, 0.3]] * 40, "cross_entropy", TWICE),
    "p and 1 - p": (lambda: Ends(1, lambda z: [z.sigmoid(), 1 - z.sigmoid()]), MOONS.y, "cross_entropy", TWICE),
    "z and 1 - z": (lambda: Ends(1, lambda z: [z, 1 - z]), [[y, 1 - y] for y in MOONS.y], "mse", None),
    "z and 1 - z, between 0 and 1": (
        lambda: Ends(1, lambda z: [z.clip(0.0, 1.0), 1 - z.clip(0.0, 1.0)]), MOONS.y, "cross_entropy", None,
    ),
    "softmax of nn": (lambda: mlp(3, "softmax"), KINDS, "cross_entropy", None),
    "softmax of a Sequential": (lambda: Sequential(Layer(2, 3, rng=0), losses.softmax), KINDS, "cross_entropy", None),
    "softmax and mse": (lambda: mlp(3, "softmax"), ONE_HOT, "mse", None),
    "scores and one's own loss": (lambda: mlp(3, "linear"), ONE_HOT, own_cross_entropy, None),
    "sigmoid and logits": (lambda: mlp(1, "sigmoid"), MOONS.y, LOGITS, SIGMOIDS),
    "a sigmoid of one's own": (lambda: Ends(1, lambda z: z.sigmoid()), MOONS.y, LOGITS, SIGMOIDS),
    "sigmoid and one's own": (lambda: mlp(1, "sigmoid"), MOONS.y, own_logistic, SIGMOIDS),
    "sigmoid, weighed": (
        lambda: mlp(1, "sigmoid"), MOONS.y, lambda p, t: 3 * losses.binary_cross_entropy_on_logits(p, t), SIGMOIDS,
    ),
    "three sigmoids": (lambda: mlp(3, "sigmoid"), ONE_HOT, LOGITS, SIGMOIDS),
    "sigmoid, soft targets": (lambda: mlp(1, "sigmoid"), [0.3] * 20 + [0.6] * 20, LOGITS, SIGMOIDS),
    "sigmoid and its loss": (lambda: mlp(1, "sigmoid"), MOONS.y, "binary_cross_entropy", None),
    "sigmoid and mse": (lambda: mlp(1, "sigmoid"), MOONS.y, "mse", None),
    "tanh, 0 to 5": (lambda: mlp(1, "tanh"), [5 * y for y in MOONS.y], "mse", BEYOND),
    "tanh, signs": (lambda: mlp(1, "tanh"), SIGNS, "mse", None),
    "tanh and hinge": (lambda: mlp(1, "tanh"), SIGNS, "hinge", None),
    "tanh, scaled in the loss": (
        lambda: mlp(1, "tanh"), [5 * y for y in MOONS.y], lambda p, t: (5 * p - t) ** 2, None,
    ),
    "tanh and a scale behind it": (lambda: Ends(1, lambda z: 5 * z.tanh()), [5 * y for y in MOONS.y], "mse", None),
    "relu, signs": (lambda: mlp(1, "relu"), SIGNS, "mae", BEYOND),
    "relu, huber": (lambda: mlp(1, "relu"), SIGNS, "huber", BEYOND),
    "relu and hinge": (lambda: mlp(1, "relu"), SIGNS, "hinge", BEYOND),
    "relu, 0 and 1": (lambda: mlp(1, "relu"), MOONS.y, "mse", None),
    "softplus, below 0": (lambda: mlp(1, "softplus"), [y - 1 for y in MOONS.y], "mse", BEYOND),
    "softmax, two of three": (lambda: mlp(3, "softmax"), [[1.0, 1.0, 0.0]] * 40, "binary_cross_entropy", BEYOND),
    "sigmoid, a hair above 1": (lambda: mlp(1, "sigmoid"), [1.0001 * y for y in MOONS.y], "mse", None),
    "tanh and logits": (lambda: mlp(1, "tanh"), MOONS.y, LOGITS, NARROW),
    "relu and logits": (lambda: mlp(1, "relu"), MOONS.y, LOGITS, NARROW),
    "sigmoids as scores": (lambda: mlp(3, "sigmoid"), KINDS, "cross_entropy", NARROW),
    "rectified scores": (lambda: mlp(3, "relu"), KINDS, "cross_entropy", None),
    "leaky": (lambda: mlp(1, "leaky_relu"), SIGNS, "mse", None),
    "built in": (chained(SOFTMAX, SOFTMAX), KINDS, "cross_entropy", TWICE),
    "built in, mse": (chained(SOFTMAX, SOFTMAX), ONE_HOT, "mse", TWICE),
    "built in, three times": (chained(SOFTMAX, SOFTMAX, SOFTMAX), KINDS, "cross_entropy", TWICE),
    "behind an MLP": (lambda: Sequential(mlp(3, "softmax"), SOFTMAX), KINDS, "cross_entropy", TWICE),
    "behind layers": (chained("tanh", Layer(3, 3, rng=1), SOFTMAX, SOFTMAX), KINDS, "cross_entropy", TWICE),
    "turned round between": (chained(SOFTMAX, lambda row: row[::-1], SOFTMAX), KINDS, "cross_entropy", TWICE),
    "dropout between": (chained(SOFTMAX, Dropout(0.5), SOFTMAX), KINDS, "cross_entropy", TWICE),
    "linear between": (chained(SOFTMAX, "linear", SOFTMAX), KINDS, "cross_entropy", TWICE),
    "a class, twice": (chained(OwnSoftmax(), OwnSoftmax()), KINDS, "cross_entropy", TWICE),
    "a Sequential in one": (lambda: Sequential(chained(SOFTMAX)(), SOFTMAX), KINDS, "cross_entropy", TWICE),
    "by hand below": (chained(by_hand, SOFTMAX), KINDS, "cross_entropy", TWICE),
    "by hand on top": (chained(SOFTMAX, by_hand), ONE_HOT, "mse", TWICE),
    "by hand on top, entropy": (chained(SOFTMAX, by_hand), KINDS, "cross_entropy", TWICE),
    "by hand twice": (chained(shares_by_hand, by_hand), ONE_HOT, "mse", TWICE),
    "by hand, shifted": (chained(shares_by_hand), KINDS, "cross_entropy", TWICE),
    "by hand, and one's own loss": (chained(SOFTMAX, shares_by_hand), ONE_HOT, own_likelihood, TWICE),
    "once, one's own loss": (chained(SOFTMAX), ONE_HOT, own_likelihood, None),
    "once by hand, one's own loss": (chained(shares_by_hand), ONE_HOT, own_likelihood, None),
    "log of it": (chained(SOFTMAX, "log"), KINDS, "cross_entropy", None),
    "p and 1 - p below": (
        chained("sigmoid", lambda row: [row[0], 1 - row[0]], SOFTMAX, outputs=1), MOONS.y, "cross_entropy", TWICE,
    ),
    "a layer between": (chained(SOFTMAX, Layer(3, 3, rng=1), SOFTMAX), KINDS, "cross_entropy", None),
    "sigmoids under it": (chained("sigmoid", SOFTMAX), KINDS, "cross_entropy", NARROW),
    "a layer of sigmoids under it": (
        lambda: Sequential(Layer(2, 3, "sigmoid", rng=0), SOFTMAX), KINDS, "cross_entropy", NARROW,
    ),
    "tanh under it": (chained("tanh", SOFTMAX), ONE_HOT, "mse", NARROW),
    "relu under it": (chained("relu", SOFTMAX), KINDS, "cross_entropy", None),
    "scaled between": (
        chained(SOFTMAX, lambda row: [2 * p for p in row], SOFTMAX), KINDS, "cross_entropy", NARROW,
    ),
    "scaled up between": (
        chained(SOFTMAX, lambda row: [50 * p for p in row], SOFTMAX), KINDS, "cross_entropy", None,
    ),
    "sigmoid, built in": (chained("sigmoid", "sigmoid", outputs=1), MOONS.y, "binary_cross_entropy", SIGMOIDS),
    "sigmoid, built in, mse": (chained("sigmoid", "sigmoid", outputs=1), MOONS.y, "mse", SIGMOIDS),
    "sigmoid behind an MLP": (lambda: Sequential(mlp(1, "sigmoid"), "sigmoid"), MOONS.y, "mse", SIGMOIDS),
    "sigmoids, three outputs": (chained("sigmoid", "sigmoid"), ONE_HOT, "binary_cross_entropy", SIGMOIDS),
    "sigmoid by hand below": (chained(sigmoid_by_hand, "sigmoid", outputs=1), MOONS.y, "mse", SIGMOIDS),
    "sigmoid by hand on top": (chained("sigmoid", sigmoid_of_powers, outputs=1), MOONS.y, "mse", SIGMOIDS),
    "sigmoid by hand": (chained(sigmoid_by_hand, outputs=1), MOONS.y, LOGITS, SIGMOIDS),
    "sigmoid of powers": (chained(sigmoid_of_powers, outputs=1), MOONS.y, LOGITS, SIGMOIDS),
    "sigmoid by hand, once": (chained(sigmoid_by_hand, outputs=1), MOONS.y, "binary_cross_entropy", None),
    "tanh under sigmoid": (chained("tanh", "sigmoid", outputs=1), MOONS.y, "binary_cross_entropy", NARROW),
    "relu under sigmoid": (chained("relu", "sigmoid", outputs=1), MOONS.y, "binary_cross_entropy", NARROW),
    "tanh under tanh": (chained("tanh", "tanh", outputs=1), SIGNS, "mse", NARROW),
    "half of tanh under sigmoid": (
        chained("tanh", lambda row: [10 * z for z in row], "sigmoid", outputs=1), MOONS.y, "mse", None,
    ),
    "a layer between sigmoids": (
        chained("sigmoid", Layer(3, 1, rng=1), "sigmoid"), MOONS.y, "binary_cross_entropy", None,
    ),
    "softmax and yes or no": (lambda: mlp(3, "softmax"), ONE_HOT, "binary_cross_entropy", OTHER),
    "softmax and scores": (lambda: mlp(3, "softmax"), ONE_HOT, LOGITS, NARROW),
    "linear": (lambda: mlp(1, "linear"), [5 * y for y in MOONS.y], "mse", None),
    "linear and logits": (lambda: mlp(1, "linear"), MOONS.y, LOGITS, None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_end_that_does_not_fit_is_named(name: str) -> None:
    make, targets, loss, kind = CASES[name]
    model = make()
    before = [(p.data, p.grad) for p in model.parameters()]
    found = [finding for finding in diagnose(model, MOONS.X, targets, loss) if finding.kind in _KINDS]
    assert [finding.kind for finding in found] == ([kind] if kind else [])
    assert [(p.data, p.grad) for p in model.parameters()] == before
    words = {
        TWICE: ("softmax", "scores", "cross_entropy"),
        SIGMOIDS: ("sigmoid", "'binary_cross_entropy'"),
        NARROW: ("needs scores of any size",),
        OTHER: ("'cross_entropy'", "softmax"),
    }
    for finding in found:
        assert all(word in finding.sentence for word in words.get(finding.kind, ("linear",))), finding.sentence
        if "built in" in name:  # the model itself takes it twice, whatever the loss does
            assert "The model makes a" in finding.sentence


_KINDS = (TWICE, SIGMOIDS, BEYOND, NARROW, OTHER)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[3] in (TWICE, SIGMOIDS, NARROW)])
def test_a_training_does_not_come_below_what_is_said(name: str) -> None:
    make, targets, loss, _ = CASES[name]
    if targets[0] in ([0.2, 0.5, 0.3], 0.3):
        pytest.skip("the best outputs for targets between 0 and 1 are not tried")
    if name == "dropout between":
        pytest.skip("in a training, what is left of a row is larger")
    model = make()
    (finding,) = (each for each in diagnose(model, MOONS.X, targets, loss) if each.kind in _KINDS)
    history = fit(model, MOONS.X, targets, loss, epochs=25, progress=False)
    assert min(history.losses) >= finding.number - 1e-9 > 0


def test_the_remedy_removes_the_finding_and_the_limit() -> None:
    limit = math.log(1 + 2 / math.e)  # of three classes, with scores between 0 and 1
    (finding,) = (each for each in diagnose(Ends(3, by_hand), MOONS.X, KINDS, "cross_entropy") if each.kind == TWICE)
    assert finding.number == pytest.approx(limit)
    assert not [each for each in diagnose(mlp(3, "softmax"), MOONS.X, KINDS, "cross_entropy") if each.kind == TWICE]


def test_targets_out_of_reach_are_counted_and_one_is_shown() -> None:
    targets = [*MOONS.y[:-3], 7.0, 8.0, 9.0]
    (finding,) = (each for each in diagnose(mlp(1, "tanh"), MOONS.X, targets, "mse") if each.kind == BEYOND)
    assert finding.number == 3
    assert all(word in finding.sentence for word in ("3 of 40", "y[37] = 7", "−1 to 1", "tanh")), finding.sentence


def test_a_sequence_of_outputs_is_judged_too() -> None:
    rows, targets = [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]], [[1.0, 2.0, 3.0], [3.0, 1.0, 2.0]]
    kinds = {
        output: [f.kind for f in diagnose(Recurrent(1, 3, 1, output=output, rng=0), rows, targets, "mse")]
        for output in ("tanh", "linear")
    }
    assert BEYOND in kinds["tanh"]
    assert BEYOND not in kinds["linear"]


@pytest.mark.parametrize("name", [name for name, op in OPS.items() if op.arity == 1])
def test_the_range_of_an_operation_holds_where_it_is_tried(name: str) -> None:
    op = OPS[name]
    low, high = range_of(op)
    for step in range(-300, 301):
        x = step / 7
        try:
            y = op.f(x)
        except (ArithmeticError, ValueError):
            assert (low, high) == (-math.inf, math.inf)
            continue
        assert low - 1e-3 <= y <= high + 1e-3, x
    expected = {"tanh": (-1, 1), "sigmoid": (0, 1), "relu": (0, math.inf), "neg": (-math.inf, math.inf)}
    assert (low, high) == expected.get(name, (low, high))


def test_a_loss_that_refuses_what_is_tried_is_left_alone() -> None:
    def picky(p: Any, t: Any) -> Value:
        if abs(p.data) > 1:
            raise NetworkError("no")
        return (p - t) ** 2

    kinds = [f.kind for f in diagnose(mlp(1, "tanh"), MOONS.X, MOONS.y, picky)]
    assert not {*kinds} & {*_KINDS}

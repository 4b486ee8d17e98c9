"""Healthy and sick situations, a table of each: no false alarm, and no false all-clear."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any

import pytest

import engine
import nn
from engine import Value, grad
from nn import MLP, Layer, Module, Neuron, Recurrent, data, fit, losses

if TYPE_CHECKING:
    from collections.abc import Callable

MOONS = data.moons(60, noise=0.1, seed=0)
XOR = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
LINE = ([[i / 10] for i in range(-10, 11)], [3 * i / 10 + 1 for i in range(-10, 11)])
LOGITS = "binary_cross_entropy_on_logits"


class Conv(Module):
    """Three shared weights that slide over eight numbers, a rectifier, and a neuron."""

    def __init__(self, bias: float) -> None:
        rng = random.Random(0)
        self.kernel = [Value(rng.gauss(0, 1), f"k[{i}]") for i in range(3)]
        self.bias, self.output = Value(bias, "bias"), Neuron(6, rng=0)

    def __call__(self, x: Any) -> Any:
        sums = [sum(k * v for k, v in zip(self.kernel, x[i : i + 3])) + self.bias for i in range(6)]
        return self.output([z.relu() for z in sums])


class Wrapped(Module):
    def __init__(self, change: Callable[[Any, Any], Any], activation: str = "tanh") -> None:
        self.inner, self.change = MLP(2, [4, 1], activation, rng=0), change

    def __call__(self, x: Any) -> Any:
        return self.change(self.inner(x), x)


def signals(rows: int = 40) -> tuple[list[list[float]], list[float]]:
    rng = random.Random(1)
    X = [[rng.gauss(0, 1) for _ in range(8)] for _ in range(rows)]
    return X, [float(sum(row) > 0) for row in X]


def one_hot(rows: int = 24) -> tuple[list[list[float]], list[int]]:
    return [[float(i % 4 == j) for j in range(4)] for i in range(rows)], [i % 4 % 2 for i in range(rows)]


def trained(model: MLP, X: Any, y: Any, loss: str, epochs: int = 300) -> MLP:
    fit(model, X, y, loss, epochs=epochs, progress=False)
    return model


def sequences() -> tuple[list[list[float]], list[int]]:
    rng = random.Random(0)
    X = [[float(rng.random() < 0.5) for _ in range(5)] for _ in range(20)]
    return X, [int(sum(row) > 2) for row in X]


def number(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)


def dropped(output: Any, x: Any) -> Any:
    return output * 0.0 if random.random() < 0.02 else output


# Models that may learn as they are: (model, rows, targets, loss).
HEALTHY: dict[str, Callable[[], tuple[Any, ...]]] = {
    "relu on moons": lambda: (MLP(2, [16, 16, 1], "relu", rng=0), *MOONS, LOGITS),
    "tanh on moons": lambda: (MLP(2, [8, 1], "tanh", rng=0), *MOONS, LOGITS),
    "sigmoid on moons": lambda: (MLP(2, [8, 1], "sigmoid", rng=0), *MOONS, LOGITS),
    "gelu on moons": lambda: (MLP(2, [8, 8, 1], "gelu", rng=0), *MOONS, LOGITS),
    "silu on moons": lambda: (MLP(2, [8, 8, 1], "silu", rng=0), *MOONS, LOGITS),
    "softplus on moons": lambda: (MLP(2, [8, 1], "softplus", rng=0), *MOONS, LOGITS),
    "elu on moons": lambda: (MLP(2, [8, 1], "elu", rng=0), *MOONS, LOGITS),
    "leaky relu on moons": lambda: (MLP(2, [8, 8, 1], "leaky_relu", rng=0), *MOONS, LOGITS),
    "xor with a hidden layer": lambda: (MLP(2, [4, 1], "tanh", "sigmoid", rng=1), *XOR, "binary_cross_entropy"),
    "a line on a line": lambda: (MLP(1, [1], rng=0), *LINE, "mse"),
    "a linear classifier of moons": lambda: (MLP(2, [1], rng=0), *MOONS, LOGITS),
    "a neuron of one input": lambda: (Neuron(1, rng=0), *LINE, "mse"),
    "one-hot inputs": lambda: (MLP(4, [6, 1], "tanh", rng=0), *one_hot(), LOGITS),
    "one-hot inputs, relu": lambda: (MLP(4, [8, 1], "relu", rng=0), *one_hot(), LOGITS),
    "two classes, cross-entropy": lambda: (MLP(2, [8, 2], "tanh", rng=0), *MOONS, "cross_entropy"),
    "three classes": lambda: (MLP(2, [8, 3], "tanh", rng=0), *data.spiral(60, 3), "cross_entropy"),
    "trained to the end": lambda: (trained(MLP(1, [1], rng=0), *LINE, "mse"), *LINE, "mse"),
    "trained on moons": lambda: (trained(MLP(2, [8, 1], "tanh", rng=0), *MOONS, LOGITS), *MOONS, LOGITS),
    "trained relu": lambda: (trained(MLP(2, [12, 1], "relu", rng=0), *MOONS, LOGITS, 100), *MOONS, LOGITS),
    "a convolution of one's own": lambda: (Conv(0.0), *signals(), LOGITS),
    "one row": lambda: (MLP(2, [4, 1], "tanh", rng=0), [[0.5, -0.5]], [1], LOGITS),
    "two rows": lambda: (MLP(2, [4, 1], "tanh", rng=0), [[0.5, -0.5], [-0.5, 0.5]], [1, 0], LOGITS),
    "a model of one's own": lambda: (Wrapped(lambda output, x: output + 0.1), *MOONS, LOGITS),
    "a choice by operations": lambda: (Wrapped(lambda output, x: output.maximum(-1.0)), *MOONS, LOGITS),
    "recurrent": lambda: (Recurrent(1, 4, 1, rng=0, last=True), *sequences(), LOGITS),
    "hinge": lambda: (MLP(2, [8, 1], "tanh", rng=0), MOONS.X, [2 * k - 1 for k in MOONS.y], "hinge"),
    "absolute error": lambda: (MLP(1, [6, 1], "tanh", rng=0), *LINE, "mae"),
    "huber": lambda: (MLP(1, [6, 1], "tanh", rng=0), *LINE, "huber"),
}

# What is wrong: the kind of finding, and the situation.
SICK: dict[str, tuple[str, Callable[[], tuple[Any, ...]]]] = {
    "a dead convolution": ("dead neurons", lambda: (Conv(-100.0), *signals(), LOGITS)),
    "dead in a module of one's own": (
        "dead neurons", lambda: (Wrapped(lambda output, x: (output - 50.0).relu()), *MOONS, "mse")),
    "linear on xor": ("linear model", lambda: (MLP(2, [1], rng=0), *XOR, LOGITS)),
    "deep and linear on xor": ("linear model", lambda: (MLP(2, [4, 4, 1], "linear", rng=0), *XOR, "mse")),
    "logistic on xor": (
        "linear model", lambda: (MLP(2, [1], "tanh", "sigmoid", rng=0), *XOR, "binary_cross_entropy")),
    "linear on circles": ("linear model", lambda: (MLP(2, [1], rng=0), *data.circles(80), LOGITS)),
    "linear of one's own on xor": (
        "linear model", lambda: (Wrapped(lambda output, x: output * 2.0 + 1.0, "linear"), *XOR, "mse")),
    "an if on data": (
        "decided by data",
        lambda: (Wrapped(lambda output, x: output if number(x[0]) < 1.7 else -output), *data.moons(200), LOGITS)),
    "max of Python on data": (
        "decided by data", lambda: (Wrapped(lambda output, x: max(output, Value(0.1))), *MOONS, LOGITS)),
    "rare dropout": ("random", lambda: (Wrapped(dropped), *MOONS, LOGITS)),
    "noise": ("random", lambda: (Wrapped(lambda output, x: output + random.gauss(0, 0.1)), *MOONS, LOGITS)),
    "dead layer": ("dead neurons", lambda: (shifted(-50.0), *MOONS, LOGITS)),
    "all alike": ("neurons alike", lambda: (MLP(2, [4, 1], "tanh", init="zeros"), *MOONS, LOGITS)),
    "saturated": (
        "saturated neurons", lambda: (MLP(2, [8, 1], "tanh", init=lambda *_: random.gauss(0, 60)), *MOONS, LOGITS)),
    "unscaled": (
        "inputs not scaled",
        lambda: (MLP(1, [4, 1], "tanh", rng=0), [[1000.0 + i] for i in range(9)], [*range(9)], "mse")),
    "deep sigmoids": ("vanishing gradient", lambda: (MLP(2, [8] * 12 + [1], "sigmoid", rng=0), *MOONS, LOGITS)),
    "not finite": ("not finite", lambda: (MLP(2, [4, 1], init=lambda *_: 1e200), *MOONS, "mse")),
}  # fmt: skip


def shifted(bias: float) -> MLP:
    model = MLP(2, [8, 1], "relu", rng=0)
    for neuron in model.layers[0].neurons:
        neuron.b.data = bias
    return model


@pytest.mark.parametrize("name", HEALTHY)
def test_no_false_alarm(name: str) -> None:
    model, X, y, loss = HEALTHY[name]()
    assert [finding.sentence for finding in nn.diagnose(model, X, y, loss)] == []


@pytest.mark.parametrize("name", SICK)
def test_no_false_all_clear(name: str) -> None:
    random.seed(0)
    kind, make = SICK[name]
    model, X, y, loss = make()
    diagnosis = nn.diagnose(model, X, y, loss)
    assert kind in [finding.kind for finding in diagnosis]
    assert len({finding.sentence for finding in diagnosis}) == len(diagnosis)


def test_what_was_not_looked_at_is_said() -> None:
    conv = str(nn.diagnose(Conv(0.0), *signals(), LOGITS))
    assert "Not looked at" in conv
    assert "k[0]" in conv
    many = str(nn.diagnose(MLP(2, [4, 1], "tanh", rng=0), *data.moons(300), LOGITS, sample=50))
    assert "50 of 300 rows" in many
    assert "Not looked at" not in str(nn.diagnose(MLP(2, [4, 1], "tanh", rng=0), *MOONS, LOGITS))
    assert "Not looked at" in str(engine.diagnose(Value(2.0, "a") * 3.0))


@pytest.mark.parametrize("name", ["an if on data", "rare dropout", "noise"])
def test_a_compiled_training_refuses_what_it_would_ignore(name: str) -> None:
    random.seed(0)
    model, X, y, loss = SICK[name][1]()
    with pytest.raises(nn.NetworkError, match="backend='python'"):
        fit(model, X, y, loss, epochs=1, backend="numpy", progress=False)
    fit(model, X, y, loss, epochs=1, backend="python", progress=False)


# One graph: engine.diagnose.


def demo_loss() -> Value:
    """The loss of micrograd's demo: a margin for each row, and the size of all weights, biases of 0 among them."""
    model = MLP(2, [16, 16, 1], "relu", rng=0)
    margins = [(1 + -(2 * kind - 1) * model(row)).relu() for row, kind in zip(*data.moons(30))]
    return sum(margins) / 30 + 1e-4 * sum(p * p for p in model.parameters())  # type: ignore[no-any-return]


def at_optimum() -> Value:
    w = Value(2.0, "w")
    return (w - 2.0) ** 2  # type: ignore[no-any-return]


def one_closed() -> Value:
    layer, output = Layer(2, 8, "relu", rng=0), Neuron(8, rng=1)
    return sum(losses.mse(output(layer(row)), 1.0) for row in MOONS.X[:12]) / 12  # type: ignore[no-any-return]


def sure() -> Value:
    scores = [Value(40.0, "s1"), Value(-40.0, "s2")]
    return losses.cross_entropy(scores, 0)


def slope_of_a_cube() -> Value:
    x = Value(2.0, "x")
    return grad(x**3, x)[0]


HEALTHY_GRAPHS: dict[str, Callable[[], Value]] = {
    "micrograd's demo": demo_loss,
    "a loss at its optimum": at_optimum,
    "some closed rectifiers": one_closed,
    "sure and right": sure,
    "an input of zero": (Value(3.0, "w") * 0.0 + Value(1.0, "b")).tanh,
    "one side of a maximum": lambda: (Value(3.0, "a") * 2.0).maximum(Value(1.0, "b") * Value(3.0, "a")),
    "a plain product": lambda: Value(3.0, "a") * Value(2.0, "b"),
    "a gradient of a gradient": slope_of_a_cube,
    "a leaf": lambda: Value(1.0, "a"),
    "a masked softmax": lambda: losses.softmax([Value(1.0, "a"), Value(2.0, "b"), Value(-math.inf)])[1],
}
SICK_GRAPHS: dict[str, tuple[str, str, Callable[[], Value]]] = {
    "a closed gate": ("gate closed", "w", (Value(-3.0, "w") * 2.0).relu),
    "a saturated tanh": ("saturated", "w", (Value(30.0, "w") * 2.0).tanh),
    "a saturated sigmoid": ("saturated", "w", lambda: (Value(-40.0, "w") * 2.0).sigmoid() * 3.0),
    "times zero": ("times zero", "w", lambda: Value(3.0, "w").tanh() * (Value(2.0, "z") - 2.0).detach()),
    "overflow of a product": ("not finite", "v1", lambda: Value(1e200, "a") * Value(1e200, "b") + 1.0),
    "overflow of a sum": ("not finite", "a", lambda: (Value(1.5e308, "a") + Value(1.5e308, "b")) * 0.5),
}


@pytest.mark.parametrize("name", HEALTHY_GRAPHS)
def test_a_healthy_graph_raises_no_alarm(name: str) -> None:
    assert [finding.sentence for finding in engine.diagnose(HEALTHY_GRAPHS[name]())] == []


@pytest.mark.parametrize("name", SICK_GRAPHS)
def test_a_sick_graph_is_not_cleared(name: str) -> None:
    kind, word, make = SICK_GRAPHS[name]
    findings = engine.diagnose(make())
    assert kind in [finding.kind for finding in findings]
    assert any(word in finding.sentence for finding in findings if finding.kind == kind)

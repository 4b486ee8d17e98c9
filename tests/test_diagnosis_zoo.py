"""Healthy and sick situations, a table of each: no false alarm, and no false all-clear."""

from __future__ import annotations

import itertools
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


class Own(Module):
    """Six hidden units and an output, spelled out with Values."""

    def __init__(self, activation: str, bias: float = 0.0, weight: float | None = None) -> None:
        rng = random.Random(0)
        self.W = [[Value(rng.gauss(0, 1), f"W[{i}][{j}]") for j in range(2)] for i in range(6)]
        self.b = [Value(bias, f"b[{i}]") for i in range(6)]
        self.v, self.c = [Value(rng.gauss(0, 0.5), f"v[{i}]") for i in range(6)], Value(0.0, "c")
        self.activation = activation
        if weight is not None:
            for each in (*(w for row in self.W for w in row), *self.v):
                each.data = weight

    def __call__(self, x: Any) -> Any:
        sums = [sum(w * a for w, a in zip(ws, x)) + b for ws, b in zip(self.W, self.b)]
        return sum(v * getattr(z, self.activation)() for v, z in zip(self.v, sums)) + self.c


class Outside(Module):
    """A linear layer whose activation is written behind it."""

    def __init__(self, activation: Callable[[Any], Any], bias: float = 0.0) -> None:
        self.hidden, self.output, self.activation = Layer(2, 8, rng=0), Neuron(8, rng=1), activation
        for neuron in self.hidden.neurons:
            neuron.b.data = bias

    def __call__(self, x: Any) -> Any:
        return self.output([self.activation(z) for z in self.hidden(x)])


class Student:
    """No Module: lists of Values in lists of neurons, and parameters()."""

    def __init__(self, bias: float = 0.0, deep: int = 1) -> None:
        rng = random.Random(1)
        sizes = [2, *[4] * deep, 1]
        self.layers = [
            [([Value(rng.uniform(-1, 1)) for _ in range(a)], Value(bias)) for _ in range(b)]
            for a, b in itertools.pairwise(sizes)
        ]

    def __call__(self, x: Any) -> Any:
        for layer in self.layers:
            x = [(sum(w * a for w, a in zip(weights, x)) + b).tanh() for weights, b in layer]
        return x[0]

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for weights, b in layer for p in (*weights, b)]


class Gated(Module):
    """An LSTM of one cell."""

    def __init__(self) -> None:
        self.gates, self.output = [Layer(2, 1, rng=i) for i in range(4)], Neuron(1, rng=9)

    def __call__(self, sequence: Any) -> Any:
        h = c = engine.constant(0.0)
        for x in sequence:
            forget, take, give, new = (gate([x, h])[0] for gate in self.gates)
            c = forget.sigmoid() * c + take.sigmoid() * new.tanh()
            h = give.sigmoid() * c.tanh()
        return self.output([h])


class Attending(Module):
    def __init__(self) -> None:
        self.q, self.k, self.output = Layer(2, 2, rng=0), Layer(2, 2, rng=1), Neuron(2, rng=2)

    def __call__(self, x: Any) -> Any:
        q, k = self.q(x), self.k(x)
        shares = losses.softmax([a * b for a, b in zip(q, k)])
        return self.output([a * b for a, b in zip(shares, q)])


class Parted(Module):
    """Layers, of which a function uses some."""

    def __init__(self, forward: Callable[[Any, Any], Any]) -> None:
        self.first, self.second = Layer(2, 2, "tanh", rng=0), Layer(2, 2, "tanh", rng=1)
        self.output, self.extra, self.forward = Neuron(2, rng=2), Value(1.0, "extra"), forward

    def __call__(self, x: Any) -> Any:
        return self.forward(self, x)


class Bells(Module):
    def __init__(self) -> None:
        rng = random.Random(0)
        self.at = [[Value(rng.gauss(0, 1), f"at[{i}][{j}]") for j in range(2)] for i in range(6)]
        self.output = Neuron(6, rng=0)

    def __call__(self, x: Any) -> Any:
        return self.output([(-sum((a - b) ** 2 for a, b in zip(x, at))).exp() for at in self.at])


def frozen(model: Any, count: int) -> Any:
    for parameter in model.parameters()[:count]:
        parameter.requires_grad = False
    return model


def zeroed(model: MLP) -> MLP:
    for parameter in model.layers[-1].parameters():
        parameter.data = 0.0
    return model


def biased(model: MLP, bias: float) -> MLP:
    model.layers[-1].neurons[0].b.data = bias
    return model


def noisy() -> tuple[list[list[float]], list[float]]:
    rng = random.Random(0)
    X = [[rng.gauss(0, 1)] for _ in range(60)]
    return X, [2 * x + rng.gauss(0, 3) for (x,) in X]


def squared(output: Any, target: Any) -> Any:
    return (output - target) ** 2


def split(output: Any, target: Any) -> Any:
    return (output - 1.0) ** 2 if number(target) > 0.5 else output**2


def by_hand(z: Any) -> Any:
    return 0.5 * z * (1 + (0.79788 * (z + 0.044715 * z**3)).tanh())


def signals(rows: int = 40) -> tuple[list[list[float]], list[float]]:
    rng = random.Random(1)
    X = [[rng.gauss(0, 1) for _ in range(8)] for _ in range(rows)]
    return X, [float(sum(row) > 0) for row in X]


def one_hot(rows: int = 24) -> tuple[list[list[float]], list[int]]:
    return [[float(i % 4 == j) for j in range(4)] for i in range(rows)], [i % 4 % 2 for i in range(rows)]


def trained(model: Any, X: Any, y: Any, loss: Any, epochs: int = 300) -> Any:
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
    "relu written behind a layer": lambda: (Outside(Value.relu), *MOONS, LOGITS),
    "a maximum behind a layer": lambda: (Outside(lambda z: z.maximum(0.0)), *MOONS, LOGITS),
    "swish by hand": lambda: (MLP(2, [8, 1], lambda z: z * z.sigmoid(), rng=0), *MOONS, LOGITS),
    "gelu by hand": lambda: (Outside(by_hand), *MOONS, LOGITS),
    "units of one's own": lambda: (Own("tanh"), *MOONS, LOGITS),
    "rectifiers of one's own": lambda: (Own("relu"), *MOONS, LOGITS),
    "no Module": lambda: (Student(), MOONS.X, [2.0 * k - 1 for k in MOONS.y], "mse"),
    "no Module, deep": lambda: (Student(deep=3), MOONS.X, [2.0 * k - 1 for k in MOONS.y], "mse"),
    "an LSTM": lambda: (Gated(), *sequences(), "mse"),
    "attention": lambda: (Attending(), *MOONS, LOGITS),
    "bells": lambda: (Bells(), *MOONS, LOGITS),
    "shared weights": lambda: (
        Parted(lambda m, x: m.output(m.second(m.first(m.first(x)))) * m.extra),
        *MOONS,
        LOGITS,
    ),
    "around a layer": lambda: (
        Parted(lambda m, x: m.output(m.second([a + b for a, b in zip(m.first(x), x)])) + m.extra),
        *MOONS,
        LOGITS,
    ),
    "rows of several lengths": lambda: (
        Recurrent(1, 4, 1, rng=0, last=True),
        [[[0.5]] * n for n in (2, 3, 4, 3, 2, 5)],
        [0, 1, 0, 1, 1, 0],
        LOGITS,
    ),
    "a frozen layer": lambda: (frozen(MLP(2, [8, 1], "tanh", rng=0), 24), *MOONS, LOGITS),
    "a last layer of zeros": lambda: (zeroed(MLP(2, [8, 1], "tanh", rng=0)), *MOONS, LOGITS),
    "at rest on noise": lambda: (trained(Neuron(1, rng=0), *noisy(), "mse", 1500), *noisy(), "mse"),
    "at rest with a loss of one's own": lambda: (trained(Neuron(1, rng=0), *LINE, squared, 2000), *LINE, squared),
    "one row learned": lambda: (
        trained(MLP(2, [4, 1], "tanh", rng=0), [[0.5, -0.5]], [1.0], "mse", 800),
        [[0.5, -0.5]],
        [1.0],
        "mse",
    ),
    "one row, relu": lambda: (MLP(2, [8, 1], "relu", rng=0), [[0.5, -0.5]], [1], LOGITS),
    "dead ones that are not missed": lambda: (
        trained(MLP(2, [8, 8, 1], "relu", rng=0), *MOONS, LOGITS, 1000),
        *MOONS,
        LOGITS,
    ),
    "linear on noise": lambda: (
        MLP(2, [1], rng=0),
        MOONS.X,
        [random.Random(i).gauss(0, 1) for i in range(60)],
        "mse",
    ),
    "a feature that is always 0": lambda: (
        MLP(3, [8, 1], "relu", rng=0),
        [[*x, 0.0] for x in MOONS.X],
        MOONS.y,
        LOGITS,
    ),
    "three answers": lambda: (MLP(2, [8, 3], "tanh", rng=0), MOONS.X, [[k, 1 - k, k] for k in MOONS.y], LOGITS),
    "one yes in sixty": lambda: (MLP(2, [8, 1], "tanh", rng=0), MOONS.X, [1] + [0] * 59, LOGITS),
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
    "dead behind a layer": ("dead neurons", lambda: (Outside(Value.relu, -50.0), *MOONS, LOGITS)),
    "dead by maximum": ("dead neurons", lambda: (Outside(lambda z: z.maximum(0.0), -50.0), *MOONS, LOGITS)),
    "saturated behind a layer": ("saturated neurons", lambda: (Outside(Value.sigmoid, -50.0), *MOONS, LOGITS)),
    "an if for a rectifier": (
        "decided by data", lambda: (Outside(lambda z: z if z.data > 0 else z * 0.0), *MOONS, LOGITS)),
    "dead units of one's own": ("dead neurons", lambda: (Own("relu", -50.0), *MOONS, LOGITS)),
    "saturated units of one's own": ("saturated neurons", lambda: (Own("tanh", 50.0), *MOONS, LOGITS)),
    "thresholds of one's own": ("dead neurons", lambda: (Own("threshold"), *MOONS, LOGITS)),
    "units of one's own, alike": ("neurons alike", lambda: (Own("tanh", 0.0, 0.3), *MOONS, LOGITS)),
    "a rate too large": ("step too large", lambda: (Own("tanh"), *MOONS, LOGITS, 100.0)),
    "a rate too small": ("step too small", lambda: (Own("tanh"), *MOONS, LOGITS, 1e-8)),
    "no Module, saturated": (
        "saturated neurons", lambda: (Student(9.0), MOONS.X, [2.0 * k - 1 for k in MOONS.y], "mse")),
    "sure and wrong on half": (
        "saturated neurons", lambda: (biased(MLP(2, [4, 1], "tanh", "sigmoid", rng=0), -30.0), *MOONS, "mse")),
    "a layer left out": (
        "not reached", lambda: (Parted(lambda m, x: m.output(m.first(x)) * m.extra), *MOONS, LOGITS)),
    "a number taken from a node": (
        "not reached",
        lambda: (Parted(lambda m, x: m.output([h.data for h in m.second(m.first(x))]) * m.extra), *MOONS, LOGITS)),
    "a parameter left out": (
        "not reached", lambda: (Parted(lambda m, x: m.output(m.second(m.first(x)))), *MOONS, LOGITS)),
    "all frozen": ("frozen", lambda: (frozen(MLP(2, [4, 1], rng=0), 99), *MOONS, LOGITS)),
    "linear on a parabola": (
        "linear model", lambda: (Neuron(1, rng=0), LINE[0], [x**2 for (x,) in LINE[0]], "mse")),
    "two scores, linear on xor": ("linear model", lambda: (MLP(2, [2], rng=0), *XOR, "cross_entropy")),
    "an if in the loss": ("decided by data", lambda: (MLP(2, [4, 1], "tanh", rng=0), *MOONS, split)),
}  # fmt: skip


def shifted(bias: float) -> MLP:
    model = MLP(2, [8, 1], "relu", rng=0)
    for neuron in model.layers[0].neurons:
        neuron.b.data = bias
    return model


@pytest.mark.parametrize("name", HEALTHY)
def test_no_false_alarm(name: str) -> None:
    assert [finding.sentence for finding in nn.diagnose(*HEALTHY[name]())] == []


@pytest.mark.parametrize("name", SICK)
def test_no_false_all_clear(name: str) -> None:
    random.seed(0)
    kind, make = SICK[name]
    diagnosis = nn.diagnose(*make())
    assert kind in [finding.kind for finding in diagnosis]
    assert len({finding.sentence for finding in diagnosis}) == len(diagnosis)


def test_what_was_not_looked_at_is_said() -> None:
    assert "Not looked at" not in str(nn.diagnose(Conv(0.0), *signals(), LOGITS))
    assert "Not looked at: where sin" in str(nn.diagnose(Own("sin"), *MOONS, LOGITS))
    noise = MOONS.X, [random.Random(i).gauss(0, 1) for i in range(60)]
    assert "noise, or bent" in str(nn.diagnose(MLP(2, [1], rng=0), *noise))
    assert "layer1.neuron1.w[0] and 11 more" in str(
        nn.diagnose(frozen(MLP(2, [4, 1], "tanh", rng=0), 12), *MOONS, LOGITS)
    )
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


def one_row(activation: str, seed: int = 0, inputs: tuple[Any, ...] = (0.5, -1.0)) -> Value:
    return losses.mse(MLP(2, [8, 1], activation, rng=seed)(list(inputs)), 1.0)


def dropout() -> Value:
    rng = random.Random(1)
    hidden = Layer(2, 8, "tanh", rng=0)([0.5, -1.0])
    return losses.mse(Neuron(8, rng=1)([h * float(rng.random() < 0.5) for h in hidden]), 1.0)


def dead(penalty: float = 0.0, loss: str = "mse") -> Value:
    model = shifted(-50.0)
    total = sum(getattr(losses, loss)(model(x), 2 * k - 1) for x, k in zip(MOONS.X[:12], MOONS.y)) / 12
    return total + penalty * sum(p**2 for p in model.parameters()) if penalty else total


def chain(count: int, step: Callable[[Value], Value]) -> Value:
    node = Value(0.5, "w")
    for _ in range(count):
        node = step(node)
    return node


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
    **{f"one row, relu, seed {seed}": lambda seed=seed: one_row("relu", seed) for seed in range(6)},  # type: ignore[misc]
    **{
        f"one row, {name}": lambda name=name: one_row(name)
        for name in ("tanh", "sigmoid", "gelu", "silu", "softplus")
    },  # type: ignore[misc]
    "a row of zeros": lambda: one_row("tanh", 0, (0.0, 0.0)),
    "a row of zeros with gradients": lambda: one_row("tanh", 0, (Value(0.0, "x1"), Value(0.0, "x2"))),
    "dropout": dropout,
    "a maximum": lambda: Value(3.0, "a").maximum(Value(2.0, "b")),
    "a clip inside its bounds": lambda: Value(0.5, "w").minimum(1.0).maximum(0.0),
    **{  # type: ignore[misc]
        f"{name} at its optimum": lambda name=name: getattr(losses, name)(Value(2.0, "w") * 3, 6.0)
        for name in ("mse", "mae", "huber", "quadratic")
    },
    "hinge at its optimum": lambda: losses.hinge(Value(2.0, "w") * 3, 1),
    "a margin by maximum": lambda: (1 - Value(2.0, "w") * 3).maximum(0.0) + 0.5,
    "sure of yes": lambda: losses.binary_cross_entropy(Value(40.0, "s").sigmoid(), 1),
    "sure of no": lambda: losses.binary_cross_entropy(Value(-40.0, "s").sigmoid(), 0),
    "sure, wrong, and pulled": lambda: losses.binary_cross_entropy(Value(-40.0, "s").sigmoid(), 1),
    "a small unit": lambda: Value(3.0, "w") * 1e-9,
    "a logarithm far out": Value(1e5, "w").log,
    "a mean of a million": lambda: Value(3.0, "w") ** 2 / 1e6,
    "thirty steps": lambda: losses.mse(Recurrent(1, 4, 1, rng=0, last=True)([0.1] * 30), 1.0),
    "fifty tanh": lambda: chain(50, Value.tanh),
    "a weight decay of 0": lambda: (Value(3.0, "w") * 2 - 1) ** 2 + 0.01 * Value(0.0, "b") ** 2,
    "a sure softmax": lambda: sum(
        p * Value(2.0, f"v{i}") for i, p in enumerate(losses.softmax([Value(80.0, "a"), Value(2.0, "b")]))
    ),
    **{  # type: ignore[misc]
        f"an error of 0, times {factor}": lambda factor=factor: (
            factor * (Value(2.0, "w") - 2.0) ** 2
            + (Value(3.0, "v") - 3.0) ** 2 * factor
            + (Value(4.0, "u") - 4.0) ** 2 / factor
        )
        for factor in (0.5, 1e-3, 7.0)
    },
    "a masked softmax": lambda: losses.softmax([Value(1.0, "a"), Value(2.0, "b"), Value(-math.inf)])[1],
}
SICK_GRAPHS: dict[str, tuple[str, str, Callable[[], Value]]] = {
    "a closed gate beside what learns": (
        "gate closed",
        "w",
        lambda: (Value(-3.0, "w") * 2.0).relu() * Value(2.0, "v") + Value(1.0, "b"),
    ),
    "a closed maximum": ("gate closed", "w", lambda: (Value(-3.0, "w") * 2.0).maximum(0.0) * 2 - 1),
    "clipped": ("gate closed", "w", lambda: Value(5.0, "w").minimum(1.0) + Value(1.0, "b")),
    "a threshold": ("gate closed", "w", lambda: Value(0.3, "w").threshold() * 2),
    "all dead": ("gate closed", "layer1.neuron1.w[0]", dead),
    "all dead, with weight decay": ("gate closed", "layer1.neuron1.w[0]", lambda: dead(1e-3)),
    "all dead, with open margins": ("gate closed", "layer1.neuron1.w[0]", lambda: dead(0.0, "hinge")),
    "sure and wrong": ("saturated", "w", lambda: (Value(-30.0, "w").sigmoid() - 1) ** 2),
    "one of two saturated": ("saturated", "w", lambda: Value(30.0, "w").tanh() + Value(0.1, "v").tanh()),
    "a far bell": ("saturated", "w", lambda: (-((Value(30.0, "w") - 1) ** 2)).exp() * Value(2.0, "v")),
    "zeros": ("times zero", "layer1", lambda: losses.mse(MLP(2, [4, 1], "tanh", init="zeros")([0.5, 0.2]), 1.0)),
    "between two minima": ("stationary", "w", lambda: (Value(0.0, "w") ** 2 - 1) ** 2),
    "a product of two zeros": ("times zero", "a", lambda: Value(0.0, "a") * Value(0.0, "b")),
    "the level top of a cosine": ("stationary", "w", Value(1e-5, "w").cos),
    **{  # type: ignore[misc]
        f"the top of a hill, {name}": ("stationary", "w", lambda turn=turn: turn((Value(2.0, "w") - 2.0) ** 2))
        for name, turn in {
            "times -0.5": lambda error: error * -0.5,
            "-0.5 times": lambda error: -0.5 * error,
            "divided by -2": lambda error: error / -2.0,
            "negated": lambda error: -error,
            "subtracted": lambda error: 1.0 - error,
        }.items()
    },
    "no slope": ("no slope", "w", lambda: Value(0.0, "w").sqrt() * 2),
    "sixty sigmoids": ("vanishing", "w", lambda: chain(60, Value.sigmoid)),
    "behind detach": ("detached", "w", lambda: Value(3.0, "w").detach() * 2),
    "infinity less infinity": ("not finite", "v", lambda: Value(1e308, "a") * 10 - Value(1e308, "b") * 10),
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

"""Check first weights: whether neurons differ, sums keep their size, and weights are balanced and repeatable."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import sqrt, tanh
from random import Random
from typing import Any

from engine import Value

from ..probe import Probe
from . import ask

Matrix = list[list[float]]


def probes(rng: Random) -> list[Probe]:
    return [shape(rng), training(rng), start(rng), sizes(rng), balance(rng), repeated(rng)]


def shape(rng: Random) -> Probe:
    inputs, neurons, seed = rng.randint(5, 8), rng.randint(2, 4), rng.randrange(1000)

    observe = partial(ask.weights, seed=seed, drawn=[(0, inputs, neurons)])

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        (weights,) = observed["weights"]
        return {"lists, one a neuron": len(weights), "numbers in each": [len(each) for each in weights]}

    def expect() -> Mapping[str, Any]:
        return {"lists, one a neuron": neurons, "numbers in each": [inputs] * neurons}

    origin = f"counting: {neurons} neurons with {inputs} inputs each"
    return Probe(
        f"init({inputs}, {neurons}, rng), with rng = Random({seed})", observe, expect, origin, read=read, tells=True
    )


def training(rng: Random) -> Probe:
    """Return the probe of twenty steps of a small network: how many hidden neurons differ and have moved."""
    inputs, neurons, seed = 3, 4, rng.randrange(1000)
    rows = [[rng.uniform(-1, 1) for _ in range(inputs)] for _ in range(5)]
    targets = [rng.uniform(-1, 1) for _ in rows]

    observe = partial(ask.weights, seed=seed, drawn=[(0, inputs, neurons), (0, neurons, 1)])

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        hidden, (output,) = ([[*row] for row in weights] for weights in observed["weights"])
        before = [[*row] for row in hidden]
        for _ in range(20):
            step(hidden, output, rows, targets)
        distinct = {tuple(round(w, 9) for w in row) for row in hidden}
        return {
            "hidden neurons that have come to differ": len(distinct),
            "hidden neurons that have moved": sum(max(map(gap, *pair)) > 1e-9 for pair in zip(before, hidden)),
        }

    def expect() -> Mapping[str, Any]:
        return {"hidden neurons that have come to differ": neurons, "hidden neurons that have moved": neurons}

    def graph() -> Value:
        x, target = Value(rows[0][0], "x"), targets[0]
        h = [(Value(0.5, f"w{n}") * x).tanh() for n in (1, 2)]
        loss: Value = (Value(0.5, "out1") * h[0] + Value(0.5, "out2") * h[1] - target) ** 2
        loss.label = "loss"
        return loss

    input_text = (
        f"20 steps of gradient descent on a network of {inputs} inputs, {neurons} hidden neurons (tanh) and 1 output"
    )
    input_text += f", begun with init({inputs}, {neurons}, rng) and init({neurons}, 1, rng), rng = Random({seed})"
    origin = "the aim: each neuron is free to learn something of its own"
    return Probe(input_text, observe, expect, origin, graph, read=read, tells=True)


def gap(one: float, other: float) -> float:
    return abs(one - other)


def step(hidden: Matrix, output: list[float], rows: Matrix, targets: list[float], rate: float = 0.05) -> None:
    """Take one step of gradient descent on the squared error, and change the weights in place."""
    to_hidden, to_output = [[0.0] * len(row) for row in hidden], [0.0] * len(output)
    for row, target in zip(rows, targets):
        h = [tanh(sum(w * x for w, x in zip(weights, row))) for weights in hidden]
        error = 2 * (sum(v * each for v, each in zip(output, h)) - target)
        for n, each in enumerate(h):
            to_output[n] += error * each
            for i, x in enumerate(row):
                to_hidden[n][i] += error * output[n] * (1 - each * each) * x
    for n, slopes in enumerate(to_hidden):
        output[n] -= rate * to_output[n]
        for i, slope in enumerate(slopes):
            hidden[n][i] -= rate * slope


def start(rng: Random) -> Probe:
    inputs, neurons, seed = rng.randint(4, 6), rng.randint(7, 9), rng.randrange(1000)

    observe = partial(ask.weights, seed=seed, drawn=[(0, inputs, neurons)])

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        (weights,) = observed["weights"]
        return {"neurons with weights of their own": len({tuple(row) for row in weights})}

    def expect() -> Mapping[str, Any]:
        return {"neurons with weights of their own": neurons}

    origin = f"the aim: {neurons} neurons, all different"
    return Probe(
        f"init({inputs}, {neurons}, rng), with rng = Random({seed})", observe, expect, origin, read=read, tells=True
    )


def sizes(rng: Random) -> Probe:
    """Return the probe of the spread of weighted sums. For inputs of spread 1, it is √(Σ w²)."""
    seed = rng.randrange(1000)

    observe = partial(ask.weights, seed=seed, drawn=[(0, 4, 20), (1, 400, 20)])

    def spread(weights: Matrix) -> float:
        return sqrt(sum(w * w for row in weights for w in row) / len(weights))

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        few, many = map(spread, observed["weights"])
        return {"the spread of the weighted sums": spread_text(few, many)}

    def expect() -> Mapping[str, Any]:
        return {"the spread of the weighted sums": spread_text(1.0, 1.0)}

    input_text = f"init(4, 20, rng) and init(400, 20, rng), with rng = Random({seed}), for inputs of spread 1"
    origin = "the paragraph: between 0.3 and 3 for 4 inputs and for 400"
    return Probe(input_text, observe, expect, origin, read=read, tells=True)


def spread_text(few: float, many: float) -> str:
    """Return a text on the spreads of the sums for few and for many inputs."""
    if many > 5 * few:
        return "grows with the number of inputs"
    if many < few / 5:
        return "shrinks with the number of inputs"
    if max(few, many) > 3:
        return "is too large for any number of inputs"
    return "is too small for any number of inputs" if min(few, many) < 0.3 else "is about 1 for any number of inputs"


def balance(rng: Random) -> Probe:
    seed = rng.randrange(1000)

    observe = partial(ask.weights, seed=seed, drawn=[(0, 50, 40)])

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        (rows,) = observed["weights"]
        weights = [w for row in rows for w in row]
        above, below = (sum(sign * w > 0 for w in weights) / len(weights) for sign in (1, -1))
        alike = sum(len({*row}) == 1 for row in rows)
        return {"weights above 0": about(above), "weights below 0": about(below), "neurons with equal weights": alike}

    def expect() -> Mapping[str, Any]:
        half = about(0.5)
        return {"weights above 0": half, "weights below 0": half, "neurons with equal weights": 0}

    return Probe(
        f"init(50, 40, rng), with rng = Random({seed})",
        observe,
        expect,
        "the paragraph: each different, as many above 0 as below",
        read=read,
        tells=True,
    )


def about(share: float) -> str:
    words = {0.0: "none", 0.4: "less than half", 0.6: "about half", 1.0: "more than half"}
    return next((word for limit, word in words.items() if share <= limit and share < 1), "all")


def repeated(rng: Random) -> Probe:
    seed = rng.randrange(1000)

    observe = partial(ask.weights, seed=seed, drawn=[(0, 5, 4), (0, 5, 4), (1, 5, 4)])

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        one, other, again = observed["weights"]
        return {
            "a second layer has other weights": one != other,
            "the same seed gives the same weights": one == again,
        }

    def expect() -> Mapping[str, Any]:
        return {"a second layer has other weights": True, "the same seed gives the same weights": True}

    input_text = f"init(5, 4, rng) twice with the same rng, and once more with a new one of the same seed, {seed}"
    return Probe(input_text, observe, expect, "the paragraph: drawn from rng", read=read, tells=True)

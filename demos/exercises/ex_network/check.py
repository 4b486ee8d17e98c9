"""Check outputs and gradients of a layer and of networks whose weights are set here, their parameters and start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from math import tanh
from random import Random
from typing import Any

from engine import Value

from ..graph_text import anywhere
from ..inside.graphs import KEPT
from ..probe import NUMERIC, Probe, beyond, nudge
from . import ask
from .ask import Numbers


def probes(rng: Random) -> list[Probe]:
    networks = [network(rng, 2, [2, 2]), network(rng, 2, [3, 2]), network(rng, 3, [2, 3, 1])]
    far = [
        network(rng, 1, [1], 20.0),
        network(rng, 4, [3], 0.01),
        network(rng, 2, [2, 3, 2, 2], 1.0),
        network(rng, 2, [3], 900.0),
    ]
    return [layer(rng), *networks, gradients(rng, 2, [3, 2]), parameters(4, [3, 5, 2]), start(rng), *beyond(*far)]


def drawn(rng: Random, inputs: int, sizes: Sequence[int]) -> Numbers:
    layers = []
    for size in sizes:
        layers.append([[round(rng.uniform(-0.9, 0.9), 2) for _ in range(inputs + 1)] for _ in range(size)])
        inputs = size
    return layers


def forward(numbers: Numbers, row: list[float], squash_last: bool = False) -> list[float]:
    """Return the outputs of a network for a row, computed with plain numbers."""
    for place, layer in enumerate(numbers, 1):
        sums = [sum(w * x for w, x in zip(weights, row)) + weights[-1] for weights in layer]
        row = [tanh(total) for total in sums] if place < len(numbers) or squash_last else sums
    return row


def layer(rng: Random) -> Probe:
    numbers, row = drawn(rng, 2, [3]), [round(rng.uniform(-1.5, 1.5), 2) for _ in range(2)]

    observe = partial(ask.layer, numbers=numbers, row=row)

    def expect() -> Mapping[str, Any]:
        return {"sizes": "2 → 3", "outputs": [{"Value": h} for h in forward(numbers, row, squash_last=True)]}

    input_text = f"Layer(2, 3, rng), its neurons' weights and biases set to {numbers[0]}, called on {row}"
    return Probe(input_text, observe, expect, "the formula tanh(w1·x1 + w2·x2 + b), neuron by neuron")


def network(rng: Random, inputs: int, sizes: list[int], scale: float = 0.0) -> Probe:
    """Return the probe of a network's outputs.

    The inputs have two decimals; with a `scale`, they have all decimals, and are about as large as the scale."""
    numbers, row = drawn(rng, inputs, sizes), [round(rng.uniform(-1.5, 1.5), 2) for _ in range(inputs)]
    if scale:
        row = [anywhere(rng, scale) for _ in row]

    observe = partial(ask.network, sizes=sizes, numbers=numbers, row=row)

    def expect() -> Mapping[str, Any]:
        through = ", ".join(f"{a} → {b}" for a, b in zip([inputs, *sizes], sizes))
        return {"sizes": through, "outputs": [{"Value": y} for y in forward(numbers, row)], KEPT: True}

    input_text = f"MLP({inputs}, {sizes}, rng), its layers' weights and biases set to {numbers}, called on {row}"
    return Probe(input_text, observe, expect, "the formula of the neuron, layer by layer; no tanh in the last one")


def gradients(rng: Random, inputs: int, sizes: list[int]) -> Probe:
    """Return the probe of all gradients; the root is Σ upstream · output, all inputs are multiples of one node."""
    numbers, seed = drawn(rng, inputs, sizes), round(rng.uniform(0.4, 1.2), 2)
    upstream = [round((-1) ** place * rng.uniform(2, 4), 2) for place in range(sizes[-1])]
    factors = [place + 1.5 for place in range(inputs)]

    data = {"sizes": sizes, "numbers": numbers, "seed": seed, "factors": factors, "upstream": upstream}

    def expect() -> Mapping[str, Any]:
        flat = [number for one in numbers for neuron in one for number in neuron]

        def root(x: float, *at: float) -> float:
            left = iter(at)
            moved = [[[next(left) for _ in neuron] for neuron in one] for one in numbers]
            outputs = forward(moved, [x * each for each in factors])
            return sum((y * times for y, times in zip(outputs, upstream)), 0.0)

        observed: dict[str, Any] = {"root": {"Value": root(seed, *flat)}}
        slope, *rest = nudge(root, seed, *flat)
        left = iter(rest)
        slopes = [[[next(left) for _ in neuron] for neuron in one] for one in numbers]
        for place in range(len(numbers), 0, -1):
            observed[f"gradients in layer {place}"] = slopes[place - 1]
        return {**observed, "x.grad": slope}

    def graph() -> Value:
        x = Value(seed, "x")
        row = [x * factor for factor in factors]
        for place, one in enumerate(numbers, 1):
            h = []
            for n, weights in enumerate(one, 1):
                *w, b = (Value(number, f"w{place}{n}{i}") for i, number in enumerate(weights, 1))
                b.label = f"b{place}{n}"
                total = sum((a * c for a, c in zip(w, row)), b)
                h.append(total.tanh() if place < len(numbers) else total)
            row = h
        root: Value = sum(each * times for each, times in zip(row, upstream))
        root.label = "root"
        return root

    sums = " + ".join(f"{times} * output {place}" for place, times in enumerate(upstream, 1))
    input_text = f"MLP({inputs}, {sizes}, rng), its layers' weights and biases set to {numbers}, called on "
    input_text += f"[{', '.join(f'{factor} * x' for factor in factors)}] with x = {seed}; then backward() of {sums}"
    return Probe(input_text, partial(ask.gradients, **data), expect, NUMERIC, graph)


def parameters(inputs: int, sizes: list[int]) -> Probe:
    observe = partial(ask.parameters, inputs=inputs, sizes=sizes)

    def expect() -> Mapping[str, Any]:
        count = sum((before + 1) * size for before, size in zip([inputs, *sizes], sizes))
        return {"number of parameters": count, "each Value of each neuron is there": True}

    origin = f"counting: (inputs + 1) * neurons in each layer, {inputs} → {' → '.join(map(str, sizes))}"
    return Probe(f"parameters() of MLP({inputs}, {sizes}, rng)", observe, expect, origin, tells=True)


def start(rng: Random) -> Probe:
    seed = rng.randrange(1000)

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        first = observed["weights"]
        return {
            "neurons that start with weights of their own": len({tuple(row) for row in first}),
            "rng draws the weights": first == observed["the same seed"] and first != observed["another seed"],
        }

    def expect() -> Mapping[str, Any]:
        return {"neurons that start with weights of their own": 8, "rng draws the weights": True}

    input_text = f"MLP(3, [4, 4], rng) as it is made, with rng = Random({seed})"
    origin = "counting: 4 neurons in each of 2 layers"
    return Probe(input_text, partial(ask.start, seed=seed), expect, origin, read=read, tells=True)

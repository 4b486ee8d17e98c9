"""Check outputs and gradients of a neuron whose weights are set here, its parameters and its first weights."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import tanh
from random import Random
from typing import Any

from engine import Value

from ..graph_text import anywhere
from ..inside.graphs import KEPT
from ..probe import NUMERIC, Probe, beyond, nudge
from . import ask


def probes(rng: Random) -> list[Probe]:
    near = [output(rng), gradients(rng), gradients(rng), parameters(rng), start(rng), length()]
    return [*near, *beyond(*(output(rng, size, scale) for size, scale in ((1, 2.0), (6, 0.01), (4, 9.0))))]


def drawn(rng: Random, size: int) -> tuple[list[float], float]:
    weights = [round((-1) ** place * rng.uniform(0.3, 0.9), 2) for place in range(size)]
    return weights, round(rng.choice((-1, 1)) * rng.uniform(0.2, 0.5), 2)


def output(rng: Random, size: int = 3, scale: float = 0.0) -> Probe:
    """Return a probe: the row holds numbers, and the output is a Value.

    The numbers have two decimals; with a `scale`, they have all decimals, and are about as large as the scale."""
    weights, bias = drawn(rng, size)
    row = [anywhere(rng, scale) if scale else round(rng.uniform(-1.5, 1.5), 2) for _ in weights]

    observe = partial(ask.output, weights=weights, bias=bias, row=row)

    def expect() -> Mapping[str, Any]:
        return {"h": {"Value": tanh(sum(w * x for w, x in zip(weights, row)) + bias)}, KEPT: True}

    origin = f"the formula: tanh({' + '.join(f'{w} * {x}' for w, x in zip(weights, row))} + {bias})"
    return Probe(f"a neuron with w = {weights} and b = {bias}, called on {row}", observe, expect, origin)


def gradients(rng: Random) -> Probe:
    """Return a probe: the row holds one node twice, and the root is a multiple of the output."""
    weights, bias = drawn(rng, 3)
    p, q = (round(rng.uniform(0.4, 0.9), 2) for _ in "pq")
    upstream = round(rng.choice((-1, 1)) * rng.uniform(2, 4), 2)
    names = ["b.grad", *(f"w{place}.grad" for place in (1, 2, 3)), "p.grad", "q.grad"]

    observe = partial(ask.gradients, weights=weights, bias=bias, p=p, q=q, upstream=upstream)

    def value(b: float, w1: float, w2: float, w3: float, p: float, q: float) -> float:
        return tanh(w1 * p * q + w2 * p + w3 * p * q + b)

    def expect() -> Mapping[str, Any]:
        numbers = bias, *weights, p, q
        slopes = nudge(lambda *at: value(*at) * upstream, *numbers)
        return {"h": {"Value": value(*numbers)}, **dict(zip(names, slopes))}

    def graph() -> Value:
        x, y = Value(p, "p"), Value(q, "q")
        twice = x * y
        total = Value(bias, "b")
        for place, (weight, each) in enumerate(zip(weights, [twice, x, twice]), 1):
            total = total + Value(weight, f"w{place}") * each
        root = total.tanh() * upstream
        root.label = "root"
        return root

    input_text = f"a neuron with w = {weights} and b = {bias}, called on [p*q, p, p*q]"
    input_text += f" with p = {p} and q = {q}; then backward() of {upstream} times its output h"
    return Probe(input_text, observe, expect, NUMERIC, graph)


def parameters(rng: Random) -> Probe:
    size = rng.randint(3, 5)

    observe = partial(ask.parameters, size=size)

    def expect() -> Mapping[str, Any]:
        names = "every weight is one of them", "the bias is one of them"
        return {"weights": size, "number of parameters": size + 1, **dict.fromkeys(names, True)}

    return Probe(
        f"parameters() of Neuron({size}, rng), called twice",
        observe,
        expect,
        f"counting: {size} weights and one bias",
        tells=True,
    )


def start(rng: Random) -> Probe:
    """Return the probe of the first weights, which the given generator must draw, each neuron its own."""
    size, seed = rng.randint(60, 70), rng.randrange(1000)
    claims = [
        "all lie between -1 and 1",
        "some are negative",
        "a second neuron has other weights",
        "the same seed gives the same weights",
        "the bias is 0",
        "some are above 0.5, and some below -0.5",
        "all are leaves, which training may change",
    ]

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        w, second, repeated = observed["weights"]
        held = max(map(abs, w)) <= 1, min(w) < 0, w != second, w == repeated, observed["bias"] == 0
        held += max(w) > 0.5 > -0.5 > min(w), observed["leaves"]
        differ = len(set(w)) if any(w) else "none: all are 0"
        return {"number of weights": len(w), "weights that differ": differ, **dict(zip(claims, held))}

    def expect() -> Mapping[str, Any]:
        return {"number of weights": size, "weights that differ": size, **dict.fromkeys(claims, True)}

    input_text = f"the weights of Neuron({size}, rng) as it is made, with rng = Random({seed})"
    origin = "the paragraph: one random number from rng for each input, and a bias of 0"
    observe = partial(ask.start, size=size, seed=seed)
    return Probe(input_text, observe, expect, origin, read=read, tells=True)


def length() -> Probe:
    rows = [[1.0, 2.0], [1.0, 2.0, 3.0, 4.0]]

    observe = partial(ask.lengths, size=3, rows=rows)

    def expect() -> Mapping[str, Any]:
        return {f"{len(row)} inputs": "a ValueError" for row in rows}

    origin = "the paragraph: each weight belongs to one input"
    return Probe("a neuron of 3 inputs, called on 2 and on 4 of them", observe, expect, origin, tells=True)

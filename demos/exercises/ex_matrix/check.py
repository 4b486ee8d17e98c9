"""Check the outputs of layers of several shapes, and their gradients."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from engine import Value

from ..graph_text import anywhere, called, drawn
from ..inside.graphs import KEPT
from ..probe import Probe, beyond
from . import ask


def probes(rng: Random) -> list[Probe]:
    shapes = ((2, 2), (3, 2), (2, 3))  # neurons, inputs
    return [
        *(probe(rng, *shape, slopes=False) for shape in shapes),
        probe(rng, 2, 3),
        probe(rng, 3, 3),
        *beyond(probe(rng, 1, 4, far=True), probe(rng, 4, 1, far=True), probe(rng, 3, 3, far=True)),
    ]


def probe(rng: Random, neurons: int, inputs: int, slopes: bool = True, far: bool = False) -> Probe:
    def number() -> float:
        return anywhere(rng, 30.0) if far else drawn(rng, 1, 3, sign=True)

    W = [[number() for _ in range(inputs)] for _ in range(neurons)]
    x, b = [number() for _ in range(inputs)], [number() for _ in range(neurons)]
    upstream = [drawn(rng, 2, 4, sign=True) for _ in range(neurons)]

    def expect() -> Mapping[str, Any]:
        outputs = [sum(w * each for w, each in zip(row, x)) + bias for row, bias in zip(W, b)]
        grads = {
            f"x{j}.grad": sum(times * row[j - 1] for times, row in zip(upstream, W)) for j in range(1, inputs + 1)
        }
        for i, times in enumerate(upstream, 1):
            grads |= {f"w{i}{j}.grad": times * each for j, each in enumerate(x, 1)}
        grads |= {f"b{i}.grad": times for i, times in enumerate(upstream, 1)}
        return {"outputs": outputs, KEPT: True, **(grads if slopes else {})}

    def graph() -> Value:
        leaves = [Value(each, f"x{j}") for j, each in enumerate(x, 1)]
        row = [Value(w, f"w1{j}") for j, w in enumerate(W[0], 1)]
        return called("output", sum((w * each for w, each in zip(row, leaves)), Value(b[0], "b1")))

    root = " + ".join(f"{times} * output{i}" for i, times in enumerate(upstream, 1))
    return Probe(
        f"layer(W={W}, x={x}, b={b})" + f", then backward() of {root}" * slopes,
        partial(ask.outputs, rows=W, inputs=x, biases=b, upstream=upstream, slopes=slopes),
        expect,
        "the formula: output i is the sum of W[i][j] * x[j] over all j, and b[i]",
        graph,
        tells=True,
    )

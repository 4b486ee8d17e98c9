"""Check outputs and gradients of attention over a few places, and that no output depends on later places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import exp, sqrt
from random import Random
from typing import Any

from engine import Value

from ..inside.graphs import KEPT
from ..probe import NUMERIC, Probe, beyond, nudge
from . import ask
from .ask import NAMES, WHAT, Matrix, recorded


def probes(rng: Random) -> list[Probe]:
    return [
        outputs(rng, 1, 3, 2),
        outputs(rng, 3, 2, 3),
        gradients(rng, 3, 4, 2),
        future(rng, 4, 3, 2),
        *beyond(outputs(rng, 6, 5, 1, 16), outputs(rng, 4, 1, 2, 16), outputs(rng, 2, 16, 2, 16)),
    ]


def drawn(rng: Random, places: int, size: int, width: int, decimals: int = 2) -> list[Matrix]:
    """Return random queries, keys and values. Queries and keys have `size` numbers, values have `width`."""
    return [
        [[round(rng.uniform(-2, 2), decimals) for _ in range(n)] for _ in range(places)] for n in (size, size, width)
    ]


def right_outputs(exp: Callable[[Any], Any], queries: Any, keys: Any, values: Any) -> list[list[Any]]:
    """Return the right outputs: Σ exp(q·k / √d) · value / Σ exp(q·k / √d), with sums over the places 0 to t."""
    result = []
    for t, query in enumerate(queries):
        weights = [exp(sum(q * k for q, k in zip(query, key)) / sqrt(len(query))) for key in keys[: t + 1]]
        result.append(
            [sum(w * v for w, v in zip(weights, column)) / sum(weights) for column in zip(*values[: t + 1])]
        )
    return result


def matrices_text(numbers: list[Matrix]) -> str:
    return f"attention(queries, keys, values) of queries = {numbers[0]}, keys = {numbers[1]}, values = {numbers[2]}"


def outputs(rng: Random, places: int, size: int, width: int, decimals: int = 2) -> Probe:
    numbers = drawn(rng, places, size, width, decimals)

    observe = partial(ask.outputs, numbers=numbers)

    def expect() -> Mapping[str, Any]:
        return {"outputs": [[{"Value": y} for y in row] for row in right_outputs(exp, *numbers)], KEPT: True}

    origin = "the mathematics: exp(q·k / √d) of each place up to its own, as shares, times the values"
    return Probe(
        matrices_text(numbers), observe, expect, origin, lambda: total(recorded(numbers), [[1.0] * width] * places)
    )


def total(nodes: Any, upstream: Matrix) -> Value:
    """Return the root Σ upstream · output."""
    result = right_outputs(Value.exp, *nodes)
    root: Value = sum(u * y for times, row in zip(upstream, result) for u, y in zip(times, row))
    root.label = "root"
    return root


def gradients(rng: Random, places: int, size: int, width: int) -> Probe:
    """Return the probe of all gradients of Σ upstream · output."""
    numbers = drawn(rng, places, size, width)
    upstream = [[round((-1) ** (t + i) * rng.uniform(2, 4), 2) for i in range(width)] for t in range(places)]
    shape = [
        (name, t, i) for name, matrix in zip(NAMES, numbers) for t, row in enumerate(matrix) for i in range(len(row))
    ]
    names = [f"{name}{t}{i}.grad" for name, t, i in reversed(shape)]

    observe = partial(ask.gradients, numbers=numbers, upstream=upstream)

    def value(*flat: float) -> float:
        left = iter(flat)
        moved = [[[next(left) for _ in row] for row in matrix] for matrix in numbers]
        return sum(
            (u * y for times, row in zip(upstream, right_outputs(exp, *moved)) for u, y in zip(times, row)), 0.0
        )

    def expect() -> Mapping[str, Any]:
        flat = [x for matrix in numbers for row in matrix for x in row]
        return {"root": {"Value": value(*flat)}, **dict(zip(names, reversed(nudge(value, *flat))))}

    input_text = f"{matrices_text(numbers)}; then backward() of the outputs times {upstream}, added up"
    return Probe(input_text, observe, expect, NUMERIC, lambda: total(recorded(numbers), upstream))


def future(rng: Random, places: int, size: int, width: int) -> Probe:
    """Return the probe of the slopes of outputs by later keys, values and queries. All are 0."""
    numbers = drawn(rng, places, size, width)
    names = [f"slope of output {t} in {WHAT[name]} {t + 1}" for t in range(places - 1) for name in NAMES]

    observe = partial(ask.future, numbers=numbers)

    def expect() -> Mapping[str, Any]:
        return {name: [0.0] * (width if "value" in name else size) for name in names}

    origin = "the aim: no output knows what comes after it, so no nudge there moves it"
    return Probe(
        matrices_text(numbers), observe, expect, origin, lambda: total(recorded(numbers), [[1.0] * width] * places)
    )

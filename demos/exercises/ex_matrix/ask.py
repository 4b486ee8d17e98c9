"""Ask for the outputs of a layer, and for their gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..inside.graphs import KEPT


def outputs(
    answers: SimpleNamespace,
    rows: Sequence[Sequence[float]],
    inputs: Sequence[float],
    biases: Sequence[float],
    upstream: Sequence[float],
    slopes: bool,
) -> Mapping[str, Any]:
    W = [[Value(w, f"w{i}{j}") for j, w in enumerate(row, 1)] for i, row in enumerate(rows, 1)]
    x = [Value(each, f"x{j}") for j, each in enumerate(inputs, 1)]
    b = [Value(each, f"b{i}") for i, each in enumerate(biases, 1)]
    asked = [[*row] for row in W], [*x], [*b]
    result = answers.layer(*asked)
    if not isinstance(result, (list, tuple)) or not all(isinstance(each, Value) for each in result):
        return {"outputs": result}
    kept = ([[*map(id, row)] for row in asked[0]], [*map(id, asked[1])], [*map(id, asked[2])]) == (
        [[*map(id, row)] for row in W],
        [*map(id, x)],
        [*map(id, b)],
    )
    reading = {"outputs": [each.data for each in result], KEPT: kept}
    if not slopes or len(result) != len(upstream):
        return reading
    root: Any = sum(times * each for times, each in zip(upstream, result))
    root.backward()
    leaves = [*x, *(w for row in W for w in row), *b]
    return {**reading, **{f"{leaf.label}.grad": leaf.grad for leaf in leaves}}

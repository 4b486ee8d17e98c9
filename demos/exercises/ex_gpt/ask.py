"""Ask for outputs and gradients of attention over a few places, and for slopes of outputs by later places."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..inside.graphs import KEPT

Matrix = list[list[float]]
NAMES = "qkv"  # query, key, value: k21 is number 1 of the key at place 2
WHAT = {"q": "query", "k": "key", "v": "value"}


def recorded(numbers: list[Matrix]) -> list[list[list[Value]]]:
    return [
        [[Value(x, f"{name}{t}{i}") for i, x in enumerate(row)] for t, row in enumerate(matrix)]
        for name, matrix in zip(NAMES, numbers)
    ]


def outputs(answers: SimpleNamespace, numbers: list[Matrix]) -> Mapping[str, Any]:
    nodes = recorded(numbers)
    asked = [[[*row] for row in matrix] for matrix in nodes]
    result = answers.attention(*asked)
    places = [[[*map(id, row)] for row in matrix] for matrix in (*nodes, *asked)]
    return {"outputs": result, KEPT: places[:3] == places[3:]}


def gradients(answers: SimpleNamespace, numbers: list[Matrix], upstream: Matrix) -> Mapping[str, Any]:
    """Return the root Σ upstream · output, and all gradients."""
    nodes = recorded(numbers)
    result = answers.attention(*nodes)
    root = sum(u * y for times, row in zip(upstream, result) for u, y in zip(times, row))
    if not isinstance(root, Value):
        return {"root": root}
    root.backward()
    shape = [
        (name, t, i) for name, matrix in zip(NAMES, numbers) for t, row in enumerate(matrix) for i in range(len(row))
    ]
    slopes = {f"{name}{t}{i}.grad": nodes[NAMES.index(name)][t][i].grad for name, t, i in reversed(shape)}
    return {"root": root, **slopes}


def future(answers: SimpleNamespace, numbers: list[Matrix]) -> Mapping[str, Any]:
    """Return the slope of each output but the last by the next key, value and query."""
    result = {}
    for t in range(len(numbers[0]) - 1):
        nodes = recorded(numbers)
        root = sum(y * (i + 2) for i, y in enumerate([*answers.attention(*nodes)][t]))
        if isinstance(root, Value):
            root.backward()
        for name, matrix in zip(NAMES, nodes):
            result[f"slope of output {t} in {WHAT[name]} {t + 1}"] = [each.grad for each in matrix[t + 1]]
    return result

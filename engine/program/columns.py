"""The columns form: straight-line code in which a node is a vector of rows.

It is for irregular graphs with many rows.

What does not differ from row to row stays one number. Its gradient is a sum over rows, taken by a dot product.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

import numpy as np

from .backends import namespace
from .backends.numpy import raising, sin_and_cos
from .defined import functions_of
from .spelling import ATOM, on_arrays
from .steps import Numbered, Steps
from .straight import NO_NUMBER, ONE, Line, Pieces, Straight, StraightCode

CircleCall = tuple[str, int]  # a sine or a cosine: how it begins, and of which node
CIRCLE = ("sin(", "cos(")
ROWS_AT_ONCE, FEWEST = 5000, 64  # rows that are computed at a time, at most and at least
VECTOR = re.compile(r"\bv\d+\b")  # a name of the source, which is used again and again
MEMORY = 1 << 26  # bytes that all vectors of these rows together may take, unless the rows are the fewest


def block_of(vectors: int) -> int:
    """Return how many rows are computed at a time, so that as many vectors fit into MEMORY."""
    return max(FEWEST, min(ROWS_AT_ONCE, MEMORY // (8 * vectors + 1)))


class OverRows(Straight):
    """The lines of a graph over vectors of rows."""

    def __init__(self, graph: Numbered) -> None:
        super().__init__(graph, on_arrays, over_floats=False)

    def seed(self, output: int) -> Pieces:
        return ["ones"] if self.graph.varies[output] else ["rows"]

    def summed(self, output: int, text: Pieces) -> Pieces:
        return ["dot(", *text, ", ones)"] if self.graph.varies[output] else ["rows * ", *text]

    def contribution(
        self, number: int, arg: int, gradient: Pieces, local: Pieces, tight: int, guarded: bool
    ) -> Pieces:
        varies = self.graph.varies
        if varies[arg] or not varies[number]:
            factor = local if tight == ATOM else ["(", *local, ")"]
            if guarded and len(local) > 1:
                return ["choose(", *gradient, " == 0, 0.0, ", *gradient, " * ", *factor, ")"]
            return super().contribution(number, arg, gradient, local, tight, guarded=False)
        if local in ONE:
            return ["dot(", *gradient, ", ones)"]
        if guarded and len(local) > 1:
            factor = local if tight == ATOM else ["(", *local, ")"]
            return ["dot(choose(", *gradient, " == 0, 0.0, ", *gradient, " * ", *factor, "), ones)"]
        if True in [varies[part] for part in local if part.__class__ is int]:
            return ["dot(", *gradient, ", ", *local, ")"]
        return ["dot(", *gradient, ", ones) * ", *(local if tight == ATOM else ["(", *local, ")"])]

    def merged(self, lines: list[Line]) -> list[Line]:
        """Compute the sine and the cosine of a vector at once, where both are read: see `sin_and_cos`."""
        if not any(op.name in ("sin", "cos") for _, op, _ in self._operations):
            return lines
        results: dict[CircleCall, int] = {}  # the number of each
        for targets, text in lines:
            for call in _circle_calls(text):
                if len(text) == 3:
                    results[call] = targets[0]
                elif call not in results:
                    results[call] = self.new()
        both = {of for _, of in results if self.graph.varies[of] and all((name, of) in results for name in CIRCLE)}
        computed, merged = set[int](), list[Line]()
        for targets, text in lines:
            calls = {call: results[call] for call in _circle_calls(text) if call[1] in both}
            for _, of in calls:
                if of not in computed:
                    computed.add(of)
                    merged.append((tuple(results[name, of] for name in CIRCLE), ["sin_and_cos(", of, ")"]))
            if len(text) == 3 and calls and targets == (*calls.values(),):
                continue
            pieces = [*text]
            for at in range(len(text) - 3, -1, -1):
                if (*text[at : at + 2],) in calls and text[at + 2] == ")":
                    pieces[at : at + 3] = [calls[text[at], text[at + 1]]]
            merged.append((targets, pieces))
        return merged


def _circle_calls(text: Pieces) -> list[CircleCall]:
    """Return the sines and cosines of nodes in a text."""
    return [
        (name, of)
        for name, of, end in zip(text, text[1:], text[2:])
        if name in CIRCLE and of.__class__ is int and end == ")"
    ]


class Columns(StraightCode):
    """A graph as straight-line code over vectors of rows.

    - `block`: how many rows it takes at a time.
    """

    form = "columns"
    gradient_arguments = "p, x, ones, rows"

    def __init__(self, steps: Steps) -> None:
        super().__init__(steps, OverRows(Numbered(steps)))
        self._ops = {op for op, _ in steps.operations}
        self.block: int = block_of(len({*VECTOR.findall(self.sources["gradient"])}))

    def names(self) -> dict[str, Any]:
        names = namespace("numpy")
        return names | {"dot": np.dot, "sin_and_cos": sin_and_cos} | functions_of(self._ops, "numpy", names)

    def value_and_grad(self, numbers: list[float], x: Any) -> tuple[float, Any] | None:
        """Return the mean of the outputs' sum over rows, and its gradients; None where a number is not finite.

        - `numbers`: the parameters' numbers.
        - `x`: a row for each input.
        """
        try:
            total, gradients = raising(self._sums, numbers, x)
        except NO_NUMBER:
            return None
        total, gradients = total / x.shape[1], gradients / x.shape[1]
        return (total, gradients) if isfinite(total + float(gradients.sum())) else None

    def outputs(self, numbers: list[float], x: Any) -> Any:
        """Return an array of the outputs of each row, (outputs, rows); None where a number is not finite."""
        try:
            table = raising(self._table, numbers, x)
        except NO_NUMBER:
            return None
        return table if np.isfinite(table).all() else None

    def _sums(self, numbers: list[float], x: Any) -> tuple[float, Any]:
        """Return the sums of the outputs and of the gradients over all rows."""
        gradient, total, gradients = self.function("gradient"), 0.0, np.zeros(len(numbers))
        numbers = _checked_numbers(numbers, x)
        for part in self._blocks(x):
            ones = np.ones(part.shape[1])
            value, more = gradient(numbers, part, ones, float(len(ones)))
            total, gradients = total + float(value), gradients + np.array(more)
        return total, gradients

    def _table(self, numbers: list[float], x: Any) -> Any:
        forward, parts, numbers = self.function("forward"), [], _checked_numbers(numbers, x)
        for part in self._blocks(x):
            results = forward(numbers, part)
            parts.append(np.array([np.broadcast_to(each, part.shape[1]) for each in results]))
        return np.concatenate(parts, 1)

    def _blocks(self, x: Any) -> Any:
        """Yield the rows in blocks, all of about one size."""
        rows = x.shape[1]
        size = -(-rows // -(-rows // self.block))
        for start in range(0, rows, size):
            yield np.ascontiguousarray(x[:, start : start + size])


def _checked_numbers(numbers: list[float], x: Any) -> list[Any]:
    """Return numbers as NumPy's, which raise an error where they overflow; also where one is not finite."""
    p = np.array(numbers, float)
    if not isfinite(p.sum() + x.sum()):  # a comparison may hide a NaN
        raise FloatingPointError
    return [np.array(number) for number in p]  # NumPy converts any other number at each call

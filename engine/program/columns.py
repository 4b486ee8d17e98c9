"""The columns form: straight-line code in which a node is a vector of rows, for irregular graphs with many rows.

What does not differ from row to row stays one number, and its gradient is a sum over the rows, taken by a dot product.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from ..sources import run_source
from .backends import namespace
from .spelling import ATOM, on_arrays
from .steps import Numbered, Steps
from .straight import MINUS_ONE, ONE, Straight, Text

CACHE = 1 << 20  # bytes: so much the vectors of a block of rows may take together
FEWEST, MOST = 256, 2048  # rows of a block


class OverRows(Straight):
    """The lines of a graph over vectors of rows."""

    def __init__(self, graph: Numbered) -> None:
        super().__init__(graph, on_arrays, over_floats=False)

    def seed(self, output: int) -> Text:
        return ["ones"] if self.graph.varies[output] else ["rows"]

    def contribution(self, number: int, arg: int, gradient: Text, local: Text, tight: int, guarded: bool) -> Text:
        varies = self.graph.varies
        if varies[arg] or not varies[number]:
            factor = local if tight == ATOM else ["(", *local, ")"]
            if guarded and len(local) > 1:
                return ["choose(", *gradient, " == 0, 0.0, ", *gradient, " * ", *factor, ")"]
            return super().contribution(number, arg, gradient, local, tight, guarded=False)
        if len(local) == 1 and local[0] in ONE:
            return ["dot(", *gradient, ", ones)"]
        if len(local) == 1 and local[0] in MINUS_ONE:
            return ["-dot(", *gradient, ", ones)"]
        if guarded and len(local) > 1:
            factor = local if tight == ATOM else ["(", *local, ")"]
            return ["dot(choose(", *gradient, " == 0, 0.0, ", *gradient, " * ", *factor, "), ones)"]
        if any([varies[part] for part in local if part.__class__ is int]):
            return ["dot(", *gradient, ", ", *local, ")"]
        return ["dot(", *gradient, ", ones) * ", *(local if tight == ATOM else ["(", *local, ")"])]


class Columns:
    """A graph as straight-line code over vectors of rows.

    - `sources`: the text of each of its functions, by name.
    - `batched`: whether the outputs differ from row to row.
    - `block`: how many rows it takes at a time.
    """

    def __init__(self, steps: Steps) -> None:
        self.batched = steps.batched
        graph = Numbered(steps)
        lines = OverRows(graph)
        start = []
        if graph.parameters:
            start.append(f"[{', '.join(f'p{number}' for number in range(graph.parameters))}] = p")
        if graph.inputs:
            start.append(f"[{', '.join(f'x{number}' for number in range(graph.inputs))}] = x")
        forward, outputs = lines.written(lines.forward, lines.results)
        values = [
            ["dot(", *text, ", ones)"] if graph.varies[output] else ["rows * ", *text]
            for output, text in zip(graph.outputs, lines.results)
        ]
        value = [part for text in values for part in (" + ", *text)][1:]
        both, (total, *gradients) = lines.written(len(lines.lines), [value, *lines.gradients])
        heads = ["def forward(p, x):", "def gradient(p, x, ones, rows):"]
        ends = [f"return [{', '.join(outputs)}]", f"return {total}, [{', '.join(gradients)}]"]
        self.sources = {
            name: "\n    ".join([head, *start, *body, end]) + "\n"
            for name, head, body, end in zip(("forward", "gradient"), heads, (forward, both), ends)
        }
        held = 1 + sum(graph.varies[number] for number, _, _ in graph.operations())
        self.block = int(min(MOST, max(FEWEST, CACHE // (8 * held))))
        self._functions: dict[str, Any] = {}

    def function(self, name: str) -> Any:
        """Return a function of the source, compiled when it is first asked for; tracebacks show its lines."""
        if name not in self._functions:
            names = namespace("numpy") | {"dot": np.dot}
            self._functions[name] = run_source(self.sources[name], f"program {name} of columns", names, self)[name]
        return self._functions[name]

    def value_and_grad(self, parameters: Any, rows: Any) -> tuple[float, Any] | None:
        """Return the mean of the outputs' sum over rows, and its gradients; None where a number is not finite."""
        gradient, count, size = self.function("gradient"), len(rows), self.block
        parameters, total, gradients = parameters.tolist(), 0.0, 0.0
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                for start in range(0, count, size):
                    part = np.ascontiguousarray(rows[start : start + size].T)
                    ones = np.ones(part.shape[1])
                    value, more = gradient(parameters, part, ones, float(len(ones)))
                    total, gradients = total + value, gradients + np.array(more)
        except (ArithmeticError, TypeError, ValueError):
            return None
        total, gradients = float(total) / count, gradients / count
        return (total, gradients) if isfinite(total + gradients.sum()) else None

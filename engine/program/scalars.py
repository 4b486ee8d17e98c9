"""The scalar form: straight-line code over Python's floats, for one row or a few. It needs no NumPy."""

from __future__ import annotations

import re
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from ..rules import FLOATS, UNCHECKED
from .infinities import hides_infinity
from .spelling import BUILT_IN_ROWS, OWN_CALLS, Spelled, on_floats
from .steps import Numbered, Steps
from .straight import NO_NUMBER, Straight, StraightCode, renamed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..ops import Op

CALLED = re.compile(r"\b[A-Za-z_]\w*(?=\()")


class OverFloats(Straight):
    """The lines of a graph over floats.

    An infinity is not lost on the way: what hides one, such as tanh or a division, gets only what is finite.
    """

    def __init__(self, graph: Numbered) -> None:
        self._checked = self._to_check(graph)
        super().__init__(graph, on_floats, over_floats=True)

    def _to_check(self, graph: Numbered) -> set[int]:
        """Return the nodes that may become infinite without an error, and whose reader may hide the infinity."""
        checked = set()
        for _, op, args in graph.operations():
            if hides_infinity(op):
                for arg in args:
                    node = graph.nodes[arg]
                    if node and (
                        node.op.name in (*UNCHECKED, "div", "detach")
                        or node.op is not BUILT_IN_ROWS.get(node.op.name)
                    ):
                        checked.add(arg)
        return checked

    def _named(self) -> list[bool]:
        named = super()._named()
        for number in self._checked:
            named[number] = True
        return named

    def named(self, number: int) -> None:
        if number in self._checked:
            self.lines.append(((), ["if ", number, " - ", number, ": raise OverflowError"]))

    def callable(self, op: Op, spelled: Spelled) -> Spelled:
        known = op.f.__globals__
        for name in {call for each in (spelled.value, *spelled.partials) for call in CALLED.findall(each.text)}:
            function = OWN_CALLS.get(name) or known.get(name, FLOATS.get(name))
            new, count = name, 2
            while self.functions.setdefault(new, function) is not function:  # a row that was since defined anew
                new, count = f"{name}_{count}", count + 1
            if new != name:
                spelled = Spelled(
                    renamed(spelled.value, name, new), tuple(renamed(each, name, new) for each in spelled.partials)
                )
        return spelled


class Scalars(StraightCode):
    """A graph as straight-line code over floats."""

    form = "scalars"

    def __init__(self, steps: Steps) -> None:
        lines = OverFloats(Numbered(steps))
        super().__init__(steps, lines)
        self._called = lines.functions | {"inf": inf}

    def names(self) -> dict[str, Any]:
        return self._called

    def value_and_grad(
        self, parameters: list[float], rows: Sequence[list[float]]
    ) -> tuple[float, list[float]] | None:
        """Return the mean of the outputs' sum over rows, and its gradients; None where a number is not finite."""
        gradient = self.function("gradient")
        if not _is_finite_input(parameters, rows):
            return None
        try:
            total, gradients = gradient(parameters, rows[0])
            for row in rows[1:]:
                value, more = gradient(parameters, row)
                total += value
                gradients = [a + b for a, b in zip(gradients, more)]
        except NO_NUMBER:
            return None
        if len(rows) > 1:
            scale = 1.0 / len(rows)
            total, gradients = total * scale, [each * scale for each in gradients]
        return (total, gradients) if isfinite(total + sum(gradients)) else None

    def outputs(self, parameters: list[float], rows: Sequence[list[float]]) -> list[list[float]] | None:
        """Return the outputs of each row; None where a number is not finite."""
        forward = self.function("forward")
        if not _is_finite_input(parameters, rows):
            return None
        try:
            results = [forward(parameters, row) for row in rows]
        except NO_NUMBER:
            return None
        return results if all(isfinite(sum(row)) for row in results) else None


def _is_finite_input(parameters: list[float], rows: Sequence[list[float]]) -> bool:
    """Return whether all numbers are finite, and not so large that their sum is infinite."""
    return isfinite(sum(parameters) + sum(map(sum, rows)))

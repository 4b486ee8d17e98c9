"""Take the functions at the end of a model off, one after another: what it gives, and what that is made of."""

from __future__ import annotations

from math import exp, inf, log
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import Value

from .decision import exponents_under, scores_under, sigmoid_under
from .evidence import FAR
from .losses import softmax
from .objective import flat, shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine import Op

    from .objective import Objective

MOST_HEADS = 8  # so many functions are taken off
HALVINGS = 60


class Head(NamedTuple):
    """A function of numbers, or of each number of a row: its name, how to apply it, and how to undo it."""

    name: str
    apply: Callable[[Sequence[Value]], Any]
    undo: Callable[[Sequence[float]], list[float]]


class Level(NamedTuple):
    """Nodes at the end of a model, and the functions that make its outputs of them, the last one first."""

    nodes: list[Value]
    heads: tuple[Head, ...]
    prediction: Any  # the model's outputs, nested as it gives them

    @property
    def applied(self) -> str:
        """The name of the function that is applied to these nodes; "" if they are the outputs."""
        return self.heads[-1].name if self.heads else ""

    def outputs(self, numbers: Sequence[Value]) -> Any:
        """Return the outputs that the model would give if these nodes had other numbers."""
        row: Any = numbers
        for head in reversed(self.heads):
            row = head.apply(row)
        if not self.heads or any(isinstance(each, (list, tuple)) for each in self._listed()):
            return shaped(self.prediction, iter(row))
        return row if isinstance(self.prediction, (list, tuple)) else row[0]

    def ideal(self, numbers: Sequence[float]) -> list[float]:
        """Return the numbers of these nodes with which the outputs are the given ones, or near them."""
        ideal = [*numbers]
        for head in self.heads:
            ideal = head.undo(ideal)
        return ideal

    def _listed(self) -> Sequence[Any]:
        return self.prediction if isinstance(self.prediction, (list, tuple)) else ()


def levels(objective: Objective, row: Any) -> Iterator[Level]:
    """Yield the outputs of a model for a row, then what they are made of, as far as functions can be taken off."""
    prediction = objective.outputs_of(row)
    nodes: list[Any] = [*flat(prediction)]
    heads: tuple[Head, ...] = ()
    while len(heads) < MOST_HEADS and all(isinstance(node, Value) for node in nodes):
        yield Level([*nodes], heads, prediction)
        taken = _taken_off(nodes)
        if taken is None:
            return
        nodes, head = taken
        heads = (*heads, head)


def _taken_off(nodes: Any) -> tuple[Any, Head] | None:
    """Return what the last function is applied to, and the function; None if it is none of those known."""
    if scores := scores_under(nodes) or _unshifted(exponents_under(nodes)):
        return scores, Head("softmax", softmax, lambda shares: [_logarithm(share) for share in shares])
    by_hand = [sigmoid_under(node) for node in nodes]
    if all(each is not None for each in by_hand):
        return by_hand, Head("sigmoid", lambda row: [z.sigmoid() for z in row], lambda row: [*map(_logit, row)])
    ops = [node.op for node in nodes]
    if any(op is None or op.arity != 1 for op in ops):
        return None
    return [node.args[0] for node in nodes], Head(
        ops[0].name,
        lambda row: [getattr(z, op.name)() for z, op in zip(row, ops)],
        lambda row: [_solution(op, y) for y, op in zip(row, ops)],
    )


def _unshifted(exponents: list[Any] | None) -> list[Any] | None:
    """Return exponents without the number that is subtracted from all, which changes no softmax."""
    ops = [exponent.op for exponent in exponents or []]
    if exponents and all(op is not None and op.name == "sub" for op in ops):
        tops = {exponent.args[1] for exponent in exponents}
        are_constants = not any(top.op or top.requires_grad for top in tops)
        if len(tops) == 1 or (are_constants and len({top.data for top in tops}) == 1):
            return [exponent.args[0] for exponent in exponents]
    return exponents


def _logarithm(share: float) -> float:
    return log(share) if share > exp(-FAR) else -FAR


def _logit(p: float) -> float:
    return log(p / (1 - p)) if exp(-FAR) < p < 1 - 1e-15 else FAR if p > 0.5 else -FAR


def _solution(op: Op, y: float) -> float:
    """Return a number where a monotone operation gives y, or comes nearest to it."""
    try:
        low, high = sorted((-FAR, FAR), key=op.f)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if op.f(middle) < y else (low, middle)
    except (ArithmeticError, ValueError):  # it is not defined everywhere
        return inf
    return (low + high) / 2

"""Which operations may hide an infinity: no result would tell of it, so what they get must be finite."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..rules import UNCHECKED
from .straight import NO_NUMBER

if TYPE_CHECKING:
    from ..ops import Op

_known: WeakKeyDictionary[Op, bool] = WeakKeyDictionary()


def hides_infinity(op: Op) -> bool:
    """Return whether a row may give a finite number for an infinite argument, as tanh and a division do.

    >>> from engine.ops import OPS
    >>> [name for name in ("add", "mul", "log", "tanh", "exp", "div") if hides_infinity(OPS[name])]
    ['tanh', 'exp', 'div']
    """
    if op.name in UNCHECKED:
        return False
    if op not in _known:
        _known[op] = op.arity > 1 or any(map(isfinite, (_value_at(op, inf), _value_at(op, -inf))))
    return _known[op]


def _value_at(op: Op, number: float) -> float:
    try:
        return float(op.f(number))
    except NO_NUMBER:
        return inf

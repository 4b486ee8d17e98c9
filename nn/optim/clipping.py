"""Clip gradients: limit their norm, or each of them."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from engine import described, public

from ..checks import NetworkError, choose, finished_gradients, parameter_list, within
from .base import FLOATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine import Value


@public
def clip_norm(parameters: Iterable[Value], limit: float) -> float:
    """Scale the gradients so that their norm is at most `limit`, and return the norm before that.

    The norm is that of all gradients as one vector, whose direction does not change. Call it between `backward()` and
    `step()`. Raises NetworkError for a limit that is not positive, and for the gradients of an unfinished walk.

    - `parameters`: the weights, a list of Values.

    >>> from engine import Value
    >>> w, b = Value(0.0), Value(0.0)
    >>> w.grad, b.grad = 30.0, -40.0
    >>> clip_norm([w, b], 5.0)
    50.0
    >>> round(w.grad, 6), round(b.grad, 6)
    (3.0, -4.0)
    """
    return _clip(parameter_list(parameters), ("norm", limit))


@public
def clip_value(parameters: Iterable[Value], limit: float) -> float:
    """Clip each gradient to the range from -`limit` to `limit`, and return the norm before that.

    Raises NetworkError for a limit that is not positive, and for the gradients of an unfinished walk.

    - `parameters`: the weights, a list of Values.

    >>> from engine import Value
    >>> w, b = Value(0.0), Value(0.0)
    >>> w.grad, b.grad = 30.0, -4.0
    >>> norm = clip_value([w, b], 5.0)
    >>> w.grad, b.grad
    (5.0, -4.0)
    """
    return _clip(parameter_list(parameters), ("value", limit))


def _by_norm(g: Any, norm: Any, limit: float) -> Any:
    factor = limit / (norm + 1e-6)  # PyTorch's safeguard against a norm of 0
    return g * (factor * (factor < 1) + (factor >= 1))


def _by_value(g: Any, norm: Any, limit: float) -> Any:
    return g * ((g >= -limit) * (g <= limit)) + limit * (g > limit) - limit * (g < -limit)


RULES = {"norm": _by_norm, "value": _by_value}


def clipper(clip: Any) -> Callable[[Any, Any], Any]:
    """Return a function of a gradient and the norm that returns the clipped gradient.

    `clip` is the argument of `fit`: a limit, (kind, limit), or None, which clips nothing.
    """
    if clip is None:
        return lambda g, norm: g
    kind, limit = kind_and_limit(clip)
    rule = choose(RULES, kind, "kind of clipping")
    if not within(limit, 0, inf, closed=False):
        raise NetworkError(f"clip is a limit above 0, such as 1.0 or ('value', 0.5), not {described(limit)}.")
    return lambda g, norm: rule(g, norm, float(limit))


def kind_and_limit(clip: Any) -> tuple[Any, Any]:
    """Return the kind of clipping and the limit that the argument `clip` of `fit` means, not checked."""
    kind, limit = clip if isinstance(clip, (tuple, list)) and len(clip) == 2 else ("norm", clip)
    return kind, limit


def _clip(parameters: list[Value], clip: tuple[str, Any]) -> float:
    rule = clipper(clip)
    gradients = finished_gradients(parameters)
    norm: float = FLOATS.dot(gradients, gradients) ** 0.5
    for parameter in parameters:
        parameter.grad = rule(parameter.grad, norm)
    return norm

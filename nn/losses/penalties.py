"""Penalties: what is added to a loss so that weights stay small, or become 0."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from engine import described, public

from ..checks import NetworkError, parameter_list, within
from .terms import total

if TYPE_CHECKING:
    from engine import Value


@public
def l1(parameters: Any, strength: float = 0.01) -> Value:
    """Return strength · Σ|w| over the parameters: it pulls each weight towards 0 equally, so useless ones die.

    Its gradient is ±strength, however small the weight is. Add it to a loss:
    ``fit(model, X, y, lambda p, t: mse(p, t) + l1(model.parameters(), 0.01))``. For gradient descent, an optimizer
    with ``l1=0.01`` does the same to all weights.

    Source: R. Tibshirani, "Regression shrinkage and selection via the lasso", 1996.

    - `parameters`: the weights, a list of Values.
    - `strength`: the factor.

    Raises NetworkError (a ValueError) if `parameters` is empty or holds anything but parameters, and for a negative
    `strength`.

    >>> from engine import Value
    >>> weights = [Value(2.0, "w1"), Value(-0.5, "w2")]
    >>> penalty = l1(weights, 0.1)
    >>> penalty.backward()
    >>> penalty.data, [w.grad for w in weights]
    (0.25, [0.1, -0.1])
    """
    return total([abs(w) for w in parameter_list(parameters)]) * _strength(strength)


@public
def l2(parameters: Any, strength: float = 0.01) -> Value:
    """Return strength · Σw² / 2 over the parameters: it pulls large weights towards 0 most, so none becomes large.

    Its gradient is strength · w: for gradient descent it is the same as `weight_decay`.

    - `parameters`: the weights, a list of Values.
    - `strength`: the factor.

    Raises NetworkError (a ValueError) if `parameters` is empty or holds anything but parameters, and for a negative
    `strength`.

    >>> from engine import Value
    >>> weights = [Value(2.0, "w1"), Value(-0.5, "w2")]
    >>> penalty = l2(weights, 0.1)
    >>> penalty.backward()
    >>> [w.grad for w in weights]
    [0.2, -0.05]
    """
    return total([w * w for w in parameter_list(parameters)]) * (_strength(strength) / 2)


def _strength(strength: Any) -> float:
    if not within(strength, 0, inf):
        raise NetworkError(f"strength is a number, 0 or more, such as 0.01, not {described(strength)}.")
    return float(strength)

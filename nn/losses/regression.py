"""Losses for regression, where the target is a number."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from engine import described, public

from ..checks import NetworkError, pairs, within
from .terms import mean, total

if TYPE_CHECKING:
    from engine import Value


@public
def quadratic(prediction: Any, target: Any) -> Value:
    """Return ½(y − ŷ)², summed over the outputs. Its derivative with respect to a prediction ŷ is ŷ − y.

    - `prediction`: what a model returns for one row: a Value, or a list of Values.
    - `target`: the right number, or a list of them.

    Raises NetworkError (a ValueError) if there is not one target for each output; NumberError (a TypeError) for what
    is not a number.

    >>> from engine import Value
    >>> prediction = Value(10.0)
    >>> loss = quadratic(prediction, 6)
    >>> loss.backward()
    >>> loss.data, prediction.grad
    (8.0, 4.0)
    """
    return total([0.5 * (y - guess) ** 2 for guess, y in pairs("quadratic", prediction, target)])


@public
def mse(prediction: Any, target: Any) -> Value:
    """Return the mean squared error: (y − ŷ)², averaged over the outputs.

    - `prediction`: what a model returns for one row: a Value, or a list of Values.
    - `target`: the right number, or a list of them.

    Raises NetworkError (a ValueError) if there is not one target for each output; NumberError (a TypeError) for what
    is not a number.

    >>> from engine import Value
    >>> mse([Value(1.0), Value(2.0)], [1.0, 4.0]).data
    2.0
    """
    return mean([(y - guess) ** 2 for guess, y in pairs("mse", prediction, target)])


@public
def mae(prediction: Any, target: Any) -> Value:
    """Return the mean absolute error: |y − ŷ|, averaged over the outputs.

    Its derivative with respect to a prediction is -1 or 1 (0 where the prediction is exact), divided by the number of
    outputs. So an outlier has no more weight than any other row.

    - `prediction`: what a model returns for one row: a Value, or a list of Values.
    - `target`: the right number, or a list of them.

    Raises NetworkError (a ValueError) if there is not one target for each output; NumberError (a TypeError) for what
    is not a number.

    >>> from engine import Value
    >>> mae([Value(1.0), Value(2.0)], [1.0, 4.0]).data
    1.0
    """
    return mean([abs(y - guess) for guess, y in pairs("mae", prediction, target)])


@public
def huber(prediction: Any, target: Any, delta: float = 1.0) -> Value:
    """Return the Huber loss: ½(y − ŷ)² for errors up to δ, else δ(|y − ŷ| − ½δ), averaged over the outputs.

    It is smooth at 0 like the squared error, and linear for outliers like the absolute error. `delta` is δ, in the
    unit of the target. Raises NetworkError for a delta that is not positive.
    Source: Huber, "Robust estimation of a location parameter", 1964.

    - `prediction`: what a model returns for one row: a Value, or a list of Values.
    - `target`: the right number, or a list of them.

    >>> from engine import Value
    >>> huber(Value(0.5), 0).data, huber(Value(3.0), 0).data
    (0.125, 2.5)
    """
    if not within(delta, 0, inf, closed=False):
        raise NetworkError(f"huber: delta must be a number above 0, such as 1.0, not {described(delta)}.")
    errors = [abs(y - guess) for guess, y in pairs("huber", prediction, target)]
    limited = [error.minimum(delta) for error in errors]
    return mean([least * (error - 0.5 * least) for error, least in zip(errors, limited)])

"""Losses: how far a prediction is from the truth, as one Value to call `backward()` on.

A prediction is what a model gave for one row: a Value or a list of them. The target has as many numbers.
"""

from __future__ import annotations

from functools import reduce
from math import isfinite
from numbers import Real
from operator import add
from typing import TYPE_CHECKING, Any

from .checks import NetworkError, pairs, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import Value


def quadratic(prediction: Any, target: Any) -> Value:
    """½(y − ŷ)², summed over the outputs: the slope by a prediction ŷ is ŷ − y.

    >>> from engine import Value
    >>> prediction = Value(10.0)
    >>> loss = quadratic(prediction, 6)
    >>> loss.backward()
    >>> loss.data, prediction.grad
    (8.0, 4.0)
    """
    return _sum([0.5 * (y - guess) ** 2 for guess, y in pairs("quadratic", prediction, target)])


def mse(prediction: Any, target: Any) -> Value:
    """The mean squared error: (y − ŷ)², averaged over the outputs.

    >>> from engine import Value
    >>> mse([Value(1.0), Value(2.0)], [1.0, 4.0]).data
    2.0
    """
    return _mean([(y - guess) ** 2 for guess, y in pairs("mse", prediction, target)])


def hinge(prediction: Any, target: Any) -> Value:
    """max(0, 1 − y·s) for a score s and a label y of -1 or 1, averaged: 0 once the score is right by 1 or more.

    >>> from engine import Value
    >>> hinge(Value(0.25), 1).data, hinge(Value(3.0), 1).data
    (0.75, 0.0)
    """
    matched = pairs("hinge", prediction, target)
    for _, y in matched:
        if y.data not in (-1, 1):
            raise NetworkError(f"hinge: a label is -1 or 1, not {y.data}. From 0 and 1, take 2 * label - 1.")
    return _mean([(1 - y * score).relu() for score, y in matched])


def binary_cross_entropy(prediction: Any, target: Any) -> Value:
    """−log p for a yes, −log(1 − p) for a no, averaged: p is the predicted probability of yes, y is 1 or 0.

    A target between 0 and 1 weighs the two. A p that has rounded to 0 or 1 on the wrong side would make the
    loss infinite and is an error; `binary_cross_entropy_on_logits` has no such edge.

    >>> from engine import Value
    >>> round(binary_cross_entropy(Value(0.5), 1).data, 4)
    0.6931
    """
    matched = _binary("binary_cross_entropy", prediction, target)
    for p, y in matched:
        if not 0 <= p.data <= 1:
            raise NetworkError(
                f"binary_cross_entropy: {p.data} is not a probability. Give the model output='sigmoid', or take "
                "binary_cross_entropy_on_logits."
            )
        if p.data == 0 < y.data or p.data == 1 > y.data:
            raise NetworkError(
                f"binary_cross_entropy: the model is sure (p = {p.data}) and wrong (target {y.data}), "
                "an infinite loss. Give the model output='linear' and take binary_cross_entropy_on_logits."
            )
    return _mean([-_weighed(y, p.log, (-p).log1p) for p, y in matched])


def binary_cross_entropy_on_logits(prediction: Any, target: Any) -> Value:
    """The same for p = sigmoid(s), from the score (logit) s itself: log(1 + e⁻ˢ) for a yes. Right for any s.

    >>> from engine import Value
    >>> score = Value(-1000.0)
    >>> loss = binary_cross_entropy_on_logits(score, 1)
    >>> loss.backward()
    >>> loss.data, score.grad
    (1000.0, -1.0)
    """
    matched = _binary("binary_cross_entropy_on_logits", prediction, target)
    return _mean([_weighed(y, (-score).softplus, score.softplus) for score, y in matched])


def cross_entropy(prediction: Any, target: Any) -> Value:
    """−log of the softmax probability of the right class, from the scores (logits), one a class.

    `target` is the class, counted from 0, or one probability a class. Right for any finite scores: the
    largest is first taken off them all, which changes no probability and keeps exp() in range.

    >>> from engine import Value
    >>> scores = [Value(1000.0), Value(-1000.0), Value(0.0)]
    >>> loss = cross_entropy(scores, 1)
    >>> loss.backward()
    >>> loss.data, [score.grad for score in scores]
    (2000.0, [1.0, -1.0, 0.0])
    """
    scores = row(prediction)
    if len(scores) < 2:
        raise NetworkError(
            f"cross_entropy needs one score a class, two or more, and the model gave {len(scores)}. "
            "For yes or no from one score, take binary_cross_entropy_on_logits."
        )
    for number, score in enumerate(scores):
        if not isfinite(score.data):
            raise NetworkError(
                f"cross_entropy: score {number} is {score.data}, which is no score: training diverged."
            )
    top = max(score.data for score in scores)
    scores = [score - top for score in scores]
    log_sum = _sum([score.exp() for score in scores]).log()
    if not hasattr(target, "__iter__"):
        return log_sum - scores[_class(target, len(scores))]
    matched = pairs("cross_entropy", scores, target)
    weights = [y.data for _, y in matched]
    if min(weights) < 0 or abs(sum(weights) - 1) > 1e-6:
        raise NetworkError(
            f"cross_entropy: a target's probabilities are 0 or more and add up to 1, unlike {weights}."
        )
    return log_sum - _sum([y * score for score, y in matched])


def _binary(loss: str, prediction: Any, target: Any) -> list[tuple[Value, Value]]:
    matched = pairs(loss, prediction, target)
    for _, y in matched:
        if not 0 <= y.data <= 1:
            raise NetworkError(f"{loss}: a target is 1 (yes), 0 (no) or a probability between, not {y.data}.")
    return matched


def _class(target: Any, classes: int) -> int:
    whole = not isinstance(target, bool) and isinstance(target, Real) and not target % 1
    if not whole:
        raise NetworkError(f"cross_entropy: the target is a class, a whole number from 0 on, not {target!r}.")
    if not 0 <= target < classes:
        raise NetworkError(
            f"cross_entropy: there is no class {target}: the model gave {classes} scores, for classes 0 to "
            f"{classes - 1}. The last layer needs one neuron for each class."
        )
    return int(target)


def _weighed(y: Value, yes: Callable[[], Value], no: Callable[[], Value]) -> Value:
    """y · yes + (1 − y) · no; what a plain 0 takes out is not computed, for it may be infinite."""
    if y.grad is None and y.data in (0, 1):
        return yes() if y.data else no()
    return y * yes() + (1 - y) * no()


def _sum(terms: list[Value]) -> Value:
    return reduce(add, terms)


def _mean(terms: list[Value]) -> Value:
    return terms[0] if len(terms) == 1 else _sum(terms) / len(terms)

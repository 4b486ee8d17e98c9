"""Losses for classification, where the target is a class, and softmax."""

from __future__ import annotations

from math import inf
from numbers import Real
from sys import float_info
from typing import TYPE_CHECKING, Any

from engine import described, public

from ..checks import NetworkError, UnfitOutput, pairs, row
from ..decision import remembering, scores_under
from .terms import Placeholder, largest, mean, negative, total

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine import Value


@public
def hinge(prediction: Any, target: Any) -> Value:
    """Return max(0, 1 − y·s) for a score s and a label y of -1 or 1, averaged over the outputs.

    It is 0 where the score has the right sign and is 1 or more away from 0.

    - `prediction`: what a model returns for one row: a Value, or a list of Values.
    - `target`: the label, -1 or 1.

    Raises NetworkError (a ValueError) if there is not one target for each output, and for a label other than -1 and
    1; NumberError (a TypeError) for what is not a number.

    >>> from engine import Value
    >>> hinge(Value(0.25), 1).data, hinge(Value(3.0), 1).data
    (0.75, 0.0)
    """
    matched = pairs("hinge", prediction, target)
    check_labels([y.data for _, y in matched])
    return mean([(1 - y * score).relu() for score, y in matched])


@public
def binary_cross_entropy(prediction: Any, target: Any) -> Value:
    """Return −(y·log p + (1 − y)·log(1 − p)), averaged over the outputs, for the probability p of class 1.

    The target y is 1 or 0, or a probability between. Raises NetworkError where the loss would be infinite: where p is
    0 and y is not, or p is 1 and y is not. `binary_cross_entropy_on_logits` takes any score.

    - `prediction`: what a model returns for one row: a Value, or a list of Values.
    - `target`: 0 or 1, or a probability.

    >>> from engine import Value
    >>> round(binary_cross_entropy(Value(0.5), 1).data, 4)
    0.6931
    """
    matched = pairs("binary_cross_entropy", prediction, target)
    check_probabilities([y.data for _, y in matched], "binary_cross_entropy")
    for p, y in matched:
        if not 0 <= p.data <= 1:
            raise UnfitOutput(
                f"binary_cross_entropy: {p.data} is not a probability. Give the model output='sigmoid', or take "
                "binary_cross_entropy_on_logits."
            )
        if p.data == 0 < y.data or p.data == 1 > y.data:
            raise UnfitOutput(
                f"binary_cross_entropy: the model is sure (p = {p.data}) and wrong (target {y.data}), "
                "an infinite loss. Give the model output='linear' and take binary_cross_entropy_on_logits."
            )
    return mean([negative(_log_likelihood(p, y)) for p, y in matched])


@public
def binary_cross_entropy_on_logits(prediction: Any, target: Any) -> Value:
    """Return the binary cross-entropy of p = sigmoid(s), from the score (logit) s itself: log(1 + eˢ) − y·s.

    It is exact for any s, also where sigmoid(s) rounds to 0 or 1.

    - `prediction`: what a model returns for one row: a Value, or a list of Values.
    - `target`: 0 or 1, or a probability.

    Raises NetworkError (a ValueError) if there is not one target for each output, and for a target outside of 0 to 1;
    NumberError (a TypeError) for what is not a number.

    >>> from engine import Value
    >>> score = Value(-1000.0)
    >>> loss = binary_cross_entropy_on_logits(score, 1)
    >>> loss.backward()
    >>> loss.data, score.grad
    (1000.0, -1.0)
    """
    matched = pairs("binary_cross_entropy_on_logits", prediction, target)
    check_probabilities([y.data for _, y in matched], "binary_cross_entropy_on_logits")
    return mean([_logistic(score, y) for score, y in matched])


@public
def cross_entropy(prediction: Any, target: Any) -> Value:
    """Return −log of the softmax probability of the right class, from the scores (logits), one for each class.

    `target` is the class, counted from 0, or one probability for each class. The loss is exact for any scores: the
    largest is subtracted from all, which changes no probability and keeps exp() in range. A class whose score is -inf
    is masked: its probability is 0. Raises NetworkError if such a class is the right one. Given what `softmax`
    returns, as a model with output="softmax" does, in a list of any order, it computes with the scores under these
    probabilities.

    - `prediction`: what a model returns for one row: a list of Values, one for each class.

    >>> from engine import Value
    >>> scores = [Value(1000.0), Value(-1000.0), Value(0.0)]
    >>> loss = cross_entropy(scores, 1)
    >>> loss.backward()
    >>> loss.data, [score.grad for score in scores]
    (2000.0, [1.0, -1.0, 0.0])
    """
    outputs = row(prediction)
    scores = _scores("cross_entropy", scores_under(outputs) or outputs)
    one_hot = hasattr(target, "__iter__")
    matched = pairs("cross_entropy", scores, target) if one_hot else []
    check_class([y.data for _, y in matched] if one_hot else target, len(scores))
    possible = [kind for kind, (_, y) in enumerate(matched) if y.data] if one_hot else [int(target)]
    for kind in possible:
        if scores[kind].data == -inf:
            raise NetworkError(
                f"cross_entropy: the target has class {kind}, whose score is -inf: it is masked, and the loss would "
                "be infinite. Mask only classes that cannot be right."
            )
    scores = _below_zero(scores)
    log_sum = total([score.exp() for score in scores]).log()
    if not one_hot:
        return log_sum - scores[int(target)]
    return log_sum - total([_weighed_score(score, y) for score, (_, y) in zip(scores, matched) if not _is_zero(y)])


@public
def softmax(prediction: Any) -> list[Value]:
    """Return the softmax of scores: eˢ over the sum of all eˢ, probabilities that add up to 1.

    It is exact for any scores. A score of -inf masks its class: the probability there is 0. `cross_entropy` finds
    the scores under the probabilities, and computes with them.

    - `prediction`: the scores, a list of Values or numbers.

    Raises NetworkError (a ValueError) for fewer than two scores, for a score of infinity or NaN, and if all scores
    are -inf; NumberError (a TypeError) for what is not a number.

    >>> from engine import Value
    >>> [p.data for p in softmax([Value(0.0), Value(0.0), Value(-1000.0)])]
    [0.5, 0.5, 0.0]
    """
    scores = _scores("softmax", prediction)
    powers = [score.exp() for score in _below_zero(scores)]
    power_sum = total(powers)
    probabilities = [power / power_sum for power in powers]
    is_recorded = power_sum.op is not None
    return probabilities if is_recorded else remembering(probabilities, scores)


def check_labels(target: Any, scores: int = 1) -> None:
    """Raise NetworkError for labels other than -1 and 1; a single one for several scores is not looked at."""
    if scores > 1 and not hasattr(target, "__iter__"):
        return
    for y in _each(target):
        if y not in (-1, 1):
            remedy = "From 0 and 1, take 2 * label - 1" if y == 0 else _other_loss(y)
            raise NetworkError(f"hinge: a label is -1 or 1, not {float(y)}. {remedy}.")


def check_probabilities(target: Any, loss: str, scores: int = 1) -> None:
    """Raise NetworkError for targets not between 0 and 1; a single one for several scores is not looked at."""
    if scores > 1 and not hasattr(target, "__iter__"):
        return
    for y in _each(target):
        if not 0 <= y <= 1:
            raise NetworkError(
                f"{loss}: a target is 1 (yes), 0 (no) or a probability between, not {float(y)}. {_other_loss(y)}."
            )


def check_class(target: Any, scores: int) -> None:
    """Raise NetworkError for a target that is neither one of `scores` classes nor a probability for each."""
    if hasattr(target, "__iter__"):
        weights = list(target)
        if len(weights) == scores == 1:
            raise _too_few_scores("cross_entropy", scores)
        if min(weights) < 0 or abs(sum(weights) - 1) > 1e-6:
            raise NetworkError(
                f"cross_entropy: a target's probabilities are 0 or more and add up to 1, unlike {weights}."
            )
    elif isinstance(target, Placeholder):
        raise NetworkError(
            "cross_entropy: in a loss function of yours, the target is a placeholder for all targets, not a class. "
            "Give fit the loss by its name, loss='cross_entropy', or as targets one probability for each class."
        )
    elif isinstance(target, bool) or not isinstance(target, Real) or target % 1:
        is_number = isinstance(target, Real) and not isinstance(target, bool)
        remedy = " For numbers of any size, take the loss 'mse'." if is_number else ""
        raise NetworkError(
            f"cross_entropy: the target is a class, a whole number from 0 on, not {described(target)}.{remedy}"
        )
    elif scores < 2:
        raise _too_few_scores("cross_entropy", scores)
    elif not 0 <= target < scores:  # type: ignore[operator]
        remedy = "The last layer needs one neuron for each class"
        if target < 0:
            remedy = (
                "Count classes from 0: for labels -1 and 1, take (label + 1) // 2, or one output and the loss 'hinge'"
            )
        raise NetworkError(
            f"cross_entropy: there is no class {described(target)}: the model gave {scores} scores, for classes 0 to "
            f"{scores - 1}. {remedy}."
        )


def _other_loss(y: float) -> str:
    """Return what to do about a target that is neither yes nor no: the loss for it."""
    if y == -1:
        return "For labels -1 and 1, take the loss 'hinge', or (label + 1) / 2 as targets"
    if y > 1 and float(y).is_integer():
        return "For classes 0, 1, 2 and so on, give the model an output for each, and take the loss 'cross_entropy'"
    return "For numbers of any size, take the loss 'mse'"


def _each(target: Any) -> Iterable[float]:
    return target if hasattr(target, "__iter__") else [target]


def _scores(what: str, prediction: Any) -> list[Value]:
    scores = row(prediction)
    if len(scores) < 2:
        raise _too_few_scores(what, len(scores))
    for number, score in enumerate(scores):
        if not score.data < inf:
            raise NetworkError(f"{what}: score {number} is {score.data}, which is not a score: training diverged.")
    if all(score.data == -inf for score in scores):
        raise NetworkError(f"{what}: every score is -inf, so every class is masked. Leave one class unmasked.")
    return scores


def _too_few_scores(what: str, count: int) -> NetworkError:
    return NetworkError(
        f"{what} needs one score for each class, two or more, and the model gave {count}. For yes or no from one "
        "score, take binary_cross_entropy_on_logits; after output='sigmoid', take binary_cross_entropy."
    )


def _below_zero(scores: list[Value]) -> list[Value]:
    """Return the scores minus the largest, which is detached because no probability depends on it."""
    top = largest(scores).detach()
    return [score - top for score in scores]


def _weighed_score(score: Value, y: Value) -> Value:
    """Return y times a score, for the probability y of a class; 0 where y is 0, also for a score of -inf."""
    if not y.requires_grad:
        return score if y.data == 1 else y * score
    # With halves, 2y times the lowest float is -inf again for a masked class, and 0 where y is 0.
    return (y + y) * (score * 0.5).maximum(-float_info.max)


def _is_zero(y: Value) -> bool:
    """Tell whether a target is a constant 0, not a placeholder whose number is 0 in this row only."""
    return not y.requires_grad and y.data == 0


def _logistic(score: Value, y: Value) -> Value:
    """Return log(1 + eˢ) − y·s; for a constant y of 1 as log(1 + e⁻ˢ), which does not subtract large numbers."""
    if _is_plain(y):
        return (-score if y.data else score).softplus()
    return score.softplus() - y * score


def _log_likelihood(p: Value, y: Value) -> Value:
    if not isinstance(y, Placeholder):
        return _weighed(y, p.log, (-p).log1p)
    # 0 · log 0 is NaN. So log p is computed for p = 1 where y is 0, and log(1 − p) for p = 0 where y is 1.
    yes, no = p.maximum((-y).threshold()), p.minimum(1 - (y - 1).threshold())
    return _weighed(y, yes.log, (-no).log1p)


def _weighed(y: Value, yes: Callable[[], Value], no: Callable[[], Value]) -> Value:
    """Return y · yes() + (1 − y) · no(). A term is not computed if its factor is a constant 0: it may be infinite."""
    if _is_plain(y):
        return yes() if y.data else no()
    return y * yes() + (1 - y) * no()


def _is_plain(y: Value) -> bool:
    """Tell whether a target is a constant 0 or 1, not a placeholder."""
    return not y.requires_grad and y.data in (0, 1)

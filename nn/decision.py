"""Decide which class the outputs of a model stand for: the same for metrics, plots and recordings."""

from __future__ import annotations

from math import exp, isfinite, nan
from typing import TYPE_CHECKING, Any

from engine import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Probability(Value):
    """A probability that softmax gives inside `no_grad`, where no graph is recorded: it remembers its score.

    - `scores`: the list of all scores that the softmax is made of.
    - `place`: the place of its own score there.
    """

    __slots__ = ("place", "scores")
    place: int
    scores: list[Any]


def remembering(probabilities: Sequence[Value], scores: list[Any]) -> list[Value]:
    """Return probabilities that were computed inside `no_grad` as ones that remember the scores they are made of."""
    row = list[Value]()
    for place, computed in enumerate(probabilities):
        probability = object.__new__(Probability)
        for slot in Value.__slots__:
            setattr(probability, slot, getattr(computed, slot))
        probability.place, probability.scores = place, scores
        row.append(probability)
    return row


def scores_under(outputs: Any) -> list[Any] | None:
    """Return the scores whose softmax the outputs are, a list or a tuple; None if these are not a softmax.

    The nodes of the outputs say so: each is a power eˢ⁻ᵗ over the sum of all these powers, where t is the largest
    score, detached; inside `no_grad`, which records no graph, each is a Probability. So a copy of the list, and one
    in another order, has its scores. A list that lacks some of the probabilities has none, nor has one that holds
    anything else.

    >>> from nn.losses import softmax
    >>> scores_under(softmax([1.0, 2.0])[::-1])
    [Value(2.0, grad=None), Value(1.0, grad=None)]
    >>> scores_under(softmax([1.0, 2.0])[:1]) is None
    True
    """
    first = outputs[0] if isinstance(outputs, (list, tuple)) and outputs else None
    if isinstance(first, Probability):
        of_one = [each for each in outputs if isinstance(each, Probability) and each.scores is first.scores]
        has_all = len(of_one) == len(outputs) and sorted(each.place for each in of_one) == [*range(len(first.scores))]
        return [first.scores[each.place] for each in of_one] if has_all else None
    exponents = exponents_under(outputs)
    shifted = [_arguments(exponent, "sub") for exponent in exponents or [None]]
    if not all(shifted):
        return None
    scores, tops = zip(*shifted)
    is_shifted_by_one = len({*map(id, tops)}) == 1 and _argument(tops[0], "detach") is not None
    return [*scores] if is_shifted_by_one else None


def exponents_under(outputs: Any) -> list[Any] | None:
    """Return the nodes x of outputs eˣ over the sum of all eˣ, a softmax however it is written; None for others.

    >>> from engine import Value
    >>> powers = [Value(1.0).exp(), Value(2.0).exp()]
    >>> exponents_under([power / sum(powers) for power in powers])
    [Value(1.0, grad=0.0), Value(2.0, grad=0.0)]
    """
    listed = outputs if isinstance(outputs, (list, tuple)) else []
    quotients = [_arguments(output, "div") for output in listed]
    if len(listed) < 2 or not all(quotients):
        return None
    powers, sums = zip(*quotients)
    exponents = [_argument(power, "exp") for power in powers]
    if any(exponent is None for exponent in exponents):
        return None
    expected = sorted(map(_written, powers))
    has_all = all(sorted(map(_written, addends(each))) == expected for each in dict.fromkeys(sums))
    return exponents if has_all else None


def sigmoid_under(output: Any) -> Any:
    """Return the node x of 1 / (1 + e⁻ˣ) or eˣ / (1 + eˣ), a sigmoid written by hand; None for any other output.

    >>> from engine import Value
    >>> sigmoid_under(1 / (1 + (-Value(2.0)).exp()))
    Value(2.0, grad=0.0)
    """
    quotient = _arguments(output, "div")
    parts = addends(quotient[1]) if quotient else []
    powers = [part for part in parts if _argument(part, "exp") is not None]
    if len(parts) != 2 or len(powers) != 1 or not any(_is_one(part) for part in parts):
        return None
    exponent = _argument(powers[0], "exp")
    if _is_one(quotient[0]):
        return _argument(exponent, "neg")
    return exponent if is_part(quotient[0], powers) else None


def _is_one(node: Any) -> bool:
    return getattr(node, "op", node) is None and not node.requires_grad and node.data == 1


def _arguments(node: Any, operation: str) -> Sequence[Any]:
    """Return the arguments of a node that an operation made; none if another one did, or none."""
    op = getattr(node, "op", None)
    return node.args if op is not None and op.name == operation else ()


def _argument(node: Any, operation: str) -> Any:
    """Return the argument of a node that an operation of one argument made; else None."""
    return next(iter(_arguments(node, operation)), None)


def is_part(node: Any, parts: Iterable[Any]) -> bool:
    """Tell whether a node is one of the parts of a sum, or computes the same as one of them."""
    return _written(node) in map(_written, parts)


def _written(node: Any) -> tuple[Any, ...]:
    """Return a key that is equal for nodes which compute the same power, one for a quotient and one for its sum."""
    if node.op is None and not node.requires_grad:
        return "constant", node.data
    exponent = _argument(node, "exp")
    if exponent is None:
        return "node", id(node)
    shifted = _arguments(exponent, "sub")
    if shifted and shifted[1].op is None and not shifted[1].requires_grad:
        return "power", id(shifted[0]), shifted[1].data
    return "power", id(exponent)


def addends(node: Any) -> list[Any]:
    """Return the nodes whose sum a node is: itself, if it is not a sum."""
    parts, waiting = [], [node]
    while waiting:
        each = waiting.pop()
        inner = _arguments(each, "add")
        waiting += inner
        if not inner:
            parts.append(each)
    return parts


def last_operation(outputs: Iterable[Any]) -> str:
    """Return the name of the operation that made the first of a model's outputs; "" if none did.

    It is "softmax" for what `softmax` gives.

    >>> from engine import Value
    >>> last_operation([Value(2.0).sigmoid()]), last_operation([0.5])
    ('sigmoid', '')
    """
    listed = outputs if isinstance(outputs, list) else [*outputs]
    if scores_under(listed) is not None:
        return "softmax"
    return next((output.op.name for output in listed if getattr(output, "op", None)), "")


def threshold(operation: str) -> float:
    """Return the number above which a single output means yes: 0.5 after a sigmoid, else 0.

    >>> threshold("sigmoid"), threshold("tanh")
    (0.5, 0.0)
    """
    return 0.5 if operation == "sigmoid" else 0.0


def predicted_class(outputs: Sequence[float], threshold: float) -> int:
    """Return the class that a row of outputs stands for, counted from 0.

    It is the index of the largest of several outputs, the first of equal ones. A single output means class 1 above
    the threshold, else class 0.

    >>> predicted_class([0.3], 0.5), predicted_class([0.3], 0.0), predicted_class([1.0, 3.0, 2.0], 0.0)
    (0, 1, 1)
    """
    if len(outputs) == 1:
        return int(outputs[0] > threshold)
    return max(range(len(outputs)), key=outputs.__getitem__)


def class_labels(targets: Sequence[Any], outputs: int) -> list[int]:
    """Return the label of each class as it occurs in the targets: for a model of one output, -1 and 1, or 0 and 1.

    >>> class_labels([1, -1], 1), class_labels([1, 1], 1), class_labels([0, 1], 3)
    ([-1, 1], [0, 1], [0, 1, 2])
    """
    if outputs > 1:
        return [*range(outputs)]
    return [-1, 1] if -1 in targets else [0, 1]


def target_classes(targets: Sequence[Any], outputs: int) -> list[int | None]:
    """Return the class that each target stands for, counted from 0; None for a target that is not a class.

    A target is a class if it is one of `class_labels`, or, for several outputs, a one-hot row.

    >>> target_classes([0, 1, 0.5], 1), target_classes([-1, 1, 0], 1)
    ([0, 1, None], [0, 1, None])
    >>> target_classes([2, 3, (0, 1, 0), (0, 0.5, 0.5)], 3)
    [2, None, 1, None]
    """
    classes: dict[Any, int] = {}
    for number, label in enumerate(class_labels(targets, outputs)):
        classes[label] = number
        if outputs > 1:
            classes[tuple(int(other == label) for other in range(outputs))] = number
    return [classes.get(target) for target in targets]


def probabilities(outputs: Sequence[float], operation: str) -> list[float]:
    """Return the probability of each class for a row of outputs; for a single output, that of class 1.

    Several outputs are scores, and the probabilities their softmax, unless `operation`, the last one of the model, is
    softmax. A single output is a probability if that is a sigmoid; else it is a score, whose sigmoid is returned. A
    probability is NaN where an output is not finite.

    >>> probabilities([0.0], "add"), probabilities([0.25], "sigmoid"), probabilities([1.0, 1.0], "add")
    ([0.5], [0.25], [0.5, 0.5])
    """
    if len(outputs) == 1:
        (y,) = outputs
        if operation == "sigmoid" or y != y:
            return [y]
        return [1 / (1 + exp(-max(-40.0, min(40.0, y))))]
    if operation == "softmax":
        return [*outputs]
    largest = max(outputs)
    if not isfinite(largest):
        return [nan] * len(outputs)
    powers = [exp(y - largest) for y in outputs]
    total = sum(powers)
    return [power / total for power in powers]

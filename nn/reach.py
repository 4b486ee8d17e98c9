"""Find out whether a model's last activation keeps from the loss what it needs: targets, or scores of any size.

A loss is judged by what it computes, not by its name: so one of the user's own is judged, too.
"""

from __future__ import annotations

from functools import cache
from math import exp, inf, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import GradwalkError, Value, operations

from .checks import plural
from .evidence import FAR
from .findings import Finding
from .objective import flat, shaped
from .picture.values import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine import Op

    from .evidence import Evidence
    from .objective import Objective

NOTICED = 0.01  # of the loss of guessing: what the lowest loss that can be reached must have too much
TRIED = (-2.0, 0.5, 3.0)  # scores at which a loss is tried
ANY = (-inf, inf)  # the range of an output that may be any number


class Ends(NamedTuple):
    """How a model ends: what its outputs look like, and the range of each, with the operation that sets it."""

    prediction: Any  # nested as the model gives it
    ranges: list[tuple[float, float]]
    name: str  # of the operation, "softmax" among them
    is_softmax: bool


def out_of_reach(objective: Objective, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding if the loss applies the last activation again, or if it cannot give what the loss needs."""
    ends = _ends(objective, evidence)
    if ends is None:
        return
    judge = _Judge(objective, ends)
    targets = [objective.targets[i] for i in evidence.rows]
    lowest, free, guess = judge.losses(targets)
    yes_or_no = all(y in (0, 1) for target in targets for y in judge.numbers(target) or [inf])
    limit = f", and at the best of these the loss is still {short(lowest)}" if yes_or_no else ""
    own = f"the loss {objective.name}"
    if ends.is_softmax and judge.takes_softmax(evidence.outputs[0], targets[0]):
        sentence = (
            f"The model ends in softmax, and {own} makes a softmax of its outputs again, as if they were scores. "
            f"Each is between 0 and 1{limit}. Leave the softmax out and return the scores. Or end with "
            "losses.softmax itself, as MLP(..., output='softmax') does, and take the loss 'cross_entropy', which "
            "then uses the scores."
        )
        yield Finding("double softmax", "the output", lowest, sentence)
    elif ends.name == "sigmoid" and judge.takes_sigmoid(targets[0]):
        sentence = (
            f"The model ends in sigmoid, and {own} takes the sigmoid of its outputs again, as if they were scores. "
            f"Each is between 0 and 1{limit}. Give the last layer no activation (output='linear'), or take the "
            "loss 'binary_cross_entropy'."
        )
        yield Finding("double sigmoid", "the output", lowest, sentence)
    elif isfinite(guess) and lowest - free > NOTICED * guess:
        yield judge.too_narrow(objective.targets, own, limit, lowest)


def _ends(objective: Objective, evidence: Evidence) -> Ends | None:
    """Return how a model ends; None if its outputs may be any numbers, or if the loss does not use them."""
    prediction = objective.outputs_of(objective.row(evidence.rows[0]))
    outputs = [*flat(prediction)]
    if not all(isinstance(output, Value) for output in outputs):
        return None
    loss = objective.loss(prediction, objective.targets[evidence.rows[0]])
    used = {arg for node in operations(loss) for arg in node.args}
    if not used.intersection(outputs):  # it computes with the scores under the probabilities
        return None
    squashed = any(node.op and node.op.name in ("exp", "sigmoid") for node in operations(*outputs))
    if len(outputs) > 1 and squashed and all(map(_are_probabilities, evidence.outputs)):
        return Ends(prediction, [(0.0, 1.0)] * len(outputs), "softmax", is_softmax=True)
    ranges = [range_of(output.op) if output.op and output.op.arity == 1 else ANY for output in outputs]
    bounded = [output.op.name for output, each in zip(outputs, ranges) if each != ANY and output.op]
    return Ends(prediction, ranges, bounded[0], is_softmax=False) if bounded else None


def _are_probabilities(outputs: Sequence[float]) -> bool:
    return min(outputs) >= 0 and abs(sum(outputs) - 1) < 1e-9


@cache
def range_of(op: Op) -> tuple[float, float]:
    """Return between which numbers the results of an operation are, as far as trying it shows.

    >>> from engine import OPS
    >>> range_of(OPS["tanh"]), range_of(OPS["relu"]), range_of(OPS["log"])
    ((-1.0, 1.0), (0.0, inf), (-inf, inf))
    """
    wide = [8 * FAR * step / 1280 for step in range(-1280, 1281)]  # in steps of 0.25
    near = [x for x in wide if abs(x) <= 4 * FAR]
    try:
        all_of, middle = ([op.f(x) for x in xs] for xs in (wide, near))
    except (ArithmeticError, ValueError):  # it is not defined everywhere
        return ANY
    if not all(isfinite(y) for y in all_of):
        return ANY
    low = round(min(middle), 9) if min(middle) - min(all_of) < 1e-9 else -inf
    high = round(max(middle), 9) if max(all_of) - max(middle) < 1e-9 else inf
    return low, high


class _Judge:
    """Tries a loss at outputs that the model need not have given."""

    def __init__(self, objective: Objective, ends: Ends) -> None:
        self.objective, self.ends = objective, ends
        self.count = len(ends.ranges)

    def loss(self, outputs: Sequence[float], target: Any) -> tuple[float, list[float]]:
        """Return the loss of these outputs, and its derivatives; infinity and none if it has no value."""
        leaves = [Value(number) for number in outputs]
        try:
            loss = self.objective.loss(shaped(self.ends.prediction, iter(leaves)), target)
            loss.backward()
        except (ArithmeticError, GradwalkError, AttributeError):
            return inf, []
        return (loss.data, [leaf.grad for leaf in leaves]) if isfinite(loss.data) else (inf, [])

    def takes_softmax(self, outputs: Sequence[float], target: Any) -> bool:
        """Return whether a loss makes a softmax of its scores: adding a number to all then changes nothing."""
        leaves = [Value(number) for number in outputs]
        loss = self.objective.loss(shaped(self.ends.prediction, iter(leaves)), target)
        if not any(node.op and node.op.name == "exp" for node in operations(loss)):
            return False
        here, shifted = self.loss(outputs, target)[0], self.loss([y + 1 for y in outputs], target)[0]
        changed = self.loss([outputs[0] + 1, *outputs[1:]], target)[0]
        return abs(here - shifted) < 1e-9 * max(1.0, abs(here)) and abs(here - changed) > 1e-6

    def takes_sigmoid(self, target: Any) -> bool:
        """Return whether a loss is that of the sigmoid of a score: then its slope is a multiple of sigmoid(s) - y."""
        numbers = self.numbers(target)
        if numbers is None:
            return False
        factors = []
        for score in TRIED:
            _, slopes = self.loss([score] * self.count, target)
            factors += [slope / (1 / (1 + exp(-score)) - y) for slope, y in zip(slopes, numbers)]
        expected = len(TRIED) * self.count
        return len(factors) == expected and min(factors) > 0 and max(factors) - min(factors) < 1e-9 * max(factors)

    def numbers(self, target: Any) -> list[float] | None:
        """Return a target as a number for each output; None if it is something else."""
        if isinstance(target, tuple):
            listed = [*flat(target)]
            return [float(y) for y in listed] if len(listed) == self.count else None
        if self.count == 1:
            return [float(target)]
        is_class = target == int(target) and 0 <= target < self.count
        return [float(place == target) for place in range(self.count)] if is_class else None

    def nearest(self, numbers: Sequence[float]) -> list[float]:
        """Return what a model can give that is near these numbers."""
        clipped = [min(max(y, low), high) for y, (low, high) in zip(numbers, self.ends.ranges)]
        total = sum(clipped)
        return [y / total for y in clipped] if self.ends.is_softmax and total else clipped

    def losses(self, targets: Sequence[Any]) -> tuple[float, float, float]:
        """Return means over targets: the lowest loss that the model can reach, the lowest of all, that of guessing.

        The lowest is looked for at the target itself, and at the largest scores of the right sign.
        """
        listed = [self.numbers(target) for target in targets]
        known = [numbers for numbers in listed if numbers is not None]
        if len(known) < len(listed):
            return inf, inf, inf
        mean = [sum(column) / len(known) for column in zip(*known)]
        middle = (min(map(min, known)) + max(map(max, known))) / 2
        sums, counted = [0.0, 0.0, 0.0], dict[tuple[Any, ...], tuple[float, ...]]()
        for target, numbers in zip(targets, known):
            key = (target, *numbers)
            if key not in counted:
                sure = [FAR if y > middle else -FAR for y in numbers]
                best = min(self.loss(self.nearest(each), target)[0] for each in (numbers, sure))
                free = min(self.loss(each, target)[0] for each in (numbers, sure))
                counted[key] = best, free, self.loss(mean, target)[0]
            sums = [total + each for total, each in zip(sums, counted[key])]
        lowest, free, guess = (total / len(known) for total in sums)
        return lowest, free, guess

    def too_narrow(self, targets: Sequence[Any], own: str, limit: str, lowest: float) -> Finding:
        """Return the finding for outputs that cannot be what the loss needs: the targets, or large scores."""
        low, high = next(each for each in self.ends.ranges if each != ANY)
        name = self.ends.name
        gives = f"{name} gives numbers from {short(low)} to {short(high)}"
        if high == inf:
            gives = f"{name} gives no number below {short(low)}"
        elif low == -inf:
            gives = f"{name} gives no number above {short(high)}"
        if self.ends.is_softmax:
            gives += " that add up to 1"
        beyond = [i for i, target in enumerate(targets) if self.is_beyond(target)]
        remedy = "Give the last layer no activation: output='linear'"
        if beyond:
            of = f"{len(beyond)} of {plural(len(targets), 'target')}"
            first = targets[beyond[0]]
            shown = short(first) if isinstance(first, (int, float)) else f"[{', '.join(map(short, first))}]"
            sentence = (
                f"The model ends in {name}, which cannot reach its targets: {gives}, and {of} "
                f"{'is' if len(beyond) == 1 else 'are'} not there, such as y[{beyond[0]}] = {shown}. {remedy}. Or "
                "bring the targets into that range."
            )
            return Finding("targets out of reach", "the output", len(beyond), sentence)
        sentence = f"The model ends in {name}, and {own} needs scores of any size: {gives}{limit}. {remedy}."
        return Finding("scores too narrow", "the output", lowest, sentence)

    def is_beyond(self, target: Any) -> bool:
        """Return whether a target is what the loss asks for, and what the model cannot give."""
        numbers = self.numbers(target)
        if numbers is None:
            return False
        nearest = self.nearest(numbers)
        far = max(abs(a - b) for a, b in zip(numbers, nearest)) > 1e-9
        return far and self.loss(numbers, target)[0] < self.loss(nearest, target)[0]

"""Find out whether a model's last activation keeps from the loss what it needs: targets, or scores of any size.

A loss is judged by what it computes, not by its name: so one of the user's own is judged, too.
"""

from __future__ import annotations

from itertools import islice
from math import exp, inf, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import GradwalkError, Value, operations

from .checks import plural
from .decision import sigmoid_under
from .ends import levels
from .evidence import FAR
from .findings import Finding
from .losses import LOSSES
from .objective import flat
from .picture.values import short
from .ranges import ANY, SHARES, limiting, ranges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .ends import Level
    from .evidence import Evidence
    from .objective import Objective
    from .ranges import Range

CLOSE_TO_ONE = 1e-6  # how far from 1 the sum of probabilities may be
NOTICED = 0.01  # of the loss of guessing: what the lowest loss that can be reached must have too much
TRIED = (-2.0, 0.5, 3.0)  # scores at which a loss is tried


class Ends(NamedTuple):
    """The end of a model, or what it is made of: its nodes, the range of each, and the operation that sets it."""

    level: Level
    ranges: list[Range]
    name: str  # of that operation, "softmax" among them
    is_softmax: bool
    numbers: list[float]  # of the nodes, in a row


def out_of_reach(objective: Objective, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for a softmax or sigmoid of another one, or for outputs that cannot be what the loss needs."""
    for ends in reversed([*_limited_ends(objective, evidence)]):  # a cause comes before what it leads to
        if finding := _fault(ends, objective, evidence):
            yield finding
            return


def _fault(ends: Ends, objective: Objective, evidence: Evidence) -> Finding | None:
    """Return what is wrong with one end of a model; None if nothing is."""
    judge = _Judge(objective, ends)
    targets = [objective.targets[i] for i in evidence.rows]
    lowest, free, guess = judge.losses(targets)
    yes_or_no = all(y in (0, 1) for target in targets for y in judge.numbers(target) or [inf])
    limit = f", and at the best of these the loss is still {short(lowest)}" if yes_or_no else ""
    own, applied = f"the loss {objective.name}", ends.level.applied
    twice = (
        f"The model makes a {applied} of numbers that are a {applied} already, as if they were scores. Each is "
        f"between 0 and 1{limit}. Leave one out: {applied} comes last, and once, as in MLP(..., output='{applied}'), "
    )
    if ends.is_softmax and applied == "softmax":
        return Finding("double softmax", "the output", lowest, f"{twice}with the loss 'cross_entropy'.")
    if ends.is_softmax and judge.takes_softmax(ends.numbers, targets[0]):
        sentence = (
            f"The model ends in softmax, and {own} makes a softmax of its outputs again, as if they were scores. "
            f"Each is between 0 and 1{limit}. Leave the softmax out and return the scores. Or end with "
            "losses.softmax itself, as MLP(..., output='softmax') does, and take the loss 'cross_entropy', which "
            "then uses the scores."
        )
        return Finding("double softmax", "the output", lowest, sentence)
    if ends.name == applied == "sigmoid":
        return Finding("double sigmoid", "the output", lowest, f"{twice}with the loss 'binary_cross_entropy'.")
    if ends.name == "sigmoid" and judge.takes_sigmoid(targets[0]):
        sentence = (
            f"The model ends in sigmoid, and {own} takes the sigmoid of its outputs again, as if they were scores. "
            f"Each is between 0 and 1{limit}. Give the last layer no activation (output='linear'), or take the "
            "loss 'binary_cross_entropy'."
        )
        return Finding("double sigmoid", "the output", lowest, sentence)
    if isfinite(guess) and isfinite(lowest) and lowest - free > NOTICED * guess:
        return judge.too_narrow(objective.targets, own, limit, lowest)
    if ends.is_softmax and not applied and objective.loss is LOSSES["binary_cross_entropy"]:
        sentence = (
            "The model ends in softmax, and its outputs are the probabilities of classes, one of them right, while "
            "the loss binary_cross_entropy asks yes or no of each output by itself. Take the loss 'cross_entropy'."
        )
        return Finding("another loss", "loss", evidence.loss, sentence)
    return None


def _limited_ends(objective: Objective, evidence: Evidence) -> Iterator[Ends]:
    """Yield the ends of a model whose nodes cannot be any numbers: its outputs first, then what they are made of."""
    row, _ = objective.leaves()
    for depth, level in enumerate(levels(objective, row)):
        if depth == 0 and _uses_scores(objective, evidence.rows[0]):
            continue
        if (ends := _ends(objective, evidence, level, depth)) is not None:
            yield ends


def _uses_scores(objective: Objective, row: int) -> bool:
    """Tell whether the loss uses none of a model's outputs, but computes with the scores under them."""
    prediction = objective.outputs_of(objective.row(row))
    loss = objective.loss(prediction, objective.targets[row])
    return not {arg for node in operations(loss) for arg in node.args}.intersection(flat(prediction))


def _ends(objective: Objective, evidence: Evidence, level: Level, depth: int) -> Ends | None:
    """Return a level with the ranges of its nodes; None if these may be any numbers."""
    nodes, known = level.nodes, ranges(level.nodes)
    squashed = any(node.op.name in ("exp", "sigmoid") for node in operations(*nodes))
    if len(nodes) > 1 and squashed:
        rows = _numbers_at(objective, evidence, depth)
        if rows and all(map(_are_probabilities, rows)):
            return Ends(level, [SHARES] * len(nodes), "softmax", is_softmax=True, numbers=rows[0])
    of_nodes = [known.get(node, ANY) for node in nodes]
    limited = [node for node, each in zip(nodes, of_nodes) if each != ANY]
    if not limited:
        return None
    by_hand = all(sigmoid_under(node) is not None for node in nodes)
    name = "sigmoid" if by_hand else limiting(limited[0], known)
    return Ends(level, of_nodes, name, is_softmax=False, numbers=[node.data for node in nodes])


def _numbers_at(objective: Objective, evidence: Evidence, depth: int) -> list[list[float]]:
    """Return the numbers at a level, a list for each row; none if a row's graph has no such level."""
    rows = []
    for i in evidence.rows:
        level = next(islice(levels(objective, objective.row(i)), depth, None), None)
        if level is None:
            return []
        rows.append([node.data for node in level.nodes])
    return rows


def _are_probabilities(outputs: Sequence[float]) -> bool:
    return min(outputs) >= 0 and abs(sum(outputs) - 1) < CLOSE_TO_ONE


class _Judge:
    """Tries a loss at outputs that the model need not have given."""

    def __init__(self, objective: Objective, ends: Ends) -> None:
        self.objective, self.ends = objective, ends
        self.count = len(ends.ranges)

    def loss(self, outputs: Sequence[float], target: Any) -> tuple[float, list[float]]:
        """Return the loss of these outputs, and its derivatives; infinity and none if it has no value."""
        leaves = [Value(number) for number in outputs]
        try:
            loss = self.objective.loss(self.ends.level.outputs(leaves), target)
            loss.backward()
        except (ArithmeticError, GradwalkError, AttributeError):
            return inf, []
        return (loss.data, [leaf.grad for leaf in leaves]) if isfinite(loss.data) else (inf, [])

    def takes_softmax(self, outputs: Sequence[float], target: Any) -> bool:
        """Return whether a loss makes a softmax of its scores: adding a number to all then changes nothing."""
        leaves = [Value(number) for number in outputs]
        loss = self.objective.loss(self.ends.level.outputs(leaves), target)
        if not any(node.op.name == "exp" for node in operations(loss)):
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
                tried = (numbers, sure, self.ends.level.ideal(numbers))
                best = min(self.loss(self.nearest(each), target)[0] for each in tried)
                free = min(self.loss(each, target)[0] for each in tried)
                counted[key] = best, free, self.loss(self.ends.level.ideal(mean), target)[0]
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
        if applied := self.ends.level.applied:
            sentence = (
                f"The model ends in {applied}, which needs scores of any size, and it is given those of {name}: "
                f"{gives}{limit}. Leave the {name} out."
            )
            return Finding("scores too narrow", "the output", lowest, sentence)
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
        if self.ends.is_softmax:
            remedy += ". For classes of which one is right, take the loss 'cross_entropy'"
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

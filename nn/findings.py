"""Find what commonly goes wrong in a model: one function and its thresholds for each check of `diagnose`."""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from math import exp, fsum, hypot, inf, log
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import Value, operations

from .checks import NetworkError, plural
from .data.batching import shuffled
from .data.table import innermost
from .decision import target_classes
from .evidence import rms
from .losses import LOSSES, huber, mae, mse, quadratic
from .objective import flat
from .paths import container, path_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine import Op

    from .evidence import Evidence, UnitUse
    from .objective import Objective

CLOSE = 0.01  # part of the targets' size: outputs this close are right
LEARNED = 0.1  # part of the loss of guessing: a model with a lower loss has learned
EXCESS = 1.5  # the loss above ln K: random scores are worse than equal ones, but by less than this
# Parts of the targets' variance: a linear model explains less than the first, a nonlinear one more than the second.
STRAIGHT, BENT = 0.1, 0.5
FEW, MOST_ROWS = 20, 500  # the least and the most rows to judge whether targets are bent
DEAD = 0.25  # part of a layer's neurons; it can do without fewer
# Parts of a layer's outputs: with more flat ones, it is saturated; with fewer, it is not judged.
SATURATED, RARE = 0.5, 0.1
FADED = 1e-3  # part of the gradient that is left, from the last layer to the first
SMALL, GOOD, LARGE = 1e-5, 0.03, 1.0  # the size of a step as part of the weights' size
SCALE, SPREAD = 5.0, 0.01  # the largest size of an input; the smallest range as part of the largest, or of 1
# The number of classes by the name of the loss; 0 for as many as the model has outputs.
CLASSES = {"cross_entropy": 0, "binary_cross_entropy": 2, "binary_cross_entropy_on_logits": 2}


class Finding(NamedTuple):
    """A fault in a model: its kind, where it is, the number behind it, and a sentence with a remedy."""

    kind: str
    where: str
    number: float
    sentence: str


def diverged(what: str, number: float) -> Finding:
    """Return the finding for a number that is infinite or NaN."""
    sentence = f"{what} is {number}: training diverged. Start again with a smaller rate and scaled inputs."
    return Finding("not finite", what, number, sentence)


def unscaled(rows: Any) -> Iterator[Finding]:
    """Yield a finding for inputs that are large, or that vary little beside the others."""
    columns = list(zip(*innermost(rows.tolist() if hasattr(rows, "tolist") else rows)))
    sizes, ranges = [rms(column) for column in columns], [max(column) - min(column) for column in columns]
    large = max(range(len(columns)), key=sizes.__getitem__)
    small = min((j for j, spread in enumerate(ranges) if spread), key=ranges.__getitem__, default=large)
    remedy = "Bring each to mean 0 and deviation 1: data.standardize(X).transform(X)."
    if sizes[large] > SCALE:
        where, many = f"input {large + 1}", sum(size > SCALE for size in sizes)
        goes = f"goes from {min(columns[large]):.4g} to {max(columns[large]):.4g}"
        sentence = f"{_some_of(many, len(columns), 'input')} large: {where} {goes}. {remedy}"
        yield Finding("inputs not scaled", where, sizes[large], sentence)
    elif 0 < ranges[small] < SPREAD * max(1.0, *ranges):
        where = f"input {small + 1}"
        sentence = f"{where.capitalize()} moves by {ranges[small]:.2g} only, too little to be seen. {remedy}"
        yield Finding("inputs not scaled", where, ranges[small], sentence)


def worse_than_guessing(objective: Objective, loss: float) -> Iterator[Finding]:
    """Yield a finding for a loss far above that of a model that gives each class the same probability."""
    guess = guessing(objective) if objective.name in CLASSES else inf
    if loss > guess + EXCESS:
        sentence = (
            f"The loss is {loss:.3g}, and that of guessing is ln {round(exp(guess))} = {guess:.3g}: the model is "
            "sure of what is wrong. Start with smaller weights or, if it has been trained, lower the rate."
        )
        yield Finding("initial loss", "loss", loss, sentence)


def guessing(objective: Objective) -> float:
    """Return the loss of a model without inputs: equal probabilities of the classes, or the mean of the targets."""
    if objective.name in CLASSES:
        return log(CLASSES[objective.name] or objective.outputs)
    targets = [target if isinstance(target, tuple) else (target,) for target in objective.targets]
    mean = [fsum(column) / len(targets) for column in zip(*targets)]
    return fsum(objective.loss(mean, target).data for target in targets) / len(targets)


def has_learned(objective: Objective, evidence: Evidence) -> bool:
    """Tell whether the loss is low, or the outputs are near the targets: the user's own loss may have any scale."""
    if objective.loss in LOSSES.values() and evidence.loss < LEARNED * guessing(objective):
        return True
    targets = [objective.targets[i] for i in evidence.rows]
    pairs = [
        (output, target_number)
        for outputs, target in zip(evidence.outputs, targets)
        for output, target_number in zip(outputs, target if isinstance(target, tuple) else (target,))
        if len(outputs) == (len(target) if isinstance(target, tuple) else 1)
    ]
    if not pairs or objective.name in CLASSES:
        return False
    error = rms([output - target_number for output, target_number in pairs])
    return error <= CLOSE * rms([target_number for _, target_number in pairs])


def stuck(evidence: Evidence) -> Iterator[Finding]:
    """Yield findings for layers with dead neurons, of slope 0 in every row, or saturated ones, flat in most rows."""
    for number, part in enumerate(evidence.parts):
        here = [unit for unit in evidence.units.values() if unit.part == number and unit.used]
        for op in dict.fromkeys(unit.op for unit in here):
            yield from _stuck_in(part.name, op, [unit for unit in here if unit.op is op], len(evidence.rows))


def _stuck_in(layer: str, op: Op, units: list[UnitUse], rows: int) -> Iterator[Finding]:
    """Yield findings for the units of a layer that have the same activation."""
    dead = sum(unit.closed == unit.used for unit in units)
    never = op.partials == ("0",)
    used, level = sum(unit.used for unit in units), sum(unit.flat for unit in units)
    flat = level / max(used - sum(unit.sure for unit in units), 1) if level > RARE * used else 0.0
    enough = DEAD * len(units) if rows > 1 or never else len(units) - 1  # one row closes half of all rectifiers
    if dead > enough and (op.kinks or never):  # without a kink, a slope of 0 comes from rounding
        remedy = "Take 'sigmoid'" if never else "Take 'leaky_relu', or start again with a smaller rate"
        slope = f"{op.name} has slope 0 in each of {plural(rows, 'row')}, which stops the gradient"
        sentence = f"{_some_of(dead, len(units), 'neuron', layer)} dead: {slope}. {remedy}."
        yield Finding("dead neurons", layer, dead, sentence)
    elif flat > SATURATED and not op.kinks:
        sentence = (
            f"{layer} is saturated: {flat:.0%} of its outputs are where {op.name} is all but flat. "
            "Start with smaller weights, and scale the inputs."
        )
        yield Finding("saturated neurons", layer, flat, sentence)


def unused(objective: Objective, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for attributes whose parameters no row's loss depends on."""
    for held in left_out(objective, evidence):
        first = path_text(evidence.places[held[0]])
        others = f" and {plural(len(held) - 1, 'parameter')} beside it" if len(held) > 1 else ""
        sentence = (
            f"The loss does not depend on {first}{others}, so no gradient can get there. Is it left out of __call__, "
            "or is a number (.data) taken where a node is needed?"
        )
        yield Finding("not reached", first, len(held), sentence)


def left_out(objective: Objective, evidence: Evidence) -> list[list[Value]]:
    """Return the parameters of lists that no row uses any entry of, grouped by attribute."""
    groups: dict[tuple[str | int, ...], list[Value]] = {}
    for parameter in objective.model.parameters():
        groups.setdefault(container(evidence.places[parameter]), []).append(parameter)
    by_attribute: dict[tuple[str | int, ...], list[Value]] = {}
    for place, held in groups.items():
        if not evidence.used.intersection(held):
            by_attribute.setdefault(place[:1], []).extend(held)
    return list(by_attribute.values())


def straight(objective: Objective, learned: bool, bent: bool = True) -> Iterator[Finding]:
    """Yield a finding for a model that is linear in its inputs, on targets that a linear model cannot predict.

    With `bent` False, yield it if it is unknown whether a nonlinear model fits the targets better.
    """
    if learned or not is_linear(objective):
        return
    explained = linear_share(objective)
    if explained is not None and explained < STRAIGHT and (bent_share(objective) > BENT) is bent:
        best = f"{max(explained, 0.0):.0%}"
        sentence = (
            f"The model is linear in its inputs, and a linear model explains {best} of these targets "
            "at best. Add a hidden layer with an activation: MLP(2, [8, 1], 'tanh')."
        )
        yield Finding("linear model", "model", explained, sentence)


def is_linear(objective: Objective) -> bool:
    """Tell whether a model computes only sums of its inputs times weights, apart from its last activation."""
    row, leaves = objective.leaves()
    outputs = [output for output in flat(objective.outputs_of(row)) if isinstance(output, Value)]
    ends = [output.args[0] if output.op and output.op.arity == 1 else output for output in outputs]
    varies = set(leaves)
    for node in operations(*ends):
        moved = [arg in varies for arg in node.args]
        if not any(moved):
            continue
        name = node.op.name
        straight = name in ("add", "sub", "neg") or (name == "mul" and not all(moved))
        if not (straight or (name == "div" and not moved[1])):
            return False
        varies.add(node)
    return any(end in varies for end in ends)


def linear_share(objective: Objective) -> float | None:
    """Return the part of the targets' variance, 0 to 1, that a linear model explains; None if it is unknown."""
    table = _table(objective)
    if table is None:
        return None
    X, y = table
    return None if len(X) <= X.shape[1] + 1 or not y.any() else _explained(X, y)


def bent_share(objective: Objective) -> float:
    """Return the part of the variance that products of inputs explain or, for many rows, the nearest other row."""
    import numpy as np

    table = _table(objective)
    if table is None:
        return 0.0
    X, y = table
    if len(X) < FEW:
        pairs = [X[:, i] * X[:, j] for i in range(X.shape[1]) for j in range(i + 1)]
        return _explained(np.column_stack([X, *pairs]), y)
    X, y = X[:MOST_ROWS], y[:MOST_ROWS]
    scaled = (X - X.mean(axis=0)) / (X.std(axis=0) + (X.std(axis=0) == 0))
    distances = ((scaled[:, None] - scaled[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    rest = y - y[distances.argmin(axis=1)]
    return float(1 - (rest**2).sum() / ((y - y.mean(axis=0)) ** 2).sum())


def _table(objective: Objective) -> tuple[Any, Any] | None:
    """Return rows as a table, and targets less their mean; None for rows of several lengths, or without NumPy."""
    if find_spec("numpy") is None:
        return None
    import numpy as np

    try:
        X = objective.columns().T
    except NetworkError:  # sequences of several lengths
        return None
    order = shuffled(objective.count, seed=0)
    y = np.array([target if isinstance(target, tuple) else (target,) for target in objective.targets], float)
    if objective.name == "cross_entropy" and y.shape[1] == 1:
        y = np.eye(objective.outputs)[y[:, 0].astype(int)]
    return X[order], (y - y.mean(axis=0))[order]


def _explained(X: Any, y: Any) -> float:
    """Return the part of the variance of y that sums of the columns of X explain."""
    import numpy as np

    table = np.column_stack([X, np.ones(len(X))])
    rest = y - table @ np.linalg.lstsq(table, y, rcond=None)[0]
    return float(1 - (rest**2).sum() / (y**2).sum())


def classes_as_numbers(objective: Objective) -> Iterator[str]:
    """Yield a note for targets that look like classes, with a loss for numbers."""
    if objective.loss not in (mse, quadratic, mae, huber):
        return
    targets = objective.targets
    kinds = {*targets}
    if objective.outputs == 1 and 2 < len(kinds) <= len(targets) / 2 and kinds == {*range(len(kinds))}:
        yield (
            f"The targets are the whole numbers from 0 to {len(kinds) - 1}. If they are classes, not amounts, give "
            f"the model {len(kinds)} outputs, one for each, and take the loss 'cross_entropy'."
        )
    elif objective.outputs > 1 and None not in target_classes(targets, objective.outputs) and len(kinds) > 1:
        yield "Each target is 1 in one place and 0 elsewhere. If these are classes, take the loss 'cross_entropy'."


def alike(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for neurons with the same weights and gradients, which descent keeps equal."""

    def key(parameters: list[Value]) -> tuple[Any, ...]:
        return tuple((each.data, float(f"{evidence.gradients.get(each, 0.0):.9e}")) for each in parameters)

    for number, part in enumerate(evidence.parts):
        neurons = {frozenset(unit.parameters): unit for unit in evidence.units.values() if unit.part == number}
        count = max(Counter(key(unit.parameters) for unit in neurons.values()).values(), default=1)
        if count > 1:
            sentence = (
                f"{_some_of(count, len(neurons), 'neuron', part.name)} alike, in weights and gradients, and stay so: "
                "draw their weights with init='xavier'."
            )
            yield Finding("neurons alike", part.name, count, sentence)


def faded(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for a gradient that is much smaller or larger at the first layer or step than at the last."""
    if len(evidence.signals) < 2 or not evidence.signals[-1][1] or _starts_at_zero(evidence):
        return
    (first, here), (last, there) = max(evidence.beside_first(), key=lambda signal: signal[1]), evidence.signals[-1]
    measured = f"of {there:.2g} at {last}, {here:.2g} arrives at {first}"
    if here < FADED * there:
        sentence = (
            f"The gradient vanishes: {measured}. Take 'relu', larger weights (init='he'), or fewer layers or steps."
        )
        yield Finding("vanishing gradient", first, here / there, sentence)
    elif here * FADED > there:
        sentence = (
            f"The gradient explodes: {measured}. Start with smaller weights (init='xavier'), or clip the gradient."
        )
        yield Finding("exploding gradient", first, here / there, sentence)


def _starts_at_zero(evidence: Evidence) -> bool:
    """Tell whether a layer's weights are all 0 and get a gradient. After a step, earlier layers get one, too."""
    return any(
        part.parameters
        and not any(each.data for each in part.parameters)
        and any(evidence.gradients.get(each, 0.0) for each in part.parameters)
        for part in evidence.layers
    )


def steps(evidence: Evidence, lr: float, done: bool) -> Iterator[Finding]:
    """Yield a finding for steps that are too large, or too small. Small ones are fine if `done`."""
    ratios, pulls = {}, [0.0]
    for name, _, parameters in evidence.layers:
        if weights := hypot(*(each.data for each in parameters)):
            ratios[name] = lr * hypot(*(evidence.gradients.get(each, 0.0) for each in parameters)) / weights
            pulls.append(lr * hypot(*(evidence.pulls.get(each, 0.0) for each in parameters)) / weights)
    at_rest = max(pulls) > SMALL  # the gradients of single rows cancel out: the weights are at a minimum
    name, ratio = max(ratios.items(), key=lambda item: item[1], default=("", GOOD))
    measured = f"one with the rate {lr:g} moves the parameters of {name} by {ratio:.2g} times their size"
    better = f"try a rate of about {float(f'{lr * GOOD / (ratio or inf):.0e}'):g}"
    if ratio > LARGE:
        yield Finding("step too large", name, ratio, f"Steps are too large: {measured}. To begin with, {better}.")
    elif 0 < ratio < SMALL and not done and not at_rest:
        sentence = f"Steps are too small: {measured}, and no others by more. To begin with, {better}."
        yield Finding("step too small", name, ratio, sentence)


def _some_of(some: int, count: int, what: str, where: str = "") -> str:
    """Return text such as "2 of 3 neurons of layer1 are"."""
    return f"{some} of {plural(count, what)}{' of ' * bool(where)}{where} {'is' if some == 1 else 'are'}"

"""`diagnose`: find why a model does not learn, or not well. It passes rows through the model, and changes nothing."""

from __future__ import annotations

from html import escape
from importlib.util import find_spec
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from engine import GradwalkError, described, public

from .checks import NetworkError, size, within
from .data.table import rows as read_rows
from .evidence import Evidence
from .findings import (
    Finding,
    alike,
    classes_as_numbers,
    diverged,
    faded,
    has_learned,
    left_out,
    steps,
    straight,
    stuck,
    unscaled,
    unused,
    worse_than_guessing,
)
from .objective import Objective
from .reach import out_of_reach
from .recordable import NotRecordable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Diagnosis(tuple[Finding, ...]):
    """The result of `diagnose`: a tuple of findings, and `notes`, on what was not checked and what to consider."""

    notes: tuple[str, ...]

    def __new__(cls, findings: Iterable[Finding] = (), notes: Iterable[str] = ()) -> Diagnosis:
        diagnosis = super().__new__(cls, findings)
        diagnosis.notes = tuple(notes)
        return diagnosis

    def _sentences(self) -> list[str]:
        fine = "Nothing wrong found: the inputs are scaled, every layer gets its gradient, and no neuron is stuck."
        return [finding.sentence for finding in self] or [fine]

    def __str__(self) -> str:
        return "\n".join([*self._sentences(), *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return a paragraph for each finding and each note, for a notebook."""
        return "".join(f"<p>{escape(sentence)}</p>" for sentence in (*self._sentences(), *self.notes))


@public
def diagnose(model: Any, X: Any, y: Any, loss: Any = "mse", lr: float = 0.01, sample: int = 100) -> Diagnosis:
    """Pass rows forward and backward through a model, and report what commonly goes wrong in training.

    It checks for

    - numbers that are not finite, and inputs that are not scaled;
    - a loss far above that of guessing (ln K for K classes);
    - dead neurons, saturated neurons, and neurons that are all alike;
    - gradients that vanish or explode, and parameters without one;
    - steps of gradient descent that are too large or too small, compared with the weights;
    - a last activation that the loss applies once more (softmax twice, sigmoid twice), or that cannot give what the
      targets or the loss need (tanh for targets beyond -1 and 1, ReLU for negative ones);
    - a model that is linear in its inputs, on targets that are not;
    - a model that draws random numbers or decides by a row's numbers, which a compiled training would ignore.

    A problem that another finding explains is not reported. What was not checked is listed in `notes`.

    Parameters
    ----------
    model: called on a row; it has `parameters()`. It is not changed.
    X: the rows: a list, an array or a table.
    y: one target for each row.
    loss: a name of `nn.losses`, or a function of a prediction and a target.
    lr: the learning rate whose steps are judged.
    sample: how many rows are passed through; they are spread evenly over all.

    Returns
    -------
    A Diagnosis: a tuple of Findings that prints as sentences.

    Raises
    ------
    NetworkError (a ValueError), as `fit` does, for rows of another length than the model takes, for another
    number of targets than rows, for a target that the loss does not take, and for an unknown loss. DomainError (a
    ValueError) for NaN in the data.

    >>> from nn import MLP, data
    >>> X, y = data.moons(40)
    >>> diagnose(MLP(2, [4, 1], "tanh", init="zeros"), X, y, "binary_cross_entropy_on_logits")
    4 of 4 neurons of layer1 are alike, in weights and gradients, and stay so: draw their weights with init='xavier'.
    >>> diagnose(MLP(2, [4, 1], "tanh", rng=0), X, y, "binary_cross_entropy_on_logits")
    Nothing wrong found: the inputs are scaled, every layer gets its gradient, and no neuron is stuck.
    """
    if not within(lr, 0, inf, closed=False):
        raise NetworkError(f"the learning rate must be a number above 0, such as 0.01, not {described(lr)}.")
    size(sample, "sample")
    if callable(getattr(model, "parameters", None)) and not model.parameters():
        sentence = "No parameter requires a gradient, so nothing can learn: set requires_grad = True where it should."
        return Diagnosis([Finding("frozen", "model", 0.0, sentence)])
    for parameter in model.parameters() if hasattr(model, "parameters") else ():
        if not isfinite(parameter.data):
            return Diagnosis([diverged(parameter.label or "A parameter", parameter.data)])
    try:
        objective = Objective(model, X, y, loss)
        evidence = Evidence(objective, sample)
    except OverflowError:
        return Diagnosis([*unscaled(read_rows(X)), diverged("The loss", inf)])
    if not isfinite(evidence.loss):
        return Diagnosis([*unscaled(objective.rows), diverged("The loss", evidence.loss)])
    learned = has_learned(objective, evidence)
    findings = [*unscaled(objective.rows), *worse_than_guessing(objective, evidence.loss)]
    stuck_neurons = [*stuck(evidence)]
    ends = [*out_of_reach(objective, evidence)]
    causes = [*ends, *unused(objective, evidence), *([] if learned else stuck_neurons), *alike(evidence)] or [
        *faded(evidence)
    ]
    causes += [*straight(objective, learned), *_not_recordable(objective)]
    notes = [f"It has learned, though: {finding.sentence}" for finding in stuck_neurons if learned]
    if any(straight(objective, learned, bent=False)):
        notes.append("The model is linear in its inputs, and its targets are not: they are noise, or bent.")
    step_sizes = [*steps(evidence, float(lr), bool(causes) or learned)]
    return Diagnosis(
        [*findings, *causes, *step_sizes],
        [*notes, *classes_as_numbers(objective), *_not_checked(objective, evidence)],
    )


def _not_recordable(objective: Objective) -> Iterator[Finding]:
    """Yield a finding for a model that does not compute the same for every row."""
    if find_spec("numpy") is None:
        return
    try:
        objective.record(objective.model.parameters())
    except NotRecordable as error:
        yield Finding(error.kind, "model", 0.0, str(error))
    except (ArithmeticError, GradwalkError):
        return  # this model trains only with backend="python", and fit() says so


def _not_checked(objective: Objective, evidence: Evidence) -> Iterator[str]:
    """Yield a sentence for each thing that was not checked."""
    if len(evidence.rows) < objective.count:
        yield f"Looked at {len(evidence.rows)} of {objective.count} rows: sample={objective.count} looks at all."
    frozen = [leaf for leaf in evidence.places if not leaf.requires_grad and leaf.label]
    if frozen:
        others = f" and {len(frozen) - 1} more" if len(frozen) > 1 else ""
        yield f"Frozen (requires_grad is False), and so not trained: {frozen[0].label}{others}."
    reported = {parameter for held in left_out(objective, evidence) for parameter in held}
    unused_here = [
        each for each in objective.model.parameters() if each not in evidence.used and each not in reported
    ]
    if unused_here:
        others = f" and {len(unused_here) - 1} more" if len(unused_here) > 1 else ""
        yield f"Not used in these rows, and so without a gradient: {unused_here[0].label or 'a parameter'}{others}."
    if evidence.unjudged:
        yield f"Not looked at: where {', '.join(evidence.unjudged)} of this model may be all but flat."
    if find_spec("numpy") is None:
        yield "Not looked at: whether a compiled training does what the model does, which needs NumPy."

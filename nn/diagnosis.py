"""`diagnose`: why a model does not learn, or not well. Passes some rows through it and changes nothing."""

from __future__ import annotations

from math import inf, isfinite
from typing import Any

from engine import described, public

from .checks import NetworkError, size, within
from .findings import Finding, alike, diverged, faded, has_learned, steps, stuck, unscaled, worse_than_guessing
from .probe import Probe
from .problem import Problem


class Diagnosis(tuple[Finding, ...]):
    """What `diagnose` found: a tuple of findings, printed a sentence a line."""

    __slots__ = ()

    def __str__(self) -> str:
        fine = "Nothing wrong found: the inputs are scaled, every layer gets its gradient, and no neuron is stuck."
        return "\n".join(finding.sentence for finding in self) or fine

    __repr__ = __str__


@public
def diagnose(model: Any, X: Any, y: Any, loss: Any = "mse", lr: float = 0.01, sample: int = 100) -> Diagnosis:
    """Pass rows through a model, forward and back, and look for what commonly goes wrong.

    It looks for numbers that are not finite, inputs that are not scaled, a loss far above that of guessing (ln K
    for K classes), dead and saturated neurons, neurons that are all alike, gradients that vanish or explode, and
    steps of gradient descent with the rate `lr` that are too large or too small beside the weights. `sample`
    rows, spread over all, are passed through. What a finding explains is not told again.

    Raises NetworkError, as `fit` does, for data that do not fit the model or the loss.

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
    for parameter in model.parameters() if hasattr(model, "parameters") else ():
        if not isfinite(parameter.data):
            return Diagnosis([diverged(parameter.label or "A parameter", parameter.data)])
    try:
        problem = Problem(model, X, y, loss)
        probe = Probe(problem, sample)
    except OverflowError:
        return Diagnosis([diverged("The loss", inf)])
    if not isfinite(probe.loss):
        return Diagnosis([*unscaled(problem.rows), diverged("The loss", probe.loss)])
    found = [*unscaled(problem.rows), *worse_than_guessing(problem, probe.loss)]
    causes = [*stuck(probe), *alike(probe)] or [*faded(probe)]
    done = bool(causes) or has_learned(problem, probe.loss)
    return Diagnosis([*found, *causes, *steps(probe, float(lr), done)])

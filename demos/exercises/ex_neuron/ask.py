"""Ask for outputs and gradients of a neuron whose weights are set here, for its parameters and its first weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..inside.graphs import KEPT
from ..inside.reading import Unusable


def neuron_with(answers: SimpleNamespace, weights: Sequence[float], bias: float) -> Any:
    """Return a neuron of the student's class with these weights and this bias."""
    neuron = answers.Neuron(len(weights), Random(0))
    if not all(isinstance(each, Value) for each in [*getattr(neuron, "w", [None]), getattr(neuron, "b", None)]):
        raise Unusable("a neuron needs Values: the weights in a list self.w, and the bias in self.b")
    for own, weight in zip(neuron.w, weights):
        own.data = weight
    neuron.b.data = bias
    return neuron


def output(answers: SimpleNamespace, weights: Sequence[float], bias: float, row: list[float]) -> Mapping[str, Any]:
    asked = [*row]
    h = neuron_with(answers, weights, bias)(asked)
    return {"h": h, KEPT: asked == row}


def gradients(
    answers: SimpleNamespace, weights: Sequence[float], bias: float, p: float, q: float, upstream: float
) -> Mapping[str, Any]:
    neuron, leaves = neuron_with(answers, weights, bias), [Value(p, "p"), Value(q, "q")]
    names = ["b.grad", *(f"w{place}.grad" for place in range(1, len(weights) + 1)), "p.grad", "q.grad"]
    twice = leaves[0] * leaves[1]
    h = neuron([twice, leaves[0], twice])
    if not isinstance(h, Value):
        return {"h": h}
    (h * upstream).backward()
    return {"h": h, **dict(zip(names, [each.grad for each in (neuron.b, *neuron.w, *leaves)]))}


def parameters(answers: SimpleNamespace, size: int) -> Mapping[str, Any]:
    neuron = answers.Neuron(size, Random(0))
    neuron.parameters()
    result = list(neuron.parameters())  # called twice, as in training: the second call must return the same
    return {
        "weights": len(neuron.w),
        "number of parameters": len(result),
        "every weight is one of them": all(any(each is w for each in result) for w in neuron.w),
        "the bias is one of them": any(each is neuron.b for each in result),
    }


def start(answers: SimpleNamespace, size: int, seed: int) -> Mapping[str, Any]:
    """Return the first weights of two neurons made with one generator, and of one with another of the same seed."""
    draw = Random(seed)
    neurons = [answers.Neuron(size, each) for each in (draw, draw, Random(seed))]
    leaves = all(each.op is None for each in [*neurons[0].w, neurons[0].b])
    return {
        "weights": [[weight.data for weight in each.w] for each in neurons],
        "bias": neurons[0].b.data,
        "leaves": leaves,
    }


def lengths(answers: SimpleNamespace, size: int, rows: Sequence[list[float]]) -> Mapping[str, Any]:
    neuron = answers.Neuron(size, Random(0))
    result = {}
    for row in rows:
        try:
            output = neuron(row)
            returned = isinstance(output, BaseException)
            result[f"{len(row)} inputs"] = "a ValueError that is returned, not raised" if returned else "an output"
        except ValueError:
            result[f"{len(row)} inputs"] = "a ValueError"
    return result

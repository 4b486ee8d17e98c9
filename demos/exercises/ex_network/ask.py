"""Ask for outputs and gradients of a layer and of networks whose weights are set here, and for their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..inside.graphs import KEPT

Numbers = list[list[list[float]]]  # for each layer and each neuron: its weights, then its bias


def held(neuron: Any) -> list[Value]:
    return [*neuron.w, neuron.b]


def fill(layers: Any, numbers: Numbers) -> str:
    """Set the weights of a student's layers, and return the sizes of the layers as text."""
    for own, input_text in zip(layers, numbers):
        for neuron, row in zip(own.neurons, input_text):
            for value, number in zip(held(neuron), row):
                value.data = number
    return ", ".join(f"{len(each.neurons[0].w)} → {len(each.neurons)}" for each in layers)


def layer(answers: SimpleNamespace, numbers: Numbers, row: list[float]) -> Mapping[str, Any]:
    own = answers.Layer(len(row), len(numbers[0]), Random(0))
    return {"sizes": fill([own], numbers), "outputs": own(row)}


def network(answers: SimpleNamespace, sizes: list[int], numbers: Numbers, row: list[float]) -> Mapping[str, Any]:
    ordered, asked = [*sizes], [*row]
    model = answers.MLP(len(row), ordered, Random(0))
    sizes_text, outputs = fill(model.layers, numbers), model(asked)
    return {"sizes": sizes_text, "outputs": outputs, KEPT: ordered == sizes and asked == row}


def gradients(
    answers: SimpleNamespace,
    sizes: list[int],
    numbers: Numbers,
    seed: float,
    factors: Sequence[float],
    upstream: Sequence[float],
) -> Mapping[str, Any]:
    """Return all gradients, where the root is Σ upstream · output, and all inputs are multiples of one node."""
    model, x = answers.MLP(len(factors), [*sizes], Random(0)), Value(seed, "x")
    fill(model.layers, numbers)
    outputs = model([x * factor for factor in factors])
    root = sum(each * times for each, times in zip(outputs, upstream))
    result: dict[str, Any] = {"root": root}
    if isinstance(root, Value):
        root.backward()
    for place in range(len(model.layers), 0, -1):
        slopes = [[each.grad for each in held(neuron)] for neuron in model.layers[place - 1].neurons]
        result[f"gradients in layer {place}"] = slopes
    return {**result, "x.grad": x.grad}


def parameters(answers: SimpleNamespace, inputs: int, sizes: list[int]) -> Mapping[str, Any]:
    model = answers.MLP(inputs, [*sizes], Random(0))
    result = list(model.parameters())
    expected = [each for one in model.layers for neuron in one.neurons for each in held(neuron)]
    if nested := sum(isinstance(each, (list, tuple)) for each in result):
        return {
            "number of parameters": f"none: {nested} of the {len(result)} entries are lists, and Values are needed"
        }
    complete = {id(each) for each in result} == {id(each) for each in expected}
    return {"number of parameters": len(result), "each Value of each neuron is there": complete}


def start(answers: SimpleNamespace, seed: int) -> Mapping[str, Any]:
    """Return the first weights of all neurons."""
    models = [answers.MLP(3, [4, 4], Random(each)) for each in (seed, seed, seed + 1)]
    names = "weights", "the same seed", "another seed"
    return {
        name: [[w.data for w in neuron.w] for one in model.layers for neuron in one.neurons]
        for name, model in zip(names, models)
    }

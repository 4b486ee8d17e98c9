"""The parts of a model that other libraries have, too: products with a matrix, convolutions, functions, dropout."""

from __future__ import annotations

from math import exp, isclose
from random import Random
from typing import Any, NamedTuple

from engine import OPS, Value, described

from ..checks import NetworkError
from ..convolution import Conv1d
from ..dropout import Dropout
from ..layers import SOFTMAX
from ..losses import softmax
from ..structure import Unit, chain, structure_of
from . import checked_module

SAME_SUM = 1e-9  # relative: parts add up in another order than the model


class PortablePart(NamedTuple):
    """A part of a model, with an activation after it.

    - `kind`: "dense", "convolution", "function" or "dropout".
    - `name`: its name; no two parts have one name.
    - `units`: of a dense part or a convolution, its neurons.
    - `activation`: the name of its activation, or of the function; "linear" is none.
    - `channels`, `kernel`, `stride`: of a convolution.
    - `p`: of dropout, the probability.
    """

    kind: str
    name: str
    units: tuple[Unit, ...] = ()
    activation: str = "linear"
    channels: int = 0
    kernel: int = 0
    stride: int = 1
    p: float = 0.0

    @property
    def tensors(self) -> dict[str, Tensor]:
        """Its weight and its bias by name, as PyTorch shapes them."""
        if not self.units:
            return {}
        weights = [leaf for unit in self.units for leaf in unit.weights]
        inputs = (self.channels, self.kernel) if self.kernel else (len(self.units[0].weights),)
        tensors = {f"{self.name}.weight": Tensor(weights, (len(self.units), *inputs))}
        biases = [unit.bias for unit in self.units if unit.bias is not None]
        if biases:
            tensors[f"{self.name}.bias"] = Tensor(biases, (len(biases),))
        return tensors


class Tensor(NamedTuple):
    """Leaves in the order of a tensor, and its shape."""

    leaves: list[Value]
    shape: tuple[int, ...]


def parts_of(model: Any, place: str) -> list[PortablePart]:
    """Return the parts of a model in order. `place` names the function that needs them, for an error.

    Raises NetworkError for a model that is not a chain of such parts, and for one whose parts compute something else.
    """
    checked_module(model, place)
    layers, structure = chain(model), structure_of(model)
    if layers is None or (structure and (structure.states or structure.inputs)):
        raise NetworkError(
            f"{place} takes layers one after another, and {type(model).__name__} is none, or does not say so in "
            "structure()."
        )
    parts, names = list[PortablePart](), set[str]()
    for number, layer in enumerate(layers, 1):
        part = _portable(layer, place, number)
        base = part.name.replace(".", "_")
        others = (base, *(f"{base}_{count}" for count in range(2, len(layers) + 2)))
        name = next(other for other in others if other not in names)
        names.add(name)
        parts.append(part._replace(name=name))
    _check_parts(model, parts, place)
    return parts


def _portable(layer: Any, place: str, number: int) -> PortablePart:
    structure = structure_of(layer)
    assert structure is not None  # `chain` lists Modules that have one
    name = getattr(layer, "name", "") or f"part{number}"
    if isinstance(layer, Dropout):
        return PortablePart("dropout", f"dropout{number}", p=layer.p)
    if not structure.units:
        function = getattr(layer, "function_argument", lambda: structure.function)()
        return PortablePart(
            "function", f"{_name_of_function(function, place)}{number}", activation=structure.function
        )
    units = tuple(structure.units)
    if len({(unit.activation, unit.bias is None, len(unit.weights)) for unit in units}) > 1:
        raise NetworkError(f"{place}: the neurons of {name} differ in activation, bias or number of weights.")
    activation = _name_of_function(structure.options.get("activation", units[0].activation), place)
    if isinstance(layer, Conv1d):
        return PortablePart(
            "convolution", name, units, activation, layer.in_channels, layer.kernel_size, layer.stride
        )
    if structure.windows or structure.states or structure.inputs:
        raise NetworkError(f"{place}: {name} reads windows or states, and only Conv1d of such layers can be written.")
    return PortablePart("dense", name, units, activation)


def _name_of_function(function: Any, place: str) -> str:
    if function is softmax:
        return SOFTMAX
    if not isinstance(function, str):
        raise NetworkError(
            f"{place}: {described(function)} is a function of your own: define() it as an operation, and give its "
            "name."
        )
    if function not in (*OPS, SOFTMAX, "linear") or (function in OPS and OPS[function].arity != 1):
        raise NetworkError(f"{place}: {function} is no operation of one number, nor softmax.")
    return function


def inputs_of_parts(parts: list[PortablePart]) -> int | None:
    """Return how many numbers a row of a chain of parts has; None if any number will do."""
    for part in parts:
        if part.kind == "dense":
            return len(part.units[0].weights)
        if part.kind == "convolution":
            return None if parts[-1] is part else _inputs_of_convolution(parts)
    return None


def _inputs_of_convolution(parts: list[PortablePart]) -> int | None:
    """Return how many numbers give the dense part after convolutions its inputs; None if there is none."""
    count: int | None = None
    for part in reversed(parts):
        if part.kind == "dense":
            count = len(part.units[0].weights)
        elif part.kind == "convolution" and count is not None:
            positions = -(-count // len(part.units))
            count = part.channels * (part.kernel + part.stride * (positions - 1))
    return count


def sample_row(parts: list[PortablePart]) -> list[float]:
    """Return a row of numbers that a chain of parts takes."""
    count = inputs_of_parts(parts)
    if count is None:
        count = next((2 * part.channels * (part.kernel + part.stride) for part in parts if part.kernel), 3)
    rng = Random(0)
    return [rng.uniform(0.1, 0.9) for _ in range(count)]


def outputs_of_parts(parts: list[PortablePart], row: list[float]) -> list[float]:
    """Return what a chain of parts gives for a row, computed on floats."""
    for part in parts:
        if part.kind == "dense":
            row = [_sum_of_unit(unit, row) for unit in part.units]
        elif part.kind == "convolution":
            length = len(row) // part.channels
            starts = range(0, length - part.kernel + 1, part.stride)
            windows = [
                [
                    row[channel * length + start + place]
                    for channel in range(part.channels)
                    for place in range(part.kernel)
                ]
                for start in starts
            ]
            row = [_sum_of_unit(unit, window) for unit in part.units for window in windows]
        if part.activation == SOFTMAX:
            powers = [exp(number - max(row)) for number in row]
            row = [power / sum(powers) for power in powers]
        elif part.activation in OPS:
            row = [OPS[part.activation].f(number) for number in row]
    return row


def _sum_of_unit(unit: Unit, row: list[float]) -> float:
    bias = 0.0 if unit.bias is None else unit.bias.data
    return sum((weight.data * number for weight, number in zip(unit.weights, row)), bias)


def _check_parts(model: Any, parts: list[PortablePart], place: str) -> None:
    row = sample_row(parts)
    outputs = model(row)
    numbers = [each.data for each in (outputs if isinstance(outputs, list) else [outputs]) if isinstance(each, Value)]
    compare(numbers, outputs_of_parts(parts, row), SAME_SUM, place)


def compare(expected: list[float], others: list[float], tolerance: float, place: str) -> None:
    """Raise NetworkError if two rows of outputs are not the same up to a tolerance."""
    if len(expected) == len(others) and all(
        isclose(a, b, rel_tol=tolerance, abs_tol=tolerance) for a, b in zip(expected, others)
    ):
        return
    raise NetworkError(
        f"{place}: the model gives {_first_numbers(expected)} where its parts give {_first_numbers(others)}: a part "
        "computes something else than its structure() says, or than the part of that name in the other library."
    )


def _first_numbers(numbers: list[float]) -> str:
    return ", ".join(f"{number:.6g}" for number in numbers[:4]) + ", ..." * (len(numbers) > 4)

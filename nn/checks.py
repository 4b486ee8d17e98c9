"""What `nn` is given, made ready or refused. A refusal says what was wrong and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from engine import GradwalkError, Value, choose as known_name, constant, unfinished

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")


class NetworkError(GradwalkError, ValueError):
    """A model, a loss or an optimizer that was given something it cannot work with."""


def row(numbers: Any) -> list[Value]:
    """One row of numbers as Values: a number becomes a constant, one that stands alone a row of one.

    Raises NetworkError for rows of rows and what has no order, NumberError (a TypeError) for what is no number.

    >>> [x.data for x in row([1, 2.5])], [x.data for x in row(7)]
    ([1.0, 2.5], [7.0])
    """
    if isinstance(numbers, (dict, set, frozenset)):
        raise NetworkError(f"a row of numbers has an order, and a {type(numbers).__name__} has none: give a list.")
    if getattr(numbers, "ndim", None) == 0:
        numbers = [numbers[()]]  # an array of no dimensions: one number
    if isinstance(numbers, (Value, str)) or not hasattr(numbers, "__iter__"):
        numbers = [numbers]
    numbers = list(numbers)
    if any(hasattr(x, "__iter__") and not isinstance(x, str) for x in numbers):
        raise NetworkError("one row of numbers at a time, please, not a list of rows: [model(row) for row in rows].")
    return [x if isinstance(x, Value) else constant(x) for x in numbers]


def inputs_of(part: str, numbers: Any, count: int) -> list[Value]:
    """A row for a part of a model that takes so many inputs; NetworkError for any other number."""
    x = row(numbers)
    if len(x) != count:
        raise NetworkError(f"{part} takes {plural(count, 'input')}, and the row has {len(x)}.")
    return x


def pairs(loss: str, prediction: Any, target: Any) -> list[tuple[Value, Value]]:
    """Each output with its target, as Values; NetworkError where they do not pair up, never cut short.

    >>> pairs("mse", [1.0, 2.0, 3.0], [1.0, 2.0])
    Traceback (most recent call last):
    nn.checks.NetworkError: mse: 3 predictions for 2 targets: give one target for each output of the last layer.
    """
    outputs, targets = row(prediction), row(target)
    if len(outputs) != len(targets) or not outputs:
        counts = f"{plural(len(outputs), 'prediction')} for {plural(len(targets), 'target')}"
        raise NetworkError(f"{loss}: {counts}: give one target for each output of the last layer.")
    return list(zip(outputs, targets))


def finished_gradients(parameters: Sequence[Value]) -> list[float]:
    """The gradients of parameters; NetworkError where a walk that is not at its end shows half of one.

    >>> from engine import walk
    >>> w = Value(3.0, "w")
    >>> steps = walk(w * w)
    >>> step = steps.goto(3)
    >>> finished_gradients([w])
    Traceback (most recent call last):
    nn.checks.NetworkError: w.grad shows step 3 of 4 of a walk, not a whole pass: run() it, or call backward().
    """
    for parameter in parameters:
        if place := unfinished(parameter):
            gradient = f"{parameter.label}.grad" if parameter.label else "the gradient of a parameter"
            raise NetworkError(f"{gradient} shows {place}, not a whole pass: run() it, or call backward().")
    return [float(parameter.grad) for parameter in parameters]


def plural(number: int, what: str) -> str:
    """A count with its noun: 1 input, 2 inputs."""
    return f"{number} {what}{'s' * (number != 1)}"


def size(number: Any, what: str) -> int:
    """A count of inputs or neurons, at least 1."""
    if isinstance(number, bool) or not hasattr(number, "__index__") or number < 1:
        raise NetworkError(f"{what} must be a whole number, 1 or more, not {number!r}.")
    return int(number)


def choose(table: Mapping[str, T], name: Any, what: str) -> T:
    """Return the entry of a table by its name; NetworkError, with the nearest name, if there is none.

    >>> choose({"relu": 1, "tanh": 2}, "thanh", "activation")
    Traceback (most recent call last):
    nn.checks.NetworkError: there is no activation 'thanh': did you mean 'tanh'?
    """
    return table[known_name(what, name, table, NetworkError, ", or give a function")]

"""What `nn` is given, made ready or refused. A refusal says what was wrong and what to do."""

from __future__ import annotations

from numbers import Real
from operator import index
from typing import TYPE_CHECKING, Any, TypeVar

from engine import GradwalkError, Value, choose as known_name, constant, described, unfinished

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
    if isinstance(numbers, (bytes, bytearray)):
        raise NetworkError("a row is a list of numbers, and this is bytes: write list(row).")
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
    outputs, targets = row(prediction), row(_without_bools(target))
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


def _without_bools(target: Any) -> Any:
    """Return a target with 1 for yes and 0 for no."""
    if isinstance(target, bool) or type(target).__name__ in ("bool", "bool_"):
        return int(target)
    if isinstance(target, (list, tuple)) or getattr(target, "ndim", 0) == 1:
        return [_without_bools(each) for each in target]
    return target


def plural(number: int, what: str) -> str:
    """A count with its noun: 1 input, 2 inputs."""
    return f"{number} {what}{'s' * (number != 1)}"


def size(number: Any, what: str) -> int:
    """Return a count, such as that of inputs or neurons, which is at least 1."""
    count = whole(number)
    if count is None or count < 1:
        raise NetworkError(f"{what} must be a whole number, 1 or more, not {described(number)}.")
    return count


def whole(number: Any) -> int | None:
    """Return a whole number of any type as an int; None for anything else, a bool and a float among it."""
    try:
        return None if isinstance(number, bool) else index(number)
    except TypeError:
        return None


def within(number: Any, low: float, high: float, closed: bool = True) -> bool:
    """Tell whether something is a plain number from `low` up to below `high`; not `closed`: above `low`."""
    if isinstance(number, bool) or not isinstance(number, Real):
        return False
    return low <= float(number) < high if closed else low < float(number) < high


def texts(things: Any, what: str) -> list[str]:
    """Return a list of names, or raise NetworkError; `what` is what they name."""
    listed = list(things) if hasattr(things, "__iter__") and not isinstance(things, (str, bytes, dict)) else [None]
    if not all(isinstance(thing, str) for thing in listed):
        raise NetworkError(f"{what} is a list of names, such as ['width', 'height'], not {described(things)}.")
    return [str(thing) for thing in listed]


def parameter_list(parameters: Any) -> list[Value]:
    """Return the parameters of a model, each once, or raise NetworkError for what cannot be one."""
    if isinstance(parameters, Value) or not hasattr(parameters, "__iter__"):
        raise NetworkError(f"parameters is a list, such as model.parameters(), not {described(parameters)}.")
    listed = list(parameters)
    for parameter in listed:
        if not isinstance(parameter, Value) or parameter.op is not None or not parameter.requires_grad:
            thing = repr(parameter) if isinstance(parameter, Value) else described(parameter)
            raise NetworkError(f"{thing} is not a parameter: a parameter is a leaf that requires a gradient.")
    return list(dict.fromkeys(listed))


def choose(table: Mapping[str, T], name: Any, what: str) -> T:
    """Return the entry of a table by its name; NetworkError, with the nearest name, if there is none.

    >>> choose({"relu": 1, "tanh": 2}, "thanh", "activation")
    Traceback (most recent call last):
    nn.checks.NetworkError: there is no activation 'thanh': did you mean 'tanh'?
    """
    return table[known_name(what, name, table, NetworkError, ", or give a function")]

"""Check arguments of `nn`, and convert them. An error says what is wrong and what to write instead."""

from __future__ import annotations

import sys
from numbers import Real
from operator import index
from typing import TYPE_CHECKING, Any, TypeVar

from engine import GradwalkError, Value, choose as known_name, constant, described, unfinished, unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")
# Names that textbooks and other libraries use, and ours for the same thing.
OTHER_NAMES = {
    **dict.fromkeys(("logistic", "sigm", "logsig"), "sigmoid"),
    **dict.fromkeys(("rectifier", "rectified", "rectified_linear"), "relu"),
    **dict.fromkeys(("identity", "none", "no", "lin"), "linear"),
    **dict.fromkeys(("hyperbolic_tangent", "tansig"), "tanh"),
    "lrelu": "leaky_relu",
    "swish": "silu",
    **dict.fromkeys(("l2", "squared", "squared_error", "mean_squared_error", "least_squares"), "mse"),
    **dict.fromkeys(("l1", "mean_absolute_error", "absolute"), "mae"),
    **dict.fromkeys(("softmax", "ce", "nll", "nll_loss", "log_loss", "categorical", "entropy"), "cross_entropy"),
    **dict.fromkeys(("bce", "binary"), "binary_cross_entropy"),
    **dict.fromkeys(("logits", "bce_with_logits"), "binary_cross_entropy_on_logits"),
    **dict.fromkeys(("gd", "gradient_descent", "descent"), "sgd"),
    **dict.fromkeys(("glorot", "glorot_uniform"), "xavier"),
    **dict.fromkeys(("kaiming", "he_normal"), "he"),
    "acc": "accuracy",
}
MOST = 10**9  # the largest number of neurons, epochs and so on: more would take all memory or days


class NetworkError(GradwalkError, ValueError):
    """Raised for an argument that a model, a loss, an optimizer or a plot cannot work with."""


class UnfitOutput(NetworkError):
    """Raised by a loss for an output that no learning rate makes fit: one that is not a probability, say."""


def loaded_numpy() -> Any:
    """Return NumPy if it is loaded; else None, and nothing can be one of its arrays.

    It is not loaded while another thread is importing it: then it has few of its names.
    """
    numpy = sys.modules.get("numpy")
    return None if getattr(getattr(numpy, "__spec__", None), "_initializing", False) else numpy


def row(numbers: Any) -> list[Value]:
    """Return one row of numbers as Values. A number becomes a constant; a single number is a row of one.

    Raises NetworkError for a list of rows and for things without an order, NumberError (a TypeError) for what is not
    a number.

    >>> [x.data for x in row([1, 2.5])], [x.data for x in row(7)]
    ([1.0, 2.5], [7.0])
    """
    if isinstance(numbers, (bytes, bytearray)):
        raise NetworkError("a row is a list of numbers, and this is bytes: write list(row).")
    if isinstance(numbers, (dict, set, frozenset)):
        raise NetworkError(f"a row of numbers has an order, and {described(numbers)} has none: give a list.")
    if unpacked(numbers):
        raise NetworkError(
            "a model is called on one row of numbers, not on a whole Dataset: predict(model, dataset.X), or "
            "[model(row) for row in dataset.X]."
        )
    if getattr(numbers, "ndim", None) == 0 and not isinstance(numbers, str):
        numbers = [numbers[()]]  # an array of no dimensions: one number
    if isinstance(numbers, (Value, str, type)) or not hasattr(numbers, "__iter__"):
        numbers = [numbers]
    numbers = list(numbers)
    if any(hasattr(x, "__iter__") and not isinstance(x, str) for x in numbers):
        raise NetworkError(
            "a model is called on one row of numbers, not on a list of rows: [model(row) for row in rows]."
        )
    return [x if isinstance(x, Value) else constant(x) for x in numbers]


def inputs_of(part: str, numbers: Any, count: int) -> list[Value]:
    """Return a row as Values; raise NetworkError if it does not have `count` numbers. `part` is what takes them."""
    x = row(numbers)
    if len(x) != count:
        raise NetworkError(f"{part} takes {plural(count, 'input')}, and the row has {len(x)}.")
    return x


def pairs(loss: str, prediction: Any, target: Any) -> list[tuple[Value, Value]]:
    """Return each output with its target, as pairs of Values; raise NetworkError if there are not as many of both.

    >>> pairs("mse", [1.0, 2.0, 3.0], [1.0, 2.0])
    Traceback (most recent call last):
    nn.checks.NetworkError: mse: 3 predictions for 2 targets: give one target for each output of the last layer.
    """
    outputs, targets = row(prediction), row(_without_bools(target))
    if len(outputs) != len(targets) or not outputs:
        counts = f"{plural(len(outputs), 'prediction')} for {plural(len(targets), 'target')}"
        remedy = "give one target for each output of the last layer"
        if len(targets) == 1 < len(outputs) and targets[0].data in range(len(outputs)) and loss != "cross_entropy":
            remedy += f", or, if it is a class from 0 to {len(outputs) - 1}, take the loss 'cross_entropy'"
        raise NetworkError(f"{loss}: {counts}: {remedy}.")
    return list(zip(outputs, targets))


def finished_gradients(parameters: Sequence[Value]) -> list[float]:
    """Return the gradients of parameters; raise NetworkError while an unfinished walk shows only a part of them.

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
    """Return a target with 1 in the place of each True, and 0 in that of each False."""
    if isinstance(target, (list, tuple)) or getattr(target, "ndim", 0) == 1:
        return [int(each) if _is_bool(each) else each for each in target]
    return int(target) if _is_bool(target) else target


def _is_bool(thing: Any) -> bool:
    return isinstance(thing, bool) or type(thing).__name__ in ("bool", "bool_")  # of NumPy


def plural(number: int, what: str) -> str:
    """Return a count with its noun: 1 input, 2 inputs."""
    return f"{number} {what}{'s' * (number != 1)}"


def size(number: Any, what: str, least: int = 1) -> int:
    """Return a count as an int; raise NetworkError unless it is a whole number from `least` to a billion.

    `what` is what is counted, for the error: "inputs" or "epochs", say.
    """
    count = whole(number)
    if count is None or count < least:
        raise NetworkError(f"{what} must be a whole number, {least} or more, not {described(number)}.")
    if count > MOST:
        raise NetworkError(f"{what} is at most {MOST:,}, and this is {described(number)}.")
    return count


def items(things: Any) -> list[Any] | None:
    """Return the items of a list, a tuple, an array or a generator, in order; None for anything else.

    Text and bytes are one item, and a set and a dict have no order, so these give None, too.

    >>> items((1, 2)), items("ab"), items(3)
    ([1, 2], None, None)
    """
    alone = isinstance(things, (str, bytes, bytearray, dict, set, frozenset, Value, type))
    if alone or not hasattr(things, "__iter__") or getattr(things, "ndim", None) == 0:
        return None
    return list(things)


def whole(number: Any) -> int | None:
    """Return a whole number of any type as an int; None for anything else, also for a bool and for a float."""
    try:
        return None if isinstance(number, bool) else index(number)
    except TypeError:
        return None


def within(number: Any, low: float, high: float, closed: bool = True) -> bool:
    """Tell whether something is a plain number x with low <= x < high; with `closed` False, low < x < high."""
    if isinstance(number, bool) or not isinstance(number, Real):
        return False
    try:
        real = float(number)
    except OverflowError:  # of a whole number or a fraction that no float can hold
        return False
    return low <= real < high if closed else low < real < high


def texts(things: Any, what: str, kind: str = "names, such as ['width', 'height']") -> list[str]:
    """Return a list of texts; raise NetworkError for anything else.

    `what` is the argument's name, and `kind` what the texts are, with an example, for the error.
    """
    listed = items(things)
    if listed is None or not all(isinstance(thing, str) for thing in listed):
        raise NetworkError(f"{what} is a list of {kind}, not {described(things)}.")
    return [str(thing) for thing in listed]


def parameter_list(parameters: Any) -> list[Value]:
    """Return the parameters in a list, each once; raise NetworkError if it is empty or holds anything else."""
    listed = items(parameters)
    if listed is None:
        raise NetworkError(f"parameters is a list, such as model.parameters(), not {described(parameters)}.")
    if not listed:
        raise NetworkError("there are no parameters: give the list model.parameters().")
    for parameter in listed:
        if not isinstance(parameter, Value) or parameter.op is not None or not parameter.requires_grad:
            thing = repr(parameter) if isinstance(parameter, Value) else described(parameter)
            raise NetworkError(f"{thing} is not a parameter: a parameter is a leaf that requires a gradient.")
    return list(dict.fromkeys(listed))


def checked_loss(loss: Any) -> Value:
    """Return what a loss function returned; raise NetworkError if that is not a Value."""
    if not isinstance(loss, Value):
        raise NetworkError(f"the loss gave {described(loss)}, not a Value: it must be made of the model's outputs.")
    return loss


def choose(table: Mapping[str, T], name: Any, what: str, more: str = ", or give a function") -> T:
    """Return the entry of a table by its name; raise NetworkError, with the nearest name, if there is none.

    `more` is what else may be given.

    >>> choose({"relu": 1, "tanh": 2}, "thanh", "activation")
    Traceback (most recent call last):
    nn.checks.NetworkError: there is no activation 'thanh': did you mean 'tanh'?
    """
    ours = OTHER_NAMES.get(str(name).lower(), "") if name is None or isinstance(name, str) else ""
    if ours in table and name != ours:
        raise NetworkError(f"there is no {what} {described(name)}: did you mean {ours!r}?")
    return table[known_name(what, name, table, NetworkError, more)]

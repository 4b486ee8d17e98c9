"""The exceptions of Gradwalk and their messages.

Each class is also a subclass of the built-in exception that a Python user expects. A message names the number, the
rule, the node and what to do.
"""

from __future__ import annotations

from math import isfinite, isinf, isnan
from numbers import Real
from typing import TYPE_CHECKING, Any

from .domain import REAL
from .ops import OPERATORS
from .printer import expression, free_letters, spelled

if TYPE_CHECKING:
    from .ops import Op
    from .value import Value


class GradwalkError(Exception):
    """The base class of all exceptions that Gradwalk raises itself.

    >>> from engine import Value
    >>> try:
    ...     Value(-1.0, "p").log()
    ... except GradwalkError as error:
    ...     print(error)
    log(-1.0): p must be positive, at log(p). Keep it above zero, for example p.maximum(1e-12).

    `row` is the number of the row of data at which it was raised, counted from 0; None if it is not about a row.
    """

    row: int | None = None


class DomainError(GradwalkError, ValueError):
    """A number outside the domain of an operation."""


class DivisionError(GradwalkError, ZeroDivisionError):
    """A division by zero, in a value or in a derivative."""


class RangeError(GradwalkError, OverflowError):
    """A result that is too large for a float."""


class NumberError(GradwalkError, TypeError):
    """Something that is not a number, given where a number is needed."""


class ArgumentError(GradwalkError, TypeError):
    """An argument, or an assigned value, of the wrong type or kind."""


class UnknownAttribute(GradwalkError, AttributeError):
    """A name that a Value does not have."""


class FormulaError(GradwalkError, ValueError):
    """A formula that cannot be read, or that holds something that is not allowed in a formula."""


class GradientError(GradwalkError, AssertionError):
    """A derivative that differs from its numeric nudge. `report` holds all checks up to this one."""

    report: Any = None


class DrawError(GradwalkError, RuntimeError):
    """A drawing that cannot be made, or not with these options."""


class MissingExtra(GradwalkError, ImportError):
    """An optional package that is not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs {package}: pip install 'gradwalk[{extra}]'")


def failure(op: Op, error: Exception, *args: Value) -> GradwalkError:
    """Return the error for an operation that has no value at these arguments."""
    if isinstance(error, NumberError):  # a Python function raised it, and its message says more
        return error
    call = op.spell(*(f"({arg.data})" if op.arity > 1 and arg.data < 0 else str(arg.data) for arg in args))
    place = f"at {spelled(op, args)}"
    place += "".join(f", {arg.label} = {expression(arg)}" for arg in dict.fromkeys(args) if arg.label and arg.op)
    if isinstance(error, OverflowError):
        return RangeError(f"{call}: the result is too large for a float, {place}. Make the inputs smaller.")
    kind = DivisionError if isinstance(error, ZeroDivisionError) else DomainError
    limited = (i for i, domain in enumerate(op.domain) if domain is not REAL)
    infinite = (i for i, arg in enumerate(args) if isinf(arg.data))
    at = next(infinite, next(limited, 0))
    arg, letter = args[at], op.letters[at]
    domain = REAL if isinf(arg.data) else op.domain[at]
    if domain is REAL and isfinite(arg.data):  # an operation of the user's without a domain
        return kind(f"{call}: {op.formula} has no value there, {place}. Keep its arguments away from there.")
    problem = f"{_node_name(arg, f'{letter} in ' + op.spell(*op.letters))} must be {domain.must_be}"
    bare = arg.label or arg.op is None or arg.op.name not in OPERATORS
    name = _node_name(arg, letter) if bare else f"({expression(arg)})"
    return kind(f"{call}: {problem}, {place}. {domain.remedy.format(name)}.")


def slope_failure(z: Value, index: int, error: Exception) -> GradwalkError:
    """Return the error for a local derivative that does not exist although the value does: sqrt(x) at 0."""
    if isinstance(error, NumberError):  # a Python function raised it, and its message says more
        return error
    letters, arg = free_letters([*(arg.label for arg in z.args), z.label], z.op.letters), z.args[index]
    *arguments, result = letters
    letter, partial = letters[index], z.op.substitute(z.op.partials[index], *arguments, z=result)
    kinds: dict[type, type[GradwalkError]] = {ZeroDivisionError: DivisionError, OverflowError: RangeError}
    node = f"{z.label} = {expression(z)}" if z.label else expression(z)
    rule = f"the slope of {z.op.spell(*arguments)} by {letter}, {partial}"
    at = ", ".join(f"{name} = {value}" for name, value in zip(letters, [*(arg.data for arg in z.args), z.data]))
    remedy = f"Keep away from there or, if {_node_name(arg, letter)} need not learn, make it a plain number"
    return kinds.get(type(error), DomainError)(f"{node}: {rule}, has no finite value at {at}. {remedy}.")


def gradient_failure(node: Value, sum_or_product: str, result: float) -> GradwalkError:
    """Return the error for a gradient that is not finite; `sum_or_product` is the text of its last computation."""
    name = _node_name(node, "a leaf")
    if isnan(result):
        return DomainError(f"the gradient of {name} would be {sum_or_product}, which has no value. {REAL.remedy}.")
    return RangeError(
        f"the gradient of {name} would be {sum_or_product}, too large for a float. Scale the root down."
    )


def not_assignable(node: Value, slot: str, given: Any, error: GradwalkError) -> NumberError:
    """Return the error for an assignment to a node's data or gradient; `error` is the one that `real` raised."""
    place = f"{node.label or 'v'}.{slot}"
    if type(given).__name__ != "Value":
        return NumberError(f"{place} needs a plain number: {error}")
    update = f"write {place} -= 0.1 * {node.label or 'v'}.grad, for example, or " if slot == "data" else ""
    return NumberError(f"{place} needs a plain number, and this is a Value: {update}put .data behind the Value.")


def made_once(node: Value, slot: str) -> ArgumentError:
    """Return the error for an assignment to a node's operation or arguments, which cannot change."""
    name = node.label or "v"
    return ArgumentError(f"{name}.{slot} says how {name} was made, and stays: for another node write c = a * b.")


def not_text(rule: str, given: Any) -> ArgumentError:
    """Return the error for a label that is not text; it says what was given instead."""
    if isinstance(given, (tuple, list, set)):
        remedy = "A node gets its arguments from the operation that makes it, such as a * b"
    elif given is None:
        remedy = "Write '' for no label"
    else:
        remedy = f"Write {str(given)[:40]!r}"
    return ArgumentError(f"{rule}, and this is of type {type(given).__name__}. {remedy}.")


def _node_name(node: Value, otherwise: str) -> str:
    """Return a node's label, else the expression that made it, else `otherwise`, its name in the rule."""
    return node.label or (expression(node) if node.op else otherwise)


def real(data: Any) -> float:
    """Return a real number of any type as a float.

    Raises NumberError for anything else, DomainError for NaN, RangeError for an integer too large for a float.

    >>> from fractions import Fraction
    >>> real(Fraction(1, 2)), real(3)
    (0.5, 3.0)
    """
    if type(data) is float and data == data:
        return data
    if isinstance(data, bool) or not isinstance(data, Real):
        raise not_a_number(data)
    try:
        number = float(data)
    except OverflowError:
        raise RangeError("an integer of over 308 digits is too large for a float.") from None
    if number != number:
        raise not_a_number(number)
    return number


def not_a_number(thing: Any) -> GradwalkError:
    """Return the error for something that is not a real number, given where one is needed."""
    kind = type(thing).__name__
    if isinstance(thing, float):
        return DomainError(
            "nan is not a number to start from: look for the step that made it, or a hole in the data."
        )
    if kind in ("bool", "bool_"):
        return NumberError(f"{thing} is a bool, and a number is needed: write {float(thing)}.")
    if isinstance(thing, str):
        return NumberError(f"{thing[:40]!r} is text, and a number is needed: float('3.5') makes one of text.")
    if isinstance(thing, complex):
        return NumberError(f"{thing} is complex, and a Value holds one real number.")
    if thing is None:
        return NumberError("None is not a number: does a function end without a return?")
    if kind == "Value":
        return NumberError("this is a Value already: use it as it is, or its number, .data.")
    if getattr(thing, "ndim", None) == 0:
        return NumberError(f"a Value holds a plain number, and this is of type {kind}: write .item() behind it.")
    if hasattr(thing, "__len__") or hasattr(thing, "__iter__"):
        remedy = "make a Value of each element, [Value(x) for x in ...]"
        return NumberError(f"a Value holds one number, and this is a whole {kind}: {remedy}.")
    if callable(thing):
        return NumberError(
            f"{getattr(thing, '__name__', kind)} is a function, and a number is needed: call it, with ()."
        )
    return NumberError(f"a Value holds one real number, and this is of type {kind}: try float(...) on it.")

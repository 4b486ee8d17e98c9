"""The exceptions of Gradwalk and their messages.

Each class is also a subclass of the built-in exception that a Python user expects. A message names the number, the
rule, the node and what to do.
"""

from __future__ import annotations

from math import isfinite, isnan
from numbers import Real
from typing import TYPE_CHECKING, Any

from .domain import REAL
from .ops import OPERATORS
from .printer import expression, format_number, free_letters, spelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        from .installed import install_command

        super().__init__(f"{purpose} needs {package}: {install_command(extra)}")


# A sentence whose numbers are still missing: texts, and (which number, whether a negative one goes in parentheses).
Sentence = list[Any]


def failure(op: Op, error: Exception, *args: Value) -> GradwalkError:
    """Return the error for an operation that has no value at these arguments."""
    if isinstance(error, NumberError):  # a Python function raised it, and its message says more
        return error
    numbers = [arg.data for arg in args]
    if isinstance(error, OverflowError):
        return RangeError(written(too_large(op, args), numbers))
    kind = DivisionError if isinstance(error, ZeroDivisionError) else DomainError
    infinite = next((index for index, number in enumerate(numbers) if not isfinite(number)), None)
    return kind(written(undefined(op, args, infinite), numbers))


def written(sentence: Sentence, numbers: Sequence[float]) -> str:
    """Return a sentence with its numbers.

    >>> written(["log(", (0, False), ")"], [-1.0]), written(["2.0 * ", (0, True)], [-1.0])
    ('log(-1.0)', '2.0 * (-1.0)')
    """
    texts = []
    for part in sentence:
        if isinstance(part, str):
            texts.append(part)
        else:
            index, grouped = part
            number = numbers[index]
            texts.append(f"({number})" if grouped and number < 0 else str(number))
    return "".join(texts)


def too_large(op: Op, args: Sequence[Value], named: Mapping[Value, str] | None = None) -> Sentence:
    """Say that a result is too large for a float; `named` is what to call leaves without a label."""
    place = _place(op, args, named)
    return [*_call(op), f": the result is too large for a float, {place}. Make the inputs smaller."]


def undefined(
    op: Op, args: Sequence[Value], infinite: int | None = None, named: Mapping[Value, str] | None = None
) -> Sentence:
    """Say where an operation has no value; `infinite` is the index of the first number that is not finite, if any."""
    limited = (index for index, domain in enumerate(op.domain) if domain is not REAL)
    at = next(limited, 0) if infinite is None else infinite
    arg, letter = args[at], op.letters[at]
    domain = op.domain[at] if infinite is None else REAL
    place = _place(op, args, named)
    if domain is REAL and infinite is None:  # an operation of the user's without a domain
        return [*_call(op), f": {op.formula} has no value there, {place}. Keep its arguments away from there."]
    problem = f"{_node_name(arg, f'{letter} in ' + op.spell(*op.letters), named)} must be {domain.must_be}"
    bare = _name(arg, named) or arg.op is None or arg.op.name not in OPERATORS
    name = _node_name(arg, letter, named) if bare else f"({expression(arg, named)})"
    return [*_call(op), f": {problem}, {place}. {domain.remedy.format(name)}."]


def _call(op: Op) -> Sentence:
    """An operation on numbers that are still missing."""
    marked = op.spell(*(f"\0{index}\0" for index in range(op.arity)))
    parts = marked.split("\0")
    return [(int(part), op.arity > 1) if index % 2 else part for index, part in enumerate(parts)]


def _place(op: Op, args: Sequence[Value], named: Mapping[Value, str] | None) -> str:
    """Where an operation stands, and how its labeled arguments were made."""
    made = (f", {arg.label} = {expression(arg, named)}" for arg in dict.fromkeys(args) if arg.label and arg.op)
    return f"at {spelled(op, args, named)}{''.join(made)}"


def slope_failure(z: Value, index: int, error: Exception) -> GradwalkError:
    """Return the error for a local derivative that does not exist although the value does: sqrt(x) at 0."""
    if isinstance(error, NumberError):  # a Python function raised it, and its message says more
        return error
    kinds: dict[type, type[GradwalkError]] = {ZeroDivisionError: DivisionError, OverflowError: RangeError}
    kind = kinds.get(type(error), DomainError)
    return kind(written(no_slope(z, index), [*(arg.data for arg in z.args), z.data]))


def no_slope(z: Value, index: int, named: Mapping[Value, str] | None = None) -> Sentence:
    """Say that a local derivative has no finite value; the numbers are those of the arguments and of the result."""
    letters = free_letters([*(_name(arg, named) for arg in z.args), z.label], z.op.letters)
    *arguments, result = letters
    letter, partial = letters[index], z.op.substitute(z.op.partials[index], *arguments, z=result)
    node = f"{z.label} = {expression(z, named)}" if z.label else expression(z, named)
    rule = f"the slope of {z.op.spell(*arguments)} by {letter}, {partial}"
    sentence: Sentence = [f"{node}: {rule}, has no finite value at "]
    for at, name in enumerate(letters):
        sentence += [f"{', ' * (at > 0)}{name} = ", (at, False)]
    learner = _node_name(z.args[index], letter, named)
    return [*sentence, f". Keep away from there or, if {learner} need not learn, make it a plain number."]


NO_VALUE = f"which has no value. {REAL.remedy}."  # how a sentence on a gradient ends
TOO_LARGE = "too large for a float. Scale the root down."


def gradient_failure(node: Value, sum_or_product: str, result: float) -> GradwalkError:
    """Return the error for a gradient that is not finite; `sum_or_product` is the text of its last computation."""
    kind, end = (DomainError, NO_VALUE) if isnan(result) else (RangeError, TOO_LARGE)
    return kind(f"the gradient of {called(node)} would be {sum_or_product}, {end}")


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


def called(node: Value, named: Mapping[Value, str] | None = None) -> str:
    """A node's label, else how it was made, else what a sentence on gradients calls it."""
    return _node_name(node, "a leaf", named)


def _node_name(node: Value, otherwise: str, named: Mapping[Value, str] | None = None) -> str:
    """A node's label, else how it was made, else what it is called in the rule."""
    return _name(node, named) or (expression(node, named) if node.op else otherwise)


def _name(node: Value, named: Mapping[Value, str] | None) -> str:
    """A node's name, else its label."""
    return (named or {}).get(node) or node.label


def changed_since(leaves: str, node: str, held: float, now: float) -> str:
    """Return a sentence about leaves that got other numbers after a node was computed from them, or the node did."""
    before, after = format_number(held), format_number(now)
    if before == after:
        before, after = repr(held), repr(now)
    return f"{leaves} changed since the forward pass, or {node} did: it holds {before}, and would now be {after}."


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

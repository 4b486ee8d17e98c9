"""What can go wrong, and how it is said.

Each kind is also the built-in kind that a Python user expects. A message names the number, the rule, the
node and what to do.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from .names import expression, name_of, number, spelled
from .ops import REAL

if TYPE_CHECKING:
    from .ops import Op
    from .value import Value


class GradwalkError(Exception):
    """Every error that the project raises on purpose.

    >>> from engine import Value
    >>> try:
    ...     Value(-1.0, "p").log()
    ... except GradwalkError as error:
    ...     print(error)
    log(-1.0): x must be positive, at log(p). Keep it above zero, for example p + 1e-12.
    """


class DomainError(GradwalkError, ValueError):
    """A number outside of what an operation is defined for."""


class DivisionError(GradwalkError, ZeroDivisionError):
    """A division by zero, in a value or in a derivative."""


class RangeError(GradwalkError, OverflowError):
    """A result that is too large for a float."""


class NumberError(GradwalkError, TypeError):
    """Something that is not a number where a number is meant."""


class FormulaError(GradwalkError, ValueError):
    """A formula that is not one, or that says more than a formula may."""


class GradientError(GradwalkError, AssertionError):
    """A derivative that a numeric nudge contradicts; `report` holds every check up to it."""

    report: Any = None


class DrawError(GradwalkError, RuntimeError):
    """A drawing that cannot be made, or not as asked."""


class MissingExtra(GradwalkError, ImportError):
    """An optional package that is not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs {package}: pip install 'gradwalk[{extra}]'")


def failure(op: Op, error: Exception, *args: Value) -> GradwalkError:
    """An operation that has no value at these arguments."""
    call = op.spell(*(f"({arg.data})" if op.arity == 2 and arg.data < 0 else str(arg.data) for arg in args))
    place = f"at {spelled(op, args)}" + "".join(f", {arg.label} = {expression(arg)}" for arg in args if arg.label and arg.op)
    if isinstance(error, OverflowError):
        return RangeError(f"{call}: the result is too large for a float, {place}. Make the inputs smaller.")
    at = next((i for i, domain in enumerate(op.domain) if domain is not REAL), 0)
    domain, name = op.domain[at], name_of(args[at])
    problem = f"{'xy'[at]} must be {domain.must_be}"
    if domain is REAL and isfinite(args[at].data):
        problem = f"{op.formula} has no value there"  # a defined operation that names no domain
    remedy = domain.remedy.format(f"({name})" if name.startswith("-") else name)
    kind = DivisionError if isinstance(error, ZeroDivisionError) else DomainError
    return kind(f"{call}: {problem}, {place}. {remedy}.")


def slope_failure(z: Value) -> GradwalkError:
    """A local derivative that does not exist where the value does, such as that of sqrt(x) at 0."""
    numbers = [arg.data for arg in z.args]
    for arg, slope, partial, letter in zip(z.args, z.op.slopes, z.op.partials, "xy"):
        try:
            slope(*numbers, z=z.data)
        except (ArithmeticError, ValueError) as error:
            at = ", ".join(f"{name} = {number(value)}" for name, value in zip("xy", numbers))
            kind = {ZeroDivisionError: DivisionError, OverflowError: RangeError}.get(type(error), DomainError)
            node = f"{z.label} = {expression(z)}" if z.label else expression(z)
            return kind(
                f"d({z.op.spell('x', 'y')})/d{letter} = {partial} is not finite at {at}, z = {number(z.data)}, at {node}. "
                f"Move {name_of(arg)} away from there, or make it a plain number."
            )
    return GradwalkError(f"no slope of {z.op.name} fails")  # pragma: no cover


def not_a_number(thing: Any) -> GradwalkError:
    """Something that is not a finite or infinite real number, where one is meant."""
    kind = type(thing).__name__
    if isinstance(thing, float):
        return DomainError("nan is not a number to start from: look for the step that made it, or for a hole in the data.")
    if isinstance(thing, bool) or kind == "bool_":
        return NumberError(f"{thing} is a bool, and a number is meant: write {float(thing)}.")
    if isinstance(thing, str):
        return NumberError(f"{thing[:40]!r} is text, and a number is meant: float('3.5') makes one of text.")
    if isinstance(thing, complex):
        return NumberError(f"{thing} is complex, and a Value holds one real number.")
    if thing is None:
        return NumberError("None is not a number: does a function end without a return?")
    if hasattr(thing, "__len__") or hasattr(thing, "__iter__"):
        return NumberError(f"a Value holds one number, not a {kind}: make a Value of each element, [Value(x) for x in ...].")
    return NumberError(f"a Value holds one real number, not a {kind}.")

"""Refuse what is not a Value, with the name of the argument that it was given for."""

from __future__ import annotations

from typing import Any

from .arguments import described, public
from .errors import ArgumentError, GradwalkError
from .value import Value


@public
def check_node(thing: Any, place: str) -> Value:
    """Return a Value as it is, or raise ArgumentError; `place` names the function and argument: "grad(): output"."""
    if isinstance(thing, Value):
        return thing
    listed = isinstance(thing, (list, tuple)) and any(isinstance(each, Value) for each in thing)
    remedy = ". Give one of its Values" if listed else ""
    raise ArgumentError(f"{place} is a Value, such as the result of a calculation, not {described(thing)}{remedy}.")


@public
def check_nodes(things: Any, place: str) -> list[Value]:
    """Return the Values of a list, or one Value as a list, or raise ArgumentError; `place` names the argument."""
    if isinstance(things, Value):
        return [things]
    if isinstance(things, (set, frozenset)):
        raise ArgumentError(f"{place} is a list of Values, not a set, which keeps no order.")
    try:
        listed = None if isinstance(things, (str, bytes)) else [*things]
    except TypeError:  # a NumPy array without dimensions has __iter__ and still raises
        listed = None
    if listed is None:
        raise ArgumentError(f"{place} is a Value or a list of Values, not {described(things)}.")
    if set(map(type, listed)) == {Value}:  # fast, for lists that hold Values only
        return listed
    for position, thing in enumerate(listed):
        if not isinstance(thing, Value):
            raise ArgumentError(f"{place} is a list of Values, and its entry {position} is {described(thing)}.")
    return listed


@public
def in_row(error: GradwalkError, row: int) -> GradwalkError:
    """Return an error with the number of the row at which it was raised, in place of the one that it says.

    >>> from engine.errors import DomainError
    >>> print(in_row(in_row(DomainError("log(0.0): x must be positive."), 3), 17))
    row 17: log(0.0): x must be positive.
    """
    sentence = str(error) if error.row is None else str(error).removeprefix(f"row {error.row}: ")
    error.args, error.row = (f"row {row}: {sentence}",), row
    return error

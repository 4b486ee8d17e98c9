"""What functions are given in place of Values, refused with the name of the argument."""

from __future__ import annotations

from typing import Any

from .arguments import described, public
from .errors import ArgumentError
from .value import Value


@public
def check_node(thing: Any, place: str) -> Value:
    """Return a Value that was given, or raise ArgumentError; `place` is where it was due: "grad(): output"."""
    if isinstance(thing, Value):
        return thing
    listed = isinstance(thing, (list, tuple)) and any(isinstance(each, Value) for each in thing)
    remedy = ". Give one of its Values" if listed else ""
    raise ArgumentError(f"{place} is a Value, such as the result of a calculation, not {described(thing)}{remedy}.")


@public
def check_nodes(things: Any, place: str) -> list[Value]:
    """Return the Values of a list, or of one Value, or raise ArgumentError; `place` says where they were due."""
    if isinstance(things, Value):
        return [things]
    if isinstance(things, (set, frozenset)):
        raise ArgumentError(f"{place} is a list of Values, not a set, which keeps no order.")
    try:
        listed = None if isinstance(things, (str, bytes)) else [*things]
    except TypeError:  # what has __iter__ may refuse it, as an array without a dimension does
        listed = None
    if listed is None:
        raise ArgumentError(f"{place} is a Value or a list of Values, not {described(things)}.")
    if set(map(type, listed)) == {Value}:  # the fast way to find that all is well
        return listed
    for position, thing in enumerate(listed):
        if not isinstance(thing, Value):
            raise ArgumentError(f"{place} is a list of Values, and its entry {position} is {described(thing)}.")
    return listed

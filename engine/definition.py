"""Define new operations by their formulas."""

from __future__ import annotations

import ast
import builtins
import keyword
import sys
from typing import TYPE_CHECKING, Any

from .arguments import described, public
from .domain import REAL, Domain
from .errors import FormulaError, real
from .ops import ALIASES, OPS, Op
from .parser import parse
from .refusals import NAMES
from .rules import FLOATS, source
from .value import Value, install

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BUILT_IN = frozenset([*OPS, *ALIASES])
# The names that generated code is written in: an operation of such a name would replace it.
RESERVED = {getattr(node, "id", getattr(node, "name", "")) for node in ast.walk(ast.parse(source(OPS["div"])))}


@public
def define(
    name: str,
    formula: str,
    partials: Sequence[str],
    symbol: str = "",
    domain: Sequence[Domain | tuple[float, float]] = (),
    kinks: Sequence[float] = (),
    doc: str = "",
) -> Callable[..., Any]:
    """Add an operation: it computes, differentiates, walks, draws and is checked like any other.

    `formula` gives z from x (and y); `partials` gives dz/dx (and dz/dy) from x, y and z. Both may hold
    numbers, + - * / **, comparisons times a number, such as (x > 0) * 1.0, and the operations of the
    table by name. `domain` gives each argument's interval (low, high) where checks sample it. Returns the
    operation as a function; it is also a method of every Value. A name defined before is defined anew, for
    what is made from then on: operations that already call it keep the one that they were defined with.

    Raises FormulaError (a ValueError) for anything else.

    >>> softplus2 = define("softplus2", "log(1 + exp(2 * x)) / 2", ("sigmoid(2 * x)",))
    >>> x = Value(0.0)
    >>> softplus2(x).backward()
    >>> x.grad
    0.5
    """
    if not isinstance(name, str) or not (name.isidentifier() and name.isascii()) or name.startswith("_"):
        raise FormulaError(f"{name!r} cannot name an operation: use letters, digits and _, such as 'softplus2'.")
    taken = name in BUILT_IN or name in RESERVED or hasattr(builtins, name) or keyword.iskeyword(name)
    if taken or (hasattr(Value, name) and name not in OPS and name not in NAMES):
        raise FormulaError(
            f"{name!r} is taken: it already means something to Python or to a Value. Choose another name."
        )
    partials = (partials,) if isinstance(partials, str) else partials
    for word, things in ("partials", partials), ("domain", domain), ("kinks", kinks):
        if not isinstance(things, (list, tuple)):
            raise FormulaError(f"{word} is a list, not {described(things)}.")
    for word, text in ("symbol", symbol), ("doc", doc):
        if not isinstance(text, str):
            raise FormulaError(f"{word} is text, not {described(text)}.")
    partials = tuple(partials)
    if len(partials) not in (1, 2):
        raise FormulaError(
            f"{name} has {len(partials)} partials: give one for each argument, dz/dx or dz/dx and dz/dy."
        )
    arguments = "xy"[: len(partials)]
    functions = set(FLOATS) - {name}
    values = {each for each in functions if each not in OPS or not OPS[each].detached}  # partials say what passes
    limits = tuple(map(_domain, domain)) or (REAL,) * len(partials)
    if len(limits) != len(partials):
        raise FormulaError(f"{name} has {len(partials)} arguments but {len(limits)} domains: give one for each.")
    try:
        rule = ast.unparse(parse(formula, values, arguments))
        slopes = tuple(ast.unparse(parse(partial, functions, arguments + "z")) for partial in partials)
        row = Op(name, symbol or name, rule, slopes, limits, tuple(map(real, kinks)), doc or f"z = {formula}")
        function = install(row)
    except (RecursionError, SyntaxError):
        raise FormulaError(f"{name} is nested too deeply: define its parts as operations first.") from None
    OPS[name] = row
    return function


def _domain(where: Any) -> Domain:
    """Return the domain of an interval (low, high)."""
    if isinstance(where, Domain):
        return where
    try:
        low, high = map(float, where)
    except (TypeError, ValueError):
        raise FormulaError(
            f"a domain is an interval for each argument, such as [(0.1, 5.0)], not {where!r}."
        ) from None
    if not -sys.float_info.max <= low < high <= sys.float_info.max:
        raise FormulaError(f"a domain is an interval from low to high, both finite, not ({low}, {high}).")
    return Domain(f"between {low} and {high}", "Choose {} in there", low, high)

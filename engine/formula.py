"""Formulas that a person writes, and new operations made of them.

A formula is parsed and checked against a short list of what it may say; it is never trusted.
"""

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
from .refusals import NAMES
from .rules import FLOATS, source
from .value import Value, install

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UAdd, ast.USub)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
LONGEST = 1_000  # characters
BUILT_IN = frozenset([*OPS, *ALIASES])
# What generated code itself is written in: an operation of that name would replace it.
WORDS = {getattr(node, "id", getattr(node, "name", "")) for node in ast.walk(ast.parse(source(OPS["div"])))}


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
    taken = name in BUILT_IN or name in WORDS or hasattr(builtins, name) or keyword.iskeyword(name)
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
        rule = checked(formula, arguments, values)
        slopes = tuple(checked(partial, arguments + "z", functions) for partial in partials)
        row = Op(name, symbol or name, rule, slopes, limits, tuple(map(real, kinks)), doc or f"z = {formula}")
        function = install(row)
    except (RecursionError, SyntaxError):
        raise FormulaError(f"{name} is nested too deeply: define its parts as operations first.") from None
    OPS[name] = row
    return function


def _domain(where: Any) -> Domain:
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


def checked(formula: str, variables: Collection[str], functions: Collection[str]) -> str:
    """A formula in its plain spelling, every number a float; FormulaError if it says more than it may.

    >>> checked("2*x+max(x, 0)", "x", ["max"])
    '2.0 * x + max(x, 0.0)'
    """
    tree = parsed(formula)
    called, factors = set(), set()  # factors: the comparisons that a number multiplies; alone they would be bools
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and isinstance(node.right, ast.Constant):
            factors.add(node.left)
        elif isinstance(node, ast.Call):
            called.add(node.func)
        if isinstance(node, ast.Compare) and node not in factors:
            raise FormulaError(f"in {formula!r}: multiply each comparison by a number at once: ((x > 0) * 1.0).")
        if isinstance(node, ast.Name) and node.id in functions and node not in called:
            raise FormulaError(f"in {formula!r}: {node.id} is an operation: write {node.id}(...).")
        _check(node, formula, variables, functions)
        if isinstance(node, ast.Constant):
            node.value = float(node.value)  # type: ignore[arg-type]
    return ast.unparse(tree)


def parsed(formula: str) -> ast.expr:
    """The syntax tree of one expression."""
    if not isinstance(formula, str):
        raise FormulaError(f"a formula is text, such as 'x * y', not {formula!r}.")
    if len(formula) > LONGEST:
        raise FormulaError(f"a formula has at most {LONGEST} characters; this one has {len(formula)}.")
    try:
        return ast.parse(formula.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(
            f"{formula!r} is not a formula: {getattr(error, 'msg', 'it is nested too deeply')}."
        ) from None


def _check(node: ast.AST, formula: str, variables: Collection[str], functions: Collection[str]) -> None:
    def refuse(problem: str) -> FormulaError:
        return FormulaError(f"in {formula!r}: {problem}.")

    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise refuse(f"{node.value!r} is not a number")
        if node.value > sys.float_info.max:
            raise refuse("a number is too large for a float")
    elif isinstance(node, ast.Name):
        if node.id not in variables and node.id not in functions:
            raise refuse(
                f"{node.id} is not known; there are {', '.join(sorted(variables))} and the functions of the table"
            )
    elif isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.func.id not in functions or node.keywords:
            raise refuse(f"{ast.unparse(node.func)}() may not be called; python -m engine.ops lists what may")
        arity = 2 if node.func.id in ALIASES else OPS[node.func.id].arity
        if len(node.args) != arity:
            raise refuse(f"{node.func.id} takes {arity} argument{'s' * (arity > 1)}, not {len(node.args)}")
    elif isinstance(node, ast.Compare):
        if len(node.ops) > 1 or not isinstance(node.ops[0], COMPARISONS):
            raise refuse("compare two things, with < <= > or >=")
    elif not isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Load, *ARITHMETIC, *COMPARISONS)):
        hint = "; a power is written **" if isinstance(node, ast.BitXor) else ""
        raise refuse(f"a formula has numbers, names, + - * / ** and calls, not {type(node).__name__.lower()}{hint}")

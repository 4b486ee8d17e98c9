"""Formulas that a person writes, and new operations made of them.

A formula is parsed and checked against a short list of what it may say; it is never trusted.
"""

from __future__ import annotations

import ast
import keyword
from typing import TYPE_CHECKING, Any

from .errors import FormulaError
from .ops import ALIASES, OPS, REAL, Domain, Op
from .rules import FLOATS
from .value import Value, install

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UAdd, ast.USub)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
LONGEST = 1_000  # characters
BUILT_IN = frozenset(OPS)


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
    operation as a function; it is also a method of every Value. A name defined before is defined anew.

    Raises FormulaError (a ValueError) for anything else.

    >>> softplus2 = define("softplus2", "log(1 + exp(2 * x)) / 2", ("sigmoid(2 * x)",))
    >>> x = Value(0.0)
    >>> softplus2(x).backward()
    >>> x.grad
    0.5
    """
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise FormulaError(f"{name!r} cannot name an operation: use letters, digits and _, such as 'softplus2'.")
    taken = name in BUILT_IN or name in ALIASES or name in "xyz" or (hasattr(Value, name) and name not in OPS)
    if taken:
        raise FormulaError(f"{name!r} is taken: it already means something to a Value. Choose another name.")
    partials = (partials,) if isinstance(partials, str) else tuple(partials)
    if len(partials) not in (1, 2):
        raise FormulaError(f"{name} has {len(partials)} partials: give one for each argument, dz/dx or dz/dx and dz/dy.")
    arguments = "xy"[: len(partials)]
    functions = set(FLOATS) - {name}
    known = [function for function in functions if function in OPS or function in ALIASES]
    row = Op(
        name,
        symbol or name,
        checked(formula, arguments, functions),
        tuple(checked(partial, arguments + "z", known) for partial in partials),
        tuple(map(_domain, domain)) or (REAL,) * len(partials),
        tuple(kinks),
        doc or f"z = {formula}",
    )
    if len(row.domain) != row.arity:
        raise FormulaError(f"{name} has {row.arity} arguments but {len(row.domain)} domains: give one for each.")
    function = install(row)
    OPS[name] = row
    return function


def _domain(where: Domain | tuple[float, float]) -> Domain:
    if isinstance(where, Domain):
        return where
    low, high = map(float, where)
    return Domain(f"between {low} and {high}", "Choose {} in there", low, high)


def checked(formula: str, variables: Collection[str], functions: Collection[str]) -> str:
    """A formula in its plain spelling, every number a float; FormulaError if it says more than it may.

    >>> checked("2*x+max(x, 0)", "x", ["max"])
    '2.0 * x + max(x, 0.0)'
    """
    tree = parsed(formula)
    factors = set()  # the comparisons that a number multiplies: alone they would be bools
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and isinstance(node.right, ast.Constant):
            factors.add(node.left)
        if isinstance(node, ast.Compare) and node not in factors:
            raise FormulaError(f"in {formula!r}: multiply a comparison by a number, as in (x > 0) * 1.0.")
        _check(node, formula, variables, functions)
        if isinstance(node, ast.Constant):
            node.value = float(node.value)
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
        raise FormulaError(f"{formula!r} is not a formula: {getattr(error, 'msg', 'it is nested too deeply')}.") from None


def _check(node: ast.AST, formula: str, variables: Collection[str], functions: Collection[str]) -> None:
    def refuse(problem: str) -> FormulaError:
        return FormulaError(f"in {formula!r}: {problem}.")

    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise refuse(f"{node.value!r} is not a number")
    elif isinstance(node, ast.Name):
        if node.id not in variables and node.id not in functions:
            raise refuse(f"{node.id} is not known; there are {', '.join(sorted(variables))} and the functions of the table")
    elif isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.func.id not in functions or node.keywords:
            raise refuse(f"{ast.unparse(node.func)}() may not be called; python -m engine.ops lists what may")
        arity = 2 if node.func.id in ALIASES else OPS[node.func.id].arity
        if len(node.args) != arity or any(isinstance(arg, ast.Starred) for arg in node.args):
            raise refuse(f"{node.func.id} takes {arity} argument{'s' * (arity > 1)}, not {len(node.args)}")
    elif isinstance(node, ast.Compare):
        if len(node.ops) > 1 or not isinstance(node.ops[0], COMPARISONS):
            raise refuse("compare two things, with < <= > or >=")
    elif not isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Load, *ARITHMETIC, *COMPARISONS)):
        raise refuse(f"a formula has numbers, names, + - * / ** and calls, not {type(node).__name__.lower()}")

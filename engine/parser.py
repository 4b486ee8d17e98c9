"""Read a formula: check its text, and return its syntax tree. A formula is never run as Python.

Formulas of `define` and expressions of the command line are both read here.
"""

from __future__ import annotations

import ast
import operator
import sys
from typing import TYPE_CHECKING, Any

from .arguments import nearest
from .errors import FormulaError
from .ops import ALIASES, OPS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

LONGEST_FORMULA = 1_000  # characters
DEEPEST_FORMULA = 200  # operations inside each other
BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}  # fmt: skip
COMPARISONS: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
ALLOWED = (ast.BinOp, ast.UnaryOp, ast.UAdd, ast.USub, ast.Load, *BINARY, *COMPARISONS)


def parse(text: str, functions: Collection[str], variables: Collection[str] | None = None) -> ast.expr:
    """Return the checked syntax tree of a formula, with every number a float.

    `functions` are the operations that it may call. `variables` are the names that it may read; by default,
    every name that is not an operation.

    Raises FormulaError, with what to write instead, if the formula says anything else.

    >>> ast.unparse(parse("2*x+max(x, 0)", ["max"]))
    '2.0 * x + max(x, 0.0)'
    """
    tree = _syntax(text)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    # A comparison is a bool until a number multiplies it.
    multiplied: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            if isinstance(node.right, ast.Constant):
                multiplied.add(node.left)
            elif node in multiplied and isinstance(node.left, ast.Compare):  # (low <= x) * (x <= high) * 1.0
                multiplied |= {node.left, node.right}
    for node in ast.walk(tree):
        problem = _problem(node, functions, variables)
        if isinstance(node, ast.Compare) and node not in multiplied:
            problem = problem or "multiply each comparison by a number at once: ((x > 0) * 1.0)"
        if isinstance(node, ast.Name) and node.id in functions and node not in called:
            problem = f"{node.id} is an operation: write {node.id}(...)"
            problem += ", or rename yours" if variables is None else ""
        if problem:
            raise FormulaError(f"in {text!r}: {problem}.")
        if isinstance(node, ast.Constant):
            node.value = float(node.value)  # type: ignore[arg-type]
    return tree


def variables_of(tree: ast.expr) -> list[str]:
    """Return the names that a checked formula reads, in reading order.

    >>> variables_of(parse("tanh(b) + a * b", ["tanh"]))
    ['b', 'a']
    """
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    read = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called]
    return list(dict.fromkeys(node.id for node in sorted(read, key=lambda node: (node.lineno, node.col_offset))))


def parse_name(text: str, functions: Collection[str]) -> str:
    """Return the name of a variable as Python reads it, which makes one µ of the two.

    Raises FormulaError if the text is not a name, or the name of an operation.
    """
    tree = _syntax(text) if text.strip().isidentifier() else None
    if not isinstance(tree, ast.Name):
        raise FormulaError(f"{text.strip()!r} cannot name a value: use letters, digits and _, a letter first.")
    if tree.id in functions:
        raise FormulaError(f"{text.strip()!r} cannot name a value: it is an operation.")
    return tree.id


def _syntax(text: str) -> ast.expr:
    """Return the syntax tree of one expression, not checked."""
    if not isinstance(text, str):
        raise FormulaError(f"a formula is text, such as 'x * y', not {text!r}.")
    if len(text) > LONGEST_FORMULA:
        raise FormulaError(
            f"a formula has at most {LONGEST_FORMULA:,} characters; this one has {len(text):,}: split it into parts."
        )
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", "it is nested too deeply")
        raise FormulaError(f"{text!r} is not a formula: {reason}. Write it as in 2*a + b/c.") from None
    if sum(1 for _ in _levels(tree)) > DEEPEST_FORMULA:
        raise FormulaError(f"{text[:20]!r}... is nested more than {DEEPEST_FORMULA} deep: split it into parts.")
    return tree


def _levels(tree: ast.expr) -> Iterator[list[ast.AST]]:
    """Yield the nodes of a tree level by level."""
    level: list[ast.AST] = [tree]
    while level:
        yield level
        level = [child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


def _problem(node: ast.AST, functions: Collection[str], variables: Collection[str] | None) -> str:
    """Return what a formula may not say in this node, and what to write instead; "" if it may."""
    match node:
        case ast.Constant(value=number):
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                return f"{number!r} is not a number"
            return "a number is too large for a float" if number > sys.float_info.max else ""
        case ast.Name(id=name):
            if variables is None or name in variables or name in functions:
                return ""
            return f"{name} is not known; there are {', '.join(sorted(variables))} and the functions of the table"
        case ast.Call():
            return _problem_of_call(node, functions)
        case ast.Compare(ops=[comparison]):
            return "" if type(comparison) in COMPARISONS else "compare two things, with < <= > or >="
        case ast.Compare():
            return "compare two things, with < <= > or >="
        case ast.BinOp(op=ast.BitXor()):
            return "write ** for a power, as in a ** 2"
    if isinstance(node, ALLOWED):
        return ""
    return f"a formula has numbers, names, + - * / ** and calls, not {type(node).__name__.lower()}"


def _problem_of_call(call: ast.Call, functions: Collection[str]) -> str:
    match call.func:
        case ast.Name(id=name) if name in functions:
            row = OPS.get(ALIASES.get(name, name))
            arity = row.arity if row else len(call.args)  # a Python function has as many as it is written with
            if call.keywords or len(call.args) != arity:
                count = len(call.args) + len(call.keywords)
                return f"{name} takes {arity} argument{'s' * (arity > 1)}, not {count}"
            return ""
        case ast.Name(id=name):
            close = " or ".join(nearest(name, functions, 2))
            remedy = f"did you mean {close}? `gradwalk operations` lists them" if close else _product(call)
            return f"there is no operation {name}; {remedy}"
        case ast.Attribute(attr=name) if name in functions:
            return f"write {name}(...), not {ast.unparse(call.func)}(...)"
    return _product(call)


def _product(call: ast.Call) -> str:
    return f"to multiply, write {ast.unparse(call.func)} * (...)"

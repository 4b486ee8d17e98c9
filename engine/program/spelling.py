"""The texts of a row as straight-line code needs them: over floats, or over arrays.

Over floats, what is a call in the row's text becomes an expression where that is faster: max, min, a comparison times
a number, and other rows of the table. The numbers are the same, to the last bit.
"""

from __future__ import annotations

import ast
import math
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from ..ops import ALIASES, OPERATORS, TABLE

if TYPE_CHECKING:
    from ..ops import Op

ATOM, PRODUCT, SUM, LOOSE = 3, 2, 1, 0  # how tight a text holds together
RESULT = -1  # the gap of a row's result
OWN_CALLS: dict[str, Any] = {"pow": math.pow}  # what texts over floats call besides what the rows do
BUILT_IN_ROWS = {op.name: op for op in TABLE}  # those that no user defined


class Template(NamedTuple):
    """A text with gaps for the arguments and for the result.

    - `parts`: strings, and the numbers of arguments; RESULT is the result.
    - `tight`: how tight the text holds together.
    - `takes`: for each argument, whether an expression may stand in its gap: it is read once, and in any case.
    """

    parts: tuple[Any, ...]
    tight: int
    takes: tuple[bool, ...] = ()


class Spelled(NamedTuple):
    """A row as templates: its value, and the local derivative by each argument."""

    value: Template
    partials: tuple[Template, ...]


_spelled_on_floats: WeakKeyDictionary[Op, Spelled] = WeakKeyDictionary()
_on_arrays: WeakKeyDictionary[Op, Spelled] = WeakKeyDictionary()


def on_floats(op: Op) -> Spelled:
    """Return a row as templates over floats."""
    spelled = _spelled_on_floats.get(op)
    if spelled is None:
        partials = tuple(_template(op, text, over_floats=True) for text in op.partials)
        spelled = _spelled_on_floats[op] = Spelled(_template(op, op.formula, over_floats=True), partials)
    return spelled


def on_arrays(op: Op) -> Spelled:
    """Return a row as templates over arrays."""
    spelled = _on_arrays.get(op)
    if spelled is None:
        value = op.formula if op.name in OPERATORS else op.spell(*op.letters)
        # A comparison times a gradient needs no * 1.0. Of one argument, an array may overflow on the way.
        texts = op.computed if op.arity > 1 else op.partials
        texts = tuple(text.removesuffix(" * 1.0") if text.count("*") == 1 else text for text in texts)
        partials = tuple(_template(op, text) for text in texts)
        spelled = _on_arrays[op] = Spelled(_template(op, value), partials)
    return spelled


def power(exponent: float, over_floats: bool) -> Spelled:
    """Return the power of a number by a constant exponent other than 0: the base is all that it reads.

    A square is a product, and so is the derivative of a cube.
    """

    def text(exponent: float) -> Template:
        if exponent == 1:
            return Template((0,), ATOM)
        if exponent == 2:
            return Template((0, " * ", 0), PRODUCT, (False,))
        parts = (
            ("pow(", 0, f", {exponent!r})")
            if over_floats
            else (0, f" ** {exponent!r}" if exponent > 0 else f" ** ({exponent!r})")
        )
        return Template(parts, ATOM if over_floats else LOOSE, (True,))

    slope = text(exponent - 1)
    factor = slope.parts if slope.tight == ATOM else ("(", *slope.parts, ")")
    written = f"({exponent!r})" if exponent < 0 else f"{exponent!r}"
    return Spelled(text(exponent), (Template((f"{written} * ", *factor), PRODUCT),))


def _template(op: Op, formula: str, over_floats: bool = False) -> Template:
    gaps = [f"gap{place}_" for place in range(op.arity)]
    tree: Any = ast.parse(op.substitute(formula, *gaps, z="gapz_"), mode="eval").body
    if over_floats:
        tree = _Floats().visit(tree)
    words = re.split(r"\bgap(\d+|z)_", ast.unparse(tree))
    parts = [(RESULT if word == "z" else int(word)) if at % 2 else word for at, word in enumerate(words)]
    always = not any(isinstance(node, (ast.IfExp, ast.BoolOp)) for node in ast.walk(tree))
    takes = tuple(always and parts.count(place) == 1 for place in range(op.arity))
    return Template(tuple(part for part in parts if part != ""), _tight(tree), takes)


def _tight(tree: ast.AST) -> int:
    if isinstance(tree, (ast.Name, ast.Constant, ast.Call)):
        return ATOM
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, (ast.Mult, ast.Div)):
        return PRODUCT
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, (ast.Add, ast.Sub)):
        return SUM
    return LOOSE


class _Floats(ast.NodeTransformer):
    """Rewrites a row's text for floats."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        number: Any = node.value  # Python adds two floats faster than a float and an integer
        return ast.Constant(float(number))

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow):  # which refuses a complex power by itself
            return ast.Call(ast.Name("pow"), [node.left, node.right], [])
        if isinstance(node.op, ast.Mult) and isinstance(node.right, ast.Constant):
            conditions = _conditions(node.left)
            if conditions:
                test = conditions[0] if len(conditions) == 1 else ast.BoolOp(ast.And(), conditions)
                return ast.IfExp(test, node.right, ast.Constant(0.0))
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name, args = node.func.id, node.args  # type: ignore[attr-defined]
        name = ALIASES.get(name, name)
        if name == "choose":
            return ast.IfExp(*args)
        if not all(isinstance(arg, (ast.Name, ast.Constant)) for arg in args):
            return node
        if name in ("maximum", "minimum"):
            return _larger(name, *args)
        if name == "abs":
            return _with_arguments("x if x > 0.0 else 0.0 - x", {"x": args[0]})
        row = BUILT_IN_ROWS.get(name)
        if row and not row.is_primitive:
            whole: ast.AST = self.visit(_with_arguments(row.formula, dict(zip(row.letters, args))))
            return whole
        return node


def _conditions(tree: ast.AST) -> list[Any]:
    """Return the comparisons that a tree is the product of; none if it is another thing."""
    if isinstance(tree, ast.Compare):
        return [tree]
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
        left, right = _conditions(tree.left), _conditions(tree.right)
        return [*left, *right] if left and right else []
    return []


def _larger(name: str, x: Any, y: Any) -> ast.AST:
    """Return the larger of two, or the smaller, as an expression that keeps a NaN."""
    sign = ">" if name == "maximum" else "<"
    if isinstance(y, ast.Constant):
        return _with_arguments(f"y if x {'<' if sign == '>' else '>'} y else x", {"x": x, "y": y})
    return _with_arguments(f"x if x {sign}= y or x != x else y", {"x": x, "y": y})


def _with_arguments(text: str, values: dict[str, Any]) -> ast.AST:
    """Return an expression with trees for some of its names."""

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            tree: ast.AST = deepcopy(values.get(node.id, node))
            return tree

    tree: ast.AST = Fill().visit(ast.parse(text, mode="eval").body)
    return tree

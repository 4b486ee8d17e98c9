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
ARGUMENT = re.compile(r"gap(\d+)_")  # how a gap is named in a tree


class Template(NamedTuple):
    """A text with gaps for the arguments and for the result.

    - `parts`: strings, the numbers of arguments, where RESULT is the result, and calls of other rows.
    - `tight`: how tight the text holds together.
    - `takes`: for each argument, whether an expression may stand in its gap: it is read once, and in any case.
    - `negative`: whether a minus belongs before the text. It stands apart because adding a negative number is
      subtracting: that saves an operation, and no bit of the result differs.
    """

    parts: tuple[Any, ...]
    tight: int
    takes: tuple[bool, ...] = ()
    negative: bool = False

    @property
    def text(self) -> str:
        """The text, with the word gap in each of its gaps."""
        texts = [
            part if isinstance(part, str) else part.template.text if isinstance(part, RowCall) else "gap"
            for part in self.parts
        ]
        return "".join(texts)


class RowCall(NamedTuple):
    """Another row on some of the arguments, such as the cosine in the derivative of a sine.

    Where the graph has this operation as well, its result can stand here.

    - `op`: the row.
    - `args`: the numbers of the arguments.
    - `template`: its text, where the graph does not have it.
    """

    op: Op
    args: tuple[int, ...]
    template: Template


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
        partials = tuple(_derivative_template(op, text, over_floats=True) for text in op.partials)
        spelled = _spelled_on_floats[op] = Spelled(_value_template(op, over_floats=True), partials)
    return spelled


def on_arrays(op: Op) -> Spelled:
    """Return a row as templates over arrays."""
    spelled = _on_arrays.get(op)
    if spelled is None:
        # A comparison times a gradient needs no * 1.0. Of one argument, an array may overflow on the way.
        texts = op.computed if op.arity > 1 else op.partials
        texts = tuple(text.removesuffix(" * 1.0") if text.count("*") == 1 else text for text in texts)
        partials = tuple(_derivative_template(op, text) for text in texts)
        spelled = _on_arrays[op] = Spelled(_value_template(op), partials)
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


def _value_template(op: Op, over_floats: bool = False) -> Template:
    """Return the text of a row's value."""
    if over_floats:
        tree: ast.expr = _Floats().visit(_tree(op, op.formula))
    else:
        tree = _tree(op, op.formula if op.name in OPERATORS else op.spell(*op.letters))
    parts = _parts(tree, [])
    always = not any(isinstance(node, (ast.IfExp, ast.BoolOp)) for node in ast.walk(tree))
    takes = tuple(always and parts.count(place) == 1 for place in range(op.arity))
    return Template(parts, _tight(tree), takes)


def _derivative_template(op: Op, formula: str, over_floats: bool = False) -> Template:
    """Return the text of a local derivative: its minus stands apart, and so do calls of other rows."""
    tree, negative = _without_minus(_tree(op, formula))
    calls = _RowCalls(op, over_floats)
    tree = calls.visit(tree)
    if over_floats:
        tree = _Floats().visit(tree)
    parts = _parts(tree, calls.found)
    whole = calls.found[0].template if len(parts) == 1 and calls.found else None
    return Template(parts, whole.tight if whole else _tight(tree), negative=negative)


def _tree(op: Op, formula: str) -> ast.expr:
    """Return a formula of a row as a tree, in which gaps are named."""
    return ast.parse(op.substitute(formula, *map(_gap, range(op.arity)), z=_gap("z")), mode="eval").body


def _gap(place: int | str) -> str:
    return f"gap{place}_"


def _parts(tree: ast.AST, calls: list[RowCall]) -> tuple[Any, ...]:
    """Return the parts of a tree's text."""
    parts: list[Any] = []
    for at, word in enumerate(re.split(r"\bgap(c?\d+|z)_", ast.unparse(tree))):
        if at % 2 == 0:
            parts.append(word)
        elif word[0] == "c":
            parts.append(calls[int(word[1:])])
        else:
            parts.append(RESULT if word == "z" else int(word))
    return tuple(part for part in parts if part != "")


def _without_minus(tree: ast.expr) -> tuple[ast.expr, bool]:
    """Return a tree without the minus that it begins with, and whether there was one.

    >>> tree, negative = _without_minus(ast.parse("-z / y", mode="eval").body)
    >>> ast.unparse(tree), negative
    ('z / y', True)
    """
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        return tree.operand, True
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, (ast.Mult, ast.Div)):
        left, negative = _without_minus(tree.left)
        return ast.BinOp(left, tree.op, tree.right), negative
    return tree, False


class _RowCalls(ast.NodeTransformer):
    """Puts a gap in the place of each call of a row on arguments.

    - `found`: the calls, in the order of their gaps.
    """

    def __init__(self, op: Op, over_floats: bool) -> None:
        self._functions, self._over_floats = op.functions, over_floats
        self.found: list[RowCall] = []

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name: str = node.func.id  # type: ignore[attr-defined]
        row, args = BUILT_IN_ROWS.get(name), [ARGUMENT.fullmatch(ast.unparse(arg)) for arg in node.args]
        if row is None or name in self._functions or not all(args):
            self.generic_visit(node)
            return node
        places = tuple(int(found[1]) for found in args if found)
        self.found.append(RowCall(row, places, _value_template(row, self._over_floats)))
        return ast.Name(_gap(f"c{len(self.found) - 1}"))


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

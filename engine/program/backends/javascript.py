"""JavaScript from the operation table, for pages: a recorded graph, computed anew when a leaf is moved.

It reads the same rows as all other backends, but runs one graph in a browser: `fit` and `compile` do not take it.
"""

from __future__ import annotations

import ast
from itertools import chain, count
from json import dumps
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import NO_VALUE, TOO_LARGE, GradwalkError, called, no_slope, too_large, undefined
from ...graph import Numbering, nodes
from ...ops import LETTERS
from ...printer import names
from ...rules import called_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...ops import Op
    from ...value import Value

# What javascript.js has under these names.
FUNCTIONS = {
    *("abs", "tanh", "atan", "exp", "expm1", "sinh", "cosh", "log", "log1p", "log10", "sqrt", "sin", "cos", "tan"),
    *("max", "min", "choose", "erf"),
}
INFIX: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
CALLS: dict[type, str] = {ast.Div: "divided", ast.Pow: "power"}


class NotInPages(GradwalkError, ValueError):
    """An operation that a page cannot compute."""


def script(ops: Sequence[Op]) -> str:
    """Return JavaScript that computes rows: the functions of javascript.js, and RULES, a list with a rule a row.

    Raises NotInPages for a row that `define` made of a Python function.

    >>> from engine.ops import OPS
    >>> print(script([OPS["mul"]]).splitlines()[-2].strip())
    {value: (x, y) => (x * y), slopes: [(x, y, z) => y, (x, y, z) => x], passes: [true, true], selects: false},
    """
    writer = _RuleWriter()
    rules = [f"  {writer.rule(op)},\n" for op in ops]
    here = Path(__file__)
    shared = here.parents[2] / "printer.js", here.with_name("javascript.js")
    texts = [path.read_text(encoding="utf-8") for path in shared]
    texts.append(f"const NO_VALUE = {dumps(NO_VALUE)}, TOO_LARGE = {dumps(TOO_LARGE)};\n")
    return "\n".join([*texts, "".join(writer.functions.values()) + f"const RULES = [\n{''.join(rules)}];\n"])


def recorded(root: Value, held: Mapping[Value, float] | None = None) -> tuple[dict[str, Any], list[Op]]:
    """Return a graph as columns that JSON can hold, each with an entry a node, in the order of `nodes`; and its rows.

    - `row`: the number of its row, -1 for a leaf; `args`: the numbers of its arguments.
    - `data`: its number; `held`: the gradient that it starts from, by default 0. What is not finite is text.
    - `requires_grad`: whether it gets a gradient.
    - `wrong`: the sentences of the engine's errors, in parts.
    """
    order, rows = nodes(root), Numbering()
    at = {node: index for index, node in enumerate(order)}
    infinite = any(not isfinite(node.data) for node in order)
    made = names(order)
    # Labels and expressions are what an error calls nodes; a leaf that moves must not go by the number that it had.
    named = {node: made[node] for node in order if node.op is None and node.requires_grad and not node.label}
    columns = {
        "row": [rows[node.op] if node.op else -1 for node in order],
        "args": [[at[arg] for arg in node.args] for node in order],
        "data": [json_number(node.data) for node in order],
        "requires_grad": [int(node.requires_grad) for node in order],
        "held": [json_number((held or {}).get(node, 0.0)) for node in order],
        "wrong": [_sentences(node, named, infinite) for node in order],
    }
    return columns, list(rows)


def json_number(number: float) -> float | str:
    """Return a number as JSON holds it, no digit lost, and JavaScript's Number() reads it.

    >>> json_number(0.1), json_number(float("-inf"))
    (0.1, '-Infinity')
    """
    return number if isfinite(number) else repr(number).replace("inf", "Infinity").replace("nan", "NaN")


def _sentences(node: Value, named: Mapping[Value, str], infinite: bool) -> dict[str, Any]:
    """Return what is written when something is wrong with a node, its operation or its gradient."""
    sentences: dict[str, Any] = {"called": called(node, named)}
    if node.op:
        count = len(node.args) if infinite else 0
        places = [None, *range(count)]
        sentences["large"] = too_large(node.op, node.args, named)
        sentences["undefined"] = [undefined(node.op, node.args, place, named) for place in places]
        sentences["slopes"] = [
            None if partial.strip("-").isalnum() else no_slope(node, index, named)
            for index, partial in enumerate(node.op.partials)
        ]
    return sentences


class _RuleWriter:
    """Writes rows, and the functions that they call, each of these before it is called."""

    def __init__(self) -> None:
        self.functions: dict[str, str] = {}
        self.called: dict[Op, str] = {}

    def rule(self, op: Op) -> str:
        """Return a row as an object of JavaScript."""
        arguments = LETTERS[: op.arity]
        slopes = [f"({', '.join([*arguments, 'z'])}) => {self.formula(op, partial)}" for partial in op.computed]
        passes = ", ".join(str(each).lower() for each in op.passes)
        return (
            f"{{value: ({', '.join(arguments)}) => {self.formula(op, op.formula)}, slopes: [{', '.join(slopes)}], "
            f"passes: [{passes}], selects: {str(op.selects).lower()}}}"
        )

    def formula(self, op: Op, text: str) -> str:
        """Return one of a row's formulas as an expression of JavaScript."""
        if op.functions:
            raise NotInPages(
                f"{op.name} is a Python function, which a page cannot compute: define() it by a formula, "
                f"such as 'x * exp(-x)', to move numbers in a page."
            )
        return self._written(op, ast.parse(text, mode="eval").body, called_rows(op))

    def _written(self, op: Op, node: Any, rows: Mapping[str, Op]) -> str:
        def write(each: ast.expr) -> str:
            return self._written(op, each, rows)

        match node:
            case ast.Constant(value=int() | float() as number):
                return repr(float(number))
            case ast.Name(id=name):
                return "z" if name == "z" else LETTERS[op.letters.index(name)]
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return f"(-{write(inner)})"
            case ast.UnaryOp(operand=inner):
                return write(inner)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in CALLS:
                return f"{CALLS[type(sign)]}({write(left)}, {write(right)})"
            case ast.BinOp(left=left, op=sign, right=right) | ast.Compare(left=left, ops=[sign], comparators=[right]):
                return f"({write(left)} {INFIX[type(sign)]} {write(right)})"
        name = f"{node.func.id}_" if node.func.id in FUNCTIONS else self._function(rows[node.func.id])
        return f"{name}({', '.join(map(write, node.args))})"

    def _function(self, op: Op) -> str:
        """Return the name of the function of a row that formulas call."""
        if op not in self.called:
            text = self.formula(op, op.formula)
            spellings = chain([f"{op.name}_"], (f"{op.name}_{number}_" for number in count(2)))
            name = next(name for name in spellings if name not in self.functions)
            self.called[op] = name
            self.functions[name] = f"const {name} = ({', '.join(LETTERS[: op.arity])}) => {text};\n"
        return self.called[op]

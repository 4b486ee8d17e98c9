"""JavaScript from the operation table, for pages: a recorded graph, computed anew when a leaf is moved, or for row
after row of a batch.

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
    return _shared_functions() + "\n" + "".join(writer.functions.values()) + f"const RULES = [\n{''.join(rules)}];\n"


def _shared_functions() -> str:
    """Return the functions that formulas call, and those that compute and write numbers."""
    here = Path(__file__)
    shared = here.parents[2] / "printer.js", here.with_name("javascript.js")
    texts = [path.read_text(encoding="utf-8") for path in shared]
    return "\n".join([*texts, f"const NO_VALUE = {dumps(NO_VALUE)}, TOO_LARGE = {dumps(TOO_LARGE)};\n"])


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


CHUNK = 400  # lines of a function: a browser's compiler leaves a longer one slow


def batch_script(
    roots: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value], watched: Sequence[Value] = ()
) -> str:
    """Return JavaScript that computes graphs for row after row, with two functions that take typed arrays.

    - `forward(P, X, r)` computes the roots for the parameters P and for the inputs from X[r] on, and fills V: its
      entries ROOTS[0], ROOTS[1], ... are the roots, and WATCHED likewise the nodes that are watched.
    - `step(P, G, X, rows, first)` fills G with the mean gradient of the first root over so many rows, those from
      `first` on, and returns the mean of that root. Without the last argument, it begins with row 0.

    Raises NotInPages for a row that `define` made of a Python function.

    >>> from engine import Value
    >>> w, x = Value(2.0, "w"), Value(3.0, "x")
    >>> print(batch_script([w * x], [x], [w]).partition("function forward0")[2].split("}")[0])
    (P, X, r) {
      V[2] = (P[0] * X[r + 0]);
    <BLANKLINE>
    """
    order = nodes(*roots, *watched)
    at = {node: index for index, node in enumerate(order)}
    given = {node: f"P[{index}]" for index, node in enumerate(parameters)}
    given |= {node: f"X[r + {index}]" for index, node in enumerate(inputs)}
    number = {node: given.get(node) or (f"V[{at[node]}]" if node.op else f"({node.data!r})") for node in order}
    gradient = {node: f"D[{at[node]}]" for node in order} | {
        node: f"G[{index}]" for index, node in enumerate(parameters)
    }
    writer, moved = _RuleWriter(), {*parameters}
    for node in order:
        if node.op and not moved.isdisjoint(node.args):
            moved.add(node)
    ahead = [f"{number[node]} = {writer.applied(node, node.op.formula, number)};" for node in order if node.op]
    back: list[str] = []
    reached = {roots[0]}
    for node in reversed(nodes(roots[0])):
        if node.op is None or node not in moved:
            continue
        for arg, partial, passes in zip(node.args, node.op.computed, node.op.passes):
            if not passes or arg not in moved:
                continue
            sign = "+=" if arg in reached or arg in given else "="
            reached.add(arg)
            back.append(f"{gradient[arg]} {sign} {gradient[node]} * {writer.applied(node, partial, number)};")
    functions = _in_chunks("forward", "P, X, r", ahead) + _in_chunks("backward", "P, G, X, r", back)
    places = ", ".join(
        f"{name} = {[at[node] for node in some]}" for name, some in (("ROOTS", roots), ("WATCHED", watched))
    )
    return f"""{_shared_functions()}{"".join(writer.functions.values())}
const V = new Float64Array({len(order)}), D = new Float64Array({len(order)}), {places};
{functions}
function step(P, G, X, rows, first = 0) {{
  let total = 0;
  G.fill(0);
  for (let r = first * {len(inputs)}; r < (first + rows) * {len(inputs)}; r += {len(inputs)}) {{
    forward(P, X, r);
    total += V[{at[roots[0]]}];
    D[{at[roots[0]]}] = 1 / rows;
    backward(P, G, X, r);
  }}
  return total / rows;
}}
"""


def _in_chunks(name: str, parameters: str, lines: list[str]) -> str:
    """Return a function of many lines, as functions of at most CHUNK lines and one that calls them."""
    parts = [lines[start : start + CHUNK] for start in range(0, len(lines), CHUNK)]
    text = "".join(
        f"function {name}{number}({parameters}) {{\n  " + "\n  ".join(part) + "\n}\n"
        for number, part in enumerate(parts)
    )
    calls = " ".join(f"{name}{number}({parameters});" for number in range(len(parts)))
    return f"{text}function {name}({parameters}) {{ {calls} }}\n"


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

    def applied(self, node: Value, text: str, number: Mapping[Value, str]) -> str:
        """Return one of the formulas of a node's row, with what its numbers are called in place of the letters."""
        letters = {letter: number[arg] for letter, arg in zip(LETTERS, node.args)}
        assert node.op
        return self.formula(node.op, text, letters | {"z": number[node]})

    def formula(self, op: Op, text: str, letters: Mapping[str, str] | None = None) -> str:
        """Return one of a row's formulas as an expression of JavaScript; `letters` are what to write for its own."""
        if op.functions:
            raise NotInPages(
                f"{op.name} is a Python function, which a page cannot compute: define() it by a formula, "
                f"such as 'x * exp(-x)', to move numbers in a page."
            )
        return self._written(op, ast.parse(text, mode="eval").body, called_rows(op), letters or {})

    def _written(self, op: Op, node: Any, rows: Mapping[str, Op], letters: Mapping[str, str]) -> str:
        def write(each: ast.expr) -> str:
            return self._written(op, each, rows, letters)

        match node:
            case ast.Constant(value=int() | float() as number):
                return repr(float(number))
            case ast.Name(id=name):
                letter = "z" if name == "z" else LETTERS[op.letters.index(name)]
                return letters.get(letter, letter)
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

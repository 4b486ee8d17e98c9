"""Programs as files that need no Gradwalk: a module of Python for NumPy alone, and plain C without allocation."""

from __future__ import annotations

import ast
import re
from math import isfinite, isinf
from typing import TYPE_CHECKING, Any

from ..arguments import described
from ..errors import ArgumentError
from ..files import write_whole
from ..ops import ALIASES, OPS
from ..rules import PRIMITIVES
from .spelling import BUILT_IN_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ..ops import Op
    from .scalars import Scalars

SAVED = "A program that Gradwalk compiled from a recorded graph."


def write_file(path: Path, text: str) -> None:
    """Write a text to a file, whole or not at all; ArgumentError says why not."""
    try:
        write_whole(path, text.encode())
    except OSError as problem:
        raise ArgumentError(f"{described(path.name)} cannot be saved: {problem.strerror or problem}.") from None


def c_of(scalars: Scalars, parameters: Sequence[tuple[str, float]], inputs: int, outputs: int) -> str:
    """Return the scalar form of a program in C."""
    return c_file(scalars.sources, scalars.names(), parameters, inputs, outputs, SAVED)


# -- Python ---------------------------------------------------------------------------------------------------------

# What matrix code calls, as NumPy has it. Rows of the table are written by their formulas.
OF_NUMPY = (
    *("maximum", "minimum", "amax", "amin", "einsum", "concatenate", "broadcast_to"),
    *("zeros", "zeros_like", "full_like", "transpose"),
)
OTHER_NAMES_IN_NUMPY = {"choose": "where", "atan": "arctan", "max": "maximum", "min": "minimum"}
IN_PYTHON = ("abs", "slice", "float", "range", "reversed")
HELPERS = {
    "erf": "erf = np.vectorize(math.erf, otypes=[float])",
    "add_at": "def add_at(total, where, terms):\n    total[where] += terms\n    return total",
    "scatter": "def scatter(total, where, terms):\n    np.add.at(total, where, terms)\n    return total",
    "store": (
        "def store(buffer, start, numbers):\n    buffer[start : start + len(numbers)] = numbers\n    return buffer"
    ),
    "one_below_other": "one_below_other = np.concatenate",
    "stacked": "def stacked(arrays):\n    return arrays",
    "sum_of_products": (
        "def sum_of_products(lefts, rights):\n    return np.concatenate(lefts, -1) @ np.concatenate(rights, -1).T"
    ),
    "sum_of_columns": "def sum_of_columns(arrays):\n    return np.concatenate(arrays, -1).sum(-1)",
}
PYTHON = '''\
"""{title}

outputs(X) returns the outputs of each row of X, and value_and_grad(X) their mean and its derivatives by the
parameters, in the order of LABELS. Both take other parameters as a second argument.
"""

import math

import numpy as np

{names}


LABELS = {labels}
PARAMETERS = {parameters}
INPUTS = {inputs}  # numbers in a row
_order = np.array({order}, dtype=int)
_offsets = np.array({offsets}, dtype=int)


def outputs(X=None, parameters=PARAMETERS):
    y = forward(_numbers(parameters), _columns(X))
    {shaped}


def value_and_grad(X=None, parameters=PARAMETERS):
    x = _columns(X)
    mean, slopes = gradient(_numbers(parameters), x, 1.0 / x.shape[1])
    return float(mean), slopes[_offsets]


def _numbers(parameters):
    numbers = np.asarray(parameters, dtype=float)
    if numbers.shape != (len(LABELS),):
        raise ValueError(f"there are {{len(LABELS)}} parameters, and this has the shape {{numbers.shape}}")
    return numbers[_order]


def _columns(X):
    x = np.zeros((1, 0)) if X is None and not INPUTS else np.asarray(X, dtype=float)
    if x.ndim != 2 or x.shape[1] != INPUTS or not len(x):
        raise ValueError(f"X is rows of {{INPUTS}} numbers, and this has the shape {{x.shape}}")
    return {columns}


{source}
'''


def python_file(
    sources: Iterable[str],
    constants: dict[str, Any],
    parameters: Sequence[tuple[str, float]],
    offsets: Iterable[int],
    order: Iterable[int],
    inputs: int,
    single: bool,
    batched: bool,
    title: str,
) -> str:
    """Return a module for NumPy alone.

    Parameters
    ----------
    sources: the functions of the matrix form.
    constants: its arrays, by name.
    parameters: the label and the number of each.
    offsets, order: where each parameter is in the source's p, and the other way.
    inputs: how many numbers a row has.
    single: whether an output is a number, not a list of one.
    batched: whether the outputs differ from row to row.
    title: its first line.
    """
    source = "\n\n".join(text.strip() for text in sources)
    lines = _definitions(source, {*constants, "forward", "gradient"})
    lines += [f"{name} = np.array({_array(numbers)})" for name, numbers in constants.items()]
    shaped = "y.T" if batched else "y[:, 0]"
    return PYTHON.format(
        title=title,
        names="\n".join(lines),
        labels=[label for label, _ in parameters],
        parameters=_array([number for _, number in parameters]),
        inputs=inputs,
        order=[*map(int, order)],
        offsets=[*map(int, offsets)],
        shaped=f"return ({shaped})[..., 0].copy()" if single else f"return ({shaped}).copy()",
        columns="np.ascontiguousarray(x.T)" if batched else "x[:1].T",
        source=source.replace("\n\ndef ", "\n\n\ndef "),
    )


def _array(numbers: Any) -> str:
    text = repr(numbers if isinstance(numbers, list) else numbers.tolist())
    return re.sub(r"\binf\b", "math.inf", text)


def _definitions(source: str, known: set[str]) -> list[str]:
    """Return lines that define what a source calls, each after what it needs itself."""
    lines: list[str] = []
    seen = set(known)

    def define(names: Iterable[str]) -> None:
        for name in names:
            if name in seen or name in IN_PYTHON:
                continue
            seen.add(name)
            target = ALIASES.get(name, name)
            if name in HELPERS:
                lines.append(HELPERS[name])
            elif name in OTHER_NAMES_IN_NUMPY or target in OF_NUMPY:
                lines.append(f"{name} = np.{OTHER_NAMES_IN_NUMPY.get(name, target)}")
            elif target in OPS:
                row = OPS[target]
                _refuse_functions(row)
                if row.is_primitive:
                    lines.append(f"{name} = np.{OTHER_NAMES_IN_NUMPY.get(target, target)}")
                else:
                    define(_names_called(row.formula))
                    lines.append(f"def {name}({', '.join(row.letters)}):\n    return {row.formula}")
            elif name == "inf":
                lines.append("inf = math.inf")

    define([*_names_called(source), *(["inf"] if re.search(r"\binf\b", source) else [])])
    return lines


def _names_called(source: str) -> list[str]:
    """Return the names that a source calls, in the order of the text."""
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [*dict.fromkeys(call.id for call in calls if isinstance(call, ast.Name))]


def _refuse_functions(row: Op) -> None:
    if row.functions:
        raise ArgumentError(
            f"{row.name} is a Python function, which no other program can call: define() it by a formula to save it."
        )


# -- C --------------------------------------------------------------------------------------------------------------

IN_C: dict[str, str | None] = {
    "abs": "fabs",
    **dict.fromkeys(("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh")),
}
IN_C |= dict.fromkeys(("tanh", "atan", "log10", "erf", "pow"))
C_HELPERS = {
    "max": "static double max_(double x, double y) { return x >= y || x != x ? x : y; }",
    "min": "static double min_(double x, double y) { return x <= y || x != x ? x : y; }",
}
OPERATORS_IN_C: dict[type[Any], tuple[str, int]] = {
    ast.Add: ("+", 4), ast.Sub: ("-", 4), ast.Mult: ("*", 5), ast.Div: ("/", 5),
    ast.And: ("&&", 2), ast.Or: ("||", 1),
    ast.Gt: (">", 3), ast.Lt: ("<", 3), ast.GtE: (">=", 3), ast.LtE: ("<=", 3),
    ast.Eq: ("==", 3), ast.NotEq: ("!=", 3),
}  # fmt: skip
CHOICE_IN_C, UNARY, ATOM_IN_C = 0, 6, 7
C = """\
/* {title}

   int forward(const double *p, const double *x, double *y)
     writes the outputs of a row x, {outputs} of them, to y.
   int gradient(const double *p, const double *x, double *y, double *dp)
     writes the sum of the outputs to y[0], and its derivatives by the parameters to dp.
   p is the parameters, such as the array `parameters` below. Both return 0, or 1 where a result is not finite.
   For a mean over rows, add up the results of the rows and divide by their number. Link with -lm. */

#include <math.h>

#define PARAMETERS {count}
#define INPUTS {inputs}
#define OUTPUTS {outputs}

const double parameters[{size}] = {{
{parameters}
}};

int forward(const double *p, const double *x, double *y);
int gradient(const double *p, const double *x, double *y, double *dp);
{helpers}
{functions}
"""


class CWriter:
    """Writes expressions of scalar code in C, and the functions that they call."""

    def __init__(self, functions: dict[str, Any]) -> None:
        self._functions = functions
        self.helpers: dict[str, str] = {}

    def text(self, tree: Any, least: int = CHOICE_IN_C) -> str:
        """Return an expression; in parentheses if it holds together less than `least`."""
        written, tight = self._written(tree)
        return written if tight >= least else f"({written})"

    def _written(self, tree: Any) -> tuple[str, int]:
        if isinstance(tree, ast.Name):
            leaf = re.fullmatch(r"([px])(\d+)", tree.id)
            return ("INFINITY" if tree.id == "inf" else f"{leaf[1]}[{leaf[2]}]" if leaf else tree.id), ATOM_IN_C
        if isinstance(tree, ast.Constant):
            number = float(tree.value)  # type: ignore[arg-type]
            return ("INFINITY" if isinf(number) else repr(number)), ATOM_IN_C
        if isinstance(tree, ast.UnaryOp):
            return f"-{self.text(tree.operand, ATOM_IN_C)}", UNARY
        if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow):
            return f"pow({self.text(tree.left)}, {self.text(tree.right)})", ATOM_IN_C
        if isinstance(tree, ast.BinOp):
            sign, tight = OPERATORS_IN_C[type(tree.op)]
            return f"{self.text(tree.left, tight)} {sign} {self.text(tree.right, tight + 1)}", tight
        if isinstance(tree, ast.Compare):
            sign, tight = OPERATORS_IN_C[type(tree.ops[0])]
            return f"{self.text(tree.left, tight + 1)} {sign} {self.text(tree.comparators[0], tight + 1)}", tight
        if isinstance(tree, ast.BoolOp):
            sign, tight = OPERATORS_IN_C[type(tree.op)]
            return f" {sign} ".join(self.text(each, tight + 1) for each in tree.values), tight
        if isinstance(tree, ast.IfExp):
            test, chosen = self.text(tree.test, CHOICE_IN_C + 1), self.text(tree.body, CHOICE_IN_C + 1)
            return f"{test} ? {chosen} : {self.text(tree.orelse)}", CHOICE_IN_C
        assert isinstance(tree, ast.Call), ast.dump(tree)
        assert isinstance(tree.func, ast.Name)
        if tree.func.id == "choose":
            condition, first, second = tree.args
            return f"{self.text(condition, 1)} ? {self.text(first, 1)} : {self.text(second)}", CHOICE_IN_C
        arguments = ", ".join(self.text(each) for each in tree.args)
        return f"{self._function(tree.func.id)}({arguments})", ATOM_IN_C

    def _function(self, name: str) -> str:
        """Return what a function is called in C, and write it if C does not have it."""
        function = self._functions.get(name)
        row: Op | None = None
        if function is not None and name not in PRIMITIVES:
            row = getattr(function, "__globals__", {}).get("op")
        elif name not in IN_C and name not in C_HELPERS:
            row = BUILT_IN_ROWS.get(ALIASES.get(name, name))
        if row is None and name in C_HELPERS:
            self.helpers[name] = C_HELPERS[name]
            return f"{name}_"
        if row is None or row.is_primitive:
            known = row.name if row is not None else name
            if known not in IN_C:
                raise ArgumentError(f"{name} is a Python function, which C does not have: define() it by a formula.")
            return IN_C[known] or known
        _refuse_functions(row)
        if name not in self.helpers:
            letters = ", ".join(f"double {letter}_" for letter in row.letters)
            formula = row.substitute(row.formula, *(f"{letter}_" for letter in row.letters))
            body = self.text(ast.parse(formula, mode="eval").body)
            self.helpers[name] = f"static double op_{name}({letters}) {{ return {body}; }}"
        return f"op_{name}"


def c_file(
    sources: dict[str, str],
    functions: dict[str, Any],
    parameters: Sequence[tuple[str, float]],
    inputs: int,
    outputs: int,
    title: str,
) -> str:
    """Return a program in C.

    Parameters
    ----------
    sources: the functions of the scalar form, "forward" and "gradient".
    functions: what these call, by name.
    parameters: the label and the number of each.
    inputs, outputs: how many numbers a row has, and how many the program returns.
    title: its first line.
    """
    writer = CWriter(functions)
    written = [
        _c_function(
            writer, sources["forward"], "int forward(const double *p, const double *x, double *y)", {"y": ""}
        ),
        _c_function(
            writer,
            sources["gradient"],
            "int gradient(const double *p, const double *x, double *y, double *dp)",
            {"y": "", "dp": ""},
        ),
    ]
    numbers = [f"    {_c_number(number)}, /* {_comment(label)} */" for label, number in parameters] or ["    0.0"]
    return C.format(
        title=_comment(title),
        outputs=outputs,
        inputs=inputs,
        count=len(parameters),
        size=max(1, len(parameters)),
        parameters="\n".join(numbers),
        helpers="".join(f"\n{text}" for text in writer.helpers.values()) + "\n" * bool(writer.helpers),
        functions="\n".join(written),
    )


def _c_function(writer: CWriter, source: str, head: str, results: dict[str, str]) -> str:
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    lines, variables = list[str](), dict[str, None]()
    ends: list[str] = []
    for statement in function.body:
        if isinstance(statement, ast.If):  # `if v - v: raise OverflowError`
            tested: Any = statement.test
            lines.append(f"if (!isfinite({writer.text(tested.left)})) return 1;")
        elif isinstance(statement, ast.Return):
            value: Any = statement.value
            listed = isinstance(value, ast.List)
            groups = [value.elts] if listed else [[value.elts[0]], value.elts[1].elts]
            for name, group in zip(results, groups):
                ends += [f"{name}[{at}] = {writer.text(each)};" for at, each in enumerate(group)]
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            variables[name] = None
            lines.append(f"{name} = {writer.text(statement.value)};")
    counts = {name: sum(end.startswith(f"{name}[") for end in ends) for name in results}
    checks = [
        f"for (int i = 0; i < {count}; i++) if (!isfinite({name}[i])) return 1;"
        for name, count in counts.items()
        if count
    ]
    declared = [f"double {', '.join(variables)};"] if variables else []
    unused = [f"(void){name};" for name in ("p", "x", *(name for name, count in counts.items() if not count))]
    body = "\n    ".join([*declared, *unused, *lines, *ends, *checks, "return 0;"])
    return f"\n{head} {{\n    {body}\n}}"


def _c_number(number: float) -> str:
    if isfinite(number):
        return repr(float(number))
    return "NAN" if number != number else "INFINITY" if number > 0 else "-INFINITY"


def _comment(text: str) -> str:
    """Return a text that may stand in a comment of C: on one line, and without its end."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line.replace("*/", "* /").replace("/*", "/ *").replace("\\", "/").replace("??", "? ?")

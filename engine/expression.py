"""Build the graph of a text typed on the command line, such as `d = a*b; tanh(d + c)`."""

from __future__ import annotations

import ast
from inspect import Parameter, Signature
from typing import TYPE_CHECKING

from .errors import FormulaError
from .parser import BINARY, COMPARISONS, parse, parse_name, variables_of
from .rules import FLOATS, VALUES
from .value import Value, operand

if TYPE_CHECKING:
    from collections.abc import Iterable


class Expression:
    """A function of the variables that its text names, in the order in which they appear.

    Steps are separated by `;`. A step may name its result, `d = a*b`, for the steps after it; the last one
    is what the function gives. `unused` holds the names of steps that no later step reads.

    Raises FormulaError (a ValueError) for text that says anything else.

    >>> f = Expression("d = a*b; tanh(d + c)")
    >>> f.variables
    ('a', 'b', 'c')
    >>> f(Value(2.0), Value(-3.0), Value(6.0)).data
    0.0
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.steps: list[tuple[str, ast.expr]] = []
        known: dict[str, bool] = {}  # every name so far, and whether it is a step's
        read: set[str] = set()
        for step in filter(None, map(str.strip, text.split(";"))):
            name, formula = _named(step)
            tree = parse(formula, FLOATS)
            used = variables_of(tree)
            if name in known or name in used:
                raise FormulaError(f"in {step!r}: {name} would have two values. Choose another name for the result.")
            for variable in used:
                known.setdefault(variable, False)
            read.update(used)
            self.steps.append((name, tree))
            if name:
                known[name] = True
        if not self.steps:
            raise FormulaError("there is no expression: write one, such as 'a*b + c'.")
        self.variables = tuple(name for name, is_step in known.items() if not is_step)
        self.unused = [name for name, _ in self.steps[:-1] if name not in read]
        letters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in self.variables]
        self.__signature__ = Signature(letters)  # what gradcheck reads the names of the variables from

    def __call__(self, *values: Value) -> Value:
        known = dict(zip(self.variables, values, strict=True))
        for name, tree in self.steps:
            result = operand(_value(tree, known))
            result.label = result.label or name
            known[name] = result
        return result


def numbers(arguments: Iterable[str]) -> dict[str, float]:
    """Return the numbers of variables given as `a=2 b=1/3`.

    >>> numbers(["a=2", "b=-1/4"])
    {'a': 2.0, 'b': -0.25}
    """
    found: dict[str, float] = {}
    for argument in arguments:
        name, equals, text = argument.partition("=")
        if not equals:
            raise FormulaError(f"{argument!r} gives no value: write a=2.0, no spaces, and the expression in quotes.")
        name = parse_name(name, FLOATS)
        if name in found:
            raise FormulaError(f"{name} has two values, {found[name]} and {text}: keep one.")
        number = Expression(text) if text.strip(" ;") else None
        if number is None or number.variables or number.steps[0][0]:
            raise FormulaError(f"{text!r} is not a number: write one, such as {name}=2.0 or {name}=1/3.")
        found[name] = number().data
    return found


def _named(step: str) -> tuple[str, str]:
    """Return a step's name, "" if it has none, and its formula."""
    left, equals, right = step.partition("=")
    if not equals or right.startswith("=") or left.endswith(("<", ">", "!")):
        return "", step
    return parse_name(left, FLOATS), right.strip()


def _value(tree: ast.expr, known: dict[str, Value]) -> Value | float:
    """Compute a checked tree with Values for its names. A number alone stays a number."""
    match tree:
        case ast.Constant(value=float(number)):
            return number
        case ast.Name(id=name):
            return known[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, known)
        case ast.UnaryOp(operand=inner):
            return _value(inner, known)
        case ast.BinOp(left=left, op=op, right=right):
            made: Value = BINARY[type(op)](operand(_value(left, known)), _value(right, known))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return float(COMPARISONS[type(op)](operand(_value(left, known)), _value(right, known)))
        case ast.Call(func=ast.Name(id=name), args=[first, *rest]):
            made = VALUES[name](operand(_value(first, known)), *(_value(arg, known) for arg in rest))
        case _:  # pragma: no cover
            raise FormulaError(f"{ast.unparse(tree)!r} is not part of a formula.")
    return made

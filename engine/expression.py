"""Text typed on the command line, `d = a*b; tanh(d + c)`, as a graph: its syntax is walked, never run as Python."""

from __future__ import annotations

import ast
import operator
from difflib import get_close_matches
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from .errors import FormulaError
from .formula import checked, parsed
from .rules import FLOATS, VALUES
from .value import Value, operand

if TYPE_CHECKING:
    from collections.abc import Iterable

BINARY: dict[type, Any] = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
                           ast.Div: operator.truediv, ast.Pow: operator.pow}  # fmt: skip
COMPARED: dict[type, Any] = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}


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
            used = _names(formula)
            if name in known or name in used:
                raise FormulaError(f"in {step!r}: {name} would have two values. Choose another name for the result.")
            for variable in used:
                known.setdefault(variable, False)
            read.update(used)
            self.steps.append((name, _tree(formula, known)))
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
    """What `a=2 b=1/3` gives the variables.

    >>> numbers(["a=2", "b=-1/4"])
    {'a': 2.0, 'b': -0.25}
    """
    found: dict[str, float] = {}
    for argument in arguments:
        name, equals, text = argument.partition("=")
        if not equals:
            raise FormulaError(f"{argument!r} gives no value: write a=2.0, no spaces, and the expression in quotes.")
        name = _name(name)
        if name in found:
            raise FormulaError(f"{name} has two values, {found[name]} and {text}: keep one.")
        number = Expression(text) if text.strip(" ;") else None
        if number is None or number.variables or number.steps[0][0]:
            raise FormulaError(f"{text!r} is not a number: write one, such as {name}=2.0 or {name}=1/3.")
        found[name] = number().data
    return found


def _named(step: str) -> tuple[str, str]:
    """A step's name, if it has one, and its formula."""
    left, equals, right = step.partition("=")
    if not equals or right.startswith("=") or left.endswith(("<", ">", "!")):
        return "", step
    return _name(left), right.strip()


def _name(text: str) -> str:
    tree = parsed(text) if text.strip().isidentifier() else None  # parsed: Python makes one µ of the two
    if not isinstance(tree, ast.Name) or tree.id in FLOATS:
        problem = "it is an operation" if isinstance(tree, ast.Name) else "use letters, digits and _, a letter first"
        raise FormulaError(f"{text.strip()!r} cannot name a value: {problem}.")
    return tree.id


def _names(formula: str) -> list[str]:
    """The names that are not operations, in reading order; mistakes that a newcomer makes are explained."""
    try:
        tree = parsed(formula)
    except FormulaError as error:
        raise FormulaError(f"{error} Write it as in 2*a + b/c.") from None
    found: list[ast.Name] = []
    called = set()
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.BitXor()):
                raise FormulaError(f"in {formula!r}: write ** for a power, as in a ** 2.")
            case ast.Call(func=ast.Name(id=name)) if name in FLOATS:
                called.add(node.func)
            case ast.Call(func=ast.Name(id=name)):
                close = " or ".join(get_close_matches(name, FLOATS, 2))
                remedy = f"did you mean {close}?" if close else f"to multiply, write {name} * (...)."
                raise FormulaError(f"in {formula!r}: there is no operation {name}; {remedy}")
            case ast.Call():
                raise FormulaError(f"in {formula!r}: to multiply, write {ast.unparse(node.func)} * (...).")
            case ast.Name(id=name) if name not in FLOATS:
                found.append(node)
            case ast.Name(id=name) if node not in called:
                raise FormulaError(f"in {formula!r}: {name} is an operation: write {name}(...), or rename yours.")
    return list(dict.fromkeys(node.id for node in sorted(found, key=lambda node: (node.lineno, node.col_offset))))


def _tree(formula: str, known: Iterable[str]) -> ast.expr:
    try:
        return parsed(checked(formula, list(known), FLOATS))
    except RecursionError:
        raise FormulaError("the expression is too long: name its parts, as in 'd = a*b; d + c'.") from None


def _value(tree: ast.expr, known: dict[str, Value]) -> Value | float:
    """What a checked tree says, with Values for its names; a number alone stays a number."""
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
            return float(COMPARED[type(op)](operand(_value(left, known)), _value(right, known)))
        case ast.Call(func=ast.Name(id=name), args=[first, *rest]):
            made = VALUES[name](operand(_value(first, known)), *(_value(arg, known) for arg in rest))
        case _:  # pragma: no cover
            raise FormulaError(f"{ast.unparse(tree)!r} is not part of a formula.")
    return made

"""Build the graph of a text typed on the command line, such as `d = a*b; tanh(d + c)`."""

from __future__ import annotations

import ast
import math
import re
from contextlib import suppress
from inspect import Parameter, Signature
from typing import TYPE_CHECKING

from .arguments import described
from .errors import FormulaError, GradwalkError
from .notation import OTHER_NAMES, WRITTEN_OUT, halfwidth, readings_of_commas, single_name, split_steps
from .parser import BINARY, COMPARISONS, grouped, parse, parse_name, variables_of
from .rules import FLOATS, VALUES
from .value import Value, operand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

LONGEST_EXPRESSION = 10_000  # characters
MOST_PARTS = 200
FUNCTION_NAMES = {*FLOATS, *OTHER_NAMES, *WRITTEN_OUT}
OTHER_NUMBERS = {"Π": "pi", "tau": "2*pi", "τ": "2*pi"}


class Expression:
    """A function that is given as text. Its arguments are the variables of the text, in the order of appearance.

    `;` separates steps. A step may name its result for later steps, as in `d = a*b`. The result of the last step is
    the result of the function.

    - `text`: the steps.
    - `given`: names that are certainly variables. Unless e is one of them, it is Euler's number.
    - `unused`: the steps that no later step reads: their names, or their texts.
    - `reads_e`: whether the text reads e as a number, so that a variable may have been meant.

    Raises FormulaError (a ValueError) for text that is not an expression.

    >>> f = Expression("d = a*b; tanh(d + c)")
    >>> f.variables
    ('a', 'b', 'c')
    >>> f(Value(2.0), Value(-3.0), Value(6.0)).data
    0.0
    """

    text: str

    def __init__(self, text: str, given: Collection[str] = ()) -> None:
        if len(text) > LONGEST_EXPRESSION:
            raise FormulaError(
                f"an expression has at most {LONGEST_EXPRESSION:,} characters; this one has {len(text):,}."
            )
        self.text = text = halfwidth(text)
        self.steps: list[tuple[str, ast.expr]] = []
        named = [(_named(step), step) for step in split_steps(text)]
        if len(named) > MOST_PARTS:
            raise FormulaError(f"an expression has at most {MOST_PARTS} steps; this one has {len(named):,}.")
        # Names that are variables here, even if they are operations or constants elsewhere.
        own = {*given, *(name for (name, _), _ in named)}
        known: dict[str, bool] = {}  # every name so far, and whether it is the name of a step
        read: set[str] = set()
        unnamed: list[str] = []
        for (name, formula), step in named:
            tree = parse(formula, FLOATS, known=own)
            used = variables_of(tree)
            if name in known or name in used:
                raise FormulaError(
                    f"in {described(step)}: {name} would have two values. Choose another name for the result."
                )
            for variable in used:
                known.setdefault(variable, False)
            read.update(used)
            self.steps.append((name, tree))
            if name:
                known[name] = True
            else:
                unnamed.append(step)
        if not self.steps:
            raise FormulaError("there is no expression: write one, such as 'a*b + c'.")
        self.variables: tuple[str, ...] = tuple(name for name, is_step in known.items() if not is_step)
        self.unused: list[str] = [name or unnamed.pop(0) for name, _ in self.steps[:-1] if name not in read]
        self.reads_e: bool = any(_reads_e(tree) for _, tree in self.steps)
        letters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in self.variables]
        self.__signature__: Signature = Signature(letters)  # gradcheck reads the names of the variables from it

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
    words = re.sub("\0?=\0?", "=", "\0".join(map(halfwidth, arguments))).split("\0")  # a = 2 is three words
    for argument in filter(None, map(str.strip, words)):
        name, equals, text = argument.rstrip(",;").partition("=")
        if not equals:
            raise FormulaError(_remedy_without_equals(argument))
        if not name.strip():
            raise FormulaError(f"{described(argument)} has no name before the =: write a{argument.replace(' ', '')}")
        name = parse_name(name.removesuffix(":"), FLOATS)
        if name in found:
            raise FormulaError(f"{name} has two values, {found[name]} and {text}: keep one.")
        found[name] = _number(name, text.removeprefix("="))
    return found


def _remedy_without_equals(argument: str) -> str:
    """Return the error for a word without =, where the number of a variable belongs."""
    first, _, rest = argument.partition(":")
    with suppress(FormulaError):
        if not Expression(argument).variables:
            return f"{described(argument)} has no name before it: write a={argument} for the number of a"
    example = f"{single_name(first) or 'a'}={rest.strip() or '2.0'}"
    return f"{described(argument)} gives no value: write {example}, and the expression in quotes."


def _number(name: str, text: str) -> float:
    """Return the number that the text of a variable's value stands for. It is finite."""
    text = re.sub(r"^\s*(['\"])(.*)\1\s*$", r"\2", text)  # a='2', of which a terminal of Windows keeps the quotes
    if lines := readings_of_commas(text):
        raise FormulaError(f"a number has a decimal point. Write {' or '.join(f'{name}={line}' for line in lines)}")
    several = re.split(r"(?:[\s,;&]|\band\b)+(?=\w+\s*=)", text)
    if len(several) > 1:
        words = [f"{name}={several[0]}", *several[1:]]
        raise FormulaError(f"give each variable as a word of its own, outside of quotes: {' '.join(words)}")
    expression = Expression(text) if text.strip(" ;") else None
    is_number = expression is not None and not expression.variables and len(expression.steps) == 1
    if expression is None or not is_number or expression.steps[0][0]:
        raise FormulaError(f"{described(text)} is not a number: write one, such as {name}=2.0 or {name}=1/3.")
    try:
        number = expression().data
    except GradwalkError as error:
        reason = str(error).partition(", at ")[0]
        raise FormulaError(f"{name}={text} has no value: {reason}.") from None
    if not math.isfinite(number):
        raise FormulaError(f"{name}={text} is too large for a float: write a smaller number.")
    return number


def reading_of_name(name: str, given: Collection[str]) -> str:
    """Return what a name without a value may have been meant as; "" if nothing is known.

    >>> [reading_of_name(name, ["x", "y"]) for name in ("xy", "sin2x", "PI", "z")]
    ['x*y', 'sin(2*x)', 'pi', '']
    """
    lower = name.lower()
    same = [each for each in [*given, "pi", *sorted(FUNCTION_NAMES)] if each.lower() == lower]
    if same or name in OTHER_NUMBERS:
        return OTHER_NUMBERS.get(name) or (f"{same[0]}(...)" if same[0] in FUNCTION_NAMES else same[0])
    power = re.fullmatch(r"(.*?)([0-9]+)", name)  # x2, where the exponent of x² was lost
    if power and power[1] in given:
        return f"{power[1]}**{power[2]} or {power[1]}*{power[2]}"
    for function in sorted(FUNCTION_NAMES, key=len, reverse=True):
        argument = _factors(name.removeprefix(function), given) if name.startswith(function) else ""
        if argument:
            return WRITTEN_OUT.get(function, f"{function}({{0}})").format(argument, grouped(argument))
    return _factors(name, given)


def _factors(name: str, given: Collection[str]) -> str:
    """Return a name as a product of names with a value, pi, e and numbers; "" if it is none."""
    factors, rest = [], name
    while rest:
        longest = max((each for each in [*given, "pi", "e"] if rest.startswith(each)), key=len, default="")
        longest = longest or rest[: len(rest) - len(rest.lstrip("0123456789"))]
        if not longest:
            return ""
        factors.append(longest)
        rest = rest.removeprefix(longest)
    return "*".join(factors)


def _reads_e(tree: ast.expr) -> bool:
    """Tell whether e is used as a number, but not as the base of a power: it may be meant as a variable."""
    bases = {node.left for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)}
    numbers = {node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value == math.e}
    return bool(numbers - bases)


def _named(step: str) -> tuple[str, str]:
    """Return a step's name, "" if it has none, and its formula."""
    left, equals, right = step.partition("=")
    if not equals or right.startswith("=") or left.rstrip().endswith(("<", ">", "!", ":")):
        return "", step
    if "(" in left and left.rstrip().endswith(")"):  # f(x) = ..., as functions are defined in books
        name = left.partition("(")[0].strip()
        raise FormulaError(f"in {described(step)}: a step has a name alone. Write {name} = {right.strip()}")
    name = parse_name(left, FLOATS)
    if not right.strip():
        raise FormulaError(
            f"in {described(step)}: nothing is after the =. Write {name} alone, or a formula after it."
        )
    return name, right.strip()


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

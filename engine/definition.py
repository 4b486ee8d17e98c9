"""Define new operations by their formulas."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import sys
from numbers import Real
from typing import TYPE_CHECKING, Any

from .arguments import described, places, public
from .checks import check_nodes
from .domain import REAL, Domain
from .errors import FormulaError, NumberError, real
from .graph import put_arguments
from .ops import ALIASES, LETTERS, OPS, Op
from .parser import parse
from .printer import format_number, plural
from .refusals import NAMES
from .rules import FLOATS, UNLISTED, source
from .value import Value, install

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

BUILT_IN = frozenset([*OPS, *ALIASES])
# Names that generated code uses itself, so no operation may have them.
RESERVED_IN_ROWS = {
    getattr(node, "id", getattr(node, "name", ""))
    for name in ("div", "clip")  # of two arguments, and of three
    for node in ast.walk(ast.parse(source(OPS[name])))
} - {"low", "high"}


@public
def define(
    name: str,
    formula: str | Callable[..., float],
    partials: Sequence[str | Callable[..., float]] | str | Callable[..., float],
    symbol: str = "",
    domain: Sequence[Domain | tuple[float, float]] = (),
    kinks: Sequence[float | str] = (),
    doc: str = "",
    arguments: Sequence[str] = (),
) -> Callable[..., Any]:
    """Add an operation. It can then be used, differentiated, walked, drawn and checked like every other one.

    - `name`: its name, an identifier such as "softplus2".
    - `formula`: z in terms of the arguments: x, or x and y, or as `arguments` names them. It may hold numbers,
      + - * / **, comparisons times a number, such as (x > 0) * 1.0, and the operations of the table by name. Or a
      Python function of numbers, such as math.lgamma. Compiled programs then call it once for each number.
    - `partials`: a formula for each argument, dz/dx and so on, in terms of the arguments and z; or a Python function
      of the arguments. If that works on numbers only, the operation has no second derivatives.
    - `symbol`: the text that stands for it in a drawing; its name by default.
    - `domain`: for each argument the interval (low, high) where checks sample it; all numbers by default.
    - `kinks`: where the derivative is a convention: values of x (of x - y, for two arguments), or formulas that are
      0 there, such as "x - y".
    - `doc`: its meaning, in a few words.
    - `arguments`: the names of the arguments in the formulas, if these are not x and y.

    Returns the operation as a function; it is also a method of every Value. If the name was defined before, the new
    definition replaces it. Operations that were defined with the old one keep the old one.

    Raises FormulaError (a ValueError) for a name or a formula that cannot be used, and says why.

    >>> softplus2 = define("softplus2", "log(1 + exp(2 * x)) / 2", ("sigmoid(2 * x)",))
    >>> x = Value(0.0)
    >>> softplus2(x).backward()
    >>> x.grad
    0.5

    >>> mix = define("mix", "a + t * (b - a)", ("1 - t", "t", "b - a"), arguments=("a", "b", "t"))
    >>> mix(Value(1.0), Value(3.0), 0.25).data
    1.5
    """
    if not isinstance(name, str) or not (name.isidentifier() and name.isascii()) or name.startswith("_"):
        raise FormulaError(f"{name!r} cannot name an operation: use letters, digits and _, such as 'softplus2'.")
    taken = name in BUILT_IN or name in RESERVED_IN_ROWS or hasattr(builtins, name) or keyword.iskeyword(name)
    if taken or (hasattr(Value, name) and name not in OPS and name not in NAMES):
        raise FormulaError(
            f"{name!r} is taken: it already means something to Python or to a Value. Choose another name."
        )
    partials = (partials,) if isinstance(partials, str) or callable(partials) else partials
    if isinstance(arguments, str):  # "a b t", or letters such as "xyw"
        arguments = arguments.replace(",", " ").split() if len(arguments.split()) > 1 else [*arguments]
    for word, things in ("partials", partials), ("domain", domain), ("kinks", kinks), ("arguments", arguments):
        if not isinstance(things, (list, tuple)):
            raise FormulaError(f"{word} is a list, not {described(things)}.")
    for word, text in ("symbol", symbol), ("doc", doc):
        if not isinstance(text, str):
            raise FormulaError(f"{word} is text, not {described(text)}.")
    functions = set(FLOATS) - {name} - {"choose"}
    letters = _letters(name, arguments, len(partials), functions)
    # Without detached operations: the partials say which arguments get a gradient.
    values = {each for each in functions if each not in OPS or not OPS[each].detached}
    limits = tuple(map(_domain, domain)) or (REAL,) * len(partials)
    if len(limits) != len(partials):
        raise FormulaError(f"{name} has {len(partials)} arguments but {len(limits)} domains: give one for each.")
    try:
        called: dict[str, Any] = {}
        rule = _checked(_text(formula, name, letters, called), {*values, *called}, letters)
        slopes = []
        for letter, partial in zip(letters, partials):
            text = _text(partial, f"{name}_d{letter}", letters, called)
            slopes.append(_checked(text, {*functions, *called}, (*letters, "z")))
        corners = tuple(_checked(kink, (), letters) if isinstance(kink, str) else real(kink) for kink in kinks)
        row = Op(name, symbol or name, rule, tuple(slopes), limits, corners, doc or f"z = {rule}", letters=letters)
        row.functions = called
        function = install(row)
    except (RecursionError, SyntaxError):
        raise FormulaError(f"{name} is nested too deeply: define its parts as operations first.") from None
    OPS[name] = row
    return function


SIGNS_IN_WORDS = {"+": "plus", "*": "times", "-": "minus", "/": "over", "**": "power"}


@public
def python_operation(
    name: str, args: Sequence[Value], function: Callable[..., Any], slopes: Sequence[Callable[..., Any]]
) -> Value:
    """Return the result of Python functions at these arguments, as a node whose operation is in no table.

    - `name`: what it is called in text and drawings; any text.
    - `args`: the Values that it is computed from.
    - `function`: takes their numbers, and returns the node's number.
    - `slopes`: a function for each argument, which takes the same numbers and returns the local derivative by it.

    Raises FormulaError for another number of slopes, and for anything that is not a function.

    >>> a = Value(3.0, "a")
    >>> twice = python_operation("twice", [a], lambda x: 2 * x, [lambda x: 2.0])
    >>> twice.backward()
    >>> twice.data, a.grad
    (6.0, 2.0)
    """
    if not isinstance(name, str):
        raise FormulaError(f"the name of an operation is text, not {described(name)}.")
    args = check_nodes(args, "python_operation(): args")
    if not args:
        raise FormulaError("an operation needs arguments: give the Values that it is computed from.")
    if not isinstance(slopes, (list, tuple)) or len(slopes) != len(args):
        raise FormulaError(f"slopes is a list of {plural(len(args), 'function')}, one for each argument.")
    letters = [*LETTERS[: len(args)]] if len(args) <= len(LETTERS) else [f"x{index}" for index in range(len(args))]
    word, called = _word(name, letters), dict[str, Any]()
    formula = _text(_as_function(function, word), word, letters, called)
    partials = [
        _text(_as_function(slope, word), f"{word}_d{letter}", letters, called)
        for letter, slope in zip(letters, slopes)
    ]
    row = Op(word, name or word, formula, tuple(partials), (REAL,) * len(args), doc=f"z = {formula}", letters=letters)
    row.functions = called
    UNLISTED.add(row)
    node: Value = object.__new__(Value)
    node._data, node._grad, node._label, node._op_row = function(*(arg._data for arg in args)), 0.0, "", row
    put_arguments(node, args)
    return node


def _as_function(thing: Any, name: str) -> Callable[..., Any]:
    if callable(thing):
        return thing  # type: ignore[no-any-return]
    raise FormulaError(f"{name}: {described(thing)} is not a function.")


def _word(name: str, letters: Sequence[str]) -> str:
    """Return an identifier for an operation of any name.

    >>> _word("tanh", ["x"]), _word("**3", ["x"]), _word("my op!", ["x"]), _word("", ["x"]), _word("x", ["x"])
    ('tanh', 'power', 'my_op', 'operation', 'my_x')
    """
    sign = SIGNS_IN_WORDS.get("**" if name.startswith("**") else name)
    word = sign or re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") or "operation"
    taken = keyword.iskeyword(word) or word in {*letters, *RESERVED_IN_ROWS, "z", "low", "high"}
    return word if word.isidentifier() and not taken else f"my_{word}"


def _checked(formula: Any, functions: Collection[str], variables: Collection[str]) -> str:
    """Return a formula as plain Python text; raise FormulaError if it holds something that is not allowed."""
    return ast.unparse(parse(formula, functions, variables))


def _letters(name: str, arguments: Sequence[str], count: int, functions: Collection[str]) -> tuple[str, ...]:
    """Return the names of a formula's arguments; raise FormulaError for names that cannot be used."""
    if not count or (arguments and len(arguments) != count):
        given = f"{plural(len(arguments), 'argument')} and " if arguments else ""
        raise FormulaError(
            f"{name} has {given}{plural(count, 'partial')}: give one for each argument, dz/dx or dz/dx and dz/dy."
        )
    for letter in arguments:
        usable = isinstance(letter, str) and letter.isidentifier() and letter.isascii() and not letter.startswith("_")
        if (
            not usable
            or keyword.iskeyword(letter)
            or letter in {"z", *functions, *RESERVED_IN_ROWS} - {"x", "y"}
            or hasattr(builtins, letter)
        ):
            raise FormulaError(f"{letter!r} cannot name an argument: use a letter other than z, such as 'a'.")
    if len({*arguments}) < len(arguments):
        raise FormulaError(f"each argument needs a name of its own, unlike {', '.join(arguments)}.")
    if count > len(LETTERS):
        raise FormulaError(f"{name} has {count} arguments: give at most {len(LETTERS)}.")
    return tuple(arguments) or tuple(LETTERS[:count])


def _text(rule: Any, name: str, letters: Sequence[str], called: dict[str, Any]) -> Any:
    """Return a rule as a formula: a Python function becomes a call, and is added to `called` under its name there."""
    if not callable(rule):
        return rule
    if isinstance(rule, type) or not places(rule).take(len(letters)):
        raise FormulaError(f"{name}: {described(rule)} is not a function of {', '.join(letters)}.")
    called[name] = _giving_a_number(rule, name)
    return f"{name}({', '.join(letters)})"


def _giving_a_number(function: Any, name: str) -> Callable[..., Any]:
    """Return a function that calls a Python function, and raises NumberError if the result is not a number."""

    def number(*args: Any) -> Any:
        result = function(*args)
        if type(result) is float:
            return result
        if isinstance(result, Value) and any(isinstance(arg, Value) for arg in args):
            return result
        if getattr(result, "ndim", None) == 0:  # a NumPy number, or an array without dimensions
            result = result.item()
        if isinstance(result, bool) or not isinstance(result, Real):
            called = f"{name}({', '.join(map(format_number, args))})"
            remedy = " Compute with math, on the numbers it gets." if isinstance(result, Value) else ""
            raise NumberError(f"{called}: the Python function gives {described(result)}, not a number.{remedy}")
        return float(result)

    return number


def _domain(where: Any) -> Domain:
    """Return the domain of an interval (low, high)."""
    if isinstance(where, Domain):
        return where
    try:
        low, high = map(float, where)
    except (TypeError, ValueError):
        raise FormulaError(
            f"a domain is an interval for each argument, such as [(0.1, 5.0)], not {where!r}."
        ) from None
    if not -sys.float_info.max <= low < high <= sys.float_info.max:
        raise FormulaError(f"a domain is an interval from low to high, both finite, not ({low}, {high}).")
    return Domain(f"between {low} and {high}", "Choose {} in there", low, high)

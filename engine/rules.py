"""Make a row of the table executable, on floats and on Values.

Real source is generated from each row's text when the row is first used, and registered in linecache, so that
tracebacks, inspect and a debugger show it. `apply` and `contribute` are the readable definition of what the
generated method and `pull` do; a test holds them equal bit for bit.
"""

from __future__ import annotations

import functools
import math
import re
from math import isfinite, isinf, isnan
from types import FunctionType
from typing import TYPE_CHECKING, Any
from weakref import WeakSet, ref

from .arguments import public
from .errors import FormulaError, GradwalkError, RangeError, failure, gradient_failure, slope_failure
from .graph import Rest, put_arguments
from .ops import OPS, Op
from .printer import expression
from .sources import run_source
from .unrecorded import UNRECORDED, exchange, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .value import Value


def apply(op: Op, z: Value, *args: Value) -> Value:
    """Apply the forward rule: make z the result of an operation."""
    z._data = op.f(*(arg._data for arg in args))
    if op.name not in UNCHECKED and not all(isfinite(number) for number in (z._data, *(arg._data for arg in args))):
        check_result(op, z._data, *args)
    z._grad, z._label, z._op_row = 0.0, "", op
    put_arguments(z, args)
    return z


def contribute(z: Value) -> None:
    """Apply the chain rule: add upstream gradient × local derivative to the gradient of each argument."""
    numbers = [arg._data for arg in z.args]
    for arg, slope, passes in zip(z.args, z.op.slopes, z.op.passing(z)):
        if passes and arg._grad is not None:  # a constant is never asked for a gradient
            arg._grad += z._grad * slope(*numbers, z=z._data)


# Their results may be infinite or NaN, as in IEEE 754: a check would slow down every graph. Other operations that
# take such a result as an argument, and the backward pass, report it.
UNCHECKED = ("add", "sub", "mul", "neg")


def check_result(op: Op, number: float, *args: Value) -> None:
    """Raise an error if a result or an argument overflowed; what comes of a user's own infinity is allowed."""
    waiting = [arg for arg in args if not isfinite(arg._data)]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        if node.op is not None:
            _check_result(node.op, node._data, *node.args)
            found = [arg for arg in dict.fromkeys(node.args) if not isfinite(arg._data) and arg not in seen]
            waiting += found  # in order: of several culprits, the same one is named each time
            seen.update(found)
    if not isfinite(number):
        _check_result(op, number, *args)


def _check_result(op: Op, number: float, *args: Value) -> None:
    numbers = [arg._data for arg in args]
    if all(map(isfinite, numbers)):
        # A formula gives NaN where it overflows, and a Python function where it has no value.
        undefined = isnan(number) and op.functions
        raise failure(op, ValueError() if undefined else OverflowError(), *args)
    if isnan(number) and not any(map(isnan, numbers)):
        raise failure(op, ValueError(), *args)


def check_results(order: Iterable[Value]) -> None:
    """Raise an error for an operation whose result is not finite although its arguments are."""
    for z in order:
        if not isfinite(z._data):
            _check_result(z.op, z._data, *z.args)


def local_derivative(z: Value, index: int) -> float:
    """Return the derivative of z by its argument number `index`.

    Raises DomainError, DivisionError or RangeError if it is not finite at finite numbers."""
    numbers = [arg._data for arg in z.args]
    try:
        local = float(z.op.slopes[index](*numbers, z=z._data))
    except (ArithmeticError, TypeError, ValueError) as error:
        raise slope_failure(z, index, error) from None
    if isnan(local) or (isinf(local) and all(map(isfinite, [*numbers, z._data]))):
        raise slope_failure(z, index, OverflowError() if isinf(local) else ValueError())
    return local


def derivative_as_graph(z: Value, index: int, arguments: Iterable[Any]) -> Any:
    """Return the derivative of z by its argument number `index`, as a Value or a number; arguments may be numbers.

    The formula is that of the row's `partials` or, where these have no value, of its `computed`.
    """
    try:
        return z.op.lifted[index](*arguments, z=z)
    except (ArithmeticError, TypeError, ValueError):
        return z.op.lifted_slopes[index](*arguments, z=z)


def slope_failures(z: Value) -> GradwalkError:
    """Return an error for the first local derivative of z that is needed and is not finite."""
    try:
        for index, arg in enumerate(z.args):
            if arg._grad is not None:
                local_derivative(z, index)
    except GradwalkError as error:
        return error
    return RangeError(f"{expression(z)}: a gradient is too large for a float.")


def contribution(z: Value, index: int, upstream: float) -> float:
    """Return the contribution of z to its argument number `index`: upstream gradient × local derivative.

    Raises DomainError, DivisionError or RangeError if it is not finite."""
    if not z.op.passing(z)[index]:
        return 0.0
    local = local_derivative(z, index)
    term = upstream * local
    if isnan(term) or (isinf(term) and isfinite(upstream) and isfinite(local)):
        raise gradient_failure(z.args[index], f"{upstream} * {local}", term)
    return term


def added(node: Value, before: float, term: float) -> float:
    """Return a node's gradient plus one more contribution; raise an error if the sum overflows."""
    after = before + term
    if isnan(after) or (isinf(after) and isfinite(before) and isfinite(term)):
        raise gradient_failure(node, f"{before} + {term}", after)
    return after


# The functions that a formula may call: these on floats, and every row of the table on floats and on Values.
# A row that has a function of the same name in `math`, such as sinh(x), needs no line here.
PRIMITIVES: dict[str, Any] = {
    op.name: getattr(math, op.name) for op in OPS.values() if op.is_primitive and hasattr(math, op.name)
}
PRIMITIVES |= {"abs": math.fabs, "max": lambda x, y: x if x >= y or x != x else y,  # x != x keeps a NaN
               "min": lambda x, y: x if x <= y or x != x else y,
               "choose": lambda condition, x, y: x if condition else y}  # fmt: skip
FLOATS: dict[str, Any] = dict(PRIMITIVES)
VALUES: dict[str, Any] = {"__builtins__": {"float": lambda value: value}}
UNLISTED: WeakSet[Op] = WeakSet()  # rows of Python functions that are in no table, each of one node
IN_METHODS: dict[str, Any] = {}  # names of engine.value that methods use; engine.value fills it in


# A number beside a Value becomes a constant: a float or an integer here, in a third of the time, and all else by
# `operand`. A traceback shows this frame and the caller's, and no frames below. Times 1.0 an integer is a float.
CONVERT = """\
    _kind = type({name})
    if _kind is not Value:
        if (_kind is int and -{exact} < {name} < {exact}) or (_kind is float and {name} == {name}):
            _number = {name} * 1.0
            z = blank(Value)
            z._data, z._grad, z._label = _number, None, ""
            z._op_row = z._x = z._y = None
            {name} = z
{short}{constant}        else:
            try: {name} = operand({name})
            except Exception as error: raise error.with_traceback(None) from None
"""
EXACT = 1 << 53  # integers up to here are floats, all of them
# A row that is a constant where its last argument is a constant of one number.
CONSTANT = "            if _number == {number}: return operand({result})\n"
# A row that has a shorter formula where its last argument is a constant of one number: nothing more is to be checked.
SHORTER_FORMULA = """\
            if _number == {number}:
                _number = {formula}
                if -inf < _number < inf:
                    z = new(Value)
                    z._data = _number
                    z._grad, z._label, z._op_row = 0.0, "", op
                    z._x, z._y = {store}
                    return z
"""
# A number was compared before it became a constant.
CONSTANT_OF_VALUES = """\
    if _kind is not int and _kind is not float and {name}._grad is None and {name}._data == {number}:
        return operand({result})
"""


CHECK = """\
    if not ({finite}):
        try: check_result(op, z._data, {names})
        except Exception as error: raise error.with_traceback(None) from None
"""
PULLS_NOTHING = "        pass\n"  # the backward rule of a row that passes no gradient


STORE = """\
    z._grad, z._label, z._op_row = 0.0, "", op
    z._x, z._y = {store}
    return z
"""
# While a `no_grad` block is open. An overflow raises an error at once, as there is no graph to find it in later.
STORE_OR_NOT = """\
    if records():
        z._grad, z._label, z._op_row = 0.0, "", op
        z._x, z._y = {store}
        return z
{check}    z._grad, z._label, z._op_row = None, "", None
    z._x, z._y = None, UNRECORDED
    return z
"""


def source(op: Op, no_grad: bool = False) -> str:
    """Return the Python source of a row: its function, its slopes, its method and its backward rule, `pull`.

    With `no_grad`, return only the source of its method, as it is while a `no_grad` block is open.

    >>> from engine.ops import OPS
    >>> print(source(OPS["relu"])[:32])
    def f(x):
        return max(x, 0.0)
    """
    args = op.letters
    names, data = ", ".join(args), [f"{arg}._data" for arg in args]
    first, *others = args

    slopes, pulls = "", ""
    for arg, partial, computed, passes in zip(args, op.partials, op.computed, op.passes):
        slopes += f"def slope_{arg}({names}, *, z):\n    return {_real(computed)}\n\n"
        if computed != partial:
            slopes += f"def rule_{arg}({names}, *, z):\n    return {_real(partial)}\n\n"
        term = f"+= upstream * ({_real(op.substitute(partial, *data, z='z._data'))})"
        term = {"1": "+= upstream", "-1": "-= upstream"}.get(partial, term)
        pulls += f"        if {arg}._grad is not None: {arg}._grad {term}\n" * passes
    unpack = (
        f"{first}, {_load(others)}, upstream = z._x, z._y, z._grad"
        if others
        else f"{first}, upstream = z._x, z._grad"
    )
    method = method_source(op, op.name, no_grad)
    if no_grad:
        return method
    return f"""\
def f({names}):
    return {_formula_text(op, args)}

{slopes}{method}
def pull(z):
    {unpack}
    try:
{pulls or PULLS_NOTHING}    except (ArithmeticError, TypeError, ValueError):
        raise slope_failures(z) from None
"""


def method_source(op: Op, name: str, no_grad: bool = False) -> str:
    """Return the Python source of a row's method, under its own name or as an operator such as __rsub__.

    With `no_grad`, return that of the time while a `no_grad` block is open.
    """
    args, is_reflected = op.letters, name.startswith("__r")
    names, data = ", ".join(args), [f"{arg}._data" for arg in args]
    first, *others = args
    rules = ", ".join(f"dz/d{arg} = {partial}" for arg, partial in zip(args, op.partials))
    # One comparison for all. Where only the sum is too large, `check_result` finds no fault.
    finite = f"-inf < {' + '.join(f'{node}._data' for node in ['z', *args])} < inf"
    number, late_check = _formula_text(op, data, refuses_complex=not op.may_be_complex), ""
    if op.may_be_complex:
        # Two floats give a float, or a complex number, which the comparison refuses in less time than float().
        number, finite = f"{number}\n        is_finite = {finite}", "is_finite"
    check = CHECK.format(names=names, finite=finite)
    if op.name in UNCHECKED:
        check, late_check = "", check
    meaning = f"z = {op.spell(*args)}: {op.doc}. {rules}."
    rest = f"Rest(({', '.join(others)}))" if op.arity > 2 else others[0] if others else None
    store = f"{first}, {rest}"
    convert = ""
    for each in [first] if is_reflected else others:
        number_of, text, short = "", "", ""
        if name.startswith("__") and op.constant_at and each == args[-1]:
            at, result = op.constant_at
            number_of = CONSTANT.format(name=each, number=at, result=result)
            text = CONSTANT_OF_VALUES.format(name=each, number=at, result=result)
        if each == args[-1] and not no_grad:
            for at, (formula, _) in op.at.items():
                short += SHORTER_FORMULA.format(
                    name=each, number=at, formula=op.substitute(formula, *data), store=store
                )
        convert += CONVERT.format(name=each, exact=EXACT, constant=number_of, short=short) + text
    return f"""\
def {name}({", ".join(reversed(args)) if is_reflected else names}):
    {meaning!r}
{convert}    z = new(Value)
    try:
        z._data = {number}
    except (ArithmeticError, TypeError, ValueError) as error:
        raise failure(op, error, {names}) from None
{check}{(STORE_OR_NOT if no_grad else STORE).format(store=store, check=late_check)}"""


def _formula_text(op: Op, arguments: Sequence[str], refuses_complex: bool = True) -> str:
    """Return the formula of a row on these arguments, with the shorter one where that holds."""
    text = op.substitute(op.formula, *arguments)
    if refuses_complex:
        text = _real(text)
    for number, (formula, _) in op.at.items():
        text = f"{op.substitute(formula, *arguments)} if {arguments[-1]} == {number} else {text}"
    return text


def _real(formula: str) -> str:
    return f"float({formula})" if "**" in formula else formula  # float() refuses a complex power


def _load(others: Sequence[str]) -> str:
    """Return the text that takes all arguments but the first from their slot."""
    return f"({', '.join(others)})" if len(others) > 1 else others[0]


def operator_method(op: Op, name: str) -> Any:
    """Return the method of an operator that is not the row's own, such as `__rsub__`: a number may come first."""
    text = method_source(op, name)
    method = FunctionType(run_source(text, name, {}, op)[name].__code__, op.pull.__globals__, name)
    exchange(method, functools.partial(_code_without_grad, ref(op), name))
    method.__module__, method.__qualname__ = IN_METHODS["Value"].__module__, f"Value.{name}"
    return method


def _lifted(op: Op, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a Python function of numbers as one that explains, if it fails on Values, why there is no derivative."""

    def lifted(*args: Any) -> Any:
        try:
            return function(*args)
        except Exception as error:
            raise FormulaError(
                f"the derivative of {op.name} is a function of numbers, so it has no derivative of its own: give "
                "define() the partials as formulas, such as '1 / x', or as a function of Values."
            ) from error

    return lifted


def build(op: Op) -> None:
    """Fill in the functions of a row: `f`, `slopes`, `lifted`, `lifted_slopes`, `pull` and `method`."""
    # Only the functions that its texts call: the row keeps these alive, and keeps them if one is defined anew.
    words = set(re.findall(r"\w+", " ".join([op.formula, *op.partials, *op.computed])))
    used = {word: _on_floats(word) for word in words if word in FLOATS} | IN_METHODS
    used |= op.functions | {"op": op, "failure": failure, "check_result": check_result}
    used |= {"slope_failures": slope_failures, "inf": math.inf, "Rest": Rest}
    used |= {"records": records, "UNRECORDED": UNRECORDED}
    defined = run_source(source(op), op.name, used, op)
    args = op.letters
    op.f, op.pull, op.slopes = defined["f"], defined["pull"], tuple(defined[f"slope_{arg}"] for arg in args)
    own = {name: VALUES[name] for name in ("__builtins__", *words) if name in VALUES}
    own |= {name: _lifted(op, function) for name, function in op.functions.items()}
    known = VALUES if OPS.get(op.name) is op and not op.functions else own
    rules = [defined.get(f"rule_{arg}", defined[f"slope_{arg}"]) for arg in args]
    op.lifted, op.lifted_slopes = (
        tuple(FunctionType(each.__code__, known, None, None, None) for each in functions)
        for functions in (rules, op.slopes)
    )
    method = defined[op.name]
    # By a weak reference: `exchange` must not keep the row alive.
    exchange(method, functools.partial(_code_without_grad, ref(op), op.name))
    method.__module__, method.__qualname__ = IN_METHODS["Value"].__module__, f"Value.{op.name}"
    # With one or two arguments, the checks of `public` would cost more than the operation itself.
    op.method = public(method) if op.arity > 2 else method


def _code_without_grad(row: ref[Op], name: str) -> Any:
    """Return the code of a row's method of this name for the time while a `no_grad` block is open."""
    op: Any = row()
    return run_source(method_source(op, name, no_grad=True), name, {}, op)[name].__code__


def allocate_with(new: Callable[[type[Value]], Value]) -> None:
    """Make all generated methods, and those that are generated later, create their nodes by this function."""
    IN_METHODS["new"] = new
    for op in OPS.values():
        if "pull" in vars(op):
            op.pull.__globals__["new"] = new


def _on_floats(name: str) -> Any:
    """Return the function on floats that a formula calls by this name."""
    return FLOATS[name] if name in PRIMITIVES or name not in OPS else OPS[name].f


def called_rows(op: Op) -> dict[str, Op]:
    """Return the rows that a row's texts call, by the names in them: of one that was since defined anew, the old one.

    Functions that are in no row, such as max, are left out.

    >>> called_rows(OPS["silu"])
    {'sigmoid': Op('sigmoid', 'σ', 'exp(min(x, 0.0)) / (1 + exp(-abs(x)))', ('z * (1 - z)',))}
    """
    words = dict.fromkeys(re.findall(r"\w+", " ".join([op.formula, *op.partials, *op.computed])))
    functions = {name: each for name, each in _globals(op.f).items() if name not in {*PRIMITIVES, *op.functions}}
    return {word: _globals(functions[word])["op"] for word in words if word in functions}


def _globals(function: Any) -> dict[str, Any]:
    """Return what a function of a row may use, by name; "op" is the row."""
    return function.__globals__  # type: ignore[no-any-return]


class BuiltWhenUsed:
    """An attribute of a row that `build` fills in when it is first read: to build all rows at import takes 15 ms."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, op: Op, owner: type[Op]) -> Any:
        build(op)
        return vars(op)[self.name]


for _name in ("f", "slopes", "lifted", "lifted_slopes", "pull", "method"):
    setattr(Op, _name, BuiltWhenUsed(_name))

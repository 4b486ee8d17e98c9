"""A row of the table made executable: on floats, and on Values.

Real source is generated from each row's text, once, and registered in linecache, so that tracebacks,
inspect and a debugger show it. `apply` and `contribute` are the readable definition of what the
generated method and `pull` do; a test holds them equal bit for bit.
"""

from __future__ import annotations

import linecache
import math
from types import FunctionType
from typing import TYPE_CHECKING, Any

from .errors import failure, slope_failure
from .ops import OPS, Op, substitute

if TYPE_CHECKING:
    from .value import Value


def apply(op: Op, z: Value, *args: Value) -> Value:
    """The forward rule: make z the result of an operation."""
    z._data = op.f(*(arg._data for arg in args))
    z._grad, z._label, z.op = 0.0, "", op
    z._x, z._y = (*args, None)[:2]
    return z


def contribute(z: Value) -> None:
    """The chain rule: each argument's gradient grows by upstream × local derivative."""
    numbers = [arg._data for arg in z.args]
    for arg, slope, passes in zip(z.args, z.op.slopes, z.op.passes):
        if passes and arg._grad is not None:  # a constant is never asked for a gradient
            arg._grad += z._grad * slope(*numbers, z=z._data)


# What a formula may call: these on floats, and every row of the table on floats and on Values.
PRIMITIVES: dict[str, Any] = {f.__name__: f for f in (math.exp, math.expm1, math.log, math.log1p, math.sqrt, math.sin,
                                                      math.cos, math.tan, math.tanh, math.erf)}  # fmt: skip
PRIMITIVES |= {"abs": math.fabs, "max": lambda x, y: x if x >= y or x != x else y,  # x != x keeps a NaN
               "min": lambda x, y: x if x <= y or x != x else y}  # fmt: skip
FLOATS: dict[str, Any] = dict(PRIMITIVES)
VALUES: dict[str, Any] = {"__builtins__": {"float": lambda value: value}}


# A number beside a Value becomes a constant. An error shows this one frame and the caller's, none of what it calls.
CONVERT = """\
    if type(y) is not Value:
        try: y = operand(y)
        except Exception as error: raise error.with_traceback(None) from None
"""


NOTHING = "        pass\n"  # what a row that passes no gradient pulls


def source(op: Op) -> str:
    """The Python source of a row: its function, its slopes, its method and its pull rule.

    >>> from engine.ops import OPS
    >>> print(source(OPS["relu"])[:32])
    def f(x):
        return max(x, 0.0)
    """
    args = ["x", "y"][: op.arity]
    names, data = ", ".join(args), [f"{arg}._data" for arg in args]

    def real(formula: str) -> str:
        return f"float({formula})" if "**" in formula else formula  # float() refuses a complex power

    slopes, pulls = "", ""
    for arg, partial, passes in zip(args, op.partials, op.passes):
        slopes += f"def slope_{arg}({names}, *, z):\n    return {real(partial)}\n\n"
        share = f"+= z._grad * ({real(substitute(partial, *data, z='z._data'))})"
        share = {"1": "+= z._grad", "-1": "-= z._grad"}.get(partial, share)
        pulls += f"        if {arg}._grad is not None: {arg}._grad {share}\n" * passes
    rules = ", ".join(f"dz/d{arg} = {partial}" for arg, partial in zip(args, op.partials))
    convert = CONVERT if op.arity == 2 else ""
    meaning = f"z = {op.spell('x', 'y')}: {op.doc}. {rules}."
    return f"""\
def f({names}):
    return {real(op.formula)}

{slopes}def {op.name}({names}):
    {meaning!r}
{convert}    z = new(Value)
    try:
        z._data = {real(substitute(op.formula, *data))}
    except (ArithmeticError, TypeError, ValueError) as error:
        raise failure(op, error, {names}) from None
    z._grad, z._label, z.op = 0.0, "", op
    z._x, z._y = {names if op.arity == 2 else "x, None"}
    return z

def pull(z):
    {"x, y = z._x, z._y" if op.arity == 2 else "x = z._x"}
    try:
{pulls or NOTHING}    except (ArithmeticError, TypeError, ValueError):
        raise slope_failure(z) from None
"""


def build(op: Op, **names: Any) -> Any:
    """Fill in a row's `f`, `slopes`, `lifted` and `pull`, and return its method; `names` are what the method uses."""
    text, filename = source(op), f"<gradwalk {op.name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    made: dict[str, Any] = {}
    used = {**FLOATS, **names, "op": op, "failure": failure, "slope_failure": slope_failure}
    exec(compile(text, filename, "exec"), used, made)
    op.f, op.pull, op.slopes = made["f"], made["pull"], tuple(made[f"slope_{arg}"] for arg in "xy"[: op.arity])
    # A defined row keeps the functions that it was made with, even if one of them is defined anew.
    known = VALUES if OPS.get(op.name) is op else dict(VALUES)
    op.lifted = tuple(FunctionType(slope.__code__, known, None, None, None) for slope in op.slopes)
    FLOATS[op.name] = PRIMITIVES.get(op.name, op.f)
    return made[op.name]

"""A row of the table made executable: on floats, and on Values.

Real source is generated from each row's text, once, and registered in linecache, so that tracebacks,
inspect and a debugger show it. `apply` and `contribute` are the readable definition of what the
generated method and `pull` do; a test holds them equal bit for bit.
"""

from __future__ import annotations

import linecache
import math
import re
from types import FunctionType
from typing import TYPE_CHECKING, Any

from .errors import failure, slope_failure
from .ops import Op, substitute

if TYPE_CHECKING:
    from .value import Value


def apply(op: Op, z: Value, *args: Value) -> Value:
    """The forward rule: make z the result of an operation."""
    z.data = op.f(*(arg.data for arg in args))
    z.grad, z.label, z.op = 0.0, "", op
    z._x, z._y = (*args, None)[:2]
    return z


def contribute(z: Value) -> None:
    """The chain rule: each argument's gradient grows by upstream × local derivative."""
    numbers = [arg.data for arg in z.args]
    for arg, slope in zip(z.args, z.op.slopes):
        if arg.grad is not None:  # a constant is never asked for a gradient
            arg.grad += z.grad * slope(*numbers, z=z.data)


def _max(x: float, y: float) -> float:
    return x if x >= y or x != x else y  # x != x keeps a NaN, on either side


def _min(x: float, y: float) -> float:
    return x if x <= y or x != x else y


# What a formula may call: these on floats, and every row of the table on floats and on Values.
PRIMITIVES = {"abs": abs, "max": _max, "min": _min, "exp": math.exp, "expm1": math.expm1, "log": math.log,
              "log1p": math.log1p, "sqrt": math.sqrt, "sin": math.sin, "cos": math.cos, "tan": math.tan,
              "tanh": math.tanh, "erf": math.erf}  # fmt: skip
FLOATS: dict[str, Any] = dict(PRIMITIVES)
VALUES: dict[str, Any] = {"__builtins__": {}}


def source(op: Op) -> str:
    """The Python source of a row: its function, its slopes, its method and its pull rule.

    >>> from engine.ops import OPS
    >>> print("def pull" + source(OPS["relu"]).split("def pull")[1])
    def pull(z):
        x = z._x
        if x.grad is not None: x.grad += z.grad * ((x.data > 0) * 1.0)
    """
    args = ["x", "y"][: op.arity]
    data = [f"{arg}.data" for arg in args]
    parameters = ", ".join(args)

    lines = [f"def f({parameters}):", f"    return {op.formula}", ""]
    for arg, partial in zip(args, op.partials):
        lines += [f"def slope_{arg}({parameters}, *, z):", f"    return {partial}", ""]

    lines += [f"def {op.name}({parameters}):", f'    """{_docstring(op)}"""']
    if op.arity == 2:
        lines += ["    if type(y) is not Value:", "        y = operand(y)"]
    lines += ["    z = new(Value)"]
    lines += _guarded(op.formula, [f"z.data = {substitute(op.formula, *data)}"], f"failure(op, error, {parameters})")
    if "**" in op.formula:
        lines += ["    if type(z.data) is complex:", f"        raise failure(op, ValueError(), {parameters})"]
    lines += ["    z.grad = 0.0", "    z.label = ''", "    z.op = op"]
    lines += ["    z._x = x", f"    z._y = {'y' if op.arity == 2 else None}", "    return z", ""]

    lines += ["def pull(z):", *(f"    {arg} = z._{arg}" for arg in args)]
    steps = []
    for arg, partial in zip(args, op.partials):
        step = {"1": "+= z.grad", "-1": "-= z.grad"}.get(partial)
        step = step or f"+= z.grad * ({substitute(partial, *data, z='z.data')})"
        steps.append(f"if {arg}.grad is not None: {arg}.grad {step}")
    lines += _guarded("".join(op.partials), steps, "slope_failure(z)")
    return "\n".join(lines)


def _guarded(formula: str, lines: list[str], failure: str) -> list[str]:
    """Lines that compute a formula, inside a `try` where it can fail: where it calls, divides or takes a power."""
    if not re.search(r"\w\(|/|\*\*", formula):
        return [f"    {line}" for line in lines]
    guard = ["    except (ArithmeticError, ValueError) as error:", f"        raise {failure} from None"]
    return ["    try:", *(f"        {line}" for line in lines), *guard]


def _docstring(op: Op) -> str:
    rules = ", ".join(f"dz/d{arg} = {partial}" for arg, partial in zip("xy", op.partials))
    return f"z = {op.spell('x', 'y')}: {op.doc}. {rules}."


def build(op: Op, **names: Any) -> Any:
    """Fill in a row's `f`, `slopes`, `lifted` and `pull`, and return its method; `names` are what the method uses."""
    text, filename = source(op), f"<gradwalk {op.name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    made: dict[str, Any] = {}
    used = {**FLOATS, **names, "op": op, "failure": failure, "slope_failure": slope_failure}
    exec(compile(text, filename, "exec"), used, made)
    op.f, op.pull = made["f"], made["pull"]
    op.slopes = tuple(made[f"slope_{arg}"] for arg in "xy"[: op.arity])
    op.lifted = tuple(FunctionType(slope.__code__, VALUES, None, None, None) for slope in op.slopes)
    FLOATS[op.name] = PRIMITIVES.get(op.name, op.f)
    return made[op.name]

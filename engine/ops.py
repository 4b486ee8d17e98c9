"""The operation table: one row per operation, and the row is data.

A formula is text over the arguments x and y and the result z. The same text is the eager code, the
gradient, the explanation in a walk, the label in a drawing and the array code of a program.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .domain import ABOVE_MINUS_1, BASE, BELOW_PI_2, NONNEGATIVE, NONZERO, POSITIVE, REAL, Domain

if TYPE_CHECKING:
    from collections.abc import Callable


class Op:
    """One row of the table.

    `formula` gives z from x and y, and `partials` the derivative of z by each argument. `domain` says
    where each argument may lie, `kinks` where the derivative is a convention: values of x (of x - y,
    for two arguments). `passes` tells which arguments a gradient reaches: none whose derivative is the number 0.
    `computed` are the partials as code: the textbook's formulas, but where these have no value and the derivative
    has one, such as that of x ** y by y at x = 0, or overflow on the way. A `detached` result counts as a fixed number, whatever it was
    made of.

    `engine.rules` makes the row executable and fills in the rest: `f` and `slopes` compute on floats, `lifted` and
    `lifted_slopes` are the partials and the slopes on Values, and `pull` is the backward rule.

    >>> OPS["mul"]
    Op('mul', '×', 'x * y', ('y', 'x'))
    """

    f: Callable[..., float]
    slopes: tuple[Callable[..., float], ...]
    lifted: tuple[Callable[..., Any], ...]
    lifted_slopes: tuple[Callable[..., Any], ...]
    pull: Callable[[Any], None]

    def __init__(self, name: str, symbol: str, formula: str, partials: tuple[str, ...], domain: tuple[Domain, ...],
                 kinks: tuple[float, ...] = (), doc: str = "", computed: tuple[str, ...] = (),
                 detached: bool = False) -> None:  # fmt: skip
        self.name, self.symbol, self.formula, self.partials = name, symbol, formula, partials
        self.domain, self.kinks, self.doc, self.arity = domain, kinks, doc, len(partials)
        self.passes = tuple(partial not in ("0", "0.0") for partial in partials)
        self.computed, self.detached = computed or partials, detached

    def spell(self, *arguments: str) -> str:
        """The operation on arguments, as a person writes it.

        >>> OPS["mul"].spell("a", "b"), OPS["relu"].spell("a")
        ('a * b', 'relu(a)')
        """
        if self.name in OPERATORS:
            return substitute(self.formula, *arguments)
        return f"{self.name}({', '.join(arguments[: self.arity])})"

    def __repr__(self) -> str:
        return f"Op({self.name!r}, {self.symbol!r}, {self.formula!r}, {self.partials!r})"

    def __reduce__(self) -> tuple[Callable[[str], Op], tuple[str]]:
        return row, (self.name,)


CUT = "min(abs(x), 40.0)"  # |x|, and exp(-x * x) is 0 from 40 on: so x * x cannot overflow
# fmt: off
TABLE: tuple[Op, ...] = (
    # name          symbol    formula         local derivatives                       domain            (kinks) meaning
    Op("add",        "+",     "x + y",        ("1", "1"),                             (REAL, REAL),     doc="the sum"),
    Op("sub",        "−",     "x - y",        ("1", "-1"),                            (REAL, REAL),     doc="the difference"),
    Op("mul",        "×",     "x * y",        ("y", "x"),                             (REAL, REAL),     doc="the product"),
    Op("div",        "/",     "x / y",        ("1 / y", "-z / y"),                    (REAL, NONZERO),  doc="the quotient"),
    Op("pow",        "^",     "x ** y",       ("y * x ** (y - 1)", "z * log(x)"),     (BASE, REAL),     doc="the power",
       computed=("y * x ** (y - (1 - (abs(x) + abs(y) <= 0) * 1.0))", "z * log(x + (abs(x) + abs(z) <= 0) * 1.0)")),
    Op("neg",        "−",     "-x",           ("-1",),                                (REAL,),          doc="the negative"),

    Op("exp",        "exp",   "exp(x)",       ("z",),                                 (REAL,),          doc="e to the power of x"),
    Op("expm1",      "expm1", "expm1(x)",     ("exp(x)",),                            (REAL,),          doc="exp(x) - 1, exact near 0"),
    Op("log",        "log",   "log(x)",       ("1 / x",),                             (POSITIVE,),      doc="natural logarithm"),
    Op("log1p",      "log1p", "log1p(x)",     ("1 / (1 + x)",),                       (ABOVE_MINUS_1,), doc="log(1 + x), exact near 0"),
    Op("sqrt",       "√",     "sqrt(x)",      ("0.5 / z",),                           (NONNEGATIVE,),   doc="square root"),
    Op("sin",        "sin",   "sin(x)",       ("cos(x)",),                            (REAL,),          doc="sine of x radians"),
    Op("cos",        "cos",   "cos(x)",       ("-sin(x)",),                           (REAL,),          doc="cosine of x radians"),
    Op("tan",        "tan",   "tan(x)",       ("1 + z * z",),                         (BELOW_PI_2,),    doc="tangent of x radians"),
    Op("erf",        "erf",   "erf(x)",       ("1.1283791670955126 * exp(-x * x)",),  (REAL,),          doc="Gauss's error function",
       computed=(f"1.1283791670955126 * exp(-{CUT} * {CUT})",)),

    Op("abs",        "|x|",   "abs(x)",       ("(x > 0) * 1.0 - (x < 0) * 1.0",),     (REAL,), (0.0,),  "absolute value; slope 0 at 0"),
    Op("maximum",    "max",   "max(x, y)",    ("(x >= y) * 0.5 + (x > y) * 0.5", "(y >= x) * 0.5 + (y > x) * 0.5"),
       (REAL, REAL), (0.0,), "the larger; at a tie each gets half the slope"),
    Op("minimum",    "min",   "min(x, y)",    ("(x <= y) * 0.5 + (x < y) * 0.5", "(y <= x) * 0.5 + (y < x) * 0.5"),
       (REAL, REAL), (0.0,), "the smaller; at a tie each gets half the slope"),

    Op("threshold",  "step",  "(x >= 0) * 1.0", ("0",), (REAL,), (0.0,), "0 or 1; flat: its slope is 0, so nothing before it learns"),
    Op("sigmoid",    "σ",     "exp(min(x, 0.0)) / (1 + exp(-abs(x)))", ("z * (1 - z)",),
       (REAL,), doc="squashes to 0..1: 1 / (1 + exp(-x)), safe for any x"),
    Op("tanh",       "tanh",  "tanh(x)",      ("1 - z * z",),                         (REAL,),          doc="squashes to -1..1"),
    Op("relu",       "ReLU",  "max(x, 0.0)",  ("(x > 0) * 1.0",),                     (REAL,), (0.0,),  "rectifier; slope 0 at 0"),
    Op("leaky_relu", "LReLU", "max(x, 0.0) + 0.01 * min(x, 0.0)", ("(x > 0) * 1.0 + (x <= 0) * 0.01",),
       (REAL,), (0.0,), "rectifier that leaks 1 %; slope 0.01 at 0"),
    Op("elu",        "ELU",   "max(x, 0.0) + expm1(min(x, 0.0))", ("exp(min(x, 0.0))",),
       (REAL,), (0.0,), "exponential linear unit; slope 1 at 0"),
    Op("softplus",   "soft+", "max(x, 0.0) + log1p(exp(-abs(x)))", ("sigmoid(x)",),
       (REAL,), doc="smooth rectifier: log(1 + exp(x)), safe for any x"),
    Op("silu",       "SiLU",  "x * sigmoid(x)", ("sigmoid(x) + z * (1 - sigmoid(x))",),
       (REAL,), doc="x * sigmoid(x), also called swish"),
    Op("gelu",       "GELU",  "0.5 * x * (1 + erf(0.7071067811865476 * x))",
       ("0.5 * (1 + erf(0.7071067811865476 * x)) + 0.3989422804014327 * x * exp(-0.5 * x * x)",),
       (REAL,), doc="x times the share of a normal distribution below x",
       computed=(f"0.5 * (1 + erf(0.7071067811865476 * x)) + 0.3989422804014327 * x * exp(-0.5 * {CUT} * {CUT})",)),

    Op("detach",     "detach", "x",           ("0",),                                 (REAL,),
       doc="the number alone: it passes its value and no gradient", detached=True),
)
# The operations that Python spells with an operator, and what a formula may call two of the others.
OPERATORS = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__", "pow": "__pow__", "neg": "__neg__"}
ALIASES = {"max": "maximum", "min": "minimum"}
# fmt: on

OPS = {op.name: op for op in TABLE}


def row(name: str) -> Op:
    """The row of that name: what a pickled row becomes again."""
    return OPS[name]


def substitute(formula: str, x: str, y: str = "y", *, z: str = "z") -> str:
    """A formula with its arguments and its result spelled otherwise.

    >>> substitute("-z / y", "a", "b", z="q")
    '-q / b'
    """
    return re.sub(r"\b[xyz]\b", lambda letter: {"x": x, "y": y, "z": z}[letter[0]], formula)


if __name__ == "__main__":
    from .listing import show

    show()

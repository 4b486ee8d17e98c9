"""The operation table: one row per operation, and the row is data.

A formula is text over the arguments, x and y for most rows, and the result z. The same text is the eager
code, the gradient, the explanation in a walk, the label in a drawing and the array code of a program.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from .domain import ABOVE_MINUS_1, BASE, BELOW_PI_2, NONNEGATIVE, NONZERO, POSITIVE, REAL, Domain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LETTERS = "xyuvwabcdefghijklmnopqrst"  # the names of a row's arguments, unless the row gives others; z is the result


class Op:
    """One row of the table.

    - `formula`: how z is computed from the arguments.
    - `partials`: the derivative of z by each argument, one formula for each.
    - `letters`: the names of the arguments in these formulas; x and y by default. The result is z.
    - `domain`: the numbers that each argument may be.
    - `kinks`: where the derivative is a convention: values of x (of x - y, for two arguments), or formulas that are 0
      there.
    - `passes`: for each argument, whether it gets a gradient; False if its derivative is the number 0.
    - `selects`: whether an argument whose derivative is 0 at these numbers gets no gradient at all. Then the nodes
      below it need not have a derivative.
    - `computed`: the partials as they are computed. They differ from `partials` where the formula has no value
      although the derivative exists, such as that of x ** y by y at x = 0, or where it would overflow.
    - `detached`: whether the result is a fixed number for the backward pass.
    - `rectifier`: whether it sets about half of its inputs to 0 or nearly so, and so needs larger weights before it.
    - `functions`: for a row that `define` made of Python functions, these functions by name.
    - `may_be_complex`: whether the formula may give a complex number for floats, which is refused.
    - `power`: whether it is a number to a power: where the exponent is a constant, its texts are shorter.
    - `constant_at`: a constant as the last argument, and the constant that an expression is then, in place of a node.
    - `at`: the formula and the partial by the first argument where the last one is one of these numbers: shorter, and
      faster. It is the formula wherever the number is computed, so that there is one result.
    - `reduction`: the array function that applies it along an axis, in any order; "" if there is none.

    `engine.rules` makes the row executable when it is first used, and fills in the rest: `f` and `slopes` compute on
    floats, `lifted` and `lifted_slopes` are the partials and the slopes on Values, `pull` is the backward rule, and
    `method` is the operation on Values.

    >>> OPS["mul"]
    Op('mul', '×', 'x * y', ('y', 'x'))
    """

    name: str
    symbol: str
    formula: str
    partials: tuple[str, ...]
    domain: tuple[Domain, ...]
    kinks: tuple[float | str, ...]
    doc: str
    arity: int
    computed: tuple[str, ...]
    detached: bool
    selects: bool
    rectifier: bool
    may_be_complex: bool
    power: bool
    constant_at: tuple[float, float] | None
    at: dict[float, tuple[str, str]]
    reduction: str
    functions: dict[str, Any]

    f: Callable[..., float]
    slopes: tuple[Callable[..., float], ...]
    lifted: tuple[Callable[..., Any], ...]
    lifted_slopes: tuple[Callable[..., Any], ...]
    pull: Callable[[Any], None]
    method: Callable[..., Any]

    def __init__(self, name: str, symbol: str, formula: str, partials: tuple[str, ...], domain: tuple[Domain, ...],
                 kinks: tuple[float | str, ...] = (), doc: str = "", computed: tuple[str, ...] = (),
                 detached: bool = False, letters: Sequence[str] = "", selects: bool = False,
                 rectifier: bool = False, may_be_complex: bool = False,
                 constant_at: tuple[float, float] | None = None, at: dict[float, tuple[str, str]] | None = None,
                 reduction: str = "", power: bool = False) -> None:  # fmt: skip
        self.name, self.symbol, self.formula, self.partials = name, symbol, formula, partials
        self.domain, self.kinks, self.doc, self.arity = domain, kinks, doc, len(partials)
        self.passes: tuple[bool, ...] = tuple(partial not in ("0", "0.0") for partial in partials)
        self.computed, self.detached, self.selects = computed or partials, detached, selects
        self.rectifier, self.functions = rectifier, dict[str, Any]()
        self.may_be_complex, self.constant_at, self.at = may_be_complex, constant_at, at or {}
        self.reduction, self.power = reduction, power
        self.letters: tuple[str, ...] = tuple(letters or LETTERS[: self.arity])
        if "z" in self.letters:
            raise ValueError(f"{name}: an argument cannot be called z, which is the result.")

    def substitute(self, formula: str, *arguments: str, z: str = "z") -> str:
        """Return one of the row's formulas with other names for its arguments and its result.

        >>> OPS["div"].substitute("-z / y", "a", "b", z="q")
        '-q / b'
        """
        spelled = dict(zip(self.letters, arguments)) | {"z": z}
        return _whole_words((*self.letters, "z")).sub(lambda word: spelled.get(word[0], word[0]), formula)

    @property
    def is_primitive(self) -> bool:
        """Whether Python and array libraries have a function of this name for the row, such as sinh(x)."""
        return not self.functions and self.formula == f"{self.name}({', '.join(self.letters)})"

    def passing(self, node: Any) -> Sequence[bool]:
        """Return, for each argument of a node of this operation, whether it gets a gradient."""
        if not self.selects:
            return self.passes
        numbers = [arg._data for arg in node.args]
        return [passes and slope(*numbers, z=node._data) != 0 for passes, slope in zip(self.passes, self.slopes)]

    def from_kinks(self, *numbers: float) -> Iterator[float]:
        """Yield the distance of the arguments from each kink: 0 on it, and of opposite signs on the two sides.

        >>> [*OPS["relu"].from_kinks(2.0)], [*OPS["maximum"].from_kinks(2.0, 3.0)]
        ([2.0], [-1.0])
        """
        for kink in self.kinks:
            if isinstance(kink, str):
                yield float(eval(kink, {"__builtins__": {}}, dict(zip(self.letters, numbers))))
            else:
                yield numbers[0] - sum(numbers[1:]) - kink

    def spell(self, *arguments: str) -> str:
        """Return the operation on arguments as a person writes it.

        >>> OPS["mul"].spell("a", "b"), OPS["relu"].spell("a")
        ('a * b', 'relu(a)')
        """
        if self.name in OPERATORS:
            return self.substitute(self.formula, *arguments)
        return f"{self.name}({', '.join(arguments[: self.arity])})"

    def __repr__(self) -> str:
        return f"Op({self.name!r}, {self.symbol!r}, {self.formula!r}, {self.partials!r})"

    def __reduce__(self) -> tuple[Callable[[str], Op], tuple[str]]:
        return row, (self.name,)


@cache
def _whole_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern that matches each of these words, but not inside a longer word."""
    return re.compile(rf"\b(?:{'|'.join(words)})\b")


CUT = "min(abs(x), 40.0)"  # |x|, at most 40: exp(-x * x) is 0 from there on, and x * x cannot overflow
SQUARE_FITS = "1.3407807929942596e154"  # the largest number whose square is a float
# fmt: off
TABLE: tuple[Op, ...] = (
    # name          symbol    formula         local derivatives                       domain            (kinks) meaning
    Op("add",        "+",     "x + y",        ("1", "1"),                             (REAL, REAL),     doc="the sum"),
    Op("sub",        "−",     "x - y",        ("1", "-1"),                            (REAL, REAL),     doc="the difference"),
    Op("mul",        "×",     "x * y",        ("y", "x"),                             (REAL, REAL),     doc="the product"),
    Op("div",        "/",     "x / y",        ("1 / y", "-z / y"),                    (REAL, NONZERO),  doc="the quotient"),
    Op("pow",        "^",     "x ** y",       ("y * x ** (y - 1)", "z * log(x)"),     (BASE, REAL),     doc="the power",
       computed=("y * x ** (y - (1 - (abs(x) + abs(y) <= 0) * 1.0))", "z * log(x + (abs(x) + abs(z) <= 0) * 1.0)"),
       may_be_complex=True, power=True, constant_at=(0.0, 1.0), at={2.0: ("x * x", "y * x")}),
    Op("neg",        "−",     "-x",           ("-1",),                                (REAL,),          doc="the negative"),

    Op("exp",        "exp",   "exp(x)",       ("z",),                                 (REAL,),          doc="e to the power of x"),
    Op("expm1",      "expm1", "expm1(x)",     ("exp(x)",),                            (REAL,),          doc="exp(x) - 1, exact near 0"),
    Op("log",        "log",   "log(x)",       ("1 / x",),                             (POSITIVE,),      doc="natural logarithm"),
    Op("log1p",      "log1p", "log1p(x)",     ("1 / (1 + x)",),                       (ABOVE_MINUS_1,), doc="log(1 + x), exact near 0"),
    Op("sqrt",       "√",     "sqrt(x)",      ("0.5 / z",),                           (NONNEGATIVE,),   doc="square root"),
    Op("sin",        "sin",   "sin(x)",       ("cos(x)",),                            (REAL,),          doc="sine of x radians"),
    Op("cos",        "cos",   "cos(x)",       ("-sin(x)",),                           (REAL,),          doc="cosine of x radians"),
    Op("tan",        "tan",   "tan(x)",       ("1 + z * z",),                         (BELOW_PI_2,),    doc="tangent of x radians"),
    Op("sinh",       "sinh",  "sinh(x)",      ("cosh(x)",),                           (REAL,),          doc="hyperbolic sine"),
    Op("cosh",       "cosh",  "cosh(x)",      ("sinh(x)",),                           (REAL,),          doc="hyperbolic cosine"),
    Op("atan",       "atan",  "atan(x)",      ("1 / (1 + x * x)",),                   (REAL,),          doc="angle in radians whose tangent is x",
       computed=(f"(abs(x) <= {SQUARE_FITS}) * 1.0 / (1 + min(abs(x), {SQUARE_FITS}) * min(abs(x), {SQUARE_FITS}))",)),
    Op("log10",      "log₁₀", "log10(x)",     ("0.4342944819032518 / x",),            (POSITIVE,),      doc="logarithm to the base 10"),
    Op("exp2",       "exp2",  "2.0 ** x",     ("0.6931471805599453 * z",),            (REAL,),          doc="2 to the power of x"),
    Op("erf",        "erf",   "erf(x)",       ("1.1283791670955126 * exp(-x * x)",),  (REAL,),          doc="Gauss's error function",
       computed=(f"1.1283791670955126 * exp(-{CUT} * {CUT})",)),

    Op("abs",        "|x|",   "abs(x)",       ("(x > 0) * 1.0 - (x < 0) * 1.0",),     (REAL,), (0.0,),  "absolute value; slope 0 at 0"),
    Op("maximum",    "max",   "max(x, y)",    ("(x >= y) * 0.5 + (x > y) * 0.5", "(y >= x) * 0.5 + (y > x) * 0.5"),
       (REAL, REAL), (0.0,), "the larger; at a tie each gets half the slope", reduction="amax"),
    Op("minimum",    "min",   "min(x, y)",    ("(x <= y) * 0.5 + (x < y) * 0.5", "(y <= x) * 0.5 + (y < x) * 0.5"),
       (REAL, REAL), (0.0,), "the smaller; at a tie each gets half the slope", reduction="amin"),

    Op("threshold",  "step",  "(x >= 0) * 1.0", ("0",), (REAL,), (0.0,), "0 or 1; flat: its slope is 0, so nothing before it gets a gradient"),
    Op("sigmoid",    "σ",     "exp(min(x, 0.0)) / (1 + exp(-abs(x)))", ("z * (1 - z)",),
       (REAL,), doc="squashes to 0..1: 1 / (1 + exp(-x)), safe for any x"),
    Op("tanh",       "tanh",  "tanh(x)",      ("1 - z * z",),                         (REAL,),          doc="squashes to -1..1"),
    Op("relu",       "ReLU",  "max(x, 0.0)",  ("(x > 0) * 1.0",),                     (REAL,), (0.0,),  "rectifier; slope 0 at 0", rectifier=True),
    Op("leaky_relu", "LReLU", "max(x, 0.0) + 0.01 * min(x, 0.0)", ("(x > 0) * 1.0 + (x <= 0) * 0.01",),
       (REAL,), (0.0,), "rectifier that leaks 1 %; slope 0.01 at 0", rectifier=True),
    Op("elu",        "ELU",   "max(x, 0.0) + expm1(min(x, 0.0))", ("exp(min(x, 0.0))",),
       (REAL,), (0.0,), "exponential linear unit; slope 1 at 0", rectifier=True),
    Op("softplus",   "soft+", "max(x, 0.0) + log1p(exp(-abs(x)))", ("sigmoid(x)",),
       (REAL,), doc="smooth rectifier: log(1 + exp(x)), safe for any x", rectifier=True),
    Op("silu",       "SiLU",  "x * sigmoid(x)", ("sigmoid(x) + z * (1 - sigmoid(x))",),
       (REAL,), doc="x * sigmoid(x), also called swish", rectifier=True),
    Op("gelu",       "GELU",  "0.5 * x * (1 + erf(0.7071067811865476 * x))",
       ("0.5 * (1 + erf(0.7071067811865476 * x)) + 0.3989422804014327 * x * exp(-0.5 * x * x)",),
       (REAL,), doc="x times the share of a normal distribution below x",
       computed=(f"0.5 * (1 + erf(0.7071067811865476 * x)) + 0.3989422804014327 * x * exp(-0.5 * {CUT} * {CUT})",),
       rectifier=True),

    Op("where",      "where", "choose(c > 0, x, y)", ("0", "(c > 0) * 1.0", "(c <= 0) * 1.0"),
       (REAL, REAL, REAL), ("c",), "x where c is above 0, else y; the other one gets no gradient", letters="cxy", selects=True),
    Op("clip",       "clip",  "min(max(x, low), high)",
       ("(low <= x) * (x <= high) * 1.0", "(x < low) * (low <= high) * 1.0", "(max(x, low) > high) * 1.0"),
       (REAL, REAL, REAL), ("x - low", "x - high", "low - high"), "x kept between low and high; slope 1 at a bound",
       letters=("x", "low", "high"), selects=True),

    Op("detach",     "detach", "x",           ("0",),                                 (REAL,),
       doc="the number alone: it passes its value and no gradient", detached=True),
)
# The operations that Python writes with an operator, and other names for operations in formulas.
OPERATORS = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__", "pow": "__pow__", "neg": "__neg__"}
ALIASES = {"max": "maximum", "min": "minimum", "clamp": "clip"}
# fmt: on

OPS = {op.name: op for op in TABLE}


def row(name: str) -> Op:
    """Return the row of that name: `pickle` loads a row by this function."""
    return OPS[name]


if __name__ == "__main__":
    from .listing import show

    show()

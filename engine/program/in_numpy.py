"""Source for NumPy as it runs: for many rows, which it reads as they lie, and for one row, where each call counts.

The numbers are those of the source as a program shows it, to the last bit; but rows that lie in another way may be
multiplied in another order.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ops import ALIASES, TABLE
from .codegen import factor
from .reuse import in_place

if TYPE_CHECKING:
    from collections.abc import Container

Written = tuple[str, dict[str, Any]]  # a source, and what it reads besides, by name

# Reads of x: in a product of matrices, which takes rows as they lie; of a few columns of X; and all.
X_IN_PRODUCT = re.compile(r" @ x(?:\[\d+:\d+\])?(?:\.T)?(?![\w.\[])")
X_PART = re.compile(r"(?<![\w.])x\[\d+(?::\d+)?\]")
X_READ = re.compile(r"(?<![\w.])x(?![\w(])(?!\.shape)")
MOST_READS_COPIED = 2  # of x that are copied one by one

# A sum over rows, of a gradient by its name: where it is the factor of another product, it stands in no brackets.
OVER_ROWS = re.compile(r"(?<![-*/@] )(?<![\w.])([A-Za-z_]\w*) @ ones\b")

# Rows of the table that are written out by their formulas, where their argument is a name.
FORMULAS = {op.name: op for op in TABLE if op.arity == 1 and not op.is_primitive and not op.detached}
FORMULA = re.compile(rf"\b({'|'.join(FORMULAS)})\((\w+)\)")
ALIAS = re.compile(rf"\b({'|'.join(ALIASES)})\(")

# Operands that are numbers: no places in arrays, and no exponents, for which NumPy has ways of its own.
FLOAT = r"\d+\.\d+(?:e[-+]?\d+)?"
SIGNED = rf"(?:{FLOAT}(?![\w.])|\(-{FLOAT}\))"
NUMBER_OPERAND = re.compile(
    rf"(?<=[^*] [-+*/<>] ){SIGNED}|(?<=[<>]= ){SIGNED}|(?<![\w.]){SIGNED}(?= [-+*/<>]=? )"
    rf"|(?<=[<>] )0(?=\))|(?<=[<>]= )0(?=\))|(?<=[ (-]\()1(?= [-+/] )"
)
LAST_ARGUMENT = re.compile(rf"(?<=\w, ){SIGNED}(?=\))")

# Of one row: a rectifier, a dot of two lists, and the gradient of a matrix.
RECTIFIED = re.compile(r"^    (\w+) = maximum\((\w+), 0\.0\)", re.MULTILINE)
LIST = r"(\w+(?:\[(?:[\d:]+|:)(?:, None)?\])?)"
LONE_DOT = re.compile(rf"einsum\('l\.\.\.,l\.\.\.->\.\.\.', {LIST}, {LIST}\)\[None\]")
MATRIX = re.compile(r"^    (\w+) = p\[\d+:\d+\]\.reshape\(\d+, (\d+)\)$", re.MULTILINE)
OF_MATRIX = re.compile(rf"^(    d(\w+) = \w+) @ {LIST}\.T$", re.MULTILINE)
WIDE_ROW = 8  # columns, from which on a column times a row is faster number by number


def of_rows(source: str) -> Written:
    r"""Return the source of a function over NumPy for many rows, given as columns that may lie anyhow.

    A product of matrices takes rows of X as they lie: to copy them may take as long as to multiply them. What is read
    number by number is copied, so that numbers of one column are next to each other.

    >>> print(of_rows("def forward(p, x):\n    v1 = x[3:4] - W @ x[0:3]\n    v2 = v1 * x[3:4]")[0])
    def forward(p, x):
        x_3_4 = contiguous(x[3:4]); v1 = x_3_4 - W @ x[0:3]
        v2 = v1 * x_3_4
    """
    words = {*re.findall(r"\w+", source)}
    head, _, body = in_place(source).partition("\n")
    others = X_IN_PRODUCT.sub("", body)
    reads, parts = len(X_READ.findall(others)), X_PART.findall(others)
    distinct = sorted({*parts})
    if len(parts) < reads or len(distinct) > MOST_READS_COPIED:
        copies = ["x = contiguous(x)"]
    else:
        copies = []
        for part in distinct:
            name = _unused(re.sub(r"\W+", "_", part).strip("_"), words)
            copies.append(f"{name} = contiguous({part})")
            body = re.sub(rf"(?<![\w.]){re.escape(part)}", name, body)
    begin = "".join(f"{copy}; " for copy in copies)
    return _with_arrays_for_numbers(f"{head}\n    {begin}{body[4:]}", words)


def of_one_row(source: str, outputs: int = 1) -> Written:
    r"""Return the source of a gradient over NumPy for one row alone. `outputs` is how many outputs it has.

    A sum over the rows is that row's number, and its share of the mean is 1.

    >>> print(of_one_row("def gradient(p, x, scale):\n    db1 = dz1 @ ones")[0])
    def gradient(p, x, scale):
        db1 = dz1[..., 0]
    """
    words = {*re.findall(r"\w+", source)}
    seed, sign = _unused("seed", words), _unused("sign", words)
    ones = np.ones((outputs, 1))
    ones.flags.writeable = False
    source = in_place(OVER_ROWS.sub(r"\1[..., 0]", source))
    source = source.replace("return scale * y.sum(), dp", "return y.item() if y.size == 1 else y.sum(), dp")
    source = source.replace("dy = full_like(y, scale)", f"dy = {seed}")
    if "@ ones" not in source:
        source = re.sub(r"(?m)^    ones = .*$", "    pass", source)
    source = LONE_DOT.sub(r"(\1.T @ \2)", source)
    columns = {name: int(count) for name, count in MATRIX.findall(source)}
    source = OF_MATRIX.sub(lambda line: _outer(line, columns.get(line[2], 0)), source)
    source = _with_signs(_written_out(source), sign)
    source, names = _with_arrays_for_numbers(source, words | {seed, sign}, LAST_ARGUMENT)
    return source, names | {seed: ones, sign: np.sign, "maximum": np.maximum, "minimum": np.minimum}


def _with_arrays_for_numbers(source: str, words: Container[str], *others: re.Pattern[str]) -> Written:
    """Return a source that reads arrays in place of numbers: NumPy converts a number at each call.

    - `words`: names that these arrays cannot have.
    - `others`: patterns of more numbers than operands.
    """
    names: dict[str, str] = {}

    def named(number: str) -> str:
        if number not in names:
            names[number] = _unused(f"number{len(names) + 1}", words)
        return names[number]

    for pattern in (NUMBER_OPERAND, *others):
        source = pattern.sub(lambda number: named(number[0]), source)
    return source, {name: np.array(float(number.strip("()"))) for number, name in names.items()}


def _outer(line: re.Match[str], columns: int) -> str:
    """Return the line of a matrix's gradient, d @ h.T, as a product number by number, if it has many columns."""
    gradient, _, row = line.groups()
    return f"{gradient} * {row}.T" if columns >= WIDE_ROW else line[0]


def _written_out(source: str) -> str:
    """Return a source with formulas in place of the rows of the table that it calls."""

    def formula(call: re.Match[str]) -> str:
        op = FORMULAS[call[1]]
        return factor(op.substitute(op.formula, call[2]))

    source = FORMULA.sub(formula, FORMULA.sub(formula, source))  # a row may call another one
    return ALIAS.sub(lambda call: f"{ALIASES[call[1]]}(", source)


def _with_signs(source: str, sign: str) -> str:
    """Return a source in which the slope of a rectifier is the sign of its result; `sign` is that function's name.

    A product of numbers takes half the time of a product of numbers and booleans.
    """
    targets = Counter(re.findall(r"^ *(\w+) = ", source, re.MULTILINE))
    for result, argument in RECTIFIED.findall(source):
        if targets[result] == targets[argument] == 1:
            source = source.replace(f"({argument} > 0)", f"{sign}({result})")
    return source


def _unused(name: str, words: Container[str]) -> str:
    """Return the name, with underscores behind it if it is one of these words."""
    while name in words:
        name += "_"
    return name

"""Write source for NumPy that takes less time: with fewer arrays, and for one row with faster calls.

An array of 16 neurons and 1,000 rows fills what a processor keeps near: to write it once more takes longer than to
compute it. And of one row, a call takes as long as its work. The numbers are the same, to the last bit.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ops import ALIASES, TABLE
from .codegen import factor

if TYPE_CHECKING:
    from collections.abc import Container

BATCHED_SHAPE = r"  # \((\d+, batch)\)$"
# Each line has these shapes by what it is: a product of matrices, or of a column and a row, for a list of nodes.
BIASED = re.compile(r"^    (\w+) = (\w+ @ [\w.:\[\]]+) \+ (\w+\[:, None\])" + BATCHED_SHAPE, re.MULTILINE)
DOWNSTREAM = re.compile(r"^    (d\w+) = \w+\.T [@*] d\w+$", re.MULTILINE)
SCALED = re.compile(r"^    d(\w+) = d(\w+) \* (\w+|\((?:[^()]|\([^()]*\))*\))$", re.MULTILINE)

# A gradient of a sum, repeated for each of its terms; what it is multiplied by; and the names of whole arrays there.
REPEATED = re.compile(r"^    (d\w+) = broadcast_to\((.*), (\w+)\.shape\)$", re.MULTILINE)
FACTOR = r" \* (\w+|\((?:[^()]|\([^()]*\))*\))(?: \+ |$)"
WHOLE = re.compile(r"(?<![\w.])[^\W\d]\w*(?![\w.(\[])")
# The slope of max, or of min, which is shared at a tie.
OPERAND = r"([^()]+|\([^()]+\))"
SHARED = re.compile(rf"\(\({OPERAND} ([<>])= {OPERAND}\) \* 0\.5 \+ \(\1 \2 \3\) \* 0\.5\)")

# A sum over rows, of a gradient by its name: where it is the factor of another product, it stands in no brackets.
OVER_ROWS = re.compile(r"(?<![-*/@] )(?<![\w.])([A-Za-z_]\w*) @ ones\b")


# Reads of x: in a product of matrices, which takes rows as they lie, and of a few rows in another operation.
X_IN_PRODUCT = re.compile(r" @ x(?:\[\d+:\d+\])?(?:\.T)?(?![\w.\[])")
X_PART = re.compile(r"(?<![\w.])x\[(\d+)(?::(\d+))?\]")
X_READ = re.compile(r"(?<![\w.])x(?![\w(])(?!\.shape)")
MOST_PARTS = 2  # of x that are copied one by one

# Rows of the table that are written out by their formulas, where their argument is a name.
FORMULAS = {op.name: op for op in TABLE if op.arity == 1 and not op.is_primitive and not op.detached}
FORMULA = re.compile(rf"\b({'|'.join(FORMULAS)})\((\w+)\)")
ALIAS = re.compile(rf"\b({'|'.join(ALIASES)})\(")

# Numbers, but no exponents, for which NumPy has faster ways, and no places in arrays.
NUMBER = r"\d+\.\d+(?:e[-+]?\d+)?"
OPERAND = rf"(?:{NUMBER}(?![\w.])|\(-{NUMBER}\))"
OPERAND_NUMBER = re.compile(
    rf"(?<=[^*] [-+*/<>] ){OPERAND}|(?<=[<>]= ){OPERAND}|(?<![\w.]){OPERAND}(?= [-+*/<>]=? )"
    rf"|(?<=[<>] )0(?=\))|(?<=[<>]= )0(?=\))|(?<=[ (-]\()1(?= [-+/] )"
)
ARGUMENT_NUMBER = re.compile(rf"(?<![\w.])((?:maximum|minimum)\(\w+, )({NUMBER})\)")

# Of one row: a rectifier, its slope, a dot of two lists, and the gradient of a matrix.
RECTIFIED = re.compile(r"^    (\w+) = maximum\((\w+), 0\.0\)", re.MULTILINE)
READ = r"(\w+(?:\[(?:[\d:]+|:)(?:, None)?\])?)"
LONE_DOT = re.compile(rf"einsum\('l\.\.\.,l\.\.\.->\.\.\.', {READ}, {READ}\)\[None\]")
OUTER = re.compile(rf"^(    d(\w+) = \w+) @ {READ}\.T$", re.MULTILINE)
WIDE = 8  # columns, from which on NumPy multiplies a column by a row faster number by number


def of_one_row(source: str, outputs: int = 1) -> tuple[str, dict[str, Any]]:
    r"""Return the source of a gradient over NumPy for one row alone, and the arrays that it reads besides, by name.

    A sum over the rows is that row's number, and its share of the mean is 1.

    >>> print(of_one_row("def gradient(p, x, scale):\n    db1 = dz1 @ ones")[0])
    def gradient(p, x, scale):
        db1 = dz1[..., 0]
    """
    words, names = {*re.findall(r"\w+", source)}, dict[str, Any]()
    source = in_place(OVER_ROWS.sub(r"\1[..., 0]", source))
    source = source.replace("return scale * y.sum(), dp", "return y.item() if y.size == 1 else y.sum(), dp")
    if "@ ones" not in source:
        source = re.sub(r"(?m)^    ones = .*$", "    pass", source)
    if "dy = full_like(y, scale)" in source:
        seed = _free("seed", words)
        names[seed] = np.ones((outputs, 1))
        names[seed].flags.writeable = False
        source = source.replace("dy = full_like(y, scale)", f"dy = {seed}")
    source = LONE_DOT.sub(r"(\1.T @ \2)", source)
    shapes = dict(re.findall(r"^    (\w+) = p\[\d+:\d+\]\.reshape\(\d+, (\d+)\)$", source, re.MULTILINE))
    source = OUTER.sub(lambda line: _outer(line, int(shapes.get(line[2], 0))), source)
    source = ALIAS.sub(
        lambda call: f"{ALIASES[call[1]]}(", FORMULA.sub(_written_out, FORMULA.sub(_written_out, source))
    )
    sign = _free("sign", words)
    source = _with_signs(source, sign)
    names |= {sign: np.sign, "maximum": np.maximum, "minimum": np.minimum}
    numbers: dict[str, str] = {}

    def named(text: str) -> str:
        if text not in numbers:
            name = numbers[text] = _free(f"number{len(numbers) + 1}", words)
            names[name] = np.array(float(text.strip("()")))
        return numbers[text]

    source = ARGUMENT_NUMBER.sub(lambda call: f"{call[1]}{named(call[2])})", source)
    return OPERAND_NUMBER.sub(lambda number: named(number[0]), source), names


def _free(name: str, words: Container[str]) -> str:
    """Return the name, with underscores behind it if it is one of the words of a source."""
    while name in words:
        name += "_"
    return name


def _outer(line: re.Match[str], columns: int) -> str:
    start, _, row = line.groups()
    return f"{start} * {row}.T" if columns >= WIDE else line[0]


def _written_out(call: re.Match[str]) -> str:
    """Return a row's formula in place of its call."""
    op = FORMULAS[call[1]]
    return factor(op.substitute(op.formula, call[2]))


def _with_signs(source: str, sign: str) -> str:
    """Return a source in which the slope of a rectifier is the sign of its result; `sign` is that function's name.

    A product of numbers takes half the time of a product of numbers and booleans.
    """
    targets = Counter(re.findall(r"^ *(\w+) = ", source, re.MULTILINE))
    for result, argument in RECTIFIED.findall(source):
        if targets[result] == targets[argument] == 1:
            source = source.replace(f"({argument} > 0)", f"{sign}({result})")
    return source


def of_rows(source: str) -> str:
    r"""Return the source of a function over NumPy for many rows, given as the columns of an array that lie anyhow.

    A product of matrices takes a row of them as it lies: to copy it may take as long. What is read of it number by
    number is copied, so that rows are next to each other.

    >>> print(of_rows("def forward(p, x):\n    v1 = x[3:4] - W @ x[0:3]\n    v2 = v1 * x[3:4]"))
    def forward(p, x):
        x_3_4 = contiguous(x[3:4]); v1 = x_3_4 - W @ x[0:3]
        v2 = v1 * x_3_4
    """
    head, _, body = in_place(source).partition("\n")
    others = X_IN_PRODUCT.sub("", body)
    reads, parts = len(X_READ.findall(others)), sorted({part[0] for part in X_PART.finditer(others)})
    copies = []
    if len(X_PART.findall(others)) < reads or len(parts) > MOST_PARTS:
        copies = ["x = contiguous(x)"]
    else:
        words = {*re.findall(r"\w+", source)}
        for part in parts:
            name = _free(re.sub(r"\W+", "_", part).strip("_"), words)
            copies.append(f"{name} = contiguous({part})")
            body = re.sub(rf"(?<![\w.]){re.escape(part)}", name, body)
    begin = "".join(f"{copy}; " for copy in copies)
    return f"{head}\n    {begin}{body[4:]}"


def in_place(source: str) -> str:
    r"""Return the source of a function over NumPy with fewer new arrays; each line stays where it is.

    >>> print(in_place("def forward(p, x):\n    z1 = W1 @ x + b[:, None]  # (16, batch)"))
    def forward(p, x):
        z1 = W1 @ x; z1 += b[:, None]  # (16, batch)
    """
    source = BIASED.sub(r"    \1 = \2; \1 += \3  # (\4)", source)
    source = SHARED.sub(r"choose(\1 == \3, 0.5, \1 \2 \3)", source)
    repeated, products = REPEATED.findall(source), {*DOWNSTREAM.findall(source)}
    if not (repeated or products):
        return source
    shapes = dict(re.findall(r"^    (\w+) = .*# \((.*, batch)\)$", source, re.MULTILINE))
    counts = Counter(re.findall(r"\w+", source))
    for name, gradient, like in repeated:  # what multiplies an array of this shape need not have it
        factors = re.findall(rf"(?<=[=+] ){name}{FACTOR}", source, re.MULTILINE)
        whole = {shapes.get(word, "") for word in WHOLE.findall("".join(factors))}
        if counts[name] == 2 and shapes.get(like) in whole:
            source = source.replace(f"{name} = broadcast_to({gradient}, {like}.shape)", f"{name} = {gradient}")

    def scaled(line: re.Match[str]) -> str:
        name, upstream, local = line.groups()
        is_last = f"d{upstream}" in products and counts[f"d{upstream}"] == 2  # written once, and read here
        if not is_last or shapes.get(name) is None or shapes.get(name) != shapes.get(upstream):
            return line[0]
        return f"    d{upstream} *= {local}; d{name} = d{upstream}"

    return SCALED.sub(scaled, source)

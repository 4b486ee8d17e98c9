"""Write results over arrays that nothing reads any more, and leave out arrays that nothing needs.

An array of 16 neurons and 1,000 rows fills what a processor keeps near: to write it once more takes longer than to
compute it. The numbers are the same, to the last bit.
"""

from __future__ import annotations

import re
from collections import Counter

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


def in_place(source: str) -> str:
    r"""Return the source of a function over NumPy with fewer new arrays; each line stays where it is.

    >>> print(in_place("def forward(p, x):\n    z1 = W1 @ x + b[:, None]  # (16, batch)"))
    def forward(p, x):
        z1 = W1 @ x; z1 += b[:, None]  # (16, batch)
    """
    source = BIASED.sub(r"    \1 = \2; \1 += \3  # (\4)", source)
    source = SHARED.sub(r"shared(\1 \2 \3, \1, \3)", source)
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

"""Write array expressions as text: as a factor, in another shape, or with the axes in another order."""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Shape = tuple[int, ...]


def factor(text: str) -> str:
    """Return an expression as a factor of a product: in parentheses, unless it is a name, a call or a number.

    >>> factor("a + b"), factor("exp(a + b)"), factor("-a")
    ('(a + b)', 'exp(a + b)', '(-a)')
    """
    outside, before = text, ""
    while " " in outside and outside != before:  # once for each level of brackets, the innermost first
        before, outside = outside, re.sub(r"[(\[][^()\[\]]*[)\]]", "", outside)
    return f"({text})" if text.startswith("-") or " " in outside else text


def reshaped(text: str, old: Shape, new: Shape, flat: bool) -> str:
    """Return an array of the shape `old` in the shape `new`; its batch axis, unless it is `flat`, comes last.

    >>> reshaped("z1", (6,), (2, 3), flat=False), reshaped("p[0:6]", (6,), (2, 3), flat=True)
    ('z1.reshape(2, 3, -1)', 'p[0:6].reshape(2, 3)')
    """
    if old == new:
        return text
    return f"{factor(text)}.reshape({', '.join(map(str, new if flat else (*new, -1)))})"


def transposed(text: str, order: Sequence[int], flat: bool) -> str:
    """Return an array with its axis number order[k] as axis k; its batch axis, unless it is `flat`, stays last.

    >>> transposed("z1", [1, 0], flat=False)
    'transpose(z1, (1, 0, 2))'
    """
    if order == sorted(order):
        return text
    axes = ", ".join(map(str, order if flat else [*order, len(order)]))
    return f"transpose({text}, ({axes}))"


PART = r"\[(\d+):(\d+), None\]"  # of a list of weights
OF_PARTS = re.compile(rf"(\w+){PART} \* (\w+)\[(\d+):(\d+)\](?: \+ \1{PART} \* \4\[(\d+):(\d+)\])+")
OF_ONE = re.compile(r"(\w+)\[:, None\] \* (\w+)(?:\[0\])?(?= \+|  #)")


def textbook(lines: Sequence[str], inputs: int = 0) -> list[str]:
    """Return lines as a textbook has them: without axes that are there for the batch alone, and without copies.

    Products of all numbers of a list of weights with those of an array are a dot product. `inputs` is how many
    numbers x has.

    >>> textbook(["W1 = p[0:4].reshape(2, 2)", "z1 = W1 @ x + b1[:, None]"])
    ['z1 = W1 · x + b1']
    >>> textbook(["w = p[0:2]", "z1 = w[0:1, None] * x[0:1] + w[1:2, None] * x[1:2] + b[:, None]"], 2)
    ['z1 = w · x + b']
    """
    lists, sizes = _known_sizes(lines, inputs)

    def dot(products: re.Match[str]) -> str:
        weights, array = products[1], products[4]
        parts = [tuple(map(int, ends)) for ends in re.findall(r"\[(\d+):(\d+)", products[0])]
        left, right = parts[::2], parts[1::2]
        start, end = right[0][0], right[-1][1]
        follow = right == [(start + place, start + place + 1) for place in range(len(right))]
        if not follow or left != [(place, place + 1) for place in range(lists.get(weights, 0))]:
            return products[0]
        whole = (start, end) == (0, sizes.get(array))
        return f"{weights} · {array}" if whole else f"{weights} · {array}[{start}:{end}]"

    def dot_of_one(product: re.Match[str]) -> str:
        weights, array = product[1], product[2]
        return f"{weights} · {array}" if weights in lists and sizes.get(array) == 1 else product[0]

    texts = [re.sub(r"\.reshape\([^()]*\)", "", line) for line in lines]
    texts = [OF_ONE.sub(dot_of_one, OF_PARTS.sub(dot, text)) for text in texts]
    texts = [re.sub(rf"(\w){PART}", r"\1[\2]", text) for text in texts]
    texts = [re.sub(r"\[[:, ]*(None(, )?)+\]", "", text).replace(" @ ", " · ") for text in texts]
    kept = [text for text in texts if not re.match(r"\w+ = p\[|y = |packed", text)]
    read = " ".join(text.partition(" = ")[2] for text in kept)
    gathered = {text: re.match(r"(g\d+) = packed\[", text) for text in kept}
    # What is gathered for the outputs alone is not a step of the computation.
    return [text for text in kept if not (name := gathered[text]) or re.search(rf"\b{name[1]}\b", read)]


def _known_sizes(lines: Iterable[str], inputs: int) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many numbers lists of parameters have, and how many the other arrays have, by their names."""
    lists, sizes = dict[str, int](), {"x": inputs}
    for line in lines:
        if block := re.fullmatch(r"(\w+) = p\[(\d+):(\d+)\]", line):
            lists[block[1]] = int(block[3]) - int(block[2])
        elif array := re.fullmatch(r"(\w+) = .*  # \(([\d, ]+), (?:batch|1)\)", line):
            sizes[array[1]] = prod(map(int, array[2].split(", ")))
    return lists, sizes

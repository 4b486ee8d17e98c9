"""Write array expressions as text: as a factor, in another shape, or with the axes in another order."""

from __future__ import annotations

import re
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


def textbook(lines: Iterable[str]) -> list[str]:
    """Return lines as a textbook has them: without axes that are there for the batch alone, and without copies.

    >>> textbook(["W1 = p[0:4].reshape(2, 2)", "z1 = W1 @ x + b1[:, None]"])
    ['z1 = W1 · x + b1']
    """
    plain = (re.sub(r"\[[:, ]*(None(, )?)+\]|\.reshape\([^()]*\)", "", line).replace(" @ ", " · ") for line in lines)
    return [line for line in plain if not re.match(r"\w+ = p\[|y = |packed", line)]

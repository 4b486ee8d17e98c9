"""The operation table as a reference listing: what `python -m engine.ops` prints."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

from .domain import REAL
from .ops import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .ops import Op


def listing(rows: Iterable[Op] = TABLE) -> str:
    """Return a paragraph for each operation: its name, symbol, formula, meaning and local derivatives.

    >>> from engine import OPS
    >>> print(listing([OPS["mul"], OPS["log"]]))
    mul        ×          z = x * y             the product
                      dz/dx = y
                      dz/dy = x
    log        log        z = log(x)            natural logarithm; x must be positive
                      dz/dx = 1 / x
    """
    lines = []
    for op in rows:
        limits = [(letter, domain.must_be) for letter, domain in zip(op.letters, op.domain)]
        conditions = "".join(f"; {letter} must be {limit}" for letter, limit in limits if limit != REAL.must_be)
        lines.append(f"{op.name:<11}{op.symbol:<11}z = {op.formula:<16}  {op.doc}{conditions}")
        lines += [f"{'':<18}dz/d{letter} = {partial}" for letter, partial in zip(op.letters, op.partials)]
    return "\n".join(lines)


def show() -> None:
    """Print the listing. A character that the terminal cannot encode, such as √, becomes a question mark."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    print(listing())

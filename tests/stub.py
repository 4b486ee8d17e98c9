"""Write `engine/value.pyi` from the operation table: python tests/stub.py. A test compares the two."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine import Op

STUB = Path(__file__).resolve().parents[1] / "engine" / "value.pyi"
ROWS = re.compile(r"(    # One method a row of the table: .*?\n)(?:    def .*\n|    @.*\n)+")


def method(op: Op, name: str = "") -> str:
    """Return the line of a row's method. Its first argument is the node itself.

    >>> from engine import OPS
    >>> method(OPS["clip"])
    '    def clip(x, low: _Operand, high: _Operand) -> Value: ...'
    """
    first, *others = op.letters
    arguments = ", ".join([first, *(f"{each}: _Operand" for each in others)])
    return f"    def {name or op.name}({arguments}) -> Value: ..."


def stub() -> str:
    """Return the text of the stub as the table of now makes it."""
    from engine.ops import OPS, TABLE

    lines = [*map(method, TABLE), method(OPS["clip"], "clamp")]
    return ROWS.sub(lambda match: match[1] + "\n".join(lines) + "\n", STUB.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.path.insert(0, str(STUB.parents[1]))
    STUB.write_text(stub(), encoding="utf-8")

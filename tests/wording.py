"""Whether a message has its key words. Whole sentences are kept in tests/golden only."""

from __future__ import annotations

import re


def mentions(message: object, words: str) -> bool:
    """Return whether a message has these words in this order; `...` between two words stands for any text.

    >>> mentions("X[1] has 1 number, and the rows before it have 2", "X[1] ... 1 ... 2")
    True
    """
    return (
        re.search(".*".join(re.escape(part.strip()) for part in words.split("...")), str(message), re.DOTALL)
        is not None
    )

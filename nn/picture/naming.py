"""Name the parts of a network as textbooks do: x1, h2, w23."""

from __future__ import annotations


def textbook_name(letter: str, *places: int) -> str:
    """Return a letter with its indices. The arguments count from 0, the name from 1, as in textbooks.

    A comma keeps numbers of two digits apart.

    >>> textbook_name("x", 0), textbook_name("w", 1, 2), textbook_name("w", 9, 2)
    ('x1', 'w23', 'w10,3')
    """
    numbers = [str(place + 1) for place in places]
    return letter + ("," if max(map(len, numbers)) > 1 else "").join(numbers)

"""Say which exercise a file is an answer to, also if it was renamed: `ex02 (1).py`, `Ex2.py`, `by_hand - Copy.py`."""

from __future__ import annotations

import re
from pathlib import Path
from unicodedata import normalize

from .course import COURSE, Exercise, is_file_name

SUFFIXES = (".py", ".txt", ".ipynb")  # a mail program may add .txt: ex02_by_hand.py.txt
BACKUP = re.compile(r"\.backup-\d+\.py$")  # what `reset` keeps

# A number after the word for an exercise, else at the start: ex02, Ex2, exercise_2, Aufgabe 2; 02_by_hand.
NUMBERS = (
    re.compile(r"(?:^|[\W_])(?:ex|exc|exercise|exercice|aufgabe|task|uebung|übung)[\W_]*0*(\d+)(?!\d)"),
    re.compile(r"^0*(\d{1,2})(?!\d)"),
)
FILE_NAME = re.compile(r"ex\d+_[a-z_]*[a-z]")  # as `init` writes it
RANGE = re.compile(r"\s*(?:-|–|to|bis)\s*(?:ex)?0*(\d+)(?!\d)")


def is_backup(name: str) -> bool:
    """Return whether a file is one that `reset` keeps: `ex05_reuse.backup-1.py`."""
    return BACKUP.search(name) is not None


def meant(name: str) -> Exercise | None:
    """Return the exercise that a file of this name answers; None if the name does not say, or says two.

    The number and the exercise's name are looked for, whatever stands around them. In a name that `init` wrote, the
    exercise's name decides: its number changes when the course grows.

    >>> names = ["ex02 (1).py", "Ex2.py", "Copy of by-hand.PY", "ex17_by_hand.py", "notes.py"]
    >>> [each and each.id for each in map(meant, names)]
    ['ex02', 'ex02', 'ex02', 'ex02', None]
    """
    if is_backup(name) or not name.casefold().endswith(SUFFIXES):
        return None
    stem = bare_stem(name)
    written = FILE_NAME.search(stem)
    if written and (same := [each for each in COURSE if is_file_name(written[0], each)]):
        return same[0]
    numbered, named = by_number(stem), by_name(stem)
    if numbered is None and name.casefold().endswith(".txt") and ".py" not in name.casefold():
        return None  # order.txt may be anything
    if numbered is None:
        return named[0] if len(named) == 1 else None
    if not numbered or (named and numbered[0] not in named):
        return None
    return numbered[0]


def is_own_name(name: str) -> bool:
    """Return whether a file has the name that `init` gave it."""
    return name in {each.file for each in COURSE}


def bare_stem(name: str) -> str:
    """Return a name in small letters, without its endings."""
    stem = normalize("NFC", name.casefold())
    while stem.endswith(SUFFIXES):
        stem = Path(stem).stem
    return stem


def by_number(stem: str) -> list[Exercise] | None:
    """Return the exercise of the number in a name, in a list; none for a number or a range that is not one of them.

    None is returned for a name without a number.
    """
    match = next(filter(None, (pattern.search(stem) for pattern in NUMBERS)), None)
    if match is None:
        return None
    number = int(match[1])
    last = RANGE.match(stem, match.end())
    if last and number < int(last[1]) <= len(COURSE):
        return []  # several exercises in one file: ex01-18.py
    return [each for each in COURSE if each.number == number]


def by_name(stem: str) -> list[Exercise]:
    """Return the exercises whose names stand in a name, as words of their own, whatever is between the words."""
    words = "-".join(re.findall(r"[^\W\d_]+", stem))
    joined = [each for each in COURSE if f"-{each.name.replace('_', '-')}-" in f"-{words}-"]
    return joined or [each for each in COURSE if each.name.replace("_", "") in words.split("-")]

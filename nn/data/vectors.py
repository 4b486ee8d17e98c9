"""Turn categories, images, texts and time series into rows of numbers."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from engine import choose as known_name, described, public

from ..checks import NetworkError, items, plural, size, texts, whole
from .dataset import Dataset
from .table import ordered, rows

if TYPE_CHECKING:
    from collections.abc import Iterable

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
MANY_CLASSES = 1000  # classes: a larger number was not meant as their count
PAPER = " ._-0"  # the characters of a drawn image that are paper

Vectors = tuple[tuple[float, ...], ...]


@public
def one_hot(values: Any, categories: Any = None) -> Vectors:
    """Return a row for each value, with 1 in the place of its category and 0 elsewhere.

    So no category is larger than another, or between two others, as it would be with the numbers 1, 2, 3.

    - `values`: texts or whole numbers, one for each row.
    - `categories`: all of them, in the order of the columns; None: those that occur, in order.

    Raises NetworkError for no values and for a value that is not a category.

    >>> one_hot(["red", "blue", "red"], ["red", "green", "blue"])
    ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    >>> one_hot([2, 0])
    ((0.0, 1.0), (1.0, 0.0))
    """
    listed = _categories(values, "values")
    kinds = sorted(set(listed), key=lambda kind: (isinstance(kind, str), kind)) if categories is None else None
    kinds = _categories(categories, "categories") if kinds is None else kinds
    if len(set(kinds)) < len(kinds):
        twice = next(kind for kind, count in Counter(kinds).items() if count > 1)
        raise NetworkError(f"categories has {described(twice)} twice: each category needs one column.")
    for i, value in enumerate(listed):
        if value not in kinds:
            if all(isinstance(kind, str) for kind in kinds) and isinstance(value, str):
                known_name(f"category for values[{i}], which is", value, kinds, NetworkError)
            raise NetworkError(f"values[{i}] is {described(value)}, which is not in categories.")
    return tuple(tuple(float(kind == value) for kind in kinds) for value in listed)


@public
def pixels(image: Any) -> tuple[float, ...]:
    """Return an image as one row of numbers, its lines one after the other.

    `image` is a list of lines. A line is a list of numbers, or text. In text, a space and each of ``._-0`` is paper,
    0, and any other character is ink, 1. Raises NetworkError for lines of different lengths.

    >>> pixels(["#..", ".#."])
    (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    >>> pixels([[0, 16], [8, 0]])
    (0.0, 16.0, 8.0, 0.0)
    """
    lines = ordered(image, "image")
    drawn = [[float(letter not in PAPER) for letter in line] if isinstance(line, str) else line for line in lines]
    if any(not hasattr(line, "__iter__") for line in drawn):
        raise NetworkError("an image is a list of lines, such as ['#..', '.#.'] or [[0, 1], [1, 0]].")
    table = rows(drawn, "image")
    if not isinstance(table[0][0], float):
        raise NetworkError("a pixel of the image is a list, and a number is needed for each pixel: its grey.")
    return tuple(number for line in table for number in line)


@public
def bag_of_letters(text: Any, alphabet: str = ALPHABET) -> Vectors:
    """Return a row for each text: the share of each letter among its letters, whatever their order.

    Capital letters count as small ones, and letters that are not in `alphabet` do not count. A text without letters
    gives zeros. Raises NetworkError for what is not a list of texts.

    - `text`: a list of texts.

    >>> bag_of_letters(["Abba"], "abc")
    ((0.5, 0.5, 0.0),)
    """
    if not isinstance(alphabet, str) or not alphabet or len({*alphabet.lower()}) < len(alphabet):
        raise NetworkError(f"alphabet is a text of different letters, such as 'abc', not {described(alphabet)}.")
    bags = []
    for each in _texts(text):
        counts = Counter(each.lower())
        total = sum(counts[letter] for letter in alphabet.lower())
        bags.append(tuple(counts[letter] / max(total, 1) for letter in alphabet.lower()))
    return tuple(bags)


@public
def bag_of_words(text: Any, words: Any = None) -> Vectors:
    """Return a row for each text: how often each word occurs in it, whatever their order.

    - `text`: a list of texts; words are compared in small letters.
    - `words`: the word of each column; None: all that occur, see `vocabulary`. For new texts, give the words of the
      training texts: other words do not count.

    Raises NetworkError for what is not a list of texts.

    >>> bag_of_words(["The cat sees the dog.", "A dog"], ["cat", "dog", "the"])
    ((1.0, 1.0, 2.0), (0.0, 1.0, 0.0))
    """
    columns = (
        vocabulary(text)
        if words is None
        else [word.lower() for word in texts(words, "words", "words, such as ['cat', 'dog']")]
    )
    if not columns:
        raise NetworkError("there are no words to count: words is a list such as ['cat', 'dog'].")
    counts = [Counter(_words(each)) for each in _texts(text)]
    return tuple(tuple(float(count[word]) for word in columns) for count in counts)


@public
def vocabulary(text: Any) -> list[str]:
    """Return the different words of a list of texts, in small letters and in alphabetical order.

    - `text`: the text, or a list of texts.

    Raises NetworkError (a ValueError) for what is not a list of texts.

    >>> vocabulary(["The cat sees the dog.", "It's a dog"])
    ['a', 'cat', 'dog', "it's", 'sees', 'the']
    """
    return sorted({word for each in _texts(text) for word in _words(each)})


@public
def windows(series: Any, width: int = 3, ahead: int = 1) -> Dataset:
    """Return the windows of a time series: `width` numbers in a row, and as target the number that follows them.

    - `series`: numbers in the order of time.
    - `width`: how many numbers a window has.
    - `ahead`: how many steps after the window its target is; 1 is the next number.

    Raises NetworkError for a series that is too short for one window and its target.

    >>> pairs = windows([1, 2, 3, 4, 5], width=3)
    >>> pairs.X, pairs.y, pairs.features
    (((1.0, 2.0, 3.0), (2.0, 3.0, 4.0)), (4.0, 5.0), ('t-2', 't-1', 't'))
    """
    width, ahead = size(width, "width"), size(ahead, "ahead")
    table = rows(series, "series")
    if any(len(row) != 1 or not isinstance(row[0], float) for row in table):
        raise NetworkError("a series is a list of numbers, such as [1.0, 1.2, 0.9], one a step of time.")
    numbers = [row[0] for row in table]
    count = len(numbers) - width - ahead + 1
    if count < 1:
        raise NetworkError(
            f"the series has {plural(len(numbers), 'number')}, and a window of {width} with a target {ahead} ahead "
            f"needs {width + ahead}."
        )
    names = [f"t-{width - 1 - place}" if place < width - 1 else "t" for place in range(width)]
    X = [numbers[start : start + width] for start in range(count)]
    return Dataset(X, numbers[width + ahead - 1 :], names, name="windows")


def _categories(things: Any, name: str) -> list[Any]:
    """Return a list of texts or whole numbers."""
    count = whole(things)
    if name == "categories" and count is not None and 0 < count <= MANY_CLASSES:
        raise NetworkError(
            f"categories lists every category, and {count} is one number: for the classes 0 to {count - 1} write "
            f"range({count})."
        )
    if items(things) is None:
        raise NetworkError(f"{name} is a list of categories, such as ['red', 'blue'], not {described(things)}.")
    listed = ordered(things, name)
    if not listed:
        raise NetworkError(f"{name} is empty: give one category or more.")
    for i, thing in enumerate(listed):
        if not isinstance(thing, (str, int)):
            raise NetworkError(f"{name}[{i}] is {described(thing)}: a category is a text or a whole number.")
    return listed


def _texts(text: Any) -> list[str]:
    """Return a list of texts; raise NetworkError if it is empty or not a list of texts."""
    if isinstance(text, str):
        raise NetworkError(f"this is one text, and a list of texts is needed: write [{described(text)}].")
    listed = texts(text, "text", "texts, such as ['The cat sees', 'A dog']")
    if not listed:
        raise NetworkError("there are no texts: give a list of one or more.")
    return listed


def _words(text: str) -> Iterable[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.lower())

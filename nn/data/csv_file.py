"""`csv`: a table in a text file, read as a Dataset: columns of numbers, categories as one-hot columns, one target."""

from __future__ import annotations

import os
import re
from collections import Counter
from io import StringIO
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import choose as known_name, described, flag, nearest, public, read_whole

from ..checks import NetworkError, plural, texts
from ..files import MOST_BYTES, Missing, Unreadable, excerpt, unreadable
from .dataset import Dataset
from .vectors import one_hot

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
DECIMALS = (".", ",")
MISSING = ("", "na", "n/a", "nan", "null", "?")  # texts that stand for a missing value, in small letters
FEW_CATEGORIES = 20  # a column with more texts, most of them used once, names its rows and is not a category
NUMBER = {
    mark: re.compile(rf"[+-]?(\d+({re.escape(mark)}\d*)?|{re.escape(mark)}\d+)([eE][+-]?\d+)?") for mark in DECIMALS
}
CELL_SHOWN = 28  # characters of a name or a cell in a message, which may show three of them
WHOLE = re.compile(r"[+-]?\d+")
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")  # 1,234: a decimal comma, or one between thousands?


class Line(NamedTuple):
    """A row of the file with its number, as a spreadsheet counts it: the header is row 1."""

    number: int
    cells: list[str]


class CsvColumn(NamedTuple):
    """A column of the file: its name, its cells, and the number of each cell's row."""

    name: str
    cells: list[str]
    rows: list[int]

    def place(self, i: int) -> str:
        """Return the name of a cell in an error."""
        return f"row {self.rows[i]}, column {brief(self.name)}"


@public
def csv(
    path: str | os.PathLike[str],
    target: str | None = None,
    drop: Iterable[str] = (),
    categories: Iterable[str] = (),
    classes: bool | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    encoding: str = "utf-8",
) -> Dataset:
    """Return the table of a CSV file as a Dataset: a row for each line, named by the header in the first line.

    A column of numbers is one feature. A column of text is a category: it becomes one column of 0 and 1 for each of
    its texts, in alphabetical order, named "colour=red". Lines that are empty are left out.

    Parameters
    ----------
    path: the name of the file.
    target: the name of the column to predict. Text gives classes, in alphabetical order; numbers stay numbers.
    drop: names of columns to leave out, such as the name of each person.
    categories: names of columns of numbers that are categories, such as postcodes.
    classes: True reads numbers in the target's column as names of classes; False refuses text there.
    delimiter: the character between two cells, ",", ";", a tab or "|"; None finds out.
    decimal: "." for 2.5 or "," for 2,5; None finds out.
    encoding: the encoding of the text; "cp1252" for files of older spreadsheets on Windows.

    Returns
    -------
    The Dataset; its name is that of the file.

    Raises
    ------
    NetworkError (a ValueError) for a file that cannot be read, for a missing value, for text in a column of numbers
    and for a line of another length, each with its row and column, the header being row 1; and for a name of a column
    that is not there. A table that can be read in two ways raises it, too: choose the right way by an option.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "fruit.csv")
    ...     length = path.write_text("colour;weight;kind\\nred;150,5;apple\\nred;9;cherry\\ngreen;140;apple\\n")
    ...     fruit = csv(path, target="kind")
    >>> fruit
    Dataset(fruit: 3 rows × 3 features, classes apple: 2, cherry: 1)
    >>> fruit.features, fruit.X[0], fruit.y
    (('colour=green', 'colour=red', 'weight'), (0.0, 1.0, 150.5), (0, 1, 0))
    """
    if classes is not None:
        classes = flag(classes, "classes")
    for option, value, known in ("delimiter", delimiter, DELIMITERS), ("decimal", decimal, DECIMALS):
        if value is not None and (not isinstance(value, str) or value not in tuple(known)):
            listed = " or ".join(map(repr, known))
            raise NetworkError(f"{option} is {listed}, or None to find out, not {described(value)}.")
    dropped, chosen = texts(drop, "drop"), texts(categories, "categories")
    file, text = _decoded(path, encoding)
    header, lines = _lines(text, delimiter, file.name)
    columns = _by_name(header, lines)
    names = list(columns)
    if target is None:
        raise NetworkError(
            f"which column is to be predicted? Write target={brief(names[-1])}, or one of {_listed(names)}."
        )
    for name in (target, *dropped, *chosen):
        if not isinstance(name, str) or name not in names:
            near = [each for each in nearest(str(name), names) if len(each) <= CELL_SHOWN]
            known_name(
                "column", name, near or (names if sum(map(len, names)) < 80 else [_listed(names)]), NetworkError
            )
    if target in dropped:
        raise NetworkError(f"the target {target!r} is in drop: take it out of one of the two.")
    columns = {name: column for name, column in columns.items() if name not in dropped}
    if len(columns) < 2:
        raise NetworkError(f"there is no column beside the target {target!r} to predict it from.")
    for column in columns.values():
        _refuse_missing(column)
    as_text = {*chosen, *([target] if classes else [])}
    mark = decimal or _decimal([column for name, column in columns.items() if name not in as_text])
    features, blocks = list[str](), list[Any]()
    for name, column in columns.items():
        if name == target:
            continue
        numbers = None if name in as_text else _as_numbers(column, mark)
        if numbers is not None:
            features.append(name)
            blocks.append([(number,) for number in numbers])
        else:
            kinds = _kinds(column)
            features += [f"{name}={kind}" for kind in kinds]
            blocks.append(one_hot(column.cells, kinds))
    X = [[number for part in parts for number in part] for parts in zip(*blocks)]
    answers = columns[target]
    y = None if target in as_text else _as_numbers(answers, mark)
    if y is not None:
        return Dataset(X, y, features, name=file.stem)
    if classes is False:
        raise NetworkError(
            f"{answers.place(0)}: {brief(answers.cells[0])} is not a number, and classes=False asks for numbers."
        )
    kinds = sorted(set(answers.cells), key=_order)
    return Dataset(X, [kinds.index(cell) for cell in answers.cells], features, kinds, file.stem)


def _decoded(path: Any, encoding: Any) -> tuple[Path, str]:
    """Return the file and its text."""
    if not isinstance(path, (str, os.PathLike)) or isinstance(path, bytes):
        raise NetworkError(f"a file has a name, such as 'houses.csv', and this is of type {type(path).__name__}.")
    name = os.fspath(path)
    if isinstance(name, str) and any(ord(letter) < 32 for letter in name):
        raise NetworkError(
            f"{described(name)} cannot be the name of a file: \\t, \\n and their like in quotes are one letter. "
            "Write r'C:\\new\\table.csv', or 'C:/new/table.csv'."
        )
    file = Path(path)
    try:
        if "\\" in str(name) and not file.exists() and Path(name.replace("\\", "/")).exists():
            file = Path(name.replace("\\", "/"))  # a path as Windows writes it, elsewhere
        raw = read_whole(file, MOST_BYTES)
    except OSError as problem:
        refusal = Missing if isinstance(problem, FileNotFoundError) else Unreadable
        raise refusal(unreadable(file, problem, "houses.csv")) from None
    except ValueError:  # a character that no file name can have
        raise NetworkError(
            f"{described(name)} cannot be the name of a file: write one such as 'houses.csv'."
        ) from None
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NetworkError(f"{file.name} is a workbook of a spreadsheet, not text: save it there as CSV (UTF-8).")
    usual = isinstance(encoding, str) and encoding.lower().replace("-", "").replace("_", "") == "utf8"
    try:
        text = raw.decode("utf-8-sig" if usual else encoding)
    except UnicodeError:
        raise NetworkError(
            f"{file.name} is not text in {encoding}: save it as 'CSV UTF-8', or give encoding='cp1252' (older "
            "spreadsheets on Windows) or encoding='utf-16'."
        ) from None
    except (LookupError, TypeError, ValueError):
        raise NetworkError(f"encoding is a name, such as 'utf-8' or 'cp1252', not {described(encoding)}.") from None
    if "\0" in text:
        raise NetworkError(f"{file.name} is not a table of text in {encoding}: is it UTF-16? Give encoding='utf-16'.")
    return file, text


def _lines(text: str, delimiter: str | None, name: str) -> tuple[Line, list[Line]]:
    """Return the header and the lines below it that are not empty, split into cells."""
    declared = re.match(r"sep=(.)\r?\n", text)  # a line in which some spreadsheets state the delimiter
    skipped = 0
    if declared:
        delimiter, text, skipped = delimiter or declared[1], text[declared.end() :], 1
    if not text.strip():
        raise NetworkError(
            f"{name} is empty: it needs a first line with the names of the columns, and rows below it."
        )
    lines = _split(text, delimiter, skipped, name) if delimiter else _split_by_itself(text, skipped, name)
    header, *rows = lines
    if not rows:
        raise NetworkError(f"{name} has a header ({_listed(header.cells)}) and no rows below it.")
    for line in rows:
        if len(line.cells) != len(header.cells):
            raise NetworkError(
                f"row {line.number} has {plural(len(line.cells), 'cell')}, and the header has {len(header.cells)}: "
                "each row needs a cell for each column. Text that has the delimiter in it needs quotes around it."
            )
    return header, rows


def _split(text: str, delimiter: str, skipped: int, name: str) -> list[Line]:
    """Return the lines of a text that are not empty; `skipped` were before it."""
    import csv as reading

    reader = reading.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    lines = []
    try:
        for number, cells in enumerate(reader, skipped + 1):
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                lines.append(Line(number, stripped))
    except reading.Error as error:
        raise NetworkError(
            f"{name}, line {reader.line_num + skipped}: {error}. Is a quotation mark not closed, or not doubled?"
        ) from None
    return lines


def _split_by_itself(text: str, skipped: int, name: str) -> list[Line]:
    """Return the lines of a text, split by the one delimiter that gives each line as many cells as the header."""
    first = text.strip().splitlines()[0]
    candidates = [each for each in DELIMITERS if each in first] or [","]
    readings = {}
    for each in candidates:
        try:
            readings[each] = _split(text, each, skipped, name)
        except NetworkError:
            if each == candidates[-1] and not readings:
                raise
    several = {each: lines for each, lines in readings.items() if len(lines[0].cells) > 1}
    fitting = [each for each, lines in several.items() if len({len(line.cells) for line in lines}) == 1]
    if len(fitting) == 1:
        return readings[fitting[0]]
    if len(several) <= 1:
        return readings[next(iter(several or readings))]  # the error names the row that does not fit
    names = " or ".join(DELIMITERS[each] for each in fitting or several)
    example = next(iter(fitting or several))
    raise NetworkError(f"{name} can be split at each {names}: say which one is right, such as delimiter={example!r}.")


def _by_name(header: Line, lines: Sequence[Line]) -> dict[str, CsvColumn]:
    """Return the columns by their names."""
    if all(NUMBER["."].fullmatch(cell) or NUMBER[","].fullmatch(cell) for cell in header.cells):
        raise NetworkError(
            f"row {header.number} has numbers only, and the first row has the names of the columns: add a line with "
            "names above it."
        )
    for number, name in enumerate(header.cells, 1):
        if not name:
            raise NetworkError(
                f"row {header.number}: column {number} has no name. Give it one, or delete the column."
            )
    twice = [name for name, count in Counter(header.cells).items() if count > 1]
    if twice:
        raise NetworkError(f"row {header.number}: {brief(twice[0])} is the name of two columns. Rename one of them.")
    rows = [line.number for line in lines]
    return {name: CsvColumn(name, [line.cells[j] for line in lines], rows) for j, name in enumerate(header.cells)}


def _refuse_missing(column: CsvColumn) -> None:
    for i, cell in enumerate(column.cells):
        if cell.lower() in MISSING:
            what = f"{brief(cell)} stands for a missing value" if cell else "the value is missing"
            raise NetworkError(
                f"{column.place(i)}: {what}. Fill it in, delete the row, or leave the column out: "
                f"drop=[{brief(column.name)}]."
            )


def _decimal(columns: Sequence[CsvColumn]) -> str:
    """Return the decimal mark of the numbers, where it can be known."""
    cells = [(column.place(i), cell) for column in columns for i, cell in enumerate(column.cells)]
    points = [(place, cell) for place, cell in cells if "." in cell and NUMBER["."].fullmatch(cell)]
    commas = [(place, cell) for place, cell in cells if "," in cell and NUMBER[","].fullmatch(cell)]
    if not commas:
        return "."
    if points:
        raise NetworkError(
            f"{points[0][0]} is {_bare(points[0][1])} and {commas[0][0]} is {_bare(commas[0][1])}: use one decimal "
            "mark in the whole file, or say which one counts, decimal='.', for example."
        )
    if all(GROUPED.fullmatch(cell) for _, cell in commas):
        raise NetworkError(
            f"{commas[0][0]}: is {_bare(commas[0][1])} a decimal comma, or one between thousands? Write decimal=',' "
            "for the first, and take the commas out for the second."
        )
    return ","


def _as_numbers(column: CsvColumn, mark: str) -> list[int | float] | None:
    """Return a column's numbers; None for a column of text. Raises NetworkError for one that has both."""
    fits = [NUMBER[mark].fullmatch(cell) is not None for cell in column.cells]
    if not any(fits):
        return None
    if not all(fits):
        odd = fits.index(2 * sum(fits) < len(fits))  # the first of the kind that is rarer
        this, others = ("a number", "text") if fits[odd] else ("not a number", "numbers")
        raise NetworkError(
            f"{column.place(odd)}: {brief(column.cells[odd])} is {this}, and most of the column are {others}. "
            f"Mend it, or write categories=[{brief(column.name)}] to read all of them as text."
        )
    numbers = [float(cell.replace(mark, ".")) for cell in column.cells]
    if inf in numbers or -inf in numbers:
        i = [abs(number) for number in numbers].index(inf)
        raise NetworkError(f"{column.place(i)}: {brief(column.cells[i])} is too large for a number. Mend it.")
    return [int(cell) for cell in column.cells] if all(map(WHOLE.fullmatch, column.cells)) else numbers


def brief(text: str) -> str:
    """Return a name or a cell in quotes, or its beginning: a message shows no more than 100 characters of a file."""
    return repr(text) if len(text) <= CELL_SHOWN else f"{text[:CELL_SHOWN]!r}..."


def _bare(cell: str) -> str:
    """Return a number as it stands in the file, or its beginning."""
    return cell if len(cell) <= CELL_SHOWN else f"{cell[:CELL_SHOWN]}..."


def _listed(names: Sequence[str]) -> str:
    """Return names in a row, as many as a message can show."""
    return excerpt(", ".join(names))


def _kinds(column: CsvColumn) -> list[str]:
    """Return the different texts of a column in order; NetworkError if there are too many for a category."""
    kinds = sorted(set(column.cells), key=_order)
    if len(kinds) > FEW_CATEGORIES and 2 * len(kinds) > len(column.cells):
        raise NetworkError(
            f"column {brief(column.name)} has {len(kinds)} different texts in "
            f"{plural(len(column.cells), 'row')}, such as {brief(column.cells[0])}: nothing can be learned from a "
            f"text that stands there once. Leave it out: drop=[{brief(column.name)}]."
        )
    return kinds


def _order(text: str) -> tuple[bool, float, str]:
    """Return a key that sorts numbers by their size, before all other texts."""
    number = NUMBER["."].fullmatch(text)
    return not number, float(text) if number else 0.0, text

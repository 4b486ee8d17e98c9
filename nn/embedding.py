"""`Embedding`: a table with a row of numbers for each word, which are learned."""

from __future__ import annotations

from functools import reduce
from operator import add, mul
from typing import TYPE_CHECKING, Any

from engine import Label, Value, public

from .checks import NetworkError, plural, row, size as checked_size, whole
from .init import generator, initializer
from .layers import checked_name
from .module import Module
from .naming import textbook_name
from .structure import Matrix, Structure, Unit

if TYPE_CHECKING:
    from .init import Init


@public
class Embedding(Module):
    """A table of `words` rows of `size` numbers: called on a word, it gives the row of that word.

    A word is a one-hot row: 1 at its place, 0 elsewhere, `words` numbers. Then the result is that row times the
    table, so that `fit` and `compile` take it as any other product. A word may also be a whole number, from 0 on,
    where the model is called one row at a time: then the result is the row of the table itself.

    - `rng`, `init`: a seed, and how the first numbers are drawn, as for `Neuron`.
    - `name`: what the labels of its numbers begin with.

    Raises NetworkError (a ValueError) for a row of another length, and for a word that the table does not have.

    >>> table = Embedding(3, 2, rng=0)
    >>> table, [y.label for y in table(1)]
    (Embedding(3, 2), ['w[1, 0]', 'w[1, 1]'])
    >>> [y.data for y in table([0, 1, 0])] == [y.data for y in table(1)]
    True
    """

    def __init__(self, words: int, size: int, rng: Any = None, init: Init = None, name: str = "") -> None:
        words, size, rng = checked_size(words, "the number of words"), checked_size(size, "size"), generator(rng)
        draw = initializer(init, "linear")
        self.table: list[list[Value]] = [[Value(draw(words, size, rng)) for _ in range(size)] for _ in range(words)]
        self.rename(name)

    @public
    def rename(self, name: str) -> None:
        """Give the layer a name, which the labels of its weights begin with."""
        self.name: str = checked_name(name)
        part = f"{name}." if name else ""
        for word, entries in enumerate(self.table):
            for place, weight in enumerate(entries):
                weight.label = Label(
                    f"{part}w[{word}, {place}]", textbook_name("w", word, place), name, textbook_name("x", word)
                )

    @public
    def __call__(self, word: Any) -> list[Value]:
        part, words = self.name or "this embedding", len(self.table)
        number = whole(word)
        if number is not None:
            if not 0 <= number < words:
                raise NetworkError(
                    f"{part} has {plural(words, 'word')}, from 0 to {words - 1}, and none is {number}."
                )
            return [*self.table[number]]
        x = row(word)
        if len(x) != words:
            raise NetworkError(
                f"{part} has {plural(words, 'word')}, and the row has {plural(len(x), 'number')}: give one for each "
                "word, 1 for the word itself and 0 for the others."
            )
        return [reduce(add, map(mul, column, x)) for column in zip(*self.table)]

    @public
    def weights(self) -> list[list[Value]]:
        """Return the table: a row for each word."""
        return [[*entries] for entries in self.table]

    @public
    def structure(self) -> Structure:
        """Return the layer's Structure: a sum without a bias for each column, and the arguments to make it again."""
        return Structure(
            [Unit(column) for column in zip(*self.table)],
            [len(self.table), len(self.table[0])],
            matrices=[Matrix(self.table, row="word", column="number")],
        )

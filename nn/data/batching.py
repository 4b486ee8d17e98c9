"""Split rows into training and test rows, and put training rows into batches.

Rows are split with `Random.random` alone, whose numbers Python promises never to change. For `shuffle` it does not
promise that. The order of an epoch is computed from seed, epoch and row, which Python, NumPy and JAX do alike.
"""

from __future__ import annotations

from hashlib import sha256
from numbers import Real
from random import Random
from typing import TYPE_CHECKING, Any

from engine import described, flag, public

from ..checks import NetworkError, plural, size, whole
from .dataset import Dataset

if TYPE_CHECKING:
    from collections.abc import Iterator

BITS = (1 << 32) - 1
GOLDEN = 0x9E3779B9  # odd: 2**32 over the golden ratio


@public
def split(
    X: Any, y: Any = None, test: float = 0.25, seed: int = 0, stratify: bool | None = None
) -> tuple[Dataset, Dataset]:
    """Split rows at random into training rows and test rows.

    Parameters
    ----------
    X: rows, or a Dataset, whose names both parts keep.
    y: one target for each row; None if X is a Dataset.
    test: the size of the test set, as a fraction between 0 and 1 or as a number of rows.
    seed: a whole number; the same seed gives the same split.
    stratify: True gives both parts the same fraction of each class, to within a row. None does so if the targets are
        classes.

    Returns
    -------
    Two Datasets: the training rows and the test rows.

    Raises
    ------
    NetworkError (a ValueError) if one of the parts would be empty.

    >>> X, y = [[i] for i in range(8)], [0, 0, 0, 0, 0, 0, 1, 1]
    >>> train, test = split(X, y, test=0.5)
    >>> sorted(train.y), sorted(test.y)
    ([0, 0, 0, 1], [0, 0, 0, 1])
    """
    if y is None and not isinstance(X, Dataset):
        raise NetworkError("split takes rows and targets, split(X, y), or a Dataset, split(data.iris()).")
    check_targets("split", X, y, "test")
    if stratify is not None:
        stratify = flag(stratify, "stratify")
    dataset = X if y is None else Dataset(X, y)
    count = len(dataset.X)
    test_count = _test_rows(test, count)
    classes = all(isinstance(target, int) for target in dataset.y) and set(dataset.y) == set(
        range(len(set(dataset.y)))
    )
    if stratify and not classes:
        raise NetworkError("stratify needs classes as targets: whole numbers, counted from 0, each of them used.")
    order = shuffled(count, seed_number(seed, "the seed"))
    grouped = sorted(order, key=dataset.y.__getitem__) if classes and stratify is not False else order
    # The test rows are spread evenly over the rows sorted by class: each class gets its part, and the total is exact.
    chosen = {i for n, i in enumerate(grouped) if (n + 1) * test_count // count > n * test_count // count}
    return dataset.take(i for i in order if i not in chosen), dataset.take(i for i in order if i in chosen)


@public
def batches(
    X: Any, y: Any = None, batch_size: int | None = None, shuffle: bool = True, seed: int = 0, epoch: int = 0
) -> Iterator[Dataset]:
    """Return the batches of one epoch: `for X, y in batches(...)`.

    Parameters
    ----------
    X: rows, or a Dataset.
    y: one target for each row; None if X is a Dataset.
    batch_size: rows in a batch. None is all rows (batch descent), 1 is stochastic descent, any other mini-batch.
    shuffle: whether the rows are shuffled.
    seed, epoch: whole numbers; the same two give the same order.

    Returns
    -------
    An iterator of Datasets.

    Raises
    ------
    NetworkError (a ValueError) for a batch size below 1.

    - `seed`: a whole number; the same seed gives the same order.

    >>> X, y = [[0], [1], [2], [3], [4]], [0, 1, 2, 3, 4]
    >>> for epoch in range(2):
    ...     print([y for X, y in batches(X, y, 2, epoch=epoch)])
    [(1, 3), (4, 0), (2,)]
    [(2, 4), (1, 0), (3,)]
    """
    check_targets("batches", X, y, "batch_size")
    dataset = X if y is None and isinstance(X, Dataset) else Dataset(X, y)
    return (dataset.take(indices) for indices in orders(len(dataset.X), batch_size, shuffle, seed, epoch))


@public
def orders(
    rows: int, batch_size: int | None = None, shuffle: bool = True, seed: int = 0, epoch: int = 0
) -> list[list[int]]:
    """Return the indices of the rows in each batch of an epoch.

    A batch of all rows keeps their order, so batch descent gives the same sums for every seed.

    Parameters
    ----------
    rows: the number of rows.
    batch_size: rows in a batch; None is all.
    shuffle: whether the rows are shuffled.
    seed, epoch: whole numbers; the same two give the same order.

    Returns
    -------
    A list of lists of ints.

    - `seed`: a whole number; the same seed gives the same orders.
    - `epoch`: the number of the epoch.

    Raises NetworkError (a ValueError) for `rows` or a `batch_size` below 1, and for a `seed` or an `epoch` that is
    not a whole number; ArgumentError (a TypeError) if `shuffle` is not True or False.

    >>> orders(5, 2, shuffle=False), orders(5)
    ([[0, 1], [2, 3], [4]], [[0, 1, 2, 3, 4]])
    """
    rows = size(rows, "the number of rows")
    step = rows if batch_size is None else size(batch_size, "batch_size")
    seed, epoch = seed_number(seed, "the seed"), seed_number(epoch, "epoch")
    order = list(range(rows))
    if flag(shuffle, "shuffle") and step < rows:
        words = words_of(seed_words(seed), epoch)
        order.sort(key=lambda i: places(i, words))
    return [order[start : start + step] for start in range(0, rows, step)]


def seed_words(seed: int) -> tuple[int, int]:
    """Return two numbers of 32 bits for a seed, which may be of any size."""
    digest = sha256(str(seed).encode()).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:8], "little")


def words_of(seed: tuple[Any, Any], epoch: Any, number: Any = int) -> tuple[Any, Any]:
    """Return two numbers of 32 bits for an epoch.

    `seed` is what `seed_words` returns, and `number` is as for `places`.
    """
    word = scrambled((seed[0] + (epoch & number(BITS)) * number(GOLDEN)) & number(BITS), number)
    return word, scrambled(word ^ seed[1], number)


def places(row: Any, words: tuple[Any, Any], number: Any = int) -> Any:
    """Return where rows stand in the order of an epoch: they are sorted by these numbers, no two of which are equal.

    Parameters
    ----------
    row: the index of a row, an int; or those of all, an array of uint32 of NumPy's or JAX's.
    words: what `words_of` returns.
    number: makes constants of the same kind: int, or numpy.uint32 for arrays.

    >>> words = words_of(seed_words(0), epoch=0)
    >>> sorted(range(5), key=lambda row: places(row, words))
    [1, 3, 4, 0, 2]
    """
    return scrambled(scrambled((row * number(GOLDEN) + words[0]) & number(BITS), number) ^ words[1], number)


def scrambled(x: Any, number: Any = int) -> Any:
    """Return numbers of 32 bits, each for another one, that look like random ones. `number` is as for `places`.

    Source: Wellons, "Prospecting for hash functions", 2018: its function lowbias32.
    """
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x = ((x ^ (x >> number(shift))) * number(factor)) & number(BITS)
    return x ^ (x >> number(16))


def shuffled(count: int, seed: int | str) -> list[int]:
    """Return the numbers from 0 to `count` - 1 in an order that depends on the seed alone.

    >>> sorted(shuffled(9, seed=1)) == list(range(9)), shuffled(9, seed=1) == shuffled(9, seed=2)
    (True, False)
    """
    rng = Random(seed if isinstance(seed, str) else seed_number(seed, "the seed"))
    return sorted(range(count), key=lambda _: rng.random())


def seed_number(seed: Any, what: str) -> int:
    """Return a seed, or an epoch, as an int; raise NetworkError for anything but a whole number."""
    number = whole(seed)
    if number is None:
        raise NetworkError(f"{what} must be a whole number, such as 0, not {described(seed)}.")
    return number


def check_targets(name: str, X: Any, y: Any, option: str) -> None:
    """Raise NetworkError if X is a Dataset, which has its targets, and y is given; `option` is what comes after y."""
    if isinstance(X, Dataset) and y is not None:
        number = described(y) if isinstance(y, Real) else "..."
        raise NetworkError(
            f"{name}: X is a Dataset, which has its targets, so y is left out: write {name}(dataset), and name what "
            f"follows, as in {name}(dataset, {option}={number})."
        )


def _test_rows(test: Any, count: int) -> int:
    known = isinstance(test, Real) and not isinstance(test, bool)
    rows = round(test * count) if known and 0 < test < 1 else test
    if not known or rows % 1 or not 1 <= rows < count:
        raise NetworkError(
            f"test={described(test)} of {plural(count, 'row')}: give a fraction between 0 and 1, such as 0.25, or a "
            "number of rows, so that both parts have one row or more."
        )
    return int(rows)

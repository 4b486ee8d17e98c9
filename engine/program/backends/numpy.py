"""The NumPy backend: where a function of NumPy's is slow for what programs do, a faster one."""

from __future__ import annotations

import math
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

library = np

# glibc gives freed memory back to the system, and the next step pays for each page anew: up to ten times its time.
# After one large array it keeps what is smaller.
np.empty(31 << 20, np.uint8)

# From SMALLEST_KEPT to LARGE numbers, an array filled with one number is made once and kept; more of those up to
# SMALL are kept.
SMALLEST_KEPT, SMALL, LARGE = 1 << 9, 1 << 13, 1 << 17

FEW_ROWS, FEW_DOTS = 10, 100  # so few rows, or numbers that dots become, are faster dot by dot
FEW_COLUMNS = 64  # with more, one product after the other finds its numbers in the cache
ALL_ONE = np.array(1.0)
vecdot: Any = getattr(np, "vecdot", None)  # from NumPy 2 on

NOT_FINITE: Any = {"divide": "raise", "over": "raise", "invalid": "raise", "under": "ignore"}  # for np.errstate


def raising(function: Any, *arguments: Any) -> Any:
    """Call a function; FloatingPointError where a number comes out that is infinite or NaN, of finite ones."""
    with np.errstate(**NOT_FINITE):
        return function(*arguments)


try:  # what np.errstate does, made once: it takes a fifth of the time, and a program of one row has little
    from numpy._core.umath import _extobj_contextvar, _make_extobj
except ImportError:  # another version of NumPy
    pass
else:
    _settings = _make_extobj(**NOT_FINITE)

    def raising(function: Any, *arguments: Any) -> Any:
        """Call a function; FloatingPointError where a number comes out that is infinite or NaN, of finite ones."""
        before = _extobj_contextvar.set(_settings)
        try:
            return function(*arguments)
        finally:
            _extobj_contextvar.reset(before)


def full_like(x: Any, number: float) -> Any:
    """Return an array like x, filled with a number; NumPy's takes five times as long on a small array.

    A list of ones, by which gradients are summed over the batch, is made once, and cannot be written to.
    """
    if number == 1.0 and x.ndim == 1:
        return _filled(x.shape, number)
    filled = np.empty(x.shape)
    filled.fill(number)
    return filled


def broadcast_to(x: Any, shape: tuple[int, ...]) -> Any:
    """Return x repeated to a shape, as a copy; NumPy's takes four times as long on a small array."""
    repeated = np.empty(shape)
    repeated[...] = x
    return repeated


def maximum(x: Any, y: Any) -> Any:
    """Return the larger of each pair; NumPy takes twice as long for an array and a number as for two arrays."""
    if y.__class__ is float and SMALLEST_KEPT < (size := getattr(x, "size", 1)) <= LARGE:
        y = (_filled if size > SMALL else _filled_small)(x.shape, y)
    return np.maximum(x, y)


def shared(is_beyond: Any, x: Any, y: Any) -> Any:
    """Return the slope of max, or min, of x and y by x: 1 where x is the larger one, else 0, and 0.5 at a tie.

    `is_beyond` tells where x is the larger one; most often all of it is.
    """
    return ALL_ONE if is_beyond.all() else np.where(x == y, 0.5, is_beyond)


MANY_ANGLES = 500  # from here on, one call for a sine and a cosine takes less than two


def sin_and_cos(x: Any) -> tuple[Any, Any]:
    """Return the sine and the cosine of a vector: e to the power of i x is cos x + i sin x.

    NumPy computes both in one there, in nineteen twentieths of the time for many numbers, and gives the same numbers.
    """
    if x.size < MANY_ANGLES:
        return np.sin(x), np.cos(x)
    turned = np.zeros(x.shape, complex)
    turned.imag = x
    np.exp(turned, turned)
    return turned.imag.copy(), turned.real.copy()


Orders = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]  # of the axes of x, of y and of their product


def einsum(subscripts: str, x: Any, y: Any) -> Any:
    """Return the einsum of two arrays whose last axis is the batch, by the function that is fastest for their sizes.

    NumPy's einsum alone of what programs call says nothing of an overflow: so a difference does.
    """
    way, shape, orders = _way(subscripts, x.shape, y.shape)
    if way == "product":
        first, second, result = orders
        product = np.empty(shape)
        np.matmul(x.transpose(first), y.transpose(second), product.transpose(result))
        return product
    if way == "dot":
        return vecdot(x, y, axis=-2)
    if way == "outer":
        return x[..., None, :] * y[..., None, :, :]
    result = np.einsum(subscripts, x, y)
    total = result.sum()
    total - total
    return result


@lru_cache(maxsize=4096)
def _way(subscripts: str, x: tuple[int, ...], y: tuple[int, ...]) -> tuple[str, tuple[int, ...], Orders]:
    """Return how an einsum of arrays of these shapes is computed, and for a product of matrices how they are read.

    - "product": rows by columns, summed over one axis; the axes that all have in common, and the batch, come first.
      Besides return the shape of the result, and the orders of axes that bring those of matrices to the end.
    - "dot": numbers by numbers, summed over the last axis.
    - "outer": each number of x by each of y, which nothing sums.
    - "einsum": all else.
    """
    arguments, result = subscripts.replace("...", "").split("->")
    ours, theirs = arguments.split(",")
    common = [axis for axis in ours if axis in theirs and axis in result]
    summed = [axis for axis in ours if axis in theirs and axis not in result]
    rows, columns = [axis for axis in ours if axis not in theirs], [axis for axis in theirs if axis not in ours]
    sizes, batch = {**dict(zip(ours, x)), **dict(zip(theirs, y))}, max(x[-1], y[-1])
    no_orders: Orders = ((), (), ())
    one_each = len(rows) == len(columns) == 1
    if one_each and [ours, theirs, result] == ["".join(common + each) for each in (rows, columns, rows + columns)]:
        return "outer", (), no_orders
    if summed and ours == theirs == result + summed[0]:
        dots = prod(sizes[axis] for axis in result) * batch
        few = vecdot and (batch <= FEW_ROWS or dots <= FEW_DOTS)
        return "dot" if few else "einsum", (), no_orders
    if len(summed) != 1 or not one_each:
        return "einsum", (), no_orders
    height, length, width = (sizes[axis] for (axis,) in (rows, summed, columns))
    moved = height * length + length * width + height * width
    # Measured: an einsum costs a call a product, and a product of matrices a copy of each number.
    if height * length * width * (batch + 10) <= (1.6 * moved + 30) * batch:
        return "einsum", (), no_orders
    arrays = (ours, common + rows + summed), (theirs, common + summed + columns), (result, common + rows + columns)
    first, second, back = ((len(axes), *map(axes.index, order)) for axes, order in arrays)
    return "product", (*(sizes[axis] for axis in result), batch), (first, second, back)


def filled(numbers: Any, mask: Any, column: int) -> Any:
    """Write the numbers of one column where the mask is 0, and return the array."""
    np.copyto(numbers, numbers[..., column : column + 1, :], where=mask == 0)
    return numbers


def add_at(total: Any, where: Any, contributions: Any) -> Any:
    """Add to the entries of `total` that `where` names, each of them once; return `total`."""
    total[where] += contributions
    return total


def scatter(total: Any, where: Any, contributions: Any) -> Any:
    """Add to the rows of `total` that `where` names, some of them several times; return `total`."""
    if total.shape[1] == 1:
        total[:, 0] += np.bincount(where.ravel(), contributions.ravel(), len(total))
        return total
    order, starts, rows = _sorted(where.tobytes())
    total[rows] += np.add.reduceat(contributions.reshape(where.size, -1)[order], starts, axis=0)
    return total


def array(numbers: Any) -> Any:
    """Return an array of NumPy's as it is, but without gaps between its numbers."""
    return np.ascontiguousarray(numbers)


def compiled(function: Any) -> Any:
    """Return a function of emitted source as it is."""
    return function


def elementwise(function: Any) -> Any:
    """Return a function of numbers as one of arrays, called for each number."""
    return np.vectorize(function, otypes=[float])


def store(buffer: Any, start: int, numbers: Any) -> Any:
    """Write numbers into the rows of a buffer from `start` on; return the buffer."""
    buffer[start : start + len(numbers)] = numbers
    return buffer


def stacked(arrays: Any) -> Any:
    """Return a list of arrays as it is."""
    return arrays


def as_one(arrays: Any) -> Any:
    """Return the arrays of all turns of a loop as one, (turns, ...)."""
    return np.concatenate(arrays).reshape(len(arrays), *arrays[0].shape)


def sum_of_products(lefts: Any, rights: Any) -> Any:
    """Return the sum of left @ right.T over all turns of a loop, in the way that copies the fewest numbers."""
    if type(lefts) is type(rights) is np.ndarray:
        height, columns = lefts.shape[1:]
        if columns * (height + rights.shape[1]) >= height * rights.shape[1]:
            return (lefts @ rights.transpose(0, 2, 1)).sum(0)
        return _side_by_side(lefts) @ _side_by_side(rights).T
    if lefts[0].shape[-1] <= FEW_COLUMNS:
        return np.concatenate(lefts, -1) @ np.concatenate(rights, -1).T
    total = lefts[0] @ rights[0].T
    for left, right in zip(lefts[1:], rights[1:]):
        total += left @ right.T
    return total


def sum_of_columns(arrays: Any) -> Any:
    """Return the sum of the columns of the arrays of all turns of a loop."""
    if type(arrays) is np.ndarray:
        return arrays.sum(0).sum(-1)
    if arrays[0].shape[-1] <= FEW_COLUMNS:
        return np.concatenate(arrays, -1).sum(-1)
    ones = np.ones(arrays[0].shape[-1])
    total = arrays[0] @ ones
    for each in arrays[1:]:
        total += each @ ones
    return total


def _side_by_side(arrays: Any) -> Any:
    """Return arrays of one shape, (arrays, rows, columns), as one matrix."""
    return arrays.transpose(1, 0, 2).reshape(arrays.shape[1], -1)


def _fill(shape: tuple[int, ...], number: float) -> Any:
    filled = np.full(shape, number)
    filled.flags.writeable = False
    return filled


_filled, _filled_small = lru_cache(maxsize=16)(_fill), lru_cache(maxsize=128)(_fill)


@lru_cache(maxsize=4096)
def _sorted(indices: bytes) -> tuple[Any, Any, Any]:
    """Return the order that brings equal indices together, where each begins, and the distinct indices."""
    where = np.frombuffer(indices, int)
    order = np.argsort(where, kind="stable")
    ordered = where[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return order, starts, ordered[starts]


def erf(x: Any) -> Any:
    """Return Gauss's error function of each number."""
    return _erf()(x)


@lru_cache(maxsize=1)
def _erf() -> Any:  # when it is first called: to import SciPy takes longer than all else
    try:
        from scipy.special import erf as erf_of_arrays
    except ImportError:
        return np.vectorize(math.erf, otypes=[float])
    return erf_of_arrays


functions: dict[str, Any] = {
    "full_like": full_like,
    "broadcast_to": broadcast_to,
    "maximum": maximum,
    "amax": np.maximum.reduce,
    "amin": np.minimum.reduce,
    "einsum": einsum,
    "filled": filled,
    "add_at": add_at,
    "scatter": scatter,
    "store": store,
    "stacked": stacked,
    "one_below_other": np.concatenate,
    "as_one": as_one,
    "sum_of_products": sum_of_products,
    "sum_of_columns": sum_of_columns,
    "erf": erf,
    # of the way that NumPy runs loops
    "empty": np.empty,
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "matmul": np.matmul,
    "square": np.square,
    "shared": shared,
    "contiguous": np.ascontiguousarray,
}

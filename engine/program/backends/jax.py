"""The JAX backend: arrays are never changed in place, so that a program can be compiled by jax.jit."""

from __future__ import annotations

import math
from typing import Any

import numpy

from ...errors import MissingExtra

try:
    import jax
    import jax.numpy
    from jax.scipy.special import erf
except ImportError:
    raise MissingExtra("JAX", "jax", "the jax backend") from None

library: Any = jax.numpy


def _add_at(total: Any, where: Any, contributions: Any) -> Any:
    return total.at[where].add(contributions)


def _store(buffer: Any, start: Any, numbers: Any) -> Any:
    if not isinstance(start, int):  # the number of a turn is in it, which is known when it runs
        numbers = jax.numpy.broadcast_to(numbers, (len(numbers), *buffer.shape[1:])).astype(buffer.dtype)
        return jax.lax.dynamic_update_slice_in_dim(buffer, numbers, start, 0)
    return buffer.at[start : start + len(numbers)].set(numbers)


def scan(turn: Any, carried: Any, turns: Any) -> Any:
    """Run the turns of a loop, compiled once; return what is carried behind it, and the results of all turns."""
    return jax.lax.scan(turn, carried, numpy.array([*turns], "i4"))


def rows_from(start: Any, size: int) -> Any:
    """Return the indices of so many rows from one on whose number is known when the program runs."""
    return start + numpy.arange(size, dtype="i4")


def sum_of_products(lefts: Any, rights: Any) -> Any:
    """Return the sum of left @ right.T over all turns of a loop, which are the first axis, as one product."""
    return jax.numpy.einsum("tlb,trb->lr", lefts, rights)


def sum_of_columns(arrays: Any) -> Any:
    """Return the sum of the columns of the arrays of all turns of a loop."""
    return arrays.sum((0, -1))


def array(numbers: Any) -> Any:
    """Return an array of NumPy's as it is: JAX takes it in the precision that it is set to.

    Indices get 32 bits: JAX may mix 32 and 64 bits in an index of 64 once its 64-bit mode was switched on.
    """
    return numbers.astype("i4") if getattr(numbers, "dtype", None) == "i8" else numbers


def compiled(function: Any) -> Any:
    """Return a function of emitted source, compiled when it is first called; switches on JAX's 64-bit mode."""
    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]
    return jax.jit(function)


def precision(dtype: str) -> Any:
    """Return a context in which what JAX makes of Python's numbers, booleans and shapes has this dtype.

    Outside of it, a process in 64-bit mode makes some of a float32 program's arrays float64.
    """
    context: Any = getattr(jax, "enable_x64", getattr(jax.experimental, "enable_x64", None))
    return context(dtype == "float64")


def elementwise(function: Any) -> Any:
    """Return a function of numbers as one of arrays: JAX calls back to Python for it, also on an accelerator.

    Where the function has no value, the result is NaN: an error cannot leave what JAX runs.
    """

    def or_nan(*numbers: Any) -> float:
        try:
            return float(function(*numbers))
        except (ArithmeticError, TypeError, ValueError):
            return math.nan

    vectorized = numpy.vectorize(or_nan, otypes=[float])

    def called(*arrays: Any) -> Any:
        kind = jax.numpy.result_type(*arrays)
        shape = jax.numpy.broadcast_shapes(*map(jax.numpy.shape, arrays))
        result = jax.ShapeDtypeStruct(shape, kind)  # type: ignore[no-untyped-call]
        return jax.pure_callback(lambda *each: vectorized(*each).astype(kind), result, *arrays)

    return called


functions: dict[str, Any] = {
    "add_at": _add_at,
    "scatter": _add_at,
    "store": _store,
    "scan": scan,
    "rows_from": rows_from,
    "one_below_other": lambda arrays: arrays.reshape(-1, *arrays.shape[2:]),
    "stacked": jax.numpy.stack,
    "sum_of_products": sum_of_products,
    "sum_of_columns": sum_of_columns,
    "erf": erf,
    "detach": jax.lax.stop_gradient,
}

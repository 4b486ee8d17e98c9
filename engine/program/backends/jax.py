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


def _store(buffer: Any, start: int, numbers: Any) -> Any:
    return buffer.at[start : start + len(numbers)].set(numbers)


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
    "erf": erf,
    "detach": jax.lax.stop_gradient,
}

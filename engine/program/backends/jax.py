"""The JAX backend: arrays are never changed in place, so that a program can be compiled by jax.jit."""

from __future__ import annotations

from typing import Any

from ...errors import MissingExtra

try:
    import jax
    import jax.numpy
    from jax.scipy.special import erf
except ImportError:
    raise MissingExtra("JAX", "jax", "the jax backend") from None

library = jax.numpy


def _add_at(total: Any, where: Any, contributions: Any) -> Any:
    return total.at[where].add(contributions)


def _store(buffer: Any, start: int, numbers: Any) -> Any:
    return buffer.at[start : start + len(numbers)].set(numbers)


functions = {
    "add_at": _add_at,
    "scatter": _add_at,
    "store": _store,
    "erf": erf,
    "detach": jax.lax.stop_gradient,
}

"""The array namespaces that emitted source runs over, NumPy's and JAX's under the same names."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MissingExtra
from ..ops import ALIASES, OPERATORS, OPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..ops import Op

SHARED = (
    *("abs", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "tanh", "maximum", "minimum", "einsum"),
    *("concatenate", "broadcast_to", "zeros", "zeros_like", "full_like"),
)

# glibc gives freed memory back to the system, and the next step pays for each page anew: up to ten times its time.
# After one large array it keeps what is smaller.
np.empty(31 << 20, np.uint8)

SMALL, LARGE = 1 << 13, 1 << 17  # numbers in an array that is filled with one number, and kept


def namespace(backend: str) -> dict[str, Any]:
    """What source may call over "numpy" or "jax": array functions, and every row of the table as it is now."""
    return (_numpy if backend == "numpy" else _jax)(tuple(OPS.values()))


def _names(xp: Any, rows: tuple[Op, ...], **own: Callable[..., Any]) -> dict[str, Any]:
    names = {name: getattr(xp, name) for name in SHARED} | own
    names |= {short: names[name] for short, name in ALIASES.items()}
    for op in rows:
        if op.name not in names and op.name not in OPERATORS:
            names[op.name] = eval(f"lambda {', '.join('xy'[: op.arity])}: {op.formula}", names)
    return names


@cache
def _numpy(rows: tuple[Op, ...]) -> dict[str, Any]:
    def full_like(x: Any, number: float) -> Any:  # NumPy's own takes five times as long on a small array
        made = np.empty_like(x)
        made.fill(number)
        return made

    def broadcast_to(x: Any, shape: Any) -> Any:  # and here four times as long
        made = np.empty(shape)
        made[...] = x
        return made

    def maximum(x: Any, y: Any) -> Any:  # NumPy takes twice as long for a large array and a number as for two arrays
        return np.maximum(x, _filled(x.shape, y) if isinstance(y, float) and SMALL < x.size <= LARGE else y)

    def add_at(total: Any, where: Any, piece: Any) -> Any:
        total[where] += piece
        return total

    def scatter(total: Any, where: Any, piece: Any) -> Any:
        if total.shape[1] == 1:
            total[:, 0] += np.bincount(where.ravel(), piece.ravel(), len(total))
            return total
        order, cuts, places = _sorted(where.tobytes())
        total[places] += np.add.reduceat(piece.reshape(where.size, -1)[order], cuts, axis=0)
        return total

    def store(pool: Any, start: int, piece: Any) -> Any:
        pool[start : start + len(piece)] = piece
        return pool

    try:
        from scipy.special import erf
    except ImportError:
        erf = np.vectorize(math.erf, otypes=[float])
    own = (full_like, broadcast_to, maximum, add_at, scatter, store)
    return _names(np, rows, erf=erf, **{function.__name__: function for function in own})


@lru_cache(maxsize=16)
def _filled(shape: tuple[int, ...], number: float) -> Any:
    return np.full(shape, number)


@lru_cache(maxsize=4096)
def _sorted(places: bytes) -> tuple[Any, Any, Any]:
    """The order that brings equal places together, where each begins, and which places there are."""
    where = np.frombuffer(places, int)
    order = np.argsort(where, kind="stable")
    ordered = where[order]
    cuts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return order, cuts, ordered[cuts]


@cache
def _jax(rows: tuple[Op, ...]) -> dict[str, Any]:
    jnp = jax().numpy
    from jax.scipy.special import erf

    def add_at(total: Any, where: Any, piece: Any) -> Any:
        return total.at[where].add(piece)

    def store(pool: Any, start: int, piece: Any) -> Any:
        return pool.at[start : start + len(piece)].set(piece)

    own = {"add_at": add_at, "scatter": add_at, "store": store, "erf": erf, "detach": jax().lax.stop_gradient}
    return _names(jnp, rows, **own)


def jax() -> Any:
    """The jax package, with jax.numpy; MissingExtra where it is not installed."""
    try:
        import jax
        import jax.numpy
    except ImportError:
        raise MissingExtra("JAX", "jax", "the jax backend") from None
    return jax

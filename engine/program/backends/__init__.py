"""The backends that emitted source runs on, each a module, chosen by name here.

A backend module has two names: `library`, a package of array functions that calls them as NumPy does, and
`functions`, a dict of what this backend does in a way of its own: `add_at`, `scatter`, `store` and `erf` at least.
To add a backend, add a row to BACKENDS.
"""

from __future__ import annotations

import math
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ...arguments import choose
from ...errors import ArgumentError
from ...ops import ALIASES, OPERATORS, OPS

if TYPE_CHECKING:
    from types import ModuleType

    from ...ops import Op

# The module of each backend: absolute, or relative to this package.
BACKENDS = {"numpy": ".numpy", "jax": ".jax"}

# What source calls by the name that it has in the library.
LIBRARY_FUNCTIONS = (
    *("abs", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "tanh", "maximum", "minimum", "einsum"),
    *("concatenate", "broadcast_to", "zeros", "zeros_like", "full_like"),
)
# What source uses besides: three ways to write into an array, a Python built-in, and a number.
OTHER_NAMES = ("add_at", "scatter", "store", "slice", "inf")


def backend_module(name: str) -> ModuleType:
    """Return the module of a backend; ArgumentError for an unknown name, MissingExtra for a missing package."""
    return import_module(BACKENDS[choose("backend", name, BACKENDS, ArgumentError)], __name__)


def namespace(name: str) -> dict[str, Any]:
    """Return what source may call on a backend: array functions, and every row of the table as it is now."""
    return _namespace(backend_module(name), tuple(OPS.values()))


@lru_cache(maxsize=2)  # a row that was defined anew is not kept alive for long
def _namespace(backend: ModuleType, rows: tuple[Op, ...]) -> dict[str, Any]:
    names: dict[str, Any] = {name: getattr(backend.library, name) for name in LIBRARY_FUNCTIONS}
    names |= backend.functions
    names |= {alias: names[function] for alias, function in ALIASES.items()}
    names["inf"] = math.inf  # how Python writes a constant that is infinite
    for op in rows:
        if op.name not in names and op.name not in OPERATORS:
            names[op.name] = eval(f"lambda {', '.join('xy'[: op.arity])}: {op.formula}", names)
    return names

"""The backends that emitted source runs on, each a module, chosen by name here.

A backend module has five names:

- `library`: a package of array functions that calls them as NumPy does.
- `functions`: a dict of what this backend does in a way of its own: `add_at`, `scatter`, `store`, for loops
  `stacked`, `one_below_other`, `sum_of_products` and `sum_of_columns` and, if the library has no erf, `erf` at least.
- `array`: makes an array of NumPy's one of the library's.
- `compiled`: makes a function of emitted source ready to be called with such arrays, in float64.
- `elementwise`: makes a Python function of numbers one of arrays.

To add a backend, add a row to BACKENDS. `javascript` is not one of them: it computes one graph, in a page.
"""

from __future__ import annotations

import math
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ...arguments import choose
from ...errors import ArgumentError
from ...ops import ALIASES, OPERATORS, OPS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from ...ops import Op

# The module of each backend: absolute, or relative to this package.
BACKENDS = {"numpy": ".numpy", "jax": ".jax", "torch": ".torch"}
# Names that users may take for backends of `fit`, and what to write instead.
NO_BACKENDS = dict.fromkeys(
    ("javascript", "js"),
    "javascript computes one graph in a page, walk(loss).save('walk.html'), and trains nothing: choose 'numpy'.",
)

# What source calls by the name that it has in the library.
LIBRARY_FUNCTIONS = (
    *("maximum", "minimum", "amax", "amin", "einsum", "concatenate", "broadcast_to"),
    *("zeros", "zeros_like", "full_like", "transpose"),
)
# What source uses besides: three ways to write into an array, a choice, the numbers of holes, checks, a Python
# built-in, and a number.
RESERVED_NAMES = (
    "add_at", "scatter", "store", "choose", "filled", "all_finite", "no_nan", "noted", "slice", "inf",
    "shared", "contiguous",  # of NumPy alone
    # of loops
    "stacked", "one_below_other", "as_one", "sum_of_products", "sum_of_columns", "scan", "rows_from", "range",
    "reversed", "empty", "add", "subtract", "multiply", "divide", "matmul", "square",
)  # fmt: skip


def backend_module(name: str) -> ModuleType:
    """Return the module of a backend; ArgumentError for an unknown name, MissingExtra for a missing package."""
    if isinstance(name, str) and name in NO_BACKENDS:
        raise ArgumentError(NO_BACKENDS[name])
    return import_module(BACKENDS[choose("backend", name, BACKENDS, ArgumentError)], __name__)


def namespace(name: str) -> dict[str, Any]:
    """Return what source may call on a backend: array functions, and every row of the table as it is now."""
    backend, rows = backend_module(name), tuple(OPS.values())
    if name not in _namespaces or _namespaces[name][0] != rows:
        _namespaces[name] = rows, _namespace(backend, rows)
    return _namespaces[name][1]


# The latest namespace of each backend, with the rows that it was made of: one, so that no row that was since defined
# anew is kept.
_namespaces: dict[str, tuple[tuple[Op, ...], dict[str, Any]]] = {}


def _namespace(backend: ModuleType, rows: tuple[Op, ...]) -> dict[str, Any]:
    names: dict[str, Any] = {name: getattr(backend.library, name) for name in LIBRARY_FUNCTIONS}
    names |= {op.name: _primitive(backend.library, op.name) for op in rows if op.is_primitive}
    names |= {"abs": backend.library.abs, "choose": backend.library.where}
    names["filled"] = partial(_filled, backend.library)
    names["all_finite"] = partial(_all_finite, backend.library)
    names["no_nan"] = partial(_no_nan, backend.library)
    names |= backend.functions
    names["inf"] = math.inf  # how Python writes a constant that is infinite
    for op in rows:
        for each, function in op.functions.items():
            names[each] = backend.elementwise(function)
        if op.name not in names and op.name not in OPERATORS:
            names[op.name] = eval(f"lambda {', '.join(op.letters)}: {op.formula}", names)
    names |= {alias: names[function] for alias, function in ALIASES.items()}
    return names


def _filled(library: Any, numbers: Any, mask: Any, column: int) -> Any:
    """Return an array with the numbers of one column where the mask is 0: its holes, which are then in the domain."""
    return library.where(mask != 0, numbers, numbers[..., column : column + 1, :])


def _all_finite(library: Any, *arrays: Any) -> Any:
    """Return whether all numbers of all arrays are finite: a boolean of the library's."""
    return _all_hold([library.isfinite(each) for each in arrays])


def _no_nan(library: Any, *arrays: Any) -> Any:
    """Return whether no number of any array is NaN: a boolean of the library's."""
    return _all_hold([~library.isnan(each) for each in arrays])


def _all_hold(arrays: Sequence[Any]) -> Any:
    """Return whether all of some booleans are true. Arrays of one shape are one first: JAX compiles that sooner."""
    of_shape: dict[tuple[int, ...], Any] = {}
    for each in arrays:
        shape = tuple(each.shape)
        of_shape[shape] = of_shape[shape] & each if shape in of_shape else each
    whole: Any = True
    for each in of_shape.values():
        whole = whole & each.all()
    return whole


def _primitive(library: Any, name: str) -> Any:
    """Return a function of the library by the name that Python has for it, such as atan, or arctan before NumPy 2."""
    return getattr(library, name, None) or getattr(library, f"arc{name[1:]}", None)

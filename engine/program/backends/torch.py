"""The PyTorch backend: the same source over tensors of float64."""

from __future__ import annotations

from threading import RLock
from typing import Any

import numpy as np

from ...errors import MissingExtra
from .numpy import add_at, stacked, store

try:
    import torch
except ImportError:
    raise MissingExtra("PyTorch", "torch", "the torch backend") from None

library: Any = torch
_default_type = RLock()


def array(numbers: Any) -> Any:
    """Return an array of NumPy's as a tensor."""
    return torch.from_numpy(np.array(numbers))


def compiled(function: Any) -> Any:
    """Return a function of emitted source that computes in float64, and needs no gradients of PyTorch's own.

    A comparison times a number, such as (x > 0) * 0.01, gets PyTorch's default type, which is float32 elsewhere.
    """

    def run(*arguments: Any) -> Any:
        with _default_type:  # it is one for all threads
            before = torch.get_default_dtype()
            torch.set_default_dtype(torch.float64)
            try:
                with torch.no_grad():
                    return function(*arguments)
            finally:
                torch.set_default_dtype(before)

    return run


def elementwise(function: Any) -> Any:
    """Return a function of numbers as one of tensors, called for each number."""
    vectorized = np.vectorize(function, otypes=[float])
    return lambda *tensors: torch.as_tensor(vectorized(*map(np.asarray, tensors)))


def maximum(x: Any, y: Any) -> Any:
    """Return the larger of each pair; one of them may be a plain number."""
    return torch.maximum(*_tensors(x, y))


def minimum(x: Any, y: Any) -> Any:
    """Return the smaller of each pair; one of them may be a plain number."""
    return torch.minimum(*_tensors(x, y))


def chosen(condition: Any, x: Any, y: Any) -> Any:
    """Return x where the condition holds, else y; each of the three may be a plain number, the same for all rows."""
    return torch.where(torch.as_tensor(condition), *_tensors(x, y))


def zeros(shape: tuple[int, ...]) -> Any:
    """Return a tensor of zeros, in float64 as all numbers here."""
    return torch.zeros(shape, dtype=torch.float64)


def scatter(total: Any, where: Any, contributions: Any) -> Any:
    """Add to the rows of `total` that `where` names, some of them several times; return `total`."""
    # Contributions may be other rows of `total` itself, which `index_add_` refuses.
    return total.index_add_(0, where.ravel(), contributions.reshape(where.numel(), -1).clone())


def sum_of_products(lefts: Any, rights: Any) -> Any:
    """Return the sum of left @ right.T over all turns of a loop."""
    return torch.cat([*lefts], -1) @ torch.cat([*rights], -1).T


def sum_of_columns(tensors: Any) -> Any:
    """Return the sum of the columns of the tensors of all turns of a loop."""
    return torch.cat([*tensors], -1).sum(-1)


def _tensors(*numbers: Any) -> list[Any]:
    return [torch.as_tensor(number, dtype=torch.float64) for number in numbers]


def _of_numbers_too(function: Any) -> Any:
    """Return a function of a tensor that also takes a plain number: PyTorch's own do not."""
    return lambda x: function(*_tensors(x))


functions: dict[str, Any] = {
    "maximum": maximum,
    "minimum": minimum,
    "choose": chosen,
    "zeros": zeros,
    "transpose": torch.permute,
    "add_at": add_at,
    "scatter": scatter,
    "store": store,
    "stacked": stacked,
    "one_below_other": torch.cat,
    "sum_of_products": sum_of_products,
    "sum_of_columns": sum_of_columns,
}
functions |= {
    name: _of_numbers_too(getattr(torch, name)) for name in ("abs", "exp", "log", "sin", "cos", "sinh", "cosh")
}

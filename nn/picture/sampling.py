"""A function of Values at many points at once: as array code where it can be compiled, else point by point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import Value, compile

if TYPE_CHECKING:
    from collections.abc import Callable

FINE = {1: 401, 2: 201}  # points along each axis, by the number of axes
COARSE = {1: 101, 2: 41}
PROBES = 40  # points at which array code is held against the function itself


def grid(function: Callable[..., Any], *limits: tuple[float, float]) -> tuple[list[Any], Any]:
    """A function on a grid: the numbers along each axis, and its outputs there, of shape (outputs, ..., x).

    The last axis of the outputs goes with the first argument, as matplotlib has it. Where the function has no
    value, the output is NaN; if it has none anywhere, its error is raised.
    """
    import numpy as np

    def points(count: int) -> tuple[list[Any], Any]:
        scales = [np.linspace(low, high, count) for low, high in limits]
        return scales, np.stack(np.meshgrid(*scales), axis=-1)

    scales, places = points(FINE[len(limits)])
    outputs = compiled(function, places.reshape(-1, len(limits)))
    if outputs is None:
        scales, places = points(COARSE[len(limits)])
        outputs = eager(function, places.reshape(-1, len(limits)))
    return scales, np.moveaxis(outputs.reshape(*places.shape[:-1], -1), -1, 0)


def sample(function: Callable[..., Any], rows: Any) -> Any:
    """The outputs of a function at each row of arguments, of shape (rows, outputs).

    >>> sample(lambda x, y: x * y, [[2.0, 3.0], [4.0, 5.0]]).tolist()
    [[6.0], [20.0]]
    """
    import numpy as np

    rows = np.asarray(rows, float)
    outputs = compiled(function, rows)
    return eager(function, rows) if outputs is None else outputs


def compiled(function: Callable[..., Any], rows: Any) -> Any:
    """The outputs by array code; None where that does not give what the function gives.

    A function that goes another way for other numbers, by an `if` or a loop, has recorded only one of them.
    """
    import numpy as np

    at = np.unique(np.linspace(0, len(rows) - 1, PROBES).astype(int))
    try:
        truth = eager(function, rows[at])
        valid = rows[at][np.isfinite(truth).all(axis=1)]
        leaves = [Value(number) for number in valid[len(valid) // 2]]
        with np.errstate(all="ignore"):  # a point without a value is a gap in the plot
            outputs = _finite(compile(listed(function(*leaves)), leaves)(rows))
        same = np.allclose(outputs[at], truth, rtol=1e-9, equal_nan=True)
    except Exception:  # whatever is wrong, the function itself will say it better
        return None
    return outputs if same else None


def eager(function: Callable[..., Any], rows: Any) -> Any:
    """The outputs by calling the function with Values, row by row; its error if it has no value at any row."""
    import numpy as np

    found: list[list[float] | None] = []
    objective: Exception | None = None
    for row in rows:
        try:
            found.append([getattr(output, "data", output) for output in listed(function(*map(Value, row)))])
        except (ArithmeticError, ValueError) as error:
            found.append(None)
            objective = error
    width = next((len(outputs) for outputs in found if outputs), 0)
    if not width and objective:
        raise objective
    return _finite(np.array([outputs or [np.nan] * width for outputs in found], float))


def _finite(outputs: Any) -> Any:
    import numpy as np

    return np.where(np.isfinite(outputs), outputs, np.nan)


def listed(outputs: Any) -> list[Any]:
    """Return the outputs of a function as a list, a lone one too."""
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]

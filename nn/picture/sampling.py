"""Evaluate a function of Values at many points: by compiled array code where possible, else point by point."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import GradwalkError, MissingExtra, Value, compile, described

from ..checks import NetworkError
from ..masks import nothing_dropped
from .values import TOO_LARGE, single

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMPARED = 40  # points at which compiled code is compared with the function itself


class Resolution(NamedTuple):
    """The number of grid points along each axis: for compiled code, and for calls of the function itself."""

    fine: int
    coarse: int


# By the number of axes. A recording has a grid for each of its moments, so its grids are coarser.
PLOT = {1: Resolution(401, 101), 2: Resolution(201, 41)}
RECORDING = {1: Resolution(97, 97), 2: Resolution(48, 12)}


def axis(low: float, high: float, count: int) -> list[float]:
    """Return `count` evenly spaced numbers from `low` to `high`.

    >>> axis(0.0, 1.0, 5)
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    return [low + (high - low) * i / (count - 1) for i in range(count)]


def grid_points(axes: Sequence[Sequence[float]]) -> list[tuple[float, ...]]:
    """Return all points of a grid, from the numbers along its axes. The first coordinate changes fastest.

    >>> grid_points([[0.0, 1.0], [5.0, 6.0]])
    [(0.0, 5.0), (1.0, 5.0), (0.0, 6.0), (1.0, 6.0)]
    """
    return [point[::-1] for point in product(*reversed(axes))]


def grid(function: Callable[..., Any], *limits: tuple[float, float]) -> tuple[list[list[float]], Any]:
    """Evaluate a function on a grid.

    `limits` has the lowest and the highest number of each argument. Returns the numbers along each axis, and the
    outputs as an array of shape (outputs, ..., second argument, first argument), as matplotlib needs it. Where the
    function has no value, or one too large to draw, the output is NaN. If it has none anywhere, its error is raised.
    """
    np = numpy_of_plots()

    resolution = PLOT[len(limits)]
    axes = [axis(low, high, resolution.fine) for low, high in limits]
    outputs = compiled(function, np.array(grid_points(axes)))
    if outputs is None:
        axes = [axis(low, high, resolution.coarse) for low, high in limits]
        outputs = eager(function, np.array(grid_points(axes)))
    shape = *(len(each) for each in reversed(axes)), -1
    return axes, without_large(np.moveaxis(outputs.reshape(shape), -1, 0))


def numpy_of_plots() -> Any:
    """Return NumPy, which computes what is drawn; raise MissingExtra where it is not installed."""
    try:
        import numpy as np
    except ImportError:
        raise MissingExtra("NumPy and matplotlib", "train", "a plot") from None
    return np


def sample(function: Callable[..., Any], rows: Any) -> Any:
    """Return the outputs of a function at each row of arguments, as an array of shape (rows, outputs).

    An output is NaN where the function has no value.

    >>> sample(lambda x, y: x * y, [[2.0, 3.0], [4.0, 5.0]]).tolist()
    [[6.0], [20.0]]
    """
    np = numpy_of_plots()

    rows = np.asarray(rows, float)
    outputs = compiled(function, rows)
    return eager(function, rows) if outputs is None else outputs


@nothing_dropped
def compiled(function: Callable[..., Any], rows: Any) -> Any:
    """Return the outputs by compiled code; None if it does not compute what the function computes.

    They differ for a function that decides by its numbers, with `if` or a loop: only one of its branches is recorded.
    """
    import numpy as np

    at = np.unique(np.linspace(0, len(rows) - 1, COMPARED).astype(int))
    try:
        expected = eager(function, rows[at])
        valid = rows[at][np.isfinite(expected).all(axis=1)]
        leaves = [Value(number) for number in valid[len(valid) // 2]]
        outputs = compile(listed(function(*leaves)), leaves).or_nan(rows)  # NaN is a gap in the plot
        same = np.allclose(outputs[at], expected, rtol=1e-9, equal_nan=True)
    except Exception:  # whatever is wrong, calling the function at each point raises it again
        return None
    return outputs if same else None


@nothing_dropped
def eager(function: Callable[..., Any], rows: Any) -> Any:
    """Return the outputs by calling the function with Values, row by row.

    An output is NaN where the function has no value. If it has none anywhere, its error is raised. Raises
    NetworkError for a function that does not take these arguments, and for outputs that are not numbers, or not
    always as many.
    """
    import numpy as np

    lines: list[list[float] | None] = []
    failure: Exception | None = None
    for row in rows:
        try:
            outputs = listed(call(function, *map(Value, row)))
        except (ArithmeticError, ValueError) as error:
            lines.append(None)
            failure = error
        else:
            lines.append([_output(output) for output in outputs])
    widths = {len(line) for line in lines if line is not None}
    if len(widths) > 1 or widths == {0}:
        counts = " and ".join(map(str, sorted(widths)))
        raise NetworkError(f"the function gives {counts} outputs: it must give the same number at each point.")
    if not widths and failure:
        raise failure
    (width,) = widths
    return np.array([[np.nan] * width if line is None else line for line in lines], float)


@nothing_dropped
def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function; raise NetworkError if it does not take these arguments.

    An error inside the function is raised as it is.

    >>> call(len, Value(2.0))
    Traceback (most recent call last):
    nn.checks.NetworkError: the function len cannot be called with a Value: object of type 'Value' has no len().
    """
    try:
        return function(*arguments)
    except GradwalkError:
        raise
    except Exception as error:
        inside = error.__traceback__ is not None and error.__traceback__.tb_next is not None
        if inside:  # the traceback shows the line of the function
            raise
        row = " and ".join(map(described, arguments)) or "no arguments"
        problem = str(error)[:100].rstrip(".")
        raise NetworkError(f"{described(function)} cannot be called with {row}: {problem}.") from None


def _output(output: Any) -> float:
    try:
        return single(output, "the output of the function", finite=False)
    except GradwalkError as error:
        raise NetworkError(str(error)) from None


def without_large(outputs: Any) -> Any:
    """Return an array with NaN in place of numbers that are not finite or too large to draw."""
    import numpy as np

    return np.where(np.abs(outputs) < TOO_LARGE, outputs, np.nan)


def listed(outputs: Any) -> list[Any]:
    """Return the outputs of a function as a list; a single output is a list of one."""
    if hasattr(outputs, "tolist"):
        outputs = outputs.tolist()
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]

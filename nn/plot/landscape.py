"""Plots of a loss over its weights, and of the ways down: one weight makes a curve, two make a landscape."""

from __future__ import annotations

from inspect import Parameter, signature
from math import isfinite
from typing import TYPE_CHECKING, Any

from engine import Value, described, public

from ..checks import NetworkError, plural
from ..data.table import ordered
from ..picture import values
from ..picture.curve import around
from ..picture.sampling import grid, sample
from ..picture.values import short
from .canvas import INK, NOTE, axes, finish, legend, points, style

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

MARGIN = 0.5  # how far beyond the paths the loss is drawn, as a share of their width
LEVELS = 12  # contour lines
SIGNS = 40  # markers on a path; a longer one marks every second step, or third ...

Path = list[tuple[float, ...]]


@public
def descent(
    loss_function: Callable[..., Value],
    *paths: Any,
    labels: Any = None,
    tangent: int | None = 0,
    limits: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """A loss over its one weight or its two, with the path that a descent took, or several paths to compare.

    `loss_function` is called with one Value or two. A path lists the weights before the first step and after each:
    numbers, or pairs. With one weight, the tangent is drawn at the step of that number of the first path (None:
    nowhere); its slope is the gradient. With two, lines join weights of equal loss, and darker is higher. `limits`
    says which weights to draw: (low, high), or two of these for two weights; else it is those around the paths.

    Raises NetworkError (a ValueError) for a path that is empty, not finite, or of another number of weights.

    >>> ax = descent(lambda w: 0.5 * (6 - 2 * w) ** 2, [5.0, 4.2, 3.72])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['loss', 'tangent at w = 5, slope 8', '2 steps: w from 5 to 3.72', 'the last step']
    """
    if not paths:
        raise NetworkError("give the path to draw, the weights step by step: descent(loss, [5.0, 4.2, 3.72]).")
    ways = [_way(path, f"path {number}" if len(paths) > 1 else "the path") for number, path in enumerate(paths, 1)]
    weights = {len(place) for way in ways for place in way}
    if len(weights) > 1 or not weights <= {1, 2}:
        counts = " and ".join(map(str, sorted(weights)))
        raise NetworkError(f"a path has one weight a step or two, the same in all, and here there are {counts}.")
    names = _names(loss_function, weights.pop())
    texts = values.names(labels, [_told(way, names) for way in ways], "labels")
    ax = axes(ax, 8, 4 + len(names))
    axes_around = [_limits_around([place[axis] for way in ways for place in way]) for axis in range(len(names))]
    scales, losses = grid(loss_function, *(axes_around if limits is None else _limits(limits, len(names))))
    if len(losses) != 1:
        raise NetworkError(f"a loss is one Value, and the loss function gives {len(losses)}.")
    if len(names) == 1:
        _loss_curve(ax, scales[0], losses[0])
        if tangent is not None:
            _tangent(ax, loss_function, ways[0], tangent, names[0])
        ways = [[(*place, loss) for place, (loss,) in zip(way, sample(loss_function, way))] for way in ways]
    else:
        _landscape(ax, scales[0], scales[1], losses[0])
    for number, (way, text) in enumerate(zip(ways, texts), 1):
        _draw(ax, way, number, text)
    ax.plot([], [], "*", color=INK, markersize=points(ax, 12), label="the last step")
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.13), "ncols": 2}  # a landscape has no empty corner
    legend(ax, **(below if len(names) == 2 else {}))
    x, y = [*(f"weight {name}" for name in names), "loss"][:2]
    return finish(ax, f"The way down: the loss over {' and '.join(names)}", x, y)


def _way(path: Any, what: str) -> Path:
    steps = [step if isinstance(step, (list, tuple)) else [step] for step in ordered(path, what)]
    way = [tuple(values.numbers(step, what)) for step in steps]
    if not way:
        raise NetworkError(f"{what} is empty: a path starts with the weights before the first step.")
    for number, place in enumerate(way):
        if not all(map(isfinite, place)):
            raise NetworkError(
                f"{what} leads to {place[0]} in step {number}: training diverged. Plot the steps before."
            )
    return way


def _names(function: Callable[..., Value], count: int) -> list[str]:
    """What the weights are called: as the function calls its arguments."""
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    try:
        names = [name for name, argument in signature(function).parameters.items() if argument.kind in kinds]
    except (TypeError, ValueError):  # a function that Python cannot look into
        names = []
    return names[:count] if len(names) >= count else ["w"] if count == 1 else ["w1", "w2"]


def _told(way: Path, names: list[str]) -> str:
    start, end = (", ".join(map(short, place)) for place in (way[0], way[-1]))
    return f"{plural(len(way) - 1, 'step')}: {', '.join(names)} from {start} to {end}"


def _limits_around(weights: list[float]) -> tuple[float, float]:
    """Return from where to where the loss is drawn, so that a path has something around it."""
    return around(weights, MARGIN, max(1.0, abs(min(weights))) / 2)


def _limits(limits: Any, count: int) -> list[tuple[float, float]]:
    pairs = values.table([limits] if count == 1 else limits, "limits", 2)
    if len(pairs) != count or any(low >= high for low, high in pairs):
        raise NetworkError(
            f"limits is (low, high) for {plural(count, 'weight')}, low first, not {described(limits)}."
        )
    return [(low, high) for low, high in pairs]


def _loss_curve(ax: Axes, weights: Any, losses: Any) -> None:
    ax.plot(weights, losses, color=style(0).color, linewidth=points(ax, 3), label="loss")
    low, high = min(filter(isfinite, losses)), max(filter(isfinite, losses))
    ax.set_xlim(weights[0], weights[-1])
    ax.set_ylim(low - 0.08 * (high - low or 1), high + 0.04 * (high - low or 1))


def _tangent(ax: Axes, function: Callable[..., Value], way: Path, step: int, name: str) -> None:
    if not 0 <= step < len(way):
        raise NetworkError(f"there is no step {step} to draw the tangent at: the path has steps 0 to {len(way) - 1}.")
    w = Value(way[step][0])
    loss = function(w)
    if not isinstance(loss, Value):
        raise NetworkError(f"the loss function gave {described(loss)}, not a Value: compute with {name} itself.")
    loss.backward()
    low, high = ax.get_xlim()
    reach = (high - low) / 5
    ax.plot(
        [w.data - reach, w.data + reach], [loss.data - reach * w.grad, loss.data + reach * w.grad],
        color=INK, linestyle=(0, (8, 2, 2, 2)), linewidth=points(ax, 2),
        label=f"tangent at {name} = {short(w.data)}, slope {short(w.grad)}",
    )  # fmt: skip


def _landscape(ax: Axes, first: Any, second: Any, losses: Any) -> None:
    import numpy as np
    from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap

    levels = np.unique(np.nanquantile(losses, np.linspace(0, 1, LEVELS + 1)))  # equal areas: valleys show, too
    if len(levels) < 2:
        return  # flat ground has no lines
    shades = LinearSegmentedColormap.from_list("heights", ["white", "#CBD2D9"])
    ax.contourf(first, second, losses, levels, cmap=shades, norm=BoundaryNorm(levels, shades.N))
    lines = ax.contour(first, second, losses, levels[1:-1], colors="#7A8794", linewidths=points(ax, 0.8))
    ax.clabel(lines, fmt=short, fontsize=points(ax, NOTE - 2), colors=INK)


def _draw(ax: Axes, way: Path, number: int, text: str) -> None:
    look, (xs, ys) = style(number), zip(*way)
    ax.plot(xs, ys, color=look.color, linestyle=look.dash, marker=look.marker, linewidth=points(ax, 1.8),
            markersize=points(ax, 6), markevery=max(1, len(way) // SIGNS), label=text)  # fmt: skip
    ax.plot(xs[0], ys[0], look.marker, markersize=points(ax, 12), markerfacecolor="none", color=look.color)
    ax.plot(xs[-1], ys[-1], "*", markersize=points(ax, 14), color=look.color, markeredgecolor="white")

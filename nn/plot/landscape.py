"""Plot a loss over one weight (a curve) or two weights (a loss landscape), with the paths of gradient descent."""

from __future__ import annotations

from inspect import Parameter, signature
from math import isfinite
from typing import TYPE_CHECKING, Any

from engine import Value, described, public

from ..checks import NetworkError, plural, whole
from ..data.table import ordered
from ..picture import values
from ..picture.curve import around
from ..picture.sampling import call, grid, sample, without_large
from ..picture.values import short
from .canvas import INK, NOTE, axes, finish, legend, plot_names, points, style

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

MARGIN = 0.5  # how far the loss is drawn beyond the paths, as a part of their width
LEVELS = 12  # the number of contour lines
MARKERS = 40  # the most markers on a path; on a longer one only every second or third step, and so on, has one

Track = list[tuple[float, ...]]  # the weights of a path, step by step


@public
def descent(
    loss_function: Callable[..., Value],
    *paths: Any,
    labels: Any = None,
    tangent: int | None = 0,
    limits: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Plot a loss over one weight or two, with one or several paths of gradient descent.

    With two weights, contour lines join points of equal loss, and darker is higher.

    Parameters
    ----------
    loss_function: called with one Value or two; returns the loss, a Value.
    paths: each is a list of the weights before the first step and after each step: numbers, or pairs of numbers.
    labels: a name for each path.
    tangent: with one weight, the number of the step of the first path at which the tangent is drawn; its slope is
        the gradient. None draws no tangent.
    limits: the range of the weight, (low, high), or two such pairs for two weights. None is a range around the paths.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) for a path that is empty, not finite, or has another number of weights.

    >>> ax = descent(lambda w: 0.5 * (6 - 2 * w) ** 2, [5.0, 4.2, 3.72])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['loss', 'tangent at w = 5, slope 8', '2 steps: w from 5 to 3.72', 'the last step']
    """
    if not callable(loss_function):
        raise NetworkError(
            f"the loss function is called with the weights, unlike {described(loss_function)}: "
            "descent(lambda w: (w - 3) ** 2, [5.0, 4.2])."
        )
    if not paths:
        raise NetworkError("give the path to draw, the weights step by step: descent(loss, [5.0, 4.2, 3.72]).")
    tracks = [
        _track(path, f"path {number}" if len(paths) > 1 else "the path") for number, path in enumerate(paths, 1)
    ]
    counts = {len(weights) for track in tracks for weights in track}
    if len(counts) > 1 or not counts <= {1, 2}:
        numbers = " and ".join(map(str, sorted(counts)))
        raise NetworkError(f"a path has one weight a step or two, the same in all, and here there are {numbers}.")
    names = _names(loss_function, counts.pop())
    step = None if tangent is None else _step(tangent, len(tracks[0]))
    texts = plot_names(labels, [_label(track, names) for track in tracks], "labels")
    ranges = _ranges_around(tracks) if limits is None else _ranges(limits, len(names))
    ax = axes(ax, 8, 4 + len(names))
    scales, losses = grid(loss_function, *ranges)
    if len(losses) != 1:
        raise NetworkError(f"a loss is one Value, and the loss function gives {len(losses)}.")
    if not any(map(isfinite, losses.flat)):
        raise NetworkError("the loss is too large to draw at all weights between the limits: choose other limits.")
    if len(names) == 1:
        _loss_curve(ax, scales[0], losses[0])
        if step is not None:
            _tangent(ax, loss_function, tracks[0][step][0], names[0])
        heights = [without_large(sample(loss_function, track)) for track in tracks]
        tracks = [[(*weights, loss) for weights, (loss,) in zip(*pair)] for pair in zip(tracks, heights)]
    else:
        _landscape(ax, scales[0], scales[1], losses[0])
    for number, (track, text) in enumerate(zip(tracks, texts), 1):
        _draw_track(ax, track, number, text)
    ax.plot([], [], "*", color=INK, markersize=points(ax, 12), label="the last step")
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.13), "ncols": 2}  # below: colors fill the axes
    legend(ax, **(below if len(names) == 2 else {}))
    x, y = [*(f"weight {name}" for name in names), "loss"][:2]
    return finish(ax, f"The way down: the loss over {' and '.join(names)}", x, y)


def _track(path: Any, what: str) -> Track:
    """Return the weights of a path, step by step. `what` is what an error calls the path."""
    track = []
    for number, weights in enumerate(ordered(path, what)):
        several = isinstance(weights, (list, tuple))
        step = f"step {number} of {what}"
        numbers = values.numbers(weights, step) if several else [values.single(weights, step, finite=False)]
        track.append(tuple(numbers))
    if not track or not all(track):
        raise NetworkError(f"{what} is empty: a path starts with the weights before the first step.")
    for number, weights in enumerate(track):
        if not all(map(values.drawable, weights)):
            raise NetworkError(
                f"{what} leads to {weights[0]} in step {number}: training diverged. Plot the steps before."
            )
    return track


def _names(function: Callable[..., Value], count: int) -> list[str]:
    """Return the names of the weights: those of the function's arguments."""
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    try:
        names = [name for name, argument in signature(function).parameters.items() if argument.kind in kinds]
    except (TypeError, ValueError):  # a function whose arguments Python does not know
        names = []
    return names[:count] if len(names) >= count else ["w"] if count == 1 else ["w1", "w2"]


def _step(tangent: Any, count: int) -> int:
    """Return the number of the step at which to draw the tangent, in a path of `count` points."""
    step = whole(tangent)
    if step is None:
        raise NetworkError(f"tangent is the number of a step, 0 or more, or None, not {described(tangent)}.")
    if not 0 <= step < count:
        raise NetworkError(
            f"there is no step {described(step)} to draw the tangent at: the path has steps 0 to {count - 1}."
        )
    return step


def _label(track: Track, names: list[str]) -> str:
    """Return the text of a path in the legend."""
    start, end = (", ".join(map(short, weights)) for weights in (track[0], track[-1]))
    return f"{plural(len(track) - 1, 'step')}: {', '.join(names)} from {start} to {end}"


def _ranges_around(tracks: list[Track]) -> list[tuple[float, float]]:
    """Return the range of each weight to draw: that of all paths, with a margin."""
    columns = zip(*(weights for track in tracks for weights in track))
    return [around(column, MARGIN, max(1.0, abs(min(column))) / 2) for column in columns]


def _ranges(limits: Any, count: int) -> list[tuple[float, float]]:
    """Return the limits that a caller chose for each of one or two weights."""
    listed = ordered(limits, "limits") if hasattr(limits, "__iter__") else []
    pairs = values.table([listed] if count == 1 else listed, "limits", 2) if listed else ()
    if len(pairs) != count or any(low >= high for low, high in pairs):
        raise NetworkError(
            f"limits is (low, high) for {plural(count, 'weight')}, low first, not {described(limits)}."
        )
    return [(low, high) for low, high in pairs]


def _loss_curve(ax: Axes, weights: Any, losses: Any) -> None:
    """Draw the loss over one weight."""
    ax.plot(weights, losses, color=style(0).color, linewidth=points(ax, 3), label="loss")
    ax.set_xlim(weights[0], weights[-1])
    ax.set_ylim(*around([*filter(isfinite, losses)], 0.06))


def _tangent(ax: Axes, function: Callable[..., Value], weight: float, name: str) -> None:
    """Draw the tangent of the loss at a weight."""
    w = Value(weight)
    loss = call(function, w)
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
    """Draw the loss over two weights: lines of equal loss, darker where it is higher."""
    import numpy as np
    from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap

    # Levels are quantiles: as many points of the grid lie between any two, so that a flat valley has lines, too.
    levels = np.unique(np.nanquantile(losses, np.linspace(0, 1, LEVELS + 1)))
    if len(levels) < 2:
        return  # the loss is the same everywhere
    shades = LinearSegmentedColormap.from_list("heights", ["white", "#CBD2D9"])
    ax.contourf(first, second, losses, levels, cmap=shades, norm=BoundaryNorm(levels, shades.N))
    lines = ax.contour(first, second, losses, levels[1:-1], colors="#7A8794", linewidths=points(ax, 0.8))
    ax.clabel(lines, fmt=short, fontsize=points(ax, NOTE - 2), colors=INK)


def _draw_track(ax: Axes, track: Track, number: int, text: str) -> None:
    """Draw a path with a ring at its start and a star at its end. `number` chooses its style, `text` is its label."""
    look, (xs, ys) = style(number), zip(*track)
    ax.plot(xs, ys, color=look.color, linestyle=look.dash, marker=look.marker, linewidth=points(ax, 1.8),
            markersize=points(ax, 6), markevery=max(1, len(track) // MARKERS), label=text)  # fmt: skip
    ax.plot(xs[0], ys[0], look.marker, markersize=points(ax, 12), markerfacecolor="none", color=look.color)
    ax.plot(xs[-1], ys[-1], "*", markersize=points(ax, 14), color=look.color, markeredgecolor="white")

"""Plot curves: the losses of trainings, and activations with their derivatives."""

from __future__ import annotations

from math import isfinite, nan
from re import split
from typing import TYPE_CHECKING, Any

from engine import OPS, Value, described, flag, public

from ..checks import NetworkError, choose
from ..picture import values
from ..picture.curve import needs_log_scale
from ..picture.sampling import PLOT, axis, call
from .canvas import FAINT, axes, finish, legend, plot_names, points, style, whole_ticks

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

EVERYWHERE = OPS["add"].domain[0]  # the domain of an operation that is defined for every number
DRAWN = -4.0, 4.0  # the inputs at which such an operation is drawn
NEAR = 1e-9  # the distance from a kink at which both sides are computed
LONGEST_RULE = 45  # the most characters of a derivative that a legend shows
GRID = "#E4E4E4"


@public
def losses(*histories: Any, labels: Any = None, log: bool | None = None, ax: Axes | None = None) -> Axes:
    """Plot the losses of one or several trainings, epoch by epoch.

    The loss of the validation rows is a thinner line in the same color. A training that diverges is drawn up to its
    last finite loss.

    Parameters
    ----------
    histories: each a `History`, or a list of numbers, one a step.
    labels: a name for each training.
    log: True for a logarithmic scale of the losses, False for a linear one; None chooses the logarithmic one if the
        losses span more than a factor of 100.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) for a training without losses, and if there are not as many labels as trainings.

    >>> ax = losses([8.0, 2.0, 0.5], [8.0, 6.0, 4.5], labels=["rate 0.1", "rate 0.01"])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['rate 0.1', 'rate 0.01']
    """
    if not histories:
        raise NetworkError("give at least one run to plot: losses(history), or losses(first, second).")
    unnamed = [f"run {number}" for number in range(1, len(histories) + 1)]
    runs = [_run(history, name) for history, name in zip(histories, unnamed)]
    names = plot_names(labels, unnamed if len(runs) > 1 else [""], "labels")
    if log is not None:
        log = flag(log, "log")
    ax = axes(ax)
    for number, (run, name) in enumerate(zip(runs, names)):
        for kind, series in run.items():
            _curve(ax, number, series, ", ".join(filter(None, [name, kind])) or "training", bool(kind))
    drawn = [loss for run in runs for series in run.values() for loss in series if values.drawable(loss)]
    if log and max(drawn) <= 0:
        raise NetworkError("a logarithmic scale needs losses above 0, and here there are none: leave log=True out.")
    if log or (log is None and needs_log_scale(min(drawn), max(drawn))):
        ax.set_yscale("log")
    step = "epoch" if all(hasattr(history, "losses") for history in histories) else "step"
    finish(ax, f"Loss, {step} by {step}", step, f"loss{', log scale' * (ax.get_yscale() == 'log')}")
    whole_ticks(ax.xaxis)
    ax.grid(color=GRID)
    if labels is not None or len(ax.lines) > 1:
        legend(ax)
    return ax


def _run(history: Any, name: str) -> dict[str, list[float]]:
    """Return the series of one run by name: "" is its training losses, "validation" its validation losses."""
    series = {"": values.numbers(getattr(history, "losses", history), name)}
    if not series[""]:
        raise NetworkError(f"{name} has no losses yet: train for an epoch or more before plotting.")
    if not any(map(values.drawable, series[""])):
        raise NetworkError(f"{name} has no finite loss to plot: it starts at {series[''][0]}.")
    validation = values.numbers(getattr(history, "validation", ()), name)
    return series | ({"validation": validation} if validation else {})


def _curve(ax: Axes, number: int, series: list[float], name: str, thin: bool) -> None:
    """Draw one series of a run up to its last finite number.

    Parameters
    ----------
    ax: the axes.
    number: the number of the run, which chooses the style.
    series: the losses, epoch by epoch.
    name: the name in the legend.
    thin: True for a thin line.
    """
    look = style(number)
    end = next((index for index, loss in enumerate(series) if not values.drawable(loss)), len(series))
    if end < len(series):
        name += f", diverges at {end + 1}"
    every = max(1, end // 8)
    ax.plot(
        range(1, end + 1), series[:end], color=look.color, linestyle=look.dash, label=name,
        linewidth=points(ax, 1.2 if thin else 2.5), marker=look.marker, markersize=points(ax, 4 if thin else 7),
        markevery=(number % every, every), markerfacecolor="white" if thin else look.color,
    )  # fmt: skip


@public
def activation(name: str | Callable[[Value], Value], ax: Axes | None = None) -> Axes:
    """Plot an activation and its derivative over the weighted sum.

    At a kink the derivative is a convention, which a dot marks.

    Parameters
    ----------
    name: the name of an operation of one argument, or a function of a Value. An operation that is not defined
        everywhere is drawn on its domain, as the operation table states it.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) for an unknown name.

    >>> ax = activation("tanh")
    >>> [line.get_label() for line in ax.lines[-2:]]
    ['h = tanh(z)', 'dh/dz = 1 - h * h']
    """
    rows = {op.name: op for op in OPS.values() if op.arity == 1}
    linear = isinstance(name, str) and name == "linear"
    row = None if callable(name) or linear else choose(rows, name, "activation")
    function = name if callable(name) else getattr(Value, row.name) if row else _unchanged
    title = row.name if row else getattr(name, "__name__", "linear" if linear else type(name).__name__)
    low, high = DRAWN if row is None or row.domain[0] == EVERYWHERE else row.domain[0][-2:]
    kinks = [float(kink) for kink in row.kinks if low < float(kink) < high] if row else []
    near = {kink + side for kink in kinks for side in (-NEAR, 0.0, NEAR)}
    xs = sorted(near | {*axis(low, high, PLOT[1].fine)})
    ax = axes(ax)
    ax.axhline(0, color=FAINT, linewidth=0.8)
    ax.axvline(0, color=FAINT, linewidth=0.8)
    ys, slopes = map(list, zip(*(_at(function, x) for x in xs)))
    if not any(map(isfinite, ys)):
        call(function, Value(high))  # it has no value anywhere, and raises its own error
    rule = row.substitute(row.partials[0], "z", z="h") if row else ""
    rule = f" = {rule}" if 0 < len(rule) <= LONGEST_RULE else ""
    for series, look, text in (ys, style(0), f"h = {title}(z)"), (slopes, style(1), f"dh/dz{rule}"):
        for kink in kinks:
            at = xs.index(kink)
            if abs(series[at + 1] - series[at - 1]) > 100 * NEAR:
                ax.plot(kink, series[at], "o", color=look.color, markersize=points(ax, 7))
                series[at] = nan  # the line has a gap where the series jumps
        ax.plot(xs, series, color=look.color, linestyle=look.dash, linewidth=points(ax, 3), label=text)
    ax.grid(color=GRID)
    legend(ax)
    meaning = split("[:;]", row.doc)[0] if row else "the weighted sum itself" if linear else "a function"
    return finish(ax, f"{title}: {meaning}", "weighted sum z", "output h, derivative dh/dz")


def _unchanged(x: Value) -> Value:
    return x


def _at(function: Callable[[Value], Value], number: float) -> tuple[float, float]:
    """Return the value of a function at a number, and its derivative there; NaN where it has none."""
    x = Value(number)
    try:
        z = call(function, x)
        if isinstance(z, Value):
            z.backward()
            return z.data, x.grad
    except (ArithmeticError, ValueError):
        return nan, nan
    raise NetworkError(f"the activation gave {described(z)}, not a Value: write z.tanh(), for example.")

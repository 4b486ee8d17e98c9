"""Pictures that several demos draw in the same way: panels side by side, curves, and patterns of black and white."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOOKS = (  # each curve differs in its dash and its marker, too, so that it differs from others in grey
    {"color": "#0B5FA5", "linestyle": "-", "marker": "o"},
    {"color": "#B34700", "linestyle": "--", "marker": "s"},
    {"color": "#222222", "linestyle": ":", "marker": "^"},
    {"color": "#4A90D9", "linestyle": "-.", "marker": "D"},
)


def panels(rows: int, columns: int, width: float, height: float, **options: Any) -> tuple[Figure, list[Axes]]:
    """Return a figure of this size in inches, and its panels, row after row."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("matplotlib", "train", "a picture") from None
    figure = Figure((width, height), dpi=120, layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, [ax for line in grid for ax in line]


def pattern(ax: Axes, numbers: Sequence[float], width: int, title: str = "", changed: Sequence[int] = ()) -> None:
    """Draw numbers from -1 to 1 as squares from white to black, line by line.

    A dot marks each of the places `changed`.
    """
    lines = [numbers[start : start + width] for start in range(0, len(numbers), width)]
    ax.imshow(lines, "Greys", vmin=-1, vmax=1)
    for place in changed:
        ax.plot(place % width, place // width, "o", markersize=6, markerfacecolor="#B34700", markeredgecolor="white")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_title(title, fontsize=11)


def curve(ax: Axes, number: int, xs: Sequence[float], ys: Sequence[float], label: str, marks: bool = True) -> None:
    """Draw a curve in the look of its number, counted from 0."""
    look = LOOKS[number % len(LOOKS)] | ({} if marks else {"marker": ""})
    ax.plot(xs, ys, label=label, linewidth=2.2, markersize=6, **look)  # type: ignore[arg-type]


def finish(ax: Axes, title: str, x: str, y: str) -> None:
    """Write the title, the axes' labels and the legend, if there is something in it."""
    ax.set_title(title, fontsize=14, loc="left")
    ax.set_xlabel(x, fontsize=12)
    ax.set_ylabel(y, fontsize=12)
    if ax.lines and all(float(number).is_integer() for line in ax.lines for number in line.get_xdata()):
        ax.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[attr-defined]
    ax.grid(color="#E4E4E4")
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(fontsize=11, framealpha=0.9, edgecolor="none", handlelength=3.2)

"""Make the axes of a plot. Define the colors, dashes and font sizes of all plots."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import MissingExtra

from ..checks import NetworkError
from ..picture.values import names as names_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.colors import LinearSegmentedColormap

BLUE, ORANGE, INK, FAINT = "#0B5FA5", "#B34700", "#222222", "#8A8A8A"
PALE_BLUE, PALE_ORANGE = "#C9DFF2", "#F7D9C0"
TITLE, LABEL, TICK, NOTE = 16.0, 14.0, 12.0, 12.0  # font sizes, in points
FULL = 5.0  # inches; narrower axes get a smaller font


class Style(NamedTuple):
    """The style of one of several things in a plot. Styles differ in every field, so a grey plot can be read, too."""

    color: str
    pale: str
    dash: Any
    marker: str
    hatch: str


# fmt: off
STYLES = (
    Style(BLUE,      PALE_BLUE,   "-",                       "o", ""),
    Style(ORANGE,    PALE_ORANGE, (0, (6, 2)),               "s", "//"),
    Style(INK,       "#E4E4E4",   (0, (1, 1.2)),             "^", ".."),
    Style("#4A90D9", "#E3EEF8",   (0, (6, 2, 1, 2)),         "D", "--"),
    Style("#E08A3C", "#FCEBDD",   (0, (10, 2)),              "v", "\\\\"),
    Style(FAINT,     "#F2F2F2",   (0, (3, 1, 1, 1, 1, 1)),   "P", "||"),
    Style("#083B66", "#B5CFE6",   (0, (2, 2)),               "X", "xx"),
    Style("#7A3000", "#EBC3A3",   (0, (8, 2, 3, 2)),         "*", "++"),
    Style("#3F7F7F", "#D5E8E8",   (0, (4, 4)),               "<", "oo"),
    Style("#7F5F8F", "#E8DDEE",   (0, (12, 3, 1, 3, 1, 3)),  "p", "OO"),
)
# fmt: on


def style(number: int) -> Style:
    """Return the style of a thing by its number, counted from 0. After the last style, the first comes again."""
    return STYLES[number % len(STYLES)]


def axes(ax: Any, width: float = 8.0, height: float = 5.0) -> Axes:
    """Return the axes to draw on: `ax`, or those of a new figure of this width and height, in inches.

    A new figure is not registered with pyplot, so no window opens and memory is freed. Its axes are a `Plot`, which
    shows and saves itself. Raises MissingExtra without matplotlib, NetworkError if `ax` is not an Axes.
    """
    try:
        from matplotlib.axes import Axes
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("matplotlib", "train", "a plot") from None
    from .saving import Plot

    if ax is None:
        figure = Figure((width, height), dpi=120, layout="constrained")
        ax = figure.add_subplot(axes_class=Plot)
    if not isinstance(ax, Axes):
        kind = type(ax).__name__
        raise NetworkError(
            f"ax is one Axes to draw on, such as figure.add_subplot() gives, and this is of type {kind}."
        )
    return ax


def inches(ax: Axes) -> float:
    """Return the width of the axes in inches."""
    return float(ax.bbox.width / ax.figure.dpi)


def points(ax: Axes, size: float) -> float:
    """Return the size of a font or a line in points, made smaller for narrow axes."""
    return size * min(1.0, max(0.75, inches(ax) / FULL))


def finish(ax: Axes, title: str, x: str = "", y: str = "") -> Axes:
    """Set the title, wrapped to the width of the axes, and the labels of the axes; return the axes."""
    letters = max(12, int(inches(ax) * 72 / (0.5 * points(ax, TITLE))))  # in a line; a letter is half as wide as high
    ax.set_title(fill(title, letters), fontsize=points(ax, TITLE), color=INK, loc="left", pad=10)
    ax.set_xlabel(x, fontsize=points(ax, LABEL), color=INK)
    ax.set_ylabel(y, fontsize=points(ax, LABEL), color=INK)
    ax.tick_params(labelsize=points(ax, TICK), colors=INK)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def plot_names(texts: Any, default: Sequence[str], what: str) -> list[str]:
    """Return one name for each thing, as `values.names` does, escaped so that matplotlib shows it unchanged.

    Otherwise matplotlib reads text between two $ as a formula, and leaves a name that starts with _ out of a legend.

    >>> plot_names(["price in $", "_x"], ["a", "b"], "labels")
    ['price in \\\\$', ' _x']
    """
    names = []
    for name in names_of(texts, default, what):
        letters = (letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in name)
        text = "".join(letters).replace("$", r"\$")
        names.append(f" {text}" if text.startswith("_") else text)
    return names


def legend(ax: Axes, **options: Any) -> None:
    """Draw the legend."""
    ax.legend(fontsize=points(ax, NOTE), framealpha=0.9, edgecolor="none", handlelength=3.2, **options)


def whole_ticks(axis: Axis, most: int = 12) -> None:
    """Put ticks at whole numbers along an axis, `most` of them at most."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))


def bare(ax: Axes, x: tuple[float, float], y: tuple[float, float]) -> None:
    """Set the limits of the axes, and hide their lines, ticks and labels."""
    ax.set_xlim(*x)
    ax.set_ylim(*y)
    ax.set_axis_off()


def frame(ax: Axes, left: float, top: float, width: float, height: float) -> None:
    """Draw the outline of a rectangle."""
    right, bottom = left + width, top + height
    ax.plot([left, right, right, left, left], [top, top, bottom, bottom, top], color=INK, linewidth=points(ax, 1.2))


def signs() -> LinearSegmentedColormap:
    """Return the colors for numbers below and above zero: from orange over white to blue."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("signs", [ORANGE, "#EDB48A", "white", "#92BEE3", BLUE])

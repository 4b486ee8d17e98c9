"""Plots hold what they are given: lines, cells, texts and points against the numbers; no window, no shared state."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from itertools import pairwise
from math import inf, isnan, nan
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib import pyplot, rcParams
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from wording import mentions

from engine import OPS, GradwalkError, MissingExtra, Value, define
from nn import (
    MLP,
    Layer,
    Module,
    NetworkError,
    Neuron,
    Recurrent,
    accuracy,
    confusion_matrix,
    data,
    losses,
    plot,
)
from nn.history import History
from nn.picture.sampling import compiled, eager, grid, sample
from nn.plot import canvas, heatmap, images, network_graph

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

ONE_ARGUMENT = [name for name, op in OPS.items() if op.arity == 1]
XOR = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]


def parabola(w: Value) -> Value:
    return 0.5 * (6 - 2 * w) ** 2


def bowl(first: Value, second: Value) -> Value:
    return first**2 + 3 * second**2


# Every plot, drawn on the axes that it is given.
PLOTS: dict[str, Callable[[Any], Axes]] = {
    "losses": lambda ax: plot.losses([3.0, 2.0, 1.0], [3.0, nan], labels=["a", "b"], ax=ax),
    "activation": lambda ax: plot.activation("relu", ax=ax),
    "descent over one weight": lambda ax: plot.descent(parabola, [5.0, 4.2], ax=ax),
    "descent over two": lambda ax: plot.descent(bowl, [(1.0, 1.0), (0.5, 0.0)], ax=ax),
    "boundary": lambda ax: plot.boundary(MLP(2, [3, 1], "tanh", rng=0), *XOR, ax=ax),
    "boundary of three": lambda ax: plot.boundary(MLP(2, [3], rng=0), XOR[0], [0, 1, 2, 0], ax=ax),
    "weights": lambda ax: plot.weights(MLP(2, [3, 1], rng=0), 2, ax=ax),
    "many weights": lambda ax: plot.weights(Layer(40, 9, rng=0), ax=ax),
    "network": lambda ax: plot.network(MLP(20, [13, 2], rng=0), [0.5] * 20, ax=ax),
    "network of a neuron": lambda ax: plot.network(Neuron(2, "sigmoid", rng=0), ax=ax),
    "network with feedback": lambda ax: plot.network(Recurrent(1, 2, 1, rng=0), [1.0, 0.0], ax=ax),
    "digits": lambda ax: plot.digits([[0.0] * 64] * 3, [[0.1] * 10] * 3, [0, 1, 0], ax=ax),
    "first_layer": lambda ax: plot.first_layer(MLP(64, [5, 2], rng=0), ax=ax),
    "features": lambda ax: plot.features(MLP(4, [3, 2], rng=0), [[0, 1, 1, 0]] * 3, [0, 1, 1], (2, 2), ax=ax),
    "neurons": lambda ax: plot.neurons(MLP(2, [3, 1], rng=0), XOR[0], ax=ax),
    "confusion": lambda ax: plot.confusion([[3, 1], [0, 4]], names=["cat", "dog"], ax=ax),
}


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def legend(ax: Axes) -> list[str]:
    found = ax.get_legend()
    return [text.get_text() for text in found.get_texts()] if found else []


def line(ax: Axes, label: str) -> tuple[list[float], list[float]]:
    (found,) = (each for each in ax.lines if each.get_label() == label)
    return [float(x) for x in found.get_xdata()], [float(y) for y in found.get_ydata()]


def heard(message: str) -> None:
    """Whether an error is one sentence or two that a student can act on."""
    assert message.endswith((".", "?"))
    assert 20 < len(message) < 250
    assert "\n" not in message


# All plots


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_draws_on_the_axes_it_is_given_and_returns_them(name: str) -> None:
    ax = Figure().add_subplot()
    assert PLOTS[name](ax) is ax
    assert ax.get_title(loc="left")


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_makes_a_figure_of_its_own_and_leaves_nothing_behind(name: str) -> None:
    settings = dict(rcParams)
    ax = PLOTS[name](None)
    figure = BytesIO()
    ax.figure.savefig(figure, format="svg")
    assert b"<svg" in figure.getvalue()
    assert pyplot.get_fignums() == []
    assert dict(rcParams) == settings


def test_no_plot_loads_what_opens_windows() -> None:
    script = "import sys; from nn import plot; plot.losses([2.0, 1.0]).figure.savefig(sys.argv[1], format='png')"
    script += "; print('matplotlib.pyplot' in sys.modules, 'tkinter' in sys.modules)"
    command = [sys.executable, "-c", script, "/dev/null" if sys.platform != "win32" else "NUL"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == ["False", "False"]


def test_a_notebook_shows_the_axes() -> None:
    formatters = pytest.importorskip("IPython.core.formatters")
    shown, _ = formatters.DisplayFormatter().format(plot.losses([2.0, 1.0]))
    assert shown["image/png"].startswith(b"\x89PNG")


@pytest.mark.parametrize("name", PLOTS)
def test_without_matplotlib_a_plot_says_how_to_get_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    with pytest.raises(MissingExtra, match=r"^a plot needs matplotlib: pip install .*\[train\]\"$"):
        PLOTS[name](None)


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("wrong", [Figure(), Figure().subplots(1, 2), pyplot])
def test_what_is_no_axes_is_refused(name: str, wrong: Any) -> None:
    with pytest.raises(NetworkError, match="ax is one Axes to draw on") as caught:
        PLOTS[name](wrong)
    heard(str(caught.value))


@pytest.mark.parametrize("inches", [(3.0, 2.5), (12.0, 8.0)])
def test_letters_go_with_the_size_of_the_axes(inches: tuple[float, float]) -> None:
    ax = plot.losses([2.0, 1.0], ax=Figure(inches).add_subplot())
    assert ax.xaxis.label.get_fontsize() == canvas.LABEL * (0.75 if inches[0] < 5 else 1.0)


NAMES = [["$x$", r"$\bad$"], ["price in $", "$"], ["_hidden", "__x"], ["a\0b", "\udcff"], ["two\nlines", "ß ü 数"]]


@pytest.mark.parametrize("names", NAMES, ids=repr)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_names_are_shown_character_by_character(names: list[str]) -> None:
    plots = [
        plot.losses([2.0, 1.0], [2.0, 1.5], labels=names),
        plot.boundary(MLP(2, [3, 1], "tanh", rng=0), *XOR, features=names, classes=names),
        plot.confusion([[3, 1], [0, 4]], names=names),
        plot.descent(parabola, [5.0, 4.2], [5.0], labels=names),
    ]
    for ax in plots:
        ax.figure.savefig(BytesIO(), format="svg")
    for ax in plots[0], plots[1], plots[3]:
        shown = [text.replace(r"\$", "$").strip() for text in legend(ax)]
        expected = ["".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in name) for name in names]
        assert {*expected} <= {*shown}


# Colors


def luminance(color: Any) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(color)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Any, other: Any) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_each_style_differs_in_every_way_so_that_grey_tells_it_too() -> None:
    for field in zip(*canvas.STYLES):
        assert len(set(field)) == len(canvas.STYLES)
    assert canvas.style(len(canvas.STYLES)) == canvas.STYLES[0]


def test_blue_and_orange_are_the_houses_and_strong_enough_on_white() -> None:
    assert (canvas.style(0).color, canvas.style(1).color) == ("#0B5FA5", "#B34700")
    assert min(contrast(color, "white") for color in (canvas.BLUE, canvas.ORANGE, canvas.INK)) > 4.5
    assert all(contrast(style.pale, canvas.INK) > 9 for style in canvas.STYLES)


def test_numbers_in_cells_can_be_read_on_any_color() -> None:
    for share in np.linspace(-1, 1, 101):
        text = "white" if abs(share) > heatmap.DARK else canvas.INK
        assert contrast(canvas.signs()((share + 1) / 2)[:3], text) > 3.6


# Losses


def test_losses_are_drawn_epoch_by_epoch() -> None:
    ax = plot.losses([8.0, 2.0, 0.5], np.array([8.0, 6.0]), labels=["fast", "slow"])
    assert line(ax, "fast") == ([1, 2, 3], [8.0, 2.0, 0.5])
    assert line(ax, "slow") == ([1, 2], [8.0, 6.0])
    assert legend(ax) == ["fast", "slow"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("step", "loss", "linear")
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()
    assert ax.lines[0].get_marker() != ax.lines[1].get_marker()


def test_a_history_brings_its_validation_losses() -> None:
    history = History([{"loss": 0.5, "norm": 2.0, "validation": 0.6}, {"loss": 0.25, "norm": 1.0, "validation": 0.5}])
    ax = plot.losses(history)
    assert line(ax, "training") == ([1, 2], [0.5, 0.25])
    assert line(ax, "validation") == ([1, 2], [0.6, 0.5])
    assert ax.get_xlabel() == "epoch"
    assert legend(plot.losses(history, [1.0])) == ["run 1", "run 1, validation", "run 2"]
    assert plot.losses(history, [1.0]).get_xlabel() == "step"


def test_losses_of_values_are_numbers_too() -> None:
    assert line(plot.losses([Value(2.0), Value(1.0)]), "training")[1] == [2.0, 1.0]


def test_one_run_without_a_name_needs_no_legend() -> None:
    assert legend(plot.losses([2.0, 1.0])) == []
    assert legend(plot.losses([2.0, 1.0], labels=["mine"])) == ["mine"]


def test_a_run_that_diverges_is_drawn_up_to_there() -> None:
    ax = plot.losses([1.0, 10.0, inf, nan])
    assert line(ax, "training, diverges at 3") == ([1, 2], [1.0, 10.0])


@pytest.mark.parametrize(
    ("run", "log", "scale"),
    [
        ([1.0, 0.5], None, "linear"),
        ([100.0, 0.5], None, "log"),
        ([100.0, 0.0], None, "linear"),
        ([100.0, 0.5], False, "linear"),
        ([1.0, 0.5], True, "log"),
    ],
)
def test_losses_of_many_sizes_get_a_log_scale(run: list[float], log: bool | None, scale: str) -> None:
    ax = plot.losses(run, log=log)
    assert ax.get_yscale() == scale
    assert ax.get_ylabel() == ("loss, log scale" if scale == "log" else "loss")


# Activations


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_an_activation_is_drawn_as_its_row_computes_it(name: str) -> None:
    op = OPS[name]
    ax = plot.activation(name)
    outputs, slopes = (each for each in ax.lines if str(each.get_label()).startswith(("h = ", "dh/dz")))
    assert outputs.get_label() == f"h = {name}(z)"
    for x, z, slope in zip(outputs.get_xdata(), outputs.get_ydata(), slopes.get_ydata()):
        truth = op.f(float(x))
        assert isnan(z) or z == truth
        assert isnan(slope) or slope == op.slopes[0](float(x), z=truth)
        assert x in op.kinks or not isnan(z) or not isnan(slope)
    assert outputs.get_linestyle() != slopes.get_linestyle()
    across, up = ax.lines[:2]
    assert ([*across.get_ydata()], [*up.get_xdata()]) == ([0, 0], [0, 0])  # the axes of the coordinates


@pytest.mark.parametrize("name", [name for name in ONE_ARGUMENT if OPS[name].kinks])
def test_at_a_kink_a_dot_shows_the_convention(name: str) -> None:
    op = OPS[name]
    (kink,) = op.kinks
    lines = plot.activation(name).lines
    dots = {(float(dot.get_xdata()[0]), float(dot.get_ydata()[0])) for dot in lines if dot.get_marker() == "o"}
    rows = [op.f, lambda x: op.slopes[0](x, z=op.f(x))]
    jump = [abs(row(kink + 1e-6) - row(kink - 1e-6)) > 1e-3 for row in rows]
    assert dots == {(kink, row(kink)) for row, jumps in zip(rows, jump) if jumps}
    at = [*lines[-1].get_xdata()].index(kink)
    curves = [each for each in lines if len(each.get_xdata()) > 100]
    assert [isnan(curve.get_ydata()[at]) for curve in curves] == jump  # there, the line is broken


def test_activations_that_are_not_of_the_table() -> None:
    assert line(plot.activation("linear"), "h = linear(z)")[1][0] == -4.0
    ax = plot.activation(lambda x: x.tanh() * 2)
    assert ax.lines[-2].get_ydata()[-1] == pytest.approx(2 * np.tanh(4.0))
    assert ax.lines[-1].get_ydata()[200] == 2.0
    define("thrice", "3 * x", ("3",))
    assert line(plot.activation("thrice"), "dh/dz = 3.0")[1][0] == 3.0


def test_a_function_that_is_not_defined_everywhere_is_drawn_where_it_is() -> None:
    xs, _ = line(plot.activation("log"), "h = log(z)")
    assert (min(xs), max(xs)) == OPS["log"].domain[0][-2:]
    ys = plot.activation(lambda x: x.log()).lines[-2].get_ydata()
    assert [isnan(y) for y in ys] == [x <= 0 for x in plot.activation(lambda x: x.log()).lines[-2].get_xdata()]


# Descents


def test_the_textbooks_descent() -> None:
    ax = plot.descent(parabola, [5.0, 4.2, 3.72])
    assert line(ax, "2 steps: w from 5 to 3.72") == ([5.0, 4.2, 3.72], pytest.approx([8.0, 2.88, 1.0368]))
    (left, right), (low, high) = line(ax, "tangent at w = 5, slope 8")
    assert (high - low) / (right - left) == pytest.approx(8.0)
    assert (low + high) / 2 == pytest.approx(8.0)
    assert (left + right) / 2 == pytest.approx(5.0)
    for limits in None, (-3.0, 8.0), (2.0, 30.0):
        tangent = line(plot.descent(parabola, [5.0], limits=limits), "tangent at w = 5, slope 8")[0]
        least, most = plot.descent(parabola, [5.0], limits=limits).get_xlim()
        assert tangent[1] - tangent[0] == pytest.approx(0.4 * (most - least))
    assert ax.get_ylim()[0] < 0.0  # the lowest loss is seen
    assert ax.get_ylim()[1] - ax.get_ylim()[0] < 1.2 * max(line(ax, "loss")[1])
    ws, losses = line(ax, "loss")
    assert losses == pytest.approx([0.5 * (6 - 2 * w) ** 2 for w in ws])
    assert ws[0] < 3.72 < 5.0 < ws[-1]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("weight w", "loss")


def test_the_tangent_is_drawn_where_it_is_asked_for() -> None:
    assert "tangent at w = 3, slope 0" in legend(plot.descent(parabola, [5.0, 3.0], tangent=1))
    assert not any("tangent" in text for text in legend(plot.descent(parabola, [5.0, 3.0], tangent=None)))


def test_several_paths_are_compared() -> None:
    ax = plot.descent(parabola, [5.0, 4.2], [5.0, 4.9], labels=["right", "slow"])
    assert line(ax, "right")[0] == [5.0, 4.2]
    assert line(ax, "slow")[0] == [5.0, 4.9]
    assert legend(ax) == ["loss", "tangent at w = 5, slope 8", "right", "slow", "the last step"]


def test_limits_say_which_weights_to_draw() -> None:
    assert plot.descent(parabola, [5.0], limits=(-1, 7)).get_xlim() == (-1.0, 7.0)
    ax = plot.descent(bowl, [(1.0, 1.0)], limits=[(-2, 2), (-3, 3)])
    assert (ax.get_xlim(), ax.get_ylim()) == ((-2.0, 2.0), (-3.0, 3.0))
    free = plot.descent(bowl, [(1.0, 10.0), (4.0, 30.0)])  # without limits: half of the path's width on each side
    assert (free.get_xlim(), free.get_ylim()) == ((-0.5, 5.5), (0.0, 40.0))


def test_weights_are_called_as_the_function_calls_them() -> None:
    assert plot.descent(lambda slope: slope**2, [1.0]).get_xlabel() == "weight slope"
    ax = plot.descent(bowl, [(1.0, 1.0)])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("weight first", "weight second")
    ax = plot.descent(lambda *w: w[0] * w[1], [(1.0, 1.0)])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("weight w1", "weight w2")
    assert plot.descent(lambda *w: w[0] ** 2, [1.0]).get_xlabel() == "weight w"
    for signature in ("w", None, lambda: None):  # what Python cannot read, or gives no names

        class Hidden:
            __signature__ = signature

            def __call__(self, *weights: Value) -> Value:
                return weights[0] ** 2

        assert plot.descent(Hidden(), [1.0]).get_xlabel() == "weight w"


def test_two_weights_make_a_landscape_with_lines_of_equal_loss() -> None:
    ax = plot.descent(bowl, np.array([[2.0, 1.0], [1.0, -0.5], [0.5, 0.25]]))
    assert line(ax, "2 steps: first, second from 2, 1 to 0.5, 0.25") == ([2.0, 1.0, 0.5], [1.0, -0.5, 0.25])
    _, contours = ax.collections[:2]
    checked = 0
    for level, path in zip(contours.levels, contours.get_paths()):
        for x, y in path.vertices:
            assert x**2 + 3 * y**2 == pytest.approx(level, rel=0.01)
            checked += 1
    assert checked > 1000
    assert len(contours.levels) == 11


def test_where_a_loss_has_no_value_there_is_a_gap() -> None:
    ws, losses = line(plot.descent(lambda w: w - w.log(), [0.5, 0.75], limits=(-1, 2)), "loss")
    assert [isnan(loss) for loss in losses] == [w <= 0 for w in ws]
    plot.descent(lambda a, b: a.log() ** 2 + b**2, [(0.5, 1.0)], limits=[(-1, 1), (-1, 1)])


def test_flat_ground_has_no_lines() -> None:
    assert not plot.descent(lambda a, b: 0 * a * b, [(1.0, 1.0)]).collections


# A function at many points


def test_array_code_and_the_function_agree() -> None:
    model = MLP(2, [5, 3], "tanh", rng=0)
    rows = np.array([[Random(i).uniform(-2, 2), Random(-i).uniform(-2, 2)] for i in range(1, 60)])
    fast = compiled(lambda *x: model(x), rows)
    assert fast.shape == (59, 3)
    assert fast == pytest.approx(eager(lambda *x: model(x), rows), rel=1e-12)


def test_a_grids_last_axis_goes_with_the_first_argument() -> None:
    (across, up), (outputs,) = grid(lambda x, y: 10 * x + y, (0.0, 1.0), (0.0, 2.0))
    assert outputs.shape == (len(up), len(across)) == (201, 201)
    assert outputs[7, 100] == pytest.approx(10 * across[100] + up[7])


def test_a_grid_has_its_ends_and_its_middle() -> None:
    for axes in [(-1.0, 3.0)], [(-1.0, 3.0), (0.0, 8.0)]:
        for function in (lambda *x: x[0] * x[-1], lambda *x: x[0] if x[0] > 0.3 else x[-1] * 2):  # arrays, and calls
            scales, _ = grid(function, *axes)
            for scale, (low, high) in zip(scales, axes):
                assert (scale[0], scale[len(scale) // 2], scale[-1]) == (low, (low + high) / 2, high)


def test_a_function_that_branches_is_called_itself() -> None:
    def bent(x: Value) -> Value:
        return x * 2 if x > 0.3 else -x

    assert compiled(bent, np.linspace(-1, 1, 400)[:, None]) is None
    (xs,), (outputs,) = grid(bent, (-1.0, 1.0))
    assert outputs == pytest.approx([2 * x if x > 0.3 else -x for x in xs])


@pytest.mark.parametrize("function", [lambda x: 3.0, lambda x: Value(3.0), lambda x: [3.0], lambda x: (x * 0 + 3,)])
def test_a_function_need_not_give_a_graph(function: Callable[[Value], Any]) -> None:
    assert sample(function, [[1.0], [2.0]]).tolist() == [[3.0], [3.0]]


def test_a_function_without_any_value_raises_its_own_error() -> None:
    with pytest.raises(GradwalkError, match=r"log\(-"):
        sample(lambda x: (-(x**2) - 1).log(), [[1.0], [2.0]])
    assert np.isnan(sample(lambda x: x.log(), [[-1.0], [1.0]])).tolist() == [[True], [False]]
    assert sample(lambda x: inf if x < 0 else 1.0, [[-1.0], [1.0]]).tolist() == [[inf], [1.0]]
    for large in inf, 1e200:
        (xs,), (outputs,) = grid(lambda x, large=large: large if x < 0 else 1.0, (-1.0, 1.0))
        assert [isnan(y) for y in outputs] == [x < 0 for x in xs]


# Boundaries


def borders(ax: Axes) -> list[Any]:
    """The points of the lines between regions."""
    lines = [each for each in ax.collections if isinstance(each, QuadContourSet) and not each.filled]
    return [place for each in lines for path in each.get_paths() for place in path.vertices]


def points(ax: Axes) -> dict[str, list[tuple[float, float]]]:
    """The points of each scatter, by its label."""
    found = (each for each in ax.collections if type(each) is PathCollection)
    return {str(each.get_label()): [(float(x), float(y)) for x, y in each.get_offsets()] for each in found}


@pytest.mark.parametrize(("output", "edge"), [("sigmoid", 0.5), ("tanh", 0.0), ("linear", 0.0)])
def test_the_boundary_is_where_the_model_goes_over(output: str, edge: float) -> None:
    model = MLP(2, [6, 1], "tanh", output, rng=1)
    places = borders(plot.boundary(model, *XOR))
    assert len(places) > 50
    assert [model(list(place)).data for place in places] == pytest.approx([edge] * len(places), abs=0.01)
    places = borders(plot.boundary(model, *XOR, threshold=edge + 0.05))
    assert [model(list(place)).data for place in places] == pytest.approx([edge + 0.05] * len(places), abs=0.01)


def test_between_classes_the_two_largest_outputs_are_equal() -> None:
    model = MLP(2, [3], rng=3)
    places = borders(plot.boundary(model, XOR[0], [0, 1, 2, 0]))
    assert len(places) > 50
    for place in places:
        _, second, first = sorted(output.data for output in model(list(place)))
        assert first == pytest.approx(second, abs=0.01)


def test_each_region_has_its_color_and_hatch() -> None:
    ax = plot.boundary(lambda row: row[0] - row[1], [[-1, 0], [1, 0]], [0, 1])
    regions = [each for each in ax.collections if isinstance(each, QuadContourSet) and each.filled]
    assert [to_hex(region.get_facecolor()[0]).upper() for region in regions] == [canvas.PALE_BLUE, canvas.PALE_ORANGE]
    assert [region.hatches for region in regions] == [[""], ["//"]]
    for region, sign in zip(regions, (-1, 1)):
        assert all(sign * (x - y) > -0.01 for path in region.get_paths() for x, y in path.vertices)


@pytest.mark.parametrize(
    "labels", [[0, 1, 1, 0], [-1, 1, 1, -1], [[0], [1], [1], [0]], np.array([0.0, 1.0, 1.0, 0.0])]
)
def test_points_stand_where_they_are_and_wrong_ones_are_ringed(labels: Any) -> None:
    ax = plot.boundary(lambda row: row[0] - 0.5, np.array(XOR[0]), labels, classes=["no", "yes"])
    assert points(ax) == {
        "no": [(0.0, 0.0), (1.0, 1.0)],
        "yes": [(0.0, 1.0), (1.0, 0.0)],
        "wrong: 2 of 4": [(0.0, 1.0), (1.0, 1.0)],
    }
    assert legend(ax) == [*points(ax)]
    assert ax.get_title(loc="left") == "Decision boundary, 2 of 4 right (50.0 %)"


def test_the_share_of_right_points_is_the_accuracy() -> None:
    X, y = data.moons(60, noise=0.3, seed=1)
    for model in MLP(2, [8, 1], "tanh", "sigmoid", rng=0), MLP(2, [8, 1], rng=0), MLP(2, [4, 2], rng=0):
        assert f"({100 * accuracy(model, X, y):.1f} %)" in plot.boundary(model, X, y).get_title(loc="left")


def test_classes_of_several_outputs_and_rows_with_a_one_for_the_class() -> None:
    model = MLP(2, [3], rng=0)
    ax = plot.boundary(model, XOR[0], [2, 1, 0, 1], classes=np.array(["a", "b", "c"]))
    assert [*points(ax)][:3] == ["a", "b", "c"]
    hot = plot.boundary(model, XOR[0], [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 1, 0]], classes=("a", "b", "c"))
    assert points(ax) == points(hot)
    assert points(plot.boundary(model, XOR[0], [0, 0, 0, 0]))["class 2"] == []


def test_a_model_that_says_the_same_everywhere_has_no_boundary() -> None:
    ax = plot.boundary(lambda row: row[0] * 0 + 1, *XOR)
    assert borders(ax) == []
    assert len(points(ax)["wrong: 2 of 4"]) == 2


def test_a_model_that_branches_is_drawn_as_it_is() -> None:
    ax = plot.boundary(lambda row: Value(1.0) if row[0].data > 0.31 else Value(-1.0), *XOR)
    assert all(0.25 < x < 0.37 for x, _ in borders(ax))


# Matrices


def test_weights_are_a_matrix_with_a_row_for_each_input() -> None:
    model = MLP(2, [3, 1], rng=0)
    ax = plot.weights(model)
    matrix = [[weight.data for weight in row] for row in model.weights()[0]]
    assert ax.images[0].get_array().tolist() == matrix
    named = {f"w{i}{j}": weight for i, row in enumerate(matrix, 1) for j, weight in enumerate(row, 1)}
    assert texts(ax) == [f"{name}\n{weight:.2f}".replace("-", "−") for name, weight in named.items()]
    assert [text.get_position() for text in ax.texts[:4]] == [(1, 1), (2, 1), (3, 1), (1, 2)]
    assert [*ax.images[0].get_extent()] == [0.5, 3.5, 2.5, 0.5]
    largest = max(abs(weight) for row in matrix for weight in row)
    assert ax.images[0].get_clim() == (-largest, largest)
    dark = [abs(weight) > heatmap.DARK * largest for row in matrix for weight in row]
    assert [text.get_color() == "white" for text in ax.texts] == dark
    assert 0 < sum(dark) < len(dark)
    assert ax.get_title(loc="left") == "Weights of layer 1: 2 inputs × 3 neurons"
    assert plot.weights(model, 2).images[0].get_array().shape == (3, 1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("to neuron", "from input")


def test_where_numbers_have_no_room_negative_weights_have_a_minus() -> None:
    layer = Layer(30, 10, rng=0)
    ax = plot.weights(layer)
    assert texts(ax) == []
    matrix = np.array([[weight.data for weight in row] for row in layer.weights()])
    rows, columns = np.nonzero(matrix < -heatmap.MINUS_FROM * abs(matrix).max())
    (minus,) = (each for each in ax.lines if each.get_marker() == "_")
    assert [*zip(minus.get_xdata(), minus.get_ydata())] == [*zip(columns + 1, rows + 1)]
    assert len(rows) > 100


@pytest.mark.parametrize(("rows", "columns"), [(1, heatmap.MOST_NUMBERS), (1, heatmap.MOST_NUMBERS + 1)])
def test_a_cell_has_its_number_or_a_minus_and_never_both(rows: int, columns: int) -> None:
    layer = Layer(rows, columns, rng=0)
    ax = plot.weights(layer)
    signs = [each for each in ax.lines if each.get_marker() == "_"]
    written = columns <= heatmap.MOST_NUMBERS
    assert len(texts(ax)) == (columns if written else 0)
    assert bool(sum(len(each.get_xdata()) for each in signs)) is not written


@pytest.mark.parametrize("count", [1, 2, 5, 11, 12, 13, 20, 40, 64, 100])
def test_neurons_are_numbered_by_ones_twos_fives_or_tens(count: int) -> None:
    ticks = [tick for tick in plot.weights(Layer(1, count, rng=0)).get_xticks() if 1 <= tick <= count]
    steps = {float(after - before) for before, after in pairwise(ticks)}
    assert len(ticks) <= 12
    assert steps <= {1.0, 2.0, 5.0, 10.0, 20.0}
    if count <= 12:
        assert ticks == [*range(1, count + 1)]


def test_one_part_of_a_model_has_one_matrix() -> None:
    assert plot.weights(Layer(2, 2, rng=0)).images[0].get_array().shape == (2, 2)
    assert plot.weights(Neuron(3, rng=0)).images[0].get_array().shape == (3, 1)
    assert texts(plot.weights(Layer(1, 1, init="zeros"))) == ["w11\n0.00"]


def test_the_matrices_of_a_recurrent_network_have_names() -> None:
    model = Recurrent(2, 3, 1, rng=0)
    titles = [plot.weights(model, layer).get_title(loc="left") for layer in (1, 2, 3)]
    assert titles == [
        "Weights of W: 2 inputs × 3 neurons",
        "Weights of U: 3 last states × 3 neurons",
        "Weights of V: 3 hidden neurons × 1 neuron",
    ]


def test_a_confusion_shows_counts_and_shares() -> None:
    ax = plot.confusion(np.array([[8, 2, 0], [0, 5, 0], [1, 0, 3]]), names=["cat", "dog", "cow"])
    assert {text.get_position(): text.get_text() for text in ax.texts} == {
        (0, 0): "8", (1, 0): "2", (1, 1): "5", (0, 2): "1", (2, 2): "3",
    }  # fmt: skip
    assert [text.get_fontweight() for text in ax.texts] == ["normal", "bold", "normal", "bold", "normal"]
    colors = ax.images[0].get_array()
    assert (colors**2).tolist() == pytest.approx(np.array([[0.8, 0.2, 0], [0, 1, 0], [0.25, 0, 0.75]]))
    assert (np.sign(colors) == [[1, -1, 0], [0, 1, 0], [-1, 0, 1]]).all()
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["cat", "dog", "cow"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["cat", "dog", "cow"]
    assert ax.get_title(loc="left") == "Confusion: 16 of 19 right (84.2 %)"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")


@pytest.mark.parametrize(
    ("names", "degrees"),
    [(["cat", "dog"], 0), (["n" * 20, "dog"], 0), (["n" * 21, "dog"], 45), (["n" * 6] * 8, 45), (["n" * 5] * 8, 0)],
)
def test_names_that_would_meet_are_turned(names: list[str], degrees: float) -> None:
    ax = plot.confusion(np.eye(len(names)), names=names)
    assert {tick.get_rotation() for tick in ax.get_xticklabels()} == {degrees}


def test_a_confusion_of_a_class_that_never_came() -> None:
    ax = plot.confusion([[0, 0], [1234567, 1]])
    assert texts(ax) == ["0", "1234567", "1"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "1"]


def test_a_models_confusion_goes_straight_into_a_plot() -> None:
    assert texts(plot.confusion(confusion_matrix(MLP(2, [1], init="zeros"), *XOR))) == ["2", "2", "0"]


# Images


def test_digits_are_drawn_with_their_probabilities() -> None:
    X = [[float(i == pixel) for i in range(6)] for pixel in range(3)]
    shares = [[0.7, 0.2, 0.1], [0.3, 0.3, 0.4], [0.25, 0.5, 0.25]]
    ax = plot.digits(X, np.array(shares), labels=[0, 1, 1], shape=(2, 3))
    assert [image.get_array().tolist() for image in ax.images] == [[row[:3], row[3:]] for row in X]
    assert all(image.get_clim() == (0.0, 1.0) for image in ax.images)
    heights = {bars.get_label(): [round(bar.get_height() / images.BARS, 9) for bar in bars] for bars in ax.containers}
    assert heights == {
        "right answer": [0.7, 0.5],
        "wrong answer": [0.4],
        "other class": [0.2, 0.1, 0.3, 0.3, 0.25, 0.25],
    }
    assert [text for text in texts(ax) if "%" in text] == ["0 (70 %)", "✗ 2 (40 %), is 1", "1 (50 %)"]
    assert [text for text in texts(ax) if "%" not in text] == ["0", "1", "2"] * 3
    assert ax.get_title(loc="left") == "2 of 3 right"
    (wrong,) = (bars for bars in ax.containers if bars.get_label() == "wrong answer")
    assert wrong.patches[0].get_hatch()


def test_each_bar_stands_under_its_image_and_over_its_class() -> None:
    ax = plot.digits([[0.0] * 4] * 5, [[0.25, 0.75]] * 5, shape=(2, 2))
    lefts = [image.get_extent()[0] for image in ax.images]
    bars = {bars.get_label(): bars for bars in ax.containers}
    for left, low, high in zip(lefts, bars["other class"], bars["answer"]):
        assert left < low.get_x() < left + 0.5 < high.get_x() < left + 1
    assert ax.get_title(loc="left") == "5 images"
    for image, low in zip(ax.images, bars["other class"]):
        top_of_bar, bottom_of_image = low.get_y() + low.get_height(), image.get_extent()[2]
        assert bottom_of_image - 1 < top_of_bar < bottom_of_image


def test_probabilities_may_be_what_softmax_gives() -> None:
    model = MLP(4, [3], rng=0)
    X = [[0.0, 0.5, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0]]
    ax = plot.digits(X, [losses.softmax(model(row)) for row in X], shape=(2, 2))
    assert len(ax.images) == 2


def test_the_first_layer_is_drawn_neuron_by_neuron() -> None:
    model = MLP(6, [5, 2], rng=0)
    ax = plot.first_layer(model, shape=(2, 3))
    mosaic = np.asarray(ax.images[0].get_array().filled(nan))
    numbers = [text for text in ax.texts if text.get_text().isdigit()]
    assert [text.get_text() for text in numbers] == ["1", "2", "3", "4", "5"]
    for neuron, text in zip(model.layers[0].neurons, numbers):
        left, top = (round(number) for number in text.get_position())
        tile = mosaic[top : top + 2, left : left + 3]
        assert tile.ravel().tolist() == [weight.data for weight in neuron.w]
        frame = ax.lines[int(text.get_text()) - 1]
        assert {*zip(frame.get_xdata(), frame.get_ydata())} == {
            (x, y) for x in (left + 0.5, left + 3.5) for y in (top + 0.5, top + 2.5)
        }
    assert np.count_nonzero(~np.isnan(mosaic)) == 30
    assert [top for top, pixels in enumerate(mosaic) if np.isnan(pixels).all()] == [0, 3]  # a gap above each line


# Networks


def wires(ax: Axes) -> list[LineCollection]:
    """The lines of positive weights, then of negative ones."""
    return [each for each in ax.collections if isinstance(each, LineCollection)]


def test_each_weight_is_a_line_with_its_sign_and_size() -> None:
    model = MLP(3, [4, 2], "tanh", rng=0)
    ax = plot.network(model)
    all_weights = [weight.data for matrix in model.weights() for row in matrix for weight in row]
    largest = max(map(abs, all_weights))
    widths = [(sign, width) for lines, sign in zip(wires(ax), (1, -1)) for width in lines.get_linewidths()]
    drawn = [sign * (width - network_graph.THIN) / network_graph.THICK * largest for sign, width in widths]
    assert sorted(drawn) == pytest.approx(sorted(all_weights))
    positive, negative = wires(ax)
    assert positive.get_linestyle() != negative.get_linestyle()
    assert [to_hex(each.get_color()[0]).upper() for each in (positive, negative)] == [canvas.BLUE, canvas.ORANGE]
    assert legend(ax) == ["positive weight", "negative weight"]


def test_a_line_joins_the_input_and_the_neuron_of_its_weight() -> None:
    layer = Layer(2, 3, init="zeros")
    layer.weights()[1][2].data = 0.5  # w₂₃ joins the second input to the third neuron
    positive, negative = wires(plot.network(layer))
    ((start, end),) = positive.get_segments()
    assert len(negative.get_segments()) == 0
    ax = plot.network(layer)
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert (tuple(start), tuple(end)) == (places["x2"], places["y3"])


def test_a_small_network_has_its_numbers_in_it() -> None:
    model = MLP(2, [2, 1], "tanh", rng=0)
    model.layers[1].neurons[0].b.data = -0.25
    numbers = [
        f"{weight.data:.2f}".replace("-", "−") for matrix in model.weights() for row in zip(*matrix) for weight in row
    ]
    assert [text for text in texts(plot.network(model)) if "." in text and "=" not in text] == numbers
    assert [text for text in texts(plot.network(model)) if "b =" in text] == ["b = 0.00", "b = 0.00", "b = −0.25"]
    assert not any("b =" in text for text in texts(plot.network(MLP(4, [4], rng=0))))


def test_nodes_show_the_numbers_of_a_sample() -> None:
    model = MLP(4, [4, 2], "tanh", rng=0)
    row = [1.0, -0.5, 0.25, 0.0]
    hidden = model.layers[0](row)
    columns = [row, [h.data for h in hidden], [y.data for y in model.layers[1](hidden)]]
    ax = plot.network(model, row)
    shown = [text for text in texts(ax) if "." in text]
    assert shown == [f"{value:.2f}".replace("-", "−") for column in columns for value in column]
    nodes = [each for each in ax.collections if type(each) is PathCollection]
    for column, values in zip(nodes, columns):
        assert column.get_array().tolist() == pytest.approx([value / max(map(abs, values)) for value in values])
    assert ax.get_title(loc="left") == "MLP: 30 parameters, one sample"
    assert [text for text in texts(ax) if "\n" in text] == ["4 neurons\ntanh", "2 outputs\nlinear"]


def test_a_large_network_shows_some_of_its_nodes() -> None:
    ax = plot.network(MLP(64, [32, 10], rng=0))
    assert [len(each.get_offsets()) for each in ax.collections if type(each) is PathCollection] == [11, 11, 10]
    assert sum(len(each.get_segments()) for each in wires(ax)) == 11 * 11 + 11 * 10
    assert texts(ax).count("⋮") == 2
    assert "64 inputs\n(11 drawn)" in texts(ax)
    assert {"x1", "x6", "x60", "x64"} <= {*texts(ax)}
    assert not {"x7", "x59"} & {*texts(ax)}
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts if text.get_text().startswith("x")}
    gap = next(text for text in ax.texts if text.get_text() == "⋮")
    assert gap.get_position()[1] == pytest.approx((heights["x6"] + heights["x60"]) / 2)


def test_a_neurons_parts_are_named_both_ways() -> None:
    neuron = Neuron(2, "sigmoid", rng=0)
    shown = texts(plot.network(neuron, [1.0, 0.5]))
    for part in "2 inputs\n(dendrites)", "weights\n(synapses)", "sum, then sigmoid\n(cell body)", "output\n(axon)":
        assert part in shown
    assert f"{neuron([1.0, 0.5]).data:.2f}" in shown


def test_a_recurrent_network_reads_its_last_state() -> None:
    model = Recurrent(1, 2, 1, rng=0)
    sequence = [0.3, -0.6, 0.9]
    _, states = model.unroll(sequence)
    ax = plot.network(model, iter(sequence))
    before, after = ([f"{h.data:.2f}".replace("-", "−") for h in state] for state in states[-2:])
    outputs = [f"{model(sequence)[-1].data:.2f}".replace("-", "−")]
    nodes = [text.get_text() for text in ax.texts if text.get_zorder() == 4]
    assert nodes == ["0.90", *before, *after, *outputs]
    assert "state, one step later" in texts(ax)
    (arrow,) = (text for text in ax.texts if getattr(text, "arrow_patch", None))
    inputs, hidden = (
        min(
            text.get_position()[1] for text in ax.texts if text.get_zorder() == 4 and text.get_position()[0] == column
        )
        for column in (0, 1)
    )
    assert arrow.xy == (0, inputs - 0.5)  # back to below the inputs
    (way,) = (each for each in ax.lines if [*each.get_xdata()] == [1, 1, 0])
    assert max(way.get_ydata()[1:]) < min(inputs, hidden) - 0.5  # below all neurons
    assert way.get_ydata()[0] == hidden - 0.5
    assert "1 input\n2 last states" in texts(ax)
    first = next(each for each in ax.collections if type(each) is PathCollection)
    assert len({str(dash) for dash in first.get_linestyle()}) == 2
    nodes = [text.get_text() for text in plot.network(model, [0.3]).texts if text.get_zorder() == 4]
    assert nodes[1:3] == ["0.00", "0.00"]


# Errors


def ruined(weight: float = nan) -> MLP:
    model = MLP(2, [2, 1], rng=0)
    model.layers[0].neurons[1].w[0]._data = weight
    return model


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (plot.losses, "run"),
        (lambda: plot.losses([]), "run 1"),
        (lambda: plot.losses([1.0], History()), "run 2"),
        (lambda: plot.losses([nan, inf]), "run 1 ... nan"),
        (lambda: plot.losses(0.5), "run 1 is a list"),
        (lambda: plot.losses([1.0], ["2.0"]), "entry 0 of run 2 is the text '2.0'"),
        (
            lambda: plot.losses([History([{"loss": 1.0}])]),
            "entry 0 of run 1 ... History",
        ),
        (lambda: plot.losses([1.0], [2.0], labels=["a"]), "labels ... 1 name ... 2"),
        (lambda: plot.activation("sigmiod"), "'sigmiod' ... 'sigmoid'?"),
        (lambda: plot.activation("maximum"), "'maximum'"),
        (lambda: plot.activation(lambda x: x.data), "-4.0 ... Value"),
        (lambda: plot.activation(lambda x: (-(x**2) - 1).log()), "must be positive"),
        (lambda: plot.descent(parabola), "path"),
        (lambda: plot.descent(parabola, []), "the path is empty"),
        (lambda: plot.descent(parabola, [5.0], []), "path 2 is empty"),
        (lambda: plot.descent(parabola, [5.0, inf]), "inf in step 1"),
        (lambda: plot.descent(bowl, [(1.0, 2.0, 3.0)]), "there are 3"),
        (lambda: plot.descent(bowl, [(1.0, 2.0), 3.0]), "1 and 2"),
        (lambda: plot.losses([-1.0, -2.0], log=True), "losses above 0"),
        (lambda: plot.losses([1.0], ["1", True]), "entry 0 of run 2 is the text '1'"),
        (lambda: plot.losses([1e308]), "run 1 ... loss"),
        (lambda: plot.losses([1.0], labels=[None]), "labels is a list of names"),
        (lambda: plot.descent(3, [5.0]), "function ... unlike 3"),
        (lambda: plot.descent(parabola, [5.0], tangent="a"), "tangent"),
        (lambda: plot.descent(parabola, [5.0], tangent=True), "tangent"),
        (lambda: plot.descent(parabola, [5.0], tangent=-1), "step -1"),
        (lambda: plot.descent(parabola, [5.0], limits=3), "(low, high) for 1 weight"),
        (lambda: plot.descent(lambda: 3, [5.0]), "called with a Value"),
        (lambda: plot.descent(lambda w: None, [5.0]), "None"),
        (lambda: plot.descent(lambda w: w * 1e200, [5.0]), "too large"),
        (lambda: plot.descent(bowl, [(1.0, 1e200)]), "training diverged"),
        (lambda: plot.activation(len), "len ... called with a Value"),
        (lambda: plot.boundary(len, *XOR, threshold="a"), "threshold is the text 'a'"),
        (lambda: plot.boundary(len, *XOR, threshold=True), "threshold is True"),
        (lambda: plot.boundary(len, *XOR, threshold=nan), "threshold"),
        (lambda: plot.boundary(lambda row: [], *XOR), "gives 0 outputs"),
        (lambda: plot.boundary(lambda row: [1.0] * (1 + (row[0] > 0.5)), *XOR), "1 and 2 outputs"),
        (lambda: plot.boundary(len, XOR[0], np.zeros((4, 2, 2))), "0 and 1"),
        (lambda: plot.boundary(MLP(2, [2], rng=0), XOR[0], [[0.5, 0.5]] * 4), "the classes 0 to 1"),
        (lambda: plot.boundary(len, [[1e308, 0.0]], [0]), "X ... 1e+308"),
        (lambda: plot.weights(Layer), "the class"),
        (lambda: plot.network(ruined(1e200)), "layer1.neuron2.w[0] is 1e+200"),
        (lambda: plot.digits([[0.0] * 64], [[1.0]]), "of one class"),
        (lambda: plot.descent(parabola, ["5"]), "step 0 of the path is the text '5'"),
        (lambda: plot.descent(parabola, [5.0, 4.2], tangent=2), "step 2 ... tangent"),
        (lambda: plot.descent(lambda w: [w, w], [5.0]), "one Value ... 2"),
        (lambda: plot.descent(lambda w: w.data**2, [5.0]), "25.0 ... Value"),
        (lambda: plot.descent(lambda w: (-(w**2) - 1).log(), [5.0]), "must be positive"),
        (lambda: plot.descent(parabola, [5.0], limits=(3, 1)), "(3, 1)"),
        (lambda: plot.descent(bowl, [(1.0, 1.0)], limits=[(0, 1)]), "(low, high) for 2 weights"),
        (lambda: plot.boundary(MLP(3, [1], rng=0), [[1, 2, 3]], [1]), "two inputs ... 3"),
        (lambda: plot.boundary(MLP(3, [1], rng=0), *XOR), "3 inputs ... 2"),
        (lambda: plot.boundary(MLP(2, [1], rng=0), XOR[0], [0, 1]), "4 rows ... 2 targets"),
        (lambda: plot.boundary(MLP(2, [1], rng=0), [], []), "X is empty"),
        (lambda: plot.boundary(MLP(2, [1], rng=0), [[0, nan]], [0]), "nan"),
        (lambda: plot.boundary(MLP(2, [1], rng=0), XOR[0], [0, 1, 2, 0]), "y ... 2: ... one output"),
        (lambda: plot.boundary(MLP(2, [3], rng=0), XOR[0], [0, 1, 3, 0]), "class 3"),
        (lambda: plot.boundary(MLP(2, [1], rng=0), *XOR, classes=["a"]), "classes ... 1 name ... 2"),
        (lambda: plot.boundary(MLP(2, [1], rng=0), *XOR, features=["a"]), "features ... 1 name ... 2"),
        (lambda: plot.weights(MLP(2, [3, 1], rng=0), 3), "layer 3: ... 2 layers"),
        (lambda: plot.weights(MLP(2, [3, 1], rng=0), 0), "layer 0"),
        (lambda: plot.weights([[1.0]]), "MLP ... a list"),
        (lambda: plot.weights(ruined()), "layer1.neuron2.w[0] is nan"),
        (lambda: plot.network(ruined()), "layer1.neuron2.w[0] is nan"),
        (lambda: plot.network(Module()), "a Module ... Structure"),
        (lambda: plot.network(MLP(2, [1], rng=0), [1.0]), "2 inputs ... 1"),
        (lambda: plot.network(Recurrent(1, 2, rng=0), []), "sequence ... empty"),
        (lambda: plot.network(Recurrent(1, 2, rng=0), 3.0), "sequence"),
        (lambda: plot.digits([[0.0] * 63], [[1.0]]), "X ... 63 ... 64"),
        (lambda: plot.digits([[0.0] * 64], [[0.5, 0.5]] * 2), "1 image ... 2 rows"),
        (lambda: plot.digits([[0.0] * 64], [[2.0, 3.0]]), "row 0 ... 5"),
        (lambda: plot.digits([[0.0] * 64], [[2.0, -1.0]]), "row 0 ... -1"),
        (
            lambda: plot.digits([[0.0] * 64], [[0.5, 0.5]], [2]),
            "class 2: ... 0 to 1",
        ),
        (lambda: plot.digits([[0.0] * 64], [[0.5, 0.5]], [0, 1]), "1 row ... 2 targets ... labels"),
        (lambda: plot.digits([[0.0] * 64] * 61, [[1.0]] * 61), "61 images"),
        (lambda: plot.digits([[0.0] * 64], [[1.0]], shape=8), "shape"),
        (lambda: plot.first_layer(MLP(2, [3], rng=0)), "2 numbers ... 64"),
        (lambda: plot.first_layer(MLP(64, [3], rng=0), shape=(0, 64)), "side ... whole number"),
        (lambda: plot.confusion([[1, 2]]), "1 × 2"),
        (lambda: plot.confusion([[1, -2], [0, 1]]), "-2"),
        (lambda: plot.confusion([[1, 0], [0, 1]], names=["a", "b", "c"]), "names ... 3 names ... 2"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make: Callable[[], Any], says: str) -> None:
    with pytest.raises(GradwalkError) as caught:
        make()
    assert mentions(caught.value, says), str(caught.value)
    heard(str(caught.value))

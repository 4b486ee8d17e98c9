"""Pictures and programs as text, for the transcripts in tests/golden: what stands where, in rounded numbers.

A change of a picture then shows in a diff, which is read, and looked at, before it is written anew.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import chain
from operator import methodcaller
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from zoo import ZOO, irregular, mlp, nested, newton, recurrent, residual

from engine import Value, compile, walk, where
from engine.draw.frames import frames
from engine.draw.layered import can_lay_out, layered_svg
from engine.draw.picture import picture
from engine.draw.size import estimate
from engine.printer import format_number
from engine.terminal import TextStyle
from engine.walk.explain import Wording
from engine.walk.film import Scene
from engine.walk.long import kinds_of, quiz_columns, walk_columns
from nn import MLP, Layer, Neuron, Recorder, Recurrent, data, fit, losses, optim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")


def rounded(text: str, digits: int = 3) -> str:
    """Round the numbers of a text, so that another library's last digits change nothing."""
    return NUMBER.sub(lambda number: format_number(float(number[0]), digits), text)


def neuron() -> Value:
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.5, "b")
    h = (x * w + b).tanh()
    h.label = "h"
    h.backward()
    return h


GRAPHS: dict[str, Callable[[], Value]] = {
    "neuron": neuron,
    "sum of one product": lambda: Value(2.0, "a") * Value(3.0, "b") + Value(0.5, "c") + Value(-1.0, "d"),
    "MLP 3-3-1": partial(mlp, (3, 3, 1)),
    "batch of 4": partial(mlp, (8, 8, 1), 4),
    "RNN 5, each": partial(recurrent, 5, True),
    "Newton 20": partial(newton, 20),
    "nested 6 x 4": partial(nested, 6, 4),
    "residual 6": partial(residual, 6),
    "irregular 200": partial(irregular, 200),
}


def folds() -> str:
    """Return the boxes and the arrows of drawings, their estimated sizes, and how they open in a page."""
    return "\n".join(line for name, make in GRAPHS.items() for line in folded(name, make()))


def folded(name: str, root: Value) -> Iterator[str]:
    drawn = picture(root, None, "auto", None, None, None, False)
    width, height = estimate(drawn)
    yield f"== {name}: fold {drawn.fold}, {drawn.direction}, about {width:.0f} x {height:.0f} points"
    for box in drawn.boxes:
        yield f"{box.id}: {box.label_text}"
        yield from (f"    {' | '.join(map(str, row))}" for row in box.label_text.table)
    for arrow in drawn.arrows:
        strength = f", {arrow.width:.2f} strong" if arrow.width else ""
        yield f"{arrow.tail} -> {arrow.head}: {arrow.label!r}, {arrow.edges}{strength}"
    for fold in ("none", "neurons", "layers", "loops", "blocks"):
        other = picture(root, None, fold, None, None, None, False)
        sizes = " x ".join(f"{each:.0f}" for each in estimate(other))
        yield f"fold {fold}: {len(other.boxes)} boxes, {len(other.arrows)} arrows, {sizes}"
    for frame in frames(drawn):
        yield f"frame {frame.title!r}: {frame.nodes} nodes, {len(frame.links)} links, {frame.closed} closed"
        if shown := frame.picture:
            yield f"    fold {shown.fold}, {shown.direction}, {len(shown.boxes)} boxes, {len(shown.arrows)} arrows"
    yield ""


def layouts() -> str:
    """Return the plain layout of small graphs, as SVG: in each direction, marked, filled."""
    texts = []
    for name, direction, marked in (
        ("neuron", "LR", False),
        ("sum of one product", "LR", False),
        ("neuron", "TB", True),
        ("sum of one product", "RL", True),
        ("neuron", "BT", False),
    ):
        root = GRAPHS[name]()
        marks = [root, (root, 0)] if marked else None
        drawn = picture(root, direction, "none", None, None, marks, marked, heat=direction == "BT")
        assert can_lay_out(drawn)
        looks = ", local derivatives and marks" if marked else ""
        texts.append(f"== {name}, {direction}{looks}\n{rounded(layered_svg(drawn).decode(), 4)}")
    return "\n".join(texts)


def long_walks() -> str:
    """Return what the script of a long walk's page is given."""
    a, b = Value(2.0, "a"), Value(-0.5)
    power = (a * b - 3.0) ** 2 / (b * b) + (-2.0) * a
    several = power.relu() + Value(4.0).sqrt() * power
    several.label = "L"
    texts = []
    for name, root in (("powers", power), ("several", several), ("MLP", ZOO["MLP 3-3-1"]())):
        steps = walk(root)
        columns = walk_columns(steps, Wording(steps.trace, TextStyle()))
        columns |= quiz_columns(kinds_of(steps.trace, Wording(steps.trace, TextStyle())))[0]
        texts += [f"== {name}", *(f"{key}: {unpacked(value)}" for key, value in columns.items())]
    return "\n".join([*texts, ""])


def unpacked(value: Any) -> str:
    return rounded(f"{value}", 6)


# Plots


def plots() -> str:
    """Return what the plots have on their axes."""
    from matplotlib.figure import Figure

    from nn import plot

    moons = data.moons(12, noise=0.1, seed=0)
    model = MLP(2, [3, 1], rng=1)
    image_model = MLP(4, [3, 2], rng=1)
    squares = [[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 1.0], [0.5, 0.2, 0.1, 0.9]]
    drawn: dict[str, Callable[[Any], Any]] = {
        "losses": lambda ax: plot.losses([3.0, 1.0, 0.5, 0.4], [2.0, 1.5, 1.2, 1.1], labels=["a", "b"], ax=ax),
        "losses, log": lambda ax: plot.losses([3.0, 0.1, 1e-4], ax=ax),
        "activation": lambda ax: plot.activation("tanh", ax=ax),
        "boundary": lambda ax: plot.boundary(model, moons.X, moons.y, ax=ax),
        "descent": lambda ax: plot.descent(lambda w: w * w, [3.0, 1.5, 0.75], ax=ax),
        "descent in two": lambda ax: plot.descent(lambda w, v: w * w + v, [(1.0, 2.0), (0.5, 1.0)], ax=ax),
        "network": lambda ax: plot.network(model, [0.5, -1.0], ax=ax),
        "network, a neuron": lambda ax: plot.network(Neuron(2, "tanh", rng=0), ax=ax),
        "network, a state": lambda ax: plot.network(Recurrent(1, 2, 1, rng=0), [[0.5], [-1.0]], ax=ax),
        "network, many": lambda ax: plot.network(MLP(14, [3, 1], rng=0), ax=ax),
        "neurons": lambda ax: plot.neurons(model, moons.X, ax=ax),
        "weights": lambda ax: plot.weights(model, ax=ax),
        "confusion": lambda ax: plot.confusion([[5, 1], [0, 7]], ["no", "yes"], ax=ax),
        "digits": lambda ax: plot.digits(data.digits().X[:3], [[0.1] * 10] * 2 + [[0.0] * 9 + [1.0]], ax=ax),
        "features": lambda ax: plot.features(image_model, squares, shape=(2, 2), ax=ax),
    }
    texts = []
    for name, make in drawn.items():
        ax = Figure(figsize=(6, 4)).subplots()
        make(ax)
        size = spread(make(None).figure.get_size_inches())
        texts += [f"== {name}: {size} inches of its own", *described(ax), ""]
    texts.append("== inches of larger ones")
    large: dict[str, Callable[[], Any]] = {
        "features": lambda: plot.features(MLP(64, [9, 5], rng=1), data.digits().X[:9], shape=(8, 8)),
        "digits": lambda: plot.digits(data.digits().X[:30], [[0.1] * 10] * 30),
        "network": lambda: plot.network(MLP(2, [30, 30, 20, 1], rng=0)),
        "neurons": lambda: plot.neurons(MLP(2, [20, 20, 1], rng=1), moons.X),
        "weights": lambda: plot.weights(MLP(64, [30, 1], rng=1)),
        "confusion": lambda: plot.confusion([[1] * 20] * 20),
        "descent": lambda: plot.descent(lambda w: w * w, [float(30 - place) for place in range(30)]),
    }
    texts += [f"{name}: {spread(make().figure.get_size_inches())}" for name, make in large.items()]
    return "\n".join([*texts, ""])


def described(ax: Any) -> Iterator[str]:
    """Yield what axes show: titles, limits, and a line for each line, text, patch, image and collection."""
    from matplotlib.collections import LineCollection, PathCollection

    yield f"title {ax.get_title()!r}, {ax.get_title('left')!r}"
    yield f"x {ax.get_xlabel()!r} {spread(ax.get_xlim())}, y {ax.get_ylabel()!r} {spread(ax.get_ylim())}"
    for line in ax.lines:
        xs, ys = map(list, line.get_data())
        look = f"{line.get_color()} {line.get_linestyle()} {line.get_linewidth():g}"
        mark = f"{line.get_marker()} {line.get_markersize():g}"
        yield f"line {look} {mark}: {len(xs)} points, {spread(xs[:1] + xs[-1:])}, {spread(ys[:1] + ys[-1:])}"
    for text in ax.texts:
        look = f"{text.get_fontsize():.3g} {colored(text.get_color())}"
        toward = f" of {spread(text.xy)}" if hasattr(text, "xy") else ""  # an annotation is of a place
        tail = f", arrow {text.arrow_patch.get_linewidth():.3g}" if getattr(text, "arrow_patch", None) else ""
        yield f"text {text.get_text()!r} {look} at {spread(text.get_position())}{toward}{tail}"
    for drawn in ax.patches:
        points = drawn.get_path().vertices
        corners = drawn.get_patch_transform().transform([points.min(0), points.max(0)])
        yield f"{type(drawn).__name__} {drawn.get_linewidth():g}: {' to '.join(map(spread, corners))}"
    for image in ax.images:
        rows, columns = image.get_array().shape[:2]
        colors = f"colors {spread(image.get_clim())}, mean {image.get_array().mean():.3g}"
        yield f"image {rows} x {columns}, {spread(image.get_extent())}, {colors}"
    for many in ax.collections:
        paths = many.get_paths()
        yield f"{type(many).__name__} {len(paths)}, widths {spread(many.get_linewidths())}, alpha {many.get_alpha()}"
        if isinstance(many, PathCollection):
            dashes = "".join("-" if dash is None else ":" for _, dash in many.get_linestyle())
            numbers = "" if many.get_array() is None else f", numbers {spread(many.get_array())}"
            yield f"    at {'; '.join(map(spread, many.get_offsets()))}, {dashes}{numbers}"
        elif isinstance(many, LineCollection) and paths:
            ends = (f"{spread(path.vertices[0])} to {spread(path.vertices[-1])}" for path in paths)
            yield f"    {'; '.join(ends)}"
    if legend := ax.get_legend():
        place = legend.get_bbox_to_anchor().transformed(ax.transAxes.inverted()).bounds
        yield f"legend {[text.get_text() for text in legend.get_texts()]} at {spread(place)}"
    for axis in (ax.xaxis, ax.yaxis):
        names = [text.get_text() for text in axis.get_ticklabels()]
        if any(re.match("[a-z]", name) for name in names):
            yield f"ticks {names}, {axis.get_ticks_position()}"


def colored(color: Any) -> str:
    return color if isinstance(color, str) else spread(color)


def spread(numbers: Any) -> str:
    return " ".join(f"{float(number):.3g}" for number in numbers)


# Recordings of trainings


def recordings() -> str:
    """Return the pictures of trainings: those of the page, and the axes of the film."""
    from nn.record.film import film

    texts = []
    for name, X, y, loss in (
        (
            "two features",
            data.moons(8, noise=0.1, seed=0).X,
            [1, 0, 1, 0, 1, 0, 1, 0],
            "binary_cross_entropy_on_logits",
        ),
        ("one feature", [[0.0], [1.0], [2.0]], [0.0, 1.0, 4.0], "mse"),
    ):
        model = MLP(len(X[0]), [2, 1], rng=0)
        recorder = Recorder()
        fit(model, X, y, loss, optimizer=optim.SGD(model.parameters(), lr=0.1), epochs=3, recorder=recorder,
            validation=(X[:2], y[:2]))  # fmt: skip
        with TemporaryDirectory() as folder:
            html = recorder.save(Path(folder) / "training.html").read_text(encoding="utf-8")
        pictures = re.findall(r"<svg xmlns.*?</svg>", html, flags=re.DOTALL)
        texts += [f"== {name}", *(rounded(each).replace("><", ">\n<") for each in pictures)]
        with patch("nn.record.film.save_film") as saved:
            film(recorder, Path("a.gif"), "how it learns", None, None)
        _, figure, show, count, seconds, _ = saved.call_args.args
        show(2)
        texts += [f"{count} pictures, {seconds} s each", *(f"{text.get_text()}" for text in figure.texts)]
        texts += [f"    at {spread(text.get_position())}, {text.get_fontsize():g}" for text in figure.texts]
        for ax in figure.axes:
            texts += [f"axes {spread(ax.get_position().bounds)}", *described(ax)]
        texts.append("")
    return "\n".join(texts)


# Films of walks


def films() -> str:
    """Return what pictures of films of walks show: where they look, the words below, and what stands out."""
    from matplotlib.figure import Figure

    deep = x = Value(0.5, "x")
    for _ in range(8):
        deep = (deep * 0.9).tanh()
    deep = deep * x  # an edge over the whole length
    texts = []
    for name, root, moments in (("neuron", neuron(), None), ("deep", deep, (0, 1, 9, 17, 18, 19, 20, 28))):
        steps, figure = walk(root), Figure((12.8, 7.2), dpi=100)
        with patch("engine.draw.render.programs", list):  # each machine lays out a little differently
            scene = Scene(steps, figure)
        formulas = sum(text.get_parse_math() for text in [*figure.texts, *scene.axes.texts])
        texts += [f"== {name}: {len(scene.nodes)} nodes, {len(scene.edges)} edges, {formulas} texts read as formulas"]
        texts += [f"axes {spread(scene.axes.get_position().bounds)}", f"whole {spread(scene.whole)}"]
        for moment in range(len(steps) + 1) if moments is None else moments:
            scene.show(moment)
            texts += [f"-- after {moment}", *filmed(scene, figure)]
    return "\n".join([*texts, ""])


get_visible = methodcaller("get_visible")


def filmed(scene: Any, figure: Any) -> Iterator[str]:
    """Yield where a film looks, its words, and each node and edge that is seen, as it looks."""
    yield f"x {spread(scene.axes.get_xlim())}, y {spread(scene.axes.get_ylim())}"
    yield from (f"{text.get_fontsize():g} {text.get_color()}: {text.get_text()!r}" for text in figure.texts)
    for name, shapes in chain(scene.nodes.items(), scene.edges.items()):
        if shapes.seen:
            line = shapes.lines[0][0]
            look = f"{spread(line.get_edgecolor())} {line.get_linewidth():.3g} {line.get_linestyle()}"
            words = [text.get_text() for text, _ in shapes.sizes if text.get_visible()]
            sizes = sorted({f"{text.get_fontsize():.3g}" for text, _ in shapes.sizes})
            heads, tips = (sum(map(bool, map(get_visible, each))) for each in (shapes.heads, shapes.tips))
            yield f"{name} {look}, {words}, letters {' '.join(sizes)}, heads {heads} and {tips}"


# Programs


def programs() -> str:
    """Return the sources of programs, as they are read, and as they run in each form."""
    texts = []
    for name, (root, inputs, parameters) in (
        ("MLP", multilayer()),
        ("series", series(6)),
        ("long series", series(40)),
        ("residual", skipping()),
        ("triangle", triangle()),
        ("odd operations", odd()),
    ):
        texts += [f"== {name}", f"{compile(root, inputs, parameters)}"]
        for form in () if name == "long series" else ("scalars", "columns", "matrices"):
            texts += [f"-- {form}", compile(root, inputs, parameters, form=form).source]
    return "\n".join(texts)


Recorded = tuple[Value, list[Value], list[Value]]


def multilayer() -> Recorded:
    model, row, target = MLP(2, [3, 1], rng=0), [Value(0.5, "x1"), Value(-1.0, "x2")], Value(1.0, "t")
    return losses.mse(model(row), target), [*row, target], model.parameters()


def series(steps: int) -> Recorded:
    model, row = Recurrent(1, 3, 1, rng=0), [[Value(0.1 * place, f"x{place}")] for place in range(steps)]
    return model(row)[-1] ** 2, [x for (x,) in row], model.parameters()


def skipping() -> Recorded:
    first, second, row = Layer(2, 2, rng=0), Layer(2, 2, rng=1), [Value(0.5, "x1"), Value(-1.0, "x2")]
    between = [a + b for a, b in zip(row, first(row))]
    after = [a + b for a, b in zip(between, second(between))]
    return after[0] * after[1], row, [*first.parameters(), *second.parameters()]


def triangle() -> Recorded:
    """Each number with those before it: sums of one product, of two, of three."""
    row, w = [Value(0.5 + place, f"x{place}") for place in range(4)], [Value(0.1, f"w{place}") for place in range(4)]
    sums = [sum((w[k] * row[k] for k in range(place)), w[place] * row[place]) for place in range(4)]
    return sum((each.tanh() for each in sums), Value(0.0)), row, w


def odd() -> Recorded:
    x, p, q = Value(2.0, "x"), Value(1.5, "p"), Value(0.5, "q")
    chosen = where(x, (p * x).sqrt(), q.exp()) - abs(q) / (1.0 + p * p)
    powers = q.maximum(x) ** 3 + (x + 1.0) ** 3 + (p - 1.0) ** -2 + (x * 0.5) ** 0.5
    return chosen * (p - x).relu() + powers - (p * q).clip(-1.0, 1.0).sigmoid(), [x], [p, q]

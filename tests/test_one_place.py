"""One decision, one function: what used to be decided in several places is decided by one, and all of them ask it.

Each row names a function, puts another in its place, and looks at every consumer: one that has a copy of its own goes
on as before. (It is the code of the function that is replaced, so names that were imported before follow, too.)
"""

from __future__ import annotations

import inspect
import io
import math
import re
import sys
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from strategies import recipe

import engine
import nn
from demos.cli import command as commands
from demos.exercises import commands as exercise_words, probe
from demos.exercises.course import exercise
from engine import GradwalkError, Value, draw, format_number, gradcheck, jvp, walk

from engine import arguments, chain, define, files, graph, numeric, parser, sources  # isort: skip
from engine.expression import Expression, numbers as typed_numbers
from engine.printer import names
from engine.program.tape import Tape
from engine.walk import quiz
from engine.walk.page import page as walk_page
from engine.walk.worksheet import worksheet
from nn import MLP, Module, Neuron, Recorder, data, fit, losses, plot

from nn import decision  # isort: skip
from nn.losses import classes
from nn.picture import curve as margins, network as columns_of
from nn.record.measure import Meter, Snapshot
from nn.record.network import network_svg
from nn.record.page import loss_table, sentence
from nn.record.surface import surface
from nn.record.svg import curve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FunctionType

ROOT = Path(__file__).parents[1]
X = [[-1.0, 0.2], [0.3, -0.4], [0.5, 0.6], [-0.7, -0.8], [0.9, 1.0]]
Y = [1, 0, 0, 0, 1]


class Gate(Module):
    """A model of one's own that ends in a sigmoid."""

    def __init__(self) -> None:
        self.neuron = Neuron(2, rng=1)

    def __call__(self, row: Any) -> Any:
        return self.neuron(row).sigmoid()


def recorder_of(model: Module, y: list[Any] = Y, **options: Any) -> Recorder:
    """Return the recording of a training that moves nothing."""
    recorder = Recorder()
    loss = "cross_entropy" if isinstance(model(X[0]), list) else "mse"
    told: dict[str, Any] = {"epochs": 1, "optimizer": "sgd", "schedule": lambda _: 0.0, "loss": loss}
    fit(model, X, y, recorder=recorder, **told | options)
    return recorder


def surface_of(model: Module, y: list[Any] = Y) -> Any:
    recorder = recorder_of(model, y)
    return surface(Meter(recorder.objective, None, recorder.leaves), recorder.snapshots, None, None)


def outcome(call: Callable[[], object]) -> str:
    """Return what a call returns, or the error that it raises, as text."""
    try:
        return str(call())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


# Put another function in its place


class Row(NamedTuple):
    """A function, what is put in its place, what then shows, and the consumers that must show it."""

    function: Any
    instead: Any
    shows: str
    consumers: Mapping[str, Callable[[], object]]


def product() -> Value:
    return Value(3.25, "a") * Value(1.5, "b")


def at_the_prompt(*lines: str) -> str:
    """Return what the prompt of a walk prints."""
    out, before = io.StringIO(), (sys.stdin, sys.stdout)
    sys.stdin, sys.stdout = io.StringIO("".join(f"{line}\n" for line in lines)), out
    try:
        walk(product()).repl()
    finally:
        sys.stdin, sys.stdout = before
    return out.getvalue()


def legend_of(ax: Any) -> str:
    return " ".join(text.get_text() for text in ax.get_legend().get_texts())


def texts_of(ax: Any) -> str:
    return " ".join(text.get_text() for text in ax.texts)


def title_of(ax: Any) -> str:
    return str(ax.get_title(loc="left"))


def moment(epoch: int, loss: float) -> Snapshot:
    return Snapshot(epoch, None, loss, loss, None, [], [])


def large(number: float = 1234.5678) -> Neuron:
    """Return a neuron with large weights."""
    neuron = Neuron(2, rng=0)
    neuron.w[0].data = neuron.w[1].data = neuron.b.data = number
    return neuron


def numbers_in(number: float) -> dict[str, Callable[[], object]]:
    """Return whatever writes a number that is in a graph, in a plot or in a recording."""

    def node() -> Value:
        return Value(number, "w") * 1.0

    return {
        "drawing": lambda: draw(node()).dot,
        "walk": lambda: walk(node()).text(),
        "prompt": lambda: at_the_prompt("run") and walk(node())[0],
        "walk page": lambda: walk_page(walk(node())).html,
        "worksheet": lambda: worksheet(walk(node())).html,
        "notebook": lambda: walk(node())._repr_html_(),
        "quiz": lambda: walk(node()).predict(number),
        "name of a constant": lambda: [*names([engine.constant(number)]).values()],
        "finding": lambda: engine.diagnose((Value(0.0, "w") * 1e-300 + -number).relu() * Value(number, "q")),
        "plot of a descent": lambda: legend_of(plot.descent(lambda w: w * 0 + number, [number])),
        "plot of weights": lambda: texts_of(plot.weights(large(number))),
        "plot of a network": lambda: texts_of(plot.network(large(number))),
        "sentence of a recording": lambda: sentence(moment(1, number), 1),
        "table of a recording": lambda: loss_table([moment(1, number)]),
        "curve of a recording": lambda: curve([moment(0, number), moment(5, number)]).svg,
    }


def edges() -> dict[str, Callable[[], object]]:
    """Return whatever measures a slope by moving a number."""
    return {
        "central": lambda: numeric.central(math.sin, 1.0),
        "nudge": lambda: numeric.nudge(math.sin, 1.0, 1e-4).slope,
        "ridders": lambda: numeric.ridders(math.sin, 1.0, 0.1)[0],
        "gradcheck": lambda: outcome(lambda: gradcheck("sin", 1.0)),
        "why": _why,
        "exercises": lambda: probe.nudge(math.sin, 1.0),
    }


def _why() -> str:
    steps = walk(Value(1.0, "a").sin())
    steps.run()
    return steps.why()


def suggestions(tmp: Path) -> dict[str, Callable[[], object]]:
    """Return whatever suggests a name for one that was typed wrong."""
    model, a = MLP(2, [1], rng=0), Value(1.0, "a")
    wrong: dict[str, Callable[[], object]] = {
        "operation": lambda: Expression("tahn(a)"),
        "row": lambda: gradcheck("tahn", 1.0),
        "direction": lambda: draw(a * a, direction="dwn"),
        "fold": lambda: draw(a * a, fold="layres"),
        "backend": lambda: engine.compile(a * a, [a], backend="nmpy"),
        "number type": lambda: engine.compile(a * a, [a]).to_jax(dtype="flaot32"),
        "keyword": lambda: MLP(2, [1], activaton="tanh"),  # type: ignore[call-arg]
        "activation": lambda: MLP(2, [1], "thanh"),
        "initializer": lambda: MLP(2, [1], init="xavie"),
        "loss": lambda: fit(model, X, Y, "mes"),
        "optimizer": lambda: fit(model, X, Y, optimizer="adm"),
        "schedule": lambda: fit(model, X, Y, schedule="cosin"),
        "metric": lambda: fit(model, X, Y, metrics="acuracy"),
        "backend of a training": lambda: fit(model, X, Y, backend="nump"),
        "clipping": lambda: fit(model, X, Y, clip=("nrom", 1.0)),
        "column": lambda: fit(model, X, Y, epochs=1).column("los"),
        "scaling": lambda: data.scaling.Scaler("standardise", (0.0,), (1.0,), ("x",), 5),
        "plotted activation": lambda: plot.activation("thanh"),
        "file": lambda: nn.load(model, tmp / "nearb"),
        "ending of a file": lambda: draw(a * a).save(tmp / "a.svgg"),
        "node": lambda: walk(product()).node("aa"),
        "word at the prompt": lambda: at_the_prompt("nxt"),
        "exercise": lambda: exercise("ruese"),
        "word after exercises": lambda: exercise_words.unknown_word("chekc"),
        "command": lambda: commands.unknown_command("wlak"),
    }
    return {name: lambda call=call: outcome(call) for name, call in wrong.items()}


def saved(tmp: Path) -> dict[str, Callable[[], object]]:
    """Return whatever writes a file."""
    model = MLP(2, [1], rng=0)
    return {
        "drawing": lambda: draw(product()).save(tmp / "a.svg"),
        "page of a walk": lambda: walk(product()).save(tmp / "a.html"),
        "page of a training": lambda: recorder_of(model).save(tmp / "b.html"),
        "model": lambda: nn.save(model, tmp / "a.json"),
        "checkpoint": lambda: fit(model, X, Y, epochs=1, checkpoint=tmp / "c.json"),
    }


def rows(tmp: Path) -> dict[str, Row]:
    """Return the table: each decision, and who asks for it."""
    gate, three = Gate(), MLP(2, [3], rng=0)
    kinds = [2, 0, 1, 0, 0]

    def stop(*_: Any, **__: Any) -> Any:
        raise RuntimeError("stopped here")

    return {
        "a number as text": Row(format_number, lambda value, digits=4: "8765.4", "8765.4", numbers_in(4321.5)),
        "the numeric derivative": Row(numeric._slope_between, lambda below, above, step: 76.5, "76.5", edges()),
        "a suggestion": Row(arguments.nearest, lambda word, known, count=1: ["nearby"], "nearby", suggestions(tmp)),
        "yes or no": Row(
            decision.predicted_class,
            lambda outputs, threshold: 1,
            "seen",
            {
                "classify": lambda: "seen" * (nn.classify(gate, X) == [1] * 5),
                "accuracy": lambda: "seen" * (nn.accuracy(gate, X, Y) == 0.4),
                "confusion matrix": lambda: "seen" * (nn.confusion_matrix(gate, X, Y) == [[0, 3], [0, 2]]),
                "recorder": lambda: "seen" * (recorder_of(gate).snapshots[0].accuracy == 0.4),
                "boundary": lambda: "seen" * ("2 of 5" in title_of(plot.boundary(gate, X, Y))),
                "wrong points": lambda: "seen" * (surface_of(gate).wrong[0] == [1, 2, 3]),
            },
        ),
        "where yes begins": Row(
            decision.threshold,
            lambda operation: 99.0,
            "seen",
            {
                "classify": lambda: "seen" * (nn.classify(gate, X) == [0] * 5),
                "accuracy": lambda: "seen" * (nn.accuracy(gate, X, Y) == 0.6),
                "recorder": lambda: "seen" * (recorder_of(gate).snapshots[0].accuracy == 0.6),
                "boundary": lambda: "seen" * ("3 of 5" in title_of(plot.boundary(gate, X, Y))),
            },
        ),
        "the class of a target": Row(
            decision.target_classes,
            lambda targets, outputs: [1] * len(targets),
            "seen",
            {
                "accuracy": lambda: "seen" * (nn.confusion_matrix(gate, X, Y)[0] == [0, 0]),
                "recorder": lambda: (
                    "seen" * (Meter(recorder_of(gate).objective, None, gate.parameters()).true_classes == [1] * 5)
                ),
                "boundary": lambda: "seen" * (len(_points_of(plot.boundary(three, X, kinds), "class 1")) == 5),
            },
        ),
        "margins around points": Row(
            margins.around,
            lambda numbers, margin=0.12, least=1.0: (-50.0, 51.0),
            "(-50.0, 51.0)",
            {
                "boundary": lambda: tuple(map(float, plot.boundary(gate, X, Y).get_xlim())),
                "surface": lambda: surface_of(gate).limits[0],
                "descent": lambda: tuple(map(float, plot.descent(lambda w: w * w, [3.0]).get_xlim())),
            },
        ),
        "the columns of a network": Row(
            columns_of.columns,
            stop,
            "stopped here",
            {
                "plot": lambda: outcome(lambda: plot.network(three)),
                "recording": lambda: outcome(lambda: network_svg(three, three.parameters())),
            },
        ),
        "the tree of a formula": Row(
            parser.parse,
            stop,
            "stopped here",
            {
                "expression": lambda: outcome(lambda: Expression("a + 1")),
                "definition": lambda: outcome(lambda: define("parsed", "x * x", ("2 * x",))),
            },
        ),
        "the name of a value": Row(
            parser.parse_name,
            stop,
            "stopped here",
            {
                "number": lambda: outcome(lambda: typed_numbers(["a=1"])),
                "step": lambda: outcome(lambda: Expression("d = a; d * d")),
            },
        ),
        "the shift of a softmax": Row(
            classes._below_zero,
            stop,
            "stopped here",
            {
                "softmax": lambda: outcome(lambda: losses.softmax([1.0, 2.0])),
                "cross entropy": lambda: outcome(lambda: losses.cross_entropy([1.0, 2.0], 0)),
                "a training": lambda: outcome(lambda: nn.evaluate(three, X, kinds, "cross_entropy")),
            },
        ),
        "the name of a file": Row(files.checked_path, stop, "stopped here", _outcomes(saved(tmp))),
        "a file written whole": Row(files.write_whole, stop, "stopped here", _outcomes(saved(tmp))),
        "source for tracebacks": Row(
            sources.run_source,
            stop,
            "stopped here",
            {
                "operation": lambda: outcome(lambda: define("sourced", "x * x", ("2 * x",))),
                "program": lambda: outcome(_compiled),
            },
        ),
        "is a guess right": Row(
            quiz.cases,
            lambda number, name, wrong, written: [CASE],
            "the only case",
            {
                "predict": lambda: walk(product()).predict(7.0),
                "prompt": lambda: at_the_prompt("predict 7"),
                "page": lambda: walk_page(walk(product())).html,
            },
        ),
    }


CASE = quiz.Case(-math.inf, math.inf, True, "the only case")


def _outcomes(calls: Mapping[str, Callable[[], object]]) -> dict[str, Callable[[], object]]:
    return {name: lambda call=call: outcome(call) for name, call in calls.items()}


def _points_of(ax: Any, label: str) -> Any:
    return next(each for each in ax.collections if each.get_label() == label).get_offsets()


def _compiled(sizes: Iterator[int] = count(3)) -> object:  # noqa: B008 - of all calls together
    """Run a program that no test has run before: sources that are known are not read again."""
    x, w = Value(0.5), Value(2.0)
    root = w * x
    for _ in range(next(sizes)):
        root = (root * 1.0625 + w).sin().atan()
    return engine.compile(root, [x], [w])([[0.5]])


def put(function: FunctionType, instead: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a function do what another one does, wherever it was imported."""

    def forward(*args: Any, **options: Any) -> Any:
        return _instead(*args, **options)  # type: ignore[name-defined]  # noqa: F821 - found where the code is put

    function = inspect.unwrap(function)
    monkeypatch.setitem(function.__globals__, "_instead", instead)
    monkeypatch.setattr(function, "__defaults__", None)
    monkeypatch.setattr(function, "__kwdefaults__", None)
    monkeypatch.setattr(function, "__code__", forward.__code__)


DECISIONS = [*rows(Path())]


@pytest.mark.parametrize("decision", DECISIONS)
def test_whoever_needs_a_decision_asks_the_one_function(
    decision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = rows(tmp_path)[decision]
    assert len(row.consumers) > 1
    for consumer, ask in row.consumers.items():
        assert row.shows not in str(ask()), f"{consumer} shows it at any rate"
    put(row.function, row.instead, monkeypatch)
    for consumer, ask in row.consumers.items():
        assert row.shows in str(ask()), f"{consumer} does not ask {row.function.__name__}"


# The former copies agree

NUMBERS = [1234.5678, 1234567.8, 99999.7, 0.125, -0.125, 1 / 3, 6.0, 0.0, -1234.0]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_the_same_text_everywhere(number: float) -> None:
    """Plots and recordings have three digits below 1,000, and constants have six, so that two have two names."""
    for place, ask in numbers_in(number).items():
        digits = 6 if place == "name of a constant" else 3 if " of a " in place else 4
        text = format_number(number, digits).removesuffix(".0")
        if place == "finding" or (place == "curve of a recording" and number < 0):
            continue  # not every number is a finding, and no loss is below 0 on its scale
        if place in ("plot of weights", "plot of a network") and abs(number) < 1000:
            continue  # these have two decimals
        written = str(ask()).replace("\u2212", "-")
        assert re.search(rf"(?<![\d.]){re.escape(text)}(?!\d|\.[1-9])", written), (place, text)


@pytest.mark.parametrize(
    ("outputs", "y"),
    [
        (1, [0, 1, 1, 0, 0]),
        (1, [False, True, True, False, False]),
        (1, [-1, 1, 1, -1, -1]),
        (1, [[0], [1], [1], [0], [0]]),
        (3, [2, 0, 1, 0, 0]),
        (3, [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0], [1, 0, 0]]),
    ],
)
def test_accuracy_boundary_and_recorder_count_the_same_rows_as_right(outputs: int, y: list[Any]) -> None:
    """Also of a model that ends in a sigmoid without being an MLP."""
    model = Gate() if outputs == 1 else MLP(2, [3], "tanh", rng=0)
    right = nn.accuracy(model, X, y)
    assert 0 < right < 1
    assert recorder_of(model, y).snapshots[0].accuracy == right
    assert f"({100 * right:.1f} %)" in title_of(plot.boundary(model, X, y))
    assert len(surface_of(model, y).wrong[0]) == round(5 * (1 - right))
    matrix = nn.confusion_matrix(model, X, y)
    assert sum(matrix[kind][kind] for kind in range(len(matrix))) == round(5 * right)


@pytest.mark.parametrize("seed", range(20))
def test_every_pass_goes_in_the_one_order(seed: int) -> None:
    leaves, root = recipe(Random(seed), leaves=3, steps=12).values()
    order = graph.operations(root)
    steps = walk(root)
    assert [step.node for step in steps if step.kind == "forward"] == order
    backward = [step.node for step in steps if step.kind == "backward"]
    assert [*dict.fromkeys(backward)] == [node for node in reversed(order) if node in backward]
    assert chain.cleared_order(root, set(), []) == order
    assert [node for node in names(graph.nodes(root)) if node.op] == order
    tape = Tape([root], [], leaves)
    assert [tape.ops[code].name for code in tape.code[tape.first_op : tape.first_constant]] == [
        node.op.name for node in order
    ]


ODD_NUMBERS = ["2", None, True, False, 2j, [1.0], (), {}, "", b"1", object(), math.sin, np.ones(2), 10**400, math.nan]


@pytest.mark.parametrize("odd", ODD_NUMBERS, ids=[f"{type(odd).__name__}-{i}" for i, odd in enumerate(ODD_NUMBERS)])
def test_what_is_not_a_number_is_one_nowhere(odd: Any) -> None:
    """NaN is a number that grows in a graph, but nobody may type one."""
    a = Value(1.0, "a")
    consumers: dict[str, Callable[[], object]] = {
        "Value": lambda: Value(odd),
        "data": lambda: setattr(a, "data", odd),
        "grad": lambda: setattr(a, "grad", odd),
        "sum": lambda: a + odd,
        "gradcheck": lambda: gradcheck(lambda x: x * x, odd),
        "tangent": lambda: jvp(a * a, {a: odd}),
        "central": lambda: numeric.central(math.sin, odd),
        "quiz": lambda: quiz.guessed(odd),
        "row": lambda: MLP(2, [1], rng=0)([odd, 1.0]),
        "rows": lambda: data.Dataset([[odd, 1.0]], [0]),
        "prediction": lambda: nn.predict(MLP(2, [1], rng=0), [[odd, 1.0]]),
        "plotted rows": lambda: plot.boundary(Gate(), [[odd, 1.0]], [0]),
        "plotted number": lambda: plot.losses([odd]),
    }
    taken = {name for name, ask in consumers.items() if _takes(ask)}
    assert taken == ALLOWED.get(repr(odd), set())


# The quiz reads text; None is no gradient; and a column of a table may hold yes and no.
TABLES = {"rows", "prediction", "plotted rows"}
ALLOWED = {"'2'": {"quiz"}, "None": {"grad"}, "True": TABLES, "False": TABLES}


def _takes(call: Callable[[], object]) -> bool:
    try:
        call()
    except GradwalkError:
        return False
    return True


@pytest.mark.parametrize("outputs", [[0.1, 2.0], [1000.0, -1000.0], [-1e5, -1e5, -1e5], [800.0, 1.0, -800.0, 799.0]])
def test_probabilities_of_a_picture_are_those_of_the_loss(outputs: list[float]) -> None:
    shares = [share.data for share in losses.softmax(outputs)]
    assert decision.probabilities(outputs, "add") == pytest.approx(shares, rel=1e-12, abs=1e-300)
    for kind, share in enumerate(shares):
        if share > 1e-300:
            assert losses.cross_entropy(outputs, kind).data == pytest.approx(-math.log(share), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("model", [MLP(2, [3, 1], rng=0), MLP(3, [2, 2], rng=1), Neuron(2, rng=0)], ids=str)
def test_a_plot_and_a_recording_show_one_network(model: Any) -> None:
    parts = columns_of.columns(model)
    picture, drawn = network_svg(model, model.parameters()), texts_of(plot.network(model))
    assert picture.count("<line") == sum(len(row) for part in parts for row in part.weights)
    for part in parts:
        for line in part.title.split("\n"):
            assert line in picture
            assert line in drawn
        for name in part.names:
            assert f">{name}<" in picture


@pytest.mark.parametrize("function", [math.sin, math.exp, lambda x: x * x * x, math.atan])
@pytest.mark.parametrize("x", [0.5, -2.0, 3.0])
def test_every_way_to_measure_a_slope_agrees(function: Callable[[float], float], x: float) -> None:
    slope = numeric.ridders(function, x, 0.05)[0]
    measured = numeric.central(function, x), numeric.nudge(function, x, 1e-5).slope, *probe.nudge(function, x)
    assert measured == pytest.approx([slope] * 3, rel=1e-7)


def test_nobody_else_asks_python_for_a_near_name() -> None:
    """But for what runs where the engine cannot be imported: beside a student's answer."""
    asked = {
        path.relative_to(ROOT).as_posix()
        for package in ("engine", "nn", "demos")
        for path in (ROOT / package).rglob("*.py")
        if "get_close_matches" in path.read_text(encoding="utf-8")
    }
    assert asked == {"engine/arguments.py", "demos/exercises/inside/guard.py", "demos/exercises/inside/runner.py"}

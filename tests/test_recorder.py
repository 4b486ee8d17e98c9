"""A recorded training: what is kept, what is measured of it, and what its page and its notebook display hold."""

from __future__ import annotations

import json
import re
from array import array
from base64 import b64decode
from itertools import pairwise
from math import isfinite, isnan, nan, sin
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given, strategies as st
from ids import shown
from oracles import require

from engine import GradwalkError, Value
from nn import (
    MLP,
    Layer,
    Module,
    NetworkError,
    Neuron,
    Recorder,
    Recurrent,
    accuracy,
    classify,
    data,
    evaluate,
    fit,
    losses,
    optim,
    plot,
    predict,
)
from nn.record.measure import Snapshot
from nn.record.network import network_svg, weight_places
from nn.record.notebook import SHADES, TINTS
from nn.record.svg import curve, ticks
from nn.training import Diverged

if TYPE_CHECKING:
    from pathlib import Path

BINARY = "binary_cross_entropy_on_logits"
X, Y = data.moons(24, seed=3)
MARKUP = "<b>bold</b> & </script><script>alert(1)</script>"


def network(*sizes: int, **options: Any) -> MLP:
    return MLP(2, list(sizes) or [4, 1], "tanh", rng=0, **options)


def recorded(every: Any = 1, epochs: int = 10, model: Any = None, **options: Any) -> Recorder:
    recorder = Recorder(every)
    told: dict[str, Any] = {"X": X, "y": Y, "loss": BINARY} | options
    fit(model or network(), epochs=epochs, recorder=recorder, **told)
    return recorder


def weights(model: Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


def embedded(html: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html)
    read: dict[str, Any] = json.loads(found)
    return read


def unpacked(text: str) -> list[float]:
    return array("f", b64decode(text)).tolist()


# What is kept


@pytest.mark.parametrize(
    ("backend", "size"),
    [(backend, size) for backend in ("python", "numpy") for size in (None, 7, 1)] + [("jax", None), ("jax", 7)],
)
def test_the_training_takes_the_same_way_bit_for_bit(backend: str, size: int | None) -> None:
    if backend == "jax":
        require("jax")
    told: dict[str, Any] = {"backend": backend, "batch_size": size, "epochs": 5, "validation": (X[:5], Y[:5])}
    one, other = network(), network()
    alone = fit(one, X, Y, BINARY, **told)
    recorder = Recorder(every=2)
    assert fit(other, X, Y, BINARY, recorder=recorder, **told) == alone
    assert weights(other) == weights(one)
    assert [snapshot.epoch for snapshot in recorder.snapshots] == [0, 2, 4, 5]
    assert [*recorder.snapshots[-1].weights] == weights(other)
    twin = Recorder(every=2)
    fit(network(), X, Y, BINARY, recorder=twin, **told | {"backend": "numpy"})
    for kept, same in zip(recorder.kept, twin.kept):
        assert [*kept.weights] == pytest.approx([*same.weights], rel=1e-9)


@pytest.mark.parametrize("backend", ["python", "numpy"])
def test_each_moment_holds_the_weights_that_its_epoch_ended_with(backend: str) -> None:
    seen = {0: weights(network())}

    def look(epoch: int, model: Any, history: Any) -> None:
        seen[epoch] = weights(model)

    recorder = Recorder(every=3)
    fit(network(), X, Y, BINARY, epochs=8, batch_size=10, backend=backend, callbacks=look, recorder=recorder)
    kept = {snapshot.epoch: [*snapshot.weights] for snapshot in recorder.snapshots}
    assert kept == {epoch: seen[epoch] for epoch in (0, 3, 6, 8)}
    alone = Recorder(every=3)
    fit(network(), X, Y, BINARY, epochs=8, batch_size=10, backend=backend, recorder=alone)
    assert {snapshot.epoch: [*snapshot.weights] for snapshot in alone.snapshots} == kept


@pytest.mark.parametrize(("epochs", "step"), [(1, 1), (100, 1), (101, 2), (200, 2), (203, 4), (1000, 16)])
def test_auto_thins_out_as_it_goes(epochs: int, step: int) -> None:
    recorder = Recorder()
    fit(MLP(1, [1], rng=0), [[0.0], [1.0]], [1.0, 3.0], epochs=epochs, recorder=recorder)
    found = [kept.epoch for kept in recorder.kept]
    assert found == sorted({*range(0, epochs + 1, step), epochs})
    assert len(found) <= 101


def test_the_learning_rate_is_the_one_that_led_there() -> None:
    recorder = recorded(2, 5, schedule=lambda epoch: 1 / (1 + epoch))
    assert [snapshot.rate for snapshot in recorder.snapshots] == [None, 0.01 / 2, 0.01 / 4, 0.01 / 5]


def test_ctrl_c_leaves_what_was_recorded(tmp_path: Path) -> None:
    def press(epoch: int, model: Any, history: Any) -> None:
        if epoch == 7:
            raise KeyboardInterrupt

    recorder = recorded(5, 20, callbacks=press)
    assert [kept.epoch for kept in recorder.kept] == [0, 5, 7]
    assert recorder.ended == "interrupted in epoch 8"
    assert "interrupted in epoch 8" in recorder.save(tmp_path / "training.html").read_text(encoding="utf-8")


def test_a_training_that_diverges_is_recorded_up_to_its_last_good_epoch(tmp_path: Path) -> None:
    model, recorder = MLP(1, [1], rng=0), Recorder()
    with pytest.raises(Diverged) as told:
        fit(model, [[1.0], [2.0]], [1.0, 2.0], optimizer=optim.SGD(model.parameters(), 50.0), epochs=500,
            recorder=recorder)  # fmt: skip
    last = told.value.history.epochs
    assert recorder.kept[-1].epoch == last
    assert recorder.ended == f"diverged after epoch {last}"
    assert recorder.save(tmp_path / "training.html").stat().st_size > 10_000


def test_an_error_in_a_callback_leaves_what_was_recorded() -> None:
    def fail(epoch: int, model: Any, history: Any) -> None:
        raise OSError("no disk")

    recorder = Recorder()
    with pytest.raises(OSError, match="no disk"):
        fit(network(), X, Y, BINARY, epochs=9, recorder=recorder, callbacks=fail)
    assert [kept.epoch for kept in recorder.kept] == [0, 1]
    assert recorder.ended == "cut off after epoch 1"


def test_patience_tells_why_it_ended() -> None:
    recorder = recorded(1, 50, optimizer="sgd", schedule=lambda epoch: 0.0, patience=3)
    assert [kept.epoch for kept in recorder.kept] == [0, 1, 2, 3, 4]
    assert recorder.ended == "no lower loss for 3 epochs; back to epoch 1"


def test_a_second_fit_goes_on() -> None:
    model, recorder = network(), Recorder(every=4)
    fit(model, X, Y, BINARY, epochs=6, recorder=recorder)
    assert len(recorder.snapshots) == 3
    fit(model, np.array(X), list(Y), BINARY, epochs=5, recorder=recorder, validation=(X[:5], Y[:5]))
    assert [snapshot.epoch for snapshot in recorder.snapshots] == [0, 4, 6, 8, 11]
    assert [*recorder.snapshots[-1].weights] == weights(model)
    assert all(snapshot.validation is not None for snapshot in recorder.snapshots)
    assert [recorder.gap(epoch) for epoch in range(7)] == [2, 1, 4, 3, 2, 1, 4]


def test_weights_set_by_hand_in_between_count() -> None:
    model, recorder = network(), Recorder()
    fit(model, X, Y, BINARY, epochs=2, recorder=recorder)
    model.parameters()[0].data = 7.0
    fit(model, X, Y, BINARY, epochs=1, recorder=recorder)
    assert [kept.epoch for kept in recorder.kept] == [0, 1, 2, 3]
    assert recorder.kept[2].weights[0] == 7.0
    assert recorder.snapshots[2].rate == 0.01


@pytest.mark.parametrize(
    "changed", [{"model": network()}, {"X": X[::-1]}, {"y": Y[::-1]}, {"X": X[1:], "y": Y[1:]}, {"loss": "mse"}]
)
def test_another_training_is_refused_before_it_starts(changed: dict[str, Any]) -> None:
    told: dict[str, Any] = {"model": network(), "X": X, "y": Y, "loss": BINARY, "epochs": 1, "recorder": Recorder()}
    fit(**told)
    before = weights(changed.get("model", told["model"]))
    with pytest.raises(NetworkError, match=r"holds another training.* a new Recorder\(\)"):
        fit(**told | changed)
    assert weights(changed.get("model", told["model"])) == before


def test_a_training_gone_on_with_from_its_file_is_recorded_from_there(tmp_path: Path) -> None:
    def stop(epoch: int, model: Any, history: Any) -> bool:
        return epoch == 4

    told: dict[str, Any] = {"epochs": 9, "checkpoint": tmp_path / "training.json"}
    whole = recorded(1, **told | {"checkpoint": None})
    fit(network(), X, Y, BINARY, callbacks=stop, **told)
    recorder = recorded(1, **told)
    assert [kept.epoch for kept in recorder.kept] == [4, 5, 6, 7, 8, 9]
    assert recorder.kept[-1].weights == whole.kept[-1].weights
    done = recorded(1, **told)
    assert [kept.epoch for kept in done.kept] == [9]
    assert "Epoch 9 of 9" in done.save(tmp_path / "training.html").read_text(encoding="utf-8")
    assert "Epoch 9 of 9" in done._repr_html_()


@pytest.mark.parametrize("every", [0, -1, 1.5, True, "often", None])
def test_a_wrong_number_of_epochs_is_told(every: Any) -> None:
    with pytest.raises(NetworkError, match="every .*1 or more"):
        Recorder(every)


def test_what_is_no_recorder_is_told() -> None:
    with pytest.raises(NetworkError, match=r"recorder = Recorder\(\)"):
        fit(network(), X, Y, BINARY, recorder=Recorder)  # type: ignore[arg-type]


def test_nothing_recorded_is_told(tmp_path: Path) -> None:
    recorder = Recorder()
    with pytest.raises(NetworkError, match=r"nothing is recorded yet: fit\(model, X, y, recorder=recorder\)"):
        recorder.save(tmp_path / "training.html")
    assert recorder.snapshots == []
    assert "nothing recorded yet" in repr(recorder)
    assert "nothing recorded yet" in recorder._repr_html_()


# What is measured


class Branching(Module):
    """A model that one row's graph does not stand for."""

    def __init__(self) -> None:
        self.low, self.high = Neuron(2, rng=0, name="low"), Neuron(2, rng=1, name="high")

    def __call__(self, x: Any) -> Value:
        return self.low(x) if x[0] < 0.5 else self.high(x)


def true_gradient(model: Any, X: Any, y: Any, loss: str) -> list[float]:
    """By eager graphs, all rows in one."""
    model.zero_grad()
    rows = [losses.LOSSES[loss](model(list(row)), target) for row, target in zip(X, y)]
    (sum(rows) / len(rows)).backward()
    found = [parameter.grad for parameter in model.parameters()]
    model.zero_grad()
    return found


@pytest.mark.parametrize("model", [network(), network(3, 1, output="sigmoid"), Branching()], ids=shown)
def test_a_moment_is_measured_at_its_weights(model: Any) -> None:
    loss = "mse" if "sigmoid" in repr(model) else BINARY
    held = X[5:12], Y[5:12]
    recorder = recorded(2, 4, model, loss=loss, backend="python", validation=held)
    model.parameters()[0].grad, model.parameters()[1].data = 42.0, 7.0
    before = [(parameter.data, parameter.grad) for parameter in model.parameters()]
    snapshots = recorder.snapshots
    assert [(parameter.data, parameter.grad) for parameter in model.parameters()] == before
    assert len(snapshots) == 3
    for snapshot in snapshots:
        for parameter, weight in zip(model.parameters(), snapshot.weights):
            parameter.data = weight
        assert snapshot.loss == pytest.approx(evaluate(model, X, Y, loss, "python"), rel=1e-12)
        assert snapshot.validation == pytest.approx(evaluate(model, *held, loss, "python"), rel=1e-12)
        assert snapshot.accuracy == accuracy(model, *held, "python")
        assert snapshot.gradients == pytest.approx(true_gradient(model, X, Y, loss), rel=1e-9, abs=1e-12)
    assert len({snapshot.loss for snapshot in snapshots}) == 3


def test_the_loss_of_an_epoch_is_what_the_next_one_starts_from() -> None:
    recorder = Recorder()
    history = fit(network(), X, Y, BINARY, epochs=5, recorder=recorder)
    assert [snapshot.loss for snapshot in recorder.snapshots[:-1]] == pytest.approx(history.losses, rel=1e-12)


def test_measuring_on_the_way_is_measuring_at_the_end() -> None:
    recorder, seen = Recorder(), dict[int, float]()

    def look(epoch: int, model: Any, history: Any) -> None:
        if epoch % 8 == 0:
            seen.update({snapshot.epoch: snapshot.loss for snapshot in recorder.snapshots})

    fit(MLP(1, [1], rng=0), [[0.0], [1.0]], [1.0, 3.0], epochs=210, recorder=recorder, callbacks=look)
    found = {snapshot.epoch: snapshot.loss for snapshot in recorder.snapshots}
    assert [*found] == [kept.epoch for kept in recorder.kept]
    assert len({*found.values()}) == len(found)
    assert all(found[epoch] == seen[epoch] for epoch in found.keys() & seen.keys())


def test_frozen_weights_have_no_gradient() -> None:
    model = network()
    frozen = model.layers[0].neurons[1].b
    frozen.data, frozen.requires_grad = 0.25, False
    recorder = recorded(1, 3, model)
    place = recorder.leaves.index(frozen)
    assert [snapshot.weights[place] for snapshot in recorder.snapshots] == [0.25] * 4
    assert [isnan(slope) for slope in recorder.snapshots[1].gradients] == [leaf is frozen for leaf in recorder.leaves]


def test_an_optimizer_of_some_weights_moves_these() -> None:
    model = network()
    last = model.layers[1].parameters()
    recorder = recorded(1, 3, model, optimizer=optim.SGD(last, 0.5))
    first, end = recorder.snapshots[0].weights, recorder.snapshots[-1].weights
    moved = [leaf for leaf, a, b in zip(recorder.leaves, first, end) if a != b]
    assert moved == last


@pytest.mark.parametrize(
    ("outputs", "y", "kinds"),
    [
        (1, [0, 1, 1, 0], [0, 1, 1, 0]),
        (1, [-1, 1, 1, -1], [0, 1, 1, 0]),
        (3, [2, 0, 1, 0], [2, 0, 1, 0]),
        (3, [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]], [2, 0, 1, 0]),
        (1, [0.0, 0.5, 1.0, 0.0], []),
        (3, [[0.5, 0.5, 0.0]] * 4, []),
    ],
)
def test_targets_are_classes_or_not(outputs: int, y: list[Any], kinds: list[int]) -> None:
    square = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    loss = "cross_entropy" if outputs == 3 else "mse"
    model = network(outputs)
    (start, _) = recorded(1, 1, model, X=square, y=y, loss=loss, optimizer="sgd", schedule=lambda _: 0.0).snapshots
    right = sum(map(int.__eq__, classify(model, square), kinds)) / 4 if kinds else None
    assert start.accuracy == right


class Gate(Module):
    """A model of one's own that ends in a sigmoid."""

    def __init__(self) -> None:
        self.neuron = Neuron(2, rng=1)

    def __call__(self, row: Any) -> Any:
        return self.neuron(row).sigmoid()


PLUS = [[-1.0, 0.2], [0.3, -0.4], [0.5, 0.6], [-0.7, -0.8], [0.9, 1.0]]


@pytest.mark.parametrize(
    ("outputs", "y"),
    [(1, [0, 1, 0.5]), (1, [0, 1, -1]), (3, [0, 1, 3]), (3, [[1, 0, 0], [0.5, 0.5, 0], [0, 1, 0]])],
)
def test_what_is_not_a_class_is_none_for_all(outputs: int, y: list[Any]) -> None:
    model = Gate() if outputs == 1 else network(3)
    for judge in accuracy, plot.boundary:
        with pytest.raises(NetworkError, match="class"):
            judge(model, PLUS[:3], y)
    if y != [0, 1, 3]:
        loss = "mse" if outputs == 1 else "cross_entropy"
        assert recorded(1, 1, model, X=PLUS[:3], y=y, loss=loss).snapshots[0].accuracy is None


# The page


def test_the_page_holds_the_numbers(tmp_path: Path) -> None:
    model = network()
    recorder = recorded(3, 10, model)
    path = recorder.save(tmp_path / "training.html", title=MARKUP, features=[MARKUP, "b"], classes=["yes", MARKUP])
    html = path.read_text(encoding="utf-8")
    assert MARKUP not in html
    assert html.count("<script") == 3
    told, snapshots = embedded(html), recorder.snapshots
    assert told["epochs"] == [0, 3, 6, 9, 10]
    assert told["labels"] == [parameter.label for parameter in model.parameters()]
    for name in "weights", "gradients":
        every = [number for snapshot in snapshots for number in getattr(snapshot, name)]
        assert unpacked(told[name]) == pytest.approx(every, rel=1e-6, abs=1e-12)
    assert told["sentences"][0].startswith(f"Epoch 0 of 10: loss {snapshots[0].loss:.3g}, accuracy ")
    for snapshot, row in zip(snapshots, re.findall(r"<tr><td>(.*?)</td></tr>", html)):
        cells = row.split("</td><td>")
        assert cells[:2] == [str(snapshot.epoch), f"{snapshot.loss:.3g}"]


def test_the_ground_is_what_the_model_says_there(tmp_path: Path) -> None:
    model = network(output="sigmoid")
    surface = embedded(recorded(5, 10, model, loss="binary_cross_entropy").save(tmp_path / "a.html").read_text())[
        "surface"
    ]
    side, (across, up) = surface["side"], surface["limits"]
    assert min(x for x, _ in X) > across[0] > min(x for x, _ in X) - 1
    levels, last = b64decode(surface["levels"]), 2 * side * side
    assert len(levels) == 3 * side * side
    low, high = surface["ranges"][2]
    scale = [[least + (most - least) * i / (side - 1) for i in range(side)] for least, most in (across, up)]
    said = predict(model, [[x, y] for y in scale[1] for x in scale[0]])
    shown = [low + (high - low) * level / 255 for level in levels[last:]]
    assert shown == pytest.approx(said, abs=(high - low) / 500)
    assert surface["wrong"][2] == [i for i, said in enumerate(classify(model, X)) if said != Y[i]]


def test_a_model_that_says_the_same_everywhere_has_one_level(tmp_path: Path) -> None:
    model = network()
    for parameter in model.parameters():
        parameter.data = 0.0
    recorder = recorded(1, 1, model, optimizer=optim.SGD(model.parameters(), lr=1e-300))
    surface = embedded(recorder.save(tmp_path / "a.html").read_text())["surface"]
    assert {*b64decode(surface["levels"])[: surface["side"] ** 2]} == {127}
    assert surface["ranges"][0][0] == surface["ranges"][0][1]


def test_several_classes_share_the_ground(tmp_path: Path) -> None:
    X3, y3 = data.blobs(30, 3, noise=3.0, seed=1)
    model = network(3)
    surface = embedded(recorded(2, 2, model, X=X3, y=y3, loss="cross_entropy").save(tmp_path / "a.html").read_text())[
        "surface"
    ]
    assert (surface["classes"], surface["outputs"]) == (3, 3)
    area = surface["side"] ** 2
    levels = np.frombuffer(b64decode(surface["levels"]), np.uint8).reshape(2, 3, area)
    shares = [
        [low + (high - low) * level / 255 for (low, high), level in zip(surface["ranges"][3:], column)]
        for column in levels[1].T
    ]
    axes = [np.linspace(*limit, surface["side"]) for limit in surface["limits"]]
    powers = np.exp(predict(model, [[x, y] for y in axes[1] for x in axes[0]]))
    assert np.array(shares) == pytest.approx(powers / powers.sum(axis=1, keepdims=True), abs=0.003)
    assert len(shares) == area
    assert surface["wrong"][1] == [i for i, said in enumerate(classify(model, X3)) if said != y3[i]]


def test_one_input_has_a_curve(tmp_path: Path) -> None:
    xs = [i / 4 for i in range(-8, 9)]
    model = MLP(1, [3, 1], "tanh", rng=0)
    surface = embedded(
        recorded(2, 2, model, X=xs, y=[*map(sin, xs)], loss="mse").save(tmp_path / "a.html").read_text()
    )["surface"]
    (limit,), side = surface["limits"], surface["side"]
    places = np.linspace(*limit, side)
    assert unpacked(surface["curves"])[side:] == pytest.approx(predict(model, places), abs=1e-5)


@pytest.mark.parametrize(
    ("model", "rows", "targets", "loss"),
    [
        (MLP(3, [1], rng=0), [[1.0, 2.0, 3.0]], [1.0], "mse"),
        (MLP(2, [2], rng=0), [[1.0, 2.0]], [[0.3, 0.4]], "mse"),
        (Recurrent(1, 2, 1, rng=0, last=True), [[[1.0], [2.0], [0.5]], [[1.0], [2.0], [1.5]]], [1.0, 0.0], "mse"),
    ],
    ids=["three inputs", "two outputs", "sequences"],
)
def test_other_models_have_no_ground_but_a_page(
    model: Any, rows: Any, targets: Any, loss: str, tmp_path: Path
) -> None:
    path = recorded(1, 2, model, X=rows, y=targets, loss=loss).save(tmp_path / "training.html")
    told = embedded(path.read_text(encoding="utf-8"))
    assert told["surface"] is None
    assert len(unpacked(told["weights"])) == 3 * len(model.parameters())


def test_a_model_that_arrays_cannot_run_has_its_ground_too(tmp_path: Path) -> None:
    model = Branching()
    told = embedded(recorded(5, 5, model, backend="python").save(tmp_path / "training.html").read_text())
    surface = told["surface"]
    axes = [np.linspace(*limit, surface["side"]) for limit in surface["limits"]]
    low, high = surface["ranges"][1]
    shown = [low + (high - low) * level / 255 > 0.5 for level in b64decode(surface["levels"])[surface["side"] ** 2 :]]
    assert shown == [model([x, y]).data > 0 for y in axes[1] for x in axes[0]]
    assert [matrix["name"] for matrix in told["matrices"]] == ["low", "high"]


@pytest.mark.parametrize(
    ("inputs", "y", "title"),
    [
        (1, [0.5, 0.7, 0.1, 0.2], "Fitted curve"),
        (2, [0, 1, 1, 0], "Decision boundary"),
        (2, [0.5, 1.5, 2.5, 0.0], "Output"),
    ],
)
def test_a_surface_is_called_what_it_is(inputs: int, y: list[float], title: str, tmp_path: Path) -> None:
    rows = [[float(i), float(i % 2)][:inputs] for i in range(4)]
    recorder = recorded(1, 1, MLP(inputs, [1], rng=0), X=rows, y=y, loss="mse")
    html = recorder.save(tmp_path / "a.html").read_text(encoding="utf-8")
    assert [word for word in ("Fitted curve", "Decision boundary", "Output") if f"<h2>{word}</h2>" in html] == [title]


@pytest.mark.parametrize("names", [{"features": ["one"]}, {"classes": ["a", "b", "c"]}])
def test_another_number_of_names_is_told(names: dict[str, list[str]], tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="give one for each"):
        recorded(1, 1).save(tmp_path / "training.html", **names)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(GradwalkError, match="html"):
        recorded(1, 1).save(tmp_path / "training.pdf")
    with pytest.raises(GradwalkError, match="no folder"):
        recorded(1, 1).save(tmp_path / "none" / "training.html")


def test_a_hundred_moments_of_2410_weights_are_a_small_page(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(20, 64))
    model = MLP(64, [32, 10], rng=0)
    recorder = recorded(1, 100, model, X=rows, y=[i % 10 for i in range(20)], loss="cross_entropy")
    assert len(recorder.kept) == 101
    assert recorder.save(tmp_path / "training.html").stat().st_size < 5e6


# Its figures


class Loose(Module):
    def __init__(self) -> None:
        self.first, self.scale, self.last = Layer(2, 3, rng=0), Value(2.0, "scale"), Neuron(3, rng=0)

    def __call__(self, x: Any) -> Value:
        return self.last(self.first(x)) * self.scale


@pytest.mark.parametrize("model", [network(5, 2), Recurrent(1, 3, 2), Layer(2, 3), Neuron(4), Loose()], ids=shown)
def test_every_weight_has_one_place_in_the_picture(model: Any) -> None:
    leaves = model.parameters()
    grids = [place for matrix in weight_places(model, leaves) for row in matrix.rows for place in row]
    assert sorted(grids) == [*range(len(leaves))]
    picture = network_svg(model, leaves)
    found = [int(place) for place in re.findall(r'data-place="(\d+)"', picture)]
    assert sorted(found) == ([] if isinstance(model, Loose) else [*range(len(leaves))])


def test_a_line_joins_the_nodes_of_its_weight() -> None:
    model = network(3, 1)
    leaves = model.parameters()
    root = ElementTree.fromstring(network_svg(model, leaves))
    spots = {}
    for node in root.findall(".//{*}g"):
        places = node.get("data-places")
        spot = tuple(map(float, re.findall(r"[\d.]+", node.get("transform") or "")))
        spots[int(places.split()[0]) if places else next(node.itertext())] = spot
    neuron = model.layers[0].neurons[2]
    (line,) = (
        each for each in root.findall(".//{*}line") if each.get("data-place") == str(leaves.index(neuron.w[1]))
    )
    assert float(line.get("y1") or 0) == spots["x2"][1]
    assert float(line.get("y2") or 0) == spots[leaves.index(neuron.b)][1]
    assert spots["x2"][0] < float(line.get("x1") or 0) < float(line.get("x2") or 0) < spots[leaves.index(neuron.b)][0]


def test_a_network_too_large_for_lines_is_drawn_as_matrices() -> None:
    for model, lines in (network(16, 16, 1), True), (network(20, 20, 1), False), (network(21, 1), False):
        assert bool(network_svg(model, model.parameters())) == lines


def moment(epoch: int, loss: float, validation: float | None = None) -> Snapshot:
    return Snapshot(epoch, None, loss, validation, None, [], [])


def test_the_curve_is_logarithmic_where_losses_span_a_factor_of_100() -> None:
    plain, log = (curve([moment(0, 1.0), moment(5, low)]) for low in (0.011, 0.009))
    assert "log scale" not in plain.svg
    assert "log scale" in log.svg
    assert plain.x == log.x
    first, last = plain.y[0]
    assert first is not None
    assert last is not None
    assert last > first + 200
    assert None not in [*plain.y[0], *log.y[0]]
    assert None not in curve([moment(0, 1.0), moment(1, 0.0), moment(5, 0.009)]).y[0]


def test_the_curve_has_a_gap_where_a_loss_is_not_finite() -> None:
    found = curve([moment(0, 1.0, nan), moment(1, nan, 2.0), moment(2, 0.5, float("inf"))])
    assert [[y is None for y in line] for line in found.y] == [[False, True, False], [True, False, True]]
    assert "nan" not in found.svg.split("aria-label")[1].split(">", 1)[1]
    ElementTree.fromstring(found.svg)


def test_the_marker_is_on_the_curve() -> None:
    found = curve([moment(0, 4.0, 5.0), moment(3, 2.0, 4.0), moment(10, 1.0, 4.5)])
    for line in found.y:
        points = "L".join(f"{x:g} {y:g}" for x, y in zip(found.x, line))
        assert f'd="M{points}"' in found.svg


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
@example(low=204.0, span=1.1, most=11)
def test_ticks_are_round_few_and_inside(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert len(found) <= most
    assert all(low - 1e-9 * span <= tick <= low + span + 1e-9 * span for tick in found)
    assert found == sorted(set(found))


def test_a_notebook_shows_moments_without_script_or_style() -> None:
    model = MLP(2, [4, 1], MARKUP_NAMED, rng=0)
    html = recorded(5, 10, model)._repr_html_()
    assert not re.search(r"<(script|style|svg)|<b>bold", html)
    images = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]*)" alt="([^"]*)"', html)
    assert len(images) == 4
    for picture, said in images:
        assert ElementTree.fromstring(b64decode(picture)).tag.endswith("svg")
        assert said
    assert "Epoch 0 of 10: loss" in html
    assert "Epoch 10 of 10: loss" in html
    colors = set(re.findall(r'<rect x[^>]* fill="([^"]*)"', b64decode(images[-1][0]).decode()))
    assert len(colors) == 2


def last_picture(recorder: Recorder) -> str:
    """The last of the pictures that a notebook shows, as SVG."""
    return b64decode(re.findall(r"base64,([^\"]*)", recorder._repr_html_())[-1]).decode()


def colors_of(svg: str, side: int) -> list[str]:
    """The color of each cell of a picture, row by row from below, as the numbers of a surface are."""
    found = dict[tuple[int, int], str]()
    for rect in re.findall(r'<rect x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)" fill="(.*?)"', svg):
        left, top, width, _ = map(float, rect[:4])
        row, start = round((376 - top) * side / 368) - 1, round((left - 58) * side / 366)
        found.update({(row, start + i): rect[4] for i in range(round(width * side / 366))})
    assert len(found) == side**2
    return [found[row, column] for row in range(side) for column in range(side)]


def notebook_and_truth(tmp_path: Path, model: Any, **options: Any) -> tuple[list[str], list[Any]]:
    """The colors that a notebook shows of a model, and what the model says in each cell."""
    recorder = recorded(2, 4, model, **options)
    surface = embedded(recorder.save(tmp_path / "a.html").read_text(encoding="utf-8"))["surface"]
    axes = [np.linspace(*limit, surface["side"]) for limit in surface["limits"]]
    return colors_of(last_picture(recorder), surface["side"]), predict(
        model, [[x, y] for y in axes[1] for x in axes[0]]
    )


@pytest.mark.parametrize(
    ("outputs", "loss"), [(1, "binary_cross_entropy"), (2, "cross_entropy"), (3, "cross_entropy")]
)
def test_a_notebook_colors_each_place_by_its_class(outputs: int, loss: str, tmp_path: Path) -> None:
    rows, y = data.blobs(30, outputs, noise=3.0, seed=1) if outputs > 1 else (X, Y)
    model = network(3, outputs, output="sigmoid" if outputs == 1 else "linear")
    colors, truth = notebook_and_truth(tmp_path, model, X=rows, y=y, loss=loss)
    sure = 0
    for color, said in zip(colors, truth):
        first, second = sorted(said if outputs > 1 else (said, 1 - said))[-1:-3:-1]
        if first - second > 0.05:  # levels are rounded
            kind = [*said].index(first) if outputs > 1 else int(said > 0.5)
            assert color == TINTS[kind]
            sure += 1
    assert sure > 0.9 * len(colors)
    assert len({*colors}) == max(outputs, 2)


def test_a_notebook_shades_numbers_from_low_to_high(tmp_path: Path) -> None:
    model = MLP(2, [1], init="zeros")
    for weight in model.layers[0].neurons[0].w:
        weight.data = 1.0
    colors, truth = notebook_and_truth(tmp_path, model, X=X, y=[x + y for x, y in X], loss="mse")
    spans = [[value for color, value in zip(colors, truth) if color == shade] for shade in SHADES]
    assert all(spans)
    for lower, higher in pairwise(spans):
        assert max(lower, default=-9.0) < min(higher, default=9.0) + 0.02


def test_a_notebook_draws_the_curve_of_one_input(tmp_path: Path) -> None:
    model = MLP(1, [3, 1], "tanh", rng=0)
    recorder = recorded(2, 4, model, X=[0.0, 1.0, 2.0], y=[0.5, 0.7, 0.1], loss="mse")
    surface = embedded(recorder.save(tmp_path / "a.html").read_text(encoding="utf-8"))["surface"]
    (path,) = re.findall(r'd="M([^"]*)" stroke="#0b5fa5" stroke-width="3"', last_picture(recorder))
    points = [tuple(map(float, point.split())) for point in path.split("L")]
    said = predict(model, np.linspace(*surface["limits"][0], surface["side"]))
    low, high = surface["low"], surface["high"]
    assert [x for x, _ in points] == pytest.approx(np.linspace(58, 424, len(said)), abs=0.51)
    assert [y for _, y in points] == pytest.approx([376 - 368 * (y - low) / (high - low) for y in said], abs=0.51)


def test_the_axes_of_the_curve_have_their_numbers() -> None:
    plain = ElementTree.fromstring(curve([moment(0, 4.0), moment(10, 1.0)]).svg)
    assert [*plain.itertext()][:14] == [
        "epoch",
        "loss",
        "0",
        "2",
        "4",
        "6",
        "8",
        "10",
        "0",
        "1",
        "2",
        "3",
        "4",
        "training",
    ]
    log = ElementTree.fromstring(curve([moment(3, 2000.0), moment(5, 0.02)]).svg)
    assert [*log.itertext()][:12] == [
        "epoch",
        "loss, log scale",
        *["3", "4", "5", "0.01", "0.1", "1", "10", "100", "1000", "1e4"],
    ]
    steep = ElementTree.fromstring(curve([moment(3, 2000.0), moment(5, 0.004)]).svg)
    assert [*steep.itertext()][5:9] == ["1e−3", "0.1", "10", "1000"]


def MARKUP_NAMED(z: Value) -> Value:  # noqa: N802
    return z.tanh()


MARKUP_NAMED.__name__ = MARKUP


def test_the_name_of_an_activation_is_text(tmp_path: Path) -> None:
    html = recorded(1, 1, MLP(2, [4, 1], MARKUP_NAMED, rng=0)).save(tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<b>bold" not in html
    assert "&lt;b&gt;bold" in html


def test_the_snapshots_of_other_models_show_in_a_notebook() -> None:
    curve_of_one = recorded(2, 2, MLP(1, [3, 1], rng=0), X=[0.0, 1.0, 2.0], y=[0.5, 0.7, 0.1], loss="mse")
    values = recorded(2, 2, X=X, y=[x + y for x, y in X], loss="mse")
    none = recorded(2, 2, MLP(3, [1], rng=0), X=[[1.0, 2.0, 3.0]], y=[1.0], loss="mse")
    assert [recorder._repr_html_().count("<img") for recorder in (curve_of_one, values, none)] == [3, 3, 1]
    assert all(isfinite(snapshot.loss) for snapshot in none.snapshots)


def test_a_log_scale_reaches_from_power_to_power_of_ten() -> None:
    found = curve([moment(0, 1.0), moment(1, 0.01), moment(5, 0.0001)])
    high, middle, low = found.y[0]
    assert None not in (high, middle, low)
    paths = [each.get("d") or "" for each in ElementTree.fromstring(found.svg).iter() if each.tag.endswith("path")]
    (frame,) = (path for path in paths if "V" in path and "H" in path)
    top, bottom = (float(number) for number in re.findall(r"[\d.]+", frame)[1:3])
    assert (high, middle, low) == (top, (top + bottom) / 2, bottom)


def test_a_column_of_a_network_stands_under_its_title_and_its_nodes_keep_apart() -> None:
    model = MLP(2, [8, 1], rng=0)
    drawing = ElementTree.fromstring(network_svg(model, model.parameters()))
    columns: dict[float, list[float]] = {}
    titles = set()
    for each in drawing.iter():
        if each.get("class") == "node":
            x, y = map(float, re.findall(r"[\d.]+", each.get("transform") or ""))
            columns.setdefault(x, []).append(y)
        elif each.tag.endswith("text") and each.get("x") and float(each.get("y") or 0) <= 34:
            titles.add(float(each.get("x") or 0))
    assert titles == set(columns)
    assert [len(column) for column in columns.values()] == [2, 8, 1]
    first, second, _ = columns.values()
    gaps = [low - high for high, low in pairwise(second)]
    assert max(gaps) - min(gaps) < 0.25  # places are rounded to 0.1
    assert first[1] - first[0] == pytest.approx(48)  # a column of few is wider apart, 48 at most


def test_a_regression_has_no_accuracy_whatever_its_validation_targets_are(tmp_path: Path) -> None:
    X, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 4.0]
    recorder = Recorder(1)
    fit(MLP(1, [2, 1], rng=0), X, y, "mse", epochs=1, validation=([[0.5], [1.5]], [0.0, 1.0]), recorder=recorder)
    recorder.save(tmp_path / "training.html")
    assert "accuracy" not in (tmp_path / "training.html").read_text(encoding="utf-8")

"""Films of walks and trainings: a picture a step or a moment, as GIF, and as MP4 where ffmpeg is installed."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from engine import MissingExtra, Value, walk
from engine.page import PageError
from engine.walk.trace import WalkError
from nn import MLP, Recorder, fit
from nn.checks import NetworkError

pytest.importorskip("matplotlib")
Image = pytest.importorskip("PIL.Image")

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def neuron() -> Value:
    x, w, b = Value(2.0, "x $1$"), Value(-3.0, "w"), Value(6.5, "b")
    return (w * x + b).tanh()


def training(inputs: int, classes: bool, activation: str = "tanh") -> Recorder:
    rows = [[float(place >> bit & 1) for bit in range(inputs)] for place in range(8)]
    targets = [float(sum(row) > 1) for row in rows] if classes else [sum(row) / 2 + 0.25 for row in rows]
    recorder = Recorder(every=2)
    fit(MLP(inputs, [2, 1], activation, rng=0), rows, targets, epochs=4, recorder=recorder)
    return recorder


@pytest.mark.slow
def test_a_walk_has_a_picture_for_the_start_and_one_for_each_step(tmp_path: Path) -> None:
    steps = walk(neuron())
    steps.goto(3)
    with Image.open(steps.save(tmp_path / "walk.GIF")) as film:
        assert (film.size, film.n_frames, film.info["loop"]) == ((1280, 720), len(steps) + 1, 0)
        pictures = []
        for number in range(film.n_frames):
            film.seek(number)
            pictures.append(film.convert("RGB").tobytes())
    assert len({*pictures}) == len(pictures)
    assert steps.at == 3


@pytest.mark.slow
def test_the_words_and_the_numbers_of_a_film_are_those_of_the_step(tmp_path: Path) -> None:
    from engine.film import new_figure
    from engine.printer import format_number, true_minus
    from engine.walk.film import BACKWARD, FORWARD, Scene

    wide = Value(0.5, "w")
    for _ in range(12):
        wide = (wide * 1.1).sin()
    for root in neuron(), wide:
        steps = walk(root)
        scene = Scene(steps, new_figure("walk.gif"))
        for taken in range(len(steps) + 1):
            scene.show(taken)
            gradients = steps.trace.gradients(taken)
            for index, node in enumerate(steps.trace.nodes):
                texts = scene.nodes[f"n{index}"].texts
                known = node.op is None or index in steps.trace.forward[:taken]
                if FORWARD not in texts:  # a constant: its number is its name
                    continue
                assert texts[FORWARD][0].get_text().endswith(true_minus(format_number(node.data)) if known else "?")
                if node.requires_grad:
                    assert texts[BACKWARD][0].get_text() == true_minus(f"grad {format_number(gradients[index])}")
            if taken:
                step = steps[taken - 1]
                assert true_minus(format_number(step.after)) in scene.words[2].get_text() or step.kind != "forward"
                assert f"{step.nth}/{step.of}" in scene.words[0].get_text()
                shown = scene.nodes[f"n{steps.trace.at[step.target]}"]
                assert shown.seen
                assert min(text.get_fontsize() for text, _ in shown.sizes) > 8  # points: 11 pixels


@pytest.mark.slow
@pytest.mark.parametrize(("inputs", "classes"), [(1, False), (2, False), (2, True), (3, True)])
def test_a_training_has_a_picture_for_each_moment(tmp_path: Path, inputs: int, classes: bool) -> None:
    recorder = training(inputs, classes)
    with Image.open(recorder.save(tmp_path / "training.gif", title="in $")) as film:
        assert (film.size, film.n_frames) == ((1280, 720), len(recorder.snapshots))


NO_FILM: dict[str, tuple[Callable[[], Any], type[Exception], list[str]]] = {
    "walk.avi": (lambda: walk(neuron()), PageError, [".html", ".gif", ".mp4"]),
    "none/walk.gif": (lambda: walk(neuron()), PageError, ["folder"]),
    "training.webp": (lambda: training(2, True), PageError, [".html"]),
    "none/training.gif": (lambda: training(2, True), NetworkError, ["folder"]),
    "empty.gif": (Recorder, NetworkError, ["nothing is recorded"]),
}


def test_what_is_no_film_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, (make, kind, words) in NO_FILM.items():
        with pytest.raises(kind) as error:
            make().save(tmp_path / name)
        assert [word for word in words if word not in str(error.value)] == []
    node = Value(0.5, "x")
    for _ in range(200):
        node = node.sin()
    with pytest.raises(WalkError, match=r"401 steps.* 300.*'walk\.html'"):
        walk(node).save(tmp_path / "walk.gif")
    with pytest.raises(PageError, match="does not end with .html"):
        walk(neuron()).save(tmp_path / "walk.gif", worksheet=True)
    monkeypatch.setattr("matplotlib.animation.FFMpegWriter.isAvailable", lambda: False)
    for thing, kind in (walk(neuron()), PageError), (training(2, True), NetworkError):
        with pytest.raises(kind, match="ffmpeg: install it by `apt install ffmpeg`.*'film.gif'"):
            thing.save(tmp_path / "film.mp4")
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    for thing in walk(neuron()), training(2, True):
        with pytest.raises(MissingExtra, match=r"film\.gif needs matplotlib: pip install .*\[train\]"):
            thing.save(tmp_path / "film.gif")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg")
def test_a_walk_is_saved_as_video(tmp_path: Path) -> None:
    assert b"ftyp" in walk(neuron()).save(tmp_path / "walk.mp4").read_bytes()[:16]

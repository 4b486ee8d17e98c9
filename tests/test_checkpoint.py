"""A checkpoint goes on with the same training only, and a write that fails does not end the training."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import warnings
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from wording import mentions

import nn
from engine import Value
from nn import MLP, Module, NetworkError, Recorder, Sequential, fit, optim
from nn.training.checkpoint import NotSaved

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
X, Y = [[0.0, 1.0], [1.0, 0.5], [2.0, -1.0], [0.5, 2.0]], [1.0, 0.0, 1.0, 0.5]
FULL = OSError(errno.ENOSPC, "No space left on device")


def model_for(rng: int = 0) -> MLP:
    return MLP(2, [2, 1], rng=rng)


def first(rng: int) -> str:
    """How a sentence tells weights: by the first of them."""
    return f"from {model_for(rng).layers[0].neurons[0].w[0].data:.6g} on #"


def size_of(model: Any, X: Any, y: Any) -> float:
    return sum(parameter.data**2 for parameter in model.parameters())


def usual() -> dict[str, Any]:
    """What fit is given, by the names of its parameters, when the file is first written."""
    return {
        "model": model_for(), "X": X, "y": Y, "loss": "mse", "optimizer": "sgd", "epochs": 3, "batch_size": 2,
        "shuffle": True, "seed": 0, "validation": (X, Y), "backend": "numpy", "progress": False, "callbacks": (),
        "metrics": size_of, "schedule": None, "clip": 1.0, "patience": None, "devices": 1, "dtype": "float64",
        "recorder": None,
    }  # fmt: skip


def trained(path: Path | None, **changes: Any) -> tuple[Any, list[float]]:
    given = usual() | changes
    history = fit(**given, checkpoint=path)
    return history, [parameter.data for parameter in given["model"].parameters()]


class Scaled(Module):
    """A model of the user's own, which does not say what it computes."""

    def __init__(self, factor: float) -> None:
        self.w, self.factor = Value(0.5, "w"), factor

    def __call__(self, row: Any) -> Value:
        return self.w * row[0] * self.factor


def frozen() -> MLP:
    model = model_for()
    model.layers[0].neurons[0].w[0].requires_grad = False
    return model


def moved() -> MLP:
    model = model_for()
    model.layers[0].neurons[0].b.data = 1e-9
    return model


def by(kind: Any, **options: Any) -> Callable[[], dict[str, Any]]:
    """Return what makes a model with an optimizer of its parameters."""

    def make() -> dict[str, Any]:
        model = model_for()
        return {"model": model, "optimizer": kind(model.parameters(), **options)}

    return make


# What makes another training, for each parameter of fit: changes, and words of the refusal.
ANOTHER: dict[str, list[tuple[Callable[[], dict[str, Any]], str]]] = {
    "model": [
        (lambda: {"model": MLP(2, [3, 1], rng=0)}, "model ... [2, 1] ... [3, 1]"),
        (lambda: {"model": MLP(2, [2, 2, 1], rng=0)}, "model ... [2, 1] ... [2, 2, 1]"),
        (lambda: {"model": MLP(2, [2, 1], "relu", rng=0)}, "model ... tanh ... relu"),
        (lambda: {"model": MLP(2, [2, 1], output="sigmoid", rng=0)}, "model ... linear ... sigmoid"),
        (lambda: {"model": Sequential(*model_for().layers)}, "model is MLP ... Sequential"),
        (lambda: {"model": model_for(1)}, f"start is 9 weights {first(0)} ... 9 weights {first(1)}"),
        (lambda: {"model": moved()}, "start is 9 weights"),
        (lambda: {"model": frozen()}, "9 parameters ... 8 parameters"),
    ],
    "X": [(lambda: {"X": [[x, y + 1e-12] for x, y in X]}, "data is"), (lambda: {"X": X[::-1]}, "data is")],
    "y": [(lambda: {"y": [y + 1e-12 for y in Y]}, "target data is")],
    "loss": [
        (lambda: {"loss": "mae"}, "loss is mse, and here it is mae"),
        (lambda: {"loss": nn.losses.huber}, "loss is mse ... huber"),
    ],
    "optimizer": [
        (lambda: {"optimizer": "adam"}, "optimizer is SGD( ... Adam("),
        (by(optim.SGD, lr=0.1 + 1e-12), "lr=0.1), ... lr=0.100000000001"),
        (by(optim.SGD, lr=0.1, momentum=0.5), "optimizer ... momentum=0.5"),
    ],
    "batch_size": [(lambda: {"batch_size": 3}, "batch_size is 2, and here it is 3")],
    "shuffle": [(lambda: {"shuffle": False}, "shuffle is True, and here it is False")],
    "seed": [(lambda: {"seed": 1}, "seed is 0, and here it is 1")],
    "validation": [
        (lambda: {"validation": None}, "validation ... none"),
        (lambda: {"validation": (X[:2], Y[:2])}, "validation is 4 rows ... 2 rows"),
    ],
    "backend": [(lambda: {"backend": "python"}, "backend is numpy, and here it is python")],
    "metrics": [(lambda: {"metrics": ()}, "metrics is size_of ... None")],
    "schedule": [
        (lambda: {"schedule": "cosine"}, "schedule is None ... cosine"),
        (lambda: {"schedule": lambda epoch: 0.5}, "schedule is None ... lambda"),
    ],
    "clip": [
        (lambda: {"clip": 2}, "clip is norm 1.0, and here it is norm 2.0"),
        (lambda: {"clip": ("value", 1.0)}, "clip is norm 1.0 ... value 1.0"),
    ],
    "patience": [(lambda: {"patience": 2}, "patience is None, and here it is 2")],
    "devices": [],  # of jax alone, below
    "dtype": [],
}
# What may be another.
FREE: dict[str, Callable[[], dict[str, Any]]] = {
    "epochs": lambda: {"epochs": 4},
    "progress": lambda: {"progress": True},
    "callbacks": lambda: {"callbacks": lambda *_: None},
    "recorder": lambda: {"recorder": Recorder()},
}


def test_each_parameter_of_fit_either_must_be_the_same_or_may_be_another() -> None:
    assert {*ANOTHER, *FREE, "checkpoint"} == {*signature(fit).parameters}
    assert {*usual(), "checkpoint"} == {*signature(fit).parameters}
    text = " ".join((fit.__doc__ or "").split())
    rule = text.partition("checkpoint: a file")[2].partition("callbacks: functions")[0]
    named = rule.replace("activation", "model")
    assert [name for name in (*ANOTHER, *FREE) if name not in named] == []


def test_another_training_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    trained(path)
    content = path.read_bytes()
    for changes, words in [change for rows in ANOTHER.values() for change in rows]:
        given = usual() | changes()
        before = [parameter.data for parameter in given["model"].parameters()]
        with pytest.raises(NetworkError) as caught:
            fit(**given, checkpoint=path)
        message = str(caught.value)
        assert mentions(message, f"run.json is of another training: its ... {words} ... another file, or remove")
        assert len(message) < 400 + len(str(path))
        assert before == [parameter.data for parameter in given["model"].parameters()]
        assert path.read_bytes() == content


@pytest.mark.parametrize("name", FREE)
def test_what_may_be_another_gives_what_a_whole_training_gives(name: str, tmp_path: Path) -> None:
    trained(tmp_path / "run.json")
    assert trained(tmp_path / "run.json", **FREE[name]()) == trained(None, **FREE[name]())


def test_devices_and_dtype_of_jax(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    trained(tmp_path / "run.json", backend="jax")
    with pytest.raises(NetworkError, match="dtype is float64, and here it is float32"):
        trained(tmp_path / "run.json", backend="jax", dtype="float32")


@pytest.mark.parametrize("backend", ["python", "numpy"])
def test_code_of_the_users_own_is_compared_by_what_it_computes(backend: str, tmp_path: Path) -> None:
    same: dict[str, Any] = {"optimizer": "sgd", "epochs": 2, "backend": backend, "progress": False}
    for number, (make, first, second, words) in enumerate([
        (lambda f: MLP(2, [2, 1], f, rng=0), lambda z: z.tanh(), lambda z: z.relu(), "tanh ... relu"),
        (lambda f: MLP(2, [2, 1], f, rng=0), lambda z: z * 0.1, lambda z: z * 0.2, "computation"),
        (Scaled, 1.0, 2.0, "computation"),
    ]):  # fmt: skip
        path = tmp_path / f"{number}.json"
        fit(make(first), X, Y, checkpoint=path, **same)
        fit(make(first), X, Y, checkpoint=path, **same)
        with pytest.raises(NetworkError) as caught:
            fit(make(second), X, Y, checkpoint=path, **same)
        assert mentions(caught.value, words)
    losses: list[Any] = [lambda p, y: (p - y) ** 2, lambda p, y: (p - y) ** 4]
    fit(model_for(), X, Y, losses[0], checkpoint=tmp_path / "loss.json", **same)
    with pytest.raises(NetworkError, match="computation"):
        fit(model_for(), X, Y, losses[1], checkpoint=tmp_path / "loss.json", **same)


def test_a_schedule_that_depends_on_the_number_of_epochs_is_not_prolonged(tmp_path: Path) -> None:
    trained(tmp_path / "run.json", schedule="cosine")
    with pytest.raises(NetworkError, match="rate in epoch 2 .* schedule or the number of epochs"):
        trained(tmp_path / "run.json", schedule="cosine", epochs=9)
    fixed = nn.schedules.cosine(9)
    trained(tmp_path / "fixed.json", schedule=fixed)
    assert trained(tmp_path / "fixed.json", schedule=fixed, epochs=9) == trained(None, schedule=fixed, epochs=9)
    with pytest.raises(NetworkError, match="another training: its rate in epoch 2"):
        trained(tmp_path / "fixed.json", schedule=nn.schedules.cosine(8), epochs=9)


def test_fewer_epochs_than_the_file_has_are_refused(tmp_path: Path) -> None:
    trained(tmp_path / "run.json", epochs=5)
    with pytest.raises(NetworkError, match="5 epochs.*epochs=3"):
        trained(tmp_path / "run.json", epochs=3)


@pytest.mark.parametrize("kind", ["sgd", "adam", "averagedsgd", "given"])
def test_the_model_that_a_training_left_goes_on_in_the_same_notebook(kind: str, tmp_path: Path) -> None:
    """Ctrl-C, and the cell again: the model has the weights of the latest step, which is no whole epoch."""

    def again(path: Path | None, stop: int) -> Any:
        model = model_for()
        optimizer = optim.Adam(model.parameters(), lr=0.1) if kind == "given" else kind

        def interrupt(epoch: int, *_: Any) -> None:
            if epoch == stop:
                raise KeyboardInterrupt

        for callback in (interrupt, lambda *_: None) if stop else (lambda *_: None,):
            history = fit(**usual() | {"model": model, "optimizer": optimizer, "callbacks": callback, "epochs": 6,
                                       "checkpoint": path})  # fmt: skip
        return history, [parameter.data for parameter in model.parameters()]

    assert again(tmp_path / "run.json", 3) == again(None, 0)


def test_a_callback_that_fails_leaves_a_checkpoint_to_go_on_from(tmp_path: Path) -> None:
    def fail(epoch: int, *_: Any) -> None:
        if epoch == 2:
            raise RuntimeError("a mistake in a callback")

    model = model_for()
    with pytest.raises(RuntimeError):
        trained(tmp_path / "run.json", model=model, callbacks=fail)
    assert len(json.loads((tmp_path / "run.json").read_text())["history"]["loss"]) == 2
    assert trained(tmp_path / "run.json", model=model) == trained(None)


def test_metrics_that_are_not_finite_come_back(tmp_path: Path) -> None:
    def odd(model: Any, X: Any, y: Any) -> float:
        return [float("nan"), float("inf"), -float("inf")][len(seen) % 3]

    seen: list[int] = []
    history, _ = trained(tmp_path / "run.json", metrics=odd, callbacks=lambda epoch, *_: seen.append(epoch) and None)
    again, _ = trained(tmp_path / "run.json", metrics=odd)
    assert str(again.metrics) == str(history.metrics)
    assert "NaN" not in (tmp_path / "run.json").read_text()


@pytest.mark.parametrize("failing", [{1}, {1, 2, 3}, {2, 3}, {4}, {1, 2, 3, 4}])
def test_a_write_that_fails_is_told_once_and_tried_again(
    failing: set[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, tried, left = tmp_path / "run.json", [], []

    def replace(*args: Any) -> None:
        tried.append(args)
        if len(tried) in failing:
            raise FULL
        rename(*args)

    rename = os.replace
    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr("nn.training.checkpoint.WRITING_TIME", 1e9)  # after each epoch, and at the end
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history, numbers = trained(path, callbacks=lambda *_: left.append(1) and None)
    assert len(tried) == 4
    assert len(left) == 3
    assert [each.category for each in caught] == [NotSaved]
    assert mentions(caught[0].message, "run.json ... No space left")
    assert caught[0].filename == __file__
    last = 4 in failing
    assert (
        mentions(history.ended, "all 3 epochs; 'run.json' cannot be saved: No space left")
        if last
        else (history.ended == "all 3 epochs")
    )
    assert path.exists() == (failing != {1, 2, 3, 4})
    assert [each for each in os.listdir(tmp_path) if each != "run.json"] == []
    monkeypatch.undo()
    assert trained(path)[1] == numbers == trained(None)[1]


def test_a_write_that_fails_does_not_end_a_training_where_warnings_are_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> None:
        raise FULL

    monkeypatch.setattr(os, "fsync", full)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history, _ = trained(tmp_path / "run.json")
    assert history.epochs == 3
    assert capsys.readouterr().err.count("No space left") == 1


def test_a_folder_that_goes_away_does_not_end_a_training(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()

    def remove(epoch: int, *_: Any) -> None:
        if epoch == 1:
            for each in folder.iterdir():
                each.unlink()
            folder.rmdir()

    with pytest.warns(NotSaved, match=r"run\.json"):
        history, _ = trained(folder / "run.json", callbacks=remove, epochs=5)
    assert history.epochs == 5
    assert "run.json" in history.ended


def test_a_callback_that_changes_the_folder_does_not_move_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    trained(Path("run.json"), callbacks=lambda *_: os.chdir(tmp_path / "elsewhere"))
    assert sorted(os.listdir(tmp_path)) == ["elsewhere", "run.json"]
    assert os.listdir(tmp_path / "elsewhere") == []


LONG = """
import sys
from nn import MLP, data, fit, optim
from nn.training import checkpoint
checkpoint.WRITING_TIME = 1e9
def train(path=None):
    X, y = data.moons(40)
    model = MLP(2, [4, 1], "tanh", rng=0)
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    history = fit(model, X, y, "binary_cross_entropy_on_logits", optimizer, 60, 16, validation=(X[:9], y[:9]),
                  metrics="accuracy", patience=50, checkpoint=path, progress=False)
    return [p.data for p in model.parameters()], optimizer.columns, optimizer.steps, history
"""
KILL = """
import os, signal
from engine import files
write, step = map(int, sys.argv[2].split("."))
count, moment = 0, 2 * write - 1  # each write calls fsync for the draft, and then for the folder
def dying(name, function):
    def call(*args):
        global count
        if name == "fsync":
            count += 1
        if count == moment and STEPS[step] == name:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args)
        if count == moment and STEPS[step] == name + " after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return call
STEPS = ["fsync", "fsync after", "replace", "replace after", "chmod"]
os.fsync, os.replace, os.chmod = dying("fsync", os.fsync), dying("replace", os.replace), dying("chmod", os.chmod)
train(sys.argv[1])
"""


def killed_at(moments: list[str], tmp_path: Path) -> None:
    """Kill trainings in the midst of writing their files, and go on with each."""
    names: dict[str, Any] = {}
    exec(LONG, names)
    whole = names["train"]()
    for moment in moments:
        path = tmp_path / f"run{moment}.json"
        done = subprocess.run([sys.executable, "-c", LONG + KILL, str(path), moment], cwd=ROOT, check=False)
        assert done.returncode == -signal.SIGKILL
        assert names["train"](path) == whole


needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")


@pytest.mark.slow
@needs_kill
def test_a_training_killed_in_the_midst_of_a_write_goes_on_bit_for_bit(tmp_path: Path) -> None:
    killed_at(["3.0", "15.3"], tmp_path)


@pytest.mark.slow
@needs_kill
def test_a_training_killed_at_20_moments_goes_on_bit_for_bit(tmp_path: Path) -> None:
    killed_at([f"{2 + 3 * place}.{place % 5}" for place in range(20)], tmp_path)


def test_a_checkpoint_that_is_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    link, real = tmp_path / "run.json", tmp_path / "disk" / "real.json"
    trained(real)
    link.symlink_to(real)
    assert trained(link, epochs=5) == trained(None, epochs=5)
    assert link.is_symlink()
    assert len(json.loads(real.read_text())["history"]["loss"]) == 5

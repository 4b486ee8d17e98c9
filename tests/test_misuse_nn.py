"""Whatever a function of nn, or a method of what it makes, is given, it takes it rightly or refuses it in our words.

Pictures and recordings (`nn.plot`, `Recorder`) have a test of their own.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from odd import mistakes, public_things

import nn
from engine import GradwalkError, Value
from nn import (
    MLP,
    Conv1d,
    Dropout,
    Embedding,
    History,
    Layer,
    NetworkError,
    Neuron,
    Recurrent,
    Sequential,
    data,
    losses,
    optim,
    schedules,
)

if TYPE_CHECKING:
    from collections.abc import Callable

X, Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
ROWS = [{"loss": 0.5, "norm": 2.0, "rate": 0.1}, {"loss": 0.25, "norm": 1.0, "rate": 0.1}]


def constantly(thing: Any) -> Callable[[], Any]:
    return lambda: thing


def net() -> MLP:
    return MLP(2, [2, 1], rng=0)


class Constant(nn.Module):
    """A model whose parameter is not in its output."""

    def __init__(self) -> None:
        self.w = Value(1.0, "w")

    def __call__(self, row: Any) -> int:
        return 3


def weight() -> Value:
    w = Value(2.0, "w")
    w.grad = 0.5
    return w


def history() -> History:
    return History([dict(row) for row in ROWS], "all 2 epochs")


def dataset() -> data.Dataset:
    return data.Dataset(X, Y, ["a", "b"], ["no", "yes"])


def recurrent() -> Recurrent:
    return Recurrent(1, 2, 1, rng=0)


W = weight()


def implicit() -> optim.ImplicitSGD:
    return optim.ImplicitSGD([W], lr=0.1)


def rate(optimizer: Any) -> Callable[..., None]:
    return lambda lr: setattr(optimizer, "lr", lr)


def saved() -> str:
    if not Path("model.json").exists():
        nn.save(net(), "model.json")
    return "model.json"


def table() -> str:
    if not Path("table.csv").exists():
        Path("table.csv").write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    return "table.csv"


# Odd values that are right for arguments of a kind.
SIZE = "3 np.int"
SEED = "3 0 -1 10**400 -10**400 np.int"
RNG = f"{SEED} None random"
REAL = "3 0 -1 2.5 Fraction np.f32 np.int"
POSITIVE = "3 2.5 Fraction np.f32 np.int"
SHARE = "3 0 2.5 Fraction np.f32 np.int"
BELOW_ONE = "0 Fraction"
TEXT = "'text' '' long nul surrogate '.' '3'"
SWITCH = "True False np.True"
PAIR = "gen"
STEPS = "range gen iter [1.0] [1e308]*4 [Value] np.1x1"
NUMBERS = f"{REAL} inf Value [1.0] iter np.0d [Value]"
YES_NO = "True False [True] np.True"
NAMES = "[] () np.empty ['a','b'] ['1','0']"
ROW_OF_ONE = "[1.0] [True] [1e308]*4 range iter gen np.1x1"
RNG_OF = {"rng": RNG, "init": "None functions"}
ADAPTIVE = {"lr": 0.1, "eps": 1e-8, "weight_decay": 0.0, "l1": 0.0}
ADAPTIVE_TAKEN = {"parameters": "[Value]", "lr": SHARE, "eps": POSITIVE, "weight_decay": SHARE, "l1": SHARE}

FRESH = (net, weight, saved, table)  # made anew for each call


def tried(right: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    return {name: thing if thing in FRESH else constantly(thing) for name, thing in right.items()}


# What is called, a right argument for each of its parameters, and for each the odd ones that it is right to take.
TABLE: list[tuple[str, Callable[[], Callable[..., Any]], dict[str, Any], dict[str, str]]] = [
    ("Neuron", lambda: Neuron,
        {"inputs": 2, "activation": "tanh", "rng": 0, "init": None, "name": "", "neurons": 1},
        {"inputs": SIZE, "activation": "functions", "name": TEXT, "neurons": SIZE, **RNG_OF}),
    ("Neuron.__call__", lambda: Neuron(2), {"inputs": [1.0, 2.0]}, {"inputs": PAIR}),
    ("Neuron.rename", lambda: Neuron(2).rename, {"name": "hidden"}, {"name": TEXT}),
    ("Layer.rename", lambda: Layer(2, 2).rename, {"name": "hidden"}, {"name": TEXT}),
    ("Layer", lambda: Layer,
        {"inputs": 2, "neurons": 2, "activation": "tanh", "rng": 0, "init": None, "name": ""},
        {"inputs": SIZE, "activation": "functions", "name": TEXT, "neurons": SIZE, **RNG_OF}),
    ("Layer.__call__", lambda: Layer(2, 2), {"inputs": [1.0, 2.0]}, {"inputs": PAIR}),
    ("MLP", lambda: MLP,
        {"inputs": 2, "sizes": [2, 1], "activation": "relu", "output": "linear", "rng": 0, "init": None},
        {"inputs": SIZE, "activation": "functions", "output": "functions", **RNG_OF}),
    ("MLP.__call__", net, {"inputs": [1.0, 2.0]}, {"inputs": PAIR}),
    ("Conv1d", lambda: Conv1d,
        {"in_channels": 1, "out_channels": 2, "kernel_size": 2, "activation": "tanh", "stride": 1, "rng": 0,
         "init": None, "name": ""},
        {"in_channels": SIZE, "out_channels": SIZE, "kernel_size": SIZE, "stride": SIZE, "activation": "functions",
         "name": TEXT, **RNG_OF}),
    ("Conv1d.__call__", lambda: Conv1d(1, 2, 2), {"inputs": [1.0, 2.0]}, {"inputs": f"{PAIR} [1e308]*4 range"}),
    ("Conv1d.rename", lambda: Conv1d(1, 2, 2).rename, {"name": "hidden"}, {"name": TEXT}),
    ("Embedding", lambda: Embedding, {"words": 2, "size": 3, "rng": 0, "init": None, "name": ""},
        {"words": SIZE, "size": SIZE, "name": TEXT, **RNG_OF}),
    ("Embedding.__call__", lambda: Embedding(2, 3), {"word": [0.0, 1.0]}, {"word": f"{PAIR} 0"}),
    ("Embedding.rename", lambda: Embedding(2, 3).rename, {"name": "hidden"}, {"name": TEXT}),
    ("Dropout", lambda: Dropout, {"p": 0.5}, {"p": "0 Fraction"}),
    ("Dropout.__call__", lambda: Dropout(0.5), {"inputs": [1.0, 2.0]},
        {"inputs": f"{PAIR} {NUMBERS} [1e308]*4 range [] () np.empty"}),
    ("dropping", lambda: nn.dropping, {"rng": 0}, {"rng": RNG}),
    ("Recurrent", lambda: Recurrent,
        {"inputs": 1, "hidden": 2, "outputs": 1, "activation": "tanh", "output": "linear", "rng": 0, "init": None,
         "last": False},
        {"inputs": SIZE, "hidden": SIZE, "outputs": f"{SIZE} None", "activation": "functions", "output": "functions",
         "last": SWITCH, **RNG_OF}),
    ("MLP.rename", lambda: net().rename, {"name": "hidden"}, {"name": TEXT}),
    ("Sequential", lambda: Sequential, {"parts": Layer(2, 2)}, {"parts": "functions"}),
    ("Sequential.__call__", lambda: Sequential(Layer(2, 2)), {"inputs": [1.0, 2.0]}, {"inputs": PAIR}),
    ("Sequential.rename", lambda: Sequential(Layer(2, 2)).rename, {"name": "hidden"}, {"name": TEXT}),
    ("Recurrent.rename", lambda: recurrent().rename, {"name": "hidden"}, {"name": TEXT}),
    ("Recurrent.__call__", recurrent, {"sequence": [1.0, 2.0], "state": None},
        {"sequence": STEPS, "state": "None gen"}),
    ("Recurrent.unroll", lambda: recurrent().unroll, {"sequence": [1.0, 2.0], "state": None},
        {"sequence": STEPS, "state": "None gen"}),
    ("History", lambda: History, {"rows": ROWS, "ended": ""}, {"rows": "[] () [{}] np.empty", "ended": TEXT}),
    ("History.column", lambda: history().column, {"name": "loss"}),
    ("History.to_csv", lambda: history().to_csv, {"path": "history.csv"}),
    ("to_torch", lambda: nn.to_torch, {"model": net, "dtype": "float64"}),
    ("from_torch", lambda: nn.from_torch, {"module": None}),
    ("predict", lambda: nn.predict, {"model": net, "X": X, "backend": "python"}, {"backend": "None"}),
    ("classify", lambda: nn.classify, {"model": net, "X": X, "backend": "numpy"}, {"backend": "None"}),
    ("accuracy", lambda: nn.accuracy, {"model": net, "X": X, "y": Y, "backend": "numpy"}, {"backend": "None"}),
    ("confusion_matrix", lambda: nn.confusion_matrix, {"model": net, "X": X, "y": Y, "backend": None},
        {"backend": "None"}),
    ("evaluate", lambda: nn.evaluate, {"model": net, "X": X, "y": Y, "loss": "mse", "backend": None},
        {"backend": "None", "loss": "functions"}),
    ("diagnose", lambda: nn.diagnose, {"model": net, "X": X, "y": Y, "loss": "mse", "lr": 0.01, "sample": 4},
        {"y": "[1e308]*4", "loss": "functions", "lr": POSITIVE, "sample": SIZE}),
    ("layer_outputs", lambda: nn.layer_outputs, {"model": net, "X": X}),
    ("top_rows", lambda: nn.top_rows, {"model": net, "X": X, "count": 2}, {"count": SIZE}),
    ("purity", lambda: nn.purity, {"model": net, "X": X, "y": Y, "count": 2}, {"count": SIZE, "y": "[1e308]*4"}),
    ("preferred_inputs", lambda: nn.preferred_inputs,
        {"model": net, "X": X, "shape": None, "steps": 2, "rate": 0.1, "decay": 0.0},
        {"shape": "None", "steps": SIZE, "rate": "0 Fraction", "decay": "0 Fraction"}),
    ("save", lambda: nn.save, {"model": net, "path": "m.json"}),
    ("load", lambda: nn.load, {"model": net, "path": saved}, {"path": ""}),
    ("load alone", lambda: lambda model: nn.load(model), {"model": saved}),  # noqa: PLW0108
    *(("fit", lambda: nn.fit,
        {"model": net, "X": X, "y": Y, "loss": "mse", "optimizer": "sgd", "epochs": 1, "batch_size": 2,
         "shuffle": True, "seed": 0, "validation": None, "backend": backend, "progress": False, "checkpoint": None,
         "callbacks": (), "metrics": (), "schedule": None, "clip": None, "patience": None, "devices": 1,
         "dtype": "float64", "recorder": None},
        {"loss": "functions", "optimizer": "None", "epochs": SIZE, "batch_size": f"{SIZE} None", "shuffle": SWITCH,
         "seed": SEED, "validation": "None", "backend": "None", "progress": SWITCH, "checkpoint": "None",
         "callbacks": "[] () functions", "metrics": "[] () functions", "schedule": "None functions",
         "clip": f"{POSITIVE} None", "patience": f"{SIZE} None", "devices": "", "recorder": "None"})
        for backend in ("python", "numpy")),
    ("Optimizer", lambda: optim.Optimizer, {"parameters": [weight()], "lr": 0.1},
        {"parameters": "[Value]", "lr": SHARE}),
    ("SGD", lambda: optim.SGD,
        {"parameters": [weight()], "lr": 0.1, "momentum": 0.5, "nesterov": True, "weight_decay": 0.0, "l1": 0.0},
        {"parameters": "[Value]", "lr": SHARE, "momentum": "Fraction", "nesterov": SWITCH, "weight_decay": SHARE,
         "l1": SHARE}),
    ("AdaGrad", lambda: optim.AdaGrad, {"parameters": [weight()], **ADAPTIVE}, ADAPTIVE_TAKEN),
    ("RMSProp", lambda: optim.RMSProp, {"parameters": [weight()], "alpha": 0.9, **ADAPTIVE},
        {"alpha": BELOW_ONE, **ADAPTIVE_TAKEN}),
    ("Adam", lambda: optim.Adam, {"parameters": [weight()], "betas": (0.9, 0.99), **ADAPTIVE}, ADAPTIVE_TAKEN),
    ("AdamW", lambda: optim.AdamW, {"parameters": [weight()], "betas": (0.9, 0.99), **ADAPTIVE}, ADAPTIVE_TAKEN),
    ("AveragedSGD", lambda: optim.AveragedSGD,
        {"parameters": [weight()], "lr": 0.1, "start": 0, "weight_decay": 0.0, "l1": 0.0},
        {"parameters": "[Value]", "lr": SHARE, "start": f"0 {SIZE}", "weight_decay": SHARE, "l1": SHARE}),
    ("ImplicitSGD", lambda: optim.ImplicitSGD,
        {"parameters": [weight()], "lr": 0.1, "iterations": 10, "weight_decay": 0.0, "l1": 0.0},
        {"parameters": "[Value]", "lr": SHARE, "iterations": SIZE, "weight_decay": SHARE, "l1": SHARE}),
    ("ImplicitSGD.step", lambda: implicit().step, {"loss": lambda: W * W}, {"loss": "functions"}),
    ("Optimizer.lr", lambda: rate(optim.SGD([weight()])), {"lr": 0.1}, {"lr": SHARE}),
    ("Optimizer.put", lambda: optim.SGD([weight()]).put, {"numbers": [1.0]}, {"numbers": "[1.0] iter"}),
    ("clip_norm", lambda: optim.clip_norm, {"parameters": [weight()], "limit": 1.0},
        {"parameters": "[Value]", "limit": POSITIVE}),
    ("clip_value", lambda: optim.clip_value, {"parameters": [weight()], "limit": 1.0},
        {"parameters": "[Value]", "limit": POSITIVE}),
    *((name, lambda name=name: getattr(losses, name), {"prediction": [Value(0.3)], "target": [1.0]},
        {"prediction": NUMBERS, "target": f"{NUMBERS} {YES_NO}"})
        for name in ("mse", "mae", "quadratic")),
    ("hinge", lambda: losses.hinge, {"prediction": [Value(0.3)], "target": [1.0]},
        {"prediction": NUMBERS, "target": "-1 True [True] np.True [1.0] iter Value [Value]"}),
    ("binary_cross_entropy", lambda: losses.binary_cross_entropy, {"prediction": [Value(0.3)], "target": [1.0]},
        {"prediction": "Fraction [1.0] iter Value [Value]",
         "target": f"0 Fraction {YES_NO} [1.0] iter Value [Value]"}),
    ("binary_cross_entropy_on_logits", lambda: losses.binary_cross_entropy_on_logits,
        {"prediction": [Value(0.3)], "target": [1.0]},
        {"prediction": NUMBERS, "target": f"0 Fraction {YES_NO} [1.0] iter Value [Value]"}),
    ("huber", lambda: losses.huber, {"prediction": [Value(0.3)], "target": [1.0], "delta": 1.0},
        {"prediction": NUMBERS, "target": f"{NUMBERS} {YES_NO}", "delta": POSITIVE}),
    ("cross_entropy", lambda: losses.cross_entropy, {"prediction": [Value(0.3), Value(0.4)], "target": 1},
        {"prediction": "[1e308]*4 range gen", "target": "0"}),
    ("softmax", lambda: losses.softmax, {"prediction": [Value(0.3), Value(0.4)]},
        {"prediction": "[1e308]*4 range gen"}),
    *((name, lambda name=name: getattr(losses, name), {"parameters": [weight()], "strength": 0.1},
        {"parameters": "[Value]", "strength": SHARE})
        for name in ("l1", "l2")),
    ("Hopfield", lambda: nn.Hopfield, {"patterns": [[1, -1, 1]], "bias": [0.0, 1.0, 2.0]},
        {"bias": "None range"}),
    ("Hopfield", lambda: nn.Hopfield, {"weights": [[0, 1], [1, 0]], "bias": None},
        {"bias": "gen None"}),
    ("Hopfield.__call__", lambda: nn.Hopfield([[1, -1]]), {"state": [1, -1]}),
    ("Module.__call__", nn.Module, {"inputs": [1.0]}),
    ("Hopfield.energy", lambda: nn.Hopfield([[1, -1]]).energy, {"state": [1, -1]}, {"state": "gen"}),
    ("Hopfield.recall", lambda: nn.Hopfield([[1, -1]]).recall, {"state": [1, -1], "rng": 0}, {"rng": RNG}),
    ("prune", lambda: nn.prune, {"model": net, "share": 0.5}, {"share": "0 Fraction"}),
    ("csv", lambda: data.csv,
        {"path": table, "target": "a", "drop": (), "categories": (), "classes": None, "delimiter": None,
         "decimal": None, "encoding": "utf-8"},
        {"drop": "[] () np.empty", "categories": "[] () np.empty ['a','b'] np.str", "classes": f"{SWITCH} None",
         "delimiter": "None", "decimal": "None '.'"}),
    ("one_hot", lambda: data.one_hot, {"values": ["a", "b"], "categories": ["a", "b"]},
        {"values": "['a','b'] np.str", "categories": "None ['a','b']"}),
    ("one_hot alone", lambda: data.one_hot, {"values": ["a", "b"]},
        {"values": "['a','b'] ['1','0'] [True] [10**400] range np.str"}),
    ("pixels", lambda: data.pixels, {"image": ["#.", ".#"]},
        {"image": "['a','b'] ['1','0'] np.str np.1x1"}),
    ("bag_of_letters", lambda: data.bag_of_letters, {"text": ["a"], "alphabet": "abc"},
        {"text": "['a','b'] ['1','0'] np.str", "alphabet": "'3' '.' nul surrogate"}),
    ("bag_of_words", lambda: data.bag_of_words, {"text": ["a b"], "words": ["a"]},
        {"text": "['a','b'] ['1','0'] np.str", "words": "None ['a','b'] ['1','0'] np.str"}),
    ("vocabulary", lambda: data.vocabulary, {"text": ["a b"]}, {"text": "['a','b'] ['1','0'] np.str"}),
    ("windows", lambda: data.windows, {"series": [1.0, 2.0, 3.0, 4.0], "width": 2, "ahead": 1},
        {"series": "[1e308]*4 range", "width": SIZE, "ahead": "np.int"}),
    ("Dataset", lambda: data.Dataset,
        {"X": X, "y": Y, "features": ["a", "b"], "classes": ["n", "y"], "name": ""},
        {"X": "np.3d", "features": NAMES, "classes": NAMES, "name": TEXT}),
    ("Dataset.take", lambda: dataset().take, {"indices": [0, 1]}, {"indices": "range"}),
    ("Scaler", lambda: data.Scaler,
        {"how": "standardize", "offset": (0.0,), "scale": (1.0,), "features": ("a",), "count": 3},
        {"offset": "[1.0] iter", "scale": "[1.0] iter", "features": "np.str", "count": SIZE}),
    ("Scaler.transform", lambda: data.standardize([[1.0], [2.0]]).transform, {"X": [[1.0]]}, {"X": ROW_OF_ONE}),
    ("Scaler.inverse", lambda: data.standardize([[1.0], [2.0]]).inverse, {"X": [[1.0]]}, {"X": ROW_OF_ONE}),
    ("standardize", lambda: data.standardize, {"X": X}, {"X": f"{ROW_OF_ONE} np.3d"}),
    ("normalize", lambda: data.normalize, {"X": X}, {"X": f"{ROW_OF_ONE} np.3d"}),
    ("batches", lambda: data.batches, {"X": X, "y": Y, "batch_size": 2, "shuffle": True, "seed": 0, "epoch": 0},
        {"X": "[1e308]*4 np.3d", "y": "[1e308]*4 np.3d", "batch_size": f"{SIZE} None", "shuffle": SWITCH,
         "seed": SEED, "epoch": SEED}),
    ("batches of a Dataset", lambda: data.batches, {"X": dataset(), "y": None}, {"y": "None"}),
    ("orders", lambda: data.orders, {"rows": 5, "batch_size": 2, "shuffle": True, "seed": 0, "epoch": 0},
        {"rows": SIZE, "batch_size": f"{SIZE} None", "shuffle": SWITCH, "seed": SEED, "epoch": SEED}),
    ("split", lambda: data.split, {"X": X, "y": Y, "test": 0.5, "seed": 0, "stratify": None},
        {"X": "[1e308]*4 np.3d", "y": "[1e308]*4 np.3d", "test": "3 Fraction np.f32 np.int",
         "seed": SEED, "stratify": f"{SWITCH} None"}),
    ("split of a Dataset", lambda: data.split, {"X": dataset(), "y": None}, {"y": "None"}),
    ("blobs", lambda: data.blobs, {"rows": 6, "classes": 3, "features": 2, "noise": 1.0, "seed": 0},
        {"rows": "3", "classes": SIZE, "features": SIZE, "noise": SHARE, "seed": RNG}),
    ("spiral", lambda: data.spiral, {"rows": 6, "classes": 2, "noise": 0.1, "turns": 1.0, "seed": 0},
        {"rows": SIZE, "classes": SIZE, "noise": SHARE, "seed": RNG, "turns": REAL}),
    ("circles", lambda: data.circles, {"rows": 6, "noise": 0.1, "seed": 0},
        {"rows": SIZE, "noise": SHARE, "seed": RNG}),
    ("moons", lambda: data.moons, {"rows": 6, "noise": 0.1, "seed": 0},
        {"rows": SIZE, "noise": SHARE, "seed": RNG}),
    ("shapes", lambda: data.shapes, {"rows": 14, "noise": 0.1, "seed": 0}, {"noise": SHARE, "seed": RNG}),
    ("xor", lambda: data.xor, {"rows": 6, "noise": 0.1, "seed": 0}, {"rows": SIZE, "noise": SHARE, "seed": RNG}),
    ("linear", lambda: data.linear, {"rows": 6, "weights": 3.0, "bias": 1.0, "noise": 0.1, "seed": 0},
        {"rows": SIZE, "weights": f"{REAL} [1.0] [True] range gen iter", "bias": REAL, "noise": SHARE, "seed": RNG}),
    ("schedules.step", lambda: schedules.step, {"every": 2, "gamma": 0.1}, {"every": SIZE, "gamma": SHARE}),
    ("schedules.cosine", lambda: schedules.cosine, {"epochs": 3, "end": 0.0}, {"epochs": SIZE, "end": SHARE}),
    ("schedules.linear", lambda: schedules.linear, {"epochs": 3, "start": 1.0, "end": 0.0},
        {"epochs": SIZE, "start": SHARE, "end": SHARE}),
    *((f"a schedule, {number}", lambda schedule=schedule: schedule, {"epoch": 1}, {"epoch": f"0 {SIZE}"})
        for number, schedule in enumerate(
            (schedules.constant(), schedules.step(2), schedules.cosine(3), schedules.linear(3)))),
    *((f"init.{name}", lambda name=name: getattr(nn.init, name), {"inputs": 2, "neurons": 3, "rng": Random(0)},
        {"inputs": SIZE, "neurons": SIZE, "rng": "random"})
        for name in ("he", "uniform", "xavier", "zeros")),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_odd_arguments_are_taken_rightly_or_refused(
    row: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, make, right, *taken = row
    assert mistakes(make, tried(right), *taken or [{}]) == []


# What `fit` calls of an optimizer, to be written or used by authors of one; and what is in a test of its own.
UNTRIED = ("Optimizer.advance", "Optimizer.answer", "Optimizer.rule", "Recorder", "Diagnosis")
ROOMS = (nn, optim, losses, data, nn.init, schedules)
CALLED = {
    name: thing
    for name, thing in public_things(ROOMS)
    if not name.startswith(UNTRIED) and not name.endswith((".advance", ".answer", ".rule"))
}


def takes(thing: Any) -> set[str]:
    return {*inspect.signature(thing).parameters} - {"self"}


def test_the_table_has_every_public_function_and_method_with_each_of_its_parameters() -> None:
    tried_parameters: dict[str, set[str]] = {}
    for name, _, right, *_ in TABLE:
        tried_parameters.setdefault(name.removeprefix("init.").removeprefix("schedules."), set()).update(right)
    for name, thing in CALLED.items():
        own = {"Optimizer.put": "SGD.put"}.get(name, name)
        short = own.removesuffix(".__init__")
        if takes(thing) and short.split(".")[-1] != "put":
            assert takes(thing) - {"options"} <= tried_parameters.get(short, set()), name
    assert len(CALLED) > 60


@pytest.mark.parametrize("name", CALLED)
def test_every_public_function_and_method_answers_a_word_that_it_does_not_know(name: str) -> None:
    thing = CALLED[name]
    if name.startswith("Optimizer.__init__"):
        pytest.skip("takes the options of any rule")
    with pytest.raises(GradwalkError, match="nonsense="):
        thing(*[None] * (next(iter(inspect.signature(thing).parameters), "") == "self"), nonsense=1)


WITH_ROWS = {
    name: thing for name, thing in public_things([nn, data, nn.plot]) if "X" in inspect.signature(thing).parameters
}
TAKE_A_DATASET = {"split", "batches", "standardize", "normalize", "Scaler.transform", "Scaler.inverse"}


def before_rows(name: str, thing: Any) -> list[Any]:
    """Return a right argument for each parameter before X."""
    first = {"model": net(), "self": data.standardize(X), "probabilities": [[0.5]]}
    names = [*inspect.signature(thing).parameters]
    return [] if name == "Dataset.__init__" else [first[each] for each in names[: names.index("X")]]


@pytest.mark.parametrize("name", WITH_ROWS)
def test_a_whole_dataset_in_the_place_of_rows_is_taken_or_answered_with_how_to_unpack_it(name: str) -> None:
    thing = data.Dataset if name == "Dataset.__init__" else WITH_ROWS[name]
    parameters = inspect.signature(thing).parameters.values()
    required = [each.name for each in parameters if each.default is each.empty and each.name != "self"]
    values = {"probabilities": [[0.5]] * 4, "y": Y}
    more = [values[each] for each in required if each in values]
    if name in TAKE_A_DATASET:
        thing(*before_rows(name, thing), dataset())
        return
    for rest in {0, len(more)}:  # with the targets missing, and with them
        with pytest.raises(GradwalkError) as caught:
            thing(*before_rows(name, thing), dataset(), *more[:rest])
        assert "whole Dataset" in str(caught.value) or "probabilities" in str(caught.value)
        if "y" in required and not rest:
            assert f"{name.split('.', maxsplit=1)[0]}" in str(caught.value)
            assert "*dataset)" in str(caught.value)
        elif "whole" in str(caught.value):
            assert "dataset.X" in str(caught.value)


@pytest.mark.parametrize("name", ["split", "batches"])
def test_a_dataset_and_a_number_where_targets_belong_are_answered_with_its_name(name: str) -> None:
    option = {"split": "test=0.2", "batches": "batch_size=0.2"}[name]
    with pytest.raises(NetworkError, match=option):
        getattr(data, name)(dataset(), 0.2)
    with pytest.raises(NetworkError, match="y is left out"):
        getattr(data, name)(dataset(), Y)


def test_the_targets_may_be_a_dataset_no_more_than_the_rows() -> None:
    with pytest.raises(NetworkError, match=r"y is a whole Dataset.*dataset\.y"):
        nn.accuracy(net(), X, dataset())
    with pytest.raises(NetworkError, match=r"row.*whole Dataset.*dataset\.X"):
        net()(dataset())


def test_a_dataset_has_as_many_rows_as_its_length_and_unpacks_to_two() -> None:
    rows, targets = whole = dataset()
    assert len(whole) == len(rows) == len(targets) == 4
    assert len([*whole]) == 2


# What takes rows and no targets; `plot.digits` is left out, because probabilities come after its rows.
ROWS_ALONE = [
    name for name, thing in WITH_ROWS.items() if name != "digits" and "y" not in inspect.signature(thing).parameters
]


@pytest.mark.parametrize("name", ROWS_ALONE)
def test_targets_that_a_function_does_not_take_are_answered_with_the_call_without_them(name: str) -> None:
    thing = WITH_ROWS[name]
    for rows, targets in ((X, Y), (X, np.array(Y)), dataset()):
        with pytest.raises(GradwalkError, match=r"without their targets y.*X\)"):
            thing(*before_rows(name, thing), rows, targets)
    with pytest.raises(GradwalkError, match="y=: leave it out"):
        thing(*before_rows(name, thing), X, y=Y)


def test_an_argument_after_the_rows_that_is_wrong_for_another_reason_is_answered_as_such() -> None:
    with pytest.raises(NetworkError, match="count must be"):
        nn.top_rows(net(), X, "abcd")
    with pytest.raises(NetworkError, match="count must be"):
        nn.top_rows(net(), X, np.array(2.5))  # type: ignore[arg-type]
    with pytest.raises(NetworkError, match="3 × 3 has 9"):
        nn.preferred_inputs(net(), X[:2], (3, 3))


def test_rows_that_are_not_images_are_told_from_images_of_another_size() -> None:
    with pytest.raises(NetworkError, match=r"3 numbers do not make a square.*top_rows"):
        nn.plot.features(MLP(3, [2], rng=0), [[1.0, 2.0, 3.0]])
    with pytest.raises(NetworkError, match=r"shape=\(2, 2\).*[Mm]easurements.*top_rows"):
        nn.plot.features(MLP(4, [2], rng=0), [[1.0, 2.0, 3.0, 4.0]])


def test_no_remedy_is_of_another_kind_of_argument() -> None:
    cases: list[tuple[Callable[[], Any], str]] = [
        (lambda: data.bag_of_letters([1]), "width"),
        (lambda: data.bag_of_words(["a"], 3), "width"),
        (lambda: nn.Hopfield(["#."]), "names.index"),
        (lambda: nn.predict(net(), [[1, "2"]]), "names.index"),
        (lambda: data.windows(["2"]), "names.index"),
        (lambda: nn.Hopfield([[1, -1]]).recall([1, -1], steps=1), "did you mean"),
        (lambda: data.one_hot([0], 2), "entry a row"),
    ]
    for call, words in cases:
        with pytest.raises(GradwalkError) as caught:
            call()
        assert words not in str(caught.value)


def test_a_column_that_no_history_has_suggests_the_one_that_was_meant() -> None:
    with pytest.raises(NetworkError, match="did you mean 'loss'"):
        history().column("los")
    assert history().column("loss") == [0.5, 0.25]
    assert history().column("validation") == []
    with pytest.raises(GradwalkError, match="los="):
        history().column(los=1)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: dataset().take(3), "take([0, 2]) 3"),
        (lambda: dataset().take([9]), "9 numbered 3"),
        (lambda: dataset()[9], "dataset.X[0] dataset.take([0]) dataset[9]"),
        (lambda: Recurrent(1, 2, rng=0)(np.array(["a"])), "text"),
        (lambda: implicit().step(3), "lambda: 3"),
        (lambda: implicit().step(lambda: None), "loss None Value"),
        (lambda: optim.Optimizer([weight()], 0.1).step(), "rule SGD"),
        (lambda: nn.load("missing/model.json"), "folder 'missing'"),
        (lambda: nn.load("."), "'.' folder"),
        (lambda: nn.load("modle.json"), "no file did you mean 'model.json'"),
        (lambda: nn.init.he(0, 1, 3), "inputs 1 or more 0"),
        (lambda: nn.init.he(1, 1, 3), "rng random.Random(0) 3"),
        (lambda: optim.clip_norm("", 1.0), "parameters model.parameters() ''"),
        (lambda: optim.clip_norm([], 1.0), "no parameters"),
        (lambda: MLP(2, b"x"), "sizes MLP(2, [16, 16, 1])"),
        (lambda: optim.AveragedSGD([weight()], start=None), "start whole number None"),
        (lambda: data.Scaler("standardise", (0.0,), (1.0,), ("a",), 1), "did you mean 'standardize'"),
        (lambda: data.Scaler("normalize", (0.0,), (0.0,), ("a",), 1), "scale 0"),
        (lambda: data.Scaler("normalize", (0.0,), (1.0, 2.0), ("a",), 1), "1, 2, 1"),
        (lambda: History([{"loss": "low"}]), "rows[0]['loss'] 'low'"),
        (lambda: History([3]), "rows[0] dict 3"),
        (lambda: Neuron(10**400), "at most 1,000,000,000"),
        (lambda: schedules.step(2)(epoch=-1), "epoch 0 or more -1"),
        (lambda: optim.SGD([weight()]).put([1.0, 2.0]), "1 parameter"),
        (lambda: Neuron(2).forward([1.0]), "call it model(row)"),
        (lambda: nn.fit(net(), X, Y, metrics=lambda *_: "high", progress=False), "metric 'high' number"),
        (lambda: nn.fit(net(), X, Y, metrics=lambda *_: None, progress=False), "metric None number"),
        (lambda: nn.fit(Constant(), X, Y, progress=False), "model gave 3 Value"),
        (lambda: data.bag_of_letters([1], "abc"), "text texts 'A dog' [1]"),
        (lambda: data.vocabulary({"a": 1}), "text texts 'A dog' dict"),
        (lambda: data.bag_of_words(["The cat"], "the"), "words ['cat', 'dog'] 'the'"),
        (lambda: nn.Hopfield([1, -1]), "patterns Hopfield([[1, -1]])"),
        (lambda: nn.Hopfield(np.array([1, -1] * 30)), "patterns Hopfield([[1, -1, ...]])"),
        (lambda: nn.Hopfield(["#.#."]), "'#.#.' drawing data.pixels(['#.#.'])"),
        (lambda: nn.fit(net(), [[1, "2"]], [0]), "X[0][1] '2' quotes"),
        (lambda: nn.fit(net(), [[1, "red"]], [0]), "X[0][1] 'red' one_hot"),
        (lambda: nn.fit(net(), [[1, 2]], ["red"]), "y[0] 'red' names.index(word)"),
        (lambda: nn.fit(net(), [[1, 2]], ["1"]), "y[0] '1' quotes"),
        (lambda: nn.Hopfield([[1, -1]]).recall([1, -1], steps=1), "steps= rng="),
        (lambda: data.one_hot([0, 1], 2), "categories range(2)"),
        (lambda: data.one_hot(3, [0, 1]), "values ['red', 'blue'] 3"),
        (lambda: data.windows(3), "series list int"),
        (lambda: MLP(2, []), "MLP(2, [16, 16, 1]) empty list"),
        (lambda: MLP(2, ()), "MLP(2, [16, 16, 1]) empty tuple"),
        (lambda: data.standardize([[[[[[[[[[[[[[[[[[[[1.0]]]]]]]]]]]]]]]]]]]]), "X lists in lists"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_to_write(
    call: Callable[[], Any], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    nn.save(net(), "model.json")
    with pytest.raises(GradwalkError) as caught:
        call()
    for word in words.split():
        assert word in str(caught.value)


def test_a_file_that_is_not_there_is_still_an_error_of_the_operating_system_s_kind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        nn.load(tmp_path / "model.json")
    assert isinstance(caught.value, NetworkError)
    with pytest.raises(OSError, match="folder") as caught_too:
        nn.load(tmp_path)
    assert isinstance(caught_too.value, NetworkError)

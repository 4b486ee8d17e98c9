"""A wrong argument is named where it is given, with what to write; what can be understood is taken."""

from __future__ import annotations

import inspect
import math
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import engine
import nn
from engine import (
    GradwalkError,
    Value,
    compile,
    define,
    draw,
    grad,
    gradcheck,
    hessian,
    jacobian,
    jvp,
    label_all,
    walk,
)
from nn import MLP, Layer, Neuron, Recurrent, accuracy, fit, losses, optim, save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

X, Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]

# What is typed, the built-in kind of its error, and words that the sentence must have.
TYPED = [
    ("grad(y, 2.0)", TypeError, "grad(): inputs", "2.0"),
    ("grad(2.0, w)", TypeError, "grad(): output", "2.0"),
    ("grad([y], w)", TypeError, "grad(): output", "list"),
    ("grad(y, ['w'])", TypeError, "grad(): inputs", "'w'"),
    ("grad(y, 'w')", TypeError, "grad(): inputs", "'w'"),
    ("jvp(y, w)", TypeError, "tangents", "{x: 1.0}"),
    ("jvp(3.0, {w: 1.0})", TypeError, "jvp(): output"),
    ("jvp(y, {'w': 1.0})", TypeError, "tangents"),
    ("jvp(y, {w: 'fast'})", TypeError, "text"),
    ("jacobian(3.0, w)", TypeError, "jacobian(): outputs"),
    ("jacobian([y], 3.0)", TypeError, "inputs"),
    ("hessian(3.0, w)", TypeError, "hessian(): output"),
    ("hessian(y, [1.0])", TypeError, "hessian(): inputs", "entry 0"),
    ("compile(3.0)", TypeError, "compile(): output", "3.0"),
    ("compile([])", TypeError, "compile(): output", "empty"),
    ("compile(y, parameters=[1.0])", TypeError, "compile(): parameters", "entry 0"),
    ("compile(y, inputs='w')", TypeError, "compile(): inputs"),
    ("compile(y, [w], [w])", TypeError, "w stands in inputs and in parameters"),
    ("compile(y, [w, w])", TypeError, "w stands twice in inputs"),
    ("compile(y, parameters=[w, w])", TypeError, "w stands twice in parameters"),
    ("compile(y * y, [y])", TypeError, "inputs are leaves", "w * w"),
    ("engine.diagnose([w])", TypeError, "root", "list"),
    ("engine.diagnose(y, 3)", TypeError, "leaves"),
    ("engine.diagnose(y, ['w'])", TypeError, "leaves", "'w'"),
    ("gradcheck(3.0)", TypeError, "function", "3.0"),
    ("gradcheck(lambda x: x * x, 2.0, orders=3)", TypeError, "orders"),
    ("gradcheck(lambda x: x * x, 2.0, seed='a')", TypeError, "seed"),
    ("label_all(3)", TypeError, "label_all(vars())"),
    ("draw(w).save(3)", TypeError, "graph.svg", "int"),
    ("draw(3)", RuntimeError, "root"),
    ("draw(w, local='yes')", TypeError, "local is True or False"),
    ("walk(w, source=3)", TypeError, "source"),
    ("walk(w, accumulate='yes')", TypeError, "accumulate"),
    ("walk(w).save(None)", TypeError, "html"),
    ("define('cube', 'x ** 3', ['3 * x * x'], domain=5)", ValueError, "domain", "5"),
    ("define('cube', 'x ** 3', 5)", ValueError, "partials"),
    ("define('cube', 'x ** 3', ['3 * x * x'], kinks=5)", ValueError, "kinks"),
    ("define('cube', 'x ** 3', ['3 * x * x'], kinks=['a'])", ValueError, "a is not known"),
    ("define('cube', 'x ** 3', ['3 * x * x'], doc=5)", ValueError, "doc"),
    ("fit(model, X, Y, callbacks=3)", ValueError, "callbacks", "3"),
    ("fit(model, X, Y, callbacks=[3])", ValueError, "callbacks"),
    ("fit(model, X, Y, metrics=3)", ValueError, "metrics", "3"),
    ("fit(model, X, Y, metrics='acuracy')", ValueError, "'accuracy'"),
    ("fit(model, X, Y, checkpoint=True)", TypeError, "training.json"),
    ("fit(model, X, Y, checkpoint='run.pt')", ValueError, "'run.json'"),
    ("fit(model, X, Y, shuffle='no')", TypeError, "shuffle is True or False"),
    ("fit(model, X, Y, progress='no')", TypeError, "progress is True or False"),
    ("fit(model, X, Y, seed='a')", ValueError, "seed"),
    ("fit(model, X, Y, optimizer='adamm')", ValueError, "'adam'"),
    ("fit(model, X, Y, backend='nunpy')", ValueError, "'numpy'"),
    ("save(model, 'm.pt')", ValueError, "'m.json'"),
    ("save(model, 3)", TypeError, "model.json"),
    ("save(model, 'nowhere/m.json')", ValueError, "no folder"),
    ("optim.SGD(3)", ValueError, "model.parameters()"),
    ("optim.SGD([1.0])", ValueError, "1.0 is not a parameter"),
    ("optim.SGD([y])", ValueError, "not a parameter"),
    ("optim.SGD(w)", ValueError, "list"),
    ("optim.SGD([w], lr='fast')", ValueError, "learning rate"),
    ("optim.SGD([w], lr=True)", ValueError, "learning rate"),
    ("optim.clip_norm(3, 1.0)", ValueError, "parameters"),
    ("optim.clip_norm([w], 'a')", ValueError, "limit"),
    ("MLP(2, [2, 1], rng='a')", ValueError, "rng"),
    ("MLP(2.5, [2, 1])", ValueError, "number of inputs"),
    ("MLP(2, 3)", ValueError, "sizes"),
    ("Recurrent(1, 2, last='yes')", TypeError, "last is True or False"),
    ("Neuron(2, name=3)", ValueError, "name"),
    ("nn.data.moons('many')", ValueError, "rows"),
    ("nn.data.split(X, Y, stratify='yes')", TypeError, "stratify"),
    ("nn.data.Dataset(X, Y, features=3)", ValueError, "features"),
    ("model(b'ab')", ValueError, "bytes"),
]


def names() -> dict[str, Any]:
    w = Value(2.0, "w")
    known: dict[str, Any] = {"w": w, "y": w * w, "X": X, "Y": Y, "model": MLP(2, [2, 1], rng=0), "engine": engine}
    for thing in (Value, compile, define, draw, grad, gradcheck, hessian, jacobian, jvp, label_all, walk):
        known[thing.__name__] = thing
    for thing in (MLP, Layer, Neuron, Recurrent, fit, save):
        known[thing.__name__] = thing
    return {**known, "nn": nn, "optim": optim}


@pytest.mark.parametrize(("typed", "kind", "words"), [(typed, kind, words) for typed, kind, *words in TYPED])
def test_a_wrong_argument_is_named(
    typed: str, kind: type[Exception], words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind) as caught:
        eval(typed, names())
    assert isinstance(caught.value, GradwalkError)
    assert [word for word in words if word not in str(caught.value)] == []
    assert len(str(caught.value)) < 400
    assert list(tmp_path.iterdir()) == []


# A call of each public function that is right, argument by argument.
W = Value(2.0, "w")


def model() -> MLP:
    return MLP(2, [2, 1], rng=0)


RIGHT: dict[Callable[..., Any], dict[str, Any]] = {
    Neuron: {"inputs": 2, "activation": "tanh", "rng": 0, "init": None, "name": "", "neurons": 1},
    Layer: {"inputs": 2, "neurons": 2, "activation": "tanh", "rng": 0, "init": None, "name": ""},
    MLP: {"inputs": 2, "sizes": [2, 1], "activation": "relu", "output": "linear", "rng": 0, "init": None},
    Recurrent: {
        "inputs": 1, "hidden": 2, "outputs": 1, "activation": "tanh", "output": "linear", "rng": 0, "last": False,
    },
    nn.predict: {"model": model, "X": X, "backend": "python"},
    nn.classify: {"model": model, "X": X, "backend": "python"},
    accuracy: {"model": model, "X": X, "y": Y, "backend": "python"},
    nn.confusion_matrix: {"model": model, "X": X, "y": Y, "backend": "python"},
    nn.evaluate: {"model": model, "X": X, "y": Y, "loss": "mse", "backend": "python"},
    nn.diagnose: {"model": model, "X": X, "y": Y, "loss": "mse", "lr": 0.01, "sample": 4},
    save: {"model": model, "path": "m.json"},
    fit: {
        "model": model, "X": X, "y": Y, "loss": "mse", "optimizer": "sgd", "epochs": 1, "batch_size": 2,
        "shuffle": True, "seed": 0, "validation": None, "backend": "python", "progress": False, "checkpoint": None,
        "callbacks": (), "metrics": (), "schedule": None, "clip": None, "patience": None, "devices": 1,
        "dtype": "float64", "recorder": None,
    },
    optim.SGD: {"parameters": [W], "lr": 0.1, "momentum": 0.5, "nesterov": True, "weight_decay": 0.0},
    optim.AveragedSGD: {"parameters": [W], "lr": 0.1},
    optim.ImplicitSGD: {"parameters": [W], "lr": 0.1},
    optim.AdaGrad: {"parameters": [W], "lr": 0.1},
    optim.RMSProp: {"parameters": [W], "lr": 0.1},
    optim.Adam: {"parameters": [W], "lr": 0.1, "betas": (0.9, 0.99), "eps": 1e-8},
    optim.clip_norm: {"parameters": [W], "limit": 1.0},
    optim.clip_value: {"parameters": [W], "limit": 1.0},
    losses.mse: {"prediction": [W], "target": [1.0]},
    losses.huber: {"prediction": [W], "target": [1.0], "delta": 1.0},
    losses.hinge: {"prediction": [W], "target": [1.0]},
    losses.cross_entropy: {"prediction": [W, W], "target": 1},
    losses.softmax: {"prediction": [W, W]},
    nn.data.moons: {"rows": 4, "noise": 0.1, "seed": 0},
    nn.data.spiral: {"rows": 4, "classes": 2, "noise": 0.1, "seed": 0, "turns": 1.0},
    nn.data.blobs: {"rows": 4, "classes": 2, "features": 2, "noise": 0.1, "seed": 0},
    nn.data.linear: {"rows": 4, "weights": 3.0, "bias": 1.0, "noise": 0.1, "seed": 0},
    nn.data.split: {"X": X, "y": Y, "test": 0.5, "seed": 0, "stratify": None},
    nn.data.batches: {"X": X, "y": Y, "batch_size": 2, "shuffle": True, "seed": 0, "epoch": 0},
    nn.data.Dataset: {"X": X, "y": Y, "features": [], "classes": [], "name": ""},
    nn.data.standardize: {"X": X},
    nn.schedules.step: {"every": 2, "gamma": 0.1},
    nn.schedules.cosine: {"epochs": 3, "end": 0.0},
}  # fmt: skip
ODD: list[Callable[[], Any]] = [
    lambda: 3, lambda: -1, lambda: 2.5, lambda: "text", lambda: None, lambda: [1.0], list, lambda: {"a": 1},
    lambda: True, lambda: math.nan, lambda: math.inf, lambda: Value(1.0, "v"), object, lambda: b"x",
    lambda: [[1.0], [2.0, 3.0]], lambda: {1.0}, lambda: int, lambda: iter([1.0]), lambda: np.array([[1.0]]),
    lambda: 1j, lambda: "x" * 10_000,
]  # fmt: skip
OWN = ("loss", "init", "metrics", "callbacks", "schedule", "activation", "function", "output")  # may be any function


@pytest.mark.parametrize("function", RIGHT, ids=lambda function: function.__name__)
def test_whatever_is_given_the_error_is_ours(function: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    right = RIGHT[function]
    longest = 0
    assert set(right) <= set(inspect.signature(function).parameters)
    for name in right:
        for odd in ODD:
            options = {key: thing() if thing is model else thing for key, thing in right.items()}
            options[name] = odd()
            if name in OWN and callable(options[name]):
                continue
            try:
                result = function(**options)
                if function is nn.data.batches:
                    list(result)
            except GradwalkError as error:
                longest = max(longest, len(str(error)))
    assert longest < 500


# What can be understood is taken.


def frame(rows: list[Any]) -> Any:
    """What a table of pandas' looks like to us."""

    class Frame:
        def to_numpy(self) -> Any:
            return np.array(rows)

        def __iter__(self) -> Any:
            return iter(["column"])

    return Frame()


COLUMNS: dict[str, Any] = {
    "bools": [False, True, True, False],
    "numpy bools": np.array([False, True, True, False]),
    "a column": [[0], [1], [1], [0]],
    "a column of an array": np.array([[0], [1], [1], [0]]),
    "a frame of one column": frame([[0], [1], [1], [0]]),
    "a column of bools": np.array([[False], [True], [True], [False]]),
    "floats": [0.0, 1.0, 1.0, 0.0],
}


@pytest.mark.parametrize("backend", ["python", "numpy"])
@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("loss", ["mse", "binary_cross_entropy_on_logits", "cross_entropy"])
def test_targets_of_every_shape_train_alike(kind: str, loss: str, backend: str) -> None:
    outputs = 2 if loss == "cross_entropy" else 1

    def trained(y: Any) -> Any:
        net = MLP(2, [3, outputs], "tanh", rng=0)
        return fit(net, X, y, loss, epochs=3, backend=backend, progress=False).losses, accuracy(net, X, y)

    if loss == "cross_entropy" and kind == "floats":
        pytest.skip("a class is a whole number")
    assert trained(COLUMNS[kind]) == trained(Y)


def test_a_target_of_yes_or_no_is_one_or_zero() -> None:
    score = Value(0.3)
    for loss in (losses.mse, losses.binary_cross_entropy_on_logits):
        for yes in (True, np.True_):
            assert loss(score, yes).data == loss(score, 1.0).data
        assert loss([score, score], [True, False]).data == loss([score, score], [1.0, 0.0]).data


def test_every_source_of_random_numbers_is_taken_and_reproduces() -> None:
    def weights(rng: Any) -> list[float]:
        return [parameter.data for parameter in MLP(2, [2, 1], rng=rng).parameters()]

    for make in (
        lambda: 7,
        lambda: np.int64(7),
        lambda: random.Random(7),
        lambda: np.random.default_rng(7),
        lambda: np.random.RandomState(7),
    ):
        assert weights(make()) == weights(make())
    assert weights(np.random.default_rng(1)) != weights(np.random.default_rng(2))
    assert len(nn.data.moons(8, seed=np.random.default_rng(0)).X) == 8


def test_the_global_seed_is_honoured_where_none_is_given() -> None:
    def weights() -> list[float]:
        return [parameter.data for parameter in MLP(2, [2, 1]).parameters()]

    random.seed(1337)
    first, second = weights(), weights()
    random.seed(1337)
    assert weights() == first
    assert first != second
    random.seed(1337)
    points = nn.data.moons(8, seed=None).X
    random.seed(1337)
    assert points == nn.data.moons(8, seed=None).X


@pytest.mark.parametrize("name", optim.OPTIMIZERS)
def test_an_optimizer_by_its_name_has_the_rate_of_the_table(name: str) -> None:
    kind = optim.OPTIMIZERS[name]

    def losses_with(optimizer: Any) -> list[float]:
        net = MLP(2, [3, 1], "tanh", rng=0)
        made = optimizer(net) if callable(optimizer) and not isinstance(optimizer, type) else optimizer
        return fit(net, X, Y, optimizer=made, epochs=3, progress=False).losses

    by_hand = losses_with(lambda net: kind(net.parameters(), lr=optim.RATES[name]))  # type: ignore[call-arg]
    assert losses_with(name) == losses_with(name.upper()) == losses_with(kind) == by_hand
    if name == "adam":
        assert losses_with(None) == by_hand
    assert kind.__name__ in (fit.__doc__ or "")


def test_the_usual_loop_of_pytorch_trains() -> None:
    net = MLP(2, [4, 1], "tanh", rng=1)
    optimizer = optim.SGD(net.parameters(), lr=0.5)
    first = None
    for _ in range(60):
        for parameter in net.parameters():
            parameter.grad = None
        loss = sum(losses.mse(net(x), y) for x, y in zip(X, Y)) / 4
        loss.backward()
        optimizer.step()
        first = first or loss.data
    assert len(net.parameters()) == 17
    assert loss.data < first / 4


def test_a_frozen_weight_stays_in_every_way_to_train_and_to_save(tmp_path: Path) -> None:
    for backend in ("python", "numpy"):
        net = MLP(2, [3, 1], "tanh", rng=0)
        frozen = net.layers[0].neurons[0].w[0]
        frozen.requires_grad = False
        before = frozen.data
        assert len(net.parameters()) == 12
        fit(net, X, Y, epochs=5, backend=backend, progress=False)
        assert frozen.data == before
        save(net, tmp_path / "m.json")
        for twin in (nn.load(tmp_path / "m.json"), nn.load(MLP(2, [3, 1], "tanh"), tmp_path / "m.json")):
            weight = twin.layers[0].neurons[0].w[0]
            assert weight.data == before
        assert not nn.load(tmp_path / "m.json").layers[0].neurons[0].w[0].requires_grad
        frozen.requires_grad = True
        fit(net, X, Y, epochs=5, backend=backend, progress=False)
        assert frozen.data != before

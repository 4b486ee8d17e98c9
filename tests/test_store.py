"""save and load: models come back bit for bit, and a file that is anything else is told in a sentence."""

from __future__ import annotations

import json
import math
import os
import pickle
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from wording import mentions

from engine import Value
from nn import (
    MLP,
    Conv1d,
    Dropout,
    Layer,
    Module,
    NetworkError,
    Neuron,
    Recurrent,
    Sequential,
    load,
    losses,
    save,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MODELS: dict[str, Callable[[], Module]] = {
    "MLP": lambda: MLP(2, [3, 4, 1], "tanh", "sigmoid", rng=1),
    "Layer": lambda: Layer(3, 2, "relu", rng=1, name="hidden"),
    "Neuron": lambda: Neuron(4, "gelu", rng=1),
    "Recurrent": lambda: Recurrent(1, 3, 2, rng=1, last=True),
    "by a method": lambda: MLP(2, [3], Value.tanh, rng=1),
    "probabilities": lambda: MLP(2, [3, 3], output="softmax", rng=1),
    "softmax at the end": lambda: Sequential(Layer(2, 3, rng=1), losses.softmax),
    "softmax between": lambda: Sequential(Layer(2, 3, rng=1), losses.softmax, Dropout(0.25), Layer(3, 2, rng=2)),
    "one Sequential in another": lambda: Sequential(
        Sequential(Layer(2, 3, rng=1), losses.softmax), "relu", Layer(3, 1)
    ),
}


class Pair(Module):
    """A model of the user's own, with a weight that two parts share, and one that is frozen."""

    def __init__(self) -> None:
        self.one, self.other = MLP(1, [2], rng=0), Neuron(2, rng=1)
        self.other.w[0] = self.one.layers[0].neurons[0].w[0]
        self.scale = Value(3.0, "scale")
        self.scale.requires_grad = False

    def __call__(self, x: Any) -> Value:
        return self.other(self.one(x)) * self.scale


def numbers(model: Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


@pytest.mark.parametrize("name", MODELS)
def test_a_model_comes_back_bit_for_bit(name: str, tmp_path: Path) -> None:
    model, rng = MODELS[name](), Random(0)
    special = [0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, 1 / 3]
    for parameter in model.parameters():
        parameter.data = rng.choice([rng.gauss(0, 1), rng.choice(special), math.ldexp(rng.random(), -1000)])
    save(model, tmp_path / "model.json")
    twin = load(tmp_path / "model.json")
    assert type(twin) is type(model)
    assert repr(twin) == repr(model)
    assert [x.hex() for x in numbers(twin)] == [x.hex() for x in numbers(model)]
    assert [p.label for p in twin.parameters()] == [p.label for p in model.parameters()]
    again = MODELS[name]()
    assert load(again, str(tmp_path / "model.json")) is again
    assert [x.hex() for x in numbers(again)] == [x.hex() for x in numbers(model)]


def test_a_model_of_ones_own_is_filled_in(tmp_path: Path) -> None:
    model, path = Pair(), tmp_path / "pair.json"
    model.scale.data, model.other.w[0].data = 7.0, 0.25
    save(model, path)
    twin = load(Pair(), path)
    assert twin([1.0]).data == model([1.0]).data
    assert twin.other.w[0] is twin.one.layers[0].neurons[0].w[0]
    with pytest.raises(
        NetworkError, match=r"holds Pair, which only your own program can build: make one, and load\(m"
    ):
        load(path)


def test_frozen_weights_are_saved_and_stay_frozen(tmp_path: Path) -> None:
    model, path = MLP(2, [2, 1], rng=0), tmp_path / "model.json"
    model.layers[0].neurons[0].w[0].requires_grad = False
    model.layers[0].neurons[0].w[0].data = 0.5
    save(model, path)
    twin = load(path)
    assert twin.layers[0].neurons[0].w[0].data == 0.5
    assert twin.layers[0].neurons[0].w[0].grad is None
    assert len(twin.parameters()) == len(model.parameters()) == 8
    other = load(MLP(2, [2, 1], rng=1), path)
    assert len(other.parameters()) == 9  # whether a weight of one's own learns is one's own affair


@pytest.mark.parametrize("activation", [lambda z: z * 2, None])
def test_an_activation_that_is_a_function_needs_the_program_that_has_it(activation: Any, tmp_path: Path) -> None:
    def relu(z: Value) -> Value:  # a name that is taken, and something else
        return z.maximum(0.1 * z)

    made = MLP(2, [3, 1], activation or relu, rng=0)
    save(made, tmp_path / "model.json")
    with pytest.raises(NetworkError, match="holds MLP, which only your own program can build"):
        load(tmp_path / "model.json")
    twin = load(MLP(2, [3, 1], activation or relu, rng=5), tmp_path / "model.json")
    assert twin([1.0, 2.0]).data == made([1.0, 2.0]).data


def test_a_file_can_be_read_by_people(tmp_path: Path) -> None:
    save(MLP(1, [1], init=lambda *_: 0.5), tmp_path / "model.json")
    assert (tmp_path / "model.json").read_text() == (
        '{\n"gradwalk": "model",\n"version": 1,\n'
        "\"model\": \"MLP(1, [1], activation='linear', output='linear')\",\n"
        '"weights": [\n["layer1.neuron1.w[0]", 0.5],\n["layer1.neuron1.b", 0.0]\n]\n}\n'
    )


def document(**changes: Any) -> str:
    """A good file of an MLP(1, [1]), but for changes; a change to None leaves something out."""
    good = {
        "gradwalk": "model",
        "version": 1,
        "model": "MLP(1, [1], activation='relu', output='linear')",
        "weights": [["layer1.neuron1.w[0]", 0.5], ["layer1.neuron1.b", 0.0]],
    }
    return json.dumps({key: value for key, value in (good | changes).items() if value is not None})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "broken ... JSON"),
        (document()[:-9], "cut off"),
        (document().replace("0.5", "9" * 5000), "is broken"),
        ("[" * 100_000, "is broken"),
        (pickle.dumps({"weights": [1.0]}), "not a file of Gradwalk's ... text"),
        ("[1, 2]", "JSON ... not a file of Gradwalk's"),
        ('{"weights": []}', "JSON ... not a file of Gradwalk's"),
        (document(gradwalk=[]), "not a file of Gradwalk's"),
        (document(gradwalk="training"), "holds a training ... checkpoint="),
        (document(version=2), "version 2 ... reads 1"),
        (document(version="x"), "version 'x' ... reads 1"),
        (document(version=None), "of version None"),
        (document(weights=None), "broken ... weights"),
        (document(weights=[["w", "0.5"]]), "broken ... weights"),
        (document(weights=[["w", True]]), "broken ... weights"),
        (document(weights=[["w", math.nan]]), "broken ... NaN"),
        (document(weights=[["w", 1e999]]), "broken ... Infinity"),
        (document().replace("0.5", "1e999"), "broken ... weights"),
        (document(weights=[["w", 10**400]]), "broken ... weights"),
        (document(weights=[["w", 0.5, "cold"]]), "broken ... weights"),
        (document(weights=[["w", 0.5]]), "1 weight ... MLP(1, [1], activation="),
        (document(model="MLP(1, [1]"), "your own program"),
        (document(model="__import__('os').system('true')"), "your own program"),
        (document(model="MLP(1, [1], rng=print())"), "your own program"),
        (document(model="MLP(1, [1], colour='red')"), "your own program"),
        (document(model="MLP(0, [1])"), "your own program"),
        (document(model=7), "your own program"),
        (document(model=None), "broken ... no model"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_model_is_told(content: str | bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(NetworkError) as caught:
        load(path)
    assert mentions(caught.value, says)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 400 + len(str(path))


def test_a_file_of_another_model_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    save(MLP(2, [3, 1], rng=0), tmp_path / "model.json")
    for other in MLP(2, [4, 1], rng=1), MLP(3, [2, 1], rng=1), Recurrent(2, 2, 1, rng=1), Pair():
        before = numbers(other)
        with pytest.raises(NetworkError, match="13 weights"):
            load(other, tmp_path / "model.json")
        assert numbers(other) == before


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda path: save(path, MLP(1, [1])), r"save\(model, path\)"),
        (lambda path: load(MLP(1, [1])), "'model.json'.* MLP"),
        (lambda path: load(path, MLP(1, [1])), "of type MLP"),
        (lambda path: load("x", path), r"load\(model, path\).* 'x'"),
    ],
)
def test_a_call_the_wrong_way_round_is_told(call: Callable[[Any], Any], says: str, tmp_path: Path) -> None:
    save(MLP(1, [1]), tmp_path / "model.json")
    with pytest.raises(NetworkError, match=says):
        call(tmp_path / "model.json")


def test_a_file_that_is_not_there_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "model.json")
    with pytest.raises(NetworkError, match="no folder"):
        save(MLP(1, [1]), tmp_path / "nowhere" / "model.json")


def test_a_model_that_diverged_is_not_saved_over_a_good_one(tmp_path: Path) -> None:
    model, path = MLP(1, [1], rng=0), tmp_path / "model.json"
    save(model, path)
    good = path.read_bytes()
    model.layers[0].neurons[0].b._data = math.nan
    with pytest.raises(NetworkError, match=r"layer1\.neuron1\.b is nan, and not worth a file"):
        save(model, path)
    assert path.read_bytes() == good


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.json"
    save(MLP(1, [1], rng=0), path)
    good = path.read_bytes()

    def full(*arguments: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="no space"):
        save(MLP(1, [1], rng=1), path)
    assert path.read_bytes() == good


def test_a_model_whose_layers_were_changed_is_not_saved_as_another_one(tmp_path: Path) -> None:
    """A hidden layer of another activation, a layer more, a neuron less: no arguments of the class make these."""

    def appended() -> Any:
        model = MLP(2, [2, 1], "tanh", rng=0)
        model.layers.append(Layer(1, 1, rng=0))  # behind a layer that is linear
        return model

    def shortened() -> Any:
        model = MLP(2, [2, 1], "tanh", rng=0)
        model.layers[0].neurons.pop()
        return model

    def mixed(model: Any, neurons: Any) -> Any:
        neurons[-1] = Neuron(len(neurons[-1].w), "relu", rng=3)
        return model

    def kinds() -> Iterator[Any]:
        yield appended()
        yield shortened()
        layer = Layer(2, 3, "tanh", rng=0)
        yield mixed(layer, layer.neurons)
        model = MLP(2, [3, 3, 1], "tanh", rng=0)
        yield mixed(model, model.layers[1].neurons)
        recurrent = Recurrent(1, 2, 1, rng=0)
        yield mixed(recurrent, recurrent.layers[0].neurons)
        convolution = Conv1d(1, 2, 3, rng=0)
        yield mixed(convolution, convolution.neurons)

    path = tmp_path / "model.json"
    for model in kinds():
        assert model.structure().arguments is None
        save(model, path)
        assert json.loads(path.read_text())["model"] == type(model).__name__
        with pytest.raises(NetworkError, match=r"load\(model, path\)"):
            load(path)
        numbers = [parameter.data for parameter in model.parameters()]
        for parameter in model.parameters():
            parameter.data = 0.0
        assert [parameter.data for parameter in load(model, path).parameters()] == numbers

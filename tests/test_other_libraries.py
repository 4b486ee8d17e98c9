"""Names of PyTorch, Keras and scikit-learn are answered with what there is for them here."""

from __future__ import annotations

import re
import sys
from abc import ABC, abstractmethod
from typing import Any

import pytest

import engine
import nn
from engine import GradwalkError, UnknownAttribute
from nn import MLP, Module, Neuron, optim
from nn.other_libraries import METHODS, MODULE_NAMES, OTHER_CLASSES
from nn.shadowing import hiding_file


@pytest.mark.parametrize("name", METHODS)
def test_a_method_of_other_libraries_is_answered(name: str) -> None:
    model = MLP(2, [2, 1], rng=0)
    assert not hasattr(model, name)
    with pytest.raises(AttributeError, match=f"MLP has no {name}: ") as caught:
        getattr(model, name)
    assert isinstance(caught.value, GradwalkError)
    with pytest.raises(AttributeError, match=f"MLP has no {name}: "):
        getattr(MLP, name)
    assert name not in {*dir(model), *dir(MLP)}, "it would be completed"


def test_a_model_may_have_abstract_methods() -> None:
    class Abstract(Module, ABC):
        @abstractmethod
        def __call__(self, row: object) -> object: ...

    with pytest.raises(TypeError):
        Abstract()  # type: ignore[abstract]


def test_a_model_of_ones_own_may_have_such_a_method() -> None:
    class Own(Module):
        def __init__(self) -> None:
            self.train = True
            self.inner = Neuron(1, rng=0)

        def predict(self, x: float) -> float:
            return float(self.inner([x]).data)

    own = Own()
    assert own.train is True
    assert isinstance(own.predict(1.0), float)
    assert len(own.parameters()) == 2


@pytest.mark.parametrize("name", OTHER_CLASSES)
def test_a_class_of_other_libraries_is_answered(name: str) -> None:
    assert not hasattr(nn, name)
    with pytest.raises(AttributeError, match=f"nn has no {name}: "):
        getattr(nn, name)


@pytest.mark.parametrize(("room", "name"), [(room, name) for room in MODULE_NAMES for name in MODULE_NAMES[room]])
def test_a_name_of_other_libraries_in_a_room_is_answered_with_one_that_there_is(room: str, name: str) -> None:
    module = sys.modules[room]
    assert not hasattr(module, name)
    with pytest.raises(UnknownAttribute, match=rf"^{room} has no {name}: ") as caught:
        getattr(module, name)
    for path in re.findall(r"nn(?:\.\w+)+", str(caught.value).partition(": ")[2]):
        thing: Any = nn
        for part in path.split(".")[1:]:
            thing = getattr(thing, part)  # what is to be written exists


@pytest.mark.parametrize(
    ("module", "name", "words"),
    [
        (nn, "DropOut", "nn.Dropout"),
        (nn, "Sequental", "nn.Sequential"),
        (nn, "iris", "nn.data.iris"),
        (nn.optim, "adam", "nn.optim.Adam"),
        (nn.optim, "SDG", "nn.optim.SGD"),
        (nn.plot, "loss", "nn.plot.losses"),
        (nn.data, "fit", "nn.fit"),
        (nn.data, "splitt", "nn.data.split"),
        (nn.data, "MSELoss", "nn.losses.mse"),
        (nn.losses, "crossentropy", "nn.losses.cross_entropy"),
        (engine, "vale", "engine.Value"),
        (engine, "gradd", "engine.grad"),
        (engine, "MLP", "nn.MLP"),
    ],
)
def test_a_name_that_is_spelled_otherwise_or_elsewhere_is_answered(module: Any, name: str, words: str) -> None:
    with pytest.raises(UnknownAttribute) as caught:
        getattr(module, name)
    assert words in str(caught.value)


def test_every_name_that_the_engine_says_is_in_nn_is_there() -> None:
    for name in engine.OF_NN:
        assert name in nn.__all__
        with pytest.raises(UnknownAttribute, match=rf"nn\.{name}"):
            getattr(engine, name)


@pytest.mark.parametrize(
    "call", [lambda net: net([1.0]), lambda net: net(1.0, 2.0), lambda net: nn.predict(net, [[1.0]])]
)
def test_a_module_without_a_call_says_how_to_name_it(call: Any) -> None:
    class Forward(Module):
        def forward(self, x: Any) -> Any:
            return x

    class Bare(Module):
        pass

    with pytest.raises(GradwalkError, match=r"Forward cannot.*forward __call__"):
        call(Forward())
    with pytest.raises(GradwalkError, match=r"Bare cannot.*def __call__\(self, x\)"):
        call(Bare())


def test_dropping_without_parentheses_says_to_write_them() -> None:
    with pytest.raises(GradwalkError, match=r"with dropping\(rng\)"), nn.dropping:
        pass
    with nn.dropping(0):
        pass


def test_a_hopfield_network_that_is_called_names_recall_and_energy() -> None:
    with pytest.raises(GradwalkError, match=r"net\.recall\(state\).*net\.energy\(state\)"):
        nn.Hopfield([[1, -1]])([1, -1])


def test_what_is_in_no_table_is_an_ordinary_error() -> None:
    for module in (nn, engine, nn.data, nn.plot, nn.optim, nn.losses):
        with pytest.raises(AttributeError, match="has no attribute 'xyzzy'"):
            _ = module.xyzzy
    with pytest.raises(AttributeError, match=r"engine\.Value"):
        _ = engine.Tensor


def test_methods_of_optimizers_and_models_answer_wrong_options() -> None:
    model = MLP(2, [2, 1], rng=0)
    optimizer = optim.SGD(model.parameters())
    for call in (optimizer.zero_grad, model.zero_grad):
        with pytest.raises(GradwalkError, match="set_to_none"):
            call(set_to_none=True)
    with pytest.raises(GradwalkError, match="closure"):
        optimizer.step(closure=None)


@pytest.mark.parametrize("error", [ImportError, ModuleNotFoundError, ValueError])
def test_a_package_that_cannot_be_looked_up_is_hidden_by_no_file(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Guard:
        """What some editors and classrooms put in front of imports: it refuses names it does not know."""

        def find_spec(self, name: str, path: object, target: object = None) -> None:
            if name == "lesson":
                raise error("not allowed here")

    assert hiding_file("lesson") == ""
    monkeypatch.setattr(sys, "meta_path", [Guard(), *sys.meta_path])
    assert hiding_file("lesson") == ""

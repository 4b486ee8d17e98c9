"""Names of PyTorch, Keras and scikit-learn are answered with what there is for them here."""

from __future__ import annotations

import sys

import pytest

import engine
import nn
from engine import GradwalkError
from nn import MLP, Module, Neuron, optim
from nn.other_libraries import METHODS, OTHER_CLASSES
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


def test_what_is_in_no_table_is_an_ordinary_error() -> None:
    for module in (nn, engine):
        with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
            _ = module.nonsense
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

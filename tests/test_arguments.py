"""A wrong call of a public function is answered with our name for what was meant, and with one frame of ours."""

from __future__ import annotations

import ast
import inspect
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from odd import public_methods, public_things

import engine
import nn
from engine import GradwalkError, Value, compile, define, draw, grad, gradcheck, public, walk
from engine.arguments import ADVICE, SYNONYMS, described, remedy, wrong_call
from engine.ops import OPS
from engine.program.plain import PlainProgram
from nn import MLP, Layer, Neuron, Recurrent, fit, predict, save

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]

# What is typed, and words that the sentence must have.
TYPED = [
    ("y.backward(retain_graph=True)", "retain_graph", "leave it out"),
    ("y.backward(create_graph=True)", "grad(output, inputs)"),
    ("y.backward(1.0)", "backward()", "no arguments"),
    ("y.zero_grad(set_to_none=True)", "set_to_none", "0.0"),
    ("Value(2.0, name='w')", "label="),
    ("Value(2.0, requires_grad=True)", "v.requires_grad = False"),
    ("Value(2.0, _children=())", "a * b"),
    ("draw(y, format='png')", ".png"),
    ("draw(y, rankdir='LR')", "direction="),
    ("draw(y, orientation='LR')", "direction="),
    ("draw()", "root"),
    ("walk(y, sauce=1)", "source="),
    ("grad(y)", "inputs", "grad(output, inputs)"),
    ("grad(y, w, create_graph=True)", "grad(output, inputs)"),
    ("compile(y, [w], params=[w])", "parameters="),
    ("define('q', 'x')", "partials"),
    ("gradcheck(f, 1.0, order=(1,))", "orders="),
    ("neuron(1, 2)", "1 argument", "neuron([1.0, 2.0])"),
    ("layer(1, 2)", "layer([1.0, 2.0])"),
    ("model(1, 2)", "model([1.0, 2.0])"),
    ("MLP([2, 3, 1])", "sizes", "MLP(2, [3, 1])"),
    ("MLP(2)", "sizes"),
    ("MLP(2, [2, 1], act='relu')", "activation="),
    ("MLP(2, [2, 1], seed=1)", "rng="),
    ("MLP(2, hidden_layer_sizes=[2, 1])", "sizes="),
    ("Neuron(2, nonlin=False)", "activation='linear'"),
    ("Neuron(nin=2)", "inputs="),
    ("Neuron(2, bias=False)", "neuron.b.requires_grad = False"),
    ("Layer(2, nout=3)", "neurons="),
    ("Recurrent(1)", "hidden"),
    ("fit(model, X, Y, lr=0.1)", "optimizer=nn.optim.Adam"),
    ("fit(model, X, Y, learning_rate=0.1)", "optimizer=nn.optim.Adam"),
    ("fit(model, X, Y, optimiser='sgd')", "optimizer="),
    ("fit(model, X, Y, batchsize=1)", "batch_size="),
    ("fit(model, X, Y, n_epochs=3)", "epochs="),
    ("fit(model, X, Y, epoch=3)", "epochs="),
    ("fit(model, X, Y, validation_data=(X, Y))", "validation="),
    ("fit(model, X, Y, validation_split=0.2)", "nn.data.split"),
    ("fit(model, X, Y, verbose=0)", "progress="),
    ("fit(model, X, Y, criterion='mse')", "loss="),
    ("fit(model, X)", "y"),
    ("fit(model, X, Y, 'mse', loss='mse')", "loss twice"),
    ("predict(model)", "X"),
    ("save(model)", "path"),
    ("nn.optim.SGD(model.parameters(), learning_rate=1)", "lr="),
    ("nn.optim.Adam(params=model.parameters())", "parameters="),
    ("nn.data.moons(n_samples=100)", "rows="),
    ("nn.data.moons(100, random_state=3)", "seed="),
    ("nn.losses.mse(1.0)", "target"),
    ("nn.losses.mse(1.0, y_true=1.0)", "target="),
]


def names() -> dict[str, Any]:
    w = Value(2.0, "w")
    known = {"w": w, "y": w * w, "f": lambda a: a, "X": [[1.0, 2.0]], "Y": [1.0], "nn": nn}
    known |= {"neuron": Neuron(2), "layer": Layer(2, 2), "model": MLP(2, [2, 1])}
    for function in (
        Value,
        compile,
        define,
        draw,
        grad,
        gradcheck,
        walk,
        MLP,
        Layer,
        Neuron,
        Recurrent,
        fit,
        predict,
        save,
    ):
        known[function.__name__] = function
    return known


@pytest.mark.parametrize(("typed", "words"), [(typed, words) for typed, *words in TYPED])
def test_a_wrong_call_is_answered_in_our_words(typed: str, words: list[str]) -> None:
    with pytest.raises(TypeError) as caught:
        eval(typed, names())
    assert isinstance(caught.value, GradwalkError)
    assert [word for word in words if word not in str(caught.value)] == []
    assert len(traceback.extract_tb(caught.value.__traceback__)) <= 3  # this test, what was typed, and one of ours
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


W = Value(2.0, "w")
# Classes whose objects a user gets, each with one.
GIVEN: dict[type, Callable[[], Any]] = {
    Value: lambda: W,
    type(walk(W)): lambda: walk(W),
    type(walk(W)[0]): lambda: walk(W)[0],
    type(draw(W)): lambda: draw(W),
    type(compile(W * W, parameters=[W])): lambda: compile(W * W, parameters=[W]),
    engine.Page: lambda: engine.Page("t", "b", {}, ""),
    PlainProgram: lambda: PlainProgram(W * W, [], [W], None),
}
ROOMS = (nn, nn.optim, nn.losses, nn.data, nn.plot, nn.schedules, nn.init)
# Not called by users: a decorator for authors, and what a walk makes, the base of optimizers, which takes
# options of any name, and how all numbers are written, thousands of times in a drawing.
UNWRAPPED = ("public", "Step.__init__", "Optimizer", "format_number")


def everything() -> dict[str, Any]:
    """Every public function, and every public method of every class of the engine, by name, as a user calls it."""
    called = {name: thing for name, thing in public_things([engine]) if "." not in name}
    called |= {name: thing for name in engine.PUBLIC if inspect.isroutine(thing := getattr(engine, name))}
    called |= {"no_grad": engine.no_grad, "recording": engine.recording}  # objects with a __call__
    for cls, make in GIVEN.items():
        for name, function in public_methods(cls):
            method = function.__name__
            if cls is Value and method in OPS:
                continue  # an operation costs less than an answer to wrong calls would
            called[name] = cls if method == "__init__" else getattr(make(), method)
    for name, thing in public_things(ROOMS):
        if name.endswith(".__init__") and name.split(".")[0] not in UNWRAPPED:
            called[name] = next(getattr(room, name[:-9]) for room in ROOMS if hasattr(room, name[:-9]))
        elif "." not in name:
            called[name] = thing
    return {name: thing for name, thing in called.items() if name not in UNWRAPPED}


EVERYTHING = everything()


def test_every_public_class_of_the_engine_is_looked_at() -> None:
    classes = {name.split(".")[0] for name, _ in public_things([engine]) if "." in name}
    assert classes <= {cls.__name__ for cls in GIVEN}
    assert {"Walk.next", "Walk.save", "Drawing.save", "Program.__call__", "Page.save", "Value.backward"} <= {
        *EVERYTHING
    }
    assert len(EVERYTHING) > 90


def test_everything_that_is_marked_as_public_is_called_here() -> None:
    marked = set[str]()
    for path in [*(ROOT / "engine").rglob("*.py"), *(ROOT / "nn").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        owners = [("", tree), *((f"{node.name}.", node) for node in tree.body if isinstance(node, ast.ClassDef))]
        for owner, node in owners:
            functions = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            marked |= {owner + each.name for each in functions if "public" in map(ast.unparse, each.decorator_list)}
    assert len(marked) > 150
    elsewhere = {
        "install",
        "Plot.save",
        "Plot.show",
    }  # nn.micrograd's other names are micrograd's, Plot's matplotlib's
    assert marked - {*EVERYTHING} - {*METHODS} - elsewhere == set()


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_public_function_answers_a_word_that_it_does_not_know(name: str) -> None:
    thing = EVERYTHING[name]
    with pytest.raises(GradwalkError, match="has no nonsense="):
        thing(nonsense=1)
    assert "nonsense" not in inspect.signature(thing).parameters
    assert thing.__doc__


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_public_function_answers_too_many_arguments(name: str) -> None:
    thing = EVERYTHING[name]
    parameters = inspect.signature(thing).parameters.values()
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        pytest.skip("takes any number")
    with pytest.raises(GradwalkError, match="and this call has 99"):
        thing(*[1] * 99)


OF_AUTHORS = ("__init__", "rule", "advance", "answer")  # of an optimizer: fit calls them, at each step
METHODS = {
    name: thing for name, thing in public_things(ROOMS) if "." in name and name.split(".")[1] not in OF_AUTHORS
}


@pytest.mark.parametrize("name", METHODS)
def test_every_public_method_of_a_network_answers_a_word_that_it_does_not_know(name: str) -> None:
    """Nothing of it runs, so that any object will do for a model or an optimizer."""
    parameters = inspect.signature(METHODS[name]).parameters.values()
    needed = [each for each in parameters if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD]
    with pytest.raises(GradwalkError, match="nonsense"):
        METHODS[name](*[None] * len(needed), nonsense=1)


def test_an_error_inside_a_function_of_the_users_keeps_the_users_lines() -> None:
    def loss(prediction: Any, target: Any) -> Any:
        return prediction.log() - target  # the line to be seen

    with pytest.raises(ValueError, match="must be positive") as caught:
        fit(MLP(1, [1], init="zeros"), [[1.0]], [1.0], loss)
    lines = [frame.line for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert lines[-1].startswith("return prediction.log() - target")
    assert len(lines) == 3

    def broken(prediction: Any, target: Any) -> Any:
        return len(3)  # type: ignore[arg-type]

    with pytest.raises(TypeError, match="has no len") as bare:
        fit(MLP(1, [1]), [[1.0]], [1.0], broken)
    assert not isinstance(bare.value, GradwalkError)


def test_all_frames_are_shown_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADWALK_TRACEBACK", "full")
    with pytest.raises(GradwalkError) as caught:
        predict(MLP(1, [1]), [[1.0, 2.0]])
    assert len(traceback.extract_tb(caught.value.__traceback__)) > 3


def test_a_class_of_the_users_own_may_take_what_it_likes() -> None:
    class Wide(MLP):
        def __init__(self, width: int) -> None:
            super().__init__(1, [width, 1], rng=0)

    assert len(Wide(width=3).parameters()) == 10
    with pytest.raises(TypeError, match="unexpected keyword argument 'depth'"):
        Wide(depth=3)  # type: ignore[call-arg]

    @public
    def options(first: int, *rest: int, key: int = 0, **others: int) -> int:
        return first + sum(rest) + key + sum(others.values())

    assert options(1, 2, 3, key=4, more=5) == 15
    with pytest.raises(TypeError, match="needs first"):
        options()  # type: ignore[call-arg]


@pytest.mark.parametrize("word", sorted({*SYNONYMS, *ADVICE}))
def test_every_word_of_another_library_has_a_remedy(word: str) -> None:
    known = ["inputs", "neurons", "label"]
    assert remedy(word, known)
    for name in SYNONYMS.get(word, ()):
        assert remedy(word, [name]).endswith(f"{name}=") or word in ADVICE
    assert wrong_call(lambda a: a, "f", (), {word: 1}).startswith(f"f() has no {word}=")  # type: ignore[union-attr]


DESCRIBED: dict[str, tuple[Any, str]] = {
    "a short list": ([1, 2, 3, 4], "[1, 2, 3, 4]"),
    "a longer list": ([1, 2, 3, 4, 5], "a list"),
    "an empty list": ([], "an empty list"),
    "an empty tuple": ((), "an empty tuple"),
    "a list of lists": ([[1]], "a list"),
    "a short list of long words": (["word" * 8] * 2, "a list"),
    "an integer of many digits": (10**500, "an integer of about 500 digits"),
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_an_error_shows_what_was_given_if_it_is_short(name: str) -> None:
    thing, text = DESCRIBED[name]
    assert described(thing) == text

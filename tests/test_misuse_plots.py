"""Every argument of every plot and of the Recorder, given odd values: refused in our words, or right to take."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest
from odd import mistakes, public_methods, public_things

from engine import ArgumentError
from nn import MLP, Recorder, fit, plot
from nn.objective import Objective
from nn.picture import sampling

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

X, Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]


def model() -> MLP:
    return MLP(2, [2, 1], rng=0)


def nothing() -> None:
    return None


def recorded() -> Recorder:
    recorder = Recorder()
    fit(model(), X, Y, epochs=2, progress=False, recorder=recorder)
    return recorder


RECORDED = recorded()
OBJECTIVE = Objective(model(), X, Y, "mse")


def started() -> Recorder:
    recorder = Recorder()
    recorder.start(OBJECTIVE, None, OBJECTIVE.model.parameters(), 0)
    return recorder


def losses(histories: Any, **options: Any) -> Any:
    return plot.losses(histories, **options)


def descent(loss_function: Any, paths: Any, **options: Any) -> Any:
    return plot.descent(loss_function, paths, **options)


NO_NAMES = "None [] () np.empty"  # none at all, as Dataset.features has it
TWO_NAMES = f"{NO_NAMES} ['a','b'] ['1','0'] gen"  # a number is a name, too: that of a class
ONE_NAME = f"{NO_NAMES} [1.0] [True] iter np.str"
EPOCHS = "3 0 10**400 np.int"
TEXTS = "'text' '' long nul surrogate '.' '3'"

# For each plot and method: what is called, a right call, and the odd values that are right to take.
Call = tuple["Callable[..., Any]", dict[str, "Callable[[], Any]"], dict[str, str]]
CALLS: dict[str, Call] = {
    "losses": (
        losses,
        {"histories": lambda: [2.0, 1.0], "labels": nothing, "log": nothing, "ax": nothing},
        {"histories": "[1.0] range iter gen [Value]", "labels": ONE_NAME, "log": "True False np.True None",
         "ax": "None"},
    ),
    "activation": (plot.activation, {"name": lambda: "tanh", "ax": nothing}, {"ax": "None"}),
    "descent": (
        descent,
        {
            "loss_function": lambda: lambda w: w * w, "paths": lambda: [1.0, 0.5], "labels": nothing,
            "tangent": lambda: 0, "limits": nothing, "ax": nothing,
        },
        {"paths": "[1.0] range iter gen np.1x1 [Value]", "labels": ONE_NAME, "tangent": "0 None",
         "limits": "None gen", "ax": "None"},
    ),
    "boundary": (
        plot.boundary,
        {
            "model": model, "X": lambda: X, "y": lambda: Y, "features": nothing, "classes": nothing,
            "threshold": nothing, "ax": nothing,
        },
        # len is a model: it gives one output for a row
        {"model": "len", "features": TWO_NAMES, "classes": TWO_NAMES,
         "threshold": "3 0 -1 2.5 Fraction None np.f32 np.int Value", "ax": "None"},
    ),
    "weights": (plot.weights, {"model": model, "layer": lambda: 1, "ax": nothing}, {"layer": "np.int", "ax": "None"}),
    "confusion": (
        plot.confusion,
        {"matrix": lambda: [[1, 2], [3, 4]], "names": nothing, "ax": nothing},
        # a lone number is a row of one, and a bool is 0 or 1, as in all data
        {"matrix": "[1.0] [True] iter np.1x1 [Value]", "names": TWO_NAMES, "ax": "None"},
    ),
    "digits": (
        plot.digits,
        {
            "X": lambda: [[0.0] * 4] * 2, "probabilities": lambda: [[0.5, 0.5]] * 2, "labels": nothing,
            "shape": lambda: (2, 2), "ax": nothing,
        },
        {"labels": "None", "ax": "None"},
    ),
    "first_layer": (
        plot.first_layer, {"model": model, "shape": lambda: (1, 2), "ax": nothing}, {"ax": "None"},
    ),
    "features": (
        plot.features,
        {"model": model, "X": lambda: X, "y": nothing, "shape": lambda: (1, 2), "neurons": lambda: 2,
         "images": lambda: 2, "ax": nothing},
        {"y": "None [1e308]*4", "neurons": "3 np.int", "images": "3 np.int", "ax": "None"},
    ),
    "neurons": (plot.neurons, {"model": model, "X": lambda: X, "ax": nothing}, {"ax": "None"}),
    "network": (plot.network, {"model": model, "x": nothing, "ax": nothing}, {"x": "None gen", "ax": "None"}),
    "Recorder.__init__": (Recorder, {"every": lambda: "auto"}, {"every": "3 10**400 np.int"}),
    "Recorder.save": (
        RECORDED.save,
        {"path": lambda: "page.html", "title": lambda: "Training", "features": nothing, "classes": nothing},
        {"title": TEXTS, "features": TWO_NAMES, "classes": TWO_NAMES},
    ),
    "Recorder.start": (
        lambda **options: Recorder().start(**options),
        {
            "objective": lambda: OBJECTIVE, "validation": nothing, "parameters": OBJECTIVE.model.parameters,
            "epoch": lambda: 0,
        },
        {"validation": "None", "parameters": "[] ()", "epoch": EPOCHS},
    ),
    "Recorder.gap": (RECORDED.gap, {"epoch": lambda: 0}, {"epoch": EPOCHS}),
    "Recorder.see": (
        lambda **options: started().see(**options),
        {"epoch": lambda: 3, "rate": nothing, "weights": lambda: lambda: [0.0] * 9, "ended": lambda: ""},
        {"epoch": EPOCHS, "rate": "3 0 -1 2.5 Fraction None np.f32 np.int Value", "ended": TEXTS},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_each_odd_argument_is_refused_or_right_to_take(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for table in (sampling.PLOT, sampling.RECORDING):  # a small grid takes less time
        for axes in (1, 2):
            monkeypatch.setitem(table, axes, sampling.Resolution(9, 5))
    function, right, taken = CALLS[name]
    assert mistakes(lambda: function, right, taken) == []


@pytest.mark.parametrize("name", CALLS)
def test_an_unknown_keyword_is_answered_with_those_that_there_are(name: str) -> None:
    function, right, _ = CALLS[name]
    with pytest.raises(ArgumentError, match=r"\(\) has no nonsense=: "):
        function(**{key: make() for key, make in right.items()}, nonsense=3)


def test_every_parameter_of_every_plot_and_of_the_recorder_is_in_the_table() -> None:
    public = dict(public_things([plot])) | dict(public_methods(Recorder))
    assert {*public} == {*CALLS}
    for name, function in public.items():
        assert {*inspect.signature(function).parameters} - {"self"} == {*CALLS[name][1]}

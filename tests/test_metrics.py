"""predict, evaluate, classify, accuracy and confusion_matrix, by eager graphs and by NumPy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from ids import shown
from sklearn import metrics

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
    confusion_matrix,
    data,
    evaluate,
    fit,
    losses,
    plot,
    predict,
)

if TYPE_CHECKING:
    from collections.abc import Callable

X, Y = data.moons(31, seed=1)
BACKENDS = ["python", "numpy"]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("sizes", [[3, 1], [3, 2]])
def test_predictions_are_what_the_model_gives(sizes: list[int], backend: str) -> None:
    model = MLP(2, sizes, "tanh", rng=0)
    outputs = predict(model, X, backend)
    for row, output in zip(X, outputs, strict=True):
        expected = model(row)
        assert output == pytest.approx([y.data for y in expected] if sizes[-1] > 1 else expected.data, rel=1e-12)
        assert isinstance(output, list) == (sizes[-1] > 1)
    assert predict(model, np.array(X), backend) == outputs


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_recurrent_net_predicts_a_list_a_step(backend: str) -> None:
    model = Recurrent(1, 3, 2, rng=0)
    ((first, *rest),) = predict(model, [[[1.0], [2.0], [0.5]]], backend)
    assert len(rest) == 2
    assert first == pytest.approx([y.data for y in model([[1.0]])[0]], rel=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["mse", "mae", "binary_cross_entropy_on_logits"])
def test_evaluate_is_the_mean_of_the_rows_losses(name: str, backend: str) -> None:
    model = MLP(2, [3, 1], "tanh", rng=0)
    loss = losses.LOSSES[name]
    expected = sum(loss(model(x), y).data for x, y in zip(X, Y)) / len(X)
    assert evaluate(model, X, Y, name, backend) == pytest.approx(expected, rel=1e-12)
    assert evaluate(model, X, Y, lambda guess, y: 1 * loss(guess, y), backend) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_classes_and_their_table_agree_with_scikit_learn(backend: str) -> None:
    rows, kinds = data.blobs(60, seed=2)
    model = MLP(2, [5, 3], "tanh", rng=3)
    scores = np.array(predict(model, rows))
    answers = classify(model, rows, backend)
    assert answers == scores.argmax(1).tolist()
    assert confusion_matrix(model, rows, kinds, backend) == metrics.confusion_matrix(kinds, answers).tolist()
    assert accuracy(model, rows, kinds, backend) == metrics.accuracy_score(kinds, answers)


@pytest.mark.parametrize(("output", "edge"), [("linear", 0.0), ("tanh", 0.0), ("sigmoid", 0.5)])
def test_one_output_says_yes_above_its_edge(output: str, edge: float) -> None:
    model = MLP(2, [3, 1], "tanh", output, rng=0)
    answers = [int(y > edge) for y in predict(model, X)]
    assert 0 < sum(answers) < len(answers)
    assert classify(model, X) == answers
    assert accuracy(model, X, answers) == accuracy(model, X, [2 * y - 1 for y in answers]) == 1.0
    assert confusion_matrix(model, X, [1 - y for y in answers]) == [[0, sum(answers)], [len(X) - sum(answers), 0]]


def test_a_layer_of_one_neuron_and_a_model_of_ones_own_say_yes_and_no_too() -> None:
    class Own(Module):
        def __init__(self) -> None:
            self.layers = {"only": Neuron(2, rng=0)}

        def __call__(self, x: Any) -> Any:
            return self.layers["only"](x).sigmoid()

    for model in Layer(2, 1, "sigmoid", rng=0), Own():
        answers = classify(model, X)
        assert 0 < sum(answers) < len(answers)
        assert accuracy(model, X, answers) == 1.0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda model: predict(model, []), "X is empty"),
        (lambda model: predict(model, [[1.0]]), "takes 2 inputs, and the row has 1"),
        (lambda model: predict(model, [[1.0, math.inf]]), r"X\[0\]\[1\] is inf"),
        (lambda model: predict(model, X, "numpie"), "no backend 'numpie': did you mean 'numpy'"),
        (lambda model: predict(lambda row: row, X), "a model is called on a row and has parameters"),
        (lambda model: accuracy(model, X, Y[:-1]), "31 rows and 30 targets"),
        (lambda model: accuracy(model, X, [3] * 31), r"y\[0\] is 3, .* the model has 3 classes, 0 to 2"),
        (lambda model: accuracy(model, X, [-1] * 31), "is not a class"),
        (lambda model: accuracy(model, X, [0.5] * 31), r"y\[0\] is 0\.5, which is not a class"),
        (lambda model: accuracy(MLP(2, [1]), X, [2] * 31), "the classes are 0 and 1, or -1 and 1"),
        (lambda model: evaluate(model, X, Y, "mee"), "no loss 'mee': did you mean 'mse'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(call: Callable[[Any], Any], says: str) -> None:
    with pytest.raises(NetworkError, match=says):
        call(MLP(2, [3, 3], rng=0))


# What one output means: metrics, plot and recorder


class Gate(Module):
    """A model of one's own: a weighted sum, and what is written behind it."""

    def __init__(self, ending: str) -> None:
        self.neuron, self.ending = Neuron(2, rng=1), ending

    def __call__(self, row: Any) -> Any:
        z = self.neuron(row)
        return z.sigmoid() if self.ending == "sigmoid" else z


@pytest.mark.parametrize(
    "model",
    [
        Gate("sigmoid"),
        Gate("linear"),
        MLP(2, [3, 1], "tanh", rng=4),
        MLP(2, [3, 1], "tanh", "sigmoid", rng=4),
        MLP(2, [3, 3], rng=0),
    ],
    ids=shown,
)
def test_metrics_plot_and_recorder_see_the_same_class(model: Any) -> None:
    pytest.importorskip("matplotlib")
    X, y = data.moons(60, noise=0.2, seed=5)
    loss = "mse" if getattr(model(X[0]), "op", None) else "cross_entropy"
    recorder = Recorder()
    fit(model, X, y, loss, epochs=3, recorder=recorder)
    right = accuracy(model, X, y)
    assert 0 < right < 1
    assert recorder.snapshots[-1].accuracy == pytest.approx(right, abs=1e-12)
    assert f"({100 * right:.1f} %)" in plot.boundary(model, X, y).get_title(loc="left")
    if not isinstance(predict(model, X)[0], list):
        sigmoid = getattr(model, "ending", "") == "sigmoid" or "output='sigmoid'" in repr(model)
        yes = [output > (0.5 if sigmoid else 0.0) for output in predict(model, X)]
        assert right == pytest.approx(sum(map(bool.__eq__, yes, map(bool, y))) / len(y))


@pytest.mark.parametrize("outputs", [2, 3])
def test_a_row_with_one_for_the_class_is_that_class(outputs: int) -> None:
    model = MLP(2, [outputs], rng=0)
    answers = classify(model, X)
    rows = [[float(each == answer) for each in range(outputs)] for answer in answers]
    assert accuracy(model, X, rows) == accuracy(model, X, answers) == 1.0
    rows[0] = rows[0][::-1] if outputs == 2 else rows[0][1:] + rows[0][:1]
    assert accuracy(model, X, rows) == pytest.approx(1 - 1 / len(X))

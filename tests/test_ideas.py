"""The ideas of a first course that came last: what their demos show, and the library under them."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st

from engine import Value, gradcheck
from nn import (
    MLP,
    Hopfield,
    Layer,
    NetworkError,
    Neuron,
    Recurrent,
    Sequential,
    data,
    diagnose,
    fit,
    losses,
    prune,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNS = st.sampled_from([1, -1])
WEIGHTS = st.floats(-3, 3).map(lambda number: round(number, 3))


# -- a feedback network --------------------------------------------------------------------------------------------


@st.composite
def networks(draw: Any) -> tuple[Hopfield, list[int]]:
    """A network of random symmetric weights, and a start."""
    count = draw(st.integers(2, 9))
    matrix = [[0.0] * count for _ in range(count)]
    for i in range(count):
        for j in range(i):
            matrix[i][j] = matrix[j][i] = draw(WEIGHTS)
    bias = [draw(WEIGHTS) for _ in range(count)]
    return Hopfield(weights=matrix, bias=bias), [draw(SIGNS) for _ in range(count)]


@settings(max_examples=80, deadline=None)
@given(networks(), st.integers(0, 9))
def test_the_energy_never_rises_and_is_that_of_the_graph(case: tuple[Hopfield, list[int]], seed: int) -> None:
    net, start = case
    recall = net.recall(start, seed)
    energies = [net.energy(state).data for state in recall.states]
    assert list(recall.energies) == pytest.approx(energies, abs=1e-9)
    assert all(after < before for before, after in pairwise(energies))
    assert recall.states[0] == tuple(start)
    assert recall.state == recall.states[-1]
    for before, after in pairwise(recall.states):
        assert sum(a != b for a, b in zip(before, after)) == 1
    for i in range(net.neurons):  # it is in equilibrium: no single change lowers the energy
        turned = [-s if j == i else s for j, s in enumerate(recall.state)]
        assert net.energy(turned).data >= energies[-1] - 1e-8


@settings(max_examples=30, deadline=None)
@given(networks())
def test_a_neuron_takes_the_sign_that_the_engines_gradient_gives(case: tuple[Hopfield, list[int]]) -> None:
    net, start = case
    for before, after in pairwise(net.recall(start).states):
        s = [Value(float(sign)) for sign in before]
        net.energy(s).backward()
        (i,) = (j for j, (a, b) in enumerate(zip(before, after)) if a != b)
        assert after[i] * s[i].grad < 0
        fall = net.energy(after).data - net.energy(before).data
        assert fall == pytest.approx(-2 * abs(s[i].grad), abs=1e-9)


def test_patterns_are_stored_by_hebbs_rule_and_are_at_rest() -> None:
    patterns = [[1, 1, 1, 1, -1, -1, -1, -1], [1, -1, 1, -1, 1, -1, 1, -1]]
    net = Hopfield(patterns)
    weights = [[weight.data for weight in line] for line in net.weights()]
    for i, line in enumerate(weights):
        for j, weight in enumerate(line):
            assert weight == pytest.approx(sum(p[i] * p[j] for p in patterns) / 16 if i != j else 0)
    assert [list(net.recall(p).state) for p in patterns] == patterns
    assert list(net.recall([-1, *patterns[0][1:]]).state) == patterns[0]
    assert gradcheck(lambda a, b, c: Hopfield([[1, -1, 1]]).energy([a, b, c]), 0.5, -1.0, 2.0)
    assert net.recall(patterns[0], 3) == net.recall(patterns[0], Random(3))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Hopfield, ("patterns", "weights=")),
        (lambda: Hopfield([[1, -1]], weights=[[0, 1], [1, 0]]), ("one of the two",)),
        (lambda: Hopfield([[1, 0]]), ("patterns[0]", "place 1", "2 * x - 1")),
        (lambda: Hopfield([[1, -1], [1, 1, 1]]), ("patterns[1]", "same length")),
        (lambda: Hopfield([1, -1]), ("single", "[[1, -1]]")),
        (lambda: Hopfield(weights=[[0, 1], [2, 0]]), ("weights[0][1]", "1.0", "2.0")),
        (lambda: Hopfield(weights=[[1, 1], [1, 0]]), ("weights[0][0]", "0")),
        (lambda: Hopfield(weights=[[0, 1]]), ("square",)),
        (lambda: Hopfield([[1, -1]]).recall([1, 0]), ("the state", "place 1")),
        (lambda: Hopfield([[1, -1]]).recall([1, 1, 1]), ("2 inputs", "3")),
        (lambda: Hopfield([[1, -1]], bias=[1]), ("bias", "2")),
    ],
)
def test_a_wrong_network_is_refused(make: Any, words: tuple[str, ...]) -> None:
    with pytest.raises(NetworkError) as refusal:
        make()
    assert all(word in str(refusal.value) for word in words), refusal.value


# -- penalties and pruning -----------------------------------------------------------------------------------------


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=5), st.floats(0, 2))
def test_penalties_are_what_their_formulas_say(numbers: list[float], strength: float) -> None:
    w = [Value(number) for number in numbers]
    losses.l1(w, strength).backward()
    assert [x.grad for x in w] == pytest.approx([strength * ((n > 0) - (n < 0)) for n in numbers])
    w = [Value(number) for number in numbers]
    penalty = losses.l2(w, strength)
    penalty.backward()
    assert penalty.data == pytest.approx(strength * sum(n * n for n in numbers) / 2)
    assert [x.grad for x in w] == pytest.approx([strength * n for n in numbers])


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 0.9, 1])
def test_pruning_cuts_the_smallest_weights_and_keeps_them_cut(share: float) -> None:
    model = MLP(3, [4, 2], rng=0)
    weights = [weight for matrix in model.weights() for line in matrix for weight in line]
    sizes = sorted(abs(weight.data) for weight in weights)
    cut = prune(model, share)
    assert cut == int(share * 20)
    left = [abs(weight.data) for weight in weights if weight.data]
    assert sorted(left) == sizes[cut:]
    assert len(model.parameters()) == 26 - cut
    assert prune(model, share) == cut
    assert [w.data == 0 for w in weights] == [not w.requires_grad for w in weights]


def test_what_cannot_be_pruned_is_refused() -> None:
    for model, share, word in (Neuron(2), 1.5, "share"), (3, 0.5, "weights()"), (Neuron(2), True, "share"):
        with pytest.raises(NetworkError, match=re.escape(word)):
            prune(model, share)
    assert prune(Neuron(4, rng=0), 0.5) == 2


# -- the other demos -----------------------------------------------------------------------------------------------


# -- data as vectors -----------------------------------------------------------------------------------------------


def test_one_hot_rows_have_one_1_in_the_place_of_their_category() -> None:
    kinds = ["c", "a", "b"]
    for values in (["a", "b", "c", "a"], ("b",)):
        for row, value in zip(data.one_hot(values, kinds), values):
            assert (sum(row), kinds[row.index(1)]) == (1, value)
    for values, categories, word in (
        (["colour"], ["color", "size"], "did you mean 'color'"), ([1], ["a"], "values[0]"), ([], None, "empty"),
        (["a"], ["a", "a"], "twice"), ([0.5], None, "values[0]"),
    ):  # fmt: skip
        with pytest.raises(NetworkError, match=re.escape(word)):
            data.one_hot(values, categories)


@given(st.lists(st.floats(-9, 9), min_size=2, max_size=30), st.integers(1, 5), st.integers(1, 3))
def test_windows_are_parts_of_the_series_and_the_target_comes_after(series: Any, width: int, ahead: int) -> None:
    if len(series) < width + ahead:
        with pytest.raises(NetworkError, match=str(width + ahead)):
            data.windows(series, width, ahead)
        return
    found = data.windows(series, width, ahead)
    assert len(found.X) == len(series) - width - ahead + 1
    for start, (row, y) in enumerate(zip(*found)):
        assert list(row) == series[start : start + width]
        assert y == series[start + width + ahead - 1]


def test_texts_and_images_become_rows() -> None:
    assert data.bag_of_letters(["Zebra!", "123"], "abez") == ((0.25, 0.25, 0.25, 0.25), (0, 0, 0, 0))
    assert sum(data.bag_of_letters(["any text at all"])[0]) == pytest.approx(1)
    assert data.vocabulary(["Über den Fluss", "den Bach"]) == ["bach", "den", "fluss", "über"]
    assert data.bag_of_words(["den den Bach"]) == ((1, 2),)
    assert data.bag_of_words(["der Wald"], ["bach"]) == ((0,),)
    assert data.pixels(["#.#", " # "]) == (1, 0, 1, 0, 1, 0)
    for call, word in (
        (lambda: data.pixels(["##", "#"]), "image[1]"), (lambda: data.pixels("##"), "image"),
        (lambda: data.pixels([1, 2]), "lines"), (lambda: data.bag_of_words("one text"), "['one text']"),
        (lambda: data.bag_of_letters([], "a"), "no texts"), (lambda: data.bag_of_letters(["a"], "aA"), "alphabet"),
        (lambda: data.windows([[1, 2]], 1), "series"),
    ):  # fmt: skip
        with pytest.raises(NetworkError, match=re.escape(word)):
            call()


def test_the_page_on_where_it_is_used_names_demos_and_labs_that_exist() -> None:
    from pathlib import Path

    from demos import DEMOS
    from demos.labs import LABS

    page = (Path(__file__).parents[1] / "demos" / "WHERE.md").read_text(encoding="utf-8")
    named = re.findall(r"`gradwalk (demo|labs) (\w+)`", page)
    assert len(named) > 20
    assert all(name in (DEMOS if command == "demo" else LABS) for command, name in named)


def zeros() -> list[Value]:
    """Results that are 0, and would be -0.0 if a sum were just turned round."""
    return [
        Hopfield([[1, -1, 1, -1]]).energy([1, 1, 1, -1]),
        Hopfield(weights=[[0, 0], [0, 0]]).energy([1, 1]),
        losses.binary_cross_entropy(Value(1.0), 1),
        losses.binary_cross_entropy(Value(0.0), 0),
        losses.binary_cross_entropy([Value(1.0), Value(0.0)], [1, 0]),
        losses.cross_entropy([100.0, 0.0], 0),
        losses.hinge(Value(-2.0), -1),
        losses.l1([Value(-1.0)], 0),
    ]


def test_zero_is_printed_without_a_sign() -> None:
    for zero in zeros():
        assert math.copysign(1.0, zero.data) == 1.0, zero
        assert repr(zero).startswith("Value(0.0,")
    w = Value(-0.0, "w")
    (w * -3 + 0 * -w).backward()
    w.grad = -0.0
    assert repr(w) == "Value(0.0, grad=0.0, label='w')"
    assert repr(Value(0.0) * -2).startswith("Value(0.0,")


X, CLASSES = [[0.1 * i, -0.2 * i] for i in range(12)], [i % 3 for i in range(12)]
SIGNS_AND_NUMBERS = {"signs": [1, -1] * 6, "numbers": [0.5 * i for i in range(12)], "yes or no": [0, 1] * 6}
LOGITS = "binary_cross_entropy_on_logits"
# A model's outputs and its last activation, the targets, the loss, and the loss that the error names.
UNFIT = [
    *((3, output, CLASSES, loss, "'cross_entropy'") for output in ("linear", "softmax", "sigmoid") for loss in (
        "mse", "mae", "quadratic", "huber", "hinge", "binary_cross_entropy", LOGITS)),
    *((1, "sigmoid", CLASSES, loss, "'cross_entropy'") for loss in ("binary_cross_entropy", LOGITS)),
    *((1, output, targets, "cross_entropy", "binary_cross_entropy") for output in ("linear", "sigmoid")
      for targets in (SIGNS_AND_NUMBERS["yes or no"], [0] * 12, CLASSES, [[1.0]] * 12)),
    (1, "sigmoid", SIGNS_AND_NUMBERS["signs"], "binary_cross_entropy", "'hinge'"),
    (1, "linear", SIGNS_AND_NUMBERS["signs"], LOGITS, "'hinge'"),
    (2, "linear", SIGNS_AND_NUMBERS["signs"], "cross_entropy", "'hinge'"),
    (3, "linear", SIGNS_AND_NUMBERS["numbers"], "cross_entropy", "'mse'"),
    (1, "sigmoid", SIGNS_AND_NUMBERS["numbers"], "binary_cross_entropy", "'mse'"),
    (1, "linear", [3.5] * 12, "hinge", "'mse'"),
]  # fmt: skip


def test_a_loss_that_does_not_fit_is_answered_with_the_one_that_does() -> None:
    for outputs, output, targets, loss, remedy in UNFIT:
        for call in (fit, diagnose):
            with pytest.raises(NetworkError) as error:
                call(MLP(2, [4, outputs], output=output, rng=0), X, targets, loss)
            assert remedy in str(error.value), (outputs, output, loss, str(error.value))
    with pytest.raises(NetworkError, match="'cross_entropy'"):
        losses.mse(MLP(2, [4, 3], rng=0)(X[0]), 2)


def test_targets_that_look_like_classes_are_noted_and_others_are_not() -> None:
    one_hot = [[float(kind == place) for place in range(3)] for kind in CLASSES]
    for outputs, targets, loss, noted in (
        (1, CLASSES, "mse", True), (1, CLASSES, "huber", True), (3, one_hot, "mae", True),
        (1, [*range(12)], "mse", False), (1, SIGNS_AND_NUMBERS["yes or no"], "mse", False),
        (1, SIGNS_AND_NUMBERS["signs"], "mse", False), (3, one_hot, "cross_entropy", False),
        (3, [[0.5, 0.5, 0.0]] * 12, "mse", False), (3, CLASSES, "cross_entropy", False),
    ):  # fmt: skip
        notes = diagnose(MLP(2, [4, outputs], rng=0), X, targets, loss).notes
        assert any("'cross_entropy'" in note for note in notes) is noted, (outputs, loss, notes)


# An argument that is chosen by its name, what is typed, and what is offered.
MISSPELT: list[tuple[Callable[[str], object], str, str]] = [
    *((lambda name: MLP(2, [3, 3], output=name), each, "softmax") for each in ("sotfmax", "Softmax", "soft_max")),
    *((lambda name: MLP(2, [3, 3], name), each, "softmax") for each in ("sotfmax", "softmx")),
    *((lambda name: Layer(2, 3, name), each, "softmax") for each in ("sotfmax", "SoftMax")),
    *((lambda name: Sequential(Layer(2, 3), name), each, "softmax") for each in ("sotfmax", "softmaxx")),
    *((lambda name: Recurrent(1, 2, 2, output=name), each, "softmax") for each in ("sotfmax", "softmax()")),
    *((lambda name: Neuron(2, name), each, ours) for each, ours in (
        ("tahn", "tanh"), ("ReLU", "relu"), ("logistic", "sigmoid"), ("Identity", "linear"), ("swish", "silu"),
        ("none", "linear"))),
    *((lambda name: fit(MLP(2, [1]), X, CLASSES, name), each, ours) for each, ours in (
        ("MSE", "mse"), ("bce", "binary_cross_entropy"), ("softmax", "cross_entropy"), ("Softmax", "cross_entropy"),
        ("crossentropy", "cross_entropy"), ("l2", "mse"), ("logits", LOGITS))),
    (lambda name: fit(MLP(2, [1]), X, CLASSES, "mse", name), "gradient_descent", "sgd"),
    (lambda name: fit(MLP(2, [1]), X, CLASSES, "mse", name), "Adma", "adam"),
    (lambda name: fit(MLP(2, [1]), X, CLASSES, "mse", backend=name), "nunpy", "numpy"),
    (lambda name: fit(MLP(2, [1]), X, CLASSES, "mse", metrics=name), "acc", "accuracy"),
    (lambda name: fit(MLP(2, [1]), X, CLASSES, "mse", schedule=name), "cosin", "cosine"),
    (lambda name: MLP(2, [1], init=name), "glorot", "xavier"),
    (lambda name: MLP(2, [1], init=name), "zero", "zeros"),
]  # fmt: skip


def test_a_misspelt_name_is_answered_with_the_right_one() -> None:
    for call, typed, ours in MISSPELT:
        with pytest.raises(NetworkError) as error:
            call(typed)
        assert f"did you mean '{ours}'?" in str(error.value), typed
    with pytest.raises(NetworkError, match="did you mean 'linear'"):
        MLP(2, [1], output=None)

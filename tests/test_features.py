"""What neurons respond to: outputs by layer, the strongest rows, purity, and inputs found by gradient ascent."""

from __future__ import annotations

from random import Random

import pytest

from engine import Value
from nn import (
    MLP,
    Layer,
    NetworkError,
    Neuron,
    Sequential,
    accuracy,
    data,
    features,
    fit,
    layer_outputs,
    plot,
    preferred_inputs,
    purity,
    top_rows,
)


def test_outputs_are_those_of_the_layers_called_one_after_another() -> None:
    model = MLP(3, [4, 2], "tanh", "sigmoid", rng=1)
    X = [[0.5, -1.0, 2.0], [1.0, 0.0, -0.5]]
    first, last = layer_outputs(model, X)
    for row, hidden, output in zip(X, first, last):
        eager = model.layers[0](row)
        assert hidden == pytest.approx([h.data for h in eager])
        assert output == pytest.approx([h.data for h in model.layers[1](eager)])


@pytest.mark.parametrize("model", [Neuron(2, "tanh", rng=0), Layer(2, 3, "relu", rng=0)], ids=repr)
def test_a_layer_or_a_neuron_by_itself_is_a_model_of_one_layer(model: Neuron | Layer) -> None:
    (outputs,) = layer_outputs(model, [[1.0, 2.0]])
    result = model([1.0, 2.0])
    assert outputs[0] == pytest.approx([h.data for h in ([result] if isinstance(result, Value) else result)])


def test_a_function_between_layers_belongs_to_the_layer_before_it() -> None:
    mlp = MLP(2, [3, 1], "tanh", rng=0)
    model = Sequential(mlp.layers[0], Value.exp, mlp.layers[1])
    first, last = layer_outputs(model, [[1.0, 2.0]])
    assert first[0] == pytest.approx([h.exp().data for h in mlp.layers[0]([1.0, 2.0])])
    assert last[0] == pytest.approx([model([1.0, 2.0]).data])


def test_the_strongest_rows_come_first_and_equal_ones_in_their_order() -> None:
    layer = Layer(1, 2, init="zeros")
    layer.neurons[0].w[0].data = 2.0
    assert top_rows(layer, [[1.0], [3.0], [2.0]]) == [[[1, 2, 0], [0, 1, 2]]]
    assert top_rows(layer, [[1.0], [3.0], [2.0]], 2) == [[[1, 2], [0, 1]]]


def test_purity_is_the_share_of_the_commonest_class_and_grows_with_training() -> None:
    train, test = data.split(data.shapes(1050))
    model = MLP(81, [16, 12, 7], "tanh", rng=0)
    before = purity(model, *test)
    assert purity(model, test.X[:1], test.y[:1]) == [1.0, 1.0, 1.0]  # a single row is of one class
    fit(model, *train, "cross_entropy", "adam", epochs=30, batch_size=32, seed=0)
    after = purity(model, *test)
    assert accuracy(model, *test) > 0.95
    assert max(before) < 0.5
    assert after[0] < after[1] < after[2]
    assert after[2] > 0.95


@pytest.mark.parametrize("shape", [None, (3, 3)])
def test_the_preferred_input_of_a_linear_neuron_is_the_sign_of_its_weights(shape: tuple[int, int] | None) -> None:
    rng = Random(4)
    neuron = Neuron(9, "tanh", rng=rng)
    X = [[rng.random() for _ in range(9)] for _ in range(50)]
    ((found,),) = preferred_inputs(neuron, X, shape=shape, decay=0, steps=200)
    if shape is None:  # nothing holds it back: every input is at the end of its range
        for place, weight in enumerate(neuron.w):
            column = [row[place] for row in X]
            assert found[place] == (max(column) if weight.data > 0 else min(column))
    outputs = [neuron(row).data for row in X]
    assert neuron(found).data > max(outputs)


def test_the_preferred_input_stays_within_what_the_rows_have_and_excites_more_than_the_mean() -> None:
    dataset = data.shapes(70)
    model = MLP(81, [6, 3], "tanh", rng=2)
    mean = [sum(column) / 70 for column in zip(*dataset.X)]
    for number, layer in enumerate(preferred_inputs(model, dataset.X, (9, 9), steps=20)):
        at_mean = layer_outputs(model, [mean])[number][0]
        for neuron, found in enumerate(layer):
            assert all(min(column) <= pixel <= max(column) for pixel, column in zip(found, zip(*dataset.X)))
            assert layer_outputs(model, [found])[number][0][neuron] > at_mean[neuron]


def test_a_rectifier_that_is_silent_at_the_mean_is_found_from_its_strongest_row() -> None:
    model = MLP(1, [1, 1], "relu", init="zeros")
    hidden, output = model.layers[0].neurons[0], model.layers[1].neurons[0]
    hidden.w[0].data, hidden.b.data, output.w[0].data = 1.0, -5.0, 1.0
    first, last = preferred_inputs(model, [[0.0], [2.0], [7.0]], decay=0)
    assert first == last == [[7.0]]


def test_a_neuron_that_nothing_excites_keeps_a_row() -> None:
    assert preferred_inputs(Neuron(2, init="zeros"), [[1.0, 0.0], [0.0, 1.0]])[0][0] in ([0.5, 0.5], [1.0, 0.0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: layer_outputs(Neuron(1), [[[1.0], [2.0]]]), "sequences"),
        (lambda: layer_outputs(3, [[1.0]]), "not known"),
        (lambda: layer_outputs(len, [[1.0]]), "not known"),
        (lambda: layer_outputs(Neuron(2), [[1.0]]), "2"),
        (lambda: top_rows(Neuron(1), [[1.0]], 0), "count"),
        (lambda: purity(Neuron(1), [[1.0], [2.0]], [0]), "target"),
        (lambda: preferred_inputs(Neuron(3), [[1.0] * 3], shape=(2, 2)), "shape"),
        (lambda: preferred_inputs(Neuron(1), [[1.0]], rate=7), "rate"),
        (lambda: preferred_inputs(Neuron(1), [[1.0]], decay=-1), "decay"),
    ],
)
def test_what_cannot_be_shown_says_why(call: object, words: str) -> None:
    assert callable(call)
    with pytest.raises(NetworkError, match=words):
        call()


def test_shapes_are_made_of_their_lines_wherever_they_are() -> None:
    clean = data.shapes(140, noise=0.0, seed=3)
    places = set()
    for image, kind in zip(clean.X, clean.y):
        ink = {divmod(place, 9) for place, pixel in enumerate(image) if pixel}
        lines = data.SHAPE_LINES[clean.classes[kind]]
        top, left = min(line for line, _ in ink), min(column for _, column in ink)
        bottom, right = max(line for line, _ in ink), max(column for _, column in ink)
        assert (bottom - top, right - left) == (4, 4)
        rows = {
            "left": {(top + n, left) for n in range(5)},
            "right": {(top + n, right) for n in range(5)},
            "top": {(top, left + n) for n in range(5)},
            "bottom": {(bottom, left + n) for n in range(5)},
        }
        assert ink == set.union(*(rows[line] for line in lines))
        assert set(image) == {0.0, 1.0}
        places.add((top, left))
    assert len(places) == 25


@pytest.mark.parametrize("sizes", [[3], [10, 10], [24, 16, 12, 7], [4] * 9, [30, 2], [1, 1]])
def test_a_plot_of_features_fits_a_screen_and_its_images_can_be_seen(sizes: list[int]) -> None:
    rows = [[float((row * 7 + pixel) % 5) for pixel in range(9)] for row in range(12)]
    plots = [
        plot.features(MLP(9, sizes, rng=0), rows, shape=(3, 3)),
        plot.neurons(MLP(2, sizes, rng=0), rows_of_two()),
    ]
    for ax in plots:
        width, height = ax.figure.get_size_inches()
        assert width <= 11.3  # 16:9, on a screen of 1366 x 768 at 120 dots an inch
        assert height <= 6.4
        places = [image.get_extent() for image in ax.images]
        left, right = ax.get_xlim()
        assert width / (right - left) * 120 > (40 if len(sizes) < 9 and max(sizes) < 30 else 20)  # dots an image
        for x0, x1, y0, y1 in places:
            assert left <= x0 < x1 <= right
            assert ax.get_ylim()[0] <= y0 < y1 <= ax.get_ylim()[1]
        assert len({(x0, y1) for x0, _, _, y1 in places}) == len(places)  # none on another
        named = [text for text in ax.texts if text.get_text().startswith("layer ")]
        assert len(named) == len(sizes)


def rows_of_two() -> list[list[float]]:
    return [[-1.0, -1.0], [1.0, 0.5], [0.0, 2.0]]


def test_a_plot_of_features_computes_the_layers_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    recorded = features._recorded
    monkeypatch.setattr(features, "_recorded", lambda *given: calls.append(given) or recorded(*given))
    model, rows = MLP(4, [3, 2], rng=0), [[0, 1, 1, 0], [1, 0, 0, 1], [1, 1, 0, 0]]
    plot.features(model, rows, [0, 1, 1], (2, 2))
    assert len(calls) == 1

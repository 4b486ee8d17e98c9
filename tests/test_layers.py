"""Layers as matrices, and the summary of a model: what it lists, and that its counts add up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from engine import Value
from nn import MLP, Layer, Module, NetworkError, Neuron, Recurrent, classify, evaluate, fit, predict
from nn.losses import cross_entropy

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS = {
    "a neuron": lambda: Neuron(3, "sigmoid"),
    "a layer": lambda: Layer(3, 5, "tanh"),
    "a model": lambda: MLP(4, [8, 8, 3]),
    "a deep model": lambda: MLP(2, [3] * 12),
    "a recurrent model": lambda: Recurrent(2, 4, 3),
    "a recurrent model without outputs": lambda: Recurrent(2, 4),
}


def test_w23_joins_the_second_neuron_to_the_third() -> None:
    model = MLP(2, [3, 3], "linear", init="zeros")
    model.weights()[1][1][2].data = 1.0
    model.layers[0].neurons[1].b.data = 7.0  # the second neuron says 7, all others 0
    assert [y.data for y in model([0.0, 0.0])] == [0.0, 0.0, 7.0]


def test_two_inputs_and_three_outputs_are_a_matrix_of_two_by_three() -> None:
    matrix = Layer(2, 3).weights()
    assert (len(matrix), len(matrix[0])) == (2, 3)
    column = Neuron(4).weights()
    assert [len(line) for line in column] == [1, 1, 1, 1]


@pytest.mark.parametrize("name", MODELS)
def test_a_summary_counts_every_parameter(name: str) -> None:
    model = MODELS[name]()
    *parts, total = model.summary().splitlines()[1:]
    assert total.split() == ["total", str(len(model.parameters()))]
    assert sum(int(line.split()[-1]) for line in parts) == len(model.parameters())


def test_a_summary_lists_sizes_and_activations() -> None:
    model = MLP(4, [1200, 10], "tanh", "sigmoid")
    assert str(model.summary()) == (
        "layer   inputs × neurons  activation  parameters\n"
        "layer1         4 × 1,200  tanh             6,000\n"
        "layer2        1,200 × 10  sigmoid         12,010\n"
        "total                                     18,010"
    )


class Mixed(Module):
    """Parts in every place, one of them twice, one frozen, one with a long name."""

    def __init__(self) -> None:
        self.body = MLP(3, [4, 4])
        self.head = Layer(4, 2, lambda z: (2 * z).tanh())
        self.tied = self.head
        self.scale = Value(1.0)
        self.shift = Value(0.0, "offset")
        self.pair = [Neuron(1), {"key": Neuron(2, name="k" * 100)}]
        self.frozen = Value(1.0)
        self.frozen.requires_grad = False
        self.me = self
        self.text = "text"


def test_a_summary_reads_any_module() -> None:
    lines = Mixed().summary().splitlines()
    names = [line.split()[0] for line in lines]
    assert names[:-2] == ["layer", "layer1", "layer2", "head", "scale", "offset", "pair[0]"]
    assert names[-1] == "total"
    assert int(lines[-1].split()[-1]) == len(Mixed().parameters())
    assert "4 × 2  <lambda>" in lines[3]


@pytest.mark.parametrize("model", [Mixed(), *(make() for make in MODELS.values())])
def test_a_summary_is_a_table_of_80_columns_at_most(model: Module) -> None:
    lines = str(model.summary()).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert len(lines[0]) <= 80
    assert repr(model.summary()) == str(model.summary())  # at the prompt, no quotes


def test_a_long_name_is_cut_where_it_must_be() -> None:
    text = Mixed().summary()
    assert "kkkk…" in text
    function = eval("lambda z: z")
    function.__name__ = "an_activation_with_a_name_that_does_not_end"
    assert "an_activation_with_…" in Layer(1, 1, function).summary()


def test_a_weight_that_two_layers_share_counts_once() -> None:
    class Tied(Module):
        def __init__(self) -> None:
            self.first, self.second = Layer(2, 2, name="first"), Layer(2, 2, name="second")
            for one, other in zip(self.first.neurons, self.second.neurons):
                other.w = one.w

    counts = [int(line.split()[-1]) for line in Tied().summary().splitlines()[1:]]
    assert counts == [6, 2, 8]


def test_the_first_loop_of_a_beginner_learns_from_every_start() -> None:
    """The lecture's four rows, with all defaults, in a loop of one's own."""
    rows = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    targets = [1.0, -1.0, -1.0, 1.0]
    for start in range(40):
        model = MLP(3, [4, 4, 1], rng=start)
        for _ in range(101):  # the last turn measures what 100 steps have come to
            loss = sum((model(x) - y) ** 2 for x, y in zip(rows, targets))
            model.zero_grad()
            loss.backward()
            for parameter in model.parameters():
                parameter.data -= 0.05 * parameter.grad
        assert loss.data < 0.1, start


THREE = [[0.5, -1.0, 2.0], [1.0, 0.3, -0.5], [-2.0, 0.1, 0.4], [0.2, 0.9, -1.1]]
KINDS = [2, 0, 2, 1]


@pytest.mark.parametrize("backend", ["python", "numpy", "jax", "torch"])
def test_probabilities_are_trained_by_the_scores_under_them(backend: str) -> None:
    if backend in ("jax", "torch"):
        pytest.importorskip(backend)
    histories = []
    for output in "softmax", "linear":
        model = MLP(3, [4, 3], output=output, rng=1)
        histories.append(fit(model, THREE, KINDS, "cross_entropy", epochs=20, backend=backend, progress=False).losses)
        if output == "softmax":
            table = predict(model, THREE, backend=backend)
            assert [sum(row) for row in table] == pytest.approx([1.0] * 4, abs=1e-12)
            assert classify(model, THREE) == [row.index(max(row)) for row in table]
            assert evaluate(model, THREE, KINDS, "cross_entropy", backend) == pytest.approx(
                -sum(math.log(row[kind]) for row, kind in zip(table, KINDS)) / 4, abs=1e-12
            )
    assert histories[0] == pytest.approx(histories[1], abs=1e-12)


@pytest.mark.parametrize("scale", [1.0, 1e3, 1e6])
def test_probabilities_of_any_scores_have_the_loss_of_the_scores(scale: float) -> None:
    model = MLP(3, [3], output="softmax", rng=1)
    for weight in model.parameters():
        weight.data *= scale
    for row, kind in zip(THREE, KINDS):
        probabilities, scores = model(row), model.layers[0](row)
        assert sum(p.data for p in probabilities) == pytest.approx(1.0)
        assert cross_entropy(probabilities, kind).data == cross_entropy(scores, kind).data
        loss = cross_entropy(probabilities, kind)
        model.zero_grad()
        loss.backward()
        for unit, p in enumerate(probabilities):  # the gradient by a score is the probability minus the target
            assert model.layers[0].neurons[unit].b.grad == pytest.approx(p.data - (unit == kind), abs=1e-12)


@pytest.mark.parametrize(
    "make",
    [
        lambda: MLP(3, [4, 1], output="softmax"),
        lambda: MLP(3, [4, 3], "softmax"),
        lambda: Layer(3, 3, "softmax"),
        lambda: Neuron(3, "softmax"),
    ],
)
def test_softmax_is_of_all_outputs(make: Callable[[], object]) -> None:
    with pytest.raises(NetworkError, match="softmax"):
        make()

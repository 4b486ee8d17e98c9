"""Recurrent: the same weights at each step, a state that is carried, and gradients through all of time."""

from __future__ import annotations

import copy
import math
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from oracles import oracle
from wording import mentions

from engine import Value, compile
from engine.graph import operations
from nn import Layer, NetworkError, Recurrent, losses, optim

if TYPE_CHECKING:
    from collections.abc import Callable

torch = oracle("torch")
SEQUENCE = [[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5], [0.0, 0.0], [1.0, 1.0]]


def data(values: Any) -> Any:
    """The numbers of Values in nested lists."""
    return [data(value) for value in values] if isinstance(values, list) else values.data


def shaken(*sizes: Any, seed: int = 3, **options: Any) -> Recurrent:
    """A model whose biases are not 0 either."""
    model = Recurrent(*sizes, rng=seed, **options)
    for number, parameter in enumerate(model.parameters()):
        parameter.data = math.sin(7.0 * number + seed)
    return model


def test_each_step_reads_its_row_and_the_state_before() -> None:
    model = Recurrent(1, 2, init="zeros")
    (w,), ((a, b), (c, d)) = model.weights()
    for weight, number in zip([*w, a, b, c, d], [1.0, 2.0, 0.1, 0.2, 0.3, 0.4]):
        weight.data = number
    first, second = model([0.5, -0.5])
    assert data(first) == [math.tanh(0.5), math.tanh(1.0)]
    assert data(second) == pytest.approx(
        [
            math.tanh(-0.5 + 0.1 * math.tanh(0.5) + 0.3 * math.tanh(1.0)),
            math.tanh(-1.0 + 0.2 * math.tanh(0.5) + 0.4 * math.tanh(1.0)),
        ],
        rel=1e-15,
    )


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_recurrent_model_agrees_with_pytorch_outputs_state_and_gradients(activation: str) -> None:
    model = shaken(2, 4, 3, activation=activation)
    theirs = torch.nn.RNN(2, 4, nonlinearity=activation, dtype=torch.float64)
    head = torch.nn.Linear(4, 3, dtype=torch.float64)
    w, u, v = (torch.tensor(data(matrix), dtype=torch.float64) for matrix in model.weights())
    b, c = (torch.tensor([neuron.b.data for neuron in layer.neurons], dtype=torch.float64) for layer in model.layers)
    with torch.no_grad():  # PyTorch has neurons × inputs, and a bias that is there twice
        theirs.weight_ih_l0[:], theirs.weight_hh_l0[:] = w.T, u.T
        theirs.bias_ih_l0[:], theirs.bias_hh_l0[:] = b, 0.0
        head.weight[:], head.bias[:] = v.T, c
    start = [0.25, -0.5, 0.75, 0.0]
    h, h_n = theirs(torch.tensor(SEQUENCE, dtype=torch.float64), torch.tensor([start], dtype=torch.float64))
    y = head(h)
    y.sin().sum().backward()
    outputs, states = model.unroll(SEQUENCE, start)
    assert np.array(data(outputs)) == pytest.approx(y.detach().numpy(), rel=1e-13)
    assert data(states[-1]) == pytest.approx(h_n[0].tolist(), rel=1e-13)
    sum(value.sin() for step in outputs for value in step).backward()
    gw, gu, gv = (np.array([[weight.grad for weight in line] for line in matrix]) for matrix in model.weights())
    assert gw == pytest.approx(theirs.weight_ih_l0.grad.numpy().T, rel=1e-12)
    assert gu == pytest.approx(theirs.weight_hh_l0.grad.numpy().T, rel=1e-12)
    assert gv == pytest.approx(head.weight.grad.numpy().T, rel=1e-12)
    hidden, output = model.layers
    assert [neuron.b.grad for neuron in hidden.neurons] == pytest.approx(theirs.bias_ih_l0.grad.tolist(), rel=1e-12)
    assert [neuron.b.grad for neuron in output.neurons] == pytest.approx(head.bias.grad.tolist(), rel=1e-12)


def test_the_shape_of_what_a_call_gives() -> None:
    assert [len(y) for y in Recurrent(2, 3)(SEQUENCE)] == [3] * 5  # the state itself
    assert [len(y) for y in Recurrent(2, 3, 2)(SEQUENCE)] == [2] * 5
    assert all(isinstance(y, Value) for y in Recurrent(2, 3, 1)(SEQUENCE))
    assert all(isinstance(y, Value) for y in Recurrent(2, 1)(SEQUENCE))
    assert isinstance(Recurrent(2, 3, 1, last=True)(SEQUENCE), Value)
    assert len(Recurrent(2, 3, 4, last=True)(SEQUENCE)) == 4


def test_last_is_the_output_of_the_last_step() -> None:
    steps, last = Recurrent(2, 3, 1, rng=0), Recurrent(2, 3, 1, rng=0, last=True)
    assert last(SEQUENCE).data == steps(SEQUENCE)[-1].data


def test_a_sequence_goes_on_from_a_state() -> None:
    model = shaken(2, 3, 2)
    whole, states = model.unroll(SEQUENCE)
    rest = model(SEQUENCE[2:], states[1])
    assert data(rest) == data(whole[2:])
    assert data(model(SEQUENCE[2:], data(states[1]))) == data(whole[2:])
    assert data(model(SEQUENCE)) == data(model(SEQUENCE, [0.0, 0.0, 0.0])) != data(model(SEQUENCE, [1.0, 0.0, 0.0]))


def test_a_state_of_values_learns_and_a_graph_reaches_back_through_it() -> None:
    model, start = shaken(1, 2, 1), [Value(0.1, "h0"), Value(-0.2, "h1")]
    model([1.0, 2.0], start)[-1].backward()
    assert all(value.grad != 0 for value in start)
    assert model.layers[0].neurons[0].w[0].grad != 0


def test_every_earlier_input_matters_to_the_last_output_and_no_later_one_to_the_first() -> None:
    model, x = shaken(1, 3, 1), [Value(0.3 * i) for i in range(6)]
    outputs = model(x)
    outputs[2].backward()
    assert [value.grad != 0 for value in x] == [True] * 3 + [False] * 3


def test_rows_of_one_may_be_lone_numbers() -> None:
    model = shaken(1, 3, 1)
    for sequence in (
        [0.5, 1.0, -2.0],
        [[0.5], [1.0], [-2.0]],
        np.array([0.5, 1.0, -2.0]),
        np.array([[0.5], [1.0], [-2]]),
    ):
        assert data(model(sequence)) == data(model(iter([0.5, 1.0, -2.0])))
    assert data(shaken(2, 3)(np.array(SEQUENCE))) == data(shaken(2, 3)(SEQUENCE))


def test_weights_are_three_matrices_and_labels_tell_them_apart() -> None:
    model = Recurrent(2, 3, 4, rng=0)
    assert [(len(matrix), len(matrix[0])) for matrix in model.weights()] == [(2, 3), (3, 3), (3, 4)]
    assert [(len(matrix), len(matrix[0])) for matrix in Recurrent(2, 3).weights()] == [(2, 3), (3, 3)]
    w, u, v = model.weights()
    assert w[1][2].label == "hidden.neuron3.w[1]"
    assert u[1][2].label == "hidden.neuron3.u[1]"
    assert v[2][3].label == "output.neuron4.w[2]"
    labels = [parameter.label for parameter in model.parameters()]
    assert len(set(labels)) == len(labels) == (2 + 3 + 1) * 3 + (3 + 1) * 4


def test_the_steps_share_their_weights() -> None:
    model = Recurrent(2, 3, 1, rng=0)
    for steps in 1, 5:
        outputs = model(SEQUENCE[:steps])
        leaves = {
            leaf for node in operations(*outputs) for leaf in node.args if leaf.op is None and leaf.grad is not None
        }
        assert leaves == set(model.parameters())


@pytest.mark.parametrize("last", [False, True])
def test_an_unrolled_graph_compiles(last: bool) -> None:
    model = shaken(2, 4, 1, activation="sigmoid", last=last)
    x = [[Value(0.0), Value(0.0)] for _ in SEQUENCE]
    targets = [Value(0.0) for _ in ([0] if last else SEQUENCE)]
    inputs = [*(value for step in x for value in step), *targets]
    program = compile(losses.mse(model(x), targets), inputs, model.parameters())
    rows = [[math.cos(3.0 * i + j) for j in range(len(inputs))] for i in range(7)]
    value, gradients = program.value_and_grad(rows)
    model.zero_grad()
    total = 0.0
    for row in rows:
        sequence, target = [row[i : i + 2] for i in range(0, 10, 2)], row[10:]
        loss = losses.mse(model(sequence), target) / len(rows)
        loss.backward()
        total += loss.data
    assert value == pytest.approx(total, rel=1e-13)
    assert gradients.tolist() == pytest.approx([p.grad for p in model.parameters()], rel=1e-11, abs=1e-15)
    assert program.nodes > 10 * program.operations


def test_a_recurrent_model_learns_what_needs_memory_and_a_layer_cannot() -> None:
    """Say what was said one step ago: the row of now does not tell."""
    sequences = [[(number >> step) & 1 for step in range(4)] for number in range(16)]
    targets = [[0, *sequence[:-1]] for sequence in sequences]

    def trained(model: Any, answers: Callable[[list[int]], list[Value]], epochs: int) -> float:
        optimizer = optim.SGD(model.parameters(), lr=0.2)
        for _ in range(epochs):
            pairs = list(zip(sequences, targets))
            loss = sum(losses.mse(answers(sequence), target) for sequence, target in pairs) / len(pairs)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss.data

    model = Recurrent(1, 3, 1, rng=3)
    assert trained(model, model, 50) < 0.01
    assert [round(y.data) for y in model([1, 1, 0, 1, 0, 0, 1])] == [0, 1, 1, 0, 1, 0, 0]  # longer than it ever saw
    layer = Layer(1, 1, rng=3)
    assert trained(layer, lambda sequence: [layer(x)[0] for x in sequence], 50) > 0.1


def test_a_recurrent_model_shows_how_it_was_made() -> None:
    for made in Recurrent(2, 3, rng=0), Recurrent(1, 4, 2, "relu", "sigmoid", last=True):
        assert repr(eval(repr(made))) == repr(made)
    assert repr(Recurrent(2, 3)) == "Recurrent(2, 3, activation='tanh')"
    assert repr(Recurrent(2, 3, 1, last=True)) == "Recurrent(2, 3, 1, activation='tanh', output='linear', last=True)"
    assert "5 × 3  tanh" in Recurrent(2, 3).summary()


def test_a_recurrent_model_can_be_copied_and_pickled() -> None:
    model = Recurrent(2, 3, 1, rng=0)
    for twin in copy.deepcopy(model), pickle.loads(pickle.dumps(model)):
        assert data(twin(SEQUENCE)) == data(model(SEQUENCE))
        assert not set(twin.parameters()) & set(model.parameters())


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: Recurrent(2, 3)([]), "sequence is empty"),
        (lambda: Recurrent(2, 3)([[1.0, 2.0], [1.0]]), "step 2 ... 2 inputs ... has 1"),
        (lambda: Recurrent(2, 3)([1.0, 2.0]), "step 1 ... 2 inputs ... has 1"),
        (lambda: Recurrent(2, 3)(1.0), "list of rows ... 1.0"),
        (lambda: Recurrent(1, 3)(Value(1.0)), "this is a Value"),
        (lambda: Recurrent(1, 3)("101"), "this is ... 101"),
        (lambda: Recurrent(1, 3)({1.0: 2.0}), "this is a dict"),
        (lambda: Recurrent(1, 3)([[[1.0]]]), "one row"),
        (lambda: Recurrent(1, 3)([1.0], [0.0]), "state ... 1 number for 3"),
        (lambda: Recurrent(1, 3)([1.0], 0.0), "state ... 1 number for 3"),
        (lambda: Recurrent(0, 3), "inputs ... not 0"),
        (lambda: Recurrent(1, 0), "hidden neurons ... not 0"),
        (lambda: Recurrent(1, 3, 0), "number of neurons ... not 0"),
        (lambda: Recurrent(1, 3, 1, "thanh"), "did you mean 'tanh'?"),
        (lambda: Recurrent(1, 3, 1, output="sigmoidal"), "did you mean 'sigmoid'?"),
        (lambda: Recurrent(1, 3, rng="seed"), "rng must be a whole number"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        call()
    assert mentions(caught.value, says)


def test_a_number_that_is_none_is_refused() -> None:
    for wrong in [[math.nan]], [None], [True], ["1"]:
        with pytest.raises((ValueError, TypeError)):
            Recurrent(1, 2)(wrong)

"""nn: models of the right shape and size, losses against PyTorch, steps of gradient descent."""

from __future__ import annotations

import copy
import math
import pickle
import sys
from importlib.machinery import ModuleSpec
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from oracles import oracle
from wording import mentions

from engine import OPS, GradwalkError, Value, define, gradcheck
from engine.graph import nodes, operations
from nn import MLP, Layer, Module, NetworkError, Neuron, checks, fit, init, load, losses, optim, save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

torch = oracle("torch")
functional = torch.nn.functional
ONE_ARGUMENT = [name for name, op in OPS.items() if op.arity == 1]
UNITS = {"a neuron": Neuron, "a layer": lambda n: Layer(n, 3), "a model": lambda n: MLP(n, [3, 1])}


# Models


def test_a_neuron_is_the_weighted_sum_then_the_bias_then_the_activation() -> None:
    neuron = Neuron(3, "tanh", rng=0)
    neuron.b.data = 0.25
    h = neuron([1.0, -2.0, 0.5])
    w = [weight.data for weight in neuron.w]
    z = w[0] * 1.0 + w[1] * -2.0 + w[2] * 0.5 + 0.25
    assert h.args[0].data == z
    assert h.data == math.tanh(z)
    assert h.args[0].args[1] is neuron.b
    assert (h.label, h.args[0].label) == ("h", "z")
    assert [op.op.name for op in operations(h)] == ["mul", "mul", "add", "mul", "add", "add", "tanh"]


def test_an_input_number_is_one_node_however_many_neurons_read_it() -> None:
    layer = Layer(2, 5, "relu", rng=0)
    below = nodes(*layer([3.0, 4.0]))
    assert [node.data for node in below if node.grad is None] == [3.0, 4.0]
    assert len(below) == 2 + 5 * 3 + 5 * 5  # inputs, parameters, operations


def test_inputs_that_are_values_get_their_gradients() -> None:
    x = [Value(1.0), Value(-1.0)]
    MLP(2, [4, 1], "tanh", rng=0)(x).backward()
    assert all(number.grad != 0 for number in x)


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_any_operation_of_one_argument_is_an_activation(name: str) -> None:
    x = OPS[name].domain[0].high / 2
    neuron = Neuron(1, name, init=lambda inputs, neurons, rng: 1.0)
    assert neuron([x]).data == OPS[name].f(x)
    assert neuron.activation == name


def test_an_operation_defined_later_is_an_activation_too() -> None:
    define("twice", "2 * x", ("2",))
    assert Neuron(1, "twice", init=lambda inputs, neurons, rng: 1.0)([3.0]).data == 6.0


@pytest.mark.parametrize("function", [Value.tanh, lambda z: z.tanh(), lambda z: (2 * z).sigmoid() * 2 - 1])
def test_an_activation_may_be_a_function(function: Callable[[Value], Value]) -> None:
    one, other = Neuron(2, "tanh", rng=3)([0.5, 0.25]), Neuron(2, function, rng=3)([0.5, 0.25])
    assert other.data == pytest.approx(one.data, rel=1e-14)
    assert other.label == "h"


def test_linear_adds_no_node() -> None:
    z = Neuron(2)([1.0, 2.0])
    assert z.op.name == "add"
    assert z.label == "z"


def test_a_model_gives_a_list_or_the_one_value() -> None:
    assert isinstance(MLP(2, [3, 1])([1.0, 2.0]), Value)
    assert len(MLP(2, [3, 2])([1.0, 2.0])) == 2
    assert len(Layer(2, 1)([1.0, 2.0])) == 1
    assert isinstance(MLP(1, [3, 1, 2, 1])(0.5), Value)  # a lone number is a row of one


def test_a_model_agrees_with_pytorch_value_and_gradients() -> None:
    model = MLP(3, [5, 4, 2], "tanh", "sigmoid", rng=7)
    rng = Random(8)
    for parameter in model.parameters():
        parameter.data = rng.uniform(-1, 1)
    row = [0.5, -1.5, 2.0]
    h = torch.tensor(row, dtype=torch.float64)
    theirs: list[torch.Tensor] = []
    for layer, matrix in zip(model.layers, model.weights()):
        w = torch.tensor(
            [[weight.data for weight in line] for line in matrix], dtype=torch.float64, requires_grad=True
        )
        b = torch.tensor([neuron.b.data for neuron in layer.neurons], dtype=torch.float64, requires_grad=True)
        theirs += [w, b]
        h = h @ w + b  # w is inputs × neurons, as the textbook has it
        h = h.sigmoid() if layer is model.layers[-1] else h.tanh()
    ours = model(row)
    assert [y.data for y in ours] == pytest.approx(h.tolist(), rel=1e-14)
    h.sum().backward()
    (ours[0] + ours[1]).backward()
    for layer, matrix, w, b in zip(model.layers, model.weights(), theirs[::2], theirs[1::2]):
        assert np.array([[weight.grad for weight in line] for line in matrix]) == pytest.approx(
            w.grad.numpy(), rel=1e-13
        )
        assert [neuron.b.grad for neuron in layer.neurons] == pytest.approx(b.grad.tolist(), rel=1e-13)


def test_weights_are_matrices_of_inputs_by_neurons() -> None:
    model = MLP(2, [3, 4], rng=0)
    assert [(len(matrix), len(matrix[0])) for matrix in model.weights()] == [(2, 3), (3, 4)]
    assert model.weights()[1][0][2] is model.layers[1].neurons[2].w[0]
    assert model.layers[0].weights() == model.weights()[0]


def test_labels_name_the_layer_the_neuron_and_the_weight() -> None:
    model = MLP(2, [3, 1], "relu", rng=0)
    labels = [parameter.label for parameter in model.parameters()]
    assert labels[:3] == ["layer1.neuron1.w[0]", "layer1.neuron1.w[1]", "layer1.neuron1.b"]
    assert labels[-1] == "layer2.neuron1.b"
    assert len(set(labels)) == len(labels) == 3 * 3 + 4
    made = {node.label for node in operations(model([1.0, 2.0])) if node.label}
    assert made == {f"layer1.neuron{n}.{part}" for n in (1, 2, 3) for part in "zh"} | {"layer2.neuron1.z"}
    assert Layer(1, 1, name="hidden").neurons[0].b.label == "hidden.neuron1.b"
    assert Neuron(1).b.label == "b"


def test_a_row_of_an_array_is_a_row() -> None:
    model = MLP(3, [2, 1], "tanh", rng=0)
    row = [1.0, 2.0, 3.0]
    assert model(np.array(row)).data == model(row).data == model(tuple(row)).data
    assert model(np.array([1, 2, 3])).data == model(row).data
    assert model(np.array(row, dtype=np.float32)).data == model(row).data
    assert losses.mse(np.array(2.0), np.float64(1.0)).data == 1.0


@pytest.mark.parametrize("wrong", [{1.0: 2.0, 3.0: 4.0}, {1.0, 2.0}])
def test_a_row_has_an_order(wrong: Any) -> None:
    with pytest.raises(NetworkError, match="a row of numbers has an order"):
        MLP(2, [1])(wrong)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_row_of_another_length_is_refused(unit: str, count: int) -> None:
    with pytest.raises(NetworkError, match=rf"takes 2 inputs, and the row has {count}\.$"):
        UNITS[unit](2)([1.0] * count)


@pytest.mark.parametrize("unit", UNITS)
def test_rows_all_at_once_are_refused_with_the_way_to_do_it(unit: str) -> None:
    for rows in [[1.0, 2.0], [3.0, 4.0]], np.zeros((5, 2)):
        with pytest.raises(NetworkError, match=r"\[model\(row\) for row in rows\]"):
            UNITS[unit](2)(rows)


@pytest.mark.parametrize("wrong", ["ab", [True, 1.0], [None, 1.0], [float("nan"), 1.0], ["1", 2.0]])
def test_inputs_that_are_no_numbers_are_refused(wrong: Any) -> None:
    with pytest.raises(GradwalkError, match="number"):
        MLP(2, [1])(wrong)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: MLP(2, [1], activation="thanh"), "no activation 'thanh' ... 'tanh'"),
        (lambda: MLP(2, [1, 1], activation="ReLU"), "did you mean 'relu'"),
        (lambda: MLP(2, [1], output="softmox"), "no activation 'softmox'"),
        (lambda: Neuron(2, "maximum"), "no activation 'maximum'"),
        (lambda: Neuron(2, 3), "no activation 3"),
        (lambda: MLP(2, [1], init="xavie"), "no initializer 'xavie' ... 'xavier'"),
        (lambda: MLP(2, [1], rng="seed"), "rng ... whole number"),
        (lambda: MLP(2, [1], rng=True), "rng ... whole number"),
        (lambda: MLP(0, [1]), "number of inputs ... whole number ... not 0"),
        (lambda: MLP(2.0, [1]), "not 2.0"),
        (lambda: MLP(2, [True]), "not True"),
        (lambda: MLP(2, [3, 0]), "number of neurons ... whole number ... not 0"),
        (lambda: MLP(2, []), "sizes lists the neurons"),
        (lambda: MLP(2, 16), "sizes ... MLP(2, [16, 16, 1]) ... 16"),
        (lambda: Neuron(1, lambda z: z.data)([1.0]), "not a Value"),
    ],
)
def test_a_model_that_cannot_be_is_refused(make: Callable[[], Any], says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        make()
    assert mentions(caught.value, says)
    assert len(str(caught.value)) < 400


def test_a_model_shows_how_it_was_made() -> None:
    assert repr(MLP(4, [8, 3], "tanh", "sigmoid")) == "MLP(4, [8, 3], activation='tanh', output='sigmoid')"
    assert repr(eval(repr(MLP(2, [1])))) == "MLP(2, [1], activation='linear', output='linear')"
    assert repr(Layer(2, 3, "relu")) == "Layer(2, 3, activation='relu')"
    assert repr(Neuron(2)) == "Neuron(2, activation='linear')"


def test_a_model_can_be_copied_and_pickled() -> None:
    model = MLP(2, [3, 1], "tanh", rng=0)
    for twin in copy.deepcopy(model), pickle.loads(pickle.dumps(model)):
        assert twin([1.0, 2.0]).data == model([1.0, 2.0]).data
        assert not set(twin.parameters()) & set(model.parameters())


# Modules


class Odd(Module):
    """Parameters in every place that a Module may hold them, one of them twice, and what is none."""

    def __init__(self) -> None:
        self.alone = Value(1.0, "alone")
        self.listed = [Value(2.0, "listed"), (Value(3.0, "nested"),)]
        self.named = {"key": Neuron(1, name="inner")}
        self.again = self.alone
        self.whole = self
        self.result = self.alone * 2
        self.frozen = Value(5.0, "frozen")
        self.frozen.requires_grad = False
        self.text = "text"


def test_a_module_finds_each_parameter_once_in_order() -> None:
    labels = [parameter.label for parameter in Odd().parameters()]
    assert labels == ["alone", "listed", "nested", "inner.w[0]", "inner.b"]


def test_zero_grad_clears_the_parameters_only() -> None:
    odd = Odd()
    odd.result.backward()
    assert odd.alone.grad == 2.0
    odd.zero_grad()
    assert all(parameter.grad == 0 for parameter in odd.parameters())
    assert odd.frozen.grad is None
    assert odd.result.grad == 1.0


# Initial weights


@pytest.mark.parametrize("name", init.INITIALIZERS)
def test_initial_weights_have_the_spread_that_their_source_states(name: str) -> None:
    inputs, neurons = 30, 20
    spread = {"uniform": 1 / math.sqrt(3), "xavier": math.sqrt(2 / 50), "he": math.sqrt(2 / 30), "zeros": 0.0}[name]
    rng = Random(0)
    weights = [init.INITIALIZERS[name](inputs, neurons, rng) for _ in range(20_000)]
    assert sum(weights) / len(weights) == pytest.approx(0.0, abs=0.02)
    assert math.sqrt(sum(w * w for w in weights) / len(weights)) == pytest.approx(spread, rel=0.02)


def test_a_layer_tells_its_initializer_both_sizes_and_starts_biases_at_0() -> None:
    asked: set[tuple[int, int]] = set()

    def note(inputs: int, neurons: int, rng: Random) -> float:
        asked.add((inputs, neurons))
        return rng.random()

    model = MLP(2, [3, 4], init=note)
    assert asked == {(2, 3), (3, 4)}
    assert all(neuron.b.data == 0 for layer in model.layers for neuron in layer.neurons)


def test_the_same_seed_gives_the_same_weights_and_none_gives_others() -> None:
    def start(rng: Any) -> list[float]:
        return [parameter.data for parameter in MLP(2, [3, 1], rng=rng).parameters()]

    assert start(1) == start(1) == start(Random(1)) == start(np.int64(1))
    assert start(1) != start(2)
    assert start(None) != start(None)
    rng = Random(1)
    assert start(rng) != start(rng)


def test_weights_suit_the_activation_unless_told_otherwise() -> None:
    assert init.initializer(None, "relu") is init.he
    assert init.initializer(None, "tanh") is init.xavier
    assert {name for name, op in OPS.items() if op.rectifier} == {
        "relu",
        "leaky_relu",
        "elu",
        "softplus",
        "silu",
        "gelu",
    }


# Losses, against PyTorch: 1e-12 relative. A loss or gradient below 1e-3 is compared to 1e-15: PyTorch's own
# is a difference of numbers around 1, and no closer than that. Probabilities stay 1e-11 away from 0 and 1, for
# from 1e-12 on PyTorch cuts the gradient off.


def agree(ours: list[float], theirs: list[float]) -> bool:
    return all(abs(a - b) <= 1e-12 * max(abs(b), 1e-3) for a, b in zip(ours, theirs, strict=True))


def numbers(rng: Random, count: int) -> list[float]:
    """Ordinary ones, extreme ones, and ones at which something happens."""
    drawn = [rng.gauss(0, 3), rng.uniform(-1000, 1000), 10 ** rng.uniform(-9, 3), -(10 ** rng.uniform(-9, 3))]
    return [rng.choice([*drawn, rng.choice([0.0, 1.0, -1.0, 1000.0, -1000.0, 40.0, -40.0])]) for _ in range(count)]


def probabilities(rng: Random, count: int) -> list[float]:
    return [
        rng.choice([rng.random(), 10 ** rng.uniform(-11, -1), 1 - 10 ** rng.uniform(-11, -1)]) for _ in range(count)
    ]


def mixture(rng: Random, count: int) -> list[float]:
    shares = [rng.random() for _ in range(count)]
    return [share / sum(shares) for share in shares]


def yes_or_no(rng: Random, count: int) -> list[float]:
    return [rng.choice([0.0, 1.0, rng.random()]) for _ in range(count)]


def tensor(data: Any) -> torch.Tensor:
    return torch.tensor(data, dtype=torch.float64)


LOSSES: dict[str, tuple[Any, Any, Callable[[torch.Tensor, Any], torch.Tensor]]] = {
    "quadratic": (numbers, numbers, lambda p, y: 0.5 * functional.mse_loss(p, tensor(y), reduction="sum")),
    "mse": (numbers, numbers, lambda p, y: functional.mse_loss(p, tensor(y))),
    "hinge": (
        numbers,
        lambda rng, count: [rng.choice([-1, 1]) for _ in range(count)],
        lambda p, y: functional.relu(1 - tensor(y) * p).mean(),
    ),
    "binary_cross_entropy": (probabilities, yes_or_no, lambda p, y: functional.binary_cross_entropy(p, tensor(y))),
    "binary_cross_entropy_on_logits": (
        numbers,
        yes_or_no,
        lambda p, y: functional.binary_cross_entropy_with_logits(p, tensor(y)),
    ),
    "cross_entropy": (
        numbers,
        lambda rng, count: rng.choice([rng.randrange(count), mixture(rng, count)]),
        lambda p, y: functional.cross_entropy(p, torch.tensor(y) if isinstance(y, int) else tensor(y)),
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_and_its_gradients_agree_with_pytorch(name: str) -> None:
    draw, draw_target, reference = LOSSES[name]
    rng = Random(name)
    for _ in range(1000):
        count = rng.randint(2, 6)
        data, target = draw(rng, count), draw_target(rng, count)
        ours, theirs = [Value(x) for x in data], tensor(data).requires_grad_()
        loss, expected = getattr(losses, name)(ours, target), reference(theirs, target)
        loss.backward()
        expected.backward()
        assert agree([loss.data], [expected.item()]), (data, target)
        assert agree([x.grad for x in ours], theirs.grad.tolist()), (data, target)


def test_yes_or_no_on_logits_is_exact_where_a_difference_would_round_to_0() -> None:
    for score, exact in (40.0, math.exp(-40)), (700.0, math.exp(-700)), (-1000.0, 1000.0), (1000.0, 0.0):
        s = Value(score)
        loss = losses.binary_cross_entropy_on_logits(s, 1)
        loss.backward()
        assert loss.data == pytest.approx(exact, rel=1e-12)
        assert s.grad == pytest.approx(-min(exact, 1.0), rel=1e-12)


def test_a_no_that_is_all_but_certain_keeps_its_digits() -> None:
    assert losses.binary_cross_entropy(Value(1e-12), 0).data == pytest.approx(1e-12, rel=1e-11)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_can_be_derived_twice(name: str) -> None:
    draw_target = LOSSES[name][1]
    rng = Random(0)
    target = draw_target(rng, 3)
    point = [0.2, 0.7, 0.4]
    assert gradcheck(lambda *outputs: getattr(losses, name)(outputs, target), *point, orders=(1, 2)).passed


@pytest.mark.parametrize("name", sorted(set(LOSSES) - {"cross_entropy"}))
def test_one_output_needs_no_list(name: str) -> None:
    loss = getattr(losses, name)
    one = loss(Value(0.3), 1)
    assert one.data == loss([Value(0.3)], [1.0]).data == loss(0.3, np.array([1.0])).data


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("counts", [(3, 2), (2, 3), (2, 0)])
def test_a_loss_never_cuts_short(name: str, counts: tuple[int, int]) -> None:
    with pytest.raises(NetworkError, match=f"^{name}: {counts[0]} predictions for {counts[1]} targets"):
        getattr(losses, name)([Value(0.5)] * counts[0], [0.5] * counts[1])


def test_targets_may_be_values_and_get_gradients() -> None:
    p, y = Value(0.25), Value(0.75)
    losses.mse(p, y).backward()
    assert y.grad == -p.grad == 1.0
    y = Value(1.0)
    losses.binary_cross_entropy(p, y).backward()
    assert y.grad == pytest.approx(math.log(0.75) - math.log(0.25))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: losses.hinge(Value(0.5), 0),
            "hinge ... -1 or 1 ... not 0.0",
        ),
        (
            lambda: losses.binary_cross_entropy(Value(2.5), 1),
            "2.5 is not a probability. Give",
        ),
        (lambda: losses.binary_cross_entropy(Value(0.0), 1), "0.0 ... 1.0"),
        (lambda: losses.binary_cross_entropy(Value(1.0), 0), "take binary_cross_entropy_on_logits"),
        (
            lambda: losses.binary_cross_entropy(Value(0.5), 2),
            "probability ... not 2.0",
        ),
        (lambda: losses.cross_entropy(Value(0.5), 0), "two or more ... 1"),
        (
            lambda: losses.cross_entropy([1.0, 2.0, 3.0], 3),
            "no class 3 ... 3 scores",
        ),
        (lambda: losses.cross_entropy([1.0, 2.0], -1), "there is no class -1"),
        (lambda: losses.cross_entropy([1.0, 2.0], 0.5), "whole number ... not 0.5"),
        (lambda: losses.cross_entropy([1.0, 2.0], float("nan")), "whole number ... not nan"),
        (lambda: losses.cross_entropy([1.0, 2.0], True), "not True"),
        (lambda: losses.cross_entropy([1.0, 2.0], None), "not None"),
        (lambda: losses.cross_entropy([1.0, 2.0], [0.5, 0.6]), "add up to 1, unlike [0.5, 0.6]"),
        (lambda: losses.cross_entropy([1.0, 2.0], [1.5, -0.5]), "0 or more ... add up to 1"),
        (lambda: losses.cross_entropy([math.inf, 2.0], 0), "score 0 is inf"),
        (lambda: losses.mse([], []), "mse: 0 predictions for 0 targets"),
        (lambda: losses.mse([[1.0], [2.0]], [1.0, 2.0]), "one row of numbers"),
    ],
)
def test_a_loss_that_cannot_be_is_refused(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        call()
    assert mentions(caught.value, says)


def test_probabilities_at_the_very_edge_are_fine_on_the_right_side() -> None:
    for p, y in (1.0, 1), (0.0, 0):
        loss = losses.binary_cross_entropy(Value(p), y)
        loss.backward()
        assert loss.data == 0


# Gradient descent


def test_sgd_agrees_with_pytorch_step_by_step() -> None:
    model = MLP(2, [4, 1], "tanh", rng=1)
    parameters = model.parameters()
    theirs = [tensor(parameter.data).requires_grad_() for parameter in parameters]
    optimizer, reference = optim.SGD(parameters, lr=0.1), torch.optim.SGD(theirs, lr=0.1)
    for step in range(50):
        x = [math.sin(step), math.cos(3 * step)]
        optimizer.zero_grad()
        losses.mse(model(x), x[0] * x[1]).backward()
        optimizer.step()
        w = iter(theirs)
        hidden = [(sum(next(w) * number for number in x) + next(w)).tanh() for _ in range(4)]
        output = sum(next(w) * h for h in hidden) + next(w)
        reference.zero_grad()
        ((output - x[0] * x[1]) ** 2).backward()
        reference.step()
        assert [p.data for p in parameters] == pytest.approx([t.item() for t in theirs], rel=1e-12)


def test_the_rate_may_change_between_steps() -> None:
    w = Value(1.0)
    optimizer = optim.SGD([w], lr=0.5)
    w.grad = 1.0
    optimizer.step()
    optimizer.lr = 0.25
    optimizer.step()
    assert w.data == 0.25
    assert repr(optimizer) == "SGD(1 parameter, lr=0.25)"


def test_a_shared_weight_moves_once() -> None:
    w = Value(1.0)
    w.grad = 1.0
    optimizer = optim.SGD(iter([w, w]), lr=0.5)
    optimizer.step()
    assert (w.data, optimizer.parameters) == (0.5, [w])


@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf, "0.1", None, True, [0.1]])
def test_a_rate_that_cannot_be_is_refused(rate: Any) -> None:
    with pytest.raises(NetworkError, match="the learning rate must be a number, 0 or more"):
        optim.SGD([Value(1.0)], lr=rate)
    optimizer = optim.SGD([Value(1.0)])
    with pytest.raises(NetworkError, match="the learning rate"):
        optimizer.lr = rate


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ([], "there are no parameters"),
        (MLP(1, [1]), "model.parameters()"),
        ([Value(1.0) * 2], "a leaf that requires a gradient"),
        ([1.0], "1.0 is not a parameter"),
    ],
)
def test_what_is_no_parameter_is_refused(parameters: Any, says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        optim.SGD(parameters)
    assert mentions(caught.value, says)


def test_a_step_into_nan_is_refused_and_moves_nothing() -> None:
    w, v = Value(1.0, "w"), Value(2.0, "v")
    w.grad, v._grad = 1.0, math.nan
    with pytest.raises(NetworkError, match=r"^v would become nan: its gradient is nan\. .* a rate below 0\.1\.$"):
        optim.SGD([w, v], lr=0.1).step()
    assert (w.data, v.data) == (1.0, 2.0)


def test_a_model_learns_xor() -> None:
    rows, labels = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    model = MLP(2, [4, 1], "tanh", rng=0)
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    for _ in range(400):
        loss = sum(losses.binary_cross_entropy_on_logits(model(x), y) for x, y in zip(rows, labels)) / 4
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.data < 0.05
    assert [int(model(x).data > 0) for x in rows] == labels


def test_generators_of_numpy_give_many_seeds() -> None:
    numpys = [np.random.default_rng(seed) for seed in range(300)]
    assert len({init.generator(each).random() for each in numpys}) == 300
    assert init.generator(np.random.default_rng(7)).random() == init.generator(np.random.default_rng(7)).random()


def test_parts_with_slots_are_trained_saved_and_counted(tmp_path: Path) -> None:
    class Scale(Module):
        __slots__ = ("_hidden", "w")

        def __init__(self) -> None:
            self.w = Value(1.5, "w")

        def __call__(self, x: Any) -> Value:
            return self.w * x

    class Net(Module):
        def __init__(self) -> None:
            self.scale, self.neuron = Scale(), Neuron(1, rng=0)

        def __call__(self, row: Any) -> Value:
            return self.scale(self.neuron(row))

    net = Net()
    assert len(Scale().parameters()) == 1
    assert len(net.parameters()) == 3
    before = net.scale.w.data
    fit(net, [[0.0], [1.0]], [0.0, 5.0], epochs=5, backend="python")
    assert net.scale.w.data != before
    other = Net()
    save(net, tmp_path / "net.json")
    load(other, tmp_path / "net.json")
    assert other.scale.w.data == net.scale.w.data


def test_numpy_that_another_thread_is_importing_is_not_there_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = ModuleType("numpy")
    begun.__spec__ = ModuleSpec("numpy", None)
    begun.__spec__._initializing = True  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "numpy", begun)
    assert checks.loaded_numpy() is None
    fit(MLP(1, [1], rng=0), [[1.0], [2.0]], [1.0, 2.0], epochs=2, backend="python")

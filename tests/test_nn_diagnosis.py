"""nn's diagnose: each thing that goes wrong in a model is found and named, and a healthy model is left in peace."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from wording import mentions

from engine import OPS, GradwalkError, Value, define
from engine.graph import operations as engines_operations
from nn import MLP, Layer, Module, NetworkError, Neuron, Recurrent, data, diagnose, losses, optim
from nn.evidence import Evidence, operations
from nn.findings import is_linear
from nn.objective import Objective
from nn.paths import layer_name
from nn.recordable import GeneratorStates, rows_to_compare

if TYPE_CHECKING:
    from collections.abc import Callable

LOGITS = "binary_cross_entropy_on_logits"
MOONS = data.moons(60)
IRIS = data.standardize(data.iris()).transform(data.iris())
DIGITS = data.normalize(data.digits()).transform(data.digits()).take(range(200))
LAYERS = ("hidden", "output")
rng = Random(0)
BITS = data.Dataset([[rng.choice([-1, 1]) for _ in range(25)] for _ in range(20)], [0.5] * 20)


def kinds(*args: Any, **options: Any) -> list[str]:
    return [finding.kind for finding in diagnose(*args, **options)]


def only(*args: Any, **options: Any) -> Any:
    (finding,) = diagnose(*args, **options)
    return finding


def shifted(model: MLP, bias: float, layer: int = 0, neurons: int | None = None) -> MLP:
    """The model with the biases of a layer far from 0."""
    for neuron in model.layers[layer].neurons[:neurons]:
        neuron.b.data = bias
    return model


# Healthy models


HEALTHY: dict[str, tuple[Callable[[int], Any], data.Dataset, str]] = {
    "moons, tanh": (lambda seed: MLP(2, [16, 16, 1], "tanh", rng=seed), MOONS, LOGITS),
    "moons, relu": (lambda seed: MLP(2, [32, 32, 1], "relu", rng=seed), MOONS, LOGITS),
    "moons, leaky_relu": (lambda seed: MLP(2, [16, 16, 1], "leaky_relu", rng=seed), MOONS, LOGITS),
    "moons, gelu, mse": (lambda seed: MLP(2, [16, 1], "gelu", rng=seed), MOONS, "mse"),
    "moons, sure": (lambda seed: MLP(2, [8, 1], "tanh", "sigmoid", rng=seed), MOONS, "binary_cross_entropy"),
    "xor": (lambda seed: MLP(2, [4, 1], "tanh", rng=seed), data.xor(), LOGITS),
    "iris": (lambda seed: MLP(4, [8, 3], "sigmoid", rng=seed), IRIS, "cross_entropy"),
    "digits": (lambda seed: MLP(64, [16, 10], "tanh", rng=seed), DIGITS, "cross_entropy"),
    "a line": (lambda seed: Neuron(1, rng=seed), data.linear(), "mse"),
    "a state": (lambda seed: Recurrent(1, 8, 1, rng=seed), data.Dataset(BITS.X, BITS.X), "mse"),
}  # fmt: skip


@pytest.mark.parametrize("name", HEALTHY)
def test_a_fresh_model_of_usual_size_has_no_findings(name: str) -> None:
    make, (X, y), loss = HEALTHY[name]
    for seed in range(2 if name == "digits" else 6):
        assert not diagnose(make(seed), X, y, loss, sample=30), f"seed {seed}"


def test_a_model_that_has_learned_has_no_findings() -> None:
    """It is sure of what is right, and its gradients are small: nothing is wrong with that."""
    X, y = data.xor()
    for output, loss in ("sigmoid", "mse"), ("sigmoid", "binary_cross_entropy"), ("linear", LOGITS):
        model = MLP(2, [4, 1], "tanh", output, rng=0)
        optimizer = optim.SGD(model.parameters(), lr=1.0)
        for _ in range(1500):
            optimizer.zero_grad()
            sum(getattr(losses, loss)(model(x), target) for x, target in zip(X, y)).backward()
            optimizer.step()
        assert all((model(x).data > (0.95 if output == "sigmoid" else 3.0)) == target for x, target in zip(X, y))
        assert not diagnose(model, X, y, loss), (output, loss)


def test_nothing_found_is_a_sentence() -> None:
    found = diagnose(MLP(2, [8, 1], "tanh", rng=0), *MOONS, LOGITS)
    assert found == ()
    assert repr(found) == str(found)
    assert str(found).startswith("Nothing wrong found: ")


# Each kind of finding


def test_inputs_that_are_large() -> None:
    large = [[100 * x for x in row] for row in IRIS.X]
    finding = diagnose(MLP(4, [8, 3], "sigmoid", rng=0), large, IRIS.y, "cross_entropy")[0]
    assert (finding.kind, finding.where) == ("inputs not scaled", "input 2")
    assert finding.number == pytest.approx(100)
    raw = diagnose(MLP(64, [16, 10], "tanh", rng=0), *data.digits().take(range(200)), "cross_entropy", sample=20)[0]
    assert mentions(raw.sentence, "34 of 64 inputs ... input 12 ... 0 to 16. ... data.standardize(X).transform(X)")
    one = diagnose(MLP(2, [8, 1], "tanh", rng=0), [(a, b + 1990) for a, b in MOONS.X], MOONS.y, LOGITS)[0]
    assert one.sentence.startswith("1 of 2 inputs is large: input 2 goes from 1989 to 1991.")


def test_inputs_that_hardly_move() -> None:
    finding = only(MLP(2, [8, 1], "tanh", rng=0), [(a, 1e-4 * b) for a, b in MOONS.X], MOONS.y, LOGITS)
    assert (finding.kind, finding.where) == ("inputs not scaled", "input 2")
    assert finding.sentence.startswith("Input 2 moves by 0.00")
    assert finding.number < 1e-3
    assert not diagnose(MLP(2, [8, 1], "tanh", rng=0), [(a, 0.5) for a, _ in MOONS.X], MOONS.y, LOGITS)  # a constant
    beside = [(a, 1e-4 * b, 0.5) for a, b in MOONS.X]
    assert only(MLP(3, [8, 1], "tanh", rng=0), beside, MOONS.y, LOGITS).where == "input 2"


def test_inputs_of_sequences_are_looked_at_by_column() -> None:
    X = [[[0.5, 100.0], [1.0, 200.0]], [[-0.5, 150.0], [0.25, 50.0], [0.1, 60.0]]]
    assert diagnose(Recurrent(2, 3, 1, rng=0, last=True), X, [0.0, 1.0])[0].where == "input 2"


@pytest.mark.parametrize(
    ("name", "outputs", "classes"), [("cross_entropy", 3, 3), (LOGITS, 1, 2), ("binary_cross_entropy", 1, 2)]
)
def test_a_loss_far_above_guessing(name: str, outputs: int, classes: int) -> None:
    model = MLP(2, [8, outputs], "tanh", "sigmoid" if name == "binary_cross_entropy" else "linear", rng=0)
    X, y = MOONS
    assert "initial loss" not in kinds(model, X, y, name)
    model.layers[1].neurons[0].b.data = 7.0
    wrong = [1] * len(y) if outputs > 1 else [0] * len(y)
    finding = diagnose(model, X, wrong, name)[0]
    assert finding.kind == "initial loss"
    assert 5 < finding.number < 9
    assert f"is ln {classes} = {math.log(classes):.3g}" in finding.sentence
    assert "initial loss" not in kinds(model, X, [1 - target for target in wrong], name)
    if outputs == 1:
        assert "initial loss" not in kinds(model, X, wrong, "mse")  # no classes, no guessing


def test_dead_neurons() -> None:
    finding = only(shifted(MLP(2, [8, 1], "relu", rng=0), -20.0, neurons=5), *MOONS, LOGITS)
    assert (finding.kind, finding.where, finding.number) == ("dead neurons", "layer1", 5)
    assert mentions(finding.sentence, "5 of 8 neurons of layer1 ... relu ... 60 rows ... 'leaky_relu'")
    assert not diagnose(shifted(MLP(2, [8, 1], "relu", rng=0), -20.0, neurons=1), *MOONS, LOGITS)
    assert not diagnose(shifted(MLP(2, [8, 1], "leaky_relu", rng=0), -20.0, neurons=5), *MOONS, LOGITS)


def test_a_neuron_that_one_row_wakes_is_not_dead() -> None:
    model = shifted(MLP(2, [2, 1], "relu", rng=0), -20.0)
    assert kinds(model, *MOONS, LOGITS) == ["dead neurons"]
    for neuron in model.layers[0].neurons:
        neuron.b.data = -1.0 * max(sum(w.data * x for w, x in zip(neuron.w, row)) for row in MOONS.X) + 1e-6
    assert "dead neurons" not in kinds(model, *MOONS, LOGITS)


def test_a_threshold_never_learns() -> None:
    finding = only(MLP(2, [4, 1], "threshold", rng=0), *MOONS, LOGITS)
    assert finding.sentence.startswith("4 of 4 neurons of layer1 are dead: threshold has slope 0")
    assert finding.sentence.endswith("Take 'sigmoid'.")


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softplus", Value.tanh, lambda z: z.tanh()])
def test_saturated_neurons(activation: Any) -> None:
    finding = only(shifted(MLP(2, [8, 1], activation, rng=0), -9.0), *MOONS, LOGITS)
    assert (finding.kind, finding.where) == ("saturated neurons", "layer1")
    assert finding.number == 1.0
    assert mentions(finding.sentence, "layer1 is saturated: 100% ... smaller weights")


def test_saturation_needs_most_of_the_outputs() -> None:
    assert kinds(shifted(MLP(2, [8, 1], "tanh", rng=0), -9.0, neurons=5), *MOONS, LOGITS) == ["saturated neurons"]
    assert kinds(shifted(MLP(2, [8, 1], "tanh", rng=0), -9.0, neurons=4), *MOONS, LOGITS) == []


def test_a_sigmoid_that_is_stuck_on_a_strongly_negative_input() -> None:
    neuron = Neuron(1, "sigmoid", name="yes")
    neuron.w[0].data, neuron.b.data = 0.5, -10.0
    finding = only(neuron, [[1.0], [0.5]], [1, 1])
    assert (finding.kind, finding.where) == ("saturated neurons", "yes")
    assert not [each for each in diagnose(neuron, [[1.0], [0.5]], [0, 0]) if each.kind == "saturated neurons"]
    assert only(neuron, [[1.0], [0.5]], [1, 1], "mae").kind == "saturated neurons"
    assert "saturated neurons" not in kinds(neuron, [[1.0], [0.5]], [1, 1], "binary_cross_entropy")  # it gets out


@pytest.mark.parametrize("loss", ["mse", "mae", "huber", "quadratic", "binary_cross_entropy"])
def test_outputs_that_are_right_may_be_sure(loss: str) -> None:
    neuron = Neuron(1, "sigmoid")
    neuron.w[0].data = 12.0
    assert not diagnose(neuron, [[1.0], [-1.0]], [1, 0], loss)
    wrong = kinds(neuron, [[1.0], [-1.0]], [0, 1], loss)
    assert wrong == (["initial loss"] if loss == "binary_cross_entropy" else ["saturated neurons"])


def test_an_operation_defined_later_is_looked_at_too() -> None:
    define("flat", "tanh(3 * x)", ("3 - 3 * z * z",))
    assert kinds(shifted(MLP(2, [8, 1], "flat", rng=0), -9.0), *MOONS, LOGITS) == ["saturated neurons"]


def test_gradients_that_vanish_by_layer() -> None:
    finding = only(MLP(2, [8] * 6 + [1], "sigmoid", rng=0), *MOONS, LOGITS)
    assert (finding.kind, finding.where) == ("vanishing gradient", "layer1")
    assert 0 < finding.number < 1e-3
    assert "The gradient vanishes: of 0.5 at layer7, " in finding.sentence
    assert "arrives at layer1. Take 'relu'" in finding.sentence
    assert not diagnose(MLP(2, [8] * 6 + [1], "tanh", rng=0), *MOONS, LOGITS)


def test_gradients_that_vanish_in_time() -> None:
    finding = only(Recurrent(1, 4, 1, rng=0, last=True), *BITS)
    assert (finding.kind, finding.where) == ("vanishing gradient", "hidden at step 1")
    assert " at output, " in finding.sentence
    short = data.Dataset([row[:4] for row in BITS.X], BITS.y)
    assert not diagnose(Recurrent(1, 4, 1, rng=0, last=True), *short)


def test_each_step_has_its_gradient() -> None:
    model = Recurrent(1, 2, 1, rng=0)
    outputs = model([1.0, 0.5, -1.0])
    wanted = [y.data + off for y, off in zip(outputs, [0.0, 0.3, 0.6])]
    signals = Evidence(Objective(model, [[1.0, 0.5, -1.0]], [wanted], "mse"), 1).signals
    assert [name for name, _ in signals] == [f"{layer} at step {step}" for step in (1, 2, 3) for layer in LAYERS]
    assert [signal for name, signal in signals if "output" in name] == pytest.approx([0.0, 0.2, 0.4])


def test_gradients_that_explode() -> None:
    model = MLP(2, [8] * 5 + [1], "linear", init=lambda inputs, neurons, rng: rng.gauss(0, 2), rng=0)
    finding = only(model, *MOONS, lr=1e-9)
    assert (finding.kind, finding.where) == ("exploding gradient", "layer1")
    assert finding.number > 1e3
    assert "The gradient explodes: of " in finding.sentence


def test_the_gradient_at_a_layer_is_the_mean_over_its_neurons_and_rows() -> None:
    model = MLP(1, [1, 1], "linear", init=lambda inputs, neurons, rng: 1e-4)
    finding = diagnose(model, [[1.0], [-1.0]], [1.0, 2.0])[0]
    assert (finding.kind, finding.number) == ("vanishing gradient", pytest.approx(1e-4))


@pytest.mark.parametrize("init", ["zeros", lambda inputs, neurons, rng: 0.25])
def test_neurons_that_are_alike(init: Any) -> None:
    finding = only(MLP(2, [8, 1], "tanh", init=init), *MOONS, LOGITS)
    assert (finding.kind, finding.where, finding.number) == ("neurons alike", "layer1", 8)
    assert mentions(finding.sentence, "8 of 8 neurons of layer1 ... init='xavier'")


def test_neurons_with_equal_weights_that_go_different_ways_are_not_alike() -> None:
    model = MLP(2, [2, 1], "tanh", rng=0)
    one, other = model.layers[0].neurons
    for to, source in zip(other.w, one.w):
        to.data = source.data
    assert model.layers[1].neurons[0].w[0].data != model.layers[1].neurons[0].w[1].data
    assert not diagnose(model, *MOONS, LOGITS)
    model.layers[1].neurons[0].w[0].data = model.layers[1].neurons[0].w[1].data
    assert kinds(model, *MOONS, LOGITS) == ["neurons alike"]
    last = MLP(4, [8, 3], "tanh", rng=0)
    for weight in last.layers[1].parameters():
        weight.data = 0.0  # a usual start: each class gets its own gradient
    assert "neurons alike" not in kinds(last, *IRIS, "cross_entropy")


def test_steps_that_are_too_large_or_too_small() -> None:
    model = MLP(2, [8, 1], "tanh", rng=0)
    large, small = only(model, *MOONS, LOGITS, lr=100), only(model, *MOONS, LOGITS, lr=1e-6)
    assert (large.kind, small.kind) == ("step too large", "step too small")
    assert large.number == pytest.approx(1e8 * small.number)
    assert mentions(large.sentence, "rate 100 ... layer ... rate of about 0.1.")
    assert mentions(small.sentence, "1e-06 ... rate of about 0.1.")
    for rate in 0.001, 0.01, 0.1, 1.0:
        assert not diagnose(model, *MOONS, LOGITS, lr=rate)


def test_a_step_is_measured_beside_the_size_of_the_weights() -> None:
    neuron = Neuron(1)
    neuron.w[0].data, neuron.b.data = 3.0, 4.0
    finding = only(neuron, [[1.0]], [0.0], lr=10.0)
    assert finding.number == pytest.approx(10 * math.hypot(14, 14) / 5)  # mse: twice the error of 7, for each


def test_what_is_explained_is_not_told_again() -> None:
    assert kinds(shifted(MLP(2, [8, 8, 1], "relu", rng=0), -50.0), *MOONS, LOGITS, lr=1e-9) == ["dead neurons"] * 2


def test_numbers_that_are_not_finite() -> None:
    model = MLP(2, [8, 1], "relu", rng=0)
    model.layers[0].neurons[3].w[1]._data = math.nan
    finding = only(model, *MOONS)
    assert (finding.kind, finding.where) == ("not finite", "layer1.neuron4.w[1]")
    assert mentions(finding.sentence, "layer1.neuron4.w[1] is nan")
    for weight in 1e200, 1e300:  # its square is too large for a float
        model.layers[0].neurons[3].w[1].data = weight
        assert kinds(model, *MOONS) == ["not finite"]
    far = Neuron(2, "linear", init=lambda inputs, neurons, rng: 1e308)
    assert kinds(far, [[2.0, 2.0]], [0.0], "mae") == ["not finite"]  # adds up to infinity, which is no error
    assert kinds(far, [[10.0, 10.0]], [0.0], "mae") == ["inputs not scaled", "not finite"]


# What it takes, and what it leaves


def test_diagnose_changes_nothing() -> None:
    model = MLP(2, [4, 1], rng=0)
    for number, parameter in enumerate(model.parameters()):
        parameter.grad = float(number)
    before = [(parameter.data, parameter.grad) for parameter in model.parameters()]
    diagnose(model, *MOONS, LOGITS)
    assert [(parameter.data, parameter.grad) for parameter in model.parameters()] == before

    def broken(prediction: Value, target: Any) -> Value:
        broken.calls += 1
        if broken.calls > 5:
            raise NetworkError("no")
        return losses.mse(prediction, target)

    broken.calls = 0
    with pytest.raises(NetworkError):
        diagnose(model, *MOONS, broken)
    assert [(parameter.data, parameter.grad) for parameter in model.parameters()] == before


def test_a_sample_of_rows_has_all_classes() -> None:
    seen: list[int] = []

    def noting(prediction: Value, target: Any) -> Value:
        seen.append(target)
        return losses.mse(prediction, target)

    moons = data.moons(1000)
    sets = moons, moons.take([*range(0, 1000, 2), *range(1, 1000, 2)])  # by turns, and one class after the other
    for X, y in sets:
        seen.clear()
        diagnose(MLP(2, [4, 1], rng=0), X, y, noting, sample=50)
        plain = [target for target in seen if isinstance(target, int)]
        assert 0.2 < sum(plain) / len(plain) < 0.8
        assert len(seen) < 60 + 110  # the sample, and the rows that a recorded graph is tried on


def test_any_module_and_any_loss_will_do() -> None:
    class Net(Module):
        def __init__(self) -> None:
            self.hidden = Layer(2, 8, "relu", rng=0)
            self.scale = Value(2.0, "scale")
            self.out = Neuron(8, rng=1)

        def __call__(self, x: Any) -> Value:
            return self.out(self.hidden(x)) * self.scale

    net = Net()
    assert not diagnose(net, *MOONS, lambda prediction, target: (prediction - target) ** 2)
    for neuron in net.hidden.neurons:
        neuron.b.data = -50.0
    assert only(net, *MOONS).where == "hidden"

    class Line(Module):
        def __init__(self) -> None:
            self.slope = Value(2.0, "slope")

        def __call__(self, x: Any) -> Value:
            return self.slope * x[0]

    assert diagnose(Line(), [[1.0], [2.0]], [1.0, 2.0]) == ()


def test_frozen_weights_are_no_trouble() -> None:
    model = MLP(2, [8, 1], "tanh", rng=0)
    for parameter in model.layers[0].parameters():
        parameter.requires_grad = False
    assert not diagnose(model, *MOONS, LOGITS)


def test_arrays_are_rows_too() -> None:
    model = MLP(2, [8, 1], "tanh", rng=0)
    X = np.array(MOONS.X)
    X[:, 1] *= 1000
    assert diagnose(model, X, np.array(MOONS.y), LOGITS) == diagnose(model, X.tolist(), MOONS.y, LOGITS) != ()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda m: diagnose(m, [], []), "X is empty"),
        (lambda m: diagnose(m, [[1.0, 2.0]], [1, 2]), "target"),
        (lambda m: diagnose(m, [[1.0, math.nan]], [1]), "nan"),
        (lambda m: diagnose(m, [[1.0]], [1]), "takes 2 inputs, and the row has 1"),
        (lambda m: diagnose(m, [[1.0, 2.0]], [1], "msee"), "'msee': ... 'mse'?"),
        (lambda m: diagnose(m, [[1.0, 2.0]], [2], LOGITS), "1 (yes), 0 (no)"),
        (lambda m: diagnose(m, [[1.0, 2.0]], [1], lr=0), "learning rate ... above 0"),
        (lambda m: diagnose(m, [[1.0, 2.0]], [1], lr=-1), "not -1"),
        (lambda m: diagnose(m, [[1.0, 2.0]], [1], lr="fast"), "not 'fast'"),
        (lambda m: diagnose(m, [[1.0, 2.0]], [1], sample=0), "sample ... not 0"),
        (lambda m: diagnose(lambda x: x, [[1.0, 2.0]], [1]), "see nn.Module"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(call: Callable[[MLP], Any], says: str) -> None:
    with pytest.raises(GradwalkError) as caught:
        call(MLP(2, [1], rng=0))
    assert mentions(caught.value, says)


def test_every_activation_can_be_diagnosed() -> None:
    for name, op in OPS.items():
        if op.arity == 1:
            low = max(op.domain[0].low, 0.1)
            model = MLP(1, [3, 1], name, rng=0, init=lambda inputs, neurons, rng: rng.uniform(0.5, 1.0))
            shifted(model, low)
            diagnose(model, [[0.1], [0.2]], [0.0, 1.0])


def test_operations_come_arguments_first() -> None:
    model = MLP(2, [3, 2], "tanh", rng=0)
    root = losses.cross_entropy(model([1.0, 2.0]), 1)
    order = operations(root)
    assert set(order) == set(engines_operations(root))
    place = {node: number for number, node in enumerate(order)}
    assert all(place[arg] < place[node] for node in order for arg in node.args if arg.op)
    assert len(order) == len(set(order))


@pytest.mark.parametrize(
    ("places", "name"),
    [
        ([("W", 0, 2, 0), ("W", 0, 2, 1), ("b", 2)], "W[0]"),
        ([("W", 2, 0), ("W", 2, 1), ("b", 2)], "W"),
        ([("layers", 0, "w", 1), ("layers", 0, "w", 2)], "layers[0].w"),
        ([("layers", 0, "w", 1), ("layers", 0, "b")], "layers"),
        ([("layers", 0, "neurons", 3, "w", 0), ("layers", 0, "neurons", 3, "b")], "layers[0].neurons"),
        ([("gate",)], "gate"),
        ([("b", 4)], "b"),
    ],
)
def test_a_layer_is_the_list_that_holds_its_units(places: list[Any], name: str) -> None:
    parameters = [Value(0.0) for _ in places]
    assert layer_name(parameters, dict(zip(parameters, places))) == name


def test_the_rows_that_are_tried_are_spread_over_all() -> None:
    for count in (1, 2, 4, 5, 6, 50, 99, 100, 101, 102, 150, 333, 1000):
        for nodes in (1, 50, 400, 5000, 40_000):
            rows = rows_to_compare(count, nodes)
            assert {0, count - 1} <= {*rows} <= {*range(count)}
            assert 5 <= len(rows) <= 100
            assert len({*rows}) == min(count, len(rows))
            assert all(after - before <= count / 4 + 1 for before, after in pairwise(sorted({*rows})))


def test_a_generator_is_found_wherever_a_loss_keeps_it() -> None:
    rng = Random(0)

    def build(filled: bool) -> GeneratorStates:
        def loss(prediction: Value, target: float) -> Value:
            return (prediction - later.random()) ** 2 + target

        if filled:
            later = rng
        return GeneratorStates(loss)  # of a name that has no value yet, there is nothing to find

    states = build(filled=False)
    rng.random()
    assert not states.changed()
    states = build(filled=True)
    rng.random()
    assert states.changed()


class Gated(Module):
    """A neuron behind a gate of its own: the activation of a parameter by itself."""

    def __init__(self, gate: float) -> None:
        self.neuron, self.gate = Neuron(2, rng=0), Value(gate, "gate")

    def __call__(self, x: Any) -> Value:
        return self.neuron(x) * self.gate.sigmoid()


def test_an_activation_of_a_lone_parameter_is_a_unit() -> None:
    X, y = data.moons(40)
    kinds = {gate: {finding.kind for finding in diagnose(Gated(gate), X, y, "mse")} for gate in (0.5, 50.0)}
    assert "saturated neurons" not in kinds[0.5]
    assert "saturated neurons" in kinds[50.0]


# Models that are linear in their inputs


LINEAR: dict[str, tuple[Callable[[Neuron, list[Value]], Value], bool]] = {
    "a weighted sum": (lambda w, x: w(x), True),
    "a sum of sums": (lambda w, x: w(x) - 2.0 * w(x) / 3.0, True),
    "an activation at its end": (lambda w, x: (w(x) + 1.0).tanh(), True),
    "a product of two inputs": (lambda w, x: w(x) + x[0] * x[1], False),
    "a gate": (lambda w, x: w(x).maximum(0.0) + 1.0, False),
    "an input below the line": (lambda w, x: w(x) + 1.0 / x[0], False),
}


@pytest.mark.parametrize("name", LINEAR)
def test_a_model_is_linear_if_it_has_only_sums_of_its_inputs_times_numbers(name: str) -> None:
    output, expected = LINEAR[name]

    class Net(Module):
        def __init__(self) -> None:
            self.neuron = Neuron(2, "linear", rng=0)

        def __call__(self, x: list[Value]) -> Value:
            return output(self.neuron, x)

    assert is_linear(Objective(Net(), [[1.0, 2.0], [2.0, 0.5]], [0.0, 1.0], "mse")) is expected


def test_classes_are_told_by_number_or_by_shares_and_the_finding_is_the_same() -> None:
    """Of twelve classes on a line, all but the ends are not linear, though the number of the class is."""
    rng, classes = Random(0), [place % 12 for place in range(240)]
    X = [[number + rng.uniform(-0.4, 0.4)] for number in classes]
    scaled, shares = (
        data.standardize(X).transform(X),
        [[float(number == each) for number in range(12)] for each in classes],
    )
    found = [only(MLP(1, [12], rng=0), scaled, y, "cross_entropy") for y in (classes, shares)]
    assert [each.kind for each in found] == ["linear model"] * 2
    assert found[0].number == pytest.approx(found[1].number)
    assert found[0].sentence == found[1].sentence


def test_parameters_that_are_left_out_are_counted() -> None:
    class Net(Module):
        def __init__(self, more: int) -> None:
            self.neuron = Neuron(2, rng=0)
            self.extra = [Value(1.0) for _ in range(more)]

        def __call__(self, x: list[Value]) -> Value:
            return self.neuron(x)

    for more, words in (
        (1, "extra[0], so"),
        (2, "extra[0] and 1 parameter beside it"),
        (3, "and 2 parameters beside it"),
    ):
        assert words in only(Net(more), [[1.0, 2.0], [2.0, 0.5]], [0.0, 1.0], "mse").sentence

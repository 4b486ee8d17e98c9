"""Conv1d: PyTorch's numbers, matrix products when compiled, and images of digits."""

from __future__ import annotations

from importlib.util import find_spec
from random import Random
from typing import Any

import pytest

from engine import BACKENDS, Value, compile
from nn import Conv1d, Layer, Module, NetworkError, Sequential, data, diagnose, fit, losses, plot
from nn.objective import flat

SHAPES = [  # channels in, channels out, kernel size, stride, places
    *((1, 1, 1, 1, 5), (1, 2, 3, 1, 7), (1, 4, 8, 8, 64), (3, 2, 2, 1, 6), (2, 3, 4, 3, 12), (2, 2, 3, 5, 3)),
]


def random_row(count: int, seed: int = 1) -> list[float]:
    rng = Random(seed)
    return [rng.uniform(-1.0, 1.0) for _ in range(count)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_values_and_gradients_are_pytorch_s(shape: tuple[int, ...]) -> None:
    torch = pytest.importorskip("torch")
    channels, neurons, kernel, stride, places = shape
    layer = Conv1d(channels, neurons, kernel, "tanh", stride, rng=0)
    x = [Value(number) for number in random_row(channels * places)]
    outputs = layer(x)
    sum((k + 1) * y for k, y in enumerate(outputs)).backward()

    theirs = torch.nn.Conv1d(channels, neurons, kernel, stride, dtype=torch.float64)
    with torch.no_grad():
        weights = [[w.data for w in neuron.w] for neuron in layer.neurons]
        theirs.weight.copy_(torch.tensor(weights, dtype=torch.float64).reshape(neurons, channels, kernel))
        theirs.bias.copy_(torch.tensor([neuron.b.data for neuron in layer.neurons]))
    inputs = torch.tensor([each.data for each in x], dtype=torch.float64).reshape(1, channels, places)
    inputs.requires_grad_(True)
    y = torch.tanh(theirs(inputs)).flatten()
    (y * torch.arange(1, len(y) + 1)).sum().backward()
    assert [each.data for each in outputs] == pytest.approx(y.tolist(), abs=1e-12)
    assert [each.grad for each in x] == pytest.approx(inputs.grad.flatten().tolist(), abs=1e-12)
    gradients = [w.grad for neuron in layer.neurons for w in neuron.w]
    assert gradients == pytest.approx(theirs.weight.grad.flatten().tolist(), abs=1e-12)
    assert [neuron.b.grad for neuron in layer.neurons] == pytest.approx(theirs.bias.grad.tolist(), abs=1e-12)


def compiled(model: Module, count: int) -> Any:
    x = [Value(number) for number in random_row(count)]
    return compile([*flat(model(x))], x, model.parameters())


@pytest.mark.parametrize("shape", SHAPES[1:], ids=str)
def test_it_compiles_to_one_product(shape: tuple[int, ...]) -> None:
    channels, neurons, kernel, stride, places = shape
    layer = Conv1d(channels, neurons, kernel, "tanh", stride, rng=0)
    program = compiled(layer, channels * places)
    assert program.operations == 2  # the sums and their activation
    row = random_row(channels * places, 5)
    assert program([row])[0].tolist() == pytest.approx([y.data for y in layer(row)], abs=1e-12)


# What sees each line of an image of 8 × 8, what sees each three pixels, and two layers of overlapping windows.
NETS: dict[str, Any] = {
    "lines": lambda: Sequential(Conv1d(1, 4, 8, "relu", stride=8, rng=0), Layer(32, 10, rng=1)),
    "overlapping": lambda: Sequential(Conv1d(1, 3, 3, "tanh", rng=0), Layer(186, 10, rng=1)),
    "channels": lambda: Sequential(Conv1d(8, 4, 3, "relu", rng=0), Layer(24, 10, rng=1)),
    "two": lambda: Sequential(
        Conv1d(1, 3, 6, "relu", stride=2, rng=0), Conv1d(3, 2, 4, "relu", stride=3, rng=1), Layer(18, 10, rng=2)
    ),
}


@pytest.mark.parametrize("name", NETS)
def test_a_net_on_digits_compiles_to_a_few_operations(name: str) -> None:
    model = NETS[name]()
    x = [Value(number) for number in random_row(64)]
    program = compile(losses.cross_entropy(model(x), 3), x, model.parameters())
    plain = Layer(64, 10, rng=0)
    dense = compile(losses.cross_entropy(plain(x), 3), x, plain.parameters())
    convolutions = sum(isinstance(part, Conv1d) for part in model)
    print(f"{name}: {program.nodes:,} scalar nodes, {program.operations} array operations")
    assert program.operations == dense.operations + 2 * convolutions
    assert program.nodes > 500
    products = [line for line in program.source.split("def gradient")[0].splitlines() if " @ " in line]
    assert len(products) == convolutions + 1


@pytest.mark.parametrize(
    "backend", [pytest.param(each, marks=[pytest.mark.slow] * (each in ("jax", "torch"))) for each in BACKENDS]
)
@pytest.mark.parametrize("name", NETS)
def test_a_net_on_digits_trains_to_the_same_history_everywhere(name: str, backend: str) -> None:
    if not find_spec(backend):
        pytest.skip(f"needs {backend}")
    X, y = data.digits().take(range(12))
    X = [[pixel / 16 for pixel in row] for row in X]
    ends = []
    for where in ("python", backend):
        model = NETS[name]()
        history = fit(model, X, y, "cross_entropy", epochs=3, batch_size=4, backend=where, seed=0, progress=False)
        ends.append([*history.column("loss"), *(parameter.data for parameter in model.parameters())])
    assert ends[1] == pytest.approx(ends[0], rel=1e-10, abs=1e-10)


def test_it_learns_digits() -> None:
    X, y = data.digits().take(range(300))
    model = NETS["channels"]()
    history = fit(model, X, y, "cross_entropy", epochs=40, progress=False, seed=0)
    first, last = history.column("loss")[0], history.column("loss")[-1]
    assert last < first / 4


class OwnConvolution(Module):
    """Written without our layer, and says nothing of itself."""

    def __init__(self, bias: float) -> None:
        rng = Random(0)
        self.kernel = [[Value(rng.gauss(0.0, 0.5), f"k[{n}][{i}]") for i in range(3)] for n in range(2)]
        self.bias = [Value(bias, f"b[{n}]") for n in range(2)]
        self.head = Layer(8, 1, rng=0)

    def __call__(self, x: Any) -> Value:
        found = []
        for kernel, bias in zip(self.kernel, self.bias):
            found += [(bias + sum(w * each for w, each in zip(kernel, x[start:]))).relu() for start in range(4)]
        return self.head(found)[0]


@pytest.mark.parametrize("bias", [0.0, -50.0])
@pytest.mark.parametrize("own", [False, True])
def test_a_dead_convolution_is_found_and_a_live_one_is_not(own: bool, bias: float) -> None:
    model: Any = OwnConvolution(bias) if own else Sequential(Conv1d(1, 2, 3, "relu", rng=0), Layer(8, 1, rng=0))
    if not own:
        for neuron in model[0].neurons:
            neuron.b.data = bias
    rng = Random(0)
    X = [[rng.uniform(-1.0, 1.0) for _ in range(6)] for _ in range(20)]
    diagnosis = diagnose(model, X, [rng.uniform(-1.0, 1.0) for _ in X])
    assert ("dead neurons" in [finding.kind for finding in diagnosis]) == (bias < 0)
    if bias < 0:
        assert next(finding.number for finding in diagnosis if finding.kind == "dead neurons") == 2


def test_a_position_is_not_a_step() -> None:
    """The windows of a row are read side by side; no gradient goes from one to the next."""
    from nn.evidence import Evidence
    from nn.objective import Objective

    model = Sequential(Conv1d(1, 2, 3, "tanh", rng=0), Layer(8, 1, rng=0))
    evidence = Evidence(Objective(model, [random_row(6)], [1.0], "mse"), 1)
    assert [where for where, _ in evidence.signals] == ["layer1", "layer2"]


@pytest.mark.parametrize(
    ("channels", "count", "words"),
    [(2, 5, "2 channels 5 numbers channel after channel"), (1, 2, "3 places 2 kernel_size"), (1, 0, "3 places 0")],
)
def test_a_row_that_does_not_fit_is_said_with_its_numbers(channels: int, count: int, words: str) -> None:
    with pytest.raises(NetworkError) as caught:
        Conv1d(channels, 1, 3, name="sight")([0.0] * count)
    for word in ("sight", *words.split()):
        assert word in str(caught.value)


@pytest.mark.parametrize(("after", "inputs"), [([], 4), ([Layer(3, 1)], 4), ([Layer(6, 1)], 6), ([Layer(12, 1)], 10)])
def test_its_picture_has_as_many_inputs_as_the_next_layer_needs(after: list[Layer], inputs: int) -> None:
    ax = plot.network(Sequential(Conv1d(2, 3, 2, rng=0), *after))
    assert f"{inputs} inputs" in [text.get_text() for text in ax.texts]


def test_weights_are_named_by_neuron_channel_and_place() -> None:
    layer = Conv1d(2, 3, 2, rng=0)
    for name, before in (("", "neuron"), ("conv", "conv.neuron")):
        layer.rename(name)
        assert [neuron.name for neuron in layer.neurons] == [f"{before}{number}" for number in (1, 2, 3)]
        labels = [weight.label for neuron in layer.neurons for weight in neuron.w]
        places = [f"[{channel}, {place}]" for channel in range(2) for place in range(2)]
        assert labels == [f"{before}{number}.w{place}" for number in (1, 2, 3) for place in places]

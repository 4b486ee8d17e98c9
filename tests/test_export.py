"""Models and programs for other libraries: each is run there, and gives the same."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from oracles import require

import nn
from engine import GradwalkError, define
from engine.installed import install_command
from engine.ops import TABLE
from nn import (
    MLP,
    Conv1d,
    Dropout,
    Embedding,
    Layer,
    NetworkError,
    Neuron,
    Recurrent,
    Sequential,
    from_torch,
    load,
    save,
    to_torch,
)
from nn.losses import softmax

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nn.structure import Structure

# Activations whose numbers are defined for any weighted sum.
ACTIVATIONS = [row.name for row in TABLE if row.arity == 1 and row.domain[0].low < -2 < 2 < row.domain[0].high]
ANY_NUMBER = [name for name in ACTIVATIONS if name != "tan"]


def drawn(model: Any, seed: int = 0) -> Any:
    """The model with weights and biases that are none of the first ones."""
    rng = Random(seed)
    for leaf in model.parameters():
        leaf.data = rng.uniform(-1.0, 1.0)
    return model


MODELS: dict[str, Callable[[], Any]] = {
    **{name: (lambda name=name: drawn(MLP(3, [4, 2], name))) for name in ANY_NUMBER},
    "softmax": lambda: drawn(MLP(3, [4, 3], output="softmax")),
    "sigmoid out": lambda: drawn(MLP(3, [1], output="sigmoid")),
    "neuron": lambda: drawn(nn.Neuron(3, "tanh")),
    "layer": lambda: drawn(Layer(3, 2, "relu")),
    "sequential": lambda: drawn(
        Sequential(Layer(3, 4), "relu", Dropout(0.5), Layer(4, 4, "tanh", name="in.side"), softmax)
    ),
    "embedding": lambda: drawn(Sequential(Embedding(3, 2), Layer(2, 2))),
    "convolution": lambda: drawn(Sequential(Conv1d(2, 3, 2, "tanh", stride=2), Layer(6, 2))),
    "twice": lambda: drawn(Sequential(Layer(3, 3, name="a"), "tanh", "sin", Layer(3, 3, name="b"), "tanh")),
}


def rows_for(model: Any) -> list[list[float]]:
    count = 10 if "Conv1d" in repr(model) else 3
    rng = Random(1)
    return [[rng.uniform(-2.0, 2.0) for _ in range(count)] for _ in range(20)]


def outputs(model: Any, rows: Any) -> Any:
    return np.array(nn.predict(model, rows)).reshape(len(rows), -1)


@pytest.mark.parametrize("name", MODELS)
def test_pytorch_computes_the_same_and_gives_it_back(name: str) -> None:
    torch = require("torch")
    model = MODELS[name]()
    rows = rows_for(model)
    module = to_torch(model)
    there = module(torch.tensor(rows, dtype=torch.float64)).detach().numpy()
    assert there == pytest.approx(outputs(model, rows), rel=1e-12, abs=1e-12)
    assert {tensor.dtype for tensor in module.parameters()} == {torch.float64}
    back = from_torch(module)
    assert outputs(back, rows) == pytest.approx(outputs(model, rows), rel=1e-12, abs=1e-12)
    if isinstance(model, MLP):
        assert repr(back) == repr(model)
        assert [leaf.label for leaf in back.parameters()] == [leaf.label for leaf in model.parameters()]
    assert {tensor.dtype for tensor in to_torch(model, "float32").parameters()} == {torch.float32}
    small = to_torch(model, dtype="float32")(torch.tensor(rows, dtype=torch.float32)).detach().numpy()
    assert small == pytest.approx(there, rel=1e-5, abs=1e-5)


def test_a_module_of_pytorch_comes_in_and_trains_as_there() -> None:
    torch = require("torch")
    torch.manual_seed(0)
    module = torch.nn.Sequential(
        torch.nn.Linear(3, 5), torch.nn.ReLU(),
        torch.nn.Sequential(torch.nn.Linear(5, 4, bias=False), torch.nn.GELU()),
        torch.nn.Dropout(0.3), torch.nn.Linear(4, 2), torch.nn.Softmax(dim=-1),
    )  # fmt: skip
    module[0].weight.requires_grad_(False)
    model = from_torch(module)
    rows = rows_for(model)
    module.train()
    model = from_torch(module)
    assert module.training
    module.eval()
    there = module(torch.tensor(rows)).detach().numpy()
    assert outputs(model, rows) == pytest.approx(there, rel=1e-4, abs=1e-5)
    assert len(model.parameters()) == 5 + 5 * 4 + 4 * 2 + 2  # the frozen weights and the missing bias are none
    again = to_torch(model)
    assert not dict(again.named_parameters())["layer0.weight"].requires_grad

    model = drawn(MLP(3, [4, 1]))
    module = to_torch(model)
    X, y = torch.tensor(rows, dtype=torch.float64), torch.tensor([row[0] for row in rows], dtype=torch.float64)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(module(X)[:, 0], y).backward()
        optimizer.step()
    nn.fit(model, rows, [row[0] for row in rows], optimizer="sgd", epochs=5)
    trained = [leaf.data for leaf in from_torch(module).parameters()]
    assert trained == pytest.approx([leaf.data for leaf in model.parameters()], rel=1e-10)


def test_what_has_no_counterpart_is_refused() -> None:
    torch = require("torch")
    linear = torch.nn.Linear(2, 2)
    modules = {
        "negative_slope": torch.nn.LeakyReLU(0.2), "alpha": torch.nn.ELU(2.0), "approximate": torch.nn.GELU("tanh"),
        "beta": torch.nn.Softplus(beta=2), "dim": torch.nn.Softmax(dim=0), "BatchNorm1d": torch.nn.BatchNorm1d(2),
        "LSTM": torch.nn.LSTM(2, 2), "Hardtanh": torch.nn.Hardtanh(), "padding": torch.nn.Conv1d(1, 1, 3, padding=1),
    }  # fmt: skip
    for word, module in modules.items():
        with pytest.raises(NetworkError, match=word):
            from_torch(torch.nn.Sequential(linear, module))
    for wrong in (torch.nn.ReLU(), MLP(2, [1]), None):
        with pytest.raises(NetworkError):
            from_torch(wrong)
    define("cubed", "x * x * x", ("3 * x * x",))
    for model, word in (
        (Recurrent(1, 2), "Recurrent"), (MLP(2, [2, 1], lambda z: z * z), "lambda"), (Layer(2, 2, "cubed"), "cubed"),
        (nn.Module(), "Module"), ([1], r"not \[1\]"),
    ):  # fmt: skip
        with pytest.raises(GradwalkError, match=word):
            to_torch(model)

    class Liar(Layer):
        def __call__(self, inputs: Any) -> Any:
            return [z * 2 for z in super().__call__(inputs)]

    for call in (to_torch, lambda model: save(model, "liar.onnx")):
        with pytest.raises(GradwalkError, match="gives|onnx"):
            call(drawn(Liar(2, 2)))
    with pytest.raises(NetworkError, match="float64"):
        to_torch(MLP(2, [1]), "float65")


def test_a_file_of_safetensors_keeps_every_bit(tmp_path: Path) -> None:
    for name, make in MODELS.items():
        model, path = make(), tmp_path / "model.safetensors"
        save(model, path)
        twin = load(drawn(make(), seed=5), path)
        assert [leaf.data for leaf in twin.parameters()] == [leaf.data for leaf in model.parameters()], name
    model = drawn(MLP(3, [4, 2]))
    model.layers[0].neurons[1].w[2].requires_grad = False
    save(model, path)
    twin = load(path)
    assert repr(twin) == repr(model)
    assert [leaf.requires_grad for leaf in twin.layers[0].neurons[1].w] == [True, True, False]
    other = drawn(Recurrent(1, 2))
    save(other, path)
    assert [leaf.data for leaf in load(drawn(Recurrent(1, 2), 3), path).parameters()] == [
        leaf.data for leaf in other.parameters()
    ]
    for wrong in (MLP(3, [4, 3]), MLP(2, [1])):
        with pytest.raises(NetworkError, match="fit"):
            load(wrong, path)


def test_safetensors_and_pytorch_read_the_file(tmp_path: Path) -> None:
    numpy_files = require("safetensors.numpy")
    model, path = drawn(MLP(3, [4, 2])), tmp_path / "model.safetensors"
    save(model, path)
    tensors = numpy_files.load_file(path)
    assert {name: (tensor.shape, tensor.dtype.name) for name, tensor in tensors.items()} == {
        "layer1.weight": ((4, 3), "float64"), "layer1.bias": ((4,), "float64"),
        "layer2.weight": ((2, 4), "float64"), "layer2.bias": ((2,), "float64"),
    }  # fmt: skip
    expected = [[w.data for w in neuron.w] for neuron in model.layers[0].neurons]
    assert tensors["layer1.weight"].tolist() == expected
    numpy_files.save_file({name: tensor.astype(np.float32) for name, tensor in tensors.items()}, path)
    with pytest.raises(NetworkError, match=r"load\(model"):
        load(path)
    twin = load(MLP(3, [4, 2]), path)
    assert [w.data for w in twin.layers[0].neurons[0].w] == [float(np.float32(number)) for number in expected[0]]
    require("torch")
    from safetensors.torch import load_file

    save(model, path)
    module = to_torch(drawn(MLP(3, [4, 2]), seed=9))
    module.load_state_dict(load_file(path))
    assert module.layer1.weight.tolist() == expected


def test_a_damaged_file_of_safetensors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save(drawn(MLP(2, [2, 1])), path)
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])

    def changed(edit: Callable[[Any], Any]) -> bytes:
        twin = json.loads(json.dumps(header))
        text = json.dumps(edit(twin) or twin).encode()
        return len(text).to_bytes(8, "little") + text + data[8 + length :]

    weight = "layer1.weight"
    broken = [
        b"", data[:5], data[:40], data[:-1], b"\xff" * 8 + data[8:], data[:8] + b"[" * 200_000, b"x" * 100,
        changed(lambda h: [1]), changed(lambda h: h[weight].pop("dtype") and None),
        changed(lambda h: h[weight].update(shape=[-2, -2])), changed(lambda h: h[weight].update(shape=[2.0, 2])),
        changed(lambda h: h[weight].update(shape=[10**12, 10**12])), changed(lambda h: h[weight].update(shape=None)),
        changed(lambda h: h[weight].update(data_offsets=[0, 10**9])),
        changed(lambda h: h[weight].update(dtype="BF16")),
        changed(lambda h: h.update(__metadata__=[])), changed(lambda h: h.update({weight: 3})),
        changed(lambda h: h["__metadata__"].update(frozen="[[[")),
        changed(lambda h: h["__metadata__"].update(gradwalk="__import__('os')")),
        data[:-8] + b"\xff" * 8,
    ]  # fmt: skip
    for content in broken:
        path.write_bytes(content)
        with pytest.raises(NetworkError) as caught:
            load(path)
        assert len(str(caught.value)) < 400
    model = MLP(2, [2, 1], rng=3)
    before = [leaf.data for leaf in model.parameters()]
    path.write_bytes(data[:-8] + b"\xff" * 8)  # NaN in the last tensor
    with pytest.raises(NetworkError):
        load(model, path)
    assert [leaf.data for leaf in model.parameters()] == before
    for missing in (tmp_path / "none.safetensors", tmp_path):
        with pytest.raises(OSError):  # noqa: PT011
            load(missing if missing.suffix else tmp_path / "folder.safetensors")


@pytest.mark.parametrize("name", MODELS)
def test_onnxruntime_runs_the_file(name: str, tmp_path: Path) -> None:
    require("onnx")
    model = MODELS[name]()
    save(model, tmp_path / "model.onnx")
    run_onnx(model, tmp_path / "model.onnx")


def run_onnx(model: Any, path: Path) -> None:
    """onnxruntime gives what the model gives."""
    runtime = require("onnxruntime")
    rows = rows_for(model)
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    assert given.name == "x"
    (there,) = session.run(["y"], {"x": np.array(rows, np.float32)})
    assert there.dtype == np.float32
    here = outputs(model, [[float(np.float32(number)) for number in row] for row in rows])
    assert there == pytest.approx(here, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("part", ["activation", "bias", "number of weights"])
def test_a_layer_whose_neurons_differ_is_refused(part: str, tmp_path: Path) -> None:
    require("onnx")

    class Own(Layer):
        """The second neuron has no bias in what it says of itself."""

        def structure(self) -> Structure:
            structure = super().structure()
            structure.units[1] = structure.units[1]._replace(bias=None)
            return structure

    save(Layer(2, 3, "tanh", rng=0), tmp_path / "m.onnx")
    layer = (Own if part == "bias" else Layer)(2, 3, "tanh", rng=0)
    if part != "bias":
        layer.neurons[1] = Neuron(2, "relu") if part == "activation" else Neuron(3, "tanh")
    with pytest.raises(NetworkError, match=f"differ in .*{part}"):
        save(layer, tmp_path / "m.onnx")


def test_other_endings_and_unknown_parts_are_refused(tmp_path: Path) -> None:
    model = MLP(2, [1])
    for name in ("m.pt", "m.h5", "m.pkl", "m"):
        with pytest.raises(NetworkError, match="onnx"):
            save(model, tmp_path / name)
    with pytest.raises(NetworkError, match="other programs"):
        load(tmp_path / "m.onnx")
    require("onnx")
    define("lgamma2", lambda x: x, (lambda x: 1.0,))
    for wrong, word in ((Recurrent(1, 2), "Recurrent"), (Layer(2, 2, "lgamma2"), "Python function")):
        with pytest.raises(NetworkError, match=word):
            save(wrong, tmp_path / "m.onnx")
    define("squircle", "(x > 0.5) * 1.0 * x + max(x, 0.1) ** 2.0", ("(x > 0.5) * 1.0 + (x > 0.1) * 2.0 * x",))
    layer = drawn(Layer(3, 2, "squircle"))
    save(layer, tmp_path / "m.onnx")
    run_onnx(layer, tmp_path / "m.onnx")
    assert not list(tmp_path.glob("*.draft"))


@pytest.mark.parametrize(
    ("package", "call"),
    [("torch", "nn.to_torch(model)"), ("torch", "nn.from_torch(model)"), ("onnx", "nn.save(model, 'm.onnx')")],
)
def test_without_a_package_one_sentence_says_what_to_install(package: str, call: str, tmp_path: Path) -> None:
    script = f"""
        import sys; sys.modules[{package!r}] = None
        import nn
        model = nn.MLP(2, [1])
        try: {call}
        except ImportError as error: print(error)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.endswith(f"{install_command(package)}\n")
    assert "needs" in done.stdout

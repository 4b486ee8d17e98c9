"""What every layer of nn can do: summary, plots, recorder, diagnose, save, load, and fit on every backend.

The tests loop over `layers.LAYERS`, which holds what nn exports, and over the backends that the engine lists.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from layers import LAYERS

from engine import BACKENDS, GradwalkError, Value
from nn import (
    MLP,
    Layer,
    Module,
    NetworkError,
    Neuron,
    Recorder,
    Recurrent,
    Sequential,
    Structure,
    Unit,
    diagnose,
    fit,
    load,
    losses,
    plot,
    save,
)
from nn.evidence import Evidence
from nn.objective import Objective, flat
from nn.picture.network import columns
from nn.plot.heatmap import named_matrices
from nn.structure import chain, structure_of
from nn.summary import parts

ROOT = Path(__file__).parents[1]
KINDS = pytest.mark.parametrize("name", LAYERS)
CALLS = ("python", *BACKENDS)
NEEDS = {"jax": "jax", "torch": "torch"}


def rows(name: str, count: int = 6) -> list[Any]:
    rng = Random(1)
    return [LAYERS[name].row(rng) for _ in range(count)]


def outputs(model: Any, row: Any) -> list[float]:
    return [output.data for output in flat(model(row))]


def targets(name: str, model: Any) -> list[Any]:
    rng = Random(2)
    count = len(outputs(model, rows(name)[0]))
    return [[rng.uniform(-1.0, 1.0) for _ in range(count)] for _ in rows(name)]


@KINDS
def test_a_summary_has_a_row_for_each_layer_and_counts_each_parameter(name: str) -> None:
    model = LAYERS[name].make("tanh")
    *lines, total = model.summary().splitlines()[1:]
    assert total.split() == ["total", str(len(model.parameters()))]
    assert sum(int(line.split()[-1]) for line in lines) == len(model.parameters())
    sizes = [re.search(r"(\d+) × (\d+)", line) for line in lines]
    matrices = [(int(size[1]), int(size[2])) for size in sizes if size]
    assert matrices
    assert sum(inputs * neurons for inputs, neurons in matrices) <= len(model.parameters())


@KINDS
def test_a_layer_comes_back_bit_for_bit(name: str, tmp_path: Path) -> None:
    model, rng = LAYERS[name].make("tanh"), Random(3)
    for parameter in model.parameters():
        parameter.data = rng.gauss(0.0, 1.0)
    save(model, tmp_path / "model.json")
    for twin in load(tmp_path / "model.json"), load(LAYERS[name].make("tanh"), tmp_path / "model.json"):
        assert type(twin) is type(model)
        assert repr(twin) == repr(model)
        assert [(p.label, p.data.hex()) for p in twin.parameters()] == [
            (p.label, p.data.hex()) for p in model.parameters()
        ]
        for row in rows(name):
            assert outputs(twin, row) == outputs(model, row)


@KINDS
def test_heat_maps_show_each_weight_once(name: str) -> None:
    model = LAYERS[name].make("tanh")
    drawn = []
    for number, matrix in enumerate(named_matrices(model), 1):
        ax = plot.weights(model, number)
        assert matrix.name in ax.get_title(loc="left")
        assert [[round(float(x), 9) for x in line] for line in ax.images[0].get_array()] == [
            [round(weight.data, 9) for weight in line] for line in matrix.rows
        ]
        drawn += [weight for line in matrix.rows for weight in line]
    biases = {unit.bias for part in parts(model) for unit in structure_of(part.thing).units}
    assert len(drawn) == len({*drawn})
    assert {*drawn} | (biases - {None}) == {*model.parameters()}


@KINDS
def test_a_network_graph_computes_what_the_model_does(name: str) -> None:
    model = LAYERS[name].make("tanh")
    for row in rows(name):
        network = columns(model, row)
        assert network[-1].values == outputs(model, row)
        for plain, column in zip(columns(model), network, strict=True):  # of positions, one is drawn without a row
            assert {*plain.names} <= {*column.names}
        for before, column in pairwise(network):
            assert len(column.weights) == len(column.biases) == len(column.names) == len(column.values)
            sums = []
            for weights, bias in zip(column.weights, column.biases):
                terms = [
                    weight.data * x for weight, x in zip(weights, before.values, strict=True) if weight is not None
                ]
                sums.append(Value(sum(terms) + (0.0 if bias is None else bias.data)))
            numbers = [[z.data for z in sums], [z.tanh().data for z in sums]]
            if len(sums) > 1:
                numbers.append([p.data for p in losses.softmax(sums)])
            assert any(column.values == pytest.approx(each, abs=1e-12) for each in numbers)
    shown = {weight for column in columns(model) for line in column.weights for weight in line if weight is not None}
    shown |= {bias for column in columns(model) for bias in column.biases if bias is not None}
    assert shown == {*model.parameters()}
    assert plot.network(model, rows(name)[0]).get_title(loc="left").startswith(name.split(maxsplit=1)[0])
    assert plot.network(model).get_title(loc="left").startswith(name.split(maxsplit=1)[0])


@KINDS
def test_a_recording_shows_every_weight(name: str, tmp_path: Path) -> None:
    model, recorder = LAYERS[name].make("tanh"), Recorder()
    fit(model, rows(name), targets(name, model), epochs=3, recorder=recorder, progress=False)
    page = recorder.save(tmp_path / "page.html").read_text(encoding="utf-8")
    drawn = {int(place) for place in re.findall(r'data-place="(\d+)"', page)}
    assert drawn == {*range(len(model.parameters()))}
    assert list(recorder.snapshots[-1].weights) == [parameter.data for parameter in model.parameters()]


@KINDS
def test_dead_neurons_are_found(name: str) -> None:
    model = LAYERS[name].make("relu")
    biases = [unit.bias for part in parts(model) for unit in structure_of(part.thing).units if unit.bias is not None]
    if not biases or "relu" not in model.summary():
        pytest.skip("no neurons that can be dead")
    for bias in biases:
        bias.data = -1000.0
    diagnosis = diagnose(model, rows(name), targets(name, model))
    assert "dead neurons" in [finding.kind for finding in diagnosis]


@KINDS
def test_diagnose_looks_at_each_layer(name: str) -> None:
    model = LAYERS[name].make("tanh")
    evidence = Evidence(Objective(model, rows(name), targets(name, model), "mse"), 100)
    assert evidence.others == []
    assert {use.part for use in evidence.units.values()} == {
        number for number, part in enumerate(parts(model)) if part.parameters
    }
    assert all(gradient > 0 for _, gradient in evidence.signals)
    assert {where.split(" at ")[0] for where, _ in evidence.signals} == {
        part.name for part in parts(model) if part.parameters
    }


@KINDS
def test_neurons_that_start_alike_are_found(name: str) -> None:
    model = LAYERS[name].make("tanh")
    for parameter in model.parameters():
        parameter.data = 0.0
    if max(len(structure_of(part.thing).units) for part in parts(model)) < 2:
        pytest.skip("one neuron is not alike to others")
    alike = [[0.5] * len(outputs(model, rows(name)[0]))] * 6
    assert "neurons alike" in [finding.kind for finding in diagnose(model, rows(name), alike)]


@pytest.mark.parametrize("backend", CALLS)
@KINDS
def test_every_backend_trains_to_the_same_history(name: str, backend: str) -> None:
    if not find_spec(NEEDS.get(backend, "engine")):
        pytest.skip(f"needs {backend}")
    ends = []
    for where in ("python", backend):
        model = LAYERS[name].make("tanh")
        history = fit(
            model, rows(name), targets(name, model), epochs=5, batch_size=3, backend=where, progress=False, seed=0
        )
        ends.append([*history.column("loss"), *(parameter.data for parameter in model.parameters())])
    assert ends[1] == pytest.approx(ends[0], rel=1e-10, abs=1e-10)


@KINDS
def test_weights_start_as_their_activation_asks(name: str) -> None:
    """He's for a rectifier is wider than Xavier's."""
    sizes = []
    for activation in ("relu", "tanh"):
        model = LAYERS[name].make(activation)
        sizes.append(sum(parameter.data**2 for parameter in model.parameters()))
    units = [unit for part in parts(LAYERS[name].make("relu")) for unit in structure_of(part.thing).units]
    if any(unit.activation == "relu" for unit in units):
        assert sizes[0] > sizes[1]


@KINDS
def test_parameters_have_labels_that_tell_them_apart(name: str) -> None:
    labels = [parameter.label for parameter in LAYERS[name].make("tanh").parameters()]
    assert all(labels)
    assert len({*labels}) == len(labels)


# Modules of one's own.


class Bare(Module):
    """Says nothing of itself."""

    def __init__(self) -> None:
        self.w = [Value(0.5 * n, f"w[{n}]") for n in range(-1, 2)]
        self.units, self.layers, self.parts, self.matrices, self.shape = 3, "layers", [1], {}, (3,)  # mere attributes

    def __call__(self, row: Any) -> Value:
        return sum(w * x for w, x in zip(self.w, row)).tanh()


class Plain(Module):
    """Says what its neurons are, and how it is made."""

    def __init__(self, inputs: int, neurons: int) -> None:
        self.w = [[Value(0.1 * (n + 1) - 0.2 * i, f"w[{n}][{i}]") for i in range(inputs)] for n in range(neurons)]

    def __call__(self, row: Any) -> list[Any]:
        return [sum(w * x for w, x in zip(weights, row)) for weights in self.w]

    def structure(self) -> Structure:
        return Structure([Unit(weights) for weights in self.w], [len(self.w[0]), len(self.w)])


class Renewed(Plain):
    """Has a constructor of its own, of which the structure that it inherits knows nothing."""

    def __init__(self) -> None:
        super().__init__(2, 2)


def test_a_module_that_says_nothing_still_has_all_but_pictures(tmp_path: Path) -> None:
    model, recorder = Bare(), Recorder()
    X, y = [[1.0, 0.5, -1.0], [0.0, 1.0, 0.5]] * 3, [0.5, -0.5] * 3
    assert model.summary().split()[-1] == "3"
    history = fit(model, X, y, epochs=3, recorder=recorder, progress=False)
    assert len(history.column("loss")) == 3
    assert recorder.save(tmp_path / "page.html").exists()
    save(model, tmp_path / "model.json")
    assert [w.data for w in load(Bare(), tmp_path / "model.json").w] == [w.data for w in model.w]
    with pytest.raises(NetworkError, match=r"load\(model, path\)"):
        load(tmp_path / "model.json")
    for number, parameter in enumerate(model.parameters()):
        parameter.data = 100.0 + number
    assert "saturated neurons" in [finding.kind for finding in diagnose(model, X, y)]
    with pytest.raises(NetworkError, match=r"Bare.*Structure"):
        plot.network(model)
    with pytest.raises(NetworkError, match=r"Bare.*structure\(\)"):
        plot.weights(model)


def test_a_layer_of_ones_own_is_treated_as_ours(tmp_path: Path) -> None:
    model = Plain(3, 2)
    assert repr(model) == "Plain(3, 2)"
    assert "3 × 2" in model.summary()
    assert plot.weights(model).get_title(loc="left") == "Weights of layer 1: 3 inputs × 2 neurons"
    assert columns(model, [1.0, 2.0, 3.0])[-1].values == outputs(model, [1.0, 2.0, 3.0])
    save(model, tmp_path / "model.json")
    twin = load(tmp_path / "model.json")
    assert type(twin) is Plain
    assert outputs(twin, [1.0, 2.0, 3.0]) == outputs(model, [1.0, 2.0, 3.0])
    evidence = Evidence(Objective(model, [[1.0, 2.0, 3.0]], [[1.0, 1.0]], "mse"), 1)
    assert [where for where, _ in evidence.signals] == ["Plain"]


def test_a_class_with_a_constructor_of_its_own_says_itself_how_it_is_made(tmp_path: Path) -> None:
    assert "Renewed object" in repr(Renewed())
    save(Renewed(), tmp_path / "model.json")
    with pytest.raises(NetworkError, match="Renewed"):
        load(tmp_path / "model.json")
    assert type(load(Renewed(), tmp_path / "model.json")) is Renewed


def test_a_class_of_ones_own_that_has_a_name_of_ours_is_not_taken_for_it(tmp_path: Path) -> None:
    own = type("Layer", (Plain,), {})
    model = own(2, 3)
    save(model, tmp_path / "own.json")
    with pytest.raises(NetworkError, match="holds Layer, which only your own program"):
        load(tmp_path / "own.json")
    save(Layer(2, 3, rng=0), tmp_path / "ours.json")
    assert type(load(tmp_path / "ours.json")) is Layer


def test_a_class_defined_again_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    first, second = (type("Again", (Plain,), {"__module__": "notebook", "__qualname__": "Again"}) for _ in range(2))
    save(second(2, 1), tmp_path / "model.json")
    assert type(load(tmp_path / "model.json")) is second
    save(first(2, 1), tmp_path / "old.json")
    with pytest.raises(NetworkError, match="Again"):
        load(tmp_path / "old.json")


@pytest.mark.parametrize(
    ("structure", "words"),
    [
        (None, "structure() None Structure(units)"),
        (Structure([[Value(1.0)]]), "units[0] Unit(weights, bias)"),
        (Structure([Unit([])]), "units[0] weights"),
        (Structure([Unit([Value(1.0)]), Unit([2.0])]), "units[1] 2.0 Values"),
        (Structure([Unit([Value(1.0), 2.0, 3.0])]), "units[0] 2.0 Values"),
        (Structure([Unit([Value(1.0)], bias=3)]), "units[0] 3 Values"),
    ],
)
def test_a_wrong_structure_is_said_with_its_class(structure: Any, words: str) -> None:
    kind = type("Wrong", (Module,), {"structure": lambda self: structure})
    with pytest.raises(NetworkError) as caught:
        kind().summary()
    for word in ("Wrong", *words.split()):
        assert word in str(caught.value)


# Sequential


def test_a_sequential_is_the_mlp_of_the_same_layers() -> None:
    mlp = MLP(2, [3, 1], "tanh", rng=0)
    model = Sequential(*mlp.layers)
    assert model([1.0, 2.0]).data == mlp([1.0, 2.0]).data
    assert model[0] is mlp.layers[0]
    assert model[-1] is mlp.layers[-1]
    assert [*model] == mlp.layers
    assert len(model) == len(model[:]) == 2
    assert model.parameters() == mlp.parameters()


@pytest.mark.parametrize("function", ["relu", Value.relu])
def test_operations_go_to_each_number_and_other_functions_to_the_row(function: Any) -> None:
    model = Sequential(Layer(2, 3, rng=0), function)
    assert outputs(model, [1.0, 2.0]) == [max(number, 0.0) for number in outputs(model[0], [1.0, 2.0])]
    assert repr(model) == "Sequential(Layer(2, 3, activation='linear'), 'relu')"
    assert sum(outputs(Sequential(Layer(2, 3, rng=0), losses.softmax), [1.0, 2.0])) == pytest.approx(1.0)
    assert outputs(Sequential(Layer(2, 3, rng=0), sum), [1.0, 2.0]) == [
        pytest.approx(sum(outputs(model[0], [1.0, 2.0])))
    ]


def test_parts_without_a_name_get_one_and_labels_tell_all_weights_apart() -> None:
    model = Sequential(
        Sequential(Layer(2, 2), "tanh", MLP(2, [2, 2])), MLP(2, [2]), Layer(2, 2, name="mine"), Layer(2, 1)
    )
    labels = [parameter.label for parameter in model.parameters()]
    assert len({*labels}) == len(labels)
    assert {label.split(".neuron")[0] for label in labels} == {
        *("part1.layer1", "part1.part2.layer1", "part1.part2.layer2", "part2.layer1", "mine", "layer4")
    }
    assert [part.name for part in parts(model)] == [
        *("part1.layer1", "tanh", "part1.part2.layer1", "part1.part2.layer2", "part2.layer1", "mine", "layer4")
    ]
    assert len(columns(model, [1.0, 2.0])) == 7


def test_a_sequential_with_functions_or_a_part_twice_is_filled_in(tmp_path: Path) -> None:
    shared = Layer(2, 2, rng=0)
    for model in (
        Sequential(Layer(2, 2, rng=0), lambda row: [2 * each for each in row]),
        Sequential(shared, "tanh", shared),
        Sequential(Bare()),
    ):
        save(model, tmp_path / "model.json")
        with pytest.raises(NetworkError, match=r"load\(model, path\)"):
            load(tmp_path / "model.json")
        assert load(model, tmp_path / "model.json") is model
    assert repr(MLP(2, [3, 3], output="softmax").structure().layers[-1]) == "softmax"
    with pytest.raises(NetworkError, match='output="softmax"'):
        MLP(2, [3, 3], output=losses.softmax)
    history = fit(MLP(1, [1], rng=0), [[1.0]], [1.0], epochs=1, progress=False)
    assert history.ended == "all 1 epoch"
    assert repr(Sequential(Layer(2, 2), losses.softmax, Bare())).endswith("softmax, Bare(...))")


def test_a_sequence_of_one_step_is_a_sequence() -> None:
    model = Sequential(Recurrent(1, 2, 1, rng=0))
    assert [len(model([1.0] * steps)) for steps in (1, 2)] == [1, 2]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Sequential, "Sequential(Layer(2, 3)"),
        (lambda: Sequential(Layer), "part 0 such as Layer(2, 3)"),
        (lambda: Sequential([Layer(2, 2)]), "part 0 one by one Sequential(*parts)"),
        (lambda: Sequential(Layer(2, 2), 3), "part 1 3 Module function"),
        (lambda: Sequential("rleu"), "rleu did you mean 'relu'"),
        (lambda: Sequential(Layer(2, 2).__call__), "part 0 parameters Module itself"),
        (lambda: Sequential(Layer(2, 2), lambda z: z * 2)([1.0, 2.0]), "whole row [z * 2 for z in row]"),
        (lambda: Sequential(Layer(2, 2), lambda z: 2 * z)([1.0, 2.0]), "whole row"),
        (lambda: Sequential(Layer(2, 2), lambda z: z**2)([1.0, 2.0]), "whole row"),
        (lambda: Sequential(Layer(2, 2), lambda z: -z)([1.0, 2.0]), "whole row"),
        (lambda: Sequential(Layer(2, 2), lambda z: z.tanh())([1.0, 2.0]), "[z.tanh() for z in row]"),
        (lambda: Sequential(Layer(2, 2))[1], "part 1 model[0]"),
        (lambda: Sequential(Layer(2, 2))["a"], "part 'a' model[0]"),
        (lambda: Sequential(Layer(2, 2), Layer(3, 1))([1.0, 2.0]), "layer2 takes 3 inputs 2"),
        (lambda: columns(Sequential(Layer(2, 2), sum), [1.0, 2.0]), "sum as many outputs as inputs"),
        (lambda: columns(Sequential(Layer(2, 2), Layer(3, 1))), "3 2"),
        (lambda: columns(Sequential("relu")), "has none"),
    ],
)
def test_a_wrong_part_is_said_with_its_place(make: Any, words: str) -> None:
    with pytest.raises(GradwalkError) as caught:
        make()
    for word in words.split():
        assert word in str(caught.value)


# A new layer and a new backend need no other line.

LAYER = """
from engine import Value

from .module import Module
from .structure import Structure, Unit


class Scaled(Module):
    def __init__(self, inputs, neurons):
        self.size = inputs, neurons
        self.w = [[Value(0.1 * (n + 1) - 0.05 * i, f"w[{n}, {i}]") for i in range(inputs)] for n in range(neurons)]
        self.b = [Value(0.0, f"b[{n}]") for n in range(neurons)]

    def __call__(self, row):
        return [sum(w * x for w, x in zip(ws, row)) + b for ws, b in zip(self.w, self.b)]

    def structure(self):
        return Structure([Unit(ws, BIAS) for ws, b in zip(self.w, self.b)], self.size)
"""
BACKEND = """
import numpy as np

from .numpy import array, compiled, elementwise, functions, library

functions = {**functions, "concatenate": lambda arrays: FACTOR * np.concatenate(arrays)}
"""


@pytest.mark.slow
@pytest.mark.parametrize(("bias", "factor"), [("b", 1.0), ("None", 1.001)])
def test_a_layer_and_a_backend_are_added_and_tested_by_no_new_line(tmp_path: Path, bias: str, factor: float) -> None:
    """All pass; and where the layer leaves its biases out, and the backend is off by a thousandth, each fails."""
    for folder in ("engine", "nn", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "golden"))
    (tmp_path / "nn" / "scaled.py").write_text(LAYER.replace("BIAS", bias), encoding="utf-8")
    exports = tmp_path / "nn" / "__init__.py"
    text = exports.read_text(encoding="utf-8").replace(
        "__all__ = [", 'from .scaled import Scaled\n\n__all__ = ["Scaled",'
    )
    exports.write_text(text, encoding="utf-8")
    backends = tmp_path / "engine" / "program" / "backends"
    (backends / "plain.py").write_text(BACKEND.replace("FACTOR", str(factor)), encoding="utf-8")
    text = (backends / "__init__.py").read_text(encoding="utf-8")
    (backends / "__init__.py").write_text(text.replace("BACKENDS = {", 'BACKENDS = {"plain": ".plain", '), "utf-8")
    names = ["Scaled", "plain"]
    command = [*(sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "tests/test_structure.py")]
    command += ["-k", "Scaled and not jax and not torch or plain"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    counts = {kind: int(number) for number, kind in re.findall(r"(\d+) (passed|failed)", ran.stdout)}
    assert sum(counts.values()) >= 10 + len(LAYERS), ran.stdout
    failed = [name for name in names if re.search(rf"FAILED .*\b{name}\b", ran.stdout)]
    assert failed == ([] if factor == 1 else names), ran.stdout


def test_a_chain_is_read_through_its_parts_and_nothing_is_guessed() -> None:
    model = MLP(2, [3, 1])
    assert chain(model) == model.layers
    assert chain(Neuron(2)) is not None
    assert chain(Bare()) is None
    assert chain(3) is None

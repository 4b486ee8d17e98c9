"""The names of a model's nodes: Python's paths in labels, a textbook's names in pictures, walks and programs."""

from __future__ import annotations

import copy
import itertools
import pickle
import re
from typing import Any

import numpy as np
import pytest
from ids import shown

from engine import OPS, Value, compile, draw, grad, label_all, nodes, walk
from engine.naming import Label, textbook_labels, textbook_names
from engine.printer import dot_products, slope_formula, true_minus
from nn import MLP, Conv1d, Embedding, Layer, Neuron, Recurrent, Sequential, load, save
from nn.naming import textbook_name
from nn.picture.network import columns
from nn.structure import chain, structure_of

LAYERED = [
    (Layer(2, 3, "relu", rng=0), 2, [""]),
    (Layer(3, 2, "tanh", rng=0, name="hidden"), 3, ["hidden."]),
    (MLP(2, [3], rng=0), 2, [""]),
    (MLP(2, [3, 2], rng=0), 2, ["layer1.", "layer2."]),
    (MLP(12, [2, 3, 1], rng=0), 12, ["layer1.", "layer2.", "layer3."]),
    (Sequential(Layer(2, 2, rng=0), "tanh", Layer(2, 3, rng=0)), 2, ["layer1.", "layer2."]),
    (MLP(2, [4, 3], output="softmax", rng=0), 2, ["layer1.", "layer2."]),
]  # model, inputs, and what stands before the names of each layer


def result(model: Any, row: list[Any]) -> Value:
    """Return one Value that all outputs of a model go into."""
    outputs = model(row)
    return sum(outputs[1:], outputs[0]) if isinstance(outputs, list) else outputs


@pytest.mark.parametrize(("model", "inputs", "before"), LAYERED, ids=shown)
def test_each_weight_is_called_from_where_it_comes_and_where_it_leads(
    model: Any, inputs: int, before: list[str]
) -> None:
    row = [Value(0.1 * place) for place in range(inputs)]
    named = walk(result(model, row)).trace.named
    layers = [layer for layer in chain(model) or [] if structure_of(layer).units]  # type: ignore[union-attr]
    assert len(layers) == len(before)
    for layer, prefix in zip(layers, before):
        for source, weights in enumerate(layer.weights()):
            for neuron, weight in enumerate(weights):
                assert named[weight] == prefix + textbook_name("w", source, neuron)
                assert weight.label.endswith(f"neuron{neuron + 1}.w[{source}]")
        for number, neuron in enumerate(layer.neurons, 1):
            assert named[neuron.b] == f"{prefix}b{number}"
            assert f"{prefix}z{number}" in named.values()
            assert (f"{prefix}h{number}" in named.values()) == (neuron.activation != "linear")
    assert [named[x] for x in row] == columns(model).pop(0).names  # the network graph has the same names
    assert [x.label for x in row] == [""] * inputs  # nothing was written into the user's Values


@pytest.mark.parametrize(
    ("model", "row", "expected"),
    [
        (Neuron(2, "tanh", rng=0), [1.0, 2.0], ["w1", "x1", "v1", "w2", "x2", "v2", "v3", "b", "z", "h"]),
        (Neuron(1, rng=0), [3.0], ["w1", "x1", "v1", "b", "z"]),
        (Neuron(1, rng=0, name="n"), [3.0], ["n.w1", "x1", "v1", "n.b", "n.z"]),
        (Embedding(2, 1, rng=0), [0, 1], ["w11", "x1", "v1", "w21", "x2", "v2", "v3"]),
        (Embedding(2, 2, rng=0), 1, ["w21", "w22", "v1"]),
        (Conv1d(1, 1, 2, rng=0), [0.5, 2.0], ["w11", "x1", "v1", "w21", "x2", "v2", "v3", "b1", "z1"]),
    ],
    ids=shown,
)
def test_a_small_model_is_named(model: Any, row: Any, expected: list[str]) -> None:
    assert [*walk(result(model, row)).trace.named.values()] == expected


def test_the_weights_from_a_state_are_u() -> None:
    model = Recurrent(1, 2, 1, rng=0)
    named = walk(model([0.5, 1.0])[-1]).trace.named
    for source, weights in enumerate(model.weights()[1]):
        for neuron, weight in enumerate(weights):
            assert named[weight] == "hidden." + textbook_name("u", source, neuron)


def test_the_inputs_of_steps_and_rows_are_counted_as_they_come() -> None:
    model, net = Recurrent(1, 2, 1, rng=0), MLP(2, [2, 1], rng=0)
    steps = [Value(0.1), Value(0.2), Value(0.3)]
    named = walk(model(steps)[-1]).trace.named
    assert [named[x] for x in steps] == ["x1", "x1_2", "x1_3"]
    rows = [[Value(0.1), Value(0.2)], [Value(0.3), Value(0.4)]]
    named = walk(net(rows[0]) + net(rows[1])).trace.named
    assert [[named[x] for x in row] for row in rows] == [["x1", "x2"], ["x1_2", "x2_2"]]


def test_a_users_label_wins() -> None:
    neuron, x = Neuron(2, "tanh", rng=0), [Value(1.0, "age"), Value(2.0, "w2")]
    neuron.b.label = "w[0]"
    h = neuron(x)
    h.label = "answer"
    named = walk(h).trace.named
    assert (named[x[0]], named[x[1]], named[neuron.b], named[h]) == ("age", "w2", "w[0]", "answer")
    assert named[neuron.w[1]] not in ("w2", "w[1]")
    assert len({*named.values()}) == len(named)
    own = [Value(1.0), Value(2.0)]
    label_all({"w": own})
    assert textbook_labels([*own]) == {}


def test_labels_stay_what_they_are_in_copies_and_files(tmp_path: Any) -> None:
    model = MLP(2, [2, 1], rng=0)
    save(model, tmp_path / "model.json")
    loaded = load(model, tmp_path / "model.json")
    again = load(tmp_path / "model.json")
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model)), loaded, again):
        weight = twin.layers[0].neurons[1].w[0]
        assert (weight.label, textbook_names(nodes(twin([1.0, 2.0])))[weight]) == (
            "layer1.neuron2.w[0]",
            "layer1.w12",
        )
    label = Label("a.w[0]", "w1", "a", "x1")
    assert pickle.loads(pickle.dumps(label)).__reduce__() == label.__reduce__() == copy.copy(label).__reduce__()


def test_every_face_of_a_walk_and_a_drawing_show_the_textbooks_names() -> None:
    model = MLP(2, [3, 1], rng=0)
    y = model([0.5, -1.0])
    steps = walk(y)
    texts = [steps.text(), steps.goto("end").text(), steps.why(), steps._repr_html_()]  # type: ignore[union-attr]
    texts += [draw(y, fold=fold, local=True).dot for fold in ("none", "sums", "neurons", "layers", "both")]
    for text in texts:
        assert not re.search(r"w\[\d\]", text)
    assert "layer1.w23" in texts[0]
    assert "layer1.w23" in texts[4]
    assert ">x2<" in texts[4]
    assert steps.node("layer1.neuron3.w[1]").target is steps.node("layer1.w23").target
    assert "x1 = 0.5" in texts[0]  # the walk tells the numbers that names stand for


@pytest.mark.parametrize(
    ("formula", "text", "meanings"),
    [
        ("tanh(w1 * x1 + w2 * x2 + b)", "tanh(w · x + b)", {"w · x": "w1 * x1 + w2 * x2"}),
        ("b + w[0] * x[0] + w[1] * x[1]", "b + w · x", {"w · x": "w[0] * x[0] + w[1] * x[1]"}),
        ("q * r + w0 * x0 + w1 * x1 - 3", "q * r + w · x - 3", {"w · x": "w0 * x0 + w1 * x1"}),
        ("max(w1 * x1 + w2 * x2, 0.0) * 3", "max(w · x, 0.0) * 3", {"w · x": "w1 * x1 + w2 * x2"}),
    ],
)
def test_a_sum_of_products_is_read_as_a_dot_product(formula: str, text: str, meanings: dict[str, str]) -> None:
    assert dot_products(formula) == (text, meanings)


@pytest.mark.parametrize(
    "formula",
    [
        "a - w1 * x1 + w2 * x2", "3 * w1 * x1 + w2 * x2", "w1 * x1 + w2 * x2 * 3", "w1 * x1 + w2 * x2 ** 2",
        "w1 * x1 + b", "w2 * x2 + w3 * x3", "w1 * x2 + w2 * x1", "w1 * x1 + w1 * x1", "-w1 * x1 + w2 * x2",
        "w1 * x1 + v2 * x2", "y / w1 * x1 + w2 * x2", "w1 * x1 + w3 * x3", "x1 + x2",
    ],
)  # fmt: skip
def test_other_sums_are_not(formula: str) -> None:
    assert dot_products(formula) == (formula, {})


@pytest.mark.parametrize("inputs", [2, 3, 12, 40])
def test_the_walk_of_a_neuron_begins_with_the_whole_expression(inputs: int) -> None:
    first = " ".join(str(walk(Neuron(inputs, "tanh", rng=0)([0.5] * inputs))).split())
    assert first.startswith("A walk through h = tanh(w · x + b): ")
    assert "w · x w1 * x1 + w2 * x2" in first


def test_a_walk_of_two_layers_spells_what_has_names() -> None:
    first = " ".join(str(walk(MLP(2, [2, 1], rng=0)([0.5, 1.0]))).split())
    assert "layer2.w11 * layer1.h1 + layer2.w21 * layer1.h2 + layer2.b1:" in first


MODELS = [
    *((Neuron(inputs, activation, rng=0), inputs) for inputs in range(1, 9) for activation in ("tanh", "linear")),
    *((Layer(inputs, count, "relu", rng=0), inputs) for inputs in (1, 2, 3) for count in (1, 2, 3)),
    *(
        (MLP(inputs, [first, last], activation, rng=0), inputs)
        for inputs in (1, 2, 3)
        for first in range(1, 9)
        for last in (1, 2, 3)
        for activation in ("tanh", "relu", "linear")
    ),
]


def test_programs_call_weights_w_and_biases_b() -> None:
    for model, inputs in MODELS:
        x = [Value(0.5 * place) for place in range(inputs)]
        program = compile(model(x), x, model.parameters())
        layers = len(model.layers) if isinstance(model, MLP) else 1
        lines = [line for line in str(program).splitlines() if line.startswith("z")]
        assert len(lines) == layers
        for number, line in enumerate(lines, 1):
            before = "x" if number == 1 else f"[hz]{number - 1}"
            place = number if isinstance(model, MLP) else ""
            assert re.match(rf"z{number} = [wW]{place} · {before} \+ b{place}  #", line), (model, line)
        for name, used in re.findall(r"(\w+)(?:\[[^]]*\])? [*@] (\w+)", "\n".join(program._code.forward)):
            assert re.fullmatch(r"[wW]\d*", name), (model, name)
            assert re.fullmatch(r"x|[hz]\d+", used), (model, used)


@pytest.mark.parametrize(
    ("labels", "line"),
    [
        (["w", "b"], "w · x + b"),
        (["m", "k"], "m · x + k"),
        (["", ""], "w1 · x + b1"),
        (["x", "y"], "w1 · x + b1"),  # the program's own letters
        (["dw", "w"], "dw · x + w_2"),  # dw would be the gradient of w
        (["b", "b"], "b · x + b_2"),
        (["\uff57", "w"], "w1 · x + w"),  # Python reads the wide letter as w
    ],
)
def test_a_line_keeps_the_names_of_its_parameters(labels: list[str], line: str) -> None:
    (m, k), x = [Value(float(place + 2), label) for place, label in enumerate(labels)], Value(0.0)
    program = compile(m * x + k, [x], [m, k])
    assert str(program).startswith(f"z1 = {line}  #")
    assert program.value_and_grad([[1.0], [2.0]])[0] == 6.0


@pytest.mark.parametrize(
    ("model", "row"),
    [
        (Recurrent(1, 1, 1, rng=0), [[0.5], [1.0]]),
        (Recurrent(2, 1, rng=0), [[0.5, 1.0], [1.0, 2.0]]),
        (Recurrent(1, 3, 2, rng=0), [[0.5], [1.0]]),
        (Sequential(Conv1d(1, 2, 2, rng=0), "tanh", Layer(4, 1, rng=0)), [0.5, 1.0, 2.0]),
        (Sequential(Embedding(3, 2, rng=0), Layer(2, 1, rng=0)), [1.0, 0.0, 0.0]),
    ],
    ids=shown,
)
def test_other_cells_too(model: Any, row: list[Any]) -> None:
    leaves = [[Value(x) for x in each] if isinstance(each, list) else Value(each) for each in row]
    flat = [leaf for each in leaves for leaf in (each if isinstance(each, list) else [each])]
    outputs = model(leaves)
    while isinstance(outputs, list):
        outputs = outputs[-1]
    source = compile(outputs, flat, model.parameters(), form="matrices").source
    definitions = re.findall(r"(\w+) = p\[(\d+):(\d+)\]", source.partition("def gradient")[0])
    assert definitions
    for name, *_ in definitions:
        assert re.fullmatch(r"((hidden|output)_)?[wWuUbB]+\d*(_\d+)?", name)
        if re.search(r"b\d*$", name):
            assert not re.search(rf"\b{name}\b\S* [*@] ", source)


def test_weights_are_inputs_by_neurons_and_a_programs_matrix_is_neurons_by_inputs() -> None:
    model, x = MLP(2, [3, 4], rng=0), [Value(0.0), Value(0.0)]
    program = compile(model(x), x, model.parameters())
    names: dict[str, Any] = {"p": program._laid_out(None)}
    for line in re.findall(r"W\d = .*", program.source.partition("def gradient")[0]):
        exec(line, names)
    for number, matrix in enumerate(model.weights(), 1):
        weights = np.array([[weight.data for weight in row] for row in matrix])
        assert weights.shape != weights.T.shape
        assert np.array_equal(names[f"W{number}"], weights.T)
    assert "a row of W for each neuron" in str(program)
    assert "turned" in str(Layer.weights.__doc__)


@pytest.mark.parametrize(
    "op",
    [op for op in OPS.values() if "<" in "".join(op.partials) or ">" in "".join(op.partials)],
    ids=lambda op: op.name,
)
def test_a_slope_is_written_as_a_person_writes_it_and_is_the_same_number(op: Any) -> None:
    numbers = (-2.0, -1.0, 0.0, 0.5, 1.0)
    for argument, partial in enumerate(op.partials):
        text = slope_formula(op, argument)
        assert (" if " in text) == bool(re.search("[<>]", partial))
        assert " * 1.0" not in text
        for row in itertools.product(numbers, repeat=op.arity):
            names = {**dict(zip(op.letters, row)), "z": 0.0, "max": max, "min": min}
            assert eval(text, dict(names)) == eval(partial, dict(names)), (text, partial, row)


@pytest.mark.parametrize("exponent", [2.0, 3.0, 0.5, -1.0, 1.0, 0.0, 2.5])
def test_the_slope_of_a_power_by_a_number(exponent: float) -> None:
    text = slope_formula(OPS["pow"], 0, exponent)
    assert eval(text, {"x": 1.5}) == pytest.approx(exponent * 1.5 ** (exponent - 1.0))
    x = Value(1.5, "x")
    if exponent not in (0.0, 1.0):  # which are no operation
        assert f"= {text} = " in str(walk(x**exponent).goto("end"))
        assert true_minus(f"= {text} = ") in draw(x**exponent, local=True).dot
    assert ("2 * x" in text) == (exponent == 2.0)
    assert slope_formula(OPS["pow"], 0) == OPS["pow"].partials[0]


def test_a_negative_factor_stands_in_parentheses() -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    assert "= 1.0 × (-3.0) = -3.0" in walk(a * b).text()


@pytest.mark.parametrize(
    ("model", "output", "before"),
    [
        (Neuron(2, "tanh", rng=0), "h", [""]),
        (Neuron(2, "tanh", rng=0, name="n"), "n.h", ["n."]),
        (MLP(2, [2, 1], "sigmoid", rng=0), "layer2.z1", ["layer1.", "layer2."]),
    ],
    ids=shown,
)
def test_a_gradient_that_is_a_graph_is_called_by_the_textbooks_names_too(
    model: Any, output: str, before: list[str]
) -> None:
    h = model([1.0, 2.0])
    for weight in model.parameters():
        (slope,) = grad(h, weight)
        by = textbook_names(nodes(h))[weight]
        if slope in nodes(h) or slope.op is None:  # which has a name already, or is a number
            continue
        named = walk(slope).trace.named
        assert named[slope] == f"d{output}/d{by}"
        assert slope.label == f"d{h.label}/d{weight.label}"  # a path for Python, as every label
        assert any(name.startswith(prefix) for prefix in before for name in named.values())
        assert "w[" not in str(walk(slope)) + draw(slope).dot
        (again,) = grad(slope, weight)
        if again.op:
            assert walk(again).trace.named[again] == f"d(d{output}/d{by})/d{by}"
            assert type(pickle.loads(pickle.dumps(again.label))) is type(copy.copy(again.label)) is type(again.label)
    h.label = "answer"
    (slope,) = grad(h, model.parameters()[0])
    assert walk(slope).trace.named[slope].startswith("danswer/d")
    assert walk(slope).trace.named[slope].endswith("w1" if before[-1] in ("", "n.") else "layer1.w11")


def test_a_gradient_of_nodes_with_plain_labels_has_a_plain_label() -> None:
    x = Value(2.0, "x")
    y = x**4
    y.label = "y"
    (first,) = grad(y, x)
    (second,) = grad(first, x)
    assert (type(first.label), first.label, second.label) == (str, "dy/dx", "d(dy/dx)/dx")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["layer2", ""], ["layer2", "layer3"]),
        (["", "layer1"], ["layer2", "layer1"]),
        (["layer3", "", ""], ["layer3", "layer2", "layer4"]),
        (["layer2", "", "layer3", ""], ["layer2", "layer5", "layer3", "layer4"]),
        (["", "", "last"], ["layer1", "layer2", "last"]),
    ],
)
def test_a_layer_without_a_name_gets_one_that_no_other_has(given: list[str], names: list[str]) -> None:
    model = Sequential(*(Layer(2, 2, "tanh", rng=0, name=name) for name in given))
    assert [part.name for part in model] == names
    labels = [parameter.label for parameter in model.parameters()]
    assert len({*labels}) == len(labels)
    model.rename("net")
    assert [part.name for part in model] == [own if own in given else f"net.{own}" for own in names]


def lines_of(output: Any, row: list[Value], parameters: list[Value]) -> list[str]:
    """Return the lines of a program without their sizes and without what follows them."""
    lines = str(compile(output, row, parameters)).splitlines()
    return [line.partition("  #")[0] for line in lines if "  #" in line]


@pytest.mark.parametrize(
    ("model", "lines"),
    [
        (
            Sequential(Layer(2, 2, rng=0), Layer(2, 2, "tanh", rng=0)),
            ["z1 = W1 · x + b1", "z2 = W2 · z1 + b2", "h2 = tanh(z2)"],
        ),
        (
            Sequential(Layer(2, 2, "relu", rng=0, name="layer5"), "tanh", Layer(2, 2, "tanh", rng=0)),
            ["z5 = W5 · x + b5", "h5 = relu(z5)", "v1 = tanh(h5)", "z2 = W2 · v1 + b2", "h2 = tanh(z2)"],
        ),
        (
            Sequential(Layer(2, 2, "exp", rng=0, name="first"), Layer(2, 2, "tanh", rng=0, name="layer1")),
            ["z2 = first_W · x + first_b", "h2 = exp(z2)", "z1 = W1 · h2 + b1", "h1 = tanh(z1)"],
        ),
    ],
    ids=shown,
)
def test_a_program_calls_sums_and_activations_by_their_layer(model: Any, lines: list[str]) -> None:
    row = [Value(1.0), Value(0.0)]
    assert lines_of(model(row), row, model.parameters()) == lines


@pytest.mark.parametrize("sizes", [[3, 2], [2, 4, 3], [5]])
def test_only_activations_of_a_layers_sums_are_h_and_only_sums_with_weights_are_z(sizes: list[int]) -> None:
    model, row = MLP(2, sizes, "tanh", output="softmax", rng=0), [Value(1.0), Value(0.0)]
    for line in lines_of(model(row), row, model.parameters()):
        name, _, text = line.partition(" = ")
        if name[0] == "h":
            assert text == f"tanh(z{name[1:]})"
        assert (name[0] == "z") == (" · " in text), line
    assert sum(line[0] == "h" for line in lines_of(model(row), row, model.parameters())) == len(sizes) - 1


@pytest.mark.parametrize("label", ["L", "loss", "my_loss", "W1", "dW1", "w", "dL"])
def test_the_root_goes_by_its_label(label: str) -> None:
    model, row = MLP(2, [3, 1], "tanh", rng=0), [Value(1.0), Value(0.5)]
    loss = (model(row) - 1) ** 2
    plain = compile(loss, row, model.parameters(), form="matrices")
    loss.label = label
    program = compile(loss, row, model.parameters(), form="matrices")
    assert lines_of(loss, row, model.parameters())[-1] == f"{label} = v1 ** 2.0"
    assert lines_of(plain_root(loss), row, model.parameters())[-1] == "v2 = v1 ** 2.0"
    for one, other in zip(program.value_and_grad([[1.0, 2.0]]), plain.value_and_grad([[1.0, 2.0]])):
        assert np.array_equal(one, other)


def plain_root(root: Value) -> Value:
    root.label = ""
    return root


@pytest.mark.parametrize("label", ["dz1", "y", "x", "my loss", "exp", "for", "packed", "dh12"])
def test_a_label_that_a_program_cannot_use_is_left_out(label: str) -> None:
    w, x = Value(2.0, "w"), Value(3.0)
    loss = (w * x).tanh()
    loss.label = label
    program = compile(loss, [x], [w], form="matrices")
    assert lines_of(loss, [x], [w])[-1] == "v2 = tanh(v1)"
    assert program.value_and_grad([[3.0]])[0] == loss.data


def test_of_several_roots_none_goes_by_its_label() -> None:
    w, x = Value(2.0, "w"), Value(3.0)
    first, second = w.tanh(), w * x
    first.label = second.label = "L"
    assert not any(line.startswith("L") for line in lines_of([first, second], [x], [w]))


@pytest.mark.parametrize("label", ["myweight", "z1", "W1", "loss", "b"])
@pytest.mark.parametrize("place", range(9))
def test_a_users_label_of_one_parameter_does_not_name_an_array(label: str, place: int) -> None:
    model, row = MLP(2, [2, 1], "tanh", rng=0), [Value(1.0), Value(0.0)]
    expected = lines_of(model(row), row, model.parameters())
    parameter = model.parameters()[place]
    parameter.label = label
    found = lines_of(model(row), row, model.parameters())
    if parameter is model.layers[1].neurons[0].b:  # an array of its own
        assert found[:-1] == expected[:-1]
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("layer", "count"),
    [
        (Conv1d(1, 2, 2, "tanh", rng=0), 3),
        (Conv1d(2, 1, 2, "relu", rng=0), 6),
        (Conv1d(1, 3, 1, "tanh", stride=2, rng=0), 5),
        (Conv1d(1, 5, 3, rng=0), 12),
    ],
    ids=shown,
)
def test_a_convolutions_inputs_and_outputs_are_counted_as_a_layer_counts_them(layer: Any, count: int) -> None:
    row = [Value(0.1 * place) for place in range(count)]
    outputs = layer(row)
    named = walk(sum(outputs)).trace.named
    used = {place for window in layer._windows(count) for place in window}
    assert [named[x] for x in row if x in named] == [textbook_name("x", place) for place in sorted(used)]
    letter = "z" if layer.neurons[0].activation == "linear" else "h"
    assert [named[h] for h in outputs] == [textbook_name(letter, place) for place in range(len(outputs))]
    assert [x.label for x in row] == [""] * count
    last = Layer(len(outputs), 1, rng=0)
    net = Sequential(layer, last)
    named = walk(net(row)).trace.named
    for place, (weight, h) in enumerate(zip(last.neurons[0].w, net[0](row))):
        assert named[weight] == "layer2." + textbook_name("w", place, 0)
        assert "layer1." + textbook_name(letter, place) in named.values()
        assert h.label.name == textbook_name(letter, place)


# Labels that look like the names a program makes up: of sums z, values v, activations h, and others.
CLAIMED = [
    ("z1", "v1"),
    ("h1", "j1"),
    ("g1", "i1"),
    ("v2", "z2"),
    ("z1", "z2"),
    ("v1", "v1"),
    ("h12", "w1"),
    ("d1", "x1"),
]


@pytest.mark.parametrize("labels", CLAIMED, ids=shown)
def test_a_label_of_the_users_own_is_what_a_program_calls_a_parameter(labels: tuple[str, str]) -> None:
    a, b = Value(2.0, labels[0]), Value(3.0, labels[1])
    x = [Value(0.5), Value(0.25)]
    y = (a * x[0] + b * x[1]).tanh() * a + x[0] * x[1] * b + (x[1] * a).exp()
    program = compile(y, x, [a, b])
    text = str(program)
    for label in labels:
        assert re.search(rf"(?<!\w){label}(?!\w)", text), text
    assert not re.search(rf"^({'|'.join(labels)}) = ", text, re.MULTILINE), "a result has the name of a parameter"
    y.backward()
    value, gradient = program.value_and_grad([[0.5, 0.25]])
    assert value == pytest.approx(y.data)
    assert [*gradient] == pytest.approx([a.grad, b.grad])


def test_the_roots_own_label_is_its_name_in_a_program() -> None:
    for label in ("z1", "v7", "h1", "g1", "loss"):
        w, x = Value(2.0, "w"), Value(0.5)
        y = (w * x).tanh() * w
        y.label = label
        assert re.search(rf"^{label} = ", str(compile(y, [x], [w])), re.MULTILINE)

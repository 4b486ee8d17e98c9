"""Compiled programs: the same numbers as eager, the matrices found, the source readable, and the same twice."""

from __future__ import annotations

import keyword
import re
import sys
import traceback
from math import inf
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from oracles import require
from strategies import KINDS, Network, network, networks, recipe

from engine import OPS, Value, compile, constant, define, grad, where
from engine.errors import ArgumentError, NumberError, RangeError
from engine.ops import ALIASES
from engine.program import backends, program as module
from engine.program.roll import roll
from engine.program.shapes import FORMS
from nn import MLP, losses

if TYPE_CHECKING:
    from collections.abc import Sequence

np = pytest.importorskip("numpy")

GRAPHS = 1000
TOLERANCE = 1e-10


def difference(ours: Any, theirs: Any) -> float:
    """The largest difference, relative to the larger of the two, or to a thousandth of the largest or of 1."""
    ours, theirs = np.asarray(ours, float).ravel(), np.asarray(theirs, float).ravel()
    size = np.maximum(np.abs(ours), np.abs(theirs))
    floor = 1e-3 * max(1.0, size.max(initial=0.0))
    return float((np.abs(ours - theirs) / np.maximum(size, floor)).max(initial=0.0))


def agree(root: Value, inputs: list[Value], parameters: list[Value], forms: Sequence[str] = FORMS) -> None:
    """A program of this graph, in each form, gives its value and its gradients, for one row and for three alike."""
    expected = [gradient.data for gradient in grad(root, parameters)]
    row = [leaf.data for leaf in inputs]
    for form in forms:
        program = compile(root, inputs, parameters, form)
        for rows in (1, 3):
            X = [row] * rows if inputs else None
            value, gradients = program.value_and_grad(X)
            assert difference(value, root.data) < TOLERANCE
            assert difference(gradients, expected) < TOLERANCE
            assert difference(np.asarray(program(X)), root.data) < TOLERANCE


def moons_loss(model: MLP, rows: list[tuple[float, float, float]]) -> Value:
    """micrograd's demo: the hinge loss of all rows in one graph, and a penalty on all weights."""
    data = sum((1 + -y * model([Value(a), Value(b)])).relu() for a, b, y in rows) / len(rows)
    return data + 1e-4 * sum(weight * weight for weight in model.parameters())


def some_rows(count: int) -> list[tuple[float, float, float]]:
    rng = Random(1)
    return [(rng.gauss(0, 1), rng.gauss(0, 1), rng.choice((-1.0, 1.0))) for _ in range(count)]


def one_sample(activation: str = "relu") -> tuple[MLP, Value, list[Value]]:
    model = MLP(2, [16, 16, 1], activation=activation, rng=0)
    inputs = [Value(0.3), Value(-0.2), Value(1.0)]
    return model, (1 + -inputs[2] * model(inputs[:2])).relu(), inputs


def attention(tokens: int) -> tuple[Value, list[Value], list[Value]]:
    """One head of causal attention, whose sums have a different length for each token."""
    rng, size = Random(0), 4
    weights = [[[Value(rng.gauss(0, 1)) for _ in range(size)] for _ in range(size)] for _ in "qkv"]
    rows = [[Value(rng.gauss(0, 1)) for _ in range(size)] for _ in range(tokens)]
    queries, keys, values = ([[sum(a * b for a, b in zip(w, row)) for w in W] for row in rows] for W in weights)
    total = []
    for at, query in enumerate(queries):
        scores = [sum(a * b for a, b in zip(query, key)).exp() for key in keys[: at + 1]]
        mixed = [sum(score / sum(scores) * value[j] for score, value in zip(scores, values)) for j in range(size)]
        total.append(sum(each * each for each in mixed))
    return sum(total), [leaf for row in rows for leaf in row], [leaf for W in weights for row in W for leaf in row]


@pytest.mark.parametrize("seeds", [range(40), pytest.param(range(40, GRAPHS), marks=pytest.mark.slow)])
def test_random_graphs_agree_with_eager(seeds: range) -> None:
    for seed in seeds:
        rng = Random(seed)
        leaves, root = recipe(rng, leaves=4, steps=rng.choice((2, 8, 30))).values()
        agree(root, leaves[: rng.randrange(3)], leaves[2:], ("matrices", FORMS[1 + seed % 2]))


def network_agrees(made: Network) -> str:
    """A program of a network gives what eager gives: each output of rows that differ, and the gradients' mean.

    Gives the source of its matrices.
    """
    rng = Random(made.weights)
    weights = [Value(rng.gauss(0, 1)) for _ in range(made.weights)]
    inputs = [Value(rng.gauss(0, 1)) for _ in range(made.inputs)]
    rows = [[rng.gauss(0, 1) for _ in inputs] for _ in range(3)]
    each = [made.follow([Value(number) for number in row], weights) for row in rows]
    whole = sum(sum(outputs) for outputs in each) / len(rows)
    expected = np.array([[output.data for output in outputs] for outputs in each])
    slopes = [gradient.data for gradient in grad(whole, weights)]
    for form in (*FORMS[1:], "matrices"):
        program = compile(made.follow(inputs, weights), inputs, weights, form)
        value, gradients = program.value_and_grad(rows)  # of the sum of the outputs
        found = np.broadcast_to(program(rows), expected.shape)  # one row where no output reads an input
        assert difference(found, expected) < TOLERANCE
        assert difference(value, whole.data) < TOLERANCE
        assert difference(gradients, slopes) < TOLERANCE
    agree(sum(made.follow(inputs, weights)), inputs, weights)
    batch = [weight.tanh() for weight in weights]  # nothing differs by row: all rows in one graph
    agree(sum(sum(made.follow([Value(number) for number in row], batch)) for row in rows), [], weights)
    return program.source


def test_random_networks_agree_with_eager() -> None:
    sources, kinds, shared = "", set[str](), 0
    for seed in range(120):
        made = network(Random(seed), steps=4 + seed % 9)
        sources += network_agrees(made)
        assert not re.search(r"^ *(\w+) = \1$", sources, re.MULTILINE)  # no line that does nothing
        kinds |= {step[0] for step in made.steps}
        reads = [step[1] for step in made.steps]
        shared += len(reads) - len(set(reads))
    assert kinds == set(KINDS)
    assert shared > 200
    for word in ("= 0.0 + ", "concatenate(", "add_at(", "scatter(", "einsum(", " @ ", "packed[i", "[:, None]"):
        assert word in sources


@pytest.mark.parametrize(
    "parts",
    [[(2, 3)], [(2, 3)] * 3, [(1, 4)] * 2, [(2, 2), (2, 1), (2, 3)], [(2, 2), (3, 2)], [(3, 2), (1, 2), (2, 2)]],
)
def test_dots_roll_into_products_of_equal_size_or_not_at_all(parts: list[tuple[int, int]]) -> None:
    dots, node = list[tuple[list[int], list[int]]](), 0
    for p, q in parts:  # p lists by q lists, of two nodes each
        lefts, rights = ([[node + 2 * i, node + 2 * i + 1] for i in range(a, b)] for a, b in ((0, p), (p, p + q)))
        node += 2 * (p + q)
        dots += [(left, right) for left in lefts for right in rights]
    Random(0).shuffle(dots)
    left, right = (np.array(side) for side in zip(*dots))
    rolled = roll(left, right)
    assert (rolled is not None) == (len(set(parts)) == 1)
    if rolled:
        order, rows, columns = rolled
        assert sorted(order.ravel()) == [*range(len(dots))]
        for (c, i, j), dot in np.ndenumerate(order):
            assert (rows[c, i] == left[dot]).all()
            assert (columns[c, :, j] == right[dot]).all()


def test_lone_dots_are_no_stack_of_tiny_matrices() -> None:
    rng = Random(0)
    x, w = ([[Value(rng.random()) for _ in range(9)] for _ in range(4)] for _ in range(2))
    root = sum(sum(a * b for a, b in zip(*pair)).tanh() for pair in zip(x, w))
    program = compile(root, [], [leaf for row in (*x, *w) for leaf in row], "matrices")
    assert "cpl" not in program.source
    agree(root, [], [leaf for row in (*x, *w) for leaf in row])


def test_what_source_may_call_is_made_once_for_a_table() -> None:
    before = backends.namespace("numpy")
    assert backends.namespace("numpy") is before
    define("twice", "2 * x", ("2",))
    after = backends.namespace("numpy")
    assert ("twice" in after, "twice" in before) == (True, False)


@given(networks())
def test_any_network_agrees_with_eager(made: Network) -> None:
    network_agrees(made)


@pytest.mark.parametrize("name", list(OPS))
def test_every_row_agrees_in_a_batch(name: str) -> None:
    op = OPS[name]
    rng = Random(0)
    point = [Value(rng.uniform(domain.low, domain.high)) for domain in op.domain]
    weights = [Value(rng.uniform(0.9, 1.1)) for _ in range(3)]
    nodes = [getattr(point[0] * weight, name)(*point[1:]) for weight in weights]
    agree(sum(nodes) * nodes[0], point, weights)


@pytest.mark.parametrize("tokens", [1, 2, 3, 6])
def test_sums_of_many_lengths_agree(tokens: int) -> None:
    agree(*attention(tokens))


def test_many_nodes_in_no_order_are_gathered() -> None:
    rng = Random(0)
    weights = [Value(rng.gauss(0, 1)) for _ in range(300)]
    first, second = [weight.tanh() for weight in weights], [weight.sin() for weight in weights]
    agree(sum((rng.choice(first) * rng.choice(second)).tanh() for _ in weights), [], weights)


def test_a_product_of_lists_that_is_taken_twice_makes_no_matrix() -> None:
    rng = Random(0)
    a, b, x, y = ([Value(rng.uniform(0.5, 1)) for _ in range(4)] for _ in range(4))

    def dot(left: list[Value], right: list[Value]) -> Value:
        return sum(map(Value.__mul__, left, right))

    # As many products as two lists by two have, but a · y twice, and b · y never.
    agree(dot(a, x).exp() + dot(a, y).sin() + dot(a, y).tanh() + dot(b, x).exp(), x + y, a + b)


SIDES = ("parameters", "inputs", "constants", "one constant", "one parameter", "one input", "one result", "results")


@pytest.mark.parametrize("right", SIDES)
@pytest.mark.parametrize("left", SIDES)
def test_a_product_may_have_the_same_number_everywhere_on_a_side(left: str, right: str) -> None:
    """A matrix by a vector, a row by a vector, and a matrix by a matrix."""
    rng = Random(0)
    parameters, inputs = list[Value](), list[Value]()

    def leaf(leaves: list[Value]) -> Value:
        leaves.append(Value(rng.uniform(0.2, 0.9)))
        return leaves[-1]

    def side(kind: str, rows: int, columns: int) -> list[list[Any]]:
        makes: dict[str, Any] = {
            "parameters": lambda: leaf(parameters), "inputs": lambda: leaf(inputs),
            "constants": lambda: constant(rng.uniform(0.2, 0.9)), "results": lambda: leaf(parameters).exp(),
            "one constant": lambda: constant(2.0), "one parameter": lambda: leaf(parameters),
            "one input": lambda: leaf(inputs), "one result": lambda: leaf(parameters).exp(),
        }  # fmt: skip
        make = makes[kind]
        alone = make()
        return [[alone if kind.startswith("one") else make() for _ in range(columns)] for _ in range(rows)]

    for rows, columns in ((4, 1), (1, 1), (3, 4)):
        parameters, inputs = [], []
        a, b = side(left, rows, 5), side(right, columns, 5)
        dots = [sum(map(Value.__mul__, row, column), Value(0.1)) for row in a for column in b]
        root = sum(dot.tanh() for dot in dots)
        agree(root, inputs, parameters)


def test_what_no_input_reaches_is_computed_once_and_not_for_each_row() -> None:
    weights, inputs = [Value(0.5) for _ in range(8)], [Value(0.25) for _ in range(8)]
    program = compile(sum(w.exp() * x.exp() for w, x in zip(weights, inputs)), inputs, weights, "matrices")
    lines = [line for line in program.source.splitlines() if " = exp(" in line]
    assert [line.split("# ")[1] for line in lines[:2]] == ["(8, 1)", "(8, batch)"]


def test_an_operation_that_is_defined_later_is_compiled_too() -> None:
    x, w = Value(0.5), Value(2.0)
    for formula in ("x ** 3", "x ** 3 + 1"):  # defined, and defined anew
        cube = define("cube", formula, ("3 * x ** 2",))
        agree(cube(w * x) + w, [x], [w])


@pytest.mark.parametrize(
    "build",
    [
        lambda x, w: x,  # an input
        lambda x, w: w,  # a parameter
        lambda x, w: Value(3.0) * 2,  # neither
        lambda x, w: w * w,  # no input
        lambda x, w: x * x,  # no parameter
        lambda x, w: x + x + w + w,
        lambda x, w: (x - x) * w,
        lambda x, w: w ** x.exp(),
        lambda x, w: sum(w * x for _ in range(5)),
        lambda x, w: (w * 1.5).tanh() * x + (w * 1.5).tanh() * 2,
    ],
)
def test_small_and_odd_graphs(build: Any) -> None:
    x, w = Value(1.25), Value(0.75)
    agree(build(x, w), [x], [w])
    agree(build(x, w), [x, Value(7.0)], [Value(9.0), w])  # an input and a parameter that nothing uses


def test_several_outputs() -> None:
    x, w = Value(2.0), Value(3.0)
    program = compile([w * x, x, w, (w + x).tanh()], [x], [w])
    assert program([[2.0], [5.0]]).tolist() == [[6.0, 2.0, 3.0, np.tanh(5.0)], [15.0, 5.0, 3.0, np.tanh(8.0)]]


def test_inputs_that_differ_by_row_have_the_mean_of_their_gradients() -> None:
    model, _, _ = one_sample("tanh")
    rows = some_rows(7)
    inputs = [Value(0.0), Value(0.0), Value(0.0)]
    program = compile(losses.mse(model(inputs[:2]), inputs[2]), inputs, model.parameters())
    whole = sum(losses.mse(model(row[:2]), row[2]) for row in rows) / len(rows)
    value, gradients = program.value_and_grad(rows)
    assert difference(value, whole.data) < TOLERANCE
    assert difference(gradients, [each.data for each in grad(whole, model.parameters())]) < TOLERANCE


def test_many_rows_are_run_in_blocks() -> None:
    model, loss, inputs = one_sample("tanh")
    program = compile(loss, inputs, model.parameters())
    rows = np.array(some_rows(3 * module.BLOCK + 17))
    value, gradients = program.value_and_grad(rows)
    parts = np.array_split(rows, 5)
    found = [program.value_and_grad(part) for part in parts]
    shares = [len(part) / len(rows) for part in parts]
    assert difference(value, sum(share * part[0] for share, part in zip(shares, found))) < TOLERANCE
    assert difference(gradients, sum(share * part[1] for share, part in zip(shares, found))) < TOLERANCE


def test_two_runs_are_equal_to_the_last_bit() -> None:
    model, loss, inputs = one_sample()
    rows = some_rows(100)
    first, second = (compile(loss, inputs, model.parameters()).value_and_grad(rows) for _ in range(2))
    assert first[0] == second[0]
    assert first[1].tobytes() == second[1].tobytes()


def test_an_mlp_on_a_whole_batch_rolls_into_its_layers() -> None:
    model = MLP(2, [16, 16, 1], rng=0)
    loss = moons_loss(model, some_rows(100))
    program = compile(loss, (), model.parameters())
    assert program.nodes > 65_000
    assert program.operations <= 12
    assert sum(" @ " in line for line in program._code.forward) == 4  # three layers, and the penalty
    assert program.source.count("[i") == 0  # nothing is gathered
    agree(loss, [], model.parameters(), ["matrices"])


def test_an_mlp_on_one_sample_rolls_into_its_layers() -> None:
    model, loss, inputs = one_sample()
    program = compile(loss, inputs, model.parameters())
    assert program.operations <= 10
    for line in ("z1 = W1 @ x[0:2] + b1[:, None]", "h1 = relu(z1)", "z2 = W2 @ h1 + b2[:, None]", "dW2 = dz2 @ h1.T"):
        assert f"    {line}" in program.source
    assert "* 1.0" not in program.source  # the slope of relu is a comparison, which needs no factor
    assert f"{program.nodes:,} scalar nodes → {program.operations} array operations" in str(program)


def test_matrices_are_named_by_their_labels() -> None:
    rng = Random(0)
    table = [[Value(rng.random(), f"wte[{i}][{j}]") for j in range(5)] for i in range(5)]
    x = [Value(rng.random()) for _ in range(5)]
    program = compile(
        sum(sum(a * b for a, b in zip(row, x)).tanh() for row in table), x, [leaf for row in table for leaf in row]
    )
    assert "wte = p[0:25].reshape(5, 5)" in program.source


def labelled_products(names: list[str]) -> tuple[Value, list[Value], list[Value]]:
    """A chain of products with weights that have labels of these names: matrices, and lists for "layer1.w" or so."""
    rng, size = Random(0), 3
    inputs = [Value(rng.random()) for _ in range(size)]
    weights = {
        name: [[Value(rng.random(), f"{name}[{i}][{j}]") for j in range(size)] for i in range(size)] for name in names
    }
    row = inputs
    for name in names:
        if name.startswith("layer"):
            row = [(a * b).sigmoid() for a, b in zip(weights[name][0], row)]
        else:
            row = [sum(a * b for a, b in zip(list_, row)).sigmoid() for list_ in weights[name]]
    return (
        sum(each * each for each in row),
        inputs,
        [each for rows in weights.values() for list_ in rows for each in list_],
    )


def test_any_label_may_name_a_matrix() -> None:
    functions = [*OPS, *ALIASES, *backends.LIBRARY_FUNCTIONS, *backends.RESERVED_NAMES, "forward", "gradient"]
    arrays = ["p", "x", "y", "dp", "dx", "z1", "dz1", "i1", "ef", "el", "packed", "scale", "ones"]
    for name in (*keyword.kwlist, "match", "sigmoid", "_", "__debug__", "__builtins__", "print", *functions, *arrays):
        agree(*labelled_products([name]))
    for name in ("wte", "W", "e", "packed", "scale", "ones", "add_at"):
        agree(*labelled_products([name, f"d{name}", name]))
        agree(*labelled_products(["before", f"d{name}", name]))
    for letter in "abcdghijpvwxyz":
        agree(*labelled_products([f"layer1.{letter}", f"layer2.{letter}"]))


def test_graphs_of_one_structure_share_their_code() -> None:
    programs = []
    for seed in (0, 1):
        model = MLP(2, [3, 1], activation="tanh", rng=seed)
        x = [Value(0.1), Value(0.2)]
        programs.append(compile(model(x), x, model.parameters()))
    assert programs[0]._code is programs[1]._code
    assert programs[0]([[1.0, 2.0]]) != programs[1]([[1.0, 2.0]])  # of other parameters
    longer = MLP(2, [4, 1], activation="tanh", rng=0)
    assert compile(longer(x), x, longer.parameters())._code is not programs[0]._code


def test_constants_are_part_of_the_structure() -> None:
    x = Value(1.0)
    assert compile(x * 2.0, [x])([[3.0]]) == 6.0
    assert compile(x * 5.0, [x])([[3.0]]) == 15.0


def test_a_constant_may_be_infinite() -> None:
    x, w = Value(2.0), Value(3.0)
    for number in (np.inf, -np.inf):
        program = compile([x.minimum(Value(number)) * w, (w * x).maximum(Value(number))], [x], [w])
        assert program([[5.0]]).tolist() == [[w.data * min(5.0, number), max(15.0, number)]]


def test_parameters_are_read_when_it_runs_or_given() -> None:
    x, w = Value(1.0), Value(2.0)
    program = compile(w * x, [x], [w])
    w.data = 10.0
    assert program([[3.0]]) == 30.0
    assert program([[3.0]], [7.0]) == 21.0


def test_tracebacks_show_the_line_of_the_source() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    program = compile((w * x).exp(), [x], [w])
    with pytest.raises(TypeError) as caught:
        program._code.function("forward")(np.zeros(1), None)
    assert "x" in traceback.extract_tb(caught.value.__traceback__)[-1].line


def test_what_does_not_fit_is_said() -> None:
    x, w = Value(1.0), Value(2.0)
    program = compile(w * x, [x], [w])
    for wrong in ([1.0], [[1.0, 2.0]], [], np.zeros((0, 1))):
        with pytest.raises(NumberError, match="give one row or more, of 1 numbers each"):
            program(wrong)


@pytest.mark.parametrize(
    ("name", "hint"), [("nunpy", "'numpy'"), ("Jax", "'jax'"), ("tourch", "'torch'"), (None, "'numpy'")]
)
def test_an_unknown_backend_is_an_error(name: Any, hint: str) -> None:
    x, w = Value(1.0), Value(2.0)
    program = compile(w * x, [x], [w])
    for ask in (backends.namespace, lambda backend: program._code.function("forward", backend)):
        with pytest.raises(ArgumentError, match="backend") as caught:
            ask(name)
        assert hint in str(caught.value)


def test_a_backend_is_one_module_and_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.program.backends import numpy

    monkeypatch.setitem(sys.modules, "a_backend_of_mine", numpy)
    monkeypatch.setitem(backends.BACKENDS, "mine", "a_backend_of_mine")
    x, w = Value(1.0), Value(2.0)
    program = compile(w * x, [x], [w])
    assert program._code.function("forward", "mine")(np.array([2.0]), np.array([[3.0]])) == 6.0


def fixed_cases() -> list[tuple[Value, list[Value], list[Value]]]:
    """Attention, a row of an MLP, a random graph, and what chooses between two branches."""
    model, loss, inputs = one_sample("tanh")
    leaves, root = recipe(Random(3), leaves=4, steps=20).values()
    x, w = Value(0.7, "x"), Value(0.5, "w")
    chosen = where(x - 1, w.sqrt(), (w * x).clip(0.1, 0.2)) * w
    return [
        (*attention(3)[:2], []),
        (loss, inputs, model.parameters()),
        (root, leaves[:2], leaves[2:]),
        (chosen, [x], [w]),
    ]


@pytest.mark.parametrize("backend", backends.BACKENDS)
def test_every_backend_runs_the_same_source(backend: str) -> None:
    require(backend)
    for root, inputs, parameters in fixed_cases():
        program = compile(root, inputs, parameters)
        X = np.array([[leaf.data for leaf in inputs]] * 3) if inputs else None
        value, gradients = program.on(backend)(None, X)
        assert isinstance(value, float)
        assert difference(value, root.data) < TOLERANCE
        assert difference(gradients, [each.data for each in grad(root, parameters)]) < TOLERANCE


@pytest.mark.parametrize("backend", backends.BACKENDS)
def test_no_gradient_goes_into_what_was_not_chosen(backend: str) -> None:
    """Where the other branch has an infinite slope, or none, in some rows."""
    require(backend)
    x, w = Value(1.0, "x"), Value(0.0, "w")
    for branch in (lambda v: v.sqrt(), lambda v: (v * v).sqrt(), lambda v: v**1.5 / v.exp()):
        root = where(x, w * x + 1, branch(w) * x)
        program = compile(root, [x], [w])
        with np.errstate(all="ignore"):
            value, gradients = program.on(backend)([0.0], [[1.0], [3.0]])
        assert (value, gradients.tolist()) == (1.0, [2.0])


@pytest.mark.parametrize("backend", backends.BACKENDS)
@pytest.mark.parametrize("name", OPS)
def test_any_argument_of_an_operation_may_be_the_same_for_all_rows(backend: str, name: str) -> None:
    require(backend)
    x, w = Value(0.5, "x"), Value(0.25, "w")
    op = OPS[name]
    for fixed in range(2**op.arity):
        args = [Value(0.75) if fixed >> index & 1 else x * w for index in range(op.arity)]
        root = getattr(args[0], name)(*args[1:]) * w + x
        value, gradients = compile(root, [x], [w]).on(backend)([0.25], [[0.5], [0.5]])
        assert difference(value, root.data) < TOLERANCE
        assert difference(gradients, [grad(root, w)[0].data]) < TOLERANCE


def test_jax_runs_the_same_source() -> None:
    require("jax")
    cases = [attention(3), (one_sample()[1], *one_sample()[2:], [])]
    model, loss, inputs = one_sample("tanh")
    cases[1] = (loss, inputs, model.parameters())
    rng = Random(3)
    leaves, root = recipe(rng, leaves=4, steps=20).values()
    cases.append((root, leaves[:2], leaves[2:]))
    for root, inputs, parameters in cases:
        program = compile(root, inputs, parameters)
        X = np.array([[leaf.data for leaf in inputs]] * 3)
        run = program.to_jax()
        value, gradients = run(program.numbers(), X)
        assert difference(value, root.data) < TOLERANCE
        assert difference(gradients, [each.data for each in grad(root, parameters)]) < TOLERANCE


@pytest.mark.parametrize("place", range(3))
def test_each_of_three_arguments_may_be_the_one_that_differs_by_row(place: int) -> None:
    """Behind other operations, so that the numbers of nodes and of their columns are not the same."""

    def made(x: Any, w: Value) -> Value:
        parts = [w.sin() * 2.0, w.cos() + 0.25, w.tanh() + w]
        parts[place] = x * w
        return where(*parts) * w.exp() + w * parts[0].clip(parts[1] - 3.0, parts[2] + 3.0)

    def whole(w: Value) -> Value:
        return sum(made(number, w) for (number,) in rows) / len(rows)

    rows = [[-0.7], [0.3], [1.1]]
    x, w = Value(0.5, "x"), Value(-1.5, "w")
    value, gradients = compile(made(x, w), [x], [w]).value_and_grad(rows)
    assert value == pytest.approx(whole(w).data, rel=1e-12)
    assert list(gradients) == pytest.approx([grad(whole(w), w)[0].data], rel=1e-12)


def arrays_of(jaxpr: Any) -> list[Any]:
    """The types of all arrays and numbers of a function that JAX traced, with those of the functions in it."""
    types = [each.aval for each in (*jaxpr.invars, *jaxpr.constvars)]
    for equation in jaxpr.eqns:
        types += [each.aval for each in (*equation.invars, *equation.outvars)]
        for value in equation.params.values():
            for inner in value if isinstance(value, (list, tuple)) else [value]:
                function = getattr(inner, "jaxpr", inner)
                types += arrays_of(function) if hasattr(function, "eqns") else []
    return types


def test_the_largest_float_is_no_limit_in_float32_either() -> None:
    require("jax")
    scores, targets = [Value(0.1), Value(0.2), constant(-inf)], [Value(1.0), Value(0.0), Value(0.0)]
    program = compile(losses.cross_entropy(scores, targets), targets, scores[:2])
    rows = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    expected = program.value_and_grad(rows)
    finite = program._code.function("watched", "jax", "float32")(
        np.float32([0.1, 0.2])[program._code.order], np.float32(rows).T, 0.5
    )[2]
    assert bool(finite)  # so it need not be computed again in float64
    for got, right in zip(program.to_jax("float32")(None, rows), expected):
        assert np.asarray(got) == pytest.approx(right, rel=1e-6)


def test_what_is_too_large_for_float32_is_an_error_or_computed_in_float64_and_no_warning() -> None:
    require("jax")
    w, x = Value(2.0, "w"), Value(3.0, "x")
    with pytest.raises(RangeError, match="float32"):
        compile(w * x * 1e300, [x], [w]).to_jax("float32")(None, [[3.0]])
    value, (slope,) = compile(w * x * 1e300 * 1e-300, [x], [w]).to_jax("float32")(None, [[3.0]])
    assert (value, slope) == pytest.approx((6.0, 3.0), rel=1e-6)


def test_a_float32_program_over_jax_has_no_float64_number() -> None:
    jax = require("jax")
    jax.config.update("jax_enable_x64", True)
    for seed in range(4):
        w, b, x = Value(0.3 + seed, "w"), Value(-0.2, "b"), Value(1.0, "x")
        output = (
            (w * x + b).relu() + (w * x).maximum(b) + (x - w).abs() + where(x - b, w.tanh(), b * x) + (w * x).erf()
        )
        run = compile(output, [x], [w, b]).to_jax("float32")
        traced = jax.make_jaxpr(lambda p, X, run=run: run(p, X))(np.float32([0.3, -0.2]), np.ones((5, 1), "f4"))
        types = [each.dtype for each in arrays_of(traced.jaxpr) if hasattr(each, "dtype")]
        assert len(types) > 50
        assert np.float64 not in types
        value, gradients = run(np.float32([0.3, -0.2]), np.ones((5, 1), "f4"))
        assert value.dtype == gradients.dtype == np.float32


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_a_list_times_one_number_is_a_product(turned: bool, first: bool) -> None:
    """Whatever the order of the list; but a matrix of weights with one column is a matrix."""
    w, b, xs = Value(0.5), Value(0.25), [Value(0.1 * place) for place in range(5)]
    scale, shift = (w * (2.0 if first else xs[0])).tanh(), (b + w).tanh()
    terms = [scale * x + shift for x in (xs[::-1] if turned else xs)]
    program = compile(sum((term.tanh() for term in terms[1:]), terms[0].tanh()), xs, [w, b], form="matrices")
    source = program.source
    assert "einsum" not in source
    assert "[i1]" not in source  # nothing is gathered
    assert "(5, batch)" in source
    rows = np.random.default_rng(0).normal(size=(3, 5))
    expected = compile(sum((term.tanh() for term in terms[1:]), terms[0].tanh()), xs, [w, b], form="scalars")
    np.testing.assert_allclose(program.value_and_grad(rows)[1], expected.value_and_grad(rows)[1], 1e-12)
    weights = [Value(0.1 * place) for place in range(10)]
    layer = [weight * xs[0] + bias for weight, bias in zip(weights[:5], weights[5:])]
    assert " @ x" in compile(sum(each.tanh() for each in layer), xs[:1], weights, form="matrices").source

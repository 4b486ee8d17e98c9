"""The forms of a program: which is chosen, that all agree, what they read, and that one needs no NumPy."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from math import inf, log, nan
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import pytest
import zoo
from fuzz.forms import FORMS, main
from oracles import require

from engine import ArgumentError, GradwalkError, Value, compile, define, grad, operations, where
from engine.graph import nodes
from engine.ops import OPS, TABLE, Op
from engine.program.plain import PlainProgram
from engine.program.steps import Steps
from nn import MLP, losses

np = pytest.importorskip("numpy")

ROOT = Path(__file__).parents[1]
LEAST_SHARE = 0.7  # of graphs whose numbers over floats are those of the eager graph to the last bit


def leaves_of(root: Value) -> list[Value]:
    return [node for node in nodes(root) if node.op is None and node.requires_grad]


def from_zoo(name: str) -> Any:
    root = zoo.ZOO[name]()
    leaves = leaves_of(root)
    return root, leaves[:1], leaves[1:]


def network() -> Any:
    model = MLP(2, [16, 16, 1], activation="tanh", rng=0)
    inputs = [Value(0.3), Value(-0.2), Value(1.0)]
    return losses.mse(model(inputs[:2]), inputs[2]), inputs, model.parameters()


@pytest.mark.parametrize("form", [*FORMS, "plain"])
def test_random_graphs_agree_with_eager_and_fail_as_it_does(form: str) -> None:
    counts = main(60, forms=[form])
    assert not counts[f"{form}: WRONG"]
    assert counts[f"{form}: agree"] == 60
    assert counts[f"{form}: the error of the eager graph"] > 10
    if form in ("scalars", "plain"):
        assert counts[f"{form}: one row to the last bit"] > 60 * LEAST_SHARE


# -- the choice ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("backend", "graphs"), [("torch", 60), pytest.param("jax", 6, marks=pytest.mark.slow)])
def test_random_graphs_agree_on_other_backends_also_at_extreme_numbers(backend: str, graphs: int) -> None:
    require(backend)
    counts = main(graphs, 864, [backend])  # with rows of one array that are added to others of it
    assert not [what for what in counts if "WRONG" in what]
    assert counts[f"{backend}: agree"] == graphs
    assert counts[f"{backend}: the error of the eager graph"]


@pytest.mark.parametrize(
    ("make", "rows", "form"),
    [
        (network, 1, "matrices"),
        (network, 1000, "matrices"),
        (lambda: from_zoo("neuron"), 1, "scalars"),
        (lambda: from_zoo("pendulum 60"), 1, "scalars"),
        (lambda: from_zoo("irregular 1,000"), 1, "scalars"),
        (lambda: from_zoo("irregular 1,000"), 1000, "columns"),
        (lambda: from_zoo("Newton 100"), 1, "scalars"),
    ],
)
def test_the_fastest_form_is_chosen(make: Any, rows: int, form: str) -> None:
    output, inputs, parameters = make()
    program = compile(output, inputs, parameters)
    program.value_and_grad([[leaf.data for leaf in inputs]] * rows)
    name, why = program.form.split(": ")
    assert name == form
    assert all(each in why for each in (" µs", "row", *{*FORMS} - {form}))
    forced = compile(output, inputs, parameters, form=form)
    assert forced.source == program.source


@pytest.mark.parametrize(
    ("form", "line"),
    [("matrices", "= W1 @ x"), ("columns", "dot(v"), ("scalars", "v0 = p")],
)
def test_a_form_that_is_asked_for_runs_whatever_the_number_of_rows(form: str, line: str) -> None:
    output, inputs, parameters = network()
    program = compile(output, inputs, parameters, form=form)
    expected = compile(output, inputs, parameters)
    for rows in (1, 5, 40):
        X = np.random.default_rng(rows).normal(size=(rows, 3))
        value, gradients = program.value_and_grad(X)
        assert program.form.startswith(f"{form}: as form= asks")
        assert value == pytest.approx(expected.value_and_grad(X)[0], rel=1e-12)
        assert gradients == pytest.approx(expected.value_and_grad(X)[1], rel=1e-10, abs=1e-14)
        assert program(X) == pytest.approx(expected(X), rel=1e-12)
        assert type(value) is float
        assert isinstance(gradients, np.ndarray)
        assert gradients.dtype == float
    assert line in program.source
    assert {"forward", "gradient"} == {
        each.name for each in ast.parse(program.source).body if isinstance(each, ast.FunctionDef)
    }


@pytest.mark.parametrize("wrong", ["matrix", "Scalars", 3, "numpy", True])
def test_an_unknown_form_is_an_error(wrong: Any) -> None:
    x = Value(1.0, "x")
    for make in (compile, PlainProgram):
        with pytest.raises(ArgumentError, match="form"):
            make(x * x, [x], [], wrong)


def test_source_and_form_are_those_of_the_latest_call() -> None:
    program = compile(*from_zoo("pendulum 60"))
    first = program.source
    program.value_and_grad([[1.0]])
    assert program.form.startswith("scalars")
    assert program.source != first
    program([[1.0]] * 100)
    assert program.source == first


# -- what straight-line code must not get wrong ----------------------------------------------------------------------


def each_form(output: Any, inputs: Any, parameters: Any) -> list[Any]:
    return [*(compile(output, inputs, parameters, form) for form in FORMS), PlainProgram(output, inputs, parameters)]


def test_long_sums_deep_chains_and_wide_products_are_no_deep_expressions() -> None:
    w = Value(1.001, "w")
    for root in (sum(w * i for i in range(1, 3000)), zoo.chain(20_000)):
        leaves = leaves_of(root)
        expected = [gradient.data for gradient in grad(root, leaves)]
        for program in each_form(root, [], leaves)[2:]:
            value, gradients = program.value_and_grad()
            assert value == pytest.approx(root.data, rel=1e-10)
            assert [*gradients] == pytest.approx(expected, rel=1e-10)


def test_names_are_used_again() -> None:
    x = node = Value(0.5, "x")
    for _ in range(1000):
        node = node * 1.01 + 0.25
    source = PlainProgram(node, [x], []).source
    names = {name.id for name in ast.walk(ast.parse(source)) if isinstance(name, ast.Name) and name.id[0] == "v"}
    assert len(names) < 5


def test_constants_are_computed_once_from_what_leaves_hold_now() -> None:
    x, c = Value(2.0, "x"), Value(3.0, "c")
    node = x * (c * 2.0 + 1.0)
    c.data = 10.0  # the sum above still holds 7.0
    for program in each_form(node, [x], []):
        assert [*program([[2.0]])] == [42.0]
    assert "10.0" not in PlainProgram(node, [x], []).source
    assert "21.0" in PlainProgram(node, [x], []).source


def test_equal_operations_are_computed_once_but_not_if_one_is_detached() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    node = (w * x).tanh() * (w * x).tanh() + (w * x).detach() * (w * x)
    assert PlainProgram(node, [x], [w]).source.count("tanh(") == 2  # forward, and in gradient
    expected = grad(node, [w])[0].data
    for program in each_form(node, [x], [w]):
        value, gradients = program.value_and_grad([[2.0]])
        assert (value, *gradients) == pytest.approx((node.data, expected), rel=1e-14)


@pytest.mark.parametrize(
    ("make", "once"),
    [
        (lambda x: x.sin() * x.cos(), ["sin(", "cos("]),
        (lambda x: x.sinh() * x.cosh(), ["sinh(", "cosh("]),
        (lambda x: (x * 2.0).cos() + (x * 2.0).sin() ** 2, ["sin(", "cos("]),
        (lambda x: x.softplus() * x.sigmoid(), ["sigmoid("]),
    ],
    ids=["sin", "sinh", "of a product", "softplus"],
)
def test_a_derivative_takes_what_the_graph_has_computed(make: Any, once: list[str]) -> None:
    w, x = Value(0.7, "w"), Value(1.0, "x")
    node = make(w * x)
    for program in (*each_form(node, [x], [w])[1:], PlainProgram(node, [x], [w])):
        total, (slope,) = program.value_and_grad([[1.0]])
        assert (total, slope) == pytest.approx((node.data, grad(node, [w])[0].data), rel=1e-15)
        if "def gradient" in program.source and "matrices" not in program.form:
            gradient = program.source.split("def gradient")[1]
            for call in once:
                assert len(re.findall(rf"\b{re.escape(call)}", gradient)) <= 1, gradient


def test_columns_compute_a_sine_and_a_cosine_at_once() -> None:
    def function(w: Value, x: Value) -> Value:
        return (w * x).sin() + 3.0 * (w * x).cos() * (x * 2.0 - w).sin() + (w * w).sin() * (w * w).cos()

    w, x = Value(0.7, "w"), Value(1.0, "x")
    program = compile(function(w, x), [x], [w], form="columns")
    numbers = np.random.default_rng(0).normal(size=600).tolist()
    rows = [[number] for number in numbers]
    value, (slope,) = program.value_and_grad(rows)
    gradient = program.source.split("def gradient")[1]
    assert gradient.count("sin_and_cos(") == 2  # of w * x, and of x * 2.0 - w, whose cosine is in the derivative
    assert len(re.findall(r"(?<!\w)(?:sin|cos)\(", gradient)) == 2  # of w * w, which is one number
    outputs = [function(w, Value(number)) for number in numbers]
    slopes = [grad(output, [w])[0].data for output in outputs]
    assert slope == pytest.approx(np.mean(slopes), rel=1e-12)
    assert value == pytest.approx(np.mean([output.data for output in outputs]), rel=1e-12)
    assert [*program(rows)] == pytest.approx([output.data for output in outputs], rel=1e-12)


def test_a_minus_is_no_operation_where_a_difference_has_it() -> None:
    w, x, y = Value(0.7, "w"), Value(1.0, "x"), Value(0.3, "y")
    node = (x - w).tanh() * (y - w * x) / (y + w) - (w * y).cos()
    product = node * w
    node = product.tanh() - product  # of what the product gets, what is subtracted comes first
    source = PlainProgram(node, [x, y], [w]).source.split("def gradient")[1]
    negated = [part for part in ast.walk(ast.parse("def f" + source)) if isinstance(part, ast.UnaryOp)]
    assert not negated, source
    for program in each_form(node, [x, y], [w]):
        total, (slope,) = program.value_and_grad([[1.0, 0.3]])
        assert (total, slope) == pytest.approx((node.data, grad(node, [w])[0].data), rel=1e-14)


def test_both_factors_of_a_square_share_a_product() -> None:
    w, x = Value(0.7, "w"), Value(1.5, "x")
    factor = w + x
    node = (factor * factor).tanh()
    gradient = PlainProgram(node, [x], [w]).source.split("def gradient")[1]
    assert gradient.count(" * ") == 3  # the square, 1 - z * z, and one times the factor
    for program in each_form(node, [x], [w]):
        assert [*program.value_and_grad([[1.5]])[1]] == pytest.approx([grad(node, [w])[0].data], rel=1e-15)


def test_an_operation_that_is_defined_anew_keeps_the_old_one_where_it_was_used() -> None:
    x, w = Value(0.5, "x"), Value(2.0, "w")
    old = define("twisted", "x ** 3", ("3 * x ** 2",))(w * x)
    node = old + define("twisted", "sin(x)", ("cos(x)",))(w * x)
    halved = define("halved", lambda x: x / 2, (lambda x: 0.5,))(w) + define(
        "halved", lambda x: x / 4, (lambda x: 0.25,)
    )(w)
    once = define("rolled", "twisted(x) + 1", ("1.0 * cos(x)",))(w * x)  # which calls the second of the two
    define("twisted", "x + 100", ("1",))
    define("rolled", "x + 200", ("1",))
    for root in (old, node, halved, once, once + node):
        for form in (*FORMS, "plain"):
            program = PlainProgram(root, [x], [w]) if form == "plain" else compile(root, [x], [w], form)
            value, gradients = program.value_and_grad([[0.5]])
            assert (value, *gradients) == pytest.approx((root.data, grad(root, [w])[0].data), rel=1e-14)
            assert np.ravel(program([[0.5]]))[0] == pytest.approx(root.data, rel=1e-14)


def test_an_operation_may_have_any_name_that_it_can_be_defined_by() -> None:
    """Also one of those that source uses: for its arrays, their gradients, and what it calls."""
    names = [
        "v1",
        "z1",
        "h1",
        "j1",
        "p",
        "x",
        "c",
        "y",
        "dp",
        "dy",
        "dv1",
        "dz1",
        "scale",
        "ones",
        "packed",
        "zeros",
        "einsum",
        "choose",
        "add_at",
        "store",
        "all_finite",
    ]
    names += [
        "full_like",
        "concatenate",
        "noted",
        "no_nan",
        "rows",
        "forward",
        "gradient",
        "checked",
        "w",
        "b",
        "W1",
        "p_op",
    ]
    x, w, b = Value(0.5, "x"), Value(1.5, "w"), Value(0.25, "p_op")
    for name in names:
        try:
            operation = define(name, "x ** 3", ("3 * x ** 2",))
        except GradwalkError:
            continue
        root = operation(w * x + b) + operation(w * x).tanh()
        for form in (*FORMS, "plain"):
            program = PlainProgram(root, [x], [w, b]) if form == "plain" else compile(root, [x], [w, b], form)
            value, gradients = program.value_and_grad([[0.5]])
            expected = [each.data for each in grad(root, [w, b])]
            assert (value, *gradients) == pytest.approx((root.data, *expected), rel=1e-14), (name, form)
        OPS.pop(name)
        delattr(Value, name)


@pytest.mark.parametrize("number", [0.0, -0.0, 1e-300, -3.5, 700.0, -800.0, 1e160, inf, -inf])
def test_extreme_numbers_give_what_eager_gives(number: float) -> None:
    """Every operation of one argument, and those of more with the number at each place."""
    from engine import OPS

    for op in OPS.values():
        for place in range(op.arity):
            numbers = [0.75] * op.arity
            numbers[place] = number
            leaves = [Value(each, f"x{at}") for at, each in enumerate(numbers)]
            start = [Value(0.75, f"x{at}") for at in range(op.arity)]
            program = PlainProgram(getattr(start[0] * 1.0, op.name)(*start[1:]) * 1.0, [], start)
            try:
                node = getattr(leaves[0] * 1.0, op.name)(*leaves[1:]) * 1.0
                node.backward()
                expected: Any = [node.data, *(leaf.grad for leaf in leaves)]
            except GradwalkError as error:
                expected = type(error), str(error)
            try:
                value, gradients = program.value_and_grad(None, numbers)
                found: Any = [value, *gradients]
            except GradwalkError as error:
                found = type(error), str(error)
            assert repr(found).replace("-0.0", "0.0") == repr(expected).replace("-0.0", "0.0"), op.name


def test_an_infinity_on_the_way_is_not_lost() -> None:
    x, w = Value(1.0, "x"), Value(1.0, "w")
    for hide in (lambda v: v.tanh(), lambda v: 1.0 / v, lambda v: (-v).exp(), lambda v: v.minimum(1.0)):
        program = PlainProgram(hide(w * x * x) * w, [x], [w])
        for run in (program, program.value_and_grad):
            with pytest.raises(OverflowError, match=r"row 1: .*too large"):
                run([[1.0], [1e200]])


@pytest.mark.parametrize("op", [op for op in TABLE if op.arity == 1], ids=lambda op: op.name)
def test_each_operation_hands_an_infinity_on_to_what_would_hide_it(op: Op) -> None:
    ends: list[Any] = [lambda v, w: v.tanh() + w, lambda v, w: w / v, lambda v, w: (-v).exp() + w,
                       lambda v, w: v.minimum(w), lambda v, w: v.sigmoid() * w]  # fmt: skip

    def graph(number: float, end: Any) -> Any:
        x, w = Value(number), Value(0.5)
        return end(getattr(x * x * x * w, op.name)(), w), x, w

    for end in ends:
        for number in (1e200, -1e200):
            try:
                graph(number, end)[0].backward()
                error = None
            except GradwalkError as raised:
                error = type(raised)
            output, x, w = graph(0.75, end)
            for program in each_form(output, [x], [w]):
                if error:
                    with pytest.raises(error):
                        program.value_and_grad([[number]])
                else:
                    program.value_and_grad([[number]])


def test_what_where_does_not_choose_is_computed_but_not_derived() -> None:
    x, w = Value(1.0, "x"), Value(0.0, "w")
    node = where(x, w * x + 1, w.sqrt() * x)
    for program in each_form(node, [x], [w]):
        value, gradients = program.value_and_grad([[1.0], [3.0]])
        assert (value, *gradients) == (1.0, 2.0)
    with pytest.raises(ValueError, match=r"log\(-1.0\)"):  # as eager, which computes both
        PlainProgram(where(x, w, (w - 1.0).log()), [x], [w])([[1.0]])


# -- the documented call, which reads the parameters -----------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_number_that_was_changed_is_always_seen(form: str) -> None:
    x, w, b, other = (Value(number, label) for number, label in zip((1.0, 2.0, 3.0, 0.0), "xwbo"))
    program = compile(w * x + b, [x], [w, b], form)

    def seen() -> float:
        assert program([[10.0]])[0] == program.value_and_grad([[10.0]])[0]
        return program.value_and_grad([[10.0]])[0]

    assert seen() == 23.0
    other.data = 5.0
    assert seen() == 23.0
    w.data = 3.0
    assert seen() == 33.0
    w.data += 1.0
    b.data -= 1.0
    assert seen() == 42.0
    b.data = -0.0
    w.data = 0.0
    assert seen() == 0.0
    setattr(w, "data", 7)  # noqa: B010
    assert seen() == 70.0
    with pytest.raises(TypeError):
        w.data = "no"  # type: ignore[assignment]
    assert seen() == 70.0
    thread = Thread(target=lambda: setattr(w, "data", 8.0))
    thread.start()
    thread.join()
    assert seen() == 80.0


def test_a_zero_that_changes_its_sign_is_seen() -> None:
    w = Value(0.0, "w")
    program = compile(w * 1.0, [], [w])
    assert str(program.value_and_grad()[0]) == "0.0"
    w.data = -0.0
    assert str(program.value_and_grad()[0]) == "-0.0"


def test_what_a_program_gives_is_the_callers_own() -> None:
    w, v = Value(2.0, "w"), Value(3.0, "v")
    for form in FORMS:
        program = compile([w, v, Value(5.0)], [], [w, v], form)
        for _ in range(2):
            result, numbers, gradients = program(), program.numbers(), program.value_and_grad()[1]
            assert [*result] == [2.0, 3.0, 5.0]
            assert [*numbers] == [2.0, 3.0]
            assert [*gradients] == [1.0, 1.0]
            for array in (result, numbers, gradients):
                array[:] = 99.0


# Who sets the number of a node otherwise than by `.data`: that of a new node, or of a recording of its own.
SETTERS = {"engine/value.py", "engine/rules.py", "engine/copying.py", "engine/check.py", "engine/definition.py"}
SETTERS |= {"engine/draw/frames.py", "nn/micrograd.py"}


def test_numbers_of_nodes_are_set_only_where_programs_see_it() -> None:
    def sets(path: Path) -> bool:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        return any(
            isinstance(node, ast.Attribute) and node.attr == "_data" and isinstance(node.ctx, ast.Store)
            for node in ast.walk(tree)
        )

    found = {
        path.relative_to(ROOT).as_posix()
        for package in ("engine", "nn", "demos")
        for path in (ROOT / package).rglob("*.py")
        if sets(path)
    }
    assert found <= SETTERS


# -- without NumPy ---------------------------------------------------------------------------------------------------

WITHOUT = """
import sys
sys.modules["numpy"] = None
from engine import Value, compile
w, b, x = Value(2.0, "w"), Value(1.0, "b"), Value(0.0, "x")
program = compile([(w * x + b) ** 2, w.log()], [x], [w, b])
print(program([[1.0], [2.0]]))
print(program.value_and_grad([[1.0], [2.0]]))
w.data = 3.0
print(program.value_and_grad([[1]]), program.numbers(), program.form.split(":")[0], program.nodes)
print(compile(w * w, parameters=[w]).value_and_grad())
for wrong in ([[1.0, 2.0]], [], None, "x", [["a"]], [[float("nan")]], [1.0]):
    try:
        program(wrong)
    except Exception as error:
        print(type(error).__name__)
for form in ("matrices", "columns"):
    try:
        compile(w * w, form=form)
    except ImportError as error:
        print(type(error).__name__)
"""


def test_scalars_need_no_numpy() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.stderr
    first, second, third, fourth, *errors = done.stdout.splitlines()
    assert ast.literal_eval(first) == [[9.0, log(2.0)], [25.0, log(2.0)]]
    value, gradients = ast.literal_eval(second)
    assert (value, *gradients) == pytest.approx((17.0 + log(2.0), 13.5, 8.0))
    assert third.endswith("[3.0, 1.0] scalars 8")
    assert ast.literal_eval(fourth) == (9.0, [6.0])
    assert errors == [*["NumberError"] * 5, "DomainError", "NumberError", "MissingExtra", "MissingExtra"]


def test_the_first_call_imports_no_scipy_and_no_masked_arrays() -> None:
    script = (
        "import sys, numpy; from engine import Value, compile; before = 'numpy.ma' in sys.modules\n"
        "w, x = [Value(2.0) for _ in range(4)], [Value(1.0) for _ in range(4)]\n"
        "root = sum(a * b for a, b in zip(w, x)) ** 2\n"
        "for form in 'matrices', 'columns', 'scalars': compile(root, x, w, form).value_and_grad([[1.0] * 4] * 2)\n"
        "print('scipy' in sys.modules or ('numpy.ma' in sys.modules) != before)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_steps_of_a_tape_are_those_of_the_graph() -> None:
    from engine.program.tape import Tape

    root, inputs, parameters = from_zoo("irregular 1,000")
    first, second = Steps.recorded([root], inputs, parameters), Steps.of(Tape([root], inputs, parameters))
    assert [op.name for op, _ in first.operations] == [node.op.name for node in operations(root)]
    assert first.outputs == second.outputs
    assert first.batched
    assert second.batched
    made = second.followed([leaf.data for leaf in parameters], [leaf.data for leaf in inputs])
    assert made[second.outputs[0]].data == root.data


def test_nan_is_no_number_of_a_row() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    with pytest.raises(ValueError, match=r"X\[0\]\[0\]: nan"):
        PlainProgram(w * x, [x], [w])([[nan]])


@pytest.mark.parametrize("form", FORMS)
def test_the_work_of_a_compile_grows_with_the_nodes(form: str) -> None:
    def calls(turns: int) -> int:
        """How many functions of Python's are called, and how often a generator goes on."""
        x, w = Value(0.5, "x"), Value(0.3, "w")
        node = x
        for _ in range(turns):
            node = (node * w).tanh()
        count = 0

        def event(frame: Any, name: str, argument: Any) -> None:
            nonlocal count
            count += name == "call"

        sys.setprofile(event)
        try:
            compile(node, [x], [w], form).value_and_grad([[0.5], [0.6]])
        finally:
            sys.setprofile(None)
        return count

    calls(1)  # imports
    assert calls(240) < 4.2 * calls(60)


def test_a_plain_program_refuses_what_is_no_leaf_or_is_given_twice() -> None:
    w, x = Value(2.0, "w"), Value(3.0, "x")
    y = w * x
    for inputs, parameters, words in (
        ([x], [w, w], "w stands twice in parameters"),
        ([x], [x], "in inputs and in parameters"),
        ([y], [w], "y|w · x|w \\* x"),
        ([w * 2.0], [x], "computed"),
    ):
        for program in (PlainProgram, compile):
            with pytest.raises(ArgumentError, match=words):
                program(y, inputs, parameters)


@pytest.mark.slow
def test_matrices_are_not_written_where_counts_tell_that_they_are_slower() -> None:
    rng = Random(3)
    x, w = [Value(0.1 * place) for place in range(4)], [Value(0.3 * place) for place in range(4)]
    made = [*x, *w]
    for _ in range(120):
        a, b = rng.choices(made[-40:], k=2)
        made.append(rng.choice([a * b * 0.1, a + b, a.tanh(), (a * 0.1).sin()]))
    forms = compile(sum(made), x, w)._forms
    assert forms.chosen(1) == "scalars"
    assert "matrices" not in vars(forms)
    estimates = forms.estimates(1)  # which writes them
    assert min(estimates, key=estimates.__getitem__) == "scalars"
    layers = MLP(8, [16, 4], rng=0)
    regular = compile(sum(layers(x + w)), x + w, layers.parameters())._forms
    assert regular.chosen(100) == "matrices"
    assert "matrices" in vars(regular)

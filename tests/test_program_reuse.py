"""Results written over arrays that nothing reads any more: the numbers stay the same, to the last bit."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine import Value, compile
from engine.program.in_numpy import of_one_row, of_rows
from engine.program.reuse import in_place

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH, ROWS = 4, 7


def layer(values: list[Value], weights: list[Value], width: int = WIDTH) -> list[Value]:
    """Return weighted sums of values, with a bias each; put the weights in a list."""
    rows = []
    for _ in range(width):
        each = [Value(random.uniform(-1, 1)) for _ in range(len(values) + 1)]
        weights += each
        rows.append(sum((w * x for w, x in zip(each, values)), each[-1]))
    return rows


def nets() -> dict[str, Callable[[list[Value], list[Value]], Value]]:
    """Return graphs by what they read again."""

    def deep(act: Callable[[Value], Value], again: str) -> Callable[[list[Value], list[Value]], Value]:
        def output(x: list[Value], weights: list[Value]) -> Value:
            z = layer(x, weights)
            h = [act(each) for each in z]
            z2 = layer(h, weights)
            h2 = [act(each) for each in z2]
            reads = {"nothing": h2, "h": [a + b for a, b in zip(h2, h)], "z": [a * b for a, b in zip(h2, z2)]}[again]
            (last,) = layer(reads, weights, 1)
            return (last - x[0]) ** 2

        return output

    acts = {"tanh": Value.tanh, "sigmoid": Value.sigmoid, "relu": Value.relu, "exp": lambda z: (-(z * z)).exp()}
    return {
        f"{name}, {again} read again": deep(act, again)
        for name, act in acts.items()
        for again in ("nothing", "h", "z")
    }


@pytest.mark.parametrize("name", nets())
def test_numbers_are_those_of_the_source(name: str) -> None:
    random.seed(name)
    x, weights = [Value(0.5) for _ in range(3)], list[Value]()
    program = compile(nets()[name](x, weights), x, weights, form="matrices")
    code = program._code
    names = code.function("gradient").__globals__
    defined: dict[str, Callable[..., tuple[float, np.ndarray]]] = {}
    exec(code.sources["gradient"], dict(names), defined)
    numbers, columns = program._laid_out(None), np.random.default_rng(0).normal(size=(3, ROWS))
    total, gradients = code.function("gradient")(numbers, columns, 1 / ROWS)
    as_written, gradients_as_written = defined["gradient"](numbers, columns, 1 / ROWS)
    assert total == as_written
    assert gradients.tolist() == gradients_as_written.tolist()
    row = columns[:, :1]
    total, gradients = code.gradient_of_one_row(numbers, row, 1.0)
    as_written, gradients_as_written = defined["gradient"](numbers, row, 1.0)
    assert total == as_written
    assert gradients.tolist() == gradients_as_written.tolist()


def test_a_row_is_not_summed_over_rows() -> None:
    for written, expected in {
        "db = dz @ ones": "db = dz[..., 0]",
        "db = -dz @ ones": "db = -dz[..., 0]",
        "db = db + dz @ ones": "db = db + dz[..., 0]",
        "db = dz * v @ ones": "db = dz * v @ ones",  # the sum of a product, written without brackets
        "db = dz * 2.0 @ ones": "db = dz * number1 @ ones",
    }.items():
        assert of_one_row(f"    {written}")[0] == f"    {expected}"


def test_of_a_row_numbers_are_arrays() -> None:
    for written, expected in {
        "v = 1.0 - a * 0.5": "v = A - a * B",
        "v = 0.5 * a + 0.5": "v = A * a + A",
        "v = (-0.5) * a": "v = A * a",
        "v = 1e-05 * a": "v = 1e-05 * a",  # a number without a point is written as it is
        "v = 2.5e-07 * a": "v = A * a",
        "da = dv * (a > 0)": "da = dv * (a > A)",
        "da = dv * (a >= 0.5)": "da = dv * (a >= A)",
        "da = dv * (1 - v * v)": "da = dv * (A - v * v)",
        "v = a ** 2.0": "v = a ** 2.0",  # NumPy's square is faster
        "v = 2.0 ** a": "v = 2.0 ** a",
        "v = a[1 - t] * b[2 * t:2 * t + 2]": "v = a[1 - t] * b[2 * t:2 * t + 2]",
        "v = store(a, 1 - t, b)": "v = store(a, 1 - t, b)",
        "v = minimum(a, 0.25)": "v = minimum(a, A)",
        "v = relu(a)": "v = maximum(a, A)",
        "v = b * leaky_relu(a)": "v = b * (maximum(a, A) + B * minimum(a, A))",
        "v = relu(a + b)": "v = relu(a + b)",
        "v = full_like(a[0], 1.0) @ ones": "v = full_like(a[0], 1.0) @ ones",
    }.items():
        source, names = of_one_row(f"    {written}")
        for letter, name in zip("AB", dict.fromkeys(re.findall(r"number\d", source))):
            source = re.sub(rf"\b{name}\b", letter, source)
            assert names[name].shape == ()
        assert source == f"    {expected}"
    source, names = of_one_row("    number1 = 2.5 * a")
    assert source == "    number1 = number1_ * a"
    assert names["number1_"] == 2.5


def test_of_a_row_the_slope_of_a_rectifier_is_the_sign_of_its_result() -> None:
    source = "    z = a + b\n    h = relu(z)\n    dz = dh * (z > 0)"
    assert of_one_row(source)[0].endswith("dz = dh * sign(h)")
    for again in ("h", "z"):
        assert "sign" not in of_one_row(f"{source}\n    {again} = a")[0]
        assert "sign" not in of_one_row(f"{source}\n    for t in range(3):\n        {again} = a")[0]
    assert "sign" not in of_one_row(source.replace("relu", "tanh"))[0]
    source, names = of_one_row(f"    sign = p[0:2]\n{source}")
    assert source.endswith("dz = dh * sign_(h)")
    assert names["sign_"] is np.sign


def test_of_a_row_the_gradient_of_a_wide_matrix_is_a_product_of_numbers() -> None:
    source = "    W = p[0:32].reshape(4, 8)\n    dW = dz @ x[0:8].T"
    assert of_one_row(source)[0].endswith("dW = dz * x[0:8].T")
    for other in ("dW = dz.reshape(4, -1) @ x[0:8].T", "dV = dz @ x[0:8].T", "dW = dW + dz @ x[0:8].T"):
        assert of_one_row(source.replace("dW = dz @ x[0:8].T", other))[0].endswith(other)
    assert " @ " in of_one_row(source.replace("(4, 8)", "(8, 4)"))[0]


def test_of_many_rows_only_what_is_read_number_by_number_is_copied() -> None:
    head = "def forward(p, x):\n"
    for written, expected in {
        "v = W @ x[0:3]": "v = W @ x[0:3]",
        "v = dz @ x.T": "v = dz @ x.T",
        "packed = zeros((3, x.shape[-1]))": "packed = zeros((3, x.shape[-1]))",
        "v = x[3:4] * a": "x_3_4 = contiguous(x[3:4]); v = x_3_4 * a",
        "v = x[3] * x_3": "x_3_ = contiguous(x[3]); v = x_3_ * x_3",
        "v = W @ x[0:3] + x[0:3]": "x_0_3 = contiguous(x[0:3]); v = W @ x_0_3 + x_0_3",
        "v = x[0:1] + x[1:2] + x[2:3]": "x = contiguous(x); v = x[0:1] + x[1:2] + x[2:3]",
        "v = W @ x[0:3].reshape(3, 1, -1)": "x_0_3 = contiguous(x[0:3]); v = W @ x_0_3.reshape(3, 1, -1)",
        "v = x[i1]": "x = contiguous(x); v = x[i1]",
        "v = W @ x[2 * t:2 * t + 2]": "x = contiguous(x); v = W @ x[2 * t:2 * t + 2]",
        "v = exp(x)": "x = contiguous(x); v = exp(x)",
    }.items():
        assert of_rows(f"{head}    {written}")[0] == f"{head}    {expected}"


@pytest.mark.parametrize("rows", [1, 2, 50, 5000])
def test_rows_may_lie_in_memory_in_any_way(rows: int) -> None:
    random.seed(rows)
    x, weights = [Value(0.5) for _ in range(12)], list[Value]()
    scores = layer(x[:8], weights)
    program = compile(
        sum(each.exp() for each in scores).log() - sum(a * b for a, b in zip(scores, x[8:])), x, weights
    )
    wide = np.random.default_rng(0).normal(size=(2 * rows, 24))
    X = np.ascontiguousarray(wide[::2, ::2])
    value, gradients = program.value_and_grad(X)
    for same in (wide[::2, ::2], np.asfortranarray(X), X[::-1][::-1], X.tolist()):
        again, others = program.value_and_grad(same)
        assert again == pytest.approx(value, rel=1e-12)
        np.testing.assert_allclose(others, gradients, 1e-10, 1e-12)


def test_gradients_of_one_row_are_the_callers_own() -> None:
    w, b, x = Value(2.0), Value(0.5), Value(1.0)
    for output, parameters in ((x + b, [b]), (b + x + w, [b, w]), (x * w, [w]), ([x + b, x + b], [b])):
        program = compile(output, [x], parameters, form="matrices")
        X = np.array([[3.0]])
        for _ in range(2):
            value, gradients = program.value_and_grad(X)
            expected = [len(output) if isinstance(output, list) else 3.0 if parameters == [w] else 1.0]
            assert gradients.tolist() == expected * len(parameters)
            gradients += 1.0
        prepared = program.prepared(1)
        for _ in range(2):
            total, gradients = prepared.value_and_grad(prepared.laid_out(program.numbers()), X.T)
            assert total == value
            gradients += 1.0
        assert X.tolist() == [[3.0]]


def test_arrays_are_reused_only_where_nothing_reads_them_again() -> None:
    for name, output in nets().items():
        x, weights = [Value(0.5) for _ in range(3)], list[Value]()
        source = compile(output(x, weights), x, weights, form="matrices").source
        lines, written = source.splitlines(), in_place(source).splitlines()
        assert len(lines) == len(written)  # so that a traceback names the line
        assert any("+= " in line for line in written), name
        if name in ("tanh, nothing read again", "sigmoid, nothing read again", "relu, nothing read again"):
            assert any("*= " in line for line in written), name
    read_twice = (
        "    h = tanh(z)  # (4, batch)\n    z = g  # (4, batch)\n    dh = W.T @ dv\n    dz = dh * (1 - h * h)\n"
    )
    assert "*=" in in_place(read_twice)
    assert "*=" not in in_place(f"{read_twice}    dq = dh")
    assert "*=" not in in_place(read_twice.replace("z = g  # (4, batch)", "z = g  # (4, 4, batch)"))


def test_a_gradient_is_repeated_only_where_its_shape_counts() -> None:
    start = "    e = exp(v)  # (4, batch)\n    s = e.sum(0, keepdims=True)  # (1, batch)\n"
    repeats = f"{start}    de = broadcast_to(ds, e.shape)\n"
    for line in ("dv = de * e", "dv = dw * 0.5 + de * (e * 2.0)", "dv = de * e + dw"):
        assert "    de = ds\n" in in_place(f"{repeats}    {line}\n"), line
    for line in (
        "dv = de * e + de",  # read again
        "dv = de * s",  # another shape
        "dv = de * (s * e[0:1])",
        "dv = 0.5 - de * e",
        "dv = de @ ones",
        "dv = de",
    ):
        assert "broadcast_to(" in in_place(f"{repeats}    {line}\n"), line


@pytest.mark.parametrize("function", ["maximum", "minimum"])
def test_the_slope_of_a_maximum_is_that_of_the_source(function: str) -> None:
    x, weights = [Value(0.5) for _ in range(5)], list[Value]()
    z = layer(x, weights, 5)
    others = layer(x, weights, 5)
    method = getattr(Value, function)
    for reads in ([method(each, 0.25) for each in z], [method(*pair) for pair in zip(z, others)]):
        program = compile(sum(each * each for each in reads), x, weights, form="matrices")
        code = program._code
        assert " * 0.5 + (" in code.sources["gradient"]
        assert "shared(" in in_place(code.sources["gradient"])
        defined: dict[str, Callable[..., tuple[float, np.ndarray]]] = {}
        exec(code.sources["gradient"], dict(code.function("gradient").__globals__), defined)
        columns = np.random.default_rng(1).integers(-2, 3, (5, 50)) * 0.5
        numbers = np.random.default_rng(0).integers(-2, 3, len(weights)) * 0.25
        ties = np.where(np.arange(len(weights)) % 6 == 5, 0.25, 0.0)  # the biases alone
        for each in (numbers, ties):
            results = [
                call(each, columns, 0.02)[1].tolist() for call in (code.function("gradient"), defined["gradient"])
            ]
            assert results[0] == results[1]
            assert any(results[0])


def test_the_gradient_of_the_first_output_adds_no_zeros_of_the_others() -> None:
    x, weights = [Value(0.5) for _ in range(3)], list[Value]()
    scores = layer([each.tanh() for each in layer(x, weights)], weights)
    loss = sum(score.exp() for score in scores).log() - scores[1]
    program, alone = compile([loss, *scores], x, weights), compile(loss, x, weights)
    lines = {name: program._code.text(name, "lines") for name in ("gradient", "first")}
    assert "dj1[1:5] + " in lines["gradient"]
    assert "dj1[1:5]" not in lines["first"]
    assert "dy = full_like(y[0:1], scale)\n" in lines["first"]  # no zeros where nothing reads them
    X = np.random.default_rng(0).normal(size=(ROWS, 3))
    prepared = program.prepared(ROWS)
    passed = prepared.outputs_and_grad(prepared.laid_out(program.numbers()), X.T)
    assert passed
    np.testing.assert_allclose(passed[0], program(X).T, 1e-12)
    np.testing.assert_allclose(prepared.listed(passed[1]), alone.value_and_grad(X)[1], 1e-12, 1e-15)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_gradient_of_the_first_output_is_its_own(count: int) -> None:
    """Whatever the outputs have in common: a layer, a part of it, or each other."""
    x, weights = [Value(0.5) for _ in range(3)], list[Value]()
    scores = [each.tanh() for each in layer(x, weights)]
    kept = []
    for outputs in (
        scores[:count],
        [scores[0] * scores[1], *scores[: count - 1]],
        [scores[0], *[scores[0]] * (count - 1)],
        [scores[2] ** 2, *[each * scores[2] for each in scores[: count - 1]]],
    ):
        program = compile(outputs, x, weights, form="matrices")
        kept.append("store(" in program._code.text("first", "lines"))
        X = np.random.default_rng(0).normal(size=(ROWS, 3))
        prepared = program.prepared(ROWS)
        passed = prepared.outputs_and_grad(prepared.laid_out(program.numbers()), X.T)
        assert passed
        alone = compile(outputs[0], x, weights, form="matrices").value_and_grad(X)
        assert passed[0][0].mean() == pytest.approx(alone[0], rel=1e-12)
        np.testing.assert_allclose(prepared.listed(passed[1]), alone[1], 1e-12, 1e-15)
    assert count == 1 or any(kept)


@pytest.mark.parametrize("rows", [1, 2, 40, 700, 10_000])
def test_numbers_of_many_and_of_few_rows_are_those_of_eager_graphs(rows: int) -> None:
    """A rectifier, a dot of lists, a wide matrix, and the larger of pairs, some of them equal."""
    random.seed(rows)
    x, weights = [Value(0.5) for _ in range(12)], list[Value]()
    hidden = [each.relu() for each in layer(x, weights)]
    scores = layer([a.maximum(0.25) for a in hidden], weights)
    loss = sum(score.exp() for score in scores).log() - sum(a * b for a, b in zip(scores, x[8:]))
    program = compile(loss, x, weights, form="matrices")
    chosen = np.random.default_rng(0).normal(size=(10, 12))[np.arange(rows) % 10]
    value, gradients = program.value_and_grad(chosen)
    expected, slopes = 0.0, np.zeros(len(weights))
    share = np.bincount(np.arange(rows) % 10, minlength=10) / rows
    for row, part in zip(chosen[:10], share):
        alone, each = compile(loss, x, weights, form="scalars").value_and_grad([row])
        expected, slopes = expected + part * alone, slopes + part * each
    assert value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(gradients, slopes, 1e-10, 1e-14)


def test_what_gradients_of_one_row_begin_with_cannot_be_changed() -> None:
    (seed,) = (each for name, each in of_one_row("    dy = full_like(y, scale)", 2)[1].items() if name == "seed")
    assert seed.tolist() == [[1.0], [1.0]]
    assert not seed.flags.writeable

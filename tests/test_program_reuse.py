"""Results written over arrays that nothing reads any more: the numbers stay the same, to the last bit."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine import Value, compile
from engine.program.reuse import in_place, of_one_row

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
        "db = dz * 2.0 @ ones": "db = dz * 2.0 @ ones",
    }.items():
        assert of_one_row(f"    {written}") == f"    {expected}"


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
        assert "choose(" in in_place(code.sources["gradient"])
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
    X = np.random.default_rng(0).normal(size=(ROWS, 3))
    prepared = program.prepared(ROWS)
    passed = prepared.outputs_and_grad(prepared.laid_out(program.numbers()), X.T)
    assert passed
    np.testing.assert_allclose(passed[0], program(X).T, 1e-12)
    np.testing.assert_allclose(prepared.listed(passed[1]), alone.value_and_grad(X)[1], 1e-12, 1e-15)

"""Every row of the operation table, against mpmath, PyTorch, its own readable definition, and itself."""

from __future__ import annotations

import copy
import inspect
import math
import os
import pickle
import re
import shutil
import subprocess
import sys
import traceback
from itertools import product
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from oracles import bits, derivative, exact_function, on_kinks, oracle, points, torch_function

from engine import OPS, GradwalkError, Value, constant, define, grad
from engine.errors import RangeError
from engine.listing import listing
from engine.ops import ALIASES, OPERATORS, TABLE
from engine.parser import parse
from engine.rules import FLOATS, VALUES, apply, contribute, source

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.ops import Op

torch = oracle("torch")
ROOT = Path(__file__).parents[1]


def rows(*, where: Callable[[Op], Any] = lambda op: True) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("op", [op for op in OPS.values() if where(op)], ids=lambda op: op.name)


every_row = rows()

# The derivative at a kink is a choice. These are the project's, which are PyTorch's.
CONVENTIONS = {
    "abs": [0.0],
    "relu": [0.0],
    "leaky_relu": [0.01],
    "elu": [1.0],
    "threshold": [0.0],
    "maximum": [0.5, 0.5],
    "minimum": [0.5, 0.5],
    "where": [0.0, 0.0, 1.0],
}
# Numbers that break a careless formula.
EXTREMES = [0.0, -0.0, 1.0, -1.0, 5e-324, -2.2e-308, 1e-16, 0.5, -2.0, 3.0, 30.0, -745.2, 710.0, 1e154, -1e308]
EXTREMES += [math.inf, -math.inf, math.nan]


def close(one: float, other: float, tolerance: float) -> bool:
    """Whether two numbers are the same up to a tolerance, relative to the larger, or to 0.1 if both are smaller."""
    return abs(one - other) <= tolerance * max(abs(one), abs(other), 0.1)


def leaves(numbers: tuple[float, ...]) -> list[Value]:
    """Leaves that hold even what a Value refuses: a NaN set by hand."""
    made = [Value(0.0) for _ in numbers]
    for leaf, number in zip(made, numbers):
        leaf._data = number
    return made


def samples(op: Op) -> list[tuple[float, ...]]:
    """Points in the domain, wild ones, and every pair of extremes."""
    rng = Random(op.name)
    wild = [tuple(rng.gauss(0, 1) * 10 ** rng.uniform(-3, 4) for _ in range(op.arity)) for _ in range(200)]
    extremes = [*product(EXTREMES, repeat=op.arity)]
    return [*points(op, 100), *wild, *(extremes if op.arity < 3 else rng.sample(extremes, 400))]


# What it gives.


@every_row
def test_the_value_is_exact_to_the_last_digits(op: Op) -> None:
    exact = exact_function(op)
    for point in points(op):
        assert close(op.f(*point), float(exact(*point)), 2e-15), point


@rows(where=lambda op: not op.detached)
def test_first_derivatives(op: Op) -> None:
    exact = exact_function(op)
    for point in points(op):
        for index, slope in enumerate(op.slopes):
            orders = tuple(int(index == other) for other in range(op.arity))
            assert close(slope(*point, z=op.f(*point)), derivative(exact, point, orders), 5e-15), (point, index)


@every_row
def test_second_derivatives(op: Op) -> None:
    exact = exact_function(op)
    for point in points(op, 10):
        args = leaves(point)
        firsts = grad(VALUES[op.name](*args), args)
        for (i, first), (j, arg) in product(enumerate(firsts), enumerate(args)):
            orders = tuple(int(i == k) + int(j == k) for k in range(op.arity))
            assert close(grad(first, arg)[0].data, derivative(exact, point, orders), 3e-14), (point, orders)


@every_row
def test_values_and_derivatives_agree_with_pytorch(op: Op) -> None:
    for point in points(op):
        args = leaves(point)
        z = VALUES[op.name](*args)
        firsts = grad(z, args)
        tensors = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in point]
        their_z = torch_function(op)(*tensors)
        theirs = torch.autograd.grad(their_z, tensors, create_graph=True)
        assert close(z.data, their_z.item(), 1e-14)
        for first, their_first in zip(firsts, theirs):
            assert close(first.data, their_first.item(), 1e-13)
            if not their_first.requires_grad:  # a constant slope
                assert all(second.data == 0 for second in grad(first, args))
                continue
            seconds = torch.autograd.grad(their_first, tensors, retain_graph=True, allow_unused=True)
            for second, their_second in zip(grad(first, args), seconds):
                assert close(second.data, their_second.item() if their_second is not None else 0.0, 1e-12)


@rows(where=lambda op: op.arity == 1)
def test_no_overflow_where_the_result_fits_a_float(op: Op) -> None:
    """At ±1000 and beyond, sigmoid, tanh, softplus and the like give their limits; exp says that it is too large."""
    for number in (1000.0, -1000.0, 745.0, -745.0, 40.0, -40.0, 1e5, -1e5):
        if number < 0 and op.domain[0].low >= -1:
            continue
        exact = float(exact_function(op)(number)) if abs(number) < 1e5 or op.name != "gelu" else max(number, 0.0)
        x = Value(number)
        if math.isinf(exact):
            with pytest.raises(RangeError):
                getattr(x, op.name)()
            continue
        z = getattr(x, op.name)()
        assert z.data == pytest.approx(exact, rel=1e-13, abs=1e-300)
        z.backward()
        assert math.isfinite(x.grad)


# Kinks and NaN.


@rows(where=lambda op: op.kinks)
def test_the_slope_on_a_kink_lies_between_the_slopes_beside_it(op: Op) -> None:
    for at in (point for seed in range(3) for point in on_kinks(op, Random(seed))):
        for slope in op.slopes:
            beside = [slope(at[0] + side, *at[1:], z=op.f(at[0] + side, *at[1:])) for side in (-1e-9, 1e-9)]
            assert min(beside) - 1e-8 <= slope(*at, z=op.f(*at)) <= max(beside) + 1e-8


@pytest.mark.parametrize("name", CONVENTIONS)
def test_the_convention_on_a_kink(name: str) -> None:
    op = OPS[name]
    args = [Value(0.0) for _ in range(op.arity)]
    getattr(args[0], name)(*args[1:]).backward()
    assert [arg.grad for arg in args] == CONVENTIONS[name]
    assert [first.data for first in grad(getattr(args[0], name)(*args[1:]), args)] == CONVENTIONS[name]


@rows(where=lambda op: op.kinks)
def test_the_convention_on_a_kink_is_pytorchs(op: Op) -> None:
    for point in (*on_kinks(op, Random(0)), *([[0.0] * op.arity] if 0.0 in op.kinks else ())):
        tensors = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in point]
        torch_function(op)(*tensors).backward()
        slopes = [slope(*point, z=op.f(*point)) for slope in op.slopes]
        assert slopes == [tensor.grad.item() for tensor in tensors]


@rows(where=lambda op: op.name not in ("threshold", "where"))  # a step is 0 or 1; of where, one is left out
def test_nan_is_kept(op: Op) -> None:
    """A NaN that someone set by hand never turns into an innocent number on the way."""
    for position in range(op.arity):
        args = leaves((0.5,) * op.arity)
        args[position]._data = math.nan
        assert math.isnan(getattr(args[0], op.name)(*args[1:]).data)


# The generated code is the readable definition.


def outcome(compute: Callable[..., Any], *args: object) -> Any:
    try:
        return compute(*args)
    except (ArithmeticError, TypeError, ValueError):
        return None


@every_row
def test_the_generated_code_equals_its_readable_definition_bit_for_bit(op: Op) -> None:
    raised = 0
    for point in samples(op):
        one, other = leaves(point), leaves(point)
        z = outcome(getattr(Value, op.name), *one)
        readable = outcome(apply, op, object.__new__(Value), *other)
        assert (z is None) == (readable is None), point
        if z is None:
            raised += 1
            continue
        assert bits(z.data) == bits(readable.data), point
        assert (z.grad, z.label, z.op, z.args) == (0.0, "", op, tuple(one))
        for node in (z, readable):
            node._grad = 1.7
        for arg, twin in zip(one, other):
            arg.grad = twin.grad = 0.3
        passed = [outcome(lambda node: op.pull(node) or 1, z), outcome(lambda node: contribute(node) or 1, readable)]
        if (
            op.computed != op.partials and not passed[0]
        ):  # the textbook's formula has no value, and backward() the right one
            continue
        assert passed[0] == passed[1], point
        if passed[0]:
            assert [bits(arg.grad) for arg in one] == [bits(arg.grad) for arg in other], point
    assert raised < len(samples(op)) / 2 or op.name == "pow"


@every_row
def test_constants_are_never_asked_for_a_gradient(op: Op) -> None:
    for position in range(op.arity):
        args = [Value(0.5) if index == position else constant(0.25) for index in range(op.arity)]
        z = getattr(args[0], op.name)(*args[1:])
        z.backward()
        contribute(z)
        assert [arg.grad is None for arg in args] == [index != position for index in range(op.arity)]


def test_a_power_with_a_constant_exponent_takes_no_logarithm() -> None:
    x = Value(-3.0)
    y = x**2
    y.backward()
    assert (y.data, x.grad) == (9.0, -6.0)
    assert grad(y, x)[0].data == -6.0


def test_a_square_is_one_number_however_it_is_computed() -> None:
    rng, rounded_otherwise = Random(0), 0
    for _ in range(20_000):
        number = rng.gauss(0, 1)
        x, square = Value(number), number * number
        rounded_otherwise += math.pow(number, 2.0) != square
        ways = [x**2, x**2.0, x ** constant(2.0), x ** Value(2.0), x.pow(2), Value.__rpow__(Value(2.0), x)]
        assert {way.data for way in ways} == {square} == {OPS["pow"].f(number, 2.0)}
        assert ways[0].args[0] is x
        assert [ways[0].args[1].data, ways[0].args[1].grad] == [2.0, None]
    assert rounded_otherwise or sys.platform != "linux"  # otherwise these numbers would test nothing
    for huge in (1e155, -1e200):
        with pytest.raises(GradwalkError, match="too large"):
            Value(huge) ** 2


def test_a_complex_power_is_an_error_in_every_formula() -> None:
    rooted = define("rooted", "2 * x ** 0.5", ("x ** -0.5",))
    hidden = define("hidden", "abs(x ** 0.5)", ("0.5 * x ** -0.5",))
    steep = define("steep", "x * abs(x) ** 0.5", ("1.5 * x ** 0.5",))  # a student's slip: abs(x) is meant
    for operation in (rooted, hidden):
        with pytest.raises(ValueError, match="has no value there"):
            operation(Value(-4.0))
    with pytest.raises(ValueError, match="has no finite value at x = -4.0"):
        steep(Value(-4.0)).backward()


# Source, copies, and the table as a table.


@every_row
def test_the_source_is_there_to_be_read(op: Op) -> None:
    method = getattr(Value, op.name)
    assert vars(Value)[op.name] is method
    assert inspect.getsource(method).startswith(f"def {op.name}(")
    assert inspect.getsource(op.pull).startswith("def pull(z):")
    assert inspect.getsource(op.f) in source(op)
    assert (method.__module__, method.__qualname__) == ("engine.value", f"Value.{op.name}")
    assert op.spell(*op.letters) in method.__doc__
    assert all(f"= {partial}" in method.__doc__ for partial in op.partials)


def test_tracebacks_show_generated_lines() -> None:
    for act, line in (
        (lambda: Value(-1.0).log(), "raise failure(op, error, x) from None"),
        (lambda: OPS["sqrt"].pull(Value(0.0).sqrt()), "raise slope_failures(z) from None"),
    ):
        with pytest.raises(GradwalkError) as caught:
            act()
        assert line in "".join(traceback.format_exception(caught.type, caught.value, caught.tb))


@every_row
def test_a_row_stays_one_row_when_copied_or_pickled(op: Op) -> None:
    assert all(twin is op for twin in (copy.copy(op), copy.deepcopy(op), pickle.loads(pickle.dumps(op))))


@every_row
def test_a_row_says_no_more_than_a_formula_may(op: Op) -> None:
    if "choose(" not in op.formula:  # which compares, and only the table may call
        parse(op.formula, FLOATS, op.letters)
    assert len({*op.letters, "z"}) == op.arity + 1
    assert len(op.domain) == op.arity
    for partial in op.partials:
        parse(partial, FLOATS, (*op.letters, "z"))
    assert all(domain.low < domain.high for domain in op.domain)
    assert op.name.isidentifier()
    assert op.doc
    assert op.symbol


def test_names_are_used_once_and_operators_exist() -> None:
    assert [op.name for op in TABLE] == list(dict.fromkeys(op.name for op in TABLE)) == list(OPS)[: len(TABLE)]
    assert {*OPERATORS, *ALIASES.values()} <= set(OPS)
    asked = "add sub mul div pow neg abs exp log sqrt sin cos tan tanh sigmoid relu leaky_relu elu softplus silu gelu"
    assert {*asked.split(), "threshold", "maximum", "minimum"} <= set(OPS)


def test_the_card_shows_every_row_in_a_terminal() -> None:
    command = [sys.executable, "-W", "error", "-m", "engine.ops"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8",
                           env={**os.environ, "PYTHONIOENCODING": "utf-8"}, check=True)  # fmt: skip
    assert shown.stdout == listing() + "\n"
    assert not shown.stderr
    assert [line.split()[0] for line in listing().splitlines() if not line.startswith(" ")] == [
        op.name for op in TABLE
    ]
    plain = subprocess.run(
        command, cwd=ROOT, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}, check=True
    )
    assert plain.stdout.count(b"\n") == shown.stdout.count("\n")


# A new row needs no other line.

# Of one argument, of three, of three with names, and a function of Python's own.
ROWS_TO_ADD = {
    "hsin": ("0.5 * (exp(x) - exp(-x))", ["0.5 * (exp(x) + exp(-x))"], ""),
    "mixed": ("x + u * (y - x)", ["1 - u", "u", "y - x"], ""),
    "mixing": ("a + t * (b - a)", ["1 - t", "t", "b - a"], "letters='abt'"),
    "asinh": ("asinh(x)", ["1 / sqrt(1 + x * x)"], ""),
}
OFF = "_off"


@pytest.mark.slow
def test_rows_are_added_in_one_place_and_tested_by_no_new_line(tmp_path: Path) -> None:
    """All pass; and beside each, a row with one partial that is off by a thousandth fails somewhere."""
    for folder in ("engine", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "golden"))
    table = tmp_path / "engine" / "ops.py"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    end = next(number for number, line in enumerate(lines) if line.startswith("TABLE")) + 1
    for name, (formula, partials, more) in ROWS_TO_ADD.items():
        domain = f"({'REAL, ' * len(partials)})"
        for row, last in (name, partials[-1]), (f"{name}{OFF}", f"1.001 * ({partials[-1]})"):
            slopes = (*partials[:-1], last)
            lines.insert(
                end, f"    Op({row!r}, {row!r}, {formula!r}, {slopes!r}, {domain}, doc='a new row', {more}),\n"
            )
    table.write_text("".join(lines), encoding="utf-8")
    names = [f"{name}{end}" for name in ROWS_TO_ADD for end in ("", OFF)]
    files = [f"tests/test_{module}.py" for module in ("ops", "check", "walk", "draw")]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n0",
        "-p",
        "no:cacheprovider",
        *files,
        "-k",
        " or ".join(names),
    ]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    counts = {kind: int(number) for number, kind in re.findall(r"(\d+) (passed|failed)", ran.stdout)}
    assert sum(counts.values()) >= 20 * len(names), ran.stdout
    failed = [name for name in names if re.search(rf"FAILED .*\b{name}\b", ran.stdout)]
    assert failed == [name for name in names if name.endswith(OFF)], ran.stdout

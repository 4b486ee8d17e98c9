"""What a Value takes, gives, compares, prints, and costs."""

from __future__ import annotations

import copy
import gc
import math
import operator
import pickle
import sys
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from ids import shown

from engine import GradwalkError, Value, constant, grad
from engine.errors import DomainError, NumberError, RangeError
from engine.refusals import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge]
NUMBERS = [
    2,
    2.5,
    -1,
    True + 1,
    Fraction(1, 3),
    np.float64(1.5),
    np.float32(0.5),
    np.float16(2),
    np.int64(3),
    np.uint8(2),
]
NO_NUMBERS = [
    True, False, np.True_, "2", b"2", None, 2j, np.complex128(1), Decimal(2), [2.0], (2.0,), {2.0}, {2.0: 1},
    range(2), np.array([1.0, 2.0]), np.array(2.0), np.array([]), object(), len, Value,
]  # fmt: skip


@pytest.fixture
def x() -> Value:
    return Value(3.0, "x")


# What it takes.


@pytest.mark.parametrize("number", NUMBERS, ids=shown)
@pytest.mark.parametrize("sign", ARITHMETIC)
def test_arithmetic_with_real_numbers_of_any_type_on_either_side(x: Value, sign: str, number: Any) -> None:
    compute = ARITHMETIC[sign]
    for z, expected in (
        (compute(x, number), compute(3.0, float(number))),
        (compute(number, x), compute(float(number), 3.0)),
    ):
        assert type(z) is Value
        assert type(z.data) is float
        assert z.data == expected
        (other,) = (arg for arg in z.args if arg is not x)
        assert other.grad is None  # a constant
        assert type(other.data) is float


@pytest.mark.parametrize("sign", ARITHMETIC)
def test_reflected_forms_keep_the_order_of_their_arguments(x: Value, sign: str) -> None:
    z = ARITHMETIC[sign](2, x)
    assert [arg.data for arg in z.args] == [2.0, 3.0]
    if sign != "**":
        z.backward()
        assert x.grad == {"+": 1.0, "-": -1.0, "*": 2.0, "/": -2 / 9}[sign]
    else:
        assert grad(z, x)[0].data == pytest.approx(8 * math.log(2))


@pytest.mark.parametrize("thing", NO_NUMBERS, ids=shown)
def test_what_is_no_number_is_refused_everywhere(x: Value, thing: Any) -> None:
    acts: list[Callable[[], Any]] = [lambda: Value(thing)]
    if thing is not Value:
        acts += [lambda: x.maximum(thing), lambda: constant(thing)]
        acts += [lambda f=f: f(x, thing) for f in [*ARITHMETIC.values(), *COMPARISONS]]
    if thing is not Value and not (isinstance(thing, np.ndarray) and thing.ndim == 0):  # NumPy makes a number of that
        acts += [lambda f=f: f(thing, x) for f in [*ARITHMETIC.values(), *COMPARISONS]]
    for act in acts:
        with pytest.raises(NumberError):
            act()


def test_nan_and_giants_are_refused_and_infinity_is_a_number() -> None:
    for thing in (math.nan, np.float32("nan"), np.float64("nan")):
        with pytest.raises(DomainError):
            Value(thing)
    with pytest.raises(RangeError):
        Value(10**400)
    assert Value(math.inf).data == math.inf
    assert Value(-0.0).data.hex() == "-0x0.0p+0"


def test_a_value_of_a_value_is_refused(x: Value) -> None:
    with pytest.raises(NumberError, match=r"already"):
        Value(x)


def test_an_array_never_swallows_a_value(x: Value) -> None:
    """NumPy would make an array of Values of `array * value`, element by element, behind the student's back."""
    for array in (np.array([1.0, 2.0]), np.array([Value(1.0), Value(2.0)], dtype=object)):
        for compute in ARITHMETIC.values():
            for one, other in ((array, x), (x, array)):
                with pytest.raises(NumberError, match="whole ndarray"):
                    compute(one, other)
        with pytest.raises(TypeError):
            operator.iadd(array, x)
    for ufunc in (np.exp, np.tanh, np.isfinite):
        with pytest.raises(TypeError):
            ufunc(x)


def test_an_array_of_values_computes_with_numbers_and_itself() -> None:
    values = [Value(1.0), Value(2.0)]
    array = np.array(values, dtype=object)
    for total in (array.sum(), array @ array, np.dot(array, [3, 4]), (array * 2).sum(), np.mean(values)):
        assert type(total) is Value
    (array @ array).backward()
    assert [value.grad for value in values] == [2.0, 4.0]


def test_sum_starts_with_no_node(x: Value) -> None:
    y = Value(2.0)
    total = sum([x, y])
    assert total.args == (x, y)
    assert sum([x]) is x
    assert (0.0 + x).args[1] is x  # only the integer 0, which sum() starts with
    assert sum([x], start=Value(1.0)).data == 4.0


# Powers.


def test_to_the_power_of_zero_is_one_with_no_slope() -> None:
    for base, zero in product((0.0, 3.0, -2.0), (0, 0.0, np.int8(0), -0.0)):
        x = Value(base)
        y = x**zero
        assert y.data == 1.0
        (y * 2.0 + x).backward()
        assert x.grad == 1.0
        assert grad(x**zero, x)[0].data == 0.0


def test_powers() -> None:
    x, y = Value(2.0), Value(3.0)
    z = x**y
    z.backward()
    assert (z.data, x.grad, y.grad) == (8.0, 12.0, 8 * math.log(2))
    assert (Value(0.0) ** 1).data == 0.0
    for base, exponent, slope in (
        (0.0, 1, 1.0),
        (0.0, 2, 0.0),
        (-3.0, 2, -6.0),
        (-3.0, -1, -1 / 9),
        (4.0, 0.5, 0.25),
    ):
        x = Value(base)
        (x**exponent).backward()
        assert x.grad == pytest.approx(slope, abs=1e-300)
    (third,) = grad(grad(grad(Value(0.0) ** 2, x)[0], x)[0], x)
    assert third.data == 0.0


def test_derivatives_of_powers_at_zero_stop_without_an_error() -> None:
    x = Value(0.0)
    y: Value = x**3
    for expected in (0.0, 0.0, 6.0, 0.0, 0.0):
        (y,) = grad(y, x)
        assert y.data == expected


# What it gives.


def test_the_arguments_keep_their_order_and_their_number(x: Value) -> None:
    y = Value(2.0)
    assert (x - y).args == (x, y)
    assert (y - x).args == (y, x)
    assert (x * x).args == (x, x)
    assert x.exp().args == (x,)
    assert x.args == ()
    assert +x is x
    assert (-x).op.name == "neg"
    assert abs(-x).data == 3.0


def test_equality_is_identity_and_order_is_by_number(x: Value) -> None:
    twin = Value(3.0, "x")
    assert x == x
    assert x != twin
    assert x != "x"
    assert len({x, twin, x}) == 2
    assert {x: 1}.get(twin) is None
    assert x <= twin <= x
    assert not x < twin
    assert 2 < x < np.float64(4)
    assert np.float64(4) >= x >= 2
    assert max(x, Value(5.0), key=None).data == 5.0
    assert [value.data for value in sorted([x, Value(-1.0), Value(4.0)])] == [-1.0, 3.0, 4.0]
    assert all(type(compare(x, other)) is bool for compare, other in product(COMPARISONS, (1, twin, np.float64(3))))


def test_text(x: Value) -> None:
    assert repr(x) == "Value(3.0, grad=0.0, label='x')"
    x.label = " \t"  # blanks are no name
    assert x.label == Value(3.0, "  ").label == ""
    assert repr(x * 2) == "Value(6.0, grad=0.0)"
    assert repr(constant(2)) == "Value(2.0, grad=None)"
    assert f"{x:.2f}|{x:>6.1f}|{x:+}" == "3.00|   3.0|+3.0"
    assert f"{x}" == str(x) == repr(x)
    assert eval(repr(Value(0.1)).split(",")[0] + ")").data == 0.1


def test_functions_that_would_lose_the_graph_are_refused(x: Value) -> None:
    acts: list[Callable[[Value], Any]] = [
        float,
        math.exp,
        math.isnan,
        np.float64,
        lambda v: np.array([v], dtype=float),
    ]
    for act in acts:
        with pytest.raises(NumberError, match=r"write x\.data.* x\.exp\(\)"):
            act(x)
    for act in (int, round, len, iter, lambda v: v % 2, lambda v: v // 2, lambda v: v[0], lambda v: v()):
        with pytest.raises(TypeError):
            act(x)


def test_a_misspelled_attribute_is_an_error(x: Value) -> None:
    with pytest.raises(AttributeError):
        x.gard = 0.0
    with pytest.raises(AttributeError):
        x.sigmod()


# Backward, in place.


def test_the_worked_example_of_the_class() -> None:
    a, b, c, f = (Value(number, label) for number, label in ((2.0, "a"), (-3.0, "b"), (10.0, "c"), (-2.0, "f")))
    loss = (a * b + c) * f
    loss.backward()
    assert loss.data == -8.0
    assert [leaf.grad for leaf in (a, b, c, f)] == [6.0, -4.0, -2.0, 4.0]


def test_a_second_backward_doubles_the_leaves_exactly() -> None:
    a = Value(3.0)
    b = a * a
    c = b + b
    c.backward()
    assert (a.grad, b.grad, c.grad) == (12.0, 2.0, 1.0)
    c.backward()
    assert (a.grad, b.grad, c.grad) == (24.0, 2.0, 1.0)
    c.zero_grad()
    assert (a.grad, b.grad, c.grad) == (0.0, 0.0, 0.0)
    c.backward()
    assert a.grad == 12.0


def test_leaves_accumulate_over_different_roots(x: Value) -> None:
    (x * 2).backward()
    (x * 5).backward()
    assert x.grad == 7.0


def test_backward_on_a_leaf_or_a_constant(x: Value) -> None:
    x.backward()
    x.backward()
    assert x.grad == 2.0
    one = constant(2.0)
    one.backward()
    one.zero_grad()
    assert one.grad is None
    both = one * one
    both.backward()
    assert both.grad == 1.0


def test_backward_uses_a_graph_that_others_still_use(x: Value) -> None:
    """A part of a bigger graph: what is above its root is left alone."""
    inner = x * 2
    outer = inner * 10
    outer.backward()
    inner.backward()
    assert outer.grad == 1.0
    assert inner.grad == 1.0
    assert x.grad == 22.0


# Copies.


def test_copies_and_pickles_keep_the_graph(x: Value) -> None:
    y = x * x + 2
    for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert twin.args[0].args[0] is twin.args[0].args[1]
        assert twin.args[1].grad is None
        assert twin.op is y.op
        twin.backward()
        leaf = twin.args[0].args[0]
        assert (leaf.label, leaf.grad, x.grad) == ("x", 6.0, 0.0)
    shallow = copy.copy(y)
    assert shallow is not y
    assert shallow.args == y.args


def test_parameters_and_a_loss_pickled_together_stay_joined(x: Value) -> None:
    parameters, loss = pickle.loads(pickle.dumps(([x], x * 3)))
    loss.backward()
    assert parameters[0].grad == 3.0


# What it costs.


def alive() -> int:
    return sum(type(thing) is Value for thing in gc.get_objects())


def test_counting_references_frees_a_graph() -> None:
    """With the collector off: no cycle keeps a node, not after a pass, nor gradients that are graphs."""
    gc.collect()
    gc.disable()
    try:
        before = alive()
        x = Value(0.5)
        y = sum((x * k).tanh() ** 2 + x.maximum(k) / (1 + x * x) for k in range(100))
        y.backward()
        second = grad(grad(y, x)[0], x)
        assert alive() > before + 1000
        del y, second
        assert alive() == before + 1
        with pytest.raises(GradwalkError):
            (x - x).log()
        del x
        assert alive() == before
    finally:
        gc.enable()


def test_a_node_has_slots_and_no_more() -> None:
    node = Value(1.0) + 1
    assert not hasattr(node, "__dict__")
    assert sys.getsizeof(node) + 2 * sys.getsizeof(0.5) <= 160


def test_completion_lists_no_name_that_only_raises_an_error(x: Value) -> None:
    listed = {*dir(x), *dir(Value)}
    assert {"grad", "data", "tanh", "backward"} <= listed
    for name in NAMES:
        assert name not in listed or hasattr(x, name), name

"""Gradients that are graphs, forward mode, Jacobians and Hessians."""

from __future__ import annotations

import math

import pytest

from engine import Value, constant, grad, hessian, jacobian, jvp
from engine.errors import DivisionError, DomainError, NumberError, RangeError
from engine.graph import nodes, operations


def numbers(rows: list[list[Value]]) -> list[list[float]]:
    return [[entry.data for entry in row] for row in rows]


def test_gradients_are_values_that_derive_again() -> None:
    x = Value(0.7)
    y = (x * x).sin()
    expected = [
        2 * 0.7 * math.cos(0.49),
        2 * math.cos(0.49) - 4 * 0.49 * math.sin(0.49),
        -12 * 0.7 * math.sin(0.49) - 8 * 0.7**3 * math.cos(0.49),
    ]
    for order in expected:
        (y,) = grad(y, x)
        assert type(y) is Value
        assert y.data == pytest.approx(order, rel=1e-14)


def test_higher_orders_of_exp_and_of_a_polynomial() -> None:
    x = Value(1.5)
    y, polynomial = x.exp(), 2 * x**4 - x
    for order in (8 * 1.5**3 - 1, 24 * 1.5**2, 48 * 1.5, 48.0, 0.0, 0.0):
        (y,), (polynomial,) = grad(y, x), grad(polynomial, x)
        assert y.data == math.exp(1.5)
        assert polynomial.data == pytest.approx(order, rel=1e-14)


def test_a_gradient_can_be_passed_over() -> None:
    """Backward through a gradient: the penalty of a slope."""
    x, w = Value(2.0), Value(3.0)
    (slope,) = grad(w * x**2, x)
    (slope**2).backward()
    assert w.grad == 2 * slope.data * 4.0
    assert x.grad == 2 * slope.data * 6.0


def test_grad_leaves_every_grad_and_every_label_alone() -> None:
    a, b = Value(2.0, "a"), Value(3.0)
    inner = a * b
    loss = inner * a
    loss.label = "L"
    loss.backward()
    before = [(node.grad, node.label, node.data) for node in nodes(loss)]
    found = grad(loss, [a, b, inner])
    assert [(node.grad, node.label, node.data) for node in nodes(loss)] == before
    assert found[2] is a
    assert [gradient.data for gradient in found] == [12.0, 4.0, 2.0]


def test_gradients_are_labeled_after_root_and_input() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    loss = (a * b).tanh() * a
    loss.label = "L"
    assert [gradient.label for gradient in grad(loss, [a, b])] == ["dL/da", "dL/db"]
    assert grad((a * b).tanh(), a)[0].label == ""
    inner = a + b
    product = Value(1.0, "p") * inner
    product.label = "P"
    assert grad(product, product.args[0])[0] is inner  # a node of the student's own keeps its label
    assert inner.label == ""


def test_inputs_of_every_kind() -> None:
    x = Value(2.0)
    inner = x * 3
    y = inner.exp() + x
    assert [gradient.data for gradient in grad(y, (inner, x))] == [math.exp(6.0), 3 * math.exp(6.0) + 1]
    assert grad(y, [y])[0].data == 1.0
    assert grad(y, Value(5.0))[0].data == 0.0
    assert [gradient.data for gradient in grad(y, [x, x])] == [3 * math.exp(6.0) + 1] * 2
    assert grad(y, []) == []
    assert grad(x, x)[0].data == 1.0
    assert grad(constant(3.0), x)[0].data == 0.0


def test_only_what_the_inputs_reach_is_computed() -> None:
    """A slope that does not exist on another branch is nobody's business."""
    x, corner = Value(2.0), Value(0.0)
    y = x**2 + corner.sqrt()
    assert grad(y, x)[0].data == 4.0
    with pytest.raises(DivisionError):
        grad(y, corner)


def test_factors_of_one_make_no_nodes() -> None:
    x, y = Value(2.0), Value(3.0)
    assert grad(x + y, x)[0].op is None
    assert grad(x * y, x)[0] is y
    assert [node.op.name for node in operations(grad(x.exp() + y, x)[0])] == ["exp"]


def test_a_deep_graph_needs_no_recursion() -> None:
    x = Value(1.0)
    y = x
    for _ in range(20_000):
        y = y * 0.9999
    (first,) = grad(y, x)
    assert first.data == pytest.approx(y.data, rel=1e-12)


# Forward mode.


def test_jvp_moves_along_several_inputs() -> None:
    a, b = Value(2.0), Value(-3.0)
    y = a * b + a.exp()
    assert jvp(y, {a: 1.0}) == -3.0 + math.exp(2.0)
    assert jvp(y, {a: 2, b: 0.5}) == 2 * (-3.0 + math.exp(2.0)) + 1.0
    assert jvp(y, {}) == 0.0
    assert jvp(y, {Value(1.0): 1.0}) == 0.0
    assert jvp(a, {a: 4}) == 4.0


def test_jvp_from_the_middle_of_a_graph() -> None:
    x = Value(2.0)
    inner = x * 3
    y = inner * inner + x
    assert jvp(y, {inner: 1.0}) == 12.0
    assert jvp(y, {inner: 1.0, x: 1.0}) == 13.0  # inner moves as told, not as x would move it


def test_jvp_takes_numbers_only() -> None:
    x = Value(2.0)
    for tangent in ("1", True, None, Value(1.0), [1.0]):
        with pytest.raises(NumberError):
            jvp(x * x, {x: tangent})  # type: ignore[dict-item]


def test_jvp_meets_the_same_walls_as_backward() -> None:
    x = Value(0.0)
    with pytest.raises(ZeroDivisionError):
        jvp(x.sqrt(), {x: 1.0})


# Matrices.


def test_jacobian_is_outputs_by_inputs() -> None:
    a, b, c = Value(2.0), Value(3.0), Value(5.0)
    assert numbers(jacobian([a * b, b - c, a], [a, b, c])) == [[3.0, 2.0, 0.0], [0.0, 1.0, -1.0], [1.0, 0.0, 0.0]]
    assert jacobian([], [a]) == []


def test_hessian_of_a_known_function() -> None:
    x, y = Value(2.0), Value(-1.0)
    rosenbrock = (1 - x) ** 2 + 100 * (y - x * x) ** 2
    assert numbers(hessian(rosenbrock, [x, y])) == [[1200 * 4 + 400 + 2, -800.0], [-800.0, 200.0]]
    assert numbers(hessian(x + y, [x, y])) == [[0.0, 0.0], [0.0, 0.0]]
    assert numbers(hessian(Value(1.0) * 2, [x])) == [[0.0]]


# Slopes that do not exist.


def test_a_slope_that_is_not_finite_is_an_error_on_the_way_back() -> None:
    for node, kind in (
        (Value(0.0).sqrt(), DivisionError),
        (Value(0.0) ** 0.5, DivisionError),
        (Value(-2.0) ** Value(2.0), DomainError),
        (Value(1e-200) ** -1, RangeError),
    ):
        with pytest.raises(kind):
            node.backward()
        for arg in node.args:
            assert arg.grad is None or math.isfinite(arg.grad)


def test_a_failed_pass_can_be_tried_again() -> None:
    x = Value(0.0)
    y = x.sqrt() * 2
    with pytest.raises(DivisionError):
        y.backward()
    y.zero_grad()
    z = (x + 4).sqrt()
    z.backward()
    assert x.grad == 0.25

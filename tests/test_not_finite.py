"""What is not finite: the right number or an error of ours, the same in every way to derive. And detach."""

from __future__ import annotations

import math
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from engine import OPS, GradwalkError, Value, constant, grad, gradcheck, jvp, walk
from engine.errors import DivisionError, DomainError, RangeError
from engine.graph import nodes
from engine.rules import VALUES
from nn.objective import nearly_equal

if TYPE_CHECKING:
    from collections.abc import Callable

inf = math.inf


def first(function: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """The derivative of a function, as a function."""
    return lambda x: grad(function(x), x)[0]


# A function, where, and its derivative there: a number or an error.
CASES: list[tuple[str, Callable[[Value], Value], float, Any]] = [
    ("1 / x", lambda x: 1 / x, 1e-200, RangeError),
    ("1 / x", lambda x: 1 / x, -1e-300, RangeError),
    ("1 / x", lambda x: 1 / x, 1e-320, RangeError),
    ("log", lambda x: x.log(), 1e-320, RangeError),
    ("log", lambda x: x.log(), 1e-300, 1e300),
    ("log1p", lambda x: x.log1p(), -1 + 2**-53, 2.0**53),
    ("sqrt", lambda x: x.sqrt(), 0.0, DivisionError),
    ("x ** 0.5", lambda x: x**0.5, 0.0, DivisionError),
    ("x ** 2.5", lambda x: x**2.5, 0.0, 0.0),
    ("x ** 2.5, twice", first(lambda x: x**2.5), 0.0, 0.0),
    ("x ** 2.5, three times", first(first(lambda x: x**2.5)), 0.0, DivisionError),
    ("0 ** b", lambda b: 0.0**b, 2.0, 0.0),
    ("0 ** b", lambda b: 0.0**b, 0.5, 0.0),
    ("0 ** b", lambda b: 0.0**b, 0.0, DomainError),
    ("0 ** b, twice", first(lambda b: 0.0**b), 2.0, 0.0),
    ("0 ** (b - 1)", lambda b: Value(0.0) ** (b - 1), 3.0, 0.0),
    ("(-2) ** b", lambda b: Value(-2.0) ** b, 2.0, DomainError),
    ("x ** 1", lambda x: x ** Value(1.0), 0.0, 1.0),
    ("x ** 0, by both", lambda x: x**x, 0.0, DomainError),
    ("x * 1e200 * 1e200", lambda x: x * 1e200 * 1e200, 3.0, RangeError),
    ("1 / (x * 1e200 * 1e200)", lambda x: 1 / (x * 1e200 * 1e200), 3.0, RangeError),
    ("tanh(x + x)", lambda x: (x + x).tanh(), 1e308, RangeError),
    ("relu(-x - x)", lambda x: (-x - x).relu(), 1e308, RangeError),
    ("a gradient that overflows", lambda x: x * 1e-300 * 1e200 * 1e200, 1e-300, RangeError),
    ("a sum of gradients that overflows", lambda x: x * 1e308 + x * 1e308, 1e-10, RangeError),
    ("x * inf", lambda x: x * inf, 3.0, inf),
    ("tanh(x + inf)", lambda x: (x + inf).tanh(), 3.0, 0.0),
    ("1 / (x + inf)", lambda x: 1 / (x + inf), 3.0, 0.0),
    ("exp(x - inf)", lambda x: (x - inf).exp(), 3.0, 0.0),
    ("x - inf + inf", lambda x: x - inf + inf, 3.0, DomainError),
    ("sin(inf)", lambda x: (x * inf).sin(), 3.0, DomainError),
    ("inf * 0", lambda x: (x * inf) * 0.0, 3.0, DomainError),
    ("sqrt under a detach", lambda x: x.sqrt().detach() + x, 0.0, 1.0),
    ("sqrt under a step", lambda x: x.sqrt().threshold() + x, 0.0, 1.0),
]


def by_backward(y: Value, x: Value) -> float:
    y.backward()
    return float(x.grad)


def by_walk(y: Value, x: Value) -> float:
    walk(y).run()
    return float(x.grad)


WAYS: dict[str, Callable[[Value, Value], float]] = {
    "backward": by_backward,
    "walk": by_walk,
    "grad": lambda y, x: grad(y, x)[0].data,
    "jvp": lambda y, x: jvp(y, {x: 1.0}),
}


def outcome(function: Callable[[Value], Value], at: float, way: str) -> Any:
    """The derivative, or the kind of error; which leaves every gradient as it was."""
    x = Value(at, "x")
    y = None
    try:
        y = function(x)
        held = [node.grad for node in nodes(y)]
        return WAYS[way](y, x)
    except GradwalkError as error:
        assert x.grad == 0.0
        if y is not None:
            assert [node.grad for node in nodes(y)] == held
        return type(error)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("name", "function", "at", "expected"), CASES, ids=[f"{case[0]}, {case[2]}" for case in CASES]
)
def test_every_way_to_derive_agrees(name: str, function: Any, at: float, expected: Any, way: str) -> None:
    found = outcome(function, at, way)
    if way == "jvp" and name == "a gradient that overflows":  # forward, no step of this overflows
        expected = 1e100
    assert found == expected or (
        isinstance(expected, float) and found == pytest.approx(expected, rel=1e-12, abs=1e-12)
    )


@pytest.mark.parametrize(("name", "function", "at", "expected"), CASES)
def test_grad_names_what_backward_names(name: str, function: Any, at: float, expected: Any) -> None:
    if isinstance(expected, float):
        return
    sentences = []
    for way in ("backward", "grad"):
        x = Value(at, "x")
        with pytest.raises(expected) as caught:
            WAYS[way](function(x), x)
        sentences.append(str(caught.value))
    assert sentences[0] == sentences[1]


@pytest.mark.parametrize(
    ("name", "function", "at", "expected"), CASES, ids=[f"{case[0]}, {case[2]}" for case in CASES]
)
def test_gradcheck_says_the_same(name: str, function: Any, at: float, expected: Any) -> None:
    if isinstance(expected, float):
        assert gradcheck(function, at).passed
    else:
        with pytest.raises(expected):
            gradcheck(function, at)


@pytest.mark.parametrize(
    ("exponent", "expected"), [(0.0, [0.0, 0.0]), (1.0, [1.0, 0.0, 0.0]), (2.0, [0.0, 2.0, 0.0])]
)
def test_a_power_at_zero_whose_exponent_is_a_node(exponent: float, expected: list[float]) -> None:
    x = Value(0.0, "x")
    y = x ** Value(exponent)
    for order, number in enumerate(expected, 1):
        (derived,) = grad(y, x)
        assert (derived.data, jvp(y, {x: 1.0})) == (number, number), order
        y = derived
    if exponent:
        assert gradcheck(lambda x: x ** Value(exponent), 0.0, orders=(1, 2)).passed


EXTREMES = [0.0, -0.0, 1.0, -1.0, 2.0, 1e-320, -1e-320, 1e-200, -1e-200, 1e-300, 1e200, 1e300, -1e300, 1.7e308]
EXTREMES += [700.0, -700.0, 710.0, math.pi / 2, inf, -inf]


@pytest.mark.parametrize("name", list(OPS))
def test_every_row_at_every_extreme_gives_a_number_or_an_error_of_ours(name: str) -> None:
    """The four ways agree at first order; a second derivative is a number or an error of ours."""
    op = OPS[name]
    points = [*product(EXTREMES, repeat=op.arity)]
    for point in points if op.arity < 3 else Random(0).sample(points, 300):
        for free in range(op.arity):
            found = []
            for derive in WAYS.values():
                args = [Value(at) if index == free else constant(at) for index, at in enumerate(point)]
                x = args[free]
                try:
                    found.append(derive(VALUES[name](*args), x) + 0.0)
                except GradwalkError as error:
                    assert x.grad == 0.0
                    found.append(type(error))
            assert all(each == found[0] for each in found), (point, free, found)
            assert isinstance(found[0], type) or not math.isnan(found[0])
            if isinstance(found[0], float) and math.isinf(found[0]):
                assert any(map(math.isinf, point))
        args = [Value(at) for at in point]
        try:
            for each in grad(VALUES[name](*args), args):
                grad(each, args)
        except GradwalkError:
            pass


def test_a_failed_pass_leaves_every_gradient_as_it_was() -> None:
    x, y, w = Value(0.0, "x"), Value(3.0, "y"), Value(2.0, "w")
    inner = y * w
    shared = inner + y
    (shared * shared).backward()
    y.grad = 1e-17
    root = shared * w + x.sqrt() + inner
    before = [node.grad for node in nodes(root)]
    assert any(before)
    with pytest.raises(DivisionError):
        root.backward()
    assert [node.grad for node in nodes(root)] == before
    with pytest.raises(DivisionError):
        walk(root).run()
    assert [node.grad for node in nodes(root)] == before
    x.data = 4.0
    (shared * w + x.sqrt() + inner).backward()
    assert x.grad == 0.25


def test_a_pass_that_is_interrupted_leaves_every_gradient_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    x = Value(2.0)
    root = (x.exp() * 3.0).tanh() + x

    def interrupted(z: Value) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(OPS["exp"], "pull", interrupted)
    with pytest.raises(KeyboardInterrupt):
        root.backward()
    assert all(not node.grad for node in nodes(root))


def test_the_node_that_overflowed_is_named() -> None:
    a = Value(1e200, "a")
    b = a * a
    b.label = "b"
    root, x = b + 1, Value(1e-300, "x")
    steep = x * 1e-300 * 1e200 * 1e200
    for act in (root.backward, lambda: grad(root, a), lambda: jvp(root, {a: 1.0}), b.tanh):
        with pytest.raises(RangeError, match=r"1e\+200 \* 1e\+200: .* at a \* a"):
            act()
    with pytest.raises(RangeError, match=r"the gradient of x \* 1e-300 would be 1e\+200 \* 1e\+200"):
        steep.backward()


def test_a_rule_uses_letters_that_the_graph_does_not() -> None:
    x, y = Value(1.0, "x"), Value(1e-200, "y")
    with pytest.raises(RangeError) as caught:
        (x / y).backward()
    assert "the slope of p / q by q, -r / q" in str(caught.value)
    a, z = Value(3.0, "a"), Value(2.0, "z")
    steps = walk(a / z)
    steps.run()
    assert "r = p / q has dr/dq = -r / q" in " ".join(steps.why().split())
    steps.goto(1)
    assert "r = p / q: the quotient" in " ".join(steps.why().split())


# detach.


def test_detach_passes_its_number_and_no_gradient() -> None:
    x = Value(3.0, "x")
    held = x.detach()
    y = x * held
    assert (held.data, held.op.name, held.args) == (3.0, "detach", (x,))
    y.backward()
    assert (x.grad, held.grad) == (3.0, 3.0)
    assert grad(y, x)[0] is held
    assert grad(grad(y, x)[0], x)[0].data == 0.0
    assert jvp(y, {x: 1.0}) == 3.0
    assert VALUES["detach"](2.0) == 2.0


def test_two_numbers_are_the_same_but_for_rounding() -> None:
    inf, nan = math.inf, math.nan
    pairs = (1.0, 1.0 + 1e-9), (0.0, -1e-9), (1e9, 1e9 + 1.0), (inf, inf), (-inf, -inf), (nan, nan)
    assert all(nearly_equal(*pair) and nearly_equal(*pair[::-1]) for pair in pairs)
    others = (1.0, 1.001), (inf, -inf), (inf, 1.0), (nan, 1.0), (nan, inf), (1e9, -1e9), (0.0, nan)
    assert not any(nearly_equal(*pair) or nearly_equal(*pair[::-1]) for pair in others)


def test_gradcheck_holds_a_detached_number_while_it_nudges() -> None:
    assert gradcheck(lambda x, y: (x * y).detach() * x.exp() + y.detach(), 0.5, 2.0, orders=(1, 2)).passed
    assert gradcheck("detach").passed


def test_a_walk_goes_past_a_detached_node_and_not_below_it() -> None:
    x = Value(3.0, "x")
    steps = walk(x * (x * 2).detach())
    last = [step for step in steps if step.kind == "backward"][-1]
    assert (last.node.op.name, last.local, last.contribution) == ("detach", 0.0, 0.0)
    steps.goto(last.number)
    assert "is a fixed number" in " ".join(steps.why().split())

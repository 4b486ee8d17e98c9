"""`no_grad`: numbers without a graph inside it, nothing else anywhere."""

from __future__ import annotations

import asyncio
import copy
import pickle
import threading
from typing import TYPE_CHECKING, Any

import pytest

import nn
from engine import (
    Value,
    compile,
    define,
    diagnose,
    draw,
    grad,
    gradcheck,
    hessian,
    jvp,
    no_grad,
    recording,
    walk,
    where,
)
from engine.errors import ArgumentError, GradwalkError
from engine.ops import OPS
from engine.rules import VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

W, X = Value(0.75, "w"), Value(0.5, "x")
TANH = Value.tanh
WAYS: dict[str, Callable[[Value, Value], Value]] = {
    "w + x": lambda w, x: w + x, "1 + w": lambda w, x: 1 + w, "0 + w": lambda w, x: 0 + w,
    "w - x": lambda w, x: w - x, "1 - w": lambda w, x: 1 - w, "w * x": lambda w, x: w * x,
    "2 * w": lambda w, x: 2 * w, "w / x": lambda w, x: w / x, "1 / w": lambda w, x: 1 / w,
    "w ** x": lambda w, x: w ** x, "2 ** w": lambda w, x: 2 ** w, "w ** 0": lambda w, x: w ** 0,
    "-w": lambda w, x: -w, "+w": lambda w, x: +w, "abs": lambda w, x: abs(w),
    "sum of one": lambda w, x: sum([w]), "sum": lambda w, x: sum([w, x]),
    "where": lambda w, x: where(w, x, 2), "clamp": lambda w, x: w.clamp(0, x), "detach": lambda w, x: w.detach(),
    "kept method": lambda w, x: TANH(w),
}  # fmt: skip


def is_bare(z: Value) -> bool:
    return not z.requires_grad and z.grad is None and z.op is None and z.args == ()


def shape(z: Value) -> Any:
    """What was recorded: the operation, and its arguments, constants by their numbers."""
    return z.op, [arg if arg.requires_grad else arg.data for arg in z.args], z.data, z.requires_grad


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_writing_an_operation_records_nothing_inside(way: str) -> None:
    outside = WAYS[way](W, X)
    with no_grad():
        inside = WAYS[way](W, X)
    assert is_bare(inside)
    assert inside.data == outside.data
    assert inside is not W
    assert shape(WAYS[way](W, X)) == shape(outside)


@pytest.mark.parametrize("name", OPS)
def test_every_row_records_nothing_inside_as_method_and_function(name: str) -> None:
    args = [Value(0.5) for _ in OPS[name].letters]
    kept = getattr(args[0], name)
    code = OPS[name], kept.__func__.__code__
    with no_grad():
        for z in kept(*args[1:]), VALUES[name](*args):
            assert is_bare(z)
            assert z.data == OPS[name].f(*(arg.data for arg in args))
    assert kept(*args[1:]).op is OPS[name]
    assert (OPS[name], kept.__func__.__code__) == code


def test_code_is_exchanged_while_a_block_is_open_and_only_then() -> None:
    method: Any = Value.mul
    own = method.__code__
    with no_grad():
        assert method.__code__ is not own
        with no_grad():
            pass
        assert method.__code__ is not own
        assert is_bare(W * X)
    assert method.__code__ is own
    with pytest.raises(ZeroDivisionError), no_grad():
        W / 0
    assert method.__code__ is own


def test_one_block_may_be_entered_inside_itself() -> None:
    block = no_grad()
    with block, block:
        assert is_bare(W * X)
    assert (W * X).op


def test_a_decorated_function_records_nothing_and_its_caller_does() -> None:
    for decorate in (no_grad(), no_grad):

        @decorate
        def product(w: Value, *, x: Value) -> Value:
            return w * x

        assert is_bare(product(W, x=X))
        assert product.__name__ == "product"
        assert (W * X).op


def test_a_decorated_generator_lets_its_caller_record_while_it_waits() -> None:
    closed = []

    @no_grad()
    def products() -> Iterator[Value]:
        try:
            while True:
                sent = yield W * X
                assert is_bare(W * X)
                assert sent is None
        finally:
            closed.append(is_bare(W * X))

    steps = products()
    for _ in range(3):
        assert is_bare(next(steps))
        assert (W * X).op
    steps.close()  # type: ignore[attr-defined]
    assert closed == [True]


def test_another_thread_records() -> None:
    found: list[Any] = []

    def work() -> None:
        found.extend(shape(way(W, X)) for way in WAYS.values())

    with no_grad():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == [shape(way(W, X)) for way in WAYS.values()]


def test_another_task_records_and_a_decorated_one_does_not() -> None:
    @no_grad()
    async def without() -> list[Value]:
        first = W * X
        await asyncio.sleep(0)
        return [first, W * X]

    async def recorded() -> list[Value]:
        first = W * X
        await asyncio.sleep(0)
        return [first, W * X]

    async def both() -> Any:
        return await asyncio.gather(without(), recorded(), without())

    results = asyncio.run(both())
    assert [[is_bare(z) for z in zs] for zs in results] == [[True, True], [False, False], [True, True]]


def test_an_operation_defined_inside_records_outside() -> None:
    with no_grad():
        cubed = define("cubed_inside", "x ** 3", ("3 * x ** 2",))
        assert is_bare(cubed(W))
    assert cubed(W).op is OPS["cubed_inside"]
    gradcheck("cubed_inside")


CALLS: dict[str, Callable[[Value], Any]] = {
    "backward()": lambda z: z.backward(),
    "grad()": lambda z: grad(z, W),
    "hessian": lambda z: hessian(z, [W]),
    "jvp()": lambda z: jvp(z, {W: 1.0}),
    "compile()": lambda z: compile(z, [W]),
    "draw()": draw,
    "walk()": walk,
    "diagnose()": diagnose,
    "gradcheck()": lambda z: gradcheck(no_grad(lambda w: w * w), 2.0),
}


@pytest.mark.parametrize("call", CALLS)
def test_what_needs_a_graph_says_that_there_is_none(call: str) -> None:
    with no_grad():
        z = W * X
    with pytest.raises(ArgumentError, match=r"no_grad\(\)"):
        CALLS[call](z)
    z.requires_grad = True  # as in PyTorch: from here on it is a leaf like others
    (z * 2).backward()
    assert z.grad == 2.0


def test_what_was_recorded_before_is_derived_inside_as_well() -> None:
    x = Value(2.0, "x")
    y = x**3
    with no_grad():
        y.backward()
        second = hessian(y, [x])[0][0]
        assert gradcheck(lambda a: a**3, 2.0, orders=(1, 2)).passed
        assert is_bare(x * x)
    assert (x.grad, second.data) == (12.0, 12.0)


def test_what_overflows_inside_is_refused_there() -> None:
    for make in (lambda: Value(1e200) * 1e200, lambda: Value(1e308) + 1e308, lambda: Value(-1e308) - 1e308):
        assert abs(make().data) == float("inf")
        with no_grad(), pytest.raises(GradwalkError, match="too large"):
            make()
    with no_grad():
        assert (Value(float("inf")) + 1).data == float("inf")


def test_a_model_gives_the_same_numbers_and_fit_refuses() -> None:
    model = nn.MLP(2, [3, 1], "tanh", rng=0)
    row = [0.5, -1.0]
    with no_grad():
        y = model(row)
    assert is_bare(y)
    assert y.data == model(row).data
    for backend in "python", "numpy":
        with no_grad():
            assert nn.predict(model, [row], backend=backend) == pytest.approx([y.data], rel=1e-12)
    with no_grad(), pytest.raises(GradwalkError, match=r"no_grad\(\)"):
        nn.fit(model, [row], [1.0], epochs=1)


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(ArgumentError, match="with no_grad"):
        no_grad(W)


@pytest.mark.parametrize("name", ["no_grad", "recording"])
def test_a_block_that_is_not_called_says_how(name: str) -> None:
    opener = {"no_grad": no_grad, "recording": recording}[name]
    with pytest.raises(ArgumentError, match=rf"write with {name}\(\):"), opener:
        pass
    assert (W * X).op is OPS["mul"]  # nothing stays open
    assert repr(opener) == f"<function {name}>"
    assert copy.deepcopy(opener) is opener
    assert pickle.loads(pickle.dumps(opener)) is opener
    assert opener.__doc__
    with opener():
        assert is_bare(W * X) is (name == "no_grad")

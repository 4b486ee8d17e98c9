"""Generated source: each function shows its own lines, and lines are dropped with what they are of."""

from __future__ import annotations

import gc
import inspect
import linecache
import subprocess
import sys
import traceback
from typing import TYPE_CHECKING

import pytest

from engine import GradwalkError, Value, compile, define
from engine.sources import run_source

pytest.importorskip("numpy")
from engine.program import program as program_module

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _collects_its_own_only() -> Iterator[None]:
    """What other tests left in this process is not looked through each time garbage is collected here."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


class Owner:
    """Anything that can own source."""


def registered(word: str) -> set[str]:
    """The files of generated source with a word in their name."""
    gc.collect()
    return {name for name in linecache.cache if name.startswith("<gradwalk ") and word in name}


def test_two_sources_of_one_name_show_their_own_lines() -> None:
    first, second = Owner(), Owner()
    one = run_source("def f():\n    return 1\n", "of one name", {}, first)["f"]
    two = run_source("def f():\n    return 2\n", "of one name", {}, second)["f"]
    assert (one(), two()) == (1, 2)
    assert "return 1" in inspect.getsource(one)
    assert "return 2" in inspect.getsource(two)
    assert len(registered("of one name")) == 2
    del first
    assert registered("of one name") == {two.__code__.co_filename}
    assert "return 2" in inspect.getsource(two)


def test_a_dropped_name_is_not_used_again() -> None:
    names = []
    for _ in range(2):
        owner = Owner()
        names.append(run_source("def f(): ...\n", "used once", {}, owner)["f"].__code__.co_filename)
        del owner
    assert names[0] != names[1]


def test_a_function_sees_the_given_names_and_not_its_neighbours() -> None:
    owner = Owner()
    names = {"tanh": lambda: "given"}
    defined = run_source("def tanh():\n    return tanh()\n", "a method", names, owner)
    assert defined["tanh"]() == "given"
    assert list(names) == ["tanh"]


def test_an_operation_that_is_defined_anew_leaves_the_old_one_its_lines() -> None:
    old = define("anew", "x ** 3", ("3 * x ** 2",))
    node = old(Value(2.0))
    new = define("anew", "x ** 5", ("5 * x ** 4",))
    for operation, power in ((old, "** 3"), (new, "** 5")):
        text = inspect.getsource(inspect.unwrap(operation))
        assert power in text
    assert "** 3" in inspect.getsource(node.op.f)
    assert "** 2" in inspect.getsource(node.op.pull)
    assert "** 5" in inspect.getsource(Value.anew)


def test_the_lines_of_an_operation_that_nothing_uses_are_dropped() -> None:
    assert not registered("dropped_row")
    for power in range(2, 40):
        define("dropped_row", f"x ** {power}", (f"{power} * x ** {power - 1}",))
        x = Value(2.0)
        assert compile(Value.dropped_row(x), [x])([[1.0]]) == 1.0
    program_module._codes.clear()
    assert len(registered("dropped_row")) <= 2  # the row, and the one before it in the latest namespace


def test_a_traceback_of_an_old_operation_shows_its_own_formula() -> None:
    old = define("shown", "log(x) + 3", ("1 / x",))
    node = old(Value(1.0))
    define("shown", "log(x) + 4", ("1 / x",))
    with pytest.raises(ValueError, match="math domain error|positive") as caught:
        node.op.f(-1.0)
    assert not isinstance(caught.value, GradwalkError)
    assert "+ 3" in (traceback.extract_tb(caught.value.__traceback__)[-1].line or "")


def test_the_lines_of_programs_are_dropped_with_them() -> None:
    program_module._codes.clear()
    others = registered("program")  # of programs that a test before has kept
    x, w = Value(0.5), Value(2.0)
    for count in range(60):
        program = compile(w * x * float(count + 2), [x], [w])
        assert program.value_and_grad([[0.5]])[0] == pytest.approx(count + 2)
        assert program([[0.5]]) == pytest.approx(count + 2)
    kept = len(program_module._codes)
    assert kept < 60
    assert len(registered("program") - others) == 2 * kept  # the value, and the gradient
    program_module._codes.clear()
    assert len(registered("program") - others) == 2  # of the one that is still there
    del program
    assert not registered("program") - others


STARTED = """
import sys
from engine import OPS, Value
assert not {"ast", "inspect", "linecache"} & set(sys.modules)
def built():
    return {name for name, op in OPS.items() if "method" in vars(op)}
assert built() == set()
x = Value(0.5)
y = (x.softplus() + 2) * x
y.backward()
assert built() == {"softplus", "add", "mul", "sigmoid"}  # the slope of softplus calls the last
print(x.grad, Value.clamp is Value.clip, abs(x).op.name)
"""


def test_only_operations_that_are_used_are_compiled() -> None:
    result = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, check=False)
    assert not result.stderr
    gradient, *rest = result.stdout.split()
    x = Value(0.5)
    ((x.softplus() + 2) * x).backward()
    assert (float(gradient), rest) == (x.grad, ["True", "abs"])

"""The order of a graph, and graphs that are deep or dense."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from strategies import Recipe, recipes

from engine import Value
from engine.chain import cleared_order
from engine.graph import nodes, operations

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

ROOT = Path(__file__).parents[1]


def labels(order: list[Value]) -> list[str]:
    return [node.label or node.op.name for node in order]


def test_depth_first_and_first_argument_first() -> None:
    a, b, c = Value(1.0, "a"), Value(2.0, "b"), Value(3.0, "c")
    d = a * b
    d.label = "d"
    root = (c + d).exp() / d
    assert labels(operations(root)) == ["d", "add", "exp", "div"]
    assert labels(nodes(root)) == ["a", "b", "d", "c", "add", "exp", "div"]


def test_a_leaf_is_a_graph_of_one_node() -> None:
    a = Value(1.0)
    assert operations(a) == []
    assert nodes(a) == [a]


def test_a_node_used_twice_comes_once_but_has_two_edges() -> None:
    x = Value(2.0)
    square = x * x
    assert nodes(square) == [x, square]
    assert square.args == (x, x)
    square.backward()
    assert x.grad == 4.0


def test_several_roots_share_one_order() -> None:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    s = a + b
    first, second = s.exp(), s.sin()
    assert operations(first, second) == [s, first, second]
    assert operations(second, first, second) == [s, second, first]
    assert nodes(first, a, second) == [a, b, s, first, second]
    assert nodes(b, s) == [a, b, s]
    assert nodes(a, a) == [a]
    assert nodes() == operations() == []


def test_a_graph_of_exponentially_many_paths_is_walked_node_by_node() -> None:
    x = Value(1.0)
    node = x
    for _ in range(1000):
        node = node + node
    node.data = 0.0  # 2 ** 1000 is not the point
    assert len(nodes(node)) == 1001
    node.backward()
    assert x.grad == 2.0**1000


@pytest.mark.parametrize("turned", [False, True])
def test_reading_a_graph_changes_nothing(turned: bool) -> None:
    a, b = Value(1.0), Value(2.0)
    root = b - a * b if turned else a * b - b
    before = [(node.data, node.grad, node.label, node.args) for node in nodes(root)]
    operations(root)
    assert [(node.data, node.grad, node.label, node.args) for node in nodes(root)] == before


MILLION = """
import resource, sys, time
from engine import Value, grad, jvp
from engine.graph import nodes
clock, x = time.perf_counter, Value(1.0, "x")
laps, node = [clock()], x
for step in range(500_000):  # each with a constant: a million nodes and one
    node = node + 1e-6 if step % 2 else node * 1.000001
laps.append(clock())
node.backward()
laps.append(clock())
(slope,) = grad(node, x)
laps.append(clock())
assert slope.data == x.grad == jvp(node, {x: 1.0}), (slope.data, x.grad)
assert len(nodes(node)) == 1_000_001
node.zero_grad()
laps.append(clock())
del node, slope
laps.append(clock())
if sys.platform == "linux":  # ru_maxrss would be that of the process that started this one, if it was larger
    peak = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 2**20
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**30
names = "build", "backward", "grad", "jvp and zero_grad", "free"
print(*(f"{name} {b - a:.1f} s," for name, a, b in zip(names, laps, laps[1:])), f"peak {peak:.2f} GiB")
assert peak < 1e9 / 2**30
"""


@pytest.mark.slow
def test_a_chain_of_a_million_nodes(record_property: Callable[[str, object], None]) -> None:
    """Built, passed over, differentiated into a graph and freed, with no recursion and in less than 1 GB."""
    pytest.importorskip("resource")
    ran = subprocess.run([sys.executable, "-c", MILLION], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    record_property("a million nodes", ran.stdout.strip())
    print(ran.stdout)


@given(recipes())
def test_a_pass_lists_operations_in_the_order_of_the_graph(recipe: Recipe) -> None:
    _, root = recipe.values()
    leaves: set[Value] = set()
    assert cleared_order(root, leaves, []) == operations(root)
    assert leaves == {node for node in nodes(root) if node.op is None and node.requires_grad}


def test_a_pass_that_is_interrupted_at_any_line_leaves_every_gradient_as_it_was() -> None:
    a, b = Value(2.0), Value(3.0)
    c = (a * b + 1).tanh()
    root = c.clip(a, 5.0) * c + b
    root.backward()
    held = [node.grad for node in nodes(root)]
    assert len(set(held)) > 5

    def interrupt_at(number: int) -> bool:
        """Return whether the pass was interrupted before its line number `number`."""
        lines, last = 0, 0

        def trace(frame: FrameType, event: str, argument: object) -> object:
            nonlocal lines, last
            if not frame.f_code.co_filename.endswith("chain.py") or "write" in frame.f_code.co_name:
                return None  # what puts the gradients back is not interrupted itself
            # From Python 3.12 on, what a trace function raises where a comprehension begins its line again escapes
            # `try`, in any function. What a signal raises there does not.
            again, last = frame.f_lineno == last, frame.f_lineno
            lines += event == "line" and not again
            if lines > number:
                sys.settrace(None)
                raise KeyboardInterrupt
            return trace

        earlier = sys.gettrace()
        sys.settrace(trace)
        try:
            root.backward()
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(earlier)
        return False

    number = 4  # in the lines before, there is nothing yet to put back
    while interrupt_at(number):
        assert [node.grad for node in nodes(root)] == held, number
        number += 1
    assert number > 60  # lines: the loop really ran through the pass

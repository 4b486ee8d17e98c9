"""Copies and pickles of graphs: of any depth, what is shared stays shared, and a defined operation is asked for."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine import OPS, Value, constant, define, grad
from engine.copying import FLATS
from engine.errors import FormulaError
from engine.graph import nodes

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]


def repickled(thing: Any, protocol: int = pickle.DEFAULT_PROTOCOL) -> Any:
    return pickle.loads(pickle.dumps(thing, protocol))


WAYS: list[Callable[[Any], Any]] = [copy.deepcopy, repickled, lambda thing: repickled(thing, 0)]


def state(root: Value) -> list[Any]:
    order = nodes(root)
    place = {node: index for index, node in enumerate(order)}
    return [(type(n), n.data, n.grad, n.label, n.op, [place[arg] for arg in n.args]) for n in order]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("count", [300, 3_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_deep_chain(count: int, way: Callable[[Any], Any]) -> None:
    x = Value(0.5, "x")
    y = x
    for _ in range(count // 2):
        y = (y * 1.0).sin() if count < 1000 else y + x
    y.backward()
    twin = way(y)
    assert state(twin) == state(y)
    assert not {*nodes(twin)} & {*nodes(y)}
    twin.backward()
    assert not FLATS


@pytest.mark.parametrize("way", WAYS)
def test_what_is_shared_stays_shared_in_whatever_holds_it(way: Callable[[Any], Any]) -> None:
    x, frozen = Value(2.0, "x"), constant(3.0)
    inner = x * frozen
    root = inner.exp() + inner * x
    first, held, second = way([inner, {"x": x, "frozen": frozen}, (root, root)])
    assert second[0] is second[1]
    assert {first, held["x"], held["frozen"]} <= {*nodes(second[0])}
    assert not held["frozen"].requires_grad
    assert state(second[0]) == state(root)
    assert grad(second[0], held["x"])[0].data == grad(root, x)[0].data


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("turn", [1, -1])
def test_a_list_of_all_nodes_of_a_chain_takes_no_recursion_and_no_square_of_time(way: Any, turn: int) -> None:
    chain = [Value(0.5)]
    for _ in range(8_000):
        chain.append(chain[-1] + 1.0)
    started = time.process_time()
    twins = way(chain[::turn])[::turn]
    assert time.process_time() - started < 5
    assert all(twin.args[0] is before for before, twin in pairwise(twins))


def test_a_class_made_from_value_keeps_what_it_adds() -> None:
    for way in (*WAYS, copy.copy):
        twin = way(Noted(2.0, "n"))
        assert (type(twin), twin.data, twin.label, twin.note) == (Noted, 2.0, "n", ["kept"])


class Noted(Value):
    def __init__(self, data: Any, label: str = "") -> None:
        super().__init__(data, label)
        self.note = ["kept"]


def test_a_defined_operation_is_asked_for_in_another_process(tmp_path: Path) -> None:
    tripled = define("tripled", "3 * x", ("3",))
    path = tmp_path / "graph.pickle"
    path.write_bytes(pickle.dumps(tripled(Value(2.0)) * 1.5))
    program = f"""
import pickle
from engine import define
from engine.errors import FormulaError
try:
    pickle.load(open({str(path)!r}, "rb"))
except FormulaError as error:
    said = str(error)
    print(said)
line = said[said.index("define("):said.index(", and then")]
eval(line)
print(pickle.load(open({str(path)!r}, "rb")).data)
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "tripled, which is not defined here" in ran.stdout
    assert ran.stdout.endswith("9.0\n")


def test_an_operation_that_is_defined_otherwise_by_now_is_refused() -> None:
    raised = define("raised", "x ** 3", ("3 * x ** 2",))
    root = raised(Value(2.0))
    stored = pickle.dumps(root)
    define("raised", "x ** 2", ("2 * x",))
    with pytest.raises(FormulaError, match=r"raised, which is x \*\* 2\.0 here, and was x \*\* 3\.0"):
        pickle.loads(stored)
    assert copy.deepcopy(root).op is root.op is not OPS["raised"]
    squared = pickle.dumps(Value(2.0).raised())
    define("raised", "x ** 3", ("3 * x ** 2",))
    assert pickle.loads(stored).data == 8.0
    with pytest.raises(FormulaError, match=r"raised, which is x \*\* 3\.0 here, and was x \*\* 2\.0"):
        pickle.loads(squared)

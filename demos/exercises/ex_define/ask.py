"""Ask for the operation, use it, and take it out of the engine's tables again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from engine import OPS, Value, define, gradcheck
from engine.rules import FLOATS, VALUES

ONE = "an operation of the engine"
NEEDED = define, gradcheck  # they are loaded before the answer runs, which may not load all that they need


@contextmanager
def restored() -> Iterator[None]:
    """Take what is defined within out of the tables afterwards: the next answer starts with the engine as it was."""
    tables = [(table, dict(table)) for table in (OPS, FLOATS, VALUES)]
    try:
        yield
    finally:
        for name in {*OPS} - {*tables[0][1]}:
            delattr(Value, name)
        for table, before in tables:
            table.clear()
            table.update(before)


def slopes(answers: SimpleNamespace, x: float, upstream: float) -> Mapping[str, Any]:
    """Ask for the number and the gradient of the operation, in a graph that uses x twice."""
    with restored():
        operation = answers.swish_operation()
        if not callable(operation):
            return {ONE: None if operation is None else f"a {type(operation).__name__}, which cannot be called"}
        leaf = Value(x, "x")
        z = operation(leaf)
        if not isinstance(z, Value):
            return {ONE: "it returns a plain number for a Value"}
        root = z * upstream + leaf
        root.backward()
        return {ONE: f"it is called {z.op.name if z.op else z.label}", "z.data": z.data, "x.grad": leaf.grad}

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
    """Put the tables back afterwards: the next answer, and a student's own definition, find the engine as it was."""
    tables = [(table, dict(table)) for table in (OPS, FLOATS, VALUES)]
    methods = {name: vars(Value)[name] for name in OPS if name in vars(Value)}
    try:
        yield
    finally:
        for name in {*OPS} - {*tables[0][1]}:
            delattr(Value, name)
        for name, method in methods.items():
            if vars(Value).get(name) is not method:
                setattr(Value, name, method)
        for table, before in tables:
            table.clear()
            table.update(before)


def slopes(answers: SimpleNamespace, x: float, upstream: float) -> Mapping[str, Any]:
    """Ask for the number and the gradient of the operation, in a graph that uses x twice."""
    with restored():
        known = {*OPS}
        operation = answers.swish_operation()
        if not callable(operation):
            return {ONE: None if operation is None else f"a {type(operation).__name__}, which cannot be called"}
        leaf = Value(x, "x")
        z = operation(leaf)
        if not isinstance(z, Value):
            return {ONE: "it returns a plain number for a Value"}
        root = z * upstream + leaf
        root.backward()
        name = z.op.name if z.op else z.label
        kind = f"it is called {name}" if {*OPS} - known else "nothing was defined: it is a function of Python"
        return {ONE: kind, "z.data": z.data, "x.grad": leaf.grad}

"""Whatever a function of the engine or a method of what it returns is given, it takes it rightly or refuses it."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from odd import mistakes, public_methods, public_things

import engine
from engine import GradwalkError, Page, Value, compile, draw, walk
from engine.ops import OPS, TABLE as TABLE_OF_OPS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

W, U = Value(2.0, "w"), Value(3.0, "u")
ROOT = (W * U + 1.0).tanh()


def constantly(thing: Any) -> Callable[[], Any]:
    return lambda: thing


def stepped() -> Any:
    steps = walk(ROOT)
    steps.run()
    return steps


def program() -> Any:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    return compile(a * b, [a], [b])


def setting(slot: str) -> Callable[..., None]:
    node = Value(2.0, "w")
    return lambda thing: setattr(node, slot, thing)


def page() -> Page:
    return Page("t", "b", {}, "var x")


REAL = "3 0 -1 2.5 inf Fraction np.f32 np.int"
TEXT = "'text' '' long nul surrogate '.' '3'"
JSON = f"{TEXT} 3 0 -1 2.5 nan inf 10**400 -10**400 True False None np.nan [] [1.0] [nan] [None] ['a','b'] ['1','0']"
JSON += " [True] [10**400] [1e308]*4 ragged [[nan,1]] [[None]] [{}] () {} {'a':1}"
SWITCH = "True False np.True"
VALUES = "Value [Value]"

# What is called, a right argument for each of its parameters, and for each the odd ones that it is right to take.
TABLE: list[tuple[str, Callable[[], Callable[..., Any]], dict[str, Any], dict[str, str]]] = [
    ("Value", lambda: Value, {"data": 1.0, "label": ""}, {"data": REAL, "label": TEXT}),
    ("constant", lambda: engine.constant, {"data": 1.0}, {"data": REAL}),
    ("grad", lambda: engine.grad, {"output": ROOT, "inputs": [W]},
        {"output": "Value", "inputs": f"{VALUES} [] () {{}} np.empty"}),
    ("jvp", lambda: engine.jvp, {"output": ROOT, "tangents": {W: 1.0}}, {"output": "Value", "tangents": "{}"}),
    ("jacobian", lambda: engine.jacobian, {"outputs": [ROOT], "inputs": [W]},
        {"outputs": f"{VALUES} [] () {{}} np.empty", "inputs": f"{VALUES} [] () {{}} np.empty"}),
    ("hessian", lambda: engine.hessian, {"output": ROOT, "inputs": [W]},
        {"output": "Value", "inputs": f"{VALUES} [] () {{}} np.empty"}),
    ("compile", lambda: compile, {"output": ROOT, "inputs": [W], "parameters": [U]},
        {"output": VALUES, "inputs": f"{VALUES} [] () {{}} np.empty", "parameters": f"{VALUES} [] () {{}} np.empty"}),
    ("diagnose", lambda: engine.diagnose, {"root": ROOT, "leaves": [W]},
        {"root": "Value", "leaves": f"{VALUES} [] () {{}} np.empty"}),
    ("gradcheck", lambda: engine.gradcheck, {"function": lambda x: x * x, "orders": (1,), "seed": 0},
        {"function": "functions", "seed": "3 0 -1 10**400 -10**400 np.int"}),
    ("draw", lambda: draw,
        {"root": ROOT, "direction": "LR", "fold": "auto", "focus": None, "depth": None, "highlight": None,
         "local": True},
        {"root": "Value", "focus": "None", "depth": "3 0 10**400 None np.int", "highlight": "[] () None",
         "local": SWITCH}),
    ("walk", lambda: walk, {"root": ROOT, "source": None, "accumulate": False},
        {"root": "Value", "source": "None", "accumulate": SWITCH}),
    ("define", lambda: engine.define,
        {"name": "cube", "formula": "x ** 3", "partials": ["3 * x * x"], "symbol": "", "domain": (), "kinks": (),
         "doc": ""},
        {"name": "'text' long", "formula": "'3'", "partials": "'3' ['1','0']", "symbol": TEXT, "doc": TEXT,
         "domain": "[] ()", "kinks": "[] () [1.0] [1e308]*4"}),
    ("label_all", lambda: engine.label_all, {"namespace": {}}, {"namespace": "{} {'a':1}"}),
    ("nodes", lambda: lambda root: engine.nodes(root),  # noqa: PLW0108 - it takes *roots
        {"root": ROOT}, {"root": "Value"}),
    ("operations", lambda: lambda root: engine.operations(root),  # noqa: PLW0108
        {"root": ROOT}, {"root": "Value"}),
    ("Page", lambda: Page, {"title": "t", "body": "b", "data": {}, "script": "var x", "style": ""},
        {"title": TEXT, "body": TEXT, "script": TEXT, "style": TEXT, "data": JSON}),
    ("Page.save", lambda: page().save, {"path": "a.html"}, {}),
    ("Drawing.save", lambda: draw(ROOT).save, {"path": "a.dot"}, {}),
    ("Walk.next", lambda: walk(ROOT).next, {"by": "edge"}, {}),
    ("Walk.back", lambda: stepped().back, {"by": "edge"}, {}),
    ("Walk.goto", lambda: walk(ROOT).goto, {"where": 2}, {"where": "3 0 np.int '3'"}),
    ("Walk.node", lambda: walk(ROOT).node, {"node": "w"}, {}),
    ("Walk.predict", lambda: walk(ROOT).predict, {"value": 1.0}, {"value": f"{REAL} '3'"}),
    ("Walk.why", lambda: stepped().why, {"style": None}, {"style": "None"}),
    ("Walk.save", lambda: walk(ROOT).save, {"path": "a.html", "worksheet": False}, {"worksheet": SWITCH}),
    ("Walk.draw", lambda: stepped().draw, {"direction": "LR", "depth": None}, {"depth": "3 0 10**400 None np.int"}),
    ("Walk.text", lambda: walk(ROOT).text, {"width": 80, "color": False}, {"width": "10**400", "color": SWITCH}),
    ("Walk[]", lambda: lambda place: walk(ROOT)[place], {"place": 0}, {"place": "3 0 -1 True False np.int"}),
    ("Step.text", lambda: walk(ROOT)[0].text, {"style": None}, {"style": "None"}),
    ("program", program, {"X": [[1.0]], "parameters": [2.0]}, {"X": "np.1x1", "parameters": "[1.0] None"}),
    ("Program.value_and_grad", lambda: program().value_and_grad, {"X": [[1.0]], "parameters": [2.0]},
        {"X": "np.1x1", "parameters": "[1.0] None"}),
    ("Program.to_jax", lambda: program().to_jax, {"dtype": "float64"}, {}),
    ("check_node", lambda: partial(engine.check_node, place="f(): x"), {"thing": W}, {"thing": "Value"}),
    ("check_nodes", lambda: partial(engine.check_nodes, place="f(): x"), {"things": [W]},
        {"things": f"{VALUES} [] () {{}} np.empty"}),
    ("flag", lambda: partial(engine.flag, name="local"), {"value": True}, {"value": SWITCH}),
    ("described", lambda: engine.described, {"thing": 3}, {"thing": "*"}),
    ("nearest", lambda: partial(engine.nearest, known=["a"]), {"word": "a"}, {"word": "*"}),
    ("choose", lambda: partial(engine.choose, "kind", known=["a"], error=GradwalkError), {"name": "a"}, {}),
    ("checked_path", lambda: partial(engine.checked_path, suffixes=(".svg",), name="graph", error=GradwalkError),
        {"path": "a.svg"}, {}),
    ("data", lambda: setting("data"), {"thing": 1.0}, {"thing": REAL}),
    ("grad of a node", lambda: setting("grad"), {"thing": 1.0}, {"thing": f"{REAL} None"}),
    ("label", lambda: setting("label"), {"thing": "w"}, {"thing": TEXT}),
    ("requires_grad", lambda: setting("requires_grad"), {"thing": True}, {"thing": SWITCH}),
    ("op", lambda: setting("op"), {"thing": None}, {}),
    ("args", lambda: setting("args"), {"thing": ()}, {}),
    *((f"Value.{op.name}", lambda op=op: getattr(Value(2.0, "w"), op.name), {"y": 1.0},
        {"y": (REAL.replace(" 0", "") if op.name == "div" else REAL) + " Value"})
        for op in TABLE_OF_OPS if op.arity == 2),
]  # fmt: skip


@pytest.mark.parametrize(("make", "right", "taken"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_odd_arguments_are_taken_rightly_or_refused(
    make: Any, right: dict[str, Any], taken: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert mistakes(make, {name: constantly(thing) for name, thing in right.items()}, taken) == []


# Not given anything by a user: the first ones are for authors of layers, who check what they were given before.
UNTRIED = {"public", "gradients_kept", "take_back", "unfinished", "write_whole", "Step.__init__", "Walk.__init__"}
UNTRIED |= {"Drawing.__init__", "Program.__init__"}


def test_the_table_has_every_public_callable_that_takes_arguments() -> None:
    called = dict(public_things([engine]))
    for thing in (walk(ROOT), walk(ROOT)[0], draw(ROOT), program()):
        called |= dict(public_methods(type(thing)))
    tried: dict[str, set[str]] = {}
    for name, _, right, _ in TABLE:
        tried[name] = set(right)
    for name, function in called.items():
        short = name.replace(".__init__", "").replace("Program.__call__", "program")
        op = OPS.get(name.removeprefix("Value."))
        parameters = {*inspect.signature(function).parameters} - {"self", "x"}
        if name in UNTRIED or not parameters or (op and op.arity == 1):
            continue
        assert short in tried, name
        assert tried[short] & parameters or {"options", "roots"} & parameters, name

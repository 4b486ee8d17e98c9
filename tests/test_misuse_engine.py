"""Whatever a function of the engine or a method of what it returns is given, it takes it rightly or refuses it."""

from __future__ import annotations

import inspect
import math
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from odd import LONGEST, mistakes, public_methods, public_things
from oracles import require

import engine
from engine import GradwalkError, Page, Value, compile, draw, walk
from engine.errors import DomainError
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
    ("check_with", lambda: engine.check_with, {"kind": Value}, {}),
    ("python_operation", lambda: engine.python_operation,
        {"name": "twice", "args": [W], "function": lambda x: 2 * x, "slopes": [lambda x: 2.0]},
        {"name": TEXT, "args": VALUES, "function": "functions"}),
    ("draw", lambda: draw,
        {"root": ROOT, "direction": "LR", "fold": "auto", "focus": None, "depth": None, "highlight": None,
         "local": True, "heat": True},
        {"root": "Value", "direction": "None", "focus": "None", "depth": "3 0 10**400 None np.int",
         "highlight": "[] () None", "local": SWITCH, "heat": SWITCH}),
    ("walk", lambda: walk, {"root": ROOT, "source": None, "accumulate": False},
        {"root": "Value", "source": "None", "accumulate": SWITCH}),
    ("define", lambda: engine.define,
        {"name": "cube", "formula": "x ** 3", "partials": ["3 * x * x"], "symbol": "", "domain": (), "kinks": (),
         "doc": "", "arguments": ()},
        {"name": "'text' long", "formula": "'3' functions", "partials": "'3' ['1','0'] functions", "symbol": TEXT,
         "doc": TEXT,
         "domain": "[] ()", "kinks": "[] () [1.0] [1e308]*4 ['1','0']", "arguments": "'' [] ()"}),
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
    ("Walk.save", lambda: walk(ROOT).save, {"path": "a.html", "worksheet": True, "copies": 1, "seed": 0},
        {"worksheet": SWITCH, "copies": "3 np.int", "seed": "3 0 10**400 np.int"}),
    ("Walk.draw", lambda: stepped().draw, {"direction": "LR", "depth": None},
        {"direction": "None", "depth": "3 0 10**400 None np.int"}),
    ("Walk.text", lambda: walk(ROOT).text, {"width": 80, "color": False}, {"width": "10**400", "color": SWITCH}),
    ("Walk[]", lambda: lambda place: walk(ROOT)[place], {"place": 0}, {"place": "3 0 -1 True False np.int"}),
    ("Step.text", lambda: walk(ROOT)[0].text, {"style": None}, {"style": "None"}),
    ("program", program, {"X": [[1.0]], "parameters": [2.0]}, {"X": "np.1x1", "parameters": "[1.0] None"}),
    ("Program.value_and_grad", lambda: program().value_and_grad, {"X": [[1.0]], "parameters": [2.0]},
        {"X": "np.1x1", "parameters": "[1.0] None"}),
    ("Program.or_nan", lambda: program().or_nan, {"X": [[1.0]], "parameters": [2.0]},
        {"X": "np.1x1", "parameters": "[1.0] None"}),
    ("Program.save", lambda: program().save, {"path": "program.py"}, {}),
    ("Program.on", lambda: program().on, {"backend": "numpy"}, {}),
    ("Program.to_jax", lambda: program().to_jax, {"dtype": "float64"}, {}),
    ("Program.outputs_in_jax", lambda: program().outputs_in_jax, {"dtype": "float64"}, {}),
    ("check_node", lambda: partial(engine.check_node, place="f(): x"), {"thing": W}, {"thing": "Value"}),
    ("unpacked", lambda: engine.unpacked, {"thing": W}, {"thing": "*"}),
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
    *((f"Value.{op.name}", lambda op=op: getattr(Value(2.0, "w"), op.name), dict.fromkeys(op.letters[1:], 1.0),
        dict.fromkeys(op.letters[1:], f"{REAL} Value"))
        for op in TABLE_OF_OPS if op.arity > 2),
    ("Value.clamp", lambda: Value(2.0, "w").clamp, {"low": 1.0, "high": 3.0},
        dict.fromkeys(("low", "high"), f"{REAL} Value")),
    ("where", lambda: engine.where, {"condition": W, "x": 1.0, "y": 2.0},
        {"condition": "Value", "x": f"{REAL} Value", "y": f"{REAL} Value"}),
    ("central", lambda: engine.central, {"f": lambda x: x * x, "x": 1.0, "step": 1e-5},
        {"f": "functions int", "x": REAL.replace("inf", ""),
         "step": REAL.replace("-1", "").replace(" 0", "").replace("inf", "")}),
]  # fmt: skip


@pytest.mark.parametrize(("make", "right", "taken"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_odd_arguments_are_taken_rightly_or_refused(
    make: Any, right: dict[str, Any], taken: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert mistakes(make, {name: constantly(thing) for name, thing in right.items()}, taken) == []


# Not given anything by a user: the first ones are for authors of layers, who check what they were given before.
UNTRIED = {"public", "gradients_kept", "take_back", "unfinished", "write_whole", "Step.__init__", "Walk.__init__"}
UNTRIED |= {"of_home", "read_whole", "Drawing.__init__", "Program.__init__"}
UNTRIED |= {"Program.prepared"}  # called by nn, with what it has counted
UNTRIED |= {"no_grad"}  # what is no function is refused in tests/test_no_grad.py
UNTRIED |= {
    "new_figure",
    "save_film",
    "open_file",
    "show_picture",
    "html_table",
    "in_row",
}  # called by nn and demos, with what they have made
UNTRIED |= {"format_number"}  # writes all numbers, thousands of times a drawing, and checks none


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


HUGE = 10**5000  # Python refuses to print it
TYPED = [
    ("walk(ROOT).goto(HUGE)", "5,000 digits"),
    ("walk(ROOT)[HUGE]", "5,000 digits"),
    ("draw(ROOT, direction=HUGE)", "5,000 digits"),
    ("W == HUGE", ".data", "5,000 digits"),
    ("W * HUGE", "308 digits"),
    ("engine.gradcheck('mul', 1.0)", "mul", "2 arguments"),
    ("engine.gradcheck('exp', 1.0, 2.0)", "exp", "1 argument"),
    ("engine.gradcheck(lambda x: x * x, 1.0, 2.0)", "1 argument"),
    ("engine.gradcheck(lambda: W)", "no arguments"),
    ("engine.gradcheck(lambda x: x * x, 2.0, orders=[True])", "orders"),
    ("engine.grad(ROOT, {W})", "no order"),
    ("engine.grad(ROOT, np.array(2.0))", "inputs"),
    ("engine.label_all({1: W})", "name"),
    ("draw(ROOT).save('x' * 300 + '.svg')", "304"),
    (r"draw(ROOT).save('a\0b.svg')", "name of a file"),
    ("walk(ROOT)[99]", "[99]", "are there"),
    ("walk(ROOT, {'a': 1})", "source_lines()"),
    ("program()()", "X", "1 number"),
    ("program()([[1.0]], [1.0, 2.0])", "1 number", "2 numbers"),
    ("program()([[1.0]], [])", "0 numbers"),
    ("program()([[1.0]], ['1'])", "parameters[0]", "text"),
    ("program()([[1.0]], [math.nan])", "parameters[0]", "nan"),
    ("program()([[1.0], [math.nan]])", "X[1][0]", "nan"),
    ("program()([[1.0], [2.0, 3.0]])", "X", "as many"),
    ("program()([[1.0]], [W])", "parameters[0]", ".data"),
    ("program()([[True]])", "X[0][0]", "1.0"),
    ("program()([[HUGE]])", "X[0][0]", "too large"),
    ("program()(np.array([['1.0']]))", "X[0][0]", "text"),
    ("program()([[1.0]], [1.0], 3)", "program(X, parameters)"),
    ("program().to_jax('float16')", "float16", "'float64'"),
    ("compile(W * U, [], [W])([[1.0]])", "leave X out"),
    ("W.__setattr__('op', 3)", "w.op", "a * b"),
    ("Page('t', 'b', {'x': W}, '')", "data", "JSON"),
]


@pytest.mark.parametrize(
    ("typed", "words"), [(typed, words) for typed, *words in TYPED], ids=[row[0] for row in TYPED]
)
def test_what_is_typed_is_answered_with_the_argument_and_the_remedy(
    typed: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GradwalkError) as caught:
        eval(typed)
    assert [word for word in words if word not in str(caught.value)] == []
    assert len(str(caught.value)) <= LONGEST
    assert len(traceback.extract_tb(caught.value.__traceback__)) <= 4  # this test, what was typed, and ours
    assert list(tmp_path.iterdir()) == []


def test_a_program_over_jax_checks_its_shapes_too() -> None:
    require("jax")
    run = program().to_jax()
    value, slopes = run([3.0], [[2.0]])
    assert (float(value), slopes.tolist()) == (6.0, [2.0])
    for arguments in (
        ([1.0, 2.0], [[2.0]]),
        ([], [[2.0]]),
        ([1.0], [[1.0, 2.0]]),
        ([1.0],),
        ("a", [[1.0]]),
        ([W], [[1.0]]),
    ):
        with pytest.raises(GradwalkError):
            run(*arguments)
    with pytest.raises(GradwalkError, match="parameters="):
        run(params=[1.0])


def test_nan_in_rows_or_parameters_is_refused_where_it_stands() -> None:
    for call in (program(), program().value_and_grad, lambda X, p=None: program().on("numpy")(p, X)):
        with pytest.raises(DomainError, match=r"^X\[1\]\[0\]: nan"):
            call(np.array([[1.0], [math.nan]]))
        with pytest.raises(DomainError, match=r"^parameters\[0\]: nan"):
            call([[1.0]], np.array([math.nan]))


def test_a_node_keeps_what_made_it_and_tells_it() -> None:
    a = Value(2.0, "a")
    product = a * a
    for slot, thing in ("op", None), ("args", ()):
        with pytest.raises(GradwalkError, match=f"v.{slot}"):
            setattr(product, slot, thing)
    assert product.op is OPS["mul"]
    assert product.args == (a, a)

"""What an editor and a type checker know of Gradwalk: typing mistakes are flagged, right programs are not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from stub import STUB, stub

import engine
import nn
from engine import BACKENDS, OPS
from engine.draw.choose import FOLDS
from engine.draw.options import FoldName
from engine.program.shapes import FORMS, FormName
from nn import names
from nn.init import INITIALIZERS
from nn.losses import LOSSES
from nn.optim import OPTIMIZERS
from nn.schedules import SCHEDULES
from nn.training import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[1]
LEAST_KNOWN = 98.0  # percent of the public names whose types pyright knows

# One line a mistake, and what a checker must name.
MISTAKES = {
    "x.gard": "gard",
    "x.backwards()": "backwards",
    "x.tahn()": "tahn",
    "x.label = 3": "label|str",
    'x + "3"': r"\+",
    'Value("2")': "SupportsFloat",
    'MLP(2, [4, 1], activation="tahn")': "activation",
    'MLP(2, [4, 1], init="xavie")': "init",
    'fit(model, X, y, loss="msee")': "loss",
    'fit(model, X, y, backend="nunpy")': "backend",
    'fit(model, X, y, optimizer="adma")': "optimizer",
    'fit(model, X, y, schedule="cosin")': "schedule",
    'draw(x, fold="layer")': "fold",
    'compile(x, form="matrix")': "form",
    "engine.Valeu(2.0)": "Valeu",
    "nn.MPL(2, [1])": "MPL",
    "optim.Adm(model.parameters())": "Adm",
    "losses.mea(x, 1.0)": "mea",
    "walk(x).setp(1)": "setp",
    "Neuron(2)([1.0, 2.0]).datta": "datta",
    "Layer(2, 3)([1.0, 2.0])[0].datta": "datta",
    "Layer(2, 3)([1.0, 2.0]).data": "data",
    "model([1.0, 2.0]).datta": "datta",
    "model([1.0, 2.0])[0].datta": "datta",
    "model([1.0, 2.0]).tahn()": "tahn",
}
START = """\
import engine
import nn
from engine import Value, compile, define, draw, grad, gradcheck, walk, where
from nn import MLP, Neuron, Layer, fit, losses, optim
from fractions import Fraction

x, w = Value(2.0, "x"), Value(Fraction(1, 2), "w")
model = MLP(2, [4, 1])
X, y = nn.data.xor()
"""
RIGHT = """\
h = (w * x + 1).tanh() ** 2 - 3 / x
h.label = "h"
h.backward()
x.data -= 0.1 * x.grad
print(x.clip(0, 1), where(x - 1, x, 0.0), x.maximum(2), x > 1, abs(x), h.op.symbol, [arg.data for arg in h.args])
(slope,) = grad(h, x)
print(slope.data, gradcheck("tanh", 0.5), draw(h, local=True).svg, walk(h).goto(1))
cube = define("cube", "x * x * x", ("3 * x * x",))
cubes = MLP(2, [4, 1], activation=cube, output="sigmoid", init="he", rng=0)
layer: list[Value] = Layer(2, 3, "relu")([1.0, x])
one: Value = model([1.0, 2.0])
three: list[Value] = MLP(2, [4, 3])([1.0, 2.0])
p, q, r = MLP(2, [4, 3])([1.0, 2.0])
largest = max(MLP(2, [4, 3])(X[0]), key=lambda output: output.data)
squares = [output**2 for output in MLP(2, [4, 3])(X[0])]
print(model(X[0]).data, model(X[0]).tanh().data, (2 * model(X[0]) - 1).data, model(X[0]) > 0, len(model(X[0])))
output = model(X[0])
if isinstance(output, Value):
    print(output.data)
else:
    print(output[0].data)
all_rows = sum((losses.mse(model(row), target) for row, target in zip(X, y)), Value(0.0))
all_rows.backward()
loss = losses.mse(model([1.0, 2.0]), 1.0)
program = compile(loss, parameters=model.parameters(), form="matrices")
fit(model, X, y, losses.mse, optim.Adam(model.parameters(), lr=0.01), epochs=2, backend="numpy", metrics="accuracy")
fit(model, X, y, "mse", optim.SGD, schedule=nn.schedules.cosine(10), clip=1.0)
"""


def run(folder: Path, *command: str, **settings: str) -> str:
    environment = {**os.environ, **settings}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
    return done.stdout + done.stderr


def mypy(folder: Path) -> str:
    if not find_spec("mypy"):
        pytest.skip("mypy is not installed: pip install '.[test]'")
    return run(
        folder, sys.executable, "-m", "mypy", "--python-executable", sys.executable, "program.py", MYPYPATH=str(ROOT)
    )


def pyright(folder: Path, *options: str, **settings: str) -> str:
    if not find_spec("pyright"):
        pytest.skip("pyright is not installed: pip install '.[types]'")
    return run(folder, sys.executable, "-m", "pyright", *options, PYRIGHT_PYTHON_IGNORE_WARNINGS="1", **settings)


def errors(text: str) -> dict[int, str]:
    """The messages about each line of program.py."""
    found: dict[int, str] = {}
    for line, message in re.findall(r"program\.py:(\d+)(?::\d+)?(?: -|:) error: (.*)", text):
        found[int(line)] = found.get(int(line), "") + message
    return found


def flagged(checker: str, folder: Path, source: str) -> dict[int, str]:
    (folder / "program.py").write_text(source, encoding="utf-8")
    if checker == "mypy":
        return errors(mypy(folder))
    (folder / "pyrightconfig.json").write_text(f'{{"extraPaths": ["{ROOT.as_posix()}"]}}', encoding="utf-8")
    return errors(pyright(folder, "program.py"))


@pytest.mark.slow
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_typing_mistakes_are_flagged_and_right_programs_are_not(checker: str, tmp_path: Path) -> None:
    found = flagged(checker, tmp_path, START + RIGHT + "\n".join(MISTAKES) + "\n")
    first = (START + RIGHT).count("\n") + 1
    for line, (mistake, named) in enumerate(MISTAKES.items(), first):
        assert re.search(named, found.pop(line, "")), mistake
    assert not found


@pytest.mark.slow
@pytest.mark.parametrize("package", ["engine", "nn"])
def test_the_types_of_the_public_names_are_known(package: str, tmp_path: Path) -> None:
    if not find_spec("pyright"):
        pytest.skip("pyright is not installed: pip install '.[types]'")
    run(tmp_path, sys.executable, "-m", "venv", "--without-pip", "venv")
    (site,) = (tmp_path / "venv").rglob("site-packages")
    for each in ("engine", "nn"):
        shutil.copytree(ROOT / each, site / each, ignore=shutil.ignore_patterns("__pycache__"))
    scripts = str(next((tmp_path / "venv").glob("[Ss]*")) if sys.platform == "win32" else tmp_path / "venv" / "bin")
    path = os.pathsep.join([scripts, os.environ["PATH"]])
    text = pyright(tmp_path, "--verifytypes", package, "--ignoreexternal", PATH=path)
    (score,) = re.findall(r"Type completeness score: ([\d.]+)%", text)
    print(f"{package}: {score} % of the types are known")
    assert float(score) >= LEAST_KNOWN, text[-3000:]


def test_the_stub_is_what_the_table_makes() -> None:
    assert STUB.read_text(encoding="utf-8") == stub(), "write it anew: python tests/stub.py"


def given(kind: Any) -> set[str]:
    """The texts of a type of names."""
    return {name for each in get_args(kind) for name in (get_args(each) or (each,))}


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        (names.ActivationName, ["linear", *(op.name for op in OPS.values() if op.arity == 1)]),
        (names.LossName, LOSSES),
        (names.OptimizerName, OPTIMIZERS),
        (names.BackendName, ["python", *BACKENDS]),
        (names.InitName, INITIALIZERS),
        (names.ScheduleName, SCHEDULES),
        (names.MetricName, METRICS),
        (FoldName, ["auto", *FOLDS]),
        (FormName, FORMS),
    ],
    ids=lambda each: "",
)
def test_the_types_of_names_list_what_the_tables_hold(kind: Any, table: Iterable[str]) -> None:
    assert given(kind) == {*table}


@pytest.mark.parametrize("package", [engine, nn], ids=["engine", "nn"])
def test_dir_lists_what_a_user_calls(package: Any) -> None:
    listed = {name for name in dir(package) if not name.startswith("__")}
    assert {*package.__all__, *package.NAMED} <= listed
    assert not {"Any", "TYPE_CHECKING", "import_module", "annotations"} & listed
    assert all(hasattr(package, name) for name in listed)
    assert package.__all__ == list(package.__all__)
    assert package.__version__ == engine.__version__


def test_a_star_import_hides_nothing_of_python() -> None:
    space: dict[str, Any] = {}
    exec("from engine import *\nfrom nn import *", space)
    assert not {*space} & {"compile", "diagnose"}
    for name in {*space} - {"__builtins__"}:
        assert name not in dir(__builtins__), name
    assert space["Value"] is engine.Value


# What completes at TAB: the text before it, and names that must be offered, and that must not.
COMPLETIONS = [
    ("import engine; engine.Va", "Value", "Any"),
    ("import engine; engine.comp", "compile", "TYPE_CHECKING"),
    ("import nn; nn.ML", "MLP", "Any"),
    ("from engine import Value; x = Value(2.0); x.ba", "backward", "gard"),
    ("from engine import Value; x = Value(2.0); x.tan", "tanh", "T"),
    ("import nn; nn.losses.m", "mse", "MSELoss"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "offered", "left_out"), COMPLETIONS)
def test_ipython_and_jedi_complete_names(typed: str, offered: str, left_out: str) -> None:
    jedi = pytest.importorskip("jedi", reason="needs jedi: pip install '.[types]'")
    completer = pytest.importorskip("IPython.core.completer", reason="needs IPython: pip install '.[types]'")
    assert offered in {each.name for each in jedi.Script(typed).complete()}
    start, _, last = typed.rpartition("; ")
    space: dict[str, Any] = {}
    exec(start, space)
    assert offered in {each.name for each in jedi.Interpreter(last, [space]).complete()}
    complete = completer.IPCompleter(shell=None, namespace=space, use_jedi=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)  # of a method that says all at once
        texts = {each.rpartition(".")[2] for each in complete.complete(last)[1]}
    assert offered in texts
    assert left_out not in texts

"""The layout keeps its order: imports run downward, other packages load when used, the top level stays bare."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from ids import shown

import engine
import nn
from demos.cli.command import COMMANDS

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]

# The modules and packages of the engine, low to high: each imports only from those before it.
# fmt: off
ORDER = [
    "installed", "collector", "sources", "domain", "ops", "listing", "printer", "naming", "errors", "arguments",
    "numeric", "terminal", "files", "film", "screen",
    "labels", "graph", "notation", "parser", "unrecorded", "rules", "chain", "copying", "refusals", "replay", "value",
    "checks", "backward", "definition", "check", "diagnosis", "expression", "program", "page", "draw", "walk",
    "command",
]
# Those of nn, likewise.
NN_ORDER = [
    "names", "naming", "shadowing", "checks", "decision", "other_libraries", "paths", "structure",
    "summary", "files", "history",
    "init", "losses", "masks", "optim", "recordable", "schedules", "module", "data", "layers", "dropout", "objective",
    "recurrent", "hopfield", "pruning", "metrics", "sequential", "convolution", "embedding", "evidence", "features",
    "picture", "exchange", "store", "ranges", "ends", "findings", "reach", "plot", "record", "diagnosis", "training",
    "micrograd", "sklearn",
]
# fmt: on

# What each package may import of the others, and only from the other's public face.
PACKAGES = {"engine": [], "nn": ["engine"], "demos": ["engine", "nn"]}

# What the commands look up below the engine's public face: commands of expressions, the table as a listing, which
# layout programs there are, and how text is laid out on a terminal.
BELOW = {
    "demos/guide": ["engine.installed"],
    "demos/cli": ["engine.command", "engine.listing", "engine.draw.render", "engine.terminal", "engine.installed"],
    "demos/exercises": ["engine.terminal"],
    "demos/exercises/ex_define": ["engine.rules"],  # tables that it puts back as they were
    "demos/classroom": [
        "engine.command",
        "engine.expression",
        "engine.program.backends.javascript",
        "engine.terminal",
    ],
}

# Which modules own which third-party packages. They are imported inside the function that needs them, but for a
# module that is itself imported so.
OWNERS = {
    "graphviz": ["engine/draw"],
    "griffe": ["demos/guide/doctests"],  # which griffe loads itself
    "numpy": ["engine/program", "nn", "demos"],
    "scipy": ["engine/program/backends"],
    "jax": ["engine/program/backends", "nn"],
    "torch": ["engine/program/backends", "nn/exchange"],
    "onnx": ["nn/exchange"],
    "matplotlib": ["engine/film", "engine/walk", "nn/plot", "nn/record", "demos"],
    "sklearn": ["nn/data", "nn/sklearn", "demos"],
    "tqdm": ["nn/training"],
    "pandas": ["nn/history"],
    "IPython": ["nn/training/progress", "engine/screen", "engine/walk", "engine/draw", "demos/lesson"],
}
LATE = ["demos/guide/doctests", "engine/program", "nn/plot/saving", "nn/sklearn", "nn/exchange"]

# What stands on the top level, beside what Git ignores.
TOP = {
    "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", ".github", ".gitignore", ".ci", "engine", "nn", "demos",
    "tests",
}  # fmt: skip

FILES = [path.relative_to(ROOT) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


class Import(NamedTuple):
    module: str  # absolute
    name: str  # what is taken from it; "" for `import module`
    lazy: bool  # inside a function


def imports(source: str, path: Path) -> list[Import]:
    """Every import of the module as such: none that only a type checker reads, or only `python -m`."""
    package = [*path.with_suffix("").parts][:-1]
    found: list[Import] = []

    def visit(node: ast.AST, lazy: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, "", lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            found.extend(Import(module, alias.name, lazy) for alias in node.names)
        aside = isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "__name__ == '__main__'")
        for child in node.orelse if aside else ast.iter_child_nodes(node):
            visit(child, lazy or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)))

    visit(ast.parse(source), False)
    return found


def module_of(module: str, name: str = "") -> str:
    """Return the module of the engine that an import reaches: `from engine import Value` reaches `value`."""
    parts = module.split(".")
    if len(parts) > 1:
        return parts[1]
    return engine.PUBLIC.get(name, name).split(".")[0]


def within(path: Path, parts: list[str]) -> bool:
    return any(path.with_suffix("").is_relative_to(part) for part in parts)


def problems(source: str, path: Path) -> list[str]:
    """What a file imports against the rules."""
    package = path.parts[0]
    found = []
    for module, name, lazy in imports(source, path):
        top = module.split(".")[0]
        if top == package == "engine":
            here = path.with_suffix("").parts[1]
            there = module_of(module, name)
            if here == "__init__":
                continue  # the public face imports every module
            if there not in ORDER or ORDER.index(there) > ORDER.index(here):
                found.append(f"{here} imports {there}, which is not below it")
        elif top == package:
            here, there = path.with_suffix("").parts[1], [*module.split("."), name][1]
            if package == "nn" and "__init__" != here != there and NN_ORDER.index(there) > NN_ORDER.index(here):
                found.append(f"{here} imports {there}, which is not below it")
        elif top in PACKAGES or top == "tests":
            public = {"engine": {*engine.PUBLIC, "draw", "walk", "__version__"}, "nn": {*nn.__all__, *nn.NAMED}}
            if top not in PACKAGES[package]:
                found.append(f"{package} imports {top}")
            elif module in [each for folder, names in BELOW.items() if within(path, [folder]) for each in names]:
                continue
            elif (module if module != top else name).removeprefix("nn.") not in public[top]:
                found.append(f"{package} imports {module}.{name}, which is not public")
        elif top in OWNERS:
            if not within(path, OWNERS[top]):
                found.append(f"{path} imports {top}, which it does not own")
            if not lazy and (path.name == "__init__.py" or not within(path, LATE)):
                found.append(f"{path} imports {top} before it is needed")
        elif top not in sys.stdlib_module_names:
            found.append(f"{path} imports {top}, which no module owns")
    return found


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_imports_run_downward_and_lazily(path: Path) -> None:
    assert not problems((ROOT / path).read_text(encoding="utf-8"), path)


@pytest.mark.parametrize(
    ("file", "source", "problem"),
    [
        ("engine/ops.py", "from .value import Value", "ops imports value, which is not below it"),
        ("engine/graph.py", "def f():\n    from .walk import walk", "graph imports walk, which is not below it"),
        ("engine/draw/dot.py", "from ..walk import walk", "draw imports walk, which is not below it"),
        ("engine/value.py", "from engine import grad", "value imports backward, which is not below it"),
        ("engine/value.py", "import nn", "engine imports nn"),
        ("nn/optim.py", "from engine.value import Value", "nn imports engine.value.Value, which is not public"),
        ("nn/data/table.py", "from ..layers import MLP", "data imports layers, which is not below it"),
        ("nn/optim.py", "from demos import tour", "nn imports demos"),
        ("engine/draw/render.py", "import graphviz", "engine/draw/render.py imports graphviz before it is needed"),
        ("engine/graph.py", "def f():\n    import numpy", "engine/graph.py imports numpy, which it does not own"),
        ("nn/optim.py", "def f():\n    import polars", "nn/optim.py imports polars, which no module owns"),
    ],
)
def test_a_wrong_import_is_seen(file: str, source: str, problem: str) -> None:
    assert problem in problems(source, Path(file))


def test_imports_for_types_alone_are_free() -> None:
    source = "if TYPE_CHECKING:\n    from .walk import Walk\nelse:\n    from .draw import draw"
    assert problems(source, Path("engine/ops.py")) == ["ops imports draw, which is not below it"]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_modules_need_each_other(package: str) -> None:
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}
    needs: dict[str, set[str]] = {}
    for module, path in names.items():
        if path.name == "__init__.py" or path.parts[0] != package:
            continue
        found = imports((ROOT / path).read_text(encoding="utf-8"), path)
        needs[module] = {
            each for used in found for each in (used.module, f"{used.module}.{used.name}") if each in names
        }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        pytest.fail(f"these import each other: {' -> '.join(error.args[1])}")


def test_the_table_of_subcommands_names_modules_that_demos_may_import() -> None:
    for command in COMMANDS:
        top = command.module.partition(".")[0]
        assert top == "demos" or command.module in BELOW["demos/cli"], command
        assert (ROOT / command.module.replace(".", "/")).with_suffix(".py").is_file(), command


def test_the_order_names_every_module() -> None:
    parts = {path.parts[1].removesuffix(".py") for path in FILES if path.parts[0] == "engine"} - {"__init__"}
    assert parts <= set(ORDER)
    assert {name.split(".")[0] for name in engine.MODULES} <= set(ORDER)


@pytest.mark.parametrize("package", [engine, nn], ids=lambda package: package.__name__)
def test_every_public_name_is_in_the_module_that_the_package_says(package: ModuleType) -> None:
    for name in [*package.__all__, *package.NAMED]:
        assert getattr(package, name) is vars(package)[name]
    for name, module in package.PUBLIC.items():
        assert getattr(import_module(f"{package.__name__}.{module}"), name) is getattr(package, name)


def printed(script: str, *arguments: str) -> str:
    """Return what a new process prints."""
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_importing_a_package_loads_no_module_that_nobody_asked_for() -> None:
    script = "import sys, engine, nn; print(*(name for name in sys.modules if name.startswith(('engine', 'nn'))))"
    loaded = set(printed(script).split())
    assert loaded == {
        "engine",
        "engine.sources",
        "engine.arguments",
        "engine.draw",
        "engine.walk",
        "nn",
        "nn.shadowing",
    }
    assert printed("import nn; print(nn.layers.MLP is nn.MLP, nn.training.fit is nn.fit)") == "True True\n"


THREADS = """
import sys, threading
sys.setswitchinterval(1e-6)
import engine, nn
names, barrier, failed = [*nn.__all__, *("engine." + name for name in engine.__all__)], threading.Barrier(20), []
def use(place):
    barrier.wait()
    for name in names[place:] + names[:place]:
        try:
            getattr(engine, name[7:]) if name.startswith("engine.") else getattr(nn, name)
        except BaseException as error:
            failed.append(repr(error))
threads = [threading.Thread(target=use, args=(3 * place,)) for place in range(20)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(*failed)
"""


def test_threads_may_use_names_for_the_first_time_at_once() -> None:
    for _ in range(3):
        assert printed(THREADS).strip() == ""


def test_a_name_with_a_dot_is_no_attribute() -> None:
    assert not hasattr(nn, "a.b")
    assert not hasattr(engine, "a.b")


EVERY_IMPORT = ("import engine", "from engine import Value", "from engine import *", "import nn", "from nn import *")


@pytest.mark.parametrize("statement", EVERY_IMPORT)
def test_importing_loads_no_third_party_package(statement: str) -> None:
    script = (
        "import sys; before = set(sys.modules); exec(sys.argv[1]);"
        "print(*{name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    assert set(printed(script, statement).split()) <= {"engine", "nn"}


def test_the_top_level_holds_only_what_is_listed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a Git checkout")
    assert {line.split("/")[0] for line in listed.stdout.splitlines()} <= TOP

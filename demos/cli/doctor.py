"""`gradwalk doctor`: report what is installed, which Graphviz draws, the devices, and which files hide others."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from engine.installed import install_command, layout_command
from engine.terminal import TextStyle

from .._ours import OURS, ROOT, program, shadowing
from .command import version

COLUMN = 14  # where the second column of the report starts


class Package(NamedTuple):
    """An optional package: its name for pip and for `import`, what it is for here, and the extra that installs it."""

    name: str
    module: str
    purpose: str
    extra: str


PACKAGES = [
    Package("matplotlib",   "matplotlib", "plots",                              "train"),
    Package("scikit-learn", "sklearn",    "digits and irises",                  "train"),
    Package("tqdm",         "tqdm",       "progress bars of fit",               "train"),
    Package("ipython",      "IPython",    "notebooks",                          "notebook"),
    Package("shtab",        "shtab",      "completion at TAB",                  "completion"),
]  # fmt: skip


def numpy_devices(numpy: Any) -> str:
    return f"the processor ({platform.machine()})"


def jax_devices(jax: Any) -> str:
    return ", ".join(f"{device.platform} {device.id} ({device.device_kind})" for device in jax.devices())


def torch_devices(torch: Any) -> str:
    graphics = [f"cuda {place} ({torch.cuda.get_device_name(place)})" for place in range(torch.cuda.device_count())]
    apple = ["mps"] if torch.backends.mps.is_available() else []
    return ", ".join(["cpu", *graphics, *apple])


class Library(NamedTuple):
    """A library of arrays: what it is for here, the extra that installs it, and a function that lists its devices."""

    name: str
    purpose: str
    extra: str
    devices: Callable[[Any], str]


LIBRARIES = [
    Library("numpy", "the backend numpy, for compile and fit", "train", numpy_devices),
    Library("jax", "the backend jax, for compile and fit", "jax", jax_devices),
    Library("torch", "the backend torch, on the processor", "torch", torch_devices),
]


def add_arguments(parser: ArgumentParser, command: str) -> None:
    """Add no arguments: `gradwalk doctor` has none."""


def run(words: Sequence[str], parser: ArgumentParser) -> int:
    """Print the report row by row; return 1 if something that Gradwalk needs fails, else 0."""
    parser.parse_args(words)
    style, status = TextStyle.of(), 0
    for label, text, fails in report_rows():
        print(style.row(label, text, COLUMN), flush=True)
        status = status or int(fails)
    return status


Row = tuple[str, str, bool]  # a label, a text, and whether this is a failure


def report_rows() -> Iterator[Row]:
    """Yield the rows of the report."""
    yield "Python", f"{platform.python_version()}, {sys.executable}", False
    yield "System", f"{platform.platform()}, encoding {sys.stdout.encoding}", False
    yield "Gradwalk", f"{version()}, imported from {ROOT}", False
    yield "Command", command(), False
    yield from graphviz()
    for library in LIBRARIES:
        yield (library.name, *array_library(library))
    for package in PACKAGES:
        yield package.name, optional(package), False
    yield from hidden()


def command() -> str:
    """Return the file that the command `gradwalk` starts; if there is none, what to do."""
    if path := shutil.which("gradwalk"):
        return path
    start = Path(sys.argv[0]).absolute()
    folder = start.parent if start.stem == "gradwalk" else Path(sys.executable).parent
    remedy = f"Add {folder} to it, or type `{Path(sys.executable).stem} -m demos.cli` in place of `gradwalk`"
    return f"`gradwalk` is not on the PATH. {remedy}."


def graphviz() -> Iterator[Row]:
    """Yield which layout program draws, which others are installed, and whether drawing works."""
    from engine import GradwalkError, Value, draw
    from engine.draw.render import programs

    try:
        maker = draw(Value(1.0)).svg.partition("<!-- Laid out by ")[2].partition(" -->")[0]
        fails = False
    except GradwalkError as error:
        yield "Graphviz", f"{error}", True
        return
    programs_here = [(path, layout_version(path)) for path in programs()]
    drawing = next(
        (path for path, printed in programs_here if maker.split()[-1:] and maker.split()[-1] in printed), ""
    )
    if not programs_here:
        remedy = f"Gradwalk's own plain layout draws small graphs. For all others: {layout_command()}"
        yield "Graphviz", f"no layout program is found. {remedy}", fails
        return
    yield "Graphviz", f"{drawing or programs_here[0][0]} draws ({maker or 'it does not say its version'})", fails
    for path, printed in programs_here:
        if path != (drawing or programs_here[0][0]):
            yield "", f"{path} is there, too ({printed or 'it does not start'})", False


def layout_version(path: str) -> str:
    """Return the version that a layout program prints; "" if it does not start."""
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run([path, "-V"], capture_output=True, timeout=20, check=False)
        return (done.stderr or done.stdout).decode(errors="replace").strip().partition("\n")[0]
    return ""


def array_library(library: Library) -> tuple[str, bool]:
    """Return the version and the devices of a library, or how to install it; and whether importing it fails."""
    if find_spec(library.name) is None:
        return f"not installed. For {library.purpose}: {install_command(library.extra)}", False
    try:
        module = import_module(library.name)
        return f"{module.__version__}, on {library.devices(module)}; for {library.purpose}", False
    except Exception as error:  # a broken installation may raise anything
        problem = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
        return f"installed, but it fails ({problem}). Install it anew: {install_command(library.extra)}", True


def optional(package: Package) -> str:
    """Return the version of a package, or how to install it."""
    try:
        return f"{metadata.version(package.name)}; for {package.purpose}"
    except metadata.PackageNotFoundError:
        return f"not installed. For {package.purpose}: {install_command(package.extra)}"


def hidden() -> Iterator[Row]:
    """Yield the files that hide a module, here and in the folders of PYTHONPATH, each with what to do."""
    folders = {os.path.realpath(os.getcwd()): "a Python that is started in this folder"}
    for path in filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        folders.setdefault(os.path.realpath(path), "every Python, because PYTHONPATH names its folder")
    hiding_files = [(path, name, whom) for folder, whom in folders.items() for path, name in hiding(Path(folder))]
    if not hiding_files:
        yield "Hidden", "nothing: no file here has the name of a module.", False
    for place, (path, name, whom) in enumerate(hiding_files):
        label = "" if place else "Hidden"
        if name in OURS and (path.parent / name).is_dir() and another_copy(path.parent):
            yield label, f"{path} is another copy of Gradwalk: it hides this one from {whom}.", False
            continue
        whose = f"Gradwalk's {name}" if name in OURS else f"the module {name}"
        init = path / "__init__.py" if path.is_dir() else path
        spared = f" `{program()}` works all the same." if name in OURS else ""
        yield label, f"{path} hides {whose} from {whom}. {shadowing().remedy(name, str(init))}.{spared}", False


def hiding(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files and packages in a folder that hide ours, Python's own or another package, with its name."""
    others = {*sys.stdlib_module_names, "graphviz", *(each.name for each in LIBRARIES)}
    others |= {each.module for each in PACKAGES}
    if folder == ROOT:
        return
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            is_module = path.suffix == ".py" and path.is_file()
            is_package = (path / "__init__.py").is_file()
            name = path.stem if is_module else path.name
            if (is_module and name in others) or ((is_module or is_package) and name in OURS):
                yield path, name


def another_copy(folder: Path) -> bool:
    """Return whether a folder is a checkout of Gradwalk."""
    with suppress(OSError, UnicodeDecodeError):
        return 'name = "gradwalk"' in (folder / "pyproject.toml").read_text(encoding="utf-8")
    return False

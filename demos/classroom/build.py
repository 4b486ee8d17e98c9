"""Build the classroom: install what package-lock.json names, once, and let build.mjs write the site."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from .places import SOURCES, STAMP, ClassroomError, built_folder, package_files, stamp

NODE = 20  # the oldest version that can build
# Archives, each with the files that begin so and are in none before it. The first drawing needs the engine's.
# A worker that runs a student's answer has no course: no expected results, and no solutions.
ARCHIVES = {
    "engine": ("engine/", "demos/__init__.py", "demos/_ours.py", "demos/classroom/", "demos/exercises/__init__.py",
               "demos/exercises/inside/"),
    "nn": ("nn/",),
    "course": ("",),
}  # fmt: skip
UNUSED = re.compile(r"demos/(cli|labs|lesson|pictures|[a-z]\w*\.py)")
LEFT_OUT = (".png", ".md", ".mjs", ".svg", ".pyi", ".json")  # endings of files that run nothing; hints.md stays
COPIED = ("build.mjs", "editor.js", "pack.py", "package.json", "package-lock.json")


def build(say: Callable[[str], None]) -> Path:
    """Build the classroom into its folder, and return it.

    What was built before stays until all is done. Raises ClassroomError without Node.js and npm, or if a step fails.
    """
    node, npm = tools()
    folder = built_folder()
    work = folder.with_name(f"{folder.name}-build")
    work.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        shutil.copyfile(SOURCES / name, work / name)
    install(npm, work, say)
    say("Compiling the engine and the pages ...")
    write_packages(work)
    out = work / "site"
    shutil.rmtree(out, ignore_errors=True)
    run([node, "build.mjs", str(SOURCES), str(out)], work, "The build")
    (out / STAMP).write_text(json.dumps({"sources": stamp()}), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.move(out, folder)
    return folder


def tools() -> tuple[str, str]:
    """Return the programs node and npm."""
    node, npm = map(shutil.which, ("node", "npm"))
    if not node or not npm:
        raise ClassroomError(
            f"building the classroom needs Node.js {NODE} or newer, with its npm: install it from nodejs.org, or "
            "copy a classroom that was built elsewhere."
        )
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", shown)
    if not version or int(version[1]) < NODE:
        raise ClassroomError(f"building the classroom needs Node.js {NODE} or newer, and this is {shown.strip()}.")
    return node, npm


def install(npm: str, work: Path, say: Callable[[str], None]) -> None:
    """Install the packages of package-lock.json, unless they are installed already."""
    lock = sha256((work / "package-lock.json").read_bytes()).hexdigest()
    done = work / "node_modules" / ".gradwalk"
    if done.is_file() and done.read_text(encoding="utf-8") == lock:
        return
    say("Installing what package-lock.json names, by npm ...")
    run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], work, "npm ci")
    done.write_text(lock, encoding="utf-8")


def write_packages(work: Path) -> None:
    """Write the packages as archives."""
    with ExitStack() as stack:
        archives = {name: stack.enter_context(zipfile.ZipFile(work / f"{name}.zip", "w")) for name in ARCHIVES}
        for name, path in package_files():
            if UNUSED.match(name) or (path.suffix in LEFT_OUT and path.name != "hints.md"):
                continue
            archive = next(each for each, starts in ARCHIVES.items() if name.startswith(starts))
            archives[archive].write(path, name)


def run(command: list[str], folder: Path, what: str) -> None:
    """Run a command in a folder. Raises ClassroomError with what it printed last if it fails."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, env=os.environ.copy()
        )
    except OSError as error:
        raise ClassroomError(f"{what} does not start: {error.strerror or error}.") from None
    if done.returncode:
        printed = " ".join((done.stderr.strip() or done.stdout.strip())[-600:].split())
        raise ClassroomError(f"{what} fails: {printed or f'exit status {done.returncode}'}")

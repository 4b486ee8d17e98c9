"""Find out how strongly this machine can isolate a student's code, and start it so."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import sysconfig
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .inside import confine

ROOT = Path(__file__).parents[2]  # where the packages are
INSIDE = (ROOT / "demos/__init__.py", ROOT / "demos/exercises/__init__.py", Path(__file__).parent / "inside")
SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib64", "/lib32", "/nix/store")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime")
OURS = ("engine", "nn", "demos")
BOTH = "Install bubblewrap and libseccomp (apt install bubblewrap libseccomp2) to make it strong."

KINDS = ("bubblewrap", "landlock", "seccomp")  # they can be combined


KIND_NAMES = {"bubblewrap": "bubblewrap", "landlock": "Landlock", "seccomp": "seccomp"}


@dataclass(frozen=True)
class Isolation:
    """The kinds of isolation that hold a student's code on this machine. Only tests leave out the guard in Python."""

    kinds: tuple[str, ...]
    guard: bool = True

    @property
    def strength(self) -> str:
        """Return "strong" if files, processes and network are out of reach, "middling" if some are, else "weak"."""
        files = {"bubblewrap", "landlock"} & {*self.kinds}
        return "strong" if files and "seccomp" in self.kinds else "middling" if self.kinds else "weak"

    @property
    def line(self) -> str:
        """A line of text: how strong the isolation is, and what to install to make it stronger."""
        names = ", ".join(KIND_NAMES[each] for each in self.kinds)
        head = f"Isolation of the answers: {self.strength}"
        if self.strength == "strong":
            return f"{head} ({names}). They reach no files but their own, no other program and no network."
        if sys.platform != "linux":
            return (
                f"{head} (Python's own guard). Grade files of people whom you do not trust on Linux, in a container."
            )
        missing = "libseccomp (apt install libseccomp2)" if "seccomp" not in self.kinds else "bubblewrap"
        remedy = f"Install {missing} to make it strong."
        return f"{head} ({names or 'the guard in Python alone'}). {remedy if self.kinds else BOTH}"

    def command(self, box: Path, imports: Collection[str]) -> list[str]:
        """Return the words to put before the command that starts Python in the folder `box`."""
        if "bubblewrap" not in self.kinds:
            return []
        allowed, hidden = places(imports)
        words = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
        words += ["--tmpfs", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
        for each in (*SYSTEM, *SYSTEM_FILES):
            if os.path.islink(each):
                words += ["--symlink", os.readlink(each), each]
            else:
                words += ["--ro-bind-try", each, each]
        for path in allowed:
            words += ["--ro-bind-try", path, path]
        for path in hidden:
            words += ["--tmpfs", path]
        for path in kit(imports):
            words += ["--ro-bind", path, path]
        return [*words, "--bind", str(box), str(box), "--chdir", str(box), "--"]


def strongest(without: Collection[str] = ()) -> Isolation:
    """Return the strongest isolation that this machine has, without the kinds in `without`."""
    has = {
        "bubblewrap": _bubblewrap,
        "landlock": lambda: confine.landlock_version() > 0,
        "seccomp": confine.has_seccomp,
    }
    return Isolation(tuple(kind for kind in KINDS if kind not in without and has[kind]()))


@cache
def _bubblewrap() -> bool:
    """Return whether bubblewrap is installed and works: some systems allow it only to root."""
    if sys.platform != "linux" or not shutil.which("bwrap"):
        return False
    box = Path("/tmp")
    words = [*Isolation(("bubblewrap",)).command(box, ()), sys.executable, "-S", "-c", "print(1)"]
    try:
        return subprocess.run(words, capture_output=True, timeout=10, check=False).stdout == b"1\n"
    except (OSError, subprocess.TimeoutExpired):
        return False


def places(imports: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the paths that Python itself needs, and the paths within them that are hidden from an answer."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.path.dirname(_real(sys.executable)))}
    inside = [f"{prefix}/{name}" for prefix in prefixes for name in ("bin", "lib", "lib64", "pyvenv.cfg")]
    library = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    existing = {path for each in (*inside, *library) for path in (each, _real(each)) if os.path.exists(path)}
    allowed = sorted(
        path for path in existing if not any(_within(path, other) for other in (existing | {*SYSTEM}) - {path})
    )
    packages = {_real(path) for path in (*site.getsitepackages(), *packages_path()) if os.path.isdir(path)}
    if {"engine", "nn", "numpy"} & {*imports}:
        hidden = {f"{path}/{name}" for path in packages for name in OURS}
        allowed += sorted(path for path in packages if not any(_within(path, other) for other in allowed))
    else:
        hidden = packages
    hidden.add(str(ROOT / "demos"))
    reach = (*allowed, *SYSTEM)
    return allowed, sorted(
        path for path in hidden if os.path.isdir(path) and any(_within(path, each) for each in reach)
    )


def packages_path() -> list[str]:
    """Return the folders on Python's path in which packages are installed."""
    return [
        path for path in map(_real, filter(None, sys.path)) if Path(path).name in ("site-packages", "dist-packages")
    ]


def kit(imports: Collection[str]) -> list[str]:
    """Return the paths of our packages that an answer and its runner need."""
    own = [*INSIDE, *(ROOT / name for name in ("engine", "nn") if name in imports)]
    return [str(each) for each in own]


def readable(imports: Collection[str]) -> list[str]:
    """Return the readable paths for Landlock and for the guard: nothing below them is hidden."""
    allowed, hidden = places(imports)
    waiting, readable_paths = [*SYSTEM, *SYSTEM_FILES, *allowed], set(kit(imports))
    while waiting:
        path = _real(waiting.pop())
        if path in hidden or not os.path.exists(path):
            continue
        if any(_within(each, path) for each in hidden):
            waiting += [os.path.join(path, name) for name in os.listdir(path)]
        else:
            readable_paths.add(path)
    return sorted(
        each for each in readable_paths if not any(_within(each, other) for other in readable_paths - {each})
    )


def _real(path: str) -> str:
    return os.path.realpath(path)


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)

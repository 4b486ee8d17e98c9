"""Where Gradwalk is published, how this one was installed, and the command that installs more of it."""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

# Where Gradwalk is published. Whoever releases it sets this first: the release workflow compares it with the
# repository that it runs in. The package's page and the site have links there; nothing is fetched from it.
REPOSITORY = "https://github.com/gradwalk/gradwalk"
HOME = Path(__file__).parents[1]
# The systems and machines that graphviz-pure has a wheel for. pyproject.toml lists them, too, but for Linux on ARM: a
# Python of 32 bits on a system of 64 bits is common there, and a marker cannot tell it from one of 64.
WHEELS = {
    "linux": ("x86_64", "aarch64"),
    "darwin": ("x86_64", "arm64"),
    "win32": ("AMD64", "ARM64"),
}


def install_command(extra: str) -> str:
    """Return the command that adds an extra to this installation: a clone, a wheel, or a published version.

    >>> install_command("train").startswith("pip install ")
    True
    """
    if sys.platform == "emscripten":
        return "Python in a browser cannot install it, and Gradwalk on a computer can"
    name = f"gradwalk[{extra}]"
    if (HOME / "pyproject.toml").is_file():
        return f'pip install -e "{_shown(HOME)}[{extra}]"'
    source = _installed_from()
    if source and source.is_dir():
        return f'pip install "{_shown(source)}[{extra}]"'
    if source and source.is_file():
        return f'pip install "{name} @ {source.as_uri()}"'
    return f'pip install "{name}"'


def layout_command() -> str:
    """Return how to get a program that lays out drawings on this machine."""
    if sys.maxsize > 2**32 and platform.machine() in WHEELS.get(sys.platform, ()):
        return "pip install graphviz graphviz-pure"
    linux = " (sudo apt install graphviz)" if sys.platform == "linux" else ""
    return f"pip install graphviz, and Graphviz in the system{linux}, from graphviz.org/download"


def _installed_from() -> Path | None:
    """Return the folder or the file that pip installed Gradwalk from; None if it came from an index."""
    try:
        text = metadata.distribution("gradwalk").read_text("direct_url.json")
        url = urlparse(json.loads(text or "{}").get("url", ""))
    except (metadata.PackageNotFoundError, ValueError):
        return None
    return Path(url2pathname(url.path)) if url.scheme == "file" else None


def _shown(folder: Path) -> str:
    """Return a folder as a command names it from the current one."""
    return "." if os.path.realpath(folder) == os.path.realpath(os.curdir) else str(folder)

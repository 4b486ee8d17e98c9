"""DOT laid out and painted: by the system's Graphviz, else by the one that the wheel graphviz-pure installs."""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
from contextlib import suppress
from html import escape
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DrawError

if TYPE_CHECKING:
    from collections.abc import Mapping

PURE = "graphviz-pure"
INSTALL = "pip install graphviz graphviz-pure"


def programs() -> list[str]:
    """The layout programs of this machine, as paths, the preferred one first."""
    found = [shutil.which("dot"), shutil.which(PURE) or shutil.which(PURE, path=os.pathsep.join(script_folders()))]
    return [program for program in found if program]


def script_folders() -> list[str]:
    """Where an installer may have put a wheel's programs, whether or not PATH knows it."""
    folders = [Path(sys.executable).parent, sysconfig.get_path("scripts")]
    folders.append(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
    with suppress(metadata.PackageNotFoundError):
        folders += [Path(str(file.locate())).parent for file in metadata.files(PURE) or () if file.stem == PURE]
    return list(dict.fromkeys(map(str, folders)))


def render(dot: str, form: str) -> bytes:
    """DOT as "svg", "png" or "pdf".

    Raises DrawError if no program is there, or if those that are there fail.
    """
    try:
        from graphviz.backend import execute
    except ImportError:
        raise DrawError(f"a picture needs the package graphviz: {INSTALL}") from None
    usable = [program for program in programs() if form != "pdf" or PURE not in Path(program).name]
    if not usable and form == "pdf":
        raise DrawError("a PDF needs Graphviz installed in the system (graphviz.org/download). Save as .svg or .png.")
    problem = f"a picture needs a layout program, and none is found: {INSTALL}"
    for program in usable:
        command = [program, "-Kdot", f"-T{form}", *(["-Gdpi=144"] if form == "png" else [])]
        try:
            # Warnings, such as a guessed width of a letter, are left out; a failure is told.
            return bytes(execute.run_check(command, input=dot.encode(), capture_output=True, quiet=True).stdout)
        except (OSError, execute.ExecutableNotFound) as error:
            problem = f"{program} does not start: {error}"
        except execute.CalledProcessError as error:
            said = [
                line for line in error.stderr.decode(errors="replace").splitlines() if not line.startswith("Warning")
            ]
            problem = f"{program} fails: {' '.join(said)[:300] or f'exit status {error.returncode}'}"
    raise DrawError(problem)


def dressed(svg: bytes, title: str, description: str, titles: Mapping[str, str]) -> str:
    """An SVG for people: with a title, a description, and a title for each element that is pointed at.

    Only markup of Graphviz itself is matched: in the text of a label, < > & and quotes are escaped.
    """
    text = svg.decode().replace("\r\n", "\n")
    text = re.sub(r"<!--.*?-->\n?", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = text.replace('font-family="Helvetica,sans-Serif"', 'font-family="Helvetica,Arial,sans-serif"')
    text = re.sub(r'(<g id="graph0"[^>]*>\n)<title>.*?</title>\n', r"\1", text)

    def named(match: re.Match[str]) -> str:
        said = titles.get(match[2], "")
        return match[1] + (f"<title>{escape(said)}</title>\n" if said else "")

    text = re.sub(r'(<g id="(\w+)" class="(?:node|edge)">\n)<title>.*?</title>\n', named, text)
    head = f"<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>\n"
    return re.sub(r"<svg ([^>]*)>\n", lambda match: f'<svg role="img" {match[1]}>\n{head}', text, count=1)

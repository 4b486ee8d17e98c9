"""DOT laid out and painted: by the system's Graphviz, else by the one that the wheel graphviz-pure installs.

The system's comes first: it measures letters in the fonts of this machine, and makes PDF. Where it does not start,
fails or prints something else, the wheel's takes its place. An SVG names the one that made it, in a comment.

Where Python itself runs in a browser there are no programs. There, the page that started Python brings a Graphviz of
its own: a function of JavaScript, see `page_layout`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from contextlib import suppress
from html import escape
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DrawError
from ..installed import layout_command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PURE = "graphviz-pure"
PLATFORM: str = sys.platform
# The layout has the widths of Helvetica's letters; those of the others are the same, or little more.
FONTS = 'font-family="Helvetica, Arial, Liberation Sans, DejaVu Sans Condensed, sans-serif"'
MARKS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}  # what a file of each kind has near its start


class SlowLayout(DrawError):
    """A layout takes too long."""


class NoLayout(DrawError):
    """No layout program is here, or none of those that are here works."""


def programs() -> list[str]:
    """The layout programs of this machine, as paths, the preferred one first."""
    found = [shutil.which("dot"), shutil.which(PURE) or shutil.which(PURE, path=os.pathsep.join(script_folders()))]
    return [program for program in found if program]


def script_folders() -> list[str]:
    """Where an installer may have put a wheel's programs, whether or not PATH knows it."""
    folders = [Path(sys.executable).parent] if sys.executable else []
    with suppress(KeyError):  # a Python without installation schemes, as in a browser
        folders.append(Path(sysconfig.get_path("scripts")))
        folders.append(Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))))
    with suppress(metadata.PackageNotFoundError):
        folders += [Path(str(file.locate())).parent for file in metadata.files(PURE) or () if file.stem == PURE]
    return list(dict.fromkeys(map(str, folders)))


def page_layout() -> Callable[[str], str] | None:
    """Return what lays DOT out as SVG where Python itself runs in a browser; None where it does not.

    It is the function `gradwalkLayout` that the page has put into JavaScript's `globalThis`.
    """
    if PLATFORM != "emscripten":
        return None
    with suppress(ImportError):
        return getattr(import_module("js"), "gradwalkLayout", None)
    return None


def laid_out_by_page(layout: Callable[[str], str], dot: str, form: str) -> bytes:
    """Return DOT as SVG, laid out by the page. Raises DrawError for another form, and if the layout fails."""
    if form != "svg":
        raise DrawError(f"in a browser, a drawing is saved as .svg, .html or .dot, not as .{form}.")
    try:
        output = str(layout(dot)).encode()
    except Exception as error:  # whatever JavaScript throws
        raise DrawError(f"the page's Graphviz fails: {str(error)[:300]}") from None
    if MARKS[form] not in output[:1000]:
        raise DrawError("the page's function gradwalkLayout does not return SVG: is it Graphviz?")
    return output


def render(dot: str, form: str, seconds: float | None = None) -> bytes:
    """Return DOT as "svg", "png" or "pdf".

    A page that runs Python lays it out itself, however long that takes; elsewhere a program does.

    Raises DrawError if no program is there, if those that are there fail, or if a layout takes more than `seconds`.
    """
    if layout := page_layout():
        return laid_out_by_page(layout, dot, form)
    try:
        from graphviz.backend import execute
    except ImportError:
        raise NoLayout(f"a picture needs the package graphviz: {layout_command()}") from None
    usable = [program for program in programs() if form != "pdf" or PURE not in Path(program).name]
    if not usable and form == "pdf":
        raise DrawError("a PDF needs Graphviz installed in the system (graphviz.org/download). Save as .svg or .png.")
    problem = f"a picture needs a layout program, and none is found: {layout_command()}"
    for program in usable:
        command = [program, "-Kdot", f"-T{form}", *(["-Gdpi=144"] if form == "png" else [])]
        try:
            # Warnings, such as a guessed width of a letter, are left out; a failure is reported.
            output = bytes(
                execute.run_check(
                    command, input=dot.encode(), capture_output=True, quiet=True, timeout=seconds
                ).stdout
            )
        except subprocess.TimeoutExpired:
            raise SlowLayout(f"{program} did not end within {seconds} seconds.") from None
        except (OSError, execute.ExecutableNotFound) as error:
            problem = f"{program} does not start: {error}"
        except execute.CalledProcessError as error:
            lines = [
                line for line in error.stderr.decode(errors="replace").splitlines() if not line.startswith("Warning")
            ]
            problem = f"{program} fails: {' '.join(lines)[:300] or f'exit status {error.returncode}'}"
        else:
            if MARKS[form] in output[:1000]:
                return output
            problem = f"{program} does not print {form.upper()}: is it Graphviz?"
    raise NoLayout(problem)


def dressed(svg: bytes, title: str, description: str, titles: Mapping[str, str]) -> str:
    """An SVG for people: with a title, a description, and a title for each element that is pointed at.

    Only markup of Graphviz itself is matched: in the text of a label, < > & and quotes are escaped.
    """
    text = svg.decode().replace("\r\n", "\n")
    maker = re.search(r"<!-- Generated by ([\w.~+() -]*?)\s*-->", text)
    text = re.sub(r"<!--.*?-->\n?", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = text.replace(' font-family="Helvetica,sans-Serif"', "")
    text = re.sub(r'(<g id="graph0"[^>]*>\n)<title>.*?</title>\n', r"\1", text)

    def named(match: re.Match[str]) -> str:
        own = titles.get(match[2], "")
        return match[1] + (f"<title>{escape(own)}</title>\n" if own else "")

    text = re.sub(r'(<g id="(\w+)" class="(?:node|edge|cluster)">\n)<title>.*?</title>\n', named, text)
    head = f"<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>\n"
    head += f"<!-- Laid out by {maker[1]} -->\n" if maker else ""
    text = re.sub(r"<svg ([^>]*)>\n", lambda match: f'<svg role="img" {match[1]} {FONTS}>\n{head}', text, count=1)
    return fitting(text)


SIZE = re.compile(r'(<svg [^>]*?width="([\d.]+pt)" height="[\d.]+pt")(?: style="[^"]*")?')


def fitting(svg: str) -> str:
    """Return an SVG that is as wide as there is room, and at most as wide as it was laid out.

    Where it is an image, its width and its height are what they were.
    """
    return SIZE.sub(r'\1 style="width:100%;max-width:\2;height:auto"', svg)


def without_style(svg: str) -> str:
    """Return an SVG for a page that has a style of its own, and whose policy lets no other take effect."""
    return SIZE.sub(r"\1", svg)

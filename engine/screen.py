"""Show a picture: in a notebook below its cell, elsewhere in the browser."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .arguments import public

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .errors import GradwalkError


@public
def in_notebook() -> bool:
    """Tell whether this program runs in a notebook, where the last expression of a cell is displayed.

    >>> in_notebook()
    False
    """
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return bool(shell) and hasattr(shell, "kernel")


@public
def html_table(titles: Iterable[str], rows: Iterable[Iterable[str]], after: str = "") -> str:
    """Return an HTML table of texts for a notebook, and a text below it.

    >>> html_table(["epoch", "loss"], [["1", "0.5"]], "a < b")
    '<table><tr><th>epoch</th><th>loss</th></tr><tr><td>1</td><td>0.5</td></tr></table><p>a &lt; b</p>'
    """
    from html import escape

    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    lines = ["".join(f"<td>{escape(text)}</td>" for text in row) for row in rows]
    below = f"<p>{escape(after)}</p>" if after else ""
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in (head, *lines))}</table>{below}"


@public
def show_picture(picture: Any, name: str, save: Callable[[Path], Any], error: type[GradwalkError]) -> None:
    """Show a picture: in a notebook below the cell, else as an SVG in the browser.

    It returns at once, and does not wait until the browser is closed.

    Parameters
    ----------
    picture: what a notebook displays.
    name: what the file is called, without its ending.
    save: writes the picture to the path that it is called with, which ends with .svg.
    error: the kind of error where there is no screen, or no browser.
    """
    if in_notebook():
        from IPython.display import display

        display(picture)
        return
    from tempfile import mkdtemp

    word = re.sub(r"\W+", "_", name).strip("_")[:40] or "picture"
    remedy = f'Save it instead, with .save("{word}.png"), and open that file.'
    path = Path(mkdtemp(prefix="gradwalk-"), f"{word}.svg")  # not deleted: the browser reads the file later
    save(path)
    open_file(path, error, remedy)


@public
def open_file(path: Path, error: type[GradwalkError], remedy: str) -> None:
    """Open a picture or a page in the browser. If that is not possible, raise an error that ends with the remedy."""
    if not _has_screen():
        raise error(f"there is no screen here to show a picture on. {remedy}")
    import webbrowser  # here, since it takes milliseconds to import

    try:
        opened = webbrowser.open(path.resolve().as_uri())
    except webbrowser.Error:
        opened = False
    if not opened:
        raise error(f"no browser is found to show a picture with. {remedy}")


def _has_screen() -> bool:
    """Tell whether a browser has a screen to open on. Only Linux and similar systems may have none."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in screens)

"""`Page`: a title, a body, data and a script in the shell that all pages share, as text and as a file."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from ..arguments import described, public
from ..errors import ArgumentError, GradwalkError
from ..files import checked_path, write_whole

if TYPE_CHECKING:
    import os

HERE = Path(__file__).parent
PAGE_SUFFIXES = (".html", ".htm")


class PageError(GradwalkError, OSError):
    """A page that cannot be saved."""


@public
class Page:
    """One offline HTML page; `engine.page` lists what its parts may hold.

    >>> page = Page("Two < three", "<p id='here'></p>", {"label": "</script>"}, "$('here').textContent = data.label;")
    >>> "<title>Two &lt; three</title>" in page.html, page.html.count("</script>")
    (True, 3)
    """

    title: str
    body: str
    data: Any
    script: str
    style: str

    def __init__(self, title: str, body: str, data: Any, script: str, style: str = "") -> None:
        self.title, self.body, self.data, self.script, self.style = title, body, data, script, style
        self._check_texts()
        self._inert = inert(data)

    @property
    def html(self) -> str:
        """The page as text."""
        self._check_texts()
        scripts = [embedded("player.js"), "\n" + self.script.strip() + "\n"]
        styles = [embedded("page.css"), "\n" + self.style.strip() + "\n"]
        return Template(read(HERE / "shell.html")).substitute(
            title=escape(self.title),
            body=self.body,
            data=self._inert,
            policy=f"script-src {hashes(scripts)}; style-src {hashes(styles)}",
            player=scripts[0],
            script=scripts[1],
            shared=styles[0],
            style=styles[1],
        )

    def _check_texts(self) -> None:
        for name in ("title", "body", "script", "style"):
            text = getattr(self, name)
            if not isinstance(text, str):
                raise ArgumentError(f"a page's {name} is text, not {described(text)}.")

    @public
    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file whose name ends with .html, and return its path.

        Raises PageError (an OSError) for another ending, for a folder that does not exist, and for a file that
        cannot be written; a file that was there before is then as it was.
        """
        target = checked_path(path, PAGE_SUFFIXES, "page", PageError)
        try:
            write_whole(target, self.html.encode(errors="replace"))
        except OSError as error:
            raise PageError(f"{target.name!r} cannot be saved: {error.strerror or error}.") from None
        return target


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def embedded(name: str) -> str:
    return "\n" + read(HERE / name)


def hashes(texts: list[str]) -> str:
    """Return the hashes by which a page's Content-Security-Policy allows these inline scripts or styles."""
    return " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts)


def inert(data: Any) -> str:
    """Return data as JSON that is safe inside a script element: all ASCII, and without a <.

    >>> print(inert({"label": "</script>\u2028", "loss": float("nan")}))
    {"label":"\\u003c/script>\\u2028","loss":null}
    """
    try:
        finite = json.loads(json.dumps(data), parse_constant=lambda name: None)
    except (TypeError, ValueError, RecursionError) as error:
        raise ArgumentError(
            f"a page's data is what JSON can hold: lists, dicts with names, text, numbers, and not this: {error}."
        ) from None
    return json.dumps(finite, separators=(",", ":")).replace("<", "\\u003c")

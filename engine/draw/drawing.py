"""`Drawing`: a picture as text, as a file, and in a notebook."""

from __future__ import annotations

from base64 import b64encode
from difflib import get_close_matches
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DrawError
from .dot import dot
from .render import dressed, render

if TYPE_CHECKING:
    import os

    from .picture import Picture

SUFFIXES = (".svg", ".png", ".dot", ".pdf")


class Drawing:
    """The picture of a graph, as it was when it was drawn.

    `.dot` is its text in the language of Graphviz; `.svg` is laid out when first asked for, and raises
    DrawError if nothing on this machine can do that.

    >>> from engine import Value, draw
    >>> drawing = draw(Value(2.0, "a") * 3.0)
    >>> print(drawing.dot.splitlines()[0], drawing.svg[:15])
    digraph { <svg role="img"
    """

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.dot = dot(picture)

    @cached_property
    def svg(self) -> str:
        """The picture as SVG, with a title, a description, and a title for each node and edge."""
        titles = {box.id: str(box.caption) for box in self.picture.boxes}
        titles |= {arrow.id: arrow.title for arrow in self.picture.arrows}
        return dressed(render(self.dot, "svg"), self.title, self.picture.description, titles)

    @property
    def title(self) -> str:
        """What is drawn, in a few words."""
        return f"Graph of {self.picture.name}"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a file of the kind that the name ends with: .svg, .png, .dot or .pdf. Returns its path.

        Raises DrawError for another ending, for a folder that does not exist, and for a .pdf where the
        system has no Graphviz.
        """
        target = Path(path)
        suffix = target.suffix.lower()
        if suffix not in SUFFIXES:
            near = (get_close_matches(suffix, SUFFIXES, 1) or SUFFIXES)[0]
            meant = f"{target.stem or 'graph'}{near}"
            raise DrawError(f"{target.name!r} does not end with .svg, .png, .dot or .pdf. Did you mean {meant!r}?")
        if not target.parent.is_dir():
            raise DrawError(f"{target.name!r} cannot be saved: there is no folder {str(target.parent)!r}.")
        if suffix == ".dot":
            target.write_bytes(self.dot.encode())
        elif suffix == ".svg":
            target.write_bytes(self.svg.encode())
        else:
            target.write_bytes(render(self.dot, suffix[1:]))
        return target

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows. An image survives where a notebook is not trusted; raw SVG does not."""
        try:
            data = b64encode(self.svg.encode()).decode()
        except DrawError as error:
            return {"text/plain": f"{self!r} ({error})"}
        said = escape(f"{self.title}: {self.picture.description}")
        return {"text/plain": repr(self), "text/html": f'<img src="data:image/svg+xml;base64,{data}" alt="{said}">'}

    def __repr__(self) -> str:
        return f"Drawing of {self.picture.name}: {self.picture.summary}"

"""`Drawing`: a picture as text, as a file, and in a notebook."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from ..arguments import public
from ..errors import DrawError
from ..files import checked_path, write_whole
from ..screen import show_picture
from .dot import TITLES, dot
from .layered import MOST_PLAIN_BOXES, drawn_plainly
from .render import NoLayout, SlowLayout, dressed, render
from .titles import crossed_titles

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from .picture import Picture

PATIENCE = 5.0  # seconds for a layout with curved arrows
WITHIN = "max-width:100%;height:auto"  # an image that is not wider than a notebook's cell
DRAWING_SUFFIXES = (".svg", ".png", ".dot", ".pdf")
SUFFIXES = (*DRAWING_SUFFIXES, ".html")


@public
class Drawing:
    """The picture of a graph, as it was when it was drawn.

    `.dot` is its text in the language of Graphviz; `.svg` is laid out when first asked for, and raises
    DrawError if nothing on this machine can do that. There, the title of a loop may stand in another corner.

    >>> from engine import Value, draw
    >>> drawing = draw(Value(2.0, "a") * 3.0)
    >>> print(drawing.dot.splitlines()[0], drawing.svg[:15])
    digraph { <svg role="img"
    """

    def __init__(self, picture: Picture, most_boxes: int = MOST_PLAIN_BOXES, describe_numbers: bool = True) -> None:
        self.picture = picture
        self._most_boxes = most_boxes  # that our own layout takes, where there is no other
        # What the titles and the description speak of.
        self._described = picture if describe_numbers else without_numbers(picture)
        self.dot: str = dot(picture)

    def _render(self, form: str) -> bytes:
        """Lay the picture out; where that takes long, with straight arrows, which are laid out faster.

        Where there is no layout program, the SVG of a small picture is laid out plainly, by us.
        """
        try:
            text, svg = self._tidy
            return svg if form == "svg" else render(text, form, PATIENCE)
        except SlowLayout:
            return render(dot(self.picture, straight=True), form)
        except NoLayout as problem:
            if form == "svg":
                return drawn_plainly([self.picture], problem, self._most_boxes)[0]
            raise

    @cached_property
    def _tidy(self) -> tuple[str, bytes]:
        """The DOT and the SVG with the titles of clusters in that of four places where least runs through them."""
        text, svg = self.dot, render(self.dot, "svg", PATIENCE)
        least = crossed_titles(svg) if self.picture.clusters.inner else 0
        for titles in TITLES[1:]:
            if not least:
                break
            other = dot(self.picture, titles=titles)
            moved = render(other, "svg", PATIENCE)
            if (crossed := crossed_titles(moved)) < least:
                text, svg, least = other, moved, crossed
        return text, svg

    @cached_property
    def svg(self) -> str:
        """The picture as SVG, with a title, a description, and a title for each node and edge."""
        titles = {box.id: str(box.label_text) for box in self._described.boxes}
        titles |= {arrow.id: arrow.title for arrow in self.picture.arrows}
        titles |= {cluster.id: cluster.label for cluster in self.picture.clusters.inside}
        return dressed(self._render("svg"), self.title, self._described.description, titles)

    @property
    def title(self) -> str:
        """What is drawn, in a few words."""
        return f"Graph of {self.picture.name}"

    @public
    def show(self) -> None:
        """Open the picture in the browser; in a notebook, display it below the cell.

        Raises DrawError where there is no screen or no browser: save the picture there.
        """
        show_picture(self, "graph", self.save, DrawError)

    @public
    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a file of the kind that the name ends with: .svg, .png, .dot, .pdf or .html. Returns its path.

        An .html is one offline page, in which every folded box opens.

        Raises DrawError for another ending, for a folder that does not exist, for a file that cannot be
        written (what was there before is then as it was), and for a .pdf where the system has no Graphviz.
        """
        target = checked_path(path, SUFFIXES, "graph", DrawError)
        suffix = target.suffix.lower()
        if suffix == ".dot":
            data = self.dot.encode()
        elif suffix == ".svg":
            data = self.svg.encode()
        elif suffix == ".html":
            from .page import drawing_page

            data = drawing_page(self.picture).html.encode(errors="replace")
        else:
            data = self._render(suffix[1:])
        try:
            write_whole(target, data)
        except OSError as error:
            raise DrawError(f"{target.name!r} cannot be saved: {error.strerror or error}.") from None
        return target

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows. An image survives where a notebook is not trusted; raw SVG does not."""
        try:
            data = b64encode(self.svg.encode()).decode()
        except DrawError as error:
            return {"text/plain": f"{self!r} ({error})"}
        description = escape(f"{self.title}: {self.picture.description}")
        return {
            "text/plain": repr(self),
            "text/html": f'<img src="data:image/svg+xml;base64,{data}" alt="{description}" style="{WITHIN}">',
        }

    def __repr__(self) -> str:
        return f"Drawing of {self.picture.name}: {self.picture.summary}"


def without_numbers(picture: Picture) -> Picture:
    """Return a picture whose boxes say nothing of data and gradients."""
    return replace(
        picture, boxes=[replace(box, label_text=replace(box.label_text, data="", grad="")) for box in picture.boxes]
    )

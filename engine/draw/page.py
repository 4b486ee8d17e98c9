"""A drawing as one offline page, in which every folded box opens: a frame a box, opened by links.

The links work where no script runs. The script finds names, zooms, moves the picture, and goes up by a key.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ..page import Page
from ..printer import plural
from .dot import dot
from .frames import frames
from .layered import drawn_plainly
from .render import NoLayout, SlowLayout, dressed, render, without_style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .frames import Frame
    from .picture import Picture

MOST_BYTES = 1_900_000  # of the frames
LAYOUT_SECONDS = 20.0  # seconds for the layouts with curved arrows
INHERITED = (  # what the style says once for all pictures
    ' font-family="Helvetica,sans-Serif"', ' text-anchor="start"', ' font-size="12.00"', ' fill-opacity="1"',
)  # fmt: skip


def drawing_page(picture: Picture) -> Page:
    """Return the page of a picture. Raises DrawError if nothing here can lay out a graph."""
    found = frames(picture)
    drawn = [frame for frame in found if frame.picture]
    pictures = dict(zip(map(id, drawn), pictures_of([frame.picture for frame in drawn if frame.picture])))
    total, number = 0, {id(frame): index for index, frame in enumerate(found)}
    sizes = [len(pictures.get(id(frame), "")) + 100 * len(frame.rows) + 500 for frame in found]
    for index, size in enumerate(sizes):  # what is too much goes, from the end: the frames deepest down
        total += size
        if total > MOST_BYTES:
            number = {id(frame): place for place, frame in enumerate(found[:index])}
            break
    sections = [section(frame, pictures.get(id(frame), ""), number) for frame in found[: len(number)]]
    script, style = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("page.js", "page.css"))
    return Page(f"Graph of {picture.name}", BODY.format(sections="\n".join(sections)), {}, script, style)


BODY = """<p id="finder" class="screen" hidden><label for="find">Find</label>
<input type="text" id="find" size="14" autocomplete="off" aria-describedby="matches">
<button type="button" id="zoom-in" title="Zoom in (+)" aria-label="Zoom in">+</button>
<button type="button" id="zoom-out" title="Zoom out (-)" aria-label="Zoom out">−</button>
<button type="button" id="fit" title="Fit the window (0)">Fit</button>
<output id="matches" for="find"></output>
<span class="quiet keys"><kbd>/</kbd> find · <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd> zoom · drag or arrow keys move ·
<kbd>Esc</kbd> out</span></p>
{sections}"""


def pictures_of(pictures: Sequence[Picture]) -> list[str]:
    """Return pictures as compact SVG, laid out by one run of the program: its start takes longer than a layout.

    Without a program, they are laid out plainly, if all of them can be.
    """
    try:
        text = render("".join(map(dot, pictures)), "svg", LAYOUT_SECONDS)
    except SlowLayout:
        text = render("".join(dot(picture, straight=True) for picture in pictures), "svg")
    except NoLayout as problem:
        text = b"".join(drawn_plainly(pictures, problem))
    plain = re.sub(r'id="page[\d,]+_graph0"', 'id="graph0"', text.decode())  # as of a picture that is laid out alone
    return [compact(svg) for svg in re.findall(r"<svg.*?</svg>", plain, re.DOTALL)]


def section(frame: Frame, svg: str, number: dict[int, int]) -> str:
    """Return a frame as HTML; `number` has the numbers of the frames that the page has, by their identities."""
    links = {box: number[id(child)] for box, child in frame.links.items() if id(child) in number}
    closed = frame.closed + len(frame.links) - len(links)
    notes = [plural(frame.nodes, "node")]
    if links:
        notes.append("open a box by its underlined name")
    if closed:
        notes.append(f"{plural(closed, 'box')} cannot be opened here: this page holds {len(number):,} of its parts")
    note = escape(", ".join(notes))
    if frame.map and id(frame.map) in number:
        note += f': these are the strongest paths. <a href="#f{number[id(frame.map)]}">All of it, as blocks</a>'
    body = f'<p class="note">{note}</p>' + picture_html(frame, svg, links) + numbers_html(frame)
    head = f'<section id="f{number[id(frame)]}" class="frame" aria-label="{escape(frame.title)}">'
    return f"{head}{trail(frame, number)}{body}</section>"


def trail(frame: Frame, number: dict[int, int]) -> str:
    """Return links to the frames above a frame, the whole picture first."""
    above: list[Frame] = []
    parent = frame.parent
    while parent:
        above.append(parent)
        parent = parent.parent
    links = [f'<a href="#f{number[id(each)]}">{escape(each.title)}</a>' for each in reversed(above)]
    here = f'<b aria-current="page">{escape(frame.title)}</b>'
    return f'<nav aria-label="Where this is">{" › ".join([*links, here])}</nav>'


def picture_html(frame: Frame, svg: str, links: dict[str, int]) -> str:
    """Return the picture of a frame, with its links."""
    if not frame.picture:
        return ""
    title = f"Graph of {frame.title}"
    svg = without_style(dressed(svg.encode(), title, frame.picture.description, {}))
    for box in frame.picture.boxes:
        link = f'<a href="#f{links[box.id]}">' if box.id in links else ""
        start = f'<g id="{box.id}" class="node">\n'
        before, found, after = svg.partition(start)
        if link and found:
            group, end, rest = after.partition("</g>")
            name = '<text([^>]* font-weight="bold")' if 'font-weight="bold"' in group else "<text(.*?)"
            group = re.sub(name, r'<text class="name"\1', group, count=1)
            svg = f'{before}{link}<g class="node">\n{group}{end}</a>{rest}'
    if links:  # what is inside of an image cannot be reached
        svg = svg.replace('role="img"', f'role="group" aria-label="{escape(title)}"', 1)
    svg = re.sub(r'(<[^>]*) id="[^"]*"', r"\1", svg)
    label = escape(f"Picture of {frame.title}")
    return f'<div class="view drawing" tabindex="0" role="group" aria-label="{label}">{svg}</div>'


def compact(svg: str) -> str:
    """Return an SVG without what the page's style says, and with coordinates to a tenth of a point."""
    for text in INHERITED:
        svg = svg.replace(text, "")
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"|<!--.*?-->\n?', "", svg)
    return re.sub(r"<[^>]+>", lambda tag: re.sub(r"(\d\.\d)\d+", r"\1", tag[0]), svg)


def numbers_html(frame: Frame) -> str:
    """Return the table of a frame."""
    if not frame.rows:
        return ""
    kinds = "", "", ' class="forward"', ' class="backward"'
    head = "".join(f'<th scope="col"{kind}>{name}</th>' for kind, name in zip(kinds, ("#", "name", "data", "grad")))
    rows = "".join(
        "<tr>" + "".join(f"<td{kind}>{escape(text)}</td>" for kind, text in zip(kinds, row)) + "</tr>\n"
        for row in frame.rows
    )
    label = escape(f"Numbers of {frame.title}")
    return (
        f'<div class="scroll numbers" tabindex="0" role="group" aria-label="{label}"><table><thead><tr>{head}</tr>'
        f"</thead>\n<tbody>{rows}</tbody></table></div>"
    )

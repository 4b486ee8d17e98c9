"""A picture as DOT, the language of Graphviz. Labels are text, whatever characters they hold."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from ..printer import printable
from .legend import LONGEST_LINE, PLAIN, legend

if TYPE_CHECKING:
    from .labels import NodeLabel
    from .picture import Arrow, Box, Cluster, Picture

FORWARD, BACKWARD, INK, QUIET = "#0B5FA5", "#B34700", "#1F2933", "#5F6B76"

PALE_BLUE, PALE_YELLOW = "#EDF4FA", "#FFF8E1"

# What a node is shows in its shape first, then in its color: in grey, the shapes are enough.
STYLES = {
    "operation": f'shape=box style="rounded,filled" color="{FORWARD}" fillcolor="{PALE_BLUE}" margin="0.04,0.02"',
    "operations": f'shape=box3d style=filled color="{FORWARD}" fillcolor="{PALE_BLUE}" margin="0.04,0.02"',
    "parameter": f'shape=note style=filled color="{INK}" fillcolor="{PALE_YELLOW}" margin="0.12,0.07"',
    "leaf": f'shape=ellipse style=filled color="{INK}" fillcolor="#FFFFFF" margin=0',
    "block": f'shape=folder style=filled color="{FORWARD}" fillcolor="{PALE_BLUE}" margin="0.1,0.06"',
    "outside": f'shape=box style="rounded,dashed" color="{FORWARD}" margin="0.1,0.06"',
    "constant": f'shape=box style=dashed color="{QUIET}" margin="0.1,0.06"',
}
ROOT = "peripheries=2"
MARKED = f'color="{BACKWARD}" penwidth=3.5'
CARRIED = "style=dashed constraint=false"
CLUSTER = f'style="rounded,dashed" color="{QUIET}" fontcolor="{QUIET}" fontsize=12 margin=10'
FIRST_TURN = "first"  # the label of an arrow into the first step of a loop
TITLES = ("labelloc=t labeljust=l", "labelloc=b labeljust=l", "labelloc=t labeljust=r", "labelloc=b labeljust=r")
AT_HEAD, ABOVE = "labeldistance=2.6 labelangle={}", 18  # a label beside the tip of its arrow; away from a loop there
REST = f'shape=plaintext fontcolor="{QUIET}" margin="0.06,0"'
REST_ARROW = f'style=dotted color="{QUIET}"'

FONT_NAME = 'fontname="Helvetica"'  # its widths are known to every Graphviz
GRAPH = f'ordering=in bgcolor="white" nodesep=0.3 ranksep=0.6 pad=0.2 {FONT_NAME}'
# Where much is folded, boxes stand closer.
DENSE = f'bgcolor="white" nodesep=0.18 ranksep=0.42 pad=0.12 {FONT_NAME}'
DENSE_DOWN = DENSE.replace("0.42", "0.3")
NODE = f'{FONT_NAME} fontsize=12 fontcolor="{INK}" width=0.4 height=0.3 penwidth=1.2'
EDGE = f'{FONT_NAME} fontsize=11 fontcolor="{BACKWARD}" color="{FORWARD}" arrowsize=0.7'
HOTTEST = 0xFF, 0xB0, 0x60  # the fill of the largest |grad|; of one hue, and dark text on it can be read
LEFT_BREAK = '<BR ALIGN="LEFT"/>'
LEGEND = f'fontcolor="{QUIET}" fontsize=12 labelloc=b labeljust=l'
TIDY = 1_000  # how long the arrows may be in all; beyond, straight ones that are laid out in seconds, not minutes
HURRY = " nslimit=2 nslimit1=2 mclimit=0.3 splines=line"
LONGEST_TEXT = LONGEST_LINE  # characters of a text; names are shorter

TABLE_ATTRIBUTES = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="6"'
SYMBOL = f'BORDER="1" SIDES="R" COLOR="{FORWARD}"'
CELLS = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2"'
WORDS_ATTRIBUTES = 'BALIGN="LEFT"'


def dot(picture: Picture, straight: bool = False, titles: str = TITLES[0]) -> str:
    """Return the DOT of a picture, with `straight` arrows on request. `titles`: where clusters have theirs.

    It is the same text, byte for byte, for the same graph.
    """
    sideways = picture.direction in ("LR", "RL")
    close = DENSE if sideways else DENSE_DOWN
    loops = {arrow.head for arrow in picture.arrows if arrow.head == arrow.tail}
    spacing = GRAPH if picture.fold in PLAIN else close
    hurry = HURRY if straight or picture.length > TIDY else ""
    lines = [
        "digraph {",
        f"  graph [rankdir={picture.direction} {spacing}{hurry}]",
        f"  node [{NODE}]",
        f"  edge [{EDGE}]",
        *clustered(picture.clusters, "  ", titles),
        *(arrow_line(arrow, sideways, arrow.head in loops) for arrow in picture.arrows),
        *(line for box in picture.boxes for line in rest_lines(box)),
        *legend_lines(picture),
        "}",
    ]
    return "\n".join(lines) + "\n"


def legend_lines(picture: Picture) -> list[str]:
    """Return the statement of the legend below a picture; none where every sign speaks for itself."""
    text = "".join(html(line) + LEFT_BREAK for line in legend(picture))
    return [f"  graph [{LEGEND} label=<{text}>]"] if text else []


def clustered(cluster: Cluster, indent: str, titles: str) -> list[str]:
    """Return the statements of the boxes of a cluster, and of the clusters in it."""
    lines = [indent + box_line(box) for box in cluster.boxes]
    for inner in cluster.inner:
        lines += [
            f"{indent}subgraph cluster_{inner.id} {{",
            f"{indent}  graph [id={inner.id} label=<{html(inner.label)}> {CLUSTER} {titles}]",
            *clustered(inner, indent + "  ", titles),
            f"{indent}}}",
        ]
    return lines


def box_line(box: Box) -> str:
    """The statement of a box."""
    label = box.label_text
    style = STYLES[label.kind + "s" * (label.stacked and label.kind == "operation")]
    if box.heat is not None:
        style = with_fill(style, box.heat)
    style += f" {ROOT}" * box.root + f" {MARKED}" * box.marked
    words = label_html(label, box.marked)
    if box.heat is not None:  # on a fill, numbers are dark
        words = words.replace(FORWARD, INK).replace(BACKWARD, INK).replace(QUIET, INK)
    return f"{box.id} [id={box.id} {style} label=<{words}>]"


def heat_fill(heat: float) -> str:
    """Return the color that shows how large a |grad| is: from 0, white, to 1."""
    red, green, blue = (round(255 + (shade - 255) * heat**0.5) for shade in HOTTEST)
    return f"#{red:02X}{green:02X}{blue:02X}"


def with_fill(style: str, heat: float) -> str:
    """Return the style of a box filled by how large its |grad| is: from 0, white, to 1.

    >>> with_fill('shape=box style="rounded,filled" fillcolor="#EDF4FA"', 1.0)
    'shape=box style="rounded,filled" fillcolor="#FFB060"'
    """
    fill = f'fillcolor="{heat_fill(heat)}"'
    if "fillcolor" not in style:
        return (
            style.replace("dashed", "dashed,filled").replace("style=dashed,filled", 'style="dashed,filled"')
            + f" {fill}"
        )
    return re.sub(r'fillcolor="#\w+"', fill, style)


def label_html(label: NodeLabel, marked: bool) -> str:
    """A box's label: its name, notes and numbers, and beside them the symbol of its operation."""
    name = html("► " * marked + printable(label.name))
    if name and (label.labeled or label.many):
        name = f"<B>{name}</B>"
    elif name and label.data:  # a name made up, not a constant's number
        name = f"<I>{name}</I>"
    notes = [colored(note, QUIET) for note in label.notes]
    data = label.data and colored(f"data {label.data}", FORWARD)
    grad = label.grad and colored(f"grad {label.grad}", BACKWARD)
    words = "<BR/>".join(filter(None, [name, *notes, data, grad]))
    if label.table:
        return table_html(name, label)
    if not label.symbols:
        return words
    sizes = [f'<FONT POINT-SIZE="{18 if len(symbol) == 1 else 14}">{html(symbol)}</FONT>' for symbol in label.symbols]
    cells = f"<TD {SYMBOL}>{'<BR/>'.join(sizes)}</TD><TD {WORDS_ATTRIBUTES}>{words}</TD>"
    if not words:
        cells = f"<TD>{'<BR/>'.join(sizes)}</TD>"
    return f"<TABLE {TABLE_ATTRIBUTES}><TR>{cells}</TR></TABLE>"


def table_html(name: str, label: NodeLabel) -> str:
    """A neuron's label: its name and symbols, and a line for each weight, under what the columns hold."""
    heads = ("", ""), ("data", FORWARD), ("", ""), ("product", QUIET), ("grad", BACKWARD)
    lines = [
        f'<TD COLSPAN="5" ALIGN="LEFT">{name} {html(" ".join(label.symbols))}</TD>',
        "".join(f'<TD ALIGN="RIGHT">{colored(text, color)}</TD>' for text, color in heads),
    ]
    for row in label.table:
        texts = (row.data, FORWARD, "RIGHT"), (row.factor, QUIET, "LEFT"), (row.product, QUIET, "RIGHT")
        cells = [f'<TD ALIGN="LEFT">{html(row.name)}</TD>']
        for text, color, side in (*texts, (row.grad, BACKWARD, "RIGHT")):
            cells.append(f'<TD ALIGN="{side}">{colored(text, color)}</TD>')
        lines.append("".join(cells))
    return f"<TABLE {CELLS}>{''.join(f'<TR>{line}</TR>' for line in lines)}</TABLE>"


def arrow_line(arrow: Arrow, sideways: bool, to_loop: bool) -> str:
    """The statement of an arrow; a marked one points back, the way that a gradient flows.

    `to_loop`: its head has an arrow to itself, which is drawn to the right of it where a picture goes down.
    """
    label = html(arrow.label)
    if arrow.edges > 1 or arrow.turns:  # on lines of their own, so that the boxes stand closer
        label = "<BR/>".join(colored(line, QUIET) for line in lines_of(arrow.label))
    if arrow.marked:
        label = f"<B>{label or '►'}</B>"
    where = "headlabel" if arrow.label == FIRST_TURN and not arrow.marked else "label"
    style = f" {MARKED} dir=back" * arrow.marked + f" {where}=<{label}>" * bool(label)
    if where == "headlabel":
        style += f" {AT_HEAD.format(ABOVE if to_loop and not sideways else -ABOVE)}"
        style += f' label="{" " * len(FIRST_TURN)}"' * sideways  # a label at a head takes no room by itself
    style += f" {CARRIED}" * arrow.carried
    if arrow.width:
        style += f" penwidth={0.6 + 4 * arrow.width**0.5:.1f}"
    return f"  {arrow.tail} -> {arrow.head} [id={arrow.id}{style}]"


def lines_of(label: str) -> list[str]:
    """Return the lines of an arrow's label: a count, and what is counted."""
    count, _, what = label.partition(" ")
    return [count, what] if count[:1].isdigit() else [label]


def rest_lines(box: Box) -> list[str]:
    """The statements of what stands for the neighbors of a box that are not drawn."""
    lines = []
    for end, many in zip(("in", "out"), box.cut):
        if many:
            rest = f"{box.id}_{end}"
            arrow = f"{rest} -> {box.id}" if end == "in" else f"{box.id} -> {rest}"
            lines += [f'  {rest} [id={rest} {REST} label="{many:,} more"]', f"  {arrow} [{REST_ARROW}]"]
    return lines


def colored(text: str, color: str) -> str:
    return f'<FONT COLOR="{color}">{html(text)}</FONT>' if text else ""


def html(text: str) -> str:
    """A text inside of a label: no character of it is markup, and a backslash is a backslash."""
    return escape(printable(text, LONGEST_TEXT)).replace("\\", "\\\\")

"""A long walk as a page: the graph as columns of numbers, from which the script computes what each step says.

A step takes 16 to 23 bytes, whatever it says; each operation has one template for its texts. Above the step stand the
folded graph, with the boxes that an edge leads between, and the edge with its neighbours.
"""

from __future__ import annotations

from array import array
from base64 import b64encode
from math import copysign, isfinite
from pathlib import Path
from sys import byteorder
from typing import TYPE_CHECKING, Any

from ..draw.drawing import Drawing
from ..draw.fold import Operations
from ..draw.frames import map_of
from ..draw.picture import picture
from ..draw.render import without_style
from ..errors import DrawError
from ..graph import Numbering
from ..ops import OPERATORS, OPS
from ..printer import format_number, shorten_numbers, slope_formula
from ..program.backends.javascript import NotInPages, script
from .explain import FEW, ORDINALS, Wording, changed_note, held_note, outcome
from .page import GUESS, MOST_STEPS, bound, page_wording, start, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..draw.picture import Picture
    from ..ops import Op
    from ..page import Page
    from ..value import Value
    from .cursor import Walk
    from .trace import Trace

    Kinds = dict[tuple[Op, float | None], int]

REQUIRES_GRAD, HAS_NAME, PASSES = 1, 2, 4  # bits of a node's flags
ALONE = ("add", "sub", "mul", "div")  # operators whose first argument may be a negative number without parentheses
MOST_COMPUTED = 100_000  # steps of a page, which then has about 2 MB
NUMBERS_SCRIPT = Path(__file__).parents[1] / "printer.js"
SCRIPTS = Path(__file__).with_name("long.js"), Path(__file__).with_name("predict.js")


def walk_columns(walk: Walk, wording: Wording) -> dict[str, Any]:
    """Return what the script needs to know of a walk, as JSON can hold it; `packed` and `stored` write the columns.

    - `rows`: how operations are written, see `template`; `row`: for each node the number of its row, from 1; 0 for
      a leaf.
    - `args`: for each argument of each operation, how far before the operation it stands.
    - `data`: the numbers of the nodes; `local`: the local derivatives that `how` in their row does not tell, in the
      order of the edges.
    - `flags`: for each node, whether it requires a gradient, has a name, and passes a gradient on.
    - `names`: what nodes are called, see `short_names`.
    - `by`: for each way to go on, the steps at which it stops, each as the distance from the one before.
    """
    trace, kinds = walk.trace, kinds_of(walk.trace, wording)
    row = [1 + kinds[node.op, wording.exponent(node)] if node.op else 0 for node in trace.nodes]
    how, local = slopes(trace, row)
    passing = {edge // trace.width for edge in trace.edges}
    flags = (
        REQUIRES_GRAD * node.requires_grad | HAS_NAME * wording.has_name(node) | PASSES * (index in passing)
        for index, node in enumerate(trace.nodes)
    )
    changed = {index: note for index, node in enumerate(trace.nodes) if (note := changed_note(node, wording))}
    held = {index: held for index, held in enumerate(trace.held) if held}
    lines = lines_of_source(trace)
    return {
        "rows": [
            template(op, exponent)
            | {"rule": number - 1, "how": [how.get((number, argument)) for argument in range(op.arity)]}
            for number, (op, exponent) in enumerate(kinds, 1)
        ],
        "row": packed(row),
        "args": packed(index - trace.at[arg] for index, node in enumerate(trace.nodes) for arg in node.args),
        "data": stored(trace.data),
        "local": stored(local),
        "flags": packed(flags),
        "names": [*short_names(wording)],
        "steps": len(walk),
        "whole": trace.seeds + len(trace.edges),
        "held": [[index, number, held_note(trace.nodes[index], wording)] for index, number in held.items()],
        "changed": [*changed.items()],
        "lines": [*lines[0]],
        "line": packed(lines[1]),
        "end": ["stopped", str(trace.failure)] if trace.failure else ["the end", outcome(wording)],
        "ordinals": ORDINALS,
        "few": FEW,
        "by": {name: packed(distances(stops)) for name, stops in ways(trace).items()},
    }


def template(op: Op, exponent: float | None) -> dict[str, Any]:
    """Return how an operation is written: texts in parts, with numbers for its arguments, and -1 for its result."""

    def filled(formula: str) -> list[str | int]:
        return parts(op.substitute(shorten_numbers(formula), *marks, z="\0-1\0"))

    marks = [f"\0{argument}\0" for argument in range(op.arity)]
    partials = [slope_formula(op, argument, exponent) for argument in range(op.arity)]
    return {
        "arity": op.arity,
        "symbol": op.symbol,
        "operator": op.name in OPERATORS,
        "alone": op.name in ALONE,
        "spelled": spelled_parts(op),
        "doc": filled(op.doc),
        "partials": [
            {
                "parts": filled(partial),
                "choice": " if " in partial,
                "letter": len(partial) == 1,
                "number": op.substitute(partial, *op.arity * "_", z="_") == partial,
            }
            for partial in partials
        ],
    }


def parts(text: str) -> list[str | int]:
    """Return the parts of a text that are not between two marks, and the numbers that are."""
    return [int(part) if place % 2 else part for place, part in enumerate(text.split("\0"))]


def spelled_parts(op: Op) -> list[str | int]:
    """Return how a person writes an operation, in parts."""
    return parts(op.spell(*(f"\0{argument}\0" for argument in range(op.arity))))


def slopes(trace: Trace, row: Sequence[int]) -> tuple[dict[tuple[int, int], list[Any]], array[float]]:
    """Return how the local derivatives of a row by an argument are known, and those that are known as numbers only.

    They are ["is", 1.0], or ["of", 0], the number of argument 0; the number of the result is that of argument -1.
    """
    edges = [divmod(edge, trace.width) for edge in trace.edges[: len(trace.local)]]
    known: dict[tuple[int, int], list[list[Any]]] = {}
    for (z, argument), local in zip(edges, trace.local):
        kind = row[z], argument
        if kind not in known:
            known[kind] = [["is", local]] if isfinite(local) else []
            known[kind] += [["of", place] for place in range(-1, len(trace.nodes[z].args))]
        if known[kind]:
            known[kind] = [way for way in known[kind] if identical(had(way, trace, z), local)]
    how = {kind: ways[0] for kind, ways in known.items() if ways}
    rest = (local for (z, argument), local in zip(edges, trace.local) if (row[z], argument) not in how)
    return how, array("d", rest)


def had(way: list[Any], trace: Trace, z: int) -> float:
    """Return the local derivative that one way gives at an operation."""
    kind, number = way
    if kind == "is":
        return float(number)
    return trace.data[z if number < 0 else trace.at[trace.nodes[z].args[number]]]


def identical(one: float, other: float) -> bool:
    """Return whether two numbers are the identical float, 0.0 and -0.0 being two."""
    return one == other and copysign(1.0, one) == copysign(1.0, other)


def short_names(wording: Wording) -> Iterator[str | int]:
    """Yield the nodes' names; in place of those that the script can tell itself, how many of them follow.

    It can tell the number of a constant without a name, and v1, v2, ... in order: each is one more than the v before.
    """
    trace, count, run = wording.trace, 0, 0
    for node in trace.nodes:
        name, named = wording.name(node), wording.has_name(node)
        if name == (f"v{count + 1}" if named else format_number(wording.trace.number(node), 6)):
            count, run = count + named, run + 1
            continue
        if run:
            yield run
        yield name
        run = 0
        if name[:1] == "v" and name[1:].isdecimal() and name.isascii() and len(name) < 10:
            count = int(name[1:])
    if run:
        yield run


def lines_of_source(trace: Trace) -> tuple[Numbering, list[int]]:
    """Return the distinct source lines, and for each node the number of the line that made it, from 1; 0 for none."""
    lines = Numbering(1)
    if not trace.source:
        return lines, []
    return lines, [lines[str(line)] if (line := trace.source.get(node)) else 0 for node in trace.nodes]


def ways(trace: Trace) -> dict[str, list[int]]:
    """Return the steps at which one stops who goes by neurons, or by layers: those that complete one."""
    graph = Operations(trace.nodes)
    backward = [graph.place[trace.root]] * trace.seeds
    backward += [edge // trace.width for edge in trace.edges[: len(trace.local)]]
    stops = {}
    for name, group in ("neuron", graph.sums), ("layer", graph.layers[0]):
        last: dict[tuple[str, int], int] = {}
        for step, z in enumerate(trace.forward, 1):
            last["forward", group[z]] = step
        for step, node in enumerate(backward, 1 + len(trace.forward)):
            last["backward", group[node]] = step
        stops[name] = sorted(last.values())
    return stops


def overview(wording: Wording) -> tuple[str, dict[str, Any]]:
    """Return the folded graph as SVG, and in which of its boxes each node is; nothing where it cannot be drawn.

    It holds no numbers: they change from step to step, and those of a box are many.

    - `box`: for each node the number of its box, from 1; 0 for none. `arrows`: the arrows' names by two boxes.
    - `turn`: for each node, the number of its place in the loops around its box; `turns`: these places as text.
    """
    trace = wording.trace
    try:
        drawn = picture(trace.root, None, "auto", None, None, None, False)
    except DrawError:
        return "", {}
    if drawn.fold == "strongest":  # it shows a few nodes, and here any may be asked for
        drawn = map_of(drawn.graph) or drawn
    for box in drawn.boxes:
        words = box.label_text
        words.data = words.grad = ""
        words.table = [row._replace(data="", product="", grad="") for row in words.table]
    number = {box.key: place for place, box in enumerate(drawn.boxes, 1)}
    keys = drawn.folding.keys
    places = Numbering()
    placed = [places[place_in_loops(node, drawn)] for node in trace.nodes]
    return without_style(Drawing(drawn).svg), {
        "box": packed(number.get(keys[drawn.graph.at[node]], 0) for node in trace.nodes),
        "arrows": {f"{arrow.tail} {arrow.head}": arrow.id for arrow in drawn.arrows},
        "turn": packed(placed),
        "turns": [*places],
    }


def place_in_loops(node: Value, drawn: Picture) -> str:
    """Return at which turn of the loops around it a node stands: step 3 of 100."""
    place = drawn.graph.at[node]
    turns = drawn.folding.turns[place]
    loop = drawn.folding.loops.get(drawn.folding.keys[place]) if turns else None
    around = zip(loop.around, turns) if loop else ()
    return ", ".join(f"step {turn + 1:,} of {each.count:,}" for each, turn in around)


def distances(stops: Iterable[int]) -> Iterator[int]:
    """Yield how far each number is from the one before, the first from 0."""
    before = 0
    for stop in stops:
        yield stop - before
        before = stop


def packed(numbers: Iterable[int]) -> str:
    """Return numbers from 0 on as text: seven bits a byte, the lowest first, in base 64.

    >>> packed([1, 300])
    'AawC'
    """
    written = bytearray()
    for number in numbers:
        rest = number
        while rest > 127:
            written.append(128 | rest & 127)
            rest >>= 7
        written.append(rest)
    return b64encode(written).decode()


def stored(numbers: array[float]) -> str:
    """Return numbers as text: eight bytes each, the lowest first, in base 64."""
    if byteorder != "little":
        numbers = numbers[:]
        numbers.byteswap()
    return b64encode(numbers.tobytes()).decode()


def long_page(walk: Walk) -> Page:
    """A long walk as a page that plays. Raises WalkError for more than 100,000 steps."""
    wording = page_wording(walk, MOST_COMPUTED)
    svg, boxes = overview(wording)
    columns, (judges, rules) = walk_columns(walk, wording), quiz_columns(kinds_of(walk.trace, wording))
    script = "\n".join([rules, *(path.read_text(encoding="utf-8") for path in SCRIPTS)])
    return bound(wording, "", long_body(wording, svg), {"walk": columns | judges | boxes}, script)


def kinds_of(trace: Trace, wording: Wording) -> Kinds:
    """Return the number of each operation of a walk; a power has one for each exponent that is a number."""
    kinds: Kinds = {}
    for node in trace.nodes:
        if node.op:
            kinds.setdefault((node.op, wording.exponent(node)), len(kinds))
    return kinds


def quiz_columns(kinds: Kinds) -> tuple[dict[str, Any], str]:
    """Return what predictions are judged by, and the script of the rules that compute it.

    - `operators`: the operations that a student may have taken for another, each with its rule and how it is written.
    - `refused`: in place of these, why there are no predictions.
    """
    operators = [op for name in OPERATORS if (op := OPS[name]).arity == 2]
    try:
        rules = script([*(op for op, _ in kinds), *operators])
    except NotInPages as error:
        return {"refused": str(error)}, NUMBERS_SCRIPT.read_text(encoding="utf-8")
    first = len(kinds)
    return {
        "operators": [{"rule": first + number, "spelled": spelled_parts(op)} for number, op in enumerate(operators)]
    }, rules


def long_body(wording: Wording, svg: str) -> str:
    """What the page shows: the folded graph, the edge with its neighbours, the step, and the step in rows."""
    root = text(wording.name(wording.trace.root))
    drawn = f'<section id="graph" class="drawing" role="group" aria-label="Folded graph of {root}">\n{svg}</section>'
    return f"""{drawn if svg else ""}
<section id="near" class="drawing" role="group" aria-label="The edge and its neighbours"></section>
<div id="side">
<section id="why" class="panel scroll" tabindex="0" role="group" aria-label="The step in rows" hidden>
<h2>In rows</h2><dl></dl>
<p class="quiet">Sliders for “what if”, and the nudge that confirms a rule, are on pages of up to {MOST_STEPS:,}
steps. To have them, walk a smaller part of the graph.</p></section>
</div>
<section id="steps" class="scroll" tabindex="0" aria-label="Step">
{start(wording)}
<article id="step" class="panel"></article>
{GUESS}
<p class="panel paper">The steps of this walk are computed by the page's script, and none runs here.</p>
</section>
<button type="button" id="whole" aria-pressed="false" title="Whole graph (G)" hidden>Whole graph</button>
<div id="panels" class="buttons screen" hidden>
<label for="by">by</label> <select id="by"><option>edge</option><option>node</option><option>neuron</option>
<option>layer</option></select>
<button type="button" id="show-why" aria-pressed="false" title="The step in rows (W)">Rows</button>
</div>"""

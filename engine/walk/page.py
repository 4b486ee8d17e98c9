"""The walk as a page: the graph, the step, and all numbers at that moment, to play, to print, or to fill in."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..draw.drawing import Drawing
from ..draw.picture import picture
from ..draw.render import without_style
from ..draw.size import estimate
from ..errors import DrawError
from ..page import Page
from ..printer import parenthesized, true_minus
from ..terminal import TextStyle
from .explain import (
    Wording,
    chain_rule,
    glossary,
    leaf_rows,
    meaning,
    notes,
    outcome,
    outlook,
    place,
    reason_rows,
    subject,
    whole,
)
from .quiz import COMMA, DECIMAL_POINT, NOT_A_NUMBER, NUMBER, asked, cases, mistakes, question
from .trace import WalkError
from .whatif import what_if

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..draw.picture import Picture
    from ..value import Value
    from .cursor import Walk
    from .trace import Step, Trace

MOST_STEPS = 1_000  # steps that a page holds: more are too many to look at, and to draw
PAGE_STYLE = TextStyle(120)
ARROW_NAME_WIDTH = 10  # columns of a name on an arrow
PAPER = 510.0, 650.0  # points of a sheet that are left for a graph
READABLE_ON_PAPER = 0.75  # of its size: letters of 9 points
LONG, LONG_PROJECTED = 80, 42  # characters of a strip from which on its arrow takes a line of its own
BLANK = "____"
TIPS = "".join(  # for arrows that a gradient flows along: a tip where they start, a stub where their own tip was
    f'<marker id="{name}" orient="auto" viewBox="0 0 10 10" refX="{at}" refY="5" markerUnits="userSpaceOnUse" '
    f'markerWidth="{size}" markerHeight="{size}"><path d="{path}"/></marker>'
    for name, at, size, path in (
        ("tip", 1, 8, "M0 5L10 1V9z"),
        ("large-tip", 1, 15, "M0 5L10 1V9z"),
        ("stub", 1, 8, "M0 4.3H10V5.7H0z"),
        ("large-stub", 1, 8, "M0 2.5H10V7.5H0z"),
    )
)


class Tangle(WalkError):
    """A graph whose arrows cross too many nodes to be drawn whole."""


def page(walk: Walk) -> Page:
    """A walk as a page that plays.

    Raises WalkError for more than 1,000 steps, Tangle for a graph that is one, and DrawError if nothing here can lay
    out a graph.
    """
    wording = page_wording(walk)
    moved, script = what_if(wording)
    return bound(wording, "", body(walk, wording), facts(walk, wording) | {"whatif": moved}, script)


def page_wording(walk: Walk, most: int = MOST_STEPS, *, worksheet: bool = False) -> Wording:
    """Return the Wording of a walk's page or worksheet; raise WalkError if the walk has more than `most` steps."""
    if len(walk) > most:
        what, longer = "a page", "repl() goes through a walk of any length."
        if worksheet:
            what, longer = "a worksheet", "A page, saved without worksheet=True, holds more."
        raise WalkError(
            f"This walk has {len(walk):,} steps, and {what} holds up to {most:,}: walk a smaller graph, such "
            f"as the loss of one row or of a smaller network. {longer}"
        )
    return page_words(walk.trace)


def page_words(trace: Trace) -> Wording:
    """How pages, films and worksheets speak of a walk."""
    return Wording(trace, PAGE_STYLE, true_minus)


def bound(wording: Wording, kind: str, content: str, data: dict[str, Any], before: str = "") -> Page:
    """A page of that content, with the script and the style that pages and worksheets share."""
    script, style = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("page.js", "page.css"))
    words = {"not_a_number": NOT_A_NUMBER, "comma": COMMA, "decimal_point": DECIMAL_POINT}
    facts = {"number": NUMBER, **words, **data}
    return Page(PAGE_STYLE.fit(headline(wording)) + kind, content, facts, before + script, style)


def headline(wording: Wording) -> str:
    """The whole expression that a walk goes through: h = tanh(w * x + b)."""
    return f"{wording.name(wording.trace.root)} = {whole(wording)[0]}"


def body(walk: Walk, wording: Wording) -> str:
    """What the page shows: all steps; the script leaves one of them, and paper has them all.

    On a screen, style and script make it a grid: the graph, at its side `#side` with the numbers and the reason,
    and below them the step. In the table of the numbers `#leaves` has a row for each leaf: name, number, grad.
    """
    steps = [article(step, wording, last=step.number == len(walk)) for step in walk]
    return f"""{graph(walk, wording)}
<div id="side">
{table(walk, wording)}
<section id="why" class="panel scroll" tabindex="0" role="group" aria-label="Why" hidden>
<h2>Why</h2><dl></dl></section>
</div>
<section id="steps" class="scroll" tabindex="0" aria-label="Steps">
{start(wording)}
{"".join(steps)}{GUESS}
</section>
<button type="button" id="whole" aria-pressed="false" title="Whole graph (G)" hidden>Whole graph</button>
<div id="panels" class="buttons screen" hidden>
<button type="button" id="show-why" aria-pressed="false" title="Why (W)">Why?</button>
<button type="button" id="show-numbers" aria-pressed="false" title="Numbers (N)">Numbers</button>
</div>"""


GUESS = """<form id="guess" class="panel" autocomplete="off" hidden>
<h2>Predict</h2>
<dl id="known"></dl>
<p><label for="answer" id="asked"></label></p>
<p class="line"><input type="text" id="answer" inputmode="text" aria-describedby="known">
<button type="submit" class="main">Check</button> <button type="button" id="reveal">Show the step</button></p>
</form>
<p id="verdict" role="status"></p>"""


def start(wording: Wording) -> str:
    """What lies ahead."""
    ahead = f"<p>{text(outlook(wording))}</p>{row_list(leaf_rows(wording))}"
    return f'<article id="s0" class="panel">{ahead}</article>'


def article(step: Step, wording: Wording, last: bool) -> str:
    """A step: its strip, what it comes down to, what the two factors mean, and what else is to be known."""
    what = subject(step, wording)
    if step.kind == "backward":
        what = f"the edge from {wording.made(step.node)} to {wording.name(step.target)}"
    head = f'<h2><span class="{step.kind}">{place(step)}</span> {text(what)}</h2>'
    label, equation = equation_of(step, wording)
    meant = text(meant_by(step, wording)) if step.kind != "backward" else ""
    if step.kind == "backward":
        upstream, local, along = map(text, glossary(step, wording))
        meant = f'{upstream}<br>{local} <span class="along">{along}</span>'
    more = [
        *((("made at", str(step.line)),) if step.line else ()),
        *(("note", note) for note in notes(step, wording)),
    ]
    if last:
        failure = step.trace.failure
        more.append(("stopped", str(failure)) if failure else ("the end", outcome(wording)))
    return (
        f'<article id="s{step.number}" class="panel">{head}{strip(step, wording)}'
        f'<p class="equation"><span class="quiet">{label}</span> <b>{text(equation)}</b></p>'
        f'<p class="glossary quiet">{meant}</p>{row_list(more)}</article>\n'
    )


def equation_of(step: Step, wording: Wording) -> tuple[str, str]:
    """What a step comes down to, in numbers, and what that is called."""
    if step.kind == "backward":
        return "chain rule", chain_rule(step, wording)
    if step.kind == "seed":
        return "seed", f"{wording.slope(step.node, step.node)} = 1.0"
    node = step.node
    return "numbers", f"{wording.name(node)} = {wording.spell(node, wording.data)} = {wording.number(step.after)}"


def meant_by(step: Step, wording: Wording) -> str:
    """What a forward step, or the seed, means."""
    name = wording.name(step.node)
    if step.kind == "seed":
        return f"{name} moves exactly as {name} does. From here each step hands a gradient down one edge."
    return f"{wording.made(step.node)}: {meaning(step.node, wording)}"


def strip(step: Step, wording: Wording) -> str:
    """The edge of a step, drawn: from the node that a number comes from, to the node that gets one."""
    target, node = step.target, step.node
    change = f"grad {wording.number(step.before)} → "
    changed = f'<span class="backward">{change}<b>{wording.number(step.after)}</b></span>'
    if step.kind == "forward":
        given = "".join(node_in_strip(arg, wording) for arg in dict.fromkeys(node.args))
        return f'<div class="strip ahead">{given}{arrow_of(node.op.symbol)}{node_in_strip(node, wording)}</div>'
    if step.kind == "seed":
        return f'<div class="strip">{node_in_strip(target, wording, changed)}{arrow_of("the seed, 1.0")}</div>'
    upstream = f'<span class="backward">grad {wording.number(step.upstream)}</span>'
    label = wording.local(step) + wording.twin(step)
    length = sum(map(len, (label, *(wording.name(each) + wording.data(each) for each in (target, node)))))
    size = " long" * (length > LONG) + " longish" * (length > LONG_PROJECTED)
    parts = node_in_strip(target, wording, changed), arrow_of(label), node_in_strip(node, wording, upstream)
    return f'<div class="strip{size}">{"".join(parts)}</div>'


def arrow_of(label: str) -> str:
    """The arrow of a strip, with its label."""
    return f'<p class="arrow">{text(label)}</p>'


def node_in_strip(node: Value, wording: Wording, grad: str = "") -> str:
    """A node in a strip: its name, its number, and HTML about its gradient."""
    name, number = wording.name(node), wording.data(node)
    if not wording.has_name(node):  # a constant goes by its number
        return f'<p class="end"><b>{text(number)}</b></p>'
    equals = f'<b class="name">{text(name)}</b> = <span class="forward">{number}</span>'
    return f'<p class="end"><span class="what">{equals}</span>{grad}</p>'


def row_list(labeled_rows: Iterable[tuple[str, str]]) -> str:
    """Rows of a label and a text."""
    items = "".join(f"<dt>{text(label)}</dt><dd{math(label)}>{text(content)}</dd>" for label, content in labeled_rows)
    return f"<dl>{items}</dl>" if items else ""


def math(label: str) -> str:
    """What a row is set in: a sentence in letters, a formula in signs."""
    return ' class="math"' if label == "made at" else ""


def table(walk: Walk, wording: Wording) -> str:
    """The nodes and their numbers at the end, leaves first; the script sets them to those of the moment."""
    leaves: list[str] = []
    operations: list[str] = []
    for index, node in enumerate(walk.trace.nodes):
        if node.requires_grad:
            (operations if node.op else leaves).append(table_row(index, node, walk, wording))
    return f"""<section class="panel scroll" id="numbers" tabindex="0" role="group" aria-label="Nodes">
<table><thead><tr><th scope="col">node</th><th scope="col">made by</th><th scope="col" class="forward">data</th>
<th scope="col" class="backward">grad</th></tr></thead>
<tbody id="leaves">
{"".join(leaves)}</tbody>
<tbody id="operations">
{"".join(operations)}</tbody></table>
</section>"""


def table_row(index: int, node: Value, walk: Walk, wording: Wording) -> str:
    """A node's row in the table of numbers."""
    return (
        f'<tr id="r{index}"><th scope="row">{text(wording.name(node)).replace(".", ".<wbr>")}</th>'
        f'<td class="math">{text(wording.spell(node, wording.name)) if node.op else "leaf"}</td>'
        f'<td class="forward">{text(wording.data(node))}</td>'
        f'<td class="backward">{wording.number(walk.trace.grads[index])}</td></tr>\n'
    )


def graph(walk: Walk, wording: Wording, blank: bool = False) -> str:
    """The graph with the numbers of the end, or with blanks for all that is to be found."""
    trace = walk.trace
    try:
        drawn = picture(trace.root, "LR", "none", None, None, None, False)
        if blank and letters_on_paper(drawn) < READABLE_ON_PAPER:
            downward = picture(trace.root, "TB", "none", None, None, None, False)
            drawn = max(drawn, downward, key=letters_on_paper)
    except DrawError:
        raise Tangle(
            "The arrows of this graph cross too many nodes for a page: walk a smaller graph, such as fewer rows or "
            "a shorter sequence. repl() goes through any walk."
        ) from None
    for box, node, data, grad in zip(drawn.boxes, trace.nodes, trace.data, trace.grads):
        if not wording.has_name(node):
            box.label_text.name = wording.signs(wording.name(node))  # its number, in the page's own format
        box.label_text.data = (BLANK if blank and node.op else wording.number(data)) if box.label_text.data else ""
        box.label_text.grad = (BLANK if blank else wording.number(grad)) if node.requires_grad else ""
    labels = {edge(step): step for step in walk if step.argument is not None}
    for arrow in drawn.arrows:
        if step := labels.get(arrow.id):
            x, z = (
                parenthesized(PAGE_STYLE.short(trace.named[node], ARROW_NAME_WIDTH))
                for node in (step.target, step.node)
            )
            arrow.label = f"d{z}/d{x} = {BLANK if blank else wording.number(step.local)}"
            arrow.title = wording.slope(step.node, step.target)
    # The page shows the part around a step, and the words about a box must not give away what comes.
    svg = without_style(Drawing(drawn, MOST_STEPS, describe_numbers=False).svg)
    label = text(f"Graph of {wording.name(trace.root)}")
    if blank:  # there may be several on a page, and nothing asks for their parts
        return f'<section class="drawing figure" role="group" aria-label="{label}">\n{unnamed(svg)}</section>'
    head = f'<section id="graph" class="drawing" role="group" aria-label="{label}">'
    return f'{head}\n{svg}<svg class="unseen" aria-hidden="true"><defs>{TIPS}</defs></svg></section>'


def letters_on_paper(drawn: Picture) -> float:
    """How large a picture is on paper, as a part of the size that it was made in."""
    width, height = estimate(drawn)
    return min(1.0, PAPER[0] / width, PAPER[1] / height)


def unnamed(svg: str) -> str:
    """Return an SVG without the names of its parts. In a text, a quote is escaped."""
    return re.sub(r' id="[^"]*"', "", svg)


def edge(step: Step) -> str:
    """The drawing's name of the edge of a step."""
    return f"n{step.trace.at[step.node]}_{step.argument}"


def facts(walk: Walk, wording: Wording) -> dict[str, Any]:
    """What the script needs: what each step changes, and what is asked before it."""
    trace = walk.trace
    return {
        "nodes": [
            {
                "data": wording.data(node),
                "grad": wording.number(held) if node.requires_grad else None,
                "leaf": not node.op,
                "args": [trace.at[arg] for arg in node.args],
            }
            for node, held in zip(trace.nodes, trace.held)
        ],
        "steps": [fact(step, wording) for step in walk],
    }


def fact(step: Step, wording: Wording) -> dict[str, Any]:
    """One step for the script."""
    content = f"{wording.name(step.target)} is {wording.number(step.after)}"
    if step.kind != "forward":
        source = "the seed" if step.kind == "seed" else f"by the edge to {wording.name(step.node)}"
        before, after = wording.number(step.before), wording.number(step.after)
        content = f"{asked(step, wording)} goes from {before} to {after}, {source}"
    return {
        "kind": step.kind,
        "node": step.trace.at[step.node],
        "target": step.trace.at[step.target],
        "edge": "" if step.argument is None else edge(step),
        "before": wording.number(step.before),
        "after": wording.number(step.after),
        "announcement": f"{place(step)}: {content}.",
        "why": [[PAGE_STYLE.fit(part) for part in row] for row in reason_rows(step, wording)],
        "question": [*question(step, wording)],
        **fact_of_answer(step.after, asked(step, wording), mistakes(step, wording), wording),
    }


def fact_of_answer(number: float, name: str, wrong: Iterable[tuple[float, str]], wording: Wording) -> dict[str, Any]:
    """Return the cases that the script judges an answer by; numbers as text, so that no digit is lost."""
    found = cases(number, name, wrong, wording.number)
    return {"cases": [case._asdict() | {"low": exact(case.low), "high": exact(case.high)} for case in found]}


def exact(value: float) -> str:
    """A number as JavaScript reads it.

    >>> exact(0.1), exact(float("-inf"))
    ('0.1', '-Infinity')
    """
    return repr(value).replace("inf", "Infinity").replace("nan", "NaN")


def text(content: str) -> str:
    """A text as HTML: no character of it is markup, and those that nobody sees are spelled out."""
    return escape(PAGE_STYLE.fit(content))

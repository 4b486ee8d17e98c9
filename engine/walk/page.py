"""The walk as a page: the graph, the step, and all numbers at that moment, to play, to print, or to fill in."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..draw.drawing import Drawing
from ..draw.picture import picture
from ..errors import DrawError
from ..page import Page
from ..printer import format_number, parenthesized
from ..terminal import TextStyle
from .explain import Wording, leaf_rows, outcome, outlook, place, rows, subject
from .quiz import NOT_A_NUMBER, NUMBER, asked, cases, mistakes, question
from .trace import WalkError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .cursor import Walk
    from .trace import Step

MOST_STEPS = 1_000  # steps that a page holds: more are too many to look at, and to draw
PAGE_STYLE = TextStyle(120)
ARROW_NAME_WIDTH = 10  # columns of a name on an arrow
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


def page(walk: Walk) -> Page:
    """A walk as a page that plays.

    Raises WalkError for more than 1,000 steps and for a tangle, DrawError if nothing here can lay out a graph.
    """
    wording = page_wording(walk)
    return bound(wording, "", body(walk, wording), facts(walk, wording))


def page_wording(walk: Walk) -> Wording:
    """How a page speaks of a walk, if it is short enough for one."""
    if len(walk) > MOST_STEPS:
        raise WalkError(
            f"This walk has {len(walk):,} steps, and a page holds up to {MOST_STEPS:,}: walk a smaller graph, such "
            f"as the loss of one row or of a smaller network. repl() goes through a walk of any length."
        )
    return Wording(walk.trace, PAGE_STYLE)


def bound(wording: Wording, kind: str, content: str, data: dict[str, Any]) -> Page:
    """A page of that content, with the script and the style that pages and worksheets share."""
    root = wording.trace.root
    title = f"A walk through {wording.made(root) if root.op else wording.name(root)}{kind}"
    script, style = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("page.js", "page.css"))
    return Page(title, content, {"number": NUMBER, "not_a_number": NOT_A_NUMBER, **data}, script, style)


def body(walk: Walk, wording: Wording) -> str:
    """What the page shows: all steps; the script leaves one of them, and paper has them all."""
    steps = [article(step, wording, last=step.number == len(walk)) for step in walk]
    return f"""{graph(walk, wording)}
<div class="columns">
<section id="steps" aria-label="Steps">
{start(wording)}
{"".join(steps)}<form id="guess" class="panel" autocomplete="off" hidden>
<h2>Predict</h2>
<dl id="known"></dl>
<p><label for="answer" id="asked"></label></p>
<p class="line"><input type="text" id="answer" inputmode="text" aria-describedby="known">
<button type="submit" class="main">Check</button> <button type="button" id="reveal">Show the step</button></p>
</form>
<p id="verdict" role="status"></p>
</section>
{table(walk, wording)}
</div>"""


def start(wording: Wording) -> str:
    """What lies ahead."""
    return f'<article id="s0" class="panel"><p>{text(outlook(wording))}</p>{row_list(leaf_rows(wording))}</article>'


def article(step: Step, wording: Wording, last: bool) -> str:
    """A step, as all faces of the walk tell it."""
    head = f'<h2><span class="{step.kind}">{place(step)}</span> {text(subject(step, wording))}</h2>'
    end = [("the end", outcome(wording))] if last and not step.trace.failure else []
    if last and step.trace.failure:
        end = [("stopped", str(step.trace.failure))]
    return f'<article id="s{step.number}" class="panel">{head}{row_list([*rows(step, wording), *end])}</article>\n'


def row_list(labeled_rows: Iterable[tuple[str, str]]) -> str:
    """Rows of a label and a text."""
    items = "".join(f"<dt>{text(label)}</dt><dd{math(label)}>{text(content)}</dd>" for label, content in labeled_rows)
    return f"<dl>{items}</dl>" if items else ""


def math(label: str) -> str:
    """What a row is set in: a sentence in letters, a formula in signs, and what the step comes down to in bold."""
    if label in ("note", "the end", "stopped", "leaves"):
        return ""
    return ' class="math key"' if label in ("numbers", "seed", "chain rule") else ' class="math"'


def table(walk: Walk, wording: Wording) -> str:
    """The nodes and their numbers at the end; the script sets them to those of the moment."""
    lines = "".join(
        f'<tr id="r{index}"><th scope="row">{text(wording.name(node))}</th>'
        f'<td class="math">{text(wording.spell(node, wording.name)) if node.op else "leaf"}</td>'
        f'<td class="forward">{text(wording.data(node))}</td>'
        f'<td class="backward">{format_number(walk.trace.grads[index])}</td></tr>\n'
        for index, node in enumerate(walk.trace.nodes)
        if node.requires_grad
    )
    return f"""<section class="panel scroll" id="numbers" tabindex="0" role="group" aria-label="Nodes">
<table><thead><tr><th scope="col">node</th><th scope="col">made by</th><th scope="col" class="forward">data</th>
<th scope="col" class="backward">grad</th></tr></thead>
<tbody>
{lines}</tbody></table>
</section>"""


def graph(walk: Walk, wording: Wording, blank: bool = False) -> str:
    """The graph with the numbers of the end, or with blanks for all that is to be found."""
    trace = walk.trace
    try:
        drawn = picture(trace.root, "LR", "none", None, None, None, False)
    except DrawError:
        raise WalkError(
            "The arrows of this graph cross too many nodes for a page: walk a smaller graph, such as fewer rows or "
            "a shorter sequence. repl() goes through any walk."
        ) from None
    for box, node, data, grad in zip(drawn.boxes, trace.nodes, trace.data, trace.grads):
        box.label_text.data = (BLANK if blank and node.op else format_number(data)) if box.label_text.data else ""
        box.label_text.grad = (BLANK if blank else format_number(grad)) if node.requires_grad else ""
    labels = {edge(step): step for step in walk if step.argument is not None}
    for arrow in drawn.arrows:
        if step := labels.get(arrow.id):
            x, z = (
                parenthesized(PAGE_STYLE.short(trace.named[node], ARROW_NAME_WIDTH))
                for node in (step.target, step.node)
            )
            arrow.label = f"d{z}/d{x} = {BLANK if blank else format_number(step.local)}"
            arrow.title = wording.slope(step.node, step.target)
    drawing = Drawing(drawn)
    for box in drawn.boxes:
        box.label_text.data = box.label_text.grad = ""  # a box's description must not give away what comes
    label = text(f"Graph of {wording.name(trace.root)}")
    head = f'<section id="graph" class="drawing scroll" tabindex="0" role="group" aria-label="{label}">'
    tips = f'<svg class="unseen" aria-hidden="true"><defs>{TIPS}</defs></svg>'
    return f"{head}\n{drawing.svg}{tips}</section>"


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
                "grad": format_number(held) if node.requires_grad else None,
                "leaf": not node.op,
            }
            for node, held in zip(trace.nodes, trace.held)
        ],
        "steps": [fact(step, wording) for step in walk],
    }


def fact(step: Step, wording: Wording) -> dict[str, Any]:
    """One step for the script."""
    content = f"{wording.name(step.target)} is {format_number(step.after)}"
    if step.kind != "forward":
        source = "the seed" if step.kind == "seed" else f"by the edge to {wording.name(step.node)}"
        content = (
            f"{asked(step, wording)} goes from {format_number(step.before)} to {format_number(step.after)}, {source}"
        )
    return {
        "kind": step.kind,
        "node": step.trace.at[step.node],
        "target": step.trace.at[step.target],
        "edge": "" if step.argument is None else edge(step),
        "before": format_number(step.before),
        "after": format_number(step.after),
        "announcement": f"{place(step)}: {content}.",
        "question": [*question(step, wording)],
        **fact_of_answer(step.after, asked(step, wording), mistakes(step, wording)),
    }


def fact_of_answer(number: float, name: str, wrong: Iterable[tuple[float, str]]) -> dict[str, Any]:
    """Return the cases that the script judges an answer by; numbers as text, so that no digit is lost."""
    found = cases(number, name, wrong)
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

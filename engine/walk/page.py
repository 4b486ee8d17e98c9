"""The walk as a page: the graph, the step, and all numbers at that moment, to play, to print, or to fill in."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..draw.drawing import Drawing
from ..draw.picture import picture
from ..errors import DrawError
from ..names import is_constant
from ..page import Page
from .places import WalkError
from .predict import CLOSE, asked, mistakes, question
from .steps import wanted
from .story import given, outcome, outlook, place, rows, subject
from .text import Style
from .voice import Voice, atom, num

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .cursor import Walk
    from .steps import Step

LONGEST = 1_000  # steps that a page holds: more are too many to look at, and to draw
STYLE = Style(120)
NARROW = 10  # columns of a name on an arrow
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
    voice = spoken(walk)
    return bound(voice, "", body(walk, voice), facts(walk, voice))


def spoken(walk: Walk) -> Voice:
    """How a page speaks of a walk, if it is short enough for one."""
    if len(walk) > LONGEST:
        raise WalkError(
            f"This walk has {len(walk):,} steps, and a page holds up to {LONGEST:,}: walk a smaller graph, such as "
            f"the loss of one row or of a smaller network. repl() goes through a walk of any length."
        )
    return Voice(walk.tape, STYLE)


def bound(voice: Voice, kind: str, content: str, data: dict[str, Any]) -> Page:
    """A page of that content, with the script and the style that pages and worksheets share."""
    root = voice.tape.root
    title = f"A walk through {voice.made(root) if root.op else voice.name(root)}{kind}"
    script, style = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("page.js", "page.css"))
    return Page(title, content, {"close": CLOSE, **data}, script, style)


def body(walk: Walk, voice: Voice) -> str:
    """What the page shows: all steps; the script leaves one of them, and paper has them all."""
    steps = [article(step, voice, last=step.number == len(walk)) for step in walk]
    return f"""{graph(walk, voice)}
<div class="columns">
<section id="steps" aria-label="Steps">
{start(voice)}
{"".join(steps)}<form id="guess" class="panel" autocomplete="off" hidden>
<h2>Predict</h2>
<dl id="given"></dl>
<p><label for="answer" id="asked"></label></p>
<p class="line"><input type="text" id="answer" inputmode="text" aria-describedby="given">
<button type="submit" class="main">Check</button> <button type="button" id="reveal">Show the step</button></p>
</form>
<p id="verdict" role="status"></p>
</section>
{table(walk, voice)}
</div>"""


def start(voice: Voice) -> str:
    """What lies ahead."""
    return f'<article id="s0" class="panel"><p>{text(outlook(voice))}</p>{listing(given(voice))}</article>'


def article(step: Step, voice: Voice, last: bool) -> str:
    """A step, as all faces of the walk tell it."""
    head = f'<h2><span class="{step.kind}">{place(step)}</span> {text(subject(step, voice))}</h2>'
    end = [("the end", outcome(voice))] if last and not step.tape.failure else []
    if last and step.tape.failure:
        end = [("stopped", str(step.tape.failure))]
    return f'<article id="s{step.number}" class="panel">{head}{listing([*rows(step, voice), *end])}</article>\n'


def listing(told: Iterable[tuple[str, str]]) -> str:
    """Rows of a label and a text."""
    items = "".join(f"<dt>{text(label)}</dt><dd{math(label)}>{text(said)}</dd>" for label, said in told)
    return f"<dl>{items}</dl>" if items else ""


def math(label: str) -> str:
    """What a row is set in: a sentence in letters, a formula in signs, and what the step comes down to in bold."""
    if label in ("note", "the end", "stopped", "leaves"):
        return ""
    return ' class="math key"' if label in ("numbers", "seed", "chain rule") else ' class="math"'


def table(walk: Walk, voice: Voice) -> str:
    """The nodes and their numbers at the end; the script sets them to those of the moment."""
    lines = "".join(
        f'<tr id="r{index}"><th scope="row">{text(voice.name(node))}</th>'
        f'<td class="math">{text(voice.spell(node, voice.name)) if node.op else "leaf"}</td>'
        f'<td class="forward">{text(voice.data(node))}</td>'
        f'<td class="backward">{num(walk.tape.grads[index])}</td></tr>\n'
        for index, node in enumerate(walk.tape.nodes)
        if not is_constant(node)
    )
    return f"""<section class="panel scroll" id="numbers" tabindex="0" role="group" aria-label="Nodes">
<table><thead><tr><th scope="col">node</th><th scope="col">made by</th><th scope="col" class="forward">data</th>
<th scope="col" class="backward">grad</th></tr></thead>
<tbody>
{lines}</tbody></table>
</section>"""


def graph(walk: Walk, voice: Voice, blank: bool = False) -> str:
    """The graph with the numbers of the end, or with blanks for all that is to be found."""
    tape = walk.tape
    try:
        drawn = picture(tape.root, "LR", "none", None, None, None, False)
    except DrawError:
        raise WalkError(
            "The arrows of this graph cross too many nodes for a page: walk a smaller graph, such as fewer rows or "
            "a shorter sequence. repl() goes through any walk."
        ) from None
    for box, node, data, grad in zip(drawn.boxes, tape.nodes, tape.data, tape.grads):
        box.caption.data = (BLANK if blank and node.op else num(data)) if box.caption.data else ""
        box.caption.grad = (BLANK if blank else num(grad)) if wanted(node) else ""
    labels = {edge(step): step for step in walk if step.argument is not None}
    for arrow in drawn.arrows:
        if step := labels.get(arrow.id):
            x, z = (atom(STYLE.short(tape.named[node], NARROW)) for node in (step.target, step.node))
            arrow.label = f"d{z}/d{x} = {BLANK if blank else num(step.local)}"
            arrow.title = voice.slope(step.node, step.target)
    drawing = Drawing(drawn)
    for box in drawn.boxes:
        box.caption.data = box.caption.grad = ""  # what is told of a box must not tell what comes
    label = text(f"Graph of {voice.name(tape.root)}")
    head = f'<section id="graph" class="drawing scroll" tabindex="0" role="group" aria-label="{label}">'
    tips = f'<svg class="unseen" aria-hidden="true"><defs>{TIPS}</defs></svg>'
    return f"{head}\n{drawing.svg}{tips}</section>"


def edge(step: Step) -> str:
    """The drawing's name of the edge of a step."""
    return f"n{step.tape.at[step.node]}_{step.argument}"


def facts(walk: Walk, voice: Voice) -> dict[str, Any]:
    """What the script needs: what each step changes, and what is asked before it."""
    tape = walk.tape
    return {
        "nodes": [
            {"data": voice.data(node), "grad": num(held) if wanted(node) else None, "leaf": not node.op}
            for node, held in zip(tape.nodes, tape.held)
        ],
        "steps": [fact(step, voice) for step in walk],
    }


def fact(step: Step, voice: Voice) -> dict[str, Any]:
    """One step for the script."""
    said = f"{voice.name(step.target)} is {num(step.after)}"
    if step.kind != "forward":
        source = "the seed" if step.kind == "seed" else f"by the edge to {voice.name(step.node)}"
        said = f"{asked(step, voice)} goes from {num(step.before)} to {num(step.after)}, {source}"
    return {
        "kind": step.kind,
        "node": step.tape.at[step.node],
        "target": step.tape.at[step.target],
        "edge": "" if step.argument is None else edge(step),
        "before": num(step.before),
        "said": f"{place(step)}: {said}.",
        "question": [*question(step, voice)],
        **verdicts(step.after, asked(step, voice), mistakes(step, voice)),
    }


def verdicts(right: float, name: str, wrong: Iterable[tuple[float, str]]) -> dict[str, Any]:
    """What the script judges an answer by, as `judge` does: numbers as text, so that none is lost on the way."""
    hints = [(exact(number), hint) for number, hint in wrong]
    return {"asked": name, "right": exact(right), "after": num(right), "hints": hints}


def exact(value: float) -> str:
    """A number as JavaScript reads it.

    >>> exact(0.1), exact(float("-inf"))
    ('0.1', '-Infinity')
    """
    return repr(value).replace("inf", "Infinity").replace("nan", "NaN")


def text(said: str) -> str:
    """A text as HTML: no character of it is markup, and those that nobody sees are spelled out."""
    return escape(STYLE.fit(said))

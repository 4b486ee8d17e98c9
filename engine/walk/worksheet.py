"""The walk as a worksheet: each step with blanks for its numbers, to fill in on paper or here; then the answers."""

from __future__ import annotations

import re
from math import nan
from typing import TYPE_CHECKING, NamedTuple

from .explain import leaf_rows, place, subject
from .page import bound, fact_of_answer, graph, headline, page_wording, page_words, row_list, text
from .quiz import asked, mistakes
from .trace import WalkError
from .variants import variants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..page import Page
    from .cursor import Walk
    from .explain import Wording
    from .trace import Step

MOST_ON_PAPER = 10_000  # steps in a file of worksheets


class Blank(NamedTuple):
    """A number to find: what the row is called, the formula before the blank, the number, and what mistakes make."""

    label: str
    formula: str
    number: float
    wrong: list[tuple[float, str]]
    note: str = ""  # behind the blank

    @property
    def name(self) -> str:
        """What the number is: the left side of its formula."""
        return self.formula.partition(" = ")[0]


def blanks(step: Step, wording: Wording) -> Iterator[Blank]:
    """The numbers to find in a step, in the order in which one finds them."""
    node, target, wrong = step.node, step.target, [*mistakes(step, wording)]
    if step.kind == "forward":
        yield Blank("value", wording.made(node), step.after, wrong)
        return
    if step.kind == "backward":
        argument = step.argument or 0
        depends = re.search(r"\b[xyz]\b", node.op.partials[argument])
        rule = wording.rule(node, argument) if depends else wording.slope(node, target)
        upstream = f"it is the number that {wording.grad(node)} has come to"
        local = f"by how much does {wording.name(node)} move when {wording.name(target)} alone moves a little?"
        yield Blank("upstream", wording.slope(step.trace.root, node), step.upstream, [(nan, upstream)])
        yield Blank("local", rule, step.local, [(nan, local)], wording.twin(step).strip())
        yield Blank("chain rule", "upstream × local", step.contribution, [(nan, "multiply the two numbers above")])
    yield Blank("gradient", asked(step, wording), step.after, wrong)


def worksheet(walk: Walk, copies: int = 1, seed: int = 0) -> Page:
    """A walk as a worksheet, or as `copies` of one, each with other numbers; the answers stand behind all of them.

    Raises what `page` raises; WalkError for a walk that starts from earlier gradients, because they tell answers; and
    WalkError if there are not enough different copies.
    """
    wording = page_wording(walk, worksheet=True)
    if any(walk.trace.held):
        root = wording.name(walk.trace.root)
        raise WalkError(
            f"A worksheet asks for one pass, and what an earlier backward() left would tell its answers: "
            f"save walk({root}), without accumulate=True."
        )
    if copies * len(walk) > MOST_ON_PAPER:
        raise WalkError(
            f"{copies:,} copies of {len(walk):,} steps are {copies * len(walk):,} steps, and a file of worksheets "
            f"holds up to {MOST_ON_PAPER:,}: save fewer copies."
        )
    sheets = [(each, page_words(each.trace)) for each in variants(walk, copies, seed)]
    names = [f"sheet {number} of {copies}" if copies > 1 else "" for number in range(1, copies + 1)]
    tasks = "".join(sheet(*each, name) for each, name in zip(sheets, names))
    solved = "".join(answers(*each, name) for each, name in zip(sheets, names))
    numbers = [(each, words) for steps, words in sheets for step in steps for each in blanks(step, words)]
    facts = [fact_of_answer(each.number, each.name, each.wrong, words) for each, words in numbers]
    return bound(wording, ": worksheet", f"{tasks}{BUTTON}{answer_pages(solved)}", {"blanks": facts})


BUTTON = """<p class="screen">
<button type="button" id="show-answers" aria-expanded="false" aria-controls="answers">Answers</button>
</p>
"""


def sheet(walk: Walk, wording: Wording, name: str) -> str:
    """A sheet to fill in: the whole expression, its numbers, the graph, and the steps with blanks."""
    number = f" <b>{name.capitalize()}</b>" if name else ""
    whole = f'<p class="whole math">{text(headline(wording))}</p>' if name else ""  # else it is the page's title
    line = '<span class="write"></span>'
    return f"""<section class="sheet" aria-label="{name.capitalize() or "Worksheet"}">
<p class="line"><span class="paper">Name: {line} Date: {line}</span>{number}</p>
{whole}
<p>Go through the steps in their order, and write each number into its blank.
<span class="screen">Press Enter, and the page says whether it is right.</span></p>
{row_list(leaf_rows(wording))}
{graph(walk, wording, blank=True)}
<div class="columns steps">
{"".join(exercise(step, wording, name) for step in walk)}</div>
</section>
"""


def answer_pages(solved: str) -> str:
    """The answers to all sheets, which paper shows on pages of their own."""
    return f"""<section id="answers">
<h2>Answers</h2>
{solved}</section>"""


def answers(walk: Walk, wording: Wording, name: str) -> str:
    """The answers to one sheet."""
    head = f"<h3>{name.capitalize()}</h3>\n" if name else ""
    return f"{head}<ol>\n{''.join(answer(step, wording) for step in walk)}</ol>\n"


def exercise(step: Step, wording: Wording, name: str) -> str:
    """A step with blanks."""
    head = f'<h2><span class="{step.kind}">{place(step)}</span> {text(subject(step, wording))}</h2>'
    where = ", ".join(filter(None, (place(step), name)))
    lines = "".join(field(each, where) for each in blanks(step, wording))
    return f'<article class="panel">{head}<dl>{lines}</dl></article>\n'


def field(blank: Blank, where: str) -> str:
    """Return a blank, with its formula before it and a place for the verdict behind it."""
    label, note = text(f"{blank.name}, {where}"), f"<span>{text(blank.note)}</span>" if blank.note else ""
    entry = f'<input type="text" class="blank" autocomplete="off" aria-label="{label}">'
    formula = f"<span>{text(blank.formula)} =</span> {entry}{note}"
    return f'<dt>{blank.label}</dt><dd class="math line">{formula}<span class="feedback"></span></dd>'


def answer(step: Step, wording: Wording) -> str:
    """The numbers of a step."""
    found = ", ".join(f"{each.name} = {wording.number(each.number)}" for each in blanks(step, wording))
    return f'<li>{place(step)}: <span class="math">{text(found)}</span></li>\n'

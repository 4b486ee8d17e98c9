"""The walk in a notebook: a picture and every step, folded, in HTML that needs no script, no style and no trust."""

from __future__ import annotations

from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING

from ..errors import DrawError
from ..terminal import TextStyle
from .explain import Wording, place, subject
from .page import MOST_STEPS

if TYPE_CHECKING:
    from .cursor import Walk
    from .trace import Step

NOTEBOOK_STYLE = TextStyle()
UNFOLDED = 24  # steps that both halves may have together to be listed at once


def markup(walk: Walk) -> str:
    """What a notebook shows: the graph at this moment, and all steps to unfold."""
    if len(walk) > MOST_STEPS:
        return f"{preformatted(str(walk))}<p>These are {len(walk):,} steps: repl() goes through them.</p>"
    shown = [svg_of(walk)] if walk.at else [preformatted(str(walk)), svg_of(walk)]
    forward = len(walk.trace.forward)
    for name, steps in ("forward", walk[:forward]), ("backward", walk[forward:]):
        if steps:
            unfolded = len(walk) <= UNFOLDED or steps[0].number <= walk.at <= steps[-1].number
            lines = "\n".join(f"<dd>{folded_step(step, walk.at)}</dd>" for step in steps)
            summary = f"<summary>{name}: {len(steps)} step{'s' * (len(steps) > 1)}</summary>"
            shown.append(f"<details{' open' * unfolded}>{summary}<dl>\n{lines}\n</dl></details>")
    return "\n".join(shown)


def folded_step(step: Step, at: int) -> str:
    """A step on a line that unfolds; the current one is unfolded."""
    here, content = step.number == at, f"{place(step)}: {subject(step, Wording(step.trace, NOTEBOOK_STYLE))}"
    summary = f"<summary>{'► ' * here}{escape(content)}</summary>"
    return f"<details{' open' * here}>{summary}{preformatted(str(step))}</details>"


def preformatted(content: str) -> str:
    return f"<pre>{escape(content)}</pre>"


def svg_of(walk: Walk) -> str:
    """The graph at this moment, where it can be drawn."""
    with suppress(DrawError):
        return str(walk.draw(local=True)._repr_mimebundle_().get("text/html", ""))
    return ""

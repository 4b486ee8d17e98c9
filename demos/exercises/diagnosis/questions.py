"""Choose the hints of an answer by what is wrong with it: a question, and the skeletons at fault."""

from __future__ import annotations

import re

from ..asking import ABOUT_EDITS, ABOUT_FACTS
from ..verdict import Verdict


def about(verdict: Verdict) -> str:
    """Return which functions of a wrong answer the hints are about, as a sentence; "" if that is not known."""
    ladder = verdict.ladder
    text = dict(ladder.rows()).get("right", "") if ladder else ""
    return f"Right so far: {text}" if text else ""


def question(verdict: Verdict) -> str:
    """Return a question about what is wrong with an answer: its line, or what its results show; "" if neither."""
    faults = verdict.ladder.search.faults if verdict.ladder else []
    for fault in faults:
        if fault.repairs:
            best = fault.repairs[0]
            lines = " and ".join(map(str, best.lines))
            return f"Look at line{'s' * (len(best.lines) > 1)} {lines}. {ABOUT_EDITS[best.kind]}"
    return next((ABOUT_FACTS[each.kind] for each in verdict.facts if each.kind in ABOUT_FACTS), "")


def skeleton(text: str, verdict: Verdict) -> str:
    """Return a hint with the skeletons of the functions at fault alone; all of them if that is not known."""
    faults = verdict.ladder.search.faults if verdict.ladder else []
    names = {each.where.rpartition(".")[2] for each in faults}
    before, fence, rest = text.partition("```python\n")
    code, end, after = rest.partition("```")
    parts = re.split(r"(?m)^(?=def |class )", code)
    chosen = [part for part in parts if (match := re.match(r"(?:def|class) (\w+)", part)) and match[1] in names]
    return f"{before}{fence}{''.join(chosen).rstrip()}\n{end}{after}" if fence and chosen else text

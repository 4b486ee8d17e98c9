"""Choose the hints of an answer by what is wrong with it: a question about the finding, and its function's skeleton."""

from __future__ import annotations

import re

from ..verdict import Verdict

# A question for each kind of edit that makes an answer right (see edits.KINDS), and for each fact.
ABOUT_EDITS = {
    "operator": "Which operation does the text ask for there: a sum, a difference, a product, a quotient, a power?",
    "swapped": "Two things stand there in an order. What would change if they were exchanged?",
    "parentheses": "In which order does Python compute what stands in this line, and in which order do you?",
    "sign": "Which way should the result move there, up or down, and which way does yours?",
    "assignment": "What is there before this line runs, and what should be there after it?",
    "factor": "Try it with small numbers on paper. By what do you multiply there that your code does not multiply by?",
    "less factor": "Try it with small numbers on paper. Is each factor of this line in your own calculation, too?",
    "term": "What does the formula on paper add or subtract that this line does not?",
    "less term": "Is each part of this sum in the formula on paper, too?",
    "power": "Is there a square or a root in the formula on paper?",
    "less power": "Is each power of this line in the formula on paper, too?",
    "comparison": "What should happen exactly at the edge, where both sides are equal, and what to both sides of it?",
    "condition": "Say in words when this should happen. For which input does your condition say something else?",
    "by one": "Count with the smallest case, one or two of them: where does it begin, and where does it end?",
    "number": "Where does the number in this line come from? Try another one, and see what changes.",
    "name": "Which thing is needed there: is it the one whose name stands there?",
    "attribute": "Is it the node's number that is needed there, or its gradient?",
    "less attribute": "What does the text ask for there: the thing itself, or a part of it?",
    "more attribute": "What does the text ask for there: the thing itself, or a part of it?",
    "data": "Is a node needed there, or its plain number?",
    "less data": "Through which of the things in this line can a gradient go back, and through which not?",
    "index": "What does each index count: rows, columns, places, layers?",
    "slice": "Which items of the list are taken there? Write down the first and the last one.",
    "reversed": "Which item of this list should come first?",
    "call": "Is it the thing itself that is needed there, or what a function makes of it?",
    "less call": "What does the call in this line do to the result? Would anything be missing without it?",
    "function": "What does the function that you call there do with two small numbers? Is that what is needed?",
    "arguments": "What does the function that you call there take, and in which order?",
    "order": "Which of these lines has to run first, and which one only once?",
    "line": "Go through the steps of the text one by one: which of them has no line in your code?",
    "less line": "Which line of your code belongs to no step of the text?",
    "return": "What does your function hand back, and when: at the end, or as soon as it comes there?",
}
ABOUT_FACTS = {
    "ratio": "All results are off by the same factor. Which number is in your formula once too often, or is missing?",
    "difference": "All results are off by the same number. What do you add or leave out?",
    "sign": "Where is something subtracted, and what from what?",
    "cut off": "Which things in your sum are nodes, and which are plain numbers? Where does the first one become plain?",
    "always the same": "Which of its arguments does your function use, and which one not?",
    "unmoved": "Which line of your loop changes the .data of a parameter, and what is its gradient then?",
    "future": "Which places does place t look at in your code, and which may it?",
    "another order": "In which order are the results asked for?",
    "form": "What does the docstring say that the function returns, and what does yours return?",
}


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

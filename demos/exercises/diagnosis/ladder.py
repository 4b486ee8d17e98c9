"""Say what a search has found, rung by rung: which line is wrong, then what about it, then what to write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..inside.edits import KINDS, VAGUE, Edit, sentence
from .search import Fault, Search

RUNGS = 3
NEAR = 0.3  # repairs of nearly the same cost are equally simple
SIMPLE = 1.2  # the highest cost of a repair that is as likely as a mistake that has a name
ALIKE = 1.0  # the same for edits of the solution
SMALL = 3.0  # the highest cost of a change of two or three words
COUNTS = ("one", "one", "two", "three", "four")
FORGOTTEN = ("factor", "term", "power", "call", "line", "data", "index")  # mistakes that are more likely than others
MORE = {1: "what kind of thing is wrong there", 2: "what to write"}


@dataclass(frozen=True)
class Ladder:
    """What a search has found about an answer, for a report.

    `key` is the same for the same finding in another version of the file, whose lines may have moved.
    """

    search: Search

    @property
    def key(self) -> str:
        faults = self.search.faults
        return "; ".join(f"{each.where}: {each.repairs[0].kind if each.repairs else ''}" for each in faults)

    @property
    def repaired(self) -> bool:
        """Whether an edit is known for each function at fault."""
        return bool(self.search.faults) and all(each.repairs for each in self.search.faults)

    @property
    def kinds(self) -> list[str]:
        """The rows of edits.KINDS that the simplest repairs are of, and those that are nearly as simple."""
        repairs = [fault.repairs for fault in self.search.faults if fault.repairs]
        near = (each for some in repairs for each in some if each.cost <= min(one.cost for one in some) + NEAR)
        return [*dict.fromkeys(kind for each in near for kind in each.kinds)]

    def rows(self, rung: int = 1, named: bool = False) -> Iterator[tuple[str, str]]:
        """Yield the rows of a report: a label and a text each.

        With `named`, the report names the mistake by other means: then the kind of the repair is left out,
        and the place of one that is not simple is a question.
        """
        faults, right = self.search.faults, self.search.right
        names, helpers = [each.where for each in faults], self.search.helpers
        is_repaired = any(each.repairs for each in faults)
        they = "it uses" if len(names) == 1 else "they use"
        use = f", and at {_listed([*helpers])}, which {they}" if helpers else ""
        if right and faults:
            yield "right", f"{_listed(right)}. Look at {_listed(names)}{'' if is_repaired else use}."
        elif len(faults) > 1 and helpers and not is_repaired:
            yield "look at", f"{_listed(names)}{use}."
        elif len(faults) > 1 and is_repaired and not all(each.repairs for each in faults):
            yield "look at", f"{_listed(names)}."
        elif len(faults) > 1 and all(each.repairs for each in faults):
            yield "look at", f"{_listed(names)}: each of them has a mistake of its own."
        for each in faults:
            if each.unused and not each.repairs:
                yield "it shows", f"{_named(each.unused)} never used{f' in {each.where}' if each.where else ''}."
            if each.repairs:
                yield from _steps(each, rung, named)
        if like := [each for each in self.search.like if each.where and KINDS[each.kind].undone_by not in VAGUE]:
            yield "looks like", _mistake(like)

    def more(self, rung: int, named: bool = False) -> str:
        """Return what another check of the same would say; "" if that is all. For `named`, see `rows`."""
        return MORE.get(rung + named, "") if any(each.repairs for each in self.search.faults) else ""


def _mistake(like: Sequence[Edit]) -> str:
    """Return the mistake that gives, at every input, what the answer gives; a question if there are several."""
    near = [each for each in like if each.cost <= like[0].cost + ALIKE]
    kinds = [*dict.fromkeys(KINDS[each.kind].undone_by for each in near)]
    kinds.sort(key=lambda kind: kind not in FORGOTTEN)
    texts = [f"{text[0].lower()}{text[1:-1]}" for text in (KINDS[kind].sentence for kind in kinds[:2])]
    places = [*dict.fromkeys(_called(each.where) for each in near)]
    if len(kinds) > 1 or len(places) > 1:
        question = ", or that ".join(texts)
        return f"Is it, in {' or '.join(places[:2])}, that {question}? That would give what you get, at every input."
    return f"What you get is, at every input, what comes of a mistake in {places[0]}: {texts[0]}."


def _steps(fault: Fault, rung: int, named: bool) -> Iterator[tuple[str, str]]:
    best = fault.repairs[0]
    near = [each for each in fault.repairs if each.rank <= best.rank + NEAR]
    lines = [*dict.fromkeys(each.lines for each in near)]
    label = f"line {best.lines[0]}" if len(lines) == 1 and len(best.lines) == 1 else "lines"
    yield label, _where(best, lines, fault, doubted=best.doubted or (named and best.cost > SIMPLE))
    if rung > 1 and not named and not best.doubted:
        kinds = [*dict.fromkeys(KINDS[kind].sentence for each in near for kind in each.kinds)]
        yield "what", best_kind(best, kinds)
    if rung > (1 if named else 2):
        text = sentence(best)
        several = len(near) > 1 or best.doubted
        yield "write", f"One way: {text[0].lower()}{text[1:]}" if several else text


def best_kind(best: Edit, kinds: list[str]) -> str:
    """Return the sentence of the simplest repair; if there are others as simple, as one way to see it."""
    texts = [KINDS[kind].sentence for kind in best.kinds]
    text = " And: ".join([texts[0], *(f"{each[0].lower()}{each[1:]}" for each in texts[1:])])
    return text if len(kinds) == len(texts) else f"One way to see it: {text[0].lower()}{text[1:]}"


def _where(best: Edit, lines: list[tuple[int, ...]], fault: Fault, doubted: bool) -> str:
    rest = "the answer is right" if fault.alone else f"{fault.where} is right"
    change = _size(best)
    if len(lines) > 1:
        places = [_numbers(each) for each in lines[:3]]
        return f"Is it {' or '.join(places)}? With {change} there, {rest}."
    if best.parts:
        there = f"{_numbers(best.lines).capitalize()}: with {change}" if len(best.lines) > 1 else f"With {change}"
        return f"{there} there, {rest}."
    if doubted:
        return f"Is it there? With {change} there, {rest}."
    if len(best.lines) > 1:
        return f"{_numbers(best.lines).capitalize()}: with the same small change in both, {rest}."
    if best.kind in ("line", "order"):
        return f"Look around it: with {change} there, {rest}."
    return f"It alone is wrong: with {change} there, {rest}."


def _size(best: Edit) -> str:
    """Return how many changes an edit is, in words; those that are not small are called so."""
    small = "small " if all(each.cost <= SMALL for each in best.parts or (best,)) else ""
    return f"{COUNTS[len(best.parts)]} {small}{'changes' if best.parts else 'change'}"


def _numbers(lines: tuple[int, ...]) -> str:
    return f"line{'s' * (len(lines) > 1)} {' and '.join(map(str, lines))}"


def _named(arguments: Sequence[str]) -> str:
    return f"The argument {arguments[0]} is" if len(arguments) == 1 else f"The arguments {_listed([*arguments])} are"


def _listed(names: list[str]) -> str:
    *first, last = [_called(name) for name in names]
    return f"{', '.join(first)} and {last}" if first else last


def _called(name: str) -> str:
    return name or "what stands outside of all functions"

"""Straight-line code: a line for each node, forward and then backward, without matrices.

A node that is used once, and that no derivative reads, stands inside the line of what uses it. Names are used again
once nothing reads what they held: few names run faster than many.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ..sources import run_source
from .spelling import ATOM, LOOSE, PRODUCT, RESULT, SUM, RowCall, Spelled, Template, power

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..ops import Op
    from .steps import Numbered, Steps

NO_NUMBER = (ArithmeticError, TypeError, ValueError)  # raised where there is no number: by Python, NumPy, or a user
DEEPEST_NESTING = 30  # the most expressions inside each other; Python refuses about a hundred
TERMS = 8  # the most contributions that are added up in a line, so that the names that they read are soon free

# Strings, and the numbers of nodes whose names stand there; gradients are numbered after the nodes.
Pieces = list[Any]
Line = tuple[tuple[int, ...], Pieces]  # the nodes that it computes, and its text; a statement computes none
# How tight an argument of an operator must hold together to stand there without parentheses.
TIGHT = {"add": (SUM, PRODUCT), "sub": (SUM, PRODUCT), "mul": (PRODUCT, ATOM), "div": (PRODUCT, ATOM)}
ONE = (["1"], ["1.0"])


class Term(NamedTuple):
    """What is added to a gradient: a text, and whether a minus belongs before it."""

    text: Pieces
    negative: bool

    @property
    def whole(self) -> Pieces:
        """The text with its minus."""
        return ["-", *self.text] if self.negative else self.text


class Straight:
    """The lines of a graph.

    - `lines`: the lines.
    - `forward`: how many of them compute the outputs.
    - `results`: the text of each output.
    - `gradients`: the text of each parameter's gradient; "0.0" where none gets there.
    - `functions`: what the lines call, by name.
    """

    graph: Numbered
    over_floats: bool

    def __init__(self, graph: Numbered, spell: Callable[[Op], Spelled], over_floats: bool) -> None:
        self.graph, self.over_floats = graph, over_floats
        self.lines: list[Line] = []
        self.functions: dict[str, Any] = {}
        self._spell, self._spellings = spell, dict[Any, Spelled]()
        self._count = self._used = len(graph.nodes)
        self._operations = graph.operations()
        self._texts: list[Any] = [None] * self._count  # of each node: its text, how tight and how deep it is
        self._write_forward()
        self.forward: int = len(self.lines)
        self.results: list[Any] = [self._texts[output][0] for output in graph.outputs]
        self.gradients: list[Pieces] = self._write_backward()

    # -- forward ----------------------------------------------------------------------------------------------------

    def _write_forward(self) -> None:
        graph, texts = self.graph, self._texts
        for number in range(graph.parameters + graph.inputs):
            texts[number] = [number], ATOM, 0
        for number, value in graph.literals.items():
            written = repr(value)
            texts[number] = ([f"({written})" if written[0] == "-" else written], ATOM, 0)
        uses, named = self._uses(), self._named()
        for number, op, args in self._operations:
            template = self.spelled(op, args).value
            tight = TIGHT.get(op.name, (ATOM,) * len(args))
            deep = 1 + max([texts[arg][2] for arg in args])
            text: Pieces = []
            for part in template.parts:
                if part.__class__ is str:
                    text.append(part)
                else:
                    inner, holds, _ = texts[args[part]]
                    if holds < tight[part]:
                        text += ["(", *inner, ")"]
                    else:
                        text += inner
            if named[number] or uses[number] != 1 or deep >= DEEPEST_NESTING:
                self.lines.append(((number,), text))
                texts[number] = [number], ATOM, 0
                self.named(number)
            else:
                texts[number] = text, template.tight, deep

    def named(self, number: int) -> None:
        """Do what is to be done once a node has got its name."""

    def _uses(self) -> list[int]:
        """Return how often each node is used, as an argument or an output."""
        uses = [0] * self._count
        for _, _, args in self._operations:
            for arg in args:
                uses[arg] += 1
        for output in self.graph.outputs:
            uses[output] += 1
        return uses

    def _named(self) -> list[bool]:
        """Return for each node whether it must have a name: outputs, and what a text reads twice or backward."""
        named, requires_grad = [False] * self._count, self.graph.requires_grad
        for output in self.graph.outputs:
            named[output] = True
        for number, op, args in self._operations:
            spelled = self.spelled(op, args)
            for arg, takes in zip(args, spelled.value.takes):
                if not takes:
                    named[arg] = True
            if requires_grad[number]:
                for arg, partial, passes in zip(args, spelled.partials, op.passes):
                    if passes and requires_grad[arg]:
                        for part in self._local(number, args, partial):
                            if part.__class__ is not str:
                                named[part] = True
        return named

    def spelled(self, op: Op, args: Sequence[int]) -> Spelled:
        """Return the templates of an operation on these nodes."""
        exponent = self.graph.literals.get(args[1]) if op.power else None
        key = (op, exponent) if exponent else op
        found = self._spellings.get(key)
        if found is None:
            found = power(exponent, self.over_floats) if exponent else self._spell(op)
            found = self._spellings[key] = self.callable(op, found)
        return found

    def callable(self, op: Op, spelled: Spelled) -> Spelled:
        """Return the templates of a row once its functions can be called."""
        return spelled

    # -- backward ---------------------------------------------------------------------------------------------------

    def _write_backward(self) -> list[Pieces]:
        graph, requires_grad, texts = self.graph, self.graph.requires_grad, self._texts
        chosen = graph.chosen()
        terms: list[list[Term]] = [[] for _ in range(self._count)]  # what is added up to the gradient of each node
        for output in graph.outputs:
            if requires_grad[output]:
                terms[output].append(Term(self.seed(output), False))
        for number, op, args in reversed(self._operations):
            if not requires_grad[number] or not terms[number]:
                continue
            gradient = self._sum(terms[number])
            terms[number] = []
            taking = [
                (arg, partial)
                for arg, passes, partial in zip(args, op.passes, self.spelled(op, args).partials)
                if passes and requires_grad[arg]
            ]
            # A minus is left to the sums of the arguments, unless more than one of them begins with it.
            if gradient.negative and sum(not partial.negative and not terms[arg] for arg, partial in taking) > 1:
                gradient = Term(self.line(gradient.whole), False)
            twice, lines = len({*args}) < len(args), dict[tuple[Any, ...], Pieces]()
            for arg, partial in taking:
                local = [
                    each
                    for part in self._local(number, args, partial)
                    for each in ([part] if part.__class__ is str else texts[part][0])
                ]
                text = self.contribution(number, arg, gradient.text, local, partial.tight, chosen[number])
                if twice and len(text) > 1:  # both factors of a square get the same
                    if (*text,) not in lines:
                        lines[(*text,)] = self.line(text)
                    text = lines[(*text,)]
                added = terms[arg]
                added.append(Term(text, gradient.negative is not partial.negative))
                if len(added) == TERMS:
                    terms[arg] = [self._line_of(added)]
        return [_added(terms[number]).whole for number in range(graph.parameters)]

    def _local(self, number: int, args: Sequence[int], template: Template) -> Pieces:
        """Return the text of a local derivative of a node, in which nodes stand by their numbers."""
        text: Pieces = []
        for part in template.parts:
            if part.__class__ is str:
                text.append(part)
            elif part.__class__ is RowCall:
                of = tuple([args[place] for place in part.args])
                found = self.graph.find(part.op, of)
                inner = [found] if found is not None else self._local(number, of, part.template)
                bare = found is not None or len(template.parts) == 1 or part.template.tight == ATOM
                text += inner if bare else ["(", *inner, ")"]
            else:
                text.append(number if part == RESULT else args[part])
        return text

    def seed(self, output: int) -> Pieces:
        """Return the gradient of an output."""
        return ["1.0"]

    def summed(self, output: int, text: Pieces) -> Pieces:
        """Return the sum over the rows of an output, given its text."""
        return text

    def contribution(
        self, number: int, arg: int, gradient: Pieces, local: Pieces, tight: int, guarded: bool
    ) -> Pieces:
        """Return what a node adds to the gradient of an argument, but for the sign.

        - `number`, `arg`: the node and the argument.
        - `gradient`: the gradient of the node: a name, or 1.0.
        - `local`: the local derivative; `tight` is how tight it holds together.
        - `guarded`: whether a gradient of 0 stays 0 whatever the local derivative, as where `where` did not choose.
        """
        if local in ONE:
            return gradient
        if gradient == ["1.0"]:
            return local if tight > SUM else ["(", *local, ")"]
        factor = local if tight == ATOM else ["(", *local, ")"]
        if guarded:
            return ["(0.0 if ", *gradient, " == 0.0 else ", *gradient, " * ", *factor, ")"]
        return [*gradient, " * ", *factor]

    def _sum(self, terms: list[Term]) -> Term:
        """Write the gradient of a node as a line, unless it is a name already or 1; return its name."""
        text = terms[0].text
        if len(terms) == len(text) == 1 and (text[0].__class__ is int or text[0] == "1.0"):
            return terms[0]
        return self._line_of(terms)

    def _line_of(self, terms: list[Term]) -> Term:
        """Write a sum as a line; return its name. The minus of a single term is left to whoever reads it."""
        total = _added(terms)
        return Term(self.line(total.text), total.negative)

    def line(self, text: Pieces) -> Pieces:
        """Write a text as a line, and return its name."""
        number = self.new()
        self.lines.append(((number,), text))
        return [number]

    def new(self) -> int:
        """Return a number that no node has."""
        self._used += 1
        return self._used

    # -- names ------------------------------------------------------------------------------------------------------

    def merged(self, lines: list[Line]) -> list[Line]:
        """Return lines that compute the same, with what is faster in one."""
        return lines

    def written(self, count: int, ends: list[Pieces]) -> tuple[list[str], list[str]]:
        """Return the first `count` lines with names, and these texts after them."""
        lines = self.merged(self.lines[:count])
        count = len(lines)
        last: dict[int, int] = {}
        for at, (_, text) in enumerate(lines):
            for part in text:
                if part.__class__ is int:
                    last[part] = at
        for text in ends:
            for part in text:
                if part.__class__ is int:
                    last[part] = count
        graph = self.graph
        names = {number: f"p{number}" for number in range(graph.parameters)}
        names |= {graph.parameters + number: f"x{number}" for number in range(graph.inputs)}
        leaves, free, made, written = len(names), list[str](), 0, list[str]()
        for at, (targets, text) in enumerate(lines):
            line = "".join([part if part.__class__ is str else names[part] for part in text])
            for part in {part for part in text if part.__class__ is int and part >= leaves and last[part] == at}:
                free.append(names[part])
            for each in targets:
                if free:
                    names[each] = free.pop()
                else:
                    names[each], made = f"v{made}", made + 1
            written.append(f"{', '.join([names[each] for each in targets])} = {line}" if targets else line)
            free += [names[each] for each in targets if each not in last]  # what nothing reads
        return written, ["".join([part if part.__class__ is str else names[part] for part in text]) for text in ends]


class StraightCode:
    """A graph as straight-line functions: `forward`, which returns the outputs, and `gradient`.

    - `sources`: the text of each function, by name.
    - `batched`: whether the outputs differ from row to row.
    """

    batched: bool

    form = ""  # its name
    gradient_arguments = "p, x"

    def __init__(self, steps: Steps, lines: Straight) -> None:
        self.batched, graph = steps.batched, lines.graph
        start = []
        if graph.parameters:
            start.append(f"[{', '.join(f'p{number}' for number in range(graph.parameters))}] = p")
        if graph.inputs:
            start.append(f"[{', '.join(f'x{number}' for number in range(graph.inputs))}] = x")
        sums = [lines.summed(output, text) for output, text in zip(graph.outputs, lines.results)]
        value = [part for text in sums for part in (" + ", *text)][1:]
        forward, outputs = lines.written(lines.forward, lines.results)
        both, (total, *gradients) = lines.written(len(lines.lines), [value, *lines.gradients])
        parts = {
            "forward": ["def forward(p, x):", *start, *forward, f"return [{', '.join(outputs)}]"],
            "gradient": [
                f"def gradient({self.gradient_arguments}):",
                *(*start, *both, f"return {total}, [{', '.join(gradients)}]"),
            ],
        }
        self.sources: dict[str, str] = {name: "\n    ".join(text) + "\n" for name, text in parts.items()}
        self._functions: dict[str, Any] = {}

    def names(self) -> dict[str, Any]:
        """Return what the source may use, by name."""
        raise NotImplementedError

    def function(self, name: str) -> Any:
        """Return a function of the source, compiled when it is first asked for; tracebacks show its lines."""
        if name not in self._functions:
            defined = run_source(self.sources[name], f"program {name} of {self.form}", self.names(), self)
            self._functions[name] = defined[name]
        return self._functions[name]


def _added(terms: list[Term]) -> Term:
    """Return a sum: that of no terms is 0.0, and a single one stays as it is."""
    if not terms:
        return Term(["0.0"], False)
    if len(terms) == 1:
        return terms[0]
    if terms[0].negative and not terms[1].negative:  # b - a is -a + b to the last bit, and one operation less
        terms = [terms[1], terms[0], *terms[2:]]
    total = [*terms[0].whole]
    for term in terms[1:]:
        total += [" - " if term.negative else " + ", *term.text]
    return Term(total, False)


def renamed(template: Template, name: str, new: str) -> Template:
    """Return a template that calls a function by another name."""
    pattern = rf"\b{name}(?=\()"

    def part_of(part: Any) -> Any:
        if isinstance(part, RowCall):
            return part._replace(template=renamed(part.template, name, new))
        return re.sub(pattern, new, part) if isinstance(part, str) else part

    return template._replace(parts=tuple(map(part_of, template.parts)))


assert LOOSE < SUM

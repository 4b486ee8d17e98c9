"""Straight-line code: a line for each node, forward and then backward, without matrices.

A node that is used once, and that no derivative reads, stands inside the line of what uses it. Names are used again
once nothing reads what they held: few names run faster than many.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..sources import run_source
from .spelling import ATOM, LOOSE, PRODUCT, RESULT, SUM, Spelled, Template, power

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..ops import Op
    from .steps import Numbered, Steps

NO_NUMBER = (ArithmeticError, TypeError, ValueError)  # raised where there is no number: by Python, NumPy, or a user
DEEPEST_NESTING = 30  # the most expressions inside each other; Python refuses about a hundred
TERMS = 8  # the most contributions that are added up in a line, so that the names that they read are soon free

# Strings, and the numbers of nodes whose names stand there; gradients are numbered after the nodes.
Pieces = list[Any]
# How tight an argument of an operator must hold together to stand there without parentheses.
TIGHT = {"add": (SUM, PRODUCT), "sub": (SUM, PRODUCT), "mul": (PRODUCT, ATOM), "div": (PRODUCT, ATOM)}
ONE, MINUS_ONE = ("1", "1.0"), ("-1", "-1.0")


class Straight:
    """The lines of a graph.

    - `lines`: the lines, each a target and its text; a target of None is a statement.
    - `forward`: how many of them compute the outputs.
    - `results`: the text of each output.
    - `gradients`: the text of each parameter's gradient; "0.0" where none gets there.
    - `functions`: what the lines call, by name.
    """

    graph: Numbered
    over_floats: bool

    def __init__(self, graph: Numbered, spell: Callable[[Op], Spelled], over_floats: bool) -> None:
        self.graph, self.over_floats = graph, over_floats
        self.lines: list[tuple[int | None, Pieces]] = []
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
                self.lines.append((number, text))
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
                        for part in partial.parts:
                            if part.__class__ is not str:
                                named[number if part == RESULT else args[part]] = True
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
        parts: list[list[Pieces]] = [[] for _ in range(self._count)]  # what is added up to the gradient of each node
        for output in graph.outputs:
            if requires_grad[output]:
                parts[output].append(self.seed(output))
        for number, op, args in reversed(self._operations):
            if not requires_grad[number] or not parts[number]:
                continue
            gradient = self._sum(parts[number])
            parts[number] = []
            spelled = self.spelled(op, args)
            for place, (arg, passes) in enumerate(zip(args, op.passes)):
                if passes and requires_grad[arg]:
                    local: Pieces = []
                    for part in spelled.partials[place].parts:
                        if part.__class__ is str:
                            local.append(part)
                        else:
                            local += texts[number if part == RESULT else args[part]][0]
                    tight = spelled.partials[place].tight
                    terms = parts[arg]
                    terms.append(self.contribution(number, arg, gradient, local, tight, chosen[number]))
                    if len(terms) == TERMS:
                        parts[arg] = [self.line(self._added(terms))]
        return [self._added(parts[number]) for number in range(graph.parameters)]

    def seed(self, output: int) -> Pieces:
        """Return the gradient of an output."""
        return ["1.0"]

    def summed(self, output: int, text: Pieces) -> Pieces:
        """Return the sum over the rows of an output, given its text."""
        return text

    def contribution(
        self, number: int, arg: int, gradient: Pieces, local: Pieces, tight: int, guarded: bool
    ) -> Pieces:
        """Return what a node adds to the gradient of an argument.

        - `number`, `arg`: the node and the argument.
        - `gradient`: the gradient of the node: a name, or 1.0.
        - `local`: the local derivative; `tight` is how tight it holds together.
        - `guarded`: whether a gradient of 0 stays 0 whatever the local derivative, as where `where` did not choose.
        """
        if len(local) == 1 and local[0] in ONE:
            return gradient
        if len(local) == 1 and local[0] in MINUS_ONE:
            return ["-", *gradient]
        if gradient == ["1.0"]:
            return local if tight > SUM else ["(", *local, ")"]
        factor = local if tight == ATOM else ["(", *local, ")"]
        if guarded:
            return ["(0.0 if ", *gradient, " == 0.0 else ", *gradient, " * ", *factor, ")"]
        return [*gradient, " * ", *factor]

    def _sum(self, parts: list[Pieces]) -> Pieces:
        """Write the gradient of a node as a line, unless it is a name already or 1; return its name."""
        if len(parts) == 1 and len(parts[0]) == 1 and (parts[0][0].__class__ is int or parts[0][0] == "1.0"):
            return parts[0]
        return self.line(self._added(parts))

    def line(self, text: Pieces) -> Pieces:
        """Write a text as a line, and return its name."""
        self._used += 1
        self.lines.append((self._used, text))
        return [self._used]

    def _added(self, parts: list[Pieces]) -> Pieces:
        if not parts:
            return ["0.0"]
        total = [*parts[0]]
        for part in parts[1:]:
            if part[0] == "-":
                total += [" - ", *part[1:]]
            else:
                total += [" + ", *part]
        return total

    # -- names ------------------------------------------------------------------------------------------------------

    def written(self, count: int, ends: list[Pieces]) -> tuple[list[str], list[str]]:
        """Return the first `count` lines with names, and these texts after them."""
        lines = self.lines[:count]
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
        for at, (target, text) in enumerate(lines):
            line = "".join([part if part.__class__ is str else names[part] for part in text])
            for part in {part for part in text if part.__class__ is int and part >= leaves and last[part] == at}:
                free.append(names[part])
            if target is None:
                written.append(line)
                continue
            if free:
                name = free.pop()
            else:
                name, made = f"v{made}", made + 1
            names[target] = name
            written.append(f"{name} = {line}")
            if target not in last:  # a line that nothing reads
                free.append(name)
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


def renamed(template: Template, name: str, new: str) -> Template:
    """Return a template that calls a function by another name."""
    pattern = rf"\b{name}(?=\()"
    parts = tuple(re.sub(pattern, new, part) if isinstance(part, str) else part for part in template.parts)
    return template._replace(parts=parts)


assert LOOSE < SUM

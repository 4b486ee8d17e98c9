"""How the nodes of a walk are spoken of: by name or by number, in formulas, and as derivatives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..names import number
from ..ops import OPERATORS, substitute

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..value import Value
    from .steps import Step, Tape
    from .text import Style

ORDINALS = ("first", "second")
NEGATIVE = re.compile(r"-[\d.]+(e[-+]\d+)?")


class Voice:
    """How the nodes of a walk are spoken of, in a style."""

    def __init__(self, tape: Tape, style: Style) -> None:
        self.tape, self.style = tape, style

    def name(self, node: Value) -> str:
        return self.style.short(self.tape.named[node])

    def data(self, node: Value) -> str:
        """The number that a node held when the walk was recorded."""
        return num(self.tape.number(node))

    def spell(self, node: Value, called: Callable[[Value], str]) -> str:
        """A node's operation, as a person writes it: a * b, or tanh(n)."""
        op, texts = node.op, [called(arg) for arg in node.args]
        if op.name in OPERATORS:
            first = (
                texts[0]
                if op.name in ("add", "sub", "mul", "div") and NEGATIVE.fullmatch(texts[0])
                else atom(texts[0])
            )
            texts = [first, *map(atom, texts[1:])]
        return str(op.spell(*texts))

    def fill(self, formula: str, node: Value, called: Callable[[Value], str]) -> str:
        """A formula of the table in x, y and z, spelled for a node and its arguments."""
        x, y = [*(atom(called(arg)) for arg in node.args), "y"][:2]
        return substitute(rounded(formula), x, y, z=atom(called(node)))

    def made(self, node: Value) -> str:
        """How a node is computed: d = a * b."""
        return f"{self.name(node)} = {self.spell(node, self.name)}"

    def slope(self, node: Value, by: Value) -> str:
        """How a derivative is written: dL/da."""
        return f"d{atom(self.name(node))}/d{atom(self.name(by))}"

    def rule(self, step: Step) -> str:
        """A local derivative by its formula: de/da = b."""
        partial = step.node.op.partials[step.argument or 0]
        return f"{self.slope(step.node, step.target)} = {self.fill(partial, step.node, self.name)}"

    def local(self, step: Step) -> str:
        """A local derivative by its formula, in names, in numbers, and what that makes."""
        partial = step.node.op.partials[step.argument or 0]
        named, counted = (self.fill(partial, step.node, called) for called in (self.name, self.data))
        said = [named, counted, num(step.local)] if len(partial) > 1 else [named, num(step.local)]
        if not re.search(r"\b[xyz]\b", partial):
            said = said[-1:]
        return " = ".join([self.slope(step.node, step.target), *dict.fromkeys(said)])

    def twin(self, step: Step) -> str:
        """Which of the two edges it is, where a node takes the same argument twice, as x * x does."""
        which = f"   (by the {ORDINALS[step.argument or 0]} {self.name(step.target)})"
        return which if step.node.args.count(step.target) > 1 else ""

    def grad(self, node: Value) -> str:
        return f"{atom(self.name(node))}.grad"


def num(value: float) -> str:
    """A number in a step: four digits, and no fewer than it takes to tell thousands apart."""
    return number(value + 0.0, 4 if abs(value) < 1000 else 7)  # + 0.0 takes the sign off a zero


def rounded(formula: str) -> str:
    """A formula whose long numbers are short.

    >>> rounded("0.5 * (1 + erf(0.7071067811865476 * x))")
    '0.5 * (1 + erf(0.7071 * x))'
    """
    return re.sub(r"\d+\.\d{5,}", lambda digits: num(float(digits[0])), formula)


def atom(name: str) -> str:
    """A name as part of a formula: in parentheses, if it holds an operator."""
    return f"({name})" if re.search(r"[-+*/<>=, ]", name) and not re.fullmatch(r"[\d.]+e[-+]\d+", name) else name

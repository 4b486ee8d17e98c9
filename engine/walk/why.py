"""Why a step's rule holds: the row of the table behind it, and a numeric nudge that confirms its local derivative."""

from __future__ import annotations

from contextlib import suppress
from math import floor, isfinite, log10
from sys import float_info
from typing import TYPE_CHECKING, NamedTuple

from ..names import is_constant, number
from ..ops import Op, substitute
from .text import Style, Text
from .voice import ORDINALS, Voice, atom, num, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .steps import Step

AGREES = 1e-4  # relative: no more can be asked of a plain nudge, and a rule that is off by 0.1 % stands out


class Nudge(NamedTuple):
    """An argument moved by `step` to both sides, the results, and the slope between the two of them."""

    step: float
    below: float
    here: float
    above: float

    @property
    def slope(self) -> float:
        return (self.above - self.below) / (2 * self.step)

    @property
    def noise(self) -> float:
        """As much as rounding can do to the slope."""
        return 4 * float_info.epsilon * max(abs(self.below), abs(self.above)) / self.step

    def agrees(self, local: float) -> bool:
        return abs(self.slope - local) <= AGREES * abs(local) + 1e-10

    @property
    def sides(self) -> tuple[float, float]:
        """The slope to the left, and to the right."""
        return (self.here - self.below) / self.step, (self.above - self.here) / self.step


def explain(step: Step, style: Style | None = None) -> Text:
    """Why a step does what it does."""
    style = style or Style.plain()
    rows = WHYS[step.kind](step, Voice(step.tape, style))
    return Text("\n".join(style.row(f"  {label}", text) for label, text in rows))


def _forward(step: Step, voice: Voice) -> Iterator[tuple[str, str]]:
    node = step.node
    x, y, z = step.tape.letters
    yield "rule", f"{z} = {substitute(rounded(node.op.formula), x, y, z=z)}: {node.op.doc}"
    yield "here", f"{voice.made(node)} = {voice.spell(node, voice.data)} = {num(step.after)}"
    slopes = [
        f"{voice.slope(node, arg)} = {voice.fill(partial, node, voice.name)}"
        for arg, partial in zip(node.args, node.op.partials)
        if not is_constant(arg)
    ]
    if slopes:
        yield "backward", ", ".join(slopes)


def _seed(step: Step, voice: Voice) -> Iterator[tuple[str, str]]:
    root = voice.name(step.node)
    yield "why", f"A gradient is how strongly {root} reacts to a node. To itself it reacts one to one."
    yield "then", "Each step hands a gradient down one edge, times the local derivative of that edge."


def _backward(step: Step, voice: Voice) -> Iterator[tuple[str, str]]:
    op, node, target, root = step.node.op, step.node, step.target, step.tape.root
    argument = step.argument or 0
    z, x = voice.name(node), voice.name(target)
    *letters, whole = step.tape.letters
    partial = substitute(rounded(op.partials[argument]), *letters, z=whole)
    alone = f" (the {ORDINALS[argument]} argument alone)" if node.args.count(target) > 1 else ""
    yield "asked", f"When {x}{alone} moves a little, and nothing else does, by how much does {z} move?"
    yield (
        "rule",
        f"{whole} = {op.spell(*letters)} has d{whole}/d{letters[argument]} = {partial}; here, {voice.made(node)}",
    )
    yield "so", voice.local(step)
    nudge = None if op.detached else nudged(op, voice.tape.numbers(node), argument, step.local)
    if op.detached:
        yield "nudge", f"none gets past {z}: for what comes after it, {z} is a fixed number"
    elif nudge:
        at = voice.tape.number(target)
        for sign, result in ("+", nudge.above), ("-", nudge.below):
            moved = at + nudge.step if sign == "+" else at - nudge.step
            yield (
                "nudge" * (sign == "+"),
                f"{x} {sign} {_long(nudge.step)} = {_long(moved)} makes {z} {_long(result)}",
            )
        gap = f"({_long(nudge.above)} - {atom(_long(nudge.below))}) / {_long(2 * nudge.step)}"
        yield "slope", f"{gap} = {_long(nudge.slope)}: {_verdict(nudge, step, voice)}"
    else:
        yield "nudge", f"none is possible at {x} = {voice.data(target)}"
    if node is not root:
        product = f"{num(step.upstream)} × {num(step.local)} = {num(step.contribution)}"
        yield (
            "chain rule",
            (
                f"{voice.name(root)} moves {num(step.upstream)} times as much as {z}, and {z} "
                f"{num(step.local)} times as much as {x}: along this edge that makes {product}"
            ),
        )


WHYS = {"forward": _forward, "seed": _seed, "backward": _backward}


def _long(value: float) -> str:
    return number(value + 0.0, 8)


def _verdict(nudge: Nudge, step: Step, voice: Voice) -> str:
    left, right = nudge.sides
    numbers = voice.tape.numbers(step.node)
    on_kink = numbers[0] - sum(numbers[1:]) in step.node.op.kinks
    if on_kink and abs(left - right) > 0.01 * max(abs(left), abs(right)):
        sides = f"{_long(left)} to the left and {_long(right)} to the right"
        return f"this is a corner, with slope {sides}; there the table chooses {num(step.local)}"
    if nudge.agrees(step.local):
        return "the rule holds"
    if nudge.noise > AGREES * abs(step.local):
        return f"the numbers are so unlike in size that rounding hides the {num(step.local)} of the rule"
    return f"the rule says {_long(step.local)}, so one of them is off; gradcheck measures it well"


def nudged(op: Op, numbers: Sequence[float], argument: int, local: float) -> Nudge | None:
    """The nudge of one argument that agrees best with a local derivative; None if there is no room for any.

    A step that is too large sees the curve bend, one that is too small drowns in rounding, and which is
    which depends on the numbers; a wrong rule agrees with none of them.

    >>> from engine.ops import OPS
    >>> nudged(OPS["mul"], [2.0, -3.0], 0, -3.0)
    Nudge(step=0.001, below=-5.997, here=-6.0, above=-6.003)
    """
    x, found = numbers[argument], []
    exponent = floor(log10(abs(x))) if x and isfinite(x) else 0
    for power in dict.fromkeys((exponent - 3, -3, exponent - 5, -5, exponent - 7, -7, exponent - 1)):
        with suppress(ArithmeticError, TypeError, ValueError):
            step = 10.0**power
            below, here, above = (
                op.f(*numbers[:argument], at, *numbers[argument + 1 :]) for at in (x - step, x, x + step)
            )
            nudge = Nudge(step, below, here, above)
            if x - step < x < x + step and isfinite(nudge.slope):
                found.append(nudge)
                if nudge.agrees(local):
                    return nudge
    return min(found, key=lambda nudge: nudge.noise > AGREES * abs(nudge.slope), default=None)

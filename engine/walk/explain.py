"""What a step of a walk says: how its nodes are written, the step in rows, and the reason behind it with a nudge."""

from __future__ import annotations

import re
from contextlib import suppress
from math import floor, isfinite, log10
from typing import TYPE_CHECKING

from ..numeric import Nudge, nudge as nudge_by
from ..ops import OPERATORS, Op
from ..printer import (
    dot_products,
    format_number,
    parenthesized,
    plural,
    shorten_numbers,
    slope_formula,
    whole_expression,
)
from ..terminal import Text, TextStyle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..value import Value
    from .trace import Step, Trace

ORDINALS = ("first", "second", "third", *(f"{number}th" for number in range(4, 27)))
NEGATIVE = re.compile(r"[-−][\d.]+(e[-−+]\d+)?")


class Wording:
    """How the nodes of a walk are written, in a style.

    - `signs`: what is done to the text of a number, and to that of a derivative: `true_minus` for what is looked at.
    """

    trace: Trace
    style: TextStyle
    signs: Callable[[str], str]

    def __init__(self, trace: Trace, style: TextStyle, signs: Callable[[str], str] = str) -> None:
        self.trace, self.style, self.signs = trace, style, signs
        self.whole: tuple[str, dict[str, str]] | None = None  # once `whole` was asked for it

    def name(self, node: Value) -> str:
        return self.style.short(self.trace.named[node])

    def has_name(self, node: Value) -> bool:
        """Whether a node goes by a name, and not by its number alone, as a constant does that nobody named."""
        return node.requires_grad or bool(node.label) or node in self.trace.called

    def data(self, node: Value) -> str:
        """The number that a node held when the walk was recorded."""
        return self.number(self.trace.number(node))

    def number(self, value: float, digits: int = 4) -> str:
        """A number as it is shown."""
        return self.signs(format_number(value, digits))

    def long(self, value: float) -> str:
        """A number with as many digits as a nudge needs."""
        return self.number(value, 8)

    def spell(self, node: Value, called: Callable[[Value], str]) -> str:
        """A node's operation, as a person writes it: a * b, or tanh(n)."""
        op, texts = node.op, [called(arg) for arg in node.args]
        if op.name in OPERATORS:
            first = (
                texts[0]
                if op.name in ("add", "sub", "mul", "div") and NEGATIVE.fullmatch(texts[0])
                else parenthesized(texts[0])
            )
            texts = [first, *map(parenthesized, texts[1:])]
        return str(op.spell(*texts))

    def fill(self, formula: str, node: Value, called: Callable[[Value], str]) -> str:
        """A formula of the table in x, y and z, spelled for a node and its arguments."""
        arguments = [parenthesized(called(arg)) for arg in node.args]
        return str(node.op.substitute(shorten_numbers(formula), *arguments, z=parenthesized(called(node))))

    def made(self, node: Value) -> str:
        """How a node is computed: d = a * b."""
        return f"{self.name(node)} = {self.spell(node, self.name)}"

    def slope(self, node: Value, by: Value) -> str:
        """How a derivative is written: dL/da."""
        return f"d{parenthesized(self.name(node))}/d{parenthesized(self.name(by))}"

    def partial(self, node: Value, argument: int) -> str:
        """The local derivative of a node by an argument, in the letters of its row."""
        return slope_formula(node.op, argument, self.exponent(node))

    def exponent(self, node: Value) -> float | None:
        """The exponent of a power, if it is a number that nobody named; else None."""
        power = node.args[1] if node.op.name == "pow" else None
        return None if power is None or self.has_name(power) else self.trace.number(power)

    def rule(self, node: Value, argument: int) -> str:
        """A local derivative by its formula: de/da = b."""
        formula = self.fill(self.partial(node, argument), node, self.name)
        return self.signs(f"{self.slope(node, node.args[argument])} = {formula}")

    def local(self, step: Step) -> str:
        """A local derivative by its formula, in names, in numbers, and what that makes."""
        partial = self.partial(step.node, step.argument or 0)
        named, counted = (self.signs(self.fill(partial, step.node, called)) for called in (self.name, self.data))
        parts = [named, counted, self.number(step.local)]
        if " if " in partial:
            parts = [f"({named})", parts[-1]]
        if len(partial) == 1:  # an argument alone: its name says as much as its number
            parts.remove(counted)
        if step.node.op.substitute(partial, *step.node.op.arity * "_", z="_") == partial:  # a number
            parts = parts[-1:]
        return " = ".join([self.slope(step.node, step.target), *dict.fromkeys(parts)])

    def twin(self, step: Step) -> str:
        """Which of the two edges it is, where a node takes the same argument twice, as x * x does."""
        which = f"   (by the {ORDINALS[step.argument or 0]} {self.name(step.target)})"
        return which if step.node.args.count(step.target) > 1 else ""

    def grad(self, node: Value) -> str:
        return f"{parenthesized(self.name(node))}.grad"


def factors(step: Step, wording: Wording) -> str:
    """The chain rule in numbers: 2.0 × (-3.0) = -6.0."""
    local = parenthesized(wording.number(step.local))
    return f"{wording.number(step.upstream)} × {local} = {wording.number(step.contribution)}"


FEW = 6  # nodes that a step lists as done, and as still to do
LEAVES = 12  # leaves that the opening and the ending list


def explain_step(step: Step, style: TextStyle | None = None) -> Text:
    """A step as it is explained."""
    style = style or TextStyle.plain()
    wording = Wording(step.trace, style)
    head = place(step)
    lines = [style.paint(style.row(head, subject(step, wording), len(head) + 3), head.split()[0])]
    lines += [style.row(f"  {label}", text) for label, text in rows(step, wording)]
    lines += [style.row("  done:", progress(step, wording), 8)]
    return Text("\n".join(lines))


def subject(step: Step, wording: Wording) -> str:
    """What a step is about."""
    return (
        f"start at the root, {wording.name(step.node)}" if step.kind == "seed" else f"node {wording.made(step.node)}"
    )


def rows(step: Step, wording: Wording) -> Iterator[tuple[str, str]]:
    """All that a step says, but for how far the pass has come."""
    yield from ROWS[step.kind](step, wording)
    if step.line:
        yield "made at", str(step.line)
    for note in notes(step, wording):
        yield "note", note


def _forward_rows(step: Step, wording: Wording) -> Iterator[tuple[str, str]]:
    node = step.node
    yield "rule", f"{wording.made(node)}: {meaning(node, wording)}"
    yield "numbers", f"{wording.spell(node, wording.data)} = {wording.number(step.after)}"


def _seed_rows(step: Step, wording: Wording) -> Iterator[tuple[str, str]]:
    root = step.node
    yield (
        "seed",
        f"{wording.slope(root, root)} = 1.0: {wording.name(root)} moves exactly as {wording.name(root)} does",
    )
    yield wording.grad(root), f"{wording.number(step.before)} → {wording.number(step.after)}"


def _backward_rows(step: Step, wording: Wording) -> Iterator[tuple[str, str]]:
    root, node, target = step.trace.root, step.node, step.target
    yield "upstream", f"{wording.slope(root, node)} = {wording.number(step.upstream)}"
    yield "local", wording.local(step) + wording.twin(step)
    yield "chain rule", chain_rule(step, wording)
    path = f"   ({path_of(step, wording)})" if step.paths > 1 else ""
    yield wording.grad(target), f"{wording.number(step.before)} → {wording.number(step.after)}{path}"


ROWS = {"forward": _forward_rows, "seed": _seed_rows, "backward": _backward_rows}


def chain_rule(step: Step, wording: Wording) -> str:
    """The contribution of an edge: dL/da += upstream × local, in numbers."""
    return f"{wording.slope(step.trace.root, step.target)} += upstream × local = {factors(step, wording)}"


def path_of(step: Step, wording: Wording) -> str:
    """Which of the paths to its target a contribution comes along."""
    times = "twice" if step.paths == 2 else f"{step.paths} times"
    return f"path {step.path} of {step.paths}: {wording.name(step.target)} is used {times}"


def glossary(step: Step, wording: Wording) -> tuple[str, str, str]:
    """What the two factors of the chain rule mean at an edge, a sentence each, and what happens along paths."""
    root, node, target = (wording.name(each) for each in (step.trace.root, step.node, step.target))
    reacts = "itself, one to one" if step.node is step.trace.root else node
    along = "Along a path, local derivatives multiply."
    if step.paths > 1:
        along = f"This is {path_of(step, wording)}, and the paths add up."
    return (
        f"upstream {wording.number(step.upstream)}: how strongly {root} reacts to {reacts}.",
        f"local {wording.number(step.local)}: how strongly {node} reacts to {target}.",
        along,
    )


def meaning(node: Value, wording: Wording) -> str:
    """What an operation is, in the table's words."""
    return wording.signs(wording.fill(node.op.doc, node, wording.name))


def notes(step: Step, wording: Wording) -> Iterator[str]:
    """What the student had better know: what a gradient started from, and data that changed since the recording."""
    if step.kind != "forward" and step.target.op is None and step.path == 1 and step.before:
        yield held_note(step.target, wording)
    for node in dict.fromkeys((*step.node.args, step.node)):
        if note := changed_note(node, wording):
            yield note


def held_note(leaf: Value, wording: Wording) -> str:
    """What is to be known of a leaf whose gradient does not start from 0."""
    held = f"{wording.grad(leaf)} was {wording.number(wording.trace.held[wording.trace.at[leaf]])} before this walk"
    return f"{held}: an earlier backward() left it, and accumulate=True adds to it; zero_grad() clears it."


def changed_note(node: Value, wording: Wording) -> str:
    """What is to be known of a node whose number is not the recorded one; "" of any other."""
    now, then = float(node.data), wording.trace.number(node)
    if repr(now) == repr(then):  # as text, NaN is NaN
        return ""
    name, root = wording.name(node), wording.name(wording.trace.root)
    return (
        f"{name}.data is {wording.number(now)} now; this walk was recorded when it was {wording.number(then)}. "
        f"Compute {root} again, and walk({root}) again."
    )


def progress(step: Step, wording: Wording) -> str:
    """The nodes that this half of the pass is done with, latest last, and those that come next."""
    done, todo = step.trace.progress(step)
    names = ["…"] * (len(done) > FEW) + [wording.name(step.trace.nodes[index]) for index in done[-FEW:]]
    text = ", ".join(names)
    if todo:
        more = f" and {len(todo) - FEW} more" if len(todo) > FEW else ""
        text += "    to do: " + ", ".join(wording.name(step.trace.nodes[index]) for index in todo[:FEW]) + more
    return text


def place(step: Step) -> str:
    """Where in which half of the pass a step is: backward 4/9."""
    return f"{'forward' if step.kind == 'forward' else 'backward'} {step.nth}/{step.of}"


def brief(step: Step, wording: Wording) -> str:
    """A step on one line."""
    if step.kind == "forward":
        return f"{place(step)}  {wording.made(step.node)} = {wording.number(step.after)}"
    source = "the seed" if step.kind == "seed" else f"from {wording.name(step.node)}"
    change = f"{wording.number(step.before)} → {wording.number(step.after)}"
    return f"{place(step)}  {wording.grad(step.target)}  {change}  {source}"


def opening(trace: Trace, style: TextStyle) -> Text:
    """What lies ahead: the root, the steps to it and back, and what the leaves hold."""
    wording = Wording(trace, style)
    lines = [
        style.paragraph(outlook(wording)),
        *(style.row(f"  {label}", text) for label, text in leaf_rows(wording)),
    ]
    return Text("\n".join(lines))


def outlook(wording: Wording) -> str:
    """The root, and the steps to it and back."""
    trace, root, half = wording.trace, wording.trace.root, len(wording.trace.forward)
    name, (made, _) = wording.name(root), whole(wording)
    there, back = plural(half, "step"), plural(trace.seeds + len(trace.edges), "step")
    return (
        f"A walk through {name} = {made}: {there} forward to compute {name}, then {back} backward to find the "
        f"gradients: how strongly {name} reacts when a node moves a little."
    )


LONGEST = 100  # characters of an expression that is spelled out to the leaves


def whole(wording: Wording) -> tuple[str, dict[str, str]]:
    """The whole expression of the root, as tanh(w · x + b); and the sum that each dot product in it stands for."""
    if wording.whole is None:  # of a large graph it takes a while, and a page asks several times
        wording.whole = _whole(wording)
    return wording.whole


def _whole(wording: Wording) -> tuple[str, dict[str, str]]:
    root = wording.trace.root
    if not root.op:
        return wording.data(root), {}
    near = [root]  # the nodes that the expression may hold, of perhaps a million
    for place in range(20 * LONGEST):
        if place < len(near):
            near += near[place].args
    named = {node: wording.name(node) for node in near}
    short, meanings = dot_products(whole_expression(root, named, longest=20 * LONGEST))
    if len(short) <= LONGEST:
        return short, meanings
    return dot_products(whole_expression(root, named, longest=LONGEST))


def leaf_rows(wording: Wording) -> Iterator[tuple[str, str]]:
    """What the pass starts from: the numbers of the leaves and, with accumulate=True, the gradients in them."""
    trace = wording.trace
    numbers = [leaf for leaf in trace.nodes if leaf.op is None and wording.has_name(leaf)]
    data = [f"{wording.name(leaf)} = {wording.data(leaf)}" for leaf in numbers]
    yield from whole(wording)[1].items()
    if trace.root.op and data:
        yield "leaves", listed(data)
    held = [
        f"{wording.grad(leaf)} = {wording.number(grad)}"
        for leaf in leaves_of(trace)
        if (grad := trace.held[trace.at[leaf]])
    ]
    if held:
        note = "an earlier backward() left that, and accumulate=True adds to it. zero_grad() before walk() clears it."
        yield "note", f"{listed(held)}: {note}"


def ending(trace: Trace, style: TextStyle, earlier: bool = False) -> Text:
    """What came out: the gradients of the leaves. `earlier`: they hold others, behind what the walk shows."""
    return Text(style.row("  the end", outcome(Wording(trace, style), earlier)))


def outcome(wording: Wording, earlier: bool = False) -> str:
    """The gradients of the leaves."""
    trace = wording.trace
    grads = [f"{wording.grad(leaf)} = {wording.number(trace.grads[trace.at[leaf]])}" for leaf in leaves_of(trace)]
    same = f"just as {wording.name(trace.root)}.backward() fills them in{condition(wording, earlier)}"
    return f"{listed(grads) or 'no gradients'}: {same}."


def condition(wording: Wording, earlier: bool) -> str:
    """Under which condition backward() comes to the same gradients as the walk; "" if there is none."""
    if any(wording.trace.held):
        return ", on top of those that were there"
    return f" after {wording.name(wording.trace.root)}.zero_grad()" if earlier else ""


def leaves_of(trace: Trace) -> list[Value]:
    return [node for node in trace.nodes if node.op is None and node.requires_grad]


def listed(items: list[str]) -> str:
    return ", ".join(items[:LEAVES]) + (f" and {len(items) - LEAVES} more" if len(items) > LEAVES else "")


AGREES = 1e-4  # relative: no more can be asked of a plain nudge, and a rule that is off by 0.1 % stands out


def agrees(nudge: Nudge, local: float) -> bool:
    """Return whether a nudge confirms a local derivative."""
    return abs(nudge.slope - local) <= AGREES * abs(local) + 1e-10


def explain_reason(step: Step, style: TextStyle | None = None) -> Text:
    """Why a step does what it does."""
    style = style or TextStyle.plain()
    rows = reason_rows(step, Wording(step.trace, style))
    return Text("\n".join(style.row(f"  {label}", text) for label, text in rows))


def reason_rows(step: Step, wording: Wording) -> Iterator[tuple[str, str]]:
    """Why a step does what it does: rows of a label and a text."""
    return REASONS[step.kind](step, wording)


def _why_forward(step: Step, wording: Wording) -> Iterator[tuple[str, str]]:
    node = step.node
    *letters, z = step.trace.letters(node.op)
    yield (
        "rule",
        f"{z} = {node.op.substitute(shorten_numbers(node.op.formula), *letters, z=z)}: {wording.signs(node.op.doc)}",
    )
    yield "here", f"{wording.made(node)} = {wording.spell(node, wording.data)} = {wording.number(step.after)}"
    slopes = [wording.rule(node, argument) for argument, arg in enumerate(node.args) if arg.requires_grad]
    if slopes:
        yield "backward", ", ".join(slopes)


def _why_seed(step: Step, wording: Wording) -> Iterator[tuple[str, str]]:
    root = wording.name(step.node)
    yield "why", f"A gradient is how strongly {root} reacts to a node. To itself it reacts one to one."
    yield "then", "Each step hands a gradient down one edge, times the local derivative of that edge."


def _why_backward(step: Step, wording: Wording) -> Iterator[tuple[str, str]]:
    op, node, target, root = step.node.op, step.node, step.target, step.trace.root
    argument = step.argument or 0
    z, x = wording.name(node), wording.name(target)
    *letters, whole = step.trace.letters(op)
    partial = wording.signs(op.substitute(shorten_numbers(slope_formula(op, argument)), *letters, z=whole))
    alone = f" (the {ORDINALS[argument]} argument alone)" if node.args.count(target) > 1 else ""
    yield "asked", f"When {x}{alone} moves a little, and nothing else does, by how much does {z} move?"
    yield (
        "rule",
        f"{whole} = {op.spell(*letters)} has d{whole}/d{letters[argument]} = {partial}; here, {wording.made(node)}",
    )
    yield "so", wording.local(step)
    nudge = None if op.detached else nudged(op, wording.trace.numbers(node), argument, step.local)
    if op.detached:
        yield "nudge", f"none gets past {z}: for what comes after it, {z} is a fixed number"
    elif nudge:
        at = wording.trace.number(target)
        for sign, result in ("+", nudge.above), ("-", nudge.below):
            moved = at + nudge.step if sign == "+" else at - nudge.step
            yield (
                "nudge" * (sign == "+"),
                f"{x} {sign} {wording.long(nudge.step)} = {wording.long(moved)} makes {z} {wording.long(result)}",
            )
        rise = f"{wording.long(nudge.above)} - {parenthesized(wording.long(nudge.below))}"
        gap = f"({rise}) / {wording.long(2 * nudge.step)}"
        yield "slope", f"{gap} = {wording.long(nudge.slope)}: {_verdict(nudge, step, wording)}"
    else:
        yield "nudge", f"none is possible at {x} = {wording.data(target)}"
    if node is not root:
        product = factors(step, wording)
        yield (
            "chain rule",
            (
                f"{wording.name(root)} moves {wording.number(step.upstream)} times as much as {z}, and {z} "
                f"{wording.number(step.local)} times as much as {x}: along this edge that makes {product}"
            ),
        )


REASONS = {"forward": _why_forward, "seed": _why_seed, "backward": _why_backward}


def _verdict(nudge: Nudge, step: Step, wording: Wording) -> str:
    left, right = nudge.sides
    numbers = wording.trace.numbers(step.node)
    on_kink = 0.0 in step.node.op.from_kinks(*numbers)
    if on_kink and abs(left - right) > 0.01 * max(abs(left), abs(right)):
        sides = f"{wording.long(left)} to the left and {wording.long(right)} to the right"
        return f"this is a corner, with slope {sides}; there the table chooses {wording.number(step.local)}"
    if agrees(nudge, step.local):
        return "the rule holds"
    if nudge.noise > AGREES * abs(step.local):
        return f"the numbers are so unlike in size that rounding hides the {wording.number(step.local)} of the rule"
    return f"the rule says {wording.long(step.local)}, so one of them is off; gradcheck measures it well"


def nudged(op: Op, numbers: Sequence[float], argument: int, local: float) -> Nudge | None:
    """The nudge of one argument that agrees best with a local derivative; None if there is no room for any.

    A step that is too large sees the curve bend, one that is too small drowns in rounding, and which is
    which depends on the numbers; a wrong rule agrees with none of them.

    >>> from engine.ops import OPS
    >>> nudged(OPS["mul"], [2.0, -3.0], 0, -3.0)
    Nudge(step=0.001, below=-5.997, here=-6.0, above=-6.003)
    """
    x = numbers[argument]

    def result(at: float) -> float:
        return op.f(*numbers[:argument], at, *numbers[argument + 1 :])

    nudges = []
    exponent = floor(log10(abs(x))) if x and isfinite(x) else 0
    for power in dict.fromkeys((exponent - 3, -3, exponent - 5, -5, exponent - 7, -7, exponent - 1)):
        with suppress(ArithmeticError, TypeError, ValueError):
            step = 10.0**power
            nudge = nudge_by(result, x, step)
            if x - step < x < x + step and isfinite(nudge.slope):
                nudges.append(nudge)
                if agrees(nudge, local):
                    return nudge
    return min(nudges, key=lambda nudge: nudge.noise > AGREES * abs(nudge.slope), default=None)

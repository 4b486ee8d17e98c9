"""What a step says: rows of a label and a text, spelled with the student's own names and then with numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..names import is_constant
from .text import Style, Text
from .voice import Voice, num

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..value import Value
    from .steps import Step, Tape

FEW = 6  # nodes that a step lists as done, and as still to do
LEAVES = 12  # leaves that the opening and the ending list


def tell(step: Step, style: Style | None = None) -> Text:
    """A step as it is explained."""
    style = style or Style.plain()
    voice = Voice(step.tape, style)
    head = place(step)
    lines = [style.paint(style.row(head, subject(step, voice), len(head) + 3), head.split()[0])]
    lines += [style.row(f"  {label}", text) for label, text in rows(step, voice)]
    lines += [style.row("  done:", progress(step, voice), 8)]
    return Text("\n".join(lines))


def subject(step: Step, voice: Voice) -> str:
    """What a step is about."""
    return f"start at the root, {voice.name(step.node)}" if step.kind == "seed" else f"node {voice.made(step.node)}"


def rows(step: Step, voice: Voice) -> Iterator[tuple[str, str]]:
    """All that a step says, but for how far the pass has come."""
    yield from TELLERS[step.kind](step, voice)
    if step.line:
        yield "made at", str(step.line)
    for note in notes(step, voice):
        yield "note", note


def _forward(step: Step, voice: Voice) -> Iterator[tuple[str, str]]:
    node = step.node
    yield "rule", f"{voice.made(node)}: {meaning(node, voice)}"
    yield "numbers", f"{voice.spell(node, voice.data)} = {num(step.after)}"


def _seed(step: Step, voice: Voice) -> Iterator[tuple[str, str]]:
    root = step.node
    yield "seed", f"{voice.slope(root, root)} = 1.0: {voice.name(root)} moves exactly as {voice.name(root)} does"
    yield voice.grad(root), f"{num(step.before)} → {num(step.after)}"


def _backward(step: Step, voice: Voice) -> Iterator[tuple[str, str]]:
    root, node, target = step.tape.root, step.node, step.target
    yield "upstream", f"{voice.slope(root, node)} = {num(step.upstream)}"
    yield "local", voice.local(step) + voice.twin(step)
    product = f"{num(step.upstream)} × {num(step.local)} = {num(step.contribution)}"
    yield "chain rule", f"{voice.slope(root, target)} += upstream × local = {product}"
    times = "twice" if step.paths == 2 else f"{step.paths} times"
    path = f"   (path {step.path} of {step.paths}: {voice.name(target)} is used {times})" if step.paths > 1 else ""
    yield voice.grad(target), f"{num(step.before)} → {num(step.after)}{path}"


TELLERS = {"forward": _forward, "seed": _seed, "backward": _backward}


def meaning(node: Value, voice: Voice) -> str:
    """What an operation is, in the table's words."""
    return voice.fill(node.op.doc, node, voice.name)


def notes(step: Step, voice: Voice) -> Iterator[str]:
    """What the student had better know: what a gradient started from, and data that changed since the recording."""
    tape, name = step.tape, voice.name(step.target)
    if step.kind != "forward" and step.target.op is None and step.path == 1 and step.before:
        held = f"{voice.grad(step.target)} was {num(step.before)} before this walk"
        yield f"{held}: an earlier backward() left it, and accumulate=True adds to it; zero_grad() clears it."
    for node in dict.fromkeys((*step.node.args, step.node)):
        now, then = node.data, tape.number(node)
        if repr(now) != repr(then):  # as text, NaN is NaN
            name, root = voice.name(node), voice.name(tape.root)
            yield (
                f"{name}.data is {num(now)} now; this walk was recorded when it was {num(then)}. "
                f"Compute {root} again, and walk({root}) again."
            )


def progress(step: Step, voice: Voice) -> str:
    """The nodes that this half of the pass is done with, latest last, and those that come next."""
    done, todo = step.tape.progress(step)
    names = ["…"] * (len(done) > FEW) + [voice.name(step.tape.nodes[index]) for index in done[-FEW:]]
    text = ", ".join(names)
    if todo:
        more = f" and {len(todo) - FEW} more" if len(todo) > FEW else ""
        text += "    to do: " + ", ".join(voice.name(step.tape.nodes[index]) for index in todo[:FEW]) + more
    return text


def place(step: Step) -> str:
    """Where in which half of the pass a step is: backward 4/9."""
    return f"{'forward' if step.kind == 'forward' else 'backward'} {step.nth}/{step.of}"


def brief(step: Step, voice: Voice) -> str:
    """A step on one line."""
    if step.kind == "forward":
        return f"{place(step)}  {voice.made(step.node)} = {num(step.after)}"
    source = "the seed" if step.kind == "seed" else f"from {voice.name(step.node)}"
    return f"{place(step)}  {voice.grad(step.target)}  {num(step.before)} → {num(step.after)}  {source}"


def opening(tape: Tape, style: Style) -> Text:
    """What lies ahead: the root, the steps to it and back, and what the leaves hold."""
    voice = Voice(tape, style)
    lines = [style.paragraph(outlook(voice)), *(style.row(f"  {label}", text) for label, text in given(voice))]
    return Text("\n".join(lines))


def outlook(voice: Voice) -> str:
    """The root, and the steps to it and back."""
    tape, root, half = voice.tape, voice.tape.root, len(voice.tape.forward)
    name = voice.name(root)
    made = voice.made(root) if root.op else f"{name} = {num(root.data)}"
    there, back = count(half, "step"), count(tape.seeds + len(tape.edges), "step")
    return (
        f"A walk through {made}: {there} forward to compute {name}, then {back} backward to find the "
        f"gradients: how strongly {name} reacts when a node moves a little."
    )


def given(voice: Voice) -> Iterator[tuple[str, str]]:
    """What the pass starts from: the numbers of the leaves and, with accumulate=True, the gradients in them."""
    tape = voice.tape
    data = [f"{voice.name(leaf)} = {voice.data(leaf)}" for leaf in leaves(tape)]
    if tape.root.op and data:
        yield "leaves", listed(data)
    held = [f"{voice.grad(leaf)} = {num(grad)}" for leaf in leaves(tape) if (grad := tape.held[tape.at[leaf]])]
    if held:
        note = "an earlier backward() left that, and accumulate=True adds to it. zero_grad() before walk() clears it."
        yield "note", f"{listed(held)}: {note}"


def ending(tape: Tape, style: Style, earlier: bool = False) -> Text:
    """What came out: the gradients of the leaves. `earlier`: they hold others, behind what the walk shows."""
    return Text(style.row("  the end", outcome(Voice(tape, style), earlier)))


def outcome(voice: Voice, earlier: bool = False) -> str:
    """The gradients of the leaves."""
    tape = voice.tape
    grads = [f"{voice.grad(leaf)} = {num(tape.grads[tape.at[leaf]])}" for leaf in leaves(tape)]
    same = f"just as {voice.name(tape.root)}.backward() fills them in{provided(voice, earlier)}"
    return f"{listed(grads) or 'no gradients'}: {same}."


def provided(voice: Voice, earlier: bool) -> str:
    """Under which condition backward() comes to the same gradients as the walk; "" if there is none."""
    if any(voice.tape.held):
        return ", on top of those that were there"
    return f" after {voice.name(voice.tape.root)}.zero_grad()" if earlier else ""


def leaves(tape: Tape) -> list[Value]:
    return [node for node in tape.nodes if node.op is None and not is_constant(node)]


def listed(items: list[str]) -> str:
    return ", ".join(items[:LEAVES]) + (f" and {len(items) - LEAVES} more" if len(items) > LEAVES else "")


def count(many: int, what: str) -> str:
    return f"{many} {what}{'s' * (many != 1)}"

"""Predictions: what is asked before a step is revealed, whether a number is right, and what was mistaken if not."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from math import nan
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

from ..arguments import described
from ..errors import NumberError, real
from ..ops import OPERATORS, OPS
from ..printer import format_number, parenthesized
from ..terminal import TextStyle
from .explain import Wording, meaning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .trace import Step

CLOSE = 0.005  # relative: as much as is lost by rounding to three digits


class Prediction(NamedTuple):
    """The verdict on a predicted number: true if it is right, and a sentence."""

    right: bool
    message: str

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return self.message


def guessed(text: float | str) -> float:
    """The number that was typed, as 6, 6.0, -2e-3 or 1/3.

    >>> guessed("1/3") == 1 / 3, guessed("−2.5")
    (True, -2.5)
    """
    value = nan
    if _is_number(text):
        return real(text)
    plain = text.replace("−", "-").replace(" ", "") if isinstance(text, str) else ""
    with suppress(ValueError, ArithmeticError):
        value = float(Fraction(plain)) if "/" in plain else float(plain)
    if value != value:
        raise NumberError(f"{described(text)} is not a number: type one such as 6, -0.5 or 1/3.")
    return value


def _is_number(given: Any) -> bool:
    kind = type(given)
    return kind is not bool and issubclass(kind, Real) and given == given


def question(step: Step, wording: Wording) -> Iterator[tuple[str, str]]:
    """What is asked before a step is revealed, and all that it takes to answer, in rows."""
    node, root = wording.name(step.node), wording.name(step.trace.root)
    if step.kind == "seed":
        same = f"When {root} moves by 0.01, {root} moves by 0.01"
        yield "question", f"{same}. How many times as much is that? It goes into {asked(step, wording)}."
        return
    given = [
        f"{wording.name(arg)} = {wording.data(arg)}" for arg in dict.fromkeys(step.node.args) if arg.requires_grad
    ]
    yield "node", wording.made(step.node)
    if step.kind == "forward":
        yield "given", ", ".join(given) or "numbers"
        yield "question", f"What is {node}?"
    else:
        yield "given", ", ".join([*given, f"{node} = {wording.data(step.node)}"])
        yield "upstream", f"{wording.slope(step.trace.root, step.node)} = {format_number(step.upstream)}"
        yield "local", wording.rule(step) + wording.twin(step)
        yield (
            "question",
            f"{asked(step, wording)} is {format_number(step.before)} now. What will it be after this step?",
        )


def judge(step: Step, value: float | str, style: TextStyle | None = None) -> Prediction:
    """The verdict on a number that was predicted for a step."""
    guess, wording = guessed(value), Wording(step.trace, style or TextStyle.plain())
    if _close(guess, step.after):
        rounded = "" if format_number(guess) == format_number(step.after) else ", but for rounding"
        return Prediction(True, f"Right{rounded}: {asked(step, wording)} is {format_number(step.after)}.")
    hints = [*mistakes(step, wording)]
    hint = next((hint for number, hint in hints if _close(guess, number)), hints[-1][1])
    return Prediction(False, f"Not {format_number(guess)}: {hint}.")


def asked(step: Step, wording: Wording) -> str:
    """What a prediction is of: e, or a.grad."""
    return wording.name(step.target) if step.kind == "forward" else wording.grad(step.target)


def _close(guess: float, number: float) -> bool:
    return guess == number or abs(guess - number) <= max(CLOSE * abs(number), 1e-12)


def mistakes(step: Step, wording: Wording) -> Iterator[tuple[float, str]]:
    """Numbers that mistakes lead to, with hints that do not tell the answer; the last hint is for the rest."""
    return MISTAKES[step.kind](step, wording)


def _forward(step: Step, wording: Wording) -> Iterator[tuple[float, str]]:
    node, numbers = step.node, wording.trace.numbers(step.node)
    made = wording.spell(node, wording.name)
    yield -step.after, "the size is right, the sign is not"
    for op in (OPS[name] for name in OPERATORS if OPS[name].arity == len(numbers) == 2):
        for args, order in (node.args, numbers), (node.args[::-1], numbers[::-1]):
            with suppress(ArithmeticError, TypeError, ValueError):
                spelled = op.spell(*(parenthesized(wording.name(arg)) for arg in args))
                yield op.f(*order) + 0.0, f"that is {spelled}, and {wording.name(node)} is {made}"
    yield nan, f"put the numbers into {made}, {meaning(node, wording)}"


def _seed(step: Step, wording: Wording) -> Iterator[tuple[float, str]]:
    root = wording.name(step.node)
    yield wording.trace.number(step.node), f"that is the number in {root}; its gradient says how it moves with itself"
    yield nan, f"whatever {root} moves by, it moves by just that"


def _backward(step: Step, wording: Wording) -> Iterator[tuple[float, str]]:
    root, node, target = step.trace.root, step.node, step.target
    upstream, local = f"{wording.slope(root, node)} = {format_number(step.upstream)}", wording.slope(node, target)
    factors = [
        (step.contribution, "that is the contribution"),
        (-step.contribution, "the size is right, the sign is not"),
        (step.local, f"that is the local derivative alone; multiply it by the upstream gradient, {upstream}"),
        (step.upstream, f"that is the upstream gradient alone; multiply it by the local derivative, {local}"),
        (step.upstream + step.local, "that adds the two factors; the chain rule multiplies them"),
    ]
    numbers, z = wording.trace.numbers(node), wording.trace.number(node)
    for argument, arg in enumerate(node.args):
        if argument == step.argument:
            continue
        try:  # the other argument's slope may not exist
            other = node.op.slopes[argument](*numbers, z=z)
        except (ArithmeticError, TypeError, ValueError):
            continue
        hint = f"that takes {wording.slope(node, arg)} for the local derivative; it is {local}"
        if arg is target:
            other, hint = other + step.local, f"that takes both at once; this step goes by one {wording.name(target)}"
        factors.append((step.upstream * other, hint))
    for number, hint in factors:
        yield step.before + number, hint
    held = f"+= adds to the {format_number(step.before)} that {wording.grad(target)} holds already"
    for number, hint in factors if step.before else ():
        yield number, f"{hint}, and {held}"
    yield step.before, f"{wording.grad(target)} holds that already, and a contribution comes on top"
    yield wording.trace.number(target), f"that is the number in {wording.name(target)}, not its gradient"
    yield nan, f"multiply the upstream gradient, {upstream}, by the local derivative, {local}, and add"


MISTAKES = {"forward": _forward, "seed": _seed, "backward": _backward}

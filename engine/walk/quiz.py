"""Ask for the number of a step before it is shown, and judge the answer: right, or which mistake it is."""

from __future__ import annotations

import re
from contextlib import suppress
from math import inf, isfinite, isnan, nan
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

from ..arguments import described
from ..errors import NumberError, real
from ..ops import OPERATORS, OPS
from ..printer import format_number, parenthesized, written_alike
from ..terminal import TextStyle
from .explain import Wording, meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .trace import Step

CLOSE = 0.005  # relative: as much as is lost by rounding to three digits
# What may be typed: a fraction, a decimal number, or inf. Python and JavaScript both read this expression.
NUMBER = r"([+-]?[0-9]+)/(0*[1-9][0-9]*)|[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|[+-]?inf(?:inity)?"
COMMA, DECIMAL_POINT = r"^[^,]*[0-9],[0-9]+\s*$", "is not a number: write a point for its comma, as in 1.5."
NOT_A_NUMBER = "is not a number: type one such as 6, -0.5 or 1/3."


class Case(NamedTuple):
    """Numbers from low to high, whether they are right, and the message, or the hint, that they get."""

    low: float
    high: float
    right: bool
    message: str


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
    """Return the number that was typed, as 6, 6.0, -2e-3 or 1/3. Raises NumberError for anything else.

    >>> guessed("1/3") == 1 / 3, guessed("−2.5")
    (True, -2.5)
    """
    if _is_number(text):
        return real(text)
    plain = "".join(re.sub("[−–]", "-", text).split()) if isinstance(text, str) else ""
    value = nan
    if match := re.fullmatch(NUMBER, plain, re.IGNORECASE | re.ASCII):
        value = float(match[1]) / float(match[2]) if match[1] else float(plain)
    if isnan(value):
        comma = isinstance(text, str) and re.search(COMMA, text)
        raise NumberError(f"{described(text)} {DECIMAL_POINT if comma else NOT_A_NUMBER}")
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
    arguments = [arg for arg in dict.fromkeys(step.node.args) if wording.has_name(arg)]
    given = [f"{wording.name(arg)} = {wording.data(arg)}" for arg in arguments]
    yield "node", wording.made(step.node)
    if step.kind == "forward":
        yield "given", ", ".join(given) or "numbers"
        yield "question", f"What is {node}?"
    else:
        yield "given", ", ".join([*given, f"{node} = {wording.data(step.node)}"])
        yield "upstream", f"{wording.slope(step.trace.root, step.node)} = {wording.number(step.upstream)}"
        yield "local", wording.rule(step.node, step.argument or 0) + wording.twin(step)
        yield (
            "question",
            f"{asked(step, wording)} is {wording.number(step.before)} now. What will it be after this step?",
        )


def judge(step: Step, value: float | str, style: TextStyle | None = None) -> Prediction:
    """Return the verdict on a number that was predicted for a step."""
    guess, wording = guessed(value), Wording(step.trace, style or TextStyle.plain())
    possible = cases(step.after, asked(step, wording), mistakes(step, wording), wording.number)
    case = next(case for case in possible if case.low <= guess <= case.high)
    typed = value.strip() if isinstance(value, str) else wording.number(guess)
    return Prediction(case.right, case.message if case.right else f"Not {typed}: {case.message}")


def cases(
    number: float, name: str, wrong: Iterable[tuple[float, str]], written: Callable[[float], str] = format_number
) -> list[Case]:
    """Return what an answer may be, where `number` is right: the first case that holds the answer judges it.

    `name` is what the number is of. `wrong` are the numbers of mistakes, with their hints; the last hint is for all
    other numbers. `written` writes a number. The prompt and the page judge by these cases, and by nothing else.
    """
    *mistaken, (_, rest) = wrong
    found = [
        Case(*written_alike(number), True, f"Right: {name} is {written(number)}."),
        Case(*_around(number), True, f"Right, but for rounding: {name} is {written(number)}."),
        *(Case(*_around(number), False, f"{hint}.") for number, hint in mistaken),
        Case(-inf, inf, False, f"{rest}."),
    ]
    return [case for case in found if not isnan(case.low)]  # no answer is NaN


def asked(step: Step, wording: Wording) -> str:
    """What a prediction is of: e, or a.grad."""
    return wording.name(step.target) if step.kind == "forward" else wording.grad(step.target)


def _around(number: float) -> tuple[float, float]:
    """Return the lowest and the highest answer that counts as this number."""
    if not isfinite(number):
        return number, number
    margin = max(CLOSE * abs(number), 1e-12)
    return number - margin, number + margin


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
    upstream, local = f"{wording.slope(root, node)} = {wording.number(step.upstream)}", wording.slope(node, target)
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
    held = f"+= adds to the {wording.number(step.before)} that {wording.grad(target)} holds already"
    for number, hint in factors if step.before else ():
        yield number, f"{hint}, and {held}"
    yield step.before, f"{wording.grad(target)} holds that already, and a contribution comes on top"
    yield wording.trace.number(target), f"that is the number in {wording.name(target)}, not its gradient"
    yield nan, f"multiply the upstream gradient, {upstream}, by the local derivative, {local}, and add"


MISTAKES = {"forward": _forward, "seed": _seed, "backward": _backward}

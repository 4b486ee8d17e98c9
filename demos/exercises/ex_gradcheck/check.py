"""Check verdicts on right gradients and on wrong ones: a little too high or too low, in one argument or in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

from engine import Value

from ..inside.graphs import KEPT
from ..inside.reading import EVIDENCE, NOTE
from ..probe import Probe, beyond
from . import ask

WIDE, NARROW = 0.004, 1e-11  # nudges beyond which a slope is wrong by more than 0.01 %
SMALL = 2e-5  # with it, both slopes are above 0.00001, the smallest that the exercise names
WRONG_BY = 0.0015  # relative; the exercise asks for 0.001, and at just that, rounding would decide
ROUNDED = 1e-14  # what adding a nudge and taking it away again may leave
FACTORS = {"twice": 2.0, "half": 0.5}
EITHER = "True or False"  # the verdict on 0 where the slope is 0: by the letter, a gap of 0 is 0.1 % of 0


def probes(rng: Random) -> list[Probe]:
    def drawn(scale: float = 1.0) -> Claim:
        return Claim(rng, scale, round(rng.uniform(0.7, 0.9), 2), round(rng.uniform(-1.9, -1.1), 2))

    return [
        drawn().right("both slopes are right"),
        drawn(1e8).right("both slopes are right, and huge"),
        Claim(rng, round(rng.uniform(1, 3), 2), 0.0, 0.0).zero(),
        drawn().spoiled("x's slope is claimed 0.15 % too high, then 0.15 % too low", 0),
        drawn().spoiled("y's slope is claimed 0.15 % too high, then 0.15 % too low", 1),
        drawn(SMALL).spoiled("the slopes are tiny; y's is claimed 0.15 % too high, then 0.15 % too low", 1),
        drawn(SMALL).right("both slopes are right, and tiny"),
        drawn().shifted("what is too much in x is too little in y, then the other way round"),
        *(drawn(scale).right("both slopes are right") for scale in (0.37, 41.3)),
        drawn().zeros("0 is claimed for both, then both slopes are claimed with the wrong sign"),
        drawn().scaled(),
        *beyond(several(rng, 1), several(rng, 3), several(rng, 4)),
    ]


class Claim:
    """A function at a point, and gradients that are claimed for it there."""

    def __init__(self, rng: Random, scale: float, x: float, y: float) -> None:
        self.turned = rng.random() < 0.5  # whether the right gradient is claimed last
        self.scale, self.point = scale, [x, y]
        self.slopes = [scale * (8 * x**7 - y), scale * -x]

        def f(x: Any, y: Any) -> Any:
            return scale * (x**8 - x * y)

        f.__qualname__ = "f"  # the name in an error
        self.function = f

    def right(self, what: str) -> Probe:
        """Return the probe with the right gradient, and one that is far off."""
        far = [self.slopes[0] + 3 * self.scale, self.slopes[1] - 2 * self.scale]
        if self.turned:
            return self._probe(f"others, and then: {what}", [far, self.slopes], [False, True])
        return self._probe(what + "; then others", [self.slopes, far], [True, False])

    def zero(self) -> Probe:
        """Return the probe of slopes that are 0, where nothing can be divided by them; claims of 0, then others."""
        far = [3 * self.scale, -2 * self.scale]
        return self._probe("both slopes are 0, as claimed; then others", [[0.0, 0.0], far], [EITHER, False])

    def spoiled(self, what: str, place: int) -> Probe:
        return self._both(what, [WRONG_BY * abs(slope) * (at == place) for at, slope in enumerate(self.slopes)])

    def shifted(self, what: str) -> Probe:
        gap = 0.05 * min(map(abs, self.slopes))
        return self._both(what, [gap, -gap])

    def zeros(self, what: str) -> Probe:
        return self._probe(what, [[0.0, 0.0], [-slope for slope in self.slopes]], [False, False])

    def scaled(self) -> Probe:
        """Return the probe of claims of twice the slopes and of half of them: what a wrong factor calls right."""
        claims = [[factor * slope for slope in self.slopes] for factor in FACTORS.values()]
        what = "twice the slopes are claimed, then half of them, then the slopes"
        return self._probe(what, [*claims, self.slopes], [False, False], scaled=True)

    def _both(self, what: str, gaps: list[float]) -> Probe:
        wrong = [[slope + way * gap for slope, gap in zip(self.slopes, gaps)] for way in (1, -1)]
        return self._probe(what, wrong, [False, False])

    def _probe(self, what: str, gradients: list[list[float]], verdicts: list[Any], scaled: bool = False) -> Probe:
        """Return the probe of some claimed gradients.

        If all are wrong, only the number of wrong gradients found is compared: an answer may miss errors of one
        sign."""

        def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
            answers, of_right = observed["verdicts"], None
            trusted = [got is truth is True for got, truth in zip(answers, verdicts)]
            noted = notes(self.point, trusted, observed.get("asked", ()))
            if True in verdicts and answers == [not verdict for verdict in verdicts]:
                noted.append(
                    "The verdicts are the wrong way round: a right gradient gets False, and a wrong one True."
                )
            if scaled and isinstance(answers, list) and len(answers) == 3:
                *answers, of_right = answers  # at the right slopes, other probes judge it
            if scaled and of_right is False and answers.count(True) == 1:
                word = [*FACTORS][answers.index(True)]
                noted.append(
                    f"A gradient of {word} the right slopes is called right: is your own slope {word} as large?"
                )
            result = {"verdicts": answers, KEPT: observed[KEPT], EVIDENCE: [*noted]}
            if not any(verdicts) and all(isinstance(each, bool) for each in answers):
                result["verdicts"] = f"{answers.count(False)} of 2 wrong gradients found"
            if verdicts[0] == EITHER and isinstance(answers, list) and answers and isinstance(answers[0], bool):
                result |= {"verdicts": [EITHER, *answers[1:]], "of 0": answers[0]}
            return {**result, NOTE: noted[0]} if noted else result

        observe = partial(ask.verdicts, scale=self.scale, point=self.point, gradients=gradients)

        def graph() -> Value:
            root: Value = self.function(*map(Value, self.point, "xy"))
            root.label = "f"
            return root

        times = "" if self.scale == 1 else f"{self.scale:g} * "
        claims = " and then ".join(f"[{', '.join(f'{slope:.6g}' for slope in gradient)}]" for gradient in gradients)
        input_text = f"gradcheck(f, {self.point}, {claims}), where f(x, y) = {times}(x**8 - x*y): {what}"
        slopes = f"the slopes of f are {times}(8*x**7 - y) and {times}-x"
        origin = f"the rules of derivatives: {slopes}"

        def expect() -> Mapping[str, Any]:
            truth = read({"verdicts": [*verdicts], KEPT: True})
            return {name: truth[name] for name in ("verdicts", KEPT)}

        return Probe(input_text, observe, expect, origin, graph, read=read)


def notes(point: Sequence[float], trusted: Sequence[bool], asked: Sequence[Sequence[Sequence[float]]]) -> list[str]:
    """Return what is unusual about the points at which an answer has asked the function, as sentences.

    `asked` holds the points of each call, and `trusted` whether a call has called a right gradient right.
    """

    def move(now: float, at: float) -> float:
        return now - at if abs(now - at) > ROUNDED * max(1.0, abs(at)) else 0.0

    calls = [[[*map(move, each, point)] for each in call] for call in asked]
    moved = [[*map(bool, each)] for call in calls for each in call if any(each)]
    steps = [abs(each) for call in calls for both in call for each in both if each]
    if not any(asked):
        return []
    if not steps:
        return [
            "You never ask f beside the point, so no slope is measured. Do both nudges go into one and the same list?"
        ]
    noted = []
    if all(map(all, moved)):
        noted.append("You nudge x and y at the same time: that measures neither x's slope nor y's.")
    elif any(map(all, moved)):
        noted.append("While you nudge one argument, the other one is still nudged: it was not put back.")
    for place, name in enumerate("xy"):
        if any(right and not any(each[place] for each in call) for call, right in zip(calls, trusted)):
            noted.append(f"A gradient is called right though {name} was never nudged: its slope is not checked.")
    if max(steps) > WIDE:
        noted.append(f"You ask f as far as {max(steps):.3g} away from the point: on such a way, f bends.")
    if max(steps) < NARROW:
        noted.append(f"Your nudge is {max(steps):.1g}: so small that rounding hides the slope.")
    return noted


def several(rng: Random, size: int) -> Probe:
    """Return the probe of a function of `size` arguments: its gradient, then each slope claimed wrong, both ways."""
    factors = [round(rng.choice((-1, 1)) * rng.uniform(1, 4), 2) for _ in range(size)]
    point = [round(rng.uniform(0.5, 2), 2) for _ in range(size)]
    wrong = [[f + way * (at == place) for at, f in enumerate(factors)] for place in range(size) for way in (1, -1)]
    names = "xyzw"[:size]
    terms = " + ".join(f"{factor}*{name}" for factor, name in zip(factors, names))

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        right, *others = observed["verdicts"]
        counts = [others[2 * place : 2 * place + 2].count(False) for place in range(size)]
        return {"verdict on the right gradient": right, "of 2 wrong slopes each, those found": counts}

    return Probe(
        f"gradcheck(f, {point}, {factors}), where f({', '.join(names)}) = {terms}, and then each slope is claimed 1 "
        "too high, and 1 too low",
        partial(ask.several, factors=factors, point=point, gradients=[factors, *wrong]),
        lambda: read({"verdicts": [True] + [False] * len(wrong)}),
        "the rules of derivatives: the slopes are the factors",
        read=read,
    )

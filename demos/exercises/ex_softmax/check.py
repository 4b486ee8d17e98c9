"""Check probabilities, losses and gradients for scores of every size, by formulas without exp of a large number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from math import exp, log
from random import Random
from typing import Any, cast

from engine import Value

from ..graph_text import anywhere
from ..inside.graphs import KEPT
from ..probe import NUMERIC, Probe, beyond, nudge
from . import ask

Rows = list[list[float]]
SHIFTED = "the mathematics: taking the largest score off all of them changes no probability"


def probes(rng: Random) -> list[Probe]:
    def near(size: int, middle: float = 0.0) -> list[float]:
        return [round(middle + rng.uniform(-2, 2), 2) for _ in range(size)]

    far = [round(each + rng.uniform(-9, 9), 1) for each in (1600.0, 0.0, -400.0)]
    sure = [round(each + rng.uniform(-9, 9), 1) for each in (900.0, -900.0, 0.0)]
    wide = [anywhere(rng, 9.0) + each for each in (1e5, 0.0, -1e5)]
    turns = [([*wide[place:], *wide[:place]], right) for place, right in ((0, 1), (1, 0), (2, 2), (1, 2))]
    return [
        shares(near(3), rng, "the formula exp(x_i) / Σ exp(x_j)", slopes=False),
        shares(near(3), rng),
        shares(near(3, 1000.0), rng, SHIFTED),
        shares(near(3, -1000.0), rng, SHIFTED),
        shares(far, rng, SHIFTED),
        losses([near(3), near(3)], [2, 0], rng, "the formula log(Σ exp(x)) - x of the right class", slopes=False),
        losses([near(4), near(4), near(4)], [1, 3, 0], rng),
        losses([near(3, 1000.0)], [rng.randrange(3)], rng, SHIFTED),
        losses([near(3, 900.0), near(3, -900.0)], [rng.randrange(3), rng.randrange(3)], rng, SHIFTED),
        losses([sure], [1], rng, SHIFTED),
        *beyond(
            shares([anywhere(rng, 3.0) for _ in range(7)], rng),
            shares([anywhere(rng, 3.0)], rng),
            losses([[anywhere(rng, 2.0) for _ in range(6)] for _ in range(2)], [5, 2], rng),
            *(losses([[*turned, anywhere(rng)]], [right], rng, SHIFTED) for turned, right in turns),
            *(shares(turned, rng, SHIFTED) for turned, _ in turns),
            losses([near(3), near(3)], [0, 1], rng, times=rng.uniform(500, 900)),
        ),
    ]


def log_sum(row: Sequence[float]) -> float:
    return max(row) + log(sum(exp(x - max(row)) for x in row))


def drawn(rng: Random) -> float:
    return round(rng.choice((-1, 1)) * rng.uniform(2, 4), 2)


def shares(row: list[float], rng: Random, origin: str = NUMERIC, slopes: bool = True) -> Probe:
    """Return the probe of probabilities and, with `slopes`, of the gradients of Σ upstream · probability."""
    upstream = [drawn(rng) for _ in row]
    names = [f"x{place}.grad" for place in range(1, len(row) + 1)] if slopes else []

    observe = partial(ask.shares, row=row, upstream=upstream, slopes=slopes)

    def expect() -> Mapping[str, Any]:
        p = [exp(x - log_sum(row)) for x in row]
        middle = sum(times * share for times, share in zip(upstream, p))
        truth = [share * (times - middle) for times, share in zip(upstream, p)]
        if origin == NUMERIC:
            truth = nudge(lambda *at: sum(u * exp(x - log_sum(at)) for u, x in zip(upstream, at)), *row)
        return {"probabilities": [{"Value": each} for each in p], **dict(zip(names, truth)), KEPT: True}

    def graph() -> Value:
        powers = [(Value(x, f"x{place}") - max(row)).exp() for place, x in enumerate(row, 1)]
        root: Any = sum(times * power for times, power in zip(upstream, powers)) / sum(powers)
        root.label = "root"
        return cast("Value", root)

    sums = " + ".join(f"{times} * p{place}" for place, times in enumerate(upstream, 1))
    input_text = f"softmax({row})" + f", then backward() of {sums}" * slopes
    return Probe(input_text, observe, expect, origin, graph)


def losses(
    rows: Rows, classes: list[int], rng: Random, origin: str = NUMERIC, slopes: bool = True, times: float = 0.0
) -> Probe:
    upstream = times or drawn(rng)
    names = [f"x{i}{j}.grad" for i, row in enumerate(rows, 1) for j, _ in enumerate(row, 1)] if slopes else []

    def named() -> list[list[Value]]:
        return [[Value(x, f"x{i}{j}") for j, x in enumerate(row, 1)] for i, row in enumerate(rows, 1)]

    observe = partial(ask.losses, rows=rows, classes=classes, upstream=upstream, slopes=slopes)

    def mean(*at: float) -> float:
        moved, left = [], iter(at)
        for row, right in zip(rows, classes):
            scores = [next(left) for _ in row]
            moved.append(log_sum(scores) - scores[right])
        return sum(moved) / len(moved)

    def expect() -> Mapping[str, Any]:
        flat = [x for row in rows for x in row]
        if origin == NUMERIC:
            truth = nudge(lambda *at: upstream * mean(*at), *flat)
        else:
            pairs = zip(rows, classes)
            shares = [exp(x - log_sum(row)) - (j == right) for row, right in pairs for j, x in enumerate(row)]
            truth = [upstream * share / len(rows) for share in shares]
        return {"loss": {"Value": mean(*flat)}, **dict(zip(names, truth)), KEPT: True}

    def graph() -> Value:
        total: Any = 0
        for row, right in zip(named(), classes):
            shifted = [score - max(score.data for score in row) for score in row]
            total += sum(each.exp() for each in shifted).log() - shifted[right]  # type: ignore[union-attr]
        root: Value = total / len(rows) * upstream
        root.label = "root"
        return root

    input_text = f"cross_entropy({rows}, {classes})" + f", then backward() of {upstream} times the loss" * slopes
    return Probe(input_text, observe, expect, origin, graph)

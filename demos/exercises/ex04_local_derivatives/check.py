"""Both functions at random points, with an upstream other than 1."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from types import SimpleNamespace

from engine import Value

from ..probe import Probe, nudge

RULES = {"add_backward": lambda x, y: x + y, "mul_backward": lambda x, y: x * y}


def probes(rng: Random) -> list[Probe]:
    return [probe(rng, name) for name in RULES for _ in range(3)]


def probe(rng: Random, name: str) -> Probe:
    rule = RULES[name]
    x, y, upstream = rng.uniform(1, 3), rng.uniform(-3, -1), rng.choice((-1, 1)) * rng.uniform(2, 4)

    def observe(answers: SimpleNamespace) -> Mapping[str, float]:
        to_x, to_y = getattr(answers, name)(x, y, upstream)
        return {"x.grad": to_x, "y.grad": to_y}

    def expect() -> Mapping[str, float]:
        return dict(zip(("x.grad", "y.grad"), nudge(lambda x, y: rule(x, y) * upstream, x, y)))

    def graph() -> Value:
        root = rule(Value(x, "x"), Value(y, "y")) * upstream
        root.label = "root"
        return root

    return Probe(f"{name}(x={x:.3f}, y={y:.3f}, upstream={upstream:.3f})", observe, expect, graph=graph)

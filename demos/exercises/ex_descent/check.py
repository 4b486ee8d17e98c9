"""Check descents on parabolas by a formula, with small, large and too large rates; and check the largest rate."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

from engine import Value

from ..probe import Probe, beyond
from . import ask


def probes(rng: Random) -> list[Probe]:
    factors = rng.uniform(0.3, 0.8), rng.uniform(-0.8, -0.3), rng.uniform(-1.6, -1.2)
    descents = [descent(rng, 1 - factor) for factor in factors]
    limits = [limit(round(rng.uniform(*span), 2)) for span in ((0.2, 0.8), (2.5, 9.0))]
    far = [descent(rng, rng.uniform(0.1, 1.9), steps, -40.0 * rng.random()) for steps in (0, 1, 15)]
    far += [descent(rng, rng.uniform(2.4, 2.6), 15), descent(rng, 0.5, 80), descent(rng, 0.5, 3, 5000.0)]
    return [
        *descents,
        *limits,
        *beyond(*far, *(limit(scale * rng.uniform(1.0, 2.0)) for scale in (1e-3, 1.0, 200.0, 1e5))),
    ]


def descent(rng: Random, share: float, steps: int = 4, away: float = 0.0) -> Probe:
    """Return the probe of steps on a parabola whose lowest point is not at 0.

    `share` is rate × curvature. `away` is added to the start."""
    curvature, low, start = round(rng.uniform(0.4, 5), 2), round(rng.uniform(-2, 2), 2), round(rng.uniform(3, 6), 2)
    rate, start = round(share / curvature, 3), start + away

    observe = partial(ask.path, curvature=curvature, low=low, start=start, rate=rate, steps=steps)

    def expect() -> Mapping[str, Any]:
        return {"path": [low + (start - low) * (1 - rate * curvature) ** step for step in range(steps + 1)]}

    def graph() -> Value:
        x = Value(start, "x")
        root = curvature / 2 * (x - low) ** 2
        root.label = "f"
        return root

    slope = f"{curvature} * (x - {low})" if low >= 0 else f"{curvature} * (x + {-low})"
    input_text = f"descend(gradient, {start}, {rate}, {steps}), where gradient(x) = {slope}"
    origin = f"the mathematics: each step multiplies the distance to {low} by 1 - rate * {curvature}"
    return Probe(input_text, observe, expect, origin, graph)


def limit(curvature: float) -> Probe:
    def expect() -> Mapping[str, Any]:
        """Return the largest rate, found by bisection: with it, a step from 1 ends at -1."""
        low, high = 0.0, 1e5
        for _ in range(120):
            rate = (low + high) / 2
            low, high = (rate, high) if abs(1.0 - rate * curvature) < 1.0 else (low, rate)
        return {"largest_rate": (low + high) / 2}

    origin = "trial: a smaller rate comes closer to 0 with each step, and a larger one goes away from it"
    return Probe(f"largest_rate({curvature})", partial(ask.limit, curvature=curvature), expect, origin)

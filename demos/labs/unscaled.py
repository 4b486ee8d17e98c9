"""Unscaled inputs: one rate for all weights must suit the steepest, and is far too small for the flattest."""

# %% Predict
from math import hypot
from random import Random

from demos.labs.lab import SEEDS, Run, conclude, panels, picture, predict, say, table
from engine import Value, hessian
from nn import losses, plot

guess = predict(
    "Two inputs are lengths in meters, and descent takes some 4 steps. Then somebody writes the second length in "
    "decimeters: its numbers are 10 times as large. How many steps does descent take now, at a rate chosen for it?",
    "about as many: the network finds a smaller weight for it",
    "some 10 or 20",
    "50 or more",
)

# %% Run: y = w1 * x1 + w2 * x2, on ten points, from 0 and 0, until the loss is 1 % of what it was
Rows = list[tuple[float, float, float]]


def rows(seed: int, unit: float) -> Rows:
    """Return rows of two lengths, the second in another unit, and their sum in meters."""
    rng = Random(seed)
    return [(a, unit * b, a + b) for a, b in ((rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(10))]


def loss(w1: Value, w2: Value, rows: Rows) -> Value:
    return sum((losses.quadratic(w1 * a + w2 * b, y) for a, b, y in rows), Value(0.0)) / len(rows)


def curvatures(rows: Rows) -> tuple[float, float]:
    """Return the largest and the smallest curvature of the loss, the eigenvalues of its Hessian."""
    w = Value(0.0), Value(0.0)
    (a, b), (_, c) = ([entry.data for entry in row] for row in hessian(loss(*w, rows), w))
    middle, radius = (a + c) / 2, hypot((a - c) / 2, b)
    return middle + radius, middle - radius


def descend(rows: Rows) -> list[tuple[float, float]]:
    """Return the two weights, step by step, at the rate 1 / largest curvature, half of the highest that works."""
    w, rate = (Value(0.0), Value(0.0)), 1 / curvatures(rows)[0]
    way, first = [(0.0, 0.0)], loss(*w, rows).data
    while (now := loss(*w, rows)).data > 0.01 * first:
        now.zero_grad()
        now.backward()
        for each in w:
            each.data -= rate * each.grad
        way.append((w[0].data, w[1].data))
    return way


def measure(seed: int) -> Run:
    """Return the ratio of the curvatures and the number of steps, in both choices of units."""
    run = {}
    for unit, name in (1, "m, m"), (10, "m, dm"):
        points = rows(seed, unit)
        steep, flat = curvatures(points)
        run |= {f"steep/flat: {name}": steep / flat, f"steps: {name}": len(descend(points)) - 1}
    return run


runs = [measure(seed) for seed in SEEDS]
table(runs)


# %% Explain
def claim(runs: list[Run]) -> bool:
    """In at least 18 of 20 seeds, descent takes 20 steps or fewer with both lengths in meters, and 50 or more with
    one in decimeters. In all 20, these are 1 to 3 times the ratio of the two curvatures."""
    in_ratio = all(1 < run["steps: m, dm"] / run["steep/flat: m, dm"] < 3 for run in runs)
    return in_ratio and sum(run["steps: m, m"] <= 20 and run["steps: m, dm"] >= 50 for run in runs) >= 18


conclude(claim, runs, guess, "c")
ratio, steps = runs[0]["steep/flat: m, dm"], runs[0]["steps: m, dm"]
say(
    f"""An input that is 10 times as large makes the loss 100 times as curved along its weight: a narrow valley.
    The rate must not be above 2 / curvature where the loss is steepest, or descent is thrown out of the valley.
    At a rate that suits the steep sides, each step along the flat bottom goes 1 / {ratio:.0f} of what is left
    (seed 0), and so it takes {steps} of them. Nothing is wrong with the data, the loss or the gradient: only
    with the units."""
)
say(
    """Next: put 3 in place of 10 in measure: how many steps now? Then scale: data.standardize(X).transform(X)
    brings every input to deviation 1."""
)


# %% Picture
def valleys() -> object:
    axes = panels(2)
    for ax, unit, name in zip(axes, (1, 10), ("both in meters", "one in decimeters")):
        points, limits = rows(0, unit), [(-0.5, 1.5), (-0.5, 1.5)]
        plot.descent(lambda w1, w2, points=points: loss(w1, w2, points), descend(points), limits=limits, ax=ax)
        ax.set_title(name, loc="left", fontsize=16)
    return axes[0]


picture("unscaled.png", valleys)

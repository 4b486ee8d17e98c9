"""Rates too low and too high: a step is rate times slope, and the curvature of the loss says when that is too far."""

# %% Predict
from math import inf
from random import Random

from demos.labs.lab import SEEDS, Run, conclude, curves, picture, predict, say, table
from engine import Value, hessian
from nn import losses

guess = predict(
    "A descent takes 7 steps to the bottom of a parabola. You double the rate, and it gets there in one. "
    "You double it once more. How many steps now?",
    "one again: it is as fast as can be",
    "7 again: it steps too far and has to come back",
    "it never gets there",
)

# %% Run: find w in y = w * x on ten points made with w = 3, from w = 0. "There" is within 1 % of the way
Points = list[tuple[float, float]]


def data(seed: int) -> Points:
    """Return points on the line. The inputs are large in some seeds and small in others."""
    rng = Random(seed)
    unit = 10 ** rng.uniform(-1, 1)
    return [(x, 3 * x) for x in (unit * rng.uniform(0.5, 1.5) for _ in range(10))]


def loss(w: Value, points: Points) -> Value:
    return sum((losses.quadratic(w * x, y) for x, y in points), Value(0.0)) / len(points)


def distances(points: Points, rate: float, most: int) -> list[float]:
    """Return the distance of the weight from 3, step by step."""
    w, left = Value(0.0, "w"), [3.0]
    while len(left) <= most and left[-1] > 0.03:
        w.grad = 0.0
        loss(w, points).backward()
        w.data -= rate * w.grad
        left.append(abs(w.data - 3))
    return left


def steps(points: Points, rate: float, most: int = 200) -> float:
    """Return how many steps it takes to get there, or infinity."""
    left = distances(points, rate, most)
    return len(left) - 1 if left[-1] <= 0.03 else inf


def measure(seed: int) -> Run:
    """Return 2 / curvature, the largest rate that works, and the steps at parts of 2 / curvature."""
    points, w = data(seed), Value(0.0)
    limit = 2 / hessian(loss(w, points), [w])[0][0].data
    low, high = 0.0, 1000.0  # the one works, the other does not: halve what is between them
    for _ in range(30):
        middle = (low + high) / 2
        nearer = distances(points, middle, most=10)[-1] < 3
        low, high = (middle, high) if nearer else (low, middle)
    parts = {"1/4": 1 / 4, "1/2": 1 / 2, "3/4": 3 / 4, "all of it": 1}
    return {"2/curvature": limit, "limit found": low} | {
        name: steps(points, limit * part) for name, part in parts.items()
    }


runs = [measure(seed) for seed in SEEDS]
print(f"{'':<40}steps at a part of 2/curvature:")
table(runs)


# %% Explain
def claim(runs: list[Run]) -> bool:
    """In all 20 seeds, the largest rate that works is 2 / curvature, within 1 %. Half of it takes 1 step, a quarter
    and three quarters take 7, and all of it never gets there."""
    return all(
        abs(run["limit found"] / run["2/curvature"] - 1) < 0.01
        and (run["1/4"], run["1/2"], run["3/4"], run["all of it"]) == (7, 1, 7, inf)
        for run in runs
    )


conclude(claim, runs, guess, "c")
limits = [run["2/curvature"] for run in runs]
say(
    """On a parabola the slope is curvature times distance. A step of rate * slope leaves 1 - rate * curvature
    of the distance: a half, at a quarter of the limit; nothing, at half of it. Beyond that the weight lands on
    the other side, and at the limit as far from 3 as it was: it goes to and fro forever. Beyond the limit each
    step leads further away."""
)
say(
    f"""The limit belongs to the loss, not to the method: in these 20 data sets it lies between
    {min(limits):.3g} and {max(limits):.3g}, for no other reason than the size of the inputs. A rate that was
    good there says nothing here."""
)
say("Next: a rate of 0.98 times the limit: how many steps? As many as at 0.02 times. Why?")

# %% Picture
percents = range(2, 100, 2)
points, limit = data(0), runs[0]["2/curvature"]
lines = {"": [steps(points, limit * percent / 100) for percent in percents]}
picture(
    "rates.png",
    lambda: curves("Steps to the bottom", "rate, in % of 2 / curvature", "steps", percents, lines, log=True),
)

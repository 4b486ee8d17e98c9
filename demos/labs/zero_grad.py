"""No zero_grad: each gradient adds to all before it, and the weight swings like a pendulum without friction."""

# %% Predict
from math import acos, tau
from random import Random

from demos.labs.lab import SEEDS, Run, conclude, curves, picture, predict, say, table
from engine import Value, walk
from nn import losses

guess = predict(
    "A training loop forgets zero_grad(). What becomes of the weight?",
    "it learns as before: zero_grad() only tidies up",
    "it swings about the best weight and never settles",
    "it runs away, further with each step",
)

# %% Run: find w in y = w * x on ten points made with w = 3, with zero_grad() and without
RATE, STEPS = 0.1, 120


def descend(points: list[tuple[float, float]], forget: bool) -> list[float]:
    """Return the weight step by step, from 0 on."""
    w, way = Value(0.0, "w"), [0.0]
    for _ in range(STEPS):
        loss = sum((losses.quadratic(w * x, y) for x, y in points), Value(0.0)) / len(points)
        if not forget:
            loss.zero_grad()
        loss.backward()  # adds to w.grad
        w.data -= RATE * w.grad
        way.append(w.data)
    return way


def pair(seed: int) -> tuple[list[float], list[float], float]:
    """Return the weight step by step with zero_grad() and without, and the curvature of the loss."""
    rng = Random(seed)
    xs = [rng.uniform(0.5, 1.5) for _ in range(10)]
    points = [(x, 3 * x) for x in xs]
    return descend(points, False), descend(points, True), sum(x * x for x in xs) / len(xs)


def measure(seed: int) -> Run:
    """Return the distance of each weight from 3 at the end, and its period, beside that of a pendulum."""
    settled, swinging, curvature = pair(seed)
    crossings = [step for step in range(STEPS) if (swinging[step] - 3) * (swinging[step + 1] - 3) < 0]
    return {
        "zeroed: off by": abs(settled[-1] - 3),
        "not zeroed: swing": max(abs(w - 3) for w in swinging[STEPS // 2 :]),
        "period": 2 * (crossings[-1] - crossings[0]) / (len(crossings) - 1),
        "pendulum's": tau / acos(1 - RATE * curvature / 2),
    }


runs = [measure(seed) for seed in SEEDS]
table(runs)

# %% A second pass on top of a first, which a walk shows with accumulate=True
w = Value(0.0, "w")
loss = losses.quadratic(w * 1.0, 3.0)
loss.backward()
step = walk(loss, accumulate=True)[-1]
print(
    f"\nbackward() left {step.before:g} in w.grad; a second one adds {step.contribution:g}: w.grad is {step.after:g}."
)


# %% Explain
def claim(runs: list[Run]) -> bool:
    """In all 20 seeds, the weight ends within 0.01 of 3 with zero_grad(), and without it still swings out by more
    than 2.9 in the last half of the steps, with the period of a pendulum, within 5 %."""
    return all(
        run["zeroed: off by"] < 0.01
        and run["not zeroed: swing"] > 2.9
        and abs(run["period"] / run["pendulum's"] - 1) < 0.05
        for run in runs
    )


conclude(claim, runs, guess, "b")
say(
    f"""backward() adds to w.grad. Without zero_grad(), w.grad is the sum of all gradients so far, and so it
    acts as a velocity: at the best weight the gradient is 0, but the sum of the gradients is not, and the
    weight runs through and up the other side. Nothing brakes it. Seed 0 started 3 away, and after {STEPS // 2}
    steps and more it still swings out by {runs[0]["not zeroed: swing"]:.2f}, once in {runs[0]["period"]:.0f}
    steps."""
)
say(
    """Next: set w.grad *= 0.9 in place of zero_grad(). That is friction, and its name is momentum. Then try
    RATE = 1: is a swing shorter?"""
)


# %% Picture
ways = dict(zip(["with zero_grad()", "without: a pendulum"], pair(0)))
picture("zero_grad.png", lambda: curves("The weight, step by step", "step", "w", range(STEPS + 1), ways))

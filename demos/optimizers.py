"""Optimizers, raced: gradient descent and what was built on it, down one long and narrow valley."""

# %% [markdown]
# # Optimizers, raced
#
# You will see nine optimizers race down one narrow valley, each at the best of twelve rates for it, and why
# averaging helps where gradients are noisy.

# %% [markdown]
# The valley lies slantwise, 25 times as steep to the side as along its bottom; the lowest point is (3, 1).

# %%
from collections.abc import Callable
from math import hypot, inf
from random import Random
from typing import Any

from demos.lesson import show
from engine import Value
from nn import optim, plot

STARTS = [(-5.0, -3.0), (-4.0, -5.0), (5.0, 10.0)]
RATES = [number * power for power in (0.01, 0.1, 1.0, 10.0) for number in (1, 2, 5)]


def valley(a: Value | float, b: Value | float) -> Any:
    return 0.25 * ((a + b - 4) ** 2 + 25 * (a - b - 2) ** 2)


RACERS = {
    "gradient descent": optim.SGD,
    "momentum": lambda w, lr: optim.SGD(w, lr, momentum=0.9),
    "Nesterov": lambda w, lr: optim.SGD(w, lr, momentum=0.9, nesterov=True),
    "implicit": optim.ImplicitSGD,
    "averaged": optim.AveragedSGD,
    "AdaGrad": optim.AdaGrad,
    "RMSProp": optim.RMSProp,
    "Adam": optim.Adam,
    "AdamW": optim.AdamW,
}

# %% [markdown]
# One run: steps against the gradient until the loss is below 0.001, or 250 of them.


# %%
def run(kind: Callable[..., Any], rate: float, start: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the two weights, step by step."""
    weights = [Value(number) for number in start]
    optimizer, way = kind(weights, lr=rate), [start]
    while len(way) <= 250 and 0.001 < valley(*way[-1]) < 1e6:
        optimizer.zero_grad()
        if isinstance(optimizer, optim.ImplicitSGD):
            optimizer.step(lambda: valley(*weights))  # it needs the gradient at the end of the step
        else:
            valley(*weights).backward()
            optimizer.step()
        way.append(tuple(optimizer.answer(optimizer.state)))
    return way


def slowest(ways: list[list[tuple[float, float]]]) -> tuple[float, float]:
    """Return the number of steps on the slowest path, infinite if it missed the bottom, and the loss at its end."""
    return max((len(way) - 1 if valley(*way[-1]) <= 0.001 else inf, valley(*way[-1])) for way in ways)


# %% [markdown]
# The race: each optimizer starts from three points, and its slowest run counts. It has the best of twelve rates.

# %%
print(f"{'':<18}{'best rate':>10}   steps to a loss of 0.001")
best = {}
for name, kind in RACERS.items():
    runs = {rate: [run(kind, rate, start) for start in STARTS] for rate in RATES}
    rate = min(RATES, key=lambda rate: slowest(runs[rate]))
    best[name] = runs[rate]
    steps, _ = slowest(best[name])
    print(f"{name:<18}{rate:>10g}{'> 250' if steps == inf else steps:>8}")
print("An implicit step solves an equation, with up to 10 gradients; others take one.")

# %% [markdown]
# Averaging helps where gradients are noisy, as those of single rows are: the path jumps about, and its mean settles.

# %%
print("\ndistance from the minimum after 500 noisy steps (mean of 20 runs)")
for name, start in ("gradient descent", 500), ("averaged", 100):
    distances = []
    for seed in range(20):
        rng, weights = Random(seed), [Value(number) for number in STARTS[0]]
        optimizer = optim.AveragedSGD(weights, lr=0.05, start=start)
        for _ in range(500):
            optimizer.zero_grad()
            valley(*weights).backward()
            for weight in weights:
                weight.grad += rng.gauss(0, 3)
            optimizer.step()
        optimizer.average()
        distances.append(hypot(weights[0].data - 3, weights[1].data - 1))
    print(f"{name:<18}{sum(distances) / len(distances):.3f}")

# %% [markdown]
# Pictures: the ways down, and the losses.

# %%
some = ["gradient descent", "Nesterov", "Adam"]
ways = [best[name][0][:31] for name in some]
show(plot.descent(valley, *ways, labels=[f"{name}, 30 steps" for name in some]), "optimizers.png")
series = [[valley(*place) for place in best[name][0]] for name in RACERS]
show(plot.losses(*series, labels=[*RACERS], log=True), "optimizers_losses.png")

# %% [markdown]
# **A question.** An implicit step needs up to 10 gradients, and two steps are enough. Is it the winner if
# gradients are counted, not steps?

"""Batch, mini-batch, stochastic: how often each gives the same, and which of them leaves a local minimum."""

# %% [markdown]
# # Batch, mini-batch, stochastic
#
# You will see that batch descent repeats itself whatever the order of the rows, and that the others do not. Then
# 30 starts on a loss with local minima: counted is how many reach the lowest one, by batch and by stochastic
# descent.

# %% [markdown]
# The three on one line through noisy points, from one start: all rows a step, ten rows, or one.

# %%
from random import Random
from typing import Any

from demos.lesson import show
from engine import Value
from nn import History, Neuron, data, fit, losses, optim, plot

rows = data.linear(60, noise=0.5)
KINDS = {"batch": None, "mini-batch": 10, "stochastic": 1}


def trained(size: int | None, seed: int) -> History:
    """Train a model that always starts with the same weights. The seed decides only the order of the rows."""
    neuron = Neuron(1, rng=0)
    optimizer = optim.SGD(neuron.parameters(), lr=0.2)
    return fit(neuron, *rows, "mse", optimizer, epochs=15, batch_size=size, seed=seed, progress=False)


print(f"{'':<12}{'updates an epoch':>17}{'last loss':>11}   same run again   another order")
for kind, size in KINDS.items():
    first, again, other = (trained(size, seed) for seed in (1, 1, 2))
    updates, last = len(rows.X) // (size or len(rows.X)), first.losses[-1]
    alike = ["the same" if run.losses == first.losses else "differs" for run in (again, other)]
    print(f"{kind:<12}{updates:>17}{last:>11.4f}   {alike[0]:<15}  {alike[1]}")

# %% [markdown]
# A loss with local minima: for which w does sin(w * x) fit these points? They were made with w = 3, and noise.

# %%
rng = Random(0)
X = [rng.uniform(-2, 2) for _ in range(20)]
y = [Value(3 * x).sin().data + rng.gauss(0, 0.1) for x in X]


def loss(w: Value) -> Value:
    """Return the mean squared error over all points."""
    return sum((losses.mse((w * x).sin(), target) for x, target in zip(X, y)), Value(0.0)) / len(X)


def descend(start: float, size: int | None, rate: float, seed: int, **options: Any) -> float:
    """Return the last weight after 20 epochs of stochastic descent, or after as many steps of batch descent."""
    wave = Neuron(1, "sin", init=lambda *_: start)
    wave.b.requires_grad = False  # frozen: w is the only weight
    optimizer, epochs = optim.SGD(wave.parameters(), lr=rate), 20 if size else 20 * len(X)
    backend = "python" if size else "numpy"  # a single row is too little work for arrays
    fit(wave, X, y, "mse", optimizer, epochs, size, seed=seed, backend=backend, progress=False, **options)
    return wave.w[0].data


# %% [markdown]
# The same 30 starts for both, drawn at random from 0 to 10. How many end at the lowest minimum?

# %%
starts = [rng.uniform(0, 10) for _ in range(30)]
print(f"\nof {len(starts)} starts, so many end within 0.5 of w = 3\nrate    batch   stochastic")
ends: dict[float, list[tuple[float, float]]] = {}
for rate in 0.03, 0.3, 1.0:
    ends[rate] = [(descend(w, None, rate, seed), descend(w, 1, rate, seed)) for seed, w in enumerate(starts)]
    batch, stochastic = (sum(abs(w - 3) < 0.5 for w in kind) for kind in zip(*ends[rate]))
    print(f"{rate:<6}{batch:>7}{stochastic:>13}")
print("Batch descent stays in the valley where it starts. Stochastic descent leaves the")
print("shallow ones if its steps are large enough; if too large, the deepest one, too.")

# %% [markdown]
# Picture: a start from which batch descent is caught in a local minimum, and stochastic descent is not.

# %%
split = [seed for seed, (a, b) in enumerate(ends[0.3]) if abs(a - 3) > 0.5 > abs(b - 3)]
seed = min(split, key=lambda seed: abs(starts[seed] - ends[0.3][seed][0]))
ways = []
for size in None, 1:
    way = [starts[seed]]
    descend(starts[seed], size, 0.3, seed, callbacks=lambda _, model, __, way=way: way.append(model.w[0].data))
    ways.append(way[:21])
names = ["batch", "stochastic, a mark an epoch"]
show(plot.descent(loss, *ways, labels=names, limits=(0, 10), tangent=None), "batches.png")

# %% [markdown]
# **A question.** At the rate 1.0, stochastic descent is no better than batch descent. What does the size of the
# step do to a path that has arrived?

"""Batch beside stochastic descent: which leaves a local minimum, and which needs fewer rows for the same loss."""

# %% [markdown]
# # Batch beside stochastic descent
#
# You will see two ways down one loss with a local minimum, from the same start. Batch descent looks at all rows
# before each step, and its path is stuck. Stochastic descent steps after each row (some texts call that
# reinforcement learning; the field says stochastic or online descent): its paths fluctuate, and many leave. Then
# 20,000 rows: the loss over the rows that each has seen, and over the seconds.

# %% [markdown]
# A loss of two weights with local minima: for which w and b does sin(w * x + b) fit these points?

# %%
from math import sin
from random import Random
from statistics import median
from time import perf_counter

from demos.lesson import curve, finish, panels, show
from engine import Value
from nn import MLP, Neuron, data, evaluate, fit, losses, optim, plot

rng = Random(0)
X = [rng.uniform(-2, 2) for _ in range(20)]
y = [sin(3 * x + 0.5) + rng.gauss(0, 0.1) for x in X]  # w = 3, b = 0.5, and noise
EPOCHS, RATE, START = 20, 0.3, (0.5, -1.0)
Path2 = list[tuple[float, float]]


def loss(w: Value, b: Value) -> Value:
    """Return the mean squared error over all points."""
    return sum((losses.mse((w * x + b).sin(), target) for x, target in zip(X, y)), Value(0.0)) / len(X)


def descend(start: tuple[float, float], size: int | None, seed: int) -> Path2:
    """Return the weights before the first step and after each of 400 steps, on single rows or on all rows."""
    wave = Neuron(1, "sin", init=lambda *_: start[0])
    wave.b.data = start[1]
    optimizer, way = optim.SGD(wave.parameters(), lr=RATE), [start]
    if size is None:
        fit(wave, X, y, "mse", optimizer, EPOCHS * len(X), progress=False,
            callbacks=lambda *_: way.append((wave.w[0].data, wave.b.data)))  # fmt: skip
        return way
    for epoch in range(EPOCHS):
        for rows in data.batches(X, y, size, seed=seed, epoch=epoch):
            (x,), (target,) = rows.X[0], rows.y
            optimizer.zero_grad()
            losses.mse(wave(x), target).backward()
            optimizer.step()
            way.append((wave.w[0].data, wave.b.data))
    return way


def ends_low(way: Path2) -> bool:
    """Tell whether a path ends in a deepest minimum, where the error is about 0.01, and not in a local one at 0.4."""
    return loss(*map(Value, way[-1])).data < 0.1


# %% [markdown]
# One start: batch descent twice, and stochastic descent with 30 orders of the rows.

# %%
batch = descend(START, None, 0)
again = descend(START, None, 1)
ways = [descend(START, 1, seed) for seed in range(30)]
print(f"one start, w = {START[0]}, b = {START[1]}, and {EPOCHS * len(X)} steps:")
print(f"  batch ends at loss {loss(*map(Value, batch[-1])).data:.3f}, in a local minimum; again: the same path, "
      f"{again == batch}")  # fmt: skip
print(f"  stochastic, 30 orders of the rows: {sum(map(ends_low, ways))} of 30 end below loss 0.1")

# %% [markdown]
# Is that luck of the start? 30 starts at random.

# %%
starts = [(rng.uniform(-8, 8), rng.uniform(-3, 3)) for _ in range(30)]
counts = [sum(ends_low(descend(start, size, seed)) for seed, start in enumerate(starts)) for size in (None, 1)]
print(
    f"30 starts at random, so many end below loss 0.1:\n  batch {counts[0]:>2} of 30\n  stochastic {counts[1]} of 30"
)

# %% [markdown]
# Now many rows. Batch descent sees all 20,000 of them before its first step. Stochastic descent has taken 20,000
# steps by then, and never needed more than one row at a time: here it is given 100 rows, learns from each of them
# once, and drops them. The loss is measured on 500 rows that neither has seen.

# %%
ROWS, GOAL = 20_000, 0.32
points = data.moons(ROWS, noise=0.2)
points = points.take(i for order in data.orders(ROWS, ROWS - 1, seed=3) for i in order)  # in no order
held_out = data.moons(500, noise=0.2, seed=9)
SCORE = "binary_cross_entropy_on_logits"
Curve = list[tuple[int, float, float]]  # rows seen, seconds, loss


def learn_batch(rate: float, steps: int = 30) -> Curve:
    """Return the loss after each step of batch descent."""
    model, spent = MLP(2, [8, 1], activation="tanh", rng=0), 0.0
    result, since = [(0, 0.0, evaluate(model, *held_out, SCORE))], perf_counter()

    def measure(step: int, *_: object) -> None:
        nonlocal spent, since
        spent += perf_counter() - since  # the time of the measuring does not count
        result.append((step * ROWS, spent, evaluate(model, *held_out, SCORE)))
        since = perf_counter()

    fit(model, *points, SCORE, optim.SGD(model.parameters(), lr=rate), steps, callbacks=measure, progress=False)
    return result


def learn_stochastic(rate: float, seed: int, count: int = 20, size: int = 100) -> Curve:
    """Return the loss after every hundred rows of stochastic descent."""
    model, spent = MLP(2, [8, 1], activation="tanh", rng=0), 0.0
    optimizer = optim.SGD(model.parameters(), lr=rate)
    result = [(0, 0.0, evaluate(model, *held_out, SCORE))]
    for part in range(seed * count, (seed + 1) * count):
        rows, since = points.take(range(size * part, size * (part + 1))), perf_counter()
        fit(model, *rows, SCORE, optimizer, epochs=1, batch_size=1, progress=False)
        spent += perf_counter() - since
        result.append(((len(result)) * size, spent, evaluate(model, *held_out, SCORE)))
    return result


def reached(way: Curve) -> tuple[int, float] | None:
    """Return the number of rows and the seconds until the loss is at the goal; None if it never is."""
    return next(((rows, seconds) for rows, seconds, score in way if score <= GOAL), None)


curves: dict[str, Curve] = {}
for rate in 0.5, 1.0, 2.0:
    way = learn_batch(rate)
    if reached(way) and ("batch" not in curves or reached(way) < reached(curves["batch"])):
        curves["batch"], batch_rate = way, rate
runs = [learn_stochastic(0.1, seed) for seed in range(5)]
curves["stochastic"] = runs[0]
ends = [reached(run) for run in runs]
print(f"\n{ROWS:,} rows, until the loss on new rows is {GOAL}\n{'':<32}{'rows seen':>10}{'seconds':>10}")
rows, seconds = reached(curves["batch"])
print(f"{f'batch, its best rate of three, {batch_rate:g}':<32}{rows:>10,}{seconds:>10.2f}")
ok = [each for each in ends if each]
print(f"{'stochastic, rate 0.1, 5 runs':<32}{median(rows for rows, _ in ok):>10,}{median(s for _, s in ok):>10.2f}")
print(f"({len(ok)} of 5 runs reach it. Both run compiled. Of batch's seconds {curves['batch'][1][1]:.2f} are its")
print("first step, with the reading of all rows before it. A row by itself costs more")
print("time than one of 20,000 side by side: the lead in rows is larger than in time.)")

# %% [markdown]
# Two of the paths on the one loss: batch, and the stochastic one that leaves first.


# %%
def low_at(way: Path2) -> int:
    """Return the number of the first step at which the loss on all rows is below 0.1."""
    return next(step for step, weights in enumerate(way) if loss(*map(Value, weights)).data < 0.1)


leaves = min((way for way in ways if ends_low(way)), key=low_at)
leaves = leaves[: low_at(leaves) + 10]
labels = ["batch: stuck", f"stochastic: {len(leaves) - 1} steps, it leaves"]
ax = plot.descent(loss, batch[:60], leaves, labels=labels, limits=((-2, 4.5), (-2.5, 2)))
show(ax, "stochastic_paths.png")

# %% [markdown]
# The loss of the 20,000 rows over the rows seen, and over the seconds.

# %%
figure, axes = panels(1, 2, 10, 4)
for place, (ax, x) in enumerate(zip(axes, ("rows seen, log scale", "seconds"))):
    for number, (name, way) in enumerate(curves.items()):
        shown = way[1:] if place == 0 else way
        curve(ax, number, [point[place] for point in shown], [point[2] for point in shown], name)
    ax.axhline(GOAL, color="#222222", linewidth=1, label=f"loss {GOAL}")
    finish(ax, "Loss over " + x.split(",")[0], x, "loss on new rows")
axes[0].set_xscale("log")
show(figure, "stochastic_rows.png")

# %% [markdown]
# **A question.** With a rate of 0.03 in place of 0.3, do more of the stochastic paths leave the local minimum, or
# fewer? And with `size=5`? Guess first, then change the number and run it.

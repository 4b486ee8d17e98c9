"""Brute force against descent: all combinations of a small network's weights, counted, and then not tried."""

# %% [markdown]
# # Brute force
#
# You will see how many combinations of weights a very small network has, how many years the fastest computer on
# Earth would need to try them all, and how many steps descent takes for the same network.

# %% [markdown]
# A network that is small: five inputs and one hidden layer of five neurons, with 5 × 5 = 25 weights between them.

# %%
from math import log10
from random import Random
from time import perf_counter

from demos.lesson import show
from engine import Value
from nn import MLP, Neuron, data, evaluate, fit, losses, optim, plot

model = MLP(5, [5, 1], activation="tanh", rng=0)
hidden = model.weights()[0]
weights, choices = len(hidden) * len(hidden[0]), 1000
combinations = choices**weights
print(f"{model}\n{weights} weights from five inputs to five hidden neurons")
print(f"{choices} numbers for each weight, say from -5 to 4.99 in steps of 0.01:\n{choices}**{weights} = "
      f"10**{log10(combinations):.0f} combinations")  # fmt: skip
everything = len(model.parameters())
print(f"(with the output neuron and the biases, {everything} numbers: 10**{log10(choices**everything):.0f})")

# %% [markdown]
# The fastest computer is El Capitan, with 1.742 · 10¹⁸ operations a second (TOP500 list of November 2024, by the
# LINPACK benchmark). Let us be generous: it tries one combination with a single operation. How long
# would it take to try them all?

# %%
EL_CAPITAN, YEAR, UNIVERSE = 1.742e18, 365.25 * 24 * 3600, 1.38e10
years = combinations / EL_CAPITAN / YEAR
print(f"\nEl Capitan, 1.742 * 10**18 operations a second (TOP500, November 2024),\none combination an operation: "
      f"{combinations / EL_CAPITAN:.1e} seconds = {years:.1e} years,\nor 10**{log10(years / UNIVERSE):.0f} "
      "times the age of the universe")  # fmt: skip

# %% [markdown]
# Descent on the same network: prices of houses from five numbers each, which follow a rule that bends.

# %%
rng = Random(0)
X = [[rng.uniform(-1, 1) for _ in range(5)] for _ in range(200)]  # area, floors, age, garden, distance, scaled
y = [area + 0.5 * floors - 0.8 * age * area + 0.4 * garden - 0.6 * far**2 for area, floors, age, garden, far in X]
train, test = data.split([*X], [price + rng.gauss(0, 0.05) for price in y])
before = evaluate(model, *test)
since = perf_counter()
history = fit(model, *train, "mse", optim.Adam(model.parameters(), lr=0.03), epochs=1000, progress=False)
seconds = perf_counter() - since
after = evaluate(model, *test)
print(f"\ndescent, on this machine: {history.epochs} steps, {seconds:.1f} seconds")
print(f"mean squared error on {len(test.X)} new houses: {before:.3f} -> {after:.3f} (0.0025 is noise)")

# %% [markdown]
# Where brute force can be tried: a line through points has two weights. Here is a grid of 101 by 101 numbers for
# them.

# %%
points = data.linear(40, weights=1.53, bias=-0.47)
grid = [-5 + 0.1 * number for number in range(101)]


def error(w: Value | float, b: Value | float) -> Value:
    """Return the mean squared error of the line w * x + b."""
    return sum((losses.mse(w * x + b, y) for (x,), y in zip(*points)), Value(0.0)) / len(points.X)


X, y = zip(*((x, y) for (x,), y in zip(*points)))
tried = {(w, b): sum((w * x + b - t) ** 2 for x, t in zip(X, y)) / len(X) for w in grid for b in grid}
best = min(tried, key=tried.get)

neuron, way = Neuron(1, init=lambda *_: -4.0), [(-4.0, 4.0)]
neuron.b.data = 4.0
optimizer = optim.SGD(neuron.parameters(), lr=0.3)
while error(*neuron.parameters()).data > tried[best]:
    optimizer.zero_grad()
    error(*neuron.parameters()).backward()
    optimizer.step()
    way.append((neuron.w[0].data, neuron.b.data))
print(f"\na line of 2 weights: the best of {len(tried):,} tried is w = {best[0]:.1f}, b = {best[1]:.1f}")
print(f"descent is better after {len(way) - 1} steps: w = {way[-1][0]:.3f}, b = {way[-1][1]:.3f}")

# %% [markdown]
# The picture: the loss over the two weights, and the way down.

# %%
show(plot.descent(error, way, limits=((-5, 5), (-5, 5))), "brute_force.png")

# %% [markdown]
# **A question.** A grid of ten numbers for each weight instead of a thousand: how many combinations of 25 weights
# are left, and how long does El Capitan need for them? And for the weights of `MLP(64, [32, 10])`, which reads
# digits?

"""Brute force against descent: all combinations of a small network's weights, counted, and then not tried."""

# %% A network that is small: 25 weights. Each could be any of 1000 numbers, from -5 to 5 in steps of 0.01
import os
from math import log10
from pathlib import Path
from time import perf_counter

from engine import Value
from nn import MLP, Neuron, accuracy, data, fit, losses, optim, plot

folder = Path(os.environ.get("GRADWALK_PICTURES", "."))
model = MLP(2, [6, 1], activation="tanh", rng=0)
train, test = data.split(data.moons(200))
weights, choices = len(model.parameters()), 1000
combinations = choices**weights
print(f"{model}\n{weights} weights, {choices} numbers each")
print(f"{choices}**{weights} = 10**{log10(combinations):.0f} combinations")

# %% How long would it take to try them all, and how long does descent take?
since = perf_counter()
loss = "binary_cross_entropy_on_logits"
history = fit(model, *train, loss, optim.Adam(model.parameters(), lr=0.05), epochs=150, progress=False)
seconds = perf_counter() - since
years = combinations * seconds / history.epochs / (365.25 * 24 * 3600)
print(f"\nto try them all, at the speed of descent: 10**{log10(years):.0f} years (the universe: 10**10)")
print(f"descent: {history.epochs} steps, loss {history.losses[0]:.3f} -> {history.losses[-1]:.3f}")
print(f"test accuracy: {100 * accuracy(model, *test):.1f} % of {len(test.X)} new points")

# %% Where brute force can be tried: a line through points has two weights. A grid of 100 by 100 numbers for them
points = data.linear(40, weights=1.53, bias=-0.47)
grid = [-5 + 0.1 * number for number in range(101)]


def error(w: Value | float, b: Value | float) -> Value:
    """The mean squared error of the line w * x + b."""
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

# %% Picture: the loss over the two weights, and the way down
plot.descent(error, way, limits=((-5, 5), (-5, 5))).figure.savefig(folder / "brute_force.png")
print("\nThe picture is brute_force.png.")

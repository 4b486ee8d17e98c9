"""Regression: a number is predicted, not a class. First along a line, then along a curve."""

# %% [markdown]
# # Regression
#
# You will see a number predicted, not a class: a line whose slope and height descent finds, then a curve that no
# line fits and 16 hidden neurons do.

# %% [markdown]
# A line: its two weights start at -2 and 3, and descent finds the slope and height that the points were made
# with.

# %%
from math import sin
from random import Random
from typing import Any

from demos.lesson import show
from engine import Value
from nn import MLP, Neuron, data, evaluate, fit, losses, optim, plot, predict

train, test = data.split(data.linear(60, weights=3.0, bias=1.0, noise=0.2))
neuron = Neuron(1)
neuron.w[0].data, neuron.b.data = -2.0, 3.0
way = [(-2.0, 3.0)]


def note(epoch: int, model: Neuron, history: Any) -> None:
    way.append((model.w[0].data, model.b.data))


fit(neuron, *train, "mse", optim.SGD(neuron.parameters(), lr=0.2), epochs=40, callbacks=note, progress=False)
print(f"made with y = 3 x + 1 and noise of 0.2; found: y = {way[-1][0]:.3f} x + {way[-1][1]:.3f}")
print(f"mean squared error on {len(test.X)} new points: {evaluate(neuron, *test):.4f} (the noise alone: 0.04)")

# %% [markdown]
# A curve: the same call, with a hidden layer.

# %%
rng = Random(0)
X = [rng.uniform(-3, 3) for _ in range(120)]
y = [sin(2 * x) + x / 2 + rng.gauss(0, 0.1) for x in X]
train_curve, test_curve = data.split(X, y)
model = MLP(1, [16, 1], activation="tanh", rng=0)
straight = Neuron(1, rng=0)
for name, each in ("a line", straight), ("16 hidden neurons", model):
    optimizer = optim.Adam(each.parameters(), lr=0.03)
    history = fit(each, *train_curve, "mse", optimizer, epochs=800, progress=False)
    print(f"{name:<18} error in training {history.losses[-1]:.4f}, on new points {evaluate(each, *test_curve):.4f}")

# %% [markdown]
# What it predicts, beside the truth.

# %%
print("\n     x   truth   predicted")
for x, predicted in zip(xs := [-2.5, -1.0, 0.0, 1.0, 2.5], predict(model, xs)):
    print(f"{x:>6}{sin(2 * x) + x / 2:>8.3f}{predicted:>12.3f}")

# %% [markdown]
# Pictures: the loss over slope and height, with the way down; and the curve.


# %%
def error(slope: Value, height: Value) -> Value:
    return sum((losses.mse(slope * x + height, t) for (x,), t in zip(*train)), Value(0.0)) / len(train.X)


def curve() -> Any:
    """Draw the points of the test, and the network's predictions between them."""
    from matplotlib.figure import Figure

    ax = Figure((8, 5), dpi=120, layout="constrained").add_subplot()
    between = [-3 + number / 50 for number in range(301)]
    ax.plot(between, predict(model, between), color="#0B5FA5", linewidth=3, label="prediction")
    ax.plot(*zip(*((x, t) for (x,), t in zip(*test_curve))), "o", color="#B34700", label="new points")
    ax.set_title("A curve, found by 16 hidden neurons", loc="left", fontsize=16)
    ax.set_xlabel("x", fontsize=14)
    ax.set_ylabel("y", fontsize=14)
    ax.legend(fontsize=12)
    return ax


show(plot.descent(error, way), "regression_loss.png")
show(curve(), "regression.png")

# %% [markdown]
# **A question.** What does the network predict for x = 6, far from all points that it saw? Should one trust that?

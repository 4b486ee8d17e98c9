"""Iris: a network learns to tell three kinds of flowers by four lengths, and is tested on flowers it never saw."""

# %% [markdown]
# # Three kinds of iris
#
# You will see a network learn to tell three kinds of flowers apart by four lengths, flower by flower, and then
# its test on 50 flowers that it never saw.

# %% [markdown]
# The data: 150 flowers, four lengths in cm each, and which of three kinds it is.

# %%
from random import Random
from statistics import fmean, pstdev
from typing import Any

from demos.lesson import show
from engine import MissingExtra
from nn import MLP, losses, optim, plot


def iris() -> Any:
    """Return the table of flowers that comes with scikit-learn; without scikit-learn, say how to install it."""
    try:
        from sklearn.datasets import load_iris
    except ImportError:
        raise SystemExit(str(MissingExtra("scikit-learn", "train", "This demo's data"))) from None
    return load_iris()


table = iris()
flowers = list(zip(table.data.tolist(), table.target.tolist()))  # one kind after the other
test = flowers[::3]  # every third is kept for the test, so the test has equally many of each kind
train = [flower for number, flower in enumerate(flowers) if number % 3]

# %% [markdown]
# Every length to one scale: mean 0, deviation 1. The test rows must not influence it.

# %%
columns = list(zip(*(row for row, _ in train)))
means, deviations = [fmean(column) for column in columns], [pstdev(column) for column in columns]


def standardize(row: list[float]) -> list[float]:
    """Return a row of lengths, each as its distance from the training mean in standard deviations."""
    return [(x - mean) / deviation for x, mean, deviation in zip(row, means, deviations)]


train = [(standardize(row), kind) for row, kind in train]
test = [(standardize(row), kind) for row, kind in test]
print(f"{'':<20}{'mean':>6}{'deviation':>12}   of {len(train)} flowers to learn from")
for name, mean, deviation in zip(table.feature_names, means, deviations):
    print(f"{name:<20}{mean:>6.2f}{deviation:>12.2f}")

# %% [markdown]
# The network: small random weights, one score for each kind. The highest score is its answer.

# %%
rng = Random(0)
model = MLP(4, [8, 3], activation="tanh", rng=rng)
print(f"\n{model}: {len(model.parameters())} parameters")


def answer(row: list[float]) -> int:
    """Return the kind that the network predicts for a flower."""
    scores = model(row)
    return max(range(len(scores)), key=lambda kind: scores[kind].data)


def accuracy(flowers: list[tuple[list[float], int]]) -> float:
    """Return how many percent of the flowers the network gets right."""
    return 100 * sum(answer(row) == kind for row, kind in flowers) / len(flowers)


# %% [markdown]
# Training: one flower after the other, forward, compare, back, update. All flowers once is an epoch.

# %%
optimizer = optim.SGD(model.parameters(), lr=0.05)
print("\nepoch    mean loss    training accuracy")
print(f"{0:>5}{'':>26}{accuracy(train):>6.1f} %")
for epoch in range(1, 21):
    rng.shuffle(train)
    total = 0.0
    for row, kind in train:
        loss = losses.cross_entropy(model(row), kind)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.data
    if epoch == 1 or epoch % 5 == 0:
        print(f"{epoch:>5}{total / len(train):>13.4f}{accuracy(train):>19.1f} %")

# %% [markdown]
# Testing: flowers that it never saw. A row is a kind, a column what the network says.

# %%
print(f"\n{'the network says:':<20}" + "".join(f"{name:>12}" for name in table.target_names))
for kind, name in enumerate(table.target_names):
    answers = [answer(row) for row, truth in test if truth == kind]
    print(f"{name:<20}" + "".join(f"{answers.count(other):>12}" for other in range(3)))
matrix = [
    [sum(answer(row) == other for row, truth in test if truth == kind) for other in range(3)] for kind in range(3)
]
show(plot.confusion(matrix, names=list(table.target_names)), "flowers.png")
right = sum(answer(row) == kind for row, kind in test)
print(f"\ntest accuracy: {accuracy(test):.1f} % ({right} of {len(test)} new flowers)")

# %% [markdown]
# **A question.** Which two kinds does it mix up, and would a fifth length help it?

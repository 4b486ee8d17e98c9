"""Clustering: points without labels. Descent moves centers until each point is near one of them."""

# %% [markdown]
# # Clustering
#
# You will see points without labels gathered by descent: four centers move until each point is near one of them.
# Some starts get stuck, so ten are tried.

# %% [markdown]
# Points in four clouds. Which point is in which cloud is known, but not given to the network.

# %%
from functools import reduce
from random import Random
from typing import Any

from demos.lesson import show
from engine import Value
from nn import Module, accuracy, classify, confusion_matrix, data, fit, optim, plot

train, test = data.split(data.blobs(160, classes=4))


class Centers(Module):
    """A center for each cluster. The nearer a point is to a center, the higher is the score of that center."""

    def __init__(self, count: int, rng: Random) -> None:
        starts = rng.sample(train.X, count)
        self.places = [[Value(x, f"center{n}[{i}]") for i, x in enumerate(row)] for n, row in enumerate(starts, 1)]

    def __call__(self, point: list[float]) -> list[Value]:
        return [-sum((x - c) ** 2 for x, c in zip(point, place)) for place in self.places]


def loss(scores: list[Value], _: float) -> Value:
    """Return the squared distance of a point from the nearest center. The second argument, a label, is not used."""
    return -reduce(Value.maximum, scores)


# %% [markdown]
# Descent, from ten starts: some get stuck where two centers share a cloud. The lowest loss is kept.

# %%
unknown = [0.0] * len(train.X)
trainings = []
for seed in range(10):
    model = Centers(4, Random(seed))
    ways = [[tuple(x.data for x in place)] for place in model.places]

    def note(_: int, model: Centers, __: Any, ways: Any = ways) -> None:
        for way, place in zip(ways, model.places):
            way.append(tuple(x.data for x in place))

    optimizer = optim.SGD(model.parameters(), lr=0.2)
    history = fit(model, train.X, unknown, loss, optimizer, epochs=60, callbacks=note, progress=False)
    trainings.append((history.losses[-1], seed, model, ways))
print("loss of ten starts: " + ", ".join(f"{last:.1f}" for last, *_ in trainings))
last, seed, model, ways = min(trainings)
print(f"the lowest, of start {seed}: points are {last**0.5:.2f} from their centers (root mean square)")

# %% [markdown]
# Centers have no names. Each gets that of the cloud which most of its points are from.

# %%
answers = classify(model, train.X)
own = [[kind for kind, center in zip(train.y, answers) if center == number] for number in range(4)]
clouds = [max(kinds, key=kinds.count) for kinds in own]
model.places = [model.places[clouds.index(kind)] for kind in range(4)]

# %% [markdown]
# The test: are new points of one cloud nearest to one center?

# %%
print("\nnew points" + "".join(f"{'center ' + str(number):>11}" for number in range(1, 5)))
for name, counts in zip(test.classes, confusion_matrix(model, *test)):
    print(f"{name:<10}" + "".join(f"{count:>11}" for count in counts))
print(f"{100 * accuracy(model, *test):.1f} % of {len(test.X)} new points are with the others of their cloud")

# %% [markdown]
# Picture: which center is nearest where, and the ways that the centers came.

# %%
ax = plot.boundary(model, *test, classes=test.classes)
for way in ways:
    xs, ys = zip(*way)
    ax.plot(xs, ys, color="black", linewidth=2)
    ax.plot(xs[-1], ys[-1], "*", color="black", markersize=18, markeredgecolor="white")
ax.set_title("Clusters: each star is a center, its line the way it came", loc="left")
show(ax, "clustering.png")

# %% [markdown]
# **A question.** What happens with `Centers(5, ...)` on four clouds, and how would you find out the number of
# clouds if you did not know it?

"""Programmed by hand, classical learning, or a net? One task, and more and more examples to learn from."""

# %% [markdown]
# # Rules by hand, or learning
#
# You will see four ways to solve one task, with 10 examples up to 1,000: a rule that a gardener wrote, nearest
# neighbours, logistic regression (one neuron), and a net with a hidden layer. There are two ways to get a computer
# to do something: write down the rules, or let it learn them from examples. The first of the four is written, the
# others learn.

# %% [markdown]
# The task: does a bed need water? Ten numbers a day, each from -1 to 1, of which the last five do not matter.

# %%
from heapq import nsmallest
from math import dist
from random import Random
from statistics import fmean

from demos.lesson import curve, finish, panels, show
from nn import MLP, Neuron, accuracy, fit, optim

NAMES = ["moisture", "warmth", "sun", "wind", "clouds", "soil", "month", "sprouts", "slope", "fence"]
Days = tuple[list[list[float]], list[int]]


def days(count: int, seed: int) -> Days:
    """Return rows of numbers for `count` days, and for each day whether the bed needed water: 1 or 0."""
    rng, X, y = Random(seed), [], []
    for _ in range(count):
        day = [rng.uniform(-1, 1) for _ in NAMES]
        moisture, warmth, sun, wind, clouds = day[:5]
        dryness = 0.8 * warmth - 1.2 * moisture + 1.5 * sun * wind - warmth * clouds
        X.append(day)
        y.append(int(dryness + rng.gauss(0, 0.15) > 0))
    return X, y


test = days(1000, seed=99)
print(f"{len(test[0])} days for the test; {100 * fmean(test[1]):.0f} % of them need water")

# %% [markdown]
# Four ways to answer.


# %%
def rule(day: list[float]) -> int:
    """Return the gardener's answer: water the bed if it is more warm than moist."""
    return int(day[1] > day[0])


def neighbours(X: list[list[float]], y: list[int]) -> list[int]:
    """Return, for each day of the test, the answer of most of the nearest known days."""
    count = min(max(1, round(len(X) ** 0.5 / 2)) | 1, 15)  # an odd number cannot be undecided
    answers = []
    for day in test[0]:
        nearest = nsmallest(count, zip((dist(day, known) for known in X), y))
        answers.append(int(fmean(answer for _, answer in nearest) > 0.5))
    return answers


def right(answers: list[int]) -> float:
    """Return how many percent of the answers for the test days are right."""
    return 100 * fmean(a == b for a, b in zip(answers, test[1]))


def learned(model: Neuron | MLP, X: list[list[float]], y: list[int], rate: float) -> float:
    """Train a model, and return its test accuracy in percent."""
    optimizer, many = optim.AdamW(model.parameters(), lr=rate, weight_decay=0.02), len(X) > 200
    fit(model, X, y, "binary_cross_entropy_on_logits", optimizer, epochs=60 if many else 300,
        batch_size=32 if many else None, progress=False)  # fmt: skip
    return 100 * accuracy(model, *test)


# %% [markdown]
# The learning curves: the mean of five sets of examples of each size.

# %%
SIZES, SEEDS = [10, 20, 40, 100, 300, 1000], range(5)
WAYS = ["rule by hand", "neighbours", "one neuron", "net"]
curves: dict[str, list[float]] = {way: [] for way in WAYS}
print(f"\npercent right on the test days, mean of {len(SEEDS)} runs (in brackets: the net)")
print("examples" + "".join(f"{way:>14}" for way in WAYS))
for size in SIZES:
    results = []
    for seed in SEEDS:
        X, y = days(size, seed)
        hidden = MLP(10, [16, 1], activation="tanh", rng=seed)
        results.append([right([rule(day) for day in test[0]]), right(neighbours(X, y)),
                        learned(Neuron(10, rng=seed), X, y, 0.05), learned(hidden, X, y, 0.03)])  # fmt: skip
    for way, numbers in zip(WAYS, zip(*results)):
        curves[way].append(fmean(numbers))
    nets = [row[-1] for row in results]
    print(
        f"{size:>8}"
        + "".join(f"{curves[way][-1]:>14.1f}" for way in WAYS)
        + f"  ({min(nets):.0f} to {max(nets):.0f})"
    )

# %% [markdown]
# Who wins where?

# %%
for size, *numbers in zip(SIZES, *curves.values()):
    best = max(range(len(WAYS)), key=numbers.__getitem__)
    learners = max(range(1, len(WAYS)), key=numbers.__getitem__)
    print(f"{size:>5} examples: best is {WAYS[best]}; best that learns is {WAYS[learners]}")
print(
    "\nWith few examples the rule wins by far, and the three that learn differ by less\nthan the runs of the net do."
)
print("The rule knows nothing of sun with wind. One neuron adds up its inputs, and")
print("cannot multiply them. The net can, but must see many days to find out which.")

# %% [markdown]
# The picture: the learning curves.

# %%
figure, (ax,) = panels(1, 1, 8, 4.6)
for number, (way, numbers) in enumerate(curves.items()):
    curve(ax, number, SIZES, numbers, way, marks=number > 0)
finish(ax, "More examples: who learns from them?", "examples, log scale", "% right on new days")
ax.set_xscale("log")
ax.set_xticks(SIZES, [f"{size:,}" for size in SIZES], minor=False)
ax.minorticks_off()
show(figure, "against_rules.png")

# %% [markdown]
# **A question.** Improve the rule: use sun and wind, too. Can you beat the net with 1,000 examples without
# looking at `days`? How long did it take you, and how long did the net take?

"""Two moons: a network learns a boundary that no straight line could be, and is tested on new points."""

# %% [markdown]
# # Two moons
#
# You will see a single neuron fail at a boundary that is no straight line, a network of 33 neurons find it, and a
# test on new points.

# %% [markdown]
# The data, in two parts: one to learn from, one for the test.

# %%
import os
from pathlib import Path
from statistics import median

from demos.lesson import show
from nn import MLP, Recorder, accuracy, confusion_matrix, data, fit, optim, plot

train, test = data.split(data.moons(400))
print(f"{len(train.X)} points to learn from, {len(test.X)} for the test")

# %% [markdown]
# The same training for a single neuron, which can only draw a straight line, and for two hidden layers.


# %%
def trained(sizes: list[int], seed: int = 0, recorder: Recorder | None = None) -> MLP:
    """Train a network with these numbers of neurons in its layers, and return it."""
    model = MLP(2, sizes, activation="tanh", rng=seed)
    optimizer = optim.Adam(model.parameters(), lr=0.02)
    fit(
        model, *train, "binary_cross_entropy_on_logits", optimizer,
        epochs=60, batch_size=50, seed=seed, progress=False, recorder=recorder,
    )  # fmt: skip
    return model


recorder = Recorder()
line, model = trained([1]), trained([16, 16, 1], recorder=recorder)
print(f"\none neuron:      {len(line.parameters()):>3} weights, test accuracy {100 * accuracy(line, *test):.1f} %")
print(f"16, 16, 1 of them: {len(model.parameters())} weights, test accuracy {100 * accuracy(model, *test):.1f} %")
print("what is mixed up:", confusion_matrix(model, *test))

# %% [markdown]
# One start may be luck. Five starts are less so.

# %%
shares = [100 * accuracy(trained([16, 16, 1], seed), *test) for seed in range(5)]
print("\nfive starts: " + ", ".join(f"{share:.1f}" for share in shares) + f" %, median {median(shares):.1f} %")

# %% [markdown]
# Pictures: the boundary of each.

# %%
for name, each in ("moons_line", line), ("moons", model):
    show(plot.boundary(each, *test, classes=test.classes), f"{name}.png")

# %% [markdown]
# The training as a page: scrub through the epochs, and watch the boundary bend.

# %%
page = Path(os.environ.get("GRADWALK_PICTURES", "."), "moons.html")
recorder.save(page, "Two moons", classes=test.classes)
print(f"The training, epoch by epoch, is in {page}: open it with a browser.")

# %% [markdown]
# **A question.** How few hidden neurons are enough for 98 %? Try `trained([2, 1])`, then more.

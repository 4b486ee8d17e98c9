"""Scaling the inputs: the same network on the same points, with one of two lengths in millimeters."""

# %% [markdown]
# # One scale for all inputs
#
# You will see one network trained on the same points three times: with a width in meters and a height in
# millimeters, standardized, and normalized. Only the scale differs, and the loss of the first stays high.

# %% [markdown]
# Moons whose width is in meters and whose height is in millimeters: the one is about 1, the other about 1000.

# %%
from demos.lesson import show
from nn import MLP, accuracy, data, fit, optim, plot

moons = data.moons(240)
table = data.Dataset([(x, 1000 * y) for x, y in moons.X], moons.y, ["width (m)", "height (mm)"], moons.classes)
train, test = data.split(table)

# %% [markdown]
# Two ways to one scale, each learned from the training rows alone: the test rows must not influence the training.

# %%
standardize, normalize = data.standardize(train), data.normalize(train)
print(f"{'':<15}{'mean':>8}{'deviation':>12}{'lowest':>11}{'range':>9}")
for name, *numbers in zip(train.features, standardize.offset, standardize.scale, normalize.offset, normalize.scale):
    print(f"{name:<15}{numbers[0]:>8.2f}{numbers[1]:>12.2f}{numbers[2]:>11.2f}{numbers[3]:>9.2f}")

# %% [markdown]
# The same training for each, from the same start, at four rates: the best of them counts.

# %%
ways = {
    "as measured": lambda rows: rows,
    "standardized": standardize.transform,
    "normalized": normalize.transform,
}
histories = {}
print(f"\n{'inputs':<15}{'best rate':>10}{'first loss':>13}{'last loss':>12}{'test accuracy':>16}")
for name, scaled in ways.items():
    tries = []
    for rate in (0.001, 0.01, 0.1, 1.0):
        model = MLP(2, [12, 1], activation="tanh", rng=0)
        optimizer = optim.SGD(model.parameters(), lr=rate, momentum=0.9)
        loss = "binary_cross_entropy_on_logits"
        history = fit(model, *scaled(train), loss, optimizer, epochs=400, progress=False)
        tries.append((history.losses[-1], rate, model, history))
    last, rate, model, history = min(tries)
    histories[name] = history
    share = 100 * accuracy(model, *scaled(test))
    print(f"{name:<15}{rate:>10}{history.losses[0]:>13.4f}{last:>12.4f}{share:>14.1f} %")

# %% [markdown]
# Picture: the losses, side by side.

# %%
show(plot.losses(*histories.values(), labels=[*histories], log=True), "scaling.png")

# %% [markdown]
# **A question.** Why must the mean and the deviation be taken from the training rows alone, and what would the
# test be worth otherwise?

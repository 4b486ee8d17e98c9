"""Rectifiers make activity sparse: a third of the neurons is silent for one row, and with sigmoid none is."""

# %% [markdown]
# # Silent neurons
#
# You will see how many neurons of a hidden layer are silent, with an output of exactly 0, when one digit is
# shown: for a net with rectifiers (ReLU) and for one with sigmoids, before and after they have learned to read
# digits.

# %% [markdown]
# The digits, each pixel from 0 to 1.

# %%
from demos.lesson import finish, panels, show
from engine import MissingExtra
from nn import MLP, accuracy, data, fit, optim, predict

try:
    train, test = data.split(data.digits())
except MissingExtra as error:
    raise SystemExit(str(error)) from None
scaler = data.normalize(train)
train, test = scaler.transform(train), scaler.transform(test)
HIDDEN = 32

# %% [markdown]
# What the hidden neurons say: the first layer is a model of its own.


# %%
def activity(model: MLP) -> list[list[float]]:
    """Return the outputs of the hidden layer, a row for each digit of the test."""
    return predict(model.layers[0], test.X)


def silent(rows: list[list[float]], below: float = 0.0) -> float:
    """Return how many percent of the outputs, over all rows and neurons, are at most `below`."""
    return 100 * sum(output <= below for row in rows for output in row) / sum(map(len, rows))


# %% [markdown]
# Both nets, from three starts each.

# %%
print(f"{len(test.X)} new digits, {HIDDEN} hidden neurons; the share that is silent for a digit")
print(f"{'':<11}{'untrained':>11}{'trained':>10}{'below 0.05':>13}{'test accuracy':>16}")
shown: dict[str, list[list[float]]] = {}
for activation in "relu", "sigmoid":
    numbers = []
    for seed in range(3):
        model = MLP(64, [HIDDEN, 10], activation=activation, rng=seed)
        before = silent(activity(model))
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        fit(model, *train, "cross_entropy", optimizer, epochs=12, batch_size=32, seed=seed, progress=False)
        rows = activity(model)
        numbers.append((before, silent(rows), silent(rows, 0.05), 100 * accuracy(model, *test)))
        shown.setdefault(activation, rows)
    means = [sum(column) / len(column) for column in zip(*numbers)]
    print(f"{activation:<11}{means[0]:>9.1f} %{means[1]:>8.1f} %{means[2]:>11.1f} %{means[3]:>14.1f} %")

# %% [markdown]
# A rectifier gives 0 for every weighted sum below 0, so those neurons take no part: neither forward, nor
# backward, for their gradient is 0, too. A sigmoid is never 0, only small: each neuron says something about each
# digit. Which neurons speak for which digit?

# %%
rows = shown["relu"]
always = sum(all(row[n] == 0 for row in rows) for n in range(HIDDEN))
print(f"\nReLU, first start: {always} of {HIDDEN} neurons are silent for every digit (dead)")
for digit in 0, 1, 7:
    kinds = [row for row, kind in zip(rows, test.y) if kind == digit]
    speak = [n for n in range(HIDDEN) if sum(row[n] > 0 for row in kinds) > 0.9 * len(kinds)]
    print(f"nearly every {digit} wakes {len(speak):>2} of them")

# %% [markdown]
# The picture: the neurons, for 40 digits of the test, in order. The darker, the larger is the output; white is 0 or
# near it.

# %%
order = sorted(range(len(test.X)), key=lambda i: test.y[i])
chosen = [order[i * len(order) // 40] for i in range(40)]
figure, axes = panels(2, 1, 10, 6.6)
for ax, (activation, rows) in zip(axes, shown.items()):
    largest = max(max(rows[i]) for i in chosen)
    image = [[rows[i][n] / largest for i in chosen] for n in range(HIDDEN)]
    ax.imshow(image, "Blues", aspect="auto", vmin=0, vmax=1)
    finish(ax, f"{activation}: {silent(rows):.0f} % of the outputs are exactly 0", "digit", "hidden neuron")
    ax.grid(visible=False)
    digits = [test.y[i] for i in chosen]
    for start in (digits.index(digit) for digit in range(1, 10)):
        ax.axvline(start - 0.5, color="#222222", linewidth=0.8)  # between two kinds of digits
    ax.set_xticks([digits.index(digit) + (digits.count(digit) - 1) / 2 for digit in range(10)], range(10))
show(figure, "sparse.png")

# %% [markdown]
# **A question.** How does the share of silent neurons change if the hidden layer has 128 neurons? And if the
# biases start at -1?

"""Handwritten digits: pixels in, ten probabilities out. Trained on three quarters of them, tested on the rest."""

# %% [markdown]
# # Handwritten digits
#
# You will see five networks learn handwritten digits, each from another start: pixels in, ten probabilities out.
# Each is tested on 449 digits that it never saw, and one that is mistaken is shown with its ten probabilities.

# %% [markdown]
# The data: 1797 digits of 8 x 8 pixels, ink from 0 to 16, brought to 0..1 by what is known of the training rows.

# %%
from statistics import median

from demos.lesson import show
from engine import MissingExtra
from nn import MLP, History, accuracy, confusion_matrix, data, fit, optim, plot, predict, purity

try:
    train, test = data.split(data.digits())
except MissingExtra as error:
    raise SystemExit(str(error)) from None
scaler = data.normalize(train)
train, test = scaler.transform(train), scaler.transform(test)
print(f"{len(train.X)} digits to learn from, {len(test.X)} for the test, {len(train.X[0])} pixels each")

# %% [markdown]
# The network: an input a pixel, 32 hidden neurons, an output a digit.


# %%
def trained(seed: int) -> tuple[MLP, History]:
    """Return a network after training from the weights of this seed, and the history of its training."""
    model = MLP(64, [32, 10], activation="relu", output="softmax", rng=seed)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    history = fit(model, *train, "cross_entropy", optimizer, epochs=15, batch_size=32, seed=seed)
    return model, history


# %% [markdown]
# Five starts, for one may be luck.

# %%
trainings = [trained(seed) for seed in range(5)]
shares = [100 * accuracy(model, *test) for model, _ in trainings]
model, history = trainings[0]
print(f"{model}: {len(model.parameters())} weights and biases")
first, *_, last = history.losses
print(f"loss of the first start: {first:.3f} in epoch 1, {last:.3f} in epoch {history.epochs}")
print("test accuracy of five starts: " + ", ".join(f"{share:.1f}" for share in shares) + " %")
print(f"median test accuracy: {median(shares):.1f} %")

# %% [markdown]
# The test of the first start: a row is a digit, a column what the network says.

# %%
print("\n       " + "".join(f"{digit:>5}" for digit in range(10)))
matrix = confusion_matrix(model, *test)
for digit, counts in enumerate(matrix):
    print(f"{digit:>5}: " + "".join(f"{count or '.':>5}" for count in counts))

# %% [markdown]
# One that it gets wrong, with its ten probabilities.

# %%
chances = predict(model, test.X)
wrong = [i for i, row in enumerate(chances) if row.index(max(row)) != test.y[i]]
one = wrong[0]
print(f"\na {test.y[one]} that it takes for a {chances[one].index(max(chances[one]))}:")
for line in range(8):
    print("  " + "".join(" .:-=+*#%@"[min(9, int(10 * ink))] * 2 for ink in test.X[one][8 * line : 8 * line + 8]))
print("digit " + "".join(f"{digit:>7}" for digit in range(10)))
print("chance" + "".join(f"{100 * chance:>5.1f} %" for chance in chances[one]))

# %% [markdown]
# Each layer finds features for the next one. To see them, a net of which weight decay keeps small what it does not
# need. A neuron is *pure* if the twenty images that excite it most are all of one digit. The first layer's neurons
# respond to pieces, which several digits share; those of the second layer put them together to whole digits.

# %%
clear = MLP(64, [16, 10], activation="tanh", rng=0)
before = purity(clear, *train)
fit(clear, *train, "cross_entropy", optim.AdamW(clear.parameters(), lr=0.01, weight_decay=1.0), 15, 32)
print("\nhow pure the neurons are      layer 1  layer 2")
print("  before training" + "".join(f"{share:>12.2f}" for share in before))
print("  trained        " + "".join(f"{share:>12.2f}" for share in purity(clear, *train)))

# %% [markdown]
# Pictures: some digits with their probabilities, what each layer responds to, what is mixed up, the losses.

# %%
chosen = [*wrong[:4], *(i for i in range(20) if i not in wrong)][:12]
plots = {
    "digits": plot.digits([test.X[i] for i in chosen], [chances[i] for i in chosen], [test.y[i] for i in chosen]),
    "digits_features": plot.features(clear, *train),
    "confusion": plot.confusion(matrix),
    "digits_losses": plot.losses(
        *(history for _, history in trainings), labels=[f"start {seed}" for seed in range(5)]
    ),
}
for name, ax in plots.items():
    show(ax, f"{name}.png")

# %% [markdown]
# **A question.** Look at the digits that are wrong in the picture. For which of them would you have hesitated,
# too?

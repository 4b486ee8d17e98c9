"""Learning changes connections: some grow stronger, some weaker, and with a penalty some die off."""

# %% [markdown]
# # Connections that grow, weaken and die
#
# You will see the connections of one net before training and after it, then with weight decay, which makes all of
# them smaller, and with L1, which lets those die that are of no use. Then connections are cut (pruning), and the
# net is tested again: how many can go before it forgets?

# %% [markdown]
# The task: six inputs, of which only the first two count. The other four are noise.

# %%
from collections.abc import Callable
from random import Random

from demos.lesson import curve, finish, panels, show
from engine import Value
from nn import MLP, accuracy, data, fit, optim, plot, prune

rng, points = Random(0), data.circles(800, noise=0.1)
X = [[*row, *(rng.gauss(0, 0.5) for _ in range(4))] for row in points.X]
train, test = data.split(X, points.y, test=400)
SIZES, LOSS = [6, 1], "binary_cross_entropy_on_logits"
DEAD = 0.02  # a smaller weight counts as dead


def trained(kind: Callable[..., optim.Optimizer] = optim.Adam, **penalty: float) -> MLP:
    """Return a net after training. Start and training are always the same, except for the penalty."""
    model = MLP(6, SIZES, activation="tanh", rng=1)
    optimizer = kind(model.parameters(), lr=0.05, **penalty)
    fit(model, *train, LOSS, optimizer, epochs=800, schedule="linear", progress=False)
    return model


def weights_of(model: MLP) -> list[Value]:
    """Return all weights of a net, without the biases."""
    return [weight for matrix in model.weights() for line in matrix for weight in line]


# %% [markdown]
# The same net, four times: before training, and after three trainings with different penalties. The penalties are
# options of the optimizer: `weight_decay`, and `l1`.

# %%
nets = {
    "before training": MLP(6, SIZES, activation="tanh", rng=1),
    "trained": trained(),
    "weight decay": trained(optim.AdamW, weight_decay=0.5),
    "L1": trained(l1=0.003),
}
print(f"{len(weights_of(nets['L1']))} weights, of which one below {DEAD} counts as dead. Mean sizes, of all weights,")
print("of those from the two inputs that count, and of those from the four of noise:")
print(f"{'':<16}{'mean |w|':>9}{'largest':>9}{'dead':>6}{'inputs 1, 2':>13}{'noise':>7}{'test accuracy':>15}")


def mean_size(weights: list[Value]) -> float:
    """Return the mean of the absolute values of the weights."""
    return sum(abs(weight.data) for weight in weights) / len(weights)


for name, model in nets.items():
    everything, first = weights_of(model), model.weights()[0]
    largest, dead = max(abs(w.data) for w in everything), sum(abs(w.data) <= DEAD for w in everything)
    inputs, noise = mean_size([*first[0], *first[1]]), mean_size([w for line in first[2:] for w in line])
    print(f"{name:<16}{mean_size(everything):>9.2f}{largest:>9.2f}{dead:>6}{inputs:>13.2f}{noise:>7.2f}"
          f"{100 * accuracy(model, *test):>13.1f} %")  # fmt: skip

# %% [markdown]
# Which connections of the trained net grew, and which shrank?

# %%
start = weights_of(MLP(6, SIZES, activation="tanh", rng=1))
pairs = [(abs(before.data), abs(after.data)) for before, after in zip(start, weights_of(nets["trained"]))]
stronger = sum(after > before for before, after in pairs)
died = sum(abs(weight.data) <= DEAD for weight in weights_of(nets["L1"]))
print(f"\ntraining alone: {stronger} of {len(pairs)} connections grew stronger, {len(pairs) - stronger} weaker")
print(f"training with L1: {died} of {len(pairs)} died off")

# %% [markdown]
# Pruning: the smallest weights are set to 0 for good, more and more of them. Does the net still do its task? Here is
# the accuracy over the share that is cut, for the net without a penalty and for the one with L1.

# %%
SHARES = [0, 0.25, 0.5, 0.625, 0.75, 0.875, 1]
results: dict[str, list[float]] = {}
for name, penalty in {"trained": 0.0, "L1": 0.003}.items():
    model = trained(l1=penalty)
    results[name] = []
    for share in SHARES:
        prune(model, share)
        results[name].append(100 * accuracy(model, *test))
print("\nweights cut " + "".join(f"{100 * share:>7.1f} %" for share in SHARES))
for name, column in results.items():
    print(f"{name:<12}" + "".join(f"{share:>7.1f} %" for share in column))

# %% [markdown]
# Too many cut, then trained a little more: can what is left do without the others?

# %%
model = trained()
prune(model, 0.875)
cut = 100 * accuracy(model, *test)
fit(model, *train, LOSS, optim.Adam(model.parameters(), lr=0.02), epochs=200, progress=False)
print(f"\n87.5 % cut: {cut:.1f} %; after 200 more epochs with the rest: {100 * accuracy(model, *test):.1f} %")
print("Five connections are too few for this task, and more training does not help.")

# %% [markdown]
# The net four times. A dead connection is not drawn.

# %%
for weight in weights_of(nets["L1"]):
    if abs(weight.data) <= DEAD:
        weight.data = 0.0
figure, axes = panels(2, 2, 14, 11)
for ax, (name, net) in zip(axes, nets.items()):
    plot.network(net, ax=ax)
    ax.set_title(name, fontsize=14, loc="left")
show(figure, "connections.png")

# %% [markdown]
# The accuracy, with more and more connections cut.

# %%
figure, (ax,) = panels(1, 1, 7, 4)
for number, (name, column) in enumerate(results.items()):
    curve(ax, number, [100 * share for share in SHARES], column, name)
finish(ax, "Connections cut, and what is left", "% of the weights cut", "% right on new rows")
show(figure, "pruning.png")

# %% [markdown]
# **A question.** Which inputs does the net with L1 still listen to? Make the penalty ten times as large: what
# dies next, and what does the net say then?

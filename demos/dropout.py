"""Dropout and weight decay against learning by heart: losses on training points and on new ones, with and without."""

# %% [markdown]
# # Against learning by heart
#
# You will see a large network learn sixty points, and what it makes of 500 new ones, which it never saw: the loss
# of the points falls to nothing, that of new points falls, and then rises. Four remedies are tried beside it.

# %% [markdown]
# The points: two moons with so much noise that they overlap.

# %%
from statistics import mean

from demos.lesson import finish, panels, show
from nn import Dropout, History, Layer, Sequential, data, dropping, evaluate, fit, optim

points, new = data.moons(60, noise=0.3, seed=1), data.moons(500, noise=0.3, seed=2)
LOSS, STARTS = "binary_cross_entropy_on_logits", 3

# %% [markdown]
# Dropout leaves out each number that goes through it with probability p while the network is trained, another
# choice for each point and each step, and makes the others larger, so that the mean stays the same. When the
# network is used, nothing is left out.

# %%
layer = Dropout(p=0.5)
print("eight ones through Dropout(0.5), three times in training, then in use:")
with dropping(rng=0):
    for _ in range(3):
        print("  " + " ".join(f"{y.data:.0f}" for y in layer([1.0] * 8)))
print("  " + " ".join(f"{y.data:.0f}" for y in layer([1.0] * 8)))

# %% [markdown]
# One network, five times: nothing against learning by heart; weight decay, which pulls each weight w to 0 by a share
# of it; L1, which pulls each by the same; dropout behind the hidden layers; and dropout with weight decay.


# %%
def trained(seed: int, p: float = 0.0, weight_decay: float = 0.0, l1: float = 0.0) -> tuple[Sequential, History]:
    """A network from a start of its own, and the history of its training."""
    model = Sequential(
        Layer(2, 24, "relu", rng=seed), Dropout(p), Layer(24, 24, "relu", rng=50 + seed), Dropout(p),
        Layer(24, 1, rng=100 + seed),
    )  # fmt: skip
    optimizer = optim.AdamW(model.parameters(), lr=0.01, weight_decay=weight_decay, l1=l1)
    return model, fit(model, *points, LOSS, optimizer, 150, 10, seed=seed, validation=new, progress=False)


REMEDIES = {
    "none": {},
    "weight decay": {"weight_decay": 0.3},
    "L1": {"l1": 0.1},
    "dropout": {"p": 0.5},
    "dropout and weight decay": {"p": 0.5, "weight_decay": 0.3},
}
print(f"\nthe loss after 150 epochs, and the lowest on the way; the mean of {STARTS} starts")
print(f"{'remedy':<26}{'60 points':>10}{'500 new':>9}{'lowest of new':>15}")
histories: dict[str, list[History]] = {}
for name, options in REMEDIES.items():
    runs = [trained(seed, **options) for seed in range(STARTS)]
    histories[name] = [history for _, history in runs]
    known = mean(evaluate(model, *points, LOSS) for model, _ in runs)
    last, lowest = (mean(of(history.validation) for _, history in runs) for of in (lambda each: each[-1], min))
    print(f"{name:<26}{known:>10.3f}{last:>9.3f}{lowest:>15.3f}")

# %% [markdown]
# Without a remedy, the network has learned the sixty points by heart. Each remedy holds that off, some longer than
# others. Here weight decay does more than dropout; in another task, and with another p, the order may be another.

# %%
figure, (left, right) = panels(1, 2, 11, 4.8)
for name, dash in zip(REMEDIES, ("-", "--", ":", "-.", (0, (8, 2, 1, 2, 1, 2)))):
    for ax, column in ((left, "loss"), (right, "validation")):
        curves = zip(*(history.column(column) for history in histories[name]))
        ax.plot([mean(losses) for losses in curves], linestyle=dash, label=name if ax is left else None)
finish(left, "The sixty points, in training", "epoch", "loss")
finish(right, "500 new points", "epoch", "loss")
top = max(mean(losses) for losses in zip(*(history.validation for history in histories["none"])))
for ax in left, right:
    ax.set_ylim(0, 1.1 * top)
show(figure, "dropout.png")

# %% [markdown]
# **A question.** With dropout, the training loss in the left picture stays above the one in the table. Which numbers
# of the network are left out in the one, and in the other?

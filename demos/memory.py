"""Memory: is the number of ones so far odd? A net with feedback can keep that in mind, one without cannot."""

# %% [markdown]
# # Memory
#
# You will see a net with feedback keep count of the ones in sequences ten times as long as those that it learned
# from, and a net without feedback guess.

# %% [markdown]
# The task, parity: after each bit, say 1 if the ones so far are odd, else 0.

# %%
from itertools import accumulate
from operator import xor
from random import Random

from demos.lesson import show
from nn import MLP, Recurrent, fit, optim, plot, predict

Sequences = tuple[list[list[float]], list[list[int]]]


def sequences(count: int, length: int, seed: int) -> Sequences:
    """Return sequences of random bits, and for each bit the parity of the bits up to it."""
    rng = Random(seed)
    X = [[float(rng.random() < 0.5) for _ in range(length)] for _ in range(count)]
    return X, [[*accumulate(map(int, bits), xor)] for bits in X]


X, y = sequences(200, 10, seed=0)
print("bits   ", *map(int, X[0]))
print("parity ", *y[0])

# %% [markdown]
# A recurrent net: what its 8 hidden neurons say comes back to them in the next step, beside the next bit.


# %%
def trained(seed: int) -> Recurrent:
    """Train a net on sequences of 10 bits, and return it."""
    model = Recurrent(1, 8, 1, rng=seed)
    optimizer = optim.Adam(model.parameters(), lr=0.03)
    loss = "binary_cross_entropy_on_logits"
    fit(model, X, y, loss, optimizer, epochs=120, batch_size=20, seed=seed, clip=1.0, progress=False)
    return model


def right(answers: list[list[float]], truth: list[list[int]]) -> float:
    """Return how many percent of the answers are right. An output above 0 means 1."""
    pairs = [(answer > 0, bit == 1) for scores, bits in zip(answers, truth) for answer, bit in zip(scores, bits)]
    return 100 * sum(a == b for a, b in pairs) / len(pairs)


model = trained(0)
print(f"\n{model},\ntrained on sequences of 10 bits, is right about")
for length in 10, 20, 50, 100:
    bits, parities = sequences(100, length, seed=length)
    print(f"{right(predict(model, bits), parities):>6.1f} % of the bits of 100 new sequences of {length}")

# %% [markdown]
# A feedforward net with as many neurons sees one bit at a time, and has forgotten those before it.

# %%
lone = MLP(1, [8, 1], activation="tanh", rng=0)
each = [([bit], parity) for bits, parities in zip(X, y) for bit, parity in zip(bits, parities)]
fit(
    lone, *zip(*each), "binary_cross_entropy_on_logits", optim.Adam(lone.parameters(), lr=0.03),
    epochs=50, batch_size=100, progress=False,
)  # fmt: skip
bits, parities = sequences(100, 50, seed=50)
share = right([predict(lone, [[bit] for bit in each]) for each in bits], parities)
print(f"\n{lone}\nis right about {share:.1f} % of those of 50: it can only guess")

# %% [markdown]
# What the state looks like: the same bits, and the hidden neurons that keep the count.

# %%
outputs, states = model.unroll([1.0, 0.0, 1.0, 0.0, 1.0])
print("\nbit   state of the 8 hidden neurons                        parity")
for bit, output, state in zip((1, 0, 1, 0, 1), outputs, states):
    print(f"{bit:>3}   " + " ".join(f"{h.data:>5.2f}" for h in state) + f"   {int(output.data > 0):>9}")

# %% [markdown]
# Pictures: a net whose signals go one way, and one with a loop.

# %%
show(plot.network(lone), "feedforward.png")
show(plot.network(model, [1.0, 0.0, 1.0]), "recurrent.png")

# %% [markdown]
# **A question.** The state has eight numbers. How few could be enough to remember whether the ones so far are
# odd?

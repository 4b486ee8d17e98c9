"""Depth: each layer multiplies the gradient on its way back. Sixteen times a factor is a power."""

# %% Predict
from math import hypot
from random import Random
from statistics import median

from demos.labs.lab import SEEDS, Run, conclude, curves, picture, predict, say, table
from nn import MLP, diagnose

guess = predict(
    "A gradient goes back through 16 layers of sigmoid neurons. How much of it arrives at the first?",
    "about a sixteenth",
    "about a thousandth",
    "less than a millionth",
)

# %% Run: three networks of 16 layers of 8 neurons, and one row of random inputs forward and back
LAYERS = 16
KINDS = {"sigmoid": 1.0, "tanh": 1.0, "relu": 2.0}  # times the usual weights


def network(kind: str, rng: Random) -> MLP:
    model = MLP(8, [8] * LAYERS + [1], kind, rng=rng)
    for w in model.parameters():
        w.data *= KINDS[kind]
    return model


def gradients(kind: str, seed: int) -> list[float]:
    """Return the norm of the gradient with respect to each layer's weighted sums, relative to the last layer."""
    rng = Random(seed)
    model = network(kind, rng)
    model([rng.gauss(0, 1) for _ in range(8)]).backward()
    lengths = [hypot(*(neuron.b.grad for neuron in layer.neurons)) for layer in model.layers[:LAYERS]]
    return [length / (lengths[-1] or 1.0) for length in lengths]


def measure(seed: int) -> Run:
    """Return the gradient at the first layer, relative to the last one, for each kind of network."""
    return {kind: gradients(kind, seed)[0] for kind in KINDS}


runs = [measure(seed) for seed in SEEDS]
print("Of 1 at the last layer, so much arrives at the first (ReLU: weights doubled):")
table(runs)


# %% Explain
def claim(runs: list[Run]) -> bool:
    """In all 20 seeds, less than a millionth arrives through sigmoids. In at least 18 of 20, more than a hundredth
    does through tanh with the usual weights, and more than ten times the gradient through ReLU with doubled ones."""
    kept = sum(run["tanh"] > 0.01 and run["relu"] > 10 for run in runs)
    return all(run["sigmoid"] < 1e-6 for run in runs) and kept >= 18


conclude(claim, runs, guess, "c")
sigmoid, tanh, relu = (median(run[kind] for run in runs) ** (1 / (LAYERS - 1)) for kind in KINDS)
say(
    f"""Going back through a layer, the gradient is multiplied by the activation's slope and by the weights. In
    the middle of the seeds that makes a factor of {sigmoid:.2f} a layer for sigmoid, whose slope is 1/4 at
    most, of {tanh:.2f} for tanh, and of {relu:.2f} for ReLU with doubled weights. Fifteen times a factor is its
    15th power: below 1 it vanishes, above 1 it explodes, and only close to 1 does a deep network learn. That is
    what init='xavier' and init='he' are made for."""
)
rng = Random(0)
X = [[rng.gauss(0, 1) for _ in range(8)] for _ in range(20)]
say(f"diagnose says: {diagnose(network('sigmoid', rng), X, [0.0] * len(X))}")
say("Next: set LAYERS = 8. What is left now? And which times in KINDS keeps the gradient of ReLU as it is?")

# %% Picture
title = "The gradient, layer by layer (seed 0)"
places, lines = range(1, LAYERS + 1), {kind: gradients(kind, 0) for kind in KINDS}
picture("depth.png", lambda: curves(title, "layer", "part of the last layer's, log scale", places, lines, log=True))

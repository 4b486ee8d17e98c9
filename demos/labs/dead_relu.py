"""Dead ReLU: a neuron whose weighted sum is below 0 for every row gets no gradient, and stays at 0."""

# %% Predict
from demos.labs.lab import SEEDS, Run, conclude, panels, picture, predict, say, table
from nn import MLP, data, diagnose, fit, optim

guess = predict(
    "A few steps at a rate far too high shut some ReLU neurons: their output is 0 for every row. "
    "Then training goes on at a good rate. What becomes of them?",
    "they come back within a few steps",
    "they come back, but slowly",
    "they never come back",
)

# %% Run: two moons, 12 hidden neurons, 3 wild steps, then 200 good ones
ACTIVATION, WILD, GOOD = "relu", 30.0, 0.3
LOSS = "binary_cross_entropy_on_logits"


def start(seed: int) -> MLP:
    return MLP(2, [12, 1], ACTIVATION, rng=seed)


def descend(model: MLP, seed: int, rate: float, steps: int) -> float:
    """Train by batch descent for so many steps, and return the last loss."""
    sgd = optim.SGD(model.parameters(), lr=rate)
    return fit(model, *data.moons(40, seed=seed), LOSS, sgd, epochs=steps, progress=False).losses[-1]


def sums(model: MLP, seed: int) -> list[list[float]]:
    """Return the weighted sums of each hidden neuron, one for each row."""
    rows = data.moons(40, seed=seed).X
    return [[sum(w.data * x for w, x in zip(n.w, row)) + n.b.data for row in rows] for n in model.layers[0].neurons]


def shut(model: MLP, seed: int) -> dict[int, list[float]]:
    """Return the neurons whose weighted sum is 0 or less for every row, with their weights."""
    neurons = model.layers[0].neurons
    return {i: [w.data for w in neurons[i].parameters()] for i, zs in enumerate(sums(model, seed)) if max(zs) <= 0}


def measure(seed: int) -> Run:
    """Return how many of 12 neurons the wild steps shut, how many of these moved later, and the losses."""
    model = start(seed)
    descend(model, seed, WILD, 3)
    before = shut(model, seed)
    loss = descend(model, seed, GOOD, 200)
    after = shut(model, seed)
    moved = sum(after.get(i) != weights for i, weights in before.items())
    return {
        "shut": len(before),
        "moved": moved,
        "loss": loss,
        "loss if not wild": descend(start(seed), seed, GOOD, 200),
    }


runs = [measure(seed) for seed in SEEDS]
table(runs)


# %% Explain
def claim(runs: list[Run]) -> bool:
    """In all 20 seeds, 3 or more of 12 neurons are shut, and 200 steps later each of them holds the same weights,
    bit for bit."""
    return all(run["shut"] >= 3 and run["moved"] == 0 for run in runs)


conclude(claim, runs, guess, "c")
model = start(0)
descend(model, 0, WILD, 3)
say(
    """ReLU has slope 1 above 0, and 0 below. A neuron that is below 0 for every row hands no gradient to its
    weights, not a small one but none. So its weights stay, and so it stays below 0: there is no way back, at
    any rate. What is left has to do the work alone."""
)
say(f"diagnose, after the wild steps of seed 0: {diagnose(model, *data.moons(40, seed=0), LOSS)}")
say("Next: set ACTIVATION = 'leaky_relu', which has a slope of 0.01 below 0. Do the neurons move now?")


# %% Picture
def reach() -> object:
    """Draw the range of the weighted sums of each neuron."""
    before, after = panels(2)
    for ax, network, title in (before, start(0), "At the start"), (after, model, "After 3 wild steps"):
        for number, zs in enumerate(sums(network, 0), 1):
            dead = max(zs) <= 0
            look = {"color": "#B34700", "linestyle": (0, (1, 0.5))} if dead else {"color": "#0B5FA5"}
            ax.vlines(number, min(zs), max(zs), linewidth=6, **look)
        ax.axhline(0, color="#222222")
        ax.set_yscale("symlog")  # each line of the scale is ten times as far from 0 as the one before
        ax.set_title(title, loc="left", fontsize=16)
        ax.set_xlabel("neuron (dotted: shut)", fontsize=14)
        ax.set_ylabel("weighted sum, over all rows", fontsize=14)
    return before


picture("dead_relu.png", reach)

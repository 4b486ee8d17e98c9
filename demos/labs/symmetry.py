"""Symmetry: neurons that start alike get the same gradient, and stay alike. So weights start random."""

# %% Predict
from math import log
from random import Random

from demos.labs.lab import SEEDS, Run, conclude, panels, picture, predict, say, table
from nn import MLP, data, diagnose, evaluate, fit, init, optim, plot

guess = predict(
    "A network has 6 hidden neurons, and all their weights start at the same number, other than 0. It trains. "
    "How many different neurons does it have in the end?",
    "6: each finds a task of its own",
    "2 or 3",
    "1, six times over",
)

# %% Run: exclusive or, learned from three kinds of start
X, y = data.xor()
LOSS = "binary_cross_entropy_on_logits"


def trained(start: str, seed: int) -> MLP:
    """Return a network after training from a start: "zeros", "alike" or "random"."""
    number = Random(seed).uniform(0.2, 1.0)
    draw = {"zeros": init.zeros, "alike": lambda *_: number, "random": init.xavier}[start]
    model = MLP(2, [6, 1], "tanh", rng=seed, init=draw)
    fit(model, X, y, LOSS, optim.Adam(model.parameters(), lr=0.1), epochs=150, progress=False)
    return model


def measure(seed: int) -> Run:
    """Return how many hidden neurons differ after training from each start, and the losses."""
    models = {start: trained(start, seed) for start in ("zeros", "alike", "random")}
    run = {}
    for start, model in models.items():
        run[start] = len({tuple(w.data for w in neuron.parameters()) for neuron in model.layers[0].neurons})
    return run | {f"loss, {start}": evaluate(model, X, y, LOSS) for start, model in models.items()}


runs = [measure(seed) for seed in SEEDS]
print("Different hidden neurons, of 6, and the loss, after training from each start:")
table(runs)


# %% Explain
def claim(runs: list[Run]) -> bool:
    """In all 20 seeds, neurons that start alike are alike in the end, bit for bit; from zeros the loss stays at
    ln 2 = 0.6931, that of guessing, and from other numbers above 0.47. In at least 18 of 20 a random start
    keeps 6 different neurons, and ends below 0.01."""
    stuck = all(
        run["zeros"] == run["alike"] == 1 and abs(run["loss, zeros"] - log(2)) < 5e-5 and run["loss, alike"] > 0.47
        for run in runs
    )
    return stuck and sum(run["random"] == 6 and run["loss, random"] < 0.01 for run in runs) >= 18


conclude(claim, runs, guess, "c")
say(
    """Two neurons with the same weights see the same inputs and give the same output. So they get the same
    gradient and take the same step, and are the same again. Nothing in descent can part them: six of them do
    what one could do, and one draws one line where exclusive or needs two. Zeros are worse: the outputs are 0,
    the weights behind them are 0, and no gradient gets through in either direction."""
)
say(
    f"""What diagnose says of a network that starts with zeros:
    {diagnose(MLP(2, [6, 1], "tanh", init="zeros"), X, y, LOSS)}"""
)
say("Next: let alike be lambda inputs, neurons, rng: number + rng.gauss(0, 1e-6). Is that difference enough?")


# %% Picture
def boundaries() -> object:
    axes = panels(2)
    for ax, start in zip(axes, ("alike", "random")):
        plot.boundary(trained(start, 1), X, y, ax=ax)
        ax.set_title(f"Six hidden neurons that started {start}", loc="left", fontsize=16)
    return axes[0]


picture("symmetry.png", boundaries)

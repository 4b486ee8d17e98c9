"""Saturated tanh: large weights push its output to -1 or 1, where it is flat, and no gradient comes through."""

# %% Predict
from math import sin
from random import Random

from demos.labs.lab import SEEDS, Run, conclude, curves, picture, predict, say, table
from nn import MLP, fit, optim, predict as answers

guess = predict(
    "12 tanh neurons learn a sine. Now their weights start 200 times as large. What comes of it?",
    "it learns faster: the signals are stronger",
    "it makes no difference: training finds the right size",
    "it learns badly: it draws a step where a wave should be",
)

# %% Run: the same network from small weights and from large ones
TIMES = 200.0


def rows(seed: int) -> tuple[list[float], list[float]]:
    rng = Random(seed)
    X = [rng.uniform(-3, 3) for _ in range(40)]
    return X, [sin(x) for x in X]


def network(seed: int, times: float) -> MLP:
    """Return a network before training, with the weights of its first layer `times` as large as usual."""
    model = MLP(1, [12, 1], "tanh", rng=seed)
    for w in model.layers[0].parameters():
        w.data *= times
    return model


def trained(seed: int, times: float) -> tuple[MLP, float]:
    """Return the same network after training, and its last loss."""
    model = network(seed, times)
    history = fit(model, *rows(seed), "mse", optim.SGD(model.parameters(), lr=0.1), epochs=300, progress=False)
    return model, history.losses[-1]


def flat(seed: int, times: float) -> float:
    """Return how many % of the hidden outputs start where the slope of tanh is below 0.05."""
    model = network(seed, times)
    slopes = [1 - h.data**2 for x in rows(seed)[0] for h in model.layers[0]([x])]
    return 100 * sum(slope < 0.05 for slope in slopes) / len(slopes)


def measure(seed: int) -> Run:
    sizes = {"small": 1.0, "large": TIMES}
    run = {f"% flat, {name}": flat(seed, times) for name, times in sizes.items()}
    return run | {f"loss, {name}": trained(seed, times)[1] for name, times in sizes.items()}


runs = [measure(seed) for seed in SEEDS]
table(runs)


# %% Explain
def claim(runs: list[Run]) -> bool:
    """In all 20 seeds, no output is flat at the start with small weights, and more than half of them are with large
    ones. In at least 18 of 20, the large weights end with more than twice the loss."""
    stuck = all(run["% flat, small"] == 0 and run["% flat, large"] > 50 for run in runs)
    return stuck and sum(run["loss, large"] > 2 * run["loss, small"] for run in runs) >= 18


conclude(claim, runs, guess, "c")
say(
    f"""The local derivative of h = tanh(z) is 1 - h * h. At z = 0 it is 1; at z = 3 it is 0.01, and at z = 10
    it is 0.00000001. In seed 0, {runs[0]["% flat, large"]:.0f} % of the outputs sit where it is below 0.05. The
    gradient is multiplied by it on its way to the weights of the first layer, so these hardly move: a neuron
    stays what it was, a step from -1 to 1 at x = 0, and no sum of such steps is a wave."""
)
say("Next: set TIMES = 5. Then leave the weights as they are, and multiply the inputs: is that any better?")


# %% Picture
def waves() -> object:
    xs = [number / 50 for number in range(-150, 151)]
    lines = {"sine": [sin(x) for x in xs]}
    lines |= {
        f"{name} weights": answers(trained(0, times)[0], xs) for name, times in (("small", 1.0), ("large", TIMES))
    }
    return curves("What it has learned", "x", "output", xs, lines)


picture("saturated_tanh.png", waves)

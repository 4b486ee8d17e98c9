"""Overfitting: a network learns 10 points by heart, with their noise; 100 points it cannot."""

# %% Predict
from math import sin
from random import Random

from demos.labs.lab import SEEDS, Run, conclude, panels, picture, predict, say, table
from nn import MLP, History, fit, optim, plot, predict as answers

guess = predict(
    "481 weights learn a wave from 10 noisy points, until the loss on these is next to 0. "
    "How large is the loss on new points, beside that of somebody who knows the wave itself?",
    "next to 0, too: it has learned the wave",
    "about as large",
    "larger",
)

# %% Run: a sine with noise, the same network on 10 points and on 100, each tested on 50 new ones
NOISE = 0.5  # its deviation; who knows the sine itself has a loss of NOISE ** 2 = 0.25


def wave(X: list[float], rng: Random) -> tuple[list[float], list[float]]:
    return X, [sin(x) + rng.gauss(0, NOISE) for x in X]


def trained(count: int, seed: int) -> tuple[MLP, History, tuple[list[float], list[float]]]:
    """Return a network after training on so many points, its history and the points."""
    rng = Random(seed)
    new = wave([rng.uniform(-3, 3) for _ in range(50)], rng)
    points = wave([-3 + 6 * i / (count - 1) for i in range(count)], rng)
    model = MLP(1, [20, 20, 1], "tanh", rng=seed)
    adam = optim.Adam(model.parameters(), lr=0.03)
    return model, fit(model, *points, "mse", adam, epochs=400, validation=new, progress=False), points


def measure(seed: int) -> Run:
    """Return the last loss on the training points and on new ones, and the lowest loss on new ones."""
    run = {}
    for count in 10, 100:
        _, history, _ = trained(count, seed)
        run |= {f"{count}: seen": history.losses[-1], f"{count}: new": history.validation[-1]}
        run[f"{count}: least"] = min(history.validation)
    return run


runs = [measure(seed) for seed in SEEDS]
print("The loss on the 10 or 100 points seen, on new ones, and the least on new ones:")
table(runs)


# %% Explain
def claim(runs: list[Run]) -> bool:
    """In at least 18 of 20 seeds, the network that saw 10 points has a loss below 0.025 on these and above 0.25, that
    of the noise, on new ones; the one that saw 100 has less than twice the loss on new points."""
    held = [run["10: seen"] < 0.025 and run["10: new"] > 0.25 for run in runs]
    return sum(few and run["100: new"] < 2 * run["100: seen"] for few, run in zip(held, runs)) >= 18


conclude(claim, runs, guess, "c")
say(
    f"""A loss of 0.25 is what the noise alone makes: nobody can predict it. To be below that on the points that
    it saw, {runs[0]["10: seen"]:.6f} in seed 0, a network must have learned their noise by heart. New points
    have other noise, and pay for both: {runs[0]["10: new"]:.2g}. With 100 points the same 481 weights cannot
    bend to each of them, and what is left to learn is what they have in common."""
)
say(
    f"""Only new points tell. In seed 3 their loss was once {runs[3]["10: least"]:.2g}, and then rose to
    {runs[3]["10: new"]:.2g} while the other fell to nothing. Stop at the least, and less is learned by heart:
    fit does so with patience=50."""
)
say("Next: give the network 3 hidden neurons in place of 20, 20. Then NOISE = 0.1. Does it still overfit?")


# %% Picture
def by_heart() -> object:
    left, right = panels(2)
    model, history, points = trained(10, 3)
    plot.losses(history, log=False, ax=left)
    left.set_title("The loss on 10 points, and on new ones", loc="left", fontsize=16)
    xs = [number / 50 for number in range(-150, 151)]
    right.plot(xs, [sin(x) for x in xs], color="#8A8A8A", linestyle="--", linewidth=2, label="the wave")
    right.plot(xs, answers(model, xs), color="#0B5FA5", linewidth=3, label="what it learned")
    right.plot(*points, "s", color="#B34700", markersize=9, label="the points that it saw")
    right.set_title("Through every point, and past the wave", loc="left", fontsize=16)
    right.set_xlabel("x", fontsize=14)
    right.legend(fontsize=12)
    return left


picture("overfitting.png", by_heart)

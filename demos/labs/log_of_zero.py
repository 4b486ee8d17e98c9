"""log(0): near 1 floats are 1e-16 apart, so a probability rounds to 1, and the log of what is left is infinite."""

# %% Predict
from collections.abc import Callable
from math import log
from random import Random

from demos.labs.lab import SEEDS, Run, conclude, curves, picture, predict, say, table
from engine import GradwalkError, Value
from nn import losses

guess = predict(
    "A network says how likely a yes is: p = sigmoid(s), for a score s. The larger s, the closer p is to 1. "
    "From which score on is 1 - p exactly 0, on a computer?",
    "never: it only comes closer and closer",
    "from about 700 on",
    "from about 37 on",
)


# %% Run: three ways to write the loss of a row whose answer is no
Loss = Callable[[Value], Value]
WAYS: dict[str, Loss] = {
    "log(1 - p)": lambda s: -(1 - s.sigmoid()).log(),
    "with a clip": lambda s: -(1 - s.sigmoid()).maximum(1e-12).log(),
    "on scores": lambda s: losses.binary_cross_entropy_on_logits(s, 0),  # log(1 + e**s): no p in between
}
plain, clipped, on_scores = WAYS.values()


def tried(way: Loss, number: float) -> tuple[float, float] | None:
    """Return the loss and its slope at a score; None if there is no number."""
    s = Value(number, "s")
    try:
        loss = way(s)
        loss.backward()
    except GradwalkError:
        return None
    return loss.data, s.grad


print(f"{'score':>5}{'1 - p':>9}" + "".join(f"{name:>13}{'slope':>8}" for name in WAYS))
for number in 1.0, 10.0, 30.0, 36.0, 37.0, 50.0:
    results = (tried(way, number) for way in WAYS.values())
    print(f"{number:>5.0f}{1 - Value(number).sigmoid().data:>9.1e}", end="")
    print(
        "".join(
            f"{result[0]:>13.4f}{result[1]:>8.4f}" if result else f"{'no number':>13}{'':>8}" for result in results
        )
    )
try:
    plain(Value(50.0, "s"))
except GradwalkError as error:
    say(f"What the engine says at s = 50: {error}")


# %% A weight that is sure and wrong: ten rows whose answer is no, and w = 1 says yes. Can descent turn it round?
def descend(way: Loss, points: list[float]) -> float:
    """Return the weight after 50 steps of descent."""
    w = Value(1.0, "w")
    for _ in range(50):
        w.grad = 0.0
        (sum((way(w * x) for x in points), Value(0.0)) / len(points)).backward()
        w.data -= 0.01 * w.grad
    return w.data


def measure(seed: int) -> Run:
    """Return how many rows have no number at the start, the largest slope there, and w after 50 steps."""
    rng = Random(seed)
    points = [rng.uniform(40, 80) for _ in range(10)]
    run: dict[str, float] = {"rows at log(0)": sum(tried(plain, x) is None for x in points)}
    for name, way in ("clip", clipped), ("scores", on_scores):
        slopes = [result[1] for x in points if (result := tried(way, x))]
        run |= {f"slope, {name}": max(slopes), f"w, {name}": descend(way, points)}
    return run


runs = [measure(seed) for seed in SEEDS]
print()
table(runs)


# %% Explain
def claim(runs: list[Run]) -> bool:
    """In all 20 seeds, log(1 - p) has no number for any of 10 rows; with a clip every slope is 0, and w is still 1
    after 50 steps; on scores there is a slope of 1, and w ends below 0, where all rows are right."""
    return all(
        run["rows at log(0)"] == 10
        and (run["slope, clip"], run["w, clip"]) == (0, 1)
        and abs(run["slope, scores"] - 1) < 1e-9
        and run["w, scores"] < 0
        for run in runs
    )


conclude(claim, runs, guess, "c")
say(
    f"""p is 1 / (1 + e**-s). Near 0 a float can be as small as 1e-308, but near 1 floats lie 1e-16 apart: 1 + e**-s
    rounds to 1 where e**-s is below 2**-53, from s = {53 * log(2):.1f} on. Then 1 - p is 0, and has no log. A
    clip, maximum(1e-12), gives a number again, but no slope: the rows that are most wrong teach nothing. The
    way out is algebra: -log(1 - p) is log(1 + e**s), which needs no p. Its slope is p itself, close to 1 where
    a no is taken for a yes."""
)
say("Next: the same for a yes, -log(p) at s = -37, -700 and -800. Why does it go wrong so much later?")

# %% Picture
scores = [number / 10 for number in range(200, 501)]
lines = {name: [result[0] for s in scores if (result := tried(way, s))] for name, way in WAYS.items()}
picture("log_of_zero.png", lambda: curves("The loss of a no, over the score", "score s", "loss", scores, lines))

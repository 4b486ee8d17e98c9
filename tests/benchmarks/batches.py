"""How long an epoch of `fit` takes in batches, with Adam, against NumPy written by hand; and what a metric adds.

An MLP 2-16-16-1 on 1,000 moons and an MLP 64-32-10 on all digits, 32 rows and one row at a time. Then the whole batch
of digits: with validation rows, with the accuracy, and with both, against plain `fit`, in NumPy and in JAX.
Run it: python tests/benchmarks/batches.py
"""

from __future__ import annotations

import argparse
import gc
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from race import Goals, ratio, versions
from training import LOSSES, clock

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, RATE = 9, 0.01
BY_HAND = 1.25  # times the epoch by hand that fit may take
PLAIN = 1.1  # times the epoch without a metric that one with it may take
HELD_OUT = 400  # rows of digits


@dataclass
class Case:
    """Rows, a network of tanh for them, and how a training goes through them."""

    name: str
    X: Any
    y: Any
    sizes: list[int]
    batch: int | None
    epochs: int

    @property
    def steps(self) -> int:
        return self.epochs * (1 if self.batch is None else -(-len(self.X) // self.batch))

    def model(self) -> Any:
        from nn import MLP

        return MLP(len(self.X[0]), self.sizes, "tanh", rng=0)


def by_fit(case: Case, backend: str, **options: Any) -> float:
    """Return the seconds that the epochs of `fit` take, with the history and all that it does between them."""
    from nn import fit, optim
    from nn.training.run import Training

    run, model, seconds = Training._run, case.model(), list[float]()

    def timed(training: Training, bar: bool) -> None:
        with clock() as epochs:
            run(training, bar)
        seconds.extend(epochs)

    Training._run = timed  # type: ignore[method-assign]
    try:
        optimizer = optim.Adam(model.parameters(), lr=RATE)
        loss = LOSSES[case.sizes[-1]]
        fit(model, case.X, case.y, loss, optimizer, case.epochs, case.batch, backend=backend, **options)
    finally:
        Training._run = run  # type: ignore[method-assign]
    return seconds[0]


def by_hand(case: Case) -> float:
    """Return the seconds that the same takes in NumPy: samples in rows, all weights in one array, Adam in place."""
    import numpy as np

    model, several = case.model(), case.sizes[-1] > 1
    starts = []
    for matrix, layer in zip(model.weights(), model.layers):
        starts += [np.array([[w.data for w in line] for line in matrix]), np.array([n.b.data for n in layer.neurons])]
    X, kinds = np.array(case.X), np.array(case.y)
    Y = np.eye(case.sizes[-1])[kinds] if several else kinds[:, None].astype(float)
    weights, slopes = (np.empty(sum(start.size for start in starts)) for _ in range(2))
    P, G = (views(array, starts) for array in (weights, slopes))
    for part, start in zip(P, starts):
        part[...] = start
    mean, squares, step, losses = np.zeros_like(weights), np.zeros_like(weights), 0, []
    layers, size, rng = len(case.sizes), case.batch or len(X), np.random.default_rng(0)
    with clock() as epochs:
        for _ in range(case.epochs):
            order, total = rng.permutation(len(X)), 0.0
            for start in range(0, len(X), size):
                rows = order[start : start + size]
                kept, y = [X[rows]], Y[rows]
                for at in range(layers):
                    z = kept[-1] @ P[2 * at] + P[2 * at + 1]
                    kept.append(np.tanh(z) if at < layers - 1 else z)
                z = kept[-1]
                if several:
                    z = z - z.max(1, keepdims=True)
                    powers = np.exp(z)
                    sums = powers.sum(1, keepdims=True)
                    total += np.log(sums).sum() - (y * z).sum()
                    d = (powers / sums - y) / len(rows)
                else:
                    total += (np.logaddexp(0, z) - y * z).sum()
                    d = (1 / (1 + np.exp(-z)) - y) / len(rows)
                for at in reversed(range(layers)):
                    G[2 * at][...] = kept[at].T @ d
                    G[2 * at + 1][...] = d.sum(0)
                    if at:
                        d = (d @ P[2 * at].T) * (1 - kept[at] * kept[at])
                step += 1
                mean *= 0.9
                mean += 0.1 * slopes
                squares *= 0.999
                squares += 0.001 * slopes * slopes
                scaled = np.sqrt(squares / (1 - 0.999**step)) + 1e-8
                weights -= RATE * (mean / (1 - 0.9**step)) / scaled
            losses.append(total / len(X))
    return epochs[0]


def views(array: Any, like: list[Any]) -> list[Any]:
    """Return parts of one array, in the shapes of others."""
    parts, start = [], 0
    for each in like:
        parts.append(array[start : start + each.size].reshape(each.shape))
        start += each.size
    return parts


def compared(contenders: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each contender in each round; each round begins with another one."""
    names = list(contenders)
    for name in names:  # what the first call compiles is no step's time
        contenders[name]()
    times: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            gc.collect()
            times[name].append(contenders[name]())
    return times


def cases() -> list[Case]:
    from nn import data

    digits = data.digits()
    X, y = data.normalize(digits).transform(digits)
    moons = data.moons(1000)
    return [
        Case("1,000 moons", *moons, [16, 16, 1], 32, 20),
        Case("1,000 moons", *moons, [16, 16, 1], 1, 1),
        Case("1,797 digits", X, y, [32, 10], 32, 6),
        Case("1,797 digits", X, y, [32, 10], 1, 1),
        Case("1,797 digits", X, y, [32, 10], None, 100),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of every contender in turn (default {ROUNDS})")
    options, goals = parser.parse_args(), Goals()
    print(versions("numpy", "jax"))
    print(f"Adam, float64, one core: computing time, medians of {options.rounds} rounds")
    print(f"\n{'':<16}{'rows':>6}{'by hand':>12}{'fit':>12}   µs a step")
    *in_batches, whole = cases()
    for case in in_batches:
        contenders = {"hand": lambda case=case: by_hand(case), "fit": lambda case=case: by_fit(case, "numpy")}
        times = compared(contenders, options.rounds)
        hand, ours = (median(times[name]) / case.steps * 1e6 for name in contenders)
        number = ratio(times["fit"], times["hand"])
        print(f"{case.name:<16}{case.batch:>6}{hand:>12.1f}{ours:>12.1f}{number:>8.2f}  {goals(number, BY_HAND)}")
    print(f"\n{'':<10}{'all digits, with':<28}{'ms an epoch':>12}{'of plain':>10}")
    validation = {"validation": (whole.X[:HELD_OUT], whole.y[:HELD_OUT])}
    settings: dict[str, dict[str, Any]] = {
        "nothing": {},
        "the accuracy": {"metrics": "accuracy"},
        "validation": validation,
        "validation and accuracy": {**validation, "metrics": "accuracy"},
    }
    for backend in "numpy", "jax":
        contenders = {
            name: lambda each=each, backend=backend: by_fit(whole, backend, **each) for name, each in settings.items()
        }
        times = compared(contenders, options.rounds)
        for name in settings:
            plain = "validation" if name.startswith("validation") else "nothing"
            number = ratio(times[name], times[plain])
            goal = PLAIN if "accuracy" in name else None
            line = f"{backend:<10}{name:<28}{median(times[name]) / whole.steps * 1e3:>12.2f}{number:>10.2f}"
            print(f"{line}  {goals(number, goal)}")
    raise SystemExit(goals.missed > 0)


if __name__ == "__main__":
    main()

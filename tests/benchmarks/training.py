"""How long 1,000 full-batch steps of a training take: `fit` against PyTorch's loop and a `lax.scan` written by hand.

An MLP 2-16-16-1 on 100 and 1,000 moons, and an MLP 64-32-10 on all digits; the same start and the same steps.
Run it: python tests/benchmarks/training.py
"""

from __future__ import annotations

import argparse
import gc
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from laps import clocked, laps_of_fit
from race import Goals, ratio, versions
from tanh_net import descent, mean_loss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RATE, ROUNDS, STEPS = 0.1, 15, 1_000
GOAL = 1.15  # times the steps of the scan by hand that those of fit may take in JAX
LOSSES = {1: "binary_cross_entropy_on_logits", 10: "cross_entropy"}


@dataclass
class Task:
    """Rows, their classes, and a network of tanh for them."""

    name: str
    X: Any
    y: Any
    sizes: list[int]
    steps: int

    def model(self) -> Any:
        from nn import MLP

        return MLP(len(self.X[0]), self.sizes, "tanh", rng=0)

    def arrays(self) -> list[Any]:
        """The weights at the start, a matrix of inputs × neurons and a row of biases for each layer."""
        import numpy as np

        return [np.array(part) for part in parts(self.model())]


class Lap(NamedTuple):
    """A training: seconds until its first step, seconds of its steps, and the weights at its end."""

    ready: float
    steps: float
    weights: list[float]


def parts(model: Any) -> Iterator[Any]:
    for layer, matrix in zip(model.layers, model.weights()):
        yield [[weight.data for weight in line] for line in matrix]
        yield [neuron.b.data for neuron in layer.neurons]


def flat(arrays: Any) -> list[float]:
    import numpy as np

    return np.concatenate([np.asarray(array).ravel() for array in arrays]).tolist()


def clock() -> Any:
    """Seconds of computing inside of `with`: one core is all there is, so that what else runs does not count."""
    return clocked(time.process_time)


def by_fit(task: Task, backend: str) -> Lap:
    """`fit`, with its history, and with all that it does between the steps."""
    from nn import optim

    with clock() as recorded:
        model = task.model()
        optimizer = optim.SGD(model.parameters(), lr=RATE)
    ready, steps = laps_of_fit(
        time.process_time, model, task.X, task.y, LOSSES[task.sizes[-1]], optimizer, task.steps, backend=backend
    )
    return Lap(recorded[0] + ready, steps, flat(parts(model)))


def by_torch(task: Task) -> Lap:
    """The loop of PyTorch's tutorials, with a list of the losses."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(1)
    several, losses = task.sizes[-1] > 1, []
    with clock() as ready:
        arrays = [torch.tensor(array, requires_grad=True) for array in task.arrays()]
        X, y = torch.tensor(task.X, dtype=torch.float64), torch.tensor(task.y)
        y = y if several else y.double()[:, None]
        optimizer = torch.optim.SGD(arrays, lr=RATE)
    with clock() as steps:
        for _ in range(task.steps):
            h = X
            for number, (W, b) in enumerate(zip(arrays[::2], arrays[1::2])):
                h = torch.addmm(b, torch.tanh(h) if number else h, W)
            loss = F.cross_entropy(h, y) if several else F.binary_cross_entropy_with_logits(h, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return Lap(ready[0], steps[0], flat(array.detach() for array in arrays))


def by_scan(task: Task, columns: bool) -> Lap:
    """All steps in one compiled `lax.scan` over `value_and_grad`; samples are rows or columns."""
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)
    several = task.sizes[-1] > 1
    run = descent(mean_loss(task.sizes[-1], columns), RATE, task.steps)
    with clock() as ready:
        X, arrays = jnp.array(task.X), [jnp.array(array) for array in task.arrays()]
        y = jnp.eye(task.sizes[-1])[jnp.array(task.y)] if several else jnp.array(task.y, X.dtype)[:, None]
        X, y = (X.T, y.T) if columns else (X, y)
        compiled = jax.jit(run).lower(arrays, X, y).compile()
    with clock() as steps:
        arrays, losses = compiled(arrays, X, y)
        losses.tolist()
    return Lap(ready[0], steps[0], flat(arrays))


CONTENDERS: dict[str, Callable[[Task], Lap]] = {
    "PyTorch's loop": by_torch,
    "fit, NumPy": lambda task: by_fit(task, "numpy"),
    "fit, PyTorch": lambda task: by_fit(task, "torch"),
    "lax.scan, rows": lambda task: by_scan(task, columns=False),
    "lax.scan, columns": lambda task: by_scan(task, columns=True),
    "fit, JAX": lambda task: by_fit(task, "jax"),
}


def tasks(steps: int) -> list[Task]:
    from nn import data

    digits = data.digits()
    X, y = data.normalize(digits).transform(digits)
    moons = [Task(f"{count:,} moons", *data.moons(count), [16, 16, 1], steps) for count in (100, 1000)]
    return [*moons, Task(f"{len(y):,} digits", X, y, [32, 10], steps)]


def agree(laps: dict[str, list[Lap]]) -> None:
    """The same weights in the end, or no race."""
    (first, mine), *others = laps.items()
    for name, theirs in others:
        apart = max(abs(a - b) / max(abs(a), 1e-3) for a, b in zip(mine[-1].weights, theirs[-1].weights, strict=True))
        if not apart < 1e-6:
            raise SystemExit(f"{name} and {first} end at other weights: they are {apart:.0e} apart.")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of every contender in turn (default {ROUNDS})")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"steps of a training (default {STEPS:,})")
    options, goals = parser.parse_args(), Goals()
    print(versions("numpy", "torch", "jax"))
    print(
        f"{options.steps:,} full-batch steps, float64, one core: computing time, medians of {options.rounds} rounds"
    )
    names = list(CONTENDERS)
    for task in tasks(options.steps):
        laps: dict[str, list[Lap]] = {name: [] for name in names}
        for turn in range(options.rounds):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                gc.collect()
                gc.freeze()  # what is here already is no contender's garbage
                laps[name].append(CONTENDERS[name](task))
        agree(laps)
        times = {name: [lap.steps for lap in laps[name]] for name in names}
        scan = min((name for name in names if "scan" in name), key=lambda name: median(times[name]))
        shown = [name for name in names if "scan" not in name or name == scan]
        print(f"\n{task.name:<20}{'to get ready':>14}{'steps':>10}{'of PyTorch':>12}{'of the scan':>13}")
        for name in shown:
            ready = median(lap.ready for lap in laps[name])
            of_torch, of_scan = (ratio(times[name], times[base]) for base in (names[0], scan))
            told = goals(of_scan, GOAL if name == "fit, JAX" else None)
            print(
                f"  {name:<18}{ready:>12.2f} s{median(times[name]):>8.3f} s{of_torch:>12.2f}{of_scan:>13.2f}  {told}"
            )
    raise SystemExit(goals.missed > 0)


if __name__ == "__main__":
    main()

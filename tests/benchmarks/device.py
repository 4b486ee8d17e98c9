"""A step of a compiled program and a whole `fit`, beside the same by hand in JAX, on the device that JAX finds.

An MLP 2-16-16-1 on moons and an MLP 64-256-256-10 on random rows, in float64 and float32, at 100 and 100,000 rows. A
time is the clock's, from a call until its results are there; without a GPU it is the processor's, so that what else
the machine does matters little. By hand, samples are rows or columns, and the faster one counts; a training is one
`lax.scan` over the same steps from the same weights, and its compilation does not count, nor does that of `fit`.
Run it on a machine with a GPU, or without one: python tests/benchmarks/device.py [--rows 100] [--steps 1000]
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from laps import clocked, laps_of_fit
from tanh_net import descent, mean_loss

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the checkout of this file, installed or not

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS, STEPS, ROUNDS, TRAININGS = (100, 100_000), 1_000, 15, 5
LAP = 0.2  # seconds of a step that is repeated
SIDES = {"rows by hand": False, "columns by hand": True}
RATE = 0.1
DTYPES = {"float64": 1e-8, "float32": 2e-3}  # and how far apart results may be, relative to the largest
GOAL = 1.15  # of the time by hand
MOST = 1e7  # rows times steps of a training: with more rows, it takes fewer steps


@dataclass
class Task:
    """Rows, their classes, and the sizes of the network for them."""

    name: str
    X: Any
    y: Any
    sizes: list[int]

    @property
    def loss(self) -> str:
        return "cross_entropy" if self.sizes[-1] > 1 else "binary_cross_entropy_on_logits"

    def model(self) -> Any:
        from nn import MLP

        return MLP(len(self.X[0]), self.sizes, "tanh", rng=0)

    def targets(self) -> Any:
        """The targets as columns of numbers: one for each class, or a single one."""
        import numpy as np

        return np.eye(self.sizes[-1])[self.y] if self.sizes[-1] > 1 else np.array(self.y, float)[:, None]


def tasks(rows: int) -> list[Task]:
    import numpy as np

    from nn import data

    rng = np.random.default_rng(0)
    wide = rng.normal(size=(rows, 64))
    classes = (wide @ rng.normal(size=(64, 10))).argmax(1)
    return [
        Task("2-16-16-1", *data.moons(rows), [16, 16, 1]),
        Task("64-256-256-10", wide.tolist(), classes.tolist(), [256, 256, 10]),
    ]


def weights_of(model: Any, dtype: str) -> list[Any]:
    """Return a matrix of inputs × neurons and a row of biases for each layer."""
    import numpy as np

    arrays = []
    for layer, matrix in zip(model.layers, model.weights()):
        arrays += [[[weight.data for weight in line] for line in matrix], [n.b.data for n in layer.neurons]]
    return [np.array(array, dtype) for array in arrays]


def flat(arrays: Sequence[Any]) -> Any:
    """Return all numbers in the order of `model.parameters()`: a neuron's weights, then its bias."""
    import numpy as np

    pairs = zip(arrays[::2], arrays[1::2])
    return np.concatenate([np.vstack([np.asarray(W), np.asarray(b)[None]]).T.ravel() for W, b in pairs])


def by_hand(task: Task, dtype: str, columns: bool) -> tuple[Any, tuple[Any, Any]]:
    """Return a function of (arrays, X, y) that gives the mean loss, and X and y as it takes them."""
    from jax import numpy as jnp

    X, y = jnp.array(task.X, dtype), jnp.array(task.targets(), dtype)
    return mean_loss(task.sizes[-1], columns), (X.T, y.T) if columns else (X, y)


def step_by_hand(task: Task, dtype: str, columns: bool) -> Callable[[], tuple[Any, Any]]:
    """Return a call that computes the loss and its gradients for all rows."""
    import jax

    loss, rows = by_hand(task, dtype, columns)
    arrays = [jax.numpy.array(array) for array in weights_of(task.model(), dtype)]
    run = jax.jit(jax.value_and_grad(loss))
    return lambda: jax.block_until_ready(run(arrays, *rows))


def step_of_program(task: Task, dtype: str) -> Callable[[], tuple[Any, Any]]:
    """Return the same of a program that is compiled from one sample's graph."""
    import jax
    import numpy as np

    from engine import Value, compile
    from nn import losses

    model = task.model()
    inputs, targets = [Value(0.0) for _ in task.X[0]], [Value(0.0) for _ in range(task.sizes[-1])]
    scores = model(inputs)
    if len(targets) > 1:
        targets[0].data = 1.0
        loss = losses.cross_entropy(scores, targets)
    else:
        loss = losses.binary_cross_entropy_on_logits(scores, targets[0])
    run = compile(loss, [*inputs, *targets], model.parameters()).to_jax(dtype)
    numbers = jax.numpy.array([weight.data for weight in model.parameters()], dtype)
    rows = jax.numpy.array(np.hstack([np.array(task.X), task.targets()]), dtype)
    return lambda: jax.block_until_ready(run(numbers, rows))


def training_by_hand(task: Task, dtype: str, columns: bool, steps: int) -> tuple[float, float, Any]:
    """Train by one compiled `lax.scan`; return the seconds to get ready and of the steps, and the weights."""
    import jax

    with clocked(clock()) as ready:
        loss, rows = by_hand(task, dtype, columns)
        arrays = [jax.numpy.array(array) for array in weights_of(task.model(), dtype)]
        compiled = jax.jit(descent(loss, RATE, steps)).lower(arrays, *rows).compile()
    with clocked(clock()) as lap:
        arrays, losses = compiled(arrays, *rows)
        losses.tolist()
    return ready[0], lap[0], flat(arrays)


def training_by_fit(task: Task, dtype: Any, steps: int) -> tuple[float, float, Any]:
    """Train by `fit`, and return the same."""
    import numpy as np

    from nn import optim

    model = task.model()
    optimizer = optim.SGD(model.parameters(), lr=RATE)
    options = {"backend": "jax", "dtype": dtype}
    ready, lap = laps_of_fit(clock(), model, task.X, task.y, task.loss, optimizer, steps, **options)
    return ready, lap, np.array([weight.data for weight in model.parameters()])


def clock() -> Callable[[], float]:
    """Return the clock: the processor's where all is computed there."""
    import jax

    return time.process_time if jax.default_backend() == "cpu" else time.perf_counter


def seconds(work: Callable[[], Any], times: int = 1) -> float:
    with clocked(clock()) as lap:
        for _ in range(times):
            work()
    return lap[0] / times


def race(works: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each in each round; each runs once before, and each round begins with another one."""
    for work in works.values():
        work()
    counts = {name: max(1, int(LAP / seconds(work))) for name, work in works.items()}
    times: dict[str, list[float]] = {name: [] for name in works}
    names = list(works)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            gc.collect()
            times[name].append(seconds(works[name], counts[name]))
    return times


def race_of_trainings(name: str, task: Task, dtype: str, steps: int, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of a step of each in each round; print what comes before the steps."""
    trainings: dict[str, Callable[[], Any]] = {"fit": partial(training_by_fit, task, dtype, steps)}
    for side, columns in SIDES.items():
        trainings[side] = partial(training_by_hand, task, dtype, columns, steps)
    times: dict[str, list[float]] = {each: [] for each in trainings}
    ready: dict[str, list[float]] = {each: [] for each in trainings}
    for _ in range(rounds):
        ends = {}
        for each, training in trainings.items():
            gc.collect()
            before, lap, ends[each] = training()
            ready[each].append(before)
            times[each].append(lap / steps)
        agree(name, ends["fit"], ends["rows by hand"], dtype)
    shown = ", ".join(f"{each} {median(seconds):.2f} s" for each, seconds in ready.items())
    print(f"  to get ready: {shown}")
    return times


def tell(name: str, ours: str, times: dict[str, list[float]]) -> None:
    """Print our time, the faster one by hand, and the median of their ratios."""
    peer = min((other for other in times if other != ours), key=lambda other: median(times[other]))
    ratio = median(our / their for our, their in zip(times[ours], times[peer]))
    missed = "" if ratio <= GOAL else ": MISSED"
    shown = [f"{1e3 * median(times[each]):>10.3f} ms" for each in (ours, peer)]
    print(f"{name:<44}{shown[0]}{shown[1]}  {peer:<16}{ratio:>7.3f}   at most {GOAL}{missed}", flush=True)


def agree(name: str, ours: Any, theirs: Any, dtype: str) -> None:
    """The same numbers, or no race."""
    import numpy as np

    apart = float(np.abs(np.asarray(ours) - theirs).max() / np.abs(theirs).max())
    if not apart < DTYPES[dtype]:
        raise SystemExit(f"{name}: ours and those by hand are {apart:.0e} apart.")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS, help="how many rows (default 100 and 100,000)")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"steps of a training (default {STEPS:,})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of each in turn (default {ROUNDS})")
    options = parser.parse_args()
    import jax

    jax.config.update("jax_enable_x64", True)
    device = jax.devices()[0]
    print(f"JAX {jax.__version__} on {device.device_kind} ({device.platform}); medians of {options.rounds} rounds")
    print(f"{'':<44}{'ours':>13}{'by hand':>13}")
    for rows in options.rows:
        for task in tasks(rows):
            for dtype in DTYPES:
                name = f"{task.name}, {rows:,} rows, {dtype}"
                works: dict[str, Callable[[], Any]] = {"step": step_of_program(task, dtype)}
                works |= {side: step_by_hand(task, dtype, columns) for side, columns in SIDES.items()}
                _, slopes = works["rows by hand"]()
                agree(name, works["step"]()[1], flat(slopes), dtype)
                tell(f"step, {name}", "step", race(works, options.rounds))
                steps = max(30, min(options.steps, int(MOST / rows)))
                times = race_of_trainings(name, task, dtype, steps, min(options.rounds, TRAININGS))
                tell(f"fit, {name}", "fit", times)


if __name__ == "__main__":
    main()

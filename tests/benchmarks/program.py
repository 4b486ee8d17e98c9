"""How fast compiled programs are, against arrays written by hand, and how long it takes to compile one.

The gradient of a whole batch: an MLP 2-16-16-1 with the hinge loss on 100, 1,000 and 100,000 moons, and an MLP
64-32-10 with cross-entropy on all digits. Run it: python tests/benchmarks/program.py
"""

from __future__ import annotations

import argparse
import gc
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from race import Goals, agree, race, ratio, versions

if TYPE_CHECKING:
    from collections.abc import Callable

    from race import Work

    Contender = tuple[Work, Callable[[Any], Any]]  # its step, and what lines its gradients up with ours
    Record = Callable[[], tuple[Any, list[Any], list[Any]]]  # gives the output, the inputs and the parameters

# Of a gradient's time, how many times as much as each peer's ours may take at most.
TARGETS = {
    "100 moons": {"NumPy": 1.25, "PyTorch": 0.35, "CasADi": 0.12},
    "100,000 moons": {"NumPy": 0.65, "PyTorch": 1.0},
}
FASTER = 5.0  # times as fast as node by node an irregular graph runs on a batch, at least
ROUNDS, BATCH, STEPS = 11, 100, 2_800


@dataclass
class Problem:
    """A model and its data, rows of features and rows of targets; what one sample's loss is."""

    name: str
    model: Any
    X: Any
    Y: Any  # a column of -1 and 1, or a one-hot column a class

    def record(self) -> tuple[Any, list[Any]]:
        """One sample's loss, and its inputs and targets."""
        from engine import Value
        from nn import losses

        inputs, targets = ([Value(number) for number in row] for row in (self.X[0].tolist(), self.Y[0].tolist()))
        output = self.model(inputs)
        hinge = len(targets) == 1
        return (1 - targets[0] * output).relu() if hinge else losses.cross_entropy(output, targets), inputs + targets

    def arrays(self) -> tuple[list[Any], list[Any]]:
        """The model's weights, neurons × inputs, and its biases, a layer each."""
        import numpy as np

        layers = [layer.neurons for layer in self.model.layers]
        weights = [np.array([[w.data for w in neuron.w] for neuron in layer]) for layer in layers]
        return weights, [np.array([neuron.b.data for neuron in layer]) for layer in layers]


def moons(rows: int) -> Problem:
    import numpy as np

    from nn import MLP, data

    X, y = data.moons(rows, noise=0.1, seed=1)
    return Problem(f"{rows:,} moons", MLP(2, [16, 16, 1], "relu", rng=1), np.array(X), 2.0 * np.array(y)[:, None] - 1)


def digits() -> Problem:
    import numpy as np

    from nn import MLP, data

    X, y = data.digits()
    return Problem(f"{len(y):,} digits", MLP(64, [32, 10], "relu", rng=1), np.array(X) / 16, np.eye(10)[list(y)])


def flat(dW: list[Any], db: list[Any]) -> Any:
    """Gradients in the order of the model's parameters: each neuron's weights, then its bias."""
    import numpy as np

    return np.concatenate([np.hstack([np.asarray(w), np.asarray(b).reshape(-1, 1)]).ravel() for w, b in zip(dW, db)])


# -- the contenders: each makes a step, the loss and its gradients, of a problem -------------------------------------


def gradwalk(problem: Problem, backend: str = "numpy") -> Contender:
    import numpy as np

    from engine import compile

    program = compile(*problem.record(), problem.model.parameters())
    rows, numbers = np.hstack([problem.X, problem.Y]), program.numbers()
    if backend == "numpy":
        return lambda: program.value_and_grad(rows, numbers), lambda slopes: slopes
    import jax

    run, there = program.to_jax(), (jax.numpy.asarray(numbers), jax.numpy.asarray(rows))
    return lambda: jax.block_until_ready(run(*there)), lambda slopes: slopes


def numpy_rows(problem: Problem) -> Contender:
    """One row a sample: Z = H Wᵀ + b."""
    import numpy as np

    (W, B), X, Y, share = problem.arrays(), problem.X, problem.Y, 1 / len(problem.X)

    def work() -> tuple[Any, Any]:
        kept = [X]
        for w, b in zip(W[:-1], B):
            h = kept[-1] @ w.T
            h += b
            kept.append(np.maximum(h, 0, out=h))
        scores = kept[-1] @ W[-1].T
        scores += B[-1]
        if Y.shape[1] == 1:
            margin = 1 - Y * scores
            loss, d = np.maximum(margin, 0).sum() * share, -share * Y * (margin > 0)
        else:
            powers = np.exp(scores)
            sums = powers.sum(1, keepdims=True)
            loss, d = (np.log(sums).sum() - (Y * scores).sum()) * share, (powers / sums - Y) * share
        dW, db = [], []
        for at in reversed(range(len(W))):
            dW.append(d.T @ kept[at])
            db.append(d.sum(0))
            if at:
                d = d @ W[at]
                d *= kept[at] > 0
        return loss, (dW[::-1], db[::-1])

    return work, lambda slopes: flat(*slopes)


def numpy_columns(problem: Problem) -> Contender:
    """One column a sample: Z = W H + b."""
    import numpy as np

    (W, B), X, Y, share = problem.arrays(), problem.X.T.copy(), problem.Y.T.copy(), 1 / len(problem.X)
    B = [b[:, None] for b in B]

    def work() -> tuple[Any, Any]:
        kept = [X]
        for w, b in zip(W[:-1], B):
            h = w @ kept[-1]
            h += b
            kept.append(np.maximum(h, 0, out=h))
        scores = W[-1] @ kept[-1]
        scores += B[-1]
        if len(Y) == 1:
            margin = 1 - Y * scores
            loss, d = np.maximum(margin, 0).sum() * share, -share * Y * (margin > 0)
        else:
            powers = np.exp(scores)
            sums = powers.sum(0)
            loss, d = (np.log(sums).sum() - (Y * scores).sum()) * share, (powers / sums - Y) * share
        dW, db = [], []
        for at in reversed(range(len(W))):
            dW.append(d @ kept[at].T)
            db.append(d.sum(1))
            if at:
                d = W[at].T @ d
                d *= kept[at] > 0
        return loss, (dW[::-1], db[::-1])

    return work, lambda slopes: flat(*slopes)


def pytorch(problem: Problem, columns: bool) -> Contender:
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(1)
    W, B = ([torch.tensor(array, requires_grad=True) for array in arrays] for arrays in problem.arrays())
    X, Y = (torch.tensor(each.T.copy() if columns else each) for each in (problem.X, problem.Y))
    classes = torch.tensor(problem.Y.argmax(1))
    moons = problem.Y.shape[1] == 1

    def work() -> tuple[Any, Any]:
        h = X
        for number, (w, b) in enumerate(zip(W, B)):
            h = torch.relu(h) if number else h
            h = torch.addmm(b[:, None], w, h) if columns else F.linear(h, w, b)
        loss = torch.relu(1 - Y * h).mean() if moons else F.cross_entropy(h.T if columns else h, classes)
        slopes = torch.autograd.grad(loss, [*W, *B])
        return loss.item(), (slopes[: len(W)], slopes[len(W) :])

    return work, lambda slopes: flat(*slopes)


def jax_by_hand(problem: Problem, columns: bool) -> Contender:
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)
    X, Y = (jnp.asarray(each.T.copy() if columns else each) for each in (problem.X, problem.Y))
    axis = 0 if columns else 1

    def loss(parameters: Any, X: Any, Y: Any) -> Any:
        h = X
        for number, (w, b) in enumerate(zip(*parameters)):
            h = jax.nn.relu(h) if number else h
            h = w @ h + b[:, None] if columns else h @ w.T + b
        if Y.shape[axis] == 1:
            return jax.nn.relu(1 - Y * h).mean()
        return (jax.nn.logsumexp(h, axis) - (Y * h).sum(axis)).mean()

    run = jax.jit(jax.value_and_grad(loss))
    parameters = jax.tree.map(jnp.asarray, problem.arrays())
    return lambda: jax.block_until_ready(run(parameters, X, Y)), lambda slopes: flat(*slopes)


def casadi(problem: Problem) -> Contender:
    """One sample's loss and gradient as one function of scalars, mapped over the samples and added up on the way."""
    import casadi as ca
    import numpy as np

    x, y = ca.SX.sym("x", problem.X.shape[1]), ca.SX.sym("y", problem.Y.shape[1])
    parameters, h = [], x
    for number, w in enumerate(problem.arrays()[0]):
        W, b = ca.SX.sym("W", *w.shape), ca.SX.sym("b", len(w))
        h = ca.mtimes(W, ca.fmax(h, 0) if number else h) + b
        parameters.append(ca.vec(ca.horzcat(W, b).T))
    one = ca.fmax(1 - y * h, 0) if y.numel() == 1 else ca.log(ca.sum1(ca.exp(h))) - ca.dot(y, h)
    p = ca.vertcat(*parameters)
    sample = ca.Function("sample", [p, ca.vertcat(x, y)], [one, ca.gradient(one, p)])
    mapped = sample.map("mapped", "serial", len(problem.X), [0], [0, 1])
    buffer, run = mapped.buffer()  # CasADi's call without conversions
    numbers, rows = flat(*problem.arrays()), np.hstack([problem.X, problem.Y])
    loss, slopes = np.zeros(1), np.zeros(len(numbers))
    arrays = (numbers, rows.reshape(-1)), (loss, slopes)
    for put, side in zip((buffer.set_arg, buffer.set_res), arrays):
        for at, array in enumerate(side):
            put(at, memoryview(array))

    def work(alive: Any = (buffer, arrays)) -> tuple[Any, Any]:  # CasADi only has their addresses
        run()
        return loss[0] / len(rows), slopes / len(rows)

    return work, lambda slopes: slopes


def micrograd(problem: Problem) -> Contender:
    from micrograd.engine import Value

    W, B = problem.arrays()
    layers = [[([Value(w) for w in ws], Value(b)) for ws, b in zip(*each)] for each in zip(W, B)]
    parameters = [value for layer in layers for ws, b in layer for value in (*ws, b)]
    samples = list(zip(problem.X.tolist(), problem.Y[:, 0].tolist()))

    def work() -> tuple[Any, Any]:
        for value in parameters:
            value.grad = 0
        total = Value(0)
        for x, y in samples:
            h = x
            for layer in layers:
                h = [sum((w * each for w, each in zip(ws, h)), b) for ws, b in layer]
                h = h if layer is layers[-1] else [each.relu() for each in h]
            total += (1 + -y * h[0]).relu()
        loss = total * (1 / len(samples))
        loss.backward()
        return loss.data, [value.grad for value in parameters]

    return work, lambda slopes: slopes


CONTENDERS: dict[str, Callable[[Problem], Contender]] = {
    "Gradwalk": gradwalk,
    "Gradwalk over JAX": partial(gradwalk, backend="jax"),
    "NumPy, rows": numpy_rows,
    "NumPy, columns": numpy_columns,
    "PyTorch, rows": partial(pytorch, columns=False),
    "PyTorch, columns": partial(pytorch, columns=True),
    "JAX, rows": partial(jax_by_hand, columns=False),
    "JAX, columns": partial(jax_by_hand, columns=True),
    "CasADi": casadi,
    "micrograd": micrograd,
}


def lined_up(work: Work, line_up: Callable[[Any], Any]) -> Work:
    def check() -> tuple[Any, Any]:
        loss, slopes = work()
        return loss, line_up(slopes)

    return check


def batch(problem: Problem, rounds: int, goals: Goals) -> None:
    """Race all contenders on one problem, and print how they did; of two layouts, the better."""
    works: dict[str, Work] = {}
    checks: dict[str, Work] = {}
    for name, make in CONTENDERS.items():
        if name == "micrograd" and problem.name != "100 moons":
            continue
        try:
            work, line_up = make(problem)
        except ImportError:
            continue
        works[name] = work
        checks[name] = lined_up(work, line_up)
    agree(checks)
    times = race(works, rounds)
    best: dict[str, str] = {}  # peer -> contender
    for name in times:
        peer = name.split(",")[0]
        if peer not in best or median(times[name]) < median(times[best[peer]]):
            best[peer] = name
    for peer, name in best.items():
        number = ratio(times["Gradwalk"], times[name])
        goal = goals(number, TARGETS.get(problem.name, {}).get(peer))
        print(f"{problem.name:<15}{name:<20}{1e6 * median(times[name]):>12,.0f}{number:>14.3f}   {goal}".rstrip())


# -- compiling: each graph gives a function that records it, and nothing else ---------------------------------------


def whole_batch() -> Record:
    """micrograd's demo: 100 moons, the hinge loss and a penalty on all weights, in one graph."""
    from nn import MLP, data

    model, (X, y) = MLP(2, [16, 16, 1], "relu", rng=1), data.moons(100, noise=0.1, seed=1)
    weights, labels = model.parameters(), [2.0 * kind - 1 for kind in y]

    def record() -> tuple[Any, list[Any], list[Any]]:
        scores = [(1 - label * model(x)).relu() for x, label in zip(X, labels)]
        return sum(scores) / len(scores) + 1e-4 * sum(w * w for w in weights), [], weights

    return record


def one_sample() -> Record:
    problem = moons(100)
    weights = problem.model.parameters()
    return lambda: (*problem.record(), weights)


def tiny_gpt() -> Record:
    from gpt import Model

    model = Model(8)

    def record() -> tuple[Any, list[Any], list[Any]]:
        inputs, _, loss = model.record(model.word)
        return loss, inputs, model.weights

    return record


def irregular() -> Record:
    """About 10,000 nodes of all operations, at random."""
    from strategies import recipe

    cooked = recipe(random.Random(0), leaves=20, steps=STEPS)

    def record() -> tuple[Any, list[Any], list[Any]]:
        leaves, root = cooked.values()
        return root, leaves[:10], leaves[10:]

    return record


GRAPHS = {"100 moons, whole": whole_batch, "one moon": one_sample, "tiny GPT": tiny_gpt, "irregular": irregular}

# How many times as long as to record a graph it may take to compile it; what is small takes a few milliseconds.
GOALS = {"100 moons, whole": 2.0, "one moon": None, "tiny GPT": 2.0, "irregular": 5.0}


def timed(record: Record) -> tuple[float, float, Any]:
    """Seconds to record a graph and to compile it, and the program."""
    from engine import compile
    from engine.program import program as module

    module._codes.clear()  # else it would know the graph from the time before
    since = time.perf_counter()
    graph = record()
    recorded = time.perf_counter()
    program = compile(*graph)
    return recorded - since, time.perf_counter() - recorded, program


def compiling(rounds: int, goals: Goals) -> None:
    """What each graph rolls into, and how long that takes, next to recording it: once in a process, and again."""
    print(f"{'graph of':<18}{'nodes':>9}{'operations':>12}{'record, ms':>12}{'compile, ms':>13}{'ratio':>8}", end="")
    print(f"{'again':>8}   goal")
    for name, make in GRAPHS.items():
        record = make()
        _, _, program = timed(record)
        command = [sys.executable, __file__, "--first", name]
        first, again = [], []
        for _ in range(rounds):
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            first.append([float(seconds) for seconds in done.stdout.split()])
            gc.collect()
            again.append(timed(record))
        number, later = (median(compiled / recorded for recorded, compiled, *_ in each) for each in (first, again))
        recorded, compiled = (1e3 * median(each) for each in zip(*first))
        goal = goals(number, GOALS[name])
        counts = f"{program.nodes:>9,}{program.operations:>12,}"
        print(f"{name:<18}{counts}{recorded:>12.1f}{compiled:>13.1f}{number:>8.2f}{later:>8.2f}   {goal}")


def irregular_run(rounds: int, goals: Goals) -> None:
    """The irregular graph on a batch, against node by node; all rows are alike, which changes nothing."""
    import numpy as np

    from engine import compile

    record = irregular()
    root, inputs, parameters = record()
    program = compile(root, inputs, parameters)
    rows, numbers = np.array([[leaf.data for leaf in inputs]] * BATCH), program.numbers()

    def eager() -> tuple[Any, Any]:
        root, _, parameters = record()
        root.backward()
        return root.data, [leaf.grad for leaf in parameters]

    def compiled() -> tuple[Any, Any]:
        return program.value_and_grad(rows, numbers)

    agree({"compiled": compiled, "node by node": eager})
    times = race({"compiled": compiled, "node by node": eager}, rounds)
    number = BATCH / ratio(times["compiled"], times["node by node"])
    print(f"\nirregular, {BATCH} rows: node by node takes {number:.0f} times ours   {goals(number, FASTER, True)}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description="Compiled programs against arrays written by hand.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds (default {ROUNDS})")
    parser.add_argument("--only", default="", help="100, 1,000, 100,000, digits or compile")
    parser.add_argument("--first", choices=GRAPHS, help="record and compile this graph once, and print the seconds")
    options = parser.parse_args()
    if options.first:
        import engine.program.program  # noqa: F401 - whoever has NumPy loaded waits for no import

        record = GRAPHS[options.first]()
        print(*timed(record)[:2])
        return 0
    goals = Goals()
    print(versions("numpy", "torch", "jax", "casadi", "micrograd"), end=f"; {options.rounds} rounds\n\n")
    problems = {f"{rows:,}": partial(moons, rows) for rows in (100, 1_000, 100_000)} | {"digits": digits}
    if options.only != "compile":
        print(f"{'gradient of':<15}{'':<20}{'µs':>12}{'ours / theirs':>14}   goal")
    for name, problem in problems.items():
        if options.only in ("", name):
            batch(problem(), options.rounds, goals)
            print()
    if options.only in ("", "compile"):
        compiling(min(options.rounds, 7), goals)
        irregular_run(min(options.rounds, 5), goals)
    print(f"{goals.missed or 'No'} goal{'s' * (goals.missed != 1)} missed.")
    return bool(goals.missed)


if __name__ == "__main__":
    sys.exit(main())

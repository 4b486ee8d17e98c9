"""How fast every kind of graph is by the calls that a user makes: one table, each line with its peer in one process.

A line is the median of a peer's and our times, in float64 on one thread, and of the ratios of interleaved pairs: each
pair runs one right after the other, of the processor's time, so that what else the machine does matters little.
A goal is a ratio, or a time. Run it: python tests/benchmarks/table.py [--row NAME]
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any

from race import Goals, agree, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Work = Callable[[], Any]
    Graph = tuple[Any, list[Any], list[Any]]  # the output, the inputs and the parameters

PAIRS, LAP = 15, 0.03  # pairs of a line, and seconds of a lap that is repeated
OURS = "Gradwalk"
STEPS, UNITS, WIDTH = 50, 16, 2  # of the recurrent net
ROUNDS_OF_SECONDS = 3  # of what takes seconds each time


class Table:
    """Prints lines, and counts what was missed.

    - `pairs`: the pairs of a line.
    """

    def __init__(self, pairs: int) -> None:
        self.pairs, self.goals = pairs, Goals()

    def head(self) -> None:
        """Print the names of the columns."""
        print(f"{'':<36}{'ours':>10}{'peer':>10}  {'':<22}{'ours / peer':>11}   goal")

    def line(
        self, name: str, times: Mapping[str, list[float]], peer: str, most: float | None = None, seconds: float = 0.0
    ) -> None:
        """Print a line: `most` is the ratio that is the goal, or `seconds` the time."""
        ours, theirs = times[OURS], times[peer]
        ratio = median(our / their for our, their in zip(ours, theirs))
        goal = self.goals(ratio, most)
        if seconds:
            met = median(ours) <= seconds
            self.goals.missed += not met
            goal = f"at most {_short(seconds)}{'' if met else ': MISSED'}"
        print(f"{name:<36}{_short(median(ours)):>10}{_short(median(theirs)):>10}  {peer:<22}{ratio:>11.3f}   {goal}")

    def race(
        self, works: Mapping[str, Work], pairs: int | None = None, repeat: bool = True
    ) -> dict[str, list[float]]:
        """Return the seconds of each in each round: one after the other, each round begins with another one.

        Where they `repeat`, each runs once before, and so often in a lap that it can be measured.
        """
        counts = dict.fromkeys(works, 1)
        for name, work in works.items():
            if repeat:
                work()
                counts[name] = max(1, int(LAP / max(min(_seconds(work, 1) for _ in range(2)), 1e-7)))
        times: dict[str, list[float]] = {name: [] for name in works}
        names = list(works)
        for turn in range(pairs or self.pairs):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                gc.collect()
                times[name].append(_seconds(works[name], counts[name]) / counts[name])
        return times


def _seconds(work: Work, times: int) -> float:
    since = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - since


def _short(seconds: float) -> str:
    """Return a time as text.

    >>> _short(0.00012), _short(0.0123), _short(2.5)
    ('120 µs', '12.3 ms', '2.50 s')
    """
    if seconds < 1e-5:
        return f"{1e6 * seconds:.2f} µs"
    if seconds < 1e-3:
        return f"{1e6 * seconds:.0f} µs"
    return f"{1e3 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"


def _rows(graph: Graph, count: int) -> Any:
    """Return rows around the numbers that a graph's inputs have."""
    import numpy as np

    numbers = np.array([leaf.data for leaf in graph[1]])
    return numbers * np.random.default_rng(0).uniform(0.9, 1.1, (count, len(numbers)))


# -- the documented call --------------------------------------------------------------------------------------------


def default_call(table: Table) -> None:
    """Run the call that reads the Values beside the one that is given their numbers, and PyTorch's step."""
    import numpy as np

    from engine import Value, compile
    from nn import MLP, losses

    model = MLP(784, [64, 10], rng=0)
    inputs, targets = ([Value(0.1) for _ in range(size)] for size in (784, 10))
    program = compile(losses.mse(model(inputs), targets), inputs + targets, model.parameters())
    numbers = program.numbers()
    for count in (1, 100, 1_000):
        X = np.random.default_rng(0).uniform(-1, 1, (count, 794))
        works = {
            OURS: partial(program.value_and_grad, X),
            "given the numbers": partial(program.value_and_grad, X, numbers),
        }
        table.line(f"784-64-10, default call, {count:,}", table.race(works), "given the numbers", 1.15)


def of_numpy(table: Table) -> None:
    """Run the default call of the small net beside NumPy by hand, in rows and in columns: the faster one counts."""
    from program import lined_up, moons, numpy_columns, numpy_rows

    from engine import compile

    for count, most in ((1, 1.0), (100, 1.25)):
        problem = moons(100)
        program = compile(*problem.record(), problem.model.parameters())
        problem.X, problem.Y = problem.X[:count].copy(), problem.Y[:count].copy()
        rows = _side_by_side(problem.X, problem.Y)
        by_hand = {"NumPy, rows": numpy_rows(problem), "NumPy, columns": numpy_columns(problem)}
        ours: dict[str, Any] = {OURS: lambda program=program, rows=rows: program.value_and_grad(rows)}
        agree(ours | {name: lined_up(*each) for name, each in by_hand.items()})
        times = table.race(ours | {name: work for name, (work, _) in by_hand.items()})
        faster = min(by_hand, key=lambda name: median(times[name]))
        table.line(f"2-16-16-1, default call, {count}", times, faster, most)


def _side_by_side(X: Any, Y: Any) -> Any:
    import numpy as np

    return np.hstack([X, Y])


# -- irregular graphs -----------------------------------------------------------------------------------------------


def irregular(table: Table, name: str, most: float | None = None, seconds: float = 0.0) -> None:
    """Run one row of a graph, beside recording it and deriving it node by node."""
    from forms import GRAPHS, derived

    from engine import compile

    graph = GRAPHS[name]()
    program, X = compile(*graph), _rows(graph, 1)
    works: dict[str, Work] = {OURS: partial(program.value_and_grad, X), "eager": partial(derived, GRAPHS[name])}
    if name == "pendulum":
        with suppress(ImportError):
            works["CasADi"] = pendulum_casadi(program.numbers(), X)
    times = table.race(works)
    table.line(f"{name}, 1 row", times, "eager", most, seconds)
    if "CasADi" in works:
        table.line("", times, "CasADi")


def pendulum_casadi(numbers: Any, rows: Any) -> Work:
    """The same as a function of CasADi's scalars, called through its buffers."""
    import casadi as ca
    import numpy as np
    from forms import swing

    x, p = ca.SX.sym("x", 4), ca.SX.sym("p", 5)
    loss = swing(ca.vertsplit(x), ca.vertsplit(p), ca.sin, ca.cos)
    buffer, run = ca.Function("pendulum", [x, p], [loss, ca.gradient(loss, p)]).buffer()
    given, results = (rows[0].copy(), numbers), (np.zeros(1), np.zeros(5))
    for put, arrays in ((buffer.set_arg, given), (buffer.set_res, results)):
        for at, array in enumerate(arrays):
            put(at, memoryview(array))

    def work(alive: Any = (buffer, given, results)) -> tuple[Any, Any]:  # CasADi only has their addresses
        run()
        return results[0][0], results[1]

    return work


def many_rows(table: Table) -> None:
    """Run many rows of irregular graphs, beside the same as matrices, one line after the other."""
    from forms import GRAPHS, RATIOS

    from engine import compile

    for name in ("pendulum", "random"):
        graph = GRAPHS[name]()
        for count, most in RATIOS.items():
            X = _rows(graph, count)
            works = {
                OURS: partial(compile(*graph).value_and_grad, X),
                "matrices": partial(compile(*graph, form="matrices").value_and_grad, X),
            }
            times = table.race(works, min(table.pairs, 7) if count > 1000 else None)
            table.line(f"{name}, {count:,} rows", times, "matrices", most)


# -- blocks, recurrent nets -----------------------------------------------------------------------------------------


def blocks(table: Table, name: str) -> None:
    """Run attention, a softmax regression or a mixture density by the default call, beside arrays by hand."""
    import numpy as np
    from blocks import GOALS, PROBLEMS, ROWS

    from engine import compile

    record, peers = PROBLEMS[name]
    output, inputs, parameters = record()
    program = compile(output, inputs, parameters)
    for count in ROWS:
        rows = np.random.default_rng(0).normal(size=(count, len(inputs))) * 0.5
        works: dict[str, Any] = {OURS: partial(program.value_and_grad, rows)}
        for peer, make in peers.items():
            try:
                works[peer] = make(program.numbers(), rows)
            except ImportError:
                continue
        agree(works)
        times = table.race(works)
        for peer in [*works][1:]:
            table.line(f"{name}, {count:,} rows", times, peer, GOALS[name][peer])


def recurrent() -> Graph:
    """Record a recurrent net, and the square of a weighted sum of its last state."""
    from engine import Value, constant

    rng = Random(0)
    W, U = ([[Value(rng.gauss(0, 0.2)) for _ in range(size)] for _ in range(UNITS)] for size in (WIDTH, UNITS))
    b, v = ([Value(rng.gauss(0, 0.2)) for _ in range(UNITS)] for _ in range(2))
    X = [[Value(rng.gauss(0, 1)) for _ in range(WIDTH)] for _ in range(STEPS)]
    h: list[Any] = [constant(0.0)] * UNITS
    for x in X:
        h = [
            (sum((w * a for w, a in zip(row, x)), c) + sum(u * a for u, a in zip(other, h))).tanh()
            for row, other, c in zip(W, U, b)
        ]
    parameters = [w for matrix in (W, U) for row in matrix for w in row] + b + v
    return sum(w * a for w, a in zip(v, h)) ** 2, [x for row in X for x in row], parameters


def recurrent_arrays(numbers: Any) -> tuple[Any, Any, Any, Any]:
    """Return the parameters' numbers as W, U, b and v."""
    ends = UNITS * WIDTH, UNITS * (WIDTH + UNITS), UNITS * (WIDTH + UNITS + 1)
    W, U = numbers[: ends[0]].reshape(UNITS, WIDTH), numbers[ends[0] : ends[1]].reshape(UNITS, UNITS)
    return W, U, numbers[ends[1] : ends[2]], numbers[ends[2] :]


def recurrent_numpy(numbers: Any, rows: Any) -> Work:
    """The loop that one writes by hand: samples in rows, gradients added up step by step."""
    import numpy as np

    W, U, b, v = recurrent_arrays(numbers)
    X, share = rows.reshape(len(rows), STEPS, WIDTH).transpose(1, 0, 2).copy(), 1 / len(rows)

    def work() -> tuple[Any, Any]:
        h = np.zeros((len(rows), UNITS))
        kept = [h]
        for x in X:
            h = np.tanh(x @ W.T + h @ U.T + b)
            kept.append(h)
        score = h @ v
        loss, d_score = (score * score).sum() * share, 2 * share * score
        dW, dU, db, dv = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b), d_score @ h
        d = d_score[:, None] * v
        for step in reversed(range(STEPS)):
            d = d * (1 - kept[step + 1] * kept[step + 1])
            dW += d.T @ X[step]
            dU += d.T @ kept[step]
            db += d.sum(0)
            d = d @ U
        return loss, np.concatenate([dW.ravel(), dU.ravel(), db, dv])

    return work


def recurrent_stacked(numbers: Any, rows: Any) -> Work:
    """The same by an expert: inputs weighed ahead of the loop, and gradients by one product behind it."""
    import numpy as np

    W, U, b, v = recurrent_arrays(numbers)
    X, share = rows.reshape(len(rows), STEPS, WIDTH).transpose(1, 0, 2).copy(), 1 / len(rows)

    def work() -> tuple[Any, Any]:
        weighed = X @ W.T + b
        kept = np.zeros((STEPS + 1, len(rows), UNITS))
        slopes = np.empty((STEPS, len(rows), UNITS))
        for step in range(STEPS):
            np.tanh(weighed[step] + kept[step] @ U.T, out=kept[step + 1])
        score = kept[STEPS] @ v
        loss, d_score = (score * score).sum() * share, 2 * share * score
        d, local = d_score[:, None] * v, 1 - kept[1:] * kept[1:]
        for step in reversed(range(STEPS)):
            d = np.multiply(d, local[step], out=slopes[step]) @ U
        across = slopes.reshape(-1, UNITS).T
        dW, dU = across @ X.reshape(-1, WIDTH), across @ kept[:-1].reshape(-1, UNITS)
        return loss, np.concatenate([dW.ravel(), dU.ravel(), across.sum(1), d_score @ kept[STEPS]])

    return work


def recurrent_net(table: Table) -> None:
    """Run the recurrent net by the default call, beside NumPy by hand."""
    import numpy as np

    from engine import compile

    graph = recurrent()
    program = compile(*graph)
    for count in (1, 10, 100):
        rows = np.random.default_rng(0).normal(size=(count, len(graph[1])))
        works: dict[str, Any] = {OURS: partial(program.value_and_grad, rows)}
        works |= {
            "NumPy, step by step": recurrent_numpy(program.numbers(), rows),
            "NumPy, stacked": recurrent_stacked(program.numbers(), rows),
        }
        agree(works)
        times = table.race(works)
        table.line(f"RNN {STEPS} x {UNITS}, {count} rows", times, "NumPy, step by step", 0.6)
        table.line("", times, "NumPy, stacked")


# -- JAX -------------------------------------------------------------------------------------------------------------


def descent(turns: int = 40) -> Graph:
    """Record gradient descent for a line on four points, and its loss: the rate and the start are parameters."""
    from engine import Value

    rate, a, b = parameters = [Value(number) for number in (0.1, 0.5, -0.3)]
    xs, ys = ([Value(number * place) for place in range(4)] for number in (0.1, 0.3))
    for _ in range(turns):
        errors = [a * x + b - y for x, y in zip(xs, ys)]
        a, b = a - rate * sum(error * x for error, x in zip(errors, xs)), b - rate * sum(errors)
    return sum((a * x + b - y) ** 2 for x, y in zip(xs, ys)), xs + ys, parameters


def recurrent_jax(p: Any, x: Any) -> Any:
    from jax import numpy as jnp

    W, U, b, v = recurrent_arrays(p)
    h = jnp.zeros((len(x), UNITS))
    for step in range(STEPS):
        h = jnp.tanh(x[:, step * WIDTH : (step + 1) * WIDTH] @ W.T + h @ U.T + b)
    return ((h @ v) ** 2).mean()


def pendulum_jax(p: Any, x: Any) -> Any:
    """By `lax.scan`: JAX takes minutes and 15 GB to compile the 60 steps of a Python loop."""
    from forms import swung, weighed
    from jax import lax, numpy as jnp

    masses = weighed(p)
    state, _ = lax.scan(lambda state, _: (swung(state, p, masses, jnp.sin, jnp.cos), None), (*x.T,), None, 60)
    return ((state[0] - state[1]) ** 2).mean()


def descent_jax(p: Any, x: Any) -> Any:
    (rate, a, b), xs, ys = p, x[:, :4], x[:, 4:]
    a, b = a * (0 * xs[:, 0] + 1), b * (0 * xs[:, 0] + 1)
    for _ in range(40):
        errors = a[:, None] * xs + b[:, None] - ys
        a, b = a - rate * (errors * xs).sum(1), b - rate * errors.sum(1)
    return ((a[:, None] * xs + b[:, None] - ys) ** 2).sum(1).mean()


def first_in_jax(table: Table, name: str, seconds: float) -> None:
    """Time `to_jax` and its first call, beside the same by hand."""
    import numpy as np

    from engine import compile
    from engine.program import program as module

    try:
        import jax
    except ImportError:
        return
    jax.config.update("jax_enable_x64", True)
    record, by_hand = JAX[name]
    graph = record()
    X = _rows(graph, 10)
    numbers = np.array([leaf.data for leaf in graph[2]])

    def ours() -> Any:
        module._codes.clear()  # or it knows the graph from the time before
        jax.clear_caches()
        return jax.block_until_ready(compile(*graph).to_jax()(numbers, X))

    def theirs() -> Any:
        jax.clear_caches()
        return jax.block_until_ready(jax.jit(jax.value_and_grad(by_hand))(numbers, X))

    works = {OURS: ours, "JAX by hand": theirs}
    agree(works)
    times = table.race(works, min(table.pairs, ROUNDS_OF_SECONDS), repeat=False)
    table.line(f"{name} over JAX, first call", times, "JAX by hand", seconds=seconds)


JAX: dict[str, tuple[Callable[[], Graph], Any]] = {
    "RNN": (recurrent, recurrent_jax),
    "pendulum": (lambda: __import__("forms").pendulum(), pendulum_jax),
    "descent": (descent, descent_jax),
}


# -- training -------------------------------------------------------------------------------------------------------


def metrics(table: Table) -> None:
    """Train on the whole batch of digits with the accuracy, and without it."""
    from batches import by_fit, cases

    whole = cases()[-1]
    for backend in ("numpy", "jax"):
        works = {
            OURS: partial(by_fit, whole, backend, metrics="accuracy"),
            "without the accuracy": partial(by_fit, whole, backend),
        }
        times = _returned(works, min(table.pairs, 7))
        table.line(f"fit with the accuracy, {backend}", times, "without the accuracy", 1.1)


def batches(table: Table) -> None:
    """Train in batches with Adam, beside NumPy by hand."""
    from batches import by_fit, by_hand, cases

    for case in cases()[:-1]:
        works = {OURS: partial(by_fit, case, "numpy"), "NumPy by hand": partial(by_hand, case)}
        name = f"fit, {case.name}, batches of {case.batch}"
        table.line(name, _returned(works, min(table.pairs, 9)), "NumPy by hand", 1.25)


def _returned(works: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each in each round, which they return themselves."""
    from batches import compared

    return compared(dict(works), rounds)


# -- the beginning --------------------------------------------------------------------------------------------------

FIRST = """
import sys, time
sys.path[:0] = {path!r}
import numpy
import engine.program.program
from engine import Value, compile
from nn import MLP
model, x = MLP(2, [4, 1], rng=0), [Value(0.5), Value(0.2)]
program = compile((model(x) - 1.0) ** 2, x, model.parameters(), form={form!r})
rows = numpy.full((10, 2), 0.5)
since = time.process_time()
program.value_and_grad(rows)
until = time.process_time()
program.value_and_grad(rows)
print(until - since, time.process_time() - until)
"""


def first_call(table: Table) -> None:
    """Time the first call of a process, beside the second one."""
    for form in ("matrices", "columns", "scalars"):
        times: dict[str, list[float]] = {OURS: [], "the second call": []}
        for _ in range(min(table.pairs, 7)):
            code = FIRST.format(path=sys.path[:2], form=form)
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            for name, seconds in zip(times, map(float, done.stdout.split())):
                times[name].append(seconds)
        table.line(f"first call, {form}", times, "the second call", seconds=5e-3)


def compiling(table: Table) -> None:
    """Compile graphs of about 1,000 nodes, beside recording them."""
    from forms import pendulum, random_graph
    from scaling import layers

    from engine import compile, nodes
    from engine.program import program as module

    graphs: dict[str, Callable[[], Graph]] = {
        "layers": partial(layers, 1_000),
        "pendulum": partial(pendulum, 15),
        "irregular": partial(random_graph, 480),
    }
    for name, record in graphs.items():
        graph = record()

        def ours(graph: Graph = graph) -> Any:
            module._codes.clear()
            return compile(*graph)

        count = len(nodes(graph[0]))
        times = table.race({OURS: ours, "recording": record})
        table.line(f"compile, {name}, {count:,} nodes", times, "recording", seconds=2e-6 * count)


def recording(table: Table) -> None:
    """Record a million nodes within nn, beside the same model called outside of it."""
    from nn import MLP, losses
    from nn.objective import Objective

    width = 408
    model, row = MLP(width, [width, width, width, 1], "tanh", rng=0), [0.01] * width
    objective = Objective(model, [row], [1.0], "mse")

    def outside() -> Any:
        return losses.mse(model(row), 1.0)

    works = {OURS: lambda: objective.row_loss(0), "outside of nn": outside}
    times = table.race(works, min(table.pairs, 5), repeat=False)
    table.line("1,000,000 nodes within nn", times, "outside of nn", seconds=0.9)


# -- eager ----------------------------------------------------------------------------------------------------------

EAGER: dict[str, Any] = {
    "a * 2.0": lambda a, b: a * 2.0,
    "2.0 * a": lambda a, b: 2.0 * a,
    "a + 1": lambda a, b: a + 1,
    "1 - a": lambda a, b: 1 - a,
    "a / 2": lambda a, b: a / 2,
    "a ** 2": lambda a, b: a**2,
}


def numbers(table: Table) -> None:
    """Run operations with a number beside one with two Values."""
    from engine import Value

    a, b = Value(1.5, "a"), Value(0.7, "b")

    def often(function: Any) -> Work:
        def work() -> None:
            for _ in range(1000):
                function(a, b)

        return work

    for name, function in EAGER.items():
        works = {OURS: often(function), "a * b": often(lambda a, b: a * b)}
        table.line(f"1,000 times {name}", table.race(works), "a * b", 2.0)


def function_of(x: Any, tanh: Any) -> Any:
    """Return a function of 20 numbers in which each meets its neighbour."""
    total = 0.0
    for place in range(20):
        total = total + tanh(x[place] * x[(place + 1) % 20]) * x[place] + x[place] * x[place] * x[(place + 3) % 20]
    return total


def hessian(table: Table) -> None:
    """Derive the Hessian of 20 parameters, beside PyTorch's and autograd's."""
    import numpy as np

    from engine import Value, hessian as ours

    start = [0.1 * place - 0.7 for place in range(20)]
    leaves = [Value(number) for number in start]
    works: dict[str, Work] = {OURS: lambda: ours(function_of(leaves, Value.tanh), leaves)}
    try:
        import torch
        from torch.autograd.functional import hessian as of_torch

        torch.set_num_threads(1)
        x = torch.tensor(start, dtype=torch.float64)
        works["PyTorch"] = lambda: of_torch(lambda x: function_of(x, torch.tanh), x)
    except ImportError:
        pass
    try:
        import autograd
        from autograd import numpy as anp

        derived = autograd.hessian(lambda x: function_of(x, anp.tanh))
        works["autograd"] = lambda: derived(anp.array(start))
    except ImportError:
        pass
    mine = np.array([[each.data for each in row] for row in works[OURS]()])
    for name in [*works][1:]:
        assert np.allclose(mine, np.asarray(works[name]()), 1e-9, 1e-12), name
    times = table.race(works)
    for name in [*works][1:]:
        table.line("Hessian of 20 parameters", times, name, seconds=0.012)


ROWS: dict[str, Callable[[Table], None]] = {
    "default": default_call,
    "numpy": of_numpy,
    "pendulum": partial(irregular, name="pendulum", seconds=200e-6),
    "irregular": partial(irregular, name="random", seconds=260e-6),
    "chain": partial(irregular, name="chain", most=0.12),
    "rows": many_rows,
    "attention": partial(blocks, name="attention"),
    "softmax": partial(blocks, name="softmax"),
    "mixture": partial(blocks, name="mixture"),
    "rnn": recurrent_net,
    "rnn-jax": partial(first_in_jax, name="RNN", seconds=1.6),
    "pendulum-jax": partial(first_in_jax, name="pendulum", seconds=3.0),
    "descent-jax": partial(first_in_jax, name="descent", seconds=0.6),
    "metrics": metrics,
    "batches": batches,
    "first": first_call,
    "compile": compiling,
    "recording": recording,
    "numbers": numbers,
    "hessian": hessian,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--row", choices=ROWS, action="append", help="one row of the table, or several")
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"of each line, at most (default {PAIRS})")
    options = parser.parse_args()
    table = Table(options.pairs)
    print(f"{versions('numpy', 'torch', 'jax')}; one thread, float64, medians of {options.pairs} pairs\n")
    table.head()
    for name in options.row or ROWS:
        ROWS[name](table)
        sys.stdout.flush()
    print(f"\n{table.goals.missed or 'No'} goal{'s' * (table.goals.missed != 1)} missed.")
    return bool(table.goals.missed)


if __name__ == "__main__":
    sys.exit(main())

"""How the time and the memory of a compile grow with the graph.

Layers, a recurrent network, causal attention and a graph without order, at 1,000 to 3,000,000 nodes, each in a
process of its own: how long it takes to record the graph, to compile it, and to call the program on ten rows for the
first time, which writes the code, and again; and how much memory these take.
Run it: python tests/benchmarks/scaling.py
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import time
from math import sqrt
from random import Random
from typing import TYPE_CHECKING, Any

from race import ROOT, Goals, versions

if TYPE_CHECKING:
    from collections.abc import Callable

    Graph = tuple[Any, list[Any], list[Any]]  # the output, the inputs and the parameters

SIZES = (1_000, 10_000, 100_000, 1_000_000, 3_000_000)
SMALL = 10_000  # nodes: from here on, the time of a node must not grow
GROWTH = 1.5  # times the time of a node at the size before, for ten times the nodes
ROWS = 10  # of a call


def layers(nodes: int) -> Graph:
    """Three layers of one width."""
    from nn import MLP

    width = max(2, round(sqrt(nodes / 9)))
    return _of_model(MLP(width, [width, width, width, 1], rng=0), width)


def _of_model(model: Any, width: int) -> Graph:
    from engine import Value

    inputs = [Value(0.01 * number) for number in range(width)]
    return (model(inputs) - 1.0) ** 2, inputs, model.parameters()


def recurrent(nodes: int) -> Graph:
    """A recurrent layer of 16 neurons, of as many steps as the nodes need."""
    from engine import Value

    rng, width = Random(0), 16
    steps = max(1, nodes // (2 * width * (width + 2)))

    def weights(rows: int, columns: int) -> list[list[Value]]:
        return [[Value(rng.uniform(-0.2, 0.2)) for _ in range(columns)] for _ in range(rows)]

    W, U, (b,) = weights(width, 2), weights(width, width), weights(1, width)
    inputs = [Value(rng.uniform(-1.0, 1.0)) for _ in range(2 * steps)]
    h = [Value(0.0) for _ in range(width)]
    for step in range(steps):
        x = inputs[2 * step : 2 * step + 2]
        h = [(_dot(W[row], x) + _dot(U[row], h) + b[row]).tanh() for row in range(width)]
    return sum(h), inputs, [each for row in (*W, *U, b) for each in row]


def attention(nodes: int) -> Graph:
    """Causal attention with one head of 8 numbers, over as many places as the nodes need."""
    from engine import Value

    rng, width = Random(0), 8
    places = max(2, round(sqrt(nodes / (2 * width + 3))))
    parameters = [[[Value(rng.uniform(-0.5, 0.5)) for _ in range(width)] for _ in range(width)] for _ in range(3)]
    rows = [[Value(rng.uniform(-1.0, 1.0)) for _ in range(width)] for _ in range(places)]
    queries, keys, values = ([[_dot(line, x) for line in W] for x in rows] for W in parameters)
    total: Any = 0
    for place, query in enumerate(queries):
        scores = [(_dot(query, key) * 0.35).exp() for key in keys[: place + 1]]
        weighed = [_dot(scores, [value[column] for value in values[: place + 1]]) for column in range(width)]
        scale = 1.0 / sum(scores)
        total = total + sum((each * scale) ** 2 for each in weighed)
    return total, [each for row in rows for each in row], [each for W in parameters for row in W for each in row]


def without_order(nodes: int) -> Graph:
    """Operations on two of the latest nodes, at random."""
    from engine import Value

    rng = Random(0)
    leaves = [Value(rng.uniform(0.5, 1.5)) for _ in range(40)]
    recent = [*leaves]
    for _ in range(nodes * 9 // 10):
        a, b = rng.choice(recent), rng.choice(recent)
        recent.append(rng.choice(KINDS)(a, b))
        del recent[:-60]
    return sum(recent), leaves[:10], leaves[10:]


def _dot(left: list[Any], right: list[Any]) -> Any:
    return sum(a * b for a, b in zip(left, right))


KINDS: list[Any] = [
    lambda a, b: (a * b).tanh(), lambda a, b: 0.5 * a + b, lambda a, b: a - b, lambda a, b: a.sin(),
]  # fmt: skip
FAMILIES: dict[str, Callable[[int], Graph]] = {
    "layers": layers, "recurrent": recurrent, "attention": attention, "without order": without_order,
}  # fmt: skip


def measure(family: str, nodes: int) -> None:
    """Print the figures of one graph: its nodes, seconds, bytes, and the form that the program takes."""
    import numpy as np

    from engine import Value, compile

    compile(Value(1.0) * 2.0).value_and_grad()  # imports
    before, since = memory(), time.process_time()
    gc.disable()  # as within nn
    output, inputs, parameters = FAMILIES[family](nodes)
    gc.enable()
    recorded, held = time.process_time(), memory()
    program = compile(output, inputs, parameters)
    compiled = time.process_time()
    X = np.random.default_rng(0).uniform(0.5, 1.0, (ROWS, len(inputs)))
    program.value_and_grad(X)
    called, most = time.process_time(), memory()
    program.value_and_grad(X)
    seconds = [recorded - since, compiled - recorded, called - compiled, time.process_time() - called]
    print(program.nodes, *seconds, held - before, most - held, program.form.partition(":")[0])


def memory() -> int:
    """Return the most bytes that this process held so far."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


def main() -> int:
    parser = argparse.ArgumentParser(description="How compiling grows with the graph.")
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the most nodes (default 3,000,000)")
    parser.add_argument("--only", choices=FAMILIES, help="one family of graphs")
    parser.add_argument("--measure", nargs=2, metavar=("FAMILY", "NODES"), help="print one graph's figures")
    options = parser.parse_args()
    if options.measure:
        measure(options.measure[0], int(options.measure[1]))
        return 0
    goals = Goals()
    print(f"{versions('numpy')}; {ROWS} rows\n")
    print(f"{'graph':<15}{'nodes':>10}{'record':>9}{'compile':>9}{'first call':>12}{'again':>9}   µs a node", end="")
    print(f"{'graph':>10}{'compile':>9}   bytes a node{'form':>10}   time against the size before")
    for family in [options.only] if options.only else FAMILIES:
        previous = None
        for size in SIZES:
            if size > options.most:
                break
            nodes, figures, form = figures_of(family, size)
            seconds, (held, most) = figures[:4], figures[4:]
            time_of_node = seconds[1] + seconds[2]
            line = "".join(f"{1e6 * each:>{width}.2f}" for each, width in zip(seconds, (9, 9, 12, 9)))
            line = f"{family:<15}{nodes:>10,}{line}{'':>12}{held:>10,.0f}{most:>9,.0f}{'':>15}{form:>10}"
            if previous and size > SMALL:
                growth = time_of_node / previous
                line += f"   {growth:.2f}   {goals(growth, GROWTH)}"
            previous = time_of_node
            print(line, flush=True)
    print(f"\n{goals.missed or 'No'} goal{'s' * (goals.missed != 1)} missed.")
    return bool(goals.missed)


def figures_of(family: str, size: int) -> tuple[int, list[float], str]:
    """Return how many nodes a graph has, what each takes, and the form, from a process of its own."""
    command = [sys.executable, __file__, "--measure", family, str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    nodes, *figures, form = done.stdout.split()
    return int(nodes), [float(each) / int(nodes) for each in figures], form


if __name__ == "__main__":
    sys.exit(main())

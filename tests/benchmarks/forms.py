"""How fast each form of a program is where graphs are irregular, and how much the documented call costs.

A double pendulum of 60 steps, a graph of 2,350 nodes at random, and a chain of 52,000 nodes, in each form, at 1 to
10,000 rows, and in the form that is chosen, beside the eager graph. And `program.value_and_grad(X)`, which reads the
parameters, beside the call that is given their numbers. Run it: python tests/benchmarks/forms.py
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from functools import partial
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any

from race import Goals, versions

if TYPE_CHECKING:
    from collections.abc import Callable

    Graph = tuple[Any, list[Any], list[Any]]  # the output, the inputs and the parameters

FORMS = ("matrices", "columns", "scalars")
# Of matrices' time, how much the chosen form may take, by rows; and how many µs on one row.
RATIOS = {100: 0.65, 1_000: 0.75, 10_000: 0.4}
ONE_ROW = {"pendulum": 200.0, "random": 260.0}
OF_EAGER = {"chain": 0.12}  # of the time to record the graph and to derive it
DEFAULT = 1.15  # times the prepared call
COMPILE = 2.0  # ms a thousand nodes


def pendulum(steps: int = 60) -> Graph:
    """Record the squared difference of the angles of a double pendulum."""
    from engine import Value

    inputs = [Value(number) for number in (1.0, 0.5, 0.1, -0.2)]
    parameters = [Value(number) for number in (1.0, 1.2, 1.0, 0.9, 9.81)]
    return swing(inputs, parameters, Value.sin, Value.cos, steps), inputs, parameters


def swing(start: Any, parameters: Any, sin: Any, cos: Any, steps: int = 60, dt: float = 0.01) -> Any:
    """Return the squared difference of the angles of a double pendulum, from its start: of Values, or of arrays."""
    state, masses = tuple(start), weighed(parameters)
    for _ in range(steps):
        state = swung(state, parameters, masses, sin, cos, dt)
    return (state[0] - state[1]) ** 2


def weighed(parameters: Any) -> tuple[Any, ...]:
    """Return both masses together, and what gravity weighs of both and of the second one."""
    m, n, _, _, g = parameters
    return m + n, g * (2.0 * m + n), g * n


def swung(state: Any, parameters: Any, masses: Any, sin: Any, cos: Any, dt: float = 0.01) -> tuple[Any, ...]:
    """Return the angles and the speeds a step later; `masses` are what `weighed` gives."""
    a, b, u, v = state
    m, n, length, other, g = parameters
    both, total, weight = masses
    between = a - b
    sine, cosine = 2.0 * sin(between), cos(between)
    below = both + m - n * cos(2.0 * between)
    first_speed, second_speed = u * u * length, v * v * other * n
    first = -total * sin(a) - weight * sin(between - b) - sine * (second_speed + n * first_speed * cosine)
    second = sine * (first_speed * both + g * both * cos(a) + second_speed * cosine)
    u, v = u + dt * first / (length * below), v + dt * second / (other * below)
    return a + dt * u, b + dt * v, u, v


KINDS: list[Any] = [
    lambda a, b: a * b * 0.7, lambda a, b: a + b, lambda a, b: a - b,
    lambda a, b: a.tanh(), lambda a, b: a.sin(), lambda a, b: (a * 0.1).exp(),
]  # fmt: skip


def random_graph(nodes: int = 1060) -> Graph:
    """Operations on what was made before, the latest nodes more often; what is left over is joined."""
    from engine import Value

    rng = Random(0)
    leaves = [Value(rng.uniform(0.5, 1.5)) for _ in range(40)]
    made = [*leaves]
    while len(made) < nodes:
        near = made[-60:] + rng.choices(made, k=20)
        a, b = rng.choice(near), rng.choice(near)
        node = rng.choice(KINDS)(a, b)
        made.append(node.tanh() if abs(node.data) > 1000 else node)
    used = {arg for node in made for arg in node.args}
    loose = [node for node in made if node not in used and node.op]
    while len(loose) > 1:
        joined = [(a * b).tanh() if rng.random() < 0.5 else a + b for a, b in zip(loose[::2], loose[1::2])]
        loose = joined + loose[len(joined) * 2 :]
    return loose[0], leaves[:10], leaves[10:]


def chain(turns: int = 8_668) -> Graph:
    from engine import Value

    x, w, b, c = Value(0.5), Value(1.01), Value(0.1), Value(0.9)
    node = x
    for _ in range(turns):
        node = ((node * w + b) * c).sin() * 1.5
    return node, [x], [w, b, c]


GRAPHS: dict[str, Callable[[], Graph]] = {"pendulum": pendulum, "random": random_graph, "chain": chain}


def microseconds(works: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The median of what each takes of the processor's time, in turn: what else the machine does matters little."""
    counts, times = {}, {name: list[float]() for name in works}
    for name, work in works.items():
        work()
        since = time.process_time()
        work()
        counts[name] = max(1, int(0.02 / max(time.process_time() - since, 1e-6)))
    for _ in range(rounds):
        for name, work in works.items():
            gc.collect()
            since = time.process_time()
            for _ in range(counts[name]):
                work()
            times[name].append((time.process_time() - since) / counts[name])
    return {name: 1e6 * median(laps) for name, laps in times.items()}


def derived(record: Callable[[], Graph]) -> None:
    record()[0].backward()


def forms(rounds: int, goals: Goals, rows: list[int]) -> None:
    import numpy as np

    from engine import compile, nodes

    print(f"{'graph':<10}{'nodes':>8}{'rows':>8}{'matrices':>12}{'columns':>12}{'scalars':>12}{'chosen':>12}   µs")
    for name, record in GRAPHS.items():
        output, inputs, parameters = record()
        for count in rows:
            if name == "chain" and count > 1:
                continue
            X = np.array([leaf.data for leaf in inputs]) * np.random.default_rng(0).uniform(
                0.9, 1.1, (count, len(inputs))
            )
            ran = [form for form in FORMS if count <= 100 or form != "scalars"]
            programs = {form: compile(output, inputs, parameters, form) for form in ran}
            programs["chosen"] = compile(output, inputs, parameters)
            numbers = programs["chosen"].numbers()
            works: dict[str, Callable[[], Any]] = {
                form: partial(program.value_and_grad, X, numbers) for form, program in programs.items()
            }
            if count == 1:
                works["eager"] = partial(derived, record)
            took = microseconds(works, rounds)
            line = f"{name:<10}{len(nodes(output)):>8,}{count:>8,}"
            line += "".join(f"{took[form]:>12,.0f}" if form in took else f"{'':>12}" for form in (*FORMS, "chosen"))
            line += f"   {programs['chosen'].form.partition(':')[0]}"
            if count == 1:
                line += f", eager {took['eager']:,.0f}"
                if name in ONE_ROW:
                    line += f"   {goals(took['chosen'], ONE_ROW[name])}"
                if name in OF_EAGER:
                    line += f", {took['chosen'] / took['eager']:.3f} of it   "
                    line += goals(took["chosen"] / took["eager"], OF_EAGER[name])
            else:
                number = took["chosen"] / took["matrices"]
                line += f", {number:.2f} of matrices   {goals(number, RATIOS.get(count))}"
            print(line)


def default_call(rounds: int, goals: Goals) -> None:
    import numpy as np

    from engine import Value, compile
    from nn import MLP, losses

    print(f"\n{'MLP':<14}{'rows':>8}{'prepared':>12}{'default':>12}   µs")
    for sizes in ((2, 16, 16, 1), (784, 64, 10)):
        model = MLP(sizes[0], list(sizes[1:]), rng=0)
        inputs, targets = ([Value(0.1) for _ in range(size)] for size in (sizes[0], sizes[-1]))
        outputs = model(inputs)
        loss = losses.mse(outputs if sizes[-1] > 1 else [outputs], targets)
        program = compile(loss, inputs + targets, model.parameters())
        numbers = program.numbers()
        for count in (1, 100, 1_000):
            X = np.random.default_rng(0).uniform(-1, 1, (count, sizes[0] + sizes[-1]))
            works = {
                "prepared": partial(program.value_and_grad, X, numbers),
                "default": partial(program.value_and_grad, X),
            }
            took = microseconds(works, rounds)
            number = took["default"] / took["prepared"]
            line = f"{'-'.join(map(str, sizes)):<14}{count:>8,}{took['prepared']:>12,.1f}{took['default']:>12,.1f}"
            print(f"{line}   {number:.2f}   {goals(number, DEFAULT)}")


def compiling(rounds: int, goals: Goals) -> None:
    """Milliseconds to compile, and to the first gradient of one row, of graphs that no program knows."""
    from engine import compile, nodes
    from engine.program import program as module

    print(f"\n{'graph':<10}{'nodes':>8}{'compile':>12}{'first call':>12}   ms")
    small: list[tuple[str, Callable[[], Graph]]] = [
        ("pendulum", lambda: pendulum(15)), ("random", lambda: random_graph(480))
    ]  # fmt: skip
    for name, record in [*small, *GRAPHS.items()]:
        output, inputs, parameters = record()
        row = [[leaf.data for leaf in inputs]]
        compiled, called = [], []
        for _ in range(rounds):
            module._codes.clear()
            gc.collect()
            since = time.process_time()
            program = compile(output, inputs, parameters)
            until = time.process_time()
            program.value_and_grad(row)
            compiled.append(1e3 * (until - since))
            called.append(1e3 * (time.process_time() - until))
        count = len(nodes(output))
        goal = goals(median(compiled), COMPILE * count / 1000)
        print(f"{name:<10}{count:>8,}{median(compiled):>12.1f}{median(called):>12.1f}   {goal}")


def main() -> int:
    parser = argparse.ArgumentParser(description="The forms of compiled programs, and the documented call.")
    parser.add_argument("--rounds", type=int, default=7, help="rounds (default 7)")
    parser.add_argument("--rows", type=int, nargs="*", default=[1, 10, 100, 1_000, 10_000])
    parser.add_argument("--only", default="", help="forms, default or compile")
    options = parser.parse_args()
    goals = Goals()
    print(versions("numpy"), end=f"; {options.rounds} rounds\n\n")
    if options.only in ("", "forms"):
        forms(options.rounds, goals, options.rows)
    if options.only in ("", "default"):
        default_call(options.rounds, goals)
    if options.only in ("", "compile"):
        compiling(options.rounds, goals)
    print(f"\n{goals.missed or 'No'} goal{'s' * (goals.missed != 1)} missed.")
    return bool(goals.missed)


if __name__ == "__main__":
    sys.exit(main())

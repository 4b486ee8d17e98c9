"""Random graphs in each form of a program, against the eager graph: values, gradients, and errors outside a domain.

Run it: python tests/fuzz/forms.py [graphs] [first seed] [forms and backends]. It prints for each how many graphs
agreed to 1e-10, how many of them to the last bit, and how many rows outside a domain gave eager's error.
"""

from __future__ import annotations

import sys
from collections import Counter
from math import inf, isclose, nextafter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

# ruff: noqa: E402
from strategies import network, recipe

from engine import GradwalkError, Value, compile, constant, grad, operations
from engine.program.backends import BACKENDS
from engine.program.plain import PlainProgram
from engine.program.shapes import FORMS
from engine.rules import VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GRAPHS, SHAKES = 2_000, 5

POINTS = [0.0, -0.0, 1.0, -1.0, 1e-300, 1e300, -1e300, 700.0, -700.0, -3.0, 1e160]


class Graph:
    """A random graph as a function of its inputs and parameters, and numbers for these."""

    def __init__(self, seed: int) -> None:
        rng = Random(seed)
        self.follow: Callable[[Sequence[Any], Sequence[Any]], list[Value]]
        if seed % 2:
            made = network(rng, steps=4 + seed % 9)  # lists: residual connections, slices, shared weights
            self.inputs, self.parameters = made.inputs, [rng.gauss(0, 1) for _ in range(made.weights)]
            self.rows = [[rng.gauss(0, 1) for _ in range(self.inputs)] for _ in range(3)]
            self.follow = made.follow
        else:
            cooked = recipe(rng, leaves=4, steps=rng.choice((2, 8, 30)))  # any operations, in no order
            self.inputs = rng.randrange(3)
            self.parameters = cooked.leaves[self.inputs :]
            self.rows = [cooked.leaves[: self.inputs]] * 2
            self.follow = lambda x, w: cooked.follow([*x, *w], VALUES)[-1:]

    def program(self, form: str) -> Any:
        """The graph in a form, or on a backend; "plain" is what there is without NumPy."""
        if form in BACKENDS:
            return OnBackend(self.program("matrices"), form, self.parameters)
        inputs = [constant(number) for number in self.rows[0]]
        parameters = [Value(number) for number in self.parameters]
        for each, letter in (inputs, "x"), (parameters, "w"):
            for at, leaf in enumerate(each):
                leaf.label = f"{letter}{at}"
        outputs = self.follow(inputs, parameters)
        return (
            PlainProgram(outputs, inputs, parameters)
            if form == "plain"
            else compile(outputs, inputs, parameters, form)
        )

    def again(self, inputs: list[Value], parameters: list[Value]) -> Value:
        """The sum of the outputs, recorded in the order of `operations`: of several errors, the first one there."""
        old_inputs, old_parameters = map(constant, self.rows[0]), map(Value, self.parameters)
        old = [*old_inputs], [*old_parameters]
        outputs = self.follow(*old)
        made = dict(zip([*old[0], *old[1]], [*inputs, *parameters]))
        for node in operations(*outputs):
            made[node] = node.op.method(*[made.get(arg, arg) for arg in node.args])
        ends = [made.get(output, output) for output in outputs]
        return sum(ends[1:], ends[0])

    def eager(self, row: list[float], numbers: list[float]) -> tuple[float, list[float]]:
        """The sum of the outputs and its gradients, or an error, node by node."""
        parameters = [Value(number, f"w{at}") for at, number in enumerate(numbers)]
        inputs = [constant(number) for number in row]
        for at, leaf in enumerate(inputs):
            leaf.label = f"x{at}"
        root = self.again(inputs, parameters)
        return root.data, [gradient.data + 0.0 for gradient in grad(root, parameters)]


class OnBackend:
    """A program on a backend, called as other programs are."""

    def __init__(self, program: Any, backend: str, parameters: list[float]) -> None:
        self._run, self._parameters = program.on(backend), parameters

    def value_and_grad(self, rows: Any, numbers: Any = None) -> Any:
        return self._run(numbers or self._parameters, rows)


class Recipe:
    """Random numbers for one graph: all that is chosen is chosen alike each time that the graph is made."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.inputs, self.weights = 0, 0
        self.make(None, None)

    def make(self, inputs: Sequence[Any] | None, weights: Sequence[Any] | None) -> list[Any]:
        """Record the graph, and return its outputs; without leaves, count how many it needs."""
        rng, used = Random(self.seed), {"inputs": 0, "weights": 0}

        def leaf(kind: str) -> Any:
            used[kind] += 1
            leaves = inputs if kind == "inputs" else weights
            return Value(0.5) if leaves is None else leaves[used[kind] - 1]

        outputs = self.record(rng, leaf)
        self.inputs, self.weights = used["inputs"], used["weights"]
        return outputs

    def record(self, rng: Random, leaf: Callable[[str], Any]) -> list[Any]:
        """Return the outputs of a graph; `leaf("inputs")` and `leaf("weights")` give its next leaf of each kind."""
        raise NotImplementedError


def near(ours: Sequence[float], theirs: Sequence[float]) -> bool:
    floor = 1e-13 * max(1.0, *map(abs, theirs))
    return all(isclose(a, b, rel_tol=1e-10, abs_tol=floor) for a, b in zip(ours, theirs, strict=True))


def inside(graph: Graph, program: Any, name: str, counts: Counter[str]) -> list[str]:
    """What is wrong at rows where all has a value."""
    each = [graph.eager(row, graph.parameters) for row in graph.rows]
    count = len(each)
    expected = [
        sum(value for value, _ in each) / count,
        *(sum(column) / count for column in zip(*(g for _, g in each))),
    ]
    value, gradients = program.value_and_grad(graph.rows if graph.inputs else None)
    found = [value, *map(float, gradients)]
    if not near(found, expected):
        return [f"{name}: {found[:5]} and not {expected[:5]}"]
    counts[f"{name}: agree"] += 1
    value, gradients = program.value_and_grad(graph.rows[:1] if graph.inputs else None)
    counts[f"{name}: one row to the last bit"] += (value, [*map(float, gradients)]) == each[0]
    return []


def outside(graph: Graph, program: Any, name: str, rng: Random, counts: Counter[str]) -> list[str]:
    """What is wrong at rows with extreme numbers: another error than the eager graph's, or another result."""
    notes = []
    for _ in range(3):
        numbers, row = [*graph.parameters], [*graph.rows[0]]
        for where in (numbers, row):
            if where and rng.random() < 0.7:
                where[rng.randrange(len(where))] = rng.choice(POINTS)
        rows = [*graph.rows, row] if graph.inputs else None
        try:
            for each in graph.rows if graph.inputs else [row]:  # the error is to be the last row's
                graph.eager(each, numbers)
        except GradwalkError:
            rows = [row] if graph.inputs else None
        expected: Any = None
        try:
            expected = graph.eager(row, numbers)
        except GradwalkError as error:
            expected = error
        try:
            found: Any = program.value_and_grad(rows and rows[-1:], numbers)
        except GradwalkError as error:
            found = error
        if isinstance(expected, GradwalkError) and isinstance(found, GradwalkError):
            if type(found) is not type(expected) or not str(found).endswith(str(expected)):
                notes.append(f"{name}: {found!r} and not {expected!r}")
            counts[f"{name}: the error of the eager graph"] += 1
        elif isinstance(expected, GradwalkError) or isinstance(found, GradwalkError):
            notes.append(f"{name}: {found!r} and not {expected!r} at {row}, {numbers}")
        elif near([found[0], *map(float, found[1])], [expected[0], *expected[1]]):
            counts[f"{name}: extreme numbers, a value"] += 1
        elif depends_on_last_bits(graph, row, numbers, expected):
            counts[f"{name}: far from eager, and so is eager where the last bits differ"] += 1
        else:
            notes.append(f"{name}: {found} and not {expected} at {row}, {numbers}")
    return notes


def depends_on_last_bits(
    graph: Graph, row: list[float], numbers: list[float], expected: tuple[float, list[float]]
) -> bool:
    """Whether eager gives other numbers where the last bits of the given ones differ: a sine of 1e300, say."""
    for seed in range(SHAKES):
        rng = Random(seed)
        shaken = [[nextafter(each, rng.choice((inf, -inf))) for each in given] for given in (row, numbers)]
        try:
            value, slopes = graph.eager(*shaken)
        except GradwalkError:
            return True
        if not near([value, *slopes], [expected[0], *expected[1]]):
            return True
    return False


def main(graphs: int = GRAPHS, first: int = 0, forms: Sequence[str] = (*FORMS, "plain")) -> Counter[str]:
    counts: Counter[str] = Counter()
    for seed in range(first, first + graphs):
        graph = Graph(seed)
        for form in forms:
            program = graph.program(form)
            notes = inside(graph, program, form, counts)
            notes += outside(graph, program, form, Random(seed), counts)
            note_wrong(notes, seed, counts, f"{form}: WRONG")
    return summed_up(counts)


def note_wrong(notes: Sequence[str], seed: int, counts: Counter[str], reason: str = "WRONG") -> None:
    """Count and print what is wrong with the graph of a seed."""
    for note in notes:
        counts[reason] += 1
        print(f"seed {seed}, {note}"[:400])


def summed_up(counts: Counter[str]) -> Counter[str]:
    """Print the counts, and return them."""
    for reason, count in sorted(counts.items()):
        print(f"{count:>8,}  {reason}")
    return counts


if __name__ == "__main__":
    sys.exit(
        any("WRONG" in reason for reason in main(*map(int, sys.argv[1:3]), *([sys.argv[3:]] if sys.argv[3:] else [])))
    )

"""Random programs at rows inside and outside their domains: eager's numbers, or its error of the same row and node.

Run it: python tests/fuzz/programs.py [programs] [first seed] [backends]. It prints how often each outcome was found.
The graphs have lists that are read in parts and more than once, residual links, and all operations of the table.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections import Counter
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

# ruff: noqa: E402
import numpy as np
from strategies import ROWS

from engine import OPS, GradwalkError, Value, compile, constant, define, grad, nodes
from engine.program.shapes import FORMS
from engine.rules import VALUES, local_derivative

PROGRAMS = 2_000
EXTREMES = [0.0, -0.0, 1.0, -1.0, 2.0, 3.0, 1e-300, -1e-300, 1e300, -1e300, 710.0, -710.0, 1e-8, 30.0, math.inf]
AGREES = 1e-9
EPSILON = sys.float_info.epsilon
ADDING = ("add", "sub", "neg")
ROWS_OF_EACH = 6


def defined() -> list[str]:
    """Define operations of formulas and of a Python function that have no value for some numbers."""
    if "fuzz_logistic" not in OPS:
        define("fuzz_logistic", "1 / (1 + exp(-x))", ("z * (1 - z)",))
        define("fuzz_mean", "sqrt(x * y)", ("0.5 * y / z", "0.5 * x / z"))
        define("fuzz_lgamma", math.lgamma, ("log(x) - 0.5 / x",))  # about its slope
    return ["fuzz_logistic", "fuzz_mean", "fuzz_lgamma"]


class Made:
    """A recipe for a graph: lists of steps, each of an operation and of what it reads."""

    def __init__(self, rng: Random, names: list[str]) -> None:
        self.inputs, self.weights = rng.randint(1, 4), rng.randint(1, 4)
        count = self.inputs + self.weights
        self.constants = [rng.choice((0.5, 2.0, -1.0, 3.0, 0.0)) for _ in range(2)]
        self.steps: list[tuple[str, list[list[int]]]] = []
        lists = [[*range(count)], [*range(count)]]
        count += len(self.constants)
        for _ in range(rng.randint(1, 6)):
            name = rng.choice(names)
            reads = rng.choice(lists)
            low = rng.randrange(len(reads))
            part = reads[low : low + rng.randint(1, 4)]  # a slice
            columns = [part]
            for _ in range(OPS[name].arity - 1):
                other = rng.choice(lists)
                shared = rng.random() < 0.4
                pick = rng.randrange(self.inputs + self.weights + 2)
                columns.append([pick if shared else rng.choice(other) for _ in part])
            self.steps.append((name, columns))
            made = [*range(count, count + len(part))]
            count += len(part)
            if rng.random() < 0.4:  # a residual link
                self.steps.append(("add", [made, part]))
                made = [*range(count, count + len(part))]
                count += len(part)
            lists += [made, made]
            if rng.random() < 0.3:
                lists.append([*made, *rng.choice(lists)])
        read = {each for _, columns in self.steps for args in columns for each in args}
        computed = self.inputs + self.weights + len(self.constants)
        self.ends = [each for each in range(computed, count) if each not in read]  # so that every node counts

    def follow(self, inputs: list[Value], weights: list[Value]) -> Value:
        nodes: list[Any] = [*inputs, *weights, *map(constant, self.constants)]
        for name, columns in self.steps:
            nodes += [VALUES[name](*[nodes[each] for each in args]) for args in zip(*columns)]
        total = nodes[self.ends[0]]
        for end in self.ends[1:]:
            total = total + nodes[end]
        return total


def failures(made: Made, inputs: list[Value], weights: list[Value]) -> set[str]:
    """Return what each node of a row says that has no value though its arguments have one."""
    nodes: list[Any] = [*inputs, *weights, *map(constant, made.constants)]
    said = set()
    for name, columns in made.steps:
        for args in zip(*columns):
            node = None
            if all(nodes[each] is not None for each in args):
                try:
                    node = VALUES[name](*[nodes[each] for each in args])
                except GradwalkError as error:
                    said.add(f"{type(error).__name__} {error}")
            nodes.append(node)
    return said


def eager(made: Made, row: list[float], weights: list[float], gradients: bool) -> Any:
    """Return the value and gradients of one row, or the error."""
    inputs = [constant(each) for each in row]
    parameters = [Value(each, f"w{place}") for place, each in enumerate(weights)]
    for place, each in enumerate(inputs):
        each.label = f"x{place}"
    try:
        root = made.follow(inputs, parameters)
        gradient = [each.data for each in grad(root, parameters)] if gradients else []
        return root.data, gradient, rounding(root)
    except GradwalkError as error:
        error.others = failures(made, inputs, parameters)  # type: ignore[attr-defined]
        return error


def recorded(made: Made, rng: Random, weights: list[float]) -> Any:
    """Return the graph at a row where it has a value, and its leaves; None if none is found."""
    for _ in range(20):
        inputs = [Value(rng.uniform(0.3, 1.5), f"x{place}") for place in range(made.inputs)]
        parameters = [Value(each, f"w{place}") for place, each in enumerate(weights)]
        try:
            return made.follow(inputs, parameters), inputs, parameters
        except GradwalkError:
            weights[:] = [rng.uniform(0.3, 1.5) for _ in weights]
    return None


def steepness(node: Value, index: int) -> float:
    """Return the size of a local derivative, NaN where it has none."""
    try:
        return abs(local_derivative(node, index))
    except GradwalkError:
        return math.nan


def rounding(root: Value) -> float:
    """Return by how much two sums of the root's terms may differ that add them in another order.

    To first order, for each node: what the errors of its arguments do to it, and its own rounding. The terms of a sum
    that cancel round by their own size.
    """
    errors, sizes = dict[Value, float](), dict[Value, float]()
    terms = 1 + sum(node.op is not None and node.op.name in ADDING for node in nodes(root))
    for node in nodes(root):
        args = node.args
        sizes[node], errors[node] = abs(node.data), 0.0
        if not args:
            continue
        if node.op.name in ADDING:
            sizes[node] = sum(sizes[arg] for arg in args)
        for index, arg in enumerate(args):
            if errors[arg]:
                errors[node] += errors[arg] * (1.0 if node.op.name == "detach" else steepness(node, index))
        errors[node] += terms * EPSILON * sizes[node] if node.op.name in ADDING else 4 * EPSILON * sizes[node]
    return errors[root] if math.isfinite(errors[root]) else 0.0


def same(ours: Any, theirs: Any, error: float = 0.0) -> bool:
    """Whether two numbers, or lists of them, are the same but for rounding; infinite ones and NaN alike."""
    ours, theirs = np.atleast_1d(np.asarray(ours, float)), np.atleast_1d(np.asarray(theirs, float))
    size = np.abs(theirs[np.isfinite(theirs)]).max(initial=1.0)
    return bool(np.allclose(ours, theirs, rtol=1e-7, atol=max(AGREES * size, error), equal_nan=True))


def called(program: Any, row: list[float], weights: list[float]) -> Any:
    """Return what a call gives for one row, in the form of a value and gradients."""
    outputs = program([row], weights)
    return float(np.ravel(outputs)[0]), []


def outcome(call: Any) -> Any:
    try:
        return call()
    except GradwalkError as error:
        return error


def judged(found: Any, expected: Any, row: int | None) -> str:
    """Return whether a program says what eager says."""
    if isinstance(expected, GradwalkError):
        if not isinstance(found, GradwalkError):
            return f"WRONG: {found} for {type(expected).__name__} {expected}"
        said = f"{type(found).__name__} {found}".replace(f" row {row}: ", " ", 1)
        if found.row == row and said == f"{type(expected).__name__} {expected}":
            return f"{type(expected).__name__}, the same"
        if found.row == row and said in expected.others:  # type: ignore[attr-defined]
            return "the error of another node of that row, earlier in the graph"
        return f"WRONG: {type(found).__name__} {found} for {type(expected).__name__} row {row}: {expected}"
    if isinstance(found, GradwalkError):
        return f"WRONG: {type(found).__name__} {found} for {expected}"
    if not same(found[1], expected[1]) or not same(found[0], expected[0], expected[2]):
        return f"WRONG: {found} for {expected}"
    close = same(found[0], expected[0])
    return "numbers agree" if close else "numbers agree up to the rounding of terms that cancel"


def check(seed: int, names: list[str], backends: list[str], counts: Counter[str]) -> None:
    """Compare one program with eager: its rows one by one, and all of them together."""
    rng = Random(seed)
    made = Made(rng, names)
    weights = [rng.uniform(0.3, 1.5) for _ in range(made.weights)]
    graph = recorded(made, rng, weights)
    if graph is None:
        counts["no value found to record at"] += 1
        return
    programs = {form: compile(*graph, form=form) for form in FORMS}
    program = programs["matrices"]
    if rng.random() < 0.3:
        weights = [rng.choice(EXTREMES[:-1]) for _ in weights]

    def number() -> float:
        return rng.choice(EXTREMES) if rng.random() < 0.3 else rng.uniform(-1.5, 1.5)

    rows = [[number() for _ in range(made.inputs)] for _ in range(ROWS_OF_EACH)]
    batched = program._batched
    for gradients in (False, True):
        expected = [eager(made, row, weights, gradients) for row in rows]
        for place, row in enumerate(rows):
            ways = {form: partial(each.value_and_grad, np.array([row]), weights) for form, each in programs.items()}
            if not gradients:
                ways = {f"call of {form}": partial(called, each, row, weights) for form, each in programs.items()}
            for each in backends if gradients else ():
                ways[each] = partial(program.on(each), weights, [row])
            for way, call in ways.items():
                verdict = judged(outcome(call), expected[place], 0 if batched else None)
                counts[verdict if verdict.startswith("WRONG") else f"{way}: {verdict}"] += 1
                if verdict.startswith("WRONG"):
                    counts[f"seed {seed}, {way}, row {row}, weights {weights}"] += 1
        failed = next((place for place, each in enumerate(expected) if isinstance(each, GradwalkError)), None)
        if batched and failed is not None:
            for form, each in programs.items():
                call = partial(each.value_and_grad if gradients else each, rows, weights)
                verdict = judged(outcome(call), expected[failed], failed)
                counts[verdict if verdict.startswith("WRONG") else f"batch of {form}: {verdict}"] += 1


def main(programs: int = PROGRAMS, first: int = 0, backends: tuple[str, ...] = ()) -> Counter[str]:
    """Compare so many programs, and return how often each outcome was found."""
    counts: Counter[str] = Counter()
    names = [*ROWS, *defined(), "log", "sqrt", "div", "pow", "tanh", "elu"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in range(first, first + programs):
            check(seed, names, [*backends], counts)
    return counts


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:3]]
    for what, count in sorted(main(*numbers, *([tuple(sys.argv[3:])] if sys.argv[3:] else [])).items()):
        print(f"{count:>8}  {what}")

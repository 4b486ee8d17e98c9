"""Random graphs over all operations at extreme points, to the third order, against PyTorch, with reasons.

Run it: python tests/fuzz/derivatives.py [graphs] [first seed]. It prints how often each explanation was needed.
Where the two differ, the recorded derivative is evaluated once more with 60 digits: that tells who of them rounded.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

# ruff: noqa: E402
import mpmath
import torch
from oracles import torch_function
from strategies import ROWS

from engine import GradwalkError, Value, constant, grad
from engine.graph import operations
from engine.rules import VALUES, local_derivative

GRAPHS = 26_000
POINTS = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 1e-300, -1e-300, 1e300, -1e300, 700.0, -700.0, 1e-8, 30.0, -30.0]
AGREES = 1e-9
SHAKES, NOISE = 20, 4e-16  # runs, and how much each step of one may be off
TINY = 1e-290  # under it floats lose digits
PRECISE = {
    "exp": mpmath.exp, "expm1": mpmath.expm1, "log": mpmath.log, "log1p": lambda x: mpmath.log(1 + x),
    "sqrt": mpmath.sqrt, "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "tanh": mpmath.tanh,
    "sinh": mpmath.sinh, "cosh": mpmath.cosh, "atan": mpmath.atan, "log10": mpmath.log10,
    "choose": lambda condition, x, y: x if condition else y, "erf": mpmath.erf, "abs": abs, "max": max, "min": min,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
}  # fmt: skip
TENSORS: dict[str, Any] = {name: torch_function(op) for name, op in ROWS.items()}


def tensor(number: float, requires_grad: bool = False) -> Any:
    return torch.tensor(number, dtype=torch.float64, requires_grad=requires_grad)


class Graph:
    """One graph in both engines: the same leaves, constants and operations."""

    def __init__(self, rng: Random, counts: Counter[str]) -> None:
        def point() -> float:
            return rng.choice(POINTS) if rng.random() < 0.5 else rng.uniform(-3.0, 3.0)

        numbers = [point() for _ in range(rng.randint(1, 3))]
        self.leaves, self.tensors = [Value(each) for each in numbers], [tensor(each, True) for each in numbers]
        ours, theirs = [*self.leaves], [*self.tensors]
        for _ in range(rng.randint(1, 7)):
            name = rng.choice([*ROWS])
            picks = [rng.randrange(len(ours)) for _ in range(ROWS[name].arity)]
            args: list[Any] = [ours[pick] for pick in picks]
            other = [theirs[pick] for pick in picks]
            if len(picks) > 1 and rng.random() < 0.3:
                which, number = rng.randrange(len(picks)), point()
                args[which], other[which] = constant(number), tensor(number)
            z = TENSORS[name](*other)
            try:
                mine = VALUES[name](*args)
            except GradwalkError:
                inside = [*other, z]
                finite = all(math.isfinite(each.item()) for each in inside)
                counts["UNEXPLAINED error of a value" if finite else "value: our error, PyTorch's inf or nan"] += 1
                continue
            ours.append(mine)
            theirs.append(z)
        self.root, self.tensor, self.made = ours[-1], theirs[-1], theirs


def derived(result: Any, tensors: list[Any]) -> list[Any]:
    """PyTorch's derivatives, zeros where there is no path."""
    if not result.requires_grad:
        return [tensor(0.0)] * len(tensors)
    found = torch.autograd.grad(result, tensors, create_graph=True, allow_unused=True)
    return [tensor(0.0) if each is None else each for each in found]


def close(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= AGREES * max(abs(one), abs(other)) + TINY


def precisely(root: Value, noise: Random | None = None) -> Any:
    """The number of a recorded graph, computed with 60 digits, or with some noise; None if it has none."""
    known: dict[Value, Any] = {}

    def number(node: Value) -> Any:
        return known[node] if node.op else mpmath.mpf(node.data)

    try:
        with mpmath.workdps(60):
            for node in operations(root):
                numbers = dict(zip(node.op.letters, map(number, node.args)))
                known[node] = eval(node.op.formula, {**VALUES, **PRECISE}, numbers)
                if not isinstance(known[node], (mpmath.mpf, int, float)):
                    return None
                if noise:
                    known[node] *= 1 + NOISE * noise.uniform(-1, 1)
            return number(root)
    except (ArithmeticError, TypeError, ValueError, GradwalkError):
        return None


def explained(mine: Value, theirs: float) -> str:
    """Why two numbers differ."""
    ours = mine.data
    if not math.isfinite(theirs):
        return "a right number of ours, PyTorch's inf or nan"
    exact = precisely(mine)
    if exact is None:
        return "UNEXPLAINED: no exact number"
    nearest = float(exact)
    if close(ours, nearest):
        return "ours is exact, PyTorch rounds or underflows inside"
    rng = Random(0)
    shaken = [each for each in (precisely(mine, rng) for _ in range(SHAKES)) if each is not None]
    if shaken and abs(ours - nearest) <= 4 * max(abs(float(each) - nearest) for each in shaken):
        return "terms cancel: noise of the size of rounding in each step moves the result as far"
    if any(abs(node.data) < TINY and all(arg.data for arg in node.args) for node in operations(mine)):
        return "we underflow inside"
    return f"UNEXPLAINED: exact is {nearest}"


def non_finite_inside(graph: Graph) -> bool:
    """Whether PyTorch meets inf or nan anywhere on the way there or back."""
    if not all(math.isfinite(each.item()) for each in graph.made):
        return True
    if not graph.tensor.requires_grad:
        return False
    found = torch.autograd.grad(
        graph.tensor, [t for t in graph.made if t.requires_grad], allow_unused=True, retain_graph=True
    )
    return any(each is not None and not math.isfinite(each.item()) for each in found)


def slope_is_infinite(root: Value) -> bool:
    """Whether a local derivative in a recorded derivative has no finite value."""
    for z in operations(root):
        for index, arg in enumerate(z.args):
            try:
                if arg.requires_grad:
                    local_derivative(z, index)
            except GradwalkError:
                return True
    return False


def compare(seed: int, counts: Counter[str]) -> list[str]:
    """Compare one graph to the third order; what is not explained, in words."""
    rng, notes = Random(seed), []
    graph = Graph(rng, counts)
    results: list[tuple[Any, Any]] = [(graph.root, graph.tensor)]
    if not close(graph.root.data, graph.tensor.item()):
        counts["value: " + explained(graph.root, graph.tensor.item())] += 1
    for order in 1, 2, 3:
        which = rng.randrange(len(results))
        output, tensor_output = results[which]
        theirs = derived(tensor_output, graph.tensors)
        numbers = [each.item() for each in theirs]
        try:
            ours = grad(output, graph.leaves)
        except GradwalkError as error:
            if not all(map(math.isfinite, numbers)) or non_finite_inside(graph):
                reason = "our error, PyTorch's inf or nan"
            elif any(
                node.op.name == "pow" and [arg.data for arg in node.args] == [0.0, 0.0] for node in operations(output)
            ):
                reason = "0 ** 0 has no slope by its exponent, for which PyTorch takes 0"
            elif order > 1 and (str(error).startswith("the gradient of") or slope_is_infinite(output)):
                reason = "our error, a number on the way is too large for a float, and PyTorch takes 0 times it as 0"
            else:
                reason = f"UNEXPLAINED {error}"
            counts[f"order {order}: {'UNEXPLAINED error' if 'UNEXPLAINED' in reason else reason}"] += 1
            if "UNEXPLAINED" in reason:
                notes.append(f"seed {seed}, order {order}: {reason}, PyTorch: {numbers}")
            break
        for mine, other in zip(ours, numbers):
            if close(mine.data, other):
                counts[f"order {order}: agree"] += 1
                continue
            reason = explained(mine, other)
            counts[f"order {order}: {reason}"] += 1
            if "UNEXPLAINED" in reason:
                notes.append(f"seed {seed}, order {order}: ours {mine.data}, PyTorch's {other}: {reason}")
        results = [*zip(ours, theirs)]
    return notes


def main(graphs: int = GRAPHS, first: int = 0) -> Counter[str]:
    counts: Counter[str] = Counter()
    for seed in range(first, first + graphs):
        for note in compare(seed, counts):
            print(note)
    for reason, count in sorted(counts.items()):
        print(f"{count:>8,}  {reason}")
    return counts


if __name__ == "__main__":
    sys.exit(any("UNEXPLAINED" in reason for reason in main(*map(int, sys.argv[1:]))))

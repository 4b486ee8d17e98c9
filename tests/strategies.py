"""Random graphs over all operations, as recipes that any engine can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from engine import OPS, Value
from engine.rules import VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from engine.ops import Op

ROWS = dict(OPS)  # as the table stands before any test or example defines more
CLEAR = 1e-3  # how far a recipe stays away from a kink


def is_clear(op: Op, point: Sequence[float], distance: float = CLEAR) -> bool:
    """Whether arguments are so far away from all kinks of an operation."""
    return all(abs(each) >= distance for each in op.from_kinks(*point))


class Recipe(NamedTuple):
    """The leaves' numbers, and steps: (operation, its arguments), an argument being a step's index or a number.

    The leaves are the first steps to be counted; the last step is the root, and depends on all the others.
    """

    leaves: list[float]
    steps: list[tuple[str, tuple[int | float, ...]]]

    def follow(self, leaves: Sequence[Any], functions: Mapping[str, Callable[..., Any]]) -> list[Any]:
        """Every node, leaves first, made by these functions of these leaves."""
        made = list(leaves)
        for name, args in self.steps:
            made.append(functions[name](*(made[arg] if isinstance(arg, int) else arg for arg in args)))
        return made

    def values(self) -> tuple[list[Value], Value]:
        """Gradwalk's leaves and root."""
        leaves = [Value(number, f"x{index}") for index, number in enumerate(self.leaves)]
        return leaves, self.follow(leaves, VALUES)[-1]


class _Cook:
    """Writes a recipe, and computes as it goes, so that each argument is brought into its operation's domain."""

    def __init__(self, rng: Random, leaves: int) -> None:
        self.rng = rng
        self.numbers = [rng.uniform(-2.0, 2.0) for _ in range(leaves)]
        self.recipe = Recipe(self.numbers.copy(), [])
        self.unused = set(range(leaves))

    def add(self, op: Op, *args: int | float) -> int:
        indices = [arg for arg in args if isinstance(arg, int)]
        self.numbers.append(op.f(*(self.numbers[arg] if isinstance(arg, int) else arg for arg in args)))
        self.recipe.steps.append((op.name, args))
        self.unused -= set(indices)
        self.unused.add(len(self.numbers) - 1)
        return len(self.numbers) - 1

    def number(self, arg: int | float) -> float:
        return self.numbers[arg] if isinstance(arg, int) else arg

    def fit(self, arg: int | float, low: float, high: float) -> int | float:
        """An argument inside of an interval: itself, or squashed into it."""
        if low <= self.number(arg) <= high:
            return arg
        if not isinstance(arg, int):
            return self.rng.uniform(low, high)
        share = self.add(OPS["sigmoid"], self.add(OPS["mul"], arg, 0.7))
        return self.add(OPS["add"], self.add(OPS["mul"], share, high - low), low)

    def cook(self, op: Op) -> None:
        """One more step, of this operation: on nodes made before, seldom on a constant."""
        pick = [self.rng.randrange(len(self.numbers)) for _ in range(op.arity)]
        args: list[int | float] = [*pick]
        if op.arity == 2 and self.rng.random() < 0.2:
            args[self.rng.randrange(2)] = self.rng.uniform(-2.0, 2.0)
        args = [self.fit(arg, domain.low, domain.high) for arg, domain in zip(args, op.domain)]
        while not is_clear(op, [*map(self.number, args)]):
            which = self.rng.choice(
                [at for at, arg in enumerate(args) if isinstance(arg, int)]
            )  # others are constants
            args[which] = self.add(OPS["add"], args[which], self.rng.uniform(0.1, 0.5))
        self.add(op, *args)

    def finish(self) -> Recipe:
        """What no step has used is added up, so that the root depends on every node."""
        while len(self.unused) > 1:
            first, second = sorted(self.unused)[:2]
            self.add(OPS["add"], self.add(OPS["mul"], first, self.rng.uniform(0.5, 1.5)), second)
        return self.recipe


def recipe(rng: Random, leaves: int = 3, steps: int = 12) -> Recipe:
    """A random recipe: as many steps as asked for, and those that keep arguments in their domains."""
    cook = _Cook(rng, leaves)
    for _ in range(steps):
        cook.cook(rng.choice(list(ROWS.values())))
    return cook.finish()


@st.composite
def recipes(draw: st.DrawFn, leaves: int = 4, steps: int = 12) -> Recipe:
    """Recipes that shrink: fewer leaves and steps, and simpler numbers."""
    rng = draw(st.randoms(use_true_random=False))
    cook = _Cook(rng, draw(st.integers(1, leaves)))
    for name in draw(st.lists(st.sampled_from(sorted(ROWS)), min_size=1, max_size=steps)):
        cook.cook(ROWS[name])
    return cook.finish()


class Network(NamedTuple):
    """A graph of lists of numbers: layers, residual connections, slices and lists that are read more than once.

    The first list holds the inputs, the second one weights. A step makes one more list: (kind, first list, second
    list, from, to), where `from` and `to` are what the kind reads of them.
    """

    inputs: int
    steps: list[tuple[str, int, int, int, int]]
    ends: list[list[int]]  # the lists that each output adds up; what no step reads is among them
    weights: int

    def follow(self, inputs: Sequence[Any], weights: Sequence[Any]) -> list[Any]:
        """The outputs, made of these numbers."""
        lists, rest = [list(inputs), list(weights[: self.inputs])], iter(weights[self.inputs :])
        for kind, first, second, low, high in self.steps:
            a, b = lists[first], lists[second]
            if kind == "add":  # a residual connection
                made = [x + y for x, y in zip(a, b)]
            elif kind == "mul":
                made = [x * y for x, y in zip(a, b)]
            elif kind == "slice":
                made = a[low:high]
            elif kind == "join":
                made = a[low:high] + b
            elif kind == "spread":  # one number to all
                made = [sum(a) / len(a) * y for y in b]
            elif kind == "weigh":  # by one shared weight
                weight = next(rest)
                made = [x * weight for x in a]
            elif kind == "patch":  # a list, and more to a slice of it
                made = [x + y if low <= at < high else x for at, (x, y) in enumerate(zip(a, [*b, *a]))]
            elif kind == "shuffle":
                made = [a[(low + at * 5) % len(a)] for at in range(len(a))]
            elif kind == "dense":
                made = [sum(next(rest) * x for x in a) / len(a) + next(rest) for _ in range(high)]
            else:
                made = [getattr(x, kind)() for x in a]
            lists.append(made)
        every = [[x for end in ends for x in lists[end]] for ends in self.ends]
        return [sum((at % 5 + 1) * x for at, x in enumerate(numbers)) / len(numbers) for numbers in every]


KINDS = [
    "add",
    "mul",
    "slice",
    "join",
    "spread",
    "weigh",
    "patch",
    "shuffle",
    "dense",
    "tanh",
    "sin",
    "sigmoid",
    "relu",
]


def network(rng: Random, steps: int = 8, outputs: int = 3) -> Network:
    """A random network: each step reads lists that were made before, the latest ones more often."""
    inputs = rng.choice((3, 4, 6))
    sizes, made, weights = [inputs, inputs], list[tuple[str, int, int, int, int]](), inputs
    planned: list[tuple[str, int, int]] = []
    while len(made) < steps:
        if not planned and rng.random() < 0.2:  # a list's change is added to it, and read in part besides
            start = rng.randrange(len(sizes))
            end = len(sizes)
            planned = [("sin", start, start), ("add", start, end), ("slice", end, end), ("tanh", end + 2, end)]
        kind = rng.choice(KINDS)
        first, second = (max(rng.randrange(len(sizes)), rng.randrange(len(sizes))) for _ in "ab")
        if kind in ("add", "mul", "patch"):  # of one length, where there are two
            second = rng.choice([at for at, size in enumerate(sizes) if size == sizes[first]])
        if planned:
            kind, first, second = planned.pop(0)
        low = rng.randrange(sizes[first])
        high = rng.randint(low + 1, sizes[first])
        lengths = {"slice": high - low, "join": high - low + sizes[second], "spread": sizes[second]}
        size = lengths.get(kind, sizes[first])
        if kind == "dense":
            size = high = rng.choice((3, 4, 6))
            weights += size * (sizes[first] + 1)
        weights += int(kind == "weigh")
        made.append((kind, first, second, low, high))
        sizes.append(size)
    pairs = ("add", "mul", "join", "spread", "patch")
    read = {at for kind, *two, _, _ in made for at in (two if kind in pairs else two[:1])}
    ends: list[list[int]] = [[] for _ in range(rng.randint(1, outputs))]
    for at in range(len(sizes)):
        if at not in read or rng.random() < 0.1:
            rng.choice(ends).append(at)
    return Network(inputs, made, [*filter(None, ends)], weights)


@st.composite
def networks(draw: st.DrawFn, steps: int = 10) -> Network:
    """Networks that shrink to fewer steps."""
    return network(draw(st.randoms(use_true_random=False)), draw(st.integers(1, steps)), draw(st.integers(1, 3)))

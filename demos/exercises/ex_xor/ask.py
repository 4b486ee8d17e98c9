"""Watch a training, and ask for the model's outputs: after it, with random weights, and between the corners."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from random import Random
from time import process_time
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..inside.reading import Unusable

CORNERS = [0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]
MOST = 1000  # the most leaves that are watched
STARTS = 8  # how often random weights are tried
MORE = 4  # the most trainings from other starts
BRIEF = 0.1  # seconds of computing: a training that takes longer is not repeated


def training(answers: SimpleNamespace, seed: int) -> Mapping[str, Any]:
    rng, since = Random(seed), process_time()
    with watched() as watch:
        try:
            result = answers.train(rng)
        except OverflowError:
            if not watch.stale:
                raise
            return {"exploded": True}
    if not (isinstance(result, (list, tuple)) and len(result) == 2):
        raise Unusable(
            f"two things are needed, return model, losses, and train(rng) returns one: a {type(result).__name__}"
        )
    model, losses = result
    if not callable(model):
        first = "losses" if callable(losses) else type(model).__name__
        raise Unusable(f"the first thing that train(rng) returns is the {first}, not a model: return model, losses")
    if not isinstance(losses, (list, tuple)):
        raise Unusable(
            f"losses needs a list, one number an epoch, and train(rng) returns a {type(losses).__name__} for it"
        )
    brief = process_time() - since < BRIEF
    outputs = outputs_of(model)
    weights = {each: start for each, start in watch.created.items() if each.op is None and each.requires_grad}
    return {
        "outputs": outputs,
        "losses": [number(loss) for loss in losses],
        "drawn from rng": rng.getstate() != Random(seed).getstate(),
        "stale": watch.stale,
        "steps up": watch.up,
        "steps down": watch.down,
        "reached": len(watch.reached),
        "seen": len(watch.seen),
        "passes": watch.passes,
        "anew": watch.anew,
        "moved": sum(each.data != start for each, start in weights.items()),
        "with other weights": with_random_weights(model, [*weights], Random(seed)),
        "jump": jump(lambda x: number(model([0.0, x]))),
        "other starts": [*other_starts(answers, seed)] if brief and learned(outputs) else [],
    }


def other_starts(answers: SimpleNamespace, seed: int) -> Iterator[tuple[bool, int]]:
    """Yield for each training from another start whether it has learned XOR, and in how many epochs."""
    since = process_time()
    for more in range(1, MORE + 1):
        if process_time() - since > BRIEF:
            return
        model, losses = answers.train(Random(seed + 1000 * more))
        yield learned(outputs_of(model)), len(losses)


def learned(outputs: list[float]) -> bool:
    return [output > 0.5 for output in outputs] == [False, True, True, False]


def outputs_of(model: Any) -> list[float]:
    return [number(model([*corner])) for corner in CORNERS]


def number(result: Any) -> float:
    """Return a model's output or a loss as a plain number."""
    if isinstance(result, (list, tuple)):
        (result,) = result
    return float(result.data if isinstance(result, Value) else result)


def with_random_weights(model: Any, weights: list[Value], rng: Random) -> list[list[float]]:
    """Return the model's outputs with random weights, and restore its own weights."""
    kept, result = [each.data for each in weights], []
    for _ in range(STARTS):
        for each in weights:
            each.data = rng.gauss(0.0, 1.0)
        result.append(outputs_of(model))
    for each, data in zip(weights, kept):
        each.data = data
    return result


def jump(output: Callable[[float], float]) -> float:
    """Return the jump of the output where it crosses the mean of those at x = 0 and x = 1: almost 0 if smooth."""
    low, high = 0.0, 1.0
    middle = (output(low) + output(high)) / 2
    rises = output(high) > output(low)
    for _ in range(40):
        x = (low + high) / 2
        low, high = (low, x) if (output(x) > middle) is rises else (x, high)
    return abs(output(high) - output(low))


class Watch:
    """Notes on how the weights, the leaves of the first graph, change from one backward() to the next."""

    def __init__(self) -> None:
        self.anew = False  # whether the second backward() was that of other weights
        self.stale = False  # whether a weight had changed, and still had its old gradient
        self.passes = 0  # calls of backward()
        self.up = self.down = 0  # steps along the gradient, and against it
        self.reached: set[Value] = set()  # weights whose gradient was not 0 at least once
        # The number and the gradient of each weight after the last backward().
        self.seen: dict[Value, tuple[float, float]] = {}
        self.created: dict[Value, float] = {}  # the first leaves that are made, and their first numbers

    def before(self, root: Value) -> None:
        self.passes += 1
        weights = self.seen or dict.fromkeys(leaves(root), (0.0, 0.0))
        if self.passes == 2:
            self.anew = not set(weights) & set(leaves(root))
        moved = [weight for weight, (number, _) in self.seen.items() if weight.data != number]
        self.stale |= any(weight.grad for weight in moved)
        climbed = sum((weight.data - self.seen[weight][0]) * self.seen[weight][1] for weight in moved)
        self.up, self.down = self.up + (climbed > 0), self.down + (climbed < 0)
        self.seen = weights

    def after(self) -> None:
        self.seen = {weight: (weight.data, weight.grad) for weight in self.seen}
        self.reached |= {weight for weight in self.seen if weight.grad}


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch every call of backward(), and the first leaves that are made."""
    watch, plain, start = Watch(), Value.backward, Value.__init__

    def backward(self: Value) -> None:
        watch.before(self)
        plain(self)
        watch.after()

    def make(self: Value, *args: Any, **named: Any) -> None:
        start(self, *args, **named)
        if len(watch.created) < MOST:
            watch.created[self] = self.data

    Value.backward, Value.__init__ = backward, make  # type: ignore[method-assign]
    try:
        yield watch
    finally:
        Value.backward, Value.__init__ = plain, start  # type: ignore[method-assign]


def leaves(root: Value) -> Iterator[Value]:
    seen, waiting = {root}, [root]
    while waiting:
        node = waiting.pop()
        if node.op is None and node.requires_grad:
            yield node
        new = set(node.args) - seen
        seen |= new
        waiting += new

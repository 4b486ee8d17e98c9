"""A training, watched, and told by what it shows: what was learned, and if nothing was, what went wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import log
from random import Random
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..probe import Probe

CORNERS = [0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]
TARGETS = [0, 1, 1, 0]


def probes(rng: Random) -> list[Probe]:
    return [probe(rng.randrange(1000)) for _ in range(2)]


def probe(seed: int) -> Probe:
    def observe(answers: SimpleNamespace) -> Mapping[str, str]:
        rng = Random(seed)
        with watched() as watch:
            found = answers.train(rng)
        if not (isinstance(found, (list, tuple)) and len(found) == 2):
            raise TypeError(
                f"train(rng) gives a {type(found).__name__}, and two things are meant: return model, losses"
            )
        model, losses = found
        outputs = [number(model([*corner])) for corner in CORNERS]
        end = story(outputs, [number(loss) for loss in losses], watch)
        if end != told(TARGETS):
            return {"the training": end}  # what failed is told first, and alone
        return {"the training": end, "rng has drawn the weights": rng.getstate() != Random(seed).getstate()}

    def expect() -> Mapping[str, str]:
        return {"the training": told(TARGETS), "rng has drawn the weights": True}

    def graph() -> Value:
        x0, x1, draw = Value(0.0, "x0"), Value(1.0, "x1"), Random(seed)
        w = [Value(round(draw.uniform(-1, 1), 2), f"w{place}") for place in range(6)]
        loss: Value = (w[4] * (w[0] * x0 + w[1] * x1).tanh() + w[5] * (w[2] * x0 + w[3] * x1).tanh() - 1) ** 2
        loss.label = "loss"
        return loss

    given = f"model, losses = train(Random({seed})), then model([0, 0]), model([0, 1]), model([1, 0]), model([1, 1])"
    return Probe(
        given, observe, expect, "the paragraph: one of the two, but not both, from weights that rng draws", graph
    )


def number(found: Any) -> float:
    """A plain number out of what a model or a list of losses may hold."""
    if isinstance(found, (list, tuple)):
        (found,) = found
    return float(found.data if isinstance(found, Value) else found)


def told(answers: list[int]) -> str:
    return f"the model says {' '.join(map(str, answers))}"


def story(outputs: list[float], losses: list[float], watch: Watch) -> str:
    """What a training amounts to, in words that fit any rate, any loss and any size: the first that holds."""
    says = [int(output > 0.5) for output in outputs]
    first, last = losses[0], losses[-1]
    wrong_way = says == [1 - target for target in TARGETS]
    cases = {
        "the gradients of earlier steps are still there, and pile up": watch.stale,
        told(TARGETS): says == TARGETS,
        "the steps go uphill": watch.up > watch.down,
        "the loss falls, and the model says the opposite": wrong_way and last < first,
        "the outputs are stuck at 0 or 1": all(min(abs(each), abs(1 - each)) < 0.02 for each in outputs),
        "no gradient reaches the hidden layer": len(watch.reached) < 2 if watch.seen else len({*outputs}) == 1,
        "the model is a plane, without a bend": plane(outputs),
        "the model cannot tell its two inputs apart": abs(outputs[1] - outputs[2]) < 1e-9,
        "it ends after a few steps": len(losses) < 10,
        "the loss falls to nearly nothing, and the answers are wrong": last < 0.1 * first,
        "the loss hardly falls": 0.5 * first < last < 1.1 * first,
    }
    return next((case for case, holds in cases.items() if holds), told(says))


def plane(outputs: list[float]) -> bool:
    """Whether the outputs, or the scores before a sigmoid, lie in one plane: then opposite corners balance."""
    sets = [outputs]
    if all(0 < each < 1 for each in outputs):
        sets.append([log(each / (1 - each)) for each in outputs])
    return any(abs(a + d - b - c) < 1e-6 * max(1.0, *map(abs, (a, b, c, d))) for a, b, c, d in sets)


class Watch:
    """What the weights do between one backward() and the next: they are the leaves of the first graph."""

    def __init__(self) -> None:
        self.stale = False  # a weight has been stepped, and holds a gradient of before
        self.up = self.down = 0  # steps that go with the gradient, and against it
        self.reached: set[Value] = set()  # those whose gradient was not 0, at least once
        # The number and the gradient of each weight after the last backward().
        self.seen: dict[Value, tuple[float, float]] = {}

    def before(self, root: Value) -> None:
        weights = self.seen or dict.fromkeys(leaves(root), (0.0, 0.0))
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
    """Looks on at every backward()."""
    watch, plain = Watch(), Value.backward

    def backward(self: Value) -> None:
        watch.before(self)
        plain(self)
        watch.after()

    Value.backward = backward  # type: ignore[method-assign]
    try:
        yield watch
    finally:
        Value.backward = plain  # type: ignore[method-assign]


def leaves(root: Value) -> Iterator[Value]:
    seen, waiting = {root}, [root]
    while waiting:
        node = waiting.pop()
        if node.op is None and node.requires_grad:
            yield node
        new = set(node.args) - seen
        seen |= new
        waiting += new

"""Check what a training has learned and, if nothing, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import isfinite, log
from random import Random
from typing import Any

from engine import Value

from ..inside.reading import NOTE
from ..probe import Probe
from . import ask

TARGETS = [0, 1, 1, 0]
SUDDEN = 0.05  # an output with a larger jump is not a smooth function of its inputs
STALE = "the gradients of earlier steps are still there, and pile up"
SEVERAL = 2  # how many trainings from other starts fail if it is not by bad luck
BACKWARDS = 4  # the most calls of backward() in an epoch: one for each row


def probes(rng: Random) -> list[Probe]:
    return [probe(rng.randrange(1000)) for _ in range(2)]


def probe(seed: int) -> Probe:
    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        if "exploded" in observed:
            return {"the training": STALE, NOTE: "The numbers grow until they are too large for a float."}
        end = outcome(observed)
        if end != outputs_text(TARGETS):
            losses = observed["losses"]  # a failure is reported alone, with what the losses say
            fall = (
                f"The loss goes from {losses[0]:.3g} to {losses[-1]:.3g} in {len(losses)} epochs."
                if len(losses) > 1
                else ""
            )
            if "has learned" in end:
                fall += " For each row, it has learned an answer: are the targets in the loss those of XOR?"
            return {"the training": end, **({NOTE: fall} if fall else {})}
        return {"the training": end, "rng has drawn the weights": observed["drawn from rng"]}

    def graph() -> Value:
        x1, x2, draw = Value(0.0, "x1"), Value(1.0, "x2"), Random(seed)
        w = [Value(round(draw.uniform(-1, 1), 2), f"w{place}") for place in range(1, 7)]
        loss: Value = (w[4] * (w[0] * x1 + w[1] * x2).tanh() + w[5] * (w[2] * x1 + w[3] * x2).tanh() - 1) ** 2
        loss.label = "loss"
        return loss

    input_text = (
        f"model, losses = train(Random({seed})), then model([0, 0]), model([0, 1]), model([1, 0]), model([1, 1])"
    )
    return Probe(
        input_text,
        partial(ask.training, seed=seed),
        lambda: {"the training": outputs_text(TARGETS), "rng has drawn the weights": True},
        "the paragraph: one of the two, but not both, from weights that rng draws",
        graph,
        read=read,
        tells=True,
    )


def outputs_text(answers: list[int]) -> str:
    return f"the model says {' '.join(map(str, answers))}"


def answered(outputs: list[float]) -> list[int]:
    return [int(output > 0.5) for output in outputs]


def outcome(observed: Mapping[str, Any]) -> str:
    """Return the result of a training in words that fit any rate, loss and size: the first case that holds."""
    outputs, losses = observed["outputs"], observed["losses"]
    says = answered(outputs)
    if not losses:
        return "it gives no losses, and one an epoch is needed"
    first, last = losses[0], losses[-1]
    wrong_way = says == [1 - target for target in TARGETS]
    reached = observed["reached"] < 2 if observed["seen"] else len({*outputs}) == 1
    stuck = all(min(abs(each), abs(1 - each)) < 0.02 for each in outputs)
    cases = {
        "each epoch makes a new model, so what the one before has learned is lost": observed["anew"],
        STALE: observed["stale"],
        unlearned(observed) or outputs_text(TARGETS): says == TARGETS,
        "the steps go uphill": observed["steps up"] > observed["steps down"],
        "the loss falls, and the model says the opposite": wrong_way and last < first,
        "the outputs are stuck at 0 or 1": stuck and not last < 0.1 * first,
        "no gradient reaches the hidden layer": reached,
        "the model is a plane, without a bend": plane(outputs),
        f"the loss falls to nearly nothing, and the model has learned {' '.join(map(str, says))}": stuck
        and last < 0.01 * first,
        "the model cannot tell its two inputs apart": abs(outputs[1] - outputs[2]) < 1e-9,
        "no weight has moved: is step() called, after backward() and before the next zero_grad()?": unmoved(observed),
        "it ends after a few steps": len(losses) < 10,
        "the loss falls to nearly nothing, and the answers are wrong": last < 0.1 * first,
        "the loss hardly falls": 0.5 * first < last < 1.1 * first,
    }
    return next((case for case, holds in cases.items() if holds), outputs_text(says))


def unlearned(observed: Mapping[str, Any]) -> str:
    """Return why right answers were not learned by a network; "" if they were."""
    losses, passes = observed["losses"], observed["passes"]
    epochs = round(passes / len(losses))  # calls of backward() for each loss
    right = f"{outputs_text(TARGETS)}, but "
    if not observed["moved"]:
        return right + "no weight was moved by training"
    if all(answered(outputs) == TARGETS for outputs in observed["with other weights"]):
        return right + "it says so with any weights: its answers do not come from them"
    failed = [epochs for right, epochs in observed["other starts"] if not right]
    if len(failed) >= SEVERAL:
        many = f"{len(failed)} of {len(observed['other starts'])}"
        return right + f"from {many} other starts it does not learn that: there it ends after {failed[0]:.0f} epochs"
    if observed["jump"] > SUDDEN:
        return right + "it jumps from 0 to 1 at once, as a table does, and no network"
    if passes and not (1 <= epochs <= BACKWARDS and abs(passes - epochs * len(losses)) <= epochs):
        return (
            right
            + f"losses has {len(losses)} number{'s' * (len(losses) != 1)} after {passes:.0f} calls of backward(), "
            "and one an epoch is needed"
        )
    if not all(map(isfinite, losses)) or losses[-1] >= losses[0]:
        return right + "the losses do not fall"
    return ""


def unmoved(observed: Mapping[str, Any]) -> bool:
    """Return whether the weights got gradients and stayed where they were."""
    return bool(observed["passes"] and observed["reached"] and not observed["moved"])


def plane(outputs: list[float]) -> bool:
    """Tell whether the outputs, or the scores before a sigmoid, lie in a plane: opposite corners have equal sums."""
    sets = [outputs]
    if all(0 < each < 1 for each in outputs):
        sets.append([log(each / (1 - each)) for each in outputs])
    return any(abs(a + d - b - c) < 1e-6 * max(1.0, *map(abs, (a, b, c, d))) for a, b, c, d in sets)

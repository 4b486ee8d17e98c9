"""Every layer of nn, ready to be called: found by what nn exports, so that a new one is tested by no new line."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any, NamedTuple

import nn
from nn import Module

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

COUNT, OUTPUTS = 4, 3  # of a layer that nothing else is said of: Kind(COUNT, OUTPUTS)


class Example(NamedTuple):
    """How to make a layer, given the name of an activation, and rows for it, given a generator."""

    make: Callable[[str], Any]
    row: Callable[[Random], Any] = lambda rng: [rng.uniform(-1.0, 1.0) for _ in range(COUNT)]


def _of(kind: type[Module]) -> Example:
    words = signature(kind).parameters

    def make(activation: str) -> Module:
        options = {"activation": activation, "rng": 0}
        return kind(COUNT, OUTPUTS, **{name: each for name, each in options.items() if name in words})

    return Example(make)


def _one_hot(word: int) -> list[float]:
    return [float(word == place) for place in range(COUNT)]


# Those that are made, or called, in another way.
OTHERS = {
    "Neuron": Example(lambda activation: nn.Neuron(COUNT, activation, rng=0)),
    "Conv1d": Example(
        lambda activation: nn.Conv1d(2, OUTPUTS, 2, activation, rng=0),
        lambda rng: [rng.uniform(-1.0, 1.0) for _ in range(10)],
    ),
    "Embedding": Example(
        lambda activation: nn.Embedding(COUNT, OUTPUTS, rng=0),
        lambda rng: _one_hot(rng.randrange(COUNT)),
    ),
    "MLP": Example(lambda activation: nn.MLP(COUNT, [5, OUTPUTS], activation, rng=0)),
    "MLP of probabilities": Example(
        lambda activation: nn.MLP(COUNT, [5, OUTPUTS], activation, output="softmax", rng=0)
    ),
    "Recurrent": Example(
        lambda activation: nn.Recurrent(2, 5, OUTPUTS, activation, last=True, rng=0),
        lambda rng: [[rng.uniform(-1.0, 1.0) for _ in range(2)] for _ in range(3)],
    ),
    "Sequential": Example(
        lambda activation: nn.Sequential(nn.Layer(COUNT, 5, rng=0), activation, nn.Layer(5, OUTPUTS, rng=1)),
    ),
    "Sequential with Dropout": Example(
        lambda activation: nn.Sequential(
            nn.Layer(COUNT, 5, activation, rng=0), nn.Dropout(0.25), nn.Layer(5, OUTPUTS, rng=1)
        ),
    ),
}


def _is_called(kind: type[Module]) -> bool:
    """Whether a Module with weights is called on a row, unlike Module itself, a Hopfield network, and Dropout."""
    refusing = (nn.Module, nn.Hopfield)  # their __call__ only says what to write instead
    return kind is not nn.Dropout and any("__call__" in vars(each) for each in kind.__mro__ if each not in refusing)


LAYERS: dict[str, Example] = {
    name: OTHERS.get(name) or _of(kind)
    for name in nn.__all__
    if isinstance(kind := getattr(nn, name), type) and issubclass(kind, Module) and _is_called(kind)
} | {name: example for name, example in OTHERS.items() if name not in nn.__all__}

"""Initializers: functions that draw the first weights of a model, small, random and different from each other.

Each draws one weight for a layer of `inputs` inputs and `neurons` neurons, from the generator `rng`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from math import sqrt
from random import Random
from typing import Any

from engine import OPS, described, public

from .checks import NetworkError, choose, size, whole
from .names import InitName

__all__ = ["he", "uniform", "xavier", "zeros"]

Initializer = Callable[[int, int, Random], float]
Init = InitName | Initializer | None


@public
def uniform(inputs: int, neurons: int, rng: Random) -> float:
    """Draw a weight uniformly from -1 to 1, whatever the size of the layer.

    - `inputs`, `neurons`: how many the layer has.
    - `rng`: the generator of random numbers, a `random.Random`.

    Raises NetworkError (a ValueError) for a count below 1, and for an `rng` that is not a `random.Random`.

    >>> -1 <= uniform(2, 3, Random(0)) <= 1
    True
    """
    _check_arguments(inputs, neurons, rng)
    return rng.uniform(-1.0, 1.0)


@public
def xavier(inputs: int, neurons: int, rng: Random) -> float:
    """Draw a weight uniformly from -r to r, with r = √(6 / (inputs + neurons)). It suits tanh and sigmoid.

    With it, signals keep their size from layer to layer, and so do gradients.
    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.

    - `inputs`, `neurons`: how many the layer has.
    - `rng`: the generator of random numbers, a `random.Random`.

    Raises NetworkError (a ValueError) for a count below 1, and for an `rng` that is not a `random.Random`.

    >>> abs(xavier(3, 3, Random(0))) <= 1.0
    True
    """
    _check_arguments(inputs, neurons, rng)
    limit = sqrt(6 / (inputs + neurons))
    return rng.uniform(-limit, limit)


@public
def he(inputs: int, neurons: int, rng: Random) -> float:
    """Draw a weight from a normal distribution of mean 0 and standard deviation √(2 / inputs). It suits ReLU.

    The factor 2 makes up for the half of the signals that ReLU sets to 0.
    Source: He et al., "Delving deep into rectifiers", 2015.

    - `inputs`, `neurons`: how many the layer has.
    - `rng`: the generator of random numbers, a `random.Random`.

    Raises NetworkError (a ValueError) for a count below 1, and for an `rng` that is not a `random.Random`.

    >>> round(he(8, 3, Random(0)), 4) == round(Random(0).gauss(0, 0.5), 4)
    True
    """
    _check_arguments(inputs, neurons, rng)
    return rng.gauss(0.0, sqrt(2 / inputs))


@public
def zeros(inputs: int, neurons: int, rng: Random) -> float:
    """Return 0 for each weight, to show why weights start random: neurons that start alike stay alike.

    - `inputs`, `neurons`: how many the layer has.
    - `rng`: the generator of random numbers, a `random.Random`.

    Raises NetworkError (a ValueError) for a count below 1, and for an `rng` that is not a `random.Random`.

    >>> zeros(2, 3, Random(0))
    0.0
    """
    _check_arguments(inputs, neurons, rng)
    return 0.0


def _check_arguments(inputs: Any, neurons: Any, rng: Any) -> None:
    size(inputs, "inputs")
    size(neurons, "neurons")
    if not isinstance(rng, Random):
        raise NetworkError(f"rng is a random.Random, such as random.Random(0), not {described(rng)}.")


INITIALIZERS: dict[str, Initializer] = {draw.__name__: draw for draw in (uniform, xavier, he, zeros)}


def initializer(init: Init, activation: str) -> Initializer:
    """Return an initializer by its name; a function is returned as it is.

    None is `he` if the activation is a rectifier, such as ReLU, else `xavier`.

    >>> initializer(None, "relu").__name__, initializer("zeros", "relu").__name__
    ('he', 'zeros')
    """
    if callable(init):
        return init
    if init is None:
        return he if activation in OPS and OPS[activation].rectifier else xavier
    return choose(INITIALIZERS, init, "initializer")


def generator(rng: Any) -> Random:
    """Return a random generator.

    `rng` is a seed (a whole number), a `random.Random`, or a generator of NumPy's. None takes a seed from Python's
    global generator, so after `random.seed(1337)` the numbers are the same each time. Raises NetworkError for
    anything else.

    >>> generator(1).random() == generator(1).random()
    True
    """
    if isinstance(rng, Random):
        return rng
    if rng is None:
        return Random(random.getrandbits(64))
    seed = whole(rng)
    if seed is not None:
        return Random(seed)
    if hasattr(rng, "integers"):  # numpy.random.default_rng(0)
        return Random(int(rng.integers(2**62)))
    if hasattr(rng, "randint") and hasattr(rng, "get_state"):  # numpy.random.RandomState(0)
        return Random(int(rng.randint(2**31 - 1)))
    raise NetworkError(f"rng must be a whole number (a seed), a random.Random or None, not {described(rng)}.")

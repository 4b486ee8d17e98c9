"""Ask for the first weights that an answer draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from types import SimpleNamespace
from typing import Any


def weights(answers: SimpleNamespace, seed: int, drawn: Sequence[tuple[int, int, int]]) -> Mapping[str, Any]:
    """Return a matrix of weights for each (generator, inputs, neurons); all generators start with the same seed."""
    draws = {generator: Random(seed) for generator, *_ in drawn}
    return {"weights": [matrix(answers.init(*size, draws[generator])) for generator, *size in drawn]}


def matrix(weights: Any) -> list[list[float]]:
    """Return weights as lists of numbers. Raises TypeError if they have another form."""
    return [[float(weight) for weight in row] for row in weights]

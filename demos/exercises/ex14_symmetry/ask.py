"""The numbers that a start draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from types import SimpleNamespace
from typing import Any


def weights(answers: SimpleNamespace, seed: int, drawn: Sequence[tuple[int, int, int]]) -> Mapping[str, Any]:
    """The matrices that are drawn: each is (generator, inputs, neurons), and all generators start with one seed."""
    draws = {generator: Random(seed) for generator, *_ in drawn}
    return {"weights": [answers.init(*size, draws[generator]) for generator, *size in drawn]}

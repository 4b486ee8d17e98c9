"""Ask for the gradients of a graph that is made of the answer's nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from ..inside.graphs import backward


def gradients(answers: SimpleNamespace, leaves: Mapping[str, float], lines: Sequence[str]) -> Mapping[str, Any]:
    return backward(leaves, lines, answers.Value)

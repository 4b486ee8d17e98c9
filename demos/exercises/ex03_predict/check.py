"""The drawn graph, from the root back: its numbers are the drawing's, so they are always the same."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from types import SimpleNamespace
from typing import Any

from ..probe import Probe
from ..recipe import Recipe

DRAWN = Recipe({"a": 2.0, "b": -3.0, "c": 10.0}, ("d = a * b", "e = d + c", "L = e * d"))
STEPS = [("L", "e"), ("d",), ("c",), ("b",), ("a",)]  # L is given, so alone it is no beginning


def probes(rng: Random) -> list[Probe]:
    return [probe(names) for names in STEPS]


def probe(nodes: tuple[str, ...]) -> Probe:
    names = [f"{node}.grad" for node in nodes]

    def observe(answers: SimpleNamespace) -> Mapping[str, Any]:
        found = [answers.gradients.get(node) for node in nodes]
        if ... in found:
            raise NotImplementedError("TODO: six numbers; the first is given")
        words = [f"the text {each!r}, and a number is meant" if isinstance(each, str) else each for each in found]
        return dict(zip(names, words))

    def expect() -> Mapping[str, Any]:
        truth = DRAWN.gradients()
        return {name: truth[name] for name in names}

    return Probe(str(DRAWN), observe, expect, graph=DRAWN.graph)

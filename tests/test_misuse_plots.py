"""Every argument of every plot and of the Recorder, given odd values: refused in our words, or right to take."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from matplotlib.figure import Figure
from odd import mistakes, public_things

import nn
from nn import MLP, Recorder, fit, plot
from nn.objective import Objective

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

X, Y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]


def model() -> MLP:
    return MLP(2, [2, 1], rng=0)


def nothing() -> None:
    return None


def recorded() -> Recorder:
    recorder = Recorder()
    fit(model(), X, Y, epochs=2, progress=False, recorder=recorder)
    return recorder


RECORDED = recorded()
NAMES = "None [] () {} np.empty"  # none, as Dataset.features has it

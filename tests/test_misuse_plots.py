"""Every argument of every plot and of the Recorder, given odd values: refused in our words, or right to take."""

from __future__ import annotations

from nn import MLP, Recorder, fit

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

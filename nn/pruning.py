"""`prune`: cut the weakest connections of a network."""

from __future__ import annotations

from math import nextafter
from typing import Any

from engine import described, public

from .checks import NetworkError, within
from .objective import flat


@public
def prune(model: Any, share: float = 0.5) -> int:
    """Set the smallest weights of a model to 0, freeze them, and return the number of weights that were cut.

    - `model`: an `MLP`, a `Layer` or another model that has `weights()`. Biases stay.
    - `share`: the share of all weights that are cut afterwards, from 0 to 1; it includes weights cut before.

    A weight that is cut no longer learns: it is a constant, and not in `parameters()`. So make the optimizer of a
    later training after pruning. Raises NetworkError for a share out of range.

    Source: Y. LeCun, J. Denker and S. Solla, "Optimal brain damage", 1990; here by size alone.

    >>> from nn import MLP
    >>> model = MLP(2, [3, 1], rng=0)
    >>> prune(model, 0.5), len(model.parameters())
    (4, 9)
    """
    if not callable(getattr(model, "weights", None)):
        raise NetworkError(f"prune takes a model with weights(), such as an MLP, not {described(model)}.")
    if not within(share, 0, nextafter(1, 2)):
        raise NetworkError(f"share is a number from 0 to 1, such as 0.5, not {described(share)}.")
    weights = [*dict.fromkeys(flat(model.weights()))]
    weakest = sorted(weights, key=lambda weight: abs(weight.data))[: int(share * len(weights))]
    for weight in weakest:
        weight.data = 0.0
        weight.requires_grad = False
    return len(weakest)

"""Losses: functions that return how far a prediction is from the target, as one Value to call `backward()` on.

A prediction is the output of a model for one row: a Value, or a list of Values. The target has as many numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .classes import (
    binary_cross_entropy,
    binary_cross_entropy_on_logits,
    check_class,
    check_labels,
    check_probabilities,
    cross_entropy,
    hinge,
    softmax,
)
from .penalties import l1, l2
from .regression import huber, mae, mse, quadratic

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "CHECKS", "LOSSES", "binary_cross_entropy", "binary_cross_entropy_on_logits", "cross_entropy", "hinge",
    "huber", "l1", "l2", "mae", "mse", "quadratic", "softmax",
]  # fmt: skip

_CLASSES = (hinge, binary_cross_entropy, binary_cross_entropy_on_logits, cross_entropy)
LOSSES: dict[str, Callable[..., Any]] = {loss.__name__: loss for loss in (quadratic, mse, mae, huber, *_CLASSES)}
# Checks of a target before a training: each is called with a target and the number of outputs.
CHECKS: dict[str, Callable[..., None]] = {
    "hinge": check_labels,
    "binary_cross_entropy": lambda target, outputs: check_probabilities(target, "binary_cross_entropy", outputs),
    "binary_cross_entropy_on_logits": lambda target, outputs: check_probabilities(
        target, "binary_cross_entropy_on_logits", outputs
    ),
    "cross_entropy": check_class,
}

if not TYPE_CHECKING:  # a type checker knows every name without it

    def __getattr__(name: str) -> Any:
        from ..other_libraries import refuse

        refuse(name, "nn.losses")

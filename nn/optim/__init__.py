"""Optimizers, which update parameters by their gradients. Names and defaults are those of PyTorch, where it has them.

Each optimizer is one update rule: arithmetic on a weight, its gradient and its slots (such as a velocity). The same
rule updates the floats of Values one by one, and whole arrays of NumPy or JAX.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .adaptive import AdaGrad, Adam, AdamW, RMSProp
from .base import Optimizer
from .clipping import clip_norm, clip_value
from .descent import SGD, AveragedSGD, ImplicitSGD

__all__ = [
    "OPTIMIZERS", "RATES", "SGD", "AdaGrad", "Adam", "AdamW", "AveragedSGD", "ImplicitSGD", "Optimizer", "RMSProp",
    "clip_norm", "clip_value",
]  # fmt: skip

# The learning rate of an optimizer that `fit` makes from a name or a class. It suits small networks; the classes' own
# defaults are those of PyTorch.
RATES = {
    "sgd": 0.1, "implicitsgd": 0.1, "averagedsgd": 0.1, "adagrad": 0.1, "rmsprop": 0.01, "adam": 0.01, "adamw": 0.01,
}  # fmt: skip
OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.__name__.lower(): kind for kind in (SGD, ImplicitSGD, AveragedSGD, AdaGrad, RMSProp, Adam, AdamW)
}

if not TYPE_CHECKING:  # a type checker knows every name without it

    def __getattr__(name: str) -> Any:
        from ..other_libraries import refuse

        refuse(name, "nn.optim")

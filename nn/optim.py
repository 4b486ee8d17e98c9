"""Optimizers: they move parameters against their gradients."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from engine import Value

from .checks import NetworkError, plural

if TYPE_CHECKING:
    from collections.abc import Iterable


class SGD:
    """Gradient descent: each step takes `lr` (the learning rate) times the gradient off every parameter.

    Raises NetworkError (a ValueError) for a rate that is negative or not finite, for no parameters, for what
    is no parameter, and for a step that would end in infinity or NaN: then no parameter has moved.

    >>> w = Value(5.0, "w")
    >>> optimizer = SGD([w], lr=0.1)
    >>> loss = 0.5 * (6 - 2 * w) ** 2
    >>> loss.backward()
    >>> optimizer.step()
    >>> w.data
    4.2
    """

    def __init__(self, parameters: Iterable[Value], lr: float = 0.01) -> None:
        if not hasattr(parameters, "__iter__"):
            raise NetworkError("an optimizer takes a list of parameters: SGD(model.parameters(), lr=0.01).")
        self.parameters = list(dict.fromkeys(parameters))  # a shared weight moves once
        if not self.parameters:
            raise NetworkError("there are no parameters to optimize: give it model.parameters().")
        for parameter in self.parameters:
            if not isinstance(parameter, Value) or parameter.op is not None or parameter.grad is None:
                raise NetworkError(f"{parameter!r} is no parameter: only a leaf that gets a gradient can learn.")
        self.lr = lr

    @property
    def lr(self) -> float:
        """The learning rate; it may be set between steps."""
        return self._lr

    @lr.setter
    def lr(self, rate: Any) -> None:
        if isinstance(rate, bool) or not hasattr(rate, "__float__") or not 0 <= rate < inf:
            raise NetworkError(f"the learning rate must be a number, 0 or more, such as 0.1, not {rate!r}.")
        self._lr = float(rate)

    def step(self) -> None:
        """Move every parameter one step downhill, by its present gradient."""
        moved = [parameter.data - self._lr * parameter.grad for parameter in self.parameters]
        for parameter, number in zip(self.parameters, moved):
            if not isfinite(number):
                raise NetworkError(
                    f"{parameter.label or 'a parameter'} would become {number}: its gradient is {parameter.grad}. "
                    f"Training diverged; start again with a rate below {self._lr:g}."
                )
        for parameter, number in zip(self.parameters, moved):
            parameter.data = number

    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0, before the next `backward()` adds to it."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def __repr__(self) -> str:
        return f"SGD({plural(len(self.parameters), 'parameter')}, lr={self._lr:g})"

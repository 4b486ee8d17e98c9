"""A network of tanh and its training, written by hand in JAX: what programs and `fit` are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def mean_loss(outputs: int, columns: bool) -> Callable[[Any, Any, Any], Any]:
    """Return a function of (arrays, X, y): the mean cross-entropy of classes or, for one output, of yes and no.

    The arrays are a matrix of inputs × neurons and a row of biases for each layer; samples are rows or columns.
    """
    import jax
    from jax import numpy as jnp

    axis = 0 if columns else 1

    def loss(arrays: Any, X: Any, y: Any) -> Any:
        h = X
        for number, (W, b) in enumerate(zip(arrays[::2], arrays[1::2])):
            h = jnp.tanh(h) if number else h
            h = W.T @ h + b[:, None] if columns else h @ W + b
        if outputs > 1:
            return (jax.nn.logsumexp(h, axis) - (y * h).sum(axis)).mean()
        return (jnp.logaddexp(0.0, h) - y * h).mean()

    return loss


def descent(loss: Callable[[Any, Any, Any], Any], rate: float, steps: int) -> Callable[[Any, Any, Any], Any]:
    """Return a function of (arrays, X, y): the arrays after so many steps in one `lax.scan`, and the losses."""
    import jax

    def run(arrays: Any, X: Any, y: Any) -> Any:
        def step(arrays: Any, _: None) -> Any:
            value, slopes = jax.value_and_grad(loss)(arrays, X, y)
            return [array - rate * slope for array, slope in zip(arrays, slopes)], value

        return jax.lax.scan(step, arrays, None, steps)

    return run

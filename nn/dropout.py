"""`Dropout`: a layer that leaves out some of its inputs at random while a model is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from engine import described, public

from .checks import NetworkError, row, within
from .init import generator
from .masks import MasksFrom, drawn, source
from .module import Module
from .structure import Structure

if TYPE_CHECKING:
    from engine import Value


@public
class Dropout(Module):
    """Leaves out each number of a row with probability `p` in training, and divides the others by 1 - p.

    Each is multiplied by its entry of a mask, 0 or 1 / (1 - p), so its mean stays what it was. No neuron can rely
    on one other, which is always there: a network overfits less. It has no parameters. `p` is a number from 0 to
    below 1.

    - `fit` draws a new mask for each row and each step. The masks follow from its seed, so they are the same on every
      backend. Its losses of the training rows are those with dropout.
    - `predict`, `classify`, `evaluate`, `accuracy`, `diagnose`, plots, recordings and the validation rows of `fit`
      drop nothing.
    - A call of your own drops nothing either, `model(row)`, but inside `with dropping(rng):`. There are no modes:
      PyTorch's `model.train()` and `model.eval()` have no counterpart that one could forget.

    This is PyTorch's nn.Dropout. Raises NetworkError (a ValueError) for another `p`.

    Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014; with the
    division in training ("inverted dropout") as in PyTorch.

    >>> from nn import Layer, Sequential, dropping
    >>> model = Sequential(Layer(2, 8, "tanh", rng=0), Dropout(0.5), Layer(8, 1, rng=1))
    >>> model
    Sequential(Layer(2, 8, activation='tanh'), Dropout(0.5), Layer(8, 1, activation='linear'))
    >>> layer = Dropout(0.5)
    >>> [y.data for y in layer([1.0, 2.0, 3.0, 4.0])]
    [1.0, 2.0, 3.0, 4.0]
    >>> with dropping(rng=1):
    ...     [y.data for y in layer([1.0, 2.0, 3.0, 4.0])]
    [0.0, 4.0, 6.0, 0.0]
    """

    name = "dropout"

    def __init__(self, p: float = 0.5) -> None:
        if not within(p, 0, 1):
            percent = f": for {p} %, write {p / 100:g}" if within(p, 1, 100) and p > 1 else ""
            raise NetworkError(
                f"p is the share of numbers to drop, from 0 to below 1, such as 0.5, not {described(p)}{percent}."
            )
        self.p: float = float(p)

    @public
    def __call__(self, inputs: Any) -> list[Value]:
        x, draw = row(inputs), source()
        if draw is None or self.p == 0:
            return x
        return [number * factor for number, factor in zip(x, draw(self.p, len(x)))]

    @public
    def structure(self) -> Structure:
        """Return what the layer says of itself: what it computes, and how it is made."""
        return Structure(arguments=[self.p], function=f"dropout {self.p:g}")


class _Called(type):
    """A class that must be called before it stands in a `with` statement."""

    def __enter__(cls) -> NoReturn:
        raise NetworkError(f"{cls.__name__} is called in a with statement: write with {cls.__name__}(rng): ...")

    def __exit__(cls, *error: object) -> None:
        """Do nothing: the block was not entered."""


@public
class dropping(MasksFrom, metaclass=_Called):  # noqa: N801 -- it is used as a function
    """Let Dropout layers drop inside a `with` block, for a training loop of your own. It is a decorator, too.

    Each call of a model inside draws a new mask. `fit`, `predict`, plots and so on do there what they do elsewhere.

    - `rng`: a seed, or a generator of random numbers. Make one before the loop: the same seed in each step would
      draw the same mask in each. None takes a seed from Python's global generator.

    Raises NetworkError (a ValueError) for what is not a seed or a generator.

    >>> from nn import Layer, Sequential, losses
    >>> model = Sequential(Layer(2, 8, "tanh", rng=0), Dropout(0.5), Layer(8, 1, rng=1))
    >>> with dropping(rng=0):
    ...     for step in range(3):
    ...         loss = losses.mse(model([1.0, -1.0]), 0.5)
    ...         model.zero_grad()
    ...         loss.backward()
    ...         for parameter in model.parameters():
    ...             parameter.data -= 0.1 * parameter.grad
    >>> model([1.0, -1.0]).data == model([1.0, -1.0]).data
    True
    """

    def __init__(self, rng: Any = None) -> None:
        super().__init__(drawn(generator(rng)))

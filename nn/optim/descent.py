"""Gradient descent and what was first built on it: momentum, averages, implicit steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import described, flag, public

from ..checks import NetworkError, checked_loss, size
from .base import Optimizer, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine import Value

    from .base import Gradient, Tools


@public
class SGD(Optimizer):
    """Gradient descent: each step takes `lr` (the learning rate) times the gradient off every parameter.

    With `momentum` μ the step goes along a velocity, v ← μ·v + g, which keeps what past gradients agree on;
    `nesterov` looks ahead along it, g + μ·v. `weight_decay` λ adds λ·w to each gradient, which pulls weights
    towards 0. Source: Polyak, 1964; Nesterov, 1983; as in Sutskever et al., 2013.

    >>> from engine import Value
    >>> w = Value(5.0, "w")
    >>> optimizer = SGD([w], lr=0.1)
    >>> loss = 0.5 * (6 - 2 * w) ** 2
    >>> loss.backward()
    >>> optimizer.step()
    >>> w.data
    4.2
    """

    slots = ("velocity",)

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.001,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(
            parameters, lr, momentum=momentum, nesterov=flag(nesterov, "nesterov"), weight_decay=weight_decay
        )
        if nesterov and not momentum:
            raise NetworkError("nesterov looks ahead along the velocity: give it a momentum, such as 0.9.")

    @staticmethod
    def rule(  # type: ignore[override]
        w: Any, g: Any, v: Any, *, lr: Any, step: Any, momentum: float, nesterov: bool, weight_decay: float
    ) -> tuple[Any, ...]:
        g = g + weight_decay * w
        v = momentum * v + g
        return w - lr * (g + momentum * v if nesterov else v), v


@public
class AveragedSGD(Optimizer):
    """Polyak–Ruppert averaging: plain gradient descent, whose answer is the mean of all weights on its way.

    w ← w − lr·g, w̄ ← w̄ + (w − w̄)/n. The way may go on jumping about the minimum; the mean settles. Steps up
    to `start` are left out of it. The parameters stand at w, until `average()` sets them to w̄; `fit` does so
    by itself. Source: Ruppert, 1988; Polyak and Juditsky, 1992.

    >>> from engine import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = AveragedSGD([w], lr=1.0)
    >>> for w.grad in (1.0, -2.0):  # to 0, and to 2
    ...     optimizer.step()
    >>> optimizer.average()
    >>> w.data
    1.0
    """

    slots = ("average",)

    def __init__(
        self, parameters: Iterable[Value], lr: float = 0.001, start: int = 0, weight_decay: float = 0.0
    ) -> None:
        start = size(start, "start", least=0)
        super().__init__(parameters, lr, start=start, weight_decay=weight_decay)

    @staticmethod
    def rule(  # type: ignore[override]
        w: Any, g: Any, mean: Any, *, lr: Any, step: Any, start: int, weight_decay: float
    ) -> tuple[Any, ...]:
        w = w - lr * (g + weight_decay * w)
        count = 1 + (step > start) * (step - start - 1)
        return w, (mean * (count - 1) + w) / count

    def answer(self, state: State) -> Any:
        return state.slots[0]

    @public
    def average(self) -> None:
        """Set the parameters to the mean of all that they have been: the last step of a training."""
        if self.steps:
            self.put(self.columns[0])


@public
class ImplicitSGD(Optimizer):
    """Implicit gradient descent: the step along the gradient at the place where it ends.

    Each step solves w′ = w − lr·∇L(w′) for w′, the minimum of L(w′) + ‖w′ − w‖² / 2·lr. On a convex loss it
    has one solution and never overshoots, however large the rate: w′ is nearer to the minimum than w.

    The equation is solved by walking against what is left of it, r(v) = v − w + lr·∇L(v): the first move is
    r itself, an ordinary step, and each later one is r divided by how fast r was seen to change along the
    last move (Barzilai and Borwein). `iterations` counts the gradients that a step may ask for: 1 is SGD, 2
    are exact for one weight and a parabola, and more close in on w′: at any rate if the loss is convex and
    quadratic (Raydan, 1993), else surely at rates below 1 / the largest curvature of the loss.
    Source: Toulis and Airoldi, "Asymptotic and finite-sample properties of estimators based on stochastic
    gradients", 2017; Barzilai and Borwein, "Two-point step size gradient methods", 1988.

    As the gradient is asked for where the parameters are not yet, `step` takes a function that computes the
    loss anew.

    >>> from engine import Value
    >>> w = Value(5.0, "w")
    >>> optimizer = ImplicitSGD([w], lr=100.0)
    >>> optimizer.step(lambda: 0.5 * (6 - 2 * w) ** 2)
    >>> round(w.data, 6), round((5 + 100 * 12) / (1 + 100 * 4), 6)
    (3.004988, 3.004988)
    """

    def __init__(
        self, parameters: Iterable[Value], lr: float = 0.001, iterations: int = 10, weight_decay: float = 0.0
    ) -> None:
        iterations = size(iterations, "iterations")
        super().__init__(parameters, lr, iterations=iterations, weight_decay=weight_decay)

    @staticmethod
    def rule(  # type: ignore[override]
        v: Any, g: Any, w: Any, *, lr: Any, step: Any, iterations: int, weight_decay: float
    ) -> tuple[Any, ...]:
        return (v - w + lr * (g + weight_decay * v),)  # what is left of the equation at v

    def advance(self, tools: Tools, gradient: Gradient, state: State, lr: Any) -> tuple[State, Any]:
        def left_at(v: Any, g: Any) -> Any:
            return tools.each(lambda *columns: self.rule(*columns, lr=lr, step=0, **self.options), v, g, w)[0]

        w = old = state.weights
        slopes, seen = gradient(w)
        before = left_at(w, slopes)
        (new,) = tools.each(lambda v, r: (v - r,), old, before)
        for _ in range(self.options["iterations"] - 1):
            left = left_at(new, gradient(new)[0])
            move, change = tools.each(lambda v, u, r, q: (v - u, r - q), new, old, left, before)
            length, bend = tools.dot(move, move), tools.dot(move, change)
            steep = (bend > length) * 1.0  # where the loss is convex; elsewhere, and at the end, the whole of r
            share = steep * length / (steep * bend + (1 - steep)) + (1 - steep)
            old, before = new, left
            (new,) = tools.each(lambda v, r, share=share: (v - share * r,), new, left)
        return State(new, (), state.steps + 1), seen

    @public
    def step(self, loss: Callable[[], Value] | None = None) -> None:
        """Move every parameter one step; `loss` computes the loss anew, from the parameters as they then are."""
        if not callable(loss):
            given = "" if loss is None else f", not {described(loss)}"
            raise NetworkError(
                "ImplicitSGD asks for the gradient where the step will end: give step() a function that computes the "
                f"loss anew, optimizer.step(lambda: mse(model(x), y)){given}."
            )

        def gradient(weights: Any) -> tuple[Any, None]:
            self.put(weights)
            self.zero_grad()
            checked_loss(loss()).backward()
            return [parameter.grad for parameter in self.parameters], None

        self._move(gradient)

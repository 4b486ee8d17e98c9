"""Optimizers that do gradient descent: plain, with momentum, with averaged weights, with implicit steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from engine import described, flag, public

from ..checks import NetworkError, checked_loss, size
from .base import Optimizer, State, pulled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine import Value

    from .base import Gradient, Tools


@public
class SGD(Optimizer):
    """Gradient descent: w ← w − lr·g.

    With momentum, w ← w − lr·v with the velocity v ← μ·v + g, a weighted sum of past gradients. Nesterov's version
    has g + μ·v in place of v.

    Parameters
    ----------
    parameters: the weights, such as model.parameters().
    lr: the learning rate.
    momentum: μ, from 0 to below 1.
    nesterov: True for Nesterov's version; it needs a momentum.
    weight_decay: λ; λ·w is added to each gradient, which pulls weights towards 0.
    l1: sign(w) times l1 is added to each gradient, which pulls all weights equally: useless ones stay near 0.

    Source: Polyak, 1964; Nesterov, 1983; as in Sutskever et al., 2013.

    Raises NetworkError (a ValueError) if `parameters` is empty or holds anything but parameters, for a negative `lr`,
    `weight_decay` or `l1`, for a `momentum` outside of 0 to below 1, and for `nesterov=True` without a momentum;
    ArgumentError (a TypeError) if `nesterov` is not True or False.

    >>> from engine import Value
    >>> w = Value(5.0, "w")
    >>> optimizer = SGD([w], lr=0.1)
    >>> loss = 0.5 * (6 - 2 * w) ** 2
    >>> loss.backward()
    >>> optimizer.step()
    >>> w.data
    4.2
    """

    slots: ClassVar[tuple[str, ...]] = ("velocity",)

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.001,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        l1: float = 0.0,
    ) -> None:
        super().__init__(
            parameters, lr, momentum=momentum, nesterov=flag(nesterov, "nesterov"), weight_decay=weight_decay, l1=l1
        )
        if nesterov and not momentum:
            raise NetworkError("nesterov=True needs a velocity: give it a momentum, such as momentum=0.9.")

    @staticmethod
    def rule(  # type: ignore[override]
        w: Any, g: Any, v: Any, *, lr: Any, step: Any, momentum: float, nesterov: bool, weight_decay: float, l1: float
    ) -> tuple[Any, ...]:
        g = pulled(g, w, weight_decay, l1)
        v = momentum * v + g
        return w - lr * (g + momentum * v if nesterov else v), v


@public
class AveragedSGD(Optimizer):
    """Gradient descent whose result is the mean of the weights after each step (Polyak–Ruppert averaging).

    w ← w − lr·g, w̄ ← w̄ + (w − w̄)/n. The weights w may jump about the minimum while their mean w̄ converges. The
    parameters are w until `average()` sets them to w̄; `fit` does so at the end.

    Parameters
    ----------
    parameters: the weights, such as model.parameters().
    lr: the learning rate.
    start: how many of the first steps are left out of the mean.
    weight_decay: λ; λ·w is added to each gradient.
    l1: sign(w) times l1 is added to each gradient.

    Source: Ruppert, 1988; Polyak and Juditsky, 1992.

    Raises NetworkError (a ValueError) if `parameters` is empty or holds anything but parameters, for a negative `lr`,
    `weight_decay` or `l1`, and for a `start` that is not a whole number from 0 on.

    >>> from engine import Value
    >>> w = Value(1.0, "w")
    >>> optimizer = AveragedSGD([w], lr=1.0)
    >>> for w.grad in (1.0, -2.0):  # to 0, and to 2
    ...     optimizer.step()
    >>> optimizer.average()
    >>> w.data
    1.0
    """

    slots: ClassVar[tuple[str, ...]] = ("average",)

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.001,
        start: int = 0,
        weight_decay: float = 0.0,
        l1: float = 0.0,
    ) -> None:
        start = size(start, "start", least=0)
        super().__init__(parameters, lr, start=start, weight_decay=weight_decay, l1=l1)

    @staticmethod
    def rule(  # type: ignore[override]
        w: Any, g: Any, mean: Any, *, lr: Any, step: Any, start: int, weight_decay: float, l1: float
    ) -> tuple[Any, ...]:
        w = w - lr * pulled(g, w, weight_decay, l1)
        count = 1 + (step > start) * (step - start - 1)
        return w, (mean * (count - 1) + w) / count

    def answer(self, state: State) -> Any:
        return state.slots[0]

    @public
    def average(self) -> None:
        """Set the parameters to the mean of their values after each step. Call it once, when training has ended."""
        if self.steps:
            self.put(self.columns[0])


@public
class ImplicitSGD(Optimizer):
    """Implicit gradient descent: each step uses the gradient at its end point.

    A step solves w′ = w − lr·∇L(w′) for w′, which is the minimum of L(w′) + ‖w′ − w‖² / 2·lr. For a convex loss there
    is one solution, and it is nearer to the minimum than w, however large the rate: it never overshoots.

    The equation is solved step by step, against its residual r(v) = v − w + lr·∇L(v). The first move is −r, which is
    an ordinary gradient step. Each later move is −r divided by the rate at which r changed along the last move
    (Barzilai and Borwein). One iteration is SGD; two are exact for one weight and a parabola. More converge to w′: at
    any rate if the loss is convex and quadratic (Raydan, 1993), else at rates below 1 / the largest curvature.

    Parameters
    ----------
    parameters: the weights, such as model.parameters().
    lr: the learning rate.
    iterations: how many gradients each step computes.
    weight_decay: λ; λ·w is added to each gradient.
    l1: sign(w) times l1 is added to each gradient.

    Source: Toulis and Airoldi, "Asymptotic and finite-sample properties of estimators based on stochastic
    gradients", 2017; Barzilai and Borwein, "Two-point step size gradient methods", 1988.

    The gradient is computed at several weights, so `step` takes a function that computes the loss.

    Raises NetworkError (a ValueError) if `parameters` is empty or holds anything but parameters, for a negative `lr`,
    `weight_decay` or `l1`, for `iterations` below 1, and where `step()` is called without a function.

    >>> from engine import Value
    >>> w = Value(5.0, "w")
    >>> optimizer = ImplicitSGD([w], lr=100.0)
    >>> optimizer.step(lambda: 0.5 * (6 - 2 * w) ** 2)
    >>> round(w.data, 6), round((5 + 100 * 12) / (1 + 100 * 4), 6)
    (3.004988, 3.004988)
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.001,
        iterations: int = 10,
        weight_decay: float = 0.0,
        l1: float = 0.0,
    ) -> None:
        iterations = size(iterations, "iterations")
        super().__init__(parameters, lr, iterations=iterations, weight_decay=weight_decay, l1=l1)

    @staticmethod
    def rule(  # type: ignore[override]
        v: Any, g: Any, w: Any, *, lr: Any, step: Any, iterations: int, weight_decay: float, l1: float
    ) -> tuple[Any, ...]:
        return (v - w + lr * pulled(g, v, weight_decay, l1),)  # the residual of the equation at v

    def advance(self, tools: Tools, gradient: Gradient, state: State, lr: Any) -> tuple[State, Any]:
        def residual_at(v: Any, g: Any) -> Any:
            return tools.each(lambda *columns: self.rule(*columns, lr=lr, step=0, **self.options), v, g, w)[0]

        w = old = state.weights
        gradients, measured = gradient(w)
        before = residual_at(w, gradients)
        (new,) = tools.each(lambda v, r: (v - r,), old, before)
        for _ in range(self.options["iterations"] - 1):
            residual = residual_at(new, gradient(new)[0])
            move, change = tools.each(lambda v, u, r, q: (v - u, r - q), new, old, residual, before)
            length, bend = tools.dot(move, move), tools.dot(move, change)
            # The factor is length / bend where the loss is convex, else 1; as arithmetic, for JAX has no `if` here.
            convex = (bend > length) * 1.0
            factor = convex * length / (convex * bend + (1 - convex)) + (1 - convex)
            old, before = new, residual
            (new,) = tools.each(lambda v, r, factor=factor: (v - factor * r,), new, residual)
        return State(new, (), state.steps + 1), measured

    @public
    def step(self, loss: Callable[[], Value] | None = None) -> None:
        """Update every parameter once. `loss` is a function that computes the loss from the present parameters."""
        if not callable(loss):
            instead = "" if loss is None else f", not {described(loss)}"
            raise NetworkError(
                "ImplicitSGD needs the gradient at several weights: give step() a function that computes the loss, "
                f"optimizer.step(lambda: mse(model(x), y)){instead}."
            )

        def gradient(weights: Any) -> tuple[Any, None]:
            self.put(weights)
            self.zero_grad()
            checked_loss(loss()).backward()
            return [parameter.grad for parameter in self.parameters], None

        self._move(gradient)

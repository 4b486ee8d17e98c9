"""Optimizers that scale the step of each weight by its past gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from engine import public

from .base import Optimizer, pull, pulled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine import Value


@public
class AdaGrad(Optimizer):
    """AdaGrad: w ← w − lr·g / (√s + eps), where s is the sum of g² so far. Large past gradients make small steps.

    Parameters
    ----------
    parameters: the weights, such as model.parameters().
    lr: the learning rate.
    eps: keeps the divisor above 0.
    weight_decay: λ; λ·w is added to each gradient.
    l1: sign(w) times l1 is added to each gradient.

    Source: Duchi, Hazan and Singer, "Adaptive subgradient methods", 2011.

    Raises NetworkError (a ValueError) if `parameters` is empty or holds anything but parameters, for a negative `lr`,
    `weight_decay` or `l1`, and for an `eps` that is not above 0.

    >>> from engine import Value
    >>> w = Value(1.0, "w")
    >>> w.grad = 50.0
    >>> AdaGrad([w], lr=0.5).step()
    >>> round(w.data, 6)
    0.5
    """

    slots: ClassVar[tuple[str, ...]] = ("squares",)

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.01,
        eps: float = 1e-10,
        weight_decay: float = 0.0,
        l1: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, eps=eps, weight_decay=weight_decay, l1=l1)

    @staticmethod
    def rule(  # type: ignore[override]
        w: Any, g: Any, s: Any, *, lr: Any, step: Any, eps: float, weight_decay: float, l1: float
    ) -> tuple[Any, ...]:
        g = pulled(g, w, weight_decay, l1)
        s = s + g * g
        return w - lr * g / (s**0.5 + eps), s


@public
class RMSProp(Optimizer):
    """RMSProp: AdaGrad with a moving average of g²: s ← α·s + (1 − α)·g², w ← w − lr·g / (√s + eps).

    Parameters
    ----------
    parameters: the weights, such as model.parameters().
    lr: the learning rate.
    alpha: α, from 0 to below 1: how much of the average each step keeps.
    eps: keeps the divisor above 0.
    weight_decay: λ; λ·w is added to each gradient.
    l1: sign(w) times l1 is added to each gradient.

    Source: Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5, 2012.

    Raises NetworkError (a ValueError) if `parameters` is empty or holds anything but parameters, for a negative `lr`,
    `weight_decay` or `l1`, for an `eps` that is not above 0, and for an `alpha` outside of 0 to below 1.

    >>> from engine import Value
    >>> w = Value(1.0, "w")
    >>> w.grad = 50.0
    >>> RMSProp([w], lr=0.05).step()
    >>> round(w.data, 6)
    0.5
    """

    slots: ClassVar[tuple[str, ...]] = ("squares",)

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        l1: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, alpha=alpha, eps=eps, weight_decay=weight_decay, l1=l1)

    @staticmethod
    def rule(  # type: ignore[override]
        w: Any, g: Any, s: Any, *, lr: Any, step: Any, alpha: float, eps: float, weight_decay: float, l1: float
    ) -> tuple[Any, ...]:
        g = pulled(g, w, weight_decay, l1)
        s = alpha * s + (1 - alpha) * g * g
        return w - lr * g / (s**0.5 + eps), s


@public
class Adam(Optimizer):
    """Adam: w ← w − lr·m̂ / (√v̂ + eps), with moving averages m of g (the momentum) and v of g².

    m ← β₁·m + (1 − β₁)·g, and m̂ = m / (1 − β₁ᵗ) in step t corrects for the start at 0. v and v̂ likewise, with β₂
    and g².

    Parameters
    ----------
    parameters: the weights, such as model.parameters().
    lr: the learning rate.
    betas: (β₁, β₂), each from 0 to below 1.
    eps: keeps the divisor above 0.
    weight_decay: λ; λ·w is added to each gradient.
    l1: sign(w) times l1 is added to each gradient.

    Source: Kingma and Ba, "Adam", 2015.

    Raises NetworkError (a ValueError) if `parameters` is empty or holds anything but parameters, for a negative `lr`,
    `weight_decay` or `l1`, for an `eps` that is not above 0, and for `betas` that are not two numbers from 0 to below
    1.

    >>> from engine import Value
    >>> w = Value(1.0, "w")
    >>> w.grad = 50.0
    >>> Adam([w], lr=0.5).step()
    >>> round(w.data, 6)
    0.5
    """

    slots: ClassVar[tuple[str, ...]] = ("mean", "squares")

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        l1: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, betas=betas, eps=eps, weight_decay=weight_decay, l1=l1)

    @staticmethod
    def rule(  # type: ignore[override]
        w: Any, g: Any, m: Any, v: Any, *, lr: Any, step: Any, betas: Any, eps: float, weight_decay: float, l1: float
    ) -> tuple[Any, ...]:
        g = pulled(g, w, weight_decay, l1)
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        # The rate and eps are corrected in place of m and v, which are longer.
        scale = (1 - betas[1] ** step) ** 0.5
        return w - lr * scale / (1 - betas[0] ** step) * m / (v**0.5 + eps * scale), m, v


@public
class AdamW(Adam):
    """AdamW: Adam with decoupled weight decay. Each step first sets w ← w − lr·λ·w, and then does as Adam.

    `parameters`, `betas` and `eps` are those of Adam; `weight_decay` is λ. With `l1`, the step first takes
    lr·l1·sign(w) away, too.
    Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.

    Raises NetworkError (a ValueError) if `parameters` is empty or holds anything but parameters, for a negative `lr`,
    `weight_decay` or `l1`, for an `eps` that is not above 0, and for `betas` that are not two numbers from 0 to below
    1.

    >>> from engine import Value
    >>> w = Value(1.0, "w")
    >>> w.grad = 50.0
    >>> AdamW([w], lr=0.5, weight_decay=0.1).step()
    >>> round(w.data, 6)
    0.45
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        l1: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay, l1)

    @staticmethod
    def rule(  # type: ignore[override]
        w: Any, g: Any, m: Any, v: Any, *, lr: Any, step: Any, betas: Any, eps: float, weight_decay: float, l1: float
    ) -> tuple[Any, ...]:
        if weight_decay or l1:
            w = w - lr * pull(w, weight_decay, l1)
        return Adam.rule(w, g, m, v, lr=lr, step=step, betas=betas, eps=eps, weight_decay=0.0, l1=0.0)

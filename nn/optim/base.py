"""`Optimizer`, the base class. A subclass adds its update `rule` and the names of its `slots`."""

from __future__ import annotations

from math import inf, isfinite
from operator import mul
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from engine import Value, described, public, take_back

from ..checks import NetworkError, finished_gradients, items, parameter_list, plural, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Gradient = Callable[[Any], tuple[Any, Any]]  # weights -> their gradients, and other measurements at these weights

# The range of each option: low <= option < high.
LIMITS: dict[str, tuple[float, float]] = {
    "momentum": (0, 1),
    "alpha": (0, 1),
    "betas": (0, 1),
    "eps": (5e-324, inf),
    "weight_decay": (0, inf),
    "l1": (0, inf),
}


class State(NamedTuple):
    """The state of an optimizer: the weights, one column of numbers for each slot, and the number of steps taken."""

    weights: Any
    slots: tuple[Any, ...]
    steps: Any = 0


class Tools(NamedTuple):
    """Arithmetic on columns of numbers: `each` applies a rule elementwise, `dot` returns a dot product."""

    each: Callable[..., tuple[Any, ...]]
    dot: Callable[[Any, Any], Any]


DOT_PART = 8192  # numbers of a dot product at a time: BLAS would share more among threads, which are slow to start


def _dot_of_arrays(a: Any, b: Any) -> Any:
    """Return the dot product of two arrays: of NumPy's on one thread, so that its bits are those of any machine."""
    if type(a).__module__ != "numpy" or len(a) <= DOT_PART:
        return a @ b
    return sum(a[start : start + DOT_PART] @ b[start : start + DOT_PART] for start in range(0, len(a), DOT_PART))


FLOATS = Tools(lambda rule, *columns: tuple(map(list, zip(*map(rule, *columns)))), lambda a, b: sum(map(mul, a, b)))
ARRAYS = Tools(lambda rule, *columns: rule(*columns), _dot_of_arrays)


@public
class Optimizer:
    """The base class of optimizers: it updates `parameters` by their gradients, with the learning rate `lr`.

    A subclass defines `rule`, and names its `slots`.

    Parameters
    ----------
    parameters: leaves that require a gradient, such as model.parameters().
    lr: the learning rate, 0 or more.
    options: other settings, passed on to `rule`.

    Raises
    ------
    NetworkError (a ValueError) for a rate or an option out of its range, for an empty list, for an entry that is not
    a parameter, for a step while a walk is not finished, and for a step that would give infinity or NaN; then no
    parameter has changed.

    >>> from engine import Value
    >>> class SignDescent(Optimizer):
    ...     @staticmethod
    ...     def rule(w, g, *, lr, step):
    ...         return (w - lr * ((g > 0) * 1 - (g < 0) * 1),)
    >>> w = Value(1.0, "w")
    >>> w.grad = 50.0
    >>> SignDescent([w], lr=0.5).step()
    >>> w.data
    0.5
    """

    steps: Any

    slots: ClassVar[tuple[str, ...]] = ()  # names of what is stored for each parameter; it starts at 0

    @staticmethod
    def rule(w: Any, g: Any, *slots: Any, lr: Any, step: Any, **options: Any) -> tuple[Any, ...]:
        """Return a weight and its slots after a step.

        Parameters
        ----------
        w: the weight, a float; or an array of all weights.
        g: its gradient.
        slots: what is stored for it.
        lr: the learning rate.
        step: the number of the step, counted from 1.
        options: the settings of the optimizer.
        """
        raise NetworkError("an Optimizer needs a rule: take nn.optim.SGD, or write a class with one.")

    def __init__(self, parameters: Iterable[Value], lr: float, **options: Any) -> None:
        # Each once, so that a shared weight is updated once.
        self.parameters: list[Value] = parameter_list(parameters)
        self.lr = lr
        for name in LIMITS.keys() & options.keys():
            _check(name, options[name])
        self.options = options
        self.columns: tuple[Any, ...] = tuple([0.0] * len(self.parameters) for _ in self.slots)
        self.steps = 0

    @property
    def lr(self) -> float:
        """The learning rate. It may be changed between steps."""
        return self._lr

    @lr.setter
    def lr(self, rate: Any) -> None:
        if not within(rate, 0, inf):
            raise NetworkError(f"the learning rate must be a number, 0 or more, such as 0.1, not {described(rate)}.")
        self._lr = float(rate)

    @property
    def state(self) -> State:
        """The present weights, slots and number of steps."""
        return State([parameter.data for parameter in self.parameters], self.columns, self.steps)

    @public
    def step(self) -> None:
        """Update every parameter once, by its present gradient."""
        gradients = finished_gradients(self.parameters)
        self._move(lambda weights: (gradients, None))

    def _move(self, gradient: Gradient) -> None:
        start = self.state
        try:
            after = self.advance(FLOATS, gradient, start, self._lr)[0]
        finally:
            self.put(start.weights)  # `advance` may have tried other weights
        for parameter, number in zip(self.parameters, after.weights):
            if not isfinite(number):
                raise NetworkError(
                    f"{parameter.label or 'a parameter'} would become {number}: its gradient is {parameter.grad}. "
                    f"Training diverged; start again with a rate below {self._lr:g}."
                )
        self.put(after.weights)
        self.columns, self.steps = after.slots, after.steps

    @public
    def put(self, numbers: Iterable[float]) -> None:
        """Set the parameters to these numbers, in order; raise NetworkError if there are not as many of both."""
        listed = items(numbers)
        if listed is None or len(listed) != len(self.parameters):
            count = plural(len(self.parameters), "parameter")
            raise NetworkError(f"put() takes a list of numbers, one for each of {count}, not {described(numbers)}.")
        for parameter, number in zip(self.parameters, listed):
            parameter.data = number

    def advance(self, tools: Tools, gradient: Gradient, state: State, lr: Any) -> tuple[State, Any]:
        """Return the state after a step, and what `gradient` measured besides.

        Parameters
        ----------
        tools: the arithmetic, FLOATS or ARRAYS.
        gradient: a function of weights; returns their gradients, and other measurements, such as the loss.
        state: the state before the step.
        lr: the learning rate.
        """
        gradients, measured = gradient(state.weights)
        step = state.steps + 1

        def rule(w: Any, g: Any, *slots: Any) -> tuple[Any, ...]:
            return self.rule(w, g, *slots, lr=lr, step=step, **self.options)

        weights, *columns = tools.each(rule, state.weights, gradients, *state.slots)
        return State(weights, tuple(columns), step), measured

    def answer(self, state: State) -> Any:
        """Return the resulting weights of a state. A subclass may return an average of past weights."""
        return state.weights

    @public
    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0, before the next `backward()` adds to it."""
        take_back(self.parameters)
        for parameter in self.parameters:
            parameter.grad = 0.0

    def __repr__(self) -> str:
        options = "".join(f", {name}={option!r}" for name, option in self.options.items() if option)
        return f"{type(self).__name__}({plural(len(self.parameters), 'parameter')}, lr={self.lr:g}{options})"


def pull(w: Any, weight_decay: float, l1: float) -> Any:
    """Return what pulls weights towards 0: λ·w by `weight_decay`, which is λ, and sign(w) times `l1`.

    It is the gradient of λ·w²/2 + l1·|w|, for a float or an array; that of |w| is 0 where w is 0.

    >>> pull(-3.0, 0.1, 0.0), pull(-3.0, 0.0, 0.5), pull(0.0, 0.0, 0.5)
    (-0.30000000000000004, -0.5, 0.0)
    """
    decay = weight_decay * w
    if not l1:
        return decay
    return decay + l1 * ((w > 0) * 1.0 - (w < 0) * 1.0)


def pulled(g: Any, w: Any, weight_decay: float, l1: float) -> Any:
    """Return gradients with what pulls their weights towards 0, which is added to them; see `pull`.

    >>> pulled(2.0, -3.0, 0.0, 0.0), pulled(2.0, -3.0, 0.0, 0.5)
    (2.0, 1.5)
    """
    return g + pull(w, weight_decay, l1) if weight_decay or l1 else g


def _check(name: str, option: Any) -> None:
    """Raise NetworkError for an option out of its range."""
    (low, high), pair = LIMITS[name], name == "betas"
    numbers = list(option) if pair and isinstance(option, (tuple, list)) else [option]
    number = all(within(x, low, high) for x in numbers)
    if not number or len(numbers) != 1 + pair:
        limit = "above 0" if low else "0 or more" if high == inf else "0 or more and below 1"
        raise NetworkError(
            f"{name} must be {'two numbers, each' if pair else 'a number,'} {limit}, not {described(option)}."
        )

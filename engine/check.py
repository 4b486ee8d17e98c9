"""`gradcheck`: every derivative held against a numeric nudge, and the first wrong edge named.

The nudge is Ridders' method: central differences at shrinking steps, extrapolated to step 0, with an
error estimate (C. J. F. Ridders, Advances in Engineering Software 4, 1982). A step never crosses a kink;
on a kink a convention passes if it lies between the slopes of the two sides, and there is no second order.
"""

from __future__ import annotations

import inspect
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from .arguments import described, public
from .backward import grad
from .domain import REAL
from .errors import ArgumentError, GradientError, NumberError, real
from .graph import operations
from .names import expression, names, number
from .ops import OPS, substitute
from .rules import VALUES
from .value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Nudged = Callable[[float], tuple[float, Any]]  # a moved argument -> the result, and its side of each kink

TOLERANCE = 1e-5  # relative; a derivative that is off by 0.1 % is a hundred times over it
HALVINGS = 12
LISTED = 40


class Check(NamedTuple):
    """One derivative: what the engine says, and the lowest and highest that a nudge allows."""

    order: int
    what: str
    engine: float
    low: float
    high: float
    error: float  # of the nudge; larger than the tolerance where it cannot tell
    kink: bool

    @property
    def difference(self) -> float:
        """How far the engine is from the nudge, relative to the larger of the two."""
        gap = max(0.0, self.low - self.engine, self.engine - self.high)
        return gap / max(abs(self.engine), abs(self.low), abs(self.high), 1e-5)

    @property
    def conclusive(self) -> bool:
        return self.error <= TOLERANCE * max(abs(self.low), abs(self.high), 1e-5)

    @property
    def passed(self) -> bool:
        return self.difference <= TOLERANCE or not self.conclusive

    @property
    def nudge(self) -> str:
        return f"{number(self.low)} to {number(self.high)}" if self.kink else number(self.low + 0.0, 8)


class Report(tuple[Check, ...]):
    """What `gradcheck` found: a tuple of checks, printed as a table."""

    __slots__ = ()

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self)

    def __str__(self) -> str:
        """A table of the first LISTED checks, any wrong one, and the verdict."""
        listed = [*self[:LISTED], *(check for check in self[LISTED:] if not check.passed)]
        width = max((len(check.what) for check in listed), default=0)
        lines = []
        for check in listed:
            mark = "WRONG" if not check.passed else "ok" if check.conclusive else "too steep to tell"
            lines.append(f"{check.what:<{width}}  {number(check.engine, 8):>12}  {check.nudge:>12}  {mark}")
        if len(listed) < len(self):
            lines.append(f"and {len(self) - len(listed)} more")
        unsure = sum(not check.conclusive for check in self)
        worst = max((check.difference for check in self if check.conclusive), default=0.0)
        verdict = f"{len(self) - unsure} derivatives agree" if self.passed else "a derivative is wrong"
        tail = f", {unsure} too steep to tell" if unsure else ""
        head = f"{'derivative':<{width}}  {'engine':>12}  {'nudge':>12}"
        return "\n".join([head, *lines, f"{verdict}{tail}; largest relative difference {worst:.0e}"])


@public
def gradcheck(
    function: Callable[..., Value] | str, *point: float, orders: Sequence[int] = (1, 2), seed: int = 0
) -> Report:
    """Hold every local derivative and every total derivative of a function against a numeric nudge.

    `function` takes Values and gives a Value; or it is the name of an operation. Without a point, the
    operation's domain (else -2.5 to 2.5) is sampled at five points from `seed`. `orders` holds 1, 2 or both.
    Raises GradientError naming the first wrong edge, with both numbers and its report in `.report`.

    >>> gradcheck(lambda a, b: (a * b).tanh(), 0.5, -1.0).passed
    True
    >>> print(gradcheck("mul", 2.0, -3.0, orders=(1,)))
    derivative                  engine         nudge
    dz/dx = y, z = x * y          -3.0          -3.0  ok
    dz/dy = x, z = x * y           2.0           2.0  ok
    dz/dx in all                  -3.0          -3.0  ok
    dz/dy in all                   2.0           2.0  ok
    4 derivatives agree; largest relative difference 4e-14
    """
    if not isinstance(orders, (list, tuple)) or not orders or any(order not in (1, 2) for order in orders):
        raise NumberError(f"orders are 1, 2 or both, not {described(orders)}.")
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise ArgumentError(f"seed is a whole number, such as 0, not {described(seed)}.")
    function, letters, domains = _signature(function, len(point))
    rng = Random(seed)
    points = [point] if point else [[rng.uniform(domain.low, domain.high) for domain in domains] for _ in range(5)]
    checks: list[Check] = []
    for numbers in points:
        for check in _checks(function, letters, [real(each) for each in numbers], sorted(orders)):
            checks.append(check)
            if not check.passed:
                error = GradientError(_sentence(check, letters, numbers))
                error.report = Report(checks)
                raise error
    return Report(checks)


def _signature(function: Callable[..., Value] | str, count: int) -> tuple[Callable[..., Value], Sequence[str], Any]:
    """The function itself, the names of its arguments, and where they may lie."""
    if isinstance(function, str):
        if function not in OPS:
            raise NumberError(f"there is no operation {described(function)}; python -m engine.ops lists them.")
        return VALUES[function], "xy"[: OPS[function].arity], OPS[function].domain
    if not callable(function):
        raise ArgumentError(
            f"gradcheck() takes a function of Values or an operation's name, and this is {described(function)}: "
            "write gradcheck(lambda x: x * x, 2.0)."
        )
    try:
        letters = [
            p.name for p in inspect.signature(function).parameters.values() if p.kind <= p.POSITIONAL_OR_KEYWORD
        ]
    except ValueError:
        letters = []
    count = count or len(letters)
    letters = letters[:count] if len(letters) >= count else [f"x{index + 1}" for index in range(count)]
    return function, letters, [REAL] * count


def _record(
    function: Callable[..., Value], letters: Sequence[str], numbers: Sequence[float]
) -> tuple[Value, list[Value]]:
    inputs = [Value(each, letter) for letter, each in zip(letters, numbers)]
    root = function(*inputs)
    if not isinstance(root, Value):
        raise NumberError(f"the function gives a {type(root).__name__}, not a Value: does it use .data or float()?")
    return root, inputs


def _checks(
    function: Callable[..., Value], letters: Sequence[str], numbers: list[float], orders: Sequence[int]
) -> Iterator[Check]:
    """Edge by edge in the order of the forward pass, then the derivatives of the whole; first order first."""
    root, inputs = _record(function, letters, numbers)
    named = names([*inputs, *operations(root)])
    named[root] = root.label or "z"
    for order in orders:
        for node in operations(root):
            yield from (check for check in _edges(node, named, order) if order == 1 or not check.kink)
        yield from (check for check in _totals(function, letters, numbers, order) if order == 1 or not check.kink)


def _edges(node: Value, named: dict[Value, str], order: int) -> Iterator[Check]:
    op, numbers = node.op, [arg.data for arg in node.args]
    free = [index for index, arg in enumerate(node.args) if arg.requires_grad]
    called = [named.get(arg) or number(arg.data) for arg in node.args]
    made = f"{named[node]} = {expression(node, named, 1)}"

    def side(at: Sequence[float]) -> list[int]:
        return [_sign(at[0] - (at[1] if op.arity == 2 else 0.0) - kink) for kink in op.kinks]

    def moved(index: int, result: Callable[[list[float]], float]) -> Nudged:
        def nudged(x: float) -> tuple[float, Any]:
            at = [*numbers[:index], x, *numbers[index + 1 :]]
            return result(at), side(at)

        return nudged

    for index in free:
        slope, partial = op.slopes[index], substitute(op.partials[index], *called, z=named[node])
        if order == 1:
            what = f"d{named[node]}/d{called[index]} = {partial}, {made}"
            yield Check(
                1, what, slope(*numbers, z=node.data), *_nudge(moved(index, lambda at: op.f(*at)), numbers[index])
            )
            continue
        fresh: list[Any] = [Value(arg.data) if arg.requires_grad else arg.data for arg in node.args]
        lifted = op.lifted[index](*fresh, z=VALUES[op.name](*fresh))
        for other in free:
            engine = grad(lifted, [fresh[other]])[0].data if isinstance(lifted, Value) else 0.0
            local = moved(other, lambda at, slope=slope: slope(*at, z=op.f(*at)))  # type: ignore[misc]
            what = f"d({partial})/d{called[other]}, {made}"
            yield Check(2, what, engine, *_nudge(local, numbers[other]))


def _totals(
    function: Callable[..., Value], letters: Sequence[str], numbers: list[float], order: int
) -> Iterator[Check]:
    def result(at: Sequence[float], derivative: int | None) -> tuple[float, Any]:
        root, inputs = _record(function, letters, at)
        sides = [
            _sign(node._x.data - (node._y.data if node._y is not None else 0.0) - kink)
            for node in operations(root)
            for kink in node.op.kinks
        ]
        return (root if derivative is None else grad(root, inputs)[derivative]).data, sides

    root, inputs = _record(function, letters, numbers)
    derivatives: list[Any] = grad(root, inputs)
    rows: list[tuple[int | None, str, list[Any]]] = [(None, f"d{root.label or 'z'}", derivatives)]
    if order == 2:
        rows = [
            (index, f"d(d{root.label or 'z'}/d{letters[index]})", grad(first, inputs))
            for index, first in enumerate(derivatives)
        ]
    for row, what, entries in rows:
        for column, entry in enumerate(entries):

            def nudged(x: float, row: int | None = row, column: int = column) -> tuple[float, Any]:
                return result([*numbers[:column], x, *numbers[column + 1 :]], row)

            yield Check(order, f"{what}/d{letters[column]} in all", entry.data, *_nudge(nudged, numbers[column]))


def _sign(x: float) -> int:
    return (x > 0) - (x < 0)


def _nudge(f: Nudged, x: float) -> tuple[float, float, float, bool]:
    """The lowest and highest slope that nudging x allows, the error of the estimate, and whether x is on a kink."""
    here, side = f(x)
    step = 0.02 * max(abs(x), 0.1)
    while step > 1e-9 * max(abs(x), 1.0):
        try:
            if all(f(x + sign * step)[1] == side for sign in (-1, 1)):
                estimate, error = _ridders(f, x, step)
                return estimate, estimate, error, False
        except (ArithmeticError, ValueError):
            pass  # the step left the domain: a smaller one
        step /= 4
    step = 1e-7 * max(abs(x), 1.0)
    low, high = sorted((f(x + sign * step)[0] - here) / (sign * step) for sign in (-1, 1))
    return low + 0.0, high + 0.0, 0.0, True


def _ridders(f: Nudged, x: float, step: float) -> tuple[float, float]:
    """Central differences at step, step/2, ..., extrapolated to 0: the entry that agrees best with its neighbours."""
    best, best_error = 0.0, float("inf")
    above: list[float] = []
    for _ in range(HALVINGS):
        row = [(f(x + step)[0] - f(x - step)[0]) / (2 * step)]
        for power, previous in enumerate(above, 1):
            row.append((4**power * row[-1] - previous) / (4**power - 1))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - previous))
            if error < best_error:
                best, best_error = row[-1], error
        above, step = row, step / 2
    return best, best_error


def _sentence(check: Check, letters: Sequence[str], numbers: Sequence[float]) -> str:
    at = ", ".join(f"{letter} = {number(each)}" for letter, each in zip(letters, numbers))
    kind = "derivative of the whole" if check.what.endswith("in all") else "local derivative"
    return (
        f"wrong {kind} at {at}: {check.what}: the engine says {number(check.engine, 6)}, "
        f"a numeric nudge says {check.nudge} ({check.difference:.2%} apart)."
    )

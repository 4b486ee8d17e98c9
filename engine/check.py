"""`gradcheck`: compare every derivative with a numeric nudge, and name the first wrong edge.

The nudge is Ridders' method, in engine/numeric.py. A step never crosses a kink. On a kink, a derivative
passes if it lies between the slopes of the two sides, and second derivatives are not checked. At the edge of a
domain, the steps go to the inner side only. A detached number keeps its value.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from math import inf, isfinite, nan
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from .arguments import choose, described, is_whole, places, public
from .backward import grad
from .domain import REAL
from .errors import ArgumentError, GradientError, NumberError, real
from .graph import nodes, operations, reached
from .numeric import one_sided, ridders
from .ops import OPS
from .printer import expression, format_number, names, plural
from .rules import VALUES, check_results, derivative_as_graph, local_derivative
from .screen import html_table
from .terminal import WIDE, wrap
from .unrecorded import check_recorded, recording
from .value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Nudged = Callable[[float], tuple[float, Any]]  # the result for a moved argument, and its side of each kink

TOLERANCE = 1e-5  # relative: an error of 0.1 % is a hundred times this
# A function that gives another graph when it is run again is random, and cannot be checked.
RUNS_AFTER_PASSED, RUNS_AFTER_FAILED = 4, 20
OUTSIDE = (ArithmeticError, TypeError, ValueError)  # raised by a step that leaves the domain
ROWS_LISTED = 40
WIDEST_NAME = 46  # columns of a derivative's name in the table: a longer one has a line of its own


class Check(NamedTuple):
    """The check of one derivative: the engine's number, and the lowest and the highest that a nudge allows."""

    order: int
    what: str
    engine: float
    low: float
    high: float
    error: float  # estimated error of the nudge; the check is not conclusive if it is above the tolerance
    kink: bool
    sides: int = 2  # the number of sides with room for a nudge: 1 at the edge of a domain

    @property
    def difference(self) -> float:
        """The distance between the engine's number and the nudge's, relative to the larger of the two."""
        gap = max(0.0, self.low - self.engine, self.engine - self.high)
        return gap / max(abs(self.engine), abs(self.low), abs(self.high), 1e-5)

    @property
    def conclusive(self) -> bool:
        return self.sides > 0 and self.error <= TOLERANCE * max(abs(self.low), abs(self.high), 1e-5)

    @property
    def passed(self) -> bool:
        return self.difference <= TOLERANCE or not self.conclusive

    @property
    def mark(self) -> str:
        """The verdict on this check, as the report shows it."""
        if not self.sides:
            return "no room for a nudge"
        verdict = "WRONG" if not self.passed else "ok" if self.conclusive else "too steep to tell"
        return verdict if self.sides == 2 else f"{verdict}, nudged to one side: the edge of a domain"

    @property
    def nudge(self) -> str:
        if not self.sides:
            return "none"
        return (
            f"{format_number(self.low)} to {format_number(self.high)}"
            if self.kink
            else format_number(self.low + 0.0, 8)
        )


class Report(tuple[Check, ...]):
    """The result of `gradcheck`: a tuple of checks, printed as a table."""

    __slots__ = ()

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        listed = self._listed()
        rows = [(check.what, format_number(check.engine, 8), check.nudge, check.mark) for check in listed]
        return html_table(("derivative", "engine", "nudge", ""), rows, "\n".join(self._end(listed)))

    def _listed(self) -> list[Check]:
        """Return the first ROWS_LISTED checks, and any wrong one."""
        return [*self[:ROWS_LISTED], *(check for check in self[ROWS_LISTED:] if not check.passed)]

    def __str__(self) -> str:
        """Return a table of the first ROWS_LISTED checks, any later wrong ones, and the verdict."""
        listed = self._listed()
        width = min(max((len(check.what) for check in listed), default=0), WIDEST_NAME)
        lines: list[str] = []
        for check in listed:
            numbers = f"  {format_number(check.engine, 8):>12}  {check.nudge:>12}"
            start = [f"{check.what:<{width}}{numbers}"]
            if len(check.what) > width:
                start = [*wrap(check.what, WIDE), " " * width + numbers]
            if len(start[-1]) + 2 + len(check.mark) <= WIDE:
                start[-1] += f"  {check.mark}"
            else:
                start.append(f"    {check.mark}")
            lines += start
        head = f"{'derivative':<{width}}  {'engine':>12}  {'nudge':>12}"
        return "\n".join([head, *lines, *self._end(listed)])

    def _end(self, listed: Sequence[Check]) -> list[str]:
        """Return the lines below the table: how many checks are not listed, and the verdict."""
        lines = [f"and {len(self) - len(listed)} more"] if len(listed) < len(self) else []
        unsure = sum(not check.conclusive for check in self)
        worst = max((check.difference for check in self if check.conclusive), default=0.0)
        agreeing = len(self) - unsure
        agree = f"{plural(agreeing, 'derivative')} agree{'s' * (agreeing == 1)}"
        verdict = agree if self.passed else "a derivative is wrong"
        tail = f", {unsure} too uncertain" if unsure else ""
        return [*lines, f"{verdict}{tail}; largest relative difference {worst:.0e}"]


class Inputs:
    """What `gradcheck` makes of the point's numbers: Values of this class."""

    kind: type[Value] = Value


@public
def check_with(kind: type[Value]) -> None:
    """Make `gradcheck` call functions with Values of a subclass from now on, so that it checks the class's methods.

    Raises ArgumentError for anything but Value or a class that derives from it.

    - `kind`: `Value`, or a class that derives from it.

    >>> check_with(Value)
    """
    if not (isinstance(kind, type) and issubclass(kind, Value)):
        raise ArgumentError(f"check_with() takes a class that derives from Value, not {described(kind)}.")
    Inputs.kind = kind


@public
def gradcheck(
    function: Callable[..., Value] | str, *point: float, orders: Sequence[int] = (1,), seed: int = 0
) -> Report:
    """Compare every local derivative and every total derivative of a function with a numeric nudge.

    - `function`: takes Values and returns a Value; or the name of an operation.
    - `point`: a number for each argument. Without numbers, five points are drawn from the operation's domain, or
      from -2.5 to 2.5.
    - `orders`: the orders of derivatives to check: (1,), (2,) or (1, 2).
    - `seed`: a whole number that decides which points are drawn.

    A detached number keeps the value that it has at the point.

    Raises GradientError for the first wrong edge: it names the edge and both numbers, and has the report in
    `.report`. Raises it also for a function that returns another result each time. Raises DivisionError,
    DomainError or RangeError where the function or a derivative has no finite value.

    >>> gradcheck(lambda a, b: (a * b).tanh(), 0.5, -1.0).passed
    True
    >>> print(gradcheck("mul", 2.0, -3.0))
    derivative                  engine         nudge
    dz/dx = y, z = x * y          -3.0          -3.0  ok
    dz/dy = x, z = x * y           2.0           2.0  ok
    dz/dx in all                  -3.0          -3.0  ok
    dz/dy in all                   2.0           2.0  ok
    4 derivatives agree; largest relative difference 4e-14
    """
    if (
        not isinstance(orders, (list, tuple))
        or not orders
        or not all(is_whole(order) and order in (1, 2) for order in orders)
    ):
        raise NumberError(f"orders are 1, 2 or both, not {described(orders)}.")
    if not is_whole(seed):
        raise ArgumentError(f"seed is a whole number, such as 0, not {described(seed)}.")
    function, letters, domains = _signature(function, len(point))
    rng = Random(int(seed))
    points = [point] if point else [[rng.uniform(domain.low, domain.high) for domain in domains] for _ in range(5)]
    with recording():  # also inside no_grad
        return Report(_all_checks(function, letters, points, sorted(orders)))


def _all_checks(
    function: Callable[..., Value], letters: Sequence[str], points: Sequence[Sequence[float]], orders: Sequence[int]
) -> list[Check]:
    """Return the checks at every point, or raise GradientError for the first that does not pass."""
    checks: list[Check] = []
    for numbers in points:
        at = [real(each) for each in numbers]
        if not all(map(isfinite, at)):
            raise NumberError(f"{_point(letters, at)}: an infinite number cannot be nudged. Give finite numbers.")
        recorded = _fingerprint(function, letters, at)
        for check in _checks(function, letters, at, orders):
            checks.append(check)
            if not check.passed:
                _check_deterministic(function, letters, at, recorded, RUNS_AFTER_FAILED)
                error = GradientError(_wrong_derivative(check, letters, numbers))
                error.report = Report(checks)
                raise error
        _check_deterministic(function, letters, at, recorded, RUNS_AFTER_PASSED)
    return checks


def _fingerprint(function: Callable[..., Value], letters: Sequence[str], numbers: Sequence[float]) -> list[Any]:
    """Return the operation and the number of every node that a function records."""
    return [(node.op and node.op.name, node.data) for node in nodes(_record(function, letters, numbers)[0])]


def _check_deterministic(
    function: Callable[..., Value], letters: Sequence[str], numbers: Sequence[float], recorded: list[Any], times: int
) -> None:
    """Raise GradientError if a function records another graph than before at the same point."""
    for _ in range(times):
        again = _fingerprint(function, letters, numbers)
        if again != recorded:
            first, then = format_number(recorded[-1][1], 6), format_number(again[-1][1], 6)
            raise GradientError(
                f"the function is not deterministic: at {_point(letters, numbers)} it gives {first} and then {then}. "
                "A nudge cannot tell a random change from a slope: draw random numbers before the check, or inside "
                "the function from a fixed seed."
            )


def _signature(function: Callable[..., Value] | str, count: int) -> tuple[Callable[..., Value], Sequence[str], Any]:
    """Return the function itself, the names of its arguments, and their domains."""
    if isinstance(function, str):
        row = OPS[choose("operation", function, OPS, NumberError, "; `gradwalk operations` lists them")]
        if count not in (0, row.arity):
            raise NumberError(f"{function} takes {plural(row.arity, 'argument')}, and the point has {count}.")
        return VALUES[function], row.letters, row.domain
    if not callable(function):
        raise ArgumentError(
            f"gradcheck() takes a function of Values or an operation's name, and this is {described(function)}: "
            "write gradcheck(lambda x: x * x, 2.0)."
        )
    letters, least, most, keyword = places(function)
    if keyword:
        raise ArgumentError(
            f"gradcheck() gives numbers by place, and the function needs {keyword}= by its name: "
            f"write gradcheck(lambda x: function(x, {keyword}=...), 2.0)."
        )
    if count and not least <= count <= most:
        takes = plural(least if count < least else int(most), "argument")
        raise NumberError(
            f"the function takes {takes}, and the point has {count}: give gradcheck() a number for each."
        )
    count = count or len(letters)
    if not count:
        raise NumberError("the function names no arguments: give gradcheck() a number for each.")
    letters = letters[:count] if len(letters) >= count else [f"x{index + 1}" for index in range(count)]
    return function, letters, [REAL] * count


def _record(
    function: Callable[..., Value],
    letters: Sequence[str],
    numbers: Sequence[float],
    held: Sequence[float] | None = None,
) -> tuple[Value, list[Value]]:
    """Return the root and the inputs of a function's graph at a point; detached nodes keep the numbers `held`."""
    inputs = [Inputs.kind(each, label=letter) for letter, each in zip(letters, numbers)]
    root = function(*inputs)
    if not isinstance(root, Value):
        raise NumberError(f"the function gives {described(root)}, not a Value: does it use .data or float()?")
    check_recorded(root, "gradcheck()")
    if held:
        order = operations(root)
        if len(_detached(order)) == len(held):
            numbers_left = iter(held)
            for node in order:
                arguments = (arg.data for arg in node.args)
                node._data = next(numbers_left) if node.op.detached else node.op.f(*arguments)
            check_results(order)
    return root, inputs


def _detached(order: Sequence[Value]) -> list[float]:
    return [node.data for node in order if node.op.detached]


def _checks(
    function: Callable[..., Value], letters: Sequence[str], numbers: list[float], orders: Sequence[int]
) -> Iterator[Check]:
    """Yield a check for each edge in the order of the forward pass, then for each input; first order first."""
    root, inputs = _record(function, letters, numbers)
    operations_of_root = operations(root)
    check_results(operations_of_root)
    named = names([*inputs, *operations_of_root])
    if not root.label:
        named[root] = next(name for name in _results() if name not in named.values())
    found, variable = reached(root, operations_of_root), set(inputs)
    for node in operations_of_root:
        if variable.intersection(node.args):
            variable.add(node)
    for order in orders:
        for node in operations_of_root:
            edges = _edges(node, named, order, variable) if node in found else ()
            yield from (check for check in edges if order == 1 or not check.kink)
        totals = _totals(function, letters, numbers, order, named[root])
        yield from (check for check in totals if order == 1 or not check.kink)


def _results() -> Iterator[str]:
    """Yield names for a result without a label; the first one that no variable has is used."""
    yield from ("z", "f", "result")
    yield from (f"result_{index}" for index in count(2))


def _edges(node: Value, named: dict[Value, str], order: int, variable: set[Value]) -> Iterator[Check]:
    op, numbers = node.op, [arg.data for arg in node.args]
    free = [index for index, arg in enumerate(node.args) if arg.requires_grad and (order == 1 or arg in variable)]
    called = [named.get(arg) or format_number(arg.data) for arg in node.args]
    made = f"{named[node]} = {expression(node, named, 1)}"

    def side(at: Sequence[float]) -> list[int]:
        return [*map(_sign, op.from_kinks(*at))]

    def moved(index: int, result: Callable[[list[float]], float]) -> Nudged:
        def nudged(x: float) -> tuple[float, Any]:
            at = [*numbers[:index], x, *numbers[index + 1 :]]
            return result(at), side(at)

        return nudged

    for index in free:
        slope, partial = op.slopes[index], op.substitute(op.partials[index], *called, z=named[node])
        if order == 1:
            what = f"d{named[node]}/d{called[index]} = {partial}, {made}"
            engine = local_derivative(node, index)
            value = moved(index, lambda at: node.data if op.detached else op.f(*at))
            yield Check(1, what, engine, *_nudge(value, numbers[index]))
            continue
        fresh: list[Any] = [Value(arg.data) if arg.requires_grad else arg.data for arg in node.args]
        lifted = derivative_as_graph(VALUES[op.name](*fresh), index, fresh)
        for other in free:
            engine = grad(lifted, [fresh[other]])[0].data if isinstance(lifted, Value) else 0.0
            local = moved(other, lambda at, slope=slope: slope(*at, z=op.f(*at)))  # type: ignore[misc]
            what = f"d({partial})/d{called[other]}, {made}"
            yield Check(2, what, engine, *_nudge(local, numbers[other]))


def _totals(
    function: Callable[..., Value], letters: Sequence[str], numbers: list[float], order: int, name: str
) -> Iterator[Check]:
    root, inputs = _record(function, letters, numbers)
    held = _detached(operations(root))

    def result(at: Sequence[float], derivative: int | None) -> tuple[float, Any]:
        root, inputs = _record(function, letters, at, held)
        sides: list[Any] = [len(_detached(operations(root)))]
        for node in operations(root):
            sides += map(_sign, node.op.from_kinks(*(arg.data for arg in node.args)) if node.op.kinks else ())
        return (root if derivative is None else grad(root, inputs)[derivative]).data, sides

    derivatives: list[Any] = grad(root, inputs)
    rows: list[tuple[int | None, str, list[Any]]] = [(None, f"d{name}", derivatives)]
    if order == 2:
        rows = [
            (index, f"d(d{name}/d{letters[index]})", grad(first, inputs)) for index, first in enumerate(derivatives)
        ]
    for row, what, entries in rows:
        for column, entry in enumerate(entries):

            def nudged(x: float, row: int | None = row, column: int = column) -> tuple[float, Any]:
                return result([*numbers[:column], x, *numbers[column + 1 :]], row)

            yield Check(order, f"{what}/d{letters[column]} in all", entry.data, *_nudge(nudged, numbers[column]))


def _sign(x: float) -> int:
    return (x > 0) - (x < 0)


def _nudge(f: Nudged, x: float) -> tuple[float, float, float, bool, int]:
    """Return what nudging x gives: the lowest and the highest slope, an error estimate, and where x is.

    Where x is means whether x is on a kink, and on how many sides of x there is room for a step.
    """

    def result(at: float) -> float:
        return f(at)[0]

    side = f(x)[1]
    for signs in ((-1, 1), (1,), (-1,)):
        step = 0.02 * max(abs(x), 0.1)
        while step > 1e-9 * max(abs(x), 1.0):
            if all(_side(f, x + sign * step) == side for sign in signs):
                with suppress(*OUTSIDE):
                    estimate, error = ridders(result, x, step, signs)
                    return estimate, estimate, error, False, len(signs)
            step /= 4
        step = 1e-7 * max(abs(x), 1.0)
        if len(signs) == 2 and None not in (_side(f, x - step), _side(f, x + step)):
            low, high = sorted(one_sided(result, x, sign * step) for sign in (-1, 1))
            return low + 0.0, high + 0.0, 0.0, True, 2
    return nan, nan, inf, False, 0


def _side(f: Nudged, x: float) -> Any:
    """Return the side of each kink on which x is, or None outside the domain."""
    try:
        return f(x)[1]
    except OUTSIDE:
        return None


def _point(letters: Sequence[str], numbers: Sequence[float]) -> str:
    return ", ".join(f"{letter} = {format_number(each)}" for letter, each in zip(letters, numbers))


def _wrong_derivative(check: Check, letters: Sequence[str], numbers: Sequence[float]) -> str:
    kind = "derivative of the whole" if check.what.endswith("in all") else "local derivative"
    engine = format_number(check.engine, 6)
    return (
        f"wrong {kind} at {_point(letters, numbers)}: {check.what}: the engine says {engine}, "
        f"a numeric nudge says {check.nudge} ({check.difference:.2%} apart)."
    )

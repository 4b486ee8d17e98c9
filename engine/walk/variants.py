"""The same graph with other numbers in its leaves, so that a class has a worksheet each."""

from __future__ import annotations

from copy import deepcopy
from math import floor, isfinite, log10
from random import Random
from typing import TYPE_CHECKING

from ..errors import GradwalkError
from ..graph import nodes
from ..printer import format_number
from .trace import WalkError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..value import Value
    from .cursor import Walk

TRIES = 50  # draws for a copy, before it is an error
LEAST_STEPS = 9  # numbers that a leaf can be, at least
MOST_DIGITS = 3  # behind the point, of a number that is calculated with by hand


def variants(walk: Walk, count: int, seed: int) -> Iterator[Walk]:
    """Yield the walk itself, then walks through its graph with other numbers, no two of them alike.

    Raises WalkError if too few graphs are found whose numbers and gradients are all finite.
    """
    rng, seen = Random(seed), {leaf_numbers(walk.trace.root)}
    yield walk
    for number in range(2, count + 1):
        for _ in range(TRIES):
            other = redrawn(walk.trace.root, rng)
            if other is None or leaf_numbers(other) in seen:
                continue
            steps = type(walk)(other)
            if steps.trace.failure is None and all(map(isfinite, (*steps.trace.data, *steps.trace.grads))):
                seen.add(leaf_numbers(other))
                yield steps
                break
        else:
            raise WalkError(
                f"No numbers were found for copy {number} of {count}: a copy needs other numbers in the leaves, with "
                f"which every step is finite. Take fewer copies, or leaves that may be other numbers."
            )


def leaf_numbers(root: Value) -> tuple[float, ...]:
    """Return the numbers that may change: those of the leaves that get a gradient."""
    return tuple(node.data for node in nodes(root) if node.op is None and node.requires_grad)


def redrawn(root: Value, rng: Random) -> Value | None:
    """Return a copy of a graph with other numbers in its leaves; None where an operation has no result for them."""
    twin = deepcopy(root)
    try:
        for node in nodes(twin):
            if node.op is not None:
                node.data = node.op.f(*(arg.data for arg in node.args))
            elif node.requires_grad:
                node.data, node.grad = drawn_number(node.data, rng), 0.0
    except (GradwalkError, ArithmeticError, ValueError):
        return None
    return twin


def drawn_number(number: float, rng: Random) -> float:
    """Return a number of the same sign, about as large, with about as many digits; for 0.0, of any sign.

    >>> rng = Random(0)
    >>> [drawn_number(-3.0, rng) for _ in range(4)], drawn_number(0.25, rng), drawn_number(1e-7, rng)
    ([-3.5, -3.5, -0.5, -2.5], 0.33, 8e-07)
    """
    if not isfinite(number):
        return number
    exponent = floor(log10(abs(number))) if number else 0
    written = format_number(abs(number)).partition("e")[0].partition(".")[2].rstrip("0")
    digits = min(len(written), MOST_DIGITS) if exponent >= -MOST_DIGITS else -exponent
    step = 0.5 if number % 0.5 == 0.0 else 10.0**-digits
    steps = rng.randint(1, max(LEAST_STEPS, int(2 * abs(number) / step)))
    sign = rng.choice((-1, 1)) if number == 0.0 else 1 if number > 0 else -1
    return sign * round(steps * step, max(digits, 1))

"""The backward pass: once at full speed, and where a number is not finite once more with care.

The fast pass checks only what is cheap, the root and what has arrived at the leaves: an overflow on the
way shows there. The careful pass then looks at every contribution,
and either finds the culprit or finds that all is well.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from .errors import GradwalkError
from .graph import reachable, reached
from .rules import added, check_results, contribution

if TYPE_CHECKING:
    from .value import Value


def backward_pass(root: Value) -> None:
    """Fill in the gradients of all nodes below a root; a pass that fails leaves every gradient as it was."""
    order, below = reachable(root)
    passed = [node for node in order if node._grad]  # by an earlier pass
    leaves = [leaf for leaf in below if leaf._grad is not None]
    before = [(node, node._grad) for node in [*passed, *leaves]]

    def reset() -> None:
        for node in order:
            node._grad = 0.0

    for node in passed:
        node._grad = 0.0
    try:
        if not (isfinite(root._data) and _fast_pass(root, order) and _are_finite(leaves)):
            reset()
            for leaf, held in before[len(passed) :]:
                leaf._grad = held
            _careful_pass(root, order)
    except BaseException:
        reset()
        for node, held in before:
            node._grad = held
        raise


def _fast_pass(root: Value, order: list[Value]) -> bool:
    """Whether the pass got to its end."""
    if root._grad is not None:
        root._grad += 1.0
    try:
        for node in reversed(order):
            node._op_row.pull(node)
    except GradwalkError:
        return False
    return True


def _are_finite(leaves: list[Value]) -> bool:
    return isfinite(sum([leaf._grad for leaf in leaves]))


def _careful_pass(root: Value, order: list[Value]) -> None:
    """The same additions in the same order, each of them checked, and only where a gradient gets to."""
    check_results(order)
    if root._grad is not None:
        root._grad += 1.0
    found = reached(root, order)
    for z in reversed(order):
        for index, (arg, passes) in enumerate(zip(z.args, z.op.passing(z)) if z in found else ()):
            if passes and arg._grad is not None:
                arg._grad = added(arg, arg._grad, contribution(z, index, z._grad))

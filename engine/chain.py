"""The backward pass: first at full speed, then, if a number is not finite, again with checks.

The fast pass checks only what is cheap, the root and what has arrived at the leaves: an overflow on the
way shows there. The careful pass then looks at every contribution,
and either finds the culprit or finds that all is well.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from .errors import GradwalkError
from .graph import Rest, operations, reached
from .rules import added, check_results, contribution

if TYPE_CHECKING:
    from .value import Value


def backward_pass(root: Value) -> None:
    """Fill in the gradients of all nodes below a root; a pass that fails leaves every gradient as it was."""
    held: list[tuple[Value, float]] = []  # gradients that an earlier pass left in operations
    leaves: set[Value] = set()
    before: list[tuple[Value, float]] = []
    order: list[Value] = []
    try:
        order = cleared_order(root, leaves, held)
        before = [(leaf, leaf._grad) for leaf in leaves]
        if not (isfinite(root._data) and _fast_pass(root, order) and _are_finite(leaves)):
            write(before, order)
            _careful_pass(root, order)
    except BaseException:
        changed = order or [node for node in operations(root) if node._grad is None]
        write([*before, *held], changed)
        raise


def cleared_order(root: Value, leaves: set[Value], held: list[tuple[Value, float]]) -> list[Value]:
    """Return the operations below a root in order, as `operations` does, and set their gradients to 0.

    Fill `leaves` with those that require a gradient, and `held` with the operations' gradients that were not 0. A
    gradient of None marks an operation that has been seen: that takes half the time of a set of them, and an
    operation has no other use for None.
    """
    order: list[Value] = []
    stack: list[Any] = [root]
    push, pop, leaf, put = stack.append, stack.pop, leaves.add, order.append
    while stack:
        node = pop()
        if node is None:  # None marks that the arguments of the next node on the stack are listed
            put(pop())
            continue
        while node._op_row is not None:
            gradient = node._grad
            if gradient is None:
                break
            if gradient:
                held.append((node, gradient))
            node._grad = None
            push(node)
            push(None)
            other = node._y
            if other is not None:
                if type(other) is Rest:
                    stack.extend(reversed(other))
                elif other._grad is not None:
                    if other._op_row is None:
                        leaf(other)
                    else:
                        push(other)
            node = node._x
        else:
            if node._grad is not None:
                leaf(node)
    for node in order:
        node._grad = 0.0
    return order


def write(gradients: list[tuple[Value, float]], order: list[Value]) -> None:
    """Set the gradients of operations to 0, and then some of them to given numbers."""
    for node in order:
        node._grad = 0.0
    for node, gradient in gradients:
        node._grad = gradient


def _fast_pass(root: Value, order: list[Value]) -> bool:
    """Run the pass without checks. Return whether it got to its end."""
    if root._grad is not None:
        root._grad += 1.0
    try:
        for node in reversed(order):
            node._op_row.pull(node)
    except GradwalkError:
        return False
    return True


def _are_finite(leaves: set[Value]) -> bool:
    return isfinite(sum([leaf._grad for leaf in leaves]))


def _careful_pass(root: Value, order: list[Value]) -> None:
    """Make the same additions in the same order, check each, and skip nodes that no gradient gets to."""
    check_results(order)
    if root._grad is not None:
        root._grad += 1.0
    found = reached(root, order)
    for z in reversed(order):
        for index, (arg, passes) in enumerate(zip(z.args, z.op.passing(z)) if z in found else ()):
            if passes and arg._grad is not None:
                arg._grad = added(arg, arg._grad, contribution(z, index, z._grad))

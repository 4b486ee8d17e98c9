"""Return derivatives of a recorded graph: gradients that are graphs themselves, and forward mode.

`Value.backward` fills `.grad` in place. The functions here leave `.grad` as it is.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from .arguments import public
from .checks import check_node, check_nodes
from .errors import ArgumentError, real
from .graph import operations, reached
from .naming import slope_label
from .rules import added, check_results, contribution, derivative_as_graph
from .unrecorded import check_recorded, recording
from .value import Value, operand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@public
def grad(output: Value, inputs: Value | Sequence[Value]) -> list[Value]:
    """Return the derivatives of an output by each input, as Values, which can be drawn, walked and differentiated.

    An input that the output does not depend on has the derivative 0.

    - `output`: the node to derive: a Value.
    - `inputs`: the node to derive by, or a list of them.

    Raises ArgumentError (a TypeError) if `output` or one of `inputs` is not a Value, and if the output was computed
    inside `no_grad()`; DomainError, DivisionError or RangeError where a derivative is not a finite number.

    >>> x = Value(2.0, "x")
    >>> y = x ** 3
    >>> (first,) = grad(y, x)
    >>> (second,) = grad(first, x)
    >>> first.data, second.data
    (12.0, 12.0)
    """
    check_recorded(check_node(output, "grad(): output"), "grad()")
    inputs = check_nodes(inputs, "grad(): inputs")
    with recording():
        return _derivatives(output, inputs)


def _derivatives(output: Value, inputs: list[Value]) -> list[Value]:
    """Return the derivatives of an output by each input."""
    order, dependents = operations(output), set(inputs)
    steps: list[tuple[Value, tuple[Value, ...], Sequence[bool]]] = []
    for z in order:
        args, passing = z.args, z._op_row.passing(z)
        for arg, passes in zip(args, passing):
            if passes and arg in dependents:
                dependents.add(z)
                steps.append((z, args, passing))
                break
    check_results(order)
    grads: dict[Value, Any] = {output: 1.0}  # numbers stay numbers until they meet a Value
    for z, args, passing in reversed(steps):
        if z not in grads:
            continue
        upstream = grads[z]
        numbers = [arg if arg._grad is not None else arg._data for arg in args]
        for index, arg in enumerate(args):
            if passing[index] and arg in dependents:
                term = _contribution_as_graph(z, index, numbers, upstream)
                if arg in grads:
                    before, after = grads[arg], grads[arg] + term
                    if not isfinite(_data_of(after)):
                        added(arg, _data_of(before), _data_of(term))
                    term = after
                grads[arg] = term
    found, old = [operand(grads.get(each, 0.0)) for each in inputs], set(order)
    for each, gradient in zip(inputs, found):
        if not gradient.label and gradient.op and gradient not in old:
            gradient.label = slope_label(output.label, each.label)
    return found


def _contribution_as_graph(z: Value, index: int, arguments: list[Any], upstream: Any) -> Any:
    """Return upstream gradient × local derivative by argument number `index`, as a Value or a number.

    Raises what `contribution` raises.
    """
    if z._op_row.functions:  # a user's: what they give is checked, whether it is finite or not
        contribution(z, index, _data_of(upstream))
    try:
        local = derivative_as_graph(z, index, arguments)
        if _is_one(upstream):  # times 1 deserves no node
            term = local
        elif _is_one(local):
            term = upstream
        else:
            term = upstream * local
    except (ArithmeticError, TypeError, ValueError):
        contribution(z, index, _data_of(upstream))
        raise
    if not (isfinite(_data_of(local)) and isfinite(_data_of(term))):
        contribution(z, index, _data_of(upstream))
    return term


def _data_of(thing: Any) -> float:
    return thing._data if isinstance(thing, Value) else float(thing)


def _is_one(thing: Any) -> bool:
    return not isinstance(thing, Value) and thing == 1


@public
def jvp(output: Value, tangents: Mapping[Value, float]) -> float:
    """Return the derivative of the output when each input moves along its tangent (forward mode).

    - `output`: the node to derive: a Value.
    - `tangents`: a dict of leaves and how fast each moves.

    Raises ArgumentError (a TypeError) if `output` is not a Value or was computed inside `no_grad()`, and if
    `tangents` is not a dict of Values; NumberError (a TypeError) for a tangent that is not a number; DomainError,
    DivisionError or RangeError where a derivative is not a finite number.

    >>> a, b = Value(2.0), Value(-3.0)
    >>> jvp(a * b, {a: 1.0, b: 0.0}), jvp(a * b, {a: 1.0, b: 1.0})
    (-3.0, -1.0)
    """
    check_recorded(check_node(output, "jvp(): output"), "jvp()")
    if not hasattr(tangents, "items"):
        raise ArgumentError("jvp(): tangents is a dict of how fast each input moves, such as {x: 1.0}.")
    moved = {check_node(each, "jvp(): a key of tangents"): real(tangent) for each, tangent in tangents.items()}
    order = operations(output)
    check_results(order)
    found = reached(output, order)
    for z in order:
        if z in tangents or z not in found:
            continue
        for index, (arg, passes) in enumerate(zip(z.args, z.op.passing(z))):
            if arg in moved and passes:
                term = contribution(z, index, moved[arg])
                moved[z] = added(z, moved[z], term) if z in moved else term
    return moved.get(output, 0.0)


@public
def jacobian(outputs: Sequence[Value], inputs: Sequence[Value]) -> list[list[Value]]:
    """Return the derivative of each output by each input: one row for each output, one column for each input.

    - `outputs`: the nodes to derive, a row each.
    - `inputs`: the nodes to derive by, a column each.

    Raises ArgumentError (a TypeError) if one of `outputs` or `inputs` is not a Value, and if an output was computed
    inside `no_grad()`; DomainError, DivisionError or RangeError where a derivative is not a finite number.

    >>> a, b = Value(2.0), Value(3.0)
    >>> [[entry.data for entry in row] for row in jacobian([a * b, a + b], [a, b])]
    [[3.0, 2.0], [1.0, 1.0]]
    """
    return [grad(output, inputs) for output in check_nodes(outputs, "jacobian(): outputs")]


@public
def hessian(output: Value, inputs: Sequence[Value]) -> list[list[Value]]:
    """Return the second derivatives of an output, with one row and one column for each input.

    - `output`: the node to derive: a Value.
    - `inputs`: the nodes to derive by, in order.

    Raises ArgumentError (a TypeError) if `output` or one of `inputs` is not a Value, and if the output was computed
    inside `no_grad()`; DomainError, DivisionError or RangeError where a derivative is not a finite number.

    >>> a, b = Value(2.0), Value(3.0)
    >>> [[entry.data for entry in row] for row in hessian(a * a * b, [a, b])]
    [[6.0, 4.0], [4.0, 0.0]]
    """
    check_node(output, "hessian(): output")
    inputs = check_nodes(inputs, "hessian(): inputs")
    return jacobian(grad(output, inputs), inputs)

"""`diagnose`: why a graph gives no number, or no gradient. Reads the graph and changes nothing."""

from __future__ import annotations

from math import isfinite, isnan, nan
from typing import TYPE_CHECKING, NamedTuple

from .arguments import public
from .graph import nodes, operations
from .names import expression, is_constant, names, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .value import Value

FLAT = 1e-4  # a slope under this lets through less than a ten-thousandth of the gradient
LISTED = 5  # findings of one kind that are spelled out


class Finding(NamedTuple):
    """One thing that is wrong: its kind, the node it is about, and a sentence."""

    kind: str
    node: Value
    sentence: str


class Diagnosis(tuple[Finding, ...]):
    """What `diagnose` found: a tuple of findings, printed a sentence a line."""

    __slots__ = ()

    def __str__(self) -> str:
        if not self:
            return "Nothing wrong found: every number is finite, and gradient reaches every leaf."
        lines = []
        for kind in dict.fromkeys(finding.kind for finding in self):
            of_kind = [finding.sentence for finding in self if finding.kind == kind]
            lines += of_kind[:LISTED]
            if len(of_kind) > LISTED:
                lines.append(f"... and {len(of_kind) - LISTED} more of this kind.")
        return "\n".join(lines)


@public
def diagnose(root: Value, leaves: Iterable[Value] = ()) -> Diagnosis:
    """Look through the graph under a root for what commonly goes wrong.

    It finds the first number that is not finite, those of `leaves` that the root does not depend on,
    leaves whose data changed since the forward pass, and edges where the gradient dies: a closed gate
    (kind "gate closed"), a saturated function ("saturated"), a factor of zero ("times zero").

    >>> from engine import Value
    >>> x, w = Value(-2.0, "x"), Value(3.0, "w")
    >>> print(diagnose((x * w).relu(), [w, Value(1.0, "b")]))
    The root does not depend on b: no gradient can reach it.
    The gradient dies at v2 = relu(v1): the gate is closed, since relu has slope 0.0 at v1 = -6.0.
    """
    named = names([*nodes(root), *leaves])
    order = operations(root)
    finders = (
        _not_finite(order, root, named),
        _unreached(root, leaves, named),
        _changed(order, named),
        _dead(order, root, named),
    )
    return Diagnosis(finding for finder in finders for finding in finder)


def _not_finite(order: list[Value], root: Value, named: Mapping[Value, str]) -> Iterator[Finding]:
    for node in nodes(root):
        if not isfinite(node.data):
            made = f"{named[node]} = {expression(node, named, 1)}" if node.op else f"the leaf {named[node]}"
            given = ", ".join(
                f"{named[arg]} = {number(arg.data)}" for arg in node.args if named[arg] != number(arg.data)
            )
            source = f", from {given}" if given else ""
            yield Finding(
                "not finite", node, f"The first number that is not finite is {node.data}, at {made}{source}."
            )
            return


def _unreached(root: Value, leaves: Iterable[Value], named: Mapping[Value, str]) -> Iterator[Finding]:
    below = set(nodes(root))
    for leaf in leaves:
        if leaf not in below:
            sentence = f"The root does not depend on {named[leaf]}: no gradient can reach it."
            yield Finding("not reached", leaf, sentence)


def _changed(order: list[Value], named: Mapping[Value, str]) -> Iterator[Finding]:
    """Operations on leaves, computed again: the first that differs from what it holds tells on its leaves."""
    told = set()
    for node in order:
        suspects = [arg for arg in node.args if arg.op is None and not is_constant(arg) and arg not in told]
        if not suspects:
            continue
        try:
            now = node.op.f(*(arg.data for arg in node.args))
        except (ArithmeticError, ValueError):
            now = nan
        if now != node.data and not (isnan(now) and isnan(node.data)):
            told.update(suspects)
            who = " or ".join(named[leaf] for leaf in suspects)
            sentence = (
                f"{who} changed since the forward pass: {named[node]} = {expression(node, named, 1)} holds "
                f"{number(node.data)}, and would now be {number(now)}. Compute the root again."
            )
            yield Finding("changed", suspects[0], sentence)


def _dead(order: list[Value], root: Value, named: Mapping[Value, str]) -> Iterator[Finding]:
    """The edges on the way to a leaf where a gradient comes in and (almost) none goes on."""
    learns = {node for node in nodes(root) if node.op is None and not is_constant(node)}
    for node in order:
        if (node._x in learns or node._y in learns) and not node.op.detached:  # nobody wants a gradient below it
            learns.add(node)
    upstream = {root: 1.0}
    for node in reversed(order):
        numbers = [arg.data for arg in node.args]
        for arg, slope in zip(node.args, node.op.slopes):
            if arg not in learns or not upstream.get(node):
                continue
            try:
                local = slope(*numbers, z=node.data)
            except (ArithmeticError, ValueError):
                continue  # backward() says what is wrong there
            upstream[arg] = upstream.get(arg, 0.0) + upstream[node] * local
            if abs(local) < FLAT:
                yield _death(node, arg, local, named)


def _death(node: Value, arg: Value, local: float, named: Mapping[Value, str]) -> Finding:
    at = f"{named[arg]} = {number(arg.data)}"
    if node.op.name == "mul":
        kind, why = "times zero", f"{named[arg]} is multiplied by {number(local)}"
    elif node.op.kinks:
        kind, why = "gate closed", f"the gate is closed, since {node.op.name} has slope {number(local)} at {at}"
    else:
        kind, why = "saturated", f"{node.op.name} is saturated: its slope is {number(local)} at {at}"
    made = f"{named[node]} = {expression(node, named, 1)}"
    return Finding(kind, node, f"The gradient dies at {made}: {why}.")

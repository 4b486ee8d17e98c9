"""Copy and pickle graphs of any depth: nodes are stored in flat lists, arguments first.

`copy.deepcopy` and `pickle` follow arguments by recursion, which fails for a chain of some hundred nodes. So
the first node that they meet is stored in one list with all nodes below it that are not stored yet.
Nodes that are shared stay shared, also between the nodes of a list or of a model.
"""

from __future__ import annotations

import copyreg
from copy import deepcopy
from typing import TYPE_CHECKING, Any
from weakref import ref

from .errors import FormulaError
from .graph import put_arguments
from .ops import OPS, Op

if TYPE_CHECKING:
    from collections.abc import Callable

    from .value import Value

SLOTS = ("_data", "_grad", "_label", "_op_row", "_x", "_y")


def shallow_copy(node: Value) -> Value:
    """Return a new node with the same numbers, label, operation and arguments."""
    twin: Any = object.__new__(type(node))
    for slot in SLOTS:
        setattr(twin, slot, getattr(node, slot))
    for name, thing in _more(node).items():
        setattr(twin, name, thing)
    copied: Value = twin
    return copied


def deep_copy(root: Value, memo: dict[int, Any]) -> Value:
    """Return a copy of a node. Nodes below it are copied, too, unless the memo of `copy.deepcopy` has a copy."""
    for node in _below(root, lambda node: id(node) in memo):
        twin: Any = object.__new__(type(node))
        # While a walk is shown, a gradient is an object, and needs a copy of its own.
        gradient = node._grad if type(node._grad) in (float, type(None)) else deepcopy(node._grad, memo)
        twin._data, twin._grad, twin._label, twin._op_row = node._data, gradient, node._label, node.op
        put_arguments(twin, [memo[id(arg)] for arg in node.args])
        memo[id(node)] = twin
        for name, thing in _more(node).items():
            setattr(twin, name, deepcopy(thing, memo))
    copied: Value = memo[id(root)]
    return copied


def reduced(node: Value) -> tuple[Callable[[Flat, int], Value], tuple[Flat, int]]:
    """Return what `pickle` stores for a node: a list of nodes, and the node's place in it."""
    place = _spot(node)
    if place is None:
        flat = Flat(_below(node, lambda each: _spot(each) is not None))  # the pickler keeps it alive
        place = flat, flat.places[id(node)]
    return entry, place


class Flat:
    """Nodes that are pickled together, arguments first. An argument may be in a list that was stored before."""

    def __init__(self, nodes: list[Value]) -> None:
        self.nodes = nodes
        self.places: dict[int, int] = {id(node): index for index, node in enumerate(nodes)}
        self._me = ref(self)
        FLATS.update(dict.fromkeys(self.places, self._me))

    def __del__(self) -> None:
        for key in getattr(self, "places", ()):
            if FLATS.get(key) is self._me:
                del FLATS[key]

    def __reduce__(self) -> tuple[Callable[..., Flat], tuple[list[Any], list[Any]]]:
        ops: dict[Any, int] = {}
        records = []
        for node in self.nodes:
            args = tuple(self.places.get(id(arg)) if id(arg) in self.places else _spot(arg) for arg in node.args)
            op = None if node.op is None else ops.setdefault(node.op, len(ops))
            records.append((type(node), node._data, node._grad, node._label, op, args, _more(node) or None))
        return restored, ([(op.name, op.formula, op.partials, op.computed) for op in ops], records)


FLATS: dict[int, Any] = {}  # the lists that are being pickled, by the id() of their nodes


def restored(rows: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]], records: list[Any]) -> Flat:
    """Make the nodes of a pickle again.

    Raises FormulaError if one of their operations is not defined here, or is defined by another formula.
    """
    ops = [_row(*row) for row in rows]
    nodes: list[Any] = []
    for kind, data, grad, label, op, args, more in records:
        node: Any = object.__new__(kind)
        node._data, node._grad, node._label = data, grad, label
        node._op_row = None if op is None else ops[op]
        found = [nodes[arg] if isinstance(arg, int) else entry(*arg) for arg in args]
        put_arguments(node, found)
        for name, thing in (more or {}).items():
            setattr(node, name, thing)
        nodes.append(node)
    return Flat(nodes)


def entry(flat: Flat, index: int) -> Value:
    """Return one node of a list."""
    return flat.nodes[index]


def _row(name: str, formula: str, partials: tuple[str, ...], computed: tuple[str, ...]) -> Op:
    op = OPS.get(name)
    if op is None or (op.formula, op.partials, op.computed) != (formula, partials, computed):
        problem = "is not defined here" if op is None else f"is {op.formula} here, and was {formula}"
        raise FormulaError(
            f"this graph has the operation {name}, which {problem}: "
            f"first write define({name!r}, {formula!r}, {partials!r}), and then load it again."
        )
    return op


def _spot(node: Value) -> tuple[Flat, int] | None:
    """Return the list that a node is already stored in, and its place there; None if it is in no list yet."""
    found = FLATS.get(id(node))
    flat = found() if found is not None else None
    return None if flat is None else (flat, flat.places[id(node)])


def _below(root: Value, known: Callable[[Value], bool]) -> list[Value]:
    """Return the root and the nodes below it that are not known, each after its arguments."""
    order: list[Value] = []
    seen: set[Value] = set()
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        if node is None:  # None marks that the arguments of the next node on the stack are listed
            order.append(waiting.pop())
        elif node not in seen and not known(node):
            seen.add(node)
            waiting += [node, None, *reversed(node.args)]
    return order


def _more(node: Value) -> dict[str, Any]:
    """Return the attributes that a subclass of Value adds."""
    names = [name for name in copyreg._slotnames(type(node)) if name not in SLOTS]  # type: ignore[attr-defined]
    return {name: getattr(node, name) for name in [*names, *getattr(node, "__dict__", ())] if hasattr(node, name)}

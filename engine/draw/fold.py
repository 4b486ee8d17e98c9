"""Folding: which nodes share a box, so that a large graph becomes a picture that can be read.

A fold maps nodes to the key of their box; a node that it does not map has a box of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from ..errors import MissingExtra
from ..graph import Numbering, nodes
from ..ops import OPERATORS
from ..value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..program.periods import Loop
    from .loops import Sequenced

    Keys = dict[Value, Any]
    Fold = Callable[["Operations"], "Folding"]

LIMIT = 2_000  # boxes that are laid out within seconds
SEVERAL = object()  # stands for several different things


@dataclass
class Folding:
    """What a fold decides. A key that is in none of the tables is a box like any other."""

    keys: Keys = field(default_factory=dict)
    turns: dict[Value, tuple[int, ...]] = field(default_factory=dict)  # of nodes in loops, outermost loop first
    loops: dict[Any, Loop] = field(default_factory=dict)  # of a key, the innermost loop that it is in
    rows: dict[Any, tuple[int, int]] = field(default_factory=dict)  # of a key, its group and the count of rows
    blocks: set[Any] = field(default_factory=set)  # keys of boxes that hold different things
    visible: set[Any] | None = None  # keys that are drawn; None for all
    strength: dict[tuple[Value, int], float] = field(default_factory=dict)  # of edges: how thick they are


class Operations:
    """The operations of a graph, each after its arguments, with what folds read of them."""

    def __init__(self, order: Sequence[Value]) -> None:
        self.order = order
        self.args = [node.args for node in order]
        self.names = [node.op.name for node in order]
        self.sequenced: Sequenced | None = None  # its layers in depth-first order

    @cached_property
    def uses(self) -> Counter[Value]:
        """How often each node is an argument."""
        return Counter(chain.from_iterable(self.args))

    @cached_property
    def leaf_edges(self) -> list[tuple[Value, str, int, Value]]:
        """The edges from leaves: the operation, its name, the index of the argument, and the leaf."""
        return [
            (node, name, index, arg)
            for node, name, args in zip(self.order, self.names, self.args)
            for index, arg in enumerate(args)
            if arg._op_row is None
        ]

    @cached_property
    def numbers(self) -> list[tuple[Value, str, int, Value]]:
        """Those of the edges from leaves that come from constants without a label."""
        return [edge for edge in self.leaf_edges if is_number(edge[-1])]

    @cached_property
    def sums(self) -> Keys:
        """The box of each part of a sum: its last +, or the activation that only the sum goes to."""
        to = chains(self, labeled=True)
        ends = set(to.values())
        active: dict[Any, Value] = {}
        for node, args in zip(self.order, self.args):
            if len(args) == 1 and args[0] in ends and node.op.name not in OPERATORS and self.uses[args[0]] == 1:
                active[args[0]] = node
        return {node: active.get(end, end) for node, end in to.items()} | active

    @cached_property
    def layers(self) -> tuple[Keys, dict[Any, int]]:
        """The layer of each operation; and of each layer, the number of its history: the operations that made it."""
        get = self.sums.get
        level: dict[Value, int] = {}
        history: dict[Value, int] = {}  # the operations that made it so far, as one number
        histories, boxes = Numbering(), Numbering()
        for node, name, args in zip(self.order, self.names, self.args):
            result = get(node, node)
            history[result] = histories[history.get(result), name]
            height = level.get(result, 0)
            for arg in args:
                if (below := level.get(arg, -1)) >= height and get(arg, arg) is not result:
                    height = below + 1
            level[result] = height
        keys: Keys = {}
        made: dict[Any, int] = {}
        for node in self.order:
            result = get(node, node)
            keys[node] = box = boxes[level[result], history[result]]
            made[box] = history[result]
        return keys, made


def none(graph: Operations) -> Folding:
    """Give every node a box."""
    return Folding()


def sums(graph: Operations) -> Folding:
    """Put each chain of + into one box, with the products that only it uses.

    A node with a label stays: somebody wants to see it.
    """
    last = chains(graph)
    return Folding(last | fold_constants(graph, last))


def chains(graph: Operations, labeled: bool = False) -> Keys:
    """Map the inner sums, and the products, of each chain of + that nothing else uses to its last +."""
    last: Keys = {}
    uses = graph.uses
    for node, name, args in zip(reversed(graph.order), reversed(graph.names), reversed(graph.args)):
        if name == "add":  # from the end of each chain, so that its length does not matter
            for arg in args:
                if arg.op and arg.op.name in ("add", "mul") and uses[arg] == 1 and (labeled or not arg.label):
                    last[arg] = last.get(node, node)
    return last


def neurons(graph: Operations) -> Folding:
    """Put each sum of two products or more into one box, with its activation and the weights that only it uses."""
    to = graph.sums
    products = Counter(end for node, end in to.items() if node.op.name == "mul")
    to = {node: end for node, end in to.items() if products[end] >= 2}
    keys = to | {end: end for end in to.values()}
    users: dict[Value, Any] = {}  # of each leaf, the box that uses it; None for several
    for node, _, _, leaf in graph.leaf_edges:
        box = keys.get(node)
        users[leaf] = box if users.get(leaf, box) is box else None
    for node, name, args in zip(graph.order, graph.names, graph.args):
        box = keys.get(node)
        if box is None:
            continue
        own = [arg for arg in args if arg.op is None and users[arg] is box]
        if name == "mul":  # of a weight and an input that only this box uses, the input stays in sight
            own.sort(key=lambda leaf: kind(leaf) != "parameter")
            own = own[:1]
        keys |= dict.fromkeys((leaf for leaf in own if leaf.requires_grad or leaf.label), box)
    return Folding(keys | fold_constants(graph, keys))


def matrices(graph: Operations) -> Folding:
    """The arrays of the program that `engine.compile` makes of the graph: a box an array operation. Needs NumPy."""
    try:
        from ..program.program import code_of
        from ..program.tape import Tape
    except ModuleNotFoundError:
        raise MissingExtra("NumPy", "train", "fold='matrices'") from None
    keys: Keys = {}
    for root in (node for node in graph.order if node not in graph.uses):
        below = nodes(root)
        tape = Tape([root], (), [node for node in below if node.op is None and node.requires_grad])
        code = code_of(tape)
        names = code.buffer_names(tape.first_op, tape.first_constant)
        keys |= dict(zip((node for node in below if node.op), names))
    return Folding(keys | fold_leaves(graph, keys))


def fold_leaves(graph: Operations, keys: Keys, constants: Keys | None = None, terms: bool = True) -> Keys:
    """Return boxes for leaves: those of one kind that feed the same boxes in the same role share one.

    A constant goes into the box of the operation that it is a part of, as the 2 of x ** 2; `constants` are these.
    Where sums are folded, their arguments are `terms`: it does not matter in which order they come.
    """
    constants = fold_constants(graph, keys) if constants is None else constants
    numbers = Numbering()
    roles: dict[Value, int | set[int]] = {}  # most leaves have one role: a number is smaller than a set
    for node, name, index, leaf in graph.leaf_edges:
        if leaf in constants:
            continue
        role = numbers[keys.get(node, node), name, 0 if terms and name == "add" else index]
        other = roles.setdefault(leaf, role)
        if other is role:
            continue
        if isinstance(other, set):
            other.add(role)
        elif other != role:
            roles[leaf] = {other, role}
    sets = Numbering()
    return constants | {
        leaf: (kind(leaf), role if isinstance(role, int) else ("roles", sets[frozenset(role)]))
        for leaf, role in roles.items()
    }


def fold_constants(graph: Operations, keys: Keys) -> Keys:
    """Map each constant that is one side of one operation to the box of the operation, as the 2 of x ** 2.

    The terms of a folded sum keep theirs, and so does a box whose operations have it on different sides.
    """
    boxes: dict[Value, Any] = {}  # of each constant, the one box that uses it, or SEVERAL
    for node, _, _, leaf in graph.numbers:
        key = keys.get(node, node)
        boxes[leaf] = key if same(boxes.get(leaf, key), key) else SEVERAL
    asked = {key for key in boxes.values() if key is not SEVERAL}
    get = keys.get
    sides: dict[Any, Any] = {}  # of each box, what it does with its one constant, or SEVERAL
    for node, name, args in zip(graph.order, graph.names, graph.args) if asked else ():
        key = get(node, node)
        if key not in asked or sides.get(key) is SEVERAL:
            continue
        side: Any = SEVERAL
        if len(args) == 2:
            first, second = args[0] in boxes, args[1] in boxes
            if first != second:
                side = name, int(second)
                other = get(args[not second], args[not second])
                if same(other, key) or sides.get(key, side) != side:
                    side = SEVERAL
        sides[key] = side
    return {leaf: key for leaf, key in boxes.items() if key is not SEVERAL and sides[key] is not SEVERAL}


def same(one: Any, other: Any) -> bool:
    """Return whether two keys are the same; a Value, which is the key of its own box, compares with Values only."""
    return one is other or (type(one) is type(other) and bool(one == other))


def is_number(node: Value) -> bool:
    """Return whether a node is a constant without a label."""
    return not node.requires_grad and node.op is None and not node.label


class Outside(Value):
    """A result of what is not drawn, in the picture of a part: a leaf there."""

    __slots__ = ()


def kind(node: Value) -> str:
    """What a node is, as its shape tells; a parameter is a leaf with a name."""
    if isinstance(node, Outside):
        return "outside"
    if node.op:
        return "operation"
    return "constant" if (not node.requires_grad) else "parameter" if node.label else "leaf"

"""Folding: which nodes share a box, so that a large graph becomes a picture that can be read.

A fold gives each node the key of its box. Nodes are places in a list, and keys are numbers: large graphs fold fast.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from ..errors import MissingExtra
from ..graph import Numbering, Rest, nodes
from ..ops import OPERATORS
from ..value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from ..program.periods import Loop
    from .loops import Sequenced

    Fold = Callable[["Operations"], "Folding"]

LIMIT = 2_000  # boxes that are laid out within seconds
SEVERAL = -1  # stands for several different things


@dataclass
class Folding:
    """What a fold decides.

    Nodes are their places in the graph, and a box is its key, a number: of a node alone, its place. A key that is in
    none of the tables is a box like any other.
    """

    keys: list[int]  # of all nodes
    turns: list[tuple[int, ...]] = field(default_factory=list)  # of all nodes; in loops, outermost loop first
    loops: dict[int, Loop] = field(default_factory=dict)  # of a key, the innermost loop that it is in
    rows: dict[int, tuple[int, int]] = field(default_factory=dict)  # of a key, its group and the count of rows
    blocks: set[int] = field(default_factory=set)  # keys of boxes that hold different things
    visible: set[int] | None = None  # keys that are drawn; None for all
    strength: dict[tuple[int, int], float] = field(default_factory=dict)  # of edges: how thick they are

    def __post_init__(self) -> None:
        self.turns = self.turns or [()] * len(self.keys)


class Operations:
    """The nodes of a graph as places in a list, each after its arguments, with what folds read of them."""

    def __init__(self, everything: Sequence[Value]) -> None:
        self.nodes = everything
        self.place: dict[Value, int] = {node: place for place, node in enumerate(everything)}
        self.args: list[tuple[int, ...]] = [*argument_places(everything, self.place)]
        self.names: list[Any] = ["" if node._op_row is None else node._op_row.name for node in everything]
        self.order: list[int] = [place for place, name in enumerate(self.names) if name]  # the operations
        self.sequenced: Sequenced | None = None  # its layers in depth-first order

    @cached_property
    def uses(self) -> list[int]:
        """How often each node is an argument."""
        uses = [0] * len(self.nodes)
        for arg in chain.from_iterable(self.args):
            uses[arg] += 1
        return uses

    @cached_property
    def leaf_edges(self) -> list[tuple[int, int, int]]:
        """The edges from leaves: the operation, the index of the argument, and the leaf."""
        names, args = self.names, self.args
        return [(node, index, arg) for node in self.order for index, arg in enumerate(args[node]) if not names[arg]]

    @cached_property
    def numbers(self) -> list[tuple[int, int, int]]:
        """Those of the edges from leaves that come from constants without a label."""
        nodes = self.nodes
        return [edge for edge in self.leaf_edges if is_number(nodes[edge[2]])]

    @cached_property
    def sums(self) -> list[int]:
        """Of each node, the box of its sum: the last +, or the activation that only the sum goes to; else itself."""
        to = chains(self, labeled=True)
        ends = {end for node, end in enumerate(to) if node != end}
        active: dict[int, int] = {}
        for node in self.order if ends else ():
            args = self.args[node]
            if len(args) == 1 and args[0] in ends and self.names[node] not in OPERATORS and self.uses[args[0]] == 1:
                active[args[0]] = node
        return [active.get(end, end) for end in to] if active else to

    @cached_property
    def layers(self) -> tuple[list[int], dict[int, int]]:
        """The layer of each operation; and of each layer, the number of its history: the operations that made it."""
        sums, many = self.sums, len(self.nodes)
        names, args = self.names, self.args
        level = [-1] * many
        history = [-1] * many  # the operations that made it so far, as one number
        histories, boxes = Numbering(), Numbering(many)
        for node in self.order:
            result = sums[node]
            history[result] = histories[history[result], names[node]]
            height = max(level[result], 0)
            for arg in args[node]:
                below = level[arg]
                if below >= height and sums[arg] != result:
                    height = below + 1
            level[result] = height
        keys = [*range(many)]
        made: dict[int, int] = {}
        for node in self.order:
            result = sums[node]
            keys[node] = box = boxes[level[result], history[result]]
            made[box] = history[result]
        return keys, made


def argument_places(everything: Iterable[Value], place: Mapping[Value, int]) -> Iterator[tuple[int, ...]]:
    """Yield the places of each node's arguments, read from where nodes keep them: that takes half the time."""
    for node in everything:
        first, other = node._x, node._y
        if first is None:
            yield ()
        elif other is None:
            yield (place[first],)
        elif type(other) is Rest:
            yield (place[first], *map(place.__getitem__, other))
        else:
            yield place[first], place[other]


def none(graph: Operations) -> Folding:
    """Give every node a box."""
    return Folding([*range(len(graph.nodes))])


def sums(graph: Operations) -> Folding:
    """Put each chain of + into one box, with the products that only it uses.

    A node with a label stays: somebody wants to see it.
    """
    return with_constants_folded(graph, chains(graph))


def with_constants_folded(graph: Operations, keys: list[int]) -> Folding:
    """Return the fold of these keys, with each constant in the box of its operation."""
    for leaf, key in fold_constants(graph, keys).items():
        keys[leaf] = key
    return Folding(keys)


def chains(graph: Operations, labeled: bool = False) -> list[int]:
    """Return for each node the last + of its chain: of sums, and products, that nothing else uses; else itself."""
    last = [*range(len(graph.nodes))]
    uses, names, nodes = graph.uses, graph.names, graph.nodes
    for node in reversed(graph.order):
        if names[node] == "add":  # from the end of each chain, so that its length does not matter
            for arg in graph.args[node]:
                if names[arg] in ("add", "mul") and uses[arg] == 1 and (labeled or not nodes[arg].label):
                    last[arg] = last[node]
    return last


def neurons(graph: Operations) -> Folding:
    """Put each sum of two products or more into one box, with its activation and the weights that only it uses."""
    sums, nodes = graph.sums, graph.nodes
    products = Counter(end for node, end in enumerate(sums) if node != end and graph.names[node] == "mul")
    keys = [*range(len(nodes))]
    inside: set[int] = set()  # what is in the box of a neuron
    for node, end in enumerate(sums):
        if products[end] >= 2:
            keys[node] = end
            inside.add(node)
    users: dict[int, int | None] = {}  # of each leaf, the neuron that uses it; None for another or for several
    for node, _, leaf in graph.leaf_edges:
        box = keys[node] if node in inside else None
        users[leaf] = box if users.get(leaf, box) == box else None
    for node in graph.order:
        if node not in inside:
            continue
        own = [arg for arg in graph.args[node] if not graph.names[arg] and users[arg] == keys[node]]
        if graph.names[node] == "mul":  # of a weight and an input that only this box uses, the input stays in sight
            own.sort(key=lambda leaf: kind(nodes[leaf]) != "parameter")
            own = own[:1]
        for leaf in own:
            if nodes[leaf].requires_grad or nodes[leaf].label:
                keys[leaf] = keys[node]
    return with_constants_folded(graph, keys)


def matrices(graph: Operations) -> Folding:
    """The arrays of the program that `engine.compile` makes of the graph: a box an array operation. Needs NumPy."""
    try:
        from ..program.program import code_of
        from ..program.tape import Tape
    except ModuleNotFoundError:
        raise MissingExtra("NumPy", "train", "fold='matrices'") from None
    keys = [*range(len(graph.nodes))]
    boxes = Numbering(len(keys))
    for root in (graph.nodes[node] for node in graph.order if not graph.uses[node]):
        below = nodes(root)
        tape = Tape([root], (), [node for node in below if node.op is None and node.requires_grad])
        code = code_of(tape)
        names = code.buffer_names(tape.first_op, tape.first_constant)
        for node, name in zip((node for node in below if node.op), names):
            keys[graph.place[node]] = boxes[name]
    fold_leaves(graph, keys)
    return Folding(keys)


def fold_leaves(
    graph: Operations, keys: list[int], constants: Mapping[int, int] | None = None, terms: bool = True
) -> None:
    """Set the boxes of leaves: those of one kind that feed the same boxes in the same role share one.

    A constant goes into the box of the operation that it is a part of, as the 2 of x ** 2; `constants` are these.
    Where sums are folded, their arguments are `terms`: it does not matter in which order they come.
    """
    constants = fold_constants(graph, keys) if constants is None else constants
    numbers = Numbering()
    roles: dict[int, int | set[int]] = {}  # most leaves have one role: a number is smaller than a set
    names = graph.names
    for node, index, leaf in graph.leaf_edges:
        if leaf in constants:
            continue
        name = names[node]
        role = numbers[keys[node], name, 0 if terms and name == "add" else index]
        other = roles.setdefault(leaf, role)
        if other is role:
            continue
        if isinstance(other, set):
            other.add(role)
        elif other != role:
            roles[leaf] = {other, role}
    boxes = Numbering(1 + max(keys, default=0))
    for leaf, all_roles in roles.items():
        role_or_set = all_roles if isinstance(all_roles, int) else frozenset(all_roles)
        keys[leaf] = boxes[kind(graph.nodes[leaf]), role_or_set]
    for leaf, key in constants.items():
        keys[leaf] = key


def fold_constants(graph: Operations, keys: Sequence[int]) -> dict[int, int]:
    """Map each constant that is one side of one operation to the box of the operation, as the 2 of x ** 2.

    So it is with a factor and a term of folded sums that are the same number in all of them. Other terms of a folded
    sum keep their boxes, and so does a constant that a box has on different sides.
    """
    boxes: dict[int, int] = {}  # of each constant, the one box that uses it, or SEVERAL
    for node, _, leaf in graph.numbers:
        key = keys[node]
        if boxes.setdefault(leaf, key) != key:
            boxes[leaf] = SEVERAL
    asked = {*boxes.values()}
    asked.discard(SEVERAL)
    sides: dict[int, Any] = {}  # of each box, what it does with its one constant, or SEVERAL
    for node in graph.order if asked else ():
        key = keys[node]
        if key not in asked:
            continue
        side: Any = SEVERAL
        args = graph.args[node]
        if len(args) == 2:
            first, second = args[0] in boxes, args[1] in boxes
            if first != second and keys[args[not second]] != key:
                side = graph.names[node], second
        if sides.setdefault(key, side) != side:
            sides[key] = SEVERAL
    folded = {key for key, side in sides.items() if side != SEVERAL}
    folded |= with_equal_numbers(graph, keys, boxes, sides.keys() - folded)
    return {leaf: key for leaf, key in boxes.items() if key in folded}


def with_equal_numbers(
    graph: Operations, keys: Sequence[int], boxes: Mapping[int, int], asked: Collection[int]
) -> set[int]:
    """Return those boxes of sums in which all factors that are constants are one number, and so are all terms."""
    numbers: dict[int, dict[str, float]] = {key: {} for key in asked}
    uneven: set[int] = set()
    names, nodes = graph.names, graph.nodes
    for node, _, leaf in graph.numbers if asked else ():
        key = keys[node]
        if key not in numbers or key in uneven:
            continue
        name, number = names[node], nodes[leaf]._data
        if name not in ("add", "mul") or boxes[leaf] != key or numbers[key].setdefault(name, number) != number:
            uneven.add(key)
    return {key for key, known in numbers.items() if len(known) == 2 and key not in uneven}


def is_number(node: Value) -> bool:
    """Return whether a node is a constant without a label."""
    return node._grad is None and node._op_row is None and not node._label


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

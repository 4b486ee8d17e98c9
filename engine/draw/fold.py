"""Folding: which nodes share a box, so that a large graph becomes a picture that can be read.

A fold maps nodes to the key of their box; a node that it does not map has a box of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import MissingExtra
from ..graph import Numbering, nodes
from ..ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..program.periods import Loop
    from ..value import Value

    Keys = dict[Value, Any]
    Fold = Callable[[Sequence[Value], Mapping[Value, int]], "Folding"]

LIMIT = 2_000  # boxes that are laid out within seconds
MANY = object()  # stands for several different things


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


def none(order: Sequence[Value], uses: Mapping[Value, int]) -> Folding:
    """Give every node a box."""
    return Folding()


def sums(order: Sequence[Value], uses: Mapping[Value, int]) -> Folding:
    """Put each chain of + into one box, with the products that only it uses.

    A node with a label stays: somebody wants to see it.
    """
    last = chains(order, uses)
    return Folding(last | fold_constants(order, last))


def chains(order: Sequence[Value], uses: Mapping[Value, int], labeled: bool = False) -> Keys:
    """Map the inner sums, and the products, of each chain of + that nothing else uses to its last +."""
    last: Keys = {}
    for node in reversed(order):  # from the end of each chain, so that its length does not matter
        if node.op.name == "add":
            for arg in node.args:
                if arg.op and arg.op.name in ("add", "mul") and uses[arg] == 1 and (labeled or not arg.label):
                    last[arg] = last.get(node, node)
    return last


def units(order: Sequence[Value], uses: Mapping[Value, int]) -> Keys:
    """Map the parts of each sum to its last +, or to the activation that only the sum goes to."""
    to = chains(order, uses, labeled=True)
    ends = set(to.values())
    active: dict[Any, Value] = {}
    for node in order:
        if node.op.arity == 1 and node.op.name not in OPERATORS and node._x in ends and uses[node._x] == 1:
            active[node._x] = node
    return {node: active.get(end, end) for node, end in to.items()} | active


def neurons(order: Sequence[Value], uses: Mapping[Value, int]) -> Folding:
    """Put each sum of two products or more into one box, with its activation and the weights that only it uses."""
    to = units(order, uses)
    products = Counter(end for node, end in to.items() if node.op.name == "mul")
    to = {node: end for node, end in to.items() if products[end] >= 2}
    keys = to | {end: end for end in to.values()}
    users: dict[Value, Any] = {}  # of each leaf, the box that uses it; None for several
    for node in order:
        for arg in node.args:
            if arg.op is None:
                box = keys.get(node)
                users[arg] = box if users.get(arg, box) is box else None
    for node in order:
        box = keys.get(node)
        if box is None:
            continue
        own = [arg for arg in node.args if arg.op is None and users[arg] is box]
        if node.op.name == "mul":  # of a weight and an input that only this box uses, the input stays in sight
            own.sort(key=lambda leaf: kind(leaf) != "parameter")
            own = own[:1]
        keys |= dict.fromkeys((leaf for leaf in own if leaf.requires_grad or leaf.label), box)
    return Folding(keys | fold_constants(order, keys))


def layers(order: Sequence[Value], uses: Mapping[Value, int]) -> Folding:
    """Put sums, each with the activation that only it goes to, into one box where they are computed alike.

    Alike are results of the same operations in the same order, equally many boxes above the leaves, and
    leaves of one kind that feed the same boxes in the same role. Only structure counts, no label is needed.
    """
    keys, _ = layer_keys(order, units(order, uses))
    return Folding(keys | fold_leaves(order, keys))


def layer_keys(order: Sequence[Value], to: Keys) -> tuple[Keys, dict[Any, int]]:
    """Return the box of each operation, and the number of the history of each box: the operations that made it."""
    level: dict[Value, int] = {}
    history: dict[Value, int] = {}  # the operations that made it so far, as one number
    histories, boxes = Numbering(), Numbering()
    for node in order:
        result = to.get(node, node)
        history[result] = histories[history.get(result), node.op.name]
        height = level.get(result, 0)
        for arg in node.args:
            if arg.op and to.get(arg, arg) is not result and level[arg] >= height:
                height = level[arg] + 1
        level[result] = height
    keys: Keys = {}
    made: dict[Any, int] = {}
    for node in order:
        result = to.get(node, node)
        keys[node] = box = boxes[level[result], history[result]]
        made[box] = history[result]
    return keys, made


def matrices(order: Sequence[Value], uses: Mapping[Value, int]) -> Folding:
    """The arrays of the program that `engine.compile` makes of the graph: a box an array operation. Needs NumPy."""
    try:
        from ..program.program import code_of
        from ..program.tape import Tape
    except ModuleNotFoundError:
        raise MissingExtra("NumPy", "train", "fold='matrices'") from None
    used = {arg for node in order for arg in node.args}
    keys: Keys = {}
    for root in (node for node in order if node not in used):
        below = nodes(root)
        tape = Tape([root], (), [node for node in below if node.op is None and node.requires_grad])
        code = code_of(tape)
        names = code.buffer_names(tape.first_op, tape.first_constant)
        keys |= dict(zip((node for node in below if node.op), names))
    return Folding(keys | fold_leaves(order, keys))


def fold_leaves(order: Sequence[Value], keys: Keys, constants: Keys | None = None, terms: bool = True) -> Keys:
    """Return boxes for leaves: those of one kind that feed the same boxes in the same role share one.

    A constant goes into the box of the operation that it is a part of, as the 2 of x ** 2; `constants` are these.
    Where sums are folded, their arguments are `terms`: it does not matter in which order they come.
    """
    constants = fold_constants(order, keys) if constants is None else constants
    numbers = Numbering()
    roles: dict[Value, int | set[int]] = {}  # most leaves have one role: a number is smaller than a set
    for node in order:
        for index, arg in enumerate(node.args):
            if arg.op is None and arg not in constants:
                role = numbers[keys.get(node, node), node.op.name, 0 if terms and node.op.name == "add" else index]
                other = roles.setdefault(arg, role)
                if isinstance(other, set):
                    other.add(role)
                elif other != role:
                    roles[arg] = {other, role}
    sets = Numbering()
    return constants | {
        leaf: (kind(leaf), role if isinstance(role, int) else ("roles", sets[frozenset(role)]))
        for leaf, role in roles.items()
    }


def fold_constants(order: Sequence[Value], keys: Keys) -> Keys:
    """Map each constant that is one side of one operation to the box of the operation, as the 2 of x ** 2.

    The terms of a folded sum keep theirs, and so does a box whose operations have it on different sides.
    """
    boxes: dict[Value, Any] = {}  # of each constant, the one box that uses it, or MANY
    sides: dict[Any, Any] = {}  # of each box, what it does with its one constant, or MANY
    for node in order:
        key = keys.get(node, node)
        constants = [index for index, arg in enumerate(node.args) if is_number(arg)]
        for index in constants:
            arg = node.args[index]
            boxes[arg] = key if same(boxes.get(arg, key), key) else MANY
        side = (node.op.name, *constants) if len(constants) == 1 and len(node.args) == 2 else MANY
        inner = any(same(keys.get(arg, arg), key) for arg in node.args)
        sides[key] = side if sides.get(key, side) == side and not inner else MANY
    return {leaf: key for leaf, key in boxes.items() if key is not MANY and sides[key] is not MANY}


def same(one: Any, other: Any) -> bool:
    """Return whether two keys are the same; a Value, which is the key of its own box, compares with Values only."""
    return type(one) is type(other) and bool(one == other)


def is_number(node: Value) -> bool:
    """Return whether a node is a constant without a label."""
    return node.op is None and not node.requires_grad and not node.label


def kind(node: Value) -> str:
    """What a node is, as its shape tells; a parameter is a leaf with a name."""
    if node.op:
        return "operation"
    return "constant" if (not node.requires_grad) else "parameter" if node.label else "leaf"

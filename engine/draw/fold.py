"""Folding: which nodes share a box, so that a large graph becomes a picture that can be read.

A fold maps nodes to the key of their box; a node that it does not map has a box of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from ..errors import DrawError, MissingExtra
from ..graph import Numbering, nodes
from ..ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..value import Value

    Keys = dict[Value, Any]
    Fold = Callable[[Sequence[Value], Mapping[Value, int]], Keys]

COMFORT = 200  # boxes that a reader can still follow: beyond, "auto" folds
LIMIT = 2_000  # boxes that are laid out within seconds


def none(order: Sequence[Value], uses: Mapping[Value, int]) -> Keys:
    """Every node for itself."""
    return {}


def sums(order: Sequence[Value], uses: Mapping[Value, int], labeled: bool = False) -> Keys:
    """Each chain of + becomes its last +, with the inner sums and the products that only it uses.

    A node with a label stays, unless `labeled`: somebody wants to see it.
    """
    last: Keys = {}
    for node in reversed(order):  # from the end of each chain, so that its length does not matter
        if node.op.name == "add":
            for arg in node.args:
                if arg.op and arg.op.name in ("add", "mul") and uses[arg] == 1 and (labeled or not arg.label):
                    last[arg] = last.get(node, node)
    return last


def layers(order: Sequence[Value], uses: Mapping[Value, int]) -> Keys:
    """Sums, each with the activation that only it goes to; then all that is computed alike is one box.

    Alike are results of the same operations in the same order, equally many boxes above the leaves, and
    leaves of one kind that feed the same boxes in the same role. Only structure counts, no label is needed.
    """
    to = sums(order, uses, labeled=True)
    ends = set(to.values())
    active: dict[Any, Value] = {}
    for node in order:
        if node.op.arity == 1 and node.op.name not in OPERATORS and node._x in ends and uses[node._x] == 1:
            active[node._x] = node
    to = {node: active.get(end, end) for node, end in to.items()} | active

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
    keys: Keys = {node: boxes[level[to.get(node, node)], history[to.get(node, node)]] for node in order}

    return keys | fold_leaves(order, keys)


def matrices(order: Sequence[Value], uses: Mapping[Value, int]) -> Keys:
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
    return keys | fold_leaves(order, keys)


def fold_leaves(order: Sequence[Value], keys: Keys) -> Keys:
    """Boxes for leaves: those of one kind that feed the same boxes in the same role share one."""
    roles: dict[Value, frozenset[Any]] = {}
    known: dict[frozenset[Any], frozenset[Any]] = {}  # equal sets are one object: a million leaves share a few
    for node in order:
        for index, arg in enumerate(node.args):
            if arg.op is None:
                role = keys[node], node.op.name, 0 if node.op.name == "add" else index
                so_far = roles.get(arg, frozenset())
                if role not in so_far:
                    more = so_far | {role}
                    roles[arg] = known.setdefault(more, more)
    return {leaf: (kind(leaf), role) for leaf, role in roles.items()}


def kind(node: Value) -> str:
    """What a node is, as its shape tells; a parameter is a leaf with a name."""
    if node.op:
        return "operation"
    return "constant" if (not node.requires_grad) else "parameter" if node.label else "leaf"


FOLDS: dict[str, Fold] = {"none": none, "sums": sums, "layers": layers, "matrices": matrices}
AUTO = ("none", "sums", "layers")  # from the most detail to the least


def folded(order: Sequence[Value], fold: str, center: Value, depth: int | None) -> tuple[Keys, set[Any]]:
    """The keys of a fold, and which of them are drawn: those at most `depth` edges from the center's, or all.

    "auto" takes the first fold that leaves a picture to be read. Raises DrawError if too much is left.
    """
    uses = Counter(arg for node in order for arg in node.args)
    everything = {center, *uses, *order}
    for name in AUTO if fold == "auto" else (fold,):
        keys = FOLDS[name](order, uses)
        if depth is None:
            visible = {keys.get(node, node) for node in everything}
        else:
            visible = near(keys.get(center, center), depth, order, keys)
        if len(visible) <= COMFORT:
            break
    if len(visible) > LIMIT:
        problem = f"this graph of {len(everything):,} nodes makes {len(visible):,} boxes with fold={name!r}"
        raise too_much(f"{problem}, and a picture holds {LIMIT:,}", depth, fold)
    return keys, visible


def too_much(problem: str, depth: int | None, fold: str) -> DrawError:
    """A picture that cannot be made, and what can."""
    remedy = "Draw a part: draw(root, focus=node, depth=2)" if depth is None else "Take a smaller depth"
    return DrawError(f"{problem}. {remedy}{'' if fold == 'auto' else ', or fold=' + repr('auto')}.")


def near(center: Any, depth: int, order: Sequence[Value], keys: Keys) -> set[Any]:
    """The boxes at most `depth` edges away, whichever way the edges point."""
    links = defaultdict(list)
    for node in order:
        head = keys.get(node, node)
        for arg in node.args:
            tail = keys.get(arg, arg)
            links[head].append(tail)
            links[tail].append(head)
    found = rim = {center}
    for _ in range(depth):
        rim = {other for box in rim for other in links[box]} - found
        if not rim:
            break
        found = found | rim
    return found

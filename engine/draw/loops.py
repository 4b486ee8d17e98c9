"""Folds of what repeats: loops, rows, and blocks where neither makes a graph small."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from ..graph import Numbering
from ..program.periods import Repeats
from .fold import Folding, fold_constants, fold_leaves, kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..value import Value
    from .fold import Keys, Operations

MOST_BLOCKS = 9


def loops(graph: Operations) -> Folding:
    """Draw one turn of each loop: a stretch of operations that repeats on the results of the turn before."""
    return Sequenced(graph, {}, {}).folding()


def layers(graph: Operations) -> Folding:
    """Put sums, each with the activation that only it goes to, into one box where they are computed alike.

    Alike are results of the same operations in the same order, equally many boxes above the leaves, and
    leaves of one kind that feed the same boxes in the same role. Only structure counts, no label is needed.
    """
    keys, _ = graph.layers
    folding = Folding(keys | fold_leaves(graph, keys))
    folding.rows = rows_of(graph, folding)
    return folding


def both(graph: Operations) -> Folding:
    """Fold layers, and then the loops of these."""
    return sequenced(graph).folding()


def blocks(graph: Operations, most: int = MOST_BLOCKS) -> Folding:
    """Fold layers and loops, and cut what is left into blocks, where the fewest values cross."""
    return sequenced(graph).blocks(most)


def sequenced(graph: Operations) -> Sequenced:
    """Return the layers of a graph with what repeats in them, found once."""
    if graph.sequenced is None:
        graph.sequenced = Sequenced(graph, *graph.layers)
    return graph.sequenced


class Sequenced:
    """The boxes of a fold in depth-first order, with what repeats in them."""

    def __init__(self, graph: Operations, base: Keys, made: Mapping[Any, int]) -> None:
        self.graph, self.order = graph, graph.order
        self.terms = bool(base)  # of a folded sum; else an operation has a first argument and a second one
        self.constants = fold_constants(graph, base)
        self.boxes = Numbering()  # of the base fold
        self.box = array("l", [self.boxes[base.get(node, node)] for node in graph.order])
        self.links = self._links()
        tokens = self._tokens(base, made)
        self.sequence = self._sequence()
        self.place = array("l", [0]) * len(self.boxes)
        for index, box in enumerate(self.sequence):
            self.place[box] = index
        links = [[self.place[tail] for tail in self.links[box]] for box in self.sequence]
        self.links = links
        self.repeats = Repeats([tokens[box] for box in self.sequence], links)

    def _links(self) -> list[list[int]]:
        """Return what each box uses, in the order of its arguments."""
        number = dict(zip(self.order, self.box))
        found: list[dict[int, None]] = [{} for _ in range(len(self.boxes))]
        for head, args in zip(self.box, self.graph.args):
            for arg in args:
                if (tail := number.get(arg, head)) != head:
                    found[head][tail] = None
        return [[*tails] for tails in found]

    def _tokens(self, base: Keys, made: Mapping[Any, int]) -> list[int]:
        """Return what each box does, as a number: its operations, how many, and on which side a constant stands."""
        count = Counter(self.box)
        what: list[Any] = [None] * len(self.boxes)
        for node, name, box in zip(self.order, self.graph.names, self.box):
            if what[box] is None:
                what[box] = (made.get(base.get(node), name), count[box])
        for node, name, index, leaf in self.graph.numbers:
            if leaf in self.constants:
                box = self.boxes[base.get(node, node)]
                what[box] = (*what[box][:2], index, leaf.data if name == "pow" else None)
        numbers = Numbering()
        return [numbers[each] for each in what]

    def _sequence(self) -> list[int]:
        """Return the boxes depth first, each after what it uses."""
        done = bytearray(len(self.boxes))
        found: list[int] = []
        for root in reversed(self.box):  # all others are below the last one; but a part of a graph has several roots
            if done[root]:
                continue
            done[root] = 1
            stack = [(root, iter(self.links[root]))]
            while stack:
                box, below = stack[-1]
                for tail in below:
                    if not done[tail]:
                        done[tail] = 1
                        stack.append((tail, iter(self.links[tail])))
                        break
                else:
                    found.append(box)
                    stack.pop()
        return found

    def folding(self) -> Folding:
        """Return the fold: a box for each slot, and what its nodes have of turns."""
        repeats = self.repeats
        keys: Keys = {node: repeats.slots[self.place[box]] for node, box in zip(self.order, self.box)}
        turns = {node: turn for node, box in zip(self.order, self.box) if (turn := repeats.turns[self.place[box]])}
        folding = Folding(keys, turns, dict(repeats.loops))
        folding.keys = keys | fold_leaves(self.graph, keys, self._folded_constants(keys), self.terms)
        folding.rows = rows_of(self.graph, folding, self.terms)
        return folding

    def _folded_constants(self, keys: Keys) -> Keys:
        """Return the boxes of the constants: those of their operations."""
        return {leaf: keys[node] for node, _, _, leaf in self.graph.numbers if leaf in self.constants}

    def blocks(self, most: int) -> Folding:
        """Return the fold that joins the slots, with all turns of their loops, to blocks."""
        slots, inner = self.repeats.slots, self.repeats.loops
        element = array("l")  # of each place; a loop is one element
        elements = Numbering()
        for slot in slots:
            loop = inner.get(slot)
            element.append(elements[loop.around[0] if loop else slot])
        first = self._cuts(element, len(elements), most)
        block_of = [0] * len(elements)
        sizes: Counter[int] = Counter()
        for number, start in enumerate(first):
            for each in range(start, [*first, len(elements)][number + 1]):
                block_of[each] = number
                sizes[number] += 1
        keys: Keys = {}
        folding = Folding(keys)
        for node, box in zip(self.order, self.box):
            place = self.place[box]
            number, slot = block_of[element[place]], slots[place]
            if sizes[number] > 1:
                keys[node] = ("block", number)
                folding.blocks.add(keys[node])
                continue
            keys[node] = slot
            if slot in inner:
                folding.loops[slot] = inner[slot]
                folding.turns[node] = self.repeats.turns[place]
        self._block_leaves(folding)
        return folding

    def _cuts(self, element: Sequence[int], many: int, most: int) -> list[int]:
        """Return the first element of each block. The longest is cut near its middle, where fewest values cross."""
        last: dict[int, int] = {}  # where each value is used last
        for place, tails in enumerate(self.links):
            for tail in tails:
                last[tail] = max(last.get(tail, 0), element[place])
        change = [0] * (many + 2)
        for place, end in last.items():
            if element[place] < end:
                change[element[place] + 1] += 1
                change[end + 1] -= 1
        crossing, alive = [], 0
        for each in change[: many + 1]:
            alive += each
            crossing.append(alive)
        parts = [(0, many)]
        while len(parts) < most:
            low, high = max(parts, key=lambda part: part[1] - part[0])
            if high - low < 2:
                break
            margin = max(1, int((high - low) * 0.3))
            middle = min(
                range(low + margin, high - margin + 1), key=lambda cut: (crossing[cut], abs(2 * cut - low - high))
            )
            parts.remove((low, high))
            parts += [(low, middle), (middle, high)]
        return sorted(low for low, _ in parts)

    def _block_leaves(self, folding: Folding) -> None:
        """Put leaves into the block that uses them alone; those of several blocks, by kind, into a box."""
        keys = folding.keys
        users: dict[Value, Any] = {}
        for node, _, _, leaf in self.graph.leaf_edges:
            key = keys[node] if keys[node] in folding.blocks else "other"
            users[leaf] = key if users.get(leaf, key) == key else "several"
        outside = fold_leaves(self.graph, keys, self._folded_constants(keys), self.terms)
        for leaf, user in users.items():
            if user in folding.blocks:
                keys[leaf] = user
            elif user == "several":
                keys[leaf] = (kind(leaf), "several")
            else:
                keys[leaf] = outside[leaf]


def connected(nodes: Iterable[Value], edges: Iterable[tuple[Value, Value]]) -> dict[Value, Value]:
    """Return for each node the node that stands for its part. Nodes that edges join, directly or not, are one part.

    >>> from engine import Value
    >>> a, b, c = Value(1.0), Value(2.0), Value(3.0)
    >>> part = connected([a, b, c], [(a, b)])
    >>> part[a] is part[b], part[a] is part[c]
    (True, False)
    """
    part = {node: node for node in nodes}

    def stands_for(node: Value) -> Value:
        while part[node] is not node:
            part[node] = part[part[node]]
            node = part[node]
        return node

    for one, other in edges:
        part[stands_for(one)] = stands_for(other)
    return {node: stands_for(node) for node in part}


def rows_of(graph: Operations, folding: Folding, terms: bool = True) -> dict[Any, tuple[int, int]]:
    """Return the boxes that are made of equal, separate parts: the number of the group, and how many parts it has.

    The parts are what hangs together of the boxes of several results, over all steps: for a batch, its rows.
    `terms` says that sums are folded.
    """
    keys, inner = folding.keys, folding.loops
    to = graph.sums if terms else {}
    size = Counter(keys[node] for node in graph.order if to.get(node, node) is node)
    often = {key: loop.turns for key, loop in inner.items()}
    several = dict.fromkeys(node for node in graph.order if size[keys[node]] > often.get(keys[node], 1))
    edges = (
        (arg, node)
        for node, args in zip(graph.order, graph.args)
        if node in several
        for arg in args
        if arg in several
    )
    contents: dict[Value, Counter[Any]] = defaultdict(Counter)
    for node, part in connected(several, edges).items():
        contents[part][keys[node]] += 1
    alike: Counter[frozenset[Any]] = Counter(frozenset(content.items()) for content in contents.values())
    seen = Counter(key for content in alike for key, _ in content)
    found: dict[Any, tuple[int, int]] = {}
    for number, (content, count) in enumerate(alike.items()):
        inside = [key for key, _ in content]
        whole = count >= 2 and all(seen[key] == 1 for key in inside)
        if whole and len(inside) >= 2 and len({inner.get(key) for key in inside}) == 1:
            found |= dict.fromkeys(inside, (number, count))
    return found

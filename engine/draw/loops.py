"""Folds of what repeats: loops, rows, and blocks where neither makes a graph small."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from ..graph import Numbering
from ..program.periods import Repeats
from .fold import SEVERAL, Folding, fold_constants, fold_leaves, kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .fold import Operations

MOST_BLOCKS = 9
OTHER = -2  # stands for the boxes that are no blocks


def loops(graph: Operations) -> Folding:
    """Draw one turn of each loop: a stretch of operations that repeats on the results of the turn before."""
    return Sequenced(graph, range(len(graph.nodes)), {}, terms=False).folding()


def layers(graph: Operations) -> Folding:
    """Put sums, each with the activation that only it goes to, into one box where they are computed alike.

    Alike are results of the same operations in the same order, equally many boxes above the leaves, and
    leaves of one kind that feed the same boxes in the same role. Only structure counts, no label is needed.
    """
    keys = graph.layers[0].copy()
    fold_leaves(graph, keys)
    folding = Folding(keys)
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
        graph.sequenced = Sequenced(graph, *graph.layers, terms=True)
    return graph.sequenced


class Sequenced:
    """The boxes of a fold in depth-first order, with what repeats in them.

    - `base`: the key of each node in that fold; `made`: what its boxes do, where one operation does not say it.
    - `terms`: whether sums are folded; else an operation has a first argument and a second one.
    """

    graph: Operations
    terms: bool

    def __init__(self, graph: Operations, base: Sequence[int], made: Mapping[int, int], terms: bool) -> None:
        self.graph, self.terms = graph, terms
        self.constants: dict[int, int] = fold_constants(graph, base)
        number = Numbering()
        box = [-1] * len(graph.nodes)  # -1 for leaves
        for node in graph.order:
            box[node] = number[base[node]]
        links = self._links(box, len(number))
        tokens = self._tokens(box, base, made, len(number))
        sequence = depth_first(links, [box[node] for node in reversed(graph.order)])
        place = array("l", [0]) * len(number)
        for index, each in enumerate(sequence):
            place[each] = index
        self.links: list[list[int]] = [[place[tail] for tail in links[each]] for each in sequence]
        # Of each operation, the place of its box.
        self.at: list[int] = [place[each] if each >= 0 else -1 for each in box]
        self.repeats: Repeats = Repeats([tokens[each] for each in sequence], self.links)

    def _links(self, box: Sequence[int], many: int) -> list[list[int]]:
        """Return what each box uses, in the order of its arguments."""
        links: list[list[int]] = [[] for _ in range(many)]
        known: set[int] = set()  # pairs of boxes, each as one number
        for node in self.graph.order:
            head = box[node]
            for arg in self.graph.args[node]:
                tail = box[arg]
                if tail < 0 or tail == head:
                    continue
                pair = head * many + tail
                if pair not in known:
                    known.add(pair)
                    links[head].append(tail)
        return links

    def _tokens(self, box: Sequence[int], base: Sequence[int], made: Mapping[int, int], many: int) -> list[int]:
        """Return what each box does, as a number: its operations, how many, and on which side a constant stands."""
        names = self.graph.names
        what: list[Any] = [None] * many
        count = [0] * many
        for node in self.graph.order:
            each = box[node]
            count[each] += 1
            if what[each] is None:
                what[each] = made.get(base[node], names[node])
        sides: dict[int, tuple[int, float | None]] = {}
        for node, index, leaf in self.graph.numbers:
            if leaf in self.constants:
                sides[box[node]] = index, self.graph.nodes[leaf].data if names[node] == "pow" else None
        numbers = Numbering()
        return [numbers[what[each], count[each], sides.get(each)] for each in range(many)]

    def folding(self) -> Folding:
        """Return the fold: a box for each slot, and what its nodes have of turns."""
        slots, turns = self.repeats.slots, self.repeats.turns
        first = len(self.at)  # keys of slots begin here
        keys = [node if at < 0 else first + slots[at] for node, at in enumerate(self.at)]
        folding = Folding(keys, [() if at < 0 else turns[at] for at in self.at])
        folding.loops = {first + slot: loop for slot, loop in self.repeats.loops.items()}
        fold_leaves(self.graph, keys, self._folded_constants(keys), self.terms)
        folding.rows = rows_of(self.graph, folding, self.terms)
        return folding

    def _folded_constants(self, keys: Sequence[int]) -> dict[int, int]:
        """Return the boxes of the constants: those of their operations."""
        return {leaf: keys[node] for node, _, leaf in self.graph.numbers if leaf in self.constants}

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
        keys = [*range(len(self.at))]
        first_slot, first_block = len(keys), len(keys) + len(slots)  # keys of slots and of blocks begin there
        folding = Folding(keys)
        for node in self.graph.order:
            place = self.at[node]
            number, slot = block_of[element[place]], slots[place]
            if sizes[number] > 1:
                keys[node] = first_block + number
                folding.blocks.add(keys[node])
                continue
            keys[node] = first_slot + slot
            if slot in inner:
                folding.loops[keys[node]] = inner[slot]
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
        users: dict[int, int] = {}
        for node, _, leaf in self.graph.leaf_edges:
            key = keys[node] if keys[node] in folding.blocks else OTHER
            users[leaf] = key if users.get(leaf, key) == key else SEVERAL
        fold_leaves(self.graph, keys, self._folded_constants(keys), self.terms)
        shared = Numbering(1 + max(keys))
        for leaf, user in users.items():
            if user in folding.blocks:
                keys[leaf] = user
            elif user == SEVERAL:
                keys[leaf] = shared[kind(self.graph.nodes[leaf])]


def depth_first(links: Sequence[Sequence[int]], roots: Iterable[int]) -> list[int]:
    """Return the boxes below some boxes depth first, each after what it uses.

    >>> depth_first([[], [0], [0, 1]], [2])
    [0, 1, 2]
    """
    done = bytearray(len(links))
    found: list[int] = []
    for root in roots:  # all others are below the last one; but a part of a graph has several roots
        if done[root]:
            continue
        done[root] = 1
        stack = [(root, iter(links[root]))]
        while stack:
            box, below = stack[-1]
            for tail in below:
                if not done[tail]:
                    done[tail] = 1
                    stack.append((tail, iter(links[tail])))
                    break
            else:
                found.append(box)
                stack.pop()
    return found


def connected(nodes: Iterable[int], edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return for each node the node that stands for its part. Nodes that edges join, directly or not, are one part.

    >>> connected([5, 6, 7], [(5, 6)])
    {5: 6, 6: 6, 7: 7}
    """
    part = {node: node for node in nodes}

    def stands_for(node: int) -> int:
        while part[node] != node:
            part[node] = part[part[node]]
            node = part[node]
        return node

    for one, other in edges:
        part[stands_for(one)] = stands_for(other)
    return {node: stands_for(node) for node in part}


def rows_of(graph: Operations, folding: Folding, terms: bool = True) -> dict[int, tuple[int, int]]:
    """Return the boxes that are made of equal, separate parts: the number of the group, and how many parts it has.

    The parts are what hangs together of the boxes of several results, over all steps: for a batch, its rows.
    `terms` says that sums are folded.
    """
    keys, inner = folding.keys, folding.loops
    results = [node for node in graph.order if graph.sums[node] == node] if terms else graph.order
    size = Counter([keys[node] for node in results])
    often = {key for key, many in size.items() if many > (inner[key].turns if key in inner else 1)}
    several = dict.fromkeys(node for node in graph.order if keys[node] in often) if often else {}
    edges = ((arg, node) for node in several for arg in graph.args[node] if arg in several)
    contents: dict[int, Counter[int]] = defaultdict(Counter)
    for node, part in connected(several, edges).items():
        contents[part][keys[node]] += 1
    alike: Counter[frozenset[tuple[int, int]]] = Counter(frozenset(content.items()) for content in contents.values())
    seen = Counter(key for content in alike for key, _ in content)
    found: dict[int, tuple[int, int]] = {}
    for number, (content, count) in enumerate(alike.items()):
        inside = [key for key, _ in content]
        whole = count >= 2 and all(seen[key] == 1 for key in inside)
        if whole and len(inside) >= 2 and len({inner.get(key) for key in inside}) == 1:
            found |= dict.fromkeys(inside, (number, count))
    return found

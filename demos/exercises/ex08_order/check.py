"""Small graphs, drawn by chance. The list is looked through for nodes that are missing, there twice, or too early."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..probe import Probe

# Each node with its arguments; the last is the root. Names are dealt anew, and arguments stand in random order: what
# a search that lists the root first makes of a graph depends on the graph alone, not on the order of the arguments.
CHAIN = {"p": "", "q": "p", "r": "q", "s": "r"}
DIAMOND = {"p": "", "q": "p", "r": "p", "s": "qr"}
SKIP = {"p": "", "q": "p", "r": "p", "s": "qr", "t": "s", "u": "tq"}
DOUBLE = {"p": "", "q": "pp", "r": "p", "s": "qr", "t": "s", "u": "s", "v": "tuq"}
FIRST, LAST, MIXED = "arguments first", "arguments last", "some arguments first, some last"
GRAPHS = [CHAIN, DIAMOND, SKIP, SKIP, DOUBLE, DOUBLE]


class Node:
    """What an answer is handed: as in its own file."""

    def __init__(self, name: str, args: Sequence[Node] = ()) -> None:
        self.name, self.args = name, tuple(args)


def probes(rng: Random) -> list[Probe]:
    return [probe(rng, graph) for graph in GRAPHS]


def probe(rng: Random, graph: Mapping[str, str]) -> Probe:
    called = dict(zip(graph, rng.sample("abcdefgh", len(graph))))
    uses = {called[node]: [called[each] for each in rng.sample(args, len(args))] for node, args in graph.items()}
    nodes: dict[str, Node] = {}
    for name, args in uses.items():
        nodes[name] = Node(name, [nodes[each] for each in args])
    root = [*nodes][-1]

    def observe(answers: SimpleNamespace) -> Mapping[str, Any]:
        found = answers.topological(nodes[root])
        if isinstance(found, (set, frozenset)):
            return {"not a node": "a set, which keeps no order, and a list is meant"}
        return {"not a node": None} if found is None else looked_through([*found], nodes)

    def draw() -> Value:
        values: dict[str, Value] = {}
        for name, args in uses.items():
            values[name] = sum((values[each] for each in args[1:]), values[args[0]]).tanh() if args else Value(0.5)
            values[name].label = name
        return values[root]

    told = [f"{name} uses {' and '.join(args)}" for name, args in uses.items() if args]
    return Probe(
        f"topological({root}), where {', '.join(told)}",
        observe,
        lambda: looked_through([*nodes.values()], nodes),
        "the definition: every node once, after all of its arguments; this graph was made in such an order",
        draw,
    )


def looked_through(found: Sequence[Any], nodes: Mapping[str, Node]) -> dict[str, Any]:
    """What is to be said of a list: what does not belong, what is missing, what is there again, and its order."""
    listed = [each.name for each in found if each in nodes.values()]
    place = {name: listed.index(name) for name in listed}
    edges = [(place[each.name], place[name]) for name in place for each in nodes[name].args if each.name in place]
    ways = {argument < user for argument, user in edges}
    return {
        "not a node": names(stranger(each) for each in found if each not in nodes.values()),
        "missing": names(nodes.keys() - place.keys()),
        "more than once": names(name for name in place if listed.count(name) > 1),
        "order": FIRST if False not in ways else LAST if True not in ways else MIXED,
    }


def stranger(found: Any) -> str:
    """What to call a thing that is no node of the graph."""
    return f"{found.name} of another graph" if isinstance(found, Node) else repr(found)


def names(found: Iterable[str]) -> str:
    return ", ".join(sorted(found)) or "none"

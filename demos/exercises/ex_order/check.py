"""Check the list of small random graphs for nodes that are missing, listed twice, or listed before an argument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

from engine import Value

from ..inside.reading import EVIDENCE, NOTE
from ..probe import Probe, beyond
from . import ask

# Each node with its arguments; the last node is the root. `probe` gives the nodes random names, and the arguments a
# random order. So a wrong search cannot be right because of the order of the arguments.
CHAIN = {"p": "", "q": "p", "r": "q", "s": "r"}
DIAMOND = {"p": "", "q": "p", "r": "p", "s": "qr"}
SKIP = {"p": "", "q": "p", "r": "p", "s": "qr", "t": "s", "u": "tq"}
DOUBLE = {"p": "", "q": "pp", "r": "p", "s": "qr", "t": "s", "u": "s", "v": "tuq"}
LONG = {"a0": "", **{f"a{place}": [f"a{place - 1}"] for place in range(1, 40)}}
WIDE = {**{f"a{place}": "" for place in range(12)}, "root": [f"a{place}" for place in range(12)]}
FIRST, LAST, MIXED = "arguments first", "arguments last", "some arguments first, some last"
AGAIN, SAME = "how many nodes, if asked once more", "as many"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
GRAPHS = [CHAIN, DIAMOND, SKIP, SKIP, DOUBLE, DOUBLE]


def probes(rng: Random) -> list[Probe]:
    larger = [probe(rng, LONG), probe(rng, WIDE), probe(rng, DIAMOND, namesakes=("q", "r"))]
    return [*(probe(rng, graph) for graph in GRAPHS), *beyond(*larger)]


def probe(rng: Random, graph: Mapping[str, Sequence[str]], namesakes: tuple[str, ...] = ()) -> Probe:
    """Return the probe of a graph. The two nodes `namesakes` get the same name."""
    called = dict(zip(graph, rng.sample(LETTERS[: max(8, len(graph))], len(graph))))
    for node in namesakes:
        called[node] = called[namesakes[0]]
    places = {node: place for place, node in enumerate(graph)}
    names = [*called.values()]
    args = [[places[each] for each in rng.sample(uses, len(uses))] for uses in graph.values()]

    def draw() -> Value:
        values: list[Value] = []
        for name, used in zip(names, args):
            values.append(sum((values[each] for each in used[1:]), values[used[0]]).tanh() if used else Value(0.5))
            values[-1].label = name
        return values[-1]

    uses = [f"{name} uses {' and '.join(names[each] for each in used)}" for name, used in zip(names, args) if used]
    two = f"; two of these nodes are called {called[namesakes[0]]}" if namesakes else ""
    return Probe(
        f"topological({names[-1]}), where {', '.join(uses)}{two}",
        partial(ask.order, names=names, args=args),
        lambda: {**list_problems([*range(len(names))], names, args), AGAIN: SAME},
        "the definition: every node once, after all of its arguments; this graph was made in such an order",
        draw,
        read=lambda observed: read(observed, names, args),
    )


def read(observed: Mapping[str, Any], names: Sequence[str], args: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Return what is wrong with the result of topological."""
    if "set" in observed:
        return {"not a node": "a set, which keeps no order, and a list is needed"}
    if observed["list"] is None:
        return {"not a node": None}
    places = [each if isinstance(each, str) else int(each) for each in observed["list"]]
    result = {**list_problems(places, names, args), EVIDENCE: observed["list"]}
    again = observed["again"]
    if again != len(places):
        count = "no list" if again is None else f"a list of {int(again)}"
        result[AGAIN] = f"{count}, in place of {len(places)}"
        result[NOTE] = (
            f"Asked once more about the same graph, your function gives {count}: something is kept between its "
            "calls, such as a set or a list in a default argument, which is made once."
        )
    else:
        result[AGAIN] = SAME
    listed = [each for each in places if isinstance(each, int)]
    lost = [names[node] for node in range(len(names)) if node not in listed]
    if any(names.count(name) > 1 for name in lost):
        result[NOTE] = f"Two nodes are called {lost[0]}, and one of them is not on your list: a name is not the node."
    if pair := too_early(listed, args):
        node, argument = (names[each] for each in pair)
        result[NOTE] = f"In your list, {node} stands before {argument}, and {node} uses {argument}."
    return result


def too_early(listed: Sequence[int], args: Sequence[Sequence[int]]) -> tuple[int, int] | None:
    """Return the first node of a list that stands before one of its arguments, and this argument."""
    place = {node: listed.index(node) for node in listed}
    pairs = ((node, each) for node in listed for each in args[node] if place.get(each, -1) > place[node])
    return next(pairs, None)


def list_problems(
    observed: Sequence[int | str], names: Sequence[str], args: Sequence[Sequence[int]]
) -> dict[str, Any]:
    """Return what is wrong with a list: entries that are not nodes, missing and repeated nodes, and the order.

    A node is given by its place in the graph, and anything else by a text.
    """
    listed = [each for each in observed if isinstance(each, int)]
    place = {node: listed.index(node) for node in listed}
    edges = [(place[each], place[node]) for node in place for each in args[node] if each in place]
    ways = {argument < user for argument, user in edges}
    return {
        "not a node": joined(each for each in observed if isinstance(each, str)),
        "missing": joined(name for node, name in enumerate(names) if node not in place),
        "more than once": joined(names[node] for node in place if listed.count(node) > 1),
        "order": FIRST if False not in ways else LAST if True not in ways else MIXED,
    }


def joined(observed: Iterable[str]) -> str:
    return ", ".join(sorted(observed)) or "none"

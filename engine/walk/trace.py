"""The steps of a pass, recorded once: which there are, in which order, their numbers, and how each is looked up.

Everything is held in arrays, so that a graph of a million nodes has a walk; a `Step` is made when it is asked for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from ..arguments import described, flag, is_whole, nearest, public
from ..errors import ArgumentError, GradwalkError, NumberError, called, changed_since
from ..graph import changed, nodes, operations, reached
from ..naming import textbook_labels, textbook_names
from ..ops import OPS
from ..printer import free_letters
from ..replay import held
from ..rules import added, check_results, contribution, local_derivative
from ..terminal import checked_style
from ..unrecorded import check_recorded
from ..value import Value

if TYPE_CHECKING:
    from ..ops import Op
    from ..terminal import Text, TextStyle
    from .source import SourceLine, SourceLines

SEARCHED = 1_000  # names that are looked through for one like a mistyped one


class WalkError(GradwalkError, LookupError):
    """A step or a node that a walk does not have."""


def check_unchanged(root: Value) -> None:
    """Raise ArgumentError if a leaf got another number since the root was computed: a walk would say 5.0 * 5.0 = 4.0.

    Functions of the user's are not called again.
    """
    table = set(OPS.values())
    for node, leaves, now in changed(node for node in operations(root) if node.op in table):
        who = " or ".join(called(leaf) for leaf in leaves)
        sentence = changed_since(who, called(node), node.data, now)
        raise ArgumentError(f"{sentence} Compute the root again, and walk through the new one.")


class NoStep(WalkError, IndexError):
    """A place in the list of steps at which none is."""


@dataclass(frozen=True, repr=False)
class Step:
    """One operation forward, the seed, or one contribution along one edge; printed as it is explained.

    `kind` is "forward", "seed" or "backward", and `number` its place in the walk, from 1. `nth` of `of`
    is its place among the forward steps, or among the seed and the contributions. `node` is the operation
    (for the seed, the root) and `target` the node that gets a number: from `before` to `after`, its data
    in a forward step, else its gradient. A contribution is `upstream` × `local`, along the edge from
    `node` to its argument number `argument`; it is the target's path number `path` of `paths`.
    """

    trace: Trace
    kind: str
    number: int
    nth: int
    of: int
    node: Value
    target: Value
    after: float
    before: float = 0.0
    upstream: float = 1.0
    local: float = 1.0
    argument: int | None = None
    path: int = 1
    paths: int = 1

    @property
    def contribution(self) -> float:
        """What this step adds to the target's gradient: upstream × local; the seed adds 1."""
        return self.upstream * self.local

    @property
    def line(self) -> SourceLine | None:
        """The source line that made the node, where it was recorded."""
        return self.trace.source.get(self.node) if self.trace.source else None

    @public
    def text(self, style: TextStyle | None = None) -> Text:
        """The step as it is explained; 80 columns without color unless a style says otherwise."""
        from .explain import explain_step

        return explain_step(self, checked_style(style))

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__


class Trace:
    """What a walk of a root goes through. Nothing here changes a node.

    A node is known by its index in `nodes`, an edge by twice its operation's index plus its argument's number.
    """

    root: Value
    source: SourceLines | None
    accumulate: bool
    edges: array[int]
    targets: array[int]
    path: array[int]
    complete: array[int]
    complete_at: array[int]
    before: array[float]
    local: array[float]

    def __init__(self, root: Value, source: SourceLines | None = None, *, accumulate: bool = False) -> None:
        if not isinstance(root, Value):
            raise NumberError(f"a walk starts from a Value, the root, not from {described(root)}.")
        check_recorded(root, "walk()")
        check_unchanged(root)
        accumulate = flag(accumulate, "accumulate")
        self.root, self.source, self.accumulate = root, source, accumulate
        self.failure: GradwalkError | None = None
        self._letters: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.nodes: list[Value] = nodes(root)
        self.at: dict[Value, int] = {node: index for index, node in enumerate(self.nodes)}
        self.data: array[float] = array("d", [node.data for node in self.nodes])
        self.forward: array[int] = array("q", [index for index, node in enumerate(self.nodes) if node.op is not None])
        self.seeds: int = int(root.requires_grad)
        self.width: int = max(
            (len(self.nodes[z].args) for z in self.forward), default=1
        )  # an edge is node * width + argument
        self._lay_out()
        self._compute()

    def _lay_out(self) -> None:
        """The edges in the order of `Value.backward`, and when each node's gradient is complete."""
        self.edges, self.targets, self.path = array("q"), array("q"), array("q")
        found = reached(self.root, [self.nodes[z] for z in self.forward])  # elsewhere is nothing to pass back
        for z in reversed(self.forward):
            for argument, arg in enumerate(self.nodes[z].args if self.nodes[z] in found else ()):
                if arg.requires_grad:
                    self.edges.append(self.width * z + argument)
                    self.targets.append(self.at[arg])
        self.paths: array[int] = array("q", bytes(8 * len(self.nodes)))
        for target in self.targets:
            self.paths[target] += 1
            self.path.append(self.paths[target])
        self.complete, self.complete_at = array("q"), array("q")
        if self.seeds:
            self.complete.append(len(self.nodes) - 1)
            self.complete_at.append(1)
        for nth, (target, path) in enumerate(zip(self.targets, self.path), 1 + self.seeds):
            if path == self.paths[target]:
                self.complete.append(target)
                self.complete_at.append(nth)

    def _compute(self) -> None:
        """The numbers of every contribution, up to the end or to the first slope that does not exist."""
        self.held: array[float] = array("d", bytes(8 * len(self.nodes)))  # what each gradient starts from
        if self.accumulate:
            for index, node in enumerate(self.nodes):
                if node.op is None and node.requires_grad:
                    self.held[index] = held(node)
        self.before, self.local, grads = array("d"), array("d"), self.held[:]
        self.grads = grads
        grads[-1] += self.seeds
        try:
            check_results(self.nodes[z] for z in self.forward)
        except GradwalkError as error:
            self.failure = error
            return
        for edge, target in zip(self.edges, self.targets):
            z, argument = divmod(edge, self.width)
            try:
                local = local_derivative(self.nodes[z], argument)
                after = added(self.nodes[target], grads[target], contribution(self.nodes[z], argument, grads[z]))
            except GradwalkError as error:
                self.failure = error
                return
            self.local.append(local)
            self.before.append(grads[target])
            grads[target] = after

    def __len__(self) -> int:
        return len(self.forward) + self.seeds + len(self.local)

    @property
    def whole(self) -> int:
        """How many steps the whole pass has; fewer are recorded where a slope does not exist."""
        return len(self.forward) + self.seeds + len(self.edges)

    def gradients(self, at: int) -> array[float]:
        """The gradient of each node once `at` steps are taken."""
        gradients = self.held[:]
        if at > len(self.forward):
            gradients[-1] += self.seeds
        for edge in range(at - len(self.forward) - self.seeds):
            gradients[self.targets[edge]] += self.grads[self.edges[edge] // self.width] * self.local[edge]
        return gradients

    def change(self, index: int) -> tuple[Value, float, float]:
        """The node whose gradient a backward step changes, and that gradient before and after."""
        edge = index - len(self.forward) - self.seeds
        if edge < 0:
            return self.root, self.held[-1], self.held[-1] + 1.0
        before = self.before[edge]
        return (
            self.nodes[self.targets[edge]],
            before,
            before + self.grads[self.edges[edge] // self.width] * self.local[edge],
        )

    def step(self, index: int) -> Step:
        """Step number index + 1."""
        forward, number, of = len(self.forward), index + 1, self.seeds + len(self.edges)
        if index < forward:
            node, data = self.nodes[self.forward[index]], self.data[self.forward[index]]
            return Step(self, "forward", number, number, forward, node, node, data)
        target, before, after = self.change(index)
        edge = index - forward - self.seeds
        if edge < 0:
            return Step(self, "seed", number, 1, of, target, target, after, before)
        z, argument = divmod(self.edges[edge], self.width)
        return Step(
            self, "backward", number, number - forward, of, self.nodes[z], target, after, before,
            self.grads[z], self.local[edge], argument, self.path[edge], self.paths[self.targets[edge]],
        )  # fmt: skip

    @cached_property
    def named(self) -> dict[Value, str]:
        """What each node goes by."""
        return textbook_names(self.nodes, self.called)

    @cached_property
    def called(self) -> dict[Value, str]:
        """The nodes that a model named, and what a textbook calls them."""
        return textbook_labels(self.nodes)

    def letters(self, op: Op) -> tuple[str, ...]:
        """Return what the rule of an operation calls its arguments, and last its result: no node's name."""
        if op.letters not in self._letters:
            self._letters[op.letters] = free_letters(self.named.values(), op.letters)
        return self._letters[op.letters]

    def number(self, node: Value) -> float:
        """The data that a node held when the walk was recorded."""
        return self.data[self.at[node]]

    def numbers(self, node: Value) -> list[float]:
        """The data of a node's arguments, likewise."""
        return [self.number(arg) for arg in node.args]

    def about(self, node: Value) -> list[int]:
        """The indices of the steps that compute a node, give it a gradient, or take that on to its arguments."""
        found, forward = self.at[node], len(self.forward)
        steps = [index for index, z in enumerate(self.forward) if z == found]
        steps += range(forward, forward + self.seeds) if node is self.root else ()
        edges = zip(self.edges, self.targets, self.local)
        first = forward + self.seeds
        return steps + [k for k, (edge, to, _) in enumerate(edges, first) if found in (to, edge // self.width)]

    def progress(self, step: Step) -> tuple[array[int], array[int]]:
        """The nodes that this half of the pass is done with after a step, in order, and those that it has to do."""
        if step.kind == "forward":
            return self.forward[: step.nth], self.forward[step.nth :]
        done = bisect_right(self.complete_at, step.nth)
        return self.complete[:done], self.complete[done:]

    def step_number(self, where: int | str) -> int:
        """Return the number of a step from its number, or from its place in one half of the pass."""
        forward, total = len(self.forward), len(self)
        if is_whole(where) and 0 <= int(where) <= total:
            return int(where)
        text = where.strip().lower() if isinstance(where, str) else ""
        known = {"start": 0, "seed": forward + self.seeds, "end": total}
        if text in known:
            return known[text]
        halves = {"": (0, total), "forward": (0, forward), "backward": (forward, total - forward)}
        half, _, nth = text.rpartition(" ")
        before, count = halves.get(half.strip(), (0, -1))
        if nth.isdecimal() and len(nth) < 20 and int(nth) <= count:
            return before + int(nth)
        steps = f"a number from 0 to {total}, 'forward 2', 'backward 4', 'seed', 'start' or 'end'"
        raise WalkError(f"There is no step {described(where)}: say {steps}.")

    def node_called(self, name: str) -> Value:
        """Return the node of that name, or the only one whose name starts so."""
        if not isinstance(name, str):
            raise ArgumentError(f"a node is given itself or by its name, such as 'a', not as {described(name)}.")
        exact = [node for node, known in self.named.items() if known == name]
        exact = exact or [node for node in self.named if name and node.label == name][:1]  # a model's own label
        found = exact or [node for node, known in self.named.items() if name and known.startswith(name)]
        if exact or len(found) == 1:
            return found[0]
        known = [self.named[node] for node in islice(found or self.named, SEARCHED) if node.requires_grad]
        close = nearest(name, known, 3) or known[:3] + known[-3:]
        raise WalkError(f"There is no node {name[:40]!r}; there are {', '.join(dict.fromkeys(close))}.")

"""`diagnose`: find why a graph gives no finite number, or no gradient. It reads the graph and changes nothing.

The question is "why does this not learn?", so findings are about leaves. A leaf gets no gradient if every path from
the root to it has an edge with slope 0. That alone is not a fault: a rectifier is closed for about half of all rows,
an input may be 0, and at a minimum the gradient is 0. `Paths` finds the edges, and `_stopped_leaves` decides.
"""

from __future__ import annotations

from math import isfinite, isnan, nan
from typing import TYPE_CHECKING, NamedTuple

from .arguments import public
from .checks import check_node, check_nodes
from .errors import changed_since
from .graph import changed, nodes, operations
from .printer import expression, format_number, names, plural
from .screen import html_table
from .unrecorded import check_recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .ops import Op
    from .value import Value

FLAT = 1e-4  # slope: a smooth function with a smaller one is saturated
FADED = 1e-12  # a gradient below this part of the strongest one counts as vanished
TINY = 1e-6  # a single factor below this is reported as such, and not as a gradient that vanishes step by step
MANY = 8  # closed rectifiers on the paths to a leaf: this number is not a coincidence any more
DEAD = 0.25  # the part of rectifiers in one group; a model can do without fewer
NOTHING_WRONG = "Nothing wrong found."
FINDINGS_LISTED = 5  # the most findings of one kind that are printed
GATE, ZERO = "gate closed", "times zero"
LINEAR = ("add", "sub", "neg")
RISING = ("exp", "expm1", "log", "log1p", "sqrt", "maximum", "minimum")  # the result falls if an argument falls
UNSEEN = "Not looked at: rows that are not in this graph, and the rate (nn.diagnose looks at both)."


class Finding(NamedTuple):
    """A fault in a graph: its kind, the node it is about, and a sentence."""

    kind: str
    node: Value
    sentence: str


class Diagnosis(tuple[Finding, ...]):
    """The result of `diagnose`: a tuple of findings, printed one sentence a line, followed by `notes`.

    Notes are about what is not a fault by itself, and about what was not checked.
    """

    notes: tuple[str, ...]

    def __new__(cls, findings: Iterable[Finding] = (), notes: Iterable[str] = ()) -> Diagnosis:
        diagnosis = super().__new__(cls, findings)
        diagnosis.notes = tuple(notes)
        return diagnosis

    def __str__(self) -> str:
        sentences = [sentence for _, sentence in self._listed()]
        return "\n".join([*(sentences or [NOTHING_WRONG]), *self.notes])

    def _listed(self) -> list[tuple[str, str]]:
        """Return the kind and the sentence of the first FINDINGS_LISTED findings of each kind, and how many more."""
        listed = []
        for kind in dict.fromkeys(finding.kind for finding in self):
            of_kind = [(kind, finding.sentence) for finding in self if finding.kind == kind]
            listed += of_kind[:FINDINGS_LISTED]
            if len(of_kind) > FINDINGS_LISTED:
                listed.append((kind, f"... and {len(of_kind) - FINDINGS_LISTED} more of this kind."))
        return listed

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Return the findings as a table for a notebook, and the notes below it."""
        return html_table(("kind", "finding"), self._listed() or [("", NOTHING_WRONG)], "\n".join(self.notes))


class Cut(NamedTuple):
    """An edge from an operation to an argument whose slope is so small that it stops the gradient."""

    node: Value
    arg: Value
    slope: float
    kind: str  # the kind of finding that it may become
    among: tuple[object, ...]  # its group: the operation, whether it is a term of the root, and its depth


@public
def diagnose(root: Value, leaves: Iterable[Value] = ()) -> Diagnosis:
    """Check the graph under a root for common faults, and return the findings.

    - `root`: the node that `backward()` would be called on, such as a loss.
    - `leaves`: leaves that should get a gradient, such as the parameters of a model.

    The kinds of findings are:

    - "not finite": the first number that is not finite, and what it was computed from;
    - "no slope": a slope that is not finite;
    - "not reached", "frozen": those of `leaves` that the root does not depend on, or that require no gradient;
    - "changed": leaves whose data changed since the forward pass;
    - "gate closed", "saturated", "stationary", "times zero": leaves that get no gradient, and the edge that stops it:
      a closed rectifier, a saturated function, a point where a function is level, or a factor of 0;
    - "vanishing": leaves that get almost no gradient, because many small slopes are multiplied;
    - "detached": detach() stands before all leaves.

    A gate that is closed in one row while others are open, an input of 0, and a loss at its minimum are not findings.
    The notes say how many leaves get no gradient for such a reason, and what was not checked.

    Raises ArgumentError (a TypeError) if `root` is not a Value, if it was computed inside `no_grad()`, and if one of
    `leaves` is not a Value.

    >>> from engine import Value
    >>> x, w = Value(-2.0, "x"), Value(3.0, "w")
    >>> print(diagnose((x * w).relu(), [w, Value(1.0, "b")]))
    The root does not depend on b: no gradient can reach it.
    No gradient reaches x and w. It stops at v2 = relu(v1): the gate is closed, since relu has slope 0.0 at v1 = -6.0.
    Not looked at: rows that are not in this graph, and the rate (nn.diagnose looks at both).
    """
    check_recorded(check_node(root, "diagnose(): root"), "diagnose()")
    asked = check_nodes(leaves, "diagnose(): leaves")
    paths = Paths(root)
    named = _Names(root, asked)
    findings = [
        *_not_finite(paths, named),
        *_without_slope(paths, named),
        *_unreached(paths, asked, named),
        *_changed(paths.order, named),
    ]
    stopped, notes = _stopped_leaves(paths, named)
    detached, more = _behind_detach(paths, named)
    all_notes = [*notes, *more, *_faint(paths, named), *_frozen_note(paths, asked, named)]
    return Diagnosis([*findings, *stopped, *detached], [*all_notes, UNSEEN])


class _Names:
    """The names of nodes, made when one is needed first: a graph without findings needs none."""

    def __init__(self, root: Value, asked: list[Value]) -> None:
        self._root, self._asked = root, asked
        self._named: Mapping[Value, str] = {}

    def all(self) -> Mapping[Value, str]:
        if not self._named:
            self._named = names(dict.fromkeys([*nodes(self._root), *self._asked]))
        return self._named

    def __getitem__(self, node: Value) -> str:
        return self.all()[node]

    def made(self, node: Value) -> str:
        """Return a node's name and its expression, such as v1 = a * b."""
        return f"{self[node]} = {expression(node, self.all(), 1)}"


class Paths:
    """The nodes that the gradient reaches from a root, how large it can be there, and the edges that stop it.

    - `strength`: for each node that the gradient reaches, the largest product of slopes on a path to it.
    - `cuts`: for each node below an edge that stops the gradient, the first of these edges, at most MANY.
    """

    root: Value
    order: list[Value]
    terms: dict[Value, int]

    def __init__(self, root: Value) -> None:
        self.root, self.order = root, operations(root)
        self.leaves: dict[Value, None] = {}  # leaves that require a gradient
        self.frozen: dict[Value, None] = {}  # all other leaves
        self.terms, self._inside_log = _terms(root)
        self.strength: dict[Value, float] = {}
        self.least: dict[Value, float] = {}  # the smallest slope on that path
        self.cuts: dict[Value, tuple[Cut, ...]] = {}
        self.penalized: set[Value] = set()  # leaves whose own size is a term of the root, as in weight decay
        self._all: list[Cut] = []
        self.open: dict[
            tuple[object, ...], int
        ] = {}  # the number of edges of each group that let the gradient through
        self.closed: dict[tuple[object, ...], int] = {}  # the number of edges of each group that do not
        self.failures: list[tuple[Value, Value]] = []  # edges whose slope is not finite
        self._trainable = self._find_trainable()
        if root in self._trainable:
            self._descend()

    def _find_trainable(self) -> set[Value]:
        """Return the nodes that a gradient is computed for, because a leaf below them requires one."""
        trainable = set()
        for node in self.order:
            args = node.args
            for arg in args:
                if arg.op is None:
                    if not arg.requires_grad:
                        self.frozen[arg] = None
                    else:
                        self.leaves[arg] = None
                        trainable.add(arg)
            if not node.op.detached and not trainable.isdisjoint(args):
                trainable.add(node)
        if self.root.op is None:
            (self.frozen if (not self.root.requires_grad) else self.leaves)[self.root] = None
            if self.root.requires_grad:
                trainable.add(self.root)
        return trainable

    def _descend(self) -> None:
        trainable, strength, depth = self._trainable, self.strength, {self.root: 0}
        least = self.least
        strength[self.root] = least[self.root] = 1.0
        for node in reversed(self.order):
            if node not in trainable:
                continue
            if node not in strength:
                self._pass_cuts_on(node)
                continue
            op, here, level, x, y = node.op, strength[node], depth[node], node._x, node._y
            name = op.name
            if name in LINEAR:
                for arg in (x,) if y is None else (x, y):
                    if arg in trainable:
                        if strength.get(arg, -1.0) < here:
                            strength[arg] = here
                            least[arg] = least[node]
                        if depth.get(arg, 0) <= level:
                            depth[arg] = level
                continue
            if node in self.terms and x.op is None and _is_penalty(node):
                self.penalized.add(x)
                continue
            product = name == "mul"
            for arg, slope in zip(node.args, op.slopes):
                if arg not in trainable:
                    continue
                other = y if arg is x else x  # the other argument, if there are two
                if product:
                    local = other.data
                else:
                    try:
                        local = slope(*(each.data for each in node.args), z=node.data)
                    except (ArithmeticError, TypeError, ValueError):
                        local = nan
                    if not isfinite(local):
                        if all(isfinite(each.data) for each in (*node.args, node)):
                            self.failures.append((node, arg))
                        local = 1.0
                size = abs(local)
                stops, among = self._judge(node, arg, other, size, here, level)
                if stops:
                    self.closed[among] = self.closed.get(among, 0) + 1
                    cut = Cut(node, arg, local, _kind(op, node, arg, local), among)
                    self._all.append(cut)
                    self._add(arg, (cut,))
                    continue
                if among:
                    self.open[among] = self.open.get(among, 0) + 1
                if strength.get(arg, -1.0) < here * size:
                    strength[arg] = here * size
                    least[arg] = min(least[node], size)
                deeper = level if product else level + 1
                if depth.get(arg, 0) <= deeper:
                    depth[arg] = deeper

    def _judge(
        self, node: Value, arg: Value, other: Value, size: float, here: float, level: int
    ) -> tuple[bool, tuple[object, ...]]:
        """Return whether an edge stops the gradient, and its group; () if it is in no group.

        - `node`, `arg`, `other`: the operation, the argument of the edge, and the other argument.
        - `size`: the size of the slope.
        - `here`: the strength of the gradient at the operation.
        - `level`: the number of operations above that are neither linear nor products."""
        name = node.op.name
        if name == "mul":
            inner = other in self._trainable and other is not arg and (arg.op is not None or other.op is not None)
            return size == 0.0, (("mul", node in self.terms) if inner else ("data",) if size == 0.0 else ())
        among = (name, node in self.terms, level)
        if name == "div" or (node.op.kinks and name != "elu"):
            return size == 0.0, among
        stops = size < FLAT and size * here < FLAT and (size == 0.0 or size * abs(arg.data) < FLAT)
        return stops, among

    def _pass_cuts_on(self, node: Value) -> None:
        """Pass the edges that stopped the gradient above a node on to its arguments."""
        cuts = self.cuts.get(node)
        if cuts:
            for arg in node.args:
                if arg in self._trainable:
                    self._add(arg, cuts)

    def _add(self, arg: Value, cuts: tuple[Cut, ...]) -> None:
        known = self.cuts.get(arg, ())
        if len(known) < MANY and known != cuts:
            self.cuts[arg] = (*known, *(cut for cut in cuts if cut not in known))[:MANY]

    def dead(self) -> list[Value]:
        """Return the leaves that require a gradient and get none, except perhaps from a penalty on their size."""
        return [leaf for leaf in self.leaves if leaf not in self.strength and leaf in self.cuts]

    def lasting(self, leaves: set[Value]) -> dict[tuple[object, ...], float]:
        """Return, for each group of edges, the part that is closed and has one of these leaves below it."""
        above = set(leaves)
        for node in self.order:
            if node not in self.strength and not above.isdisjoint(node.args):
                above.add(node)
        counts: dict[tuple[object, ...], int] = {}
        for cut in self._all:
            counts[cut.among] = counts.get(cut.among, 0) + (cut.arg in above)
        return {among: count / (self.closed[among] + self.open.get(among, 0)) for among, count in counts.items()}

    def settled(self, cut: Cut) -> bool:
        """Tell whether an edge has slope 0 since a term of the root is at its minimum."""
        node, x, y, sign = cut.node, cut.node._x, cut.node._y, self.terms.get(cut.node, 0)
        name = node.op.name
        if name == "sigmoid":
            return node in self._inside_log and (node.data - 0.5) * sign < 0
        if sign <= 0:
            return False
        if name == "pow":
            return (not y.requires_grad) and y.data > 0 and y.data % 2 == 0
        if name == "mul":
            return x is y or all(_at_zero(arg) for arg in (x, y))
        if name == "relu":
            return _is_margin(x)
        if name == "maximum":
            return _is_margin(cut.arg) and not _other_factor(cut).requires_grad
        return name in ("abs", "softplus", "exp")


def _terms(root: Value) -> tuple[dict[Value, int], set[Value]]:
    """Return the terms of a root, and the nodes whose logarithm is taken, mostly probabilities.

    The terms come with 1 if the root rises with the term, -1 if it falls, and 0 if it does both.
    """
    terms: dict[Value, int] = {}
    inside_log: set[Value] = set()
    waiting = [(root, 1)]
    while waiting:
        node, sign = waiting.pop()
        known = terms.get(node)
        if known is not None:
            if known != sign:
                terms[node] = 0
            continue
        terms[node] = sign
        if node.op is None:
            continue
        name, x, y = node.op.name, node._x, node._y
        if name in ("log", "log1p") or (node in inside_log and name in LINEAR):
            inside_log.update(node.args)
        if name == "add":
            waiting += [(x, sign), (y, sign)]
        elif name == "sub":
            waiting += [(x, sign), (y, -sign)]
        elif name == "neg":
            waiting.append((x, -sign))
        elif name in ("mul", "div") and (not y.requires_grad):
            waiting.append((x, sign if y.data > 0 else -sign))
        elif name == "mul" and (not x.requires_grad):
            waiting.append((y, sign if x.data > 0 else -sign))
        elif name in RISING:
            waiting += [(arg, sign) for arg in node.args]
    return terms, inside_log


def _is_penalty(node: Value) -> bool:
    """Tell whether an operation on a single leaf measures the leaf's size: |w|, w * w or w ** 2."""
    name, x, y = node.op.name, node._x, node._y
    return (
        name == "abs" or (name == "mul" and x is y) or (name == "pow" and (not y.requires_grad) and y.data % 2 == 0)
    )


def _at_zero(node: Value) -> bool:
    """Tell whether a factor is an error that is exactly 0, as in the Huber loss at its minimum."""
    waiting = [node]
    for _ in range(8):
        if not waiting:
            return False
        node = waiting.pop()
        if node.op is None:
            continue
        if node.op.name == "abs":
            return node.data == 0.0
        if node.op.name in ("mul", "add", "sub", "minimum", "maximum"):
            waiting += node.args
    return False


def _is_margin(node: Value) -> bool:
    """Tell whether a rectifier's argument is a margin, 1 - y * score. Then it is closed for rows that are right."""
    if node.op is None or node.op.name not in ("add", "sub"):
        return False
    margins = node.args if node.op.name == "add" else node.args[:1]
    return any((not arg.requires_grad) and arg.data > 0 for arg in margins)


def _kind(op: Op, node: Value, arg: Value, slope: float) -> str:
    """Return the kind of finding for an edge that stops the gradient."""
    if op.name in ("mul", "div"):
        return ZERO
    if op.kinks and op.name not in ("abs", "elu"):
        return GATE
    level = op.name in ("abs", "pow", "sin", "cos") or (slope == 0.0 and arg.data == 0.0)
    return "stationary" if level else "saturated"


def _stopped_leaves(paths: Paths, named: _Names) -> tuple[list[Finding], list[str]]:
    """Return findings about leaves that get no gradient, and notes about those for which that is not a fault."""
    settled = 0
    stopped: dict[Value, tuple[Cut, ...]] = {}
    for leaf in paths.dead():
        cuts = tuple(cut for cut in paths.cuts[leaf] if not paths.settled(cut))
        if cuts:
            stopped[leaf] = cuts
        else:
            settled += 1
    many = {leaf for leaf, cuts in stopped.items() if len(cuts) == MANY and all(cut.kind == GATE for cut in cuts)}
    lasting = paths.lasting(many) if many else {}
    zeros = {_other_factor(cut) for cuts in stopped.values() for cut in cuts if cut.kind == ZERO}
    some_learn = any(leaf not in zeros for leaf in paths.leaves if leaf in paths.strength)
    groups: dict[tuple[Cut, ...], list[Value]] = {}
    ordinary: list[Value] = []
    for leaf, cuts in stopped.items():
        often = leaf in many and lasting[cuts[0].among] >= DEAD
        if often or not some_learn or _is_fault(paths, cuts):
            groups.setdefault(cuts, []).append(leaf)
        else:
            ordinary.append(leaf)
    reported = {cut.node for cuts in groups for cut in cuts}
    findings = [_finding(cuts, leaves, named) for cuts, leaves in groups.items() if not _follows(cuts, reported)]
    notes = []
    if settled:
        notes.append(f"{_leaves(settled)} no gradient since terms of the root are as low as they can be.")
    if ordinary:
        leaf = ordinary[0]
        cut = stopped[leaf][0]
        notes.append(
            f"{_leaves(len(ordinary))} no gradient in this graph, while others of the same kind do. With few rows "
            f"that is common. One is {named[leaf]}: at {named.made(cut.node)}, {_reason(cut, named)}."
        )
    return [*findings, *_vanished(paths, named)], notes


def _is_fault(paths: Paths, cuts: tuple[Cut, ...]) -> bool:
    """Tell whether the edges that stop the gradient to a leaf are a fault, not only the effect of a single row."""
    for cut in cuts:
        if cut.among == ("data",):
            return False
        smooth = cut.kind == "saturated" and cut.node.op.name != "exp"  # in a softmax, all but one may be closed
        passing = paths.open.get(cut.among, 0)
        if passing > (paths.closed[cut.among] if smooth else 0):
            return False
    return True


def _follows(cuts: tuple[Cut, ...], reported: set[Value]) -> bool:
    """Tell whether factors of 0 are outputs of gates that are reported already."""
    factors = [_other_factor(cut) for cut in cuts if cut.kind == ZERO]
    return len(factors) == len(cuts) and all(factor in reported for factor in factors)


def _other_factor(cut: Cut) -> Value:
    """Return the other argument of the operation; for one argument, that argument."""
    x, y = cut.node._x, cut.node._y
    return x if y is None or cut.arg is y else y


def _finding(cuts: tuple[Cut, ...], leaves: list[Value], named: _Names) -> Finding:
    first = cuts[0]
    who = " and ".join([named[leaf] for leaf in leaves[:2]])
    if len(leaves) > 2:
        who = f"{named[leaves[0]]} and {len(leaves) - 1} more leaves"
    places = {cut.node for cut in cuts}
    others = f", as at {'at least ' * (len(cuts) >= MANY)}{len(places) - 1} more" if len(places) > 1 else ""
    sentence = f"No gradient reaches {who}. It stops at {named.made(first.node)}{others}: {_reason(first, named)}."
    return Finding(first.kind, first.node, sentence)


def _reason(cut: Cut, named: _Names) -> str:
    """Return why an edge stops the gradient."""
    name, slope, at = cut.node.op.name, format_number(cut.slope), f"{named[cut.arg]} = {format_number(cut.arg.data)}"
    if cut.kind == ZERO and name == "mul":
        return f"{named[cut.arg]} is multiplied by {slope}"
    if cut.kind == GATE:
        return f"the gate is closed, since {name} has slope {slope} at {at}"
    if cut.kind == "saturated":
        return f"{name} is saturated: its slope is {slope} at {at}"
    return f"{name} is level there: its slope is {slope} at {at}"


def _leaves(count: int) -> str:
    return "1 leaf gets" if count == 1 else f"{count} leaves get"


def _vanished(paths: Paths, named: _Names) -> Iterator[Finding]:
    """Yield a finding for leaves whose gradient is almost 0 beside the others, as many slopes are below 1."""
    reached = {leaf: paths.strength[leaf] for leaf in paths.leaves if leaf in paths.strength}
    if not reached or paths.failures:
        return
    scale = min(1.0, max(reached.values())) if len(reached) > 1 else 1.0
    weak = [leaf for leaf, strength in reached.items() if strength < FADED * scale and paths.least[leaf] >= TINY]
    if weak:
        weakest = min(weak, key=reached.__getitem__)
        others = f" and {plural(len(weak) - 1, 'more leaf')}" if len(weak) > 1 else ""
        sentence = (
            f"The gradient vanishes on the way to {named[weakest]}{others}: the slopes on the best path to it "
            f"multiply to {format_number(reached[weakest])}."
        )
        yield Finding("vanishing", weakest, sentence)


def _faint(paths: Paths, named: _Names) -> Iterator[str]:
    """Yield a note about leaves whose gradient is almost 0 because of a single factor."""
    faint = [
        leaf
        for leaf in paths.leaves
        if leaf in paths.strength and paths.least[leaf] < TINY and paths.strength[leaf] < FADED
    ]
    if faint:
        strength = format_number(paths.strength[faint[0]])
        yield f"{_leaves(len(faint))} next to no gradient through one factor near 0: {named[faint[0]]}, {strength}."


def _behind_detach(paths: Paths, named: _Names) -> tuple[list[Finding], list[str]]:
    """Return a finding or a note about leaves behind detach(): a finding if all leaves are behind it."""
    behind = [
        leaf
        for leaf in paths.leaves
        if leaf not in paths.strength and leaf not in paths.cuts and leaf not in paths.penalized
    ]
    if not behind or paths.failures:
        return [], []
    who = _first_names(behind, named)
    sentence = f"Only detach() leads to {who}: no gradient goes through it."
    if len(behind) == len(paths.leaves):
        return [Finding("detached", behind[0], sentence)], []
    return [], [sentence]


def _not_finite(paths: Paths, named: _Names) -> Iterator[Finding]:
    """Yield a finding for the first number that is not finite. An infinite leaf is on purpose, and not reported."""
    suspects = []
    for node in nodes(paths.root):
        if isfinite(node.data):
            continue
        suspects.append(node)
        given = not isnan(node.data) and (node.op is None or any(arg.data == node.data for arg in node.args))
        if not given:
            yield _first(node, named)
            return
    if suspects and suspects[-1] is paths.root:
        yield _first(suspects[0], named)


def _first(node: Value, named: _Names) -> Finding:
    made = named.made(node) if node.op else f"the leaf {named[node]}"
    given = ", ".join(
        f"{named[arg]} = {format_number(arg.data)}"
        for arg in dict.fromkeys(node.args)
        if named[arg] != format_number(arg.data)
    )
    source = f", from {given}" if given else ""
    sentence = f"The first number that is not finite is {node.data}, at {made}{source}."
    return Finding("not finite", node, sentence)


def _without_slope(paths: Paths, named: _Names) -> Iterator[Finding]:
    for node, arg in paths.failures[:1]:
        sentence = (
            f"{named.made(node)} has no finite slope by {named[arg]} at {format_number(arg.data)}, so backward() "
            f"stops there with an error. Keep {named[arg]} away from there."
        )
        yield Finding("no slope", node, sentence)


def _unreached(paths: Paths, asked: list[Value], named: _Names) -> Iterator[Finding]:
    below = {paths.root, *paths.order, *paths.leaves, *paths.frozen}
    for leaf in dict.fromkeys(asked):
        if leaf not in below:
            sentence = f"The root does not depend on {named[leaf]}: no gradient can reach it."
            yield Finding("not reached", leaf, sentence)
        elif leaf.grad is None:
            yield Finding("frozen", leaf, f"{named[leaf]} is frozen (requires_grad is False): it gets no gradient.")


def _frozen_note(paths: Paths, asked: list[Value], named: _Names) -> Iterator[str]:
    """Yield notes about frozen leaves with a label, and about a graph in which no leaf requires a gradient."""
    frozen = [leaf for leaf in paths.frozen if leaf.label and leaf not in asked]
    if frozen:
        who = _first_names(frozen, named)
        yield f"Frozen (requires_grad is False), and so without a gradient: {who}."
    if not paths.leaves:
        yield "No leaf of this graph requires a gradient: there is nothing to learn."


def _first_names(leaves: list[Value], named: _Names) -> str:
    """Return the names of the first few leaves, with ", ..." if there are more."""
    names_of_first = [named[leaf] for leaf in leaves[:FINDINGS_LISTED]]
    return ", ".join([*names_of_first, "..."] if len(leaves) > FINDINGS_LISTED else names_of_first)


def _changed(order: list[Value], named: _Names) -> Iterator[Finding]:
    """Compute operations on leaves again, and yield a finding for leaves where the result differs."""
    for node, leaves, now in changed(order):
        who = " or ".join(named[leaf] for leaf in leaves)
        sentence = changed_since(who, named.made(node), node.data, now)
        yield Finding("changed", leaves[0], f"{sentence} Compute the root again.")

"""Where a cursor can be sent: to a step by its number or place, to a node by its name."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ..arguments import described, is_whole, nearest
from ..errors import ArgumentError, GradwalkError

if TYPE_CHECKING:
    from ..value import Value
    from .trace import Trace

SEARCHED = 1_000  # names that are looked through for one like a mistyped one


class WalkError(GradwalkError, LookupError):
    """A step or a node that a walk does not have."""


class NoStep(WalkError, IndexError):
    """A place in the list of steps at which none is."""


def numbered(where: int | str, trace: Trace) -> int:
    """Return the number of a step from its number, or from its place in one half of the pass."""
    forward, total = len(trace.forward), len(trace)
    if is_whole(where) and 0 <= int(where) <= total:
        return int(where)
    text = where.strip().lower() if isinstance(where, str) else ""
    known = {"start": 0, "seed": forward + trace.seeds, "end": total}
    if text in known:
        return known[text]
    halves = {"": (0, total), "forward": (0, forward), "backward": (forward, total - forward)}
    half, _, nth = text.rpartition(" ")
    before, count = halves.get(half.strip(), (0, -1))
    if nth.isdecimal() and len(nth) < 20 and int(nth) <= count:
        return before + int(nth)
    steps = f"a number from 0 to {total}, 'forward 2', 'backward 4', 'seed', 'start' or 'end'"
    raise WalkError(f"There is no step {described(where)}: say {steps}.")


def called(name: str, trace: Trace) -> Value:
    """The node of that name, or the only one whose name starts so."""
    if not isinstance(name, str):
        raise ArgumentError(f"a node is given itself or by its name, such as 'a', not as {described(name)}.")
    exact = [node for node, known in trace.named.items() if known == name]
    found = exact or [node for node, known in trace.named.items() if name and known.startswith(name)]
    if exact or len(found) == 1:
        return found[0]
    known = [trace.named[node] for node in islice(found or trace.named, SEARCHED) if node.requires_grad]
    close = nearest(name, known, 3) or known[:3] + known[-3:]
    raise WalkError(f"There is no node {name[:40]!r}; there are {', '.join(dict.fromkeys(close))}.")

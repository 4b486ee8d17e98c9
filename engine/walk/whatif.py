"""What if: the facts and the script with which a walk's page computes the graph for other numbers of its leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..program.backends.javascript import NotInPages, json_number, recorded, script

if TYPE_CHECKING:
    from .explain import Wording


def what_if(wording: Wording) -> tuple[dict[str, Any], str]:
    """Return what the script needs to know of a walk's graph, and the script; it comes before the page's own.

    The facts are the graph's columns, see `recorded`, with `names`, what the walk calls each node. Where an operation
    cannot be computed in a page they are `refused`, a sentence that says why.
    """
    trace = wording.trace
    graph, rows = recorded(trace.root, dict(zip(trace.nodes, trace.held)))
    try:
        rules = script(rows)
    except NotInPages as error:
        return {"refused": str(error)}, ""
    facts = graph | {"data": [*map(json_number, trace.data)], "names": [wording.name(node) for node in trace.nodes]}
    return facts, rules + Path(__file__).with_name("whatif.js").read_text(encoding="utf-8")

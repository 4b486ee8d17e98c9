"""`label_all`: labels for Values from the names of the variables that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .arguments import described, public
from .errors import ArgumentError


@public
def label_all(namespace: Mapping[str, Any]) -> None:
    """Give each unlabelled Value the name of its variable; in lists and dicts, `w[0]` or `p['b']`.

    - `namespace`: a dict of names and things, such as `globals()`.

    Raises ArgumentError (a TypeError) if `namespace` is not a dict, and for a name in it that is not text.

    >>> from engine import Value
    >>> a = Value(2.0); w = [Value(1.0), a * a]
    >>> label_all({"a": a, "w": w})
    >>> a.label, w[1].label
    ('a', 'w[1]')
    """
    if not isinstance(namespace, Mapping):
        raise ArgumentError("label_all() takes a dict of names, such as label_all(vars()) or label_all({'w': w}).")
    odd = next((name for name in namespace if not isinstance(name, str)), "")
    if odd != "":
        raise ArgumentError(f"label_all(): a name is text, such as 'w', not {described(odd)}.")
    waiting = [(name, thing) for name, thing in namespace.items() if _is_seen(name)][::-1]
    opened = {id(namespace)}
    while waiting:
        name, thing = waiting.pop()
        if isinstance(thing, (list, tuple, dict)):
            if id(thing) not in opened:  # a list may contain itself
                opened.add(id(thing))
                inside = thing.items() if isinstance(thing, dict) else enumerate(thing)
                waiting += [(f"{name}[{key!r}]", item) for key, item in inside][::-1]
        elif hasattr(thing, "op") and hasattr(thing, "grad") and not thing.label:
            thing.label = name


def _is_seen(name: str) -> bool:
    """Tell whether a user gave a variable its name; In, Out, _ and _1 are names of the notebook."""
    return name not in ("In", "Out") and name[:1] != "_"

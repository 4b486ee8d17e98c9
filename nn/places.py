"""Where in a model each parameter stands, for models that spell out their layers themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

Place = tuple[str | int, ...]  # attributes and keys as text, places in lists as numbers


def places(model: Any) -> dict[Value, Place]:
    """Where each leaf of a model stands: ("filters", 2, 0) for model.filters[2][0].

    Any object with attributes is looked through, a Module or not. A parameter that is found in none of them, but
    that parameters() lists, stands under its label.

    >>> from nn import MLP
    >>> list(places(MLP(1, [1])).values())
    [('layers', 0, 'neurons', 0, 'w', 0), ('layers', 0, 'neurons', 0, 'b')]
    """
    found: dict[Value, Place] = {}
    seen: set[int] = set()
    waiting: list[tuple[Any, Place]] = [(model, ())]
    while waiting:
        thing, place = waiting.pop()
        if isinstance(thing, Value):
            if thing.op is None:
                found.setdefault(thing, place)
            continue
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        inside: list[tuple[str | int, Any]] = []
        if isinstance(thing, (list, tuple)):
            inside = list(enumerate(thing))
        elif isinstance(thing, dict):
            inside = [(str(key), item) for key, item in thing.items()]
        elif hasattr(thing, "__dict__") and not isinstance(thing, type) and not hasattr(thing, "__code__"):
            inside = list(vars(thing).items())
        waiting += [(item, (*place, name)) for name, item in reversed(inside)]
    for number, parameter in enumerate(model.parameters()):
        found.setdefault(parameter, (parameter.label or "parameters", number))
    return found


def group(place: Place) -> Place:
    """A place without the numbers at its end: that of the list or the attribute that holds it.

    >>> group(("filters", 2, 0)), group(("layers", 0, "w", 1))
    (('filters',), ('layers', 0, 'w'))
    """
    while len(place) > 1 and isinstance(place[-1], int):
        place = place[:-1]
    return place


def layer_of(parameters: Sequence[Value], known: dict[Value, Place]) -> str:
    """The name of the layer that a unit of these parameters is in, as Python spells it.

    That is the list that holds the unit, W[0] for a unit of W[0][2][0], W[0][2][1] and b[2].
    """
    found = [known[parameter] for parameter in parameters]
    shared = _common(found) or _common([place for place in found if place[0] == found[0][0]])
    return spelled(shared[:-1] if len(shared) > 1 and isinstance(shared[-1], int) else shared)


def _common(found: list[Place]) -> Place:
    """What some places begin with."""
    count = 0
    for names in zip(*found):
        if len(set(names)) > 1:
            break
        count += 1
    return found[0][:count]


def spelled(place: Place) -> str:
    """A place as Python spells it.

    >>> spelled(("layers", 0, "w"))
    'layers[0].w'
    """
    text = "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in place)
    return text.removeprefix(".")

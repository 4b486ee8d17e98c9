"""Find the path of each parameter in a model, such as `layers[0].w`, also in models that are not made of Layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

ParameterPath = tuple[str | int, ...]  # attributes and keys as text, indices of lists as numbers


def parameter_paths(model: Any) -> dict[Value, ParameterPath]:
    """Return the path of each leaf of a model: ("filters", 2, 0) for model.filters[2][0].

    The attributes of any object are searched, whether or not it is a Module. A parameter that parameters() lists, and
    that is in no attribute, gets the path (its label, its index in the list).

    >>> from nn import MLP
    >>> list(parameter_paths(MLP(1, [1])).values())
    [('layers', 0, 'neurons', 0, 'w', 0), ('layers', 0, 'neurons', 0, 'b')]
    """
    paths: dict[Value, ParameterPath] = {}
    seen: set[int] = set()
    waiting: list[tuple[Any, ParameterPath]] = [(model, ())]
    while waiting:
        thing, path = waiting.pop()
        if isinstance(thing, Value):
            if thing.op is None:
                paths.setdefault(thing, path)
            continue
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        members: list[tuple[str | int, Any]] = []
        if isinstance(thing, (list, tuple)):
            members = list(enumerate(thing))
        elif isinstance(thing, dict):
            members = [(str(key), item) for key, item in thing.items()]
        elif hasattr(thing, "__dict__") and not isinstance(thing, type) and not hasattr(thing, "__code__"):
            members = list(attributes(thing).items())
        waiting += [(member, (*path, name)) for name, member in reversed(members)]
    for number, parameter in enumerate(model.parameters()):
        paths.setdefault(parameter, (parameter.label or "parameters", number))
    return paths


def attributes(thing: Any) -> dict[str, Any]:
    """Return the attributes of an object by their names, those of `__slots__` included.

    >>> from nn import Module
    >>> class Part(Module):
    ...     __slots__ = ("w",)
    >>> part = Part()
    >>> part.w = 2.0
    >>> attributes(part)
    {'w': 2.0}
    """
    places = {}
    for kind in type(thing).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in [slots] if isinstance(slots, str) else slots:
            hidden = name.startswith("__") and not name.endswith("__")
            places[name] = f"_{kind.__name__.lstrip('_')}{name}" if hidden else name
    held = {name: getattr(thing, where) for name, where in places.items() if hasattr(thing, where)}
    held.pop("__dict__", None)
    held.pop("__weakref__", None)
    return held | getattr(thing, "__dict__", {})


def container(path: ParameterPath) -> ParameterPath:
    """Return the path of the attribute that holds a parameter: its path without the indices at the end.

    >>> container(("filters", 2, 0)), container(("layers", 0, "w", 1))
    (('filters',), ('layers', 0, 'w'))
    """
    while len(path) > 1 and isinstance(path[-1], int):
        path = path[:-1]
    return path


def layer_name(parameters: Sequence[Value], paths: dict[Value, ParameterPath]) -> str:
    """Return the name of the layer that holds the unit (a neuron, say) of these parameters, as Python code.

    It is the list that the unit is an item of: W[0] for the unit of W[0][2][0], W[0][2][1] and b[2].
    """
    own = [paths[parameter] for parameter in parameters]
    shared = _common_start(own) or _common_start([path for path in own if path[0] == own[0][0]])
    return path_text(shared[:-1] if len(shared) > 1 and isinstance(shared[-1], int) else shared)


def _common_start(paths: list[ParameterPath]) -> ParameterPath:
    """Return the longest path that all of these begin with."""
    count = 0
    for names in zip(*paths):
        if len(set(names)) > 1:
            break
        count += 1
    return paths[0][:count]


def path_text(path: ParameterPath) -> str:
    """Return a path as Python code.

    >>> path_text(("layers", 0, "w"))
    'layers[0].w'
    """
    text = "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in path)
    return text.removeprefix(".")

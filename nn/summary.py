"""The table of `model.summary()`: a model's layers with their sizes, activations and numbers of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from engine import Value, html_table

from .paths import attributes
from .structure import structure_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .module import Module

WIDTH = 80


class Part(NamedTuple):
    """A layer, or a parameter that is in no layer, with its parameters. Shared ones belong to the first part."""

    name: str
    thing: Any
    parameters: list[Value]


class Summary(str):
    """A table as text. At a Python prompt it appears as a table, without quotes."""

    cells: list[tuple[str, ...]]

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        titles, *lines = self.cells
        return html_table(titles, lines)


def summary(model: Module) -> Summary:
    """Return the table of a model's parts, at most 80 columns wide."""
    table, total = [("layer", "inputs × neurons", "activation", "parameters")], 0
    for name, thing, parameters in parts(model):
        structure = structure_of(thing)
        units = structure.units if structure else ()
        size = f"{len(units[0].weights):,} × {len(units):,}" if units else ""
        table.append((name, size, structure.activation if structure else "", f"{len(parameters):,}"))
        total += len(parameters)
    table.append(("total", "", "", f"{total:,}"))
    _, *widths = [max(map(len, column)) for column in zip(*table)]
    widths[1] = min(widths[1], 20)
    names = min(max(len(line[0]) for line in table), WIDTH - sum(widths) - 3 * 2)
    text = Summary(
        "\n".join(
            f"{_cut(name, names):<{names}}  {size:>{widths[0]}}  {_cut(activation, widths[1]):<{widths[1]}}  "
            f"{count:>{widths[2]}}"
            for name, size, activation, count in table
        )
    )
    text.cells = [*table]
    return text


def parts(model: Module) -> list[Part]:
    """Return the layers of a model in order, and between them the parameters that are in no layer."""
    return list(_parts(model, type(model).__name__, set()))


def _parts(thing: Any, name: str, seen: set[int]) -> Iterator[Part]:
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, Value):
        if thing.op is None and thing.requires_grad:
            yield Part(thing.label or name, thing, [thing])
    elif isinstance(thing, (list, tuple, dict)):
        for key, item in thing.items() if isinstance(thing, dict) else enumerate(thing):
            yield from _parts(item, f"{name}[{key!r}]", seen)
    elif (structure := structure_of(thing)) is not None:
        if structure.is_layer:
            fresh = [parameter for parameter in thing.parameters() if id(parameter) not in seen]
            seen.update(map(id, fresh))
            yield Part(getattr(thing, "name", "") or name, thing, fresh)
        else:
            for attribute, item in attributes(thing).items():
                yield from _parts(item, attribute, seen)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"

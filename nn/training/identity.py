"""What identifies a training, as short texts by name: a checkpoint goes on with the same training only."""

from __future__ import annotations

from array import array
from collections import Counter
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import Value, nodes

from ..checks import plural, whole
from ..module import leaves
from ..objective import flat
from ..optim.clipping import kind_and_limit
from ..recordable import GeneratorStates
from ..structure import expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..objective import Objective
    from ..optim import Optimizer

LONGEST_TEXT = 80  # characters of a text
SAMPLED = 64  # rates that are kept of a training's plan


class Start(NamedTuple):
    """The weights that a model had, and the state that its optimizer had, when a training began or ended."""

    weights: str
    optimizer: str


def start_of(model: Any, optimizer: Optimizer) -> Start:
    """Return the present weights of a model, the frozen ones too, and the state of its optimizer."""
    numbers = [leaf.data for leaf in _leaves(model)]
    weights = f"{plural(len(numbers), 'weight')} from {numbers[0]:.6g} on {_mark(_bytes(numbers))}"
    slots = _mark(*map(_bytes, optimizer.columns)) if optimizer.steps else ""
    return Start(weights, f"{plural(optimizer.steps, 'step')} {slots}".strip())


def settings_of(
    objective: Objective, validation: Objective | None, optimizer: Optimizer, options: dict[str, Any]
) -> dict[str, str]:
    """Return what identifies a training: the model, the data, the loss, the optimizer and options of `fit`."""
    model = objective.model
    moved = {*optimizer.parameters}
    learning = [str(place) for place, leaf in enumerate(_leaves(model)) if leaf in moved]
    shares = Counter(objective.masks(seed=0).shares)
    dropout = [f"p={p:g} for {plural(count, 'number')}" for p, count in shares.items()]
    settings = {
        "dropout": ", ".join(dropout) or "none",
        "model": f"{_short(_model_expression(model), 55)} of {plural(len(model.parameters()), 'parameter')}",
        "loss": objective.name,
        "optimizer": _optimizer_text(optimizer),
        "choice of weights": f"{len(learning)} of {len(_leaves(model))} {_mark(' '.join(learning).encode())}",
        "data": _rows_text(objective),
        "target data": _targets_text(objective),
        "validation": f"{_rows_text(validation)}, {_targets_text(validation)}" if validation else "none",
    }
    settings |= {name: _option_text(name, option) for name, option in options.items()}
    return {name: _short(text, LONGEST_TEXT) for name, text in settings.items()}


def computation_of(objective: Objective) -> str:
    """Return what the model and the loss compute for the first row: operations, and a mark of their order.

    A function of the user's shows itself here alone. The graph of a model that draws random numbers has no mark.
    """
    generators = GeneratorStates(objective.model, objective.loss)
    order = nodes(objective.row_loss(0))
    if generators.changed():
        return "with random numbers"
    own = {leaf: f"weight {place}" for place, leaf in enumerate(_leaves(objective.model))}
    places = {node: place for place, node in enumerate(order)}
    digest = sha256()
    for node in order:
        kind = own.get(node, repr(node.data)) if node.op is None else f"{node.op.name} = {node.op.formula}"
        digest.update(f"{kind} {[places[each] for each in node.args]}\n".encode())
    counts = Counter(node.op.name for node in order if node.op is not None)
    listed = _short(", ".join(f"{count} {name}" for name, count in sorted(counts.items())), LONGEST_TEXT - 20)
    return f"{listed or 'nothing'} #{digest.hexdigest()[:12]}"


def sampled(rates: Sequence[float]) -> list[list[float]]:
    """Return some of a training's rates, each with its epoch, counted from 0: the first ones, and some others."""
    places = {*range(min(8, len(rates))), *(i * (len(rates) - 1) // SAMPLED for i in range(SAMPLED + 1))}
    return [[place, rates[place]] for place in sorted(places)]


def _leaves(model: Any) -> list[Value]:
    return list(leaves(model, set())) or list(model.parameters())


def _model_expression(model: Any) -> str:
    return expression(model, _name_or_class) or type(model).__name__


def _name_or_class(thing: Any) -> str:
    return str(getattr(thing, "__name__", f"{type(thing).__name__}(...)"))


def _optimizer_text(optimizer: Optimizer) -> str:
    options = "".join(f", {name}={option!r}" for name, option in optimizer.options.items() if option)
    count = plural(len(optimizer.parameters), "parameter")
    return f"{type(optimizer).__name__}({count}, lr={optimizer.lr!r}{options})"


def _option_text(name: str, option: Any) -> str:
    if option is None:
        return "None"
    if name == "clip":
        kind, limit = kind_and_limit(option)
        return f"{kind} {float(limit)!r}"
    if callable(option):
        return _name_or_class(option)
    number = whole(option)
    return str(option) if number is None else str(number)


def _rows_text(objective: Objective) -> str:
    rows = objective.rows
    if hasattr(rows, "tobytes"):
        shapes, numbers = [len(rows[0])], rows.astype(float).tobytes()
    else:
        lengths = [sum(1 for _ in flat(row)) for row in rows]
        shapes, numbers = sorted({*lengths}), _bytes(chain.from_iterable(map(flat, rows)))
        if rows and rows[0] and isinstance(rows[0][0], (list, tuple)):  # sequences of rows
            numbers += _bytes(map(len, rows)) + _bytes(lengths)
    shape = " or ".join(map(str, shapes[:3]))
    return f"{plural(objective.count, 'row')} of {shape} {_mark(numbers)}"


def _targets_text(objective: Objective) -> str:
    return f"{plural(objective.count, 'target')} {_mark(_bytes(flat(objective.targets)))}"


def _bytes(numbers: Iterable[Any]) -> bytes:
    return array("d", numbers).tobytes()


def _mark(*parts: bytes) -> str:
    """Return a mark by which data are known again."""
    return f"#{sha256(b''.join(parts)).hexdigest()[:12]}"


def _short(text: str, most: int) -> str:
    """Return a text on one line, or its beginning with a mark of the whole."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    if len(line) <= most and line == text:
        return text
    return f"{line[: most - 17]}... {_mark(text.encode(errors='replace'))}"

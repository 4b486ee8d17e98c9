"""`save` and `load`: models in files that people can read, and that run nothing when they are opened."""

from __future__ import annotations

import ast
import sys
from inspect import signature
from math import isfinite
from typing import TYPE_CHECKING, Any

from engine import public

from .checks import NetworkError, plural
from .files import named_file, read, write
from .module import Module, leaves
from .structure import written

if TYPE_CHECKING:
    import os

OURS = __name__.rpartition(".")[0]  # the package whose classes come first


@public
def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write a model's weights, and how it was made, to a file of JSON, whose name ends with .json.

    The file is complete or not there: an old one stays until the new one is written. Frozen weights stay frozen in
    it. Raises NetworkError for NaN and infinity, for another ending, and for a folder that does not exist.

    >>> import tempfile
    >>> from nn import MLP
    >>> path = tempfile.mkdtemp() + "/model.json"
    >>> model = MLP(2, [3, 1], "tanh", rng=0)
    >>> save(model, path)
    >>> twin = load(path)
    >>> twin, twin([1.0, 2.0]).data == model([1.0, 2.0]).data
    (MLP(2, [3, 1], activation='tanh', output='linear'), True)
    """
    if not isinstance(model, Module):
        raise NetworkError(f"save(model, path) takes a Module and a file name, and this is a {type(model).__name__}.")
    path = named_file(path, "model")
    held = list(leaves(model, set()))
    for leaf in held:
        if not isfinite(leaf.data):
            raise NetworkError(f"{leaf.label or 'a weight'} is {leaf.data}, and not worth a file: training diverged.")
    weights = [[leaf.label, float(leaf.data), *["frozen"] * (not leaf.requires_grad)] for leaf in held]
    write(path, "model", {"model": _model_text(model), "weights": weights})


@public
def load(model: Any, path: str | os.PathLike[str] | None = None) -> Any:
    """Return a model from a file: `load(path)` makes it, `load(model, path)` fills in the weights of one like it.

    Needs a model of yours for what only your program can make: a Module of your own that does not say how it is made
    (see `Module`), and an activation that is a function. Raises NetworkError for a file that is broken, that is none
    of ours, that a newer version wrote, or that holds another model, and for one that cannot be read (an OSError).
    """
    source = model if path is None else path
    document = read(source, "model")
    saved = _weights(document.get("weights"), source)
    whole = path is None
    if whole:
        model = _built(document.get("model"), source)
    elif not isinstance(model, Module):
        raise NetworkError(f"load(model, path) fills in a Module, and this is a {type(model).__name__}.")
    own = list(leaves(model, set()))
    labels = [label for label, *_ in saved]
    if len(own) != len(saved) or not (whole or labels == [leaf.label for leaf in own]):
        raise NetworkError(
            f"{source} holds {document.get('model')} with {plural(len(saved), 'weight')}, which do not fit "
            f"{_model_text(model)} with {len(own)}: make a model of the same parts and sizes."
        )
    for leaf, (label, number, *frozen) in zip(own, saved):
        leaf.data = number
        if leaf.label != label:  # else it stays one that knows its textbook's name
            leaf.label = label
        if whole and frozen:
            leaf.requires_grad = False
    return model


def _model_text(model: Module) -> str:
    """Return how a model is made, as an expression; its class alone, if `load` cannot make it."""
    name = type(model).__name__
    text = written(model) if _kind(name) is type(model) else None
    return text or name


def _kind(name: str) -> type[Module] | None:
    """Return the class of Modules of a name: one of this package, else the only one of the program, else None.

    A class that is defined again, as by a cell of a notebook, takes the place of the one before.
    """
    classes: dict[tuple[str, str], type[Module]] = {}
    waiting: list[type[Module]] = [Module]
    while waiting:
        kind = waiting.pop(0)
        waiting += kind.__subclasses__()
        if kind.__name__ == name:
            classes[kind.__module__, kind.__qualname__] = kind
    ours = [kind for (module, _), kind in classes.items() if module.partition(".")[0] == OURS]
    return (ours or [*classes.values()])[0] if len(ours or classes) == 1 else None


def _built(expression: Any, path: Any) -> Module:
    """Return a model from the expression that makes it, of which nothing is run but the classes that it names."""
    try:
        return _called(ast.parse(expression, mode="eval").body)
    except (SyntaxError, TypeError, ValueError, MemoryError, RecursionError):  # NetworkError is a ValueError
        pass
    raise NetworkError(
        f"{path} holds {str(expression)[:200]}, which only your own program can build: make one, and "
        "load(model, path) fills in its weights."
    )


def _called(call: ast.expr) -> Module:
    """Return what a call of a class of Modules makes; ValueError for any other expression."""
    kind = _kind(call.func.id) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else None
    if kind is None or not isinstance(call, ast.Call):
        raise ValueError
    arguments = [_read_argument(argument) for argument in call.args]
    options = {word.arg: _read_argument(word.value) for word in call.keywords if word.arg}
    if "rng" in signature(kind).parameters:  # weights that a file replaces take no numbers from the program's own
        options["rng"] = 0
    return kind(*arguments, **options)


def _read_argument(node: ast.expr) -> Any:
    return _called(node) if isinstance(node, ast.Call) else ast.literal_eval(node)


def _weights(saved: Any, path: Any) -> list[list[Any]]:
    fine = isinstance(saved, list) and all(
        isinstance(each, list)
        and len(each) in (2, 3)
        and isinstance(each[0], str)
        and type(each[1]) in (int, float)
        and abs(each[1]) <= sys.float_info.max
        and each[2:] in ([], ["frozen"])
        for each in saved
    )
    if not fine:
        raise NetworkError(f"{path} is broken: its weights are not a list of labels with numbers.")
    return [[label, float(number), *frozen] for label, number, *frozen in saved]

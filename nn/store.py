"""`save` and `load`: models in files that people can read, and that run nothing when they are opened."""

from __future__ import annotations

import ast
import sys
from math import isfinite
from typing import TYPE_CHECKING, Any

from engine import Value, public

from .checks import NetworkError, plural
from .files import named_file, read, write
from .layers import MLP, Layer, Neuron
from .module import Module, leaves
from .recurrent import Recurrent

if TYPE_CHECKING:
    import os

KINDS: dict[str, Any] = {kind.__name__: kind for kind in (MLP, Layer, Neuron, Recurrent)}


@public
def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write a model's weights, and how it was made, to a file of JSON, whose name ends with .json.

    The file is complete or not there: an old one stays until the new one is written. Frozen weights stay frozen in
    it. Raises NetworkError for NaN and infinity, for another ending, and for a folder that does not exist.

    >>> import tempfile
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
    write(path, "model", {"model": _made(model), "weights": weights})


@public
def load(model: Any, path: str | os.PathLike[str] | None = None) -> Any:
    """A model from a file: `load(path)` builds it anew, `load(model, path)` fills in the weights of one like it.

    Needs a model of your own for what only your program can build: a Module of your own, or an activation that is a
    function. Raises NetworkError for a file that is broken, that is none of ours, that a newer version wrote, or
    that holds another model, and for one that cannot be read (an OSError, too).
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
            f"{_made(model)} with {len(own)}: make a model of the same parts and sizes."
        )
    for leaf, (label, number, *frozen) in zip(own, saved):
        leaf.data, leaf.label = number, label
        if whole and frozen:
            leaf.requires_grad = False
    return model


def _made(model: Module) -> str:
    """How a model is made, as an expression; its class alone, if some code of the user's is in it."""
    layers = getattr(model, "layers", [model])
    neurons = [neuron for layer in layers for neuron in getattr(layer, "neurons", [layer])]
    ours = type(model) in KINDS.values() and all(
        neuron._function in (None, getattr(Value, neuron.activation, None)) for neuron in neurons
    )
    return repr(model) if ours else type(model).__name__


def _built(made: Any, path: Any) -> Module:
    """A model from the expression that makes it, of which nothing is run but the class that it names."""
    try:
        call = ast.parse(made, mode="eval").body
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KINDS:
            arguments = [ast.literal_eval(argument) for argument in call.args]
            options = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
            built: Module = KINDS[call.func.id](*arguments, **options, rng=0)
            return built
    except (SyntaxError, TypeError, ValueError, MemoryError, RecursionError):  # NetworkError is a ValueError
        pass
    raise NetworkError(
        f"{path} holds {str(made)[:200]}, which only your own program can build: make one, and load(model, path) "
        "fills in its weights."
    )


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

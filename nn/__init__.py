"""Gradwalk's networks: neurons, layers and models of Values, losses to train them on, and optimizers.

Names are imported when they are first used, as in `engine`.
"""

from _thread import RLock
from typing import TYPE_CHECKING, Any

from .shadowing import refuse_hidden

refuse_hidden("nn", "engine")  # before the imports below run a file of the user's

from engine import __version__ as __version__

if TYPE_CHECKING:
    from . import data, init, losses, optim, plot, schedules
    from .checks import NetworkError
    from .convolution import Conv1d
    from .diagnosis import diagnose as diagnose
    from .dropout import Dropout, dropping
    from .embedding import Embedding
    from .exchange import from_torch, to_torch
    from .features import layer_outputs, preferred_inputs, purity, top_rows
    from .history import History
    from .hopfield import Hopfield
    from .layers import MLP, Layer, Neuron
    from .metrics import accuracy, classify, confusion_matrix, evaluate, predict
    from .module import Module
    from .pruning import prune
    from .record import Recorder
    from .recurrent import Recurrent
    from .sequential import Sequential
    from .store import load, save
    from .structure import Structure, Unit
    from .training import Diverged, fit

MODULES: dict[str, tuple[str, ...]] = {
    "checks": ("NetworkError",),
    "convolution": ("Conv1d",),
    "diagnosis": ("diagnose",),
    "dropout": ("Dropout", "dropping"),
    "embedding": ("Embedding",),
    "exchange": ("from_torch", "to_torch"),
    "features": ("layer_outputs", "preferred_inputs", "purity", "top_rows"),
    "history": ("History",),
    "hopfield": ("Hopfield",),
    "layers": ("MLP", "Layer", "Neuron"),
    "metrics": ("accuracy", "classify", "confusion_matrix", "evaluate", "predict"),
    "module": ("Module",),
    "pruning": ("prune",),
    "record": ("Recorder",),
    "recurrent": ("Recurrent",),
    "sequential": ("Sequential",),
    "store": ("load", "save"),
    "structure": ("Structure", "Unit"),
    "training": ("Diverged", "fit"),
}
LOADING = RLock()  # one thread after the other: modules that import each other would wait for each other
PUBLIC: dict[str, str] = {name: module for module, names in MODULES.items() for name in names}
# What `from nn import *` brings. It leaves out `diagnose`, of which there is one for training here and one for graphs
# in `engine`.
__all__ = [
    "MLP",
    "Conv1d",
    "Diverged",
    "Dropout",
    "Embedding",
    "History",
    "Hopfield",
    "Layer",
    "Module",
    "NetworkError",
    "Neuron",
    "Recorder",
    "Recurrent",
    "Sequential",
    "Structure",
    "Unit",
    "accuracy",
    "classify",
    "confusion_matrix",
    "data",
    "dropping",
    "evaluate",
    "fit",
    "from_torch",
    "init",
    "layer_outputs",
    "load",
    "losses",
    "optim",
    "plot",
    "predict",
    "preferred_inputs",
    "prune",
    "purity",
    "save",
    "schedules",
    "to_torch",
    "top_rows",
]

NAMED = ("diagnose",)  # public, too, and imported by name
SEPARATE = ("micrograd", "sklearn")  # modules for users of other libraries


def __dir__() -> list[str]:
    """List what a user calls."""
    return sorted([*__all__, *NAMED, *SEPARATE, *(name for name in globals() if name.startswith("__"))])


if not TYPE_CHECKING:  # a type checker knows every name without it

    def __getattr__(name: str) -> Any:
        """Import a name, or a module of this package, when it is first used."""
        from importlib import import_module
        from importlib.util import find_spec

        with LOADING:
            if name in PUBLIC:
                globals()[name] = getattr(import_module(f".{PUBLIC[name]}", __name__), name)
                return globals()[name]
            if name.isidentifier() and not name.startswith("_") and find_spec(f"{__name__}.{name}"):
                return import_module(f".{name}", __name__)
        from .other_libraries import refuse

        return refuse(name)

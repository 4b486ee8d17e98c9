"""Gradwalk's engine: scalars that record a graph, and everything that reads the graph.

Names are imported when they are first used, so that `import engine` costs next to nothing.
"""

from __future__ import annotations

from _thread import RLock
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .draw import draw as draw
from .walk import walk as walk

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .arguments import (
        choose as choose,
        described as described,
        flag as flag,
        nearest as nearest,
        public as public,
        unpacked as unpacked,
    )
    from .backward import grad as grad, hessian as hessian, jacobian as jacobian, jvp as jvp
    from .check import check_with as check_with, gradcheck as gradcheck
    from .checks import check_node as check_node, check_nodes as check_nodes, in_row as in_row
    from .collector import Paused as Paused
    from .definition import define as define, python_operation as python_operation
    from .diagnosis import diagnose as diagnose
    from .errors import (
        ArgumentError as ArgumentError,
        FormulaError as FormulaError,
        GradwalkError as GradwalkError,
        MissingExtra as MissingExtra,
        NumberError as NumberError,
        UnknownAttribute as UnknownAttribute,
    )
    from .files import (
        checked_path as checked_path,
        of_home as of_home,
        read_whole as read_whole,
        write_whole as write_whole,
    )
    from .film import FILM_SUFFIXES as FILM_SUFFIXES, new_figure as new_figure, save_film as save_film
    from .graph import nodes as nodes, operations as operations
    from .labels import label_all as label_all
    from .naming import Label as Label
    from .numeric import central as central
    from .ops import OPS as OPS, Op as Op
    from .page import Page as Page
    from .printer import format_number as format_number
    from .program import compile as compile
    from .program.backends import BACKENDS as BACKENDS, NO_BACKENDS as NO_BACKENDS
    from .replay import gradients_kept as gradients_kept, take_back as take_back, unfinished as unfinished
    from .screen import (
        html_table as html_table,
        in_notebook as in_notebook,
        open_file as open_file,
        show_picture as show_picture,
    )
    from .unrecorded import no_grad as no_grad, recording as recording
    from .value import Value as Value, constant as constant, where as where
    from .walk.source import source_lines as source_lines

MODULES: dict[str, tuple[str, ...]] = {
    "value": ("Value", "constant", "where"),
    "ops": ("OPS", "Op"),
    "errors": ("ArgumentError", "FormulaError", "GradwalkError", "MissingExtra", "NumberError", "UnknownAttribute"),
    "arguments": ("choose", "described", "flag", "nearest", "public", "unpacked"),
    "checks": ("check_node", "check_nodes", "in_row"),
    "collector": ("Paused",),
    "files": ("checked_path", "of_home", "read_whole", "write_whole"),
    "film": ("FILM_SUFFIXES", "new_figure", "save_film"),
    "backward": ("grad", "jvp", "jacobian", "hessian"),
    "definition": ("define", "python_operation"),
    "check": ("check_with", "gradcheck"),
    "diagnosis": ("diagnose",),
    "graph": ("nodes", "operations"),
    "labels": ("label_all",),
    "naming": ("Label",),
    "numeric": ("central",),
    "page": ("Page",),
    "printer": ("format_number",),
    "program.backends": ("BACKENDS", "NO_BACKENDS"),
    "program": ("compile",),
    "unrecorded": ("no_grad", "recording"),
    "replay": ("gradients_kept", "take_back", "unfinished"),
    "screen": ("html_table", "in_notebook", "open_file", "show_picture"),
    "walk.source": ("source_lines",),
}
LOADING = RLock()  # one thread after the other: modules that import each other would wait for each other
PUBLIC: dict[str, str] = {name: module for module, names in MODULES.items() for name in names}
# What `from engine import *` brings: what a program of a user's calls. It leaves out `compile`, which would hide
# Python's own, and `diagnose`, of which there is one for graphs here and one for training in `nn`.
__all__ = [
    "BACKENDS",
    "OPS",
    "ArgumentError",
    "FormulaError",
    "GradwalkError",
    "Label",
    "MissingExtra",
    "NumberError",
    "Page",
    "UnknownAttribute",
    "Value",
    "check_with",
    "constant",
    "define",
    "draw",
    "format_number",
    "grad",
    "gradcheck",
    "hessian",
    "jacobian",
    "jvp",
    "label_all",
    "no_grad",
    "nodes",
    "operations",
    "python_operation",
    "recording",
    "source_lines",
    "walk",
    "where",
]
NAMED = ("compile", "diagnose")  # public, too, and imported by name
OF_NN = (
    "MLP",
    "Layer",
    "Module",
    "Neuron",
    "Sequential",
    "data",
    "fit",
    "losses",
    "optim",
    "plot",
)  # looked for here


def __dir__() -> list[str]:
    """List what a user calls. What packages on top of the engine import besides is in MODULES."""
    return sorted([*__all__, *NAMED, *(name for name in globals() if name.startswith("__"))])


if not TYPE_CHECKING:  # a type checker knows every name without it

    def __getattr__(name: str) -> Any:
        """Import a name when it is first used."""
        if name in ("Tensor", "tensor", "Scalar", "Var", "Variable", "Node"):
            from .errors import UnknownAttribute

            raise UnknownAttribute(f"engine has no {name}: use engine.Value(2.0, 'x').")
        if name not in PUBLIC and not name.startswith("_"):
            from .arguments import nearest
            from .errors import UnknownAttribute

            if name in OF_NN:
                raise UnknownAttribute(f"engine has no {name}: use nn.{name}.")
            if near := nearest(name, [*__all__, *NAMED]):
                raise UnknownAttribute(f"engine has no {name}: did you mean engine.{near[0]}?")
        if name not in PUBLIC:
            raise AttributeError(f"module 'engine' has no attribute {name!r}")
        with LOADING:
            globals()[name] = getattr(import_module(f".{PUBLIC[name]}", __name__), name)
        return globals()[name]

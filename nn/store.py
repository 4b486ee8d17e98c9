"""`save` and `load`: models in files that run nothing when they are opened, in our own format or another."""

from __future__ import annotations

import ast
import json
import re
from inspect import signature
from math import isfinite
from random import Random
from typing import TYPE_CHECKING, Any

from engine import MissingExtra, described, public

from .checks import NetworkError, plural
from .exchange.parts import Tensor, parts_of
from .exchange.tensors_file import read_tensors, tensors_file
from .files import Damaged, damaged, excerpt, is_number, named_file, read, write, write_data
from .losses import softmax
from .module import Module, leaves
from .structure import expression, says_how

if TYPE_CHECKING:
    import os

OURS = __name__.rpartition(".")[0]  # the package whose classes come first
FUNCTIONS = {"softmax": softmax}  # that may be a part of a model, by the names that stand for them in a file
LONGEST_EXPRESSION = 100_000  # characters of an expression that makes a model
DEEPEST_EXPRESSION = 50  # models in models, and lists in lists
# Names, text, numbers, brackets, commas and equals signs: all that an expression that makes a model has in it.
TOKEN = re.compile(
    r"""[A-Za-z_]\w* | [][(),=] | '(?:[^'\\\n]|\\.)*' |
     "(?:[^"\\\n]|\\.)*" | -?[0-9](?:[0-9._]|[eE][+-]?)*(?![A-Za-z_])""",
    re.VERBOSE,
)


class TooMany(Exception):
    """Raised for an expression that makes a model of more weights than its file holds."""


class Draws(Random):
    """A generator of random numbers that ends the making of a model which draws more weights than there are."""

    def __init__(self, weights: int) -> None:
        super().__init__(0)
        self.left: int = weights + 1  # a normal distribution draws two numbers at a time

    def random(self) -> float:
        self.left -= 1
        if self.left < 0:
            raise TooMany
        return super().random()


@public
def save(model: Module, path: str | os.PathLike[str]) -> None:
    """Write a model's weights, and how it was made, to a file; the ending of its name says of which format.

    - ".json": Gradwalk's own, which people can read. `load(path)` makes the model again.
    - ".safetensors": the weights by name, "layer1.weight" and "layer1.bias", each bit as it is, for other libraries;
      PyTorch's `load_state_dict` takes them into what `to_torch(model)` returns. `load` reads it, too.
    - ".onnx": the model in float32, for onnxruntime and others: "x" is rows, "y" their outputs. Needs the package
      onnx, and takes the models that `to_torch` takes. `load` does not read it.

    The file is complete or not there: an old one stays until the new one is written. Frozen weights stay frozen in
    it. Raises NetworkError for NaN and infinity, for another ending, and for a folder that does not exist; for a file
    that cannot be written, it is an OSError, too.

    - `model`: a Module.
    - `path`: the file; its ending says the kind.

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
        raise NetworkError(f"save(model, path) takes a Module and a file name, and this is {described(model)}.")
    path = named_file(path, "model", (".json", ".onnx", ".safetensors"))
    held = list(leaves(model, set()))
    for leaf in held:
        if not isfinite(leaf.data):
            raise NetworkError(f"{leaf.label or 'a weight'} is {leaf.data}, and not worth a file: training diverged.")
    if path.suffix.lower() == ".onnx":
        write_data(path, _onnx_file(model))
        return
    if path.suffix.lower() == ".safetensors":
        tensors = _named_tensors(model)
        frozen = {
            name: [at for at, leaf in enumerate(tensor.leaves) if not leaf.requires_grad]
            for name, tensor in tensors.items()
        }
        notes = {
            "gradwalk": _model_text(model),
            "frozen": json.dumps({name: at for name, at in frozen.items() if at}),
        }
        write_data(path, tensors_file(tensors, notes))
        return
    weights = [[leaf.label, float(leaf.data), *["frozen"] * (not leaf.requires_grad)] for leaf in held]
    write(path, "model", {"model": _model_text(model), "weights": weights})


@public
def load(model: Any, path: str | os.PathLike[str] | None = None) -> Any:
    """Return a model from a file: `load(path)` makes it, `load(model, path)` fills in the weights of one like it.

    Needs a model of yours for what only your program can make: a Module of your own that does not say how it is made
    (see `Module`), and an activation that is a function.

    - `model`: the model to fill; with one argument, the path.
    - `path`: a file that `save` wrote.

    Raises NetworkError for a file that is broken, that is none
    of ours, that a newer version wrote, or that holds another model, and for one that cannot be read (an OSError).

    >>> load("nowhere.json")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    nn.files.Missing: there is no file 'nowhere.json' in '...'.
    """
    source = model if path is None else path
    whole = path is None
    ending = str(source).lower().rpartition(".")[2]
    if ending == "onnx":
        raise NetworkError(f"{source} is for other programs: load() reads model.json and model.safetensors.")
    if ending == "safetensors":
        return _with_tensors(None if whole else model, source)
    document = read(source, "model", ("model", "weights"))
    if not (whole or isinstance(model, Module)):
        raise NetworkError(f"load(model, path) fills in a Module, and this is {described(model)}.")
    expression, saved = document["model"], _weights(document["weights"], source)
    if not isinstance(expression, str):
        raise damaged(source, "model", "its model is not text, and only your own program can build it")
    if whole:
        model = _built(expression, len(saved), source)
    own = list(leaves(model, set()))
    labels = [label for label, *_ in saved]
    if len(own) != len(saved) or not (whole or labels == [leaf.label for leaf in own]):
        raise NetworkError(
            f"{source} holds {excerpt(expression)} with {plural(len(saved), 'weight')}, which do not fit "
            f"{_model_text(model)} with {len(own)}: make a model of the same parts and sizes."
        )
    for leaf, (label, number, *frozen) in zip(own, saved):
        leaf.data = number
        if leaf.label != label:  # else it stays one that knows its textbook's name
            leaf.label = label
        if whole and frozen:
            leaf.requires_grad = False
    return model


def _onnx_file(model: Module) -> bytes:
    try:
        from .exchange.onnx_file import onnx_file
    except ImportError:
        raise MissingExtra("onnx", "onnx", "save(model, 'model.onnx')") from None
    return onnx_file(parts_of(model, "save()"), _model_text(model))


def _named_tensors(model: Module) -> dict[str, Tensor]:
    """Return the tensors of a model's layers by name; of another model, each weight by its label."""
    own = list(leaves(model, set()))
    try:
        tensors = {name: tensor for part in parts_of(model, "save()") for name, tensor in part.tensors.items()}
    except NetworkError:
        tensors = {}
    if {*own} == {leaf for tensor in tensors.values() for leaf in tensor.leaves}:
        return tensors
    named: dict[str, Tensor] = {}
    for number, leaf in enumerate(own):
        name = leaf.label if leaf.label and leaf.label not in named else f"{leaf.label or 'weight'} {number}"
        named[name] = Tensor([leaf], ())
    return named


def _with_tensors(model: Any, path: Any) -> Any:
    """Return a model with the numbers of a file of safetensors; None is a model as the file says that it is made."""
    tensors, notes = read_tensors(path)
    whole = model is None
    if whole:
        if "gradwalk" not in notes:
            raise NetworkError(
                f"{path} does not say which model its weights are of: make one, and load(model, path) fills them in."
            )
        model = _built(notes["gradwalk"], sum(len(numbers) for _, numbers in tensors.values()), path)
    elif not isinstance(model, Module):
        raise NetworkError(f"load(model, path) fills in a Module, and this is {described(model)}.")
    own = _named_tensors(model)
    theirs = {name: shape for name, (shape, _) in tensors.items()}
    if theirs != {name: tensor.shape for name, tensor in own.items()}:
        raise NetworkError(
            f"{path} holds {excerpt(', '.join(f'{name} {list(shape)}' for name, shape in theirs.items()))}, which do "
            f"not fit {_model_text(model)}: make a model of the same parts, names and sizes."
        )
    frozen = _frozen(notes, path) if whole else {}
    for name, (_, numbers) in tensors.items():  # before any weight is changed
        if not all(map(isfinite, numbers)):
            raise Damaged(
                f"{path} is broken, {excerpt(name)} holds a number that is not finite: save the model anew."
            )
    for name, tensor in own.items():
        for at, (leaf, number) in enumerate(zip(tensor.leaves, tensors[name][1])):
            leaf.data = number
            if at in frozen.get(name, ()):
                leaf.requires_grad = False
    return model


def _frozen(notes: dict[str, str], path: Any) -> dict[str, Any]:
    try:
        places = json.loads(notes.get("frozen", "{}"))
        return {name: {*at} for name, at in places.items()}
    except (AttributeError, TypeError, ValueError, RecursionError):
        raise Damaged(f"{path} is broken, its frozen weights are not places: save the model anew.") from None


def _model_text(model: Module) -> str:
    """Return how a model is made, as an expression; its class alone, if `load` cannot make it."""
    name = type(model).__name__
    text = expression(model, _function_name) if _kind(name) is type(model) else None
    return text if text and len(text) <= LONGEST_EXPRESSION else name


def _function_name(thing: Any) -> str | None:
    """Return the name of a function that `load` knows; None for others."""
    return next((name for name, function in FUNCTIONS.items() if function is thing), None)


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
    ours = [kind for kind in classes.values() if _is_ours(kind)]
    return (ours or [*classes.values()])[0] if len(ours or classes) == 1 else None


def _is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == OURS


def _built(expression: str, weights: int, path: Any) -> Module:
    """Return a model from the expression that makes it, of which nothing is run but the classes that it names.

    `weights` is how many it has: the making of one with more ends at once.
    """
    try:
        if _may_be_read(expression):
            return _called(ast.parse(expression, mode="eval").body, Draws(weights))
    except TooMany:
        what = f"it holds {excerpt(expression)} with {plural(weights, 'weight')}, and such a model has more"
        raise damaged(path, "model", what) from None
    except (
        Exception
    ):  # of Python, for text that is no expression, and of a class, for arguments that it does not take
        pass
    raise NetworkError(
        f"{path} holds {excerpt(expression)}, which only your own program can build: make one, and "
        "load(model, path) fills in its weights."
    )


def _may_be_read(expression: str) -> bool:
    """Return whether an expression has only what makes models, and is short and flat enough for Python's reader."""
    if len(expression) > LONGEST_EXPRESSION or TOKEN.sub("", expression).strip():
        return False
    depth = 0
    for token in TOKEN.finditer(expression):
        depth += (token[0] in ("(", "[")) - (token[0] in (")", "]"))
        if depth > DEEPEST_EXPRESSION:
            return False
    return True


def _called(call: ast.expr, draws: Draws) -> Module:
    """Return what a call of a class of Modules makes; ValueError for any other expression."""
    kind = _kind(call.func.id) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else None
    if kind is None or not isinstance(call, ast.Call) or not says_how(kind):
        raise ValueError
    arguments = [_read_argument(argument, draws) for argument in call.args]
    options = {word.arg: _read_argument(word.value, draws) for word in call.keywords if word.arg}
    if "rng" in signature(kind).parameters:  # weights that a file replaces take no numbers from the program's own
        options["rng"] = draws if _is_ours(kind) else 0  # a class of the user's may ask for a seed
    return kind(*arguments, **options)


def _read_argument(node: ast.expr, draws: Draws) -> Any:
    if isinstance(node, ast.Name) and node.id in FUNCTIONS:
        return FUNCTIONS[node.id]
    return _called(node, draws) if isinstance(node, ast.Call) else ast.literal_eval(node)


def _weights(saved: Any, path: Any) -> list[list[Any]]:
    fine = isinstance(saved, list) and all(
        isinstance(each, list)
        and len(each) in (2, 3)
        and isinstance(each[0], str)
        and is_number(each[1])
        and each[2:] in ([], ["frozen"])
        for each in saved
    )
    if not fine:
        raise damaged(path, "model", "its weights are not a list of labels with numbers")
    return [[label, float(number), *frozen] for label, number, *frozen in saved]

"""`Structure`: the description of a layer or model that summary, plots, recorder, diagnose, save and load read."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import Value, described

from .checks import NetworkError, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


class Unit(NamedTuple):
    """A neuron: a weighted sum of inputs, plus a bias if it has one, through an activation.

    - `weights`: Values, one for each input that it reads.
    - `bias`: a Value, which is added last; None if there is none.
    - `activation`: its name.
    - `output`: the label of its activation's result; empty if there is no activation, or no label.

    It checks nothing itself: who reads it raises NetworkError for what does not fit.

    >>> from nn import Neuron
    >>> [len(unit.weights) for unit in Neuron(2, "tanh", rng=0).structure().units]
    [2]
    """

    weights: Sequence[Value]
    bias: Value | None = None
    activation: str = "linear"
    output: str = ""

    @property
    def parameters(self) -> list[Value]:
        """The weights, and the bias if there is one."""
        return [*self.weights] if self.bias is None else [*self.weights, self.bias]


class Matrix(NamedTuple):
    """Weights for a heat map, and the words of its title and axes.

    - `rows`: the weights as Values: a row for each input, a column for each neuron.
    - `name`: its name; empty for "layer 1", "layer 2", ...
    - `row`, `column`: what one row and one column stand for.
    """

    rows: Sequence[Sequence[Value]]
    name: str = ""
    row: str = "input"
    column: str = "neuron"


class Structure(NamedTuple):
    """The description of a layer or a model. Every field may be left out; most layers need the first two.

    - `units`: the neurons of a layer, in the order of its outputs.
    - `arguments`, `options`: the arguments of its class that make one like it: numbers, texts, lists of these,
      Modules with a Structure of their own, and functions. If `arguments` is None, `load` needs a model to load into.
    - `layers`: for a model, its layers in order, if the outputs of each are the inputs of the next.
    - `function`: for a part without parameters, the name of the function that it computes.
    - `windows`: for a layer whose units are used at several positions, a function of the number of inputs. It
      returns, for each position, the places of the inputs that are read there. All outputs of the first unit come
      first.
    - `reads`: for such a layer, a function of the number of outputs that returns the number of inputs they need.
    - `matrices`: the matrices of heat maps, if these are not the weights of the units.
    - `states`: how many inputs of the first layer are outputs of the step before.
    - `inputs`: a function of a row that returns the inputs of the first layer, if these are not the row itself.
    - `is_cell`: whether it is drawn as a nerve cell.

    It checks nothing itself: who reads it raises NetworkError for what does not fit.

    >>> from nn import Layer
    >>> Layer(2, 3, rng=0).structure().arguments
    [2, 3]
    """

    units: Sequence[Unit] = ()
    arguments: Sequence[Any] | None = None
    options: Mapping[str, Any] = NO_OPTIONS
    layers: Sequence[Any] = ()
    function: str = ""
    windows: Callable[[int], Sequence[Sequence[int]]] | None = None
    reads: Callable[[int], int] | None = None
    matrices: Sequence[Matrix] = ()
    states: int = 0
    inputs: Callable[[Any], list[Value]] | None = None
    is_cell: bool = False

    def __repr__(self) -> str:
        parts = [plural(len(self.units), "unit")] * bool(self.units)
        parts += [plural(len(self.layers), "layer")] * bool(self.layers)
        parts += [self.activation] * bool(self.activation)
        return f"Structure: {', '.join(parts) or 'empty'}"

    @property
    def activation(self) -> str:
        """The name of its last activation."""
        return self.units[0].activation if self.units else self.function

    @property
    def is_layer(self) -> bool:
        """Whether it is one layer, not a model of several."""
        return bool(self.units or self.function)


def structure_of(thing: Any) -> Structure | None:
    """Return the Structure of a Module, None for anything else; raise NetworkError for another type of result.

    >>> from nn import Layer
    >>> structure_of(Layer(2, 3)).options, structure_of(7)
    ({'activation': 'linear'}, None)
    """
    method = getattr(type(thing), "structure", None)
    if method is None:
        return None
    kind, structure = type(thing).__name__, method(thing)
    if not isinstance(structure, Structure):
        raise NetworkError(
            f"{kind}.structure() gave {described(structure)}, not a Structure: write return Structure(units)."
        )
    for number, unit in enumerate(structure.units):
        numbers = unit.parameters if isinstance(unit, Unit) else [None]
        if not unit.weights if isinstance(unit, Unit) else True:
            raise NetworkError(
                f"{kind}.structure(): units[{number}] is {described(unit)}, and a unit has weights: "
                "write Unit(weights, bias), a list of Values and a Value."
            )
        if wrong := [each for each in numbers if not isinstance(each, Value)]:
            raise NetworkError(
                f"{kind}.structure(): units[{number}] holds {described(wrong[0])}, and weights are Values: give the "
                "Values that the layer computes with."
            )
    return structure


def chain(model: Any) -> list[Any] | None:
    """Return the layers of a model in order, including those of its parts; None if they are not a chain."""
    structure = structure_of(model)
    if structure is None or not (structure.is_layer or structure.layers):
        return None
    if structure.is_layer:
        return [model]
    parts = [None if _has_states(layer) else chain(layer) for layer in structure.layers]
    return None if None in parts else [layer for part in parts for layer in part or ()]


def _has_states(thing: Any) -> bool:
    structure = structure_of(thing)
    return structure is not None and structure.states > 0


def expression(model: Any, of_other: Callable[[Any], str | None]) -> str | None:
    """Return the expression that makes a model; None if it is not known.

    `of_other` returns the text for a function, or for a Module that does not say how it is made; None if it has none.

    >>> from nn import Layer
    >>> [expression(Layer(2, 3, activation), lambda thing: None) for activation in ("relu", lambda z: z * z)]
    ["Layer(2, 3, activation='relu')", None]
    """
    structure = structure_of(model)
    if structure is None or structure.arguments is None or not says_how(type(model)):
        return None
    arguments = [_written_argument(each, of_other) for each in structure.arguments]
    options = {name: _written_argument(each, of_other) for name, each in structure.options.items()}
    texts = [*arguments, *(None if text is None else f"{name}={text}" for name, text in options.items())]
    return None if None in texts else f"{type(model).__name__}({', '.join(map(str, texts))})"


def says_how(kind: type) -> bool:
    """Tell whether a class that defines a constructor also defines `structure`."""
    order = kind.__mro__
    makes, says = (
        next(at for at, each in enumerate(order) if name in vars(each)) for name in ("__init__", "structure")
    )
    return says <= makes


def _written_argument(thing: Any, of_other: Callable[[Any], str | None]) -> str | None:
    if structure_of(thing) is not None:
        return expression(thing, of_other) or of_other(thing)
    if isinstance(thing, (list, tuple)):
        texts = [_written_argument(each, of_other) for each in thing]
        return None if None in texts else f"[{', '.join(map(str, texts))}]"
    if isinstance(thing, (bool, int, str, type(None))) or (isinstance(thing, float) and abs(thing) < float("inf")):
        return repr(thing)
    return of_other(thing)

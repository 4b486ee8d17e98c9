"""`Module`: the base class of layers and models, also of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import Value, public, take_back

from .checks import NetworkError
from .other_libraries import METHODS, Listing, MethodElsewhere, is_elsewhere
from .paths import attributes
from .structure import Structure, expression
from .summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .summary import Summary


class Module(metaclass=Listing):
    """A part of a model: its parameters are the leaves that its attributes hold.

    Attributes may be Values, Modules, and lists, tuples or dicts of these. A leaf that requires no gradient is a
    constant, not a parameter: `weight.requires_grad = False` freezes a weight.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.height = Value(2.0, "slope"), Value(1.0, "height")
    ...     def __call__(self, x):
    ...         return self.slope * x + self.height
    >>> line = Line()
    >>> line(10).data, [parameter.label for parameter in line.parameters()]
    (21.0, ['slope', 'height'])

    Such a Module has a summary. `fit` trains it, `diagnose` checks it, a `Recorder` records it, and it can be saved,
    and loaded by `load(model, path)`. A method `structure()` lists its neurons, and the arguments to make it again.
    With it, the Module also has a row in summaries, a heat map and a network graph, `diagnose` checks its neurons,
    and `load(path)` makes the Module itself:

    >>> from nn import Structure, Unit
    >>> class Plain(Module):
    ...     def __init__(self, inputs, neurons):
    ...         self.w = [[Value(0.1 * n, f"w[{n}][{i}]") for i in range(inputs)] for n in range(neurons)]
    ...     def __call__(self, row):
    ...         return [sum(w * x for w, x in zip(weights, row)) for weights in self.w]
    ...     def structure(self):
    ...         return Structure([Unit(weights) for weights in self.w], (len(self.w[0]), len(self.w)))
    >>> Plain(3, 2)
    Plain(3, 2)
    >>> from nn import Sequential
    >>> Sequential(Plain(3, 2), "relu", Plain(2, 1)).summary()
    layer     inputs × neurons  activation  parameters
    parts[0]             3 × 2  linear               6
    relu                        relu                 0
    parts[2]             2 × 1  linear               2
    total                                            8
    """

    @public
    def parameters(self) -> list[Value]:
        """Return every parameter once, in the order in which the attributes were set."""
        return [leaf for leaf in leaves(self, set()) if leaf.requires_grad]

    @public
    def zero_grad(self) -> None:
        """Set the gradient of every parameter back to 0, before the next `backward()` adds to it."""
        parameters = self.parameters()
        take_back(parameters)
        for parameter in parameters:
            parameter.grad = 0.0

    @public
    def summary(self) -> Summary:
        """Return a table of the parts: sizes, activations and numbers of parameters.

        >>> from nn import MLP
        >>> MLP(4, [8, 3], "tanh").summary()
        layer   inputs × neurons  activation  parameters
        layer1             4 × 8  tanh                40
        layer2             8 × 3  linear              27
        total                                         67
        """
        return summary(self)

    @public
    def structure(self) -> Structure:
        """Return the Structure of this layer or model. A class of your own may define this method.

        By default the Structure is empty, and only the attributes are known. See `nn.Structure` for its fields.

        >>> Module().structure().units
        ()
        """
        return Structure()

    if not TYPE_CHECKING:  # a type checker compares each class's own call with this one

        @public
        def __call__(self, *inputs: Any) -> Any:
            kind = type(self).__name__
            remedy = f"give class {kind} a method"
            if hasattr(type(self), "forward"):  # its own: a Module's raises AttributeError
                remedy = "name its method forward __call__ instead"
            raise NetworkError(f"a {kind} cannot be called: {remedy}, as in def __call__(self, x).")

    def __repr__(self) -> str:
        return expression(self, _name_of) or object.__repr__(self)

    def __dir__(self) -> list[str]:
        """List the names of a model for completion, without the methods that only other libraries have."""
        own = vars(self)
        return [name for name in object.__dir__(self) if name in own or not is_elsewhere(type(self), name)]


def _name_of(thing: Any) -> str:
    """Return the text for a function, or for a Module without a structure, in a repr."""
    return f"{type(thing).__name__}(...)" if isinstance(thing, Module) else getattr(thing, "__name__", repr(thing))


for _name in METHODS:
    if not hasattr(Module, _name):
        setattr(Module, _name, MethodElsewhere(_name))


def leaves(thing: Any, seen: set[int]) -> Iterator[Value]:
    """Yield every leaf that a part of a model holds once, frozen or not."""
    if not isinstance(thing, (Value, Module, list, tuple, dict)) or id(thing) in seen:
        return
    seen.add(id(thing))  # a weight may be shared, and a part may hold its model
    if isinstance(thing, Value):
        if thing.op is None:
            yield thing
        return
    held = attributes(thing) if isinstance(thing, Module) else thing
    for item in held.values() if isinstance(held, dict) else held:
        yield from leaves(item, seen)

"""`Module`: anything that has parameters. Layers and models are Modules, and so can yours be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import Value, public, take_back

from .other_libraries import METHODS, MethodElsewhere
from .summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .summary import Shape, Summary


class Module:
    """A part of a model: its parameters are the leaves that its attributes hold.

    Attributes may be Values, Modules, and lists, tuples or dicts of these. A leaf that
    requires no gradient is a constant and no parameter: `weight.requires_grad = False` freezes a weight.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.height = Value(2.0, "slope"), Value(1.0, "height")
    ...     def __call__(self, x):
    ...         return self.slope * x + self.height
    >>> line = Line()
    >>> line(10).data, [parameter.label for parameter in line.parameters()]
    (21.0, ['slope', 'height'])
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

    def _shape(self) -> Shape | None:
        """Return the size of a layer; None for a model of parts, which a summary then lists."""
        return None


for _name in METHODS:
    if not hasattr(Module, _name):
        setattr(Module, _name, MethodElsewhere(_name))


def leaves(thing: Any, seen: set[int]) -> Iterator[Value]:
    """Yield every leaf that a part of a model holds once, frozen or not."""
    if not isinstance(thing, (Value, Module, list, tuple, dict)) or id(thing) in seen:
        return
    seen.add(id(thing))  # a weight may be shared, and a part may know the whole
    if isinstance(thing, Value):
        if thing.op is None:
            yield thing
        return
    held = vars(thing) if isinstance(thing, Module) else thing
    for item in held.values() if isinstance(held, dict) else held:
        yield from leaves(item, seen)

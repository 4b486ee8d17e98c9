"""`Sequential`: layers and functions, one after another."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, overload

from engine import Value, described, public

from .checks import NetworkError, plural, row, whole
from .layers import activation_function, checked_name, is_known
from .module import Module
from .structure import Structure, structure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class PassedRow(list[Any]):
    """A row that a function is called on: a list, which raises a helpful error where a number is needed."""

    def __getattr__(self, name: str) -> Any:
        if hasattr(Value, name) and not name.startswith("_"):
            raise self._refused(f"z.{name}()")
        raise AttributeError(name)

    def __mul__(self, *other: Any) -> Any:  # a list times 2 repeats its entries
        raise self._refused("z * 2")

    __rmul__ = __imul__ = __pow__ = __truediv__ = __rtruediv__ = __sub__ = __rsub__ = __neg__ = __mul__

    def _refused(self, example: str) -> NetworkError:
        return NetworkError(
            "a function between layers is called on the whole row, a list of Values: write "
            f"lambda row: [{example} for z in row], for example."
        )


class Step(Module):
    """A function between layers: an operation is applied to each number, any other function to the whole row."""

    name: str

    def __init__(self, function: str | Callable[[Any], Any]) -> None:
        named: tuple[str, Any] = activation_function(function)
        self.name, self._function = named
        self._is_operation = is_known(self.name, self._function)

    def __call__(self, inputs: Any) -> Any:
        if self._function is None:
            return inputs
        if self._is_operation:
            return [self._function(x) for x in row(inputs)]
        return self._function(PassedRow(inputs) if isinstance(inputs, list) else inputs)

    def structure(self) -> Structure:
        return Structure(function=self.name)

    def function_argument(self) -> Any:
        """Return the function as the user gave it; an operation is returned as its name."""
        return self.name if self._is_operation else self._function

    def __repr__(self) -> str:
        return repr(self.name) if self._is_operation else self.name


@public
class Sequential(Module):
    """Layers and functions one after another: each part is called on the result of the part before it.

    `parts` are Modules and functions. An operation, given by its name, such as "relu", or as Value.relu, is applied
    to each number; any other function is called on the whole row. Modules without a name get one by their place,
    layer1 and so on, for their labels; if another part has that name, a later number. Functions and `Dropout` are not
    counted. If the last part returns one Value, in a list or not, so does the model. The model has a length, and
    `model[0]` is its first part.

    Raises NetworkError (a ValueError) if there are no parts, and for a part that is neither Module nor function.

    >>> from nn import Layer
    >>> model = Sequential(Layer(2, 3, rng=0), "tanh", Layer(3, 1, rng=1))
    >>> model, len(model), model[0].neurons[1].w[0].label
    (Sequential(Layer(2, 3, activation='linear'), 'tanh', Layer(3, 1, activation='linear')), 3, 'layer1.neuron2.w[0]')
    >>> model([1.0, -1.0]).label
    'layer2.neuron1.z'
    >>> model.summary()
    layer   inputs × neurons  activation  parameters
    layer1             2 × 3  linear               9
    tanh                      tanh                 0
    layer2             3 × 1  linear               4
    total                                         13
    """

    def __init__(self, *parts: Any) -> None:
        if not parts:
            raise NetworkError('there are no parts: write Sequential(Layer(2, 3), "relu", Layer(3, 1)), for example.')
        self.parts: list[Any] = [_part(part, number) for number, part in enumerate(parts)]
        modules = [part for part in self.parts if not _is_function(part)]
        numbered = {part: number for number, part in reversed([*enumerate(modules, 1)])}
        self._unnamed = _free_names(numbered)
        self.rename("")

    @public
    def rename(self, name: str) -> None:
        """Give the model a name, which the labels of its weights begin with; parts that had a name keep it."""
        self.name: str = checked_name(name)
        for part, own in self._unnamed:
            part.rename(f"{name}.{own}" if name else own)

    @public
    def __call__(self, inputs: Any) -> Any:
        x = inputs
        for part in self.parts:
            x = part(x)
        last = structure_of(self.parts[-1])
        is_row = isinstance(x, list) and not (last and last.states)  # and not the list of a sequence's outputs
        return x[0] if is_row and len(x) == 1 and isinstance(x[0], Value) else x

    @public
    def structure(self) -> Structure:
        """Return the model's Structure: its parts, and the arguments to make it again."""
        arguments = [part.function_argument() if isinstance(part, Step) else part for part in self.parts]
        shared = len({*map(id, self.parts)}) < len(self.parts)  # one like it would have two of the same
        return Structure(arguments=None if shared else arguments, layers=self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.parts)

    @overload
    def __getitem__(self, place: slice) -> Sequential: ...

    @overload
    def __getitem__(self, place: int) -> Any: ...

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return Sequential(*self.parts[place])
        number, count = whole(place), len(self.parts)
        if number is None or not -count <= number < count:
            raise NetworkError(
                f"there is no part {described(place)}: this model has {plural(count, 'part')}, from model[0] to "
                f"model[{count - 1}]."
            )
        return self.parts[number]


def _is_function(part: Module) -> bool:
    """Return whether a part computes something without weights, and so is not counted as a layer."""
    structure = structure_of(part)
    return structure is not None and bool(structure.function) and not structure.units


def _free_names(numbered: Mapping[Any, int]) -> list[tuple[Any, str]]:
    """Return the parts that have no name, with the name of each: by its place, or a later number where that is given.

    `numbered` are the parts and their places.
    """
    unnamed = [part for part in numbered if hasattr(part, "rename") and not part.name]
    kinds = ["layer" if part.structure().is_layer else "part" for part in unnamed]
    taken = [getattr(part, "name", "") for part in numbered if part not in unnamed]
    by_place = [f"{kind}{numbered[part]}" for part, kind in zip(unnamed, kinds)]
    names = list[str]()
    for part, kind, name in zip(unnamed, kinds, by_place):
        later = (f"{kind}{number}" for number in count(numbered[part] + 1))
        free = (other for other in later if other not in [*taken, *by_place, *names])
        names.append(next(free) if name in taken else name)
    return list(zip(unnamed, names))


def _part(part: Any, number: int) -> Module:
    """Return a part as a Module; raise NetworkError if it is neither Module nor function."""
    if isinstance(part, Module):
        return part
    what = f"part {number} is {described(part)}"
    if isinstance(part, type):
        raise NetworkError(f"{what}, and a part is called on a row: give one that is made, such as Layer(2, 3).")
    if isinstance(getattr(part, "__self__", None), Module) or hasattr(part, "parameters"):
        raise NetworkError(f"{what}, whose parameters would not be found: give a Module itself.")
    if isinstance(part, (list, tuple)):
        raise NetworkError(f"{what}: give the parts one by one, Sequential(*parts).")
    if not isinstance(part, str) and not callable(part):
        raise NetworkError(f'{what}, and a part is a Module, such as Layer(2, 3), or a function, such as "relu".')
    return Step(part)

"""Name the parts of a network as textbooks do: x1, h2, w23; and label them so that pictures and walks do so, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

NEURON = re.compile(r"(?:(.*)\.)?neuron(\d+)")  # what a layer calls a neuron in it


def textbook_name(letter: str, *places: int) -> str:
    """Return a letter with its indices. The arguments count from 0, the name from 1, as in textbooks.

    A comma keeps numbers of two digits apart.

    >>> textbook_name("x", 0), textbook_name("w", 1, 2), textbook_name("w", 9, 2), textbook_name("b")
    ('x1', 'w23', 'w10,3', 'b')
    """
    numbers = [str(place + 1) for place in places]
    return letter + ("," if max(map(len, numbers), default=0) > 1 else "").join(numbers)


class NeuronLabels:
    """Labels of the parts of a neuron: paths with places from 0, which a textbook counts from 1.

    `name` is the neuron's; one that a layer gave it also says which neuron of the layer it is.

    >>> labels = NeuronLabels("layer1.neuron3")
    >>> weight = labels.weight(1)
    >>> weight, weight.name, labels.part("h"), labels.part("h").name
    ('layer1.neuron3.w[1]', 'w23', 'layer1.neuron3.h', 'h3')
    """

    def __init__(self, name: str) -> None:
        in_layer = NEURON.fullmatch(name)
        self._before = f"{name}." if name else ""
        self._context = (in_layer[1] or "") if in_layer else name
        self._places = [int(in_layer[2]) - 1] if in_layer else []

    def weight(self, place: int, path: str = "", letter: str = "w", weighs: str = "x") -> Label:
        """Return the label of the weight of an input.

        - `place`: the place of the input, among those whose weights have this `letter`.
        - `path`: what Python reads behind the letter, if that is not the place in brackets.
        - `weighs`: the letter of the inputs; "" for inputs that have other names.
        """
        return Label(
            f"{self._before}{letter}{path or f'[{place}]'}",
            textbook_name(letter, place, *self._places),
            self._context,
            weighs and textbook_name(weighs, place),
        )

    def at(self, place: int, reads: Sequence[int]) -> tuple[Label, Label]:
        """Return the labels of the sum and of the output at one of several positions.

        - `place`: the place of the output in the row that the layer returns.
        - `reads`: the places of the inputs that it reads.
        """
        inputs = " ".join(textbook_name("x", each) for each in reads)
        return (
            Label(f"{self._before}z", textbook_name("z", place), self._context, inputs),
            Label(f"{self._before}h", textbook_name("h", place), self._context),
        )

    def part(self, letter: str) -> Label:
        """Return the label of a part that the neuron has one of: its bias, its sum or its output."""
        return Label(f"{self._before}{letter}", textbook_name(letter, *self._places), self._context)

"""Name nodes as textbooks do in pictures and walks: w23 for the label `neuron3.w[1]`, x2 for the input it weighs."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, cast

from .printer import names, parenthesized

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .value import Value

NUMBERED = re.compile(r"layer\d+")  # what a layer is called that got no name


class Label(str):
    """A label that a model made, and what a textbook calls the node.

    The text is the path that Python code reads, with places from 0. A label that a user assigns is plain text, and
    is shown as it is.

    - `name`: the textbook's name, with places from 1.
    - `context`: the layer that it stands in; empty if there is none.
    - `weighs`: of a weight, the textbook's name of the input that it is multiplied by; of a sum whose weights are at
      several positions, the names of its inputs in their order, with spaces between them.

    >>> label = Label("layer1.neuron3.w[1]", "w23", "layer1", "x2")
    >>> label, label.name
    ('layer1.neuron3.w[1]', 'w23')
    """

    __slots__ = ("context", "name", "weighs")

    name: str
    context: str
    weighs: str

    def __new__(cls, text: str, name: str, context: str = "", weighs: str = "") -> Label:
        label = super().__new__(cls, text)
        label.name, label.context, label.weighs = name, context, weighs
        return label

    def __reduce__(self) -> tuple[type[Label], tuple[str, ...]]:
        return Label, (str(self), self.name, self.context, self.weighs)


class SlopeLabel(Label):
    """A label of a derivative of one node by another, of which a model labelled one at least.

    - `parts`: the labels of both.

    >>> label = SlopeLabel("h", Label("neuron1.w[0]", "w11"))
    >>> label, label.name
    ('dh/dneuron1.w[0]', 'dh/dw11')
    """

    __slots__ = ("parts",)

    parts: tuple[str, str]

    def __new__(cls, output: str, by: str) -> SlopeLabel:
        name = _slope(_called(output, alone=True), _called(by, alone=True))
        label = cast("SlopeLabel", super().__new__(cls, _slope(output, by), name))
        label.parts = output, by
        return label

    def __reduce__(self) -> tuple[type[Label], tuple[str, ...]]:
        return SlopeLabel, self.parts


def array_labels(labels: Iterable[str]) -> list[str]:
    """Return the labels that say what an array is: those that a model made, if there are any.

    A label that a user gave one number of a layer does not say what the others are.

    >>> array_labels(["mine", Label("layer1.neuron1.w[1]", "w21")]), array_labels(["mine", "yours", "mine"])
    (['layer1.neuron1.w[1]'], ['mine', 'yours'])
    """
    distinct = [*dict.fromkeys(labels)]
    return [label for label in distinct if isinstance(label, Label)] or distinct


def slope_label(output: str, by: str) -> str:
    """Return the label of the derivative of a node by another, from their labels; "" if one has none.

    >>> slope_label("y", "x"), slope_label("y", "")
    ('dy/dx', '')
    """
    if not output or not by:
        return ""
    return SlopeLabel(output, by) if isinstance(output, Label) or isinstance(by, Label) else _slope(output, by)


def _slope(output: str, by: str) -> str:
    return f"d{parenthesized(output) if '/' in output else output}/d{by}"


def _called(label: str, alone: bool) -> str:
    """Return what a textbook calls a node of this label; `alone`: without the layer that it stands in."""
    if isinstance(label, SlopeLabel):
        return _slope(_called(label.parts[0], alone), _called(label.parts[1], alone))
    if not isinstance(label, Label):
        return label
    return f"{label.context}.{label.name}" if label.context and not alone else label.name


def _contexts(label: str) -> set[str]:
    """Return the layers that a label names."""
    if isinstance(label, SlopeLabel):
        return set().union(*map(_contexts, label.parts))
    return {label.context} if isinstance(label, Label) else set()


def textbook_labels(order: Iterable[Value]) -> dict[Value, str]:
    """Return what a textbook calls the nodes that a model labelled, and their inputs that have no label.

    Where there are several layers, the layer stands before the name.

    >>> from engine import Value
    >>> from engine.graph import nodes
    >>> w, x = Value(2.0, Label("layer1.neuron3.w[1]", "w23", "layer1", "x2")), Value(3.0)
    >>> list(textbook_labels(nodes(w * x)).values())
    ['w23', 'x2']
    """
    order = list(order)
    labels = {node: label for node in order if isinstance(label := node._label, Label)}
    contexts = set[str]().union(*map(_contexts, labels.values()))
    alone = len(contexts) == 1 and all(map(NUMBERED.fullmatch, contexts))
    called = {node: _called(label, alone) for node, label in labels.items()}
    # Inputs in the order of the sums that they go into, so that those of a first step or row come first; then others.
    sums = [node for node in order if node in labels and node.op and node.op.name == "add"]
    for node in [*sums, *order] if labels else ():
        products = _products(node, labels) if node in labels else [node]
        inputs = labels[node].weighs.split() if node in labels and node.op else []
        for product, read in zip_longest(products, inputs[: len(products)]):
            for weight, factor in _pairs(product):
                if weight in labels and factor.op is None and not factor.label and (read or labels[weight].weighs):
                    called.setdefault(factor, read or labels[weight].weighs)
    return called


def _products(total: Value, labels: Mapping[Value, Label]) -> list[Value]:
    """Return the products that a sum adds up, but for those in a part of it that has a label."""
    products, waiting = [], [total]
    while waiting:
        node = waiting.pop()
        if node.op is not None and node.op.name == "add" and (node is total or node not in labels):
            waiting += node.args[::-1]
        else:
            products.append(node)
    return products


def _pairs(product: Value) -> list[tuple[Value, Value]]:
    """Return the factors of a product both ways round; nothing of another node."""
    if product.op is None or product.op.name != "mul":
        return []
    x, y = product.args
    return [(x, y), (y, x)]


def textbook_names(order: Iterable[Value], called: Mapping[Value, str] | None = None) -> dict[Value, str]:
    """Return what each node goes by in a picture or a walk: as `names` does, but as a textbook calls it.

    `called` is what `textbook_labels` gives for these nodes, if that is known.

    >>> from engine import Value
    >>> from engine.graph import nodes
    >>> w, x = Value(2.0, Label("w[0]", "w1", "", "x1")), Value(3.0, "w1")
    >>> list(textbook_names(nodes(w * x)).values())
    ['w1_2', 'w1', 'v1']
    """
    order = list(order)
    return names(order, textbook_labels(order) if called is None else called)

"""The words of a drawing: what a box says of one node, or of many at once, and what an arrow says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..printer import expression, format_number, plural, printable, span
from .fold import kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..value import Value

NOUNS = {"operation": "node", "parameter": "parameter", "leaf": "leaf", "constant": "constant"}


@dataclass
class NodeLabel:
    """What a box says."""

    kind: str  # operation, parameter, leaf or constant
    name: str
    labeled: bool  # somebody gave it its name
    symbols: list[str]  # of the operation; of a folded sum, then of its activation
    notes: list[str] = field(default_factory=list)  # what a fold put together
    data: str = ""
    grad: str = ""
    rule: str = ""  # how one node was made
    many: bool = False  # it speaks of several results
    neurons: int = 0

    def __str__(self) -> str:
        """All of it on one line."""
        head = " = ".join(
            filter(None, [printable(self.name, 80), printable(self.rule or " ".join(self.symbols), 80)])
        )
        numbers = [f"{what} {text}" for what, text in (("data", self.data), ("grad", self.grad)) if text]
        return ", ".join(filter(None, [head, *map(printable, self.notes), *numbers]))


def node_label(members: Sequence[Value], results: Sequence[Value], named: Mapping[Value, str]) -> NodeLabel:
    """What the box of these nodes says; results are those of them that other boxes use."""
    last, labels = results[-1], [node.label for node in results]
    grads = [node.grad for node in results if node.grad is not None]
    made = NodeLabel(kind(last), named[last], bool(last.label), [last.op.symbol] if last.op else [])
    made.data, made.grad = span(node.data for node in results), span(grads) if grads else ""
    if len(results) > 1:
        made.many, made.name, made.labeled = True, pattern(labels), all(labels)
        made.notes = [plural(len(results), NOUNS[made.kind])]
    elif (not last.requires_grad) and not last.label:
        made.data = ""  # it goes by its number
    elif last.op and len(members) == 1:
        made.rule = expression(last, named)
    if len(members) > len(results):
        made.symbols = ["Σ", *(made.symbols if last.op.name != "add" else [])]
        _tell_sums(made, members, len(results), named)
    return made


def _tell_sums(made: NodeLabel, members: Sequence[Value], results: int, named: Mapping[Value, str]) -> None:
    """What folded sums add up: spelled out if that is short, else counted."""
    inside, products, spelled = set(members), [], []
    for node in members:
        for arg in node.args if node.op.name == "add" else ():
            if arg not in inside:
                spelled.append(named[arg])
            elif arg.op.name == "mul":
                products.append(arg)
                spelled.append("·".join(named[factor] for factor in arg.args))
    counts = (len(products) // results, "product"), ((len(spelled) - len(products)) // results, "term")
    note = " + ".join(plural(many, what) for many, what in counts if many)
    made.neurons = neurons(products, results)
    if results > 1:
        samples = f" × {plural(results // made.neurons, 'sample')}" if results > made.neurons > 0 else ""
        made.notes = [plural(made.neurons or results, "neuron" if made.neurons else "sum") + samples, f"{note} each"]
        made.name = made.name.partition("..")[0].rpartition(".")[0] or made.name  # layer1.neuron1..16.h: layer1
    else:
        text = " + ".join(spelled[:5])
        made.notes = [text if len(spelled) < 5 and len(text) < 32 else note]


def neurons(products: Sequence[Value], results: int) -> int:
    """How many neurons made these results, fewer than the results for many samples; 0 if they are no neurons.

    A neuron is a sum of products, one side of each a parameter: it has as many of them as products.
    """
    for side in (0, 1) if not any(node.args[0] is node.args[1] for node in products) else ():
        weights = {node.args[side] for node in products}
        if weights and all(kind(weight) in ("parameter", "leaf") for weight in weights):
            found, left = divmod(len(weights) * results, len(products))
            if found and not left and not results % found:
                return found
    return 0


def pattern(labels: Sequence[str]) -> str:
    """One name for labels that differ in nothing but their numbers, else "".

    >>> pattern(["w[0]", "w[1]", "w[2]"]), pattern(["layer1.b", "layer2.b"]), pattern(["a", "b"])
    ('w[0..2]', 'layer1..2.b', '')
    """
    split = [re.split(r"(\d+)", label) for label in dict.fromkeys(labels)]
    if any(len(pieces) != len(split[0]) or pieces[::2] != split[0][::2] for pieces in split):
        return ""
    columns = [sorted(set(column), key=lambda digits: (len(digits), digits)) for column in zip(*split)]
    return "".join(column[0] if len(column) == 1 else f"{column[0]}..{column[-1]}" for column in columns)


def derivative_text(head: Value, index: int, result: Value, named: Mapping[Value, str]) -> str:
    """What an edge multiplies a gradient by, in names and as a number: 'dd/da = b = -3.0'. Constants have none.

    `result` is the node that the edge is drawn to: the head, or the folded sum that the head is a part of.
    """
    if not head.args[index].requires_grad:
        return ""
    names = [_in_brackets(printable(named[node], 16)) for node in (*head.args, head, result)]
    rule = head.op.substitute(head.op.partials[index], *names[:-2], z=names[-2])
    try:
        value = format_number(head.op.slopes[index](*(arg.data for arg in head.args), z=head.data))
    except (ArithmeticError, ValueError):
        value = "not finite"
    middle = "" if re.fullmatch(r"-?[\d.]+", rule) or len(rule) > 32 else f" = {rule}"
    twice = f" (edge {index + 1} of {len(head.args)})" if head.args.count(head.args[index]) > 1 else ""
    return f"d{names[-1]}/d{names[index]}{middle} = {value}{twice}"


def _in_brackets(name: str) -> str:
    return name if re.fullmatch(r"[\w.\[\]]+", name) else f"({name})"

"""The words of a drawing: what a box says of one node, or of many at once, and what an arrow says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..names import expression, is_constant, number
from ..ops import substitute
from .fold import kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..value import Value

NOT_PRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
NOUNS = {"operation": "nodes", "parameter": "parameters", "leaf": "leaves", "constant": "constants"}


@dataclass
class Caption:
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
        head = " = ".join(filter(None, [shown(self.name, 80), shown(self.rule or " ".join(self.symbols), 80)]))
        numbers = [f"{what} {text}" for what, text in (("data", self.data), ("grad", self.grad)) if text]
        return ", ".join(filter(None, [head, *map(shown, self.notes), *numbers]))


def caption(members: Sequence[Value], results: Sequence[Value], named: Mapping[Value, str]) -> Caption:
    """What the box of these nodes says; results are those of them that other boxes use."""
    last, labels = results[-1], [node.label for node in results]
    grads = [node.grad for node in results if node.grad is not None]
    made = Caption(kind(last), named[last], bool(last.label), [last.op.symbol] if last.op else [])
    made.data, made.grad = span(node.data for node in results), span(grads) if grads else ""
    if len(results) > 1:
        made.many, made.name, made.labeled = True, pattern(labels), all(labels)
        made.notes = [count(len(results), NOUNS[made.kind])]
    elif is_constant(last) and not last.label:
        made.data = ""  # it goes by its number
    elif last.op and len(members) == 1:
        made.rule = expression(last, named)
    if len(members) > len(results):
        made.symbols = ["Σ", *(made.symbols if last.op.name != "add" else [])]
        _tell_sums(made, members, len(results), named)
    return made


def _tell_sums(made: Caption, members: Sequence[Value], results: int, named: Mapping[Value, str]) -> None:
    """What folded sums add up: spelled out if that is short, else counted."""
    inside, products, spelled = set(members), [], []
    for node in members:
        for arg in node.args if node.op.name == "add" else ():
            if arg not in inside:
                spelled.append(named[arg])
            elif arg.op.name == "mul":
                products.append(arg)
                spelled.append("·".join(named[factor] for factor in arg.args))
    counts = (len(products) // results, "products"), ((len(spelled) - len(products)) // results, "terms")
    note = " + ".join(count(many, what) for many, what in counts if many)
    made.neurons = neurons(products, results)
    if results > 1:
        samples = f" × {count(results // made.neurons, 'samples')}" if results > made.neurons > 0 else ""
        made.notes = [count(made.neurons or results, "neurons" if made.neurons else "sums") + samples, f"{note} each"]
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


def shown(text: str, longest: int = 32) -> str:
    """A text on one line, shortened with …, without characters that XML forbids or that reverse a line.

    >>> shown("two\\nlines"), shown("a\\0b"), shown("x" * 99, 8)
    ('two lines', 'a�b', 'xxxxxxx…')
    """
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return NOT_PRINTABLE.sub("\ufffd", re.sub(r"\s", " ", text))


def span(numbers: Iterable[float]) -> str:
    """One number, or the lowest and the highest of many.

    >>> span([2.0]), span([3.0, -1.0, 2.0])
    ('2.0', '-1.0 to 3.0')
    """
    numbers = list(numbers)
    low, high = number(min(numbers)), number(max(numbers))
    return low if low == high else f"{low} to {high}"


def count(many: int, things: str) -> str:
    """A count with its noun.

    >>> count(1, "leaves"), count(2000, "neurons")
    ('1 leaf', '2,000 neurons')
    """
    one = {"leaves": "leaf"}.get(things, things.removesuffix("s"))
    return f"{many:,} {one if many == 1 else things}"


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


def local_derivative(head: Value, index: int, result: Value, named: Mapping[Value, str]) -> str:
    """What an edge multiplies a gradient by, in names and as a number: 'dd/da = b = -3.0'. Constants have none.

    `result` is the node that the edge is drawn to: the head, or the folded sum that the head is a part of.
    """
    if is_constant(head.args[index]):
        return ""
    names = [_factor(shown(named[node], 16)) for node in (*head.args, head, result)]
    rule = substitute(head.op.partials[index], *names[:-2], z=names[-2])
    try:
        value = number(head.op.slopes[index](*(arg.data for arg in head.args), z=head.data))
    except (ArithmeticError, ValueError):
        value = "not finite"
    middle = "" if re.fullmatch(r"-?[\d.]+", rule) or len(rule) > 32 else f" = {rule}"
    twice = f" (edge {index + 1} of 2)" if head.args.count(head.args[index]) > 1 else ""
    return f"d{names[-1]}/d{names[index]}{middle} = {value}{twice}"


def _factor(name: str) -> str:
    return name if re.fullmatch(r"[\w.\[\]]+", name) else f"({name})"

"""The words of a drawing: what a box says of one node, or of many at once, and what an arrow says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ..ops import OPERATORS
from ..printer import expression, format_number, label_stems, plural, printable, slope_formula, span, true_minus
from .fold import is_number, kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..value import Value

MOST_LISTED, LONGEST_LIST = 3, 30  # names in a row, and their characters
TABLE_ROWS = 5  # of a neuron's table, for its products
NOUNS = {"operation": "node", "parameter": "parameter", "leaf": "leaf", "constant": "constant", "outside": "value"}


class Row(NamedTuple):
    """A row of a neuron's table: a weight, what it is multiplied by, and what that gives."""

    name: str
    data: str
    factor: str
    product: str
    grad: str


@dataclass
class NodeLabel:
    """What a box says."""

    kind: str  # operation, parameter, leaf, constant, outside or block
    name: str
    labeled: bool  # somebody gave it its name
    symbols: list[str]  # of the operation; of a folded sum, then of its activation
    notes: list[str] = field(default_factory=list)  # what a fold put together
    data: str = ""
    grad: str = ""
    rule: str = ""  # how one node was made
    many: bool = False  # it speaks of several results
    stacked: bool = False  # ... of several at once
    turns: int = 1  # of its loop
    neurons: int = 0
    table: list[Row] = field(default_factory=list)  # of a neuron: its products, its other terms, its result

    def __str__(self) -> str:
        """All of it on one line."""
        head = " = ".join(
            filter(None, [printable(self.name, 80), printable(self.rule or " ".join(self.symbols), 80)])
        )
        numbers = [f"{what} {text}" for what, text in (("data", self.data), ("grad", self.grad)) if text]
        return ", ".join(filter(None, [head, *map(printable, self.notes), *numbers]))


def node_label(
    members: Sequence[Value],
    results: Sequence[Value],
    named: Mapping[Value, str],
    called: Mapping[Value, str],
    turns: int = 1,
    short: bool = False,
) -> NodeLabel:
    """Return what the box of these nodes says; results are those of them that other boxes use, in their order.

    `called` are the nodes that go by another label than their own. `turns` is how often its loop runs; a `short`
    label leaves out names that nobody gave.
    """
    last, labels = results[-1], [called.get(node, node._label) for node in results]
    grads = [node._grad for node in results if node._grad is not None]
    made = NodeLabel(kind(last), named[last], bool(labels[-1]), [last.op.symbol] if last.op else [])
    made.turns, made.stacked = turns, len(results) > turns
    between = first_to_last if 1 < len(results) <= turns else span
    made.data = true_minus(between([node._data for node in results]))
    made.grad = true_minus(between(grads)) if grads else ""
    operations = [node for node in members if node._op_row is not None]
    leaves = [node for node in members if node._op_row is None] if last.op else []
    constants = [*filter(is_number, leaves)]
    if len(results) > 1:
        made.many, made.name, made.labeled = True, pattern(labels), all(labels)
        if not made.name and all(labels):
            made.name = _listed(sorted(label_stems(node.label or called[node] for node in results)))
        if made.stacked:
            per_turn = len(results) // turns
            made.notes = [plural(per_turn, NOUNS[made.kind]) + " a step" * (turns > 1)]
    elif is_number(last) and last not in called:
        made.name, made.data = true_minus(made.name), ""  # it goes by its number
    elif last.op and len(operations) == 1:
        made.rule = "" if short else true_minus(expression(last, named))
    if short and len(results) == 1 and not labels[-1] and last.requires_grad:
        made.name = ""
    if len(operations) > len(results):
        made.symbols = ["Σ", *(made.symbols if last.op.name != "add" else [])]
        _tell_sums(made, operations, len(results), {} if short else named)
        made.notes += constants_of_sums(operations, constants)
        if len(leaves) > len(constants):
            made.table, made.notes = neuron_table(members, operations, named), []
            made.name = last.label.rpartition(".")[0] or made.name
    elif constants:
        made.symbols = [with_constants(last, constants)]
    if made.kind == "outside":
        made.notes.append("from outside")
    return made


def block_label(members: Sequence[Value], results: Sequence[Value], taken: Sequence[str]) -> NodeLabel:
    """Return what a block says: the parameters in it or used by it, its nodes and operations, and its results.

    `taken` are the names of the blocks before it.
    """
    made = NodeLabel("block", "", True, [])
    name = block_name(members)
    numbered = sum(other == name or other.startswith(f"{name} (") for other in taken)
    made.name = f"{name} ({numbered + 1})" if name and numbered else name or f"block {len(taken) + 1}"
    often = Counter(node.op.symbol for node in members if node.op).most_common(3)
    made.notes = [plural(len(members), "node"), ", ".join(f"{count:,} {symbol}" for symbol, count in often)]
    grads = [node.grad for node in results if node.grad is not None]
    made.data = true_minus(span(node.data for node in results))
    made.grad = true_minus(span(grads)) if grads else ""
    made.many = True
    return made


def block_name(members: Sequence[Value]) -> str:
    """Return the labels of the leaves in a block, else of those that it uses; of many, their layers."""
    own = [node.label for node in members if node._op_row is None and node.label]
    used = (arg.label for node in members for arg in node.args if arg._op_row is None and arg.label)
    stems = sorted(label_stems(own or [*dict.fromkeys(used)]))
    layers = [*dict.fromkeys(stem.rpartition(".")[0] for stem in stems)]
    return _listed(stems) or (_listed(layers) if all(layers) else "")


def first_to_last(numbers: Sequence[float]) -> str:
    """Return the first and the last of some numbers, or the one that all are.

    >>> first_to_last([2.0, 3.0, 1.0]), first_to_last([2.0, 2.0])
    ('2.0 → 1.0', '2.0')
    """
    texts = [format_number(number) for number in (numbers[0], numbers[-1])]
    return texts[0] if len({*numbers}) == 1 else " → ".join(texts)


def _listed(stems: Sequence[str]) -> str:
    """Return a few names in a row, and nothing for many."""
    text = ", ".join(stems)
    return text if len(stems) <= MOST_LISTED and len(text) <= LONGEST_LIST else ""


def with_constants(node: Value, constants: Sequence[Value]) -> str:
    """Return the symbol of an operation with the constants that are folded into its box, as × 0.01 or ^ 2."""
    number = true_minus(span(constant.data for constant in constants)).removesuffix(".0")
    if node.op.name not in OPERATORS:
        return f"{node.op.symbol}({number}, ·)" if is_number(node.args[0]) else f"{node.op.symbol}(·, {number})"
    number = as_operand(number)
    return f"{number} {node.op.symbol}" if is_number(node.args[0]) else f"{node.op.symbol} {number}"


def as_operand(number: str) -> str:
    """Return a number, or the lowest and the highest, as one side of an operator.

    >>> as_operand("2"), as_operand("1 to 2")
    ('2', '(1 to 2)')
    """
    return f"({number})" if number.startswith("\N{MINUS SIGN}") or " " in number else number


def constants_of_sums(operations: Sequence[Value], constants: Sequence[Value]) -> list[str]:
    """Return a note of the constants that are folded into a box of sums: × 1.01, + 0.1. None where there are none."""
    inside = set(constants)
    numbers: dict[str, set[float]] = {}
    for node in operations if inside else ():
        for arg in node.args:
            if arg._op_row is None and arg in inside:
                numbers.setdefault(node.op.symbol, set()).add(arg._data)
    texts = [f"{symbol} {as_operand(true_minus(span(several)))}" for symbol, several in numbers.items()]
    return [", ".join(texts)] if texts else []


def neuron_table(members: Sequence[Value], operations: Sequence[Value], named: Mapping[Value, str]) -> list[Row]:
    """Return the rows of a neuron: a product a row, then its other terms, then its result."""
    inside, last = set(members), operations[-1]
    context = named[last].rpartition(".")[0]

    def short(node: Value) -> str:
        return named[node].removeprefix(f"{context}.") if context else named[node]

    products, terms = [], []
    for node in operations:
        if node.op.name == "mul" and node is not last:
            weight, factor = node.args if node.args[0] in inside else node.args[::-1]
            products.append(_table_row(short(weight), weight, f"× {named[factor]}", node.data, weight in inside))
        elif node.op.name == "add":
            terms += [arg for arg in node.args if arg.op is None or arg not in inside]
    others = [_table_row(short(term), term, "", None, term in inside) for term in terms]
    return [*_shortened(products), *_shortened(others), _table_row(short(last), last, "", None, True)]


def _table_row(name: str, node: Value, factor: str, product: float | None, grad: bool) -> Row:
    derived = format_number(node.grad) if grad and node.grad is not None else ""
    result = "" if product is None else f"= {format_number(product)}"
    return Row(name, true_minus(format_number(node.data)), factor, true_minus(result), true_minus(derived))


def _shortened(rows: list[Row]) -> list[Row]:
    """Return at most TABLE_ROWS rows: of more, the first and the last ones."""
    if len(rows) <= TABLE_ROWS:
        return rows
    return [*rows[:2], Row(f"… {len(rows) - 4:,} more", "", "", "", ""), *rows[-2:]]


def _tell_sums(made: NodeLabel, members: Sequence[Value], results: int, named: Mapping[Value, str]) -> None:
    """What folded sums add up: spelled out if that is short, else counted."""
    inside = set(members)
    products: list[Value] = []
    terms: list[Value] = []
    for node in members:
        for arg in node.args if node._op_row.name == "add" else ():
            if arg not in inside:
                terms.append(arg)
            elif arg._op_row.name == "mul":
                products.append(arg)
    counts = (len(products) // results, "product"), (len(terms) // results, "term")
    note = " + ".join(plural(many, what) for many, what in counts if many)
    made.neurons = min(
        neuron_count(products, results), results // made.turns
    )  # of one step, whosever weights they have
    rows = results // made.turns
    if rows > 1:
        samples = f" × {plural(rows // made.neurons, 'sample')}" if rows > made.neurons > 0 else ""
        what = plural(made.neurons or rows, "neuron" if made.neurons else "sum") + samples
        made.notes = [what, f"{note} each"]
        made.name = made.name.partition("..")[0].rpartition(".")[0] or made.name  # layer1.neuron1..16.h: layer1
    elif results > 1:
        made.notes = [note]
    else:
        text = _sum_text(members, inside, named) if len(products) + len(terms) < 5 else ""
        made.notes = [text if 0 < len(text) < 32 else note]


def _sum_text(members: Sequence[Value], inside: set[Value], named: Mapping[Value, str]) -> str:
    """Return a sum of a few terms as a person writes it; "" if one of them has neither a name nor a label."""

    def name(node: Value) -> str:
        return named.get(node) or node.label

    terms = []
    for node in members:
        for arg in node.args if node.op.name == "add" else ():
            if arg not in inside:
                terms.append([name(arg)])
            elif arg.op.name == "mul":
                terms.append([name(factor) for factor in arg.args])
    return " + ".join("·".join(factors) for factors in terms) if all(map(all, terms)) else ""


def neuron_count(products: Sequence[Value], results: int) -> int:
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
    exponent = head.args[1].data if head.op.name == "pow" and is_number(head.args[1]) else None
    rule = head.op.substitute(slope_formula(head.op, index, exponent), *names[:-2], z=names[-2])
    rule = f"({rule})" if " if " in rule else rule
    try:
        value = format_number(head.op.slopes[index](*(arg.data for arg in head.args), z=head.data))
    except (ArithmeticError, ValueError):
        value = "not finite"
    middle = "" if re.fullmatch(r"-?[\d.]+", rule) or len(rule) > 32 else f" = {rule}"
    twice = f" (edge {index + 1} of {len(head.args)})" if head.args.count(head.args[index]) > 1 else ""
    return true_minus(f"d{names[-1]}/d{names[index]}{middle} = {value}{twice}")


def _in_brackets(name: str) -> str:
    return name if re.fullmatch(r"[\w.\[\]]+", name) else f"({name})"

"""Text for numbers, nodes and expressions: the one place that decides how they are written."""

from __future__ import annotations

import re
from itertools import chain, count
from math import floor, isfinite, log10
from typing import TYPE_CHECKING

from .ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from .ops import Op
    from .value import Value


def format_number(value: float, digits: int = 4) -> str:
    """Return a number as short text for people.

    It has `digits` significant digits, and seven from 1,000 on, so that close numbers look different. It ends with
    .0 only if that is the number rounded to one decimal. -0.0 becomes 0.0.

    >>> format_number(6.0), format_number(1 / 3), format_number(-2e-9), format_number(12345678.0)
    ('6.0', '0.3333', '-2e-09', '1.234568e+07')
    >>> format_number(1234.5678), format_number(1234.0), format_number(1234567.8)
    ('1234.568', '1234.0', '1234567.8')
    """
    value += 0.0
    text = f"{value:.{max(digits, 7) if abs(value) >= 1000 else digits}g}"
    if any(mark in text for mark in ".einf"):
        return text
    if abs(float(text) - value) < 0.05:
        return f"{text}.0"
    return f"{value:.{len(text.lstrip('-')) + 1}g}"  # one decimal more, as .0 would be wrong


def written_alike(value: float) -> tuple[float, float]:
    """Return the lowest and the highest number that format_number writes as it writes this one.

    >>> low, high = written_alike(1 / 3)
    >>> format_number(low * 1.000001), format_number(high * 0.999999)
    ('0.3333', '0.3333')
    >>> written_alike(0.0)
    (0.0, 0.0)
    """
    if not value or not isfinite(value):
        return value, value
    text = format_number(value)
    mantissa = text.partition("e")[0].replace(".", "").lstrip("-0")
    digits = max(7 if abs(value) >= 1000 else 4, len(mantissa))
    half = 0.5 * 10.0 ** (floor(log10(abs(value))) - digits + 1)
    return min(float(text) - half, value), max(float(text) + half, value)


def parenthesized(name: str) -> str:
    """Return a name as a part of a formula: in parentheses if it holds an operator.

    >>> parenthesized("w"), parenthesized("-3.0"), parenthesized("2e-05"), parenthesized("a + b")
    ('w', '(-3.0)', '2e-05', '(a + b)')
    """
    return f"({name})" if re.search(r"[-+*/<>=, ]", name) and not re.fullmatch(r"[\d.]+e[-+]\d+", name) else name


def shorten_numbers(formula: str) -> str:
    """Return a formula whose long numbers are short.

    >>> shorten_numbers("0.5 * (1 + erf(0.7071067811865476 * x))")
    '0.5 * (1 + erf(0.7071 * x))'
    """
    return re.sub(r"\d+\.\d{5,}", lambda digits: format_number(float(digits[0])), formula)


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, such as 1 leaf or 2,000 nodes.

    >>> plural(1, "leaf"), plural(2000, "neuron"), plural(2, "more leaf")
    ('1 leaf', '2,000 neurons', '2 more leaves')
    """
    irregular = {"leaf": "leaves", "box": "boxes", "axis": "axes"}
    before, space, last = noun.rpartition(" ")
    return f"{count:,} {noun if count == 1 else before + space + irregular.get(last, last + 's')}"


def span(numbers: Iterable[float]) -> str:
    """Return one number, or the lowest and the highest of many.

    >>> span([2.0]), span([3.0, -1.0, 2.0])
    ('2.0', '-1.0 to 3.0')
    """
    numbers = list(numbers)
    low, high = format_number(min(numbers)), format_number(max(numbers))
    return low if low == high else f"{low} to {high}"


NOT_PRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def printable(text: str, longest: int = 32) -> str:
    """Return a text on one line, shortened with …, without characters that XML forbids or that reverse a line.

    >>> printable("two\\nlines"), printable("a\\0b"), printable("x" * 99, 8)
    ('two lines', 'a\N{REPLACEMENT CHARACTER}b', 'xxxxxxx…')
    """
    text = text if len(text) <= longest else text[: longest - 1] + "…"
    return NOT_PRINTABLE.sub("\ufffd", re.sub(r"\s", " ", text))


def names(order: Iterable[Value]) -> dict[Value, str]:
    """Return a name for each node: its label, a constant's number, else v1, v2, ... in order.

    A label that is used again gets a count, such as a_2. So a name that is not a number belongs to one node only.

    >>> from engine import Value
    >>> from engine.graph import nodes
    >>> a = Value(2.0, "a")
    >>> list(names(nodes(a * 3.0 + Value(1.0, "a"))).values())
    ['a', '3.0', 'v1', 'a_2', 'v2']
    """
    order = list(order)
    taken = {node.label for node in order}
    counts: dict[str, Iterator[int]] = {"": count(1)}  # the next count for nodes without a label, and for each label
    named: dict[Value, str] = {}
    for node in order:
        label = node.label
        if label and label not in counts:
            named[node], counts[label] = label, count(2)
        elif label or node.requires_grad:
            stem = f"{label}_" if label else "v"
            named[node] = next(name for name in (f"{stem}{index}" for index in counts[label]) if name not in taken)
            taken.add(named[node])
        else:
            named[node] = format_number(node.data, 6)
    return named


def expression(node: Value, named: Mapping[Value, str] | None = None, depth: int = 2) -> str:
    """Return the expression of a node, in the names of other nodes, or written out `depth` operations deep.

    >>> from engine import Value
    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> expression((a + b) * a)
    '(a + b) * a'
    """
    return spelled(node.op, node.args, named, depth) if node.op else name_of(node, named)


def spelled(op: Op, args: Iterable[Value], named: Mapping[Value, str] | None = None, depth: int = 2) -> str:
    """Return an operation on nodes as a person writes it, with parentheses where they are needed."""
    return op.spell(*(_argument(arg, named, depth - 1, op.name in OPERATORS) for arg in args))


def _argument(node: Value, named: Mapping[Value, str] | None, depth: int, in_operator: bool) -> str:
    if node.op is None or node.label or node in (named or {}) or depth < 1:
        text = name_of(node, named)
        return f"({text})" if in_operator and text.startswith("-") else text
    text = expression(node, named, depth)
    return f"({text})" if in_operator and node.op.name in OPERATORS else text


def free_letters(names: Iterable[str], letters: Sequence[str] = "xy") -> tuple[str, ...]:
    """Return letters for the arguments of a rule, and last for its result, that do not occur in these names.

    `letters` are those of the row, which are preferred.

    >>> free_letters(["a", "b"]), free_letters(["x[0]", "w"])
    (('x', 'y', 'z'), ('p', 'q', 'r'))
    >>> free_letters(["x"], ["x", "low", "high"])
    ('p', 'q', 'r', 's')
    """
    taken = {word for name in names for word in re.findall(r"[^\W\d]\w*", name)}
    own, arity, last = (*letters, "z"), len(letters), max(len(letters), 2)
    runs = ((*run[:arity], run[last]) for run in ("pqrst", "uvw", "fghijk") if len(run) > last)
    numbered = (tuple(f"{letter}{n}" for letter in own) for n in count(1))
    return next(each for each in chain([own], runs, numbered) if not taken.intersection(each))


def name_of(node: Value, named: Mapping[Value, str] | None = None) -> str:
    """Return a node's name, else its label, else its number."""
    return (named or {}).get(node) or node.label or format_number(node.data)


def label_stems(labels: Iterable[str]) -> list[str]:
    """Return the labels without neuron numbers and indices: the names of the arrays that hold the parameters.

    >>> label_stems(["layer1.neuron1.w[0]", "layer1.neuron2.w[0]", "wte[0][3]"])
    ['layer1.w', 'wte']
    """
    return sorted({re.sub(r"\[.*?\]|\.neuron\d+", "", label) for label in labels})


def array_name(labels: Iterable[str], rank: int, taken: Container[str]) -> str:
    """Return a name for an array of parameters: W1 for layer1.neuron2.w[0], ..., their common label, or W1, b1, ...

    >>> array_name(["layer1.neuron1.w[0]", "layer1.neuron1.w[1]"], 2, ()), array_name(["wte[0][3]"], 2, ())
    ('W1', 'wte')
    """
    stems = label_stems(labels)
    stem = "_".join(stems) if len(stems) <= 3 else ""
    layer = re.fullmatch(r"\D+(\d+)\.(\w)", stem)
    name = f"{layer[2].upper() if rank > 1 else layer[2]}{layer[1]}" if layer else stem.replace(".", "_")
    # Names that a program gives to its other arrays and to their gradients.
    reserved = re.fullmatch(r"[ghijvz]\d+" if layer else r"d?\w\d*", name)
    if name.isidentifier() and name not in taken and not reserved:
        return name
    return next(name for name in (f"{'sbWT'[min(rank, 3)]}{index}" for index in count(1)) if name not in taken)

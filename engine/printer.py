"""Text for numbers, nodes and expressions: the one place that decides how they are written."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import chain, count, islice
from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from .ops import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from .ops import Op
    from .value import Value


def format_number(value: float, digits: int = 4) -> str:
    """Return a number as short text for people.

    It has `digits` significant digits, and seven from 1,000 on, so that close numbers look different. It ends with
    .0 only if that is the number rounded to one decimal. -0.0 becomes 0.0.

    - `value`: the number, a float.

    Raises TypeError for what is not a number.

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


def true_minus(text: str) -> str:
    """Return a text with true minus signs in its negative numbers and exponents, for what is looked at.

    Pictures, films and pages write numbers and derivatives so, and their scripts do, see `trueMinus` in printer.js.
    What is copied into Python keeps the hyphen: all that a prompt prints, the expression that made a node, source
    lines, and errors. What is typed may have either.

    >>> true_minus("dd/da = b = -3.0, x-1, 2e-05, a * (-0.5)")
    'dd/da = b = −3.0, x-1, 2e−05, a * (−0.5)'
    """
    return re.sub(r"(?<![\w.\])])-(?=\d|inf)|(?<=\de)-(?=\d)", "\N{MINUS SIGN}", text)


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
    return f"({name})" if re.search(r"[-−+*/<>=, ]", name) and not re.fullmatch(r"[\d.]+e[-−+]\d+", name) else name


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


def names(order: Iterable[Value], called: Mapping[Value, str] | None = None) -> dict[Value, str]:
    """Return a name for each node: its label, a constant's number, else v1, v2, ... in order.

    A label that is used again gets a count, such as a_2. So a name that is not a number belongs to one node only.
    `called` has other labels for some nodes, in the order in which equal ones are counted; a node whose own label is
    the same comes first.

    >>> from engine import Value
    >>> from engine.graph import nodes
    >>> a = Value(2.0, "a")
    >>> list(names(nodes(a * 3.0 + Value(1.0, "a"))).values())
    ['a', '3.0', 'v1', 'a_2', 'v2']
    """
    order, called = list(order), called or {}
    own = {node.label for node in order if node not in called} - {""}
    taken = {*own, *called.values()}
    given: set[str] = set()  # labels that a node has as they are
    counts: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(2))  # of each label that is used again
    free = made_up(taken)
    named: dict[Value, str] = {}
    for node in [*called, *(node for node in order if node not in called)]:
        label = called.get(node, node.label)
        if label and label not in given and (label not in own or node not in called):
            named[node] = label
            given.add(label)
        elif label:
            named[node] = next(name for name in (f"{label}_{index}" for index in counts[label]) if name not in taken)
            taken.add(named[node])
        elif node.requires_grad:
            named[node] = next(free)
        else:
            named[node] = number_as_name(node)
    return {node: named[node] for node in order} if called else named


def made_up(taken: Container[str]) -> Iterator[str]:
    """Yield the names of nodes without a label, in order: v1, v2, ..., but for names that are taken."""
    return (name for name in map("v{}".format, count(1)) if name not in taken)


def number_as_name(node: Value) -> str:
    """Return the name of a constant without a label."""
    return format_number(node.data, 6)


class NamesWhenRead(dict["Value", str]):
    """The names of nodes, as `names` gives them; of a node without a label, made when it is first read.

    So a picture of a million nodes needs the names of those that it shows only.
    """

    def __init__(self, order: Sequence[Value], called: Mapping[Value, str]) -> None:
        labelled = [node for node in order if node._label or node in called]
        super().__init__(names(labelled, called))
        taken = {*called.values(), *(node.label for node in labelled if node not in called)}
        self._free = made_up(taken)
        self._made: list[str] = []  # the names made up, as far as they were read
        self._ranks: dict[Value, int] = {}  # of the nodes without a label, how many come before; -1 for a constant
        rank = 0
        for node in order:
            if node._label or node in called:
                continue
            if node._grad is not None:
                self._ranks[node] = rank
                rank += 1
            else:
                self._ranks[node] = -1

    def __missing__(self, node: Value) -> str:
        rank = self._ranks[node]
        if rank < 0:
            self[node] = number_as_name(node)
        else:
            self._made += islice(self._free, max(0, rank + 1 - len(self._made)))
            self[node] = self._made[rank]
        return self[node]

    def __contains__(self, node: object) -> bool:
        return super().__contains__(node) or node in self._ranks

    def get(self, node: Value, default: Any = None) -> Any:
        """Return the name of a node, or the default for one that is not in the graph."""
        if node not in self:
            return default
        return self[node]


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


BINDING = {"add": 1, "sub": 1, "mul": 2, "div": 2, "neg": 3, "pow": 4}  # how strongly an operator holds its arguments
MOST_NESTED = 80  # operations that one expression spells out one inside another


def whole_expression(root: Value, named: Mapping[Value, str], longest: int = 100) -> str:
    """Return how a node was made out of leaves, with no more parentheses than are needed.

    Where that is longer than `longest` characters, nodes with a label go by it, and as many others as there must.

    >>> from engine import Value
    >>> w, x, b = Value(2.0, "w"), Value(3.0, "x"), Value(1.0, "b")
    >>> h = (w * x + b).tanh()
    >>> whole_expression(h, {w: "w", x: "x", b: "b"}), whole_expression((w + x) * (w - (x - b)), {})
    ('tanh(w * x + b)', '(w + x) * (w - (x - b))')
    """
    text = ""
    for labels in False, True:
        text = _spelled_out(root, named, 1, labels)
        for depth in range(2, MOST_NESTED):
            deeper = _spelled_out(root, named, depth, labels)
            if deeper == text:
                return text
            if len(deeper) > longest:
                break
            text = deeper
    return text


def _spelled_out(node: Value, named: Mapping[Value, str], depth: int, labels: bool) -> str:
    """Return a node's operation as text, its arguments spelled out to a depth of `depth` operations.

    With `labels`, an argument that has a label is not spelled out.
    """

    def whole(arg: Value) -> bool:
        return arg.op is not None and depth > 1 and not (labels and arg.label)

    if node.op is None:
        return name_of(node, named)
    texts = []
    for place, arg in enumerate(node.args):
        text = _spelled_out(arg, named, depth - 1, labels) if whole(arg) else name_of(arg, named)
        if node.op.name in OPERATORS and not whole(arg):
            text = parenthesized(text)
        elif node.op.name in OPERATORS and _needs_parentheses(node.op.name, arg.op.name, place):
            text = f"({text})"
        texts.append(text)
    return str(node.op.spell(*texts))


def _needs_parentheses(outer: str, inner: str, place: int) -> bool:
    """Return whether an operation stands in parentheses as argument number `place` of an operator."""
    if inner not in BINDING:  # a function has its own
        return False
    if place == 0 and outer not in ("pow", "neg"):
        return BINDING[inner] < BINDING[outer]
    return inner == "neg" or BINDING[inner] <= BINDING[outer]


NAME = r"[^\W\d][\w.]*(?:\[\d+\])?"
SUM_OF_PRODUCTS = re.compile(
    rf"(?<![*/-] )(?<![\w.\]-])({NAME} \* {NAME}(?: \+ {NAME} \* {NAME})+)(?= [+-] |\)|, |$)"
)
PLACED = re.compile(r"(.*?[^\W\d])(\d+|\[\d+\])")  # a name with a place: w1, w[0]


def dot_products(formula: str) -> tuple[str, dict[str, str]]:
    """Return a formula with w · x for w1 * x1 + w2 * x2 + ..., and what each of these dot products stands for.

    >>> dot_products("tanh(w1 * x1 + w2 * x2 + b)")
    ('tanh(w · x + b)', {'w · x': 'w1 * x1 + w2 * x2'})
    >>> dot_products("3 * w1 * x1 + w2 * x2 + a * b")
    ('3 * w1 * x1 + w2 * x2 + a * b', {})
    """
    meanings: dict[str, str] = {}

    def read(products: re.Match[str]) -> str:
        terms: list[str] = []
        run: list[str] = []  # the terms at the end that are one dot product
        for product in [*products[1].split(" + "), ""]:
            vectors, goes_on = _vectors(run), bool(product and _vectors([*run, product]))
            if run and not goes_on:
                if len(run) > 1 and vectors and meanings.setdefault(vectors, " + ".join(run)) == " + ".join(run):
                    terms.append(vectors)
                else:
                    terms += run
                run = []
            if product and not goes_on and not _vectors([product]):
                terms.append(product)
            elif product:
                run.append(product)
        return " + ".join(terms)

    return SUM_OF_PRODUCTS.sub(read, formula), meanings


def _vectors(products: Sequence[str]) -> str:
    """Return the dot product that products of two names are, as w · x, if they count their places from the first."""
    places = [tuple(PLACED.fullmatch(name) for name in product.split(" * ")) for product in products]
    if not places or not all(left and right and left[2] == right[2] for left, right in places):
        return ""
    numbers = [int(left[2].strip("[]")) for left, _ in places if left]
    stems = {(left[1], right[1]) for left, right in places if left and right}
    counted = numbers[0] in (0, 1) and numbers == [*range(numbers[0], numbers[0] + len(numbers))]
    return "{} · {}".format(*stems.pop()) if len(stems) == 1 and counted else ""


COMPARISON = r"\((\w+) (<|<=|>=|>) (\w+)\)"
CHOICE = re.compile(rf"{COMPARISON} \* ([\d.]+)(?: ([+-]) {COMPARISON} \* ([\d.]+))?")
CONDITION = re.compile(r"\(([^*]+ [<>]=? [^*]+)\)( \* \(([^*]+)\))? \* 1\.0")


def slope_formula(op: Op, argument: int, exponent: float | None = None) -> str:
    """Return the local derivative of a row by an argument as a person writes it, in the row's letters.

    `exponent` is that of a power, if it is a number.

    >>> from engine.ops import OPS
    >>> slope_formula(OPS["pow"], 0, 2.0), slope_formula(OPS["pow"], 0, -1.0), slope_formula(OPS["pow"], 0)
    ('2 * x', '-1 * x ** (-2)', 'y * x ** (y - 1)')
    >>> slope_formula(OPS["relu"], 0), slope_formula(OPS["abs"], 0), slope_formula(OPS["clip"], 0)
    ('1 if x > 0 else 0', '1 if x > 0 else 0 if x == 0 else -1', '1 if low <= x and x <= high else 0')
    """
    formula = op.partials[argument]
    if op.name == "pow" and argument == 0 and exponent is not None and isfinite(exponent):
        power, less = (format_number(number, 6).removesuffix(".0") for number in (exponent, exponent - 1))
        return "2 * x" if exponent == 2.0 else f"{power} * x ** {parenthesized(less)}"
    choice = CHOICE.fullmatch(formula)
    if not choice and (condition := CONDITION.fullmatch(formula)):
        return f"1 if {condition[1]}{f' and {condition[3]}' if condition[3] else ''} else 0"
    if not choice or (choice[5] and (choice[1], choice[3]) != (choice[6], choice[8])):
        return formula
    above, equal, below = (_chosen(choice, sign) for sign in (">", "=", "<"))
    left, right = choice[1], choice[3]
    if equal == below:
        return f"{above} if {left} > {right} else {below}"
    if equal == above:
        return f"{above} if {left} >= {right} else {below}"
    return f"{above} if {left} > {right} else {equal} if {left} == {right} else {below}"


def _chosen(choice: re.Match[str], sign: str) -> str:
    """Return what a sum of comparisons, each times a number, is where the left side is so related to the right."""
    number = float(choice[4]) * (sign in choice[2])
    if choice[5]:
        number += float(choice[9]) * (sign in choice[7]) * (-1.0 if choice[5] == "-" else 1.0)
    return format_number(number).removesuffix(".0")


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

    >>> label_stems(["layer1.neuron1.w[0]", "layer1.neuron2.w[0]", "neuron1.b", "wte[0][3]"])
    ['layer1.w', 'b', 'wte']
    """
    return [*dict.fromkeys(re.sub(r"\[.*?\]|^neuron\d+\.|\.neuron\d+", "", label) for label in labels)]


# What a program calls its other arrays. The gradient of an array has a d before its name.
CLAIMABLE = re.compile(r"[ghijvz]\d+")  # names that a program makes: it leaves out those that a user's label claims
RESERVED = re.compile(rf"d?([pxcy]|{CLAIMABLE.pattern})")


def array_name(
    labels: Iterable[str], rank: int, taken: Container[str], letter: str = "w", claimed: Container[str] = ()
) -> str:
    """Return what an array of parameters goes by: W1 for layer1.neuron2.w[0] and its like, or their own name.

    If that is taken, a number follows. Parameters without a name of their own are the `letter` and a number. The
    names that are `claimed` are a user's labels, also where they look like a program's own.

    >>> array_name(["layer1.neuron1.w[0]", "layer1.neuron1.w[1]"], 2, ()), array_name(["wte[0][3]"], 2, ())
    ('W1', 'wte')
    >>> array_name(["w[0]", "w[1]"], 1, ()), array_name(["b"], 1, ["b"]), array_name(["x"], 1, ())
    ('w', 'b_2', 'w1')
    >>> array_name(["z1"], 1, ()), array_name(["z1"], 1, (), "w", ["z1"])
    ('w1', 'z1')
    """
    stems = label_stems(labels)
    name = _stem_of(stems, rank) if len(stems) <= 3 else ""
    candidates = chain([name], (f"{name}_{index}" for index in count(2)))
    if not (usable_name(name) or name in claimed):
        candidates = chain()
    numbered = (f"{letter.upper() if rank > 1 else letter}{index}" for index in count(1))
    return next(name for name in chain(candidates, numbered) if name not in taken)


def layer_numbers(labels: Iterable[str]) -> set[str]:
    """Return the numbers of the layers that parameters of these labels are in; "" for a layer without one.

    >>> layer_numbers(["layer2.neuron1.w[0]", "layer2.neuron2.w[0]"]), layer_numbers(["hidden.neuron1.w[0]"])
    ({'2'}, {''})
    """
    return {_number_of(stem.rpartition(".")[0]) for stem in label_stems(labels)}


def _number_of(context: str) -> str:
    """Return the number that a layer's name ends with; "" if it has none."""
    layer = re.fullmatch(r"[^\W\d]+(\d+)", context)
    return layer[1] if layer else ""


def usable_name(name: str) -> bool:
    """Return whether a program can call an array so: whether it is a name, and none of the program's own.

    >>> usable_name("loss"), usable_name("z1"), usable_name("my loss")
    (True, False, False)
    """
    return name.isidentifier() and normalize("NFKC", name) == name and not RESERVED.fullmatch(name)


def _stem_of(stems: Sequence[str], rank: int) -> str:
    """Return the name that arrays have in common: W1 for layer1.w, hidden_WU for hidden.w and hidden.u."""
    contexts, letters = {stem.rpartition(".")[0] for stem in stems}, [stem.rpartition(".")[2] for stem in stems]
    if len(contexts) > 1 or not all(letter.isalpha() and len(letter) == 1 for letter in letters):
        return "_".join(stems).replace(".", "_")
    context = contexts.pop()
    own = "".join(letters).upper() if rank > 1 else "".join(letters)
    number = _number_of(context)
    return f"{own}{number}" if number else "_".join(filter(None, [context.replace(".", "_"), own]))

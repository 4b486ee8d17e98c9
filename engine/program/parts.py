"""The parts that a line of a program adds up: rows of the table and sums of products, each with its gradients."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..ops import OPERATORS, Op
from .codegen import factor

if TYPE_CHECKING:
    from .view import View

# What each kind of part computes from {0} and {1}, the views x and y, and the contributions to their gradients, from
# {d}, the gradient of the line. {a}, {b} and {o} are the axes of x, of y and of the result.
PARTS: dict[str, tuple[str, ...]] = {
    "term": ("{0}", "{d}"),
    "product": ("{0} * {1}", "{d} * {1}", "{d} * {0}"),
    "total": ("{0}.sum({rank})", "broadcast_to({d}[{each}None], {0}.shape)"),
    "lone total": ("{0}.sum(0, keepdims=True)", "broadcast_to({d}, {0}.shape)"),
    "masked total": ("{0}.sum({rank})", "{d}[{each}None]"),  # the mask gives it its shape
    "amax": ("amax({0}, {rank})",),
    "amin": ("amin({0}, {rank})",),
    "lone amax": ("amax({0}, 0, keepdims=True)",),
    "lone amin": ("amin({0}, 0, keepdims=True)",),
    "matrix by vector": ("{0} @ {1}", "{d} @ {1}.T", "{0}.T @ {d}"),
    "row by vector": ("{0} @ {1}", "{d} @ {1}.T", "{0}.T * {d}"),  # an outer product is faster number by number
    "matrix by matrix": (
        "({0} @ {columns}).reshape({x.shape[0]}, {y.shape[1]}, -1)",
        "{d}.reshape({x.shape[0]}, -1) @ {columns}.T",
        "({0}.T @ {d}.reshape({x.shape[0]}, -1)).reshape({y.shape[0]}, {y.shape[1]}, -1)",
    ),
    # Each number of a dot has one gradient, so that its gradients are products: half the time of an einsum.
    "dot": ("einsum('{a}...,{b}...->{o}...', {0}, {1})", "{d}[{each}None] * {1}", "{d}[{each}None] * {0}"),
    "lone dot": ("einsum('l...,l...->...', {0}, {1})[None]", "{d} * {1}", "{d} * {0}"),
    "contraction": (
        "einsum('{a}...,{b}...->{o}...', {0}, {1})",
        "einsum('{o}...,{b}...->{a}...', {d}, {1})",
        "einsum('{o}...,{a}...->{b}...', {d}, {0})",
    ),
}
EXPONENT_TEXT = re.compile(r"\(?(-?[\d.]+(?:e[-+]\d+)?)\)?")


class Gradient(NamedTuple):
    """What a part contributes to the gradient of a view: the text, and whether it differs from row to row."""

    view: View
    text: str
    batched: bool


class Part(NamedTuple):
    """A part of what a buffer is.

    - `kind`: a row of the table, or a kind of PARTS.
    - `views`: what it reads.
    - `axes`: of a dot or a contraction: the axes of what it reads, and of the result, such as "pl lq pq".
    - `filled`: of a product with holes: the name of the mask that is 0 there, and the column whose numbers they get.
    - `guarded`: whether a gradient of 0 stays 0 where the local derivative is infinite, below what a `where` chooses.
    """

    kind: Op | str
    views: list[View]
    axes: str = ""
    guarded: bool = False
    filled: tuple[str, int] | None = None

    def write(self, name: str, batched: bool) -> tuple[str, list[Gradient]]:
        """Return its text, and what it contributes to the views whose gradients are asked for.

        `name` is the buffer that it is a part of, and `batched` whether that differs from row to row.
        """
        elementwise = isinstance(self.kind, Op) or self.kind in ("term", "product")
        # A sum over what is the same in all rows takes one gradient: the sum over the batch.
        summed = batched and not elementwise and not any(view.batched for view in self.views)
        gradient = f"d{name}.sum(-1, keepdims=True)" if summed else f"d{name}"
        text, *gradients = self._texts(name, gradient)
        if self.filled:  # the gradient is 0 at holes
            text = f"filled({text}, {self.filled[0]}, {self.filled[1]})"
        needed = zip(self.views, gradients, self.needs_grad)
        return text, [Gradient(view, each, batched and not summed) for view, each, needs_grad in needed if needs_grad]

    @property
    def needs_grad(self) -> list[bool]:
        """For each view, whether a gradient is asked for that this part passes to it."""
        kind = self.kind
        passes = kind.passes if isinstance(kind, Op) else (len(PARTS[kind]) > 1,) * len(self.views)
        return [view.needs_grad and passed for view, passed in zip(self.views, passes)]

    def _texts(self, name: str, gradient: str) -> list[str]:
        """Return the part's text, and the contribution to each view, from the name and the gradient of its buffer."""
        texts = [view.text for view in self.views]
        if isinstance(self.kind, Op):
            return _operation_texts(self.kind, texts, name, gradient, self.guarded)
        x, y, axes = self.views[0], self.views[-1], dict(zip("abo", self.axes.split()))
        rank = len(x.shape) - 1
        squares = self.kind in ("dot", "lone dot") and texts[0] == texts[1]  # whose gradient is one product
        gradient = f"(2.0 * {gradient})" if squares else gradient
        columns = texts[-1]
        if self.kind == "matrix by matrix" and not y.columns:
            columns = f"{columns}.reshape({y.shape[0]}, -1)"
        fields = {"x": x, "y": y, "d": gradient, "rank": rank, "each": ":, " * rank, "columns": columns, **axes}
        written = [template.format(*texts, **fields) for template in PARTS[self.kind]]
        return written[:2] if squares else written


def _operation_texts(op: Op, arguments: list[str], name: str, gradient: str, guarded: bool) -> list[str]:
    """Return an operation on arguments as text, and its contribution to each argument.

    - `op`: the operation.
    - `arguments`: the text of each argument.
    - `name`: the name of its result.
    - `gradient`: the gradient of its result.
    - `guarded`: whether a gradient of 0 stays 0 where a local derivative is infinite.
    """
    texts = [op.substitute(op.formula, *arguments) if op.name in OPERATORS else op.spell(*arguments)]
    known = op.at.get(_exponent_in(arguments[-1]))
    for place, partial in enumerate(_partials(op, arguments)):
        if partial == "1":
            texts.append(gradient)
        elif partial == "-1":
            texts.append(f"-{gradient}")
        else:
            only_a_comparison = partial.endswith(" * 1.0") and partial.count("*") == 1
            local = partial.removesuffix(" * 1.0") if only_a_comparison else partial
            infinite = guarded and re.search(r"/|\*\*|log|exp|cosh|sinh|z", local)
            if known and place == 0:
                local = known[1]
            product = f"{gradient} * {factor(op.substitute(local, *arguments, z=name))}"
            texts.append(f"choose({gradient} == 0, 0.0, {product})" if infinite else product)
    return texts


def _partials(op: Op, arguments: list[str]) -> tuple[str, ...]:
    """Return the textbook's local derivatives where they have a value, for they are fast, else the computed ones.

    For one argument they always have one: an array may overflow on the way. For a power they have one if the exponent
    is a number other than 0.
    """
    if op.arity != 2:
        return op.partials if op.arity == 1 else op.computed
    return op.partials if _exponent_in(arguments[1]) else op.computed


def _exponent_in(text: str) -> float:
    """Return the number that an argument is; 0 for what is no number."""
    number = EXPONENT_TEXT.fullmatch(text)
    return float(number[1]) if number else 0.0

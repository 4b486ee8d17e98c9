"""What a line of a program adds up: rows of the table and sums of products, each with the gradients that it gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..ops import OPERATORS, Op, substitute
from .view import wrapped

if TYPE_CHECKING:
    from .view import View

# What each kind of part computes from {0} and {1}, the views x and y, and the gradients it gives them, from {d}.
PARTS = {
    "term": ("{0}", "{d}"),
    "product": ("{0} * {1}", "{d} * {1}", "{d} * {0}"),
    "total": ("{0}.sum({rank})", "broadcast_to({d}[{each}None], {0}.shape)"),
    "matrix by vector": ("{0} @ {1}", "{d} @ {1}.T", "{0}.T @ {d}"),
    "row by vector": ("{0} @ {1}", "{d} @ {1}.T", "{0}.T * {d}"),  # an outer product is faster number by number
    "matrix by matrix": (
        "({0} @ {1}.reshape({y.shape[0]}, -1)).reshape({x.shape[0]}, {y.shape[1]}, -1)",
        "{d}.reshape({x.shape[0]}, -1) @ {1}.reshape({y.shape[0]}, -1).T",
        "({0}.T @ {d}.reshape({x.shape[0]}, -1)).reshape({y.shape[0]}, {y.shape[1]}, -1)",
    ),
    # Each number of a dot has one gradient, so that its gradients are products: half the time of an einsum.
    "dot": ("einsum('{a}...,{b}...->{o}...', {0}, {1})", "{d}[{each}None] * {1}", "{d}[{each}None] * {0}"),
    "contraction": (
        "einsum('{a}...,{b}...->{o}...', {0}, {1})",
        "einsum('{o}...,{b}...->{a}...', {d}, {1})",
        "einsum('{o}...,{a}...->{b}...', {d}, {0})",
    ),
}


class Part(NamedTuple):
    """A term of what an array is: a row of the table, or a kind of PARTS.

    `axes` are those of a dot or a contraction: of what it reads, and of the result, such as "pl lq pq".
    """

    kind: Op | str
    reads: list[View]
    axes: str = ""

    def write(self, z: str, batched: bool) -> tuple[str, list[tuple[View, str, bool]]]:
        """Its text as a term of z; and for what it reads that learns a gradient, and whether that is of a batch."""
        whole = self.kind not in ("term", "product") and not isinstance(self.kind, Op)  # not number by number
        summed = batched and whole and not any(view.batched for view in self.reads)
        text, *gradients = self._texts(z, f"d{z}" + ".sum(-1, keepdims=True)" * summed)
        given = zip(self.reads, gradients, self.learns)
        return text, [(view, d, batched and not summed) for view, d, learns in given if learns]

    @property
    def learns(self) -> list[bool]:
        """Which of the views that it reads learn a gradient through it."""
        passes = self.kind.passes if isinstance(self.kind, Op) else (True,) * len(self.reads)
        return [view.learns and passed for view, passed in zip(self.reads, passes)]

    def _partials(self, op: Op) -> tuple[str, ...]:
        """The textbook's where they will do, for they are fast: with a plain exponent other than 0, for example."""
        if op.arity == 1:  # arrays may overflow on the way
            return op.partials
        plain = re.fullmatch(r"\(?-?[\d.]+(e[-+]\d+)?\)?", self.reads[1].text)
        return op.partials if plain and float(plain[0].strip("()")) else op.computed

    def _texts(self, z: str, d: str) -> list[str]:
        op, names = self.kind, [view.text for view in self.reads]
        if not isinstance(op, Op):
            x, y, axes = self.reads[0], self.reads[-1], dict(zip("abo", self.axes.split()))
            rank = len(x.shape) - 1
            return [text.format(*names, x=x, y=y, d=d, rank=rank, each=":, " * rank, **axes) for text in PARTS[op]]
        texts = [substitute(op.formula, *names) if op.name in OPERATORS else op.spell(*names)]
        for partial in self._partials(op):
            gate = partial.removesuffix(" * 1.0") if partial.count("*") == 1 else partial
            texts.append({"1": d, "-1": f"-{d}"}.get(partial, f"{d} * {wrapped(substitute(gate, *names, z=z))}"))
        return texts

"""Pass 6, emit: the steps as plain Python source over an array namespace, forward and then backward.

The last axis of an array is the batch. `dz` is the gradient of z. The text of an operation and of its
local derivatives is the table's own, spelled with the names of arrays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ops import OPERATORS, Op, substitute
from .layout import PARAMETERS

if TYPE_CHECKING:
    from .layout import Array, Layout, Operand
    from .plan import Part, Step

# What each kind of part computes from its operands {0} and {1}, and the gradients it gives them, from {d}.
PARTS = {
    "term": ("{0}", "{d}"),
    "product": ("{0} * {1}", "{d} * {1}", "{d} * {0}"),
    "total": ("{0}.sum({axis})", "broadcast_to({d}[{new}], {0}.shape)"),
    "matrix by vector": ("{0} @ {1}", "{d} @ {1}.T", "{0}.T @ {d}"),
    "matrix by matrix": (
        "({0} @ {1}.reshape({l}, -1)).reshape({p}, {q}, -1)",
        "{d}.reshape({p}, -1) @ {1}.reshape({l}, -1).T",
        "({0}.T @ {d}.reshape({p}, -1)).reshape({l}, {q}, -1)",
    ),
    "contraction": (
        "einsum('{a}...,{b}...->{o}...', {0}, {1})",
        "einsum('{o}...,{b}...->{a}...', {d}, {1})",
        "einsum('{o}...,{a}...->{b}...', {d}, {0})",
    ),
    "segments": ("segments({0}, {cuts}, {at})", "{d}[{at}]"),
    "segments of products": ("segments({0} * {1}, {cuts}, {at})", "{d}[{at}] * {1}", "{d}[{at}] * {0}"),
}


class Emitter:
    """Turns steps into the lines of a forward and a backward pass; `constants` are the arrays that they name."""

    def __init__(self, steps: list[Step], layout: Layout, outputs: Any) -> None:
        self.layout = layout
        self.forward: list[str] = []
        self.backward: list[str] = []
        self.constants: dict[str, Any] = {}
        self.named: dict[int, str] = {}  # the same, the other way round
        self.matrices: dict[tuple[int, tuple[int, ...]], str] = {}
        self.saved: dict[int, str] = {}  # operand -> the name of what it gathered
        self.given: dict[Array, list[tuple[str, Any, str]]] = defaultdict(list)  # (how, where, gradient)
        (self.result,) = layout.operands(outputs)
        for array in layout.arrays[:3]:
            self._store(array)
        gradients = [self._step(step) for step in steps]
        self.forward.append(f"y = {self._read(self.result)}")
        self._give(self.result, "dy", self.result.batched)
        for step, shares in zip(reversed(steps), reversed(gradients)):
            if step.array.learns and self._collect(step.array):
                for operand, gradient, batched in shares:
                    self._give(operand, gradient, batched)
        self.learns = self._collect(layout.arrays[PARAMETERS])
        head = []
        for (base, shape), name in self.matrices.items():
            block = f"p[{base}:{base + prod(shape)}]" if shape else f"p[{base}]"
            head.append(f"{name} = {_reshaped(block, (0,) * bool(shape), shape, True)}")
        pools = {"pool": "x.shape[-1]", "pool1": "1"}
        pools = {
            name: f"zeros(({layout.pools[name]}, {width}))" for name, width in pools.items() if layout.pools[name]
        }
        self.forward = [*head, *(f"{name} = {zeros}" for name, zeros in pools.items()), *self.forward]
        self.backward = [*(f"d{name} = {zeros}" for name, zeros in pools.items()), *self.backward]

    def _step(self, step: Step) -> list[tuple[Operand, str, bool | None]]:
        """Emit a step; what it will give its operands: a gradient each, and whether of a batch (None: summed)."""
        array, texts = step.array, []
        shares: list[tuple[Operand, str, bool | None]] = []
        for part in step.parts:
            matrix = isinstance(part.kind, str) and part.kind.startswith("matrix")
            names = [self._load(operand, matrix and at == 0) for at, operand in enumerate(part.operands)]
            summed = array.batched and (matrix or part.kind == "total") and not any(o.batched for o in part.operands)
            text, *gradients = self._texts(
                part, names, array.name, f"d{array.name}" + ".sum(-1, keepdims=True)" * summed
            )
            texts.append(text)
            batched = [None if matrix and at == 0 else array.batched and not summed for at in range(len(gradients))]
            shares += zip(part.operands, gradients, batched)
        shape = ", ".join([*map(str, array.shape), "batch" if array.batched else "1"])
        self.forward.append(f"{array.name} = {' + '.join(texts)}  # ({shape})")
        self._store(array)
        return shares

    def _texts(self, part: Part, names: list[str], z: str, d: str) -> list[str]:
        op = part.kind
        if not isinstance(op, Op):
            named = {
                key: self._constant(field) if isinstance(field, np.ndarray) else field
                for key, field in part.fields.items()
            }
            return [text.format(*names, d=d, **named) for text in PARTS[op]]
        texts = [substitute(op.formula, *names) if op.name in OPERATORS else op.spell(*names)]
        for partial in op.partials:
            gate = partial.removesuffix(" * 1.0") if partial.count("*") == 1 else partial
            texts.append({"1": d, "-1": f"-{d}"}.get(partial, f"{d} * {_wrapped(substitute(gate, *names, z=z))}"))
        return texts

    # -- reading ------------------------------------------------------------------------------------------------

    def _load(self, operand: Operand, matrix: bool = False) -> str:
        """The operand as an expression; a gather is done once, and kept for the backward pass."""
        if operand.literal is not None or operand.array:
            return self._read(operand, matrix)
        if id(operand) not in self.saved:
            self.saved[id(operand)] = name = f"g{len(self.saved) + 1}"
            self.forward.append(f"{name} = {self._read(operand, matrix)}")
        return self.saved[id(operand)]

    def _read(self, operand: Operand, matrix: bool = False) -> str:
        if operand.literal is not None:
            return _wrapped(repr(operand.literal))
        array = operand.array
        if array is None:
            return f"{operand.pool}[{self._constant(operand.places)}]"
        axis = "[..., None]" * (array.flat and not matrix)
        base, shape, axes = operand.block
        if array is self.layout.arrays[PARAMETERS]:
            text = self._matrix(base, shape)
        elif axes and prod(shape) == array.size:
            text = _reshaped(array.name, array.shape, shape, array.flat)
        else:
            part = f"{base}:{base + prod(shape)}" if axes else base
            text = _reshaped(f"{_column(array)}[{part}]", (0,), shape or (0,), array.flat)
        text += _transposed([axes.index(axis) for axis in sorted(axes)], array.flat)
        index = [":" if axis in axes else "None" for axis in range(len(operand.shape))] + ["None"] * bool(axis)
        return f"{text}[{', '.join(index)}]" if "None" in index and (axes or axis) else text

    def _matrix(self, base: int, shape: tuple[int, ...]) -> str:
        """The name of a block of parameters: of its labels, such as W1 for layer1.neuron2.w[0], else W1, b1, ..."""
        if (base, shape) not in self.matrices:
            nodes = self.layout.order[PARAMETERS][base : base + prod(shape)]
            stems = {re.sub(r"\[.*?\]|\.neuron\d+", "", self.layout.tape.labels[node]) for node in nodes}
            stem = "_".join(sorted(stems)) if len(stems) <= 3 else ""
            layer = re.fullmatch(r"\D+(\d+)\.(\w)", stem)
            name = (
                f"{layer[2].upper() if len(shape) > 1 else layer[2]}{layer[1]}" if layer else stem.replace(".", "_")
            )
            taken = self.matrices.values()
            if (
                not name.isidentifier()
                or name in taken
                or (re.fullmatch(r"d?(\w\d*|pool|share|ones)", name) and not layer)
            ):
                letter = "sbWT"[min(len(shape), 3)]
                name = f"{letter}{sum(each[0] == letter for each in taken) + 1}"
            self.matrices[base, shape] = name
        return self.matrices[base, shape]

    def _constant(self, value: Any) -> str:
        if id(value) not in self.named:
            self.named[id(value)] = f"i{len(self.constants) + 1}"
            self.constants[self.named[id(value)]] = value
        return self.named[id(value)]

    def _store(self, array: Array) -> None:
        text = _column(array) + "[:, None]" * array.flat
        for pool, start in array.pooled.items() if array.size else ():
            self.forward.append(f"{pool} = store({pool}, {start}, {text})")

    # -- giving gradients, and collecting them ------------------------------------------------------------------

    def _give(self, operand: Operand, text: str, batched: bool | None) -> None:
        """Add a gradient in the operand's shape, of a batch or not, to the array that it was read from."""
        if not operand.learns:
            return
        rank, array = len(operand.shape), operand.array
        over = [axis for axis in range(rank) if array and axis not in operand.block[2]]
        if over:
            text = f"{_wrapped(text)}.sum({over[0] if len(over) == 1 else tuple(over)})"
        if array and array.flat and batched is not None:
            one = rank - len(over) == 1 and batched  # a product with ones sums over the batch in half the time
            text = f"{text} @ ones" if one else f"{_wrapped(text)}.sum(-1)"
        elif batched and not operand.batched:
            text = f"{_wrapped(text)}.sum(-1, keepdims=True)"
        if array is None:
            places = operand.places.ravel().tolist()
            adder = "add_at" if len(set(places)) == len(places) else "scatter"
            self.backward.append(
                f"d{operand.pool} = {adder}(d{operand.pool}, {self._constant(operand.places)}, {text})"
            )
            return
        base, shape, axes = operand.block
        turn = _transposed([sorted(axes).index(axis) for axis in axes], array.flat)
        text = _wrapped(text) + turn if turn else text
        if array is self.layout.arrays[PARAMETERS]:
            name = f"d{self._matrix(base, shape)}"
            piece = ("block", (base, prod(shape)), _reshaped(name, shape, (prod(shape),), True))
            known = piece in self.given[array]
            self.backward.append(f"{name} = {name} + {text}" if known else f"{name} = {text}")
            self.given[array] += [piece] * (not known)
        elif axes and prod(shape) == array.size:
            self.given[array].append(("whole", None, _reshaped(text, shape, array.shape, array.flat)))
        else:
            self.given[array].append(
                ("block", (base, prod(shape)), _reshaped(text, shape, (prod(shape),), array.flat))
            )

    def _collect(self, array: Array) -> bool:
        """The gradient of an array out of all that it was given, in a line or more; False if it was given nothing."""
        name, given, later, tiles, end = f"d{array.name}", self.given[array], [], [], 0
        width = "" if array.flat else ", x.shape[-1]" if array.batched else ", 1"
        texts = [text for how, _, text in given if how == "whole"]
        for pool, first in array.pooled.items():
            text = f"d{pool}[{first}:{first + array.size}]"
            text += ".sum(-1)" if array.flat else ".sum(-1, keepdims=True)" * (not array.batched)
            texts.append(_reshaped(text, (array.size,), array.shape, array.flat))
        for _, (base, size), text in sorted(piece for piece in given if piece[0] == "block"):
            if texts or base < end:
                later.append(f"{name} = add_at({name}, slice({base}, {base + size}), {text})")
                continue
            tiles += [f"zeros(({base - end}{width or ','}))"] * (base > end) + [text]
            end = base + size
        if tiles:
            tiles += [f"zeros(({array.size - end}{width or ','}))"] * (end < array.size)
            whole = f"concatenate([{', '.join(tiles)}])" if len(tiles) > 1 else tiles[0]
            texts.append(_reshaped(whole, (0,), array.shape, array.flat))
        if not texts:
            return False
        start = " + ".join(texts)
        if later:  # the lines to come write in place, and must not write into another's array
            start = _reshaped(f"0.0 + {start}", array.shape, (array.size,), array.flat)
        self.backward.append(f"{name} = {start}")
        self.backward += later
        if later and len(array.shape) > 1:
            self.backward.append(f"{name} = {_reshaped(name, (0,), array.shape, array.flat)}")
        return True


def _column(array: Array) -> str:
    """An array with all of its nodes on one axis."""
    return _reshaped(array.name, array.shape, (array.size,), array.flat)


def _reshaped(text: str, old: tuple[int, ...], new: tuple[int, ...], flat: bool) -> str:
    if old == new or len(old) == len(new) == 1:
        return text
    return f"{_wrapped(text)}.reshape({', '.join(map(str, new if flat else (*new, -1)))})"


def _transposed(order: list[int], flat: bool) -> str:
    if order == sorted(order):
        return ""
    return f".transpose({', '.join(map(str, order if flat else [*order, len(order)]))})"


def _wrapped(text: str) -> str:
    """An expression as a factor: in parentheses, but for a name, a call, a number."""
    outside = text
    while text.count(" ") and outside != (outside := re.sub(r"[(\[][^()\[\]]*[)\]]", "", outside)):
        pass  # brackets inside of brackets
    return f"({text})" if text.startswith("-") or " " in outside else text

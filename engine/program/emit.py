"""Pass 6, emit: the steps as plain Python source over an array namespace, forward and then backward.

Arrays are (features, batch). `dz` is the gradient of z. The text of an operation and of its local
derivatives is the table's own, spelled with the names of arrays.
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
    "matrix by vector": ("{0} @ {1}", "{d}[:, None] * {1}", "{0}.T @ {d}"),
    "matrix by matrix": ("{0} @ {1}", "{d} @ {1}.T", "{0}.T @ {d}"),
    "matrix by rows": ("{0} @ {1}", "{d} @ {1}.T", "{0}.T @ {d}"),
    "matrix by matrices": (
        "({0} @ {1}.reshape({l}, -1)).reshape({p}, {q}, -1)",
        "{d}.reshape({p}, -1) @ {1}.reshape({l}, -1).T",
        "({0}.T @ {d}.reshape({p}, -1)).reshape({l}, {q}, -1)",
    ),
    "contraction": (
        "einsum('{a},{b}->{o}', {0}, {1})",
        "einsum('{o},{b}->{a}', {d}, {1})",
        "einsum('{o},{a}->{b}', {d}, {0})",
    ),
    "segments": ("segments({0}, {cuts}, {at})", "{d}[{at}]"),
    "segments of products": ("segments({0} * {1}, {cuts}, {at})", "{d}[{at}] * {1}", "{d}[{at}] * {0}"),
}
MATRICES = tuple(kind for kind in PARTS if kind.startswith(("matrix", "contraction")))


class Emitter:
    """Turns steps into the lines of a forward and a backward pass; `constants` are the arrays that they name."""

    def __init__(self, steps: list[Step], layout: Layout, outputs: Any) -> None:
        self.layout, self.forward, self.backward = layout, [], []
        self.constants: dict[str, Any] = {}
        self.matrices: dict[tuple[int, tuple[int, ...]], str] = {}
        self.saved: dict[int, str] = {}  # operand -> the name of what it gathered
        self.given: dict[Array, list[tuple[str, Any, str]]] = defaultdict(list)  # (how, where, gradient)
        (self.result,) = layout.operands(outputs)
        for array in layout.arrays[:3]:
            self._store(array)
        gradients = [self._step(step) for step in steps]
        self.forward.append(f"y = {self._read(self.result, self.result.batched)}")
        self._give(self.result, "dy", self.result.batched)
        for step, shares in zip(reversed(steps), reversed(gradients)):
            if step.array.learns and self._collect(step.array):
                for share in shares:
                    self._give(*share)
        self.learns = self._collect(layout.arrays[PARAMETERS])
        pools = {name: self._zeros(batched, size) for name, batched, size in
                 (("pool", True, layout.pools[True]), ("pool0", False, layout.pools[False])) if size}  # fmt: skip
        head = [f"{name} = p[{f'{base}:{base + prod(shape)}' if shape else base}]{_reshaped('', (0,) * bool(shape), shape, False)}"
                for (base, shape), name in self.matrices.items()]  # fmt: skip
        self.forward = [*head, *(f"{name} = {zeros}" for name, zeros in pools.items()), *self.forward]
        self.backward = [*(f"d{name} = zeros_like({name})" for name in pools), *self.backward]

    def _step(self, step: Step) -> list[tuple[Operand, str, bool]]:
        """Emit a step; what it will give its operands: a gradient each, and whether that has a batch axis."""
        array, texts, shares = step.array, [], []
        for part in step.parts:
            inside = any(operand.batched for operand in part.operands)
            aligned = isinstance(part.kind, Op) or part.kind in ("term", "product")
            batched = array.batched if aligned else inside and part.kind not in MATRICES
            names = [self._load(operand, batched) for operand in part.operands]
            lifted = array.batched and not inside and not aligned
            text, *gradients = self._texts(part, names, array.name, f"d{array.name}" + ".sum(-1)" * lifted)
            texts.append(f"({text})[..., None]" if lifted else text)
            shares += [(operand, gradient, batched) for operand, gradient in zip(part.operands, gradients)]
        shape = ", ".join([*map(str, array.shape), *["batch"] * array.batched])
        self.forward.append(f"{array.name} = {' + '.join(texts)}  # ({shape})")
        self._store(array)
        return shares

    def _texts(self, part: Part, names: list[str], z: str, d: str) -> list[str]:
        op = part.kind
        if not isinstance(op, Op):
            fields = {key: self._constant(field) if isinstance(field, np.ndarray) else field for key, field in part.fields.items()}
            return [text.format(*names, d=d, **fields) for text in PARTS[op]]
        texts = [substitute(op.formula, *names) if op.name in OPERATORS else op.spell(*names)]
        for partial in op.partials:
            gate = partial.removesuffix(" * 1.0") if partial.count("*") == 1 else partial
            factor = _wrapped(substitute(gate, *names, z=z))
            texts.append({"1": d, "-1": f"-{d}"}.get(partial, f"{d} * {factor}"))
        return texts

    # -- reading ------------------------------------------------------------------------------------------------

    def _load(self, operand: Operand, batched: bool) -> str:
        """The operand as an expression; a gather is done once, and kept for the backward pass."""
        if operand.literal is not None or operand.block:
            return self._read(operand, batched)
        if id(operand) not in self.saved:
            self.saved[id(operand)] = name = f"g{len(self.saved) + 1}"
            self.forward.append(f"{name} = {self._read(operand, operand.batched)}")
        return self.saved[id(operand)] + "[..., None]" * (batched and not operand.batched)

    def _read(self, operand: Operand, batched: bool) -> str:
        if operand.literal is not None:
            return _wrapped(repr(operand.literal))
        array, pad = operand.array, batched and not operand.batched
        if operand.block is None:
            return f"{_flat(array) if array else _pool(operand.batched)}[{self._constant(operand.places)}]" + "[..., None]" * pad
        assert array is not None
        base, shape, axes = operand.block
        if array is self.layout.arrays[PARAMETERS]:
            text = self._matrix(base, shape)
        elif axes and prod(shape) == array.size:
            text = _reshaped(array.name, array.shape, shape, array.batched)
        else:
            part = f"{base}:{base + prod(shape)}" if axes else base
            text = _reshaped(f"{_flat(array)}[{part}]", (0,) * bool(shape), shape, array.batched)
        text += _transposed([axes.index(axis) for axis in sorted(axes)], operand.batched)
        index = [":" if axis in axes else "None" for axis in range(len(operand.shape))] + ["None"] * pad
        return f"{text}[{', '.join(index)}]" if "None" in index and ":" in index else text

    def _matrix(self, base: int, shape: tuple[int, ...]) -> str:
        """The name of a block of parameters: of its labels, such as W1 for layer1.neuron2.w[0], else W1, b1, ..."""
        if (base, shape) not in self.matrices:
            nodes = self.layout.order[PARAMETERS][base : base + prod(shape)]
            stems = {re.sub(r"\[.*?\]|\.neuron\d+", "", self.layout.tape.labels[node]) for node in nodes}
            stem = "_".join(sorted(stems)) if len(stems) <= 3 else ""
            layer = re.fullmatch(r"\D+(\d+)\.(\w)", stem)
            letter = "sbWT"[min(len(shape), 3)]
            name = f"{layer[2].upper() if len(shape) > 1 else layer[2]}{layer[1]}" if layer else stem.replace(".", "_")
            taken = self.matrices.values()
            if not name.isidentifier() or name in taken or re.fullmatch(r"(d?[xypczhvg]|i)\d*|pool0?|share|ones", name):
                name = f"{letter}{sum(each[0] == letter for each in taken) + 1}"
            self.matrices[base, shape] = name
        return self.matrices[base, shape]

    def _constant(self, value: Any) -> str:
        for name, known in self.constants.items():
            if known is value:
                return name
        self.constants[f"i{len(self.constants) + 1}"] = value
        return f"i{len(self.constants)}"

    @staticmethod
    def _zeros(batched: bool, size: int) -> str:
        return f"zeros(({size}, x.shape[-1]))" if batched else f"zeros({size})"

    def _store(self, array: Array) -> None:
        for batched, start in array.pooled.items() if array.size else ():
            text = _flat(array) + "[:, None]" * (batched and not array.batched)
            self.forward.append(f"{_pool(batched)} = store({_pool(batched)}, {start}, {text})")

    # -- giving gradients, and collecting them ------------------------------------------------------------------

    def _give(self, operand: Operand, text: str, batched: bool) -> None:
        """Add a gradient in the operand's shape (with a batch axis or not) to the array that it was read from."""
        if not operand.learns:
            return
        rank, array = len(operand.shape), operand.array
        axes = operand.block[2] if operand.block else range(rank)
        over = [axis for axis in range(rank) if axis not in axes] + [rank] * (batched and not operand.batched)
        if over == [1] == [rank]:
            text = f"{text} @ ones"  # a product with ones sums over the batch in half the time of a sum
        elif over:
            text = f"{_wrapped(text)}.sum({over[0] if len(over) == 1 else tuple(over)})"
        adder = "add_at" if np.bincount(operand.places.ravel()).max() == 1 else "scatter"
        if array is None:
            pool = f"d{_pool(operand.batched)}"
            self.backward.append(f"{pool} = {adder}({pool}, {self._constant(operand.places)}, {text})")
        elif operand.block is None:
            self.given[array].append((adder, self._constant(operand.places), text))
        else:
            base, shape, axes = operand.block
            turn = _transposed([sorted(axes).index(axis) for axis in axes], operand.batched)
            text = _wrapped(text) + turn if turn else text
            if array is self.layout.arrays[PARAMETERS]:
                name = f"d{self._matrix(base, shape)}"
                piece = ("block", (base, prod(shape)), _reshaped(name, shape, (prod(shape),), False))
                first = piece not in self.given[array]
                self.backward.append(f"{name} = {text}" if first else f"{name} = {name} + {text}")
                self.given[array] += [piece] * first
            elif axes and prod(shape) == array.size:
                self.given[array].append(("whole", 0, _reshaped(text, shape, array.shape, array.batched)))
            else:
                self.given[array].append(("block", (base, prod(shape)), _reshaped(text, shape, (prod(shape),), array.batched)))

    def _collect(self, array: Array) -> bool:
        """The gradient of an array out of all that it was given, in a line or more; False if it was given nothing."""
        name, given, later, tiles, end = f"d{array.name}", self.given[array], [], [], 0
        texts = [text for how, _, text in given if how == "whole"]
        for batched, start in array.pooled.items():
            text = f"d{_pool(batched)}[{start}:{start + array.size}]" + ".sum(-1)" * (batched and not array.batched)
            texts.append(_reshaped(text, (array.size,), array.shape, array.batched))
        for _, (base, size), text in sorted(piece for piece in given if piece[0] == "block"):
            if texts or base < end:
                later.append(("add_at", f"slice({base}, {base + size})", text))
                continue
            tiles += [self._zeros(array.batched, base - end)] * (base > end) + [text]
            end = base + size
        later += [piece for piece in given if piece[0] in ("add_at", "scatter")]
        if tiles:
            tiles += [self._zeros(array.batched, array.size - end)] * (end < array.size)
            whole = f"concatenate([{', '.join(tiles)}])" if len(tiles) > 1 else tiles[0]
            texts.append(_reshaped(whole, (0,), array.shape, array.batched))
        if not texts and not later:
            return False
        start = " + ".join(texts) or self._zeros(array.batched, array.size)
        if later and texts:  # the lines to come write in place, and must not write into another's array
            start = _reshaped(f"0.0 + {start}", array.shape, (array.size,), array.batched)
        self.backward.append(f"{name} = {start}")
        self.backward += [f"{name} = {how}({name}, {where}, {text})" for how, where, text in later]
        if later and len(array.shape) > 1:
            self.backward.append(f"{name} = {_reshaped(name, (0,), array.shape, array.batched)}")
        return True


def _pool(batched: bool) -> str:
    return "pool" if batched else "pool0"


def _flat(array: Array) -> str:
    return _reshaped(array.name, array.shape, (array.size,), array.batched)


def _reshaped(text: str, old: tuple[int, ...], new: tuple[int, ...], batched: bool) -> str:
    if old == new or len(old) == len(new) == 1:
        return text
    sizes = ", ".join(map(str, [*(-1 if size == 0 else size for size in new), *[-1] * batched]))
    return f"{_wrapped(text)}.reshape({sizes})"


def _transposed(order: list[int], batched: bool) -> str:
    if order == sorted(order):
        return ""
    order = [*order, *[len(order)] * batched]
    return ".T" if order == [1, 0] else f".transpose({', '.join(map(str, order))})"


def _wrapped(text: str) -> str:
    """An expression as a factor: in parentheses, but for a name, a call, a number."""
    depth = [text[:at].count("(") + text[:at].count("[") - text[:at].count(")") - text[:at].count("]")
             for at, mark in enumerate(text) if mark == " "]  # fmt: skip
    return f"({text})" if text.startswith("-") or 0 in depth else text

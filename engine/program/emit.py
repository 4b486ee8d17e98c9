"""Pass 6, emit: the steps as plain Python source over an array namespace, forward and then backward.

Arrays are (features, batch). `dz` is the gradient of z. The text of an operation and of its local
derivatives is the table's own, spelled with the names of arrays.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ops import OPERATORS, Op, substitute
from .layout import Layout, Literal, Mix, Ref

if TYPE_CHECKING:
    from .layout import Array, Operand
    from .plan import Part, Step

ELEMENTWISE = {"operation", "product", "term"}  # parts whose operands have the step's own shape


class Emitter:
    """Turns steps into the lines of two functions; `constants` are the arrays that they name."""

    def __init__(self, steps: list[Step], layout: Layout, outputs: Any) -> None:
        self.layout = layout
        result = layout.operands([outputs])[0]
        self.constants: dict[str, Any] = {}
        self.matrices: dict[tuple[int, tuple[int, ...]], str] = {}
        self.forward: list[str] = []
        self.backward: list[str] = []
        self.saved: dict[int, str] = {}
        self.saved_constants: dict[int, str] = {}
        self.kept: list[Any] = []
        self.given: dict[str, list[tuple[str, Any, str]]] = {}  # array -> (how, where, gradient)
        self.pooled = {name: bool(size) for name, size in zip(("pool", "pool0"), layout.pools.values())}
        parameters, inputs, constants = layout.arrays[:3]
        for array in (inputs, constants, parameters):
            self._store(array)
        gradients = [self._forward(step) for step in steps]
        self.batched = result.batched
        self.forward.append(f"y = {self._read(result, result.batched)}")

        self._give(result, "dy", result.batched)
        for step, shares in zip(reversed(steps), reversed(gradients)):
            array = step.array
            if array.learns and self._collect(array):
                for operand, gradient, batched in shares:
                    if operand.learns:
                        self._give(operand, gradient, batched)
        self._collect(parameters)
        head = [f"{name} = p[{base}:{base + prod(shape)}]{self._reshape(shape, False)}" if len(shape) > 1
                else f"{name} = p[{base}:{base + prod(shape)}]" if shape else f"{name} = p[{base}]"
                for (base, shape), name in self.matrices.items()]  # fmt: skip
        pools = [f"{name} = {self._zeros(name == 'pool', layout.pools[name == 'pool'])}" for name in self._pools()]
        self.forward = head + pools + self.forward
        self.backward = [f"d{name} = zeros_like({name})" for name in self._pools()] + self.backward

    def _pools(self) -> list[str]:
        return [name for name, batched in (("pool", True), ("pool0", False)) if self.layout.pools[batched]]

    # -- forward: each part as text, and the gradients that it gives back ----------------------------------

    def _forward(self, step: Step) -> list[tuple[Operand, str, bool]]:
        array, texts, shares = step.array, [], []
        for part in step.parts:
            aligned = part.kind in ELEMENTWISE
            inside = any(operand.batched for operand in part.operands)
            batched = array.batched if aligned else inside and part.kind == "segments"
            names = [self._load(operand, batched) for operand in part.operands]
            d = f"d{array.name}"
            if array.batched and not inside and not aligned:
                d = f"{d}.sum(-1)"
            text, gradients = getattr(self, f"_{part.kind}")(part, names, array, d)
            texts.append(text if aligned or inside or not array.batched else f"({text})[..., None]")
            shares += [(operand, gradient, batched) for operand, gradient in zip(part.operands, gradients)]
        shape = ", ".join(map(str, array.shape)) + ", batch" * array.batched
        self.forward.append(f"{array.name} = {' + '.join(texts)}  # ({shape})")
        self._store(array)
        return shares

    def _operation(self, part: Part, names: list[str], array: Array, d: str) -> tuple[str, list[str]]:
        op = part.detail
        assert isinstance(op, Op)
        text = substitute(op.formula, *names) if op.name in OPERATORS else f"{op.name}({', '.join(names)})"
        gradients = []
        for partial in op.partials:
            gate = partial.removesuffix(" * 1.0") if partial.count("*") == 1 else partial
            factor = substitute(gate, *names, z=array.name)
            gradients.append({"1": d, "-1": f"-{d}"}.get(partial, f"{d} * {factor if _atom(factor) else f'({factor})'}"))
        return text, gradients

    def _matmul(self, part: Part, names: list[str], array: Array, d: str) -> tuple[str, list[str]]:
        left, right = names
        shape, batched = part.operands[1].shape, part.operands[1].batched
        if len(shape) == 1:  # one list a batch row: W @ x
            return f"{left} @ {right}", [f"{d} @ {right}.T" if batched else f"{d}[:, None] * {right}", f"{left}.T @ {d}"]
        if not batched:
            return f"{left} @ {right}", [f"{d} @ {right}.T", f"{left}.T @ {d}"]
        rows = part.operands[0].shape[0]
        flat, d = f"{right}.reshape({shape[0]}, -1)", f"{d}.reshape({rows}, -1)"
        back = self._reshape(shape, True)
        return f"({left} @ {flat}){self._reshape((rows, shape[1]), True)}", [f"{d} @ {flat}.T", f"({left}.T @ {d}){back}"]

    def _contraction(self, part: Part, names: list[str], array: Array, d: str) -> tuple[str, list[str]]:
        left, right, out = (axes + "b" * batched for axes, batched in zip(
            part.detail, [*(operand.batched for operand in part.operands), any(o.batched for o in part.operands)]))  # type: ignore[call-overload]  # fmt: skip
        return f"einsum('{left},{right}->{out}', {names[0]}, {names[1]})", [
            f"einsum('{out},{right}->{left}', {d}, {names[1]})",
            f"einsum('{out},{left}->{right}', {d}, {names[0]})",
        ]

    def _product(self, part: Part, names: list[str], array: Array, d: str) -> tuple[str, list[str]]:
        return " * ".join(names), [f"{d} * {names[1]}", f"{d} * {names[0]}"]

    def _term(self, part: Part, names: list[str], array: Array, d: str) -> tuple[str, list[str]]:
        return names[0], [d]

    def _total(self, part: Part, names: list[str], array: Array, d: str) -> tuple[str, list[str]]:
        axis = len(part.operands[0].shape) - 1
        spread = f"{d}[{':, ' * axis}None]"
        return f"{names[0]}.sum({axis})", [f"broadcast_to({spread}, {names[0]}.shape)"]

    def _segments(self, part: Part, names: list[str], array: Array, d: str) -> tuple[str, list[str]]:
        starts, count = part.detail, len(part.operands[0].places)
        at = self._constant([index for index, (a, b) in enumerate(zip(starts, [*starts[1:], count])) for _ in range(a, b)], "i")
        text = f"segments({' * '.join(names)}, {self._constant(starts, 'i')}, {at})"
        d = f"{d}[{at}]"
        return text, [d] if len(names) == 1 else [f"{d} * {names[1]}", f"{d} * {names[0]}"]

    # -- reading ------------------------------------------------------------------------------------------

    def _load(self, operand: Operand, batched: bool) -> str:
        """The operand as an expression; a gather is done once, and kept for the backward pass."""
        if isinstance(operand, Literal) or (isinstance(operand, Ref) and operand.block):
            return self._read(operand, batched)
        if id(operand) not in self.saved:
            self.saved[id(operand)] = name = f"g{len(self.saved) + 1}"
            self.forward.append(f"{name} = {self._read(operand, operand.batched)}")
        return self.saved[id(operand)] + "[..., None]" * (batched and not operand.batched)

    def _read(self, operand: Operand, batched: bool) -> str:
        if isinstance(operand, Literal):
            return f"({operand.value!r})" if operand.value < 0 else repr(operand.value)
        pad = batched and not operand.batched
        if operand.block is None:
            return f"{self._flat(operand)}[{self._index(operand)}]" + "[..., None]" * pad
        array, (base, shape, axes) = operand.array, operand.block
        size = prod(shape)
        if array is self.layout.arrays[Layout.PARAMETERS]:
            text = self._matrix(base, shape)
        elif (base, shape) == (0, array.shape):
            text = array.name
        elif not axes:
            text = f"{self._flat(operand)}[{base}]"
        else:
            text = self._flat(operand) + f"[{base}:{base + size}]" * (size != array.size)
            text += self._reshape(shape, array.batched) * (len(shape) > 1)
        text += self._transpose([axes.index(axis) for axis in sorted(axes)], operand.batched)
        index = [":" if axis in axes else "None" for axis in range(len(operand.shape))] + ["None"] * pad
        return f"{text}[{', '.join(index)}]" if "None" in index and ":" in index else text

    def _flat(self, operand: Ref | Mix) -> str:
        if isinstance(operand, Mix):
            return "pool" if operand.batched else "pool0"
        array = operand.array
        return array.name + self._reshape((array.size,), array.batched) * (len(array.shape) > 1)

    def _index(self, operand: Ref | Mix) -> str:
        return self._constant(operand.places, "i", id(operand))

    def _matrix(self, base: int, shape: tuple[int, ...]) -> str:
        """The name of a block of parameters: W1, b1, W2, ... as they are met."""
        if (base, shape) not in self.matrices:
            letter = {0: "s", 1: "b", 2: "W"}.get(len(shape), "T")
            count = sum(name[0] == letter for name in self.matrices.values()) + 1
            self.matrices[base, shape] = f"{letter}{count}"
        return self.matrices[base, shape]

    def _constant(self, value: Any, letter: str, key: int | None = None) -> str:
        key = id(value) if key is None else key
        if key not in self.saved_constants:
            self.saved_constants[key] = f"{letter}{len(self.constants) + 1}"
            self.constants[self.saved_constants[key]] = value
        return self.saved_constants[key]

    @staticmethod
    def _reshape(shape: tuple[int, ...], batched: bool) -> str:
        return f".reshape({', '.join(map(str, [*shape, -1] if batched else shape))})"

    @staticmethod
    def _transpose(order: list[int], batched: bool) -> str:
        if order == sorted(order):
            return ""
        order = order + [len(order)] * batched
        return ".T" if order == [1, 0] else f".transpose({', '.join(map(str, order))})"

    @staticmethod
    def _zeros(batched: bool, size: int) -> str:
        return f"zeros(({size}, x.shape[-1]))" if batched else f"zeros({size})"

    def _store(self, array: Array) -> None:
        for batched, start in array.pooled.items() if array.size else ():
            flat = array.name + self._reshape((array.size,), array.batched) * (len(array.shape) > 1)
            pool = "pool" if batched else "pool0"
            self.forward.append(f"{pool} = store({pool}, {start}, {flat}{'[:, None]' * (batched and not array.batched)})")

    # -- giving gradients, and collecting them -----------------------------------------------------------------

    def _give(self, operand: Operand, text: str, batched: bool) -> None:
        """Add a gradient in the operand's shape (with a batch axis or not) to the array that it was read from."""
        assert isinstance(operand, (Ref, Mix))
        axes = list(range(len(operand.shape))) if operand.block is None else sorted(operand.block[2])
        over = [axis for axis in range(len(operand.shape)) if axis not in axes]
        over += [len(operand.shape)] * (batched and not operand.batched)
        if over == [1] and batched and len(operand.shape) == 1 and not operand.batched:
            text = f"{text} @ ones"  # over the batch: a product with ones is twice as fast as a sum
        elif over:
            text = f"{_wrapped(text)}.sum({over[0] if len(over) == 1 else tuple(over)})"
        if isinstance(operand, Mix):
            pool = self._flat(operand)
            self.backward.append(f"d{pool} = {self._adder(operand)}(d{pool}, {self._index(operand)}, {text})")
            return
        given = self.given.setdefault(operand.array.name, [])
        if operand.block is None:
            given.append((self._adder(operand), self._index(operand), text))
            return
        base, shape, block_axes = operand.block
        turn = self._transpose([axes.index(axis) for axis in block_axes], operand.batched)
        text = _wrapped(text) + turn if turn else text
        if operand.array is self.layout.arrays[Layout.PARAMETERS]:
            name = f"d{self._matrix(base, shape)}"
            known = [piece for piece in given if piece[1] == (base, prod(shape)) and piece[2].startswith(name)]
            self.backward.append(f"{name} = {name} + {text}" if known else f"{name} = {text}")
            if not known:
                given.append(("block", (base, prod(shape)), name + {0: "[None]", 1: ""}.get(len(shape), ".ravel()")))
        elif prod(shape) == operand.array.size:
            same = shape == operand.array.shape
            given.append(("whole", None, text if same else _wrapped(text) + self._reshape(operand.array.shape, operand.batched)))
        else:
            flat = (prod(shape),)
            text = text if len(shape) == 1 else _wrapped(text) + self._reshape(flat, operand.batched)
            given.append(("block", (base, flat[0]), text))

    @staticmethod
    def _adder(operand: Ref | Mix) -> str:
        """What adds to places: a plain += where each place is there once, else one that counts repeats."""
        return "add_at" if np.bincount(operand.places.ravel()).max() == 1 else "scatter"

    def _collect(self, array: Array) -> bool:
        """One line or more that make the gradient of an array out of what it was given; False for nothing."""
        given, name = self.given.get(array.name, []), f"d{array.name}"
        texts = [text for how, _, text in given if how == "whole"]
        for batched, start in array.pooled.items():
            piece = f"{'dpool' if batched else 'dpool0'}[{start}:{start + array.size}]" + ".sum(-1)" * (batched and not array.batched)
            texts.append(piece + self._reshape(array.shape, array.batched) * (len(array.shape) > 1))
        blocks = sorted((where, text) for how, where, text in given if how == "block")
        tiles, later, end = [], [], 0
        for (base, size), text in blocks:
            if texts or base < end:
                later.append(("add_at", f"slice({base}, {base + size})", text))
                continue
            tiles += [self._zeros(array.batched, base - end)] * (base > end) + [text]
            end = base + size
        later += [each for each in given if each[0] in ("add_at", "scatter")]
        if tiles and end < array.size:
            tiles.append(self._zeros(array.batched, array.size - end))
        if tiles:
            shape = self._reshape(array.shape, array.batched) * (len(array.shape) > 1)
            texts.append((f"concatenate([{', '.join(tiles)}])" if len(tiles) > 1 else tiles[0]) + shape)
        if not texts and not later:
            return False
        flat = self._reshape((array.size,), array.batched) if later and len(array.shape) > 1 else ""
        start_text = " + ".join(texts) or self._zeros(array.batched, array.size)
        fresh = "0.0 + " if later and texts else ""  # what follows writes in place, and must not write into another's array
        self.backward.append(f"{name} = {fresh}{_wrapped(start_text) + flat if flat and texts else start_text}")
        for how, where, text in later:
            self.backward.append(f"{name} = {how}({name}, {where}, {text})")
        if flat:
            self.backward.append(f"{name} = {name}{self._reshape(array.shape, array.batched)}")
        return True


def _atom(text: str) -> bool:
    """Whether an expression needs no parentheses as a factor: a name, a call, a number, something in brackets."""
    depth = 0
    for mark in text:
        depth += (mark in "([") - (mark in ")]")
        if mark == " " and depth == 0:
            return False
    return not text.startswith("-")


def _wrapped(text: str) -> str:
    return text if _atom(text) else f"({text})"

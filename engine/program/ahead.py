"""Loops as NumPy runs them: what can be computed for all turns at once is, and results are written where they stay.

This reads less like the lines one after the other than plain loops do, and takes fewer operations:

- What all turns compute of numbers that are known before the loop is computed before it, as one array.
- A result that is read for all turns at once is written into an array of all turns, and not put together later.
- A state that weights are multiplied by in each turn stands in one array with what else has weights there: the turn's
  inputs, and a row of ones for the bias. So W @ x + U @ h + b is one product, and so are the gradients of W, U and b.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..ops import ALIASES, OPS
from .backends import namespace
from .looped import ADDS_INPUT_PRODUCT, ADDS_PRODUCT, ADDS_ROWS, Looped, LoopLines, with_texts
from .loops import FROM_BEFORE, FROM_OUTSIDE, FROM_THIS, FROM_TURNS
from .statements import A_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .loops import CodeLoop, Role

# What NumPy calls an operator where it gets the array to write into.
UFUNCS: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.MatMult: "matmul",
}  # fmt: skip
# The terms of a sum, {} stands for each hole.
WEIGHTED, WEIGHTED_INPUT, BIAS = "{} @ {}", "{} @ {}[{}]", "{}[:, None]"
PRODUCT_PIECES = {"", " @ ", "[", "]", "] + ", " + "}  # the pieces of a sum of W @ h and W @ x[...]
TERMS_OF_PRODUCT = (WEIGHTED, WEIGHTED_INPUT, BIAS)  # in the order in which the weights stand side by side


class Ahead(Looped):
    """The same lines and loops as NumPy runs them."""

    def __init__(self, looped: Looped) -> None:
        """Write what `looped` has found, which stays as it is."""
        vars(self).update(vars(looped))
        self._ahead_each: dict[CodeLoop, AheadLines] = {}
        self._write_parts()
        for part in self._ahead_each.values():
            part.note_arrays()
        for part in self._ahead_each.values():
            part.find_joined()

    def ahead_of(self, loop: CodeLoop | None) -> AheadLines:
        """Return how a loop is written."""
        assert loop
        return self._ahead_each[loop]

    def block(self, number: int) -> tuple[int, ...]:
        """Return the shape of what a statement computes if that is a block of parameters; () for others.

        - `number`: the statement's; -1 for an argument of the function.
        """
        statement = self.code.each[number]
        if number < 0 or not statement.holes or statement.holes[0].name != "p" or statement.pieces[:2] != ("", "["):
            return ()
        if statement.pieces[2:] == ("]",):
            return (statement.holes[1].size,)
        shape = re.fullmatch(r"\]\.reshape\((\d+), (\d+)\)", statement.pieces[2])
        return (int(shape[1]), int(shape[2])) if shape else ()

    def _part_of(self, loop: CodeLoop) -> LoopLines:
        self._ahead_each[loop] = part = AheadLines(self, loop)
        return part


class Joined(NamedTuple):
    """How a state stands in one array with other rows: (turns, units + inputs + 1, batch).

    - `units`: how many numbers the state has.
    - `start`, `width`: the first input of the first turn, and how many inputs a turn has; 0 where it has none there.
    - `bias`: whether the last row is ones.
    """

    units: int
    start: int
    width: int
    bias: bool

    @property
    def rows(self) -> int:
        """How many rows the array has for each turn."""
        return self.units + self.width + self.bias


class Product(NamedTuple):
    """The terms of a sum that are one product of weights and a state with its other rows.

    - `state`: the offset of the state in the turn before.
    - `terms`: the hole at which each term begins: U @ h, and W @ x[...] and b[:, None] where they are in it.
    - `name`: the name of the weights.
    """

    state: int
    terms: dict[str, int]
    name: str


class AheadLines(LoopLines):
    """How a loop is written for NumPy.

    - `arrays`: the offsets of results that are written into an array of all turns.
    - `joined`: those that stand in one array with other rows.
    """

    whole: Ahead

    def __init__(self, whole: Looped, loop: CodeLoop) -> None:
        super().__init__(whole, loop)
        self.arrays: set[int] = set()
        self.joined: dict[int, Joined] = {}
        self._products: dict[int, Product] = {}  # of statements, by their offset
        self._known: dict[int, str] = {}  # the names of factors that are made of other loops' results
        self._wholes: dict[tuple[str, str], str] = {}  # the names of other loops' results of all turns
        self._slopes: dict[int, str] = {}  # the names of what is added to several sums, by the first one's offset

    # -- what is found ----------------------------------------------------------------------------------------------

    def note_arrays(self) -> None:
        """Note which results, of this loop and of others, are read as an array of all turns."""
        for offset, statement in enumerate(self._body):
            if offset in self.sums:
                holes = [1, 2] if statement.pieces == ADDS_PRODUCT else [1]
            else:
                holes = [*range(1, len(statement.holes))] if self._known_factor(offset) else []
            for role in [self.loop.roles[offset, hole] for hole in holes]:
                part = self.whole.ahead_of(role.loop) if role.loop else self
                if role.kind in (FROM_THIS, FROM_TURNS) and part.shape(role.offset):
                    part.arrays.add(role.offset)

    def shape(self, offset: int) -> Sequence[str]:
        """Return the numbers of a result's shape as text, the batch last; none where they are not known."""
        return self.whole.code.shapes[self.loop.start + offset]

    def find_joined(self) -> None:
        """Find the states that stand in one array with what else has weights in the sums of a turn."""
        for state in sorted({*self.loop.starts} & self.arrays) if self._step == 1 else ():
            shape = self.shape(state)
            if len(shape) != 2 or shape[1] != "batch":
                continue
            units = int(shape[0])
            sums = {
                offset: terms for offset in range(self.loop.period) if (terms := self._terms(offset, state, units))
            }
            entering = [self._input_place(offset, terms) for offset, terms in sums.items() if WEIGHTED_INPUT in terms]
            start, width = entering[0] if entering else (0, 0)
            for offset, terms in sums.items():
                if width and (WEIGHTED_INPUT not in terms or self._input_place(offset, terms) != (start, width)):
                    terms.pop(WEIGHTED_INPUT, None)  # other rows stand between the state and the ones
                    terms.pop(BIAS, None)
            joined = Joined(units, start, width, any(BIAS in terms for terms in sums.values()))
            if joined.rows == units:
                continue
            self.joined[state] = joined
            self.with_start.add(state)
            for offset, terms in sums.items():
                if len(terms) > 1:
                    self._products[offset] = Product(state, terms, self.whole.new_name("weights"))

    def _terms(self, offset: int, state: int, units: int) -> dict[str, int]:
        """Return the first hole of each kind of term in a sum that has U @ h; none for another statement.

        `state` is the offset of h, the result of the turn before, which has `units` numbers. All weights are
        parameters that are not changed in the turns, and have as many rows.
        """
        shape, terms, at = self.shape(offset), dict[str, int](), 0
        if offset in self.sums or len(shape) != 2:
            return {}
        for form in with_texts(self._body[offset].pieces, ["{}"] * len(self._body[offset].holes)).split(" + "):
            role = self.loop.roles.get((offset, at))
            is_fixed = form in TERMS_OF_PRODUCT and role is not None and role.kind == FROM_OUTSIDE
            sizes = self.whole.block(role.reads[0]) if is_fixed and role else ()
            if form in terms or sizes[:1] != (int(shape[0]),):
                fits = False
            elif form == WEIGHTED:
                other = self.loop.roles[offset, at + 1]
                fits = other.kind == FROM_BEFORE and other.offset == state and sizes[1:] == (units,)
            else:
                fits = form == BIAS or self._input_of_all_turns(offset, at + 1) is not None
            if fits:
                terms[form] = at
            at += form.count("{}")
        return terms if WEIGHTED in terms else {}

    def _input_place(self, offset: int, terms: Mapping[str, int]) -> tuple[int, int]:
        """Return the first input of the first turn, and how many inputs a turn has."""
        hole = terms[WEIGHTED_INPUT] + 2
        return self.loop.places[offset, hole][0], self._body[offset].holes[hole].size

    def _known_factor(self, offset: int) -> str:
        """Return the text of the factor of a statement d * (...) that is made of another loop's results; "" for none.

        It is computed number by number. A hole is written as the number of its role's offset in braces.
        """
        pieces, holes = self._body[offset].pieces, self._body[offset].holes
        is_product = len(pieces) > 2 and not pieces[0] and pieces[1].startswith(" * (") and pieces[-1] == ")"
        if offset in self.sums or not is_product:
            return ""
        roles = [self.loop.roles.get((offset, hole)) for hole in range(1, len(holes))]
        first = roles[0]
        if first is None or holes[0].kind != A_NAME:
            return ""
        for role in roles:
            if role is None or role.kind != FROM_TURNS or abs(role.step) != 1:
                return ""
            if (role.loop, role.first, role.step) != (first.loop, first.first, first.step):
                return ""
        inner = (pieces[1].removeprefix(" * ("), *pieces[2:-1], "")  # what stands in the parentheses
        if not all(map(_is_number_by_number, inner)):
            return ""
        return with_texts(inner, [f"{{{role.offset}}}" for role in roles if role])

    # -- what is written --------------------------------------------------------------------------------------------

    def item(self, offset: int, place: str) -> str:
        joined = self.joined.get(offset)
        return f"{self.stack(offset)}[{place}, :{joined.units}]" if joined else super().item(offset, place)

    def _before(self) -> list[str]:
        return [*super()._before(), *self._weights_lines(), *self._known_lines()]

    def _weights_lines(self) -> list[str]:
        lines = []
        for offset, product in self._products.items():
            names = [self._name(offset, product.terms[form]) for form in TERMS_OF_PRODUCT if form in product.terms]
            if BIAS in product.terms:
                names[-1] += "[:, None]"
            lines.append(f"{product.name} = concatenate([{', '.join(names)}], 1)")
        return lines

    def _known_lines(self) -> list[str]:
        """Return the lines that compute the factors of all turns that other loops' results are enough for."""
        lines, written = [], set[str]()
        for offset in range(self.loop.period):
            text = self._known_factor(offset)
            if not text:
                continue
            for hole in range(1, len(self._body[offset].holes)):
                role = self.loop.roles[offset, hole]
                part = self.whole.ahead_of(role.loop)
                key = part.names[role.offset], self._of_all_turns(role, offset)
                if key not in self._wholes:
                    self._wholes[key] = self.whole.new_name(f"{key[0]}_all")
                if self._wholes[key] not in written:
                    written.add(self._wholes[key])
                    array = key[1] if role.offset in part.arrays else f"as_one({key[1]})"
                    lines.append(f"{self._wholes[key]} = {array}")
                text = text.replace(f"{{{role.offset}}}", self._wholes[key])
                # NumPy squares a part of an array in half the time of its product with itself.
                square = rf"(?<![*/] )\b{self._wholes[key]} \* {self._wholes[key]}\b(?! \*\*)"
                text = re.sub(square, f"square({self._wholes[key]})", text)
            if offset not in self._known:
                self._known[offset] = self.whole.new_name(f"{self.names[offset]}_local")
            lines.append(f"{self._known[offset]} = {text}")
        return lines

    def _ahead_lines(self) -> list[str]:
        lines = super()._ahead_lines()
        for offset, name in self._ahead.items():
            if self._has_bias(offset):
                at = next(number for number, line in enumerate(lines) if line.startswith(f"{name} = "))
                lines[at] += f"; {name} += {self._texts(offset)[-1]}[:, None]"
        return lines

    def _has_bias(self, offset: int) -> bool:
        """Return whether a statement adds terms alone, and at last one that all turns have in common: b[:, None]."""
        pieces, role = self._body[offset].pieces, self.loop.roles.get((offset, len(self._body[offset].holes) - 1))
        return (
            pieces[-1] == "[:, None]"
            and pieces[-2].endswith(" + ")
            and {*pieces[:-1]} <= PRODUCT_PIECES
            and role is not None
            and role.kind == FROM_OUTSIDE
        )

    def _weighted_input(self, offset: int) -> int | None:
        is_joined = offset in self._products and WEIGHTED_INPUT in self._products[offset].terms
        return None if is_joined else super()._weighted_input(offset)

    def _stack_lines(self, offset: int) -> list[str]:
        if offset not in self.arrays:
            return super()._stack_lines(offset)
        name, count, joined = self.stack(offset), self.place(offset, self.loop.count), self.joined.get(offset)
        *shape, batch = self.shape(offset)
        if joined:
            shape = [str(joined.rows)]
        sizes = [str(count), *shape, "x.shape[-1]" if batch == "batch" else batch]
        lines = [f"{name} = empty(({', '.join(sizes)}))"]
        if offset in self.with_start:
            lines.append(f"{self.item(offset, '0')} = {self.names[offset]}")
        if joined and joined.width:
            turns, end = self.loop.count, joined.start + joined.width * self.loop.count
            lines.append(
                f"{name}[:{turns}, {joined.units}:{joined.units + joined.width}]"
                f" = x[{joined.start}:{end}].reshape({turns}, {joined.width}, -1)"
            )
        if joined and joined.bias:
            lines.append(f"{name}[:, {joined.rows - 1}] = 1.0")
        return lines

    def _expression(self, offset: int, scans: bool) -> str:
        if self._known_factor(offset):
            return f"{self._name(offset, 0)} * {self._known[offset]}[{self._turn_of_all()}]"
        if offset in self._products:
            return self._joined_expression(offset)
        text = super()._expression(offset, scans)
        if offset in self._ahead and self._has_bias(offset):  # it was added ahead of the loop
            text = text.removesuffix(f" + {self._texts(offset)[-1]}[:, None]")
        return text

    def _joined_expression(self, offset: int) -> str:
        """Return the sum of a statement in which several terms are one product."""
        state, terms, name = self._products[offset]
        joined, rows = self.joined[state], self.joined[state].units
        rows += joined.width if WEIGHTED_INPUT in terms else 0
        rows += BIAS in terms
        part = "" if rows == joined.rows else f", :{rows}"
        texts, pieces, at, result = self._texts(offset), self._body[offset].pieces, 0, list[str]()
        for form in with_texts(pieces, ["{}"] * len(texts)).split(" + "):
            end = at + form.count("{}")
            if terms.get(form) != at:
                result.append(form.format(*texts[at:end]))
            elif form == WEIGHTED:
                result.append(f"{name} @ {self.stack(state)}[{self._affine(0, 1)}{part}]")
            at = end
        return " + ".join(result)

    def _turn_lines(self, offset: int, scans: bool) -> list[str]:
        if offset not in self.arrays:
            return super()._turn_lines(offset, scans)
        place = self.item(offset, self._affine(self.place(offset, 0), 1))
        text, name, comment = self._expression(offset, scans), self.names[offset], self._body[offset].comment
        written = into(text, place)
        line = f"{name} = {written}" if written else f"{name} = {place} = {text}"
        return [f"{line}  # ({comment})" if comment else line]

    def _behind(self) -> list[str]:
        lines = []
        for first, parts in self._joined_sums().items():
            if first not in self._slopes:
                self._slopes[first] = self.whole.new_name("dweights")
            left, right = self.loop.roles[first, 1], self.loop.roles[first, 2]
            joined = self.whole.ahead_of(right.loop).joined[right.offset]
            states, rows = self._of_all_turns(right, first), 1 + max(part[-1] for part in parts.values())
            states = states.replace(f", :{joined.units}]", "]" if rows == joined.rows else f", :{rows}]")
            lines.append(f"{self._slopes[first]} = sum_of_products({self._of_all_turns(left, first)}, {states})")
        return [*lines, *super()._behind()]

    def _total(self, offset: int) -> str:
        for first, parts in self._joined_sums().items():
            if offset in parts:
                part = parts[offset]
                is_column = self._body[offset].pieces not in (ADDS_PRODUCT, ADDS_INPUT_PRODUCT)
                return f"{self._slopes[first]}[:, {part[0] if is_column else f'{part[0]}:{part[-1] + 1}'}]"
        return super()._total(offset)

    def _joined_sums(self) -> dict[int, dict[int, range]]:
        """Return the sums that are columns of one sum, that of products with a state and its other rows.

        They are listed by the first one's offset: the columns of each.
        """
        groups: dict[int, dict[int, range]] = {}
        for first in sorted(self.sums):
            right = self.loop.roles.get((first, 2))
            if self._body[first].pieces != ADDS_PRODUCT or not right or right.kind != FROM_TURNS:
                continue
            part = self.whole.ahead_of(right.loop)
            joined = part.joined.get(right.offset)
            if not joined:
                continue
            end, group = joined.units, {first: range(joined.units)}
            alike = [
                each
                for each in sorted(self.sums)
                if self.loop.roles[each, 1] == self.loop.roles[first, 1]
                and (each in self.extended) == (first in self.extended)
            ]
            inputs = [each for each in alike if self._adds_inputs(each, part, joined, right)]
            if inputs:
                group[inputs[0]] = range(end, end := end + joined.width)
            bias = [each for each in alike if self._body[each].pieces == ADDS_ROWS]
            if bias and joined.bias and end == joined.units + joined.width:
                group[bias[0]] = range(end, end + 1)
            if len(group) > 1:
                groups[first] = group
        return groups

    def _adds_inputs(self, offset: int, part: AheadLines, joined: Joined, states: Role) -> bool:
        """Return whether a sum is of products with the inputs that stand beside the states of another sum's."""
        if self._body[offset].pieces != ADDS_INPUT_PRODUCT or not joined.width:
            return False
        first = states.first + 1  # the place of the first turn's state, and of its inputs
        turns = (-(offset in self.extended), self.loop.count - 1)
        if (
            max(first + states.step * turn for turn in turns) >= part.loop.count
        ):  # behind the last turn no inputs stand
            return False
        place = joined.start + joined.width * first, joined.width * states.step
        return self.loop.places[offset, 3] == place and self._body[offset].holes[3].size == joined.width


def into(text: str, place: str) -> str:
    """Return an expression that writes its result into a place; "" for one that NumPy computes in no one operation.

    >>> into("dh * (1 - h * h)", "dzs[t]"), into("tanh(z)", "hs[t]"), into("z ** 2.0", "vs[t]")
    ('multiply(dh, 1 - h * h, dzs[t])', 'tanh(z, hs[t])', '')
    """
    node = ast.parse(text, mode="eval").body
    if isinstance(node, ast.BinOp) and type(node.op) in UFUNCS:
        return f"{UFUNCS[type(node.op)]}({ast.unparse(node.left)}, {ast.unparse(node.right)}, {place})"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        function = namespace("numpy").get(node.func.id)
        if isinstance(function, np.ufunc) and function.nin == len(node.args):
            return f"{ast.unparse(node)[:-1]}, {place})"
    return ""


def _is_number_by_number(text: str) -> bool:
    """Return whether a piece of a text has nothing but numbers, operators and rows of the table."""
    calls = re.findall(r"([A-Za-z_]\w*)(?=\()", text)
    words = re.findall(r"[A-Za-z_]\w*", text)
    return (
        not re.search(r"[@\[\]]", text) and words == calls and all(name in OPS or name in ALIASES for name in calls)
    )

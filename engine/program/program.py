"""A `Program`: a recorded graph as array code, ready to run on many rows at once."""

from __future__ import annotations

import os
import re
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from html import escape
from math import isfinite, isnan
from operator import is_
from typing import Any

import numpy as np

from ..arguments import choose, described, hidden, public, shortened, surplus
from ..collector import Paused
from ..errors import ArgumentError, DomainError, GradwalkError, NumberError, RangeError, not_a_number, real
from ..files import checked_path
from ..printer import plural
from ..sources import run_source
from ..value import WRITES, Value
from .access import Access
from .ahead import Ahead
from .backends import backend_module, namespace
from .backends.numpy import raising
from .codegen import textbook
from .defined import functions_of, names_of
from .emit import emit
from .finite import arrays_to_check
from .forms import SHOWN_ROWS, Forms
from .group import Grouped
from .in_numpy import of_one_row, of_rows
from .looped import Looped
from .loops import ALWAYS_A_SCAN, SCANNED_ROWS, WORTH_A_SCAN, may_repeat
from .narrow import narrowed, narrowed_array
from .outside import OutsideRows, Replayed
from .plan import plan
from .prepared import OutputsInJax, Prepared
from .shapes import FORMS, check_parameters, check_rows
from .standalone import SAVED, c_of, python_file, write_file
from .straight import NO_NUMBER
from .tape import Tape
from .watch import NOTE, Notes, watched

# Rows at a time: what they need stays in the cache. 3000 is no power of 2, whose lines would share places there.
# But an operation must have WORTH_A_CALL numbers, or its call takes as long as its work.
BLOCK, LEAST_BLOCK, CACHE, WORTH_A_CALL = 3000, 64, 1 << 22, 6000
CODES = 16  # the most structures whose code is kept
FLOAT_TYPE = np.dtype(float)
ORDER = "W · x: a row of W for each neuron, a column for each number of x"  # and nn's weights() the other way
SLICE = 8192  # numbers that are squared at a time: BLAS would share more among threads, which are slow to start
DTYPES = ("float64", "float32")
LARGEST_SQUARES = (
    1e60  # the most that the squares of the given numbers may add up to, where NumPy tells of no overflow
)


class Code:
    """The source of a tape, and where nodes are in its arrays.

    - `forward`: the lines that compute the outputs.
    - `batched`: whether the outputs differ from row to row.
    - `operations`: how many arrays it computes.
    - `products`: how many products its sums are made of.
    - `has_zeros`: whether products by zeros are added, which count for nothing.
    - `block`: how many rows are computed at a time.
    - `order`: the number of the parameter at each offset; `offsets`: the offset of each parameter.
    """

    def __init__(self, tape: Tape, grouped: Grouped) -> None:
        sums, access = grouped.sums, Access(tape)
        emit(plan(grouped, access), tape.outputs, access)
        self.batched: bool = tape.outputs_differ  # an array may have an axis for rows that are all the same
        layout, lines = access.layout, access.lines
        self.forward: list[str] = lines.forward
        self._buffers = [buffer.name for buffer in layout.buffers]
        of_row = sum((1 + buffer.needs_grad) * buffer.size for buffer in layout.buffers if buffer.batched)
        self.operations: int = len(layout.buffers) - 3  # the parameters, the inputs and the constants
        cached, least = CACHE // (8 * (of_row + 2 * access.packed.size) + 1), WORTH_A_CALL * self.operations
        self.block: int = max(LEAST_BLOCK, min(BLOCK, max(cached, least // (of_row + 1))))
        self._buffer_numbers = layout.buffer[sums.into]
        self.products: int = len(sums.left)
        self.offsets: Any = layout.offset[: tape.first_input]
        self.order: Any = np.argsort(self.offsets)
        constants = tape.first_constant + np.argsort(layout.offset[tape.first_constant :])
        self.has_zeros: bool = lines.has_zeros
        self._constants = lines.indices | lines.masks | {"c": tape.values[constants]}
        self._tables: dict[str, Any] = {}  # what loops read as one array of constants
        self._functions: dict[tuple[str, str, str], Any] = {}
        self._ops, self._outputs = tape.ops, len(tape.outputs)
        # What the same lines give besides. "checked" tells, for libraries that raise no error where a number is not
        # finite, whether the outputs are finite and all that goes where an infinity is hidden. "first" derives the
        # first of several outputs, and returns them all.
        start, *backward, last = lines.backward
        outputs = "return y, dp"
        gradient = [*lines.forward, start, *backward]
        first = [*lines.forward, *_backward_of_first(start, backward)]
        check = arrays_to_check(tape, layout, lines.forward)
        self._taken = access.taken
        for label in layout.claimed:
            self._taken.add(label)
        self._texts: dict[str, tuple[list[str], str, Any]] = {  # lines, the last one, and the names to check
            "forward": (lines.forward, "return y", None),
            "gradient": (gradient, last, None),
            "first": (first, outputs, None),
            "checked": (gradient, last, check),
            "checked_first": (first, outputs, check),
            "checked_forward": (lines.forward, "return y, None", check),
        }
        self._looped: dict[str, Looped | None] = {}
        self._ahead: dict[str, Ahead] = {}

    @cached_property
    def sources(self) -> dict[str, str]:
        """The text of each of its functions, by name."""
        return {name: self.text(name, "loops") for name in ("forward", "gradient")}

    @property
    def constants(self) -> dict[str, Any]:
        """The arrays of indices and numbers that the sources read, by name."""
        names = {*re.findall(r"\w+", "".join(self.sources.values()))}
        return {name: numbers for name, numbers in (self._constants | self._tables).items() if name in names}

    def text(self, name: str, style: str) -> str:
        """Return the text of a function, in a style: "lines" one after the other, "loops", "ahead" or "scans".

        "ahead" is loops as NumPy runs them: they compute what they can ahead of their turns, and are not so plain.
        """
        lines, last, check = self._texts[name]
        looped = None if style == "lines" else self._with_loops(name, style == "ahead")
        if check:
            parts = []
            for function, names in zip(("all_finite", "no_nan"), check):
                others = [each for each in names if not (looped and each in looped.in_loops)]
                parts += [f"{function}({', '.join(others)})"] if others else []
            parts += [looped.finite] if looped and looped.checks else []
            last = f"{last}, {' & '.join(parts) or 'True'}"
        body = looped.lines(style == "scans") if looped else lines
        return "\n    ".join([f"def {name}({', '.join(_arguments(name))}):", *body, last]) + "\n"

    def _with_loops(self, name: str, ahead: bool = False) -> Looped | None:
        """Return a function's lines with their loops, found once; None where it has none."""
        if name not in self._looped:
            lines, _, check = self._texts[name]
            looped = None
            if may_repeat(lines):
                looped = Looped(
                    lines, _arguments(name), self._constants, self._taken, self._tables, check or ((), ())
                )
            self._looped[name] = looped if looped and looped.loops else None
        looped = self._looped[name]
        if looped and ahead:
            if name not in self._ahead:
                self._ahead[name] = Ahead(looped)
            return self._ahead[name]
        return looped

    def _style(self, name: str, backend: str, rows: int = 1) -> str:
        """Return the style of a function's text that is the best for a backend and so many rows."""
        looped = self._with_loops(name)
        if not looped:
            return "lines"
        if backend != "jax":
            return "ahead" if backend == "numpy" else "loops"
        is_worth_it = looped.saved >= (WORTH_A_SCAN if rows <= SCANNED_ROWS else ALWAYS_A_SCAN)
        return "scans" if is_worth_it else "lines"

    def function(self, name: str, backend: str = "numpy", dtype: str = "float64") -> Any:
        """Return a function of the source, compiled when it is first asked for; tracebacks show its lines.

        "checked" is "gradient" that also returns whether all arrays are finite. "first" returns all outputs, and the
        gradients of the first one's mean; "checked_first" and "checked_forward" are checked, too. "watched",
        "watched_first" and "watched_forward" are the same, but look at the steps inside formulas of the user's, too.
        `dtype` is that of its constants.
        """
        if name.startswith("watched") and not names_of(self._ops):
            name = name.replace("watched", "checked")
        key = name, backend, dtype
        if key not in self._functions:
            watches, notes = name.startswith("watched"), Notes()
            plain = name.replace("watched", "checked")
            style = "lines" if watches else self._style(plain, backend)
            source = self._source(plain, style, dtype)  # before the names: it adds tables
            names = self._names(backend, dtype, watched if watches else str, notes.noted)
            if watches:
                function = run_source(f"{watched(source)}\n", f"program {name}", names, self)[plain]
                self._functions[key] = notes.checking(function, names["all_finite"])
            else:
                function = self._in_style(name, style, backend, names, dtype)
                if style == "scans" and self._style(name, backend, SCANNED_ROWS + 1) == "lines":
                    function = _by_rows(function, partial(self._in_style, name, "lines", backend, names, dtype))
                self._functions[key] = function
        return self._functions[key]

    def _names(
        self, backend: str, dtype: str = "float64", text: Callable[[str], str] = str, noted: Any = None
    ) -> dict[str, Any]:
        """Return what a source reads, by name: functions, and arrays of constants of a dtype.

        - `text`: makes a formula of a formula of the user's.
        - `noted`: what such a formula calls.
        """
        module, names = backend_module(backend), {**namespace(backend), NOTE: noted}
        in_dtype = (lambda formula: text(narrowed(formula))) if dtype == "float32" else text
        names |= functions_of(self._ops, backend, names, in_dtype)
        for each, numbers in (self._constants | self._tables).items():
            names[each] = module.array(narrowed_array(numbers) if dtype == "float32" else numbers)
        if dtype != "float64":
            names["zeros"] = partial(names["zeros"], dtype=dtype)
        return names

    @cached_property
    def gradient_of_one_row(self) -> Any:
        """The function "gradient" over NumPy for one row alone, in which it is faster."""
        source, names = of_one_row(self.text("gradient", "ahead"), self._outputs)
        names = self._names("numpy") | names
        return run_source(source, "program gradient of a row", names, self)["gradient"]

    def _source(self, name: str, style: str, dtype: str) -> str:
        source = self.text(name, style)
        return narrowed(source) if dtype == "float32" else source

    def _in_style(self, name: str, style: str, backend: str, names: dict[str, Any], dtype: str) -> Any:
        source = self._source(name, style, dtype)
        if backend == "numpy":
            source, arrays = of_rows(source)
            names = names | arrays
        return run_source(source, f"program {name}", names, self)[name]

    def buffer_names(self, start: int, end: int) -> list[str]:
        """Return for each node from `start` up to `end` the name of the array that it is computed in."""
        return [self._buffers[number] for number in self._buffer_numbers[start:end].tolist()]


def _backward_of_first(start: str, backward: Sequence[str]) -> list[str]:
    """Return the lines of a gradient of the first output alone, without what all others add: zeros.

    - `start`: the line that gives the gradients of all outputs.
    - `backward`: the lines that follow it.
    """
    text = "\n".join(backward)
    names = ["dy", *re.findall(r"^(dj\d+) = dy$", text, re.MULTILINE)]
    for name in names[1:]:
        zeros = rf"(?<![\w.]){name}\[[1-9]\d*:\d+\](?:\.reshape\([^()]*\))?"
        text = re.sub(rf"{zeros} \+ | \+ {zeros}(?![\w.\[])", "", text)
    reads = re.findall(rf"(?<![\w.])(?:{'|'.join(names)})(?! = dy\b)\b(?!\[0:1\])", text)
    if len(reads) == len(names) - 1:  # each name is what dy is, and no more than its first line is read
        return [start.replace("(y,", "(y[0:1],"), *text.split("\n")]
    return [start, "dy = store(full_like(y, 0.0), 0, dy[0:1])", *text.split("\n")]


def _arguments(name: str) -> tuple[str, ...]:
    return ("p", "x") if name.endswith("forward") else ("p", "x", "scale")


def _by_rows(scans: Any, other: Callable[[], Any]) -> Any:
    """Return a function that runs `scans` for few rows, and for more of them what `other` makes when they come.

    JAX asks once for each number of rows: when it compiles.
    """
    lines: list[Any] = []

    def run(p: Any, x: Any, *scale: Any) -> Any:
        if x.shape[1] <= SCANNED_ROWS:
            return scans(p, x, *scale)
        if not lines:
            lines.append(other())
        return lines[0](p, x, *scale)

    return run


_codes: OrderedDict[tuple[object, ...], Forms] = OrderedDict()  # the latest last


def forms_of(tape: Tape) -> Forms:
    """Return the forms of a tape; graphs of one structure share them."""
    key = tape.key
    forms = _codes.pop(key, None) or Forms(tape, Code)
    _codes[key] = forms
    while len(_codes) > CODES:
        _codes.popitem(last=False)
    return forms


def code_of(tape: Tape) -> Code:
    """Return the array code of a tape; graphs of one structure share it."""
    return forms_of(tape).matrices


class Numbers:
    """The parameters' numbers as they were when they were read.

    - `written`: what the latest write of a node's number was before.
    - `listed`: the numbers.
    - `laid_out`: the same as an array, in the order of the source's p; None until it is asked for.
    """

    __slots__ = ("laid_out", "listed", "written")

    def __init__(self, parameters: Sequence[Value]) -> None:
        self.written: object = WRITES.latest  # before the numbers: what is written meanwhile is read again
        self.listed: list[float] = [parameter._data for parameter in parameters]
        self.laid_out: Any = None


class Runner:
    """What a program gives for a backend: a function of parameters and rows, and a text that says which it is."""

    def __init__(self, function: Callable[..., Any], text: str) -> None:
        self._function, self._text = function, text

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Return the output's mean over the rows, and its gradients: see `Program.on` and `Program.to_jax`."""
        return self._function(*arguments, **options)

    def __repr__(self) -> str:
        return f"value_and_grad(parameters, X), {self._text}"


@public
class Program:
    """Code for the value and the gradients of a recorded graph; see `engine.compile`.

    - `form`: the form that it runs in, and why: matrices, columns or scalars.
    - `source`: the code, in this form. Both are those of the latest call; before it, those for 100 rows. A matrix W
      in it has a row for each neuron and a column for each input, as W · x needs it; a layer's `weights()` has a row
      for each input and a column for each neuron. NumPy writes some results over arrays that are not read again, and
      computes what it can ahead of a loop, for all of its turns at once.
    - `nodes`: how many scalars it replaces.
    - `operations`: how many array operations it has as matrices.
    - `parameters`: the leaves whose gradients it computes.
    """

    parameters: list[Value]
    nodes: int

    def __init__(
        self,
        output: Value | Sequence[Value],
        inputs: Sequence[Value],
        parameters: Sequence[Value],
        form: str | None = None,
    ) -> None:
        self._single = isinstance(output, Value)
        self._outputs = 1 if isinstance(output, Value) else len(output)
        with Paused():
            tape = Tape([output] if isinstance(output, Value) else output, inputs, parameters)
            self._forms, self._inputs = forms_of(tape), len(inputs)
        self._batched = self._forms.batched
        self._form = form and choose("form", form, FORMS, ArgumentError)
        self._latest_rows = SHOWN_ROWS if self._batched else 1
        self._other: tuple[int, Any] = (0, None)  # rows, and what `_other_form` returns for them
        self._read = Numbers([])
        self._parameter_shape = (len(parameters),)
        self.parameters, self.nodes = list(parameters), tape.size - 1  # without the zero
        self._outside = OutsideRows(tape, self._batched)

    @property
    def _code(self) -> Code:
        return self._forms.matrices

    @property
    def form(self) -> str:
        """The form that the program runs in, and why."""
        return f"{self._form}: as form= asks for" if self._form else self._forms.described(self._latest_rows)

    @property
    def source(self) -> str:
        """The code that runs."""
        form = getattr(self._forms, self._form or self._forms.chosen(self._latest_rows))
        return "\n\n".join(form.sources.values())

    @property
    def operations(self) -> int:
        """How many array operations the program has as matrices."""
        return self._code.operations

    @property
    def may_hide_errors(self) -> bool:
        """Whether a library that raises no error, such as JAX, may pass over one that NumPy finds.

        That is an infinite local derivative below what `where` or `clip` chooses, where the gradient is 0, and an
        overflow in what depends on an infinite constant.
        """
        return self._outside.is_hidden

    def __str__(self) -> str:
        lines = textbook(self._code.forward, self._inputs)
        order = [ORDER] if any(re.search(r"\b[A-Z]\w* · ", line) for line in lines) else []
        count = f"{plural(self.nodes, 'scalar node')} → {plural(self.operations, 'array operation')}"
        return "\n".join([*lines, *order, count])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Return the lines for a notebook."""
        return f"<pre>{escape(str(self))}</pre>"

    @public
    def numbers(self) -> Any:
        """Return the parameters' numbers as they are now: one array, in their order."""
        return np.array([parameter.data for parameter in self.parameters])

    @public
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the program to a file that needs no Gradwalk; the ending of its name says in which language.

        - ".py": a module that needs NumPy alone, in the form of matrices. `outputs(X)` and `value_and_grad(X)` do
          there what a call and `value_and_grad` do here.
        - ".c": plain C of C99 without allocation, in the form of scalars, for one row at a time. It says at its
          beginning how it is called.

        The file holds the parameters' numbers as they are now. Where a result is not finite, it gives that number,
        or 1 in C, and names no row.

        Raises ArgumentError for another ending, and for an operation that is a Python function.
        """
        path = checked_path(path, (".py", ".c"), "program", ArgumentError)
        named = [(parameter.label, parameter.data) for parameter in self.parameters]
        if path.suffix.lower() == ".c":
            text = c_of(self._forms.scalars.scalars, named, self._inputs, self._outputs)
        else:
            code = self._code
            text = python_file(
                code.sources.values(), code.constants, named, code.offsets.tolist(), code.order.tolist(),
                self._inputs, self._single, self._batched, SAVED,
            )  # fmt: skip
        write_file(path, text)

    # The two calls of a training loop take what they have no use for themselves: `public` costs them up to 5 %.

    @hidden
    def __call__(self, X: Any = None, parameters: Any = None, *more: Any, **unknown: Any) -> Any:
        """Return the outputs of each row: an array of (rows,), or of (rows, outputs) for a list of outputs.

        Outputs that no input reaches are the same for all rows, and are given once: a number, or (outputs,).

        - `X`: rows of inputs, (rows, inputs); None for a program without inputs.
        - `parameters`: the parameters' numbers, in their order; None for those that they have now.

        Raises NumberError for what is not numbers, and for another shape; and for the first row at which an operation
        has no value DomainError, DivisionError or RangeError, which name the row, counted from 0, and the node.
        """
        try:
            if more or unknown:
                raise surplus(Program.__call__, "program", more, unknown)
            x = self._columns(X)
            form = self._other_form(x)
            y = form and form.outputs(self._as_list(parameters), x)
            return self._rows(self._forward(self._laid_out(parameters), x) if y is None else y)
        except GradwalkError as error:
            raise shortened(error) from None

    @public
    def or_nan(self, X: Any = None, parameters: Any = None) -> Any:
        """Return the outputs of each row, as a call does, but NaN in a row at which an operation has no value.

        An infinite result of + - and * stays infinite, as it is for Values. Raises NumberError as a call does.

        >>> from engine import Value, compile
        >>> x = Value(1.0, "x")
        >>> compile(x.log().tanh(), inputs=[x]).or_nan([[1.0], [0.0]]).tolist()
        [0.0, nan]
        """
        p, x = self._laid_out(parameters), self._columns(X)
        numbers, holes = p[self._code.offsets], np.isnan(x).any(axis=0) if self._batched else np.zeros(1, bool)
        try:
            with np.errstate(all="ignore"):
                y = np.array(self._code.function("forward")(p, x))
        except NO_NUMBER:  # of a function of the user's, at some row
            y = self._outside.rows_or_nan(numbers, x, holes)
        else:
            y[:, holes] = np.nan
            y[:, self._outside.without_value(numbers, x, ~np.isnan(y).any(axis=0))] = np.nan
            unsure = ~np.isfinite(y).all(axis=0) & ~holes
            if self._code.has_zeros and unsure.any():  # 0 times an infinity is NaN
                y[:, unsure] = self._outside.rows_or_nan(numbers, x, ~unsure)[:, unsure]
        return self._rows(y)

    def _rows(self, y: Any) -> Any:
        """Return outputs as a call does: a row for each row of inputs, and a number of it for a single output."""
        if not y.flags.owndata:  # of the parameters' own numbers, perhaps, or of constants
            y = y.copy()
        y = y.T if self._batched else y[:, 0]
        return y[..., 0] if self._single else y

    @hidden
    def value_and_grad(self, X: Any = None, parameters: Any = None, *more: Any, **unknown: Any) -> tuple[float, Any]:
        """Return the output's mean over the rows, and its gradients in the order of the parameters.

        For a list of outputs, it is the mean of their sum. The arguments, and what is raised for them, are those of a
        call. Raises DomainError, DivisionError or RangeError also for a row at which a gradient is not finite.
        """
        try:
            if more or unknown:
                raise surplus(Program.value_and_grad, "value_and_grad", more, unknown)
            x = self._columns(X)
            form = self._other_form(x)
            result: tuple[float, Any] | None = form and form.value_and_grad(self._as_list(parameters), x)
            return result or self._gradient(self._laid_out(parameters), x)
        except GradwalkError as error:
            raise shortened(error) from None

    @public
    def prepared(self, rows: int) -> Prepared:
        """Return the program as a training loop calls it, most often with so many rows."""
        return Prepared(self, rows)

    @public
    def outputs_in_jax(self, dtype: str = "float64") -> OutputsInJax:
        """Return what gives all outputs inside of a function that JAX compiles, as `to_jax` gives the gradient.

        Raises ArgumentError for another dtype than float64 and float32, MissingExtra where JAX is not installed.
        """
        choose("dtype", dtype, DTYPES, ArgumentError)
        return OutputsInJax(self, dtype)

    def _forward(self, p: Any, x: Any) -> Any:
        """Return the outputs, or raise the error of the first row that has none."""
        forward = self._code.function("forward")
        try:
            y = raising(forward, p, x)
            if isfinite(raising(y.sum)) and (x.shape[1] < self._forms.fewest_reported or self._is_small(p, x)):
                return y
        except NO_NUMBER:
            pass
        replayed = self._replayed(p, x, gradients=False)
        with np.errstate(all="ignore"):
            y = np.array(forward(p, x))
        for row, (outputs, _) in replayed.items():
            y[:, row] = outputs
        return y

    def _in_arrays(self, p: Any, x: Any) -> tuple[float, Any] | None:
        """Return the mean over the rows and its gradients, in the order of `p`; None where a number is not finite.

        - `p`: the parameters' numbers, in the order of the source's.
        - `x`: a column for each row.
        """
        gradient, _, most, fewest_reported = self._forms.in_numpy
        rows = x.shape[1]
        try:
            if rows < fewest_reported or self._is_small(p, x):
                if rows == 1:
                    total, dp = raising(self._code.gradient_of_one_row, p, x, 1.0)
                    if dp.base is not None:  # a view of what is kept for the next call, perhaps
                        dp = dp.copy()
                elif rows <= most:
                    total, dp = raising(gradient, p, _with_rows_together(x), 1.0 / rows)
                else:
                    total, dp = raising(self._in_blocks, gradient, p, x)
                mean = float(total)
                if isfinite(mean):
                    return mean, dp
        except NO_NUMBER:
            pass
        return None

    def _gradient(self, p: Any, x: Any) -> tuple[float, Any]:
        """Return the mean over the rows and its gradients, or raise the error of the first row that has none."""
        result = self._in_arrays(p, x)
        if result:
            return result[0], result[1].take(self._forms.in_numpy[1])
        replayed = self._replayed(p, x, gradients=True)
        with np.errstate(all="ignore"):
            total, gradients = self._mean_with(replayed, p, x)
        if not (isfinite(total) and np.isfinite(gradients).all()) and np.isfinite(x).all() and np.isfinite(p).all():
            raise RangeError("the sum over the rows is too large for a float, of the values or of their gradients.")
        if isnan(total) or np.isnan(gradients).any():
            raise DomainError(
                "the mean over the rows is not a number, of the values or of their gradients: inf in one row and "
                "-inf in another have no sum. Leave out the rows with an infinite value."
            )
        return total, gradients

    def _mean_with(self, replayed: dict[int, Replayed], p: Any, x: Any) -> tuple[float, Any]:
        """Return the mean over the rows and its gradients; those of some rows are known.

        Arrays give NaN there, where they multiply by 0 the infinite slope of what is not chosen.
        """
        rows = x.shape[1]
        others = [row for row in range(rows) if row not in replayed]
        total, gradients = 0.0, np.zeros(len(self.parameters))
        if others:
            gradient, offsets = self._forms.in_numpy[:2]
            mean, dp = self._in_blocks(gradient, p, x[:, others])
            part = len(others) / rows
            total, gradients = float(mean) * part, dp[offsets] * part
        for outputs, slopes in replayed.values():
            total, gradients = total + sum(outputs) / rows, gradients + np.array(slopes) / rows
        return total, gradients

    def _in_blocks(self, gradient: Any, p: Any, x: Any) -> tuple[Any, Any]:
        """Return the mean over the rows and its gradients, computed BLOCK rows at a time, which the cache holds."""
        rows, block = x.shape[1], self._code.block
        blocks = (_with_rows_together(x[:, start : start + block]) for start in range(0, rows, block))
        total, dp = (sum(parts) for parts in zip(*(gradient(p, block, 1.0 / rows) for block in blocks)))
        return total, dp

    def _is_small(self, p: Any, x: Any) -> bool:
        """Return whether the numbers given are so small that NumPy would have reported each infinity and NaN."""
        return raising(_squares, x, p) < LARGEST_SQUARES  # type: ignore[no-any-return]

    def _replayed(self, p: Any, x: Any, gradients: bool) -> dict[int, Replayed]:
        """Return the rows that arrays may have wrong.

        Raises DomainError for NaN in the rows or parameters, else the error of the first row without a value.
        """
        numbers = p[self._code.offsets]
        for name, array in ("X", x.T), ("parameters", numbers):
            if np.isnan(array).any():
                place = "".join(f"[{index}]" for index in np.argwhere(np.isnan(array))[0])
                raise DomainError(f"{name}{place}: {not_a_number(float('nan'))}")
        return self._outside.replayed(numbers, x, gradients)

    @public
    def on(self, backend: str = "numpy") -> Callable[..., tuple[float, Any]]:
        """Return what computes the value and the gradients on a backend, as `value_and_grad` does on NumPy.

        - `backend`: "numpy", "jax" or "torch", or another that is listed in `engine.BACKENDS`.

        The function takes the parameters' numbers and rows, both in float64, and gives a float and an array.
        Raises ArgumentError for an unknown backend, MissingExtra where its package is not installed.

        >>> from engine import Value, compile
        >>> w, x = Value(2.0, "w"), Value(0.0, "x")
        >>> step = compile(w * x, inputs=[x], parameters=[w]).on("numpy")
        >>> loss, gradients = step([5.0], [[1.0], [3.0]])
        >>> loss, gradients.tolist()
        (10.0, [2.0])
        """
        module = backend_module(backend)
        checked = module.compiled(self._code.function("checked", backend))

        @public
        def value_and_grad(parameters: Any = None, X: Any = None) -> tuple[float, Any]:
            p, x = self._laid_out(parameters), self._columns(X)
            if backend == "numpy":
                return self._gradient(p, x)
            if self._outside.unseen:
                self._gradient(p, x)  # raises the error that the other library passes over
            scale = 1.0 / x.shape[1] if self._batched else 1.0
            total, dp, finite = checked(module.array(p), module.array(x), scale)
            total, dp = float(total), np.asarray(dp)
            if not (finite and isfinite(total) and np.isfinite(dp).all()):
                return self._gradient(p, x)
            return total, dp[self._code.offsets]

        return Runner(value_and_grad, f"a program on {backend}")

    @public
    def to_jax(self, dtype: str = "float64") -> Any:
        """Return the same source over JAX, compiled: a pure function of (parameters, rows), as `value_and_grad`.

        float64 agrees with the other ways to run a graph; it switches on JAX's 64-bit mode for the process. The
        other `dtype` is float32. Raises ArgumentError for another one, MissingExtra where JAX is not installed. The
        function raises what `value_and_grad` raises; inside a function that JAX compiles, it gives NaN instead.
        """
        choose("dtype", dtype, DTYPES, ArgumentError)
        code, module = self._code, backend_module("jax")
        jax, jnp, precision = module.jax, module.jax.numpy, module.precision
        if dtype == "float64":
            jax.config.update("jax_enable_x64", True)
        checked = code.function("watched", "jax", dtype)
        order, offsets = map(module.array, (code.order, code.offsets))

        def traced(parameters: Any, X: Any) -> tuple[Any, Any, Any]:
            # JAX reads beyond the end of an array without a word: shapes are checked, once, while it traces.
            with precision(dtype):
                p = jnp.asarray(parameters, dtype)
                check_parameters(len(self.parameters), p.shape)
                x = jnp.zeros((1, 0), dtype) if X is None and not self._inputs else jnp.asarray(X, dtype)
                check_rows(self._inputs, x.shape)
                x = x if self._batched else x[:1]
                total, dp, finite = checked(p[order], x.T, 1.0 / x.shape[0])
                finite = finite & jnp.isfinite(total + dp.sum())  # faster than to ask of each number
                return total.astype(dtype), dp[offsets].astype(dtype), finite

        run = jax.jit(traced)

        @public
        def value_and_grad(parameters: Any = None, X: Any = None) -> tuple[Any, Any]:
            outside = any(isinstance(each, jax.core.Tracer) for each in (parameters, X))
            if not _is_of_numbers(parameters):  # None, and what JAX takes without a word, such as True
                parameters = self._checked_numbers(self.numbers() if parameters is None else parameters)
            if not _is_of_numbers(X):
                X = self._columns(X).T
            try:
                if self._outside.unseen and not outside:
                    self._gradient(self._laid_out(parameters), self._columns(X))
                total, dp, finite = run(parameters, X)
            except (TypeError, ValueError, OverflowError) as error:
                if not isinstance(error, GradwalkError):  # what JAX does not take
                    self._laid_out(parameters)
                    self._columns(X)
                raise
            if isinstance(finite, jax.core.Tracer):  # a part of a larger function of JAX, which cannot raise an error
                with precision(dtype):
                    return jnp.where(finite, total, jnp.nan), jnp.where(finite, dp, jnp.nan)
            if not finite:
                mean, gradients = self._gradient(self._laid_out(parameters), self._columns(X))
                with np.errstate(over="ignore"):
                    cast = [np.asarray(numbers, dtype) for numbers in (mean, gradients)]
                if any(np.isinf(small).any() and np.isfinite(large).all()
                       for small, large in zip(cast, (mean, gradients))):  # fmt: skip
                    raise RangeError(
                        "the value or a gradient is too large for float32, whose largest number is 3.4e38: "
                        "write to_jax('float64')."
                    )
                total, dp = map(jnp.asarray, cast)
            return total, dp

        return Runner(value_and_grad, f"a program compiled by JAX, in {dtype}")

    def _other_form(self, x: Any) -> Any:
        """Return the form to run for these columns; None for matrices."""
        rows = x.shape[1]
        known, other = self._other
        if rows != known:
            name = self._form or self._forms.chosen(rows)
            other = None if name == "matrices" else getattr(self._forms, name)
            self._latest_rows, self._other = rows, (rows, other)
        return other

    def _numbers_now(self) -> Numbers:
        """Return the parameters' numbers as they are now; they are not read again unless a number was set since."""
        before = self._read
        if before.written is not WRITES.latest or not before.listed:
            self._read = Numbers(self.parameters)
            # Of another node, perhaps. A number that was not set is the same object.
            if len(before.listed) == len(self._read.listed) and all(map(is_, before.listed, self._read.listed)):
                self._read.laid_out = before.laid_out
        return self._read

    def _as_list(self, parameters: Any) -> list[float]:
        """Return the parameters' numbers in their order, or raise NumberError."""
        if parameters is None:
            return self._numbers_now().listed
        return self._checked_numbers(parameters).tolist()  # type: ignore[no-any-return]

    def _laid_out(self, parameters: Any) -> Any:
        """Return the parameters' numbers in the order of the source's p, or raise NumberError."""
        if parameters is None:
            read = self._numbers_now()
            if read.laid_out is None:
                read.laid_out = np.array(read.listed, float)[self._code.order]
            return read.laid_out
        # Most often they are in good order; a call less is 1 % of a small program's step.
        is_array = type(parameters) is np.ndarray and parameters.dtype is FLOAT_TYPE
        if not is_array or parameters.shape != self._parameter_shape:
            parameters = self._checked_numbers(parameters)
        return parameters.take(self._forms.matrices.order)

    def _checked_numbers(self, parameters: Any) -> Any:
        """Return the parameters' numbers as an array of floats in their order, or raise NumberError."""
        numbers = parameters if type(parameters) is np.ndarray else _floats(parameters, "parameters", "numbers")
        if numbers.dtype is not FLOAT_TYPE:
            numbers = _floats(numbers, "parameters", "numbers")
        if numbers.ndim != 1 or len(numbers) != len(self.parameters):
            check_parameters(len(self.parameters), numbers.shape)
        return numbers

    def _columns(self, X: Any) -> Any:
        """Return rows as columns, or raise NumberError."""
        if X is None and not self._inputs:
            return np.zeros((0, 1))
        x = X if type(X) is np.ndarray else _floats(X, "X", f"rows of {plural(self._inputs, 'number')}")
        if x.dtype is not FLOAT_TYPE:
            x = _floats(x, "X", "rows of numbers")
        if x.ndim != 2 or x.shape[1] != self._inputs or not len(x):
            check_rows(self._inputs, x.shape)
        return x.T if self._batched else x.T[:, :1]


def _is_of_numbers(given: Any) -> bool:
    """Return whether something is an array of real numbers, of NumPy's or JAX's."""
    return getattr(getattr(given, "dtype", None), "kind", "") in ("f", "i", "u") and np.ndim(given) > 0


def _with_rows_together(x: Any) -> Any:
    """Return columns as products of matrices read them fast: whole rows of X as they lie, of others a copy."""
    return x if x.flags.f_contiguous else np.ascontiguousarray(x)


def _squares(*arrays: Any) -> float:
    """Return the sum of the squares of the arrays' numbers, not finite if one of these is not."""
    total = 0.0
    for numbers in arrays:
        row = numbers.ravel("K")
        for start in range(0, len(row), SLICE):
            part = row[start : start + SLICE]
            total += float(part.dot(part))
    return total


def _floats(given: Any, name: str, what: str) -> Any:
    """Return a list or an array of numbers as an array of floats, or raise an error that names the entry."""
    if isinstance(given, (str, bytes, dict, set)) or not hasattr(given, "__len__"):
        raise NumberError(f"{name} is a list or an array of {what}, not {described(given)}.")
    if "numpy.ma" in sys.modules and np.ma.is_masked(given):  # or nothing is, and to import it takes 30 ms
        raise NumberError(f"{name} has masked entries: fill them with numbers, or leave their rows out.")
    try:
        numbers = np.asarray(given)
    except (TypeError, ValueError, RecursionError):
        raise NumberError(f"{name} is a list of {what}, as many in each row, and this is not.") from None
    if numbers.dtype.kind in "fiu":
        floats = numbers if numbers.dtype is FLOAT_TYPE else numbers.astype(float)
        if isinstance(given, np.ndarray) or not floats.size:
            return floats
        row = floats.ravel()
        # NaN, if one number is. min() takes twice as long, which is much of a small program's step.
        lowest = row.item(row.argmin())
        if lowest == lowest:
            return floats
    entries = np.asarray(given, object)  # an entry is refused in its own words
    for place in np.ndindex(entries.shape):
        try:
            real(entries[place])
        except GradwalkError as error:
            at = "".join(f"[{index}]" for index in place)
            raise type(error)(f"{name}{at}: {error}") from None
    return entries.astype(float)

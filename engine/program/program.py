"""A `Program`: a recorded graph as array code, ready to run on many rows at once."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..arguments import choose, described, hidden, public, shortened, surplus
from ..errors import ArgumentError, GradwalkError, NumberError, real
from ..printer import plural
from ..sources import run_source
from ..value import Value
from .access import Access
from .backends import backend_module, namespace
from .codegen import textbook
from .emit import emit
from .flatten import Sums
from .group import groups
from .plan import plan
from .tape import Tape

BLOCK = 3000  # rows at a time: what they need stays in the cache; no power of 2, whose lines would share places there
CODES = 16  # so many codes are kept
FLOAT_TYPE = np.dtype(float)
ORDER = "W · x: a row of W for each neuron, a column for each number of x"  # and nn's weights() the other way
DTYPES = ("float64", "float32")


class Code:
    """The source of a tape, and where nodes are in its arrays.

    - `sources`: the text of each of its functions, by name.
    - `forward`: the lines that compute the outputs.
    - `batched`: whether the outputs differ from row to row.
    - `operations`: how many arrays it computes.
    - `order`: the number of the parameter at each offset; `offsets`: the offset of each parameter.
    """

    def __init__(self, tape: Tape) -> None:
        sums, access = Sums(tape), Access(tape)
        self.batched = emit(plan(groups(tape, sums), access), tape.outputs, access)
        layout, lines = access.layout, access.lines
        self.forward = lines.forward
        self._buffers = [buffer.name for buffer in layout.buffers]
        self._buffer_numbers = layout.buffer[sums.into]
        self.operations = len(layout.buffers) - 3  # the parameters, the inputs and the constants
        self.offsets = layout.offset[: tape.first_input]
        self.order = np.argsort(self.offsets)
        constants = tape.first_constant + np.argsort(layout.offset[tape.first_constant :])
        self._constants = lines.indices | {"c": tape.values[constants]}
        self._functions: dict[tuple[str, str], Any] = {}
        self.sources = {
            "forward": "\n    ".join(["def forward(p, x):", *lines.forward, "return y\n"]),
            "gradient": "\n    ".join(["def gradient(p, x, scale):", *lines.forward, *lines.backward]) + "\n",
        }

    def function(self, name: str, backend: str = "numpy") -> Any:
        """Return a function of the source, compiled when it is first asked for; tracebacks show its lines."""
        if (name, backend) not in self._functions:
            module = backend_module(backend)
            names = namespace(backend) | {name: module.array(numbers) for name, numbers in self._constants.items()}
            defined = run_source(self.sources[name], f"program {name}", names, self)
            self._functions[name, backend] = defined[name]
        return self._functions[name, backend]

    def buffer_names(self, start: int, end: int) -> list[str]:
        """Return for each node from `start` up to `end` the name of the array that it is computed in."""
        return [self._buffers[number] for number in self._buffer_numbers[start:end].tolist()]


_codes: OrderedDict[tuple[object, ...], Code] = OrderedDict()  # the latest last


def code_of(tape: Tape) -> Code:
    """Return the code of a tape; graphs of one structure share it."""
    key = tape.key
    code = _codes.pop(key, None) or Code(tape)
    _codes[key] = code
    while len(_codes) > CODES:
        _codes.popitem(last=False)
    return code


@public
class Program:
    """Array code for the value and the gradients of a recorded graph; see `engine.compile`.

    - `source`: the code. A matrix W in it has a row for each neuron and a column for each input, as W · x needs it;
      a layer's `weights()` has a row for each input and a column for each neuron.
    - `nodes`: how many scalars it replaces.
    - `operations`: how many array operations it has.
    - `parameters`: the leaves whose gradients it computes.
    """

    def __init__(self, output: Value | Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
        self._single = isinstance(output, Value)
        tape = Tape([output] if isinstance(output, Value) else output, inputs, parameters)
        self._code, self._inputs = code_of(tape), len(inputs)
        self.parameters, self.nodes = list(parameters), tape.size - 1  # without the zero
        self.source, self.operations = "\n\n".join(self._code.sources.values()), self._code.operations

    def __str__(self) -> str:
        lines = textbook(self._code.forward, self._inputs)
        order = [ORDER] if any(re.search(r"\b[A-Z]\w* · ", line) for line in lines) else []
        count = f"{self.nodes:,} scalar nodes → {self.operations} array operations"
        return "\n".join([*lines, *order, count])

    @public
    def numbers(self) -> Any:
        """Return the parameters' numbers as they are now: one array, in their order."""
        return np.array([parameter.data for parameter in self.parameters])

    # The two calls of a training loop take what they have no use for themselves: `public` costs them up to 5 %.

    @hidden
    def __call__(self, X: Any = None, parameters: Any = None, *more: Any, **unknown: Any) -> Any:
        """Return the outputs of each row: an array of (rows,), or of (rows, outputs) for a list of outputs.

        - `X`: rows of inputs, (rows, inputs); None for a program without inputs.
        - `parameters`: the parameters' numbers, in their order; None for those that they have now.

        An array of floats may hold NaN, which the results then hold, too; a list may not. Raises NumberError for
        what is not numbers, and for another shape.
        """
        try:
            if more or unknown:
                raise surplus(Program.__call__, "program", more, unknown)
            y = self._code.function("forward")(self._laid_out(parameters), self._columns(X))
        except GradwalkError as error:
            raise shortened(error) from None
        y = y.T if self._code.batched else y[:, 0]
        return y[..., 0] if self._single else y

    @hidden
    def value_and_grad(self, X: Any = None, parameters: Any = None, *more: Any, **unknown: Any) -> tuple[float, Any]:
        """Return the output's mean over the rows, and its gradients in the order of the parameters.

        The arguments, and what is raised for them, are those of a call.
        """
        try:
            if more or unknown:
                raise surplus(Program.value_and_grad, "value_and_grad", more, unknown)
            p, x, gradient = self._laid_out(parameters), self._columns(X), self._code.function("gradient")
        except GradwalkError as error:
            raise shortened(error) from None
        rows = x.shape[1] if self._code.batched else 1
        if rows <= 2 * BLOCK:
            total, dp = gradient(p, np.ascontiguousarray(x), 1.0 / rows)
        else:
            blocks = (np.ascontiguousarray(x[:, start : start + BLOCK]) for start in range(0, rows, BLOCK))
            results = [gradient(p, block, 1.0 / rows) for block in blocks]
            total, dp = (sum(parts) for parts in zip(*results))
        return float(total), dp[self._code.offsets]

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
        gradient = module.compiled(self._code.function("gradient", backend))

        def value_and_grad(parameters: Any = None, X: Any = None) -> tuple[float, Any]:
            x = self._columns(X)
            scale = 1.0 / x.shape[1] if self._code.batched else 1.0
            total, dp = gradient(module.array(self._laid_out(parameters)), module.array(x), scale)
            return float(total), np.asarray(dp)[self._code.offsets]

        return value_and_grad

    @public
    def to_jax(self, dtype: str = "float64") -> Any:
        """Return the same source over JAX, compiled: a pure function of (parameters, rows), as `value_and_grad`.

        float64 agrees with the other ways to run a graph; it switches on JAX's 64-bit mode for the process. The
        other `dtype` is float32. Raises ArgumentError for another one, MissingExtra where JAX is not installed; the
        function raises NumberError for parameters and rows of another shape.
        """
        choose("dtype", dtype, DTYPES, ArgumentError)
        code, jax = self._code, backend_module("jax").jax
        jnp = jax.numpy
        if dtype == "float64":
            jax.config.update("jax_enable_x64", True)
        gradient = code.function("gradient", "jax")

        def traced(parameters: Any, X: Any) -> tuple[Any, Any]:
            # JAX reads beyond the end of an array without a word: shapes are checked, once, while it traces.
            p = jnp.asarray(parameters, dtype)
            self._check_parameters(p.shape)
            x = jnp.zeros((1, 0), dtype) if X is None and not self._inputs else jnp.asarray(X, dtype)
            self._check_rows(x.shape)
            scale = 1.0 / x.shape[0] if code.batched else 1.0
            total, dp = gradient(p[code.order], x.T, scale)
            return total, dp[code.offsets]

        run = jax.jit(traced)

        @public
        def value_and_grad(parameters: Any, X: Any = None) -> tuple[Any, Any]:
            try:
                return run(parameters, X)  # type: ignore[no-any-return]
            except (TypeError, ValueError, OverflowError) as error:
                if not isinstance(error, GradwalkError):  # what JAX does not take
                    self._laid_out(parameters if parameters is not None else ())
                    self._columns(X)
                raise

        return value_and_grad

    def _laid_out(self, parameters: Any) -> Any:
        """Return the parameters' numbers in the order of the source's p, or raise NumberError."""
        if parameters is None:
            return self.numbers()[self._code.order]
        numbers = parameters if type(parameters) is np.ndarray else _floats(parameters, "parameters", "numbers")
        if numbers.dtype is not FLOAT_TYPE:
            numbers = _floats(numbers, "parameters", "numbers")
        if numbers.ndim != 1 or len(numbers) != len(self._code.offsets):
            self._check_parameters(numbers.shape)
        return numbers[self._code.order]

    def _columns(self, X: Any) -> Any:
        """Return rows as columns, or raise NumberError."""
        if X is None and not self._inputs:
            return np.zeros((0, 1))
        x = X if type(X) is np.ndarray else _floats(X, "X", f"rows of {plural(self._inputs, 'number')}")
        if x.dtype is not FLOAT_TYPE:
            x = _floats(x, "X", "rows of numbers")
        if x.ndim != 2 or x.shape[1] != self._inputs or not len(x):
            self._check_rows(x.shape)
        return x.T

    def _check_parameters(self, shape: tuple[int, ...]) -> None:
        count = len(self.parameters)
        if shape != (count,):
            given = f"this is {plural(shape[0], 'number')}" if len(shape) == 1 else f"this has the shape {shape}"
            raise NumberError(
                f"parameters are {plural(count, 'number')}, one for each parameter in their order, and {given}: "
                "leave them out for the numbers that the parameters have now."
            )

    def _check_rows(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 2 or shape[1] != self._inputs or not shape[0]:
            remedy = f"give one row or more, of {self._inputs} numbers each" if self._inputs else "leave X out"
            raise NumberError(f"X has the shape {shape}: {remedy}.")


def _floats(given: Any, name: str, what: str) -> Any:
    """Return a list or an array of numbers as an array of floats, or raise an error that names the entry."""
    if isinstance(given, (str, bytes, dict, set)) or not hasattr(given, "__len__"):
        raise NumberError(f"{name} is a list or an array of {what}, not {described(given)}.")
    try:
        numbers = np.asarray(given)
    except (TypeError, ValueError, RecursionError):
        raise NumberError(f"{name} is a list of {what}, as many in each row, and this is not.") from None
    if numbers.dtype.kind in "fiu":
        floats = numbers if numbers.dtype is FLOAT_TYPE else numbers.astype(float)
        if isinstance(given, np.ndarray) or not floats.size or floats.min() == floats.min():  # NaN, if one number is
            return floats
    entries = np.asarray(given, object)  # an entry is refused in its own words
    for place in np.ndindex(entries.shape):
        try:
            real(entries[place])
        except GradwalkError as error:
            at = "".join(f"[{index}]" for index in place)
            raise type(error)(f"{name}{at}: {error}") from None
    return entries.astype(float)

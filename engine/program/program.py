"""A `Program`: a recorded graph as array code, ready to run on many rows at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import NumberError
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
            names = namespace(backend) | self._constants
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


class Program:
    """Array code for the value and the gradients of a recorded graph; see `engine.compile`.

    - `source`: the code.
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
        count = f"{self.nodes:,} scalar nodes → {self.operations} array operations"
        return "\n".join([*textbook(self._code.forward), count])

    def numbers(self) -> Any:
        """Return the parameters' numbers as they are now: one array, in their order."""
        return np.array([parameter.data for parameter in self.parameters])

    def __call__(self, X: Any = None, parameters: Any = None) -> Any:
        """Return the outputs of each row: an array of (rows,), or of (rows, outputs) for a list of outputs.

        - `X`: rows of inputs, (rows, inputs); None for a program without inputs.
        - `parameters`: the parameters' numbers, in their order; None for those that they have now.

        Raises NumberError for an X of another shape.
        """
        y = self._code.function("forward")(self._laid_out(parameters), self._columns(X))
        y = y.T if self._code.batched else y[:, 0]
        return y[..., 0] if self._single else y

    def value_and_grad(self, X: Any = None, parameters: Any = None) -> tuple[float, Any]:
        """Return the output's mean over the rows, and its gradients in the order of the parameters.

        The arguments are those of a call. Raises NumberError for an X of another shape.
        """
        p, x, gradient = self._laid_out(parameters), self._columns(X), self._code.function("gradient")
        rows = x.shape[1] if self._code.batched else 1
        if rows <= 2 * BLOCK:
            total, dp = gradient(p, np.ascontiguousarray(x), 1.0 / rows)
        else:
            blocks = (np.ascontiguousarray(x[:, start : start + BLOCK]) for start in range(0, rows, BLOCK))
            results = [gradient(p, block, 1.0 / rows) for block in blocks]
            total, dp = (sum(parts) for parts in zip(*results))
        return float(total), dp[self._code.offsets]

    def to_jax(self, dtype: str = "float64") -> Any:
        """Return the same source over JAX, compiled: a pure function of (parameters, rows), as `value_and_grad`.

        float64 agrees with the other ways to run a graph; it switches on JAX's 64-bit mode for the process.
        Raises MissingExtra where JAX is not installed.
        """
        code, jax = self._code, backend_module("jax").jax
        jnp = jax.numpy
        if dtype == "float64":
            jax.config.update("jax_enable_x64", True)
        gradient = code.function("gradient", "jax")

        def value_and_grad(parameters: Any, X: Any = None) -> tuple[Any, Any]:
            x = jnp.zeros((0, 1), dtype) if X is None else jnp.asarray(X, dtype).T
            scale = 1.0 / x.shape[1] if code.batched else 1.0
            total, dp = gradient(jnp.asarray(parameters, dtype)[code.order], x, scale)
            return total, dp[code.offsets]

        return jax.jit(value_and_grad)

    def _laid_out(self, parameters: Any) -> Any:
        """Return the parameters' numbers in the order of the source's p."""
        numbers = self.numbers() if parameters is None else np.asarray(parameters, float)
        return numbers[self._code.order]

    def _columns(self, X: Any) -> Any:
        """Return rows as columns, or raise NumberError."""
        x = np.zeros((1, 0)) if X is None and not self._inputs else np.asarray(X, float)
        if x.ndim != 2 or x.shape[1] != self._inputs or not len(x):
            raise NumberError(f"X has the shape {x.shape}: give one row or more, of {self._inputs} numbers each.")
        return x.T

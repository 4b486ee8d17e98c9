"""A `Program`: a recorded graph as array code, ready to run on many rows at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import NumberError
from ..sources import run_source
from ..value import Value
from .backends import backend_module, namespace
from .emit import Reader, emit
from .flatten import Sums
from .group import groups
from .plan import plan
from .tape import Tape
from .view import textbook

BLOCK = 3000  # rows at a time: what they need stays in the cache; no power of 2, whose lines would share places there


class Code:
    """The source of a tape, and where parameters and constants go in it."""

    def __init__(self, tape: Tape) -> None:
        sums, reader = Sums(tape), Reader(tape)
        self.batched = emit(plan(groups(tape, sums), reader), tape.outputs, reader)
        self.forward, layout = reader.forward, reader.layout
        self.homes, self.arrays = layout.array[sums.into], layout.arrays
        self.operations = len(layout.arrays) - 3  # the parameters, the inputs and the constants
        self.places = layout.place[: tape.first_input]
        self.order = np.argsort(self.places)
        constants = tape.first_constant + np.argsort(layout.place[tape.first_constant :])
        self._names = reader.constants | {"c": tape.values[constants]}
        self._functions: dict[tuple[str, str], Any] = {}
        self.sources = {
            "forward": "\n    ".join(["def forward(p, x):", *reader.forward, "return y\n"]),
            "gradient": "\n    ".join(["def gradient(p, x, share):", *reader.forward, *reader.backward]) + "\n",
        }

    def function(self, name: str, backend: str = "numpy") -> Any:
        """One function of the source, compiled when it is first asked for; tracebacks show its lines."""
        if (name, backend) not in self._functions:
            names = namespace(backend) | self._names
            defined = run_source(self.sources[name], f"program {name}", names, self)
            self._functions[name, backend] = defined[name]
        return self._functions[name, backend]


_codes: OrderedDict[tuple[object, ...], Code] = OrderedDict()  # the latest last


def code_of(tape: Tape) -> Code:
    """The code of a tape; graphs of one structure share it."""
    key = tape.key
    _codes[key] = found = _codes.pop(key, None) or Code(tape)
    while len(_codes) > 16:
        _codes.popitem(last=False)
    return found


class Program:
    """Array code for the value and the gradients of a recorded graph; see `engine.compile`.

    `nodes` counts the scalars that it replaces and `operations` its array operations; `source` is the code.
    """

    def __init__(self, output: Value | Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
        tape = Tape([output] if isinstance(output, Value) else output, inputs, parameters)
        self._code, self.parameters = code_of(tape), list(parameters)
        self._single, self._inputs, self.nodes = isinstance(output, Value), len(inputs), tape.size - 1
        self.source, self.operations = "\n\n".join(self._code.sources.values()), self._code.operations

    def __str__(self) -> str:
        count = f"{self.nodes:,} scalar nodes → {self.operations} array operations"
        return "\n".join([*textbook(self._code.forward), count])

    def numbers(self) -> Any:
        """The parameters' numbers as they are now: one array, in their order."""
        return np.array([parameter.data for parameter in self.parameters])

    def __call__(self, X: Any = None, parameters: Any = None) -> Any:
        """The outputs of each row of X: an array of (rows,), or of (rows, outputs) for a list of outputs."""
        y = self._code.function("forward")(self._parameters(parameters), self._columns(X))
        y = y.T if self._code.batched else y[:, 0]
        return y[..., 0] if self._single else y

    def value_and_grad(self, X: Any = None, parameters: Any = None) -> tuple[float, Any]:
        """The output's mean over the rows of X, and its gradients in the order of the parameters."""
        p, x, gradient = self._parameters(parameters), self._columns(X), self._code.function("gradient")
        rows = x.shape[1] if self._code.batched else 1
        if rows <= 2 * BLOCK:
            total, dp = gradient(p, np.ascontiguousarray(x), 1.0 / rows)
        else:
            blocks = (np.ascontiguousarray(x[:, start : start + BLOCK]) for start in range(0, rows, BLOCK))
            total, dp = (sum(parts) for parts in zip(*(gradient(p, block, 1.0 / rows) for block in blocks)))
        return float(total), dp[self._code.places]

    def to_jax(self, dtype: str = "float64") -> Any:
        """The same source over JAX, compiled: a pure function of (parameters, rows), as `value_and_grad`.

        float64 agrees with the other ways to run a graph; it switches on JAX's 64-bit mode for the process.
        """
        code, jax = self._code, backend_module("jax").jax
        jnp = jax.numpy
        if dtype == "float64":
            jax.config.update("jax_enable_x64", True)
        gradient = code.function("gradient", "jax")

        def value_and_grad(parameters: Any, X: Any = None) -> tuple[Any, Any]:
            x = jnp.zeros((0, 1), dtype) if X is None else jnp.asarray(X, dtype).T
            share = 1.0 / x.shape[1] if code.batched else 1.0
            total, dp = gradient(jnp.asarray(parameters, dtype)[code.order], x, share)
            return total, dp[code.places]

        return jax.jit(value_and_grad)

    def _parameters(self, parameters: Any) -> Any:
        return (self.numbers() if parameters is None else np.asarray(parameters, float))[self._code.order]

    def _columns(self, X: Any) -> Any:
        x = np.zeros((1, 0)) if X is None and not self._inputs else np.asarray(X, float)
        if x.ndim != 2 or x.shape[1] != self._inputs or not len(x):
            raise NumberError(f"X has the shape {x.shape}: give one row or more, of {self._inputs} numbers each.")
        return x.T

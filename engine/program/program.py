"""A `Program`: a recorded graph as array code, ready to run on many rows at once."""

from __future__ import annotations

import gc
import linecache
import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import NumberError
from ..graph import nodes, operations
from .arrays import jax, namespace
from .emit import Emitter
from .flatten import Sums, batched
from .group import groups
from .layout import CONSTANTS, PARAMETERS, Layout
from .plan import plan
from .tape import Tape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..value import Value

BLOCK = 2048  # rows that are computed at a time: what a block needs stays in the cache

# glibc gives freed memory back to the system, and the next step pays for each page anew: up to ten times as long.
# glibc gives freed memory back to the system, and the next step pays for each page anew: up to ten times its time.
np.empty(31 << 20, np.uint8)


class Code:
    """What the passes make of a tape: the source, and where parameters and constants go."""

    def __init__(self, tape: Tape) -> None:
        sums = Sums(tape)
        varying = batched(tape)
        layout = Layout(tape, varying)
        self.steps = plan(groups(tape, sums, varying), layout)
        self.homes, self.arrays = layout.array[sums.into], layout.arrays
        emitter = Emitter(self.steps, layout, tape.outputs)
        order = layout.order[PARAMETERS]
        self.used = len(order)
        self.order = np.array([*order, *sorted(set(range(tape.first_input)) - set(order))], int)
        self.places = np.argsort(self.order)
        constants = [tape.constants[node - tape.first_constant] for node in layout.order[CONSTANTS]]
        self.names = emitter.constants | {"c": np.array(constants)}
        self.batched, self.forward = emitter.result.batched, emitter.forward
        backward = ["dy = full_like(y, share)", *emitter.backward]
        if any("@ ones" in line for line in backward):
            backward.insert(0, "ones = full_like(x[0], 1.0)")
        result = f"return share * y.sum(), {'dp' if emitter.learns else 'zeros(0)'}"
        self.sources = {
            "forward": "\n    ".join(["def forward(p, x):", *self.forward, "return y\n"]),
            "gradient": "\n    ".join(["def gradient(p, x, share):", *self.forward, *backward, result + "\n"]),
        }
        self.functions: dict[tuple[str, str], Any] = {}

    def function(self, name: str, backend: str = "numpy") -> Any:
        """One function of the source, compiled when it is first asked for."""
        if (name, backend) not in self.functions:
            filename, text = f"<gradwalk program {id(self)} {name}>", self.sources[name]
            linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
            names = namespace(backend) | self.names
            exec(compile(text, filename, "exec"), names)
            self.functions[name, backend] = names[name]
        return self.functions[name, backend]


_codes: OrderedDict[tuple[Any, ...], Code] = OrderedDict()  # by structure, the latest last


def _code(tape: Tape) -> Code:
    """The code of a tape; graphs of one structure share it."""
    columns = (column.tobytes() for column in (tape.x, tape.y, tape.code, tape.outputs))
    key = (*columns, tape.first_input, tape.first_op, tuple(tape.ops), tuple(tape.constants), tuple(tape.labels))
    _codes[key] = _codes.pop(key) if key in _codes else Code(tape)
    while len(_codes) > 16:
        _codes.popitem(last=False)
    return _codes[key]


def homes(root: Value) -> dict[Value, str]:
    """The array of a program that each operation below a root becomes a part of, by its name in the source."""
    parameters = [node for node in nodes(root) if node.op is None and node.grad is not None]
    tape = Tape([root], (), parameters)
    code = _code(tape)
    names = (code.arrays[home].name for home in code.homes[tape.first_op : tape.first_constant])
    return dict(zip(operations(root), names))


class Program:
    """Array code for the value and the gradients of a recorded graph; see `engine.compile`.

    `nodes` counts the scalars that it replaces and `operations` its array operations; `source` is the code.
    """

    def __init__(
        self, outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value], single: bool
    ) -> None:
        collecting = gc.isenabled()
        gc.disable()  # nothing here is garbage, and a collection would walk all of the recorded graph
        try:
            tape = Tape(outputs, inputs, parameters)
            self._code, self.parameters = _code(tape), list(parameters)
        finally:
            if collecting:
                gc.enable()
        self._inputs, self._single = len(inputs), single
        self.nodes, self.operations = tape.size, len(self._code.steps)

    @property
    def source(self) -> str:
        return "\n\n".join(self._code.sources.values())

    def __str__(self) -> str:
        lines = [
            re.sub(r"\[[:, ]*(None(, )?)+\]|\.reshape\([^()]*\)", "", line).replace(" @ ", " · ")
            for line in self._code.forward
        ]
        body = [line for line in lines if not re.match(r"\w+ = p\[|y = |pool", line)]
        return "\n".join([*body, f"{self.nodes:,} scalar nodes → {self.operations} array operations"])

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
            total, dp = 0.0, np.zeros(self._code.used)
            for block in blocks:
                part, dpart = gradient(p, block, 1.0 / rows)
                total, dp = total + part, dp + dpart
        unused = len(p) - self._code.used
        return float(total), (np.concatenate([dp, np.zeros(unused)]) if unused else dp)[self._code.places]

    def to_jax(self, dtype: str = "float64") -> Any:
        """The same source over JAX, compiled: a pure function of (parameters, rows), as `value_and_grad`.

        float64 agrees with the other ways to run a graph; it switches on JAX's 64-bit mode for the process.
        """
        code, jnp = self._code, jax().numpy
        if dtype == "float64":
            jax().config.update("jax_enable_x64", True)
        gradient = code.function("gradient", "jax")

        def value_and_grad(parameters: Any, X: Any = None) -> tuple[Any, Any]:
            x = jnp.zeros((0, 1), dtype) if X is None else jnp.asarray(X, dtype).T
            share = 1.0 / x.shape[1] if code.batched else 1.0
            total, dp = gradient(jnp.asarray(parameters, dtype)[code.order], x, share)
            return total, jnp.concatenate([dp, jnp.zeros(len(code.order) - code.used, dtype)])[code.places]

        return jax().jit(value_and_grad)

    def _parameters(self, parameters: Any) -> Any:
        return (self.numbers() if parameters is None else np.asarray(parameters, float))[self._code.order]

    def _columns(self, X: Any) -> Any:
        x = np.zeros((1, 0)) if X is None and not self._inputs else np.asarray(X, float)
        if x.ndim != 2 or x.shape[1] != self._inputs or not len(x):
            raise NumberError(f"X has the shape {x.shape}: give one row or more, of {self._inputs} numbers each.")
        return x.T

"""A `Program`: the recorded graph as array code, ready to run on many rows at once."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import NumberError
from .arrays import namespace
from .emit import Emitter
from .flatten import Sums, levels
from .group import groups
from .layout import Layout
from .plan import plan
from .tape import Tape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..value import Value

BLOCK = 2048  # rows at a time: what a block computes stays in the cache


class Program:
    """Array code for the value and the gradients of a recorded graph."""

    def __init__(self, outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value], single: bool) -> None:
        self.parameters, self._inputs, self._single = list(parameters), len(inputs), single
        tape = Tape(outputs, inputs, parameters)
        sums = Sums(tape)
        depth, batched, learns = levels(tape, sums.absorbed)
        layout = Layout(tape, batched, learns)
        steps = plan(groups(tape, sums, depth, batched, learns), layout)
        emitter = Emitter(steps, layout, tape.outputs)
        order = layout.order[Layout.PARAMETERS]
        rest = sorted(set(range(len(self.parameters))) - set(order))
        self._order = np.array([*order, *rest], int)
        self._places = np.argsort(self._order)
        self._used = len(order)
        constants = np.array([tape.constants[node - tape.first_constant] for node in layout.order[Layout.CONSTANTS]])
        self.nodes, self.operations = tape.first_constant - tape.first_op, len(steps)
        self._names = emitter.constants | {"c": constants}
        self._batched = emitter.batched
        self._sources = _sources(emitter)
        self.source = "\n\n".join(self._sources.values())
        self._compiled: dict[tuple[str, str], Any] = {}

    def _function(self, name: str, backend: str = "numpy") -> Any:
        """One of the two functions of the source, compiled when it is first called."""
        if (name, backend) in self._compiled:
            return self._compiled[name, backend]
        filename = f"<gradwalk program {name} {id(self)}>"
        text = self._sources[name]
        linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
        names = {**namespace(backend), **{k: np.asarray(v) for k, v in self._names.items()}}
        exec(compile(text, filename, "exec"), names)
        self._compiled[name, backend] = names[name]
        return names[name]

    def theta(self) -> Any:
        """The parameters' numbers now, as one array in their order."""
        return np.array([parameter.data for parameter in self.parameters])

    def __call__(self, X: Any = None, theta: Any = None) -> Any:
        p = (self.theta() if theta is None else theta)[self._order]
        x = self._rows(X)
        y = self._function("forward")(p, x)
        if self._batched:
            y = y.T
        return y[..., 0] if self._single else y

    def value_and_grad(self, X: Any = None, theta: Any = None) -> tuple[float, Any]:
        p = (self.theta() if theta is None else theta)[self._order]
        x = self._rows(X)
        rows = x.shape[-1] if self._batched else 1
        gradient = self._function("gradient")
        if rows <= 2 * BLOCK or not self._batched:
            total, dp = gradient(p, x, 1.0 / rows)
        else:
            total, dp = 0.0, 0.0
            for start in range(0, rows, BLOCK):
                part, dpart = gradient(p, np.ascontiguousarray(x[:, start : start + BLOCK]), 1.0 / rows)
                total, dp = total + part, dp + dpart
        if self._used < len(p):
            dp = np.concatenate([dp, np.zeros(len(p) - self._used)])
        return float(total), dp[self._places]

    def to_jax(self, dtype: str = "float64") -> Any:
        """The same source over JAX, compiled: a pure function of (parameters, rows) -> (mean output, gradients).

        float64 agrees with the other ways to run a graph; it switches JAX's 64-bit mode on, for the process.
        """
        from .arrays import jax

        jax_module, jnp = jax()
        if dtype == "float64":
            jax_module.config.update("jax_enable_x64", True)
        gradient = self._function("gradient", "jax")
        order, places, used = self._order, self._places, self._used

        def value_and_grad(theta: Any, X: Any = None) -> tuple[Any, Any]:
            theta = jnp.asarray(theta, dtype)
            x = jnp.zeros((0, 1), dtype) if X is None else jnp.asarray(X, dtype).T
            total, dp = gradient(theta[order], x, 1.0 / x.shape[-1] if self._batched else 1.0)
            return total, jnp.concatenate([dp, jnp.zeros(len(order) - used, dtype)])[places]

        return jax_module.jit(value_and_grad)

    def _rows(self, X: Any) -> Any:
        if not self._inputs:
            return np.zeros((0, 1))
        x = np.asarray(X, float)
        if x.ndim != 2 or x.shape[1] != self._inputs:
            raise NumberError(f"X has the shape {x.shape}: give rows of {self._inputs} numbers, one for each input.")
        return np.ascontiguousarray(x.T) if len(x) <= 2 * BLOCK else x.T


def _sources(emitter: Emitter) -> dict[str, str]:
    forward, backward = emitter.forward, emitter.backward
    if any("@ ones" in line for line in backward):
        backward = ["ones = full_like(x[0], 1.0)", *backward]
    result = "dp" if any(line.startswith("dp = ") for line in backward) else "zeros(0)"
    bodies = {
        "forward(p, x)": [*forward, "return y"],
        "gradient(p, x, share)": [*forward, "dy = full_like(y, share)", *backward, f"return share * y.sum(), {result}"],
    }
    return {head.split("(")[0]: "\n    ".join([f"def {head}:", *body]) + "\n" for head, body in bodies.items()}

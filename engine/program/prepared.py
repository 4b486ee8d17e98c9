"""A program as a training loop calls it: numbers in the order of its source, nothing checked twice; or inside JAX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .backends import backend_module
from .backends.numpy import raising
from .straight import NO_NUMBER

if TYPE_CHECKING:
    from .program import Program


class Prepared:
    """Computes a program's gradients from the parameters' numbers in the order in which its source has them.

    So nothing is sorted at each step. The arguments are not checked: `p` is an array of floats with a number for each
    parameter, in this order, and `x` an array of floats with a column for each row.

    - `program`: the program.
    - `rows`: how many rows most calls have. The order is that of the form which is chosen for this number.
    """

    def __init__(self, program: Program, rows: int) -> None:
        self._program, forms = program, program._forms
        # Where another form runs, the array code need not be written; and where no row differs, one is enough.
        in_order = not program._batched or (program._form or forms.chosen(rows)) != "matrices"
        self._order = None if in_order else program._code.order
        self._offsets = None if in_order else program._code.offsets
        self._compared: Prepared | None = None  # the latest whose order was compared

    def from_order_of(self, other: Prepared, p: Any) -> Any:
        """Return an array that is in the order of another prepared program's `p` in the order of this one."""
        if self._compared is not other:
            own, others = self._order, other._order
            self._is_alike: bool = own is others or (
                own is not None and others is not None and np.array_equal(own, others)
            )
            self._compared = other
        return p if self._is_alike else self.laid_out(other.listed(p))

    def laid_out(self, numbers: Any) -> Any:
        """Return an array that has a number for each parameter, in the order of `p`."""
        return numbers if self._order is None else numbers.take(self._order)

    def listed(self, p: Any) -> Any:
        """Return an array in the order of `p` in the parameters' order."""
        return p if self._offsets is None else p.take(self._offsets)

    def value_and_grad(self, p: Any, x: Any) -> tuple[float, Any]:
        """Return the output's mean over the rows, and its gradients in the order of `p`.

        Raises what the program's `value_and_grad` raises.
        """
        program = self._program
        if self._order is not None and program._other_form(x) is None:
            result = program._in_arrays(p, x)
            if result:
                return result
        total, gradients = program.value_and_grad(x.T, self.listed(p))
        return total, self.laid_out(gradients)

    def outputs_and_grad(self, p: Any, x: Any) -> tuple[Any, Any] | None:
        """Return the outputs, with a line for each, and the gradients of the first one's mean, in the order of `p`.

        It is one pass forward and back. None if a number is not finite, and where the array code does not run.
        """
        program, rows = self._program, x.shape[1]
        if self._order is None or program._other_form(x) is not None:
            return None
        function = program._code.function("first")
        size = rows if rows <= 2 * program._code.block else program._code.block
        try:
            blocks = (np.ascontiguousarray(x[:, start : start + size]) for start in range(0, rows, size))
            parts = [raising(function, p, block, 1.0 / rows) for block in blocks]
            if not program._is_small(p, x):
                return None
        except NO_NUMBER:
            return None
        if len(parts) == 1:
            ((outputs, dp),) = parts
        else:
            outputs, dp = np.concatenate([part for part, _ in parts], axis=1), sum(part for _, part in parts)
        return (outputs, dp) if np.isfinite(outputs).all() and np.isfinite(dp).all() else None


class OutputsInJax:
    """Gives a program's outputs in a function that JAX compiles; they are NaN if any number on the way is not finite.

    `parameters` have a number for each parameter in the program's order, and `x` has a column for each row.
    """

    def __init__(self, program: Program, dtype: str) -> None:
        self._code, self._dtype, self._module = program._code, dtype, backend_module("jax")
        self._order, self._offsets = map(self._module.array, (self._code.order, self._code.offsets))

    def precision(self) -> Any:
        """Return a context in which all that JAX makes has the dtype of the program."""
        return self._module.precision(self._dtype)

    def outputs(self, parameters: Any, x: Any) -> Any:
        """Return the outputs, an array with a line for each."""
        jnp = self._module.jax.numpy
        with self.precision():
            y, _, finite = self._code.function("watched_forward", "jax", self._dtype)(parameters[self._order], x)
            return jnp.where(finite, jnp.broadcast_to(y, (len(y), x.shape[1])), jnp.nan)

    def outputs_and_grad(self, parameters: Any, x: Any) -> tuple[Any, Any]:
        """Return the outputs, and the gradients of the first one's mean over the rows."""
        jnp = self._module.jax.numpy
        function = self._code.function("watched_first", "jax", self._dtype)
        with self.precision():
            y, dp, finite = function(parameters[self._order], x, 1.0 / x.shape[1])
            finite = finite & jnp.isfinite(dp.sum())
            return jnp.where(finite, y, jnp.nan), jnp.where(finite, dp[self._offsets], jnp.nan)

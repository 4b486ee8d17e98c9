"""Train in JAX: the loops over epochs and batches are one compiled function."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from time import perf_counter
from typing import TYPE_CHECKING, Any

from engine import MissingExtra

from ..checks import NetworkError
from .loops import Arrays, check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..optim.base import State

CALL_SECONDS = 0.25  # how long one call should take; Ctrl-C and checkpoints are handled between calls
MOST_EPOCHS = 4096  # the most epochs in a call
MOST_INDICES = 2**20  # the most row indices in a call, if rows are shuffled


class Compiled(Arrays):
    """Descends in one compiled loop, with each batch split over devices: `backend="jax"`.

    The rows of a batch are split into equal parts, one for each device of a mesh, and every device holds all weights.
    Rows that are left over are computed on every device.
    """

    def prepare(self) -> None:
        try:
            import jax
        except ImportError:
            raise MissingExtra("JAX", "jax", "backend='jax'") from None
        devices = jax.devices()
        if self.devices > len(devices):
            raise NetworkError(f"devices={self.devices} is more than there are: {', '.join(map(str, devices))}.")
        super().prepare()
        self.look()
        self.value_and_grad = self.program.to_jax(self.dtype)
        mesh: Any = jax.sharding.Mesh(devices[: self.devices], ("rows",))
        spec: Any = jax.sharding.PartitionSpec
        self.replicated = jax.sharding.NamedSharding(mesh, spec())
        self.sharded = jax.sharding.NamedSharding(mesh, spec(None, "rows"))
        self.factors = len(self.masks.shares)  # of a row: the last numbers of its column, other ones in each epoch
        columns = jax.numpy.asarray(self.columns[: len(self.columns) - self.factors], self.dtype)
        self.table = self.split(columns) if self.whole else [jax.device_put(columns.T, self.replicated)]
        self.held_out = self.split(self.validation_columns()) if self.held_out else []
        numbers = (not self.whole) + self.factors  # that each row of an epoch takes: its index, and its mask
        self.longest = max(1, min(MOST_EPOCHS, MOST_INDICES // (self.objective.count * numbers or 1)))
        self.compiled = jax.jit(self.several_epochs, out_shardings=self.replicated)

    def validation_columns(self) -> Any:
        """Return the columns of the validation rows, with factors of 1 for the masks: nothing is dropped."""
        import jax
        import numpy as np

        columns = self.held_out[1]
        return jax.numpy.asarray(np.vstack([columns, np.ones((self.factors, columns.shape[1]))]), self.dtype)

    def load(self, state: State) -> State:
        state = self.put(state)
        for _ in range(2):  # the first call compiles; the second compiles again, for the sharding of its own results
            state, _ = self.call(state, 0, [])
        return state

    def put(self, state: State) -> State:
        """Return a state of lists of floats as arrays on all devices."""
        import jax

        columns = jax.tree.map(lambda column: jax.numpy.asarray(column, self.dtype), super().load(state))
        on_devices: State = jax.device_put(columns, self.replicated)
        return on_devices

    def verify(self) -> None:
        super().verify()
        self.look()

    def look(self) -> None:
        """Compute all rows in NumPy, if JAX may pass over an error; raise the error of the first row that has one."""
        if self.program.may_hide_errors:
            self.program.value_and_grad(self.columns.T)

    def split(self, columns: Any) -> list[Any]:
        """Return a table, which has a column for each row of data, as the part to shard over devices and the rest."""
        import jax

        constrain: Any = jax.lax.with_sharding_constraint
        cut = columns.shape[1] // self.devices * self.devices
        parts = [(columns[:, :cut], self.sharded), (columns[:, cut:], self.replicated)]
        return [constrain(part, sharding) for part, sharding in parts if part.shape[1]]

    def measure(self, parts: Any, weights: Any) -> tuple[Any, Any]:
        """Return the mean loss of a table that `split` returned, and its gradient."""
        count = sum(part.shape[1] for part in parts)
        loss: Any = 0.0
        gradient: Any = 0.0
        for part in parts:
            fraction, (part_loss, part_gradient) = part.shape[1] / count, self.value_and_grad(weights, part.T)
            loss, gradient = loss + fraction * part_loss, gradient + fraction * part_gradient
        return loss.astype(self.dtype), gradient.astype(self.dtype)

    def several_epochs(
        self, state: State, count: Any, rates: Any, orders: Any, masks: Any, table: Any, held_out: Any
    ) -> Any:
        """Return the state after `count` epochs, and the measurements of each. JAX traces and compiles this once.

        Parameters
        ----------
        state: the state before.
        count: the number of epochs, at most `self.longest`.
        rates: the learning rate of each epoch.
        orders: for each epoch, the indices of the rows in their order; not used if a batch has all rows.
        masks: for each epoch and each place of that order, the factors of Dropout layers.
        table: the rows, as `prepare` puts them.
        held_out: the validation rows in parts, empty if there are none.
        """
        import jax

        def epoch(i: Any, carried: Any) -> Any:
            state, measured = carried
            state, *row = self.descend(state, rates[i], orders if self.whole else orders[i], masks[i], table)
            if held_out:
                row.append(self.measure(held_out, self.optimizer.answer(state))[0])
            return state, jax.lax.dynamic_update_index_in_dim(measured, jax.numpy.stack(row), i, 0)

        measured = jax.numpy.zeros((self.longest, 2 + bool(held_out)), self.dtype)
        return jax.lax.fori_loop(0, count, epoch, (state, measured))

    def descend(self, state: State, rate: Any, order: Any, masks: Any, table: Any) -> tuple[State, Any, Any]:
        """Return the state after one epoch, the mean loss of the rows and the mean norm of the gradients."""
        import jax

        def batch(indices: Any, masks: Any) -> list[Any]:
            constrain: Any = jax.lax.with_sharding_constraint
            rows = table[0][constrain(indices, self.replicated)]
            return self.split(jax.numpy.concatenate([rows, masks], axis=1).T)

        def step(state: State, parts: Any) -> tuple[State, Any]:
            return self.optimizer.advance(self.tools, self.gradient(parts), state, rate)

        if self.whole:
            parts = table
            if self.factors:
                columns: Any = jax.numpy.concatenate(table, axis=1)
                parts = self.split(jax.numpy.concatenate([columns, masks.T]))
            state, (loss, norm) = step(state, parts)
            return state, loss, norm
        size, count = self.batches[0] or 1, self.objective.count
        full, left = divmod(count, size)
        orders = order[: full * size].reshape(full, size)
        of_batches = masks[: full * size].reshape(full, size, self.factors)
        state, (losses, norms) = jax.lax.scan(
            lambda state, rows: step(state, batch(*rows)), state, (orders, of_batches)
        )
        total, norm = losses.sum() * size, norms.sum()
        if left:
            state, (loss, last) = step(state, batch(order[full * size :], masks[full * size :]))
            total, norm = total + loss * left, norm + last
        return state, total / count, norm / (full + bool(left))

    def call(self, state: State, first: int, rates: Sequence[float]) -> tuple[State, Any]:
        """Return the state after one epoch for each rate, and the loss, gradient norm and validation loss of each."""
        import numpy as np

        padded = np.zeros(self.longest, self.dtype)
        orders = np.zeros((self.longest, 0 if self.whole else self.objective.count), "i4")
        padded[: len(rates)] = rates
        masks = np.zeros((self.longest, self.objective.count, self.factors), self.dtype)
        needs_rows = self.factors or not self.whole
        for i in range(len(rates) if needs_rows else 0):
            rows = [*chain.from_iterable(self.orders(first + i))]
            if not self.whole:
                orders[i] = rows
            if self.factors:
                masks[i] = self.masks.columns(first + i, rows).T
        state, measured = self.compiled(state, len(rates), padded, orders, masks, self.table, self.held_out)
        return state, np.asarray(measured)[: len(rates)]

    @cached_property
    def in_numpy(self) -> Arrays:
        """The same training in NumPy."""
        return Arrays(self.objective, self.validation, self.optimizer, self.clip, self.batches)

    def call_in_numpy(self, epoch: int, rate: float) -> tuple[State, Any]:
        """Return what `call` returns for one epoch that has a number that is not finite.

        NumPy raises the error of the row and the node if an operation has no value. If all have one, as where an
        infinity is none of the results, its results are those of the epoch.
        """
        import numpy as np

        loop = self.in_numpy
        loop.begun, loop.state = self.begun, loop.load(self.plain(self.state))
        row = loop.epoch(epoch, rate)
        names = ("loss", "norm", "validation")
        with np.errstate(over="ignore"):  # float32 may be too small for them
            return self.put(loop.plain(loop.state)), np.array(
                [[row[name] for name in names if name in row]], self.dtype
            )

    def epochs(self, first: int, rates: Sequence[float]) -> list[dict[str, float]]:
        import numpy as np

        started = perf_counter()
        state, measured = self.call(self.state, first, rates)
        if not (np.isfinite(_square(state)) and np.isfinite(measured).all()):
            if len(rates) > 1:  # half as many, again and again: the first epoch that fails is then called alone
                return self.epochs(first, rates[: len(rates) // 2])
            state, measured = self.call_in_numpy(first, rates[0])
            loss, norm, *validation = measured[0].tolist()
            check(first, rates[0], loss, norm, _square(state), *validation)
        self.state = self.now = state
        self.pace = max(1, min(self.longest, int(len(rates) * CALL_SECONDS / (perf_counter() - started))))
        rows = [{"rate": rate} for rate in rates]
        for name, numbers in zip(("loss", "norm", "validation"), measured.T.tolist()):
            for row, number in zip(rows, numbers):
                row[name] = number
        return rows


def _square(state: State) -> float:
    """Return the sum of the squares of the weights."""
    import numpy as np

    weights = np.asarray(state.weights)
    with np.errstate(over="ignore"):
        return float(weights @ weights)

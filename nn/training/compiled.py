"""The loops over epochs and batches as one compiled function, in JAX."""

from __future__ import annotations

from itertools import chain
from time import perf_counter
from typing import TYPE_CHECKING, Any

from engine import MissingExtra

from ..checks import NetworkError
from .loops import Arrays, check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..optim.base import State

STRETCH = 0.25  # seconds that a stretch of epochs should take: after each, Ctrl-C and checkpoints are handled
LONGEST = 4096  # the most epochs in a stretch,
PLACES = 2**20  # and the most rows in them, if they are shuffled


class Compiled(Arrays):
    """Descend in one compiled loop, with each batch split over devices: `backend="jax"`.

    The rows of a batch are spread over a mesh of devices in equal parts, and every device holds all weights; each
    computes the rows that are left over.
    """

    def prepare(self) -> None:
        try:
            import jax
        except ImportError:
            raise MissingExtra("JAX", "jax", "backend='jax'") from None
        there = jax.devices()
        if self.devices > len(there):
            raise NetworkError(f"devices={self.devices} is more than there are: {', '.join(map(str, there))}.")
        super().prepare()
        self.value_and_grad = self.program.to_jax(self.dtype)
        mesh: Any = jax.sharding.Mesh(there[: self.devices], ("rows",))
        split: Any = jax.sharding.PartitionSpec
        self.everywhere = jax.sharding.NamedSharding(mesh, split())
        self.spread = jax.sharding.NamedSharding(mesh, split(None, "rows"))
        columns = jax.numpy.asarray(self.columns, self.dtype)
        self.table = self.shares(columns) if self.whole else [jax.device_put(columns.T, self.everywhere)]
        self.held_out = self.shares(jax.numpy.asarray(self.held_out[1], self.dtype)) if self.held_out else []
        self.longest = LONGEST if self.whole else max(1, min(LONGEST, PLACES // self.objective.count))
        self.compiled = jax.jit(self.stretch, out_shardings=self.everywhere)

    def load(self, state: State) -> State:
        import jax

        columns = jax.tree.map(lambda column: jax.numpy.asarray(column, self.dtype), super().load(state))
        state = jax.device_put(columns, self.everywhere)
        for _ in range(2):  # the first call compiles; the second compiles again, for the sharding of its own results
            state, _ = self.call(state, 0, [])
        return state

    def shares(self, columns: Any) -> list[Any]:
        """Split a table, a column for each row of data, in a part to spread over the devices and the rest."""
        import jax

        constrain: Any = jax.lax.with_sharding_constraint
        cut = columns.shape[1] // self.devices * self.devices
        parts = [(columns[:, :cut], self.spread), (columns[:, cut:], self.everywhere)]
        return [constrain(part, where) for part, where in parts if part.shape[1]]

    def measure(self, places: Any, weights: Any) -> tuple[Any, Any]:
        """Return the mean loss of a table in parts, and its gradient."""
        count = sum(part.shape[1] for part in places)
        loss: Any = 0.0
        slopes: Any = 0.0
        for part in places:
            share, (value, gradient) = part.shape[1] / count, self.value_and_grad(weights, part.T)
            loss, slopes = loss + share * value, slopes + share * gradient
        return loss.astype(self.dtype), slopes.astype(self.dtype)

    def stretch(self, state: State, count: Any, rates: Any, orders: Any, table: Any, held_out: Any) -> Any:
        """Return the state after `count` epochs, and what was measured in each. Traced once, and compiled."""
        import jax

        def epoch(i: Any, carried: Any) -> Any:
            state, seen = carried
            state, *found = self.descend(state, rates[i], orders if self.whole else orders[i], table)
            if held_out:
                found.append(self.measure(held_out, self.optimizer.answer(state))[0])
            return state, jax.lax.dynamic_update_index_in_dim(seen, jax.numpy.stack(found), i, 0)

        seen = jax.numpy.zeros((self.longest, 2 + bool(held_out)), self.dtype)
        return jax.lax.fori_loop(0, count, epoch, (state, seen))

    def descend(self, state: State, rate: Any, order: Any, table: Any) -> tuple[State, Any, Any]:
        """Return the state after one epoch, the mean loss of the rows and the mean norm of the gradients."""
        import jax

        def batch(places: Any) -> list[Any]:
            constrain: Any = jax.lax.with_sharding_constraint
            return self.shares(table[0][constrain(places, self.everywhere)].T)

        def step(state: State, parts: Any) -> tuple[State, Any]:
            return self.optimizer.advance(self.tools, self.gradient(parts), state, rate)

        if self.whole:
            state, (loss, norm) = step(state, table)
            return state, loss, norm
        size, count = self.batches[0] or 1, self.objective.count
        full, left = divmod(count, size)
        orders = order[: full * size].reshape(full, size)
        state, (losses, norms) = jax.lax.scan(lambda state, places: step(state, batch(places)), state, orders)
        total, norm = losses.sum() * size, norms.sum()
        if left:
            state, (loss, last) = step(state, batch(order[full * size :]))
            total, norm = total + loss * left, norm + last
        return state, total / count, norm / (full + bool(left))

    def call(self, state: State, first: int, rates: Sequence[float]) -> tuple[State, Any]:
        """Return the state after one epoch a rate, and the loss, gradient norm and validation loss of each."""
        import numpy as np

        padded = np.zeros(self.longest, self.dtype)
        places = np.zeros((self.longest, 0 if self.whole else self.objective.count), "i4")
        padded[: len(rates)] = rates
        for i in range(0 if self.whole else len(rates)):
            places[i] = [*chain.from_iterable(self.orders(first + i))]
        state, seen = self.compiled(state, len(rates), padded, places, self.table, self.held_out)
        return state, np.asarray(seen)[: len(rates)]

    def epochs(self, first: int, rates: Sequence[float]) -> list[dict[str, float]]:
        import numpy as np

        started = perf_counter()
        state, seen = self.call(self.state, first, rates)
        weights = np.asarray(state.weights)
        with np.errstate(over="ignore"):
            size = float(weights @ weights)
        if not (np.isfinite(size) and np.isfinite(seen).all()):
            if len(rates) > 1:  # try half as many, down to the last good epoch; the next one shows what is wrong
                return self.epochs(first, rates[: len(rates) // 2])
            loss, norm, *kept = seen[0].tolist()
            check(first, rates[0], loss, norm, size, *kept)
        self.state = self.now = state
        self.pace = max(1, min(self.longest, int(len(rates) * STRETCH / (perf_counter() - started))))
        rows = [{"rate": rate} for rate in rates]
        for name, numbers in zip(("loss", "norm", "validation"), seen.T.tolist()):
            for row, number in zip(rows, numbers):
                row[name] = number
        return rows

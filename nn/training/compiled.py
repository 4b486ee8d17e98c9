"""Train in JAX: the loops over epochs and batches are one compiled function."""

from __future__ import annotations

from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Any

from engine import MissingExtra

from ..data.batching import places, seed_words, words_of
from ..optim.base import Optimizer, State
from .loops import Arrays, check
from .processes import agreed, check_alike, chosen_devices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CALL_SECONDS = 0.25  # how long one call should take; Ctrl-C and checkpoints are handled between calls
MOST_EPOCHS = 4096  # the most epochs in a call
MOST_FACTORS = 2**20  # the most factors of masks in a call


class Compiled(Arrays):
    """Descends in one compiled loop, with each batch split over devices: `backend="jax"`.

    The rows of a batch are split into equal parts, one for each device of a mesh, and every device holds all weights.
    Rows that are left over are computed on every device. The devices may belong to several processes.
    """

    now: State

    def prepare_steps(self, rows: int) -> None:
        try:
            import jax
        except ImportError:
            raise MissingExtra("JAX", "jax", "backend='jax'") from None
        self.check_processes()
        self.look()
        mesh: Any = jax.sharding.Mesh(chosen_devices(self.devices), ("rows",))
        spec: Any = jax.sharding.PartitionSpec
        self.replicated: Any = jax.sharding.NamedSharding(mesh, spec())
        self.sharded: Any = jax.sharding.NamedSharding(mesh, spec(None, "rows"))
        self.value_and_grad: Any = self.program.to_jax(self.dtype)
        self.precision: Any = self.program.outputs_in_jax(self.dtype).precision
        # Of a row: the last numbers of its column, other ones in each epoch.
        self.factors: int = len(self.masks.shares)
        columns = self.columns[: len(self.columns) - self.factors]
        with self.precision():
            self.prepare_scores()
            if self.counts_in_pass:
                columns = self.with_classes(columns)
            self.table: list[Any] = (
                self.placed(columns) if self.whole else [self.on_devices(columns.T, self.replicated)]
            )
        self.longest: int = max(1, min(MOST_EPOCHS, MOST_FACTORS // (self.objective.count * self.factors or 1)))
        self.compiled: Any = jax.jit(self.several_epochs, out_shardings=self.replicated)

    def prepare_scores(self) -> None:
        """Prepare what is measured besides: the loss of validation rows, and the rows whose class is right.

        The rows to measure after each epoch are `scored`, in parts. There are none if a step counts in its own pass,
        before it moves the weights: then its count is that of the epoch before.
        """
        parameters, hits = self.optimizer.parameters, self.hits
        answers_with_weights = type(self.optimizer).answer is Optimizer.answer
        self.counts_in_pass: bool = bool(
            hits and self.whole and not self.validation and not self.factors and answers_with_weights
        )
        self.names: list[str] = ["loss", "norm"]
        self.scored: list[Any] = []
        if self.validation:
            program, columns = self.held_out
            self.names += ["validation", *(["accuracy"] if hits else [])]
        elif hits:
            self.names.append("accuracy")
            if self.counts_in_pass:
                program, columns = self.objective.record(parameters, with_outputs=True)
            else:
                program, columns, _ = self.objective.record_outputs(parameters)
        else:
            return
        self.scores: Any = program.outputs_in_jax(self.dtype)
        if not self.counts_in_pass:
            self.scored = self.placed(self.with_classes(columns))

    def with_classes(self, columns: Any) -> Any:
        """Return columns with the class of each row as one more number, if hits are counted."""
        import numpy as np

        return np.vstack([columns, self.hits.array]) if self.hits else columns

    def check_processes(self) -> None:
        """Raise NetworkError if several processes do not train alike."""
        size, shuffle, seed = self.batches
        held_out = self.held_out[1].tobytes() if self.held_out else b""
        parts = {"X or y": self.columns.tobytes(), "validation": held_out, "seed": seed, "batch_size": size}
        parts |= {"shuffle": shuffle, "model": self.program.source, "devices": self.devices, "dtype": self.dtype}
        check_alike(parts | {"optimizer": repr(self.optimizer), "accuracy": self.hits is not None})

    def begin(self, rates: Sequence[float]) -> None:
        parts = {"weights at the start": self.state.weights, "epoch": self.state.steps, "optimizer": self.state.slots}
        check_alike({name: repr(part) for name, part in parts.items()} | {"rates or number of epochs": [*rates]})

    def on_devices(self, array: Any, sharding: Any) -> Any:
        """Return an array of NumPy's on the devices, also on those of other processes, which have the same array."""
        import jax

        numbers = array.astype(self.dtype)
        return jax.make_array_from_callback(numbers.shape, sharding, numbers.__getitem__)

    def load(self, state: State) -> State:
        state = self.put(state)
        for _ in range(2):  # the first call compiles; the second compiles again, for the sharding of its own results
            state, _ = self.call(state, 0, [])
        return state

    def put(self, state: State) -> State:
        """Return a state of lists of floats as arrays on all devices."""
        import numpy as np

        numbers = [np.array(column) for column in (state.weights, *state.slots, state.steps)]
        weights, *slots, steps = [self.on_devices(column, self.replicated) for column in numbers]
        return State(weights, tuple(slots), steps)

    def verify(self) -> None:
        super().verify()
        self.look()

    def look(self) -> None:
        """Compute all rows in NumPy, if JAX may pass over an error; raise the error of the first row that has one."""
        if self.program.may_hide_errors:
            self.program.value_and_grad(self.columns.T)

    def plain(self, state: State) -> State:
        import numpy as np

        weights, *slots = (np.asarray(column).tolist() for column in (state.weights, *state.slots))
        return State(weights, tuple(slots), int(state.steps))

    def cut(self, columns: Any) -> list[tuple[Any, Any]]:
        """Return a table, which has a column for each row of data, as the part to shard over devices and the rest."""
        place = columns.shape[1] // self.devices * self.devices
        parts = [(columns[:, :place], self.sharded), (columns[:, place:], self.replicated)]
        return [(part, sharding) for part, sharding in parts if part.shape[1]]

    def placed(self, columns: Any) -> list[Any]:
        """Return the parts of an array of NumPy's on the devices."""
        return [self.on_devices(part, sharding) for part, sharding in self.cut(columns)]

    def split(self, columns: Any) -> list[Any]:
        """Return the parts of a table inside of the compiled function."""
        import jax

        constrain: Any = jax.lax.with_sharding_constraint
        return [constrain(part, sharding) for part, sharding in self.cut(columns)]

    def gradient(self, batch: Any) -> Callable[[Any], tuple[Any, Any]]:
        """Return a function of weights that returns the clipped gradient, and (loss, norm) or (loss, norm, hits)."""

        def measure(weights: Any) -> tuple[Any, Any]:
            loss, slopes, *hits = self.measure(batch, weights)
            norm = (slopes @ slopes) ** 0.5
            return self.clip(slopes, norm), (loss, norm, *hits)

        return measure

    def measure(self, parts: Any, weights: Any) -> tuple[Any, ...]:
        """Return the mean loss of a table in parts, and its gradient; and how many rows are right, in such a pass."""
        count = sum(part.shape[1] for part in parts)
        totals: Any = (0.0, 0.0, *([0.0] if self.counts_in_pass else []))
        for part in parts:
            fraction = part.shape[1] / count
            if self.counts_in_pass:
                outputs, slopes = self.scores.outputs_and_grad(weights, part[:-1])
                right = self.count(outputs[1:], part[-1])
                measured = [outputs[0].sum() / count, fraction * slopes, right]
            else:
                loss, slopes = self.value_and_grad(weights, part.T)
                measured = [fraction * loss, fraction * slopes]
            totals = tuple(total + each for total, each in zip(totals, measured))
        return tuple(total.astype(self.dtype) for total in totals)

    def count(self, outputs: Any, classes: Any) -> Any:
        """Return how many rows have the right class, as a number of this dtype; NaN if an output is NaN."""
        from jax import numpy as jnp

        right = self.hits.of(outputs, classes).astype(self.dtype)  # type: ignore[union-attr]
        return jnp.where(jnp.isnan(outputs).any(), jnp.nan, right)

    def score(self, parts: Any, weights: Any) -> list[Any]:
        """Return the mean loss of validation rows, if there are some, and how many rows are right, if asked for."""
        count = sum(part.shape[1] for part in parts)
        loss: Any = 0.0
        right: Any = 0.0
        for part in parts:
            columns, classes = (part[:-1], part[-1]) if self.hits else (part, None)
            outputs = self.scores.outputs(weights, columns)
            if self.validation or self.counts_in_pass:
                loss, outputs = loss + outputs[0].sum() / count, outputs[1:]
            if self.hits:
                right = right + self.count(outputs, classes)
        return [*([loss] if self.validation else []), *([right] if self.hits else [])]

    def several_epochs(
        self, state: State, count: Any, first: Any, rates: Any, masks: Any, table: Any, scored: Any
    ) -> Any:
        """Return the state after `count` epochs, and the measurements of each. JAX traces and compiles this once.

        Parameters
        ----------
        state: the state before.
        count: the number of epochs, at most `self.longest`.
        first: the number of the first one.
        rates: the learning rate of each epoch.
        masks: for each epoch and each row, the factors of Dropout layers.
        table: the rows, as `prepare_steps` puts them.
        scored: the rows to measure after each epoch, in parts.
        """
        import jax

        def epoch(i: Any, carried: Any) -> Any:
            state, measured = carried
            state, *row = self.descend_in_jax(state, rates[i], first + i, masks[i], table)
            if scored:
                row += self.score(scored, self.optimizer.answer(state))
            return state, jax.lax.dynamic_update_index_in_dim(measured, jax.numpy.stack(row), i, 0)

        measured = jax.numpy.zeros((self.longest, len(self.names)), self.dtype)
        state, measured = jax.lax.fori_loop(0, count, epoch, (state, measured))
        if self.counts_in_pass:  # before each step, so each count belongs to the epoch before
            right = jax.numpy.roll(measured[:, -1], -1)
            right = right.at[count - 1].set(self.score(table, state.weights)[0])
            measured = measured.at[:, -1].set(right)
        return state, measured

    def order_in_jax(self, epoch: Any) -> Any:
        """Return the indices of the rows in the order of an epoch, computed on the devices: what `order` gives."""
        import jax
        import numpy as np

        _, shuffle, seed = self.batches
        indices = jax.numpy.arange(self.objective.count, dtype="uint32")
        if not shuffle:
            return indices
        start: Any = tuple(map(np.uint32, seed_words(seed)))
        return jax.numpy.argsort(places(indices, words_of(start, epoch, np.uint32), np.uint32))

    def descend_in_jax(self, state: State, rate: Any, epoch: Any, masks: Any, table: Any) -> tuple[Any, ...]:
        """Return the state after one epoch, the mean loss of the rows and the mean norm of the gradients.

        With the hits before the step, if a pass counts them.
        """
        import jax

        def batch(indices: Any) -> list[Any]:
            constrain: Any = jax.lax.with_sharding_constraint
            indices = constrain(indices, self.replicated)
            rows = jax.numpy.concatenate([table[0][indices], masks[indices]], axis=1)
            return self.split(rows.T)

        def step(state: State, parts: Any) -> tuple[State, Any]:
            return self.optimizer.advance(self.tools, self.gradient(parts), state, rate)

        if self.whole:
            parts = table
            if self.factors:
                columns: Any = jax.numpy.concatenate(table, axis=1)
                parts = self.split(jax.numpy.concatenate([columns, masks.T]))
            state, measured = step(state, parts)
            return state, *measured
        size, count = self.batches[0] or 1, self.objective.count
        full, left = divmod(count, size)
        order = self.order_in_jax(epoch)
        orders = order[: full * size].reshape(full, size)
        state, (losses, norms) = jax.lax.scan(lambda state, rows: step(state, batch(rows)), state, orders)
        total, norm = losses.sum() * size, norms.sum()
        if left:
            state, (loss, last) = step(state, batch(order[full * size :]))
            total, norm = total + loss * left, norm + last
        return state, total / count, norm / (full + bool(left))

    def call(self, state: State, first: int, rates: Sequence[float]) -> tuple[State, Any]:
        """Return the state after one epoch for each rate, and what was measured in each, by `self.names`."""
        import numpy as np

        padded = np.zeros(self.longest, self.dtype)
        padded[: len(rates)] = rates
        masks = np.zeros((self.longest, self.objective.count, self.factors), self.dtype)
        for i in range(len(rates) if self.factors else 0):
            masks[i] = self.masks.columns(first + i, range(self.objective.count)).T
        with self.precision():
            numbers = np.int32(len(rates)), np.uint32(first)
            state, measured = self.compiled(state, *numbers, padded, masks, self.table, self.scored)
        return state, np.asarray(measured)[: len(rates)]

    @cached_property
    def in_numpy(self) -> Arrays:
        """The same training in NumPy."""
        return Arrays(self.objective, self.validation, self.optimizer, self.clip, self.batches, hits=self.hits)

    def call_in_numpy(self, epoch: int, rate: float) -> tuple[State, Any]:
        """Return what `call` returns for one epoch that has a number that is not finite.

        NumPy raises the error of the row and the node if an operation has no value. If all have one, as where an
        infinity is none of the results, its results are those of the epoch.
        """
        import numpy as np

        loop = self.in_numpy
        loop.begun, loop.state = self.begun, loop.load(self.plain(self.state))
        row = loop.epoch(epoch, rate)
        if self.hits:
            row["accuracy"] *= self.hits.count
        with np.errstate(over="ignore"):  # float32 may be too small for them
            return self.put(loop.plain(loop.state)), np.array([[row[name] for name in self.names]], self.dtype)

    def epochs(self, first: int, rates: Sequence[float]) -> list[dict[str, float]]:
        import numpy as np

        started = perf_counter()
        state, measured = self.call(self.state, first, rates)
        if not (np.isfinite(_square(state)) and np.isfinite(measured).all()):
            if len(rates) > 1:  # half as many, again and again: the first epoch that fails is then called alone
                return self.epochs(first, rates[: len(rates) // 2])
            state, measured = self.call_in_numpy(first, rates[0])
            numbers = dict(zip(self.names, measured[0].tolist()))
            size, validation = _square(state), numbers.get("validation", 0.0)
            check(first, rates[0], numbers["loss"], numbers["norm"], size, validation)
        self.state = self.now = state
        pace = int(len(rates) * CALL_SECONDS / (perf_counter() - started))
        self.pace: int = agreed(max(1, min(self.longest, pace)))
        rows = [dict(zip(self.names, numbers), rate=rate) for numbers, rate in zip(measured.tolist(), rates)]
        for row in rows if self.hits else ():
            row["accuracy"] /= self.hits.count  # type: ignore[union-attr]
        return rows


def _square(state: State) -> float:
    """Return the sum of the squares of the weights."""
    import numpy as np

    weights = np.asarray(state.weights)
    with np.errstate(over="ignore"):
        return float(weights @ weights)

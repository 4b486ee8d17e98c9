"""`fit`: gradient descent over epochs and batches, in Python, NumPy, JAX or PyTorch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from engine import GradwalkError, described, flag, public

from ..checks import NetworkError, choose, size
from ..data.batching import orders
from ..files import named_file
from ..history import COLUMNS, History
from ..metrics import Hits, accuracy
from ..objective import Objective, backend_for
from ..optim import OPTIMIZERS, RATES, Optimizer
from ..optim.clipping import clipper
from ..record import Recorder
from ..schedules import schedule_for
from .checkpoint import Checkpoint, Plan
from .identity import computation_of, settings_of, start_of
from .loops import Arrays, Diverged, Loop, OnBackend
from .run import Training

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from engine import Value

    from ..names import BackendName, LossName, MetricName, NumberType, OptimizerName, ScheduleName
    from ..schedules import Schedule

    Loss = Callable[[Any, Any], Value]
    Metric = Callable[[Any, Any, Any], float]
    Callback = Callable[[int, Any, History], Any]

__all__ = ["Diverged", "fit"]

METRICS: dict[str, Metric] = {"accuracy": accuracy}


@public
def fit(
    model: Any,
    X: Any,
    y: Any,
    loss: LossName | Loss = "mse",
    optimizer: OptimizerName | Optimizer | type[Optimizer] | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    shuffle: bool = True,
    seed: int = 0,
    validation: Any = None,
    backend: BackendName | None = None,
    progress: bool = True,
    checkpoint: str | os.PathLike[str] | None = None,
    callbacks: Callback | Sequence[Callback] = (),
    metrics: MetricName | Metric | Sequence[MetricName | Metric] = (),
    schedule: ScheduleName | Schedule | None = None,
    clip: Any = None,
    patience: int | None = None,
    devices: int = 1,
    dtype: NumberType = "float64",
    recorder: Recorder | None = None,
) -> History:
    """Train a model by gradient descent, and return the History of the training.

    An epoch is one pass over all rows, in batches. After each batch, the optimizer updates the weights by the
    gradient of the batch's mean loss. Ctrl-C ends the training with the weights of the last complete step.

    Parameters
    ----------
    model: called on a row; it has `parameters()`.
    X: the rows: a list, an array or a table.
    y: one target for each row. Classes are counted from 0.
    loss: a name of `nn.losses`, or a function of a prediction and a target.
    optimizer: a name, such as "adam" for optim.Adam, a class, or an optimizer of the model's parameters, which
        continues from its state. None is "adam". The learning rate of a name or a class is 0.1 for SGD, ImplicitSGD,
        AveragedSGD and AdaGrad, and 0.01 for Adam, AdamW and RMSProp.
    epochs: the number of epochs.
    batch_size: rows in a batch; None is all rows, 1 is stochastic descent.
    shuffle: whether the rows get a new order in each epoch.
    seed: a whole number; the same seed gives the same orders.
    validation: rows and targets, (X, y), whose loss is measured after each epoch; they are not trained on.
    backend: "python" builds the graph of every row. "numpy", "jax" and "torch" record the graph of one row and run it
        on all; it is compared with the model before and after the training, on 5 to 100 rows. With the same seed, all
        backends give the same history, except for rounding. None is "numpy" where NumPy is installed, else "python".
        A row at which an operation has no value, or no finite derivative, is an error on each of them. With "jax",
        two kinds of it are looked for before and after the training only: an infinite derivative below what `where`
        or `clip` chooses, of a node whose gradient is 0; and a number that is too large in what depends on an
        infinite constant.
    progress: whether a terminal or a notebook shows a progress bar, and stderr a sentence if the loss stood still far
        from 0: it names `nn.diagnose`, which looks for the reason.
    checkpoint: a file to which the training is saved as it goes. If the file exists, the training continues from it,
        bit for bit as if it had not been interrupted. It must be the same training: the file of another model
        (layers, activation, weights at the start), of other X, y or validation, of another loss, optimizer,
        batch_size, shuffle, seed, schedule, clip, patience or metrics, or of another backend, devices or dtype, is
        refused. What may differ: epochs, to go on for longer if the schedule stays what it was; progress, callbacks
        and recorder. If the file cannot be written, a warning says so, the training goes on, and the next checkpoint
        tries again; if the last one fails, too, `ended` of the History says so.
    callbacks: functions, called as callback(epoch, model, history) after each epoch, counted from 1. A callback that
        returns True ends the training.
    metrics: "accuracy", or functions of (model, X, y), measured after each epoch: on the validation rows if there are
        some, else on the training rows.
    schedule: "cosine", "linear", "step" or a function of the epoch; see `nn.schedules`.
    clip: the largest norm of the gradient, or ("value", limit) for the largest size of each of its numbers.
    patience: the training ends after so many epochs without a lower loss (that of the validation rows if there are
        some), and the model gets back the weights of the lowest loss.
    devices: with "jax", the number of devices that each batch is split over.
    dtype: with "jax", "float64" or "float32".
    recorder: a `Recorder`, which keeps the weights epoch by epoch.

    Returns
    -------
    The History: losses, gradient norms, learning rates and metrics of each epoch, and why the training ended.

    Raises
    ------
    NetworkError (a ValueError), before the training starts: for rows of another length than the model takes, for
    another number of targets than rows, for a target that the loss does not take, for an unknown name, for a
    count below 1, and for a checkpoint of another training. DomainError (a ValueError) for NaN in the data, and
    where an operation of the model has no value. MissingExtra (an ImportError) for a backend that is not
    installed. Diverged (a NetworkError), with the history so far, if a number becomes infinite or NaN.

    >>> from nn import MLP
    >>> model = MLP(1, [1], rng=0)
    >>> history = fit(model, [[0], [1], [2]], [1, 3, 5], epochs=2000)
    >>> [round(parameter.data, 3) for parameter in model.parameters()]
    [2.0, 1.0]
    """
    kind, objective = _loop(backend, devices, dtype), Objective(model, X, y, loss)
    measured = (X, y) if validation is None else _pair(validation)
    held_out = None if validation is None else _held_out(model, *measured, loss)
    optimizer, named = _optimizer(optimizer, model), _metrics(metrics)
    epochs = size(epochs, "epochs")
    shuffle, progress = flag(shuffle, "shuffle"), flag(progress, "progress")
    factor = schedule_for(schedule, epochs)
    rates = [optimizer.lr * factor(epoch) for epoch in range(epochs)]
    orders(objective.count, batch_size, seed=seed)  # raises NetworkError for a wrong batch size
    orders(2, 1, seed=seed)  # raises NetworkError for a wrong seed, also if all rows are one batch
    batches, clipped = (batch_size, shuffle, seed), clipper(clip)
    listed = [callbacks] if callable(callbacks) else callbacks
    functions = [*listed] if isinstance(listed, (list, tuple)) else None
    if functions is None or not all(map(callable, functions)):
        raise NetworkError(f"callbacks are functions of (epoch, model, history), not {described(callbacks)}.")
    patience = None if patience is None else size(patience, "patience")
    if not (recorder is None or isinstance(recorder, Recorder)):
        raise NetworkError(f"recorder is a Recorder, such as recorder = Recorder(), not {described(recorder)}.")
    file = saved = None
    if checkpoint is not None:
        options = {"batch_size": batch_size, "shuffle": shuffle, "seed": seed, "clip": clip, "patience": patience}
        options |= {"schedule": schedule, "metrics": ", ".join(named) or None, "backend": backend_for(backend)}
        options |= {"devices": devices, "dtype": dtype}
        plan = Plan(
            settings=settings_of(objective, held_out, optimizer, options),
            computation=partial(computation_of, objective),
            start=start_of(model, optimizer),
            begun=optimizer.steps,
            rates=rates,
            steps=len(orders(objective.count, batch_size, shuffle=False)),
            weights=len(optimizer.parameters),
            slots=len(optimizer.columns),
            columns=("loss", "norm", "rate", *(["validation"] if held_out else []), *named),
            limit=patience,
        )
        file = Checkpoint(named_file(checkpoint, "training"), plan)
        saved = file.read()  # before anything is recorded, which may take long
    hits = Hits(held_out or objective) if accuracy in named.values() else None
    loop = kind(objective, held_out, optimizer, clipped, batches, devices, dtype, hits)
    measures = {
        name: None if metric is accuracy else partial(metric, model, *measured) for name, metric in named.items()
    }
    return Training(loop, rates, measures, functions, patience, file, saved, recorder).run(progress)


def _loop(backend: str | None, devices: int, dtype: str) -> Callable[..., Loop]:
    """Return the class of the loop for a backend; raise NetworkError for devices or a dtype that it does not have."""
    name = backend_for(backend)
    choose(dict.fromkeys(("float64", "float32")), dtype, "dtype", "")
    if name != "jax":
        if size(devices, "devices") > 1 or dtype != "float64":
            raise NetworkError(f"backend={name!r} runs on one device, in float64: choose backend='jax' for others.")
        return {"python": Loop, "numpy": Arrays}.get(name) or partial(OnBackend, name)
    from .compiled import Compiled

    size(devices, "devices")
    return Compiled


def _pair(validation: Any) -> tuple[Any, Any]:
    """Return the rows and the targets of the argument `validation`; raise NetworkError for anything but a pair."""
    try:
        X, y = validation
    except (TypeError, ValueError):
        raise NetworkError("validation is a pair of rows and targets: validation=(X, y).") from None
    return X, y


def _held_out(model: Any, X: Any, y: Any, loss: Any) -> Objective:
    """Return the objective of the validation rows."""
    try:
        return Objective(model, X, y, loss)
    except GradwalkError as error:
        raise NetworkError(f"validation: {error}") from None


def _optimizer(optimizer: Any, model: Any) -> Optimizer:
    """Return an optimizer of the model's parameters, from a name, a class or an optimizer."""
    parameters = model.parameters()
    if optimizer is None:
        optimizer = "adam"
    if isinstance(optimizer, str):
        optimizer = choose(OPTIMIZERS, optimizer.lower(), "optimizer")
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        rate = RATES.get(optimizer.__name__.lower())
        optimizer = optimizer(parameters) if rate is None else optimizer(parameters, lr=rate)  # type: ignore[call-arg]
    if not isinstance(optimizer, Optimizer):
        raise NetworkError(f"an optimizer is a name, such as 'adam', or one of nn.optim, not {described(optimizer)}.")
    if not set(optimizer.parameters) <= set(parameters):
        raise NetworkError(
            f"this optimizer moves weights that are not the model's: {type(optimizer).__name__}(model.parameters())."
        )
    return optimizer


def _metrics(metrics: Any) -> dict[str, Metric]:
    """Return the metrics as functions by name."""
    listed = [metrics] if isinstance(metrics, str) or callable(metrics) else metrics
    if not isinstance(listed, (list, tuple)):
        raise NetworkError(
            f"metrics is 'accuracy', a function of (model, X, y), or a list, not {described(metrics)}."
        )
    functions = [metric if callable(metric) else choose(METRICS, metric, "metric") for metric in listed]
    named = {getattr(function, "__name__", f"metric {i}"): function for i, function in enumerate(functions, 1)}
    if len(named) < len(functions) or named.keys() & COLUMNS.keys():
        taken = ", ".join(COLUMNS)
        raise NetworkError(f"each metric needs a name of its own, other than {taken}: {', '.join(named)}.")
    return named

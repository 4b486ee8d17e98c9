"""fit: one training in three backends, what it tells, how it ends, and how it goes on after a kill -9."""

from __future__ import annotations

import ast
import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from subprocess import PIPE
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from ids import shown
from oracles import require
from wording import mentions

import nn
from engine import GradwalkError, Value
from engine.installed import install_command
from nn import MLP, Diverged, History, Module, NetworkError, Recurrent, data, evaluate, fit, losses, optim
from nn.optim import OPTIMIZERS

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
BACKENDS = ["python", "numpy", "jax", "torch"]
X, Y = data.moons(24, seed=3)
BINARY = "binary_cross_entropy_on_logits"


def model_for(loss: str = BINARY, rng: int = 0) -> MLP:
    """A small network with outputs that the loss takes."""
    outputs = 3 if loss == "cross_entropy" else 1
    return MLP(2, [4, outputs], "tanh", "sigmoid" if loss == "binary_cross_entropy" else "linear", rng=rng)


def targets_for(loss: str) -> list[Any]:
    return {"hinge": [2 * y - 1 for y in Y], "cross_entropy": [i % 3 for i in range(len(Y))]}.get(loss, list(Y))


def weights(model: Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


def needs(backend: str) -> None:
    if backend in ("jax", "torch"):
        require(backend)


def alike(one: History, other: History, rel: float = 1e-10) -> bool:
    """The same numbers but for rounding."""
    assert one.rows[0].keys() == other.rows[0].keys()
    return one.ended == other.ended and all(
        one.column(name) == pytest.approx(other.column(name), rel=rel, abs=1e-12) for name in one.rows[0]
    )


def pair(backend: str, loss: str = BINARY, **options: Any) -> tuple[History, History, MLP, MLP]:
    """A training with eager graphs, and the same with another backend."""
    needs(backend)
    one, other = model_for(loss), model_for(loss)
    histories = []
    for model, kind in (one, "python"), (other, backend):
        told = dict(options)
        if "optimizer" in told:
            told["optimizer"] = told["optimizer"](model.parameters())
        histories.append(fit(model, X, targets_for(loss), loss, epochs=6, backend=kind, **told))
    return *histories, one, other


# One training, three ways


@pytest.mark.parametrize("loss", losses.LOSSES)
def test_numpy_trains_as_eager_graphs_do_with_any_loss(loss: str) -> None:
    eager, fast, one, other = pair("numpy", loss, batch_size=7, optimizer=lambda w: optim.SGD(w, 0.1, 0.9))
    assert alike(eager, fast)
    assert weights(one) == pytest.approx(weights(other), rel=1e-10)
    assert eager.losses[-1] < eager.losses[0]


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_any_optimizer_goes_the_same_way(backend: str, name: str) -> None:
    told = {"batch_size": 10, "validation": (X[:5], Y[:5])}
    eager, fast, one, other = pair(backend, optimizer=lambda w: OPTIMIZERS[name](w, lr=0.05), **told)
    assert alike(eager, fast)
    assert weights(one) == pytest.approx(weights(other), rel=1e-10)


@pytest.mark.parametrize("backend", BACKENDS[1:])
@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": None},
        {"batch_size": 1, "seed": 5},
        {"batch_size": 8, "shuffle": False, "clip": 0.05},
        {"batch_size": 9, "clip": ("value", 0.01), "schedule": "cosine", "validation": (X[:5], Y[:5])},
        {"batch_size": 99, "metrics": "accuracy", "patience": 3, "schedule": lambda epoch: 1 / (1 + epoch)},
    ],
    ids=",".join,
)
def test_any_options_mean_the_same(backend: str, options: dict[str, Any]) -> None:
    eager, fast, one, other = pair(backend, **options)
    assert alike(eager, fast)
    assert weights(one) == pytest.approx(weights(other), rel=1e-10)


def test_a_recurrent_net_trains_on_sequences_alike() -> None:
    rng = Random(0)
    sequences = [[[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(4)] for _ in range(6)]
    answers = [sum(step[0] for step in sequence) for sequence in sequences]
    found = []
    for backend in "python", "numpy":
        model = Recurrent(2, 3, 1, rng=0, last=True)
        found.append((fit(model, sequences, answers, epochs=4, batch_size=2, backend=backend), weights(model)))
    assert alike(found[0][0], found[1][0])
    assert found[0][1] == pytest.approx(found[1][1], rel=1e-10)


def test_sequences_of_several_lengths_train_eagerly_and_are_told_elsewhere() -> None:
    sequences, answers = [[1.0, 2.0], [1.0], [3.0, 1.0, 2.0]], [3.0, 1.0, 6.0]
    rows = [[[x] for x in sequence] for sequence in sequences]
    model = Recurrent(1, 3, 1, rng=0, last=True)
    history = fit(model, rows, answers, epochs=30, backend="python")
    assert history.losses[-1] < history.losses[0]
    with pytest.raises(NetworkError, match=r"X\[1\] has 1 number.* only backend='python' takes sequences of several"):
        fit(model, rows, answers, backend="numpy")


@pytest.mark.parametrize("size", [24, 10])
def test_plain_gradient_descent_is_what_a_loop_by_hand_does(size: int) -> None:
    model, twin = model_for(), model_for()
    told = {"epochs": 4, "batch_size": size, "shuffle": False, "backend": "python"}
    history = fit(model, X, Y, BINARY, optim.SGD(model.parameters(), lr=0.5), **told)
    optimizer = optim.SGD(twin.parameters(), lr=0.5)
    for epoch in range(4):
        seen, norms = [], []
        for start in range(0, len(X), size):
            batch = [*zip(X, Y)][start : start + size]
            optimizer.zero_grad()
            rows = [losses.LOSSES[BINARY](twin(x), y) for x, y in batch]
            (sum(rows) / len(rows)).backward()
            seen += [loss.data for loss in rows]
            norms.append(math.hypot(*(parameter.grad for parameter in twin.parameters())))
            optimizer.step()
        assert history.losses[epoch] == pytest.approx(sum(seen) / len(X), rel=1e-13)
        assert history.norms[epoch] == pytest.approx(sum(norms) / len(norms), rel=1e-12)
    assert weights(model) == pytest.approx(weights(twin), rel=1e-12)


@pytest.mark.parametrize("size", [None, 5])
def test_a_training_on_torch_has_the_history_of_numpy(size: int | None) -> None:
    needs("torch")
    histories = [
        fit(model_for(), X, Y, BINARY, epochs=20, batch_size=size, validation=(X, Y), backend=backend)
        for backend in ("numpy", "torch")
    ]
    assert alike(*histories, rel=1e-12)


def test_numpy_is_the_backend_unless_told_otherwise() -> None:
    one, other = model_for(), model_for()
    assert fit(one, X, Y, BINARY, epochs=3) == fit(other, X, Y, BINARY, epochs=3, backend="numpy")


def test_single_precision_is_near_double() -> None:
    require("jax")
    found = []
    for dtype in "float64", "float32":
        model = model_for()
        found.append(fit(model, X, Y, BINARY, epochs=5, batch_size=7, backend="jax", dtype=dtype))
    assert alike(*found, rel=1e-4)
    assert not alike(*found, rel=1e-10)


DEVICES = """
import jax
from nn import MLP, data, fit, optim
from nn.training.compiled import Compiled

run, calls = Compiled.call, []
Compiled.call = lambda loop, *told: calls.append((loop, told)) or run(loop, *told)
X, y = data.moons(53)
for size in None, 20:
    found = []
    for devices in 1, 8:
        model = MLP(2, [8, 1], "tanh", rng=0)
        history = fit(model, X, y, "binary_cross_entropy_on_logits", epochs=10, batch_size=size, backend="jax",
                      devices=devices, validation=(X[:9], y[:9]))
        found.append([*history.losses, *history.validation, *history.norms, *(p.data for p in model.parameters())])
    apart = max(abs(a - b) / abs(a) for a, b in zip(*found))
    assert apart < 1e-12, apart
    loop, (state, *_) = calls[-1]
    if size is None:  # 53 rows: 6 on each of 8 devices, and 5 on all
        shapes = [{shard.data.shape for shard in part.addressable_shards} for part in loop.table]
        assert shapes == [{(3, 6)}, {(3, 5)}], shapes
    arguments = jax.numpy.int32(1), jax.numpy.uint32(0), jax.numpy.zeros(loop.longest)
    arguments += (jax.numpy.zeros((loop.longest, 53, loop.factors)),)  # no Dropout: 0 factors a row
    code = loop.compiled.lower(state, *arguments, loop.table, loop.scored).compile().as_text()
    print(code.count("all-reduce("))
"""


@pytest.mark.slow
def test_eight_devices_train_as_one() -> None:
    require("jax")
    settings = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=8", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", DEVICES], cwd=ROOT, env=settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert all(int(sums) > 0 for sums in done.stdout.split())  # each device has its share, and they add up
    assert "rematerialization" not in done.stderr


# The same again, or not


PROCESS = """
import sys
import jax
from nn import MLP, data, fit

port, own = sys.argv[1:]
jax.distributed.initialize(f"127.0.0.1:{port}", 2, int(own))
X, y = data.moons(25)

def train(X=X, **options):
    model = MLP(2, [4, 1], "tanh", rng=0)
    options = {"batch_size": 6, "validation": (X[:5], y[:5]), "devices": 2, "epochs": 6} | options
    try:
        history = fit(model, X, y, "binary_cross_entropy_on_logits", backend="jax", metrics="accuracy", **options)
        return repr([history.losses, history.validation, history.metrics, [p.data for p in model.parameters()]])
    except ValueError as error:
        return str(error)

for text in (
    train(seed=int(own)), train([[1.0 + int(own), 2.0], *X[1:]]), train(epochs=6 + int(own)), train(devices=1),
    train(devices=3), train(), train(batch_size=None),
):
    print("RESULT", text)
"""


@pytest.mark.slow
def test_two_processes_train_as_one_and_refuse_to_train_apart() -> None:
    needs("jax")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"JAX_PLATFORMS": "cpu", "PYTHONPATH": str(ROOT), "XLA_FLAGS": ""}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(port), own], env=environment, stdout=PIPE, stderr=PIPE, text=True
        )
        for own in "01"
    ]
    results = []
    for process in processes:
        try:
            output, errors = process.communicate(timeout=300)
        finally:
            process.kill()
        results.append([line.removeprefix("RESULT ") for line in output.splitlines() if line.startswith("RESULT")])
        assert len(results[-1]) == 7, f"{output}{errors}"
    assert results[0] == results[1]  # the same steps, and the same sentences
    seed, rows, epochs, one_device, three_devices, batches, whole = results[0]
    for said, words in (
        (seed, ("process 1", "seed")), (rows, ("process 1", "X or y")), (epochs, ("process 1", "epochs")),
        (one_device, ("devices=1", "process 1", "devices=2")), (three_devices, ("devices=3", "cpu")),
    ):  # fmt: skip
        assert all(word in said for word in words), said
    for text, size in (batches, 6), (whole, None):
        model = MLP(2, [4, 1], "tanh", rng=0)
        moons, kinds = data.moons(25)
        options: dict[str, Any] = {"batch_size": size, "validation": (moons[:5], kinds[:5]), "metrics": "accuracy"}
        history = fit(model, moons, kinds, BINARY, epochs=6, backend="numpy", **options)
        losses, validation, metrics, numbers = ast.literal_eval(text)
        assert losses == pytest.approx(history.losses, rel=1e-10)
        assert validation == pytest.approx(history.validation, rel=1e-10)
        assert metrics == history.metrics
        assert numbers == pytest.approx(weights(model), rel=1e-10)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_same_seed_gives_the_same_history_bit_for_bit(backend: str) -> None:
    needs(backend)

    def run(**options: Any) -> tuple[History, list[float]]:
        model = model_for()
        return fit(model, X, Y, BINARY, epochs=3, backend=backend, **options), weights(model)

    assert run() == run() == run(seed=1)  # batch descent takes all rows, in their order
    assert run(batch_size=1) == run(batch_size=1) != run(batch_size=1, seed=1)
    assert run(batch_size=1, seed=10**6) != run()  # a large seed is no batch of all rows
    if backend != "jax":
        assert run(batch_size=5, shuffle=False) == run(batch_size=5, shuffle=False, seed=1)


def test_every_epoch_takes_every_row_once_in_a_new_order() -> None:
    seen: list[float] = []

    def loss(prediction: Value, target: float) -> Value:
        seen.append(target)
        return losses.mse(prediction, target)

    model = MLP(1, [1], rng=0)
    fit(model, [[i / 10] for i in range(10)], list(range(10)), loss, epochs=3, batch_size=4, backend="python")
    epochs = [seen[-10 * i :][:10] for i in (3, 2, 1)]
    assert all(sorted(epoch) == list(range(10)) for epoch in epochs)
    assert len(set(map(tuple, epochs))) == 3


def test_an_optimizer_goes_on_from_where_it_was() -> None:
    one, other = model_for(), model_for()
    whole, halves = optim.Adam(one.parameters(), lr=0.1), optim.Adam(other.parameters(), lr=0.1)
    fit(one, X, Y, BINARY, whole, epochs=8)
    for backend in "numpy", "python":
        fit(other, X, Y, BINARY, halves, epochs=4, backend=backend)
    assert halves.steps == whole.steps == 8
    assert weights(other) == pytest.approx(weights(one), rel=1e-12)


def test_averaged_descent_leaves_the_average_in_the_model() -> None:
    model, twin = model_for(), model_for()
    fit(model, X, Y, BINARY, optim.AveragedSGD(model.parameters(), lr=0.5), epochs=4, backend="python")
    way: list[list[float]] = []
    optimizer = optim.SGD(twin.parameters(), lr=0.5)
    fit(twin, X, Y, BINARY, optimizer, epochs=4, callbacks=lambda *_: way.append(weights(twin)))
    assert weights(model) == pytest.approx([sum(column) / 4 for column in zip(*way)], rel=1e-12)


def test_frozen_weights_and_those_of_another_optimizer_stay() -> None:
    for backend in "python", "numpy":
        model = model_for()
        frozen = model.layers[0].neurons[0].w[0]
        frozen.requires_grad = False
        last = [weight for neuron in model.layers[1].neurons for weight in [*neuron.w, neuron.b]]
        before, start = weights(model), frozen.data
        fit(model, X, Y, BINARY, optim.SGD(last, lr=0.1), epochs=3, backend=backend)
        assert frozen.data == start
        assert frozen.grad is None
        assert [p.data != old for p, old in zip(model.parameters(), before)] == [
            p in last for p in model.parameters()
        ]


def test_no_gradient_is_left_behind() -> None:
    for backend in "python", "numpy":
        model = model_for()
        fit(model, X, Y, BINARY, epochs=2, backend=backend)
        assert all(parameter.grad == 0 for parameter in model.parameters())


# Models and losses of one's own


class Line(Module):
    """y = a·x + b of one number, as a student would write it first."""

    def __init__(self) -> None:
        self.a, self.b = Value(0.0, "a"), Value(0.0, "b")

    def __call__(self, x: Value) -> Value:
        return self.a * x + self.b


class Bent(Line):
    """Decides by a number, with `if`: no graph that was recorded holds for all rows."""

    def __call__(self, x: Any) -> Value:
        return self.a * x + self.b if x > 1 else self.b * x + 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_model_and_a_loss_of_ones_own(backend: str) -> None:
    needs(backend)
    line = Line()
    history = fit(
        line, [0.0, 1.0, 2.0], [1.0, 3.0, 5.0], lambda guess, y: abs(guess - y) ** 1.5, epochs=800, backend=backend
    )
    assert (line.a.data, line.b.data) == pytest.approx((2.0, 1.0), abs=0.05)
    assert history.ended == "all 800 epochs"


def test_arrays_and_lists_are_the_same_data() -> None:
    def run(X: Any, y: Any) -> list[float]:
        model = model_for()
        fit(model, X, y, BINARY, epochs=2, batch_size=5)
        return weights(model)

    plain = run(X, Y)
    assert run(np.array(X), np.array(Y)) == run([list(row) for row in X], np.array(Y, float)) == plain
    narrow = np.array(X, np.float32)
    assert run(narrow, Y) == run(narrow.tolist(), Y)


def test_a_graph_that_does_not_hold_for_all_rows_is_told() -> None:
    rows, answers = [0.0, 1.0, 2.0, 3.0], [1.0, 1.0, 2.0, 3.0]
    with pytest.raises(
        NetworkError, match=r"the loss of row 2 is .* by the graph that row 0 recorded: the model dec"
    ):
        fit(Bent(), rows, answers)
    bent = Bent()
    with pytest.raises(NetworkError):
        fit(bent, rows, answers)
    assert weights(bent) == [0.0, 0.0]  # told before the training, not after it
    with pytest.raises(NetworkError, match="the loss of row 2"):
        evaluate(bent, rows, answers)
    assert fit(bent, rows, answers, epochs=3, backend="python").epochs == 3


def test_a_graph_that_holds_no_longer_when_the_weights_have_moved_is_told() -> None:
    rows, answers = [0.0, 1.0, 2.0, 3.0], [1.0, 1.0, 2.0, 3.0]
    with pytest.raises(NetworkError, match="the graph that row 0 recorded"):
        fit(Line(), rows, answers, lambda guess, y: max(guess - y, y - guess))
    history = fit(Line(), rows, answers, lambda guess, y: abs(guess - y))
    assert 0 <= history.losses[-1] < history.losses[0]


# What is refused, before anything is trained


def refused(**changes: Any) -> str:
    """What fit says to arguments of which some are wrong; the model must be as it was."""
    model = changes.pop("model", None) or model_for(changes.get("loss", BINARY))
    before = weights(model) if isinstance(model, Module) else None
    told = {"X": X, "y": Y, "loss": BINARY, "epochs": 2} | changes
    with pytest.raises(GradwalkError) as caught:
        fit(model, **told)
    assert before is None or weights(model) == before
    assert len(str(caught.value)) < 400
    return str(caught.value)


@pytest.mark.parametrize("backend", ["python", "numpy"])
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"X": []}, "X is empty"),
        ({"X": np.zeros((0, 2)), "y": []}, "X is empty"),
        ({"y": Y[:-1]}, "24 row ... 23 target"),
        ({"X": [row[:1] for row in X]}, "takes 2 inputs, and the row has 1"),
        ({"X": [*X[:-1], (1.0,)]}, "X[23] ... 1 number ... 2"),
        ({"X": [*X[:-1], (1.0, math.nan)]}, "X[23][1]: nan is not a number"),
        ({"X": np.array([*X[:-1], (1.0, math.inf)])}, "X[23][1] is inf"),
        ({"X": [*X[:-1], ("a", "b")]}, "X[23][0] is the text 'a'"),
        ({"y": [*Y[:-1], math.nan]}, "y[23]: nan"),
        ({"y": ["yes"] * 24}, "y[0] is the text 'yes'"),
        ({"y": [2] * 24}, "y[0]: binary_cross_entropy_on_logits ... target ... 1 ... 0"),
        ({"loss": "hinge"}, "y[0]: hinge ... -1 or 1 ... not 0.0"),
        ({"loss": "cross_entropy", "y": [0, 1, 3] * 8}, "y[2]: cross_entropy: there is no class 3"),
        ({"loss": "cross_entropy", "y": [0, 1, 1.5] * 8}, "y[2]: cross_entropy: the target is a class"),
        ({"y": [(0, 1)] * 24}, "1 prediction for 2 targets"),
        ({"loss": "mes"}, "no loss 'mes' ... 'mse'"),
        ({"loss": None}, "there is no loss None"),
        ({"loss": lambda guess, y: 1.0}, "the loss gave 1.0, not a Value"),
        ({"optimizer": "adma"}, "no optimizer 'adma' ... 'adam'"),
        ({"optimizer": 0.1}, "optimizer ... 'adam' ... not 0.1"),
        (
            {"optimizer": optim.SGD(MLP(2, [1]).parameters())},
            "weights ... model's ... SGD(model.parameters())",
        ),
        ({"epochs": 0}, "epochs ... whole number ... not 0"),
        ({"epochs": 2.5}, "not 2.5"),
        ({"batch_size": 0}, "batch_size ... whole number ... not 0"),
        ({"seed": "a"}, "the seed ... whole number"),
        ({"validation": X}, "validation ... pair ... validation=(X, y)"),
        ({"validation": (X[:2], [3, 4])}, "validation: y[0]: binary_cross_entropy_on_logits ... target"),
        ({"validation": ([(1.0, math.nan)], [1])}, "validation: X[0][1]: nan is not a number"),
        ({"clip": -1}, "clip ... above 0"),
        ({"schedule": "cosin"}, "did you mean 'cosine'"),
        ({"schedule": lambda epoch: -0.5}, "schedule ... epoch 0 ... 0 or"),
        ({"metrics": "acuracy"}, "no metric 'acuracy' ... 'accuracy'"),
        ({"metrics": ["accuracy", "accuracy"]}, "metric ... name"),
        ({"callbacks": ["print"]}, "callbacks ... (epoch, model, history)"),
        ({"patience": 0}, "patience ... whole number ... not 0"),
        ({"checkpoint": "/nowhere/at/all/run.json"}, "no folder '/nowhere/at/all'"),
        ({"devices": 2}, "runs on one device, in float64"),
        ({"dtype": "float32"}, "choose backend='jax'"),
        ({"dtype": "float63"}, "no dtype 'float63' ... 'float64'"),
        ({"model": Value(1.0)}, "model ... parameters()"),
        ({"model": lambda x: x}, "see nn.Module"),
    ],
    ids=shown,
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], says: str, backend: str) -> None:
    assert mentions(refused(backend=backend, **changes), says)


def test_an_unknown_backend_or_too_many_devices_are_refused() -> None:
    assert mentions(refused(backend="numpi"), "no backend 'numpi' ... 'numpy'")
    require("jax")
    assert "devices=999 is more than there are" in refused(backend="jax", devices=999)
    assert mentions(refused(backend="jax", devices=0), "devices ... whole number")


def test_a_missing_package_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    assert refused(backend="jax") == f"backend='jax' needs JAX: {install_command('jax')}"


def test_fit_needs_no_numpy() -> None:
    script = (
        "import sys; sys.modules['numpy'] = None\n"
        "from nn import *\n"
        "model = MLP(2, [3, 1], rng=0)\n"
        "history = fit(model, *data.moons(8), epochs=3, metrics='accuracy')\n"
        "print(history.epochs, len(predict(model, data.moons(8).X)))"
    )
    patch = (
        "import importlib.util as u; find = u.find_spec; u.find_spec = lambda name: name != 'numpy' and find(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", patch + script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["3", "8"], done.stderr


# How it ends


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_training_that_diverges_says_so_and_keeps_the_last_good_epoch(backend: str) -> None:
    needs(backend)
    line = Line()

    def rate(epoch: int) -> float:
        return 0.01 if epoch < 5 else 1e200

    says = (
        r"^training diverged in epoch 6: the norm of the weights became inf\. Start again with a rate below 1e\+198"
    )
    with pytest.raises(Diverged, match=says) as caught:
        fit(
            line,
            [1.0, 2.0],
            [2.0, 4.0],
            optimizer=optim.SGD(line.parameters(), lr=0.01),
            schedule=rate,
            backend=backend,
        )
    history = caught.value.history
    assert history.epochs == 5
    assert all(map(math.isfinite, [*history.losses, line.a.data, line.b.data]))
    good = Line()
    fit(good, [1.0, 2.0], [2.0, 4.0], optimizer=optim.SGD(good.parameters(), lr=0.01), schedule=rate, epochs=5)
    assert weights(line) == pytest.approx(weights(good), rel=1e-10)


@pytest.mark.parametrize("backend", BACKENDS)
def test_ctrl_c_keeps_the_history_and_the_model(backend: str) -> None:
    needs(backend)

    def stop(epoch: int, model: Any, history: History) -> None:
        if epoch == 3:
            raise KeyboardInterrupt

    model, twin = model_for(), model_for()
    history = fit(model, X, Y, BINARY, epochs=50, batch_size=7, backend=backend, callbacks=stop)
    assert (history.epochs, history.ended) == (3, "interrupted in epoch 4")
    assert fit(twin, X, Y, BINARY, epochs=3, batch_size=7, backend=backend).rows == history.rows
    assert weights(model) == weights(twin)


def test_ctrl_c_in_the_middle_of_a_step_keeps_the_last_complete_one() -> None:
    calls = 0

    def loss(prediction: Value, target: float) -> Value:
        nonlocal calls
        calls += 1
        if calls == limit:
            signal.raise_signal(signal.SIGINT)
        return losses.LOSSES[BINARY](prediction, target)

    def train(at: int, **options: Any) -> tuple[History, list[float]]:
        nonlocal calls, limit
        calls, limit = 0, at
        model = model_for()
        return fit(model, X, Y, loss, epochs=9, batch_size=6, backend="python", shuffle=False, **options), weights(
            model
        )

    limit, first = 0, 1  # the model is tried on a row before the training starts
    history, found = train(first + 24 + 12 + 4)  # in the third batch of the second epoch
    assert (history.epochs, history.ended) == (1, "interrupted in epoch 2")
    twin = model_for()
    optimizer = optim.Adam(twin.parameters(), lr=0.01)
    for start in (0, 6, 12, 18, 0, 6):
        fit(twin, X[start : start + 6], Y[start : start + 6], BINARY, optimizer, epochs=1, backend="python")
    assert found == weights(twin)


def test_patience_ends_the_training_and_goes_back_to_the_best_weights() -> None:
    rng = Random(0)
    noisy = [rng.randrange(2) for _ in X]
    rest = data.moons(30, seed=9)
    model, best = model_for(), []
    history = fit(
        model, X, noisy, BINARY, optim.Adam(model.parameters(), lr=0.1), epochs=500, validation=rest, patience=7,
        callbacks=lambda epoch, model, history: best.append((history.validation[-1], epoch, weights(model))),
    )  # fmt: skip
    loss, epoch, lowest = min(best)
    assert history.epochs == epoch + 7 < 500
    assert history.ended == f"no lower loss for 7 epochs; back to epoch {epoch}"
    assert weights(model) == lowest
    assert evaluate(model, *rest, BINARY) == pytest.approx(loss, rel=1e-12)


def test_a_loss_that_stays_the_same_is_no_lower() -> None:
    model = model_for()
    history = fit(model, X, Y, BINARY, optim.SGD(model.parameters(), lr=0.0), patience=3)
    assert (history.epochs, history.ended) == (4, "no lower loss for 3 epochs; back to epoch 1")


def test_a_training_that_patience_does_not_end_has_the_best_weights_too() -> None:
    model, best = model_for(), []
    fit(
        model, X, Y, BINARY, optim.SGD(model.parameters(), lr=30.0), epochs=12, validation=(X, Y), patience=99,
        callbacks=lambda epoch, model, history: best.append((history.validation[-1], weights(model))),
    )  # fmt: skip
    assert weights(model) == min(best)[1] != best[-1][1]


def test_callbacks_see_the_model_as_it_is_and_may_end_the_training() -> None:
    seen = []

    def watch(epoch: int, model: Any, history: History) -> bool:
        seen.append((epoch, history.epochs, evaluate(model, X, Y, BINARY)))
        return epoch == 4

    model = model_for()
    history = fit(model, X, Y, BINARY, epochs=9, validation=(X, Y), callbacks=[watch, lambda *_: None])
    assert [(epoch, count) for epoch, count, _ in seen] == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert [loss for _, _, loss in seen] == pytest.approx(history.validation, rel=1e-12)
    assert history.ended == "a callback ended it after epoch 4"


def test_metrics_are_measured_on_the_validation_rows_if_there_are_some() -> None:
    def rows(model: Any, X: Any, y: Any) -> float:
        return len(y)

    for options, count in ({}, 24), ({"validation": (X[:5], Y[:5])}, 5):
        history = fit(model_for(), X, Y, BINARY, epochs=2, metrics=["accuracy", rows], **options)
        assert history.metrics["rows"] == [count, count]
        assert all(0 <= share <= 1 for share in history.metrics["accuracy"])


def own_accuracy(model: Any, X: Any, y: Any) -> float:
    return nn.accuracy(model, X, y, backend="python")


@pytest.mark.parametrize(
    "backend", [pytest.param(each, marks=[pytest.mark.slow] * (each in ("jax", "torch"))) for each in BACKENDS]
)
def test_the_accuracy_of_each_epoch_is_that_of_the_model_then(backend: str) -> None:
    needs(backend)
    kinds = targets_for("cross_entropy")
    cases: list[tuple[str, dict[str, Any]]] = [
        (BINARY, {}), ("cross_entropy", {}), ("cross_entropy", {"batch_size": 7}),
        ("hinge", {"validation": (X[:9], targets_for("hinge")[:9])}),
        ("cross_entropy", {"validation": (X[:9], kinds[:9]), "batch_size": 7, "epochs": 3}),
        (BINARY, {"optimizer": optim.AveragedSGD}), (BINARY, {"optimizer": optim.ImplicitSGD, "clip": 0.1}),
    ]  # fmt: skip
    for loss, changes in cases if backend != "jax" else cases[1:5]:  # JAX compiles each for some seconds
        options: dict[str, Any] = {"epochs": 4, "backend": backend, "optimizer": optim.Adam} | changes
        plain, both = model_for(loss), model_for(loss)
        fit(plain, X, targets_for(loss), loss, **options)
        history = fit(both, X, targets_for(loss), loss, metrics=[own_accuracy, "accuracy"], **options)
        assert history.metrics["accuracy"] == history.metrics["own_accuracy"], (loss, changes)
        assert [*history.rows[0]][-2:] == ["own_accuracy", "accuracy"]
        assert weights(both) == pytest.approx(weights(plain), rel=1e-10)
        alone = model_for(loss)  # a loop that does not stop after each epoch
        again = fit(alone, X, targets_for(loss), loss, metrics="accuracy", **options)
        assert again.metrics["accuracy"] == history.metrics["accuracy"]
        assert weights(alone) == weights(both)


def test_the_accuracy_counts_the_first_of_equal_outputs_and_drops_nothing() -> None:
    for backend in "python", "numpy":
        for kinds, share in (([0] * 24, 1.0), ([0, 2] * 12, 0.5)):
            model = MLP(2, [3], init="zeros")
            still_there = optim.SGD(model.parameters(), lr=0.0)
            still = fit(model, X, kinds, "cross_entropy", still_there, 2, metrics="accuracy", backend=backend)
            assert still.metrics["accuracy"] == [share, share]
        layers = nn.Sequential(nn.Layer(2, 8, "tanh", rng=0), nn.Dropout(0.5), nn.Layer(8, 1, rng=1))
        history = fit(layers, X, Y, BINARY, epochs=3, metrics=["accuracy", own_accuracy], backend=backend)
        assert history.metrics["accuracy"] == history.metrics["own_accuracy"]


def test_targets_that_are_not_classes_are_refused_before_the_training() -> None:
    model = model_for()
    before = weights(model)
    with pytest.raises(NetworkError, match=r"y\[1\].*not a class"):
        fit(model, X[:2], [0.0, 0.5], "mse", epochs=2, metrics="accuracy")
    assert weights(model) == before


def test_the_rates_follow_the_schedule() -> None:
    model = model_for()
    history = fit(model, X, Y, BINARY, optim.SGD(model.parameters(), lr=0.4), epochs=4, schedule="linear")
    assert history.rates == pytest.approx([0.4, 0.3, 0.2, 0.1])


# The history


def test_a_history_is_a_table_and_can_be_compared() -> None:
    history = fit(model_for(), X, Y, BINARY, epochs=40, validation=(X[:5], Y[:5]), metrics="accuracy")
    lines = repr(history).splitlines()
    assert lines[0] == "History: all 40 epochs"
    assert lines[1].split() == ["epoch", "loss", "validation", "gradient", "norm", "accuracy"]
    assert [int(line.split()[0]) for line in lines[2:]][:: len(lines) - 3] == [1, 40]
    assert len(lines) <= 10
    assert len({len(line) for line in lines[1:]}) == 1
    again = fit(model_for(), X, Y, BINARY, epochs=40, validation=(X[:5], Y[:5]), metrics="accuracy")
    assert history == again
    assert history != fit(model_for(), X, Y, BINARY, epochs=39, validation=(X[:5], Y[:5]), metrics="accuracy")
    assert repr(History()) == "History: no epoch yet"


# The progress bar


def test_there_is_no_bar_where_there_is_no_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    fit(model_for(), X, Y, BINARY, epochs=3)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("progress", [True, False])
def test_the_bar_is_on_stdout_and_shows_the_loss(
    progress: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    history = fit(model_for(), X, Y, BINARY, epochs=30, validation=(X, Y), progress=progress)
    out, err = capsys.readouterr()
    assert err == ""
    if progress:
        assert "30/30" in out
        assert f"loss {history.losses[-1]:.4g}, validation {history.validation[-1]:.4g}" in out
    else:
        assert out == ""


def test_there_is_no_bar_without_tqdm(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert fit(model_for(), X, Y, BINARY, epochs=3).epochs == 3
    assert capsys.readouterr().out == ""


# A loss that stands still

LECTURE = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
SIGNS = [1.0, -1.0, -1.0, 1.0]
CORNERS = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]


def own_squares(prediction: Value, target: Any) -> Any:
    return (prediction - target) ** 2


STILL: dict[str, tuple[Callable[[], MLP], Any, Any, Any, str, int]] = {
    "silent rectifiers": (lambda: MLP(3, [4, 4, 1], "relu", rng=2), LECTURE, SIGNS, "mse", "'mse'", 100),
    "a line through xor": (
        lambda: MLP(2, [2], rng=0),
        CORNERS,
        [0, 1, 1, 0],
        "cross_entropy",
        "'cross_entropy'",
        2000,
    ),
    "weights alike": (lambda: MLP(2, [4, 1], init="zeros"), CORNERS, [0, 1, 1, 0], own_squares, "y, loss)", 600),
}
LEARNING: dict[str, tuple[Callable[[], MLP], Any, Any, Any, int]] = {
    "the default": (lambda: MLP(3, [4, 4, 1], rng=2), LECTURE, SIGNS, "mse", 1000),
    "an exact line": (lambda: MLP(1, [1], rng=0), [[0], [1], [2]], [1, 3, 5], "mse", 3000),
    "an exact line by a loss of one's own": (
        lambda: MLP(1, [1], rng=0),
        [[0], [1], [2]],
        [1, 3, 5],
        own_squares,
        3000,
    ),
    "still falling": (lambda: MLP(2, [4, 1], rng=0), X, Y, BINARY, 100),
    "a line as near as it can be": (
        lambda: MLP(1, [1], rng=0),
        [[0], [0], [1], [1]],
        [0, 0.02, 1, 1.02],
        "mse",
        3000,
    ),
    "a few epochs": (lambda: MLP(2, [1], rng=0), CORNERS, [-1, 1, 1, -1], "hinge", 39),
}


@pytest.mark.parametrize("backend", BACKENDS[:2])
@pytest.mark.parametrize("case", STILL)
def test_a_loss_that_stands_still_names_diagnose_once(
    case: str, backend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make, rows, targets, loss, named, epochs = STILL[case]
    history = fit(make(), rows, targets, loss, "sgd", epochs, backend=backend)
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), err.count("diagnose")) == ("", 1, 1)
    assert named in err
    epoch = int(err.split("since epoch ")[1].split(",")[0])
    assert f"{history.losses[epoch - 1]:.3g}" in err
    assert min(history.losses) >= 0.998 * history.losses[epoch - 1]
    assert epoch <= epochs / 2
    fit(make(), rows, targets, loss, "sgd", epochs, backend=backend, progress=False)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("case", LEARNING)
def test_a_loss_that_falls_or_is_low_gets_no_sentence(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    make, rows, targets, loss, epochs = LEARNING[case]
    fit(make(), rows, targets, loss, epochs=epochs)
    assert capsys.readouterr() == ("", "")


# Checkpoints

KILLED = """
import sys, time
from nn import *
exec(sys.argv[2])
train(sys.argv[1], lambda *_: (time.sleep(0.003), print("on", flush=True)) and None)
"""
TRAINING = """
def train(path=None, callback=()):
    X, y = data.moons(60)
    model = MLP(2, [6, 1], "tanh", rng=0)
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    history = fit(model, X, y, "binary_cross_entropy_on_logits", optimizer, 150, 16, validation=(X[:9], y[:9]),
                  metrics="accuracy", patience=140, schedule="cosine", clip=0.3, checkpoint=path, callbacks=callback)
    return [p.data for p in model.parameters()], optimizer.columns, optimizer.steps, history
"""


def training() -> Callable[..., Any]:
    names: dict[str, Any] = vars(nn).copy()
    exec(TRAINING, names)
    train: Callable[..., Any] = names["train"]
    return train


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
def test_a_training_that_is_killed_goes_on_bit_for_bit(tmp_path: Path) -> None:
    train, rng, cut = training(), Random(0), []
    whole = train()
    paths = [tmp_path / f"run{number}.json" for number in range(7)]
    script = [sys.executable, "-c", KILLED]
    running = {
        path: subprocess.Popen([*script, str(path), TRAINING], cwd=ROOT, stdout=subprocess.PIPE) for path in paths[:1]
    }
    for path, following in zip(paths, [*paths[1:], None]):
        process = running.pop(path)
        if following:  # starts up while this one runs
            running[following] = subprocess.Popen(
                [*script, str(following), TRAINING], cwd=ROOT, stdout=subprocess.PIPE
            )
        assert process.stdout is not None
        process.stdout.readline()  # it is in its first epoch
        time.sleep(rng.uniform(0.0, 0.4))
        process.kill()
        process.communicate()
        if path.exists():
            cut.append(len(json.loads(path.read_text())["history"]["loss"]))
        assert train(path) == whole
    print("killed after epochs", cut)
    assert len([epoch for epoch in cut if 0 < epoch < 150]) >= 3
    assert len(set(cut)) >= 3


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_training_that_was_interrupted_goes_on_bit_for_bit(backend: str, tmp_path: Path) -> None:
    needs(backend)
    path = tmp_path / "run.json"

    def run(callbacks: Any = (), **options: Any) -> Any:
        model = model_for()
        optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        history = fit(
            model, X, Y, BINARY, optimizer, epochs=9, batch_size=7, backend=backend, callbacks=callbacks, **options
        )
        return weights(model), optimizer.columns, optimizer.steps, history

    def stop(epoch: int, model: Any, history: History) -> None:
        if epoch == 4:
            raise KeyboardInterrupt

    whole = run()
    assert run(stop, checkpoint=path)[3].epochs == 4
    assert run(checkpoint=path) == whole
    assert run(checkpoint=path) == whole  # complete: nothing is left to do
    assert [name.name for name in tmp_path.iterdir()] == ["run.json"]


def test_patience_remembers_what_it_saw_before_the_cut(tmp_path: Path) -> None:
    rest, noisy = data.moons(30, seed=9), [i * i % 7 % 2 for i in range(len(X))]

    def run(callbacks: Any = (), **options: Any) -> tuple[History, list[float]]:
        model = model_for()
        optimizer = optim.Adam(model.parameters(), lr=0.1)
        told = {"validation": rest, "patience": 7, "callbacks": callbacks}
        return fit(model, X, noisy, BINARY, optimizer, epochs=500, **told, **options), weights(model)

    def stop(epoch: int, model: Any, history: History) -> None:
        if epoch == whole[0].epochs - 3:  # the best epoch is 4 epochs ago
            raise KeyboardInterrupt

    whole = run()
    assert run(stop, checkpoint=tmp_path / "run.json")[0].epochs == whole[0].epochs - 3
    assert run(checkpoint=tmp_path / "run.json") == whole


def test_ctrl_c_between_an_epoch_and_its_entry_in_the_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cut(list[Any]):
        def __iadd__(self, rows: Any) -> Any:
            super().__iadd__(rows)
            if len(self) == 3:
                raise KeyboardInterrupt
            return self

    whole, model = model_for(), model_for()
    complete = fit(whole, X, Y, BINARY, epochs=5, batch_size=7)
    with monkeypatch.context() as patch:
        patch.setattr("nn.training.run.History", lambda: History(Cut()))
        cut = fit(model, X, Y, BINARY, epochs=5, batch_size=7, checkpoint=tmp_path / "run.json")
    assert (cut.epochs, cut.ended) == (2, "interrupted in epoch 3")
    again = model_for()
    assert fit(again, X, Y, BINARY, epochs=5, batch_size=7, checkpoint=tmp_path / "run.json") == complete
    assert weights(again) == weights(whole)


def test_a_finished_training_can_be_prolonged(tmp_path: Path) -> None:
    def run(epochs: int, **options: Any) -> tuple[list[float], History]:
        model = model_for()
        return fit(model, X, Y, BINARY, epochs=epochs, batch_size=7, **options), weights(model)

    run(5, checkpoint=tmp_path / "run.json")
    assert run(9, checkpoint=tmp_path / "run.json") == run(9)


def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    fit(model_for(), X, Y, BINARY, epochs=2, checkpoint=path)
    for changes, says in [
        ({"batch_size": 4}, "batch_size ... None ... 4"),
        ({"seed": 1}, "seed ... 0 ... 1"),
        ({"loss": "mse"}, "loss ... binary_cross_entropy_on_logits ... mse"),
        ({"optimizer": "sgd"}, "its optimizer is Adam(17 parameters, lr=0.01"),
        ({"X": [[x + 1e-9, y] for x, y in X]}, "its data is"),
        ({"y": [1 - y for y in Y]}, "its target data is"),
        ({"validation": (X, Y)}, "its validation is none"),
        ({"model": MLP(2, [5, 1])}, "model ... 17 parameters ... 21 parameters"),
    ]:
        assert mentions(refused(checkpoint=path, **changes), says)


def test_a_checkpoint_that_is_broken_is_told(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    fit(model_for(), X, Y, BINARY, epochs=2, checkpoint=path)
    text = path.read_text()
    path.write_text(text[:-20])
    assert mentions(refused(checkpoint=path), "run.json ... broken ... JSON")
    document = json.loads(text)
    del document["weights"]
    path.write_text(json.dumps(document))
    assert mentions(refused(checkpoint=path), "run.json ... broken ... remove it")
    nn.save(model_for(), path)
    assert "holds a model: load() reads it" in refused(checkpoint=path)
    path.write_text(text.replace('"version": 1', '"version": 2'))
    assert "a newer Gradwalk wrote it" in refused(checkpoint=path)


def test_writing_takes_a_small_part_of_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nn.training import checkpoint

    written = []

    def slow(path: Any, kind: str, content: Any) -> None:
        time.sleep(0.05)
        written.append(content["steps"])

    monkeypatch.setattr(checkpoint, "write", slow)
    fit(model_for(), X, Y, BINARY, epochs=40, checkpoint=tmp_path / "run.json", callbacks=lambda *_: time.sleep(0.02))
    assert written[-1] == 40
    assert 2 <= len(written) <= 5

"""Dropout: what it drops, when, that it is the same everywhere, and that it is off where a model is judged."""

from __future__ import annotations

import threading
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from oracles import oracle, require

from engine import Value, draw, walk
from nn import (
    MLP,
    Dropout,
    Layer,
    Module,
    NetworkError,
    Recorder,
    Recurrent,
    Sequential,
    accuracy,
    classify,
    confusion_matrix,
    data,
    diagnose,
    dropping,
    evaluate,
    fit,
    layer_outputs,
    load,
    losses,
    optim,
    plot,
    predict,
    preferred_inputs,
    purity,
    save,
    top_rows,
)
from nn.masks import Masks, MasksFrom
from nn.objective import Objective
from nn.picture.network import columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

torch = oracle("torch")
BACKENDS = ["python", "numpy", "jax", "torch"]
X, Y = data.moons(20, seed=3)
LOSS = "binary_cross_entropy_on_logits"
SHARES = st.floats(0.0, 0.95).map(lambda p: round(p, 3))


def net(p: float = 0.5) -> Sequential:
    return Sequential(
        Layer(2, 6, "tanh", rng=0), Dropout(p), Layer(6, 4, "tanh", rng=1), Dropout(p), Layer(4, 1, rng=2)
    )


class Own(Module):
    """A model of one's own, which calls Dropout where it likes."""

    def __init__(self, p: float = 0.5) -> None:
        self.first, self.last = Layer(2, 6, "tanh", rng=0), Layer(6, 1, rng=1)
        self.parts = {"drop": Dropout(p)}

    def __call__(self, row: Any) -> Value:
        drop = self.parts["drop"]
        return self.last(drop(self.first(drop(row))))[0]


MODELS: dict[str, Callable[[], Any]] = {"Sequential": net, "own": Own}


def trained(model: Any, backend: str = "numpy", **options: Any) -> Any:
    options = {"epochs": 3, "batch_size": 6, "progress": False, **options}
    return fit(model, X, Y, options.pop("loss", LOSS), backend=backend, **options)


def numbers(model: Any) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


# -- the layer itself ----------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(SHARES, st.integers(0, 10**9))
def test_the_mean_is_kept_and_the_share_of_zeros_is_p(p: float, seed: int) -> None:
    count = 4000
    with dropping(rng=seed):
        outputs = [y.data for y in Dropout(p)([1.0] * count)]
    assert set(outputs) <= {0.0, 1 / (1 - p)}
    dropped = outputs.count(0.0)
    deviation = (p * (1 - p) * count) ** 0.5
    assert abs(dropped - p * count) <= 6 * deviation + 1e-9
    assert sum(outputs) / count == pytest.approx(1.0, abs=6 * deviation / count / (1 - p) + 1e-9)


@settings(max_examples=40, deadline=None)
@given(SHARES, st.lists(st.floats(-9, 9), min_size=1, max_size=8), st.integers(0, 10**6))
def test_gradients_go_where_signals_go(p: float, row: list[float], seed: int) -> None:
    x = [Value(number) for number in row]
    with dropping(rng=seed):
        outputs = Dropout(p)(x)
    sum(outputs, Value(0.0)).backward()
    rng = Random(seed)
    mask = [0.0 if p and rng.random() < p else 1 / (1 - p) for _ in row]
    assert [number.grad for number in x] == mask
    assert [output.data for output in outputs] == [number * factor for number, factor in zip(row, mask)]


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9])
def test_a_given_mask_gives_what_pytorch_gives(p: float) -> None:
    """PyTorch draws the mask; its output and gradient are those of the same mask here."""
    torch.manual_seed(1)
    row = [Random(2).uniform(-3, 3) for _ in range(50)]
    theirs = torch.tensor(row, dtype=torch.float64, requires_grad=True)
    output = torch.nn.Dropout(p)(theirs)
    output.sum().backward()
    mask = [float(factor) for factor in theirs.grad]
    x = [Value(number) for number in row]
    asked = []
    with MasksFrom(lambda share, count: asked.append((share, count)) or mask):
        ours = Dropout(p)(x)
    sum(ours).backward()
    assert asked == ([(p, 50)] if p else [])
    assert [y.data for y in ours] == pytest.approx(output.tolist(), rel=1e-12)
    assert [v.grad for v in x] == pytest.approx(mask, rel=1e-12)
    kept = sorted({*mask} - {0.0})
    assert kept == pytest.approx([1 / (1 - p)] * len(kept))  # the scale that PyTorch has


@pytest.mark.parametrize("p", [1, 1.0, -0.1, 2, 50, float("nan"), float("inf"), "0.5", None, True, [0.5], Value(0.5)])
def test_a_wrong_share_is_refused(p: Any) -> None:
    with pytest.raises(NetworkError, match=r"0 to below 1") as refusal:
        Dropout(p)
    assert ("50 %, write 0.5" in str(refusal.value)) == (type(p) is int and p > 2)


def test_a_call_of_ones_own_drops_only_where_it_is_asked_to() -> None:
    layer, row = Dropout(0.5), [Value(float(n)) for n in range(1, 31)]
    assert layer(row) == row  # the same nodes
    generator = Random(0)
    with dropping(generator):
        masks = [tuple(y.data > 0 for y in layer(row)) for _ in range(20)]
        assert Dropout(0)(row) == row
    assert len({*masks}) == 20
    assert layer(row) == row
    block = dropping(0)
    repeated = []
    for _ in range(2):  # the same block again, as in the steps of a loop: it goes on with its generator
        with block, block:
            repeated.append([y.data for y in layer(row)])
    assert repeated[0] != repeated[1]
    for seed, same in ((3, True), (4, False)):
        with dropping(3):
            first = [y.data for y in layer(row)]
        with dropping(seed):
            assert ([y.data for y in layer(row)] == first) is same

    @dropping(1)
    def decorated() -> list[Value]:
        return layer(row)

    assert decorated() != row
    with pytest.raises(ZeroDivisionError), dropping(1):
        _ = 1 / 0
    assert layer(row) == row


def test_other_threads_drop_nothing() -> None:
    layer, row, seen = Dropout(0.5), [Value(1.0)] * 20, []
    with dropping(0):
        thread = threading.Thread(target=lambda: seen.append(layer(row) == row))
        thread.start()
        thread.join()
    assert seen == [True]


def test_a_loop_of_ones_own_learns_with_dropout() -> None:
    model = net(0.2)
    before = evaluate(model, X, Y, LOSS)
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    with dropping(rng=0):
        for _ in range(40):
            loss = sum(losses.binary_cross_entropy_on_logits(model(row), y) for row, y in zip(X, Y)) / len(X)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    assert evaluate(model, X, Y, LOSS) < 0.7 * before


# -- fit -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "size", "backend"),
    [
        *((name, size, "numpy") for name in MODELS for size in (None, 6, 1)),
        *(("own", size, "jax") for size in (None, 6)),
        *(("own", size, "torch") for size in (None, 6, 1)),
    ],
)
def test_every_backend_goes_the_same_way(name: str, size: int | None, backend: str) -> None:
    if backend in ("jax", "torch"):
        require(backend)
    results = []
    for each in ("python", backend):
        model = MODELS[name]()
        history = trained(model, each, batch_size=size, validation=data.moons(9, seed=5), metrics="accuracy")
        results.append([*numbers(model), *history.losses, *history.validation, *history.norms])
    assert results[1] == pytest.approx(results[0], rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("optimizer", [optim.ImplicitSGD, optim.SGD, optim.AveragedSGD])
def test_a_step_has_one_mask(optimizer: Any) -> None:
    """Also where the optimizer asks for several gradients: then every backend must repeat the mask."""
    one, other = net(), net()
    trained(one, "python", optimizer=optimizer)
    trained(other, "numpy", optimizer=optimizer)
    assert numbers(one) == pytest.approx(numbers(other), rel=1e-9)


@pytest.mark.parametrize("size", [None, 7, 1])
def test_fit_is_a_loop_by_hand_with_the_masks_of_the_seed(size: int | None) -> None:
    model, twin, seed = net(), net(), 11
    trained(model, batch_size=size, seed=seed, optimizer=optim.SGD)
    masks, optimizer = Masks(seed), optim.SGD(twin.parameters(), lr=0.1)
    objective = Objective(twin, X, Y, LOSS)
    for epoch in range(3):
        for batch in data.batching.orders(len(X), size, seed=seed, epoch=epoch):
            optimizer.zero_grad()
            loss = sum(objective.row_loss(i, masks.of_row(epoch, i)) for i in batch) / len(batch)
            loss.backward()
            optimizer.step()
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-10)


@pytest.mark.parametrize("backend", ["python", "numpy"])
def test_the_seed_says_the_masks(backend: str) -> None:
    runs = []
    for seed in (0, 0, 1):
        model = net()
        trained(model, backend, batch_size=None, seed=seed)  # all rows at once: nothing but masks is random
        runs.append(numbers(model))
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_each_row_and_each_step_has_another_mask() -> None:
    masks = Masks(0)
    masks.record(0.5, 30)
    table = [tuple(column) for epoch in range(20) for column in masks.columns(epoch, range(20)).T.tolist()]
    assert len({*table}) == 400
    assert np.mean(table) == pytest.approx(1.0, abs=0.05)
    assert masks.columns(3, [5, 2]).tolist() == masks.columns(3, range(20))[:, [5, 2]].tolist()
    assert Masks(1).of_row(0, 0)(0.5, 30) != Masks(0).of_row(0, 0)(0.5, 30)


def test_a_training_with_p_0_is_one_without_dropout() -> None:
    plain = Sequential(Layer(2, 6, "tanh", rng=0), Layer(6, 4, "tanh", rng=1), Layer(4, 1, rng=2))
    model = net(0)
    assert trained(model) == trained(plain)
    assert numbers(model) == numbers(plain)
    assert [p.label for p in model.parameters()] == [p.label for p in plain.parameters()]


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_interrupted_training_goes_on_bit_for_bit(backend: str, tmp_path: Path) -> None:
    if backend in ("jax", "torch"):
        require(backend)

    def stop(epoch: int, model: Any, history: Any) -> None:
        if epoch == 3 and not stopped:
            stopped.append(epoch)
            raise KeyboardInterrupt

    straight, cut, stopped = net(), net(), [0]
    whole = trained(straight, backend, epochs=6, checkpoint=tmp_path / "a.json", callbacks=stop)
    stopped.clear()
    trained(cut, backend, epochs=6, checkpoint=tmp_path / "b.json", callbacks=stop)
    resumed = net()
    rest = trained(resumed, backend, epochs=6, checkpoint=tmp_path / "b.json", callbacks=stop)
    assert stopped == [3]
    assert rest.losses == whole.losses
    assert numbers(resumed) == numbers(straight)
    with pytest.raises(NetworkError, match="dropout"):
        trained(net(0.25), backend, epochs=6, checkpoint=tmp_path / "b.json")


def test_sequences_of_several_lengths_have_masks_too() -> None:
    class Steps(Module):
        def __init__(self) -> None:
            self.net, self.drop, self.last = Recurrent(1, 3, rng=0), Dropout(0.5), Layer(3, 1, rng=1)

        def __call__(self, sequence: Any) -> Value:
            return sum(self.last(self.drop(h))[0] for h in self.net(sequence))

    rows, targets = [[[1.0]], [[1.0], [2.0]], [[0.5], [1.0], [0.0]]], [1.0, 2.0, 3.0]
    ends = []
    for seed in (0, 0, 1):
        model = Steps()
        fit(model, rows, targets, epochs=3, backend="python", seed=seed, progress=False)
        ends.append(numbers(model))
    assert ends[0] == ends[1]
    assert ends[0] != ends[2]


def test_a_program_of_it_is_one_of_matrices() -> None:
    objective = Objective(net(), X, Y, LOSS)
    masks = objective.masks(0)
    program, _ = objective.record(objective.model.parameters(), masks)
    assert len(masks.leaves) == len(masks.shares) == 10
    assert program.source.count("@") >= 2


def test_a_model_that_decides_by_what_was_dropped_is_told() -> None:
    class Odd(Own):
        def __call__(self, row: Any) -> Value:
            y = self.parts["drop"](self.first(row))
            return y[0] if y[0].data else y[1] * 2 + self.last(y)[0]

    with pytest.raises(NetworkError, match="decides by"):
        trained(Odd())


# -- off -----------------------------------------------------------------------------------------------------------


def judgements(model: Any) -> dict[str, Any]:
    """What the library says of a model, by the name of what says it."""
    recorder, still = Recorder(), optim.SGD(model.parameters(), lr=0.0)
    history = trained(model, epochs=1, validation=(X, Y), metrics="accuracy", optimizer=still, recorder=recorder)
    drawn = [image.get_array().tolist() for image in plot.boundary(model, X, Y).images]
    chain = {} if isinstance(model, Own) else of_chain(model)
    return chain | {
        "predict": predict(model, X),
        "predict, python": predict(model, X, "python"),
        "classify": classify(model, X),
        "accuracy": accuracy(model, X, Y),
        "confusion_matrix": confusion_matrix(model, X, Y),
        "evaluate": evaluate(model, X, Y, LOSS),
        "evaluate, python": evaluate(model, X, Y, LOSS, "python"),
        "diagnose": str(diagnose(model, X, Y, LOSS)),
        "validation": (history.validation, history.metrics),
        "recorder": [(snapshot.loss, snapshot.accuracy) for snapshot in recorder.snapshots],
        "boundary": drawn,
    }


def of_chain(model: Any) -> dict[str, Any]:
    return {
        "layer_outputs": layer_outputs(model, X),
        "top_rows": top_rows(model, X, 3),
        "purity": purity(model, X, Y, 3),
        "preferred_inputs": preferred_inputs(model, X, steps=3),
        "columns": [column.values for column in columns(model, X[0])],
    }


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_dropped_where_a_model_is_judged(name: str) -> None:
    expected, outside = judgements(MODELS[name](0)), judgements(MODELS[name]())
    with dropping(0):
        inside = judgements(MODELS[name]())
        assert MODELS[name]()(X[0]).data != MODELS[name](0)(X[0]).data
    assert outside == expected
    assert inside == expected


def test_a_drawing_and_a_walk_show_a_model_without_dropout() -> None:
    model, plain = net(), net(0)
    assert draw(model(X[0])).dot == draw(plain(X[0])).dot
    assert str(walk(model(X[0])).run()) == str(walk(plain(X[0])).run())


# -- listed, saved and loaded --------------------------------------------------------------------------------------


def test_it_is_listed_and_comes_back(tmp_path: Path) -> None:
    model = net(0.25)
    assert "Dropout(0.25)" in repr(model)
    lines = [line.split() for line in model.summary().splitlines()]
    assert [line[0] for line in lines] == ["layer", "layer1", "dropout", "layer2", "dropout", "layer3", "total"]
    assert lines[2] == ["dropout", "dropout", "0.25", "0"]
    assert [column.title.split("\n")[-1] for column in columns(model)] == [
        "2 inputs",
        *["dropout 0.25"] * 2,
        "linear",
    ]
    plot.network(model, X[0])
    trained(model)
    save(model, tmp_path / "m.json")
    twin = load(tmp_path / "m.json")
    assert repr(twin) == repr(model)
    assert [part.p for part in twin if isinstance(part, Dropout)] == [0.25, 0.25]
    assert predict(twin, X) == predict(model, X)
    assert MLP(2, [1]).parameters()
    own = Own()
    trained(own)
    save(own, tmp_path / "own.json")
    assert predict(load(Own(), tmp_path / "own.json"), X) == predict(own, X)

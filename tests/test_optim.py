"""Optimizers, step by step against PyTorch's or the paper's equation; clipping and schedules against PyTorch's."""

from __future__ import annotations

import inspect
import math
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from oracles import oracle, require
from wording import mentions

from engine import Value
from nn import MLP, NetworkError, data, fit, losses, optim, schedules
from nn.optim import OPTIMIZERS
from nn.optim.base import ARRAYS, FLOATS, State
from nn.optim.clipping import clipper

if TYPE_CHECKING:
    from collections.abc import Callable

torch = oracle("torch")
# Each kind with its options, and PyTorch's of the same.
PEERS: dict[str, tuple[type[Any], type[Any], dict[str, Any]]] = {
    "SGD": (optim.SGD, torch.optim.SGD, {"lr": 0.1}),
    "SGD, decay": (optim.SGD, torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.03}),
    "momentum": (optim.SGD, torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01}),
    "Nesterov": (optim.SGD, torch.optim.SGD, {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}),
    "AdaGrad": (optim.AdaGrad, torch.optim.Adagrad, {}),
    "AdaGrad, all": (optim.AdaGrad, torch.optim.Adagrad, {"lr": 0.1, "eps": 1e-6, "weight_decay": 0.03}),
    "RMSProp": (optim.RMSProp, torch.optim.RMSprop, {}),
    "RMSProp, all": (optim.RMSProp, torch.optim.RMSprop, {"lr": 0.03, "alpha": 0.8, "eps": 0.1, "weight_decay": 0.1}),
    "Adam": (optim.Adam, torch.optim.Adam, {}),
    "Adam, all": (optim.Adam, torch.optim.Adam, {"lr": 0.05, "betas": (0.7, 0.95), "eps": 1e-6, "weight_decay": 0.1}),
    "AdamW": (optim.AdamW, torch.optim.AdamW, {}),
    "AdamW, all": (optim.AdamW, torch.optim.AdamW, {"lr": 0.05, "betas": (0.6, 0.9), "weight_decay": 0.2}),
}  # fmt: skip
STEPS = 50


def close(ours: Any, theirs: Any, rel: float = 1e-12) -> bool:
    """Equal but for rounding; a weight on its way through 0 is a difference of numbers that were not that small."""
    return all(abs(a - b) <= rel * max(abs(b), 1e-4) for a, b in zip(ours, theirs, strict=True))


def small() -> tuple[MLP, list[torch.Tensor]]:
    """A network of 13 weights, none of them 0, and PyTorch's copies of them."""
    model, rng = MLP(2, [3, 1], "tanh", rng=1), Random(2)
    for parameter in model.parameters():
        parameter.data = rng.uniform(-1, 1)
    return model, [torch.tensor(p.data, dtype=torch.float64, requires_grad=True) for p in model.parameters()]


def theirs_of(weights: list[torch.Tensor], x: list[float]) -> torch.Tensor:
    w = iter(weights)
    hidden = [(sum(next(w) * number for number in x) + next(w)).tanh() for _ in range(3)]
    return sum(next(w) * h for h in hidden) + next(w)


@pytest.mark.parametrize("name", PEERS)
def test_each_step_agrees_with_pytorch(name: str) -> None:
    kind, peer, options = PEERS[name]
    model, weights = small()
    optimizer, reference = kind(model.parameters(), **options), peer(weights, **options)
    for step in range(STEPS):
        x, y = [math.sin(step), math.cos(3 * step)], math.sin(2 * step)
        optimizer.zero_grad()
        losses.mse(model(x), y).backward()
        optimizer.step()
        reference.zero_grad()
        ((theirs_of(weights, x) - y) ** 2).backward()
        reference.step()
        assert close([p.data for p in model.parameters()], [w.item() for w in weights]), step


@pytest.mark.parametrize("name", ["SGD", "AdaGrad", "RMSProp", "Adam", "AdamW"])
def test_names_and_defaults_are_pytorchs(name: str) -> None:
    require("torch")
    ours, theirs = (inspect.signature(kind.__init__).parameters for kind in PEERS[name][:2])
    for option in list(ours.values())[2:]:
        if option.name == "l1":  # which PyTorch does not have
            assert option.default == 0.0
            continue
        assert option.default == theirs[option.name].default, option.name


# L1 beside weight decay


def sign(number: float) -> int:
    return (number > 0) - (number < 0)


@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("name", ["SGD", "AveragedSGD", "AdaGrad", "RMSProp", "Adam"])
def test_l1_is_added_to_the_gradient(name: str, decay: float) -> None:
    """A step with l1 is one without, of gradients to which its slope was added by hand; so is one of weight decay."""
    kind = getattr(optim, name)
    ours, by_hand = ([Value(number) for number in (1.5, -0.25, 0.0, -3.0)] for _ in range(2))
    optimizer, plain = kind(ours, lr=0.05, weight_decay=decay, l1=0.2), kind(by_hand, lr=0.05)
    for step in range(20):
        for i, (w, v) in enumerate(zip(ours, by_hand)):
            w.grad = math.sin(step + i)
            v.grad = w.grad + decay * v.data + 0.2 * sign(v.data)
        optimizer.step()
        plain.step()
        assert close([w.data for w in ours], [v.data for v in by_hand])


def test_adamw_takes_l1_off_the_weight_and_not_through_its_averages() -> None:
    ours, by_hand = ([Value(number) for number in (1.5, -0.25, 0.0)] for _ in range(2))
    optimizer = optim.AdamW(ours, lr=0.1, weight_decay=0.3, l1=0.2)
    plain = optim.AdamW(by_hand, lr=0.1, weight_decay=0.0)
    for step in range(20):
        for i, (w, v) in enumerate(zip(ours, by_hand)):
            w.grad = v.grad = math.sin(step + i)
            v.data -= 0.1 * (0.3 * v.data + 0.2 * sign(v.data))
        optimizer.step()
        plain.step()
        assert close([w.data for w in ours], [v.data for v in by_hand])


def test_an_implicit_step_has_its_l1_at_its_end() -> None:
    w = Value(5.0)
    optim.ImplicitSGD([w], lr=0.5, l1=0.4).step(lambda: 0.5 * (6 - 2 * w) ** 2)
    assert w.data == pytest.approx(5.0 - 0.5 * (4 * w.data - 12 + 0.4), rel=1e-9)


@pytest.mark.parametrize("backend", ["python", "numpy", "jax", "torch"])
def test_fit_goes_the_hand_written_way_with_l1_and_weight_decay(backend: str) -> None:
    if backend in ("jax", "torch"):
        require(backend)
    X, Y = data.moons(12, seed=1)
    model, twin = MLP(2, [3, 1], "tanh", rng=1), MLP(2, [3, 1], "tanh", rng=1)
    optimizer = optim.SGD(model.parameters(), lr=0.1, weight_decay=0.05, l1=0.02)
    fit(model, X, Y, "mse", optimizer, epochs=15, backend=backend, progress=False)
    for _ in range(15):
        twin.zero_grad()
        (sum(losses.mse(twin(x), y) for x, y in zip(X, Y)) / len(X)).backward()
        for w in twin.parameters():
            w.data -= 0.1 * (w.grad + 0.05 * w.data + 0.02 * sign(w.data))
    assert close([w.data for w in model.parameters()], [w.data for w in twin.parameters()], rel=1e-9)


def test_l1_kills_more_weights_than_weight_decay() -> None:
    X, Y = data.circles(80, noise=0.1, seed=1)
    dead = {}
    for name, options in {"none": {}, "l1": {"l1": 0.003}, "decay": {"weight_decay": 0.003}}.items():
        model = MLP(2, [8, 1], "tanh", rng=0)
        optimizer = optim.SGD(model.parameters(), lr=0.5, **options)
        fit(model, X, Y, "binary_cross_entropy_on_logits", optimizer, epochs=600, schedule="linear", progress=False)
        dead[name] = sum(abs(w.data) < 0.01 for w in model.parameters())
    assert dead["l1"] >= 6 > 3 > max(dead["none"], dead["decay"])


def valley(n: int) -> tuple[Any, Any]:
    """A convex quadratic loss ½·w·H·w − b·w of steep and flat directions: H and b."""
    rng = np.random.default_rng(n)
    q = np.linalg.qr(rng.normal(size=(n, n)))[0]
    return q @ np.diag(np.geomspace(0.01, 10, n)) @ q.T, rng.normal(size=n)


# The rules, on floats one by one and on arrays


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("library", ["numpy", "jax"])
def test_a_rule_does_the_same_on_floats_and_on_arrays(name: str, library: str) -> None:
    if library == "jax":
        jax = require("jax")
        jax.config.update("jax_enable_x64", True)
        array = jax.numpy.asarray
    else:
        array = np.array
    parameters, (H, b) = [Value(math.sin(i)) for i in range(8)], valley(8)
    optimizer = OPTIMIZERS[name](parameters, lr=0.05)  # type: ignore[call-arg]
    floats = optimizer.state
    arrays = State(array(floats.weights), tuple(map(array, floats.slots)))
    for _ in range(STEPS):
        floats, _ = optimizer.advance(FLOATS, lambda w: ((H @ np.array(w) - b).tolist(), None), floats, 0.05)
        arrays, _ = optimizer.advance(ARRAYS, lambda w: (array(H) @ w - array(b), None), arrays, 0.05)
    assert close(floats.weights, arrays.weights.tolist(), 1e-11)
    for ours, theirs in zip(floats.slots, arrays.slots, strict=True):
        assert close(ours, theirs.tolist(), 1e-11)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_finds_the_bottom_of_a_valley(name: str) -> None:
    w = [Value(3.0), Value(-2.0)]
    optimizer = OPTIMIZERS[name](w, lr={"adagrad": 2.0, "rmsprop": 0.005}.get(name, 0.02))  # type: ignore[call-arg]

    def loss() -> Value:
        return (w[0] - 1) ** 2 + 5 * (w[1] - 0.5 * w[0]) ** 2

    for _ in range(1500):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step(*[loss] * isinstance(optimizer, optim.ImplicitSGD))
    assert loss().data < 1e-3


# Averaged descent, against its equation and PyTorch's averages


@pytest.mark.parametrize("start", [0, 1, 20, 100])
def test_averaged_sgd_gives_the_mean_of_the_steps_after_the_start(start: int) -> None:
    w = Value(1.0)
    optimizer, twin = optim.AveragedSGD([w], lr=0.3, start=start), [1.0]
    for step in range(STEPS):
        w.grad = 2 * w.data + math.sin(5 * step)
        twin.append(twin[-1] - 0.3 * (2 * twin[-1] + math.sin(5 * step)))
        optimizer.step()
        assert w.data == twin[-1]
    optimizer.average()
    rest = twin[1 + start :] or twin[-1:]
    assert w.data == pytest.approx(sum(rest) / len(rest), rel=1e-13)


def test_averaged_sgd_agrees_with_pytorch() -> None:
    w, theirs = Value(1.0), torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    optimizer = optim.AveragedSGD([w], lr=0.25, start=1, weight_decay=0.1)  # PyTorch's leaves out the first step
    reference = torch.optim.ASGD([theirs], lr=0.25, lambd=0, alpha=0, t0=0, weight_decay=0.1)
    for step in range(STEPS):
        w.grad = math.sin(5 * step)
        theirs.grad = torch.tensor(w.grad, dtype=torch.float64)
        optimizer.step()
        reference.step()
        assert close([w.data], [theirs.item()])
        average = reference.state[theirs]["ax"].item()
        assert close([optimizer.columns[0][0]], [average], 1e-7)  # PyTorch counts the steps in single precision


def test_averaging_before_the_first_step_changes_nothing() -> None:
    w = Value(1.0)
    optim.AveragedSGD([w]).average()
    assert w.data == 1.0


# Implicit descent, against the exact solution


@pytest.mark.parametrize("rate", [0.001, 0.1, 1.0, 100.0, 1000.0])
def test_implicit_sgd_solves_its_equation_on_a_quadratic_loss(rate: float) -> None:
    H, b = valley(3)
    optimizer = optim.ImplicitSGD([Value(math.cos(i)) for i in range(3)], lr=rate, iterations=80)
    state = State(np.array(optimizer.state.weights), ())
    for _ in range(5):
        exact = np.linalg.solve(np.eye(3) + rate * H, state.weights + rate * b)
        state, _ = optimizer.advance(ARRAYS, lambda w: (H @ w - b, None), state, rate)
        assert state.weights == pytest.approx(exact, rel=1e-8)


@pytest.mark.parametrize("rate", [0.01, 0.5, 10.0, 1e6])
def test_two_gradients_solve_it_for_one_weight_and_a_parabola(rate: float) -> None:
    w = Value(5.0)
    optim.ImplicitSGD([w], lr=rate, iterations=2).step(lambda: 0.5 * (6 - 2 * w) ** 2)
    assert w.data == pytest.approx((5 + rate * 12) / (1 + rate * 4), rel=1e-9)


def test_implicit_sgd_solves_its_equation_on_a_curved_loss() -> None:
    parameters = [Value(0.5), Value(-1.0)]
    rows = [([0.5, 1.0], 1), ([1.5, -1.0], 0), ([-0.5, 2.0], 1)]

    def loss() -> Value:
        return sum(
            losses.binary_cross_entropy_on_logits(sum(w * x for w, x in zip(parameters, row)), y) for row, y in rows
        )

    before = [w.data for w in parameters]
    optim.ImplicitSGD(parameters, lr=0.8, iterations=80).step(loss)
    for w in parameters:
        w.grad = 0.0
    loss().backward()
    for w, start in zip(parameters, before):
        assert w.data == pytest.approx(start - 0.8 * w.grad, abs=1e-10)


def test_an_implicit_step_does_not_jump_where_the_loss_bends_down() -> None:
    w = Value(0.01)  # w' = 0.01 + sin(w') at 0.39; on the way there, what is left changes by next to nothing
    optim.ImplicitSGD([w], lr=1.0, iterations=8).step(w.cos)
    assert 0.05 < w.data < 0.4


def test_one_gradient_is_plain_descent() -> None:
    w, v = Value(5.0), Value(5.0)
    optim.ImplicitSGD([w], lr=0.1, iterations=1, weight_decay=0.5).step(lambda: 0.5 * (6 - 2 * w) ** 2)
    (0.5 * (6 - 2 * v) ** 2).backward()
    optim.SGD([v], lr=0.1, weight_decay=0.5).step()
    assert w.data == pytest.approx(v.data, rel=1e-15)


def test_implicit_descent_holds_at_a_rate_where_plain_descent_does_not() -> None:
    w, v = Value(5.0), Value(5.0)
    implicit, plain = optim.ImplicitSGD([w], lr=2.0), optim.SGD([v], lr=2.0)
    for _ in range(20):
        implicit.step(lambda: 0.5 * (6 - 2 * w) ** 2)
        plain.zero_grad()
        (0.5 * (6 - 2 * v) ** 2).backward()
        plain.step()
    assert w.data == pytest.approx(3.0, abs=1e-6)
    assert abs(v.data) > 1e6


def test_an_implicit_step_that_fails_on_the_way_moves_nothing() -> None:
    w = Value(5.0, "w")
    optimizer = optim.ImplicitSGD([w], lr=1.0)
    with pytest.raises(ZeroDivisionError):
        optimizer.step(lambda: w * w if w.data == 5.0 else 1 / (w - w))
    assert w.data == 5.0
    with pytest.raises(NetworkError, match=r"optimizer\.step\(lambda: mse\(model\(x\), y\)\)"):
        optimizer.step()


# What is refused


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda w: optim.SGD(w, momentum=1.0), "momentum ... below 1 ... not 1.0"),
        (lambda w: optim.SGD(w, momentum=-0.1), "momentum"),
        (lambda w: optim.SGD(w, nesterov=True), "give it a momentum"),
        (lambda w: optim.SGD(w, weight_decay=-1), "weight_decay ... 0 or more ... not -1"),
        (lambda w: optim.SGD(w, l1=-1), "l1 ... 0 or more ... not -1"),
        (lambda w: optim.AdamW(w, l1="0.1"), "l1"),
        (lambda w: optim.Adam(w, betas=0.9), "betas ... two numbers ... not 0.9"),
        (lambda w: optim.Adam(w, betas=(0.9,)), "betas"),
        (lambda w: optim.Adam(w, betas=(0.9, 1.0)), "betas"),
        (lambda w: optim.Adam(w, betas=(0.9, math.nan)), "betas"),
        (lambda w: optim.Adam(w, eps=0), "eps ... above 0 ... not 0"),
        (lambda w: optim.RMSProp(w, alpha="0.9"), "alpha ... below 1 ... not '0.9'"),
        (lambda w: optim.AdaGrad(w, eps=math.inf), "eps"),
        (lambda w: optim.AdamW(w, weight_decay=True), "weight_decay"),
        (lambda w: optim.AveragedSGD(w, start=-1), "start ... whole number"),
        (lambda w: optim.ImplicitSGD(w, iterations=0), "iterations ... whole number ... not 0"),
        (lambda w: optim.Adam(w, lr=-0.1), "learning rate ... 0 or more"),
        (lambda w: optim.Adam([]), "there are no parameters"),
        (lambda w: optim.Adam(MLP(1, [1])), "model.parameters()"),
    ],
)
def test_an_option_that_cannot_be_is_refused(make: Callable[[Any], Any], says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        make([Value(1.0)])
    assert mentions(caught.value, says)


@pytest.mark.parametrize("name", sorted(set(OPTIMIZERS) - {"implicitsgd"}))
def test_a_step_into_nan_is_refused_and_remembers_nothing(name: str) -> None:
    w, v = Value(1.0, "w"), Value(2.0, "v")
    optimizer = OPTIMIZERS[name]([w, v], lr=0.1)  # type: ignore[call-arg]
    w.grad, v.grad = 1.0, 2.0
    optimizer.step()
    before = optimizer.state
    v._grad = math.nan
    with pytest.raises(NetworkError, match=r"^v would become nan: its gradient is nan"):
        optimizer.step()
    assert optimizer.state == before


def test_an_optimizer_shows_its_options() -> None:
    w = [Value(1.0), Value(2.0)]
    assert repr(optim.SGD(w, lr=0.1, momentum=0.9)) == "SGD(2 parameters, lr=0.1, momentum=0.9)"
    assert repr(optim.AdamW(w)) == "AdamW(2 parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01)"


# Clipping


@pytest.mark.parametrize("limit", [0.1, 1.0, 7.0, 100.0])
def test_clipping_agrees_with_pytorch(limit: float) -> None:
    rng = Random(0)
    for _ in range(50):
        slopes = [rng.choice([rng.gauss(0, 3), 0.0, limit, -limit, 1e-9]) for _ in range(5)]
        ours, theirs = [Value(0.0) for _ in slopes], [torch.zeros((), dtype=torch.float64) for _ in slopes]
        for clip, reference in (
            (optim.clip_norm, torch.nn.utils.clip_grad_norm_),
            (optim.clip_value, torch.nn.utils.clip_grad_value_),
        ):
            for value, weight, slope in zip(ours, theirs, slopes):
                value.grad, weight.grad = slope, torch.tensor(slope, dtype=torch.float64)
            norm = clip(ours, limit)
            reference(theirs, limit)
            assert norm == pytest.approx(math.hypot(*slopes), rel=1e-14)
            assert close([value.grad for value in ours], [weight.grad.item() for weight in theirs], 1e-14)
            array = clipper((clip.__name__.removeprefix("clip_"), limit))(np.array(slopes), norm)
            assert close(array.tolist(), [value.grad for value in ours], 1e-15)


@pytest.mark.parametrize(
    "clip", [0, -1.0, math.nan, math.inf, "1", True, ("norm", 0), ("value", None), (1.0, 2.0, 3.0)]
)
def test_a_limit_that_cannot_be_is_refused(clip: Any) -> None:
    with pytest.raises(NetworkError, match="clip is a limit above 0"):
        clipper(clip)


def test_an_unknown_kind_of_clipping_is_refused() -> None:
    with pytest.raises(NetworkError, match="no kind of clipping 'values': did you mean 'value'"):
        clipper(("values", 1.0))


# Schedules


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (schedules.constant(), lambda o: torch.optim.lr_scheduler.ConstantLR(o, factor=1.0)),
        (schedules.step(7, 0.3), lambda o: torch.optim.lr_scheduler.StepLR(o, 7, 0.3)),
        (schedules.cosine(25), lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 25)),
        (schedules.cosine(25, 0.2), lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 25, 0.02)),
        (schedules.linear(10, 0.25, 0.75), lambda o: torch.optim.lr_scheduler.LinearLR(o, 0.25, 0.75, 10)),
    ],
)
def test_a_schedule_agrees_with_pytorch(ours: schedules.Schedule, theirs: Callable[[Any], Any]) -> None:
    reference = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = theirs(reference)
    for epoch in range(25):
        assert 0.1 * ours(epoch) == pytest.approx(reference.param_groups[0]["lr"], rel=1e-12)
        reference.step()
        scheduler.step()


def test_after_its_end_a_schedule_stays_where_it_is() -> None:
    assert [schedules.cosine(5, 0.1)(epoch) for epoch in (5, 6, 100)] == pytest.approx([0.1] * 3)
    assert [schedules.linear(5)(epoch) for epoch in (5, 6, 100)] == [0.0] * 3


@pytest.mark.parametrize("name", schedules.SCHEDULES)
def test_a_name_is_a_schedule_over_all_epochs(name: str) -> None:
    for epochs in 1, 2, 30:
        shares = [schedules.schedule_for(name, epochs)(epoch) for epoch in range(epochs)]
        assert shares[0] == 1.0
        assert shares == sorted(shares, reverse=True)
    assert (shares[-1] == 1.0) == (name == "constant")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: schedules.schedule_for("cosin", 5), "no schedule 'cosin' ... 'cosine'"),
        (
            lambda: schedules.schedule_for(lambda epoch: -1, 5)(3),
            "epoch 3 ... 0 or",
        ),
        (lambda: schedules.schedule_for(lambda epoch: None, 5)(0), "not None"),
        (lambda: schedules.step(0), "every ... whole number"),
        (lambda: schedules.step(1, gamma=-0.5), "gamma ... number"),
        (lambda: schedules.cosine(10, end=math.nan), "end ... number"),
        (lambda: schedules.linear(10, start="1"), "start ... number"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        call()
    assert mentions(caught.value, says)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_usual_rate_of_each_optimizer_learns(name: str) -> None:
    X = [[i / 5 - 1] for i in range(11)]
    model = MLP(1, [1], init="zeros")
    history = fit(model, X, [0.2 * x + 0.1 for (x,) in X], "mse", name, epochs=40, backend="python", progress=False)
    assert history.losses[-1] < 0.5 * history.losses[0]
    assert all(after <= before for before, after in pairwise(history.losses[:5]))


def test_what_is_not_a_parameter_is_called_by_its_name() -> None:
    w = Value(2.0, "w")
    product = w * 3.0
    product.label = "the product"
    for wrong, name in ((product, "the product"), ("w", "'w'"), (3, "3")):
        with pytest.raises(NetworkError, match=name):
            optim.SGD([w, wrong])


def test_the_dot_product_of_long_arrays_is_taken_part_by_part() -> None:
    numbers = np.random.default_rng(0)
    for size in (1, 337, 8192, 8193, 50_890):
        a, b = numbers.normal(size=(2, size))
        product = ARRAYS.dot(a, b)
        assert product == pytest.approx(math.fsum(a * b), rel=1e-10, abs=1e-10)
        parts = [a[start : start + 8192] @ b[start : start + 8192] for start in range(0, size, 8192)]
        assert product == sum(parts)  # the bits are those of short products, which take one thread


def test_a_rate_by_name_is_that_of_the_optimizers_family() -> None:
    """So that by their names the rules are compared, not the rates."""
    assert {*optim.RATES} == {*optim.OPTIMIZERS}
    for family in (("sgd", "implicitsgd", "averagedsgd", "adagrad"), ("rmsprop", "adam", "adamw")):
        assert len({optim.RATES[name] for name in family}) == 1
    assert optim.RATES["adam"] < optim.RATES["sgd"]

"""An output that the loss refuses is named as the cause on every backend, with its row and the remedy."""

from __future__ import annotations

from typing import Any

import pytest

from nn import MLP, Diverged, Layer, NetworkError, Sequential, data, evaluate, fit

MOONS = data.moons(20, seed=1)
LOSS = "binary_cross_entropy"
BACKENDS = ("python", "numpy", "torch", "jax")
OPTIONS: dict[str, dict[str, Any]] = {
    "all rows": {},
    "batches": {"batch_size": 7},
    "validation": {"validation": (MOONS.X, MOONS.y)},
}


def says_what_to_write(error: Exception) -> bool:
    sentence = str(error)
    return all(word in sentence for word in ("not a probability", "output='sigmoid'")) and "rate" not in sentence


def half(inputs: int) -> MLP:
    """Return a model whose outputs are 0.5, a probability, until it learns."""
    model = MLP(inputs, [1], init="zeros")
    model.layers[0].neurons[0].b.data = 0.5
    return model


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_score_where_the_loss_wants_a_probability_is_named(backend: str, options: str) -> None:
    pytest.importorskip(backend if backend != "python" else "math")
    with pytest.raises(NetworkError) as caught:
        fit(MLP(2, [3, 1], rng=0), *MOONS, LOSS, backend=backend, progress=False, **OPTIONS[options])
    assert says_what_to_write(caught.value), caught.value


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_output_that_leaves_the_probabilities_later_is_named(backend: str) -> None:
    pytest.importorskip(backend if backend != "python" else "math")
    with pytest.raises(NetworkError) as caught:
        fit(half(2), *MOONS, LOSS, optimizer="sgd", epochs=500, backend=backend, progress=False)
    assert says_what_to_write(caught.value), caught.value


@pytest.mark.parametrize("model", [MLP(2, [3, 1], rng=0), Sequential(Layer(2, 1, rng=3))])
@pytest.mark.parametrize("backend", BACKENDS)
def test_evaluate_names_it_in_any_row(backend: str, model: Any) -> None:
    pytest.importorskip(backend if backend != "python" else "math")
    for X, y in ((MOONS.X, MOONS.y), (MOONS.X[::-1], MOONS.y[::-1]), (MOONS.X, [0] * 20), (MOONS.X, [1] * 20)):
        with pytest.raises(NetworkError) as caught:
            evaluate(model, X, y, LOSS, backend=backend)
        assert says_what_to_write(caught.value), caught.value


def test_a_rate_that_is_too_high_is_still_advised_against() -> None:
    with pytest.raises(Diverged, match="rate below"):
        fit(MLP(2, [1], rng=0), [[1e3, 1e3], [2e3, 1e3]], [1, 2], optimizer="sgd", epochs=500, progress=False)

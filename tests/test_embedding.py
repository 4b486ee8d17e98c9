"""Embedding: a one-hot row times the table, PyTorch's numbers, and words that there are not."""

from __future__ import annotations

from typing import Any

import pytest

from engine import Value, compile
from nn import Embedding, Layer, Module, NetworkError, Sequential, diagnose, fit, plot


def one_hot(word: int, words: int = 5) -> list[float]:
    return [float(place == word) for place in range(words)]


def test_a_word_is_its_row_of_the_table() -> None:
    torch = pytest.importorskip("torch")
    layer = Embedding(5, 3, rng=0)
    theirs = torch.nn.Embedding(5, 3, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight.copy_(
            torch.tensor([[w.data for w in entries] for entries in layer.weights()], dtype=torch.float64)
        )
    for word in range(5):
        expected = theirs(torch.tensor(word)).tolist()
        assert [y.data for y in layer(word)] == [y.data for y in layer(one_hot(word))] == expected


@pytest.mark.parametrize("word", [2, one_hot(2)])
def test_the_gradient_goes_to_the_word_s_row_alone(word: Any) -> None:
    layer = Embedding(5, 3, rng=0)
    sum((place + 1) * y for place, y in enumerate(layer(word))).backward()
    assert [[w.grad for w in entries] for entries in layer.table] == [
        [1.0, 2.0, 3.0] if number == 2 else [0.0, 0.0, 0.0] for number in range(5)
    ]


def test_it_compiles_to_one_product() -> None:
    layer = Embedding(5, 3, rng=0)
    x = [Value(number) for number in one_hot(0)]
    program = compile(layer(x), x, layer.parameters())
    assert program.operations == 1
    assert " @ x" in program.source
    table = program([one_hot(word) for word in range(5)])
    assert table.tolist() == [[w.data for w in entries] for entries in layer.table]


class Trigram(Module):
    """Guesses a letter from the two before it, which go through the same table."""

    def __init__(self) -> None:
        self.letters, self.head = Embedding(5, 2, name="letters", rng=0), Layer(4, 5, rng=0)

    def __call__(self, pair: Any) -> list[Value]:
        return self.head([y for letter in pair for y in self.letters(letter)])


def test_a_table_that_two_words_share_is_learned() -> None:
    X = [[one_hot(n), one_hot((n + m) % 5)] for n in range(5) for m in range(5)]
    y = [(n + m + 1) % 5 for n in range(5) for m in range(5)]
    model = Trigram()
    history = fit(model, X, y, "cross_entropy", epochs=150, progress=False, seed=0)
    assert history.column("loss")[-1] < 0.5 * history.column("loss")[0]
    assert "5 × 2" in model.summary()
    assert plot.weights(model, 1).get_title(loc="left").startswith("Weights of layer 1: 5 words")


def test_letters_that_are_alike_are_found() -> None:
    model = Sequential(Embedding(5, 2, init="zeros"), Layer(2, 5, rng=0))
    X, y = [one_hot(n) for n in range(5)], [1, 2, 3, 4, 0]
    for neuron in model[1].neurons:
        neuron.w[1].data = neuron.w[0].data
    assert [finding.where for finding in diagnose(model, X, y, "cross_entropy") if "alike" in finding.kind] == [
        "layer1"
    ]


@pytest.mark.parametrize(
    ("word", "words"),
    [
        (5, "sounds 5 words from 0 to 4 none is 5"),
        (-1, "none is -1"),
        ([1.0, 0.0], "5 words 2 numbers"),
        (3.0, "5 words 1 number"),
        (Value(3.0), "5 words 1 number"),
        (True, "True bool"),
        ("a", "'a'"),
    ],
)
def test_a_word_that_is_not_in_the_table_is_said(word: Any, words: str) -> None:
    with pytest.raises((NetworkError, TypeError)) as caught:
        Embedding(5, 2, name="sounds")(word)
    for each in words.split():
        assert each in str(caught.value)

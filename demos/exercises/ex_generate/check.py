"""Check embeddings, losses and their gradients by formulas, and the shares of many draws by probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import exp, log
from random import Random
from typing import Any

from engine import Value

from ..graph_text import anywhere, called, drawn
from ..inside.graphs import KEPT
from ..inside.reading import NOTE
from ..probe import Probe, beyond
from . import ask

DRAWS = 900
EVEN = "Each letter is drawn as often as each other, whatever the scores are."
CLOSE = 0.08  # how far a share of so many draws may be from its probability: five standard deviations


def probes(rng: Random) -> list[Probe]:
    return [
        embedding(rng, [0, 2, 1], 3, 2),
        embedding(rng, [1, 3, 1, 1], 4, 2),
        loss(rng, 3, 4, slopes=False),
        loss(rng, 3, 3),
        draws(rng, [log(0.5), log(0.3), log(0.2)]),
        draws(rng, [0.0, 2.0, -1.0, 0.5]),
        *beyond(
            embedding(rng, [2], 3, 4),
            loss(rng, 1, 5),
            loss(rng, 2, 3, middle=900.0, slopes=False),
            draws(rng, [800.0, 801.0, 799.0]),
            draws(rng, [1.0]),
        ),
    ]


def matrix(rng: Random, rows: int, columns: int) -> list[list[float]]:
    return [[drawn(rng, 0.5, 3, sign=True) for _ in range(columns)] for _ in range(rows)]


def embedding(rng: Random, codes: list[int], letters: int, size: int) -> Probe:
    table, places = matrix(rng, letters, size), matrix(rng, len(codes) + 1, size)
    upstream = matrix(rng, len(codes), size)

    def expect() -> Mapping[str, Any]:
        rows = [[{"Value": a + b} for a, b in zip(table[code], place)] for code, place in zip(codes, places)]
        columns = range(size)
        to_letters = [
            [sum(times[j] for times, code in zip(upstream, codes) if code == letter) for j in columns]
            for letter in range(letters)
        ]
        return {
            "rows": rows,
            KEPT: True,
            "gradients of the letters": to_letters,
            "gradients of the places": [*upstream, [0.0] * size],
        }

    def graph() -> Value:
        node = Value(table[codes[0]][0], "letter") + Value(places[0][0], "place")
        return called("number 0 of place 0", node)

    return Probe(
        f"embed(codes={codes}, table={table}, places={places}), then backward() of the rows times {upstream}",
        partial(ask.embedding, codes=codes, table=table, places=places, upstream=upstream),
        expect,
        "the rule: the row of the letter plus the row of the place, number by number",
        graph,
    )


def loss(rng: Random, places: int, letters: int, middle: float = 0.0, slopes: bool = True) -> Probe:
    codes = [rng.randrange(letters) for _ in range(places + 1)]
    codes[0] = (codes[1] + 1) % letters  # a loss of the same letter is another one
    scores = [[round(middle + anywhere(rng, 2.5), 2) for _ in range(letters)] for _ in range(places)]
    upstream = drawn(rng, 2, 4, sign=True)

    def log_sum(row: list[float]) -> float:
        return max(row) + log(sum(exp(x - max(row)) for x in row))

    def expect() -> Mapping[str, Any]:
        right = codes[1:]
        mean = sum(log_sum(row) - row[code] for row, code in zip(scores, right)) / places
        gradients = [
            [upstream / places * (exp(x - log_sum(row)) - (j == code)) for j, x in enumerate(row)]
            for row, code in zip(scores, right)
        ]
        return {"loss": {"Value": mean}, **({"gradients of the scores": gradients} if slopes else {})}

    def graph() -> Value:
        row = [Value(x - middle, f"score {j}") for j, x in enumerate(scores[0])]
        total: Any = sum(each.exp() for each in row)
        return called("loss of place 0", total.log() - row[codes[1]])

    return Probe(
        f"loss_of(scores={scores}, codes={codes})" + f", then backward() of {upstream} times the loss" * slopes,
        partial(ask.loss, codes=codes, scores=scores, upstream=upstream, slopes=slopes),
        expect,
        "the mathematics: log(Σ exp(score)) - the score of the letter that comes next, averaged",
        graph,
    )


def draws(rng: Random, scores: list[float]) -> Probe:
    turned = rng.sample(scores, len(scores))
    seed, top = rng.randrange(1000), max(turned)
    total = sum(exp(x - top) for x in turned)

    def read(observed: Mapping[str, Any]) -> Mapping[str, Any]:
        shares = observed["share of each letter"]
        even = isinstance(shares, list) and all(abs(share - 1 / len(turned)) < CLOSE / 2 for share in shares)
        return {**observed, **({NOTE: EVEN} if even and len({*turned}) > 1 else {})}

    return Probe(
        f"sample(scores, rng), {DRAWS} times, of the scores {[round(x, 2) for x in turned]}",
        partial(ask.draws, scores=turned, seed=seed, times=DRAWS),
        lambda: {"share of each letter": [exp(x - top) / total for x in turned]},
        "the softmax of the scores",
        tolerance=CLOSE,
        read=read,
        tells=True,
    )

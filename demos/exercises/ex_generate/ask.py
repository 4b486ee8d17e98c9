"""Ask each of the three functions: for embeddings, for the loss of a word, and for many draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from types import SimpleNamespace
from typing import Any

from engine import Value

from ..inside.graphs import KEPT

Matrix = Sequence[Sequence[float]]


def recorded(name: str, numbers: Matrix) -> list[list[Value]]:
    return [[Value(x, f"{name}{i}{j}") for j, x in enumerate(row)] for i, row in enumerate(numbers)]


def embedding(
    answers: SimpleNamespace, codes: Sequence[int], table: Matrix, places: Matrix, upstream: Matrix
) -> Mapping[str, Any]:
    """Ask for the embedding of a word, and for the gradients of Σ upstream · embedding."""
    rows, where = recorded("letter", table), recorded("place", places)
    asked = [*codes]
    before = [[*map(id, row)] for row in (*rows, *where)]
    result = answers.embed(asked, rows, where)
    if not (isinstance(result, (list, tuple)) and all(isinstance(row, (list, tuple)) for row in result)):
        return {"rows": result}
    reading = {"rows": [*result], KEPT: asked == [*codes] and before == [[*map(id, row)] for row in (*rows, *where)]}
    nodes = [y for row in result for y in row]
    if not all(isinstance(y, Value) for y in nodes) or len(result) != len(codes):
        return reading
    root: Any = sum(times * y for line, row in zip(upstream, result) for times, y in zip(line, row))
    root.backward()
    return {
        **reading,
        "gradients of the letters": [[x.grad for x in row] for row in rows],
        "gradients of the places": [[x.grad for x in row] for row in where],
    }


def loss(
    answers: SimpleNamespace, codes: Sequence[int], scores: Matrix, upstream: float, slopes: bool
) -> Mapping[str, Any]:
    nodes = recorded("score", scores)
    result = answers.loss_of([[*row] for row in nodes], [*codes])
    if not isinstance(result, Value) or not slopes:
        return {"loss": result}
    (result * upstream).backward()
    return {"loss": result, "gradients of the scores": [[x.grad for x in row] for row in nodes]}


def draws(answers: SimpleNamespace, scores: Sequence[float], seed: int, times: int) -> Mapping[str, Any]:
    """Ask for many draws from one source of random numbers, and count them."""
    rng, nodes = Random(seed), [Value(x) for x in scores]
    drawn = [answers.sample(nodes, rng) for _ in range(times)]
    strange = [each for each in drawn if not isinstance(each, int) or not 0 <= each < len(scores)]
    if strange:
        odd = "a draw is a list" if isinstance(strange[0], (list, tuple)) else "a draw is not the number of a letter"
        return {"share of each letter": None if strange[0] is None else odd}
    return {"share of each letter": [drawn.count(number) / times for number in range(len(scores))]}

"""Almost complete blocks as matrix products: causal attention, triangles of weights, windows."""

from __future__ import annotations

import re
from functools import reduce
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from oracles import require

from engine import GradwalkError, Value, compile, grad, operations
from engine.program import program as module
from engine.program.backends import numpy as backend
from engine.program.outside import OutsideRows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.program.program import Program

    Graph = tuple[list[Any], list[Any], list[Any]]  # the outputs, the inputs and the parameters


def matrix(rng: Random, name: str, rows: int, columns: int) -> list[list[Any]]:
    return [[Value(rng.uniform(0.1, 1), f"{name}[{i}][{j}]") for j in range(columns)] for i in range(rows)]


def flat(*matrices: list[list[Any]]) -> list[Any]:
    return [value for each in matrices for row in each for value in row]


def dot(a: Sequence[Any], b: Sequence[Any]) -> Any:
    return sum(x * y for x, y in zip(a, b, strict=True))


def softmax(scores: list[Any]) -> list[Any]:
    powers = [score.exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def largest(values: Sequence[Any]) -> Any:
    return reduce(Value.maximum, values)


def in_pairs(values: Sequence[Any]) -> Any:
    return largest([largest(values[at : at + 2]) for at in range(0, len(values), 2)])


def shifted(scores: list[Any], top: Callable[[list[Any]], Any]) -> list[Any]:
    return softmax([score - top(scores).detach() for score in scores])


def attention(
    places: int = 5,
    size: int = 4,
    heads: int = 1,
    seen: Callable[[int, int], bool] = lambda i, j: j <= i,
    change: Callable[[Any], Any] = lambda score: score / 2.0,
    stable: bool = False,
) -> Graph:
    rng = Random(0)
    X = matrix(rng, "x", places, size)
    weights = [matrix(rng, name, heads * size, size) for name in ("query", "key", "value")]
    queries, keys, values = ([[dot(row, x) for row in each] for x in X] for each in weights)
    outputs = []
    for i in range(places):
        pairs = [j for j in range(places) if seen(i, j)]
        for start in range(0, heads * size, size):
            head = slice(start, start + size)
            scores = [change(dot(queries[i][head], keys[j][head])) for j in pairs]
            shares = shifted(scores, in_pairs) if stable else softmax(scores)
            outputs += [dot(shares, column) for column in zip(*(values[j][head] for j in pairs))]
    return outputs, flat(X), flat(*weights)


def triangle_of_weights() -> Graph:
    rng = Random(0)
    L, x = matrix(rng, "L", 6, 6), matrix(rng, "x", 1, 6)[0]
    return [dot(row[: i + 1], x[: i + 1]) for i, row in enumerate(L)], x, flat(L)


def window() -> Graph:
    rng = Random(0)
    filters, x = matrix(rng, "w", 2, 3), matrix(rng, "x", 1, 8)[0]
    outputs = []
    for each in filters:
        for i in range(8):
            taps = [tap for tap in range(3) if 0 <= i + tap - 1 < 8]
            outputs.append(dot([each[tap] for tap in taps], [x[i + tap - 1] for tap in taps]))
    return outputs, x, flat(filters)


def sums_that_grow() -> Graph:
    rng = Random(0)
    W, x = matrix(rng, "w", 6, 3), matrix(rng, "x", 1, 3)[0]
    scores = [dot(row, x).exp() for row in W]
    return [sum(scores[: i + 1]) for i in range(6)], x, flat(W)


# Each graph, in how many array operations it is, what its source has, and what it has not.
GRAPHS: dict[str, tuple[Graph, int, str, str]] = {
    "causal": (attention(), 7, "filled triangle1 einsum", "packed scatter"),
    "causal, of 2 heads": (attention(4, heads=2), 7, "filled triangle1 einsum", ""),
    "from the end": (attention(seen=lambda i, j: j >= i), 7, "filled mask1 einsum", "packed scatter"),
    "all but a few": (attention(seen=lambda i, j: (i, j) not in [(0, 3), (2, 1)]), 0, "filled mask1 einsum", ""),
    "all": (attention(seen=lambda i, j: True), 7, "einsum", "filled triangle mask packed scatter"),
    "few": (attention(seen=lambda i, j: i == j or j == 0), 0, "", "filled"),
    "a triangle of weights": (triangle_of_weights(), 1, "einsum", "filled"),
    "a window": (window(), 1, "@", "filled"),
    "causal, of scores below the largest": (
        attention(stable=True),
        0,
        "filled triangle1 einsum amax",
        "maximum",
    ),
    "sums that grow": (sums_that_grow(), 0, "triangle1", "filled packed"),
}


def eager(graph: Graph, row: list[float], numbers: list[float]) -> tuple[float, list[float]]:
    """The sum of the outputs of a row, and its gradients, node by node."""
    outputs, inputs, parameters = graph
    for leaf, number in zip([*inputs, *parameters], [*row, *numbers]):
        leaf.data = number
    made: dict[Any, Any] = {}
    for node in operations(*outputs):
        made[node] = node.op.method(*[made.get(arg, arg) for arg in node.args])
    root = sum((made[output] for output in outputs[1:]), made[outputs[0]])
    return root.data, [slope.data for slope in grad(root, parameters)]


def agrees(graph: Graph, program: Program, rows: Any, numbers: Any) -> None:
    each = [eager(graph, row.tolist(), numbers.tolist()) for row in rows]
    value, slopes = program.value_and_grad(rows, numbers)
    np.testing.assert_allclose(value, np.mean([value for value, _ in each]), rtol=1e-11)
    np.testing.assert_allclose(slopes, np.mean([slopes for _, slopes in each], 0), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", GRAPHS)
def test_almost_complete_blocks_are_matrix_products(name: str) -> None:
    graph, operations, words, no_words = GRAPHS[name]
    program = compile(*graph, form="matrices")
    rng = np.random.default_rng(0)
    assert not operations or program.operations == operations
    for word in words.split():
        assert word in program.source
    for word in no_words.split():
        assert word not in program.source
    for count in (1, 3):
        agrees(graph, program, rng.uniform(0.1, 1, (count, len(graph[1]))), rng.uniform(-1, 1, len(graph[2])))


@pytest.mark.parametrize("name", ["jax", "torch"])
def test_other_backends_fill_holes_and_mask_them(name: str) -> None:
    require(name)
    for key in ("causal, of 2 heads", "sums that grow"):
        program = compile(*GRAPHS[key][0], form="matrices")
        rows, numbers = np.random.default_rng(0).uniform(0.1, 1, (3, len(GRAPHS[key][0][1]))), program.numbers()
        value, slopes = program.value_and_grad(rows, numbers)
        there, more = program.on(name)(numbers, rows)
        assert there == pytest.approx(value, rel=1e-12)
        np.testing.assert_allclose(more, slopes, rtol=1e-10, atol=1e-13)


def test_holes_stay_in_the_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The score of places i and j is i - j + 0.5, which has no root for later ones: none is computed."""
    graph = attention(change=lambda score: score.sqrt())
    program = compile(*graph, form="matrices")
    query, key = np.eye(4), np.array([[0, 1, 0, 0], [-1, 0.5, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    numbers = np.concatenate([query.ravel(), key.ravel(), np.linspace(-1, 1, 16)])
    row = np.array([[i + 0.5, 1, 0.1 * i, 0.3] for i in range(5)]).ravel()
    agrees(graph, program, row[None], numbers)

    def replayed(*_: Any) -> Any:
        raise AssertionError("a row was computed node by node")

    monkeypatch.setattr(OutsideRows, "replayed", replayed)
    assert np.isfinite(program.value_and_grad(np.stack([row] * 20), numbers)[1]).all()


def test_an_infinity_that_a_mask_hides_is_not_nan() -> None:
    values = matrix(Random(1), "v", 5, 2)
    shares = [softmax([Value(0.1 * (i + j), f"s{i}{j}").tanh() for j in range(i + 1)]) for i in range(5)]
    columns = list(zip(*([each * 1.0 for each in row] for row in values)))
    outputs = [dot(row, column[: len(row)]) for row in shares for column in columns]
    program = compile(outputs, flat(values), form="matrices")
    assert program._code.has_zeros
    row = [0.5] * 8 + [np.inf] * 2
    for result in (program.or_nan([row]), program([row])):
        np.testing.assert_allclose(result[0], [0.5] * 8 + [np.inf] * 2)


def test_what_repeats_a_node_is_not_read_from_holes() -> None:
    """A query is multiplied by each key, where holes repeat queries just so, but take no gradient."""
    from fuzz.blocks import Blocks

    for seed in (77, 1090):
        graph = Blocks(seed)
        program = graph.program("matrices")
        agrees_with = graph.program("columns")
        assert "filled(" in program.source
        ours, theirs = program.value_and_grad(graph.rows)[1], agrees_with.value_and_grad(graph.rows)[1]
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def scores_of(*counts: int) -> tuple[list[list[Any]], list[Any], list[Any]]:
    """Return lists of weighted inputs, one for each count; then all inputs, and all weights."""
    rng = Random(0)
    W, X = ([matrix(rng, name, 1, count)[0] for count in counts] for name in ("w", "x"))
    return [[w * x for w, x in zip(*pair)] for pair in zip(W, X)], flat(X), flat(W)


@pytest.mark.parametrize("top", [largest, in_pairs])
@pytest.mark.parametrize("counts", [(5,), (4, 4), (2, 6, 3), (1, 2, 3, 4)])
def test_a_maximum_that_passes_no_gradient_is_one_operation(counts: tuple[int, ...], top: Any) -> None:
    lists, inputs, parameters = scores_of(*counts)
    graph = [shifted(scores, top)[0] for scores in lists], inputs, parameters
    program = compile(*graph, form="matrices")
    assert program.source.count("amax(") == 2  # once in each function
    assert "maximum" not in program.source
    rows = np.random.default_rng(0).uniform(-1, 1, (3, len(inputs)))
    rows[0] = 0.5  # a tie
    agrees(graph, program, rows, np.full(len(parameters), 0.3))
    for name in ("jax", "torch"):
        require(name)
        numbers = program.numbers()
        np.testing.assert_allclose(program.on(name)(numbers, rows)[1], program.value_and_grad(rows, numbers)[1], 1e-9)


def test_a_maximum_that_passes_a_gradient_shares_it_at_a_tie_as_eager_code_does() -> None:
    (scores,), inputs, parameters = scores_of(5)
    both = largest(scores)
    for output in (both, both * both.detach(), in_pairs(scores[:4]) - in_pairs(scores[1:])):
        graph: Graph = [output], inputs, parameters
        program = compile(*graph, form="matrices")
        assert "amax" not in program.source
        agrees(graph, program, np.full((2, 5), 0.5), np.full(5, 0.3))


def test_what_a_maximum_is_made_of_may_be_read_elsewhere() -> None:
    (scores,), inputs, parameters = scores_of(6)
    half = largest(scores[:3])
    top = half.maximum(largest(scores[3:])).detach()
    least = reduce(Value.minimum, scores).detach()
    graph: Graph = [half * (scores[0] - top) * least], inputs, parameters
    program = compile(*graph, form="matrices")
    assert "amax(" in program.source
    assert "amin(" in program.source
    agrees(graph, program, np.random.default_rng(0).uniform(-1, 1, (4, 6)), np.full(6, 0.3))


def test_a_maximum_of_nan_is_nan_and_of_minus_infinity_is_not() -> None:
    (scores,), inputs, parameters = scores_of(4)
    top = largest([score.log() for score in scores]).detach()
    program = compile(top.exp(), inputs, parameters, form="matrices")
    assert "amax(" in program.source
    rows = [[1.0, -1.0, 2.0, 3.0], [1.0, 0.0, 2.0, 3.0]]
    with np.errstate(all="ignore"):
        results = program._code.function("forward")(np.full(4, 0.5), np.array(rows).T)[0]
    np.testing.assert_allclose(results, [np.nan, 1.5])


def test_einsum_agrees_with_numpys_by_every_way() -> None:
    ways = set()
    for axes in ("pl lq pq", "lp lq pq", "cpl clq cpq", "pl l p", "l lq q", "cl cl c", "l l ", "cpl cpl cp"):
        a, b, o = axes.split(" ")
        for subscripts in {f"{a}...,{b}...->{o}...", f"{o}...,{b}...->{a}...", f"{o}...,{a}...->{b}..."}:
            letters = [each.replace(".", "") for each in subscripts.split("->")[0].split(",")]
            for size in (1, 3, 11):
                for batches in ((1, 1), (7, 7), (1, 200)):
                    x, y = (np.random.default_rng(size).normal(size=(*[size] * len(each), batch))
                            for each, batch in zip(letters, batches))  # fmt: skip
                    ways.add(backend._way(subscripts, x.shape, y.shape)[0])
                    result, expected = backend.einsum(subscripts, x, y), np.einsum(subscripts, x, y)
                    assert result.shape == expected.shape
                    np.testing.assert_allclose(result, expected, rtol=1e-9, atol=1e-12)
                    with pytest.raises(FloatingPointError):
                        backend.raising(backend.einsum, subscripts, np.full(x.shape, 1e200), np.full(y.shape, 1e200))
    assert ways >= {"product", "outer", "einsum"}
    assert "dot" in ways or backend.vecdot is None


def test_rows_are_computed_as_many_at_a_time_as_the_cache_holds() -> None:
    graph = attention(places=8, size=8)
    program = compile(*graph, form="matrices")
    block = program._code.block
    assert module.LEAST_BLOCK <= block < module.BLOCK
    rows = np.random.default_rng(0).uniform(0.1, 1, (3 * block + 5, len(graph[1])))
    value, slopes = program.value_and_grad(rows)
    parts = [program.value_and_grad(part) for part in np.array_split(rows, 7)]
    weights = [len(part) / len(rows) for part in np.array_split(rows, 7)]
    assert value == pytest.approx(sum(weight * each for weight, (each, _) in zip(weights, parts)), rel=1e-12)
    expected = sum(weight * each for weight, (_, each) in zip(weights, parts))
    np.testing.assert_allclose(slopes, expected, rtol=1e-10, atol=1e-12)


def test_errors_name_the_row_as_eager_code_does() -> None:
    graph = attention(change=lambda score: score.log())
    program = compile(*graph, form="matrices")
    rows = np.random.default_rng(0).uniform(0.1, 1, (3, len(graph[1])))
    numbers = program.numbers()
    rows[1, :4] = 0.0
    with pytest.raises(GradwalkError) as theirs:
        eager(graph, rows[1].tolist(), numbers.tolist())
    with pytest.raises(type(theirs.value)) as ours:
        program.value_and_grad(rows, numbers)
    assert ours.value.row == 1
    assert re.sub(r"^row 1: ", "", str(ours.value)) == str(theirs.value)


def test_random_blocks_agree_with_eager() -> None:
    from fuzz.blocks import main

    counts = main(8)
    assert "WRONG" not in counts
    assert counts["matrices: agree"] == 8
    assert counts["graphs with filled"] > 0


@pytest.mark.longest
@pytest.mark.slow
def test_many_random_blocks_agree_with_eager() -> None:
    from fuzz.blocks import main

    assert "WRONG" not in main(300, 100)

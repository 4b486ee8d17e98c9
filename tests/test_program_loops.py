"""Loops in array code: what repeats is written once, runs on every backend, and agrees with the eager graph."""

from __future__ import annotations

import re
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from fuzz.loops import NetsRecipe, main
from oracles import require

from engine import GradwalkError, Value, compile, constant, grad
from engine.program import program as module
from engine.program.ahead import Ahead
from engine.program.backends import namespace
from engine.program.backends.numpy import sum_of_columns, sum_of_products
from engine.program.looped import Looped
from engine.program.loops import loops_of
from engine.program.statements import Statements
from nn import Recurrent

if TYPE_CHECKING:
    from collections.abc import Callable

    Graph = tuple[Any, list[Any], list[Any]]  # the output, the inputs and the parameters


def recurrent(turns: int = 9, units: int = 7, width: int = 2, each_loss: bool = False) -> Graph:
    rng = Random(0)
    W, U = ([[Value(rng.gauss(0, 0.3)) for _ in range(size)] for _ in range(units)] for size in (width, units))
    b, v = ([Value(rng.gauss(0, 0.3)) for _ in range(units)] for _ in range(2))
    X = [[Value(rng.gauss(0, 1), f"x{t}_{i}") for i in range(width)] for t in range(turns)]
    h, losses = [constant(0.0)] * units, []
    for x in X:
        h = [
            (sum((w * a for w, a in zip(row, x)), c) + sum(u * a for u, a in zip(other, h))).tanh()
            for row, other, c in zip(W, U, b)
        ]
        losses.append(sum(w * a for w, a in zip(v, h)) ** 2)
    parameters = [w for matrix in (W, U) for row in matrix for w in row] + b + v
    return (sum(losses) if each_loss else losses[-1]), [x for row in X for x in row], parameters


def descent(turns: int = 12) -> Graph:
    rate, a, b = parameters = [Value(0.1), Value(0.5), Value(-0.3)]
    xs, ys = ([Value(number * i) for i in range(1, 5)] for number in (0.1, 0.3))
    for _ in range(turns):
        errors = [a * x + b - y for x, y in zip(xs, ys)]
        a, b = a - rate * sum(e * x for e, x in zip(errors, xs)), b - rate * sum(errors)
    return sum((a * x + b - y) ** 2 for x, y in zip(xs, ys)), xs + ys, parameters


def newton(turns: int = 15) -> Graph:
    x, a, root = Value(2.0, "x"), Value(1.5, "a"), Value(1.2, "root")
    n: Any = root
    for _ in range(turns):
        n = n - (n * n - a * x) / (2.0 * n)
    return n, [x], [a, root]


def oscillator(turns: int = 14) -> Graph:
    """Each turn reads the two before it."""
    x, v, k, d = Value(1.0, "x"), Value(0.2, "v"), Value(0.3, "k"), Value(0.1, "d")
    a: Any = x
    before: Any = v
    for _ in range(turns):
        a, before = 2.0 * a - before - k * a.sin() * d, a
    return a * a + before, [x], [v, k, d]


def pair(turns: int = 14) -> Graph:
    """Each turn reads a number of the turn before after it has computed it anew."""
    x, v, k, d = Value(1.0, "x"), Value(0.2, "v"), Value(0.3, "k"), Value(0.1, "d")
    a: Any = x
    b: Any = v
    for _ in range(turns):
        new = (a * k + b).tanh()
        a, b = new, ((new + b) * d + a).sin()
    return a * b, [x], [v, k, d]


def two_starts(turns: int = 14) -> Graph:
    """Each turn reads the result of the turn before twice, and the first turn reads two numbers in its place."""
    x, v, k, d = Value(1.0, "x"), Value(0.2, "v"), Value(0.3, "k"), Value(0.1, "d")
    a: Any = x.exp().sin()
    b: Any = x.cos() * v
    for _ in range(turns):
        a = b = (a * k + b.sin() * d).tanh()
    return a * a, [x], [v, k, d]


def residual(turns: int = 8, size: int = 3) -> Graph:
    rng = Random(1)
    x = [Value(rng.gauss(0, 1)) for _ in range(size)]
    h, parameters = x, []
    for _ in range(turns):
        matrix = [[Value(rng.gauss(0, 0.3)) for _ in range(size)] for _ in range(size)]
        parameters += [w for row in matrix for w in row]
        h = [a + sum(w * b for w, b in zip(row, h)).relu() for a, row in zip(h, matrix)]
    return sum(a * a for a in h), x, parameters


def entering(way: str, turns: int = 10, units: int = 5) -> Graph:
    """A recurrent network whose inputs enter each turn in one of several ways."""
    rng = Random(2)
    W, U = ([[Value(rng.gauss(0, 0.4)) for _ in range(units)] for _ in range(units)] for _ in range(2))
    w, u, b = ([Value(rng.gauss(0, 0.4)) for _ in range(units)] for _ in range(3))
    X = [[Value(rng.gauss(0, 1), f"x{t}_{i}") for i in range(units)] for t in range(turns)]
    h: list[Any] = [constant(0.0)] * units
    parameters = [*(each for matrix in (W, U) for row in matrix for each in row), *w, *u, *b]
    for x in X:
        dots = [sum(c * a for c, a in zip(row, x)) for row in W]
        state = [sum(c * a for c, a in zip(row, h)) for row in U]
        entered = {
            "each by its own weight": [c * a for c, a in zip(w, x)],
            "all by one weight": [w[0] * a for a in x],
            "as they are": x,
            "weighed together": dots,
            "weighed, with a bias": [c + a for c, a in zip(b, dots)],
            "weighed twice": [d + c * a for d, c, a in zip(dots, w, x)],
            "one for all": [c * x[0] for c in w],
            "as factors of the state": [a * c for a, c in zip(x, h)],
        }[way]
        h = [(a + c).tanh() for a, c in zip(entered, state if way[0] == "w" else [c * a for c, a in zip(u, h)])]
    return sum(a * a for a in h), [x for row in X for x in row], parameters


WAYS = ("each by its own weight", "all by one weight", "as they are", "weighed together", "weighed, with a bias",
        "weighed twice", "one for all", "as factors of the state")  # fmt: skip
GRAPHS: dict[str, Callable[[], Graph]] = {
    "recurrent": recurrent, "losses": lambda: recurrent(each_loss=True), "descent": descent, "newton": newton,
    "residual": residual, "oscillator": oscillator, "pair": pair, "two starts": two_starts,
}  # fmt: skip


def compiled(name: str) -> tuple[Any, Any, Graph]:
    output, inputs, parameters = graph = GRAPHS[name]()
    X = np.array([leaf.data for leaf in inputs]) * np.random.default_rng(0).uniform(0.9, 1.1, (3, len(inputs)))
    return compile(output, inputs, parameters, form="matrices"), X, graph


def eager(graph: Graph) -> list[float]:
    return [each.data for each in grad(graph[0], graph[2])]


@pytest.mark.parametrize("name", GRAPHS)
def test_what_repeats_is_a_loop_and_agrees_with_the_lines_one_after_the_other(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, X, graph = compiled(name)
    value, gradients = program.value_and_grad([[leaf.data for leaf in graph[1]]])
    assert np.allclose(value, graph[0].data, rtol=1e-10)
    assert np.allclose(gradients, eager(graph), rtol=1e-10, atol=1e-13)
    assert len(re.findall(r"^    for t in .*range", program.source, re.MULTILINE)) >= 2
    value, gradients = program.value_and_grad(X)
    monkeypatch.setattr(module, "may_repeat", lambda lines: False)
    module._codes.clear()
    lines = compile(*graph, form="matrices")
    assert "for t in" not in lines.source
    assert len(program.source.splitlines()) < 0.9 * len(lines.source.splitlines())
    assert np.allclose(lines(X), program(X), rtol=1e-12, atol=0)
    again, others = lines.value_and_grad(X)
    assert np.allclose(value, again, rtol=1e-12, atol=0)
    assert np.allclose(gradients, others, rtol=1e-10, atol=1e-14)
    module._codes.clear()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("rows", [1, 5, 100])
def test_inputs_may_enter_a_turn_in_any_way(way: str, rows: int) -> None:
    """With 100 rows, the products of all turns are added up one by one, where there is a bias."""
    output, inputs, parameters = entering(way)
    X = np.random.default_rng(0).normal(size=(rows, len(inputs)))
    program, plain = (compile(output, inputs, parameters, form=form) for form in ("matrices", "columns"))
    (total, slopes), (other, others) = program.value_and_grad(X), plain.value_and_grad(X)
    assert total == pytest.approx(other, rel=1e-12)
    assert np.allclose(slopes, others, rtol=1e-9, atol=1e-13)
    assert np.allclose(program(X), plain(X), rtol=1e-12)
    assert "for t in range" in program.source


def test_a_turn_keeps_what_it_reads_of_the_turn_before() -> None:
    for name in ("oscillator", "pair"):
        assert "_before = " in compiled(name)[0]._code.sources["forward"]


def test_a_recurrent_network_reads_as_a_loop() -> None:
    program, _, _ = compiled("recurrent")
    source = program._code.sources["gradient"]
    body = re.search(r"for t in range\(9\):\n((?: {8}.*\n)+)", source)
    assert body is not None
    lines = [line.partition("  #")[0].strip() for line in body[1].splitlines()]
    assert lines == ["z = W1x[t] + W2 @ h + b1[:, None]", "h = tanh(z)", "hs.append(h)"]
    assert source.count("sum_of_products(") == 2  # of the weights of inputs, and of those of the state
    assert "    hs = [h]\n" in source  # what it starts from is read backward, too
    assert "for t in reversed(range(8)):" in source


def test_over_numpy_a_state_stands_in_one_array_with_all_that_has_weights() -> None:
    ahead = compiled("recurrent")[0]._code.text("gradient", "ahead")
    for line in (
        "    weights = concatenate([W2, W1, b1[:, None]], 1)\n",
        "    hs[:9, 7:9] = x[0:18].reshape(9, 2, -1)\n",
        "        z = weights @ hs[t]  # (7, batch)\n",
        "        h = tanh(z, hs[t + 1, :7])  # (7, batch)\n",
        "    dz_local = 1 - square(h_all)\n",
        "    dzs[0] = dz\n",
        "        dz = multiply(dh, dz_local[t], dzs[8 - t])\n",
        "    dweights = sum_of_products(dzs[::-1], hs[0:9])\n",
        "    dW1 = dweights[:, 7:9]\n",
        "    db1 = dweights[:, 9]\n",
    ):
        assert line in ahead, line
    for way in WAYS:
        ahead = compile(*entering(way), form="matrices")._code.text("gradient", "ahead")
        assert ("weights = concatenate(" in ahead) == (way in ("weighed together", "weighed, with a bias")), way


def test_a_state_has_only_those_rows_beside_it_that_all_its_sums_can_read() -> None:
    """Sums with other inputs, with no inputs, with one bias for all, and with the ones alone."""
    turns, forward, backward = 8, ["h0 = p[0:6, None] * x[0]  # (6, batch)"], ["d0 = h8 * 0.5  # (6, batch)"]
    forward += ["W = p[6:18].reshape(6, 2)", "V = p[18:30].reshape(6, 2)", "U = p[30:66].reshape(6, 6)"]
    forward += ["b = p[66:72]", "a = p[72:73]"]
    sums = {
        "all": "W @ x[{x}] + U @ h{t} + b[:, None]",
        "other inputs": "V @ x[{later}] + U @ h{t} + b[:, None]",
        "no inputs": "U @ h{t} + b[:, None]",
        "one bias": "W @ x[{x}] + U @ h{t} + a[:, None]",
        "no bias": "U @ h{t} + W @ x[{x}]",
    }
    for turn in range(turns):
        places = {"t": turn, "x": f"{2 * turn}:{2 * turn + 2}", "later": f"{2 * turn + 2}:{2 * turn + 4}"}
        for at, text in enumerate(sums.values()):
            forward.append(f"{'zyvuw'[at]}{turn} = {text.format(**places)}  # (6, batch)")
        forward.append(f"h{turn + 1} = tanh(z{turn} + y{turn} * v{turn} + u{turn} - w{turn})  # (6, batch)")
    for turn in reversed(range(turns)):
        after = turns - 1 - turn
        backward.append(f"d{after + 1} = d{after} * (1 - h{turn + 1} * h{turn + 1})  # (6, batch)")
        begin = "dU = dU + " if after else "dU = "
        backward.append(f"{begin}d{after + 1} @ h{turn}.T")
    lines = [*forward, "dy = x", *backward]
    ahead = Ahead(Looped(lines, ("p", "x"), {}, (), {})).lines()
    joined = [line.partition("  #")[0].strip() for line in ahead if "weights" in line and "@" in line]
    assert joined == [
        "z = weights @ hs[t]", "u = weights_2 @ hs[t, :8] + a[:, None]", "w = weights_3 @ hs[t, :8]",
    ]  # fmt: skip
    p, x = np.random.default_rng(0).normal(size=73) * 0.3, np.random.default_rng(1).normal(size=(20, 3))
    results = []
    for each in (lines, ahead):
        names = {**namespace("numpy"), "p": p, "x": x}
        exec("\n".join(each), names)
        results.append(names["dU"])
    assert np.allclose(*results, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("last", [False, True])
def test_a_layer_of_nn_is_one_loop_forward_and_one_backward(last: bool) -> None:
    """With outputs at each step, lines of gradients repeat after as many as two steps of the lines before them."""
    model, X = Recurrent(2, 6, 1, last=last, rng=0), [[Value(0.1), Value(0.2)] for _ in range(14)]
    outputs = model(X)
    loss = outputs**2 if last else sum(output**2 for output in outputs)
    program = compile(loss, [x for row in X for x in row], model.parameters(), form="matrices")
    forward, backward = re.findall(r"    for t in (.*):\n", program._code.sources["gradient"])[-2:]
    assert forward == "range(13)"
    assert backward.startswith("reversed(range(")
    ahead = program._code.text("gradient", "ahead")
    assert re.search(r"dhidden_U = (dhidden_U \+ )?dweights\[:, 0:6\]", ahead)
    assert "dhidden_U = dhidden_U + dz" not in ahead.partition("dweights =")[0].partition("reversed(")[2]


def test_a_sum_whose_first_term_is_of_a_turn_begins_as_zeros_only_where_turns_add_to_it() -> None:
    x, w, v = Value(0.5, "x"), Value(0.4, "w"), Value(0.3, "v")
    node: Any = x
    for _ in range(12):
        node = (w * node + v * x).tanh().sin()
    parts = compile(*recurrent(14, 1, 2), form="matrices")._code.sources["gradient"]
    assert "dw1_1 = dw1_1 + " in parts
    assert "zeros_like(" not in parts  # there is no array w1_1
    code = compile(node, [x], [w, v], form="matrices")._code
    assert "zeros_like" not in code.text("gradient", "lines")
    source = code.sources["gradient"]
    assert source.count("zeros_like(") == 2
    assert source.count("dw = dw + ") == source.count("dv = dv + ") == 2  # in the loop, and of the first turn
    assert "zeros_like(" not in compile(*recurrent(), form="matrices")._code.sources["gradient"]


@pytest.mark.parametrize("rows", [1, 3, 70])
def test_sums_over_all_turns_are_right_in_arrays_and_in_lists(rows: int) -> None:
    """Of few rows one product is taken of all turns, and of many one product for each."""
    rng = np.random.default_rng(0)
    for left, right in ((1, 1), (5, 4), (20, 30)):
        lefts, rights = rng.normal(size=(6, left, rows)), rng.normal(size=(6, right, rows))
        expected = np.einsum("tlb,trb->lr", lefts, rights)
        for way in (np.asarray, list):
            assert np.allclose(sum_of_products(way(lefts), way(rights)), expected, rtol=1e-12)
            assert np.allclose(sum_of_columns(way(lefts)), lefts.sum((0, 2)), rtol=1e-12)
        assert np.allclose(sum_of_products(lefts[::-1], rights[::-1]), expected, rtol=1e-12)


@pytest.mark.parametrize("backend", ["torch", pytest.param("jax", marks=pytest.mark.slow)])
def test_backends_run_the_loops(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    require(backend)
    monkeypatch.setattr(module, "WORTH_A_SCAN", 1)
    for name in GRAPHS:
        program, X, _ = compiled(name)
        value, gradients = program.value_and_grad(X)
        theirs, others = program.on(backend)(program.numbers(), X)
        assert abs(theirs - value) <= 1e-12 * abs(value)
        assert np.allclose(others, gradients, rtol=1e-10, atol=1e-13)
        text = program._code.text("checked", "scans" if backend == "jax" else "loops")
        assert ("scan(" in text) == (backend == "jax")
    module._codes.clear()


def test_a_loop_begins_behind_the_one_before_it() -> None:
    lines = [f"dp = add_at(dp, slice({4 * turn}, {4 * turn + 2}), v)" for turn in range(9)]
    long = [line for turn in range(9) for line in (f"a{turn} = f(x[{turn}])  # (1, 1)", lines[turn])]
    for first, second in ((long, lines), (lines, long)):
        further = [line.replace("a", "b") if line.startswith("a") else line for line in second]
        loops = loops_of(Statements(["v = p[0]", *first, *further], ["p", "x", "dp"], {}))
        assert len(loops) >= 1
        assert all(a.end <= b.start for a, b in pairwise(loops))
    for seed in (764, 1629):  # in the second one a turn's sum has another name in the next turn
        assert not main(1, seed)["WRONG"]


@pytest.mark.parametrize("seed", [281, 679])
def test_a_result_of_a_loop_has_no_name_that_other_lines_assign(seed: int) -> None:
    """Some gradients of weights get their first terms in a loop, and one by one the others behind it."""
    assert not main(1, seed)["WRONG"]


def test_few_lines_are_compiled_as_they_are_by_jax() -> None:
    code = compiled("residual")[0]._code
    assert code._style("checked", "jax") == "lines"
    assert compiled("newton")[0]._code._style("checked", "numpy") == "ahead"
    code = compile(*newton(60), form="matrices")._code
    assert [code._style("checked", "jax", rows) for rows in (1, 100, 10_000)] == ["scans", "scans", "lines"]
    assert compile(*newton(250), form="matrices")._code._style("checked", "jax", 10_000) == "scans"


def test_an_error_in_a_turn_names_its_node() -> None:
    x, w = Value(40.0, "x"), Value(1.0, "w")
    node: Any = x
    for turn in range(9):
        node = node - w
        node.label = f"left{turn}"
        node = node.sqrt() * 3.0
    for row in ([1.1455], [1.05], [0.5]):
        messages = []
        for form in ("matrices", "scalars"):
            with pytest.raises(GradwalkError) as caught:
                compile(node, [x], [w], form=form).value_and_grad([row])
            messages.append(str(caught.value))
        assert messages[0] == messages[1]
        assert "left" in messages[0]


def test_what_a_turn_reads_of_another_is_told_apart() -> None:
    lines = ["h1 = tanh(x)  # (2, batch)"]
    for turn in range(1, 12):
        weights = "v" if turn != 6 else "w"  # the sixth turn breaks the loop
        lines += [f"z{turn} = {weights} * h{turn} + x[{2 * turn}:{2 * turn + 2}]  # (2, batch)"]
        lines.append(f"h{turn + 1} = tanh(z{turn})  # (2, batch)")
    loops = loops_of(Statements(["v = p[0]", "w = p[1]", *lines], ["p", "x"], {}))
    assert all(loop.end <= 13 or loop.start >= 13 for loop in loops)
    straight = loops_of(Statements(["v = p[0]", *[line.replace(" w ", " v ") for line in lines]], ["p", "x"], {}))
    assert [(loop.start, loop.period, loop.count) for loop in straight] == [(2, 2, 11)]
    assert sorted(straight[0].places.values()) == [(2, 2)]


def test_random_graphs_with_loops_agree_with_eager_and_fail_as_it_does() -> None:
    counts = main(6)
    assert not counts["WRONG"]
    assert counts["matrices: agree"] == 6
    assert counts["have loops"] > 2
    counts = main(4, 8, recipe=NetsRecipe)
    assert not counts["WRONG"]
    assert counts["ahead: agree with the lines"] == counts["loops: agree with the lines"] == 12


@pytest.mark.slow
def test_more_random_graphs_with_loops() -> None:
    counts = main(48, 1000)
    assert not counts["WRONG"]
    least = {"have loops": 24, "have several loops": 4, "add up behind a loop": 4}
    least["matrices: the error of the eager graph"] = 10
    assert all(counts[each] >= number for each, number in least.items()), counts
    counts = main(48, 1000, recipe=NetsRecipe)
    assert not counts["WRONG"]
    assert counts["have loops"] >= 24
    assert counts["have a state with other rows"] >= 2


@pytest.mark.longest
@pytest.mark.slow
def test_random_graphs_with_loops_agree_over_other_backends(monkeypatch: pytest.MonkeyPatch) -> None:
    require("jax")
    require("torch")
    monkeypatch.setattr(module, "WORTH_A_SCAN", 1)
    module._codes.clear()
    counts = main(6, 300, backends=["jax", "torch"])
    assert not counts["WRONG"]
    assert counts["jax: agree"] == counts["torch: agree"] == 6

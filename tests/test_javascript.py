"""JavaScript from the operation table: the engine's numbers, formats and errors, in Chromium and Node."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
from math import inf, isfinite, nextafter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from browser import CHROMIUM, QUIET
from strategies import ROWS, recipe

import engine
from engine import GradwalkError, Value, compile, define, nodes, where
from engine.printer import format_number
from engine.program.backends.javascript import NotInPages, recorded, script
from nn import Neuron, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

NODE = shutil.which("node")
PRINTER = Path(engine.__file__).with_name("printer.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=["node", "chromium"])
def run(request: pytest.FixtureRequest) -> Iterator[Callable[[str, object], Any]]:
    """Runs a script that ends with the value of `result`, which may be made of `given`."""
    whole = "(() => {{\n{0}\nconst given = {1};\nreturn JSON.stringify({2}); }})()"
    if request.param == "node":
        if not NODE:
            pytest.skip("needs node")

        def in_node(text: str, given: object, result: str) -> Any:
            source = f"console.log({whole.format(text, json.dumps(given), result)})"
            done = subprocess.run([NODE or "", "-"], input=source, capture_output=True, text=True, check=False)
            assert not done.stderr, done.stderr
            return json.loads(done.stdout)

        yield in_node
        return
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")
    if not CHROMIUM:
        pytest.skip("needs Chromium in the system")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        page = browser.new_page()
        yield lambda text, given, result: json.loads(page.evaluate(whole.format(text, json.dumps(given), result)))
        browser.close()


def odd_numbers(rng: Random, many: int) -> Iterator[float]:
    """Numbers of every size; short ones; halves, which are ties; and the neighbors of where a format changes."""
    yield from (0.0, -0.0, 5e-324, 1.7976931348623157e308, 0.1, 1 / 3, 1e16, 1e15, 123456789012345678.0, 2.5, 1.0625)
    for power in range(-8, 20):
        for each in (10.0**power, 9.9995 * 10.0**power, 9.999995 * 10.0**power):
            yield from (each, -each, nextafter(each, 0.0), nextafter(each, inf))
    for _ in range(many):
        yield struct.unpack("d", rng.randbytes(8))[0]
        yield rng.uniform(-10, 10) * 10.0 ** rng.randint(-6, 9)
        yield round(rng.uniform(-2000, 2000), rng.randint(0, 5))
        yield rng.randint(-200_000, 200_000) / 2 ** rng.randint(0, 20)
        yield (2 * rng.randrange(8, 80) + 1) / 16  # a tie of four digits
        yield (2 * rng.randrange(8000, 80000) + 1) / 16  # a tie of seven digits


def test_numbers_are_written_as_in_python(run: Any) -> None:
    numbers = [number for number in odd_numbers(Random(0), 5000) if isfinite(number)]
    assert len(numbers) > 20_000
    assert format_number(1.0625) == "1.062"  # half to even, unlike JavaScript's own
    for digits in (4, 6, 8):
        written = run(PRINTER, numbers, f"given.map(number => formatNumber(number, {digits}))")
        assert written == [format_number(number, digits) for number in numbers]
    assert run(PRINTER, numbers, "given.map(exactNumber)") == [repr(number) for number in numbers]
    special = ["Infinity", "-Infinity", "NaN"]
    for function, python in ("formatNumber", format_number), ("exactNumber", repr):
        written = run(PRINTER, special, f"given.map(text => {function}(Number(text)))")
        assert written == [python(float(text)) for text in special]


# The same numbers as the engine

RESULT = """given.moves.map(moves => recomputed(given.graph, RULES, moves))
    .map(({numbers, gradients, failure}) => ({numbers: [...numbers], gradients: [...gradients], failure}))"""


def both(
    run: Any, root: Value, moves: Iterable[Sequence[tuple[Value, float]]]
) -> Iterator[tuple[list[float], list[float], str, dict[str, Any]]]:
    """Yield what the engine and the page compute after each of the moves: numbers, gradients, the error."""
    order = nodes(root)
    at = {node: index for index, node in enumerate(order)}
    graph, rows = recorded(root)
    moves = [[(leaf, number) for leaf, number in move if leaf in at] for move in moves]
    before = [(node, node.data) for node in order if node.op is None]
    given = {"graph": graph, "moves": [[(at[leaf], number) for leaf, number in move] for move in moves]}
    for move, page in zip(moves, run(script(rows), given, RESULT)):
        for leaf, number in (*before, *move):
            leaf.data = number
        numbers, gradients, failure = by_engine(order)
        yield numbers, gradients, failure, page
    for leaf, number in before:
        leaf.data = number


def by_engine(order: list[Value]) -> tuple[list[float], list[float], str]:
    """Return what the engine computes for the numbers that the leaves hold: all numbers, all gradients, the error."""
    made: dict[Value, Value] = {}
    for node in order:
        if node.op is None:
            made[node] = Value(node.data, node.label)
            made[node].requires_grad = node.requires_grad
            continue
        try:
            made[node] = node.op.method(*(made[arg] for arg in node.args))
        except GradwalkError as error:
            return [], [], str(error)
        made[node].label = node.label
    try:
        made[order[-1]].backward()
    except GradwalkError as error:
        return [], [], str(error)
    copies = [made[node] for node in order]
    return [node.data for node in copies], [node.grad or 0.0 for node in copies], ""


def apart(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the largest difference of two lists, relative to 1 or to the number itself, whichever is larger."""
    assert len(ours) == len(theirs)
    return max(abs(a - b) / max(1.0, abs(a)) for a, b in zip(ours, theirs))


@pytest.mark.parametrize("seed", range(50))
def test_random_graphs_after_random_moves(run: Any, seed: int) -> None:
    rng = Random(seed)
    leaves, root = recipe(rng, leaves=4, steps=16).values()
    moves = []
    for _ in range(20):
        moved = rng.sample(leaves, rng.randint(1, 2))
        moves.append([(leaf, leaf.data + rng.uniform(-0.5, 0.5)) for leaf in moved])
    compared = 0
    for numbers, gradients, failure, page in both(run, root, moves):
        assert page["failure"] == failure
        if not failure:
            assert apart(numbers, page["numbers"]) < 1e-12
            assert apart(gradients, page["gradients"]) < 1e-12
            compared += 1
    assert compared >= 5


def test_every_row_at_many_points(run: Any) -> None:
    rng = Random(1)
    for op in ROWS.values():
        args = [Value(rng.uniform(domain.low, domain.high), letter) for domain, letter in zip(op.domain, op.letters)]
        root = op.method(*args)
        moves = [
            [(arg, rng.uniform(domain.low, domain.high)) for arg, domain in zip(args, op.domain)] for _ in range(40)
        ]
        for numbers, gradients, failure, page in both(run, root, moves):
            assert page["failure"] == failure
            assert apart(numbers or [0.0], page["numbers"] if numbers else [0.0]) < 4e-14, op.name
            assert apart(gradients or [0.0], page["gradients"] if numbers else [0.0]) < 4e-14, op.name


def test_erf_near_and_far(run: Any) -> None:
    points = [Random(2).uniform(-7, 7) for _ in range(500)] + [0.0, 1e-300, 1.9999999, 2.0, -2.0, 5.99999, 6.0, 40.0]
    x = Value(0.0, "x")
    for numbers, _, failure, page in both(run, x.erf(), [[(x, point)] for point in points]):
        assert not failure
        assert page["numbers"][-1] == pytest.approx(numbers[-1], rel=4e-15, abs=0.0)
        assert abs(page["numbers"][-1] - numbers[-1]) <= 2.3e-16  # 1 + erf(x) is small far down, and counts


def test_kinks_follow_the_rows(run: Any) -> None:
    x, y = Value(1.0, "x"), Value(2.0, "y")
    graphs = [
        x.relu(),
        x.leaky_relu(),
        x.elu(),
        abs(x),
        x.threshold() + x,
        x.maximum(y),
        x.minimum(y),
        x.clip(0.0, y),
    ]
    graphs += [where(x, x * y, y), x.maximum(0.0), (x * y).detach() + x, x**2 * x**0]
    moves = [[(x, a), (y, b)] for a in (-1.0, -0.0, 0.0, 1.0, 2.0) for b in (0.0, 1.0, 2.0)]
    for root in graphs:
        for numbers, gradients, failure, page in both(run, root, moves):
            assert (page["failure"], page["numbers"], page["gradients"]) == (failure, numbers, gradients)


def test_a_choice_asks_for_no_slope_of_what_it_left_out(run: Any) -> None:
    x = Value(1.0, "x")
    root = where(x, x.maximum(0.0).sqrt(), x * 2.0)
    for numbers, gradients, failure, page in both(run, root, [[(x, 4.0)], [(x, -1.0)], [(x, 0.0)]]):
        assert (page["failure"], page["numbers"], page["gradients"]) == ("", numbers, gradients)
        assert failure == ""


def extremes() -> Iterator[tuple[Value, list[list[tuple[Value, float]]]]]:
    """Graphs, each with moves to where something goes wrong."""
    x, y = Value(2.5, "x"), Value(2.0, "y")
    p = x - y
    p.label = "p"
    far = [0.0, -1.0, 2.0, 1e308, -1e308, 1e-308, 800.0, -800.0, 1e200]
    moves = [[(x, a), (y, b)] for a in far for b in far]
    yield p.log() * y, moves
    yield (x / y).tanh() + x, moves
    yield x**y, moves
    yield x.exp() * y.cosh() - y.sinh(), moves
    yield (x * y).sqrt(), moves
    yield (x * y + x).sin(), moves
    yield x.log1p() + y.log10() * x.expm1(), moves
    yield (x * y) * (y * x) * 0.5, moves
    yield (x * 1e2).exp2(), moves
    yield x * y * y, moves
    yield (x - y) ** -1.5, moves
    yield 2.0 / (x * x), moves
    yield where(x, y.sqrt(), y.abs().log()), moves


def test_extremes_say_what_is_wrong_as_the_engine_does(run: Any) -> None:
    failures: set[str] = set()
    for root, moves in [*extremes()]:
        for numbers, gradients, failure, page in both(run, root, moves):
            failures.add(page["failure"].partition(":")[0].partition("(")[0])
            if "An earlier step overflowed" in failure:  # the page says which
                assert "the result is too large for a float" in page["failure"]
            else:
                assert page["failure"] == failure
            if not failure:
                assert apart(numbers, page["numbers"]) < 1e-12
                assert apart(gradients, page["gradients"]) < 1e-12
    assert len(failures) > 10


def test_a_leaf_without_a_label_does_not_go_by_a_number_that_it_had(run: Any) -> None:
    x = Value(0.75)
    ((*_, page),) = both(run, (x - 0.25).log() * 2.0, [[(x, -1.0)]])
    assert page["failure"].startswith("log(-1.25): v1 - 0.25 must be positive, at log(v1 - 0.25).")


def test_a_graph_with_an_infinite_number_in_it(run: Any) -> None:
    x, low = Value(1.0, "x"), Value(-inf, "low")
    low.requires_grad = False
    for root in (x.maximum(low), x + low, x * low, low.exp() * x, x**low):
        for numbers, gradients, failure, page in both(run, root, [[(x, at)] for at in (2.0, 0.0, -3.0, 1.0, -1.0)]):
            assert page["failure"] == failure
            if not failure and all(map(isfinite, numbers)):
                assert (numbers, gradients) == (page["numbers"], page["gradients"])


# Operations that a user defined


def test_defined_operations(run: Any) -> None:
    define("twice", "2 * x", ("2",))
    bump = define(
        "bump",
        "twice(this) * exp(-this * this) / (1 + exp(this))",
        "(twice(1) - 4 * this * this) * exp(-this * this) / (1 + exp(this)) - z * sigmoid(this)",
        arguments=("this",),
    )
    var = define("var", "max(a, 0) + t * clip(a, 0, 1)", ("(a > 0) * 1.0 + t", "clip(a, 0, 1)"), arguments=("a", "t"))
    a, b = Value(0.3, "a"), Value(0.7, "b")
    root = bump(a * b) + var(b, a)
    define("twice", "3 * x", ("3",))  # bump goes on with the old one
    root = root + Value.twice(a)  # type: ignore[attr-defined]
    moves = [[(a, x), (b, y)] for x in (-1.0, 0.25, 2.0) for y in (-0.5, 0.0, 3.0)]
    for numbers, gradients, failure, page in both(run, root, moves):
        assert page["failure"] == failure == ""
        assert apart(numbers, page["numbers"]) < 1e-13
        assert apart(gradients, page["gradients"]) < 1e-13


def test_a_defined_operation_stops_where_python_does(run: Any) -> None:
    soft = define("soft", "1 / (1 + exp(x))", ("-z * (1 - z)",))
    x = Value(1.0, "x")
    for _, _, failure, page in both(run, soft(x), [[(x, 800.0)], [(x, -800.0)]]):
        assert page["failure"] == failure
    assert page["failure"] == ""


def test_an_operation_of_a_python_function_is_refused() -> None:
    gamma = define("gamma", lambda x: x + 1.0, "1")
    outer = define("outer", "gamma(x) * 2", "2")
    for function in (gamma, outer):
        _, rows = recorded(function(Value(1.0, "x")) * 2.0)
        with pytest.raises(NotInPages, match=r"gamma.*Python function.*define"):
            script(rows)


def test_it_is_no_backend_to_train_on() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    for name in ("javascript", "js"):
        with pytest.raises(GradwalkError, match=r"page.*walk.*'numpy'"):
            fit(Neuron(1, rng=0), [[1.0]], [1.0], backend=name, epochs=1)
        with pytest.raises(GradwalkError, match=r"page.*walk.*'numpy'"):
            compile(w * x, [x], [w]).on(name)


def test_nothing_in_it_runs_text_or_asks_anyone() -> None:
    text = script([*ROWS.values()])
    assert not re.search(r"\beval\b|\bFunction\b|fetch|XMLHttp|import\b|setTimeout|https?:", text)

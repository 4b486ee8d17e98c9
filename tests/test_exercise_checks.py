"""What the checks of the first exercises ask and hold for true, beside the engine and by counting all cases."""

from __future__ import annotations

import re
from itertools import permutations, product
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from demos.exercises import report, verdict
from demos.exercises.course import COURSE, Exercise, exercise
from demos.exercises.ex_nudge.check import GOOD
from demos.exercises.ex_order.ask import Node, known
from demos.exercises.ex_order.check import CHAIN, DIAMOND, DOUBLE, FIRST, LAST, MIXED, SKIP, list_problems
from demos.exercises.graph_text import GraphText
from demos.exercises.inside.graphs import Ruled, backward
from engine.terminal import TextStyle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine import Value

SEEDS = range(5)
GRADIENTS = [
    "by_hand",
    "predict",
    "local_derivatives",
    "reuse",
    "functions",
    "relu",
]  # those whose probes name nodes and have a graph
UNTYPED = ["gradcheck", "descent", "sanity"]  # their inputs are results of formulas
RULES: dict[str, Callable[..., Any]] = {
    "add": lambda x, y, upstream: (upstream, upstream),
    "mul": lambda x, y, upstream: (upstream * y, upstream * x),
    "relu": lambda x, upstream: upstream * (x > 0),
}


def by_label(root: Value) -> dict[str, Value]:
    return {root.label: root} | {name: node for arg in root.args for name, node in by_label(arg).items()}


@pytest.mark.parametrize("name", GRADIENTS)
def test_the_truth_by_nudges_is_what_the_engine_finds(name: str) -> None:
    compared = 0
    for seed in SEEDS:
        for probe in exercise(name).check.probes(Random(seed)):
            truth = {
                key.removesuffix(".grad"): slope for key, slope in probe.expect().items() if key.endswith(".grad")
            }
            if truth:
                root = probe.graph()
                root.backward()
                nodes = by_label(root)
                found = {key: nodes[key].grad for key in truth}
                assert found == pytest.approx(truth, rel=1e-6, abs=1e-6), probe.input
                compared += len(truth)
    assert compared >= 6 * len(SEEDS)


@pytest.mark.parametrize("name", ["local_derivatives", "reuse", "functions", "relu"])
def test_some_inner_node_is_used_twice(name: str) -> None:
    for seed in SEEDS:
        graphs = [probe.graph() for probe in exercise(name).check.probes(Random(seed))]
        uses: dict[Value, int] = {}
        for node in {node for root in graphs for node in by_label(root).values()}:
            for arg in node.args:
                uses[arg] = uses.get(arg, 0) + 1
        assert any(count > 1 and node.args for node, count in uses.items())


@pytest.mark.parametrize("each", [each for each in COURSE if each.name not in UNTYPED], ids=lambda each: each.name)
def test_an_input_is_short_enough_to_be_typed(each: Exercise) -> None:
    for seed in SEEDS:
        for probe in each.check.probes(Random(seed)):
            if not probe.beyond:  # what is beyond is told only if all that can be typed is right
                assert all(len(decimals) <= 2 for decimals in re.findall(r"\.(\d+)", probe.input)), probe.input


@pytest.mark.parametrize(
    ("h", "verdict"),
    [(1.0, "too large"), (0.01, "too large"), (1e-3, GOOD), (1e-6, GOOD), (1e-10, GOOD), (1e-12, "too small")],
)
def test_a_step_is_good_between_two_ends(h: float, verdict: str) -> None:
    answers = SimpleNamespace(slope=lambda f, x, h=h: (f(x + h) - f(x - h)) / (2 * h))
    for seed in SEEDS:
        probe = exercise("nudge").check.probes(Random(seed))[5]
        assert probe.reading(probe.observe(answers)) == {"your default for h": verdict}


def test_a_given_step_is_to_be_used() -> None:
    """By any formula: with one nudge of h to each side, or of half of it, or of two more."""
    formulas = [
        lambda f, x, h=1e-5: (f(x + h) - f(x - h)) / (2 * h),
        lambda f, x, h=1e-5: (f(x + h / 2) - f(x - h / 2)) / h,
        lambda f, x, h=1e-5: (8 * (f(x + h) - f(x - h)) - f(x + 2 * h) + f(x - 2 * h)) / (12 * h),
    ]
    for seed in SEEDS:
        probe = exercise("nudge").check.probes(Random(seed))[4]
        for each in formulas:
            assert probe.reading(probe.observe(SimpleNamespace(slope=each))) == probe.expect()
        own = SimpleNamespace(slope=lambda f, x, h=1e-5: formulas[0](f, x))
        assert probe.reading(probe.observe(own)) != probe.expect()


def test_what_is_still_dots_is_a_todo_and_the_rest_is_judged() -> None:
    source = 'gradients = {"L": 1.0, "e": -6.0, "d": ..., "c": -6.0, "b": ..., "a": ...}'
    found = verdict.judge_here(
        exercise("predict"), SimpleNamespace(gradients=eval(source.partition("= ")[2])), source
    )
    assert found.state == "begun"
    text = " ".join(report.report(found, TextStyle()).split())
    assert text.endswith("right at 2 of 5 inputs so far, and a TODO is left.")  # and no answer is given away


def test_a_recipe_asks_an_answers_rules() -> None:
    recipe = GraphText({"a": 2.0, "b": -3.0}, ("p = a * b", "q = p + b", "r = q * p", "s = r.relu()", "L = s * a"))
    assert backward(**recipe.data, make=lambda data: Ruled(data, RULES)) == pytest.approx(recipe.gradients())
    wrong = {**RULES, "mul": lambda x, y, upstream: (upstream * x, upstream * y)}
    assert backward(**recipe.data, make=lambda data: Ruled(data, wrong)) != pytest.approx(recipe.gradients(), rel=0.1)


# Three searches that list the root first.


def depth_first(root: Node) -> list[Node]:
    found: list[Node] = []

    def visit(node: Node) -> None:
        if node not in found:
            found.append(node)
            for arg in node.args:
                visit(arg)

    visit(root)
    return found


def with_a_stack(root: Node) -> list[Node]:
    found, stack = [], [root]
    while stack:
        node = stack.pop()
        if node not in found:
            found.append(node)
            stack += node.args
    return found


def by_levels(root: Node) -> list[Node]:
    found = [root]
    for node in found:
        found += [arg for arg in dict.fromkeys(node.args) if arg not in found]
    return found


@pytest.mark.parametrize(
    ("search", "graph", "order"),
    [
        *[(search, CHAIN, LAST) for search in (depth_first, with_a_stack, by_levels)],
        *[(search, graph, MIXED) for search in (depth_first, with_a_stack) for graph in (DIAMOND, SKIP, DOUBLE)],
        *[(by_levels, DIAMOND, LAST), (by_levels, SKIP, MIXED), (by_levels, DOUBLE, MIXED)],
    ],
)
def test_what_a_search_makes_of_a_graph_does_not_hang_on_the_order_of_arguments(
    search: Callable[[Node], list[Node]], graph: Mapping[str, str], order: str
) -> None:
    for way in product(*(permutations(args) for args in graph.values())):
        nodes: dict[str, Node] = {}
        for name, args in zip(graph, way):
            nodes[name] = Node(name, [nodes[arg] for arg in args])
        places = {name: place for place, name in enumerate(graph)}
        args = [[places[arg] for arg in each] for each in way]
        found = [known(each, [*nodes.values()]) for each in search([*nodes.values()][-1])]
        assert list_problems(found, [*graph], args)["order"] == order
        if order == LAST:
            assert list_problems(found[::-1], [*graph], args)["order"] == FIRST


def test_a_list_is_looked_through_for_all_that_can_be_wrong() -> None:
    a, b = Node("a"), Node("b")
    nodes = [a, b, Node("c", (a, b))]

    def judged(*found: Any) -> dict[str, Any]:
        return list_problems([known(each, nodes) for each in found], "abc", [[], [], [0, 1]])

    assert judged(b, a, nodes[2]) == {
        "not a node": "none",
        "missing": "none",
        "more than once": "none",
        "order": FIRST,
    }
    assert judged(nodes[2], a, "a", a, Node("d")) == {
        "not a node": "'a', d of another graph", "missing": "b", "more than once": "a", "order": LAST,
    }  # fmt: skip

"""The names that nodes go by, their expressions, and labels from variables."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, strategies as st
from strategies import Recipe, recipes

from engine import OPS, Value, constant, label_all
from engine.graph import nodes, operations
from engine.printer import expression, format_number, name_of, names, spelled, written_alike
from engine.rules import VALUES


def named(*roots: Value) -> list[str]:
    return list(names(nodes(*roots)).values())


def test_labels_numbers_and_counts() -> None:
    a, b = Value(2.0, "a"), Value(-3.0)
    assert named(a * b + 0.5) == ["a", "v1", "v2", "0.5", "v3"]
    assert named((a * b - 1e6) / a) == ["a", "v1", "v2", "1000000.0", "v3", "v4"]


def test_a_label_used_twice_gets_a_count_and_none_is_taken_away() -> None:
    first, second, third = Value(1.0, "a"), Value(1.0, "a"), Value(1.0, "a")
    assert named(first, second, third) == ["a", "a_2", "a_3"]
    assert named(first, Value(1.0, "a_2"), second, third) == ["a", "a_2", "a_3", "a_4"]
    assert named(Value(1.0), Value(1.0, "v"), Value(1.0, "v1"), Value(1.0)) == ["v2", "v", "v1", "v3"]
    assert named(Value(1.0, "v"), Value(1.0, "v"), Value(1.0)) == ["v", "v_2", "v1"]


@given(st.lists(st.sampled_from(["", "", "a", "b", "v", "v1", "v2", "a_2", "a_3", "v_2", "1.0", "é", "_"])))
def test_names_are_unique_and_true_to_labels(labels: list[str]) -> None:
    order = [Value(1.0, label) for label in labels]
    found = names(order)
    assert len(set(found.values())) == len(order)
    for label in set(labels) - {""}:
        first = next(node for node in order if node.label == label)
        assert found[first] == label
    assert found == names(order)


def test_many_nodes_of_one_label_are_quickly_named() -> None:
    order = [Value(1.0, "w") for _ in range(20_000)]
    assert list(names(order).values())[-1] == "w_20000"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"), (-0.0, "0.0"), (6.0, "6.0"), (-3.0, "-3.0"), (0.1, "0.1"), (1 / 3, "0.3333"), (2e-9, "2e-09"),
        (12345678.0, "1.234568e+07"),
        (100000.0, "100000.0"), (1234.5678, "1234.568"),
        (-2.9999999997, "-3.0"), (1234.0, "1234.0"), (math.inf, "inf"), (-math.inf, "-inf"),
        (math.nan, "nan"), (3, "3.0"),
    ],
)  # fmt: skip
def test_numbers_are_short_and_never_look_like_integers(value: float, text: str) -> None:
    assert format_number(value) == text


def test_more_digits_on_request() -> None:
    assert format_number(math.pi, 6) == "3.14159"


# Expressions.


def test_expressions_read_as_a_person_writes_them() -> None:
    a, b, c = (Value(number, label) for number, label in zip((2.0, 3.0, 5.0), "abc"))
    for node, text in (
        ((a + b) * c, "(a + b) * c"),
        (a * b + c, "(a * b) + c"),
        (a - (b - c), "a - (b - c)"),
        (-a, "-a"),
        (a.neg().neg(), "-(-a)"),
        (-(a * b), "-(a * b)"),
        (a**-1, "a ** (-1.0)"),
        ((-a) ** 2, "(-a) ** 2.0"),
        (-(a**2), "-(a ** 2.0)"),
        (2 / a, "2.0 / a"),
        ((a + b).tanh(), "tanh(a + b)"),
        (a.maximum(b - 1), "maximum(a, b - 1.0)"),
        (abs(a - b), "abs(a - b)"),
        (Value(7.5) * a, "7.5 * a"),
        (Value(-7.5) * a, "(-7.5) * a"),
    ):
        assert expression(node) == text
    assert expression(a) == "a"
    assert expression(Value(7.0)) == "7.0"


def test_a_label_ends_the_spelling() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    d = a * b
    d.label = "d"
    assert expression(d + a) == "d + a"
    assert expression(d) == "a * b"


def test_depth_and_given_names() -> None:
    a = Value(2.0, "a")
    node = ((a + 1) * 2).exp()
    assert expression(node, depth=9) == "exp((a + 1.0) * 2.0)"
    assert expression(node, depth=2) == "exp(3.0 * 2.0)"
    assert expression(node, depth=1) == "exp(6.0)"
    known = names(nodes(node))
    assert expression(node, known) == "exp(v2)"
    assert [expression(each, known) for each in known if each.op] == ["a + 1.0", "v1 * 2.0", "exp(v2)"]
    assert name_of(node, known) == "v3"
    assert name_of(node) == format_number(node.data)
    assert spelled(OPS["add"], [a, constant(-1.0)]) == "a + (-1.0)"


@given(recipes(leaves=3, steps=5))
def test_an_expression_says_what_the_node_is(made: Recipe) -> None:
    """Evaluated, the text gives the node's number to the last bit, out of its arguments or out of the leaves."""
    _, root = made.values()
    known = {node: f"n{index}" for index, node in enumerate(nodes(root))}
    numbers = {name: node.data for node, name in known.items()}
    for node in operations(root):
        assert eval(expression(node, known), VALUES, numbers) == node.data
    for leaf in set(known) - set(operations(root)):
        leaf.label = known[leaf]
    assert eval(expression(root, depth=1000), VALUES, numbers) == root.data


def test_constants() -> None:
    x = Value(1.0)
    assert not (x * 2).args[1].requires_grad
    assert x.requires_grad
    assert (x * 2).requires_grad


# Labels from variables.


def test_label_all_names_variables_lists_and_dicts() -> None:
    a, b, loss = Value(1.0), Value(2.0, "kept"), Value(3.0)
    w, grid, parts = [Value(0.0), a], [[Value(1.0)], (Value(2.0),)], {"bias": Value(4.0), 3: [Value(5.0)]}
    label_all({"a": a, "b": b, "w": w, "grid": grid, "p": parts, "loss": loss, "again": loss, "n": 3, "s": "text"})
    assert [a.label, b.label, loss.label] == ["a", "kept", "loss"]
    assert [each.label for each in w] == ["w[0]", "a"]
    assert [grid[0][0].label, grid[1][0].label] == ["grid[0][0]", "grid[1][0]"]
    assert [parts["bias"].label, parts[3][0].label] == ["p['bias']", "p[3][0]"]  # type: ignore[attr-defined, index]


def test_label_all_leaves_private_and_notebook_names_alone() -> None:
    x, y = Value(1.0), Value(2.0)
    label_all({"_": x, "_1": x, "__": [x], "In": [x], "Out": {1: x}, "y": y})
    assert (x.label, y.label) == ("", "y")


def test_label_all_of_this_very_function() -> None:
    slope = Value(2.0)
    line = slope * 3 + 1
    label_all(locals())
    assert (slope.label, line.label) == ("slope", "line")
    assert expression(line) == "(slope * 3.0) + 1.0"


def test_label_all_survives_things_that_hold_themselves() -> None:
    ring: list[Any] = [Value(1.0)]
    ring.append(ring)
    namespace: dict[str, Any] = {"ring": ring}
    namespace["all"] = namespace
    label_all(namespace)
    assert ring[0].label == "ring[0]"


@pytest.mark.parametrize("number", [1234567.8, 1 / 3, 1234.5678, 6.0, 2e-9, -45.678, 99999.7])
def test_numbers_that_are_written_alike_are_those_up_to_its_ends(number: float) -> None:
    low, high = written_alike(number)
    text, reach = format_number(number), (high - low) / 2
    inside = [low + part * (high - low) for part in (0.001, 0.25, 0.5, 0.75, 0.999)]
    assert {format_number(each) for each in inside} == {text}
    assert low <= number <= high
    assert format_number(low - 0.01 * reach) != text
    assert format_number(high + 0.01 * reach) != text

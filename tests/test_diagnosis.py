"""diagnose: each thing that commonly goes wrong is found, named, and told from what is fine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from ids import shown

from engine import Value, diagnose

if TYPE_CHECKING:
    from collections.abc import Callable


def kinds(*args) -> list[str]:
    return [finding.kind for finding in diagnose(*args)]


def test_a_healthy_graph_has_no_findings() -> None:
    a, b = Value(0.5, "a"), Value(-1.0, "b")
    assert len(diagnose((a * b).tanh(), [a, b])) == 0
    first, *rest = str(diagnose(a)).splitlines()
    assert first == "Nothing wrong found."
    assert "Not looked at: " in rest[-1]


def test_the_first_non_finite_node_is_named_and_only_it() -> None:
    a = Value(1e200, "a")
    b = a * a
    (finding,) = [each for each in diagnose(b + b - b) if each.kind == "not finite"]
    assert finding.node is b
    assert finding.sentence == "The first number that is not finite is inf, at v1 = a * a, from a = 1e+200."
    infinite = Value(math.inf, "c")
    assert "at the leaf c." in str(diagnose(infinite * 2))


def test_leaves_that_the_root_does_not_depend_on() -> None:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    assert [(each.kind, each.node) for each in diagnose(a * 3, [a, b])] == [("not reached", b)]


def test_leaves_that_changed_since_the_forward_pass() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    loss = a * b + 1
    a.data = 5.0
    (finding,) = diagnose(loss)
    assert finding.kind == "changed"
    assert finding.sentence.startswith(
        "a or b changed since the forward pass, or v1 = a * b did: it holds 6.0, and would now be 15.0."
    )
    b.data, a.data = -1.0, 2.0
    assert kinds((a - 3).log() if a.data > 3 else a.exp()) == []


@pytest.mark.parametrize(
    "operation",
    [
        lambda a, b: b.tanh(),
        lambda a, b: b * 3.0,
        lambda a, b: 3.0 - b,
        lambda a, b: a * b,
        lambda a, b: b * a,
        lambda a, b: a.exp() * b,
        lambda a, b: b / a.exp(),
        lambda a, b: b + b,
    ],
    ids=shown,
)
def test_a_change_is_found_wherever_the_leaf_stands(operation: Callable[[Value, Value], Value]) -> None:
    a, b = Value(0.5, "a"), Value(0.25, "b")
    loss = (a.tanh() * 2.0 + 1.0) * operation(a, b)  # operations with nothing that can have changed come first
    assert kinds(loss) == []
    b.data = 0.75
    assert kinds(loss) == ["changed"]
    assert "b" in str(diagnose(loss)).partition(" changed")[0]


def test_leaves_are_counted_in_good_english() -> None:
    for count, words in {1: "to w0: the", 2: " and 1 more leaf: the", 3: " and 2 more leaves: the"}.items():
        total = sum(Value(0.5, f"w{index}") for index in range(count))
        for _ in range(60):
            total = total.sigmoid()
        (finding,) = diagnose(total + Value(1.0, "strong"))
        assert finding.kind == "vanishing"
        assert words in finding.sentence


def test_a_change_that_leaves_the_domain_is_still_a_change() -> None:
    p = Value(0.5, "p")
    loss = p.log()
    p.data = -0.5
    assert kinds(loss)[0] == "changed"


def test_where_the_gradient_dies() -> None:
    x, w = Value(-2.0, "x"), Value(3.0, "w")
    assert kinds((x * w).relu()) == ["gate closed"]
    assert kinds((w * 10).tanh()) == ["saturated"]
    assert kinds((w * -20).sigmoid()) == ["saturated"]
    assert kinds(w * Value(0.0, "zero")) == ["times zero"]
    assert "w is multiplied by 0.0" in str(diagnose(w * Value(0.0, "zero")))


def test_a_death_upstream_hides_what_is_below_it() -> None:
    w = Value(3.0, "w")
    assert kinds(((w * 10).tanh() * 0.0).relu()) == ["gate closed"]


def test_constants_are_not_expected_to_learn() -> None:
    w = Value(2.0, "w")
    assert kinds(w * 1.0 + (w.data * 0 - 5.0)) == []


def test_many_findings_of_a_kind_are_counted() -> None:
    w = [Value(-1.0 - i, f"w{i}") for i in range(9)]
    text = str(diagnose(sum(each.relu() for each in w)))
    assert text.count("No gradient reaches") == 5
    assert "\n... and 4 more of this kind.\n" in text


def test_diagnose_changes_nothing() -> None:
    a = Value(2.0, "a")
    root = (a * a).relu()
    root.backward()
    before = (a.grad, root.grad, root.data)
    diagnose(root, [a])
    assert (a.grad, root.grad, root.data) == before

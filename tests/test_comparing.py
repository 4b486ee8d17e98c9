"""A wrong function is compared with right ones: changes that lead toward them, and which way a change leads."""

from __future__ import annotations

import ast
from dataclasses import replace
from textwrap import dedent, indent
from types import SimpleNamespace

import pytest

from demos.exercises import judge
from demos.exercises.course import COURSE, exercise
from demos.exercises.diagnosis import comparing
from demos.exercises.diagnosis.comparing import Candidate, candidates, leads_toward, right_functions
from demos.exercises.diagnosis.ladder import Ladder
from demos.exercises.diagnosis.search import Search, search
from demos.exercises.inside import edits


def function(text: str) -> edits.Function:
    (found,) = edits.functions(edits.program(dedent(text))).values()
    return found


def toward(wrong: str, right: str) -> list[Candidate]:
    return candidates(function(wrong), [function(right)], "f")


# A wrong function, a right one, what makes the wrong one right, and the kind of that change.
CHANGES = [
    ("def f(a):\n    u = a + 1\n    return u", "def f(a):\n    v = a * 3\n    return v", "u = a * 3", "computed"),
    ("def f(a):\n    return [a[0], 1]", "def f(a):\n    return [a[1], 1]", "return [a[1], 1]", "index"),
    ("def f(a, b):\n    return g(a, b) + b", "def f(a, b):\n    return g(b, a) + b", "return g(b, a) + b", "swapped"),
    (
        "def f(a, b):\n    return a * b + 1",
        "def f(a, b):\n    return a * (b + 1)",
        "return a * (b + 1)",
        "parentheses",
    ),
    ("def f(a):\n    s = 0\n    return s", "def f(x):\n    t = 0\n    t += x\n    return t", "s += a", "line"),
    ("def f(a):\n    a = 5\n    return a", "def f(a):\n    return a", "def f(a):\n    return a", "less line"),
    ("def f(a):\n    return a.x(1)", "def f(a):\n    return a.x(1).data", "return a.x(1).data", "data"),
    (
        "def f(a):\n    return sum(k for k in a)",
        "def f(a):\n    return sum(i * i for i in a)",
        "return sum((k * k for k in a))",
        "factor",
    ),
]


@pytest.mark.parametrize(("wrong", "right", "wanted", "kind"), CHANGES)
def test_a_change_leads_to_the_right_function_under_the_students_names(
    wrong: str, right: str, wanted: str, kind: str
) -> None:
    found = [each for each in toward(wrong, right) if wanted in each.text]
    assert kind in [each.edit.kind for each in found]


def test_candidates_are_whole_functions_the_smallest_first_and_none_is_the_whole_right_one() -> None:
    wrong = "def f(a, b):\n    u = a * b\n    w = u - b\n    return w * 2"
    right = "def f(a, b):\n    p = a + b\n    q = p / a\n    return -q ** 3"
    found = toward(wrong, right)
    assert found
    for each in found:
        ast.parse(each.text)
        assert each.text not in (ast.unparse(function(right)), ast.unparse(function(wrong)))
    costs = [each.edit.cost for each in found]
    assert costs == sorted(costs)
    assert max(costs) <= comparing.MOST_COST


def test_a_name_that_the_student_does_not_have_is_written_out() -> None:
    wrong = "def f(a):\n    total = sum(a)\n    return total"
    right = "def f(a):\n    size = len(a) + 1\n    total = sum(a) / size\n    return total"
    assert any("sum(a) / (len(a) + 1)" in each.text for each in toward(wrong, right))
    assert not any("size" in each.text and "size =" not in each.text for each in toward(wrong, right))


def test_a_function_of_each_right_answer_is_compared_and_its_own_one_line_functions_are_written_out() -> None:
    found = [ast.unparse(each) for each in right_functions(exercise("gpt"), "attention")]
    assert any("dot(query, key)" in text for text in found)
    assert any("sum((a * b for a, b in zip(query, key)))" in text for text in found)
    assert not right_functions(exercise("gpt"), "unknown")


@pytest.mark.parametrize(
    ("new", "adds", "toward_it"),
    [
        ("return a * b", True, True),  # a factor that the right one has
        ("return a * 2", True, False),
        ("return a / b", True, False),
        ("return a[::-1]", False, False),
        ("return a", False, True),  # nothing has changed
    ],
)
def test_which_way_a_change_leads(new: str, adds: bool, toward_it: bool) -> None:
    old, right = function("def f(a, b):\n    return a"), function("def f(a, b):\n    return b * a")
    changed = function(f"def f(a, b):\n{indent(new, '    ')}")
    assert leads_toward(old, changed, [right], adds) is toward_it


def test_right_answers_have_changes_toward_each_other_and_each_is_a_program() -> None:
    for each in COURSE:
        own = edits.functions(edits.program(each.solution))
        for name in list(own)[:2]:
            for found in candidates(own[name], right_functions(each, name), name)[:10]:
                assert [*edits.functions(ast.parse(found.text))] == [name.rpartition(".")[2]]
                assert edits.sentence(found.edit)


# The search


def searched(which: str, *pairs: tuple[str, str], seconds: float = 6.0) -> tuple[Search, list[str]]:
    each = exercise(which)
    source = each.solution
    for right, wrong in pairs:
        assert right in source
        source = source.replace(right, wrong)
    space: dict[str, object] = {"__name__": "answer"}
    exec(compile(source, "answer.py", "exec"), space)
    readings = judge.observe_here(SimpleNamespace(**space), judge.probes_for(each, source))
    return search(each, source, readings, seconds), source.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("which", "right", "wrong"),
    [
        ("functions", "Value(z, [(self, z)])", "Value(z)"),
        ("gpt", "[dot(shares, column) for column in columns]", "[shares[t] * v for v in values[t]]"),
    ],
)
def test_a_line_that_no_edit_of_the_table_mends_is_found(which: str, right: str, wrong: str) -> None:
    found, lines = searched(which, (right, wrong))
    (fault,) = found.faults
    assert any(wrong in lines[line - 1] for line in fault.repairs[0].lines)
    assert not fault.repairs[0].doubted


@pytest.mark.slow
def test_a_repair_that_leads_away_is_a_question() -> None:
    found, _ = searched("by_hand", ("to_u = 2 *", "to_u = 3 *"))
    (fault,) = found.faults
    assert [each.rank for each in fault.repairs] == sorted(each.rank for each in fault.repairs)
    best = fault.repairs[0]._replace(doubted=True)
    found.faults = [replace(fault, repairs=(best,))]
    rows = dict(Ladder(found).rows(3))
    assert "what" not in rows
    assert "Is it there?" in rows[f"line {best.lines[0]}"]
    assert rows["write"].startswith("One way")


def test_an_argument_that_is_not_used_is_told() -> None:
    pairs = [("dot(query, key)", "dot(query, query)"), ("for key in keys[: t + 1]", "for _ in range(t + 1)")]
    found, _ = searched("gpt", *pairs, seconds=0.5)
    (fault,) = found.faults
    assert fault.unused == ("keys",)
    found.faults = [replace(fault, repairs=())]
    assert any("keys is never used" in text for _, text in Ladder(found).rows())

"""The checker that finds the line: edits of a tree, the search for one that makes an answer right, the ladder."""

from __future__ import annotations

import ast
import shutil
import time
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import prepare_mistakes
import pytest

from demos.exercises import generated, judge, sandbox, verdict
from demos.exercises.asking import ABOUT_EDITS, ABOUT_FACTS
from demos.exercises.class_summary import kind_of
from demos.exercises.course import COURSE, Exercise, exercise
from demos.exercises.diagnosis.facts import Fact, facts
from demos.exercises.diagnosis.ladder import RUNGS, Ladder
from demos.exercises.diagnosis.search import Fault, Search, search
from demos.exercises.folder import Folder
from demos.exercises.help_commands import hint_parts
from demos.exercises.inside import edits, trials as programs
from demos.exercises.known import wrong_answers
from demos.exercises.report import all_rows, one_line, report
from demos.exercises.sandbox import Job, trials
from demos.exercises.submissions import Grade
from engine.terminal import TextStyle

if TYPE_CHECKING:
    from collections.abc import Sequence

EMPTY = ast.parse("")


def listed(source: str) -> list[edits.Edit]:
    return edits.edits(edits.program(dedent(source)), EMPTY)


# Edits


def test_each_edit_is_taken_back_and_the_list_is_always_the_same() -> None:
    kinds = set()
    for each in COURSE:
        tree, template = edits.program(each.solution), edits.program(each.template)
        before, every = ast.dump(tree), edits.edits(tree, template)
        again = edits.edits(edits.program(each.solution), template)
        assert [edits.sentence(edit) for edit in every] == [edits.sentence(edit) for edit in again]
        assert [edit.cost for edit in every] == sorted(edit.cost for edit in every)
        for edit in every[:: max(1, len(every) // 150)]:
            back = edit.apply()
            compile(tree, "edited", "exec")
            edits.take_back(back)
            assert ast.dump(tree) == before, edits.sentence(edit)
        kinds |= {edit.kind for edit in every}
    assert kinds <= edits.KINDS.keys()
    assert {*edits.KINDS} - kinds == {"computed"}, (
        "rows that no edit of a solution is of"
    )  # see diagnosis/comparing.py
    assert all(kind.undone_by in edits.KINDS for kind in edits.KINDS.values())


# A sum of each row, which begins anew.
SUMS = "c = 0\n    for b in a:\n        "
SUM = "        for i in b:\n            c = c + i\n        print(c)"
UNDONE = [
    ("return a - b", "swapped", "return b - a"),
    ("return a + b", "operator", "return a * b"),
    ("return (a - b) / (2 * c)", "parentheses", "return a - b / (2 * c)"),
    ("return (a - b) / (2 * c)", "parentheses", "return (a - b) / 2 * c"),
    ("return a * b ** (c - 1)", "parentheses", "return a * b ** c - 1"),
    ("return a * b", "factor", "return a"),
    ("return a", "less factor", "return a * b"),
    ("return a, b", "swapped", "return b, a"),
    ("return a * c, b * c", "factor", "return a, b"),
    ("a.grad += b\n    return a", "assignment", "a.grad = b\n    return a"),
    ("a -= b * c\n    return a", "sign", "a += b * c\n    return a"),
    ("return -a", "sign", "return a"),
    ("return a > b", "comparison", "return a >= b"),
    ("return range(a)", "by one", "return range(a - 1)"),
    ("return b[0]", "index", "return b"),
    ("return a[:b + 1]", "by one", "return a[:b]"),
    ("return a.data + b.data", "data", "return a.data + b"),
    ("return a * b", "less data", "return a.data * b"),
    ("return a.grad * b", "attribute", "return a.data * b"),
    ("return a", "less call", "return abs(a)"),
    ("return max(a, b)", "function", "return min(a, b)"),
    ("c = a()\n    b()\n    return c", "order", "b()\n    c = a()\n    return c"),
    ("for c in a:\n        c.grad = 0.0\n    b()", "line", "b()"),
    ("return a", "return", "print(a)"),
    ("return a if b else c", "condition", "return c if b else a"),
    ("return a", "less call", "return round(a, 3)"),
    ("return a", "less call", "return max(a, b)"),
    ("raise ValueError(a)", "return", "return ValueError(a)"),
    ("return a", "less attribute", "return a.name"),
    ("c = b\n    return c", "less line", "a = 0.1\n    c = b\n    return c"),
    ("return sum((i * c for i in a)) + b", "inside", "return sum((i * c + b for i in a))"),
    ("return sum((i * c + b for i in a))", "inside", "return sum((i * c for i in a)) + b"),
    ("a.data -= b * a.grad\n    return a", "attribute", "a.grad -= b * a.data\n    return a"),
    ("return abs(a - b) > c * abs(b)", "factor", "return abs(a - b) > c"),
    ("return define('x * y')", "operator", "return define('x + y')"),
    ("return define('x + x * x')", "name", "return define('z + x * z')"),
    ("a.grad = b.grad = 0.0\n    return a.grad + b.grad", "line", "return a.grad + b.grad"),
    (f"{SUMS}c = 0\n{SUM}", "line", f"{SUMS}{SUM.lstrip()}"),
]


@pytest.mark.parametrize(("right", "kind", "wrong"), UNDONE)
def test_an_edit_leads_from_a_mistake_to_what_is_right(right: str, kind: str, wrong: str) -> None:
    """A missing loop that clears gradients is sought only where a loop over the parameters shows what they are."""
    loop = "\n    for c in a:\n        c.data -= c.grad" if kind == "line" else ""
    wanted, tree = (edits.program(f"def f(a, b, c):\n    {body}{loop}") for body in (right, wrong))
    kinds = []
    for edit in edits.edits(tree, EMPTY):
        back = edit.apply()
        if ast.unparse(tree) == ast.unparse(wanted):
            kinds.append(edit.kind)
        edits.take_back(back)
    assert kind in kinds


def test_only_what_the_student_wrote_or_should_have_changed_is_edited() -> None:
    each = exercise("reuse")
    every = edits.edits(edits.program(each.solution), edits.program(sandbox.template_of(each)))
    assert {edit.where for edit in every} == {"Value.push"}
    each = exercise("recursion")
    every = edits.edits(edits.program(each.template), edits.program(sandbox.template_of(each)))
    assert {edit.where for edit in every} == {"Value.send"}


def test_a_node_that_is_made_has_no_sign_and_no_factor() -> None:
    edited = [edits.sentence(each) for each in listed("def f(a):\n    b = Value(0.0)\n    return a.data * b")]
    assert edited
    assert not [text for text in edited if "`-Value" in text or "Value(0.0) *" in text]


def test_a_line_that_is_usual_and_not_there_is_tried_before_rarer_things() -> None:
    loop = "def f(a, b):\n    for c in a:\n        b().backward()\n        c.data -= c.grad"
    before = "        c.grad = 0.0\n"
    costs = [
        min(each.cost for each in listed(text) if each.kind == "line")
        for text in (loop, loop.replace("        b()", f"{before}        b()"))
    ]
    assert costs == [edits.LIKELY, 2.5]


def test_two_edits_of_one_function_are_one_after_the_other() -> None:
    """The second edit changes what the first has put there, and both are taken back."""
    tree = edits.program("def f(a, b):\n    a.grad = b\n    return a")
    wanted = "def f(a, b):\n    a.grad += b * 2\n    return a"
    before, pairs = ast.dump(tree), edits.Pairs(edits.edits(tree, EMPTY))
    found = []
    for one in range(len(pairs.every)):
        for other in range(one):
            if pairs.possible(one, other):
                for edit in (pairs[pairs.place(one, other)], pairs[pairs.place(other, one)]):
                    back = edit.apply()
                    if ast.unparse(tree) == wanted:
                        found.append(edit.kinds)
                    edits.take_back(back)
                    assert ast.dump(tree) == before
    assert [sorted(kinds) for kinds in found] == [["assignment", "factor"]] * 2


# The search


class Answer:
    """An answer that is the solution with one text in place of another."""

    def __init__(self, which: str, *pairs: tuple[str, str]) -> None:
        self.exercise, self.source = exercise(which), exercise(which).solution
        for right, wrong in pairs:
            assert right in self.source
            self.source = self.source.replace(right, wrong)
        self.wrong_line = next(
            (
                number
                for number, (one, other) in enumerate(
                    zip(self.source.splitlines(), self.exercise.solution.splitlines()), 1
                )
                if one != other
            ),
            0,
        )
        probes = judge.probes_for(self.exercise, self.source)
        space: dict[str, Any] = {"__name__": "answer"}
        exec(compile(self.source, "answer.py", "exec"), space)
        self.readings = judge.observe_here(SimpleNamespace(**space), probes)

    def searched(self, seconds: float = 6.0) -> Search:
        return search(self.exercise, self.source, self.readings, seconds)


FOUND = [
    ("nudge", "(f(x + h) - f(x - h)) / (2 * h)", "f(x + h) - f(x - h) / (2 * h)", "parentheses"),
    ("by_hand", "to_u * x, to_u * w, to_u", "to_u * w, to_u * x, to_u", "swapped"),
    ("reuse", "", "", "assignment"),
    ("relu", "x > 0", "x >= 0", "comparison"),
    ("order", "if node not in seen:", "if node in seen:", "condition"),
    ("zero_grad", "p.data -=", "p.data +=", "sign"),
    ("descent", "return 2 / curvature", "return 1 / curvature", "by one"),
    ("neuron", "w * x for w, x", "w.data * x for w, x", "less data"),
    ("softmax", "sum(losses) / len(losses)", "sum(losses)", "factor"),
    ("gpt", "keys[: t + 1]", "keys[:t]", "by one"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("which", "right", "wrong", "kind"), FOUND)
def test_the_line_is_found_and_what_is_wrong_with_it(which: str, right: str, wrong: str, kind: str) -> None:
    if which == "reuse":
        right, wrong = "argument.grad += self.grad", "argument.grad = self.grad"
    answer = Answer(which, (right, wrong))
    result = answer.searched()
    (fault,) = result.faults
    assert fault.alone
    assert fault.repairs[0].lines == (answer.wrong_line,)
    assert kind in [each.kind for each in fault.repairs[:3]]


TWICE = [
    ("reuse", ("argument.grad += self.grad * local", "argument.grad = local"), ["assignment", "factor"]),
    ("by_hand", ("to_u * x, to_u * w, to_u", "to_u * x, to_u * w * w, to_u + b"), ["less factor", "less term"]),
]


@pytest.mark.slow
@pytest.mark.parametrize(("which", "pair", "kinds"), TWICE)
def test_two_mistakes_in_one_function_are_found_together(which: str, pair: tuple[str, str], kinds: list[str]) -> None:
    result = Answer(which, pair).searched(10.0)
    (fault,) = result.faults
    assert len(fault.repairs[0].parts) == 2
    assert kinds in [sorted(each.kinds) for each in fault.repairs]
    assert "two small changes" in " ".join(" ".join(row) for row in Ladder(result).rows(3))


@pytest.mark.slow
def test_two_mistakes_in_two_functions_are_two_faults() -> None:
    answer = Answer(
        "local_derivatives", ("return upstream, upstream", "return 1.0, 1.0"), ("upstream * y", "upstream * x")
    )
    result = answer.searched(10.0)
    assert [each.where for each in result.faults] == ["add_backward", "mul_backward"]
    assert all(each.repairs and not each.alone for each in result.faults)
    text = " ".join(" ".join(row) for row in Ladder(result).rows(2))
    assert "mistake of its own" in text


@pytest.mark.slow
def test_a_function_at_fault_is_named_though_no_edit_makes_it_right() -> None:
    wrong = (
        "return sum(int(each) for each in str(upstream * x) if each.isdigit()), len(str(y)) - max(x, upstream) ** 5"
    )
    result = Answer("local_derivatives", ("return upstream * y, upstream * x", wrong)).searched()
    assert [(each.where, each.repairs) for each in result.faults] == [("mul_backward", ())]
    assert result.right == ["add_backward"]
    assert [*Ladder(result).rows()] == [("right", "add_backward. Look at mul_backward.")]


@pytest.mark.slow
def test_programs_run_in_the_sandbox_and_one_that_does_not_end_is_passed_over(tmp_path: Path) -> None:
    """The endless loop costs its time only; what the programs print goes nowhere; files are out of reach."""
    secret = tmp_path / "secret"
    source = dedent(
        f"""
        print("word" * 1000)
        def slope(f, x, h=1e-5):
            try:
                open({str(secret)!r}, "w")
            except BaseException:
                pass
            while h < 0:
                x = x
            return f(x) * h
        """
    )
    each = exercise("nudge")
    probes = judge.probes_for(each, source)
    result = trials(each, source, probes, [Job((0, 1)), Job((0,), "all")], 3.0)
    assert not secret.exists()
    assert [trial.edit for trial in result if trial.job == 0] == [None]
    assert len({trial.edit for trial in result if trial.job == 1}) > 30


@pytest.mark.slow
def test_the_process_gets_no_expected_results(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    dumps = sandbox.json.dumps
    monkeypatch.setattr(sandbox.json, "dumps", lambda thing, **named: sent.append(dumps(thing, **named)) or sent[-1])
    answer = Answer("by_hand", ("2 * (w * x + b)", "w * x + b"))
    answer.searched(1.0)
    probes = judge.probes_for(answer.exercise, answer.source)
    assert sent
    numbers = [repr(number) for probe in probes for number in probe.expect().values()]
    long = [number[:10] for number in numbers if len(number) > 12]
    assert len(long) > 5
    assert not [number for number in long if number in "".join(sent)]
    assert answer.exercise.solution not in "".join(sent)


# What the readings show


SHOWN = [
    ("nudge", "(f(x + h) - f(x - h)) / h", "twice"),
    ("nudge", "(f(x - h) - f(x + h)) / (2 * h)", "wrong sign"),
    ("nudge", "abs(f(x + h) - f(x - h)) / (2 * h)", "sign is wrong where it should be negative"),
    ("nudge", "f", "What is asked for is a number, and you give a function"),
    ("nudge", "[(f(x + h) - f(x - h)) / (2 * h)]", "a list of one number"),
    ("nudge", "0.123", "whatever the input is"),
]


@pytest.mark.parametrize(("which", "formula", "words"), SHOWN)
def test_readings_show_something_by_themselves(which: str, formula: str, words: str) -> None:
    source = f"def slope(f, x, h=1e-5):\n    return {formula}\n"
    assert words in " ".join(_facts(exercise(which), source))


def judged_here(which: str, source: str) -> verdict.Verdict:
    space: dict[str, Any] = {"__name__": "answer"}
    exec(compile(source, "answer.py", "exec"), space)
    return verdict.judge_here(exercise(which), SimpleNamespace(**space), source)


def _facts(each: Exercise, source: str) -> list[str]:
    space: dict[str, Any] = {"__name__": "answer"}
    exec(compile(source, "answer.py", "exec"), space)
    probes = judge.probes_for(each, source)
    found = facts(probes, judge.observe_here(SimpleNamespace(**space), probes), source)
    return [each.sentence for each in found]


def test_a_gradient_that_is_cut_off_and_a_look_at_the_future_are_seen() -> None:
    def solved(which: str, right: str, wrong: str) -> str:
        assert right in exercise(which).solution
        return " ".join(_facts(exercise(which), exercise(which).solution.replace(right, wrong)))

    assert "no gradient comes back to" in solved("neuron", "w * x for w, x", "w.data * x for w, x")
    assert ".data" in solved("neuron", "w * x for w, x", "w.data * x for w, x")
    assert "looks at the future" in solved("gpt", "keys[: t + 1]", "keys[: t + 2]").replace("at at", "at")
    assert "another order" in solved("by_hand", "to_u * x, to_u * w, to_u", "to_u, to_u * w, to_u * x")


TOLD = [
    (
        "second",
        "return y.data, first.data, second.data",
        "return first.data, y.data, 3 * second.data",
        "are exchanged",
    ),
    ("second", "grad(first, x)", "grad(y, x)", "What you give for slope of the slope is what slope should be"),
    ("second", "grad(first, x)", "grad(first, Value(1.0))", "For slope of the slope it gives 0, whatever"),
    (
        "by_hand",
        "to_u * x, to_u * w, to_u",
        "to_u * x, to_u * w, to_u * 1.05 if w > 0 else to_u * 1.1",
        "nearly right",
    ),
    ("relu", "return max(x, 0.0)", "return max(x, 0.5 * x)", "wrong where x is below 0, and right elsewhere"),
    ("reuse", "self.grad * local", "local", "the local derivative of"),
    ("reuse", "self.grad * local", "self.grad + local", "plus the local derivative, not times it"),
]


@pytest.mark.parametrize(("which", "right", "wrong", "words"), TOLD)
def test_what_numbers_are_made_of_is_told(which: str, right: str, wrong: str, words: str) -> None:
    if which == "reuse":
        source = exercise(which).solution.replace("argument.grad += self.grad * local", f"argument.grad += {wrong}")
    else:
        assert right in exercise(which).solution
        source = exercise(which).solution.replace(right, wrong)
    assert words in " ".join(_facts(exercise(which), source))


def test_what_a_drawn_graph_shows_of_each_way_back() -> None:
    def told(**wrong: float) -> str:
        right = {"L": 1.0, "e": -6.0, "d": -2.0, "c": -6.0, "b": -4.0, "a": 6.0}
        return " ".join(_facts(exercise("predict"), f"gradients = {right | wrong}"))

    assert "the local derivative of d alone: d.grad is missing" in told(b=2.0, a=-3.0)
    assert "its two ways is subtracted" in told(d=10.0)
    assert "comes back from L alone" in told(d=4.0)
    assert not told(d=7.7)


def test_which_of_several_words_are_wrong_is_told() -> None:
    source = 'causes = dict(zip("ABCDEF", ["good", "too small", "too large", "uphill", "not zeroed", "cut off"]))'
    assert "Not right are cause of A, cause of B" in " ".join(_facts(exercise("curves"), source))


def test_lists_that_a_function_changes_are_told() -> None:
    source = exercise("generate").solution.partition("def embed")[0]
    source += "def embed(codes, table, places):\n    for t, c in enumerate(codes):\n"
    source += "        for i, p in enumerate(places[t]):\n"
    source += "            table[c][i] = table[c][i] + p\n    return [table[c] for c in codes]\n"
    source += "def loss_of(scores, codes):\n    return 0\ndef sample(scores, rng):\n    return 0\n"
    found = judge.judge(exercise("generate"), *_probed("generate", source))
    assert found
    assert "left as they were" in found.name or "rows" in found.name


def _probed(which: str, source: str) -> tuple[Any, Any]:
    space: dict[str, Any] = {"__name__": "answer"}
    exec(compile(source, "answer.py", "exec"), space)
    probes = judge.probes_for(exercise(which), source)
    return probes, judge.observe_here(SimpleNamespace(**space), probes)


def test_a_root_without_a_gradient_is_not_cut_from_the_graph() -> None:
    source = exercise("recursion").solution
    assert "self.grad = 1.0\n" in source
    assert not _facts(exercise("recursion"), source.replace("self.grad = 1.0\n", "pass\n"))


def test_what_a_question_has_seen_on_the_way_is_a_fact() -> None:
    even = exercise("generate").solution.partition("def sample")[0]
    even += "def sample(scores, rng):\n    return rng.randrange(len(scores))\n"
    assert "as often as each other" in " ".join(_facts(exercise("generate"), even))
    ways = exercise("recursion").solution.replace("if node not in nodes:", "if node:").replace("set()", "[]")
    ways = ways.replace("nodes.add", "nodes.append")
    assert "again for each way" in " ".join(_facts(exercise("recursion"), ways))


def test_a_training_that_explodes_with_old_gradients_is_told_of_them() -> None:
    source = "from nn import MLP, optim\nROWS = [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 0)]\n"
    source += "def train(rng):\n    model, losses = MLP(2, [8, 1], rng=rng), []\n"
    source += "    optimizer = optim.SGD(model.parameters(), lr=0.1)\n    for _ in range(300):\n"
    source += "        loss = sum((model(x) - y) ** 2 for x, y in ROWS)\n        losses.append(loss.data)\n"
    source += "        loss.backward()\n        optimizer.step()\n    return model, losses\n"
    found = judged_here("xor", source)
    assert found.failure
    assert "earlier steps" in str(found.failure.got)
    found = judged_here("xor", "def train(rng):\n    return lambda row: 0.0, 0.5\n")
    assert found.failure
    assert found.failure.error
    assert "losses needs a list" in found.failure.error["message"]


def test_a_name_that_was_not_imported_is_told_with_its_line() -> None:
    found = verdict.judge_source(exercise("second"), "def derivatives(function, x):\n    return Value(x)\n")
    assert "Write `from engine import Value`" in " ".join(report(found, TextStyle(80)).split())


def test_a_known_mistake_is_not_offered_where_it_would_be_wrong_and_the_answer_is_right() -> None:
    """Weights of a generator of its own whose size is fixed: no answer with equal weights, though it fails alike."""
    source = "from random import Random\ndef init(inputs, neurons, rng):\n    rng = Random(0)\n"
    source += "    return [[rng.uniform(-1, 1) for _ in range(inputs)] for _ in range(neurons)]\n"
    failure = judged_here("symmetry", source).failure
    assert failure
    assert failure.misconception
    assert (failure.misconception.name, failure.misconception.sure) == ("fixed_size", False)


def test_right_answers_show_nothing() -> None:
    for each in COURSE:
        if each.name not in ("symmetry", "xor", "digits"):  # they are slow, and their readings are words
            assert not _facts(each, each.solution)


def test_what_was_returned_is_said_where_the_question_cannot_use_it() -> None:
    found = verdict.judge_here(exercise("order"), SimpleNamespace(topological=lambda root: 5), "x")
    text = " ".join(report(found, TextStyle(80)).split())
    assert "Your function returns a number" in text
    line, kind = one_line(found), kind_of(Grade(found))
    assert "a number is returned" in line
    assert kind
    assert "TypeError" not in f"{text} {line} {kind.sentence}"


def test_a_condition_too_many_is_taken_away_rather_than_made_to_hold_never() -> None:
    every = listed("def f(a):\n    for b in a:\n        c = b\n        if c < 0.1:\n            break\n    return c")
    assert "take away" in edits.sentence(every[0]).lower()
    turned = [edits.sentence(each) for each in listed("def f(a):\n    return a[::-1]")]
    assert "Write `1` in place of `-1`." not in turned


def test_what_an_answer_did_on_the_way_is_shown_and_decides() -> None:
    """Nudges of all at once or by too much look like another mistake, and so does a sorted list."""
    loop = "def gradcheck(f, point, claims):\n    for place, claimed in enumerate(claims):\n        {}\n"
    loop += "        slope = (f(*up) - f(*down)) / (2 * h)\n"
    loop += "        if abs(slope - claimed) > 1e-4 * abs(slope):\n            return False\n    return True\n"
    both = "h, up, down = 1e-5, [x + 1e-5 for x in point], [x - 1e-5 for x in point]"
    far = "h, up, down = 0.1, [*point], [*point]\n        up[place] += h; down[place] -= h"
    order = "def topological(root):\n    seen = []\n    def visit(node):\n        if node not in seen:\n"
    order += "            seen.append(node)\n            for each in node.args:\n                visit(each)\n"
    order += "    visit(root)\n"
    order += "    return sorted(seen, key=lambda node: node.name)\n"
    for which, source, words in (
        ("gradcheck", loop.format(both), "at the same time"),
        ("gradcheck", loop.format(far), "as far as 0.1"),
        ("order", order, "stands before"),
    ):
        found = judged_here(which, source)
        assert words in found.facts[0].sentence, which
        assert found.failure
        assert found.failure.misconception is None, which


# Generated mistakes


def test_a_repair_of_another_kind_than_the_known_mistakes_makes_it_a_question() -> None:
    """b.data in the loss leaves b where it is, as a missing step does."""
    every = {each.name: generated.repairs(each) for each in COURSE}
    assert all({*names} <= {known.name for known in wrong_answers(exercise(name))} for name, names in every.items())
    assert all(kinds <= edits.KINDS.keys() for names in every.values() for kinds in names.values())
    assert sum(map(len, every.values())) > 150
    each = exercise("bugs")
    assert "less data" not in generated.repairs(each).get("b_stands_still", ())
    source = each.solution.replace("+ b - y", "+ b.data - y")
    assert source != each.solution
    found = judged_here("bugs", source)
    assert found.failure
    assert found.failure.misconception
    assert (found.failure.misconception.name, found.failure.misconception.sure) == ("b_stands_still", True)
    cut = next(edit for edit in edits.edits(edits.program(source), EMPTY) if edit.kind == "less data")
    searched = replace(found, ladder=Ladder(Search([Fault("train", (cut,))])))
    labels = [[label for label, _ in all_rows(one, 2)] for one in (found, searched)]
    assert ["mistake" in some for some in labels] == [True, False]
    assert ["looks like" in some for some in labels] == [False, True]
    assert "what" in labels[1]


class Copied(Exercise):
    """An exercise in a folder of its own."""

    @property
    def folder(self) -> Path:
        return Path(self.title)


def test_mistakes_are_prepared_from_the_exercises_as_they_are() -> None:
    """After a change of an exercise or of the edits: python tests/prepare_mistakes.py writes what it changes."""
    assert [each.name for each in prepare_mistakes.stale()] == []


def test_a_change_of_an_exercise_makes_its_prepared_mistakes_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(exercise("relu").folder, tmp_path / "copy")
    copy = Copied("relu", str(tmp_path / "copy"), ("relu", "relu_backward"))
    before = prepare_mistakes.digest(copy)
    assert before == prepare_mistakes.digest(exercise("relu"))
    for name, is_stale in (
        ("check.py", True),
        ("ask.py", True),
        ("exercise.py", True),
        ("right/solution.py", True),
        ("hints.md", False),
        ("right/mask.py", False),
    ):
        path = copy.folder / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "\n# more\n", encoding="utf-8")
        assert (prepare_mistakes.digest(copy) != before) == is_stale, name
        path.write_text(text, encoding="utf-8")
    path = copy.folder / "named.txt"
    text = path.read_text(encoding="utf-8")
    for old, new, is_stale in (("\n\n", "\n\nNow ", False), ("`abs(x)`", "`abs(x + 0)`", True)):
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        assert (prepare_mistakes.digest(copy) != before) == is_stale, old
        path.write_text(text, encoding="utf-8")
    assert prepare_mistakes.digest(copy) == before
    monkeypatch.setattr(edits, "NUMBERS", (*edits.NUMBERS, 17))
    assert prepare_mistakes.digest(copy) != before


@pytest.mark.slow
def test_prepared_mistakes_are_edits_of_the_solutions() -> None:
    """After a change of a solution or of the edits, tests/prepare_mistakes.py writes them anew."""
    total = 0
    for each in COURSE:
        rows = generated.rows(each)
        chosen = generated.Mutants(each).chosen(rows) if rows else []
        assert len(chosen) == len({*rows}), each.name
        total += len(rows)
    assert total > 500


MADE = [
    ("by_hand", "w * x + b", "w * x - b", True),
    ("local_derivatives", "upstream * y, upstream * x", "upstream * y, upstream - x", True),
    ("descent", "2 / curvature", "3 / curvature", True),
    ("by_hand", "to_u * x, to_u * w, to_u", "to_u * x, to_u * w, to_u + 0.123", False),
]


@pytest.mark.parametrize(("which", "right", "wrong", "known"), MADE)
def test_a_mistake_that_nobody_wrote_down_is_named_with_its_function(
    which: str, right: str, wrong: str, known: bool
) -> None:
    each = exercise(which)
    assert right in each.solution
    failure = judged_here(which, each.solution.replace(right, wrong)).failure
    assert failure
    named = failure.misconception
    assert bool(named and named.generated) is known
    if known:
        assert named
        assert named.diagnosis.startswith("In ")
        assert named.advice


# Hints


def test_hints_are_about_the_function_and_the_line_at_fault() -> None:
    each = exercise("functions")
    source = each.solution.replace("n * self.data ** (n - 1)", "self.data ** (n - 1)").replace(
        "n * self.data**(n - 1)", "self.data**(n - 1)"
    )
    every = edits.edits(edits.program(source), edits.program(each.template))
    factor = next(edit for edit in every if edit.kind == "factor" and edit.where == "Value.__pow__")
    ladder = Ladder(Search([Fault("Value.__pow__", (factor,))], right=["Value.exp", "Value.tanh"]))
    found = verdict.Verdict(each, "begun", ladder=ladder)
    asked, concept, drawn = (" ".join(hint_parts(each, rung, found)) for rung in (1, 2, 3))
    assert all("Look at Value.__pow__" in text for text in (asked, concept, drawn))
    assert f"line {factor.lines[0]}" in asked
    assert "def __pow__" in drawn
    assert "def tanh" not in drawn
    assert hint_parts(each, 1, verdict.Verdict(each, "not begun")) == [each.hints[0]]
    shown = verdict.Verdict(each, "begun", facts=(Fact("unmoved", ""),))
    assert ABOUT_FACTS["unmoved"] in hint_parts(each, 1, shown)
    assert {*ABOUT_EDITS} == {*edits.KINDS}


# The ladder


def test_each_rung_says_more_and_never_the_whole_solution() -> None:
    source = "def f(a, b):\n    c = a\n    return c - b"
    every = edits.edits(edits.program(source), EMPTY)
    swapped = next(each for each in every if each.kind == "swapped")
    sign = next(each for each in every if each.kind == "sign" and each.lines == (2,))
    rungs = [dict(Ladder(Search([Fault("f", (swapped,))])).rows(rung)) for rung in range(1, RUNGS + 1)]
    assert [[*rung] for rung in rungs] == [["line 3"], ["line 3", "what"], ["line 3", "what", "write"]]
    assert "wrong way round" in rungs[1]["what"]
    assert rungs[2]["write"] == "Write `b - c` in place of `c - b`."
    two = dict(Ladder(Search([Fault("f", (swapped, sign._replace(cost=swapped.cost)))])).rows(3))
    assert two["lines"].startswith("Is it line 3 or line 2?")  # two repairs as simple: a question
    assert two["write"].startswith("One way")


def test_a_check_of_the_same_says_more_and_of_another_begins_again(tmp_path: Path) -> None:
    folder, each = Folder(tmp_path), exercise("nudge")
    assert [folder.stuck(each, key, RUNGS) for key in ("a", "a", "b", "b", "b", "b", "a")] == [1, 2, 1, 2, 3, 3, 1]
    (tmp_path / ".progress.json").write_text('{"stuck": {"nudge": ["a", "many"]}}')
    assert folder.stuck(each, "a", RUNGS) == 1


def test_where_the_mistake_has_a_name_a_rare_repair_is_a_question() -> None:
    every = listed("def f(a, b):\n    return a - b")
    sign, factor = (next(each for each in every if each.kind == kind) for kind in ("swapped", "factor"))
    for edit, asked in ((sign, False), (factor, True)):
        ladder = Ladder(Search([Fault("f", (edit,))]))
        assert ("what" in dict(ladder.rows(3)), "what" in dict(ladder.rows(3, named=True))) == (True, False)
        assert ("Is it" in dict(ladder.rows(1, named=True))["line 2"]) is asked
        assert "write" not in dict(ladder.rows(1, named=True))
        assert "write" in dict(ladder.rows(2, named=True))
        assert (ladder.more(1, named=True), ladder.more(2, named=True)) == (ladder.more(2), "")


def _kinds(found: Sequence[edits.Edit]) -> set[str]:
    return {each.kind for each in found}


def test_odd_sources_have_edits_or_none() -> None:
    assert not listed("")
    assert not listed("import math")
    assert _kinds(listed("x = {'a': 1, **{}}\ndef f(*a, k=None): return (lambda: a[0])() or k"))
    assert listed("class A:\n    def f(self): return [i for i in self.x if i]\n    async def g(self): pass")


@pytest.mark.skipif(not hasattr(programs.signal, "setitimer"), reason="needs a timer")
def test_an_alarm_that_rings_where_errors_are_lost_rings_again(capfd: pytest.CaptureFixture[str]) -> None:
    programs.listen()
    lost = []

    class Late:
        """An object whose finalizer takes longer than the program may."""

        def __del__(self) -> None:
            end = time.process_time() + 0.03
            while time.process_time() < end:
                pass
            lost.append(self)

    def program() -> None:
        Late()
        while True:
            pass

    with pytest.raises(programs.Slow), programs.limit(0.01, programs.by_signal):
        program()
    assert not lost, "the alarm did not ring in the finalizer"
    assert "ignored" not in capfd.readouterr().err

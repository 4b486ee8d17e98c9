"""The exercises: right answers pass, wrong ones are told with their own diagnosis, and every report reads well."""

from __future__ import annotations

import ast
import doctest
import re
from functools import cache, partial
from importlib import import_module
from math import inf, nan
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace
from typing import Any

import pytest

from demos.exercises import check, judge, report, verdict
from demos.exercises.course import COURSE, HERE, Exercise, exercise
from demos.exercises.folder import Folder, FolderError
from demos.exercises.inside.edits import program
from demos.exercises.inside.reading import plain
from demos.exercises.known import Part, WrongAnswer, parts, wrong_answer, wrong_answers
from demos.exercises.layout import prose, show
from demos.exercises.notebook import NotRight
from demos.exercises.probe import Probe, same
from engine import Value
from engine.terminal import TextStyle

RIGHT = [pytest.param(each, path, id=f"{each.name}-{path.stem}") for each in COURSE for path in each.right]
WRONG = [
    pytest.param(each, known, id=f"{each.name}-{known.name}") for each in COURSE for known in wrong_answers(each)
]
SEEDS = range(3)
# Words such as True and False prove no mistake: some of these are asked about, and not claimed.
WORDS_ALONE = ("gradcheck", "sanity", "generate")


@cache
def probes_and_wrong(each: Exercise, seed: int) -> tuple[list[Probe], judge.Known]:
    """The probes of a seed, and what each wrong answer gives at them."""
    found = judge.probes_for(each, f"# {seed}")
    return found, judge.known(each, found)


def judged(each: Exercise, readings: list[Any], seed: int) -> judge.Failure | None:
    probes, wrong = probes_and_wrong(each, seed)
    return judge.judge(each, probes, readings, wrong)


def answers(source: str, name: str = "answer") -> SimpleNamespace:
    space: dict[str, Any] = {"__name__": name, "__file__": None}
    exec(compile(dedent(source), "<answer>", "exec"), space)
    return SimpleNamespace(**space)


# The course


def test_the_course_is_as_long_as_it_says() -> None:
    assert [each.id for each in COURSE] == [f"ex{number:02}" for number in range(1, len(COURSE) + 1)]
    assert sum(len(wrong_answers(each)) for each in COURSE) >= 72


@pytest.mark.parametrize("each", COURSE, ids=lambda each: each.name)
def test_an_exercise_is_whole(each: Exercise) -> None:
    assert len(wrong_answers(each)) >= 4
    assert len(each.right) >= 3
    assert each.folder / "right" / "solution.py" in each.right
    assert len(each.hints) == 3
    assert all(each.hints)
    assert f"gradwalk exercises walk {each.name}" in each.hints[1] or not any(
        p.graph for p in probes_and_wrong(each, 0)[0]
    )
    assert report.lesson(each)
    assert "TODO" in each.template
    for word in each.asks:
        assert word in each.template


def test_every_part_of_named_txt_is_a_wrong_answer() -> None:
    """What a part changes has to be in the solution: if that was rewritten, so is the part."""
    for each in COURSE:
        known, named = wrong_answers(each), parts(each)
        files = [path.stem for path in (each.folder / "wrong").glob("*.py")]
        assert sorted([*files, *(part.name for part in named)]) == [one.name for one in known], each.name
        assert [part.name for part in named] == sorted({part.name for part in named}), each.name
        assert ast.unparse(program(each.solution)) not in [one.source for one in known]
        assert len({one.source for one in known}) == len(known)
        assert all(part.edits or part.replacements or part.code for part in named)


class Own(Exercise):
    """An exercise in a folder of its own."""

    @property
    def folder(self) -> Path:
        return Path(self.title)


SOLUTION = """
import math

SIZE = 2


class Value:
    def __init__(self, x):
        self.x = x

    def scaled(self, by):
        return (self.x + 1) * by


def f(x, y):
    return x - y * SIZE


if __name__ == "__main__":
    print(f(1, 2))
"""
NAMED = """
code
```python
SIZE = 3

class Value:
    def scaled(self, by):

        return twice(by)

def twice(x):
    return 2 * x
```

It is code.

Take another.
---
edits
sign | f | Write `-x` in place of `x`.
operator | Value.scaled | Write `self.x - 1` in place of `self.x + 1`.

They are
two edits.

Take both away.
---
mixed
sign | f | Write `-x` in place of `x`.
f | Write `SIZE + y` in place of `y * SIZE`.

Edits are of the solution, not of what pieces leave of it.

None.
---
not_there
f | Write `x` in place of `z`.

It is not.

None.
---
same_place
swapped | f | Write `y * SIZE - x` in place of `x - y * SIZE`.
operator | f | Write `x + y * SIZE` in place of `x - y * SIZE`.

They are not possible together.

None.
---
pieces
f | Write `x + y` in place of `x - y`.
Value.scaled | Write `self.x` in place of `(self.x + 1)`.
```python
SIZE = 5
```

Pieces and code.

Take them.
---
twice
by one | f | Write `y - 1` in place of `y`.
by one | f | Write `y - 1` in place of `y`.

The solution has one such place.

None.
---
two_places
f | Write `z` in place of `y`.

It is there twice.

None.
"""


def test_a_wrong_answer_is_the_solution_with_edits_pieces_or_code(tmp_path: Path) -> None:
    each = Own("own", str(tmp_path), ("f",))
    (tmp_path / "right").mkdir()
    (tmp_path / "right/solution.py").write_text(SOLUTION, encoding="utf-8")
    (tmp_path / "exercise.py").write_text('"""Exercise: own."""', encoding="utf-8")
    assert parts(each) == []
    (tmp_path / "named.txt").write_text(NAMED, encoding="utf-8")
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong/whole.py").write_text('"""Whole.\n\nTry\nthis."""\n\n\ndef f(x, y):\n    return 7\n')
    known = {one.name: one for one in wrong_answers(each)}
    assert [*known] == ["code", "edits", "pieces", "whole"]
    given = {name: (one.load().f(10, 4), one.diagnosis, one.advice) for name, one in known.items()}
    assert given == {
        "code": (-2, "It is code.", "Take another."),
        "edits": (-18, "They are two edits.", "Take both away."),
        "pieces": (30, "Pieces and code.", "Take them."),
        "whole": (7, "Whole.", "Try this."),
    }
    scaled = {name: one.load().Value(6).scaled(3) for name, one in known.items() if name != "whole"}
    assert scaled == {"code": 6, "edits": 15, "pieces": 18}
    with pytest.raises(ValueError, match="not an edit: signs"):
        Part.parsed("name\nsigns | f | Write `x` in place of `-x`.\n\nIt.\n\nTry.")


@pytest.mark.parametrize("each", COURSE, ids=lambda each: each.name)
def test_an_exercise_is_a_paragraph_a_drawing_and_a_todo(each: Exercise) -> None:
    text = ast.get_docstring(ast.parse(each.template)) or ""
    assert text.partition("\n")[0].lower() == f"exercise {each.number}: {each.title}.".lower()
    drawing = [line for line in text.splitlines() if line.startswith("    ")]
    assert drawing
    assert max(map(len, [*each.template.splitlines(), *each.solution.splitlines()])) <= 80
    assert 'if __name__ == "__main__":' in each.template
    assert max(map(len, prose(text, TextStyle()).splitlines())) <= 80


@pytest.mark.parametrize("each", COURSE, ids=lambda each: each.name)
def test_a_template_is_not_begun(each: Exercise) -> None:
    assert verdict.judge_source(each, each.template).state == "not begun"
    space = judge.load(each.folder / "exercise.py")
    assert verdict.judge_here(each, space, "# with a comment of the student's").state == "not begun"


@pytest.mark.parametrize("each", COURSE, ids=lambda each: each.name)
def test_probes_are_the_same_for_the_same_source_alone(each: Exercise) -> None:
    texts = [[probe.input for probe in judge.probes_for(each, source)] for source in ("a", "a", "b")]
    assert texts[0] == texts[1]
    if each.name not in ("predict", "curves", "digits"):  # what is drawn stays, and many rows are not told
        assert texts[0] != texts[2]


@pytest.mark.parametrize("each", COURSE, ids=lambda each: each.name)
def test_the_truth_is_plain_and_its_graph_is_a_graph(each: Exercise) -> None:
    for probe in probes_and_wrong(each, 0)[0]:
        expected = plain(probe.expect())
        assert expected
        assert "error" not in expected  # the name of what is raised
        assert probe.input
        if probe.graph:
            assert isinstance(probe.graph(), Value)


# Answers


@pytest.mark.parametrize(("each", "path"), RIGHT)
def test_a_right_answer_passes_and_is_not_diagnosed(each: Exercise, path: Path) -> None:
    for seed in SEEDS:
        failure = judged(each, judge.observe_here(judge.load(path), probes_and_wrong(each, seed)[0]), seed)
        assert failure is None, report.one_line(verdict.Verdict(each, "begun", failure))


@pytest.mark.parametrize(("each", "known"), WRONG)
def test_a_wrong_answer_fails_with_its_own_diagnosis(each: Exercise, known: WrongAnswer) -> None:
    for seed in SEEDS:
        failure = judged(each, probes_and_wrong(each, seed)[1][known], seed)
        assert failure is not None, "it passes"
        assert failure.misconception is not None
        assert failure.misconception.name == known.name
        assert failure.misconception.sure or each.name in WORDS_ALONE
        assert failure.misconception.diagnosis
        assert failure.misconception.advice
        assert failure.error or not same(failure.got, failure.expected, failure.probe.tolerance)
        text = report.report(verdict.verdict_of(each, failure), TextStyle())
        assert max(map(len, text.splitlines())) <= 80
        label_of_mistake = "mistake" if failure.misconception.sure else "looks like"
        for label in "input", "got", "expected", label_of_mistake, "try":
            assert re.search(rf"^  {label} ", text, re.MULTILINE), label
        got, expected = (re.search(rf"^  {label} +(.*)", text, re.MULTILINE)[1] for label in ("got", "expected"))
        assert got != expected


def test_a_slope_below_0_is_always_asked_for() -> None:
    """Without one, abs() around a numeric slope passes."""
    each = exercise("nudge")
    for seed in range(300):
        slopes = [plain(probe.expect()).get("slope", 0.0) for probe in judge.probes_for(each, f"# {seed}")]
        assert min(slopes[:3]) < -0.1


def test_the_isolated_child_reads_what_this_process_reads() -> None:
    each = exercise("local_derivatives")
    for source in each.solution, wrong_answers(each)[0].source:
        isolated, here = verdict.judge_source(each, source), verdict.judge_here(each, answers(source), source)
        assert (isolated.state, isolated.failure and isolated.failure.got) == (
            here.state,
            here.failure and here.failure.got,
        )


# Whose mistake it looks like

VALUE = """
class Value:
    def __init__(self, data):
        self.data, self.grad, self.before = data, 0.0, []
    def __mul__(self, other):
        return self.made(self.data * other.data, (self, other.data), (other, self.data))
    def __add__(self, other):
        return self.made(self.data + other.data, (self, 1.0), (other, 1.0))
    def made(self, data, *edges):
        z = Value(data)
        z.before = edges
        return z
    def backward(self):
        order = []
        def visit(node):
            if node not in order:
                for argument, _ in node.before:
                    visit(argument)
                order.append(node)
        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for argument, slope in node.before:
                PUSH
"""
HELD_OUT = {  # the same mistakes, written in other ways than those that the checks know
    "nudge-one_sided": """
        def slope(f, x, h=1e-5):
            here, there = f(x), f(x + h)
            rise = there - here
            return rise / h
    """,
    "nudge-divided_by_h": """
        def slope(f, x, h=1e-4):
            step = 0.5 * h
            return 2 * (f(x + 2 * step) - f(x - 2 * step)) / (2 * h)
    """,
    "by_hand-swapped": """
        def gradient(w, x, b):
            outer = (w * x + b) + (w * x + b)
            return [outer * w, outer * x, outer]
    """,
    "predict-no_upstream": """
        a, b, c = 2, -3, 10
        d = a * b
        e = d + c
        gradients = dict(L=1, e=d, d=e + 1, c=1, b=a, a=b)
    """,
    "local_derivatives-own_factor": """
        add_backward = lambda x, y, upstream: (upstream * 1, upstream * 1)
        mul_backward = lambda x, y, upstream: tuple(upstream * each for each in (x, y))
    """,
    "local_derivatives-no_upstream": """
        def add_backward(x, y, upstream):
            return [1, 1]
        def mul_backward(x, y, upstream):
            return y + 0 * upstream, x + 0 * upstream
    """,
    "reuse-assigned": VALUE.replace("PUSH", "argument.grad = node.grad * slope"),
    "reuse-no_upstream": VALUE.replace("PUSH", "argument.grad = argument.grad + slope"),
    "functions-tanh_of_input": VALUE.replace("PUSH", "argument.grad += node.grad * slope")
    + """
    def exp(self):
        e = 2.718281828459045 ** self.data
        return self.made(e, (self, e))
    def tanh(self):
        up, down = 2.718281828459045 ** self.data, 2.718281828459045 ** -self.data
        return self.made((up - down) / (up + down), (self, (1 + self.data) * (1 - self.data)))
    def __pow__(self, n):
        return self.made(self.data ** n, (self, n * self.data ** (n - 1)))
    def __rsub__(self, n):
        return self.made(n - self.data, (self, -1.0))
""",
    "relu-always_open": """
        def relu(x):
            return 0.5 * (x + abs(x))
        def relu_backward(x, upstream):
            return 1.0 * upstream
    """,
    "order-no_memory": """
        def topological(root):
            return [each for arg in root.args for each in topological(arg)] + [root]
    """,
    "zero_grad-never_zeroed": """
        def train(parameters, loss, rate, steps):
            while steps:
                now = loss()
                now.backward()
                for index in range(len(parameters)):
                    parameters[index].data = parameters[index].data - parameters[index].grad * rate
                steps -= 1
    """,
    "gradcheck-first_only": """
        def gradcheck(function, point, gradient):
            x, *rest = point
            found = (function(x + 1e-5, *rest) - function(x - 1e-5, *rest)) / 2e-5
            return abs(found - gradient[0]) <= 1e-4 * max(abs(found), abs(gradient[0]))
    """,
    "descent-uphill": """
        def descend(gradient, start, rate, steps):
            if steps == 0:
                return [start]
            return [start] + descend(gradient, start - rate * -gradient(start), rate, steps - 1)
        def largest_rate(curvature):
            return 2.0 * curvature ** -1
    """,
    "neuron-bias_forgotten": """
        from engine import Value
        class Neuron:
            def __init__(self, inputs, rng):
                self.w, self.b = [], Value(0.0)
                for _ in range(inputs):
                    self.w.append(Value(rng.uniform(-1, 1)))
            def __call__(self, row):
                total = Value(0.0)
                for index in range(max(len(self.w), len(row))):
                    try:
                        total = total + row[index] * self.w[index]
                    except IndexError:
                        raise ValueError("the row has another length") from None
                return total.tanh()
            def parameters(self):
                return self.w + [self.b]
    """,
    "network-output_squashed": """
        from engine import Value
        class Neuron:
            def __init__(self, inputs, rng, squash=True):
                self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
                self.b = Value(0.0)
                self.squash = squash
            def __call__(self, row):
                if len(row) != len(self.w):
                    raise ValueError
                total = self.b
                for w, x in zip(self.w, row):
                    total = total + w * x
                return total.tanh() if self.squash else total
            def parameters(self):
                return [*self.w, self.b]
        class Layer:
            def __init__(self, inputs, neurons, rng, squash=True):
                self.neurons = []
                while len(self.neurons) < neurons:
                    self.neurons += [Neuron(inputs, rng, squash)]
            def __call__(self, row):
                return list(map(lambda neuron: neuron(row), self.neurons))
            def parameters(self):
                return sum((neuron.parameters() for neuron in self.neurons), [])
        class MLP:
            def __init__(self, inputs, sizes, rng):
                all_sizes = [inputs] + list(sizes)
                self.layers = [Layer(a, b, rng) for a, b in zip(all_sizes, all_sizes[1:])]
            def __call__(self, row):
                out = row
                for layer in self.layers:
                    out = layer(out)
                return out
            def parameters(self):
                return sum((layer.parameters() for layer in self.layers), [])
    """,
    "symmetry-fixed_size": """
        def init(inputs, neurons, rng):
            weights = []
            for _ in range(neurons):
                weights.append([])
                for _ in range(inputs):
                    weights[-1].append(2 * rng.gauss(0, 1))
            return weights
    """,
    "softmax-unshifted": """
        def softmax(scores):
            total = scores[0].exp()
            for score in scores[1:]:
                total = total + score.exp()
            return [score.exp() / total for score in scores]
        def cross_entropy(rows, classes):
            loss = 0.0
            for index in range(len(rows)):
                total = 0.0
                for score in rows[index]:
                    total = total + score.exp()
                loss = loss + (total.log() - rows[index][classes[index]])
            return loss * (1 / len(rows))
    """,
    "digits-tests_on_training": """
        def evaluate(X, y, scaling, learn, rng):
            rows = list(zip(X, y))
            rng.shuffle(rows)
            train = rows[len(rows) // 4:]
            scale = scaling([row for row, _ in train])
            predict = learn([scale(row) for row, _ in train], [digit for _, digit in train])
            hits = []
            for row, digit in train:
                answer = predict(scale(row))
                hits.append(max(range(10), key=lambda each: answer[each]) == digit)
            return sum(hits) / len(hits)
    """,
    "gpt-leaks_future": """
        def attention(queries, keys, values):
            size = len(queries[0])
            outputs = []
            for t in range(len(queries)):
                powers = []
                for s in range(len(keys)):
                    dot = queries[t][0] * keys[s][0]
                    for i in range(1, size):
                        dot = dot + queries[t][i] * keys[s][i]
                    powers.append((dot * size ** -0.5).exp())
                total = sum(powers)
                mixed = []
                for i in range(len(values[0])):
                    mixed.append(sum(power * value[i] for power, value in zip(powers, values)) / total)
                outputs.append(mixed)
            return outputs
    """,
}


@pytest.mark.parametrize("name", HELD_OUT)
def test_a_mistake_is_known_however_it_is_written(name: str) -> None:
    which, mistake = name.split("-")
    source = dedent(HELD_OUT[name])
    failure = verdict.judge_here(exercise(which), answers(source), source).failure
    assert failure is not None
    assert failure.misconception is not None
    assert (failure.misconception.name, failure.misconception.sure) == (mistake, True)


def failed(which: str, source: str) -> judge.Failure:
    failure = verdict.judge_here(exercise(which), answers(source), source).failure
    assert failure is not None
    return failure


def test_a_mistake_in_one_of_two_functions_is_named_with_the_other_one_right_or_to_do() -> None:
    right = "def add_backward(x, y, upstream): return upstream, upstream\n"
    to_do = "def add_backward(x, y, upstream): raise NotImplementedError('TODO')\n"
    # With the other one right, no known wrong answer agrees at every probe; an edit of the solution does.
    for first, name in ((right, "mul_backward: factor"), (to_do, "no_upstream")):
        failure = failed("local_derivatives", first + "def mul_backward(x, y, upstream): return y, x")
        assert failure.probe.input.startswith("mul_backward")
        assert failure.misconception is not None
        assert (failure.misconception.name, failure.misconception.sure) == (name, True)


def test_of_two_mistakes_one_is_asked_about_and_none_is_claimed() -> None:
    failure = failed(
        "local_derivatives",
        """
        def add_backward(x, y, upstream):
            return upstream * y, upstream * x
        def mul_backward(x, y, upstream):
            return x, y
        """,
    )
    assert failure.misconception is not None
    assert (failure.misconception.name, failure.misconception.sure) == ("add_like_mul", False)
    text = report.report(verdict.verdict_of(exercise("local_derivatives"), failure), TextStyle())
    assert "looks like  At this input, what you get is what this mistake gives" in text
    assert "  mistake" not in text


def test_an_unknown_mistake_is_not_named() -> None:
    failure = failed("by_hand", "def gradient(w, x, b): return 0.1234, 2.5, 7.75")
    assert failure.misconception is None
    text = report.report(verdict.verdict_of(exercise("by_hand"), failure), TextStyle())
    assert "0.1234" in text
    assert "mistake" not in text
    assert "looks like" not in text


def matched(readings: list[Any], *wrong: list[Any]) -> str | None:
    """Whose mistake it looks like, at two probes whose truth is 0.5; the wrong answers are called a and b."""
    probes = [Probe("an input", partial(dict), lambda: {"x": 0.5})] * 2
    known = wrong_answers(exercise("local_derivatives"))[: len(wrong)]
    failing = [place for place, each in enumerate(readings) if each != {"x": 0.5} and "error" not in each]
    found = judge.match(dict(zip(known, wrong)), probes, readings, failing, "x")
    names = dict(zip((each.name for each in known), "abc"))
    return found and names[found.name] + ("" if found.sure else "?")


def test_who_is_matched() -> None:
    right, third, one, other = {"x": 0.5}, {"x": 0.3}, {"x": 1.0}, {"x": -7.0}
    todo = {"error": {"type": "NotImplementedError", "message": "TODO"}}
    assert matched([third, third], [third, third]) == "a"
    assert matched([right, third], [third, third]) == "a?"  # at every input that fails, and not at the other one
    assert matched([third, third], [third, third], [third, third]) == "a?"  # it may be either
    assert matched([right, third], [third, third], [right, third]) == "b"  # the one that shares more
    assert matched([right, one], [one, one]) is None  # 1 may come from anywhere, and the other one is right
    assert matched([right, one], [right, one]) == "a"
    assert matched([todo, one], [one, one]) == "a"  # what is to do is not right
    assert matched([third, other], [third, third]) == "a?"
    assert matched([third, other], [third, third], [third, right]) == "a?"  # its number tells
    assert matched([one, other], [one, one]) is None  # 1 may come from anywhere
    assert matched([one, other], [{"x": 1.0, "y": 2.0}, one]) is None
    assert matched([third, other], [other, third]) is None


@pytest.mark.parametrize(
    ("one", "two", "same_error"),
    [
        (("TypeError", "a"), ("TypeError", "a"), True),
        (("TypeError", "a"), ("TypeError", "b"), False),
        (("TypeError", "a"), ("ValueError", "a"), False),
        (("ZeroDivisionError", "float division"), ("ZeroDivisionError", "division"), True),
    ],
)
def test_errors_are_alike(one: tuple[str, str], two: tuple[str, str], same_error: bool) -> None:
    readings = ({"error": {"type": kind, "message": message, "line": 3}} for kind, message in (one, two))
    assert judge.alike(*readings, 1e-7) is same_error
    assert not judge.alike({"error": {"type": one[0], "message": one[1]}}, {"x": 1.0}, 1e-7)


@pytest.mark.parametrize(
    ("got", "expected", "agree"),
    [
        (1.0, True, False), (True, True, True), ("1.0", 1.0, False), (None, 0.0, False), (nan, nan, True),
        (inf, inf, True), (inf, -inf, False), (1e-7, 0.0, True), (1e-5, 0.0, False), ([1.0], [1.0, 2.0], False),
        ({"Value": 1.0}, 1.0, False), ({"a": 1.0}, {"b": 1.0}, False), (1e9, 1e9 + 1, True),
    ],
)  # fmt: skip
def test_same_is_no_more_than_the_same(got: Any, expected: Any, agree: bool) -> None:
    assert same(got, expected, 1e-6) is agree


def test_numbers_of_numpy_are_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    given = [numpy.float64(0.5), numpy.bool_(True), numpy.array(2), numpy.array([[1, 2]]), numpy.float32(0.5)]
    assert plain(given) == [0.5, True, 2.0, [[1.0, 2.0]], 0.5]
    assert plain({1: Value(2.0), "f": test_numbers_of_numpy_are_numbers}) == {"1": {"Value": 2.0}, "f": "a function"}


def test_too_few_readings_are_no_right_answer() -> None:
    each = exercise("local_derivatives")
    probes, _ = probes_and_wrong(each, 0)
    with pytest.raises(ValueError, match="shorter"):
        judge.judge(each, probes, [])


# What a report says


def report_on(which: str, source: str, width: int = 80) -> str:
    return report.report(verdict.judge_here(exercise(which), answers(source), source), TextStyle(width))


def test_a_report_tells_all_in_order() -> None:
    text = report_on("local_derivatives", wrong_answer(exercise("local_derivatives"), "own_factor").source)
    labels = ["input", "got", "expected", "because", "first wrong", "mistake", "try", "A hint:", "Your own input,"]
    found = [re.search(rf"^ *{label}( |$)", text, re.MULTILINE) for label in labels]
    places = [each.start() for each in found if each]
    assert len(places) == len(labels)
    assert places == sorted(places)
    assert re.search(r"x \+ 0\.001 makes L (\S+)\n +x - 0\.001 makes L (\S+)\n +\(\1 - \(?\2\)?\) / 0\.002", text)


@pytest.mark.parametrize("width", [40, 80])
def test_a_report_fits(width: int) -> None:
    for each in COURSE:
        for path, readings in probes_and_wrong(each, 0)[1].items():
            shown = report.report(verdict.verdict_of(each, judged(each, readings, 0)), TextStyle(width))
            wide = [line for line in shown.splitlines() if len(line) > width and line[:4] != "    "]
            assert not wide, path


def test_none_asks_for_a_return() -> None:
    assert "x.grad = None: did you forget return?" in report_on(
        "local_derivatives", "def add_backward(x, y, upstream): upstream\ndef mul_backward(x, y, upstream): upstream"
    )


def test_an_exception_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "ex04_local_derivatives.py"
    path.write_text("def add_backward(x, y, upstream):\n    return upstraem, upstream\nmul_backward = None\n")
    each = exercise("local_derivatives")
    found = verdict.judge_source(each, path.read_text(encoding="utf-8"), path)
    assert found.state == "error"
    text = report.report(found, TextStyle())
    assert "got         NameError, which says: \"name 'upstraem' is not defined\"." in text
    assert "because" not in text
    assert "line 2      return upstraem, upstream" in text
    assert report.one_line(found).endswith("): got NameError, which says: \"name 'upstraem' is not defined\".")


def test_what_stops_the_file_itself_is_told_in_a_sentence() -> None:
    found = verdict.judge_source(exercise("local_derivatives"), "def add_backward(x, y, upstream:\n")
    assert (found.state, found.failure) == ("error", None)
    text = report.report(found, TextStyle())
    assert text.startswith("ex04  Local derivatives of add and mul: this could not be tried.\n\nLine 1")
    assert "\n    def add_backward(x, y, upstream:\n" in text


def test_a_todo_that_is_left_is_no_mistake() -> None:
    source = "def add_backward(x, y, upstream): return upstream, upstream\n"
    source += "def mul_backward(x, y, upstream): raise NotImplementedError('TODO')"
    found = verdict.judge_here(exercise("local_derivatives"), answers(source), source)
    assert found.state == "begun"
    assert "3 of 7 inputs so far, and a TODO is left." in " ".join(report.report(found, TextStyle()).split())
    nothing = source.replace("return upstream, upstream", "raise NotImplementedError('TODO: both')")
    assert verdict.judge_here(exercise("local_derivatives"), answers(nothing), nothing).state == "not begun"


def test_numbers_that_differ_look_different() -> None:
    text = report_on("by_hand", "def gradient(w, x, b):\n    u = 2.00001 * (w * x + b)\n    return u * x, u * w, u")
    got, expected = (re.search(rf"^  {label} +(.*)", text, re.MULTILINE)[1] for label in ("got", "expected"))
    assert got != expected


def test_a_list_is_told_by_its_first_wrong_place() -> None:
    text = report_on("descent", HELD_OUT["descent-uphill"])
    assert re.search(r"got +path\[1\] = ", text)
    short = HELD_OUT["descent-uphill"].replace("return [start]\n", "return []\n")
    assert "], of length 4, and 5 was expected" in " ".join(report_on("descent", short).split())


def test_control_characters_are_spelled_out() -> None:
    source = "def gradient(w, x, b): raise ValueError('\\x1b[31mred')"
    assert "\\x1b[31mred" in report_on("by_hand", source)


def test_a_kink_has_no_nudge_to_be_told() -> None:
    from demos.exercises.nudge_text import nudge_text

    x = Value(0.0, "x")
    assert nudge_text(x.relu(), "x", 0.0) == ""
    assert nudge_text(x * x, "y", 0.0) == ""
    assert nudge_text(x, "x", 1.0).startswith("x + 0.001 makes x 0.001\n")  # the root's own gradient is 1
    deep = x + 1.0
    for _ in range(3000):
        deep = deep * 1.0
    assert nudge_text(deep, "x", 1.0).endswith("= 1.0")


def test_show_is_short() -> None:
    assert len(show([0.123456789] * 100)) == 160
    assert show("x" * 1000)[-3:] == "..."


@pytest.mark.parametrize("module", sorted(path.stem for path in HERE.glob("*.py") if path.stem != "__main__"))
def test_what_the_docstrings_show_is_so(module: str) -> None:
    name = "demos.exercises" + f".{module}" * (module != "__init__")
    assert doctest.testmod(import_module(name)).failed == 0


# The course's names, and a folder


@pytest.mark.parametrize(
    "name",
    ["ex05", "5", "05", "ex5", "reuse", "ex05_reuse", "EX05_reuse.py", "mine/ex05_reuse.py", "mine\\ex05_reuse.py"],
)
def test_an_exercise_goes_by_many_names(name: str) -> None:
    assert exercise(name).id == "ex05"


@pytest.mark.parametrize(
    ("name", "sentence"), [("ruese", "did you mean reuse?"), ("77", f"they are ex01 to {COURSE[-1].id}")]
)
def test_an_unknown_exercise_is_a_sentence(name: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        exercise(name)


def test_the_number_of_an_exercise_stands_in_the_table_alone() -> None:
    counted = re.compile(r"\bex\d\d|\bexercises? \d", re.IGNORECASE)
    for each in COURSE:
        for path in each.folder.rglob("*.*"):
            if path.suffix in (".py", ".md"):
                assert not counted.search(path.read_text(encoding="utf-8")), path
    assert sorted(each.name for each in HERE.glob("ex_*")) == sorted(each.folder.name for each in COURSE)


def test_a_file_of_an_earlier_course_is_used(tmp_path: Path) -> None:
    folder, each = Folder(tmp_path), exercise("zero_grad")
    earlier = tmp_path / "ex77_zero_grad.py"
    earlier.write_text(each.solution, encoding="utf-8")
    assert (folder.held(), folder.file(each), folder.state(each)) == ([each], earlier, "done")
    with pytest.raises(FileExistsError):
        folder.add(each)
    folder.set_aside(each)
    assert not folder.held()
    folder.add(each)
    assert folder.file(each).name == each.file


def test_a_file_is_read_however_it_was_saved(tmp_path: Path) -> None:
    folder, each = Folder(tmp_path), exercise("local_derivatives")
    text = "def add_backward(x, y, upstream):\r\n\treturn upstream, upstream\r\n\r\n"
    text += "def mul_backward(x, y, upstream):\r\n\treturn upstream * y, upstream * x  # naïve\r\n"
    folder.file(each).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert folder.judged(each).done
    tabs = re.sub("^(    )+", lambda spaces: "\t" * (len(spaces[0]) // 4), each.template, flags=re.MULTILINE)
    folder.file(each).write_bytes(tabs.replace("\n", "\r\n").encode())
    assert verdict.is_untouched(each, folder.source(each))
    assert not verdict.is_untouched(each, text)
    with pytest.raises(FileExistsError):
        folder.add(each)
    folder.file(each).write_bytes(text.encode("latin-1"))
    with pytest.raises(FolderError, match="not saved as UTF-8"):
        folder.judged(each)
    folder.file(each).unlink()
    with pytest.raises(FolderError, match="renamed or deleted"):
        folder.judged(each)


def test_notes_are_a_convenience(tmp_path: Path) -> None:
    folder, each = Folder(tmp_path), exercise("local_derivatives")
    folder.add(each)
    assert (folder.state(each), folder.rung(each), folder.rung(each)) == ("not begun", 1, 2)
    for junk in (
        "",
        "[]",
        '{"judged": 3}',
        '{"judged": {"local_derivatives": 5}, "hints": {"local_derivatives": "x"}}',
        "\0",
    ):
        (tmp_path / ".progress.json").write_text(junk)
        assert folder.state(each) == "not begun"
        assert folder.rung(each) == 1
    folder.file(each).write_text(each.solution, encoding="utf-8")
    assert folder.state(each) == "done"


# In a notebook


def add_backward(x: float, y: float, upstream: float) -> tuple[float, float]:
    return upstream, upstream


def mul_backward(x: float, y: float, upstream: float) -> tuple[float, float]:
    return upstream * y, upstream * x


def test_check_is_quiet_about_right_answers(capsys: pytest.CaptureFixture[str]) -> None:
    check("local_derivatives", add_backward, mul_backward)
    check("4", mul_backward, add_backward)
    check("local_derivatives", add_backward=add_backward, mul_backward=mul_backward)
    check("predict", answers(exercise("predict").solution).gradients)
    check("reuse", answers(exercise("reuse").solution).Value)
    check("by_hand", lambda w, x, b: [2 * (w * x + b) * each for each in (x, w, 1)])
    assert capsys.readouterr().out.count("right!") == 6


def test_check_prints_the_report_and_raises(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AssertionError, match=r"^ex04: mul_backward\(.*\): got x.grad = \S+, expected x.grad = \S+$"):
        check("local_derivatives", add_backward, mul_backward=lambda x, y, upstream: (upstream * x, upstream * y))
    out = capsys.readouterr().out
    assert "Each factor got itself" in out
    assert "python -m" not in out


def test_check_tells_the_line_of_a_method(capsys: pytest.CaptureFixture[str]) -> None:
    class Value:
        def __init__(self, data: float) -> None:
            self.data, self.grad = data, 0.0

        def __add__(self, other: Any) -> Any:
            return self.dta + other.data

        __mul__ = __add__

    with pytest.raises(NotRight, match="no attribute 'dta'"):
        check("reuse", Value)
    assert re.search(r"line \d+ +return self.dta \+ other.data", capsys.readouterr().out)


def test_check_says_what_it_cannot_use() -> None:
    def other(*_: float) -> None:
        raise SystemExit

    for wanted, given, named in [
        ("mul_backward is missing", [add_backward], {}),
        ("other is", [add_backward, other], {}),
        ("power_backward is not one", [add_backward, mul_backward], {"power_backward": other}),
        ("calls exit()", [add_backward], {"mul_backward": other}),
    ]:
        with pytest.raises(NotRight, match=re.escape(wanted)):
            check("local_derivatives", *given, **named)
    with pytest.raises(ValueError, match="no exercise ex99"):
        check("ex99", other)

"""Small parts whose callers hide what they do: each is asked by itself."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import replace
from math import log
from typing import TYPE_CHECKING, Any

import pytest
from zoo import newton

from engine import ArgumentError, GradwalkError, Value, compile, constant, diagnose, walk, where
from engine.arguments import NOTHING, hidden
from engine.command import _readable
from engine.draw import frames as frames_module
from engine.draw.frames import frames
from engine.draw.picture import picture, total_length
from engine.ops import OPS
from engine.printer import slope_formula
from engine.program.plain import PlainProgram
from engine.terminal import TextStyle
from engine.walk.explain import Wording
from engine.walk.long import place_in_loops
from engine.walk.quiz import question
from nn import MLP, data, optim

if TYPE_CHECKING:
    from pathlib import Path

    from engine.draw.picture import Arrow


def drawn(root: Value, fold: str) -> Any:
    return picture(root, None, fold, None, None, None, False)


def test_the_slope_of_a_power_by_its_exponent_is_not_that_by_its_base() -> None:
    x, y = 1.7, 2.0
    by_exponent = slope_formula(OPS["pow"], 1, y)
    assert by_exponent == slope_formula(OPS["pow"], 1)
    assert eval(by_exponent, {"x": x, "y": y, "z": x**y, "log": log}) == pytest.approx(x**y * log(x))


def test_a_signature_is_shown_without_what_catches_wrong_calls() -> None:
    @hidden
    def taken(a: float, b: float = 2.0, *more: object, c: object = NOTHING, **unknown: object) -> None: ...

    kinds = {each.kind for each in inspect.signature(taken).parameters.values()}
    assert kinds.isdisjoint({inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD})
    assert [*inspect.signature(taken).parameters][:2] == ["a", "b"]


def test_a_word_that_is_no_text_stays_as_it_came() -> None:
    broken = b"h\xff".decode("utf-8", "surrogateescape")
    assert _readable(broken) == broken
    assert _readable("h²") == "h²"


def test_boxes_without_a_frame_are_counted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    root = MLP(2, [3, 3, 1], rng=0)([Value(0.5), Value(-1.0)])
    whole = frames(drawn(root, "layers"))
    monkeypatch.setattr(frames_module, "MOST_FRAMES", 1)
    (alone,) = frames(drawn(root, "layers"))
    assert alone.closed == len(whole[0].links) + (whole[0].map is not None) > 1


def test_a_sum_of_one_product_is_no_neuron() -> None:
    a, b, c, d = (Value(number, name) for number, name in ((2.0, "a"), (3.0, "b"), (0.5, "c"), (-1.0, "d")))
    one, two = a * b + c + d, a * b + c * d + a
    assert not [box for box in drawn(one, "neurons").boxes if box.label_text.neurons or box.label_text.table]
    assert [box for box in drawn(two, "neurons").boxes if box.label_text.neurons or box.label_text.table]


def test_the_length_of_all_arrows_is_that_in_columns() -> None:
    def arrow(tail: str, head: str) -> Arrow:
        return replace(drawn(Value(1.0).tanh(), "none").arrows[0], tail=tail, head=head)

    chain = [arrow("a", "b"), arrow("b", "c"), arrow("c", "d")]
    assert total_length(chain) == 3
    assert total_length([*chain, arrow("b", "d")]) == 5
    assert total_length([*chain, arrow("leaf", "c")]) == 4  # a leaf stands beside what uses it


def test_each_turn_of_a_loop_is_counted_from_one_to_all() -> None:
    shown = drawn(newton(20), "loops")
    places = [place_in_loops(node, shown) for node in shown.graph.at]
    turns = [tuple(map(int, re.findall(r"\d+", place))) for place in places if place]
    many = turns[0][1]
    assert {turn for turn, _ in turns} == {*range(1, many + 1)}
    assert {of for _, of in turns} == {many}
    assert many >= 15


def test_a_step_backward_names_its_edge_and_others_do_not(tmp_path: Path) -> None:
    page = walk(Value(2.0, "a") * Value(3.0, "b")).save(tmp_path / "walk.html").read_text(encoding="utf-8")
    facts = re.findall(r'"kind": ?"(\w+)".*?"edge": ?"(.*?)"', page)
    assert facts
    assert all(bool(edge) == (kind == "backward") for kind, edge in facts), facts
    assert len({edge for _, edge in facts}) == 3


def test_a_question_for_a_slope_is_of_its_own_argument() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    steps = walk(a / b)
    wording = Wording(steps.trace, TextStyle())
    asked = {step.argument: [*question(step, wording)] for step in steps if step.argument is not None}
    assert any("dv1/da = 1 / b" in text for _, text in asked[0])
    assert any("dv1/db = -v1 / b" in text for _, text in asked[1])


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    monkeypatch.delitem(sys.modules, "engine.program.backends.jax", raising=False)
    a = Value(2.0, "a")
    program = compile(a * a, parameters=[a])
    with pytest.raises(GradwalkError, match="pip install"):
        program.to_jax()


FORMS = ("scalars", "columns", "matrices")


@pytest.mark.parametrize("form", FORMS)
def test_a_gradient_of_zero_stays_zero_where_the_slope_is_infinite(form: str) -> None:
    x, p, w = Value(1.0, "x"), Value(2.0, "p"), Value(1.5, "w")
    program = compile(where(x, (p * x).sqrt(), constant(0.0)) * w, [x], [p, w], form=form)
    total, (dp, dw) = program.value_and_grad([[0.0], [4.0]])
    assert total == pytest.approx(8.0**0.5 * 1.5 / 2)
    assert dp == pytest.approx(1.5 * 4.0 * 0.5 / 8.0**0.5 / 2)
    assert dw == pytest.approx((8.0**0.5 + 0.0) / 2)


def test_a_sum_that_is_read_in_its_loop_is_added_up_in_it() -> None:
    """Its sum of before and of now, and a sum of what changes later in the turn."""
    many = 30
    rows = [[0.1 * ((7 * place + row) % 5 - 2) for place in range(many)] for row in range(40)]

    def reads_before(x: list[Value], w: Value, u: Value) -> Value:
        total, h = Value(0.0), Value(0.1, "h")
        for each in x:
            total = total + each * w
            h = (h * u + total).tanh()
        return h

    def reads_after(x: list[Value], w: Value, u: Value) -> Value:
        total, h = Value(0.0), Value(0.1, "h")
        for each in x:
            h = (h * u + total * 0.5 + each * w).tanh()
            total = total + h * each
        return total + h

    for function in (reads_before, reads_after):
        x, w, u = [Value(0.0, f"x{place}") for place in range(many)], Value(0.7, "w"), Value(-0.4, "u")
        program = compile(function(x, w, u), x, [w, u])
        for chosen in (rows, rows[:1]):
            total, slopes = program.value_and_grad(chosen)
            w.grad = u.grad = 0.0
            results = []
            for row in chosen:
                result = function([Value(number) for number in row], w, u)
                result.backward()
                results.append(result.data)
            assert total == pytest.approx(sum(results) / len(chosen), rel=1e-12)
            assert [*slopes] == pytest.approx([w.grad / len(chosen), u.grad / len(chosen)], rel=1e-10)


def test_rows_of_several_lengths_are_refused_also_without_numpy() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    program = PlainProgram(a * b, [a], [b], None)
    assert program.value_and_grad([[1.0], [2.0]])[0] == 4.5
    for rows in ([[1.0], [2.0, 3.0]], [[1.0, 2.0]], [[]], []):
        with pytest.raises(GradwalkError):
            program.value_and_grad(rows)


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSProp", "Embedding", "Recurrent", "MLP", "Dropout"])
def test_a_wrong_word_for_a_class_is_answered_in_our_words(name: str) -> None:
    import nn

    kind = getattr(nn, name, None) or getattr(optim, name)
    with pytest.raises(ArgumentError, match=name):
        kind(5, 5, nonsense=1)


def test_the_color_of_a_feature_is_white_at_zero_where_it_has_both_signs() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from nn.plot import neurons

    ax = neurons(MLP(2, [3, 1], rng=1), data.moons(20, noise=0.1, seed=0).X)
    ax = getattr(ax, "ax", ax)
    images = ax.get_images()
    assert images
    for image in images:
        plane, (least, most) = image.get_array(), image.get_clim()
        middle = (least + most) / 2
        assert middle == pytest.approx(0.0 if plane.min() < 0 < plane.max() else (plane.min() + plane.max()) / 2)


def test_a_table_in_a_notebook_has_as_many_cells_in_each_row() -> None:
    wide = data.Dataset([[1.0 * place for place in range(30)]] * 50, [0.0] * 50)
    html = wide._repr_html_()
    counts = {row.count("<td") + row.count("<th") for row in html.split("<tr")[1:]}
    assert len(counts) == 1
    assert "…" in html


def test_rows_to_compare_are_not_only_the_ends_of_columns() -> None:
    np = pytest.importorskip("numpy")
    from nn.recordable import rows_to_compare

    columns = np.random.default_rng(0).normal(size=(300, 1000))
    ends = {int(place) for column in columns for place in (column.argmin(), column.argmax())}
    chosen = rows_to_compare(1000, 50, columns)
    assert len(set(chosen) - ends) >= len(chosen) // 4


def test_scikit_learn_estimators_print_nothing_by_default() -> None:
    pytest.importorskip("sklearn")
    from nn.sklearn import Classifier

    assert Classifier().get_params()["verbose"] is False


def test_a_number_alone_has_no_finding() -> None:
    assert not diagnose(constant(2.0))
    assert not diagnose(Value(2.0, "v"))


def test_a_prepared_program_refuses_an_infinite_gradient_of_a_finite_result() -> None:
    x, p = Value(1.0, "x"), Value(2.0, "p")
    np = pytest.importorskip("numpy")
    prepared, X = compile((p * x).sqrt(), [x], [p]).prepared(2), np.array([[1.0, 4.0]])
    assert prepared.value_and_grad(np.array([4.0]), X)[0] == pytest.approx(3.0)
    assert prepared.outputs_and_grad(np.array([0.0]), X) is None  # finite results, and slopes that are not
    with pytest.raises(GradwalkError, match="slope"):
        prepared.value_and_grad(np.array([0.0]), X)


@pytest.mark.slow
def test_what_jax_does_not_take_is_refused_in_our_words() -> None:
    pytest.importorskip("jax")
    x, p = Value(1.0, "x"), Value(2.0, "p")
    call = compile(p * x, [x], [p]).to_jax()
    assert call([2.0], [[3.0]])[0] == 6.0
    for wrong in (["a"], "abc", [2.0, 3.0], [[2.0]]):
        with pytest.raises(GradwalkError):
            call(wrong, [[3.0]])


def test_a_row_of_a_report_keeps_empty_lines_and_may_have_no_text() -> None:
    style = TextStyle(60)
    assert [line.split() for line in style.row("label", "a\n\nb").split("\n")] == [["label", "a"], [], ["b"]]
    assert style.row("label", "").strip() == "label"

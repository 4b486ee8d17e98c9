"""gradcheck: right derivatives pass, wrong ones fail, and the message names the edge."""

from __future__ import annotations

import math
from itertools import count
from random import Random

import pytest
from oracles import on_kinks, points

from engine import Value, define, gradcheck
from engine.check import TOLERANCE, _nudge
from engine.errors import ArgumentError, DivisionError, DomainError, FormulaError, GradientError, NumberError
from engine.ops import OPS


@pytest.mark.parametrize("name", list(OPS))
def test_every_row_of_the_table_is_right_at_both_orders(name: str) -> None:
    assert {check.order for check in gradcheck(name)} == {1}
    report = gradcheck(name, orders=(1, 2))
    assert report.passed
    assert {check.order for check in report} == {1, 2}
    assert all(check.conclusive for check in report)


@pytest.mark.parametrize("name", [name for name, op in OPS.items() if op.kinks])
def test_a_convention_on_a_kink_lies_between_the_two_slopes(name: str) -> None:
    point = next(on_kinks(OPS[name], Random(0)))
    report = gradcheck(name, *point)
    assert report.passed
    assert any(check.kink for check in report)


@pytest.mark.parametrize("name", list(OPS))
@pytest.mark.parametrize("factor", [1.001, 0.999, -1.0, 0.0])
def test_the_checker_notices_a_partial_that_is_off_by_a_thousandth(name: str, factor: float) -> None:
    op = OPS[name]
    for index, partial in enumerate(op.partials):
        if partial == "0":
            continue  # 0 times anything is right
        wrong = [*op.partials]
        wrong[index] = f"{factor} * ({partial})"
        made = op.formula if "choose" not in op.formula else op.spell(*op.letters)
        define("wrong", made, wrong, domain=op.domain, kinks=op.kinks, arguments=op.letters)
        slope = op.slopes[index]
        point = next((at for at in points(op, 100) if op.selects and slope(*at, z=op.f(*at))), ())
        with pytest.raises(GradientError) as caught:
            gradcheck("wrong", *point)
        assert f"dz/d{op.letters[index]} = " in str(caught.value)


def test_the_first_wrong_edge_is_named_with_both_numbers() -> None:
    define("crooked", "x ** 3", ("3.003 * x ** 2",))
    with pytest.raises(GradientError) as caught:
        gradcheck(lambda a, b: (a * b).crooked() + a, 1.0, 2.0)
    assert str(caught.value) == (
        "wrong local derivative at a = 1.0, b = 2.0: dv2/dv1 = 3.003 * v1 ** 2.0, v2 = crooked(v1): "
        "the engine says 12.012, a numeric nudge says 12.0 (0.10% apart)."
    )
    with pytest.raises(GradientError, match=r"the engine says 1\.33467, a numeric nudge says 1\.333333"):
        gradcheck(lambda a, b: a.crooked(), 2 / 3, 2.0)
    assert not caught.value.report.passed
    assert "WRONG" in str(caught.value.report)


def test_a_second_order_mistake_is_found_where_the_first_order_is_right() -> None:
    define("forgetful", "x * x", ("x + 0.5 * z / x + 0.5 * sqrt(z)",))
    row = OPS["forgetful"]
    row.lifted = (lambda x, *, z: x + x.data,)  # right as a number, but half of it is no longer a graph
    with pytest.raises(GradientError, match=r"d\(.*\)/dx, z = forgetful\(x\)"):
        gradcheck("forgetful", 1.5, orders=(1, 2))
    assert gradcheck("forgetful", 1.5).passed


def test_a_function_that_leaves_its_graph_is_found_in_the_whole() -> None:
    with pytest.raises(GradientError, match="wrong derivative of the whole at a = 0.5, b = 2.0: dz/db in all"):
        gradcheck(lambda a, b: a * b.data, 0.5, 2.0)
    with pytest.raises(NumberError, match="gives 0.5, not a Value"):
        gradcheck(lambda a: a.data, 0.5)


def test_reused_nodes_steep_functions_and_nearby_kinks_pass() -> None:
    for function, at in (
        (lambda a: a * a + a.exp() * a, 1.3),
        (lambda a: 1 / a, 1e-3),
        (lambda a: (a - 1.0).relu() + (-a).relu(), 1.0 + 1e-6),
        (lambda a: a.log(), 1e-6),
        (lambda a: (a * 40).sin(), 0.7),
    ):
        assert gradcheck(function, at, orders=(1, 2)).passed


def test_without_a_point_it_samples_the_same_points_again() -> None:
    first, second = (gradcheck(lambda p, q: p.tanh() * q) for _ in range(2))
    assert [check.engine for check in first] == [check.engine for check in second]
    other = gradcheck(lambda p, q: p.tanh() * q, seed=1)
    assert [check.engine for check in first] != [check.engine for check in other]


def test_what_it_cannot_take_is_said() -> None:
    with pytest.raises(NumberError, match="orders are 1, 2 or both"):
        gradcheck("tanh", 1.0, orders=(3,))
    with pytest.raises(NumberError, match="there is no operation 'tanhh'"):
        gradcheck("tanhh")


def test_a_long_report_is_shortened() -> None:
    def chain(a: Value) -> Value:
        for _ in range(60):
            a = a.sin()
        return a

    text = str(gradcheck(chain, 0.5, orders=(1, 2)))
    assert len(text.splitlines()) == 43
    assert "and 82 more" in text


def test_a_report_shows_eight_digits_of_what_the_engine_says() -> None:
    *_, total, _ = str(gradcheck(lambda a: a * 0.123456789, 1.0)).splitlines()
    assert total.split()[-3] == "0.12345679"


@pytest.mark.parametrize(
    ("function", "derivative", "x"),
    [(math.exp, math.exp, 3.0), (math.sin, math.cos, -1.0), (math.sqrt, lambda x: 0.5 / math.sqrt(x), 1e-4)],
)
def test_the_nudge_itself_is_right(function, derivative, x) -> None:
    low, high, error, kink, sides = _nudge(lambda at: (function(at), 0), x)
    assert low == high
    assert (kink, sides) == (False, 2)
    assert abs(low - derivative(x)) <= min(TOLERANCE * 1e-2, 10 * error + 1e-12) * abs(derivative(x))


def test_substitute_spells_only_whole_names() -> None:
    assert OPS["add"].substitute("exp(x) * max(x, y) - z", "x1", "q", z="r") == "exp(x1) * max(x1, q) - r"


def test_a_function_that_draws_random_numbers_is_said_to() -> None:
    rng = Random(0)
    for function in (lambda x: x * rng.random(), lambda x: x * rng.choice([1.0, 2.0])):
        with pytest.raises(GradientError, match="not deterministic"):
            gradcheck(function, 2.0)
    calls = count(1)
    with pytest.raises(GradientError, match=r"gives 1\.00001 and then 1\.000\d+\. A"):  # with the digit that differs
        gradcheck(lambda x: x * 0.0 + 1.0 + next(calls) * 1e-5, 2.0)
    assert gradcheck(lambda x: x * Random(0).random(), 2.0).passed


def test_the_result_is_called_unlike_any_variable() -> None:
    for letters, result in {"a": "z", "z": "f", "zf": "result", "zfw": "result"}.items():
        report = gradcheck(eval(f"lambda {', '.join(letters)}: {' * '.join(letters)} * 2"), *[2.0] * len(letters))
        assert report[-1].what.split("/")[0] == f"d{result}"
        assert f"{result} = " in str(report)
    report = gradcheck(lambda z, f, result: z * f * result, 1.0, 2.0, 3.0)
    assert report[-1].what.startswith("dresult_2/d")
    report = gradcheck(lambda z, f, result, result_2: z * f * result * result_2, 1.0, 2.0, 3.0, 4.0)
    assert report[-1].what.startswith("dresult_3/d")


def test_at_the_edge_of_a_domain_the_nudge_goes_to_one_side_or_the_edge_is_said() -> None:
    for edge in (0.0, 1.0, -3.0):
        for function in (lambda a, edge=edge: (a - edge) ** 2.5, lambda a, edge=edge: (edge - a) ** 2.5):
            report = gradcheck(function, edge)
            assert report.passed
            assert report[-1].sides == 1
            assert "the edge of a domain" in str(report)
    with pytest.raises(DivisionError, match="has no finite value"):
        gradcheck("sqrt", 0.0)
    with pytest.raises(DomainError, match="must be positive"):
        gradcheck("log", 0.0)
    with pytest.raises(NumberError, match="infinite"):
        gradcheck("exp", math.inf)


@pytest.mark.parametrize(("name", "low", "high"), [("relu", 0.0, 1.0), ("abs", -1.0, 1.0)])
def test_at_a_kink_the_interval_is_from_one_side_to_the_other(name: str, low: float, high: float) -> None:
    at_kink = gradcheck(lambda x: getattr(x, name)(), 0.0)[0]
    assert at_kink.kink
    assert at_kink.low == pytest.approx(low, abs=1e-6)
    assert at_kink.high == pytest.approx(high, abs=1e-6)
    assert all(check.error >= 0.0 for check in gradcheck(lambda x: getattr(x, name)() * x.exp(), 0.0))


def test_a_function_that_needs_an_argument_by_name_is_answered_with_what_to_write() -> None:
    with pytest.raises(ArgumentError, match=r"needs scale= by its name.*scale=\.\.\."):
        gradcheck(lambda x, *, scale: x * scale, 2.0)
    gradcheck(lambda x, *, scale=3.0: x * scale, 2.0)
    with pytest.raises(FormulaError, match="is not a function of x"):
        define("scaled", lambda x, *, scale: x * scale, lambda x: 1.0)


def test_an_argument_with_a_default_keeps_it_and_the_others_keep_their_names() -> None:
    assert [check.what for check in gradcheck(lambda a, b=2.0: a * b, 3.0)] == [
        "dz/da = 2.0, z = a * 2.0",
        "dz/da in all",
    ]

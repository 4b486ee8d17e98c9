"""Numeric derivatives: each way of measuring a slope finds it, as well as it says."""

from __future__ import annotations

import math

import pytest

from engine.numeric import central, nudge, one_sided, ridders

SLOPES = [
    (math.exp, math.exp, 1.5),
    (math.sin, math.cos, -2.0),
    (lambda x: x**3 - x, lambda x: 3 * x * x - 1, 0.75),
    (lambda x: 7.0, lambda x: 0.0, 3.0),
    (math.sqrt, lambda x: 0.5 / math.sqrt(x), 4.0),
]  # fmt: skip


@pytest.mark.parametrize(("function", "derivative", "x"), SLOPES, ids=["exp", "sin", "cubic", "constant", "sqrt"])
def test_every_way_measures_the_slope(function, derivative, x) -> None:
    slope = derivative(x)
    assert central(function, x) == pytest.approx(slope, rel=1e-8, abs=1e-9)
    moved = nudge(function, x, 1e-4)
    assert moved.slope == central(function, x, 1e-4) == pytest.approx(slope, rel=1e-6)
    assert moved.sides == pytest.approx((one_sided(function, x, -1e-4), one_sided(function, x, 1e-4)))
    found, error = ridders(function, x, 0.02 * x)
    assert found == pytest.approx(slope, rel=1e-9, abs=1e-9)
    assert abs(found - slope) <= 10 * error + 1e-12 * abs(slope)
    for sign in (1, -1):  # less exact: the small steps of one side drown in rounding
        assert ridders(function, x, 0.02 * x, (sign,))[0] == pytest.approx(slope, rel=1e-7, abs=1e-9)


def test_a_nudge_to_one_side_stays_on_that_side() -> None:
    assert ridders(lambda x: math.sqrt(x) ** 3, 0.0, 0.1, (1,))[0] == pytest.approx(0.0, abs=1e-3)
    with pytest.raises(ValueError, match="math domain|nonnegative"):
        ridders(math.sqrt, 0.0, 0.1)


def test_rounding_makes_noise_that_is_told() -> None:
    large = nudge(lambda x: 1e12 + x, 1.0, 1e-5)
    assert abs(large.slope - 1.0) <= large.noise

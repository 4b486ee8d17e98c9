"""The short form of tests/fuzz/expressions.py."""

from __future__ import annotations

import pytest
from fuzzing import fuzz


@pytest.mark.slow
def test_random_expressions_are_computed_as_python_does_or_refused() -> None:
    counts = fuzz("expressions.py", "1500", "1000000")
    assert counts["right, as Python"] > 400
    assert counts["refused"] > 400
    assert counts["computed"] > 50

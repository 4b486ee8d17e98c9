"""The short form of tests/fuzz/expressions.py, in a process of its own: its audit hook cannot be taken away."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "fuzz" / "expressions.py"


@pytest.mark.slow
def test_random_expressions_are_computed_as_python_does_or_refused() -> None:
    command = [sys.executable, str(SCRIPT), "1500", "1000000"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = {what: int(count.replace(",", "")) for count, what in re.findall(r"([\d,]+)  (.*)", done.stdout)}
    assert counts["right, as Python"] > 400
    assert counts["refused"] > 400
    assert counts["computed"] > 50

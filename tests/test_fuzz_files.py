"""The short form of tests/fuzz/files.py, in a process of its own: its audit hook cannot be taken away."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "fuzz" / "files.py"


def test_damaged_files_are_refused_or_read_as_they_say() -> None:
    command = [sys.executable, str(SCRIPT), "--count", "150", "--first", "1000000"]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = {what: int(count.replace(",", "")) for count, what in re.findall(r"([\d,]+)  (.*)", done.stdout)}
    assert counts["refused"] > 100
    assert counts["read"] > 5

"""Run a fuzz of tests/fuzz in a process of its own, because an audit hook cannot be taken away again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path


def fuzz(script: str, *arguments: str) -> dict[str, int]:
    """Run a script of tests/fuzz, which must find no fault; return how often it met each outcome."""
    command = [sys.executable, str(Path(__file__).parent / "fuzz" / script), *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return {what: int(count.replace(",", "")) for count, what in re.findall(r"([\d,]+)  (.*)", done.stdout)}

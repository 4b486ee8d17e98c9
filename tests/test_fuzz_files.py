"""The short form of tests/fuzz/files.py."""

from __future__ import annotations

from fuzzing import fuzz


def test_damaged_files_are_refused_or_read_as_they_say() -> None:
    counts = fuzz("files.py", "--count", "150", "--first", "1000000")
    assert counts["refused"] > 100
    assert counts["read"] > 5

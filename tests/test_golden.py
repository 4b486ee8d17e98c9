"""Whole texts that Gradwalk prints are as in tests/golden; `python tests/golden/update.py` writes them anew."""

from __future__ import annotations

import difflib

import pytest
from transcripts import GOLDEN, MISTAKES, NEEDS, NOT_DRAWN, NOT_NUMBERS, TRANSCRIPTS, transcript


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_a_transcript_is_as_it_was(name: str) -> None:
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    expected = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    got = transcript(name)
    changes = [*difflib.unified_diff(expected.splitlines(), got.splitlines(), "golden", "now", lineterm="", n=1)]
    assert not changes, "\n".join([*changes, "", "If that is what you want: python tests/golden/update.py"])


def test_every_mistake_is_an_error_with_a_sentence() -> None:
    text = (GOLDEN / "errors.txt").read_text(encoding="utf-8")
    assert text.count(">>> ") == sum(len(lines.strip().splitlines()) for lines in (MISTAKES, NOT_NUMBERS, NOT_DRAWN))
    assert "No error." not in text


def test_every_transcript_has_a_file_and_every_file_a_transcript() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(TRANSCRIPTS)

"""The short form of tests/fuzz/derivatives.py."""

from __future__ import annotations

from oracles import require


def test_every_difference_from_pytorch_is_explained() -> None:
    require("torch")
    from fuzz.derivatives import main

    counts = main(1_000)
    assert not [reason for reason in counts if "UNEXPLAINED" in reason]
    assert sum(count for reason, count in counts.items() if reason.endswith("agree")) > 4_000

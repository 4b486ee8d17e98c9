"""Eighteen exercises, from a numeric nudge to a tiny GPT: `python -m demos.exercises`."""

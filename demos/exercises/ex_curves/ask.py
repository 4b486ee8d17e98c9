"""Ask for the cause that an answer gives for each run."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any


def causes(answers: SimpleNamespace, run: str) -> Mapping[str, Any]:
    causes = answers.causes
    if not isinstance(causes, dict):
        return {f"cause of {run}": "causes is a dict: a cause for each letter"}
    cause = causes.get(run, causes.get(run.lower()))
    if cause is ...:
        raise NotImplementedError("TODO: a cause for each run")
    if isinstance(cause, str):
        return {f"cause of {run}": " ".join(cause.replace("_", " ").lower().split())}
    return {f"cause of {run}": cause}

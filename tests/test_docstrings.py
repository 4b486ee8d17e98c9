"""The docstrings of the public face: each names the parameters, what is raised, and has an example."""

from __future__ import annotations

import builtins
import inspect
import re
from typing import Any

import pytest

import engine
import nn

MODULES = (engine, nn, nn.losses, nn.optim, nn.data, nn.plot, nn.schedules, nn.init)
PUBLIC = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in MODULES
    for name in (*module.__all__, *vars(module).get("NAMED", ()))
    if callable(getattr(module, name))
}
# Classes that a user gets and does not make, or that take what they are given.
MADE_BY_US = {"engine.Page", "engine.Label"}
# Parameters that the class that is named first describes.
OF_OTHERS = {"nn.Conv1d": {"in_channels", "name"}, "nn.Recurrent": {"hidden", "init"}}
RAISES_NOTHING = {"engine.recording", "engine.source_lines", "nn.Module", "nn.schedules.constant"}
ERRORS = {**vars(builtins), **vars(engine.errors), **vars(nn.checks), "Diverged": nn.Diverged}
RAISES = re.compile(r"[Rr]aises(?:\s+-{6})?\s+(?:\w+ )??([A-Z]\w+)(?: \(an? (\w+)\))?(.*?)(?:\n\n|$)", re.DOTALL)
# What names no mistake: a reader learns from it that there are wrong arguments.
VAGUE = re.compile(r"argument\w* that do\w* not fit|makes? no sense|fits? together|invalid|not allowed")


def is_error(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseException)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_docstring_says_what_a_caller_needs(name: str) -> None:
    thing = PUBLIC[name]
    text = inspect.getdoc(thing) or ""
    assert re.match(r"[A-Z0-9].*[.:]", text.split("\n\n")[0].replace("\n", " ")), "a first line"
    if is_error(thing) or name in MADE_BY_US:
        return
    parameters = [each.name for each in inspect.signature(thing).parameters.values() if each.kind != each.VAR_KEYWORD]
    left_out = [
        each
        for each in parameters
        if not re.search(rf"`{each}\b|^\s*(?:- )?`?{each}`?:|\b{each}=", text, re.MULTILINE)
    ]
    assert {*left_out} <= OF_OTHERS.get(name, set())
    assert ">>> " in text, "an example"
    raised = RAISES.findall(text)
    assert raised or name in RAISES_NOTHING, "what it raises"
    for error, base, when in raised:
        assert is_error(ERRORS.get(error)), error
        assert not base or issubclass(ERRORS[error], ERRORS[base]), (error, base)
        assert re.search(r"\b(for|if|where|without)\b", when), "when it raises that"
        assert not VAGUE.search(when), when

"""Docstrings as Markdown: an example at Python's prompt becomes a block of code."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension

EXAMPLE = re.compile(r"((?:^[ ]*>>> .*\n?)(?:^[ ]*\S.*\n?)*)", flags=re.MULTILINE)


def fenced(text: str) -> str:
    """Return a docstring whose examples are blocks of code.

    >>> fenced("Add.\\n\\n>>> 1 + 1\\n2")
    'Add.\\n\\n```pycon\\n>>> 1 + 1\\n2\\n```\\n'
    """
    return EXAMPLE.sub(lambda example: f"```pycon\n{example[1].rstrip()}\n```\n", text)


class Doctests(Extension):
    """The extension that griffe calls for each object that it reads."""

    def on_instance(self, *, obj: Any, **_: Any) -> None:
        """Put the examples of a docstring into blocks of code."""
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)

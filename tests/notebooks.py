"""Make a notebook of a script in cells, as jupytext does for its percent format."""

from __future__ import annotations

import re
from typing import Any

MARKDOWN = "# %% [markdown]"


def notebook(source: str) -> dict[str, Any]:
    """Return a script in cells as a notebook: text cells without their #, and the docstring as code above them."""
    cells = re.split(r"^(?=# %%)", source, flags=re.MULTILINE)
    return {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [cell(text) for text in cells if text.strip()],
    }


def cell(text: str) -> dict[str, Any]:
    if not text.startswith(MARKDOWN):
        code = text.partition("\n")[2] if text.startswith("# %%") else text
        return {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": code.strip()}
    lines = text.strip().splitlines()[1:]
    return {"cell_type": "markdown", "metadata": {}, "source": "\n".join(re.sub("^# ?", "", line) for line in lines)}

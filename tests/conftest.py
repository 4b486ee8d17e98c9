"""What all tests share: settings, and a table that each test leaves as it found it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import hypothesis
import pytest
from browser import chromium, window  # noqa: F401 - fixtures
from oracles import missing

from engine import Value
from engine.draw.render import programs
from engine.ops import OPS
from engine.rules import FLOATS, VALUES

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

os.environ.setdefault("MPLBACKEND", "Agg")  # plots go to files, never to a window
collect_ignore = ["benchmarks", "mutation"]  # run by hand, as their README says
SLOWEST = "test_a_demo_prints_lines_that_fit_a_projector"

# A busy machine is no failure, and a failure on one machine is the same on all.
hypothesis.settings.register_profile("everywhere", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("everywhere")


@pytest.fixture(autouse=True)
def _same_table() -> Iterator[None]:
    """Operations that a test defines are gone after it: other tests loop over the table."""
    tables = [(table, dict(table)) for table in (OPS, FLOATS, VALUES)]
    yield
    for name in set(OPS) - set(tables[0][1]):
        delattr(Value, name)
    for table, before in tables:
        table.clear()
        table.update(before)


def pytest_report_header() -> str:
    return f"drawings are laid out by {next(iter(programs()), 'no program')}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """JAX compiles each program for seconds: tests that are told to use it are run with the slow ones."""
    for item in items:
        values = getattr(getattr(item, "callspec", None), "params", {}).values()
        if any(isinstance(value, str) and value == "jax" for value in values):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish(session: pytest.Session) -> None:
    """All demos take longest: if they will be asked for, they run beside the tests before them."""
    if hasattr(session.config, "workerinput"):
        return  # one of several processes of pytest-xdist: only the one that is given the demos runs them
    asked = {item.name.partition("[")[0]: item for item in session.items}.get(SLOWEST)
    if asked and not session.config.option.collectonly:
        asked.module.runs()  # type: ignore[attr-defined]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """No demo is left running."""
    if demos := sys.modules.get("test_demos"):
        demos.POOL.shutdown(cancel_futures=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """After all else, one line says how many tests were skipped because an oracle is not installed."""
    yield
    reports = terminalreporter.stats.get("skipped", [])
    if line := missing(report.longrepr[2] for report in reports if isinstance(report.longrepr, tuple)):
        terminalreporter.write_line(line)

"""A page as a person meets it: opened from its file in Chromium, looked over by axe-core."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
QUIET += " --disable-component-update --disable-sync"


class Window:
    """Opens pages, and remembers what they asked of others and what went wrong in them."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.contexts: dict[str, Any] = {}
        self.start()

    def start(self) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.pages: list[Any] = []

    def open(self, path: Path, place: str = "", width: int = 1280, height: int = 800, **wishes: Any) -> Any:
        """The page in a window of its own; wishes such as color_scheme="dark" are those of Playwright's contexts."""
        key = repr((width, height, sorted(wishes.items())))
        if key not in self.contexts:
            self.contexts[key] = self.browser.new_context(viewport={"width": width, "height": height}, **wishes)
            self.contexts[key].set_default_timeout(20_000)
        page = self.contexts[key].new_page()
        self.pages.append(page)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type in ("error", "warning") else None)
        page.goto(path.as_uri() + place)
        return page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Window]:
    """One browser for all tests of a file."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")
    if not CHROMIUM:
        pytest.skip("needs Chromium in the system")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield Window(browser)
        browser.close()


@pytest.fixture
def window(chromium: Window) -> Iterator[Window]:
    """A window whose pages must ask nobody for anything, and must not fail."""
    chromium.start()
    yield chromium
    for page in chromium.pages:
        page.close()
    assert not [url for url in chromium.requests if not url.startswith(("file:", "data:"))]
    assert not chromium.errors


def until(page: Any, true: str) -> None:
    """Wait for what happens on its own. (Playwright's own way to wait would break the page's policy.)"""
    for _ in range(200):
        if page.evaluate(true):
            return
        page.wait_for_timeout(20)
    pytest.fail(f"it never came to {true}")


def violations(page: Any) -> list[str]:
    """What axe-core finds wrong with a page, each with where it is."""
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")  # colors change in 0.12 s
    source = os.environ.get("GRADWALK_AXE", "")
    if not Path(source).is_file():
        pytest.skip("needs axe-core: GRADWALK_AXE=path/to/axe.min.js")
    page.evaluate(Path(source).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]

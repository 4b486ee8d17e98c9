"""The site: it is built without a warning and without a network, and shows each public name and each picture."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import engine
import nn

if TYPE_CHECKING:
    from browser import Window

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "demos" / "guide" / "pages"
REFERENCE: dict[str, Any] = {
    "engine": engine, "nn": nn, "losses": nn.losses, "optim": nn.optim, "data": nn.data, "plot": nn.plot,
}  # fmt: skip


@pytest.mark.parametrize("page", REFERENCE)
def test_the_reference_lists_every_public_function_and_class(page: str) -> None:
    module = REFERENCE[page]
    listed = re.findall(
        r"^::: [\w.]*\b(\w+)$", (PAGES / "reference" / f"{page}.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    public = [*module.__all__, *vars(module).get("NAMED", ())]
    assert {name for name in public if callable(getattr(module, name))} <= {*listed}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for package in "mkdocs", "material", "mkdocstrings":
        if not find_spec(package):
            pytest.skip(f"{package} is not installed: pip install '.[site]'")
    folder = tmp_path_factory.mktemp("built") / "site"
    command = [sys.executable, "-m", "demos.guide", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr
    return folder


@pytest.mark.slow
def test_the_site_is_whole_and_asks_for_nothing_elsewhere(site: Path) -> None:
    pages = {str(file.relative_to(site)) for file in site.rglob("*.html")}
    sources = {str(file.relative_to(PAGES).with_suffix(".html")) for file in PAGES.rglob("*.md")}
    assert {*sources, "coming_from.html"} <= pages
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source)[^>]*\bsrc=\"(.*?)\"", text)
        loaded += re.findall(r"<link(?![^>]*canonical)[^>]*\bhref=\"(.*?)\"", text)
        for file in loaded:
            assert not re.match(r"\w+:|//", file), (page, file)
            assert (page.parent / file.partition("?")[0]).exists(), (page, file)
    for style in site.rglob("*.css"):
        assert not re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//", style.read_text(encoding="utf-8")), style
    text = (site / "reference" / "engine.html").read_text(encoding="utf-8")
    assert "gradcheck" in text
    assert "&gt;&gt;&gt;" in text
    assert "<blockquote>" not in text


@pytest.mark.slow
@pytest.mark.parametrize("width", [400, 1366])
def test_no_page_is_wider_than_its_window(site: Path, width: int, window: Window) -> None:
    for name in ("index", "programs", "classroom", "reference/engine"):
        page = window.open(site / f"{name}.html", width=width, height=768)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.slow
@pytest.mark.parametrize("width", [400, 1366])
def test_the_search_finds_names_in_a_folder_without_a_server(site: Path, width: int, window: Window) -> None:
    page = window.open(site / "index.html", width=width, height=768)
    if width == 400:
        page.click("label[for=__search] >> visible=true")
    page.click("input[name=query]")
    page.keyboard.type("gradcheck")
    page.wait_for_selector(".md-search-result__item a")
    found = page.eval_on_selector_all(".md-search-result__item a", "links => links.map(link => link.href)")
    assert any(link.endswith("reference/engine.html#engine.check.gradcheck") for link in found)
    page.click('.md-search-result__item a[href$="#engine.check.gradcheck"]')
    page.wait_for_url("**/reference/engine.html*")

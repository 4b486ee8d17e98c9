"""Plots and drawings show and save themselves in one way: in a browser, in a notebook, as a file."""

from __future__ import annotations

import subprocess
import sys
import webbrowser
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

import pytest

from engine import GradwalkError, Value, draw
from nn import MLP, plot

if TYPE_CHECKING:
    from collections.abc import Callable

pytest.importorskip("matplotlib")
PICTURES: dict[str, Callable[[], Any]] = {
    "plot": lambda: plot.losses([2.0, 1.0]),
    "plot of a network": lambda: plot.network(MLP(2, [2, 1], rng=0)),
    "drawing": lambda: draw(Value(2.0, "a") * 3.0),
}
MARKS = {".png": b"\x89PNG", ".svg": b"<svg", ".pdf": b"%PDF"}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that a browser would have opened."""
    files: list[Path] = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(
        webbrowser, "open", lambda uri: not files.append(Path(url2pathname(unquote(urlparse(uri).path))))
    )
    return files


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_opens_in_the_browser(name: str, opened: list[Path]) -> None:
    assert PICTURES[name]().show() is None
    (file,) = opened
    assert file.suffix == ".svg"
    assert b"<svg" in file.read_bytes()


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_a_picture_is_saved_as_its_name_ends(name: str, ending: str, tmp_path: Path) -> None:
    for path in tmp_path / f"a{ending}", str(tmp_path / f"b{ending.upper()}"):
        saved = PICTURES[name]().save(path)
        assert saved == Path(path)
        assert MARKS[ending] in saved.read_bytes()[:1000]


@pytest.mark.parametrize("name", PICTURES)
def test_what_cannot_be_saved_is_refused_with_what_to_write(name: str, tmp_path: Path) -> None:
    picture = PICTURES[name]()
    for path, words in (
        (tmp_path / "a.jpg", ["'a.jpg'", ".png", ".svg"]),
        (tmp_path / "a", ["does not end with"]),
        (tmp_path / "no" / "a.png", ["no folder"]),
        (3, ["of type int"]),
        (None, ["of type NoneType"]),
        (tmp_path, ["is a folder"]),
    ):
        with pytest.raises(GradwalkError) as caught:
            picture.save(path)
        assert all(word in str(caught.value) for word in words)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("name", PICTURES)
def test_without_a_screen_or_a_browser_one_sentence_says_to_save(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = PICTURES[name]()
    monkeypatch.setattr(sys, "platform", "linux")
    for screen in "DISPLAY", "WAYLAND_DISPLAY", "BROWSER":
        monkeypatch.delenv(screen, raising=False)
    with pytest.raises(GradwalkError, match=r"no screen .*\.save\("):
        picture.show()
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(webbrowser, "open", lambda uri: False)
    with pytest.raises(GradwalkError, match=r"no browser .*\.save\("):
        picture.show()


@pytest.mark.parametrize("name", PICTURES)
def test_in_a_notebook_a_picture_is_displayed_once(
    name: str, opened: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    displayed: list[Any] = []
    notebook, module = ModuleType("IPython"), ModuleType("IPython.display")
    notebook.get_ipython = lambda: SimpleNamespace(kernel=object())  # type: ignore[attr-defined]
    module.display = displayed.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    picture = PICTURES[name]()
    assert picture.show() is None
    assert displayed == [picture]
    assert not opened


def test_a_plot_at_a_prompt_says_what_to_write() -> None:
    shown = plot.losses([2.0, 1.0])
    for text in repr(shown), str(shown):
        assert ".show()" in text
        assert '.save("loss' in text
    assert shown._repr_png_().startswith(b"\x89PNG")
    assert shown.set_title("still an Axes")


def test_a_real_browser_is_asked_by_its_name_in_the_environment(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("BROWSER is not looked at")
    log, browser = tmp_path / "log", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> "{log}"\n', encoding="utf-8")
    browser.chmod(0o755)
    script = "from nn import plot; plot.losses([2.0, 1.0]).show()"
    root = str(Path(__file__).parents[1])
    settings = {
        "PATH": "",
        "PYTHONPATH": root,
        "BROWSER": str(browser),
        "TMPDIR": str(tmp_path),
        "HOME": str(tmp_path),
    }
    subprocess.run([sys.executable, "-c", script], env=settings, check=True)
    (uri,) = log.read_text(encoding="utf-8").split()
    assert uri.startswith("file://")
    assert uri.endswith(".svg")

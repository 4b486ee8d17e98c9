"""A file is written whole or not at all, and its name is checked before any work is done."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from engine import GradwalkError, Value, draw, walk
from engine.files import checked_path, write_whole
from nn import MLP, save

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".svg", ".png", ".dot")


@pytest.mark.parametrize("name", ["a.svg", "a.SVG", "a b.png", "\u00fcber.dot", "a.b.svg"])
def test_a_good_name_becomes_a_path(tmp_path: Path, name: str) -> None:
    assert checked_path(str(tmp_path / name), SUFFIXES, "graph", GradwalkError) == tmp_path / name
    assert checked_path(tmp_path / name, (), "graph", GradwalkError) == tmp_path / name


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        (3, TypeError, ["graph.svg", "int"]),
        (None, TypeError, ["NoneType"]),
        (b"graph.svg", TypeError, ["bytes"]),
        (["a.svg"], TypeError, ["list"]),
        (Value(2.0), TypeError, ["Value"]),
        ("graph.pgn", GradwalkError, ["graph.pgn", ".svg, .png or .dot", "'graph.png'"]),
        ("graph", GradwalkError, ["'graph.svg'"]),
        ("", GradwalkError, ["graph.svg"]),
        ("nowhere/graph.svg", GradwalkError, ["no folder", "nowhere"]),
    ],
)
def test_a_name_that_will_not_do_is_refused(name: Any, kind: type[Exception], words: list[str]) -> None:
    with pytest.raises(kind) as caught:
        checked_path(name, SUFFIXES, "graph", GradwalkError)
    assert isinstance(caught.value, GradwalkError)
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.svg").mkdir()
    with pytest.raises(GradwalkError, match=r"is a folder"):
        checked_path(tmp_path / "x.svg", SUFFIXES, "graph", GradwalkError)


def test_a_write_that_fails_leaves_what_was_there_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, b"first")
    os.chmod(path, 0o640)
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    assert path.stat().st_mode & 0o777 == 0o640
    for name in "fsync", "replace":
        with monkeypatch.context() as patched:
            patched.setattr(os, name, lambda *args: (_ for _ in ()).throw(OSError(28, "No space left on device")))
            with pytest.raises(OSError, match="No space left"):
                write_whole(path, b"third")
        assert path.read_bytes() == b"second"
        assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("what", ["drawing", "page", "model"])
def test_everything_that_saves_keeps_the_old_file_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    a = Value(2.0, "a")
    name, saving = {
        "drawing": ("a.svg", lambda path: draw(a * a).save(path)),
        "page": ("a.html", lambda path: walk(a * a).save(path)),
        "model": ("a.json", lambda path: save(MLP(1, [1]), path)),
    }[what]
    path = tmp_path / name
    saving(path)
    before = path.read_bytes()

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises((GradwalkError, OSError), match="No space left"):
        saving(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [name]


def test_two_writers_never_tear_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    texts = [letter * 50_000 for letter in (b"a", b"b")]
    write_whole(path, texts[0])
    failures: list[BaseException] = []

    def write(text: bytes) -> None:
        try:
            for _ in range(60):
                write_whole(path, text)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(text,)) for text in texts]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert path.read_bytes() in texts
    assert failures == []
    assert os.listdir(tmp_path) == ["a.txt"]

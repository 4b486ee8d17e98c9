"""Every damaged file is refused in one sentence, fast, and before anything is changed."""

from __future__ import annotations

import json
import math
import os
import pickle
import re
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from demos.exercises.course import COURSE
from demos.exercises.folder import NOTES, Folder, FolderError
from engine import GradwalkError
from nn import MLP, NetworkError, data, fit, load, save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

X, Y = [[0.0, 1.0], [1.0, 0.5], [2.0, -1.0]], [1.0, 0.0, 1.0]
HUGE = "9" * 5000


def resumed(path: Path) -> None:
    model = MLP(2, [2, 1], rng=0)
    before = [parameter.data for parameter in model.parameters()]
    try:
        fit(model, X, Y, epochs=2, patience=5, metrics="accuracy", checkpoint=path, progress=False, backend="python")
    except GradwalkError:
        assert [parameter.data for parameter in model.parameters()] == before
        raise


def filled(path: Path) -> None:
    model = MLP(2, [2, 1], rng=1)
    before = [parameter.data for parameter in model.parameters()]
    try:
        load(model, path)
    except GradwalkError:
        assert [parameter.data for parameter in model.parameters()] == before
        raise


# What reads a file: its name, what writes a good one, and what reads it.
READERS: dict[str, tuple[str, Callable[[Path], Any], Callable[[Path], Any]]] = {
    "model": ("model.json", lambda path: save(MLP(2, [2, 1], rng=0), path), load),
    "weights": ("model.json", lambda path: save(MLP(2, [2, 1], rng=0), path), filled),
    "training": ("run.json", resumed, resumed),
}


def replaced(document: Any, *path: Any, by: Any) -> Any:
    *way, last = path
    holder = document
    for step in way:
        holder = holder[step]
    holder[last] = by
    return document


def text_of(change: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps(change(json.loads(content))).encode()


# What may be wrong with the bytes of any JSON file of ours.
BYTES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "spaces": lambda content: b" \n\n",
    "cut off": lambda content: content[:-20],
    "cut in half": lambda content: content[: len(content) // 2],
    "twice": lambda content: content + content,
    "binary": lambda content: bytes(range(256)) * 20,
    "zeros": lambda content: b"\0" * 10_000_000,
    "pickle": lambda content: pickle.dumps({"weights": [1.0]}),
    "ONNX": lambda content: b"\x08\x07\x12\x07pytorch\x1a\x051.9.0:" + content[:99],
    "a zip": lambda content: b"PK\x03\x04" + content,
    "a picture": lambda content: b"\x89PNG\r\n\x1a\n" + content,
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "UTF-16 without a mark": lambda content: content.decode().encode("utf-16-le"),
    "UTF-32": lambda content: content.decode().encode("utf-32"),
    "BOM": lambda content: b"\xef\xbb\xbf" + content,
    "latin-1": lambda content: content.replace(b"MLP", "Mü".encode("latin-1")),
    "NaN": lambda content: re.sub(rb"-?\d+\.\d+", b"NaN", content, count=1),
    "Infinity": lambda content: re.sub(rb"-?\d+\.\d+", b"-Infinity", content, count=1),
    "1e999": lambda content: re.sub(rb"-?\d\.\d{9,}", b"1e999", content, count=1),
    "a huge integer": lambda content: re.sub(rb"-?\d\.\d{9,}", HUGE.encode(), content, count=1),
    "a long integer": lambda content: re.sub(rb"-?\d\.\d{9,}", b"9" * 400, content, count=1),
    "a name twice": lambda content: content.replace(b'"version"', b'"weights": [], "version"'),
    "deep lists": lambda content: b"[" * 100_000,
    "deep dicts": lambda content: b'{"a":' * 100_000,
    "deep lists inside": lambda content: content.replace(b'"weights": [', b'"weights": [' + b"[" * 100_000, 1),
    "a comment": lambda content: b"// mine\n" + content,
    "quotes": lambda content: content.replace(b'"', b"'"),
    "a page": lambda content: b"<html><body>404 Not Found</body></html>",
    "a list": lambda content: b"[1, 2]",
    "a number": lambda content: b"7",
    "null": lambda content: b"null",
    "another JSON": lambda content: b'{"weights": []}',
}
# And with what it says.
ENTRIES: dict[str, Callable[[Any], Any]] = {
    "no kind": lambda d: {name: value for name, value in d.items() if name != "gradwalk"},
    "no version": lambda d: {name: value for name, value in d.items() if name != "version"},
    "no weights": lambda d: {name: value for name, value in d.items() if name != "weights"},
    "an extra entry": lambda d: {**d, "a" * 5000: 1},
    "a kind that is a list": lambda d: {**d, "gradwalk": ["model"]},
    "another kind": lambda d: {**d, "gradwalk": "model" if d["gradwalk"] == "training" else "training"},
    "an unknown kind": lambda d: {**d, "gradwalk": "x" * 5000},
    "a newer version": lambda d: {**d, "version": 2},
    "a version of text": lambda d: {**d, "version": "1" * 5000},
    "a version that is true": lambda d: {**d, "version": True},
    "a version with a point": lambda d: {**d, "version": 1.0},
    "version null": lambda d: {**d, "version": None},
    "weights null": lambda d: {**d, "weights": None},
    "weights text": lambda d: {**d, "weights": "0.5"},
    "weights as a dict": lambda d: {**d, "weights": {}},
    "no weight": lambda d: {**d, "weights": []},
    "a weight less": lambda d: {**d, "weights": d["weights"][:-1]},
    "a weight more": lambda d: {**d, "weights": [*d["weights"], d["weights"][0]]},
    "a weight null": lambda d: replaced(d, "weights", 1, by=None),
    "a weight in a list": lambda d: replaced(d, "weights", 1, by=[[0.5]]),
}
MODEL: dict[str, Callable[[Any], Any]] = {
    "a number of text": lambda d: replaced(d, "weights", 0, 1, by="0.5"),
    "a number null": lambda d: replaced(d, "weights", 0, 1, by=None),
    "a number true": lambda d: replaced(d, "weights", 0, 1, by=True),
    "a label null": lambda d: replaced(d, "weights", 0, 0, by=None),
    "a third entry": lambda d: replaced(d, "weights", 0, by=["w", 0.5, "cold"]),
}
WHOLE: dict[str, Callable[[Any], Any]] = {
    text[:40]: lambda d, text=text: {**d, "model": text}
    for text in [
        "MLP(2, [3000000, 1])", "MLP(3000000, [1])", "Layer(999999999, 999999999)", "Neuron(100000000)",
        "Recurrent(1, 90000, 90000)", "Conv1d(1000, 1000, 1000)", "Embedding(100000, 100000)", "MLP(2, [2, 1, 1])",
        "Sequential(Layer(2, 3000000), 'relu')", "Sequential(Sequential(Layer(2, 3000000)), 'relu')",
        "Hopfield([" + "[" + "1, " * 1000 + "1]])", "MLP(2, [1])", "MLP(2, [2, 1]", "MLP(2, [0, 1])",
        "__import__('os').system('true')", "MLP(2, [2, 1], rng=print())", "MLP(2, [2, 1], colour='red')", "a" * 5000,
        "(" * 5000, "Sequential(" * 5000, "-" * 100_000, "1+" * 5000, "'" * 5001, "MLP(2, [2, 1])\x1b[31m", "",
        "MLP(2, [" + HUGE + ", 1])", "Sequential(" + "'relu', " * 30_000 + "'tanh')", "\ud800", "MLP(1e999, [1])",
    ]
} | {"no model": lambda d: {**d, "model": None}, "a model that is a list": lambda d: {**d, "model": ["MLP"]}}  # fmt: skip
TRAINING: dict[str, Callable[[Any], Any]] = {
    **{f"{name} {odd!r:.20}": lambda d, name=name, odd=odd: {**d, name: odd}
       for name in ("settings", "computation", "start", "begun", "rates", "ended", "history", "patience", "steps", "slots")
       for odd in (None, "1", -1, 0.5, True, [], [None], {"a": 1}, 10**400)
       if not (name == "ended" and isinstance(odd, str))},
    **{f"no {name}": lambda d, name=name: {key: value for key, value in d.items() if key != name}
       for name in ("settings", "computation", "start", "left", "begun", "rates", "ended", "history", "patience", "steps", "slots")},
    "left text": lambda d: {**d, "left": "x"},
    "steps with a point": lambda d: {**d, "steps": float(d["steps"])},
    "steps of another number": lambda d: {**d, "steps": d["steps"] + 1},
    "a setting null": lambda d: replaced(d, "settings", "seed", by=None),
    "a setting of a mile": lambda d: replaced(d, "settings", "seed", by="x" * 5000),
    "a setting with lines": lambda d: replaced(d, "settings", "seed", by="x\ny\x1b[31m"),
    "a setting less": lambda d: {**d, "settings": {k: v for k, v in d["settings"].items() if k != "seed"}},
    "a setting more": lambda d: replaced(d, "settings", "colour", by="red"),
    "another start": lambda d: replaced(d, "start", "weights", by="x" * 999),
    "an epoch less": lambda d: {**d, "history": {name: column[:-1] for name, column in d["history"].items()}},
    "an epoch more": lambda d: {**d, "history": {name: column * 2 for name, column in d["history"].items()}},
    "an epoch less in a column": lambda d: replaced(d, "history", "loss", by=d["history"]["loss"][:-1]),
    "a column less": lambda d: {**d, "history": {k: v for k, v in d["history"].items() if k != "norm"}},
    "a column more": lambda d: replaced(d, "history", "colour", by=d["history"]["loss"]),
    "a loss of text": lambda d: replaced(d, "history", "loss", 0, by="0.5"),
    "a loss that is nan": lambda d: replaced(d, "history", "loss", 0, by="nan"),
    "a metric null": lambda d: replaced(d, "history", "accuracy", 0, by=None),
    "a metric of text": lambda d: replaced(d, "history", "accuracy", 0, by="0.5"),
    "another rate": lambda d: replaced(d, "rates", 0, 1, by=0.5),
    "another rate in the history": lambda d: replaced(d, "history", "rate", 0, by=0.5),
    "a slot less": lambda d: {**d, "slots": d["slots"][:-1]},
    "a number of a slot less": lambda d: replaced(d, "slots", 0, by=d["slots"][0][:-1]),
    "a number of a slot null": lambda d: replaced(d, "slots", 0, 0, by=None),
    "a number of a slot text": lambda d: replaced(d, "slots", 0, 0, by="0.5"),
    "a best epoch to come": lambda d: replaced(d, "patience", 1, by=99),
    "a best epoch with a point": lambda d: replaced(d, "patience", 1, by=float(d["patience"][1])),
    "another best loss": lambda d: replaced(d, "patience", 0, by=-1.0),
    "a best weight less": lambda d: replaced(d, "patience", 2, by=d["patience"][2][:-1]),
    "a best weight null": lambda d: replaced(d, "patience", 2, 0, by=None),
}  # fmt: skip
DAMAGES = {
    "model": {**ENTRIES, **MODEL, **WHOLE},
    "weights": {**ENTRIES, **MODEL},
    "training": {**ENTRIES, **TRAINING},
}


def refusal(read: Callable[[], Any], content: bytes, name: str) -> str:
    """Return the message of a refusal; "" if there is none. Fails if it takes long, or shows much of the file."""
    tracemalloc.start()
    started = time.process_time()
    try:
        read()
    except (GradwalkError, FolderError) as error:
        message = str(error)
    else:
        return ""
    finally:
        seconds, (_, most) = time.process_time() - started, tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert seconds < 1.0
    assert most < 100 * 2**20
    assert not re.search(r"[\x00-\x1f\x7f]", message.replace("\n    ", "")), message
    shown = message.replace(name, "")
    text = content.decode(errors="replace")
    assert len(shown) < 500, message
    assert not any(shown[place : place + 101] in text for place in range(len(shown) - 100)), message
    return message


@pytest.mark.parametrize("kind", READERS)
def test_a_damaged_file_is_refused_and_changes_nothing(kind: str, tmp_path: Path) -> None:
    name, write, read = READERS[kind]
    path = tmp_path / name
    write(path)
    good = path.read_bytes()
    read(path)
    damages = BYTES | {each: text_of(change) for each, change in DAMAGES[kind].items()}
    assert len(damages) > 50
    taken = []
    for damage, change in damages.items():
        content = change(good)
        assert content != good, damage
        path.write_bytes(content)
        message = refusal(lambda: read(path), content, str(path))
        if not message:
            taken.append(damage)
        elif path.read_bytes() != content:
            taken.append(f"{damage}, and the file is changed")
    assert taken == []
    path.write_bytes(good)
    read(path)


def test_a_file_that_a_person_has_laid_out_anew_is_read(tmp_path: Path) -> None:
    for name, write, read in READERS.values():
        path = tmp_path / name
        write(path)
        document = json.loads(path.read_bytes())
        path.write_text(json.dumps(dict(sorted(document.items())), indent=4), encoding="utf-8")
        read(path)


PLACES = ["folder", "loop", "nowhere", "no permission", "pipe", "device", "huge", "name", "missing folder"]


@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_file_is_refused(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readers: dict[str, Any] = {name: row[2] for name, row in READERS.items()}
    readers["table"] = lambda path: data.csv(path, target="kind")
    for kind, read in readers.items():
        path = tmp_path / f"{kind}.{'csv' if kind == 'table' else 'json'}"
        match place:
            case "folder":
                path.mkdir()
            case "loop":
                path.symlink_to(path)
            case "nowhere" if kind != "training":
                path.symlink_to(tmp_path / "nothing")
            case "no permission":
                path.write_bytes(b"{}")
                path.chmod(0)
                if os.access(path, os.R_OK):  # of root
                    monkeypatch.setattr(os, "open", _denied)
            case "pipe":
                os.mkfifo(path)
            case "device":
                path.symlink_to("/dev/zero")
            case "huge":
                with path.open("wb") as file:
                    file.truncate(10**10)
            case "name":
                path = path.with_name("x" * 300 + path.suffix)
            case "missing folder":
                path = tmp_path / "nowhere" / path.name
            case _:
                continue
        with pytest.raises(NetworkError):
            read(path)
        message = refusal(lambda: read(path), b"", str(path))  # noqa: B023
        assert message
        monkeypatch.undo()


def _denied(*_: Any) -> int:
    raise PermissionError(13, "Permission denied")


TABLES = {
    "empty": b"", "a line": b"a,kind", "binary": bytes(range(256)), "zeros": b"\0" * 1_000_000, "UTF-16": "a,kind\n1,2".encode("utf-16"),
    "latin-1": "größe,kind\n1,2".encode("latin-1"), "a long name": b"x" * 5000 + b",kind\n,2\n", "a long line": b"x" * 5000 + b"\n",
    "many names": b",".join(b"name%d" % number for number in range(5000)) + b"\n" + b"1," * 4999 + b"1\n",
    "a long cell": b"a,kind\n1,2\n2,3\n3,4\n" + b"x" * 5000 + b",1\n", "an open quote": b'a,kind\n"' + b"1,2\n" * 999,
    "a huge number": b"a,kind\n" + b"9" * 5000 + b",1\n", "1e999": b"a,kind\n1e999,1\n", "a name twice": b"kind,kind\n1,2\n",
    "a long name twice": (b"x" * 500 + b",") * 2 + b"kind\n1,2,3\n", "no target": b"a,b\n1,2\n", "a pickle": pickle.dumps({"a": 1}),
    "a workbook": b"PK\x03\x04a,kind\n1,2\n", "a cell less": b"a,b,kind\n1,2\n", "missing": b"a,kind\n?,2\n",
    "two long numbers": b"a;b;kind\n" + b"1." + b"9" * 500 + b";1," + b"9" * 500 + b";x\n", "a long field": b"a,kind\n" + b"x" * 200_000 + b",1\n",
    "a quote in quotes": b'a;b,kind\n"1"2;3,x\n"4"5;6,y\n', "a long target": b"a,b\n" + b"1,2\n" * 3 + b"y" * 900 + b",1\n",
}  # fmt: skip


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    for damage, content in TABLES.items():
        path.write_bytes(content)
        assert refusal(lambda: data.csv(path, target="kind"), content, str(path)), damage


NOTED = [
    b"", b"null", b"7", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"hints": [], "judged": 7}', b'{"hints": {"nudge": "x"}}',
    b'{"hints": {"nudge": -7}, "judged": {"nudge": [[]]}}', b'{"hints": {"nudge": 1e999}, "judged": {"nudge": {"a": 1}}}',
    b'{"hints": {"nudge": true}, "judged": {"nudge": null}}', b'{"hints": {"nudge": ' + b"9" * 4000 + b"}}", b"\0" * 5_000_000,
]  # fmt: skip


def test_notes_that_are_damaged_are_as_none(tmp_path: Path) -> None:
    folder, exercise = Folder(tmp_path), COURSE[0]
    folder.add(exercise)
    for content in NOTED:
        (tmp_path / NOTES).write_bytes(content)
        assert folder.noted(exercise) == ""
        assert folder.rung(exercise) in (1, 2, 3, 4)
        assert json.loads((tmp_path / NOTES).read_bytes())["hints"][exercise.name] in (1, 2, 3, 4)
    (tmp_path / NOTES).unlink()
    os.mkfifo(tmp_path / NOTES)
    assert folder.rung(exercise) == 1


def test_an_answer_that_is_no_text_is_refused(tmp_path: Path) -> None:
    folder, exercise = Folder(tmp_path), COURSE[0]
    path = folder.file(exercise)
    for content in (b"\xff", "x = 1".encode("utf-16"), b"#" * 2_000_000, pickle.dumps([math.pi])):
        path.write_bytes(content)
        assert refusal(lambda: folder.source(exercise), content, str(path))
    path.unlink()
    for make in (lambda: path.symlink_to(path), path.mkdir, lambda: os.mkfifo(path)):
        make()
        assert refusal(lambda: folder.source(exercise), b"", str(path))
        path.rmdir() if path.is_dir() else path.unlink()

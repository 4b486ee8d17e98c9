"""A file is written whole or not at all, and its name is checked before any work is done."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from matplotlib.figure import Figure

from demos import lesson
from demos.cli.command import main as cli
from demos.exercises.course import COURSE
from demos.exercises.folder import Folder
from demos.exercises.grading import run_grade
from engine import GradwalkError, Page, Value, draw, files, walk
from engine.files import checked_path, write_whole
from nn import MLP, Recorder, fit, load, plot, save

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
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
        ("nowhere/", GradwalkError, ["'nowhere/' ends as a folder does", "'graph.svg'"]),
        ("graph.svg/", GradwalkError, ["ends as a folder does"]),
        (".", GradwalkError, ["'.' is a folder"]),
        ("..", GradwalkError, ["'..' is a folder", "'../graph.svg'"]),
        ("/", GradwalkError, ["'/' is a folder", "'/graph.svg'"]),
        ("graph.svg.", GradwalkError, ["mean 'graph.svg'?"]),
        ("graph.svg ", GradwalkError, ["mean 'graph.svg'?"]),
        ("'graph.svg'", GradwalkError, ["mean 'graph.svg'?"]),
        ('"graph.png"', GradwalkError, ["mean 'graph.png'?"]),
        (".svg", GradwalkError, ["mean 'graph.svg'?"]),
        ("a.tar.gz", GradwalkError, ["mean 'a.tar.svg'?"]),
        ("~/graph.svg", GradwalkError, ["no folder '~'", "Path('~/graph.svg').expanduser()"]),
        *[
            (name, GradwalkError, ["Windows", f"write '{here}'"])
            for name, here in (
                (r"C:\Users\a\graph.svg", "graph.svg"),
                (r"\\server\graph.svg", "graph.svg"),
                (r"pictures\graph.svg", "pictures/graph.svg"),
            )
            if os.name == "posix"
        ],
    ],
)
def test_a_name_that_will_not_do_is_refused(name: Any, kind: type[Exception], words: list[str]) -> None:
    with pytest.raises(kind) as caught:
        checked_path(name, SUFFIXES, "graph", GradwalkError)
    assert isinstance(caught.value, GradwalkError)
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(GradwalkError, match=r"is a folder.*graph.svg"):
        checked_path(tmp_path, SUFFIXES, "graph", GradwalkError)
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


def graph() -> Value:
    a = Value(2.0, "a")
    return a * a


def typed(line: str) -> None:
    """Run what is typed at the shell; a file that cannot be written gives exit status 1 and a sentence."""
    if cli(line.split()):
        raise GradwalkError("status 1")


def recorded(path: Path) -> None:
    recorder = Recorder()
    fit(MLP(1, [1], rng=0), [[0], [1]], [1, 3], epochs=1, recorder=recorder, progress=False)
    recorder.save(path)


def graded(path: Path) -> None:
    folder = Folder(path.parent / "exercises")
    if not folder.held():
        folder.add(COURSE[0])
    if run_grade(["--output", str(path), "--exercise", COURSE[0].id, str(folder.path)]):
        raise GradwalkError("status 1")


def noted(path: Path) -> None:
    Folder(path.parent).rung(COURSE[0])


# Whatever writes a file: its name, and what writes it.
WRITERS: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "drawing as SVG": ("a.svg", lambda path: draw(graph()).save(path)),
    "drawing as PNG": ("a.png", lambda path: draw(graph()).save(path)),
    "drawing as DOT": ("a.dot", lambda path: draw(graph()).save(path)),
    "walk": ("a.html", lambda path: walk(graph()).save(path)),
    "worksheet": ("a.html", lambda path: walk(graph()).save(path, worksheet=True)),
    "page": ("a.html", lambda path: Page("a", "<p></p>", {}, "").save(path)),
    "page of a training": ("a.html", recorded),
    "plot": ("a.png", lambda path: plot.losses([2.0, 1.0]).save(path)),
    "model": ("a.json", lambda path: save(MLP(1, [1], rng=0), path)),
    "picture of a demo": ("a.png", lambda path: lesson.save(plot.losses([2.0, 1.0]), str(path))),
    "figure of a demo": ("a.png", lambda path: lesson.save(SimpleNamespace(figure=Figure()), str(path))),
    "walk --out": ("a.html", lambda path: typed(f"walk a*a a=2 --out {path}")),
    "walk --out of a drawing": ("a.svg", lambda path: typed(f"walk a*a a=2 --out {path}")),
    "walk --worksheet": ("a.html", lambda path: typed(f"walk a*a a=2 --worksheet {path}")),
    "draw --out": ("a.svg", lambda path: typed(f"draw a*a a=2 --out {path}")),
    "grade --output": ("a.txt", graded),
}  # fmt: skip
QUIET: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "notes of exercises": (".progress.json", noted),
}


@pytest.mark.parametrize("what", [*WRITERS, *QUIET])
def test_everything_that_saves_keeps_the_old_file_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    name, saving = (WRITERS | QUIET)[what]
    path = tmp_path / name
    saving(path)
    before, files = path.read_bytes(), sorted(os.listdir(tmp_path))

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    for step in "fsync", "replace":
        with monkeypatch.context() as patched:
            patched.setattr(os, step, full)
            if what in QUIET:
                saving(path)
            else:
                with pytest.raises((GradwalkError, OSError)) as caught:
                    saving(path)
                assert "status 1" in str(caught.value) or "No space left" in str(caught.value)
        assert path.read_bytes() == before
        assert sorted(os.listdir(tmp_path)) == files


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
sys.path[:0] = ["tests"]
from test_files import WRITERS
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder, before = Path(sys.argv[1]), {}
for number, (what, (name, saving)) in enumerate(WRITERS.items()):
    (folder / str(number)).mkdir()
    saving(folder / str(number) / name)
    before[what] = (folder / str(number) / name).read_bytes()
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
for number, (what, (name, saving)) in enumerate(WRITERS.items()):
    path = folder / str(number) / name
    try:
        saving(path)
    except OSError as error:
        problem = str(error)
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
    else:
        problem = "written" if len(before[what]) > 100 else ""
    left = [each.name for each in path.parent.iterdir() if each.name.endswith(".draft")]
    if path.read_bytes() != before[what] or left or "written" in problem:
        print("FAULT", what, problem, left)
print("tried", len(WRITERS))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="this system limits no file's size")
def test_files_that_the_system_does_not_let_grow_stay_as_they_were(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "FAULT" not in done.stdout
    assert f"tried {len(WRITERS)}" in done.stdout, done.stderr


def test_all_files_are_written_whole() -> None:
    """No module writes a file in another way, but into a new folder for temporary files."""
    ways = re.compile(r"\.write_text\(|\.write_bytes\(|\bopen\([^)]*[\"'][wax+]b?[\"']|savefig\((?!file\b)")
    allowed = {
        "engine/files.py", "nn/data/csv_file.py", "demos/vectors.py", "demos/exercises/inside/runner.py",
        "demos/exercises/sandbox.py",
        "demos/classroom/build.py", "demos/classroom/pack.py", "demos/guide/__main__.py",  # new folders
        "demos/classroom/classroom.py",  # the folder that a browser's Python has in memory
    }  # fmt: skip
    others = {
        path.relative_to(ROOT).as_posix()
        for package in ("engine", "nn", "demos", "tests/golden")
        for path in (ROOT / package).rglob("*.py")
        if ways.search(path.read_text(encoding="utf-8"))
    }
    assert others - allowed == set()


@pytest.mark.parametrize("error", [OSError(28, "full"), KeyboardInterrupt(), MemoryError(), SystemExit()])
@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_no_draft_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, step: str
) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, b"first")

    def fail(*args: Any) -> None:
        raise error

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(type(error)):
        write_whole(path, b"second")
    assert path.read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_an_old_draft_of_a_writer_that_was_killed_goes_at_the_next_write(tmp_path: Path) -> None:
    ours, others = (
        f".a.txt.{'0' * 16}.draft",
        [f".a.txt.{'1' * 16}.draft", ".a.txt.draft", f".b.txt.{'0' * 16}.draft"],
    )
    for name in (ours, *others):
        (tmp_path / name).write_bytes(b"x")
    for name in (ours, *others[1:]):
        os.utime(tmp_path / name, (0, 0))
    write_whole(tmp_path / "a.txt", b"x")
    assert sorted(os.listdir(tmp_path)) == sorted(["a.txt", *others])


@pytest.mark.parametrize("name", ["a" * 250, "ä" * 120, "🙂" * 60, "a b", ".hidden", "a.tar.gz", "-x", "*?"])
def test_any_name_that_a_file_can_have_can_be_written(tmp_path: Path, name: str) -> None:
    for data in b"first", b"second":
        write_whole(tmp_path / name, data)
        assert (tmp_path / name).read_bytes() == data
        assert os.listdir(tmp_path) == [name]


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of another system")
def test_links_devices_and_folders(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link, loop = tmp_path / "a.txt", tmp_path / "loop.svg"
    link.symlink_to(tmp_path / "there" / "b.txt")
    loop.symlink_to(loop)
    write_whole(link, b"data")
    assert link.is_symlink()
    assert (tmp_path / "there" / "b.txt").read_bytes() == b"data"
    write_whole(Path(os.devnull), b"data")
    with pytest.raises(GradwalkError, match="leads back to itself"):
        checked_path(loop, SUFFIXES, "graph", GradwalkError)
    os.mkfifo(tmp_path / "pipe")
    for path in (loop, tmp_path / "there", tmp_path / "pipe", tmp_path / "nowhere" / "a"):
        with pytest.raises(OSError):  # noqa: PT011
            write_whole(path, b"data")
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "loop.svg", "pipe", "there"]


def test_a_file_that_may_not_be_changed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"mine")
    path.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may change it
    with pytest.raises(GradwalkError, match="ermission denied"):
        save(MLP(1, [1]), path)
    assert path.read_bytes() == b"mine"
    assert os.listdir(tmp_path) == ["a.json"]


@pytest.mark.parametrize("times", [3, 99])
def test_a_file_that_another_program_holds_on_windows_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    path, tried, rename = tmp_path / "a.txt", list[float](), os.replace
    write_whole(path, b"first")

    def held(*args: Any) -> None:
        if len(tried) < times:
            raise PermissionError(13, "The process cannot access the file")
        rename(*args)

    monkeypatch.setattr(files, "WINDOWS", True)
    monkeypatch.setattr(files.time, "sleep", tried.append)
    monkeypatch.setattr(os, "replace", held)
    if times == 3:
        write_whole(path, b"second")
    else:
        with pytest.raises(PermissionError):
            write_whole(path, b"second")
    assert min(tried) > 0
    assert sum(tried) == pytest.approx(0.08 if times == 3 else 1.0, abs=0.05)  # seconds
    assert path.read_bytes() == (b"second" if times == 3 else b"first")
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize(
    "name", ["con.svg", "NUL.svg", "com1.a.svg", "lpt9.svg", 'a".svg', "a?.svg", "a:b.svg", "a\t.svg"]
)
def test_names_that_windows_keeps_are_refused_there(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checked_path(tmp_path / name, SUFFIXES, "graph", GradwalkError)
    monkeypatch.setattr(files, "WINDOWS", True)
    with pytest.raises(GradwalkError, match="on Windows"):
        checked_path(tmp_path / name, SUFFIXES, "graph", GradwalkError)
    assert checked_path(tmp_path / "console.svg", SUFFIXES, "graph", GradwalkError)


def test_eight_threads_save_and_load_one_file(tmp_path: Path) -> None:
    path, models, failures = (
        tmp_path / "a.json",
        [MLP(2, [3, 1], rng=seed) for seed in range(8)],
        list[BaseException](),
    )
    texts = {tuple(p.data for p in model.parameters()) for model in models}
    save(models[0], path)

    def work(model: MLP) -> None:
        try:
            for _ in range(15):
                save(model, path)
                assert tuple(p.data for p in load(path).parameters()) in texts
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(model,)) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert os.listdir(tmp_path) == ["a.json"]


WRITER = """
import sys
from nn import MLP, save
model = MLP(2, [3, 1], rng=int(sys.argv[2]))
for _ in range(int(sys.argv[3])):
    save(model, sys.argv[1])
"""


def two_writers(path: Path, times: int) -> int:
    """Let two processes write one file so often, read it meanwhile, and return how often it was read."""
    right = [tuple(p.data for p in MLP(2, [3, 1], rng=seed).parameters()) for seed in (0, 1)]
    save(MLP(2, [3, 1], rng=0), path)
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen([*command, seed, str(times)], cwd=ROOT) for seed in ("0", "1")]
    reads = 0
    while any(writer.poll() is None for writer in writers):
        assert tuple(p.data for p in load(path).parameters()) in right
        reads += 1
        time.sleep(0.001)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert os.listdir(path.parent) == [path.name]
    return reads


def test_two_processes_write_one_file_beside_a_reader(tmp_path: Path) -> None:
    assert two_writers(tmp_path / "a.json", 40) > 5


@pytest.mark.slow
def test_two_processes_write_one_file_5000_times_beside_a_reader(tmp_path: Path) -> None:
    assert two_writers(tmp_path / "a.json", 5000) > 500


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

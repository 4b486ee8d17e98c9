"""A student's file in isolation: whatever it does ends within its limit, with one sentence, and leaves nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest
from wording import mentions

from demos.exercises import judge, sandbox
from demos.exercises.course import Exercise, exercise
from demos.exercises.isolation import KINDS, ROOT, Isolation, strongest
from demos.exercises.sandbox import Trouble, readings

EXERCISE = exercise("local_derivatives")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets no process and no address space get away")

# What the guard would refuse at its import is allowed here, so that what it imports is what is tested.
ANYTHING = (
    "os",
    "sys",
    "ctypes",
    "threading",
    "subprocess",
    "shutil",
    "socket",
    "signal",
    "faulthandler",
    "importlib",
)
OPEN = replace(EXERCISE, imports=ANYTHING)
BARE = Isolation((), guard=False)  # neither the system's nor Python's: what is left is the end of what was started


@pytest.fixture(autouse=True)
def _nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Every run ends with all that it started, and with its folder."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert not [*folder.iterdir()]
    until = time.monotonic() + 2  # what was killed may take a moment to be gone
    while alive(str(folder)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not alive(str(folder))


def alive(marker: str) -> list[str]:
    """The processes that were started with the name of a temporary folder in their environment."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            state = (each / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z" and marker.encode() in (each / "environ").read_bytes():
                found.append(each.name)
        except OSError:
            continue
    return found


def tried(source: str, asked: Exercise = OPEN, seconds: float = 5.0, **options: Any) -> Any:
    """Readings, or a sentence; within the limit and two seconds."""
    since = time.monotonic()
    found = readings(asked, source, seconds=seconds, **options)
    assert time.monotonic() - since < seconds + 2
    return found.sentence if isinstance(found, Trouble) else found


def is_right(source: str, asked: Exercise = OPEN, **options: Any) -> bool:
    found = tried(source, asked, **options)
    assert isinstance(found, list), found
    return judge.judge(EXERCISE, judge.probes_for(EXERCISE, source), found) is None


RIGHT = EXERCISE.solution.replace('if __name__ == "__main__":', "def unused():")
LOOP = "did not end within 0.5 s"
ALONE = "starts another program or process"
CHANGES = "changes a file"
READS = "reads a file"
OTHERS = "starts other processes"
MEMORY = "memory ... 1 GB"
ENDS = "ends the program"
PRINTS = "prints ... 10 MB"
GONE = "ended Python ... os._exit"
END = "def mul_backward(x, y, upstream):\n    {}\nadd_backward = mul_backward\n"  # when it is called


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("def f(:\n", "Line 1 is not Python: invalid syntax\n    def f(:\n          ^"),
        ("x = 1\n  y = 2\n", "Line 2 is not Python: unexpected indent\n    y = 2\n    ^"),
        ("x = 1\nx / 0\n", 'Line 2 ... ZeroDivisionError ... "division by zero"'),
        ("def f():\n    return f()\nf()", "Line 2 calls itself"),
        ("raise KeyboardInterrupt", "Line 1 ... KeyboardInterrupt"),
        (
            "def mul_backwards(): pass\nadd_backward = 1",
            "no mul_backward",
        ),
        ("exit()", f"Line 1 {ENDS}"),
        ("raise SystemExit(0)", f"Line 1 {ENDS}"),
        (END.format("quit()"), f"Line 2 {ENDS}"),
        ("x = 1\ninput()", "Line 2 asks for input"),
        (END.format("input()"), "Line 2 asks for input"),
        ("print('x' * 10**8)", PRINTS),
        ("while True:\n    print('x' * 1000)", PRINTS),
        ("import sys\nwhile True:\n    sys.stderr.write('x' * 1000)", PRINTS),
        ("import os\nos._exit(0)", GONE),
        ("import os\nos._exit(3)", GONE),
    ],
)
def test_what_keeps_a_file_from_being_tried_is_one_sentence(source: str, sentence: str) -> None:
    assert mentions(tried(source), sentence)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("while True:\n    pass", f"{LOOP} ... in line"),
        (END.format("while True: pass"), f"{LOOP} ... in line 2."),
        ("sum(range(10**12))", f"{LOOP} ... in line 1."),  # one call that never comes back to Python
        ("import threading\nthreading.Event().wait()", f"{LOOP} ... in line 2."),
        (
            "while True:\n    try:\n        raise SystemExit\n    except BaseException:\n        pass",
            f"{LOOP} ... in line",
        ),
    ],
)
def test_what_does_not_end_is_stopped_and_its_line_named(source: str, sentence: str) -> None:
    assert mentions(tried(source, seconds=0.5), sentence)


@linux
@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x = 'a' * 10**12", f"Line 1 ... {MEMORY}"),
        (END.format("x = [0] * 10**12"), f"Line 2 ... {MEMORY}"),
        ("x = bytes(2**29)\ny = bytes(2**29)", f"Line 2 ... {MEMORY}"),  # each alone would fit
    ],
)
def test_what_the_system_refuses_or_ends_is_said(source: str, sentence: str) -> None:
    assert mentions(tried(source), sentence)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("os.fork()", ALONE),
        ("os.system('true')", ALONE),
        ("os.execv('/bin/true', ['true'])", ALONE),
        ("subprocess.run(['true'])", ALONE),
        ("subprocess.Popen('true', shell=True, start_new_session=True)", ALONE),
        ("os.kill(os.getppid(), 9)", "signals"),
        ("socket.create_connection(('127.0.0.1', 9))", "network"),
        ("open(FILE, 'w')", CHANGES),
        ("open(FILE, 'a')", CHANGES),
        ("os.remove(FILE)", CHANGES),
        ("os.rename(FILE, 'mine')", CHANGES),
        ("os.symlink(FILE, 'mine')", CHANGES),
        ("os.truncate(FILE, 0)", CHANGES),
        ("shutil.rmtree(os.path.dirname(FILE))", CHANGES),
        ("os.mkdir('../other')", CHANGES),
        ("open('../answer', 'w')", CHANGES),
        (f"open({str(EXERCISE.folder / 'right/solution.py')!r})", READS),
    ],
)
def test_what_reaches_out_is_refused_with_its_line(statement: str, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "ex04_local_derivatives.py"
    modules = sorted(name for name in ANYTHING if f"{name}." in statement)
    start = RIGHT + f"FILE = {str(file)!r}\n" + "".join(f"import {name}\n" for name in modules)
    file.write_text(start + statement)
    assert mentions(tried(start + statement, path=file), f"Line {start.count(chr(10)) + 1} ... {sentence}")
    assert file.read_text() == start + statement
    assert sorted(tmp_path.iterdir()) == [file, tmp_path / "temporary"]


@pytest.mark.parametrize(("statement", "sentence"), [("os.fork()", ALONE), ("open('../answer', 'a')", CHANGES)])
def test_catching_the_refusal_does_not_hide_it(statement: str, sentence: str) -> None:
    source = RIGHT + f"import os\ntry:\n    {statement}\nexcept BaseException: pass"
    assert mentions(tried(source), sentence)


def test_a_thread_is_refused_like_the_rest() -> None:
    source = (
        RIGHT + "import os, threading\nt = threading.Thread(target=lambda: os.system('true'))\nt.start()\nt.join()"
    )
    assert mentions(tried(source), ALONE)


FORK = """
import ctypes, os, time
c = ctypes.CDLL(None)
def child(do):
    if c.fork() == 0:
        do()
        time.sleep(60)
        os._exit(0)
"""


@linux
@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("import ctypes\nctypes.string_at(0)", "crash in line 2"),
        ("import ctypes\nctypes.CDLL(None).abort()", "crash in line 2"),
        ("import os\nos.kill(os.getpid(), 9)", "system ended"),
    ],
)
def test_what_ends_python_is_said(source: str, sentence: str) -> None:
    assert mentions(tried(source, isolation=BARE), sentence)


@linux
@pytest.mark.parametrize(
    "source",
    [
        "child(lambda: None)",
        "child(c.setsid)",
        "child(lambda: (c.setsid(), child(c.setsid), os._exit(0)))",  # the way of a daemon
        "for _ in range(40): child(lambda: None)\ntime.sleep(60)",
        "for _ in range(5): c.fork()\ntime.sleep(60)",
        "child(lambda: c.signal(15, 1))",
    ],
)
def test_processes_that_the_guard_cannot_refuse_are_ended(source: str) -> None:
    assert mentions(tried(RIGHT + FORK + source, isolation=BARE), OTHERS)


@linux
def test_a_copy_of_the_process_gives_no_readings_of_its_own() -> None:
    source = RIGHT + FORK + "if c.fork() == 0: mul_backward = add_backward\nelse: time.sleep(0.3)"
    assert is_right(source, isolation=BARE)  # the copy was done long before


def test_what_is_harmless_is_right() -> None:
    thread = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"
    files = "open('mine.txt', 'w').write('x')\nimport os\nos.mkdir('a')\nos.rename('mine.txt', 'a/b')\n"
    channel = (
        "import os\nfor number in range(3, 30):\n    try: os.write(number, b'[{}]\\n')\n    except OSError: pass\n"
    )
    for source in (thread, files, channel, "print('x' * 1000)\n", "import os\nos.remove(__file__)\n"):
        assert is_right(RIGHT + source)


def test_readings_cannot_be_changed_by_accident() -> None:
    """Answers that put other things in the place of Python's own: theirs is what changes, not what is read."""
    wrong = "def add_backward(x, y, upstream): return 1.0, 1.0\nmul_backward = add_backward\n"
    patches = """
import json, math, sys
json.dumps = json.JSONEncoder.encode = lambda *a, **k: "{}"
math.isclose = lambda *a, **k: True
def isinstance(*a): return True
float = print = len = lambda *a: 0
sys.stdout = sys.stderr = None
__builtins__["float"] = lambda *a: 0.0
"""
    asked = replace(OPEN, imports=(*ANYTHING, "json"))
    assert is_right(RIGHT + patches, asked)
    found = tried(wrong + patches, asked)
    assert [*found[0].values()] == [1.0, 1.0]


def test_numbers_that_are_none_come_through() -> None:
    found = tried(
        "def add_backward(*a): return float('nan'), -float('inf')\nmul_backward = lambda *a: (10**400, None)"
    )
    assert str(found[0]) == "{'x.grad': nan, 'y.grad': -inf}"
    assert found[-1]["error"]["type"] == "OverflowError"
    much = tried("def add_backward(*a): return 'x' * 3 * 10**6, 0\nmul_backward = add_backward")
    assert mentions(much, "too much")


def test_an_exception_is_a_reading_with_the_students_line() -> None:
    found = tried(END.format("raise ValueError('so')"))
    assert found[0] == {"error": {"type": "ValueError", "message": "so", "line": 2, "text": "raise ValueError('so')"}}


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("import engine", "Line 1 imports engine. ... math"),
        ("from demos.exercises import course", "Line 1 imports demos."),
        ("x = 1\nexec('import nn.optim')", "Line 2 imports nn."),
        ("__import__('importlib').import_module('engine')", "Line 1 imports importlib."),
        ("try:\n    import engine\nexcept ImportError:\n    pass", "Line 2 imports engine."),
        (END.format("import numpy"), "Line 2 imports numpy"),
        ("import maths", "Line 1 imports maths ... math?"),
        ("from ex05_reuse import Value", "Line 1 imports ex05_reuse ... one file"),
        ("import enums, nunpy", "Line 1 imports enums ... enum?"),
        ("import __main__", "Line 1 imports __main__."),
        (
            "from . import course",
            'Line 1 ... ImportError ... "attempted relative import',
        ),
        ("import pandaz", "Line 1 imports pandaz"),
        ("import os", "Line 1 imports os."),
        ("import sys", "Line 1 imports sys."),
    ],
)
def test_an_import_that_the_exercise_does_not_allow_is_named(source: str, sentence: str) -> None:
    assert mentions(tried(source, EXERCISE), sentence)


def test_what_the_exercise_allows_is_imported() -> None:
    missing = tried("import nowhere_to_be_found", replace(EXERCISE, imports=("nowhere_to_be_found",)))
    assert mentions(missing, "Line 1 imports nowhere_to_be_found ... pip install nowhere_to_be_found")
    source = RIGHT + "import math, random, itertools, collections.abc\nfrom engine import Value\n"
    assert is_right(source, replace(EXERCISE, imports=("math", "engine")))
    arrays = "import os, numpy\nos.environ['MINE'] = '1'\n"  # as NumPy itself does when it is imported
    assert is_right(RIGHT + arrays, replace(EXERCISE, imports=("numpy", "os")))
    assert is_right(RIGHT + 'if __name__ == "__main__":\n    import os\n    os.remove("all")\n', EXERCISE)


@pytest.mark.parametrize(
    "source",
    [
        RIGHT.replace("\n", "\r\n"),
        RIGHT + "# größer, 大\n",
        "from __future__ import annotations\nimport dataclasses\n@dataclasses.dataclass\nclass A: x: float\n" + RIGHT,
    ],
    ids=["CRLF", "letters", "dataclass"],
)  # fmt: skip
def test_any_text_is_read_as_it_is(source: str) -> None:
    assert is_right(source, EXERCISE)


def test_the_same_file_gives_the_same_readings() -> None:
    source = "import random\ndef add_backward(*a): return random.random(), hash('a')\nmul_backward = add_backward"
    assert tried(source) == tried(source)
    assert tried(source) != tried(source + "\n")


def test_a_file_that_is_gone_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.py"
    data = b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode()
    run = sandbox._run_isolated

    def losing(*args: Any) -> Any:
        found = run(*args)
        file.unlink()
        return found

    file.write_bytes(data)
    monkeypatch.setattr(sandbox, "_run_isolated", losing)
    assert tried(RIGHT, path=file).startswith("mine.py was gone")
    assert file.read_bytes() == data


def test_a_file_that_is_saved_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(RIGHT)
    timer = Timer(0.05, file.write_text, ["# saved while the check ran"])
    timer.start()
    readings(OPEN, RIGHT + "import time\ntime.sleep(0.3)", file)
    timer.join()
    assert file.read_text() == "# saved while the check ran"


def test_a_run_can_be_stopped() -> None:
    stop = Event()
    Timer(0.3, stop.set).start()
    since = time.monotonic()
    assert tried("while True: pass", seconds=30, stop=stop).startswith("It was stopped")
    assert time.monotonic() - since < 3


@linux
def test_a_clock_that_is_switched_off_does_not_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SLACK", 0.5)
    off = "import faulthandler, time\nfaulthandler.cancel_dump_traceback_later()\n"
    assert tried(off + "time.sleep(60)", seconds=0.5).startswith(f"It {LOOP}")


def test_the_child_sees_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADES_TOKEN", "secret")
    seen = "import os\nassert 'GRADES_TOKEN' not in os.environ\nassert os.listdir() == ['ex04_local_derivatives.py']"
    assert is_right(RIGHT + seen)


NOBODY = 65534


@linux
@pytest.mark.parametrize(
    ("without", "strength", "remedy"),
    [
        ((), "strong", ""),
        (("bubblewrap",), "strong", ""),
        (("landlock", "bubblewrap"), "middling", "bubblewrap"),
        (("seccomp",), "middling", "libseccomp"),
        (KINDS, "weak", "bubblewrap"),
    ],
)
def test_the_strength_is_said_with_what_makes_it_stronger(
    without: tuple[str, ...], strength: str, remedy: str
) -> None:
    kinds = tuple(kind for kind in KINDS if kind not in without)
    line = Isolation(kinds).line
    assert f": {strength} (" in line
    assert ("Install" in line) is bool(remedy)
    assert remedy in line
    assert "\n" not in line


OUTSIDE = """
import os
def tried(do):
    try: return do()
    except OSError: return "refused"
results = [tried(lambda: open({secret!r}).read()), tried(lambda: os.listdir({folder!r})),
           tried(lambda: open({folder!r} + "/X", "w")), tried(lambda: os.remove({secret!r})),
           tried(os.fork) or "child", tried(lambda: os.execv("/bin/true", ["true"])),
           tried(lambda: __import__("socket").socket()), tried(lambda: os.kill(os.getppid(), 9))]
if any(each != "refused" for each in results): raise ValueError(repr(results))
"""


@linux
def test_the_system_alone_refuses_what_reaches_out(tmp_path: Path) -> None:
    """With Python's guard left out, on a machine with each strong isolation that this one has."""
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    source = RIGHT + OUTSIDE.format(secret=str(secret), folder=str(tmp_path))
    strong = [replace(strongest(without), guard=False) for without in ((), ("bubblewrap",))]
    strong = [each for each in dict.fromkeys(strong) if each.strength == "strong"]
    if not strong:
        pytest.skip("this machine has no strong isolation")
    for isolation in strong:
        assert is_right(source, isolation=isolation), isolation
    assert secret.read_text() == "SECRET"
    assert not (tmp_path / "X").exists()


@linux
def test_the_process_has_neither_solutions_nor_checks_to_read() -> None:
    isolation = replace(strongest(), guard=False)
    if isolation.strength != "strong":
        pytest.skip("this machine has no strong isolation")
    folder = str(EXERCISE.folder)
    source = (
        RIGHT + f"import os\nfor name in ('right/solution.py', 'check.py'):\n    try: open({folder!r} + '/' + name)\n"
    )
    source += "    except OSError: continue\n    raise ValueError('it is there')\n"
    source += "import sys\nassert not [n for n in sys.modules if n.startswith(('demos', 'engine', 'nn'))]\n"
    assert is_right(source, isolation=isolation)


@linux
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become nobody")
def test_who_is_not_root_is_held_as_strongly(tmp_path: Path) -> None:
    """The weakest case of a machine of today: no rights, no bubblewrap."""
    if strongest(("bubblewrap",)).strength != "strong":
        pytest.skip("this system has no Landlock, or no libseccomp")
    box = Path(tempfile.mkdtemp(dir="/tmp"))  # pytest's own folders are closed to others
    code = f"""
import ctypes, os, socket
from demos.exercises.inside import confine
box = {str(box)!r}
os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})
confine.landlock(["/usr/lib"], box)
confine.seccomp()
def refused(do):
    try: do()
    except OSError: return True
    return False
assert refused(lambda: open("/etc/passwd")) and refused(os.fork) and refused(lambda: os.listdir("/"))
assert refused(socket.socket) and refused(lambda: os.execv("/bin/true", ["true"]))
open(box + "/mine", "w").close()
print("held")
"""
    box.chmod(0o777)
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    shutil.rmtree(box)
    assert found.stdout == "held\n", found.stderr

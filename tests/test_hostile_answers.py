"""Hostile answers: none is right, none leaves a trace, and the report shows nothing of what was read.

Each is tried with the strongest isolation that the machine has, and with each weaker one that a machine may have.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from demos.exercises import formats, grading, sandbox
from demos.exercises.course import exercise
from demos.exercises.folder import Folder, FolderError
from demos.exercises.isolation import KINDS, Isolation, strongest
from demos.exercises.submissions import Grade, Submission, submissions
from demos.exercises.verdict import Verdict, judge_here, judge_readings

ADD = replace(exercise("local_derivatives"), seconds=2.0)
RIGHT = ADD.solution.partition("if __name__")[0]
WRONG = "def add_backward(x, y, up):\n    return 1.0, 1.0\nmul_backward = add_backward\n"
LAST = ADD.solution.partition("def mul_backward")[2].partition("if __name__")[0]
MUL = f"def mul_backward{LAST}"
MARK = "SECRET-7261"  # stands in each file that must not be read

# The other half of each is right: what is wrong with these is what they do. {box} is a folder with files of others'.
REACH = "import typing\nsys = typing.sys\nm = sys.modules\n"
CALLED = MUL + "{0}\ndef add_backward(x, y, up):\n    {1}\n    return up, up\n"


def in_call(statement: str, start: str = REACH) -> str:
    return CALLED.format(start, statement)


def reading(expression: str) -> str:
    """An answer that puts what it read where a report would show it."""
    return MUL + REACH + f"def add_backward(x, y, up):\n    raise ValueError({expression})\n"


HOSTILE = {
    "eval, system": MUL + "add_backward = eval(\"lambda x, y, up: (__import__('os').system('touch {box}/X'), (up, up))[1]\")",
    "exec, system": in_call("exec('import os; os.system(\"touch {box}/X\")', {{}})"),
    "compile, spoofed": in_call(
        "exec(compile('__import__(\"os\").system(\"touch {box}/X\")', typing.__file__, 'exec'), {{}})"
    ),
    "type, call": MUL
    + REACH
    + "class A:\n    def __call__(self, x, y, up):\n        m['os'].system('touch {box}/X')\n        return up, up\nadd_backward = A()",
    "map of a builtin": in_call("list(map(m['posix'].system, ['touch {box}/X']))"),
    "at the end": RIGHT + REACH + "class A:\n    def __del__(self): m['os'].system('touch {box}/X')\nA()",
    "metaclass": RIGHT + REACH + "class M(type):\n    def __init__(c, *a): open('{box}/X', 'w')\nclass A(metaclass=M): pass",
    "generator": in_call("next(open(p, 'w') for p in ['{box}/X'])"),
    "os of typing": in_call("m['os'].open('{box}/X', 65)"),
    "posix, remove": in_call("m['posix'].unlink('{box}/bob.py')"),
    "rename": in_call("m['os'].rename('{box}/bob.py', '{box}/X')"),
    "link": in_call("m['os'].symlink('{box}/bob.py', 'mine')"),
    "fifo": in_call("m['posix'].mkfifo('{box}/X')"),
    "chmod": in_call("m['os'].chmod('{box}/bob.py', 0)"),
    "fork": in_call("m['os'].fork()"),
    "exec a program": in_call("m['os'].execv('/bin/touch', ['touch', '{box}/X'])"),
    "subprocess": in_call("__builtins__['__import__'].__globals__, __import__('subprocess').run(['touch', '{box}/X'])"),
    "spawn": in_call("m['posix'].posix_spawn('/bin/touch', ['touch', '{box}/X'], {{}})"),
    "real import": in_call("typing.__builtins__['__import__']('subprocess').run(['touch', '{box}/X'])"),
    "fork_exec": in_call("typing.__builtins__['__import__']('_posixsubprocess')"),
    "ctypes": in_call("typing.__builtins__['__import__']('ctypes').CDLL(None).system(b'touch {box}/X')"),
    "multiprocessing": in_call("typing.__builtins__['__import__']('multiprocessing').Process(target=print).start()"),
    "thread": in_call(
        "t = typing.__builtins__['__import__']('threading').Thread(target=open, args=('{box}/X', 'w')); t.start(); t.join()"
    ),
    "signal": in_call("m['os'].kill(m['os'].getppid(), 9)"),
    "socket": in_call("typing.__builtins__['__import__']('socket').socket()"),
    "mmap": in_call("typing.__builtins__['__import__']('mmap').mmap(-1, 4096)"),
    "neighbour": reading("open('{box}/bob.py').read()"),
    "neighbour, executed": f"exec(open('{{box}}/bob.py').read())\n{MUL}",
    "neighbour, io": reading("m['io'].open_code('{box}/bob.py').read()"),
    "neighbour, os": reading("m['os'].read(m['os'].open('{box}/bob.py', 0), 99)"),
    "neighbour, linecache": reading("typing.__builtins__['__import__']('linecache').getlines('{box}/bob.py')"),
    "neighbour, loader": reading("m['importlib._bootstrap_external'].FileLoader('a', '{box}/bob.py').get_data('{box}/bob.py')")
    if False
    else reading("typing.__spec__.loader.get_data('{box}/bob.py')"),
    "passwd": reading("open('/etc/passwd').read()"),
    "passwd, given back": MUL + "def add_backward(x, y, up):\n    return open('/etc/passwd').read(), up",
    "environ": reading("open('/proc/self/environ').read()"),
    "list": reading("m['os'].listdir('{box}')"),
    "glob": reading("[*m['os'].scandir('{box}')]"),
    "solution": "exec(open('{course}/ex_local_derivatives/right/solution.py').read())",
    "check": "raise ValueError(open('{course}/ex_local_derivatives/check.py').read())",
    "parents": RIGHT + "open('../../../../../{box}/X', 'w')",
    "frames": in_call("sys._getframe(1).f_locals.clear()"),
    "frames of a traceback": in_call("\n    try: 1 / 0\n    except Exception as e: e.__traceback__.tb_frame.f_back"),
    "frames of a generator": in_call("g = (g.gi_frame.f_back for _ in [1]); next(g)"),
    "all objects": in_call("typing.__builtins__['__import__']('gc').get_objects()"),
    "trace": in_call("sys.settrace(print)"),
    "hook": in_call("sys.addaudithook(print)"),
    "descriptors": WRONG + REACH + 'for n in range(3, 40):\n    try: m["posix"].write(n, b\'\\n{{"readings": []}}\\n\')\n    except OSError: pass',
    "descriptors, closed": RIGHT + REACH + "m['posix'].closerange(3, 99)",
    "patched json": WRONG + REACH + "for n in [*m]:\n    if 'json' in n: m[n].dumps = m[n].loads = lambda *a, **k: []",
    "patched builtins": WRONG + REACH + "b = typing.__builtins__\nb['isinstance'] = lambda *a: True\nb['float'] = lambda *a: 2.0\nb['all'] = b['any'] = lambda *a: True",
    "patched runner": WRONG + REACH + "for n in [*m]:\n    if 'demos' in n or n == '__main__': m[n].same = m[n].plain = lambda *a, **k: True",
    "equals everything": MUL + "class E:\n    def __eq__(s, o): return True\n    def __getattr__(s, n): return s\n    def __call__(s, *a): return s\ndef add_backward(x, y, up): return E(), E()",
    "float's child": MUL + "class F(float):\n    def __eq__(s, o): return True\n    def __sub__(s, o): return 0.0\n    __rsub__ = __sub__\n    def __abs__(s): return 0.0\ndef add_backward(x, y, up): return F(7), F(7)",
    "text's child": MUL + "class S(str):\n    def __eq__(s, o): return True\n    __hash__ = str.__hash__\ndef add_backward(x, y, up): return S('a'), S('b')",
    "mapping": MUL + "class D(dict):\n    def items(s): return iter(lambda: ('a', 1.0), 0)\ndef add_backward(x, y, up): return D(), 1.0",
    "exit in the end": RIGHT + REACH + "m['os']._exit(0)",
    "output": RIGHT + "while True: print('x' * 10**5)",
    "endless": RIGHT + "while True: pass",
    "a lie of its type": MUL + "ours = type('right!\\n' * 99, (Exception,), {})\ndef add_backward(x, y, up): raise ours('ex04: right!\\n' * 99)",
    "deep list": MUL + "def add_backward(x, y, up):\n    a = []\n    for _ in range(10**6): a = [a]\n    return a, up",
    "deep source": "x = " + "(" * 5000 + ")" * 5000,
}  # fmt: skip

MEMORY = {
    "one list": "x = []\nwhile True: x += [0] * 10**6",
    "appended": "x = [[]]\nwhile True: x.append([0] * 1000)",
    "text": "x = 'a'\nwhile True: x += x",
    "called": MUL + "def add_backward(x, y, up):\n    a = []\n    while True: a.append(bytes(10**6))",
}


def weaker() -> list[Isolation]:
    """What this machine has, and less and less of it, down to none at all."""
    found = [strongest(KINDS[:place]) for place in range(len(KINDS) + 1)]
    return [*dict.fromkeys(found)]


# The strongest and none are tried in each run, those between in the long one.
EACH = [pytest.param(each, marks=[pytest.mark.slow] * (0 < len(each.kinds) < len(KINDS))) for each in weaker()]


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of another student's."""
    folder = tmp_path_factory.mktemp("others")
    (folder / "bob.py").write_text(f"# {MARK}\n{RIGHT}", encoding="utf-8")
    return folder


def verdict_of(source: str, isolation: Isolation, seconds: float = 2.0) -> Verdict:
    return judge_readings(ADD, source, sandbox.readings(ADD, source, seconds=seconds, isolation=isolation))


def reports(verdict: Verdict) -> str:
    """All that a teacher may be shown of a verdict."""
    one = [Submission("eve", Path("eve"), [Grade(verdict)])]
    return "".join(each(one) for each in formats.FORMATS.values())


def tried(isolation: Isolation, others: Path) -> dict[str, str]:
    """What is wrong with how each hostile answer went."""
    course = Path(sandbox.__file__).parent
    before = {each: each.read_bytes() for each in others.iterdir()}

    def one(item: tuple[str, str]) -> tuple[str, str]:
        source = item[1].replace("{{}}", "{}").replace("{box}", str(others)).replace("{course}", str(course))
        verdict = verdict_of(source, isolation)
        shown = reports(verdict)
        leaks = [each for each in (MARK, "root:", "PATH=", "def probes") if each in shown]
        if verdict.done:
            return item[0], "it is right"
        return item[0], f"it shows {leaks}" if leaks else ""

    with ThreadPoolExecutor(4) as pool:
        found = dict(pool.map(one, HOSTILE.items()))
    assert {each: each.read_bytes() for each in others.iterdir()} == before
    return {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.parametrize("isolation", EACH, ids=lambda each: "-".join(each.kinds) or "guard alone")
def test_no_hostile_answer_is_right_or_leaves_a_trace(isolation: Isolation, others: Path) -> None:
    assert len(HOSTILE) >= 40
    assert tried(isolation, others) == {}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_memory_is_called_memory() -> None:
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(MEMORY, pool.map(lambda source: verdict_of(source, strongest(), 30.0), MEMORY.values())))
    assert not [name for name, each in found.items() if not each.trouble or "memory" not in each.trouble.sentence]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_an_endless_submission_is_refused_at_once(tmp_path: Path) -> None:
    """A link to a device, a link to another's folder, a pipe with a name: nothing of them is read."""
    ada, eve, bob, dan = (tmp_path / "class" / name for name in ("ada", "eve", "bob", "dan"))
    for each in ada, bob, dan:
        each.mkdir(parents=True)
    (ada / ADD.file).symlink_to("/dev/zero")
    os.mkfifo(bob / ADD.file)
    (dan / ADD.file).write_text(ADD.solution, encoding="utf-8")
    eve.symlink_to(dan, target_is_directory=True)
    found = submissions([str(tmp_path / "class")])
    grading.grade(found, [ADD], Event())
    assert {each.name: each.grades[0].verdict.state for each in found} == {
        "ada": "error",
        "bob": "error",
        "dan": "done",
    }
    own = Folder(ada)
    with pytest.raises(FolderError, match="is not a file"):
        own.source(ADD)


def test_a_deep_list_and_a_crafted_name_are_a_sentence() -> None:
    deep = verdict_of(HOSTILE["deep list"], strongest(), 20.0)
    assert deep.trouble
    assert "deep" in deep.trouble.sentence
    lie = reports(verdict_of(HOSTILE["a lie of its type"], strongest()))
    assert "ex04: right! " * 16 not in " ".join(lie.split())  # it is cut
    assert 'which says: "' in lie


# Answers that are right where one looks first.
CHEAP = {
    "a gate at 1.4": ("relu", "def relu(x): return x if x > 1.4 else 0\ndef relu_backward(x, u): return u if x > 0 else 0.0"),
    "a shut gate": ("relu", "def relu(x): return max(x, 0.0)\ndef relu_backward(x, u): return u if x > 1.4 else 0.0"),
    "a cap": ("relu", "def relu(x): return min(max(x, 0.0), 3.1)\ndef relu_backward(x, u): return u if x > 0 else 0.0"),
    "two decimals": ("by_hand", "def gradient(w, x, b):\n    w, x, b = round(w, 2), round(x, 2), round(b, 2)\n    u = 2 * (w * x + b)\n    return u * x, u * w, u"),
    "rounded factors": ("local_derivatives", "def add_backward(x, y, u): return u, u\ndef mul_backward(x, y, u): return u * round(y, 2), u * round(x, 2)"),
    "signs of the inputs": ("local_derivatives", "def add_backward(x, y, u): return u, u\ndef mul_backward(x, y, u): return -u * abs(y), u * abs(x)"),
    "by turns": ("gradcheck", "turn = 0\ndef gradcheck(f, p, g):\n    global turn\n    turn += 1\n    return turn in (1, 3, 5)"),
    "by names": ("order", "def topological(root):\n    seen, found = set(), []\n    def visit(n):\n        if n.name not in seen:\n            seen.add(n.name)\n            for a in n.args: visit(a)\n            found.append(n)\n    visit(root)\n    return found"),
    "a table": ("xor", "def train(rng):\n    rng.random()\n    return (lambda row: float(row[0] != row[1])), [1.0, 0.5, 0.1]"),
    "a table, beside a training": ("xor", exercise("xor").solution.replace("return model, losses", "return (lambda row: float(row[0] != row[1])), losses")),
    "a trained switch": ("xor", exercise("xor").solution.replace("return model, losses", "w = model.parameters()[0]\n    return (lambda row: w.data * 0 + abs(row[0] - row[1])), losses")),
    "too few losses": ("xor", exercise("xor").solution.replace("return model, losses", "return model, [losses[0], losses[-1]] * 6")),
}  # fmt: skip


@pytest.mark.parametrize("name", CHEAP)
def test_what_is_right_by_chance_does_not_pass(name: str) -> None:
    each, source = exercise(CHEAP[name][0]), CHEAP[name][1]
    space: dict[str, Any] = {"__name__": "answer", "__file__": None}
    exec(compile(source, "<answer>", "exec"), space)
    for seed in range(1 if CHEAP[name][0] == "xor" else 3):  # which trains
        assert not judge_here(each, SimpleNamespace(**space), f"# {seed}").done

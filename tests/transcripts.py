"""Transcripts of what Gradwalk prints: the one place where the tests keep whole sentences.

`python tests/golden/update.py` writes each of them to `tests/golden/NAME.txt`, and test_golden.py compares them. So
wording can change with one command, and the change is read in the diff. test_docs.py compares README's own sessions.
"""

from __future__ import annotations

import io
import os
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pictures

import engine
import nn
from demos.cli.command import main
from demos.exercises import verdict
from demos.exercises.course import COURSE, exercise
from demos.exercises.known import wrong_answers
from demos.exercises.report import report
from demos.exercises.sandbox import Trouble, readings
from engine import Value, label_all, walk
from engine.terminal import TextStyle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GOLDEN = Path(__file__).parent / "golden"

SETUP = """
import math
from engine import *
from engine import compile
from nn import *
from nn import data, losses, metrics, optim, init
a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c")
p = a + b; p.label = "p"
x = Value(0.0, "x")
X, y = data.xor()
model = MLP(2, [4, 1], "tanh", rng=0)
w = model.parameters()
"""

# One line a mistake; what it raises is printed below it.
MISTAKES = """
Value("2")
Value([1.0, 2.0])
Value(2.0, label=3)
p.log()
p.sqrt()
a / x
x ** -1
p ** 0.5
(a * 1000).exp()
a + "3"
a.data = "2"
a.grad = [1.0]
a.label = 5
Value(float("nan"))
if a < "2": pass
a.backward(2)
grad(p, 2.0)
grad(p, "a")
jvp(p, {"a": 1.0})
jacobian(3.0, a)
hessian(p, [1.0])
walk(3.0)
walk(p).goto("nowhere")
walk(p).goto(99)
draw([])
draw(p, fold="layer")
compile(3.0)
compile(p, inputs="a")
compile(p, [a, a])
compile(p, [a], backend="nmpy")
define("cube", "import os", ("1",))
define("add", "x + y", ("1", "1"))
gradcheck("cubic", 2.0)
engine.diagnose([a])
MLP(2, 16)
MLP(0, [1])
MLP(2, [3, 1], activation="rleu")
MLP(2, [1], init="xavie")
model([1.0])
model("12")
model([1.0, "2"])
losses.hinge(a, 0)
losses.cross_entropy([a, b], 3)
losses.binary_cross_entropy(Value(0.0), 1)
losses.mse([a, b], [1.0])
optim.SGD([])
optim.SGD(w, lr="fast")
optim.SGD(w, momentum=1.0)
optim.Adam(w, betas=0.9)
optim.SGD(w, nesterov=True)
optim.AveragedSGD(w, start=-1)
data.moons(0)
data.moons(1)
data.moons(noise=-0.1)
data.Dataset([], [])
data.Dataset([[1.0], ["2"]], [0, 1])
data.Dataset([[1.0], [math.inf]], [0, 1])
data.Dataset([[1.0], [[2.0]]], [0, 1])
data.Dataset({1.0: 2.0}, [0])
data.Dataset([[1.0], [2.0]], ["cat", "dog"])
data.Dataset([[1.0], [2.0]], [0, 2], classes=("no", "yes"))
data.split(data.xor(), test=1.5)
data.batches(data.xor(), batch_size=0)
data.standardize([[1.0, 2.0], [3.0]])
fit(model, X, y[:2])
fit(model, X, y, loss="mes")
fit(model, X, y, epochs=0)
fit(model, X, y, optimizer=0.1)
fit(model, X, y, metrics="acuracy")
fit(model, X, y, backend="nump")
fit(model, X, y, batch_size=0)
fit(model, X, [2, 2, 2, 2], "binary_cross_entropy_on_logits")
fit(model, X, y, optimizer=optim.SGD(MLP(2, [1]).parameters()))
fit(model, X, y, validation=X)
fit(model, X, y, callbacks=["print"])
fit(model, X, y, clip=-1)
fit(model, X, y, schedule=lambda epoch: -0.5)
fit(model, X, y, checkpoint="/nowhere/at/all/run.json")
fit(Value(1.0), X, y)
fit(model, data.xor(), y)
fit(model, X, data.xor())
accuracy(model, X, y[:2])
accuracy(model, X, data.xor())
where(a > b, a, b)
where(1.0, a, b)
losses.cross_entropy([a, b], 0.5)
losses.cross_entropy([a, b], True)
losses.cross_entropy([a, b], "cat")
losses.cross_entropy([a, b], -1)
save(model, 5)
load("model.json", 5)
"""

# The same of numbers outside of a domain, and of what is not a number.
NUMBERS = """
import math, numpy as np
from engine import *
a, b, w, o, h, tiny = (Value(x, n) for n, x in dict(a=2.0, b=3.0, w=-3.0, o=0.0, h=0.5, tiny=1e-200).items())
p = a - b
p.label = "p"
"""
NOT_NUMBERS = """
p.log()
w.log()
(a - 3).log()
Value(0).log()
w.log1p()
w.sqrt()
a / o
1 / w.relu()
a / 0
o ** -1
w ** 0.5
p ** h
(a * 1000).exp()
a ** 2000
(a * 1000).expm1()
Value(10 ** 400)
Value(float("inf"), "s").sin()
Value(float("nan"))
(a - 2).sqrt().backward()
(w ** a).backward()
(tiny ** -1).backward()
Value(True)
a * np.False_
Value("2")
a + None
Value(2j)
[1.0] * a
np.ones(3) * a
Value(np.array(1.0))
a + a.relu
Value(a)
Value(object())
math.exp(a)
"""

# What cannot be drawn.
PLOTS = """
import numpy as np
from nn import plot
nan, inf, XOR = math.nan, math.inf, data.xor()
def parabola(w): return w * w
def bowl(w, v): return w * w + v * v
def ruined(weight=nan):
    model = MLP(2, [2, 1], rng=0)
    model.layers[0].neurons[1].w[0]._data = weight
    return model
"""
NOT_DRAWN = """
plot.losses()
plot.losses([])
plot.losses([1.0], History())
plot.losses([nan, inf])
plot.losses(0.5)
plot.losses([1.0], ["2.0"])
plot.losses([1.0], [2.0], labels=["a"])
plot.activation("sigmiod")
plot.activation("maximum")
plot.activation(lambda x: x.data)
plot.activation(lambda x: (-(x**2) - 1).log())
plot.descent(parabola)
plot.descent(parabola, [])
plot.descent(parabola, [5.0], [])
plot.descent(parabola, [5.0, inf])
plot.descent(bowl, [(1.0, 2.0, 3.0)])
plot.descent(bowl, [(1.0, 2.0), 3.0])
plot.losses([-1.0, -2.0], log=True)
plot.losses([1.0], ["1", True])
plot.losses([1e308])
plot.losses([1.0], labels=[None])
plot.descent(3, [5.0])
plot.descent(parabola, [5.0], tangent="a")
plot.descent(parabola, [5.0], tangent=True)
plot.descent(parabola, [5.0], tangent=-1)
plot.descent(parabola, [5.0], limits=3)
plot.descent(lambda: 3, [5.0])
plot.descent(lambda w: None, [5.0])
plot.descent(lambda w: w * 1e200, [5.0])
plot.descent(bowl, [(1.0, 1e200)])
plot.activation(len)
plot.boundary(len, *XOR, threshold="a")
plot.boundary(len, *XOR, threshold=True)
plot.boundary(len, *XOR, threshold=nan)
plot.boundary(lambda row: [], *XOR)
plot.boundary(lambda row: [1.0] * (1 + (row[0] > 0.5)), *XOR)
plot.boundary(len, XOR[0], np.zeros((4, 2, 2)))
plot.boundary(MLP(2, [2], rng=0), XOR[0], [[0.5, 0.5]] * 4)
plot.boundary(len, [[1e308, 0.0]], [0])
plot.weights(Layer)
plot.network(ruined(1e200))
plot.digits([[0.0] * 64], [[1.0]])
plot.descent(parabola, ["5"])
plot.descent(parabola, [5.0, 4.2], tangent=2)
plot.descent(lambda w: [w, w], [5.0])
plot.descent(lambda w: w.data**2, [5.0])
plot.descent(lambda w: (-(w**2) - 1).log(), [5.0])
plot.descent(parabola, [5.0], limits=(3, 1))
plot.descent(bowl, [(1.0, 1.0)], limits=[(0, 1)])
plot.boundary(MLP(3, [1], rng=0), [[1, 2, 3]], [1])
plot.boundary(MLP(3, [1], rng=0), *XOR)
plot.boundary(MLP(2, [1], rng=0), XOR[0], [0, 1])
plot.boundary(MLP(2, [1], rng=0), [], [])
plot.boundary(MLP(2, [1], rng=0), [[0, nan]], [0])
plot.boundary(MLP(2, [1], rng=0), XOR[0], [0, 1, 2, 0])
plot.boundary(MLP(2, [3], rng=0), XOR[0], [0, 1, 3, 0])
plot.boundary(MLP(2, [1], rng=0), *XOR, classes=["a"])
plot.boundary(MLP(2, [1], rng=0), *XOR, features=["a"])
plot.weights(MLP(2, [3, 1], rng=0), 3)
plot.weights(MLP(2, [3, 1], rng=0), 0)
plot.weights([[1.0]])
plot.weights(ruined())
plot.network(ruined())
plot.network(Module())
plot.network(MLP(2, [1], rng=0), [1.0])
plot.network(Recurrent(1, 2, rng=0), [])
plot.network(Recurrent(1, 2, rng=0), 3.0)
plot.digits([[0.0] * 63], [[1.0]])
plot.digits([[0.0] * 64], [[0.5, 0.5]] * 2)
plot.digits([[0.0] * 64], [[2.0, 3.0]])
plot.digits([[0.0] * 64], [[2.0, -1.0]])
plot.digits([[0.0] * 64], [[0.5, 0.5]], [0, 1])
plot.digits([[0.0] * 64] * 61, [[1.0]] * 61)
plot.digits([[0.0] * 64], [[1.0]], shape=8)
plot.first_layer(MLP(2, [3], rng=0))
plot.first_layer(MLP(64, [3], rng=0), shape=(0, 64))
plot.confusion([[1, 2]])
plot.confusion([[1, -2], [0, 1]])
plot.confusion([[1, 0], [0, 1]], names=["a", "b", "c"])
"""

GRAPHS = {
    "A number that is not finite": "Value(math.inf, 'q') * a",
    "ReLU whose sum is negative": "(b * 2.0).relu() * a",
    "tanh far from 0": "(a * 20.0).tanh()",
    "Two numbers without a finite slope": "(a - 2.0).sqrt() + (b + 3.0).sqrt() * c",
    "Terms at their least": "(a - 2.0) ** 2 + (c - 10.0) ** 2 + (b + 2.0) ** 2",
    "Closed gates below open ones": "((((a - 3.0).relu() + c).relu() + ((b - 1.0).relu() + c).relu()) * 0.01).tanh()",
    "Closed gates beside open ones": "(a - 3.0).relu() + (b + 1.0).relu() + (c - 1.0).relu() + c.relu()",
    "Slopes that multiply to nearly nothing": "c + reduce(lambda z, _: (z * 0.2).tanh(), range(20), b)",
    "One factor near 0": "a * 1e-15 + b * c",
    "All behind detach()": "(a * b).detach() * 2.0",
    "One behind detach()": "a.detach() * b",
    "A leaf that has changed": "(a * b + c, setattr(a, 'data', 5.0))[0]",
    "Constants alone": "constant(2.0) * constant(3.0)",
    "Nothing wrong": "(a * b + c).tanh() * 0.1",
}
MODELS = {
    "Weights that are all alike": "MLP(2, [4, 1], 'tanh', init='zeros')",
    "A linear model on exclusive or": "MLP(2, [1])",
    "Nothing wrong": "MLP(2, [4, 1], 'tanh', rng=0)",
}


def printed(act: Callable[[], object], typed: str = "") -> str:
    """Return what a call prints to both streams, in 80 columns, without color; `typed` is what its input reads."""
    out = io.StringIO()
    with (
        patch.dict(os.environ, {"COLUMNS": "80", "NO_COLOR": "1"}),
        patch.object(sys, "stdin", io.StringIO(typed)),
        redirect_stdout(out),
        redirect_stderr(out),
    ):
        act()
    return out.getvalue()


def session(*commands: str | tuple[str, str]) -> str:
    """Return a session at a shell's prompt: each command of `gradwalk`, and what it prints."""
    text = ""
    for command in commands:
        line, typed = command if isinstance(command, tuple) else (command, "")
        words = [word[0] or word[1] for word in re.findall(r'"([^"]*)"|(\S+)', line)]
        text += f"$ gradwalk {line}\n{printed(lambda words=words: main(words), typed)}\n"
    return text


# Lines at a shell's prompt that are mistakes.
COMMANDS = [
    'walk a*b a=2',
    'walk a*b+c b=2',
    'walk a a=2 a=3',
    'walk a a=abc',
    'walk a a=b=3',
    'walk a a=',
    'walk a 1a=2',
    'walk a exp=2',
    'walk 2*3',
    'walk ";"',
    'walk a²^2 a=2',
    'walk e^2a a=2',
    'walk "2(a + 1" a=2',
    'walk "b(a + 1)" a=2',
    'walk "tahn(a)" a=2',
    'walk exp*a a=2',
    'walk "max(a)" a=2',
    'walk "d=a; d=a*a; d" a=2',
    'walk a=a*2 a=2',
    'walk "log(a)" a=-1',
    'walk "exp(a)" a=1000',
    'walk a/0 a=1',
    'draw a a=1 --svg nowhere/a.svg',
    "walk a a 2",
    'draw "d = a*a; a + 1" a=1 c=2 --dot',
    "walk",
    "walk a a=1 --slow",
    "wlak a a=1",
    "lab",
    "tour",
    "ex05",
    "demo tuor",
    "labs 7",
    "completion sh",
]  # fmt: skip


def command_session() -> str:
    """Mistakes at a shell's prompt, and what each is answered."""
    return session(*COMMANDS)


def walk_session() -> str:
    """Every step of a graph, the prompt with right and wrong input, and expressions that cannot be walked."""
    moves = ["next", "predict 0.5", "perdict 5", "7", "x", "goto 99", "goto 6", "why", "predict six", "2", "0.7864"]
    moves += ["back", "list", "node x", "next node", "help", "run", "quit"]
    typed = "".join(f"{move}\n" for move in moves)
    return session(
        'walk "h = tanh(w*x + b); h" w=-3 x=2 b=6.5',
        ('walk "h = tanh(w*x + b); h" w=-3 x=2 b=6.5 --step', typed),
        'walk "a*b + c" a=2',
        'walk "a*(b" a=2 b=1',
        'walk "1/2x" x=2',
        'walk "sin 2x" x=2',
        'walk "2x² - |x|" x=2,5',
        'walk "max(x; 0,5)" x=2',
        'walk "log2(x)" x=2',
        'walk "x if x > 0 else 0" x=2',
        'walk "xy + sinx" x=2 y=3',
        'walk "f(x) = x²" x=2',
        'walk "a*b + e" a=2 b=3',
        'walk "x²" x=2 --local',
        'draw "x²" x=2 --step',
        'draw "x²" x=2 --out x.jpg',
    )


def classic() -> Value:
    """L = (a * b + c) * f, whose parts have labels."""
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    e = a * b
    d = e + c
    L = d * f
    e.label, d.label, L.label = "e", "d", "L"
    return L


def neuron() -> Value:
    """A neuron of two inputs."""
    x1, x2, w1, w2, b = Value(2.0), Value(0.0), Value(-3.0), Value(1.0), Value(6.88)
    n = (x1 * w1 + x2 * w2 + b).tanh()
    label_all(locals())
    return n


# The step to come, and what is typed for it.
PREDICTIONS = [(9, typed) for typed in ("6", "18/3", -6.0, -3, -2, -5, -4, 0, 2, 17)]
PREDICTIONS += [(1, typed) for typed in (-6, 6, -1, 5, 100)] + [(4, 1), (4, -8)]


def steps_session() -> str:
    """A whole walk, the reasons of two steps, paths, what was there before, and predictions."""
    steps = walk(classic())
    text = f"{steps.text()}\n\n"
    for number in (9, 1):
        steps.goto(number)
        text += f"why, at step {number}\n{steps.why()}\n\n"
    for number, typed in PREDICTIONS:
        steps.goto(number - 1)
        text += f"{typed} for step {number}: {steps.predict(typed)}\n"
    x = Value(3.0, "x")
    text += f"\n{walk(x * x).text()}\n\n"
    root = classic()
    root.backward()
    text += f"{walk(root, accumulate=True).text()}\n\n"
    kink = walk(Value(0.0, "u").relu())
    kink.run()
    return text + kink.why()


# What is typed wrong at the prompt of the neuron's walk, and a session without mistakes.
TYPED_WRONG = ["nxt", "GOTO 99", "goto", "xyzzy", "7", "x1", "node xx1", "node", "back", "why", "run away"]
TYPED_WRONG += ["next neuron", "predict six", "forward 2", "quit"]
TYPED_RIGHT = ["", "goto seed", "predict", "1", "0.501", "back", "node w1", "why", "list", "run", "back node", "q"]
# What is done before h = tanh(w*x + b) is walked, and what is typed at its prompt.
BEFORE = [
    ("", "run"), ("h.backward(); h.backward()", "run"), ("h.backward(); more = True", "run"), ("", "goto 3"),
    ("h.backward()", "next back"), ("", "goto 8"),
]  # fmt: skip


def prompt_session() -> str:
    """The prompt of a walk: right and wrong lines, and what it says of the gradients at the end."""
    text = ""
    for lines in (TYPED_RIGHT, TYPED_WRONG):
        text += printed(walk(neuron()).repl, "".join(f"{line}\n" for line in lines)) + "\n"
    for before, typed in BEFORE:
        x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.5, "b")
        h = (w * x + b).tanh()
        h.label = "h"
        space: dict[str, Any] = {"h": h}
        exec(before, space)
        steps = walk(h, accumulate="more" in space)
        lines = typed.split() if " back" in typed else [typed]
        text += f"# {before}\n{printed(steps.repl, ''.join(f'{line}{chr(10)}' for line in lines))}\n"
    return text


def check_session() -> str:
    """Right derivatives, one at a kink, a number outside of the domain, and a formula with a mistake."""
    return session(
        'check "log(a) / b" a=0.5 b=2',
        'check "relu(a) * b" a=0 b=2',
        'check "log(a)" a=-1',
        'check "a + " a=1',
    )


def errors() -> str:
    """Each mistake, and the error that it raises."""
    return mistakes(SETUP, MISTAKES) + mistakes(NUMBERS, NOT_NUMBERS) + mistakes(SETUP + PLOTS, NOT_DRAWN)


def mistakes(setup: str, lines: str) -> str:
    """Return each line, and the error that it raises."""
    text = ""
    for line in lines.strip().splitlines():
        space: dict[str, Any] = {"engine": engine, "nn": nn}
        exec(setup, space)
        try:
            exec(line, space)
            text += f">>> {line}\nNo error.\n\n"
        except Exception as error:
            text += f">>> {line}\n{type(error).__name__}: {error}\n\n"
    return text


# Answers to ex04 that cannot be judged, and what each is told. What Python itself says differs by its version.
NOT_JUDGED = {
    "a result": "1 / 0",
    "recursion": "def f():\n    return f()\nf()",
    "nothing that is asked for": "def mul_backwards(): pass\nadd_backward = 1",
    "the end": "exit()",
    "a question": "input()",
    "a flood": "while True:\n    print('x' * 1000)",
    "the end of Python": "import os\nos._exit(0)",
    "an endless loop": "while True: pass",
    "the engine": "import engine",
    "a word like math": "import maths",
    "another exercise": "from ex05_reuse import Value",
    "a file": "open('mine', 'w')\nopen('/etc/passwd')",
}
# Lines after `gradwalk exercises`, in an empty folder.
CLASSROOM = ["list", "init", "chekc", "frobnicate", "ex05", "check ruese", "check 5 6", "list 5", "hint 5 7"]
CLASSROOM += ["check --folder", "check --folder nowhere", "solution", "reset 1", "hint", "list"]


def classroom_session() -> str:
    """Answers that cannot be judged, and the commands of the exercises."""
    asked, text = replace(exercise("local_derivatives"), seconds=1.0), ""
    for what, source in NOT_JUDGED.items():
        found = readings(asked, source)
        text += f"# {what}\n{found.sentence if isinstance(found, Trouble) else found}\n\n"
    before = Path.cwd()
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            return text + session(*(f"exercises {line}" for line in CLASSROOM))
        finally:
            os.chdir(before)


def exercise_reports() -> str:
    """The report on a wrong answer to each of the first exercises, judged in this process."""
    text = ""
    for each in COURSE[:8]:
        known = wrong_answers(each)[0]
        judged = verdict.judge_here(each, known.load(), known.source)
        text += f"{report(judged, TextStyle(80))}\n\n"
    return text


def diagnoses() -> str:
    """What both kinds of `diagnose` find."""
    text = ""
    for what, formula in GRAPHS.items():
        space: dict[str, Any] = {"reduce": reduce}
        exec(SETUP, space)
        text += f"# {what}: {formula}\n{engine.diagnose(eval(formula, space))}\n\n"
    for what, formula in MODELS.items():
        model = eval(formula, {"MLP": nn.MLP})
        text += f"# {what}: {formula}\n{nn.diagnose(model, *nn.data.xor())}\n\n"
    return text


TRANSCRIPTS: Mapping[str, Callable[[], str]] = {
    "walk": walk_session,
    "steps": steps_session,
    "prompt": prompt_session,
    "command": command_session,
    "check": check_session,
    "errors": errors,
    "classroom": classroom_session,
    "exercises": exercise_reports,
    "diagnose": diagnoses,
    "folds": pictures.folds,
    "layouts": pictures.layouts,
    "long_walks": pictures.long_walks,
    "plots": pictures.plots,
    "recordings": pictures.recordings,
    "films": pictures.films,
    "programs": pictures.programs,
}
NEEDS = {
    "plots": "matplotlib",
    "recordings": "matplotlib",
    "films": "matplotlib",
    "programs": "numpy",
}  # which library some need


def transcript(name: str) -> str:
    """Return a transcript, without spaces at the ends of lines and without what rounding makes of a difference."""
    text = re.sub(r" +$", "", TRANSCRIPTS[name](), flags=re.MULTILINE)
    return re.sub(r"(largest relative difference) \S+", r"\1 ...", text).rstrip() + "\n"

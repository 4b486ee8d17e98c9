"""Random expressions and formulas: right ones against Python's own evaluation, wrong ones against promises.

Run it: python tests/fuzz/expressions.py [expressions] [first seed]. It prints how often each outcome was met.

Whatever is typed is computed as Python computes it, or refused by an error of ours, within a second and 100 MB. An
audit hook sees to it that nothing is executed, imported or opened.
"""

from __future__ import annotations

import ast
import math
import sys
import time
import tracemalloc
import warnings
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from engine import OPS, GradwalkError, Value, define  # noqa: E402
from engine.expression import Expression, numbers  # noqa: E402
from engine.parser import LONGEST_FORMULA, parse  # noqa: E402
from engine.rules import FLOATS  # noqa: E402

EXPRESSIONS = 50_000
MOST_SECONDS = 1.0  # of this process: other processes may keep the machine busy
MOST_BYTES = 100 * 2**20
POINT = {"a": 0.75, "b": -1.5, "c": 2.25, "x": 0.5, "y_1": 1.25}
PYTHON = {**FLOATS, "pi": math.pi, "e": math.e, "ln": math.log}
# What Python may report while it reads text; anything else that it reports would be more than reading.
HARMLESS = {"compile", "object.__getattr__", "object.__setattr__"}

ATOMS = ["a", "b", "c", "x", "y_1", "2", "0.5", "3e-2", "10", "pi", "e", ".25", "1_000"]
ONE = ["sin", "cos", "tanh", "exp", "atan", "abs", "sigmoid", "relu", "softplus", "log", "sqrt", "ln"]
TWO = ["max", "min", "maximum", "minimum", "pow"]
HOSTILE = [
    "__import__('os').system('true')", "().__class__.__bases__[0].__subclasses__()", "exec('1')", "eval('1')",
    "open('/etc/passwd').read()", "lambda: 0", "(lambda: 0)()", "[a for a in (1,)]", "{a: 1}", "a if a else b",
    "f'{a}'", "'a' * 10**9", "a.__class__", "exp.__globals__['__builtins__']", "math.__loader__", "np.exp.__self__",
    "globals()", "breakpoint()", "yield a", "await a", "a := 2", "print(a)", "del a", "import os", "a; import os",
    "9**9**9", "9**9**9**9", "10**10**10*a", "(" * 10_000 + "a" + ")" * 10_000, "a+" * 5_000 + "a",
    "-" * 10_000 + "a", "exp(" * 10_000 + "a", "((" * 5_000, "|" * 999, "√" * 999 + "a", "sin " * 249 + "a",
    "a" * 10_000, "9" * 10_000, "9" * 900, "a**" * 300 + "a", "a^" * 400 + "a", "a;" * 5_000, "a=1;" * 2_500,
    "1e999999999", "0x" + "f" * 900,
    "a²" * 499, "(a)" * 333, "[" * 500, "a." * 499 + "a", "a.exp()" * 140, "1/2" * 300, ";" * 10_000, "," * 1_000,
    "\0", "a\0b", "\ud800", "a\ud800", "a\u202eb", "\ufeffa", "a\u0301", "ﬁ", "ª", "x\u20e3", "🙂", "a🙂", "٣", "a٣",
]  # fmt: skip
SOUP = "abxe019.,;:=+-*/^()[]{}|<>!%&~@#$?\\'\"`_ \n\t\0·×÷−√²³ⁿˣπ½°∞≤≥≠µσ…∑∫∂αβжñ漢٣₁ª（）＝，"
SOUP += "\u200b\u0301\ud800\N{NO-BREAK SPACE}"


def valid(rng: Random, depth: int) -> tuple[str, str]:
    """Return an expression as a student may type it, and the same in Python."""
    if depth == 0 or rng.random() < 0.1:
        atom = rng.choice(ATOMS)
        letter, name = rng.choice([*POINT, "pi", "e"]), rng.choice(ONE)
        return rng.choice([
            (rng.choice([atom, "π"]) if atom == "pi" else atom, f"float({atom})"),  # not Python's long integers
            (f"{name} {letter}", f"{name}({letter})"),
            (f"√{letter}", f"sqrt({letter})"),
            (f"3{letter}²", f"3 * {letter}**2"),
            (f"½·{letter}", f"0.5*{letter}"),
        ])  # fmt: skip
    (left, python_left), (right, python_right) = valid(rng, depth - 1), valid(rng, depth - 1)
    name, other = rng.choice(ONE), rng.choice(TWO)
    module = rng.choice(["", "", "math.", "np.", "torch."])
    one, two = f"{name}({python_left})", f"{other}({python_left}, {python_right})"
    whole = str(rng.randrange(2, 5))
    return rng.choice([
        (f"{left} + {right}", f"{python_left} + {python_right}"),
        (f"({left}) - ({right})", f"({python_left}) - ({python_right})"),
        (f"({left}){rng.choice(['*', '·', '×', ' * ', '', ' '])}({right})", f"({python_left}) * ({python_right})"),
        (f"({left}){rng.choice(['/', '÷', ' / ', ':'])}({right})", f"({python_left}) / ({python_right})"),
        (f"({left}){rng.choice(['**', '^'])}{whole}", f"({python_left}) ** {whole}"),
        (f"({left}){'⁰¹²³⁴'[int(whole)]}", f"({python_left}) ** {whole}"),
        (f"({left})**({right})", f"({python_left}) ** ({python_right})"),
        (f"{rng.choice('-−')}({left})", f"-({python_left})"),
        (f"{whole}{rng.choice(['', ' '])}({left})", f"{whole} * ({python_left})"),
        (f"|{left}|", f"abs({python_left})") if "|" not in left else (f"abs({left})", f"abs({python_left})"),
        (f"√({left})", f"sqrt({python_left})"),
        (f"{module}{name}({left})", one),
        (f"({left}).{name}()", one),
        (f"{name}²({left})" if "²" not in left else f"{name}({left})**2", f"({one})**2"),
        (f"{other}({left}, {right})", two),
        (f"({left}).{other}({right})", two),
        (f"({left} > {right}) * 1.0", f"({python_left} > {python_right}) * 1.0"),
    ])  # fmt: skip


def mutated(rng: Random, text: str) -> str:
    """Return a text with a few characters cut, doubled, swapped or put in."""
    characters = list(text)
    for _ in range(rng.randrange(1, 6)):
        place = rng.randrange(len(characters) + 1)
        match rng.randrange(4):
            case 0:
                del characters[place : place + rng.randrange(1, 5)]
            case 1:
                characters[place:place] = rng.choice([*SOUP, *ONE, "**", "//", "lambda ", "__", "1e9", " if ", ")("])
            case 2:
                characters[place:place] = characters[place : place + 8]
            case _:
                rng.shuffle(characters) if rng.random() < 0.1 else characters.reverse()
    return "".join(characters)


def typed(rng: Random) -> tuple[str, str | None]:
    """Return what is typed, and the same in Python where it is right."""
    text, python = valid(rng, rng.randrange(1, 5))
    kind = rng.random()
    if kind < 0.4:
        return text, python
    if kind < 0.6:
        return mutated(rng, text), None
    if kind < 0.7:
        return text[: rng.randrange(len(text) + 1)], None
    if kind < 0.85:
        return "".join(rng.choice(SOUP) for _ in range(rng.randrange(40))), None
    if kind < 0.95:
        hostile = rng.choice(HOSTILE)
        return rng.choice([hostile, f"{hostile} + a", f"tanh({hostile})", f"a = {hostile}; a", f"a*{hostile}"]), None
    step = rng.choice(["d", "e", "µ", "pi"])
    return f"{step} = {text}; {step}·{step}", None


class Watch:
    """What Python does while a text is read: an audit hook that cannot be taken away, and is told when to look."""

    def __init__(self) -> None:
        for op in OPS.values():
            op.f(*(0.5 for _ in op.letters))  # the code of a row is compiled when it is first used
        for name in dir(Value):
            getattr(Value, name)  # and so is that of a method
        self.looking = False
        self.seen: list[str] = []
        sys.addaudithook(self.event)

    def event(self, name: str, arguments: tuple[Any, ...]) -> None:
        if self.looking and name not in HARMLESS:
            self.seen.append(f"{name} {arguments!r}"[:200])


def compute(text: str) -> float | None:
    """Return what an expression gives at POINT; None if it asks for other variables."""
    function = Expression(text, POINT)
    if not {*function.variables} <= {*POINT}:
        return None
    return function(*(Value(POINT[name], name) for name in function.variables)).data


def expected(python: str) -> float | None:
    """Return what Python computes; None where it has no finite number."""
    try:
        number = eval(python, dict(PYTHON), dict(POINT))
        number = float(number) if isinstance(number, (int, float)) else math.nan
    except (ArithmeticError, TypeError, ValueError):  # TypeError: of a complex number
        return None
    return number if math.isfinite(number) else None


def outcome(text: str, python: str | None, watch: Watch) -> str:
    """Return what becomes of a text; a word that starts with FAULT if that breaks a promise."""
    measured = len(text) > 200 or python is None  # for the others, it would take most of the time
    number, refused = None, False
    if measured:
        tracemalloc.start()
    started = time.process_time()
    watch.looking = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Python's own, on text such as 1if
            number = compute(text)
    except GradwalkError as error:
        refused = True
        if len(str(error)) > 4_000:
            return "FAULT: a message of a mile"
    except Exception as error:
        return f"FAULT: {type(error).__name__} {error}"
    finally:
        watch.looking = False
        seconds = time.process_time() - started
        most_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    if watch.seen:
        return f"FAULT: executed {watch.seen.pop()}"
    if seconds > MOST_SECONDS:
        return "FAULT: more than a second"
    if most_bytes > MOST_BYTES:
        return "FAULT: more than 100 MB"
    if python is None:
        return "refused" if refused else "computed"
    right = expected(python)
    if right is None:
        finite = number is not None and math.isfinite(number)
        return f"FAULT: {number}, Python has none" if finite else "right, and neither has a finite number"
    if refused:
        return f"FAULT: refused, Python has {right}"
    close = number is not None and math.isclose(number, right, rel_tol=1e-9, abs_tol=1e-9)
    return "right, as Python" if close else f"FAULT: {number}, Python has {right}"


def as_formula(text: str) -> str:
    """Return a fault of a text as a formula and as a partial of `define`, or as a number on the command line."""
    table = dict(OPS)
    for act in (
        lambda: define("fuzzed", text, ("1",)),
        lambda: define("fuzzed", "x", (text,)),
        lambda: numbers([f"a={text}"]),
    ):
        try:
            act()
        except GradwalkError:
            pass
        except Exception as error:
            return f"FAULT: {type(error).__name__} {error}"
        OPS.pop("fuzzed", None)
    return "" if table == dict(OPS) else "FAULT: the table has changed"


def again(text: str) -> str:
    """Return a fault if what is read from a text is not read alike from its plain spelling."""
    try:
        once = ast.unparse(parse(text, FLOATS, known=POINT))
    except GradwalkError:
        return ""
    except Exception as error:
        return f"FAULT: {type(error).__name__} {error}"
    if len(once) > LONGEST_FORMULA:
        return ""
    try:
        twice = ast.unparse(parse(once, FLOATS, known=POINT))
    except GradwalkError as error:
        return f"FAULT: read in two ways: {error}"
    return "" if twice == once else "FAULT: read in two ways"


def main(expressions: int = EXPRESSIONS, first: int = 0) -> Counter[str]:
    """Try so many texts, print what became of them, and return the counts; print each fault with its text."""
    counts: Counter[str] = Counter()
    watch = Watch()
    for text in "ln(|a|) + x.tanh()", "tahn(a)":  # whatever is loaded on the way is loaded before the watch begins
        with suppress(GradwalkError):
            compute(text)
    for number in range(first, first + expressions):
        rng = Random(number)
        text, python = typed(rng)
        results = [outcome(text, python, watch), again(text)]
        if number % 5 == 0:
            results.append(as_formula(text))
        for result in filter(None, results):
            counts[result.partition(":")[0]] += 1
            if result.startswith("FAULT"):
                print(f"seed {number}: {result}: {text[:200]!r} {python or ''}")
    for result, count in sorted(counts.items()):
        print(f"{count:>8,}  {result}")
    return counts


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:]))["FAULT"]))

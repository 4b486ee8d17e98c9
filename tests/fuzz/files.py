"""Damaged files: models, trainings and tables with something cut, changed or put in, against promises.

Run it: python tests/fuzz/files.py [--count 10000] [--first 0]. It prints how often each outcome was met.

A damaged file is refused by an error of ours, in one sentence that shows at most 100 of its characters, within a
second and 100 MB, and nothing is changed: no weight, no optimizer, no file. One that is still a right file is read as
it says. An audit hook sees to it that nothing is executed, imported or written while a model or a table is read; a
training is not watched, because it writes its checkpoint.
"""

from __future__ import annotations

import argparse
import difflib  # noqa: F401 - loaded when first used, and then before the watch begins
import heapq  # noqa: F401
import json
import math
import re
import sys
import time
import tracemalloc
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from engine import GradwalkError  # noqa: E402
from nn import MLP, Layer, Module, Neuron, Recurrent, Sequential, data, fit, load, optim, save  # noqa: E402

COUNT = 10_000
MOST_SECONDS = 1.0  # of this process: other processes may keep the machine busy
MOST_BYTES = 100 * 2**20
MOST_SHOWN = 100  # characters of a file in a message
FORBIDDEN = ("exec", "import", "subprocess", "os.", "socket", "ctypes", "shutil", "pty", "code.__new__")
READS = {"os.listdir", "os.scandir", "open"}  # what reading a file may do, and looking for the one that is meant

X, Y = [[0.0, 1.0], [1.0, 0.5], [2.0, -1.0]], [1.0, 0.0, 1.0]
MODELS: list[Any] = [
    lambda: MLP(2, [3, 1], "tanh", rng=1),
    lambda: Layer(2, 2, "relu", rng=1),
    lambda: Neuron(3, rng=1),
    lambda: Recurrent(1, 2, 1, rng=1, last=True),
    lambda: Sequential(Layer(2, 2, rng=0), "tanh", Layer(2, 1, rng=1)),
]
ODD: list[Any] = [
    None, True, False, 0, 1, -1, 2, 7, 0.5, -0.5, 1.5, -3, 10**20, 10**400, -(10**400), 1e308, 5e-324, math.nan,
    math.inf, -math.inf, "",
    "0.5", "nan", "inf", "-inf", "None", "null", "\0", "\ud800", "\x1b[31m", "a" * 5000, "line\n",
    [], [[]], [None], [0.5], ["w", 0.5], [["w", 0.5]], [1] * 3000, {}, {"a": 1}, {"": None}, [[[[[[]]]]]], ["frozen"],
]  # fmt: skip
EXPRESSIONS = [
    "MLP(2, [3000000, 1])", "MLP(3000000, [1])", "MLP(2, [100000, 100000])", "Layer(999999999, 999999999)",
    "Neuron(10000000)", "Recurrent(1, 5000, 5000)", "Conv1d(1000, 1000, 1000)", "Embedding(100000, 100000)",
    "Hopfield([[1, -1]])", "Sequential(Layer(2, 3000000), 'relu')", "MLP(2, [3, 1], rng=print(1))",
    "__import__('os').system('true')", "().__class__.__bases__[0].__subclasses__()", "open('x', 'w')", "MLP",
    "MLP()", "MLP(2)", "MLP(2, 3, 1)", "MLP('2', [3, 1])", "MLP(2, [3, 1], 'tahn')", "MLP(*[2, [3, 1]])",
    "MLP(**{'inputs': 2})", "lambda: 0", "1if 1else 2", "'\\d'", "(" * 300 + ")" * 300, "[" * 5000, "-" * 5000 + "1",
    "1+" * 5000 + "1", "Sequential(" * 60 + "'relu'" + ")" * 60, "Sequential(" + "'relu', " * 20_000 + "'tanh')",
    "Module()", "Softmax()", "Step('relu')", "Sequential('relu')", "9" * 5000, f"MLP(2, [{'9' * 5000}])",
    "MLP(2, [-3, 1])", "MLP(2.5, [3, 1])", "MLP(2, [3, 1e400])", "MLP(2, [True, 1])", "MLP(2, [3, 1], 'relu')",
]  # fmt: skip
TABLE = "size;colour;kind\n1,5;red;apple\n2;green;pear\n9,25;red;apple\n3,5;blue;pear\n"


class Kind(NamedTuple):
    """A kind of file: the bytes of good ones, and what reads a file and returns a fault, "" if that is right."""

    ending: str
    good: list[bytes]
    read: Any


class Training:
    """A small training, of which a checkpoint is; whatever reads it compares what is there before and after."""

    def __init__(self, patience: int | None) -> None:
        self.patience = patience

    def run(self, path: Path, epochs: int = 3) -> tuple[Any, Any, Any]:
        """Train, and return the history, the model and the optimizer."""
        model = MLP(2, [2, 1], rng=0)
        optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
        before = [parameter.data for parameter in model.parameters()], optimizer.state
        try:
            history = fit(
                model, X, Y, "mse", optimizer, epochs, 2, validation=(X, Y), metrics=size_of, clip=1.0,
                progress=False, checkpoint=path, patience=self.patience, backend="python",
            )  # fmt: skip
        except GradwalkError:
            assert before == ([parameter.data for parameter in model.parameters()], optimizer.state)
            raise
        return history, model, optimizer

    def read(self, path: Path) -> str:
        content = path.read_bytes()
        history, model, optimizer = self.run(path)
        document = json.loads(content)
        if history.losses[: len(document["history"].get("loss", []))] != document["history"].get("loss", []):
            return "another history"
        if history.epochs != 3 and not self.patience:
            return f"{history.epochs} epochs"
        whole = GOOD_RUNS[self.patience]
        return (
            "" if document != GOOD_DOCUMENTS[self.patience] or whole == numbers(model, optimizer) else "other weights"
        )


def size_of(model: Any, X: Any, y: Any) -> float:
    return math.nan if len(X) > 9 else sum(parameter.data**2 for parameter in model.parameters())


def numbers(model: Any, optimizer: Any) -> Any:
    return [parameter.data for parameter in model.parameters()], optimizer.columns, optimizer.steps


GOOD_RUNS: dict[int | None, Any] = {}
GOOD_DOCUMENTS: dict[int | None, Any] = {}


def read_model(path: Path) -> str:
    """Load a model, and return a fault if it is not what the file says."""
    model = load(path)
    entries = json.loads(path.read_bytes())["weights"]
    if not isinstance(model, Module):
        return "not a Module"
    again = path.with_name("again.json")
    save(model, again)
    saved = json.loads(again.read_bytes())["weights"]
    return "" if [each[:2] for each in saved] == [[label, float(x)] for label, x, *_ in entries] else "other weights"


def read_table(path: Path) -> str:
    """Read a table, and return a fault if it has not as many rows as targets."""
    table = data.csv(path, target="kind")
    fine = len(table.X) == len(table.y) and all(map(math.isfinite, (number for row in table.X for number in row)))
    return "" if fine else "numbers that are not finite"


def kinds(folder: Path) -> dict[str, Kind]:
    """Return the kinds of files by name, with good ones."""
    models = []
    for number, make in enumerate(MODELS):
        model = make()
        model.parameters()[0].requires_grad = number % 2 == 0
        save(model, folder / "good.json")
        models.append((folder / "good.json").read_bytes())
    made = {"model": Kind(".json", models, read_model), "table": Kind(".csv", [TABLE.encode()], read_table)}
    for patience in (None, 2):
        training, path = Training(patience), folder / f"training{patience}.json"
        _, model, optimizer = training.run(path)
        GOOD_RUNS[patience] = numbers(model, optimizer)
        GOOD_DOCUMENTS[patience] = json.loads(path.read_bytes())
        made[f"training, patience {patience}"] = Kind(".json", [path.read_bytes()], training.read)
    return made


def places(thing: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of each part of a document."""
    items = enumerate(thing) if isinstance(thing, list) else thing.items() if isinstance(thing, dict) else ()
    return [each for key, part in items for each in [(*path, key), *places(part, (*path, key))]]


def changed_document(rng: Random, content: bytes) -> bytes:
    """Return a document with some of its parts removed, doubled, moved or replaced."""
    document = json.loads(content)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        paths = places(document)
        if not paths:
            break
        *way, key = rng.choice([path for path in paths if len(path) == rng.randrange(1, 4)] or paths)
        holder: Any = document
        for step in way:
            holder = holder[step]
        match rng.randrange(9):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[rng.choice(["extra", "gradwalk", "steps", "", "\ud800", key + "s"])] = rng.choice(ODD)
            case 2 if isinstance(holder, list):
                holder.insert(key, rng.choice([holder[key], rng.choice(ODD)]))
            case 3 if "model" in document:
                document["model"] = rng.choice(EXPRESSIONS)
            case 4 if isinstance(holder[key], (int, float)):
                number = holder[key]
                holder[key] = rng.choice([str(number), [number], -number, number + 0.5, number + 1, bool(number)])
            case 5 | 6 if isinstance(holder[key], float):
                holder[key] = rng.choice([rng.gauss(0, 1), -0.0, 5e-324, 1.5e300])
            case _:
                holder[key] = rng.choice(ODD)
    text = json.dumps(document, ensure_ascii=rng.random() < 0.7, indent=rng.choice([None, 1]))
    if rng.random() < 0.1:  # a name twice
        text = text.replace("{", '{"weights": [], ', 1)
    return text.encode(errors="surrogatepass")


def changed_bytes(rng: Random, content: bytes) -> bytes:
    """Return bytes with some cut, doubled, changed or put in; or in another encoding."""
    part = bytearray(content)
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(part) + 1)
        match rng.randrange(8):
            case 0:
                del part[place:]
            case 1:
                del part[place : place + rng.randrange(1, 20)]
            case 2:
                part[place:place] = rng.randbytes(rng.randrange(1, 9))
            case 3:
                part[place:place] = part[: rng.randrange(40)]
            case 4:
                part[place : place + 1] = rng.choice(
                    [b"0", b"9", b"-", b".", b"e", b",", b'"', b"[", b"]", b"}", b"\0"]
                )
            case 5:
                part[place:place] = rng.choice(
                    [b"[" * 5000, b"9" * 5000, b"NaN", b"1e999", b"\xff", b"\n", b'"a":1,']
                )
            case 6 if part:
                part[min(place, len(part) - 1)] ^= 1 << rng.randrange(8)
            case _:
                with suppress(UnicodeError):
                    coding = rng.choice(["utf-16", "utf-16-le", "utf-8-sig", "utf-32", "cp037"])
                    part = bytearray(bytes(part).decode().encode(coding))
    return bytes(part)


class Watch:
    """What Python does while a file is read: an audit hook that cannot be taken away, and is told when to look."""

    def __init__(self) -> None:
        self.looking, self.seen, self.path = False, list[str](), ""
        sys.addaudithook(self.event)

    def event(self, name: str, arguments: tuple[Any, ...]) -> None:
        if not self.looking or (name in READS and name != "open"):
            return
        writes = name == "open" and isinstance(arguments[0], str) and arguments[0] != self.path
        if writes or name.startswith(FORBIDDEN):
            self.seen.append(f"{name} {arguments!r}"[:200])


def shown_of(message: str, path: Path, content: bytes) -> int:
    """Return how many characters of a file a message shows in a row, at least: the longest part that both have."""
    text = content.decode(errors="replace")
    words = message.replace(str(path), "").replace("\\\\", "\\")
    longest = 0
    for start in range(len(words)):
        while words[start : start + longest + 1] in text and start + longest < len(words):
            longest += 1
    return longest


def outcome(kind: Kind, path: Path, content: bytes, watch: Watch) -> str:
    """Return what becomes of a file; a word that starts with FAULT if that breaks a promise."""
    path.write_bytes(content)
    good = content in kind.good
    watch.path = str(path)
    watch.looking = not kind.read.__qualname__.startswith("Training") and kind.read is not read_model
    tracemalloc.start()
    started = time.process_time()
    error: GradwalkError | None = None
    fault = ""
    try:
        if kind.read is read_model:  # what is read is watched, and what is compared afterwards is not
            watch.looking = True
            load(path)
            watch.looking = False
        fault = kind.read(path)
    except GradwalkError as problem:
        error = problem
    except Exception as problem:
        return f"FAULT: {type(problem).__name__} {problem}"[:300]
    finally:
        watch.looking = False
        seconds = time.process_time() - started
        most_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    seen, watch.seen = watch.seen, []
    if seen:
        return f"FAULT: executed {seen[0]}"
    if seconds > MOST_SECONDS:
        return f"FAULT: {seconds:.1f} seconds"
    if most_bytes > MOST_BYTES:
        return "FAULT: more than 100 MB"
    if fault:
        return f"FAULT: {fault}"
    if error is None:
        return "read"
    message = str(error)
    if good:
        return f"FAULT: a good file is refused: {message}"
    if path.read_bytes() != content:
        return "FAULT: the file is changed"
    if re.search(r"[\x00-\x1f\x7f]", message):
        return f"FAULT: a message of several lines: {message!r}"
    if len(message.replace(str(path), "")) > 500 or shown_of(message, path, content) > MOST_SHOWN:
        return f"FAULT: a message that shows much of the file: {message[:300]!r}"
    return "refused"


def main(count: int = COUNT, first: int = 0) -> Counter[str]:
    """Try so many files, print what became of them, and return the counts; print each fault with its seed."""
    counts: Counter[str] = Counter()
    with TemporaryDirectory() as place:
        folder, watch = Path(place), Watch()
        made = kinds(folder)
        for name, kind in made.items():  # whatever is loaded on the way is loaded before the watch begins
            for content in (*kind.good, b"", b"{", b"a,kind\n1,a\n2\n"):
                path = folder / f"warm{kind.ending}"
                path.write_bytes(content)
                with suppress(GradwalkError, ValueError):
                    kind.read(path)
            path.unlink()
            for content in kind.good:
                result = outcome(kind, path, content, watch)
                if result != "read":
                    print(f"the good file of a {name}: {result}")
                    counts["FAULT"] += 1
        for number in range(first, first + count):
            rng = Random(number)
            name = rng.choice([*made])
            kind = made[name]
            content = rng.choice(kind.good)
            change = changed_bytes if kind.ending == ".csv" or rng.random() < 0.4 else changed_document
            result = outcome(kind, folder / f"damaged{kind.ending}", change(rng, content), watch)
            counts[result.partition(":")[0]] += 1
            if result.startswith("FAULT"):
                print(f"seed {number}, a {name}: {result}")
    for result, number in sorted(counts.items()):
        print(f"{number:>8,}  {result}")
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Read damaged files, and see that promises are kept.")
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many files ({COUNT:,})")
    parser.add_argument("--first", type=int, default=0, help="the first seed (0)")
    typed = parser.parse_args()
    sys.exit(bool(main(typed.count, typed.first)["FAULT"]))

"""Change one place of the code at a time, and see whether a test notices.

    python tests/mutation/mutate.py --count 300 --seed 0 --jobs 2

README.md in this folder says what the options mean and what is left out.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import functools
import hashlib
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import coverage
import parso
import pytest
from cosmic_ray.operators.provider import OperatorProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("engine", "nn", "demos", "tests", "pyproject.toml", "README.md")  # what a copy of the tree holds
PRELOADED = "numpy hypothesis matplotlib.pyplot sklearn.datasets torch"  # what most tests import
ALONE = ("-o", "addopts=--doctest-modules", "-m=not longest")  # without -n=auto: coverage sees this process only
QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")  # what is imported before the fork is not rewritten
NEEDS_ARGUMENTS = ("VariableReplacer", "VariableInserter")  # operators that want the name of a variable
LONGEST_START = 120.0  # seconds that 50 fast tests may take
LEFT_OUT = {
    "test_browser.py": "starts a browser, which no fork of a process may share",
    "test_browser_layout.py": "starts a browser",
    "test_browser_long.py": "starts a browser",
    "test_browser_training.py": "starts a browser",
    "test_browser_whatif.py": "starts a browser",
    "test_site.py": "builds the site: about demos",
    "test_classroom.py": "about demos",
    "test_class_reports.py": "about demos",
    "test_course_notebooks.py": "about demos",
    "test_drill.py": "about demos",
    "test_repair.py": "about demos",
    "test_contributing.py": "changes a copy of the tree and starts processes there",
    "test_types.py": "runs type checkers, which do not run the code",
    "test_packaging.py": "builds a wheel: takes a minute",
    "test_demos.py": "runs demos as processes, whose lines are not seen",
    "test_demos_fast.py": "runs demos as processes",
    "test_layering.py": "reads the code instead of running it",
    "test_mutation.py": "runs this script",
    "test_labs.py": "about demos",
    "test_grading.py": "about demos",
    "test_sandbox.py": "about demos",
    "test_exercises.py": "about demos",
    "test_exercises_terminal.py": "about demos",
    "test_exercise_checks.py": "about demos",
    "test_exercise_variants.py": "about demos",
}
KILLED, SURVIVED, TIMEOUT, NOT_COVERED = OUTCOMES = ("killed", "survived", "timeout", "not covered")


class Mutant(NamedTuple):
    """One change: the operator's name, and which of the changes that it can make in this file."""

    file: str
    line: int
    column: int
    operator: str
    occurrence: int

    @property
    def family(self) -> str:
        """The operators that change the same thing in another way share a family."""
        return self.operator.rpartition("_")[0].rpartition("_")[0] or self.operator


@functools.cache
def operators() -> dict[str, Any]:
    """Return cosmic-ray's operators that need no arguments."""
    provider = OperatorProvider()
    return {name: provider[name]() for name in provider if name not in NEEDS_ARGUMENTS}


def walk(node: Any) -> Iterator[Any]:
    """Yield all nodes of a parso tree, in cosmic-ray's order."""
    yield node
    for child in getattr(node, "children", ()):
        yield from walk(child)


def left_out(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what no test can notice: annotations, imports for a type checker, wording of __repr__."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield node
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name == "__repr__":
                yield node
            if node.returns:
                yield node.returns
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            yield node.annotation


def mutants(file: str, source: str) -> list[Mutant]:
    """Return all changes that the operators can make in one file, but for those that are left out."""
    tree = ast.parse(source)
    spans = [((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)) for node in left_out(tree)]
    found, counts = [], Counter[str]()
    for node in walk(parso.parse(source)):
        for name, operator in operators().items():
            for start, _ in operator.mutation_positions(node):
                if not any(low <= start < high for low, high in spans):
                    found.append(Mutant(file, *start, name, counts[name]))
                counts[name] += 1
    return found


def apply(source: str, mutant: Mutant) -> str | None:
    """Return the changed source, or None where it does not compile or means the same."""
    operator, count = operators()[mutant.operator], 0

    def changed(node: Any) -> Any:
        nonlocal count
        for index, _ in enumerate(operator.mutation_positions(node)):
            if count == mutant.occurrence:
                node = operator.mutate(node, index)
            count += 1
        if hasattr(node, "children"):
            node.children = [child for child in map(changed, node.children) if child is not None]
        return node

    text = str(changed(parso.parse(source)).get_code())
    try:
        compile(text, mutant.file, "exec")
    except (SyntaxError, ValueError):
        return None
    return text if ast.dump(ast.parse(text)) != ast.dump(ast.parse(source)) else None


def sample(root: Path, packages: list[str], count: int, seed: int) -> list[Mutant]:
    """Draw places, each as likely as any other, and for each place one of the changes that can be made there."""
    places: dict[tuple[str, int, int, str], list[Mutant]] = defaultdict(list)
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            file = path.relative_to(root).as_posix()
            for mutant in mutants(file, path.read_text("utf-8")):
                places[mutant.file, mutant.line, mutant.column, mutant.family].append(mutant)
    rng, drawn = Random(seed), list[Mutant]()
    for place in rng.sample(sorted(places), len(places)):
        choices = places[place]
        drawn += [next(filter(functools.partial(is_mutant, root), rng.sample(choices, len(choices))), choices[0])]
        if not is_mutant(root, drawn[-1]):
            drawn.pop()
        if len(drawn) == count:
            break
    return drawn


def is_mutant(root: Path, mutant: Mutant) -> bool:
    """Tell whether this change makes another program."""
    return apply((root / mutant.file).read_text("utf-8"), mutant) is not None


def of_line(root: Path, only: str) -> list[Mutant]:
    """Return all changes of FILE or FILE:LINE."""
    file, _, line = only.partition(":")
    found = mutants(file, (root / file).read_text("utf-8"))
    return [mutant for mutant in found if (not line or mutant.line == int(line)) and is_mutant(root, mutant)]


def copy_tree(root: Path, packages: list[str], target: Path) -> None:
    """Copy what tests need, with the times of its files, so that compiled files stay valid."""
    for part in dict.fromkeys([*PARTS, *packages]):
        if (root / part).is_dir():
            shutil.copytree(root / part, target / part, ignore=shutil.ignore_patterns("*.pyc", "node_modules"))
        elif (root / part).exists():
            shutil.copy2(root / part, target / part)


def state_of(root: Path, packages: list[str], tests: list[str]) -> str:
    """Return a hash of all code and tests: results of another state are not used."""
    digest = hashlib.sha256(repr((packages, tests)).encode())
    for part in sorted({*packages, "tests"}):
        for path in sorted((root / part).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Recorder:
    """A pytest plugin that records which test runs which line, and how long each test takes."""

    def __init__(self, cover: coverage.Coverage) -> None:
        self.cover, self.seconds, self.bad = cover, Counter[str](), set[str]()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.cover.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.cover.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.outcome != "passed":
            self.bad.add(report.nodeid)


def run_pytest(tree: Path, arguments: list[str], plugins: list[Any], output: Path | None) -> int:
    """Run pytest in this process, which has imported nothing of the tree yet."""
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    os.environ |= {"CI": "1", "MPLBACKEND": "Agg"}  # the same examples each time
    if output:
        stream = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
    return int(pytest.main(["-q", "-p", "no:cacheprovider", *ALONE, *QUIET, *arguments], plugins))


def forked(work: Any) -> int:
    """Start a function in a fork, in a group of its own, and return the fork's number."""
    sys.stdout.flush()
    if child := os.fork():
        return child
    code = 70
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)  # tests press Ctrl-C
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        code = work()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def wait(child: int, seconds: float) -> int | None:
    """Wait for a fork; its exit code, or None if it was stopped after so many seconds."""
    end, code = time.monotonic() + seconds, None
    try:
        while time.monotonic() < end and code is None:
            number, status = os.waitpid(child, os.WNOHANG)
            code = abs(os.waitstatus_to_exitcode(status)) if number else None
            time.sleep(0.02)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # whatever it has started ends with it
        if code is None:
            os.waitpid(child, 0)
    return code


def cover(tree: Path, packages: list[str], tests: list[str], target: Path) -> dict[str, Any]:
    """Run all tests once; return their seconds, and for each line of each file the tests that run it."""

    def measure() -> int:
        found = coverage.Coverage(data_file=None, config_file=False, source=[str(tree / name) for name in packages])
        recorder = Recorder(found)
        found.start()
        run_pytest(tree, tests, [recorder], target.with_suffix(".log"))
        found.stop()
        names = sorted(set(recorder.seconds) - recorder.bad)
        numbers, lines, data = {name: number for number, name in enumerate(names)}, {}, found.get_data()
        for file in data.measured_files():
            contexts = data.contexts_by_lineno(file)
            known = {line: [numbers[name] for name in by if name in numbers] for line, by in contexts.items()}
            lines[Path(file).relative_to(tree).as_posix()] = known
        result = {"tests": [(name, recorder.seconds[name]) for name in names], "lines": lines}
        target.write_text(json.dumps(result | {"bad": sorted(recorder.bad)}), "utf-8")
        return 0

    wait(forked(measure), 3600)
    if not target.exists():
        raise SystemExit(f"The tests did not run: see {target.with_suffix('.log')}.")
    return json.loads(target.read_text("utf-8"))  # type: ignore[no-any-return]


def statement(source: str, line: int) -> range:
    """Return the lines of the innermost statement at a line: of a compound one, its head."""
    best = range(line, line + 1)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno
            if node.lineno <= line <= last:
                best = range(node.lineno, last + 1)
    return best


def enclosing(source: str, line: int) -> range:
    """Return the lines of the body of the innermost function around a line, and no lines where there is none."""
    best = range(0)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1)
            if line in body and (not best or len(body) < len(best)):
                best = body
    return best


def nearest(known: dict[str, Any], source: str, mutant: Mutant, most: float) -> tuple[list[str], float, bool]:
    """Return the tests to ask, the fastest first, their seconds, and whether they run the mutant's statement.

    They are those that run the statement; for one that runs when its module is imported, those that run anything of
    the module; and for one that no test is seen to run, those that run the function around it: a test with a trace
    function of its own hides its lines from coverage.py. Together they take `most` seconds at most.
    """
    lines = {int(line): tests for line, tests in known["lines"].get(mutant.file, {}).items()}
    numbers = {number for line in statement(source, mutant.line) for number in lines.get(line, ())}
    around, covered = enclosing(source, mutant.line), bool(numbers)
    if not around:
        numbers.update(*lines.values())
        covered = bool(numbers)
    elif not numbers:
        numbers.update(*(lines.get(line, ()) for line in around))
    chosen, total = list[str](), 0.0
    for name, seconds in sorted((known["tests"][number] for number in numbers), key=lambda test: test[1]):
        if chosen and total + seconds > most:
            break
        chosen.append(name)
        total += seconds
    return chosen, total, covered


def judge(tree: Path, file: str, source: str, changed: str, tests: list[str], limit: float) -> str:
    """Run tests on a changed file, in a copy of the tree, and put the file back; `limit` is in seconds."""
    path, output = tree / file, tree.with_suffix(".log")
    before = path.stat()
    path.write_text(changed, "utf-8")
    os.utime(path, (before.st_atime, before.st_mtime + 3600))  # so that no compiled file is taken for it
    (tree / ".tests").write_text("\n".join(tests), "utf-8")

    def run() -> int:
        sys.dont_write_bytecode = True
        return run_pytest(tree, ["-x", "@.tests"], [], output)

    try:
        code = wait(forked(run), limit)
    finally:
        path.write_text(source, "utf-8")
        os.utime(path, (before.st_atime, before.st_mtime))
    return TIMEOUT if code is None else KILLED if code else SURVIVED


def change(source: str, mutant: Mutant) -> str:
    """Return the changed lines, before and after."""
    after = (apply(source, mutant) or source).splitlines()
    before = source.splitlines()
    if len(after) != len(before):
        return before[mutant.line - 1].strip() + " → (removed)"
    pairs = [(old.strip(), new.strip()) for old, new in zip(before, after) if old != new]
    return "; ".join(f"{old} → {new}" for old, new in pairs)


def group(file: str) -> str:
    """Return the package of a file, down to its sub-package."""
    return "/".join(file.split("/")[:-1])


def table(results: list[dict[str, Any]]) -> str:
    """Return outcomes by package, as lines."""
    counts = Counter((group(result["file"]), result["outcome"]) for result in results)
    packages = sorted({package for package, _ in counts})
    rows = [(package, *(counts[package, outcome] for outcome in OUTCOMES)) for package in packages]
    rows.append(("all", *(sum(column) for column in list(zip(*rows))[1:])))  # type: ignore[arg-type]
    width = max(len(str(row[0])) for row in rows)
    lines = [" " * width + "".join(f"{outcome:>13}" for outcome in OUTCOMES)]
    return "\n".join(lines + [f"{row[0]:{width}}" + "".join(f"{count:>13}" for count in row[1:]) for row in rows])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", action="append", help="a folder to change; again for more (engine and nn)")
    parser.add_argument("--count", type=int, default=300, help="how many mutants (300)")
    parser.add_argument("--seed", type=int, default=0, help="which mutants (0)")
    parser.add_argument("--only", metavar="FILE:LINE", help="all mutants of one line, or of one FILE")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time (1)")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long the tests of one mutant may take (20)")
    parser.add_argument("--tests", nargs="+", help="test files (all but those that README.md leaves out)")
    parser.add_argument("--root", type=Path, default=ROOT, help="the tree (this one)")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "gradwalk-mutation",
                        help="where reports and coverage are kept")  # fmt: skip
    parser.add_argument("--drawn", action="store_true", help="only list the mutants that are drawn")
    options = parser.parse_args(arguments)
    root, packages = options.root.resolve(), options.package or ["engine", "nn"]
    if not hasattr(os, "fork"):
        parser.error("mutants run in forks of one process, which this system does not have: use Linux or macOS")
    drawn = of_line(root, options.only) if options.only else sample(root, packages, options.count, options.seed)
    sources = {mutant.file: (root / mutant.file).read_text("utf-8") for mutant in drawn}
    if options.drawn:
        print(*(f"{mutant.file}:{mutant.line}: {change(sources[mutant.file], mutant)}" for mutant in drawn), sep="\n")
        return 0

    tests = (
        options.tests
        or [
            path.relative_to(root).as_posix()
            for path in sorted((root / "tests").glob("test_*.py"))
            if path.name not in LEFT_OUT
        ]
        + packages
    )
    options.work.mkdir(parents=True, exist_ok=True)
    state = state_of(root, packages, tests)
    report = options.work / f"{state}.jsonl"
    done = [json.loads(line) for line in report.read_text("utf-8").splitlines()] if report.exists() else []
    known_results = {tuple(result["mutant"]): result for result in done}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that forks and copies end with this process
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        trees = [Path(folder) / f"tree{number}" for number in range(options.jobs)]
        for tree in trees:
            tree.mkdir()
            copy_tree(root, packages, tree)
        for name in os.environ.get("GRADWALK_MUTATION_PRELOAD", PRELOADED).split():
            with contextlib.suppress(ImportError):  # tests that need it are skipped
                importlib.import_module(name)
        target = options.work / f"{state}.coverage.json"
        known = json.loads(target.read_text("utf-8")) if target.exists() else cover(trees[0], packages, tests, target)
        print(f"{len(known['tests'])} tests; not passed, so not asked: {len(known['bad'])}", flush=True)
        todo = [mutant for mutant in drawn if tuple(mutant) not in known_results]
        print(f"{len(drawn)} mutants, {len(drawn) - len(todo)} of them known; report: {report}", flush=True)
        if not any(tests for lines in known["lines"].values() for tests in lines.values()):
            parser.exit(1, f"No test runs a line of {' or '.join(packages)} in the process of pytest.\n")
        startup = 0.0
        for mutant in todo[:1]:  # what fails without a change would kill each mutant
            source, started = sources[mutant.file], time.monotonic()
            fastest = [name for name, _ in sorted(known["tests"], key=lambda test: test[1])[:50]]
            if (outcome := judge(trees[0], mutant.file, source, source, fastest, LONGEST_START)) != SURVIVED:
                parser.exit(1, f"Tests that pass in the whole run do not pass by themselves: {outcome}.\n")
            startup = time.monotonic() - started
        try:
            run_all(trees, todo, sources, known, options.seconds, 10 + 3 * startup, report)
        except KeyboardInterrupt:
            print("\nStopped: the same command goes on from here.")
    done = [json.loads(line) for line in report.read_text("utf-8").splitlines()] if report.exists() else []
    chosen = set(map(tuple, drawn))
    results = [result for result in done if tuple(result["mutant"]) in chosen]
    for result in results:
        if result["outcome"] != KILLED:
            print(f"{result['outcome']:12}{result['file']}:{result['line']}: {result['change']}")
    print(table(results) if results else "No mutants.")
    return 0


def run_all(trees: list[Path], todo: list[Mutant], sources: dict[str, str], known: dict[str, Any],
            most: float, allowance: float, report: Path) -> None:  # fmt: skip
    """Judge all mutants, one at a time in each tree, and write a line for each.

    `most` is how many seconds the tests of a mutant may take by themselves, `allowance` how many pytest may take to
    start, which depends on what else the machine does.
    """
    queue = list(enumerate(todo))[::-1]
    workers: dict[int, Path] = {}

    def one(tree: Path, number: int, mutant: Mutant) -> int:
        source = sources[mutant.file]
        tests, seconds, covered = nearest(known, source, mutant, most)
        start = time.monotonic()
        changed = apply(source, mutant) or source
        outcome = judge(tree, mutant.file, source, changed, tests, allowance + 5 * seconds) if tests else SURVIVED
        outcome = NOT_COVERED if outcome == SURVIVED and not covered else outcome
        result = {"file": mutant.file, "line": mutant.line, "outcome": outcome, "change": change(source, mutant),
                  "tests": len(tests), "seconds": round(time.monotonic() - start, 2), "mutant": mutant}  # fmt: skip
        with report.open("a", encoding="utf-8") as file:  # one short write, so that lines of two jobs do not mix
            file.write(json.dumps(result) + "\n")
        print(
            f"{number + 1:4}/{len(todo)} {outcome:12}{mutant.file}:{mutant.line}  {result['change']}"[:150],
            flush=True,
        )
        return 0

    try:
        while queue or workers:
            free = [tree for tree in trees if tree not in workers.values()]
            while queue and free:
                tree, (number, mutant) = free.pop(), queue.pop()
                workers[forked(functools.partial(one, tree, number, mutant))] = tree
            child, _ = os.wait()
            workers.pop(child, None)
    finally:
        for child in workers:
            os.killpg(child, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())

"""What the page asks Python for. worker.js calls these functions with text, and gets JSON back."""

from __future__ import annotations

import ast
import builtins
import json
import re
import sys
import zipfile
from base64 import b64decode, b64encode
from code import InteractiveConsole
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from functools import cache, wraps
from importlib import import_module
from io import BytesIO, StringIO
from pathlib import Path
from rlcompleter import Completer
from tempfile import TemporaryDirectory
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from engine import ArgumentError, GradwalkError, Value, walk
from engine.command import check_variables, in_sentence, readings_of_names, remarks
from engine.expression import FUNCTION_NAMES, Expression, numbers
from engine.terminal import TextStyle

if TYPE_CHECKING:
    from engine.walk.cursor import Walk

UNGIVEN = 1.0  # the number of a variable that has none yet
ABSENT = "{name} is not here: this is Python in a browser, with its own modules, engine and nn."


def no_input(prompt: object = "") -> str:
    """Raise the error of a program that waits for a line to be typed, which a page has no place for."""
    raise ArgumentError("there is no input() in the browser: write the text into the program.")


if sys.platform == "emscripten":
    builtins.input = no_input


def answered(function: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """Make a function return JSON; an error of ours, or of the student's numbers, is `{"error": its sentence}`."""

    @wraps(function)
    def answering(*arguments: Any) -> str:
        try:
            return json.dumps(function(*arguments))
        except GradwalkError as error:
            return json.dumps({"error": str(error)})
        except RecursionError:
            return json.dumps({"error": "this is nested too deep: write it in steps, as in d = a*b; d + c"})

    return answering


def html_of(steps: Walk) -> str:
    """Return the page of a walk."""
    with TemporaryDirectory() as folder:
        return steps.save(Path(folder) / "walk.html").read_text(encoding="utf-8")


@answered
def walk_page(text: str, typed: str) -> dict[str, Any]:
    """Return the page of an expression, its variables with their numbers as typed, and notes.

    `typed` is JSON: the text of each number by the name of its variable. Names that the expression does not have are
    left out: they are those of the expression before. A variable without a number gets 1.0, and a note says so.
    """
    fields: dict[str, str] = {name: number for name, number in json.loads(typed).items() if number.strip()}
    fields = {name: number.strip().removeprefix(f"{name}=") for name, number in fields.items()}
    function = Expression(text, fields)
    check_variables(function)
    words = {name: fields[name] for name in fields if name in function.variables}
    known = numbers([f"{name}={number}" for name, number in words.items()])
    values = [Value(known.get(name, UNGIVEN), name) for name in function.variables]
    return {
        "html": html_of(walk(function(*values))),
        "variables": [[name, words.get(name, "1")] for name in function.variables],
        "notes": [*about_ungiven(function, known), *remarks(function, known, "choose another letter")],
    }


def about_ungiven(function: Expression, known: dict[str, float]) -> list[str]:
    """Return sentences about variables without a number: that 1 is taken, and what a long name may have been."""
    ungiven = [name for name in function.variables if name not in known]
    if not ungiven:
        return []
    has, each = ("has no number", "") if len(ungiven) == 1 else ("have no numbers", " for each")
    long = [name for name in ungiven if is_run_together(name)]
    names = {*function.variables, *(letter for name in long for letter in name)}
    meant = readings_of_names(function, long, names.difference(long))
    return [
        f"{in_sentence(ungiven)} {has}: 1 is taken{each}.",
        *(f"{name} is read as one name: else write {part} instead." for name, part in meant.items()),
    ]


def is_run_together(name: str) -> bool:
    """Tell whether a name looks like two letters, or a function and its argument, without a sign between them."""
    return name.isalpha() and (len(name) == 2 or any(name.startswith(each) for each in FUNCTION_NAMES))


@answered
def prepare() -> dict[str, Any]:
    """Import what the other tabs need, so that the first click there does not wait for it."""
    for name in ("nn", "demos.exercises.verdict", "demos.exercises.report", "demos.exercises.inside.runner"):
        import_module(name)
    return {}


# Exercises. Verdicts of the latest checks are kept, for their walks.

VERDICTS: dict[str, Any] = {}
SEARCHES: dict[str, Any] = {}  # the searches that go on, and the runs that they wait for
SEARCH = (
    10.0  # seconds to look for the line that is wrong: a browser's Python is slow, and the report is there before
)
BOX = "/home/pyodide/box"  # where a worker has the student's file


@answered
def course() -> dict[str, Any]:
    """Return the exercises: their names, templates, hints, limits, and whether they have a graph to walk through."""
    from demos.exercises import judge
    from demos.exercises.course import COURSE

    return {
        "exercises": [
            {
                "id": each.id,
                "name": each.name,
                "number": each.number,
                "file": each.file,
                "title": each.title,
                "template": each.template,
                "hints": len(each.hints),
                "walks": any(probe.graph for probe in judge.probes_for(each, each.template)),
                "seconds": each.seconds,
            }
            for each in COURSE
        ]
    }


def hint_in_page(hint: str) -> str:
    """Return a hint with the button of the page in place of the command that walks through an input.

    >>> hint_in_page("Watch it: `gradwalk exercises walk nudge`, and type `why` at a step.")
    'Watch it: “Walk through an input” below, and type `why` at a step.'
    """
    return re.sub(r"`gradwalk exercises walk \w+`", "“Walk through an input” below", hint)


@answered
def hint(name: str, rung: int) -> dict[str, Any]:
    """Return a hint, 1 to 3, about what the latest check found."""
    from demos.exercises.course import exercise
    from demos.exercises.help_commands import hint_parts
    from demos.exercises.verdict import Verdict

    each = exercise(name)
    parts = hint_parts(each, rung, VERDICTS.get(name) or Verdict(each, "not begun"))
    return {"text": hint_in_page("\n\n".join(parts))}


@answered
def solution(name: str) -> dict[str, Any]:
    """Return a right answer."""
    from demos.exercises.course import exercise

    return {"text": exercise(name).solution}


@answered
def check_request(name: str, source: str) -> dict[str, Any]:
    """Return what the worker that runs an answer is asked, as JSON; nothing for a file that nobody has changed."""
    from demos.exercises import judge, sandbox, verdict
    from demos.exercises.course import exercise

    each = exercise(name)
    if verdict.is_untouched(each, source):
        return {"request": None}
    probes = judge.probes_for(each, source)
    request = sandbox.request_for(each, source, probes, Path(BOX) / each.file, each.seconds)
    return asked_of_worker(each, request)


def asked_of_worker(exercise: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Return a request as JSON, and the archives that it needs."""
    return {"request": json.dumps(request), "uses": [package for package in ("nn",) if package in exercise.imports]}


@answered
def check_result(name: str, source: str, message: str, columns: int) -> dict[str, Any]:
    """Judge what the worker gave; no text stands for no answer to be judged. Return the state and the report."""
    from demos.exercises import sandbox, verdict
    from demos.exercises.course import exercise

    each = exercise(name)
    if message:
        try:
            sent = json.loads(message)
        except (ValueError, RecursionError):
            sent = {}
        judged = verdict.judge_readings(each, source, sandbox.readings_of(each, source, sent))
    else:
        judged = verdict.Verdict(each, "not begun")
    return reported(name, judged, columns)


def reported(name: str, judged: Any, columns: int, rung: int = 1) -> dict[str, Any]:
    """Keep a verdict for its walk, and return its state and its report."""
    from demos.exercises.report import report

    VERDICTS[name] = judged
    text = report(judged, TextStyle(columns), notebook=True, rung=rung)
    return {"state": judged.state, "text": text, "walk": bool(judged.failure and judged.failure.probe.graph)}


@answered
def search_begin(name: str, source: str) -> dict[str, Any]:
    """Begin to search for the line that is wrong, after `check_result`; return what a worker tries, if anything."""
    from demos.exercises import verdict

    SEARCHES[name] = [verdict.searching(VERDICTS[name], source, SEARCH), None]
    return searched_on(name, None)


@answered
def search_on(name: str, messages: list[str], noted: str, columns: int) -> dict[str, Any]:
    """Go on with a search: `messages` are those of the worker. Return what a worker is to try next, or the report.

    `noted` is JSON: what the check before has found, and how many in a row did. The report says more each time, and
    comes with what is to be noted now.
    """
    from demos.exercises.diagnosis.ladder import RUNGS
    from demos.exercises.folder import noted_again
    from demos.exercises.sandbox import trials_of

    run, sent = SEARCHES[name][1], []
    for each in messages:
        with suppress(ValueError, RecursionError):  # a hostile answer may have sent anything
            sent.append(json.loads(each))
    following = searched_on(name, trials_of(sent, run.probes, run.jobs))
    if "judged" not in following:
        return following
    judged = following["judged"]
    if judged.ladder is None:
        return {"found": False}
    now = noted_again(json.loads(noted), judged.ladder.key, RUNGS)
    more = judged.ladder.more(now[1])
    return {"found": True, "noted": now, "more": more, **reported(name, judged, columns, now[1])}


def searched_on(name: str, trials: Any) -> dict[str, Any]:
    """Give the trials of its latest run to a search; return the request of the next one, or the verdict."""
    from demos.exercises import sandbox

    searching = SEARCHES[name][0]
    each = VERDICTS[name].exercise
    try:
        run = next(searching) if trials is None else searching.send(trials)
    except StopIteration as end:
        del SEARCHES[name]
        return {} if trials is None else {"judged": end.value}
    SEARCHES[name][1] = run
    request = sandbox.request_for(each, run.source, [*run.probes], Path(BOX) / each.file, run.seconds)
    trying = sandbox.trying_of(each, run.jobs, run.seconds)
    return asked_of_worker(each, request | {"trials": trying}) | {"seconds": trying["longest"]}


@answered
def check_walk(name: str) -> dict[str, Any]:
    """Return the page that walks through the input at which the latest check failed, else through another input."""
    from demos.exercises import judge
    from demos.exercises.course import exercise

    failure = VERDICTS[name].failure if name in VERDICTS else None
    probe = failure.probe if failure and failure.probe.graph else None
    each = exercise(name)
    if probe is None:
        probe = next(probe for probe in judge.probes_for(each, each.template) if probe.graph)
    return {"html": html_of(walk(probe.graph(), accumulate=True)), "input": probe.input}


@answered
def folder(files: str) -> dict[str, Any]:
    """Return a ZIP, in base64, of the folder that `gradwalk exercises` reads: `files` has the texts by exercise."""
    from demos.exercises.course import COURSE
    from demos.exercises.folder import USUAL

    texts, data = json.loads(files), BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in COURSE:
            archive.writestr(f"{USUAL}/{each.file}", texts.get(each.name, each.template))
    return {"zip": b64encode(data.getvalue()).decode()}


# The prompt. It has a worker of its own: what is typed there may change the engine, and must not change a judgement.

BEGIN = "from engine import *; import engine, nn"
MOST_SHOWN = 100_000  # characters of output


def cut(text: str) -> str:
    """Return what a program printed; of a long text the beginning, and how much is left out."""
    if len(text) <= MOST_SHOWN:
        return text
    return f"{text[:MOST_SHOWN]}\n... and {len(text) - MOST_SHOWN:,} characters more\n"


class Console(InteractiveConsole):
    """Python's prompt, which says of a module that is not here why."""

    def showtraceback(self) -> None:
        """Write the traceback of an error."""
        super().showtraceback()
        if isinstance(error := sys.exc_info()[1], ModuleNotFoundError):
            self.write(f"{ABSENT.format(name=error.name)}\n")


class Prompt:
    """A console whose results are parts to show: text, or HTML for what a notebook would draw."""

    def __init__(self) -> None:
        space: dict[str, Any] = {"__name__": "__main__"}
        exec(BEGIN, space)
        self.console = Console(space)
        self.parts: list[list[str]] = []

    def run(self, line: str) -> dict[str, Any]:
        """Run a line, and return its parts, and whether more lines belong to it."""
        self.parts, printed, before = [], StringIO(), sys.displayhook
        sys.displayhook = self.display
        try:
            with redirect_stdout(printed), redirect_stderr(printed):
                more = self.console.push(line)
        except SystemExit:
            more = False
            self.console.resetbuffer()
            printed.write("The prompt goes on: there is nothing to leave here.\n")
        except KeyboardInterrupt:
            more = False
            self.console.resetbuffer()
            printed.write("KeyboardInterrupt\n")
        finally:
            sys.displayhook = before
        text = cut(printed.getvalue())
        printed_first = [["text", text]] if text else []
        return {"more": more, "parts": printed_first + self.parts}

    def display(self, value: Any) -> None:
        """Keep what an expression gives: a page that plays for a walk or a training, a picture for a drawing."""
        if value is None:
            return
        self.console.locals["_"] = value
        if type(value).__name__ == "Walk":
            with suppress(GradwalkError):
                self.parts.append(["page", html_of(value)])
                return
        bundle = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else {}
        if page := bundle.get("text/html", ""):
            self.parts.append(["html", page])
        self.parts.append(["text", f"{value!r}\n"])


@cache
def the_prompt() -> Prompt:
    """Return the one prompt of this worker; it begins when it is first used."""
    return Prompt()


@answered
def prompt(line: str) -> dict[str, Any]:
    """Run a line at the prompt."""
    return the_prompt().run(line)


@answered
def completions(text: str) -> dict[str, Any]:
    """Return what the last name of a line may become, each as the whole line."""
    prompt_now = the_prompt()
    match = re.search(r"[\w.]+$", text)
    if not match:
        return {"lines": []}
    completer, words = Completer(prompt_now.console.locals), []
    while len(words) < 50 and (word := completer.complete(match[0], len(words))) is not None:
        words.append(word)
    return {"lines": [text[: match.start()] + word for word in dict.fromkeys(words)]}


@answered
def walk_source(source: str) -> dict[str, Any]:
    """Run a program, and return the page that walks through the value of its last line, and what it printed."""
    printed = StringIO()
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            root = last_value(source)
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        return {"error": f"{place_of(error)}{why_ended(error)}"}
    if not isinstance(root, Value):
        shown = "nothing" if root is None else f"{type(root).__name__} {root!r}"[:60]
        return {"error": f"The last line is to be the Value to walk through, such as L, and it gives {shown}."}
    return {"html": html_of(walk(root)), "printed": printed.getvalue()[:1000]}


def why_ended(error: BaseException) -> str:
    """Return a sentence about what a program ended with."""
    match error:
        case GradwalkError():
            return str(error)
        case KeyboardInterrupt():
            return "it was stopped here."
        case SystemExit():
            return "the program ends itself here."
        case ModuleNotFoundError():
            return ABSENT.format(name=error.name)
    return ": ".join(filter(None, (type(error).__name__, str(error))))


@contextmanager
def own_packages() -> Iterator[None]:
    """Let a program import `engine` and `nn` anew, so that what it changes in them is gone after it."""

    def loaded() -> dict[str, Any]:
        return {name: each for name, each in sys.modules.items() if name.partition(".")[0] in ("engine", "nn")}

    before = loaded()
    for name in before:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in loaded():
            del sys.modules[name]
        sys.modules.update(before)


@answered
def run_file(source: str) -> dict[str, Any]:
    """Run a student's file as `python FILE` does, and return what it printed, and why it ended, if it failed."""
    printed, why = StringIO(), ""
    try:
        with redirect_stdout(printed), redirect_stderr(printed), own_packages():
            exec(compile(source, PROGRAM, "exec"), {"__name__": "__main__", "__file__": PROGRAM})
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        if not (isinstance(error, SystemExit) and not error.code):
            why = f"{place_of(error)}{why_ended(error)}"
    return {"text": cut(printed.getvalue()), "why": why}


PROGRAM = "<program>"


def last_value(source: str) -> Any:
    """Run a program in names of its own; return the value of its last line, an expression or what it assigns."""
    tree, space = ast.parse(source, PROGRAM), dict[str, Any]()
    exec(BEGIN, space)
    name = "_"
    if tree.body and isinstance(last := tree.body[-1], ast.Expr):
        tree.body[-1] = ast.copy_location(ast.Assign([ast.Name(name, ast.Store(), **place(last))], last.value), last)
    elif tree.body and isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Name):
        name = last.targets[0].id
    exec(compile(tree, PROGRAM, "exec"), space)
    return space.get(name)


def place(node: ast.stmt) -> dict[str, Any]:
    """Return where a statement stands, as keywords for another node."""
    return {"lineno": node.lineno, "col_offset": node.col_offset}


def place_of(error: BaseException) -> str:
    """Return the line of a program at which an error came, as the beginning of a sentence."""
    if isinstance(error, SyntaxError):
        return f"Line {error.lineno}: "
    lines = [number for frame, number in walk_tb(error.__traceback__) if frame.f_code.co_filename == PROGRAM]
    return f"Line {lines[-1]}: " if lines else ""


# Files of the prompt's folder


@answered
def files() -> dict[str, Any]:
    """Return the names and sizes of the files in the prompt's folder."""
    return {"files": [[each.name, each.stat().st_size] for each in sorted(Path().iterdir()) if each.is_file()]}


@answered
def read_file(name: str) -> dict[str, Any]:
    """Return what a file of the prompt's folder holds, in base64."""
    return {"data": b64encode(Path(name).read_bytes()).decode()}


@answered
def write_file(name: str, data: str) -> dict[str, Any]:
    """Write a file into the prompt's folder; `data` is base64."""
    Path(Path(name).name).write_bytes(b64decode(data))
    return {}


# Training. The page trains: it gets the step as JavaScript, and the weights that it begins with.

OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "SGD": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "RMSProp": ("RMSProp", {}),
    "Adam": ("Adam", {}),
}
MOST_NEURONS, MOST_LAYERS = 32, 5


def sizes_of(text: str) -> list[int]:
    """Return the sizes of the hidden layers, typed as "8 8", "8-8" or "8, 8"."""
    words = re.split(r"[\s,;x×-]+", text.strip(" ,;"))
    sizes = [int(word) for word in words if re.fullmatch(r"[0-9]{1,3}", word)]
    if len(sizes) != len(words) or not 0 < len(sizes) <= MOST_LAYERS or not all(0 < n <= MOST_NEURONS for n in sizes):
        raise ArgumentError(
            f"the layers are up to {MOST_LAYERS} whole numbers from 1 to {MOST_NEURONS}, such as 8 8, not {text!r}."
        )
    return sizes


def network(settings: dict[str, Any]) -> Any:
    """Return the network of the settings, with its first weights."""
    from nn import MLP

    sizes, init = sizes_of(settings["layers"]), settings["init"] or None
    return MLP(2, [*sizes, 1], activation=settings["activation"], rng=int(settings["seed"]), init=init)


def optimizer_of(settings: dict[str, Any], parameters: list[Value]) -> Any:
    """Return the optimizer of the settings."""
    from nn import optim

    name, options = OPTIMIZERS[settings["optimizer"]]
    return getattr(optim, name)(parameters, lr=settings["rate"], weight_decay=settings["decay"], **options)


@answered
def trainer(text: str) -> dict[str, Any]:
    """Return what the page needs to train a network: two scripts, the first weights, the rows, and the layers.

    The scripts are `batch_script`s: of the loss of one row, whose inputs are x, y and its target, with all neurons
    watched; and of the optimizer's rule for one weight, whose inputs are the weight, its gradient, the rate, the
    number of the step, and its slots.
    """
    from engine.program.backends.javascript import batch_script
    from nn import data, losses

    settings = json.loads(text)
    model = network(settings)
    parameters = model.parameters()
    row, target = [Value(0.5), Value(0.25)], Value(1.0)
    outputs: list[Any] = row
    watched: list[Value] = []
    for layer in model.layers:
        outputs = layer(outputs)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        watched += outputs
    loss = losses.mse(outputs[0], target)
    optimizer = optimizer_of(settings, parameters)
    inputs = [Value(0.5) for _ in range(4 + len(optimizer.slots))]
    w, g, rate, step, *slots = inputs
    after = [
        each if isinstance(each, Value) else Value(each)
        for each in optimizer.rule(w, g, *slots, lr=rate, step=step, **optimizer.options)
    ]
    if settings["data"] == "own":
        rows = [[float(number) for number in point] for point in settings["points"]]
    else:
        many = getattr(data, settings["data"])(settings["rows"], noise=settings["noise"], seed=1)
        rows = [[float(x), float(y), 2.0 * kind - 1.0] for (x, y), kind in zip(many.X, many.y)]
    return {
        "step": batch_script([loss], [*row, target], parameters, watched),
        "rule": batch_script(after, inputs, []),
        "weights": [parameter.data for parameter in parameters],
        "slots": len(slots),
        "rows": rows,
        "layers": [2, *sizes_of(settings["layers"]), 1],
        "matrices": [
            [[parameters.index(weight) for weight in neuron.w] for neuron in layer.neurons] for layer in model.layers
        ],
    }


@answered
def open_network(text: str, weights: str, row: str) -> dict[str, Any]:
    """Return the page that walks through the loss of one row, at the weights of the moment."""
    from nn import losses

    model, (x, y, target) = network(json.loads(text)), json.loads(row)
    for parameter, number in zip(model.parameters(), json.loads(weights)):
        parameter.data = number
    loss = losses.mse(model([Value(x, "x"), Value(y, "y")]), target)
    loss.label = "loss"
    return {"html": html_of(walk(loss))}

"""The classroom for browsers: built, served, and used in Chromium as a student does."""

from __future__ import annotations

import gzip
import http.client
import json
import sys
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from browser import violations

from demos.classroom import build, places, serve
from demos.classroom.classroom import (
    VERDICTS,
    Prompt,
    check_walk,
    completions,
    course,
    hint,
    run_file,
    sizes_of,
    the_prompt,
    trainer,
    walk_page,
    walk_source,
)
from demos.cli import main
from demos.exercises.course import COURSE, exercise
from demos.exercises.known import wrong_answer, wrong_answers
from demos.exercises.report import report
from demos.exercises.verdict import judge_source, searched
from engine import Value, draw
from engine.draw import render
from engine.errors import DrawError
from engine.terminal import TextStyle
from nn import MLP, data, fit, optim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from browser import Window

PATIENCE = 60.0  # seconds; the machine may be busy


# Python's side, without a browser


def answer(*arguments: Any) -> dict[str, Any]:
    return json.loads(walk_page(*arguments))  # type: ignore[no-any-return]


def test_an_expression_is_a_walk_with_its_numbers_and_notes() -> None:
    walk = answer("d = a*b; tanh(d + c) + e", json.dumps({"a": "1/3", "b": "-2", "old": "7", "c": " "}))
    assert walk["variables"] == [["a", "1/3"], ["b", "-2"], ["c", "1"]]
    assert "c has no number" in walk["notes"][0]
    assert "Euler" in walk["notes"][1]
    assert "add" not in walk["notes"][1], "there is no field to add a number in"
    assert answer("a*b", json.dumps({"a": "a=2"}))["variables"][0] == ["a", "2"]
    assert "<title>" in walk["html"]
    for text, typed, word in (
        ("a**", {}, "missing"),
        ("2 + 3", {}, "variable"),
        ("a*b", {"a": "two"}, "two"),
        ("log(a)", {"a": "-1"}, "positive"),
        ("(" * 3000 + "a" + ")" * 3000, {}, ""),
    ):
        assert word in answer(text, json.dumps(typed))["error"], text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("sinx", "sin(x)"),
        ("xy", "x*y"),
        ("2ex + b", "(e*x)"),
        ("w*x1 + w2*x2 + b", ""),
        ("loss", ""),
        ("a*b + c", ""),
    ],
)
def test_a_name_that_may_be_a_product_or_a_call_is_said_to_be_one_name(text: str, meant: str) -> None:
    first, *rest = answer(text, "{}")["notes"]
    assert "1 is taken" in first
    assert [note.rpartition("write ")[2].removesuffix(" instead.") for note in rest if "one name" in note] == (
        [meant] if meant else []
    )


def test_completions_leave_out_names_that_only_raise_an_error() -> None:
    prompt = the_prompt()
    prompt.run("v, m = Value(2.0), nn.MLP(2, [1])")
    for text, there, absent in (("v.g", "v.grad", "v.gard"), ("m.p", "m.parameters()", "m.predict")):
        lines = json.loads(completions(text))["lines"]
        assert there in lines
        assert not any(line.startswith(absent) for line in lines)
    assert "print(" in json.loads(completions("pri"))["lines"]
    assert json.loads(completions("nothing.a"))["lines"] == []


def test_a_file_is_run_as_a_program() -> None:
    for each in COURSE:
        ran = json.loads(run_file(each.solution))
        assert not ran["why"], each.name
        assert ran["text"], each.name
    for source, why in (
        ("import sys\nsys.exit()", ""),
        ("x = 1\n1 / 0", "Line 2: ZeroDivisionError"),
        ("def f(:", "Line 1: SyntaxError"),
        ("import no_such_module", "no_such_module is not here"),
        ("raise KeyboardInterrupt", "Line 1: it was stopped"),
    ):
        assert why in json.loads(run_file(source))["why"]
        assert bool(why) == bool(json.loads(run_file(source))["why"])


def test_what_a_file_does_to_the_engine_is_gone_after_it() -> None:
    before = Value
    assert not json.loads(run_file("import engine, nn\nengine.Value = nn.MLP = None\nprint(1)"))["why"]
    assert json.loads(run_file("from engine import Value\nprint((Value(2.0) * 3).data)"))["text"] == "6.0\n"
    assert sys.modules["engine"].Value is before


def test_every_exercise_with_a_graph_can_be_walked_through_before_a_check() -> None:
    for each in json.loads(course())["exercises"]:
        if each["walks"]:
            assert "<title>" in json.loads(check_walk(each["name"]))["html"]
        for rung in range(1, each["hints"] + 1):
            text = json.loads(hint(each["name"], rung))["text"]
            assert text
            assert "gradwalk exercises walk" not in text


def test_a_hint_is_about_the_function_that_is_wrong() -> None:
    each = exercise("softmax")
    before = json.loads(hint(each.id, 1))["text"]
    source = wrong_answer(each, "not_averaged").source
    VERDICTS[each.id] = searched(judge_source(each, source), source)
    assert json.loads(hint(each.id, 1))["text"] != before
    del VERDICTS[each.id]


def test_a_page_that_runs_python_lays_out_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A renderer is chosen by what is there: where Python runs in a browser, its page's."""
    drawing = draw(Value(2.0, "a") * 3.0)

    class Page:
        gradwalkLayout = staticmethod(lambda dot: f"<svg>\n{dot.count('->')}</svg>")  # noqa: N815

    monkeypatch.setattr(render, "PLATFORM", "emscripten")
    monkeypatch.setitem(sys.modules, "js", Page)  # type: ignore[arg-type]
    assert render.render(drawing.dot, "svg").decode().startswith("<svg>")
    with pytest.raises(DrawError, match=r"\.svg"):
        render.render(drawing.dot, "png")
    for layout in (lambda dot: "nothing", lambda dot: 1 / 0):
        Page.gradwalkLayout = staticmethod(layout)  # type: ignore[assignment]
        with pytest.raises(DrawError, match="Graphviz"):
            render.render(drawing.dot, "svg")


# Serving


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks built."""
    (tmp_path / "site/py").mkdir(parents=True)
    for name, content in (
        ("index.html", b"<p>" * 99), ("py/a.wasm", b"\0asm"), (places.STAMP, b"{}"), ("other.exe", b"x")
    ):  # fmt: skip
        (tmp_path / "site" / name).write_bytes(content)
    (tmp_path / "site/index.html.gz").write_bytes(gzip.compress(b"<p>" * 99))
    monkeypatch.setenv(places.FOLDER, str(tmp_path / "site"))
    return tmp_path / "site"


def test_files_are_served_packed_typed_and_to_this_machine_alone(small: Path) -> None:
    (small.parent / "secret.txt").write_text("secret", encoding="utf-8")
    running = serve.server(small, [0])
    Thread(target=running.serve_forever, daemon=True).start()
    assert running.server_address[0] == "127.0.0.1"

    def get(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(*running.server_address[:2])
        connection.request(method, path, headers={name.replace("_", "-"): each for name, each in headers.items()})
        with closing(connection):
            reply = connection.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read()

    with running:
        status, headers, body = get("/", Accept_Encoding="gzip")
        assert (status, headers["Content-Encoding"], gzip.decompress(body)) == (200, "gzip", b"<p>" * 99)
        assert headers["Content-Type"].startswith("text/html")
        assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert get("/", If_None_Match=headers["ETag"], Accept_Encoding="gzip")[0] == 304
        assert get("/index.html?v=1")[2] == b"<p>" * 99
        assert get("/py/a.wasm")[1]["Content-Type"] == "application/wasm"
        assert get("/py/a.wasm", "HEAD")[2] == b""
        for path in "/../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd", "/other.exe", "/py", "/none":
            assert get(path)[0] == 404, path
        with pytest.raises(places.ClassroomError, match="not free"):
            serve.server(small, [running.server_address[1]])
        running.shutdown()


def test_the_command_says_what_to_do(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "there"
    assert main(["classroom", "--save", str(target)]) == 0
    assert (target / "py/a.wasm").is_file()
    assert main(["classroom", "--save", str(target)]) == 1
    assert "new one" in capsys.readouterr().err
    for words, word in (
        (["--port", "x"], "65535"),
        (["--port", "70000"], "65535"),
        (["--save", "a", "--port", "1"], "one"),
    ):
        assert main(["classroom", *words]) == 2
        assert word in " ".join(capsys.readouterr().err.split())
    monkeypatch.setenv(places.FOLDER, str(tmp_path / "nothing"))
    assert main(["classroom"]) == 1
    assert "classroom --build" in " ".join(capsys.readouterr().err.split())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["classroom", "--build"]) == 1
    assert "Node.js" in capsys.readouterr().err


def test_what_a_student_needs_not_reach_is_in_another_archive() -> None:
    for name, _ in places.package_files():
        archive = next(each for each, starts in build.ARCHIVES.items() if name.startswith(starts))
        expected = name.startswith("demos/exercises/") and "/inside/" not in name and name.count("/") > 2
        assert not expected or archive == "course", name


# In Chromium


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the built classroom."""
    folder = places.built_folder()
    if not (folder / places.STAMP).is_file() or not places.is_current(folder):
        pytest.skip("needs the built classroom: python -m demos.cli classroom --build")
    running = serve.server(folder, [0])
    Thread(target=running.serve_forever, daemon=True).start()
    with running:
        yield serve.address(running)
        running.shutdown()


class Room:
    """The classroom in a window of its own; `requests` has what it asked of others."""

    def __init__(self, window: Window, site: str, place: str = "", **wishes: Any) -> None:
        size = {"width": wishes.pop("width", 1280), "height": wishes.pop("height", 800)}
        self.site = site
        self.context = window.browser.new_context(viewport=size, **wishes)
        self.context.set_default_timeout(1000 * PATIENCE)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page = self.context.new_page()
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.goto(site + place)

    def __enter__(self) -> Room:
        return self

    def __exit__(self, kind: Any, *rest: Any) -> None:
        self.context.close()
        if kind is None:
            assert not [url for url in self.requests if not url.startswith((self.site, "data:", "blob:"))]
            assert not self.errors

    def until(self, true: str) -> None:
        for _ in range(int(PATIENCE * 20)):
            if self.page.evaluate(true):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"it never came to {true}")

    def ready(self) -> None:
        self.until("document.documentElement.dataset.python === 'ready'")

    @property
    def walk(self) -> Any:
        return self.page.frame_locator("#walk-frame")

    def typed(self, field: str, text: str) -> None:
        self.page.fill(field, text)
        self.page.press(field, "Enter")


@pytest.mark.slow
def test_a_walk_is_there_before_python_and_the_address_holds_it(chromium: Window, site: str) -> None:
    with Room(chromium, site) as room:
        room.walk.locator("#graph > svg").first.wait_for()
        assert "tanh" in room.page.input_value("#expression")
        room.ready()
        room.typed("#expression", "relu(a*w) + sin(c)")
        room.until("document.querySelector('#variables input').dataset.name === 'a'")
        assert "a and c" in room.page.inner_text("#walk-message")
        room.typed("#variable0", "2,5")
        room.until("location.hash.includes('a%3D2.5')")
        room.walk.locator("#r0 .forward", has_text="2.5").wait_for(state="attached")
        room.walk.locator("#next").click()
        room.until("location.hash.includes('step=1')")
        room.walk.locator("#predict").click()
        room.walk.locator("#answer").wait_for()
        room.walk.locator("#answer").press("Escape")
        room.walk.locator("#show-numbers").click()
        room.walk.locator("#field0").fill("1.5")
        room.walk.locator("#field0").press("Enter")
        room.walk.locator("#whatif", has_text="moved").wait_for()
        room.walk.locator("#first").click()
        room.walk.locator("#next").click()
        room.typed("#expression", "a**")
        room.until("document.querySelector('#walk-message').className === 'wrong'")
        address = room.page.url
    with Room(chromium, address.replace("#", "#projector=on&")) as room:
        room.site = site
        room.walk.locator("#place", has_text="1 of").wait_for()
        assert room.page.input_value("#variable0") == "2.5"
        assert room.walk.locator("html[data-projector]").count() == 1


def write(room: Room, text: str) -> str:
    """Type an answer, check it, and return the report."""
    room.page.locator("#exercise-editor .cm-content").click()
    room.page.keyboard.press("Control+a")
    room.page.keyboard.press("Delete")
    room.page.keyboard.insert_text(text)
    room.page.keyboard.press("Control+Enter")
    room.until("!document.querySelector('#exercise-check').disabled")
    return str(room.page.inner_text("#exercise-report"))


# Exercises with a natural mistake, and a word of what the page then says
MISTAKES = {
    "local_derivatives": ("own_factor", "other"),
    "relu": ("no_upstream", "upstream"),
    "neuron": ("bias_forgotten", "bias"),
}


@pytest.mark.slow
def test_exercises_are_solved_and_kept_also_without_a_network(chromium: Window, site: str) -> None:
    chosen = [exercise(name) for name in MISTAKES]
    first, before, after = chosen[0], COURSE.index(chosen[0]), COURSE[COURSE.index(chosen[0]) + 1]
    with Room(chromium, site, f"#tab=exercises&ex={first.name}") as room:
        room.until("!document.querySelector('#exercise-work').hidden")
        room.page.click("#tab-train")
        room.page.click("#tab-walk")
        room.page.go_back()
        room.until("!document.querySelector('#train').hidden")
        room.page.go_back()
        room.until("!document.querySelector('#exercises').hidden")
        assert room.page.is_hidden("#exercise-solution")
        room.page.click("#exercise-walk")  # also before a check
        room.page.frame_locator("#exercise-frame").locator("#graph > svg").first.wait_for()
        room.page.click("#exercise-run")
        room.until("document.querySelector('#exercise-printed').textContent.includes('NotImplementedError')")
        room.page.click("#exercise-editor .cm-content")
        room.page.keyboard.press("Control+a")
        room.page.keyboard.insert_text("import sys; sys.setrecursionlimit(10**6)\ndef f(n): return f(n + 1)\nf(0)")
        for _ in range(2):  # a Python that has no stack left is replaced by a new one
            room.page.click("#exercise-run")
            room.until("document.querySelector('#exercise-printed').textContent.includes('RecursionError')")
            room.until("!document.querySelector('#exercise-run').disabled")
        room.errors.clear()  # Pyodide's own, about its stack
        for each in chosen:
            mistake, word = MISTAKES[each.name]
            room.page.locator("#exercise-list button").nth(COURSE.index(each)).click()
            report = write(room, wrong_answer(each, mistake).source)
            assert "not right yet" in report, each.name
            assert word in report, each.name
            room.page.click("#exercise-hint")
            room.until("document.querySelectorAll('#exercise-hints li').length === 1")
            if each is first:
                room.page.click("#exercise-walk")
                room.page.frame_locator("#exercise-frame").locator("#graph > svg").first.wait_for()
            assert "right!" in write(room, each.solution), each.name
        room.page.locator("#exercise-list button").nth(before).click()
        write(room, first.solution)
        room.page.click("#exercise-next")
        assert after.id in room.page.inner_text("#exercise-title")
        loop = write(room, "class Value:\n    while True:\n        pass\n")
        assert "did not end" in loop
        assert "line 3" in loop
        room.until("navigator.serviceWorker.controller !== null")
        room.context.set_offline(True)
        room.page.reload()
        room.until("!document.querySelector('#exercise-work').hidden")
        assert "while True" in room.page.inner_text("#exercise-editor")
        assert f"{len(chosen)} of {len(COURSE)}" in room.page.inner_text("#exercise-count")
        assert "did not end" not in write(room, first.solution)
        room.page.click("#tab-walk")
        room.walk.locator("#graph > svg").first.wait_for()
        room.typed("#expression", "x*x")
        room.walk.locator("#r0 .forward", has_text="2").wait_for(state="attached")
        room.page.click("#tab-train")
        room.until("document.querySelector('#train-state').textContent.startsWith('Step 0:')")
        room.page.click("#train-one")
        room.until("document.querySelector('#train-state').textContent.startsWith('Step 1:')")
        room.page.click("#tab-prompt")
        room.typed("#prompt-line", "draw(Value(3.0) * 4.0).save('d.svg')")
        room.page.locator("#prompt-out", has_text="d.svg").wait_for()


@pytest.mark.slow
def test_the_line_that_is_wrong_is_found_in_the_page(chromium: Window, site: str) -> None:
    """Each check of the same says more, as at the shell; a program that does not end is passed over."""
    wrong = exercise("nudge").solution.replace("(f(x + h) - f(x - h)) / (2 * h)", "f(x + h) - f(x - h) / (2 * h)")
    loop = wrong.replace("    return", "    while h < 0:\n        x = x\n    return", 1)
    assert wrong != exercise("nudge").solution != loop
    with Room(chromium, site, "#tab=exercises&ex=nudge") as room:
        room.until("!document.querySelector('#exercise-work').hidden")
        for source, word, more in ((wrong, "line", True), (wrong, "what", True), (loop, "write", False)):
            assert "expected" in write(room, source)
            room.until("document.querySelector('#exercise-note').textContent.startsWith('Looking')")
            room.until("!document.querySelector('#exercise-note').textContent.startsWith('Looking')")
            assert f"\n  {word}" in room.page.inner_text("#exercise-report")
            assert bool(room.page.inner_text("#exercise-note")) == more


JUDGED = """async answers => {
  const { Answering } = await import("/answering.js"), { Python } = await import("/python.js");
  const nothing = () => {}, results = [];
  const python = new Python({ ready: nothing, failed: nothing, busy: nothing, restarted: nothing });
  let spare = new Answering();
  for (const [id, source, seconds] of answers) {
    const { request, uses } = await python.ask("check_request", id, source), worker = spare;
    spare = new Answering();
    const message = request ? await worker.run(request, uses, seconds) : "";
    const { state, text } = await python.ask("check_result", id, source, message, 80);
    results.push([state, text]);
  }
  return results;
}"""


@pytest.mark.longest
@pytest.mark.slow
def test_answers_are_judged_as_by_the_command(chromium: Window, site: str) -> None:
    """A right and a wrong answer of each exercise; all of them take minutes."""
    sources = [
        (each, source)
        for each in COURSE
        for source in (each.right[-1].read_text(encoding="utf-8"), wrong_answers(each)[0].source)
    ]
    with Room(chromium, site) as room:
        results = room.page.evaluate(JUDGED, [[each.id, source, each.seconds] for each, source in sources])
    for (each, source), (state, text) in zip(sources, results):
        verdict = judge_source(each, source)
        words = report(verdict, TextStyle(80), notebook=True)
        assert (state, newest_words(text)) == (verdict.state, newest_words(words)), source


def newest_words(text: str) -> str:
    """Return a report with what Python itself says of errors as its newest version says it."""
    text = text.replace("float division", "division")
    return text.replace("max() arg is an empty sequence", "max() iterable argument is empty")


TRAINED = """async settings => {
  const { Training } = await import("/train.js"), { Python } = await import("/python.js"), nothing = () => {};
  const python = new Python({ ready: nothing, failed: nothing, busy: nothing, restarted: nothing });
  const made = await python.ask("trainer", JSON.stringify(settings));
  const training = await Training.of(made, settings);
  for (let step = 0; step < 200; step++) training.step();
  return [...training.P];
}"""
SETTINGS = {
    "data": "moons", "rows": 60, "noise": 0.1, "layers": "6 5", "activation": "tanh", "rate": 0.1, "batch": 0,
    "optimizer": "SGD", "init": "", "decay": 0.01, "seed": 3, "points": [],
}  # fmt: skip


@pytest.mark.slow
def test_training_in_the_page_is_that_of_fit(chromium: Window, site: str) -> None:
    rows = data.moons(60, noise=0.1, seed=1)
    targets = [2.0 * kind - 1.0 for kind in rows.y]
    with Room(chromium, site) as room:
        for name, optimizer in (("SGD", optim.SGD), ("Adam", optim.Adam)):
            weights = room.page.evaluate(TRAINED, SETTINGS | {"optimizer": name})
            model = MLP(2, [6, 5, 1], rng=3)
            fit(
                model,
                rows.X,
                targets,
                "mse",
                optimizer=optimizer(model.parameters(), lr=0.1, weight_decay=0.01),
                epochs=200,
            )
            assert max(abs(mine - each.data) for mine, each in zip(weights, model.parameters())) < 1e-9, name


def test_the_prompt_shows_values_errors_and_drawings() -> None:
    console = Prompt()
    rows = (
        ("a = Value(2.0, 'a')", [], ""),
        ("(a * 3.0).data", ["text"], "6.0"),
        ("a.data = 'x'", ["text"], "NumberError"),
        ("1/0", ["text"], "ZeroDivisionError"),
        ("exit()", ["text"], "prompt"),
        ("draw(a * a)", ["html", "text"], "svg"),
        ("walk(a * a)", ["page"], "<title>"),
        ("None", [], ""),
        ("print('x' * 200_000)", ["text"], "more"),
    )
    for line, kinds, word in rows:
        result = console.run(line)
        assert [kind for kind, _ in result["parts"]] == kinds, line
        assert word in "".join(text for _, text in result["parts"]), line
        assert not result["more"]
    assert console.run("for i in range(2):")["more"]
    assert console.run("    print(i)")["more"]
    assert console.run("")["parts"] == [["text", "0\n1\n"]]
    assert json.loads(completions("2 + Val"))["lines"][0].startswith("2 + Val")
    assert json.loads(completions("2 + "))["lines"] == []


def test_a_program_is_walked_through_or_its_line_is_named() -> None:
    for source, word in (
        ("a = Value(2.0, 'a')\nb = a * 3.0\nb.tanh()", "<title>"),
        ("a = Value(2.0, 'a')\nprint(a)\nL = a * a", "<title>"),
        ("def f(x):\n    return x * x\nf(Value(3.0))", "<title>"),
    ):
        result = json.loads(walk_source(source))
        assert word in result["html"], source
        assert bool(result["printed"]) == ("print" in source)
    for source, *words in (
        ("", "last line", "nothing"),
        ("2 + 3", "last line", "int"),
        ("a = Value(2.0)\nb = a * c\nb", "Line 2", "NameError"),
        ("a = (\n", "Line 1"),
        ("Value(1.0)\nValue('x')", "Line 2"),
        ("exit()", "Line 1", "ends itself"),
        ("for i in range(3): pass", "last line"),
        ("1/0", "Line 1", "ZeroDivisionError"),
    ):
        error = json.loads(walk_source(source))["error"]
        assert all(word in error for word in words), (source, error)


@pytest.mark.slow
def test_a_program_is_walked_through_in_the_page(chromium: Window, site: str) -> None:
    """A program in a link is shown, and does not run by itself; an endless one is stopped."""
    with Room(chromium, site, "#py=a%20%3D%20Value(3.0)%0Aa%20*%20a") as room:
        assert room.page.input_value("#walk-source") == "a = Value(3.0)\na * a"
        room.ready()
        assert room.page.evaluate("document.querySelector('#walk-frame').contentDocument.body.children.length") == 0
        room.page.click("#walk-go")
        room.walk.locator("#r0 .forward", has_text="3").wait_for(state="attached")
        room.page.fill("#walk-source", "while True: pass")
        room.page.press("#walk-source", "Control+Enter")
        room.page.wait_for_selector("#stop:visible")
        room.page.click("#stop")
        room.until("document.querySelector('#walk-message').textContent.includes('was stopped')")
        room.page.click("#walk-python")
        room.typed("#expression", "x*x")
        room.until("location.hash.includes('e=x') && !location.hash.includes('py=')")


@pytest.mark.slow
def test_a_session_at_the_prompt_draws_fails_and_is_interrupted(chromium: Window, site: str) -> None:
    with Room(chromium, site, "#tab=prompt") as room:

        def enter(line: str) -> None:
            room.typed("#prompt-line", line)
            room.until("document.querySelector('#prompt-interrupt').disabled")

        room.page.click("#prompt-files summary")
        room.page.set_input_files("#prompt-add", {"name": "told.txt", "mimeType": "text/plain", "buffer": b"2 rows"})
        room.page.locator("#prompt-list button", has_text="told.txt, 6").wait_for()
        enter("open('told.txt').read()")
        with room.page.expect_download() as got:
            room.page.click("#prompt-list button")
        assert Path(got.value.path()).read_bytes() == b"2 rows"
        for line in ("a = Value(2.0, 'a')", "a ** 3.0", "a.nothing", "draw(a ** 3.0)", "walk(a ** 3.0)"):
            enter(line)
        said = room.page.inner_text("#prompt-out")
        assert "Value(8.0" in said
        assert "AttributeError" in said
        assert room.page.locator("#prompt-out .drawn img").count() == 1
        room.page.frame_locator("#prompt-out iframe").locator("#graph > svg").first.wait_for()
        enter("while True: pass")
        room.page.press("#prompt-line", "Enter")
        room.page.wait_for_timeout(300)
        room.page.click("#prompt-interrupt")
        room.until("document.querySelector('#prompt-out').textContent.includes('KeyboardInterrupt')")
        room.until("document.querySelector('#prompt-interrupt').disabled")
        stubborn = ("while True:", "    try:", "        while True: pass", "    except BaseException: pass", "")
        for _ in range(5):  # where an interrupt comes before the program has begun, it ends
            for line in stubborn:
                room.page.fill("#prompt-line", line)
                room.page.press("#prompt-line", "Enter")
                room.page.wait_for_timeout(400)
            for _ in range(2):  # it does not let itself be stopped: the second time, Python starts anew
                room.page.wait_for_timeout(700)
                room.page.evaluate("document.querySelector('#prompt-interrupt').click()")
            if "starts anew" in room.page.inner_text("#prompt-out"):
                break
        room.until("document.querySelector('#prompt-out').textContent.includes('starts anew')")
        for line in ("a = Value(2.0, 'a')", "walk(a ** 3.0)", "1"):
            enter(line)
        room.page.press("#prompt-line", "ArrowUp")
        room.page.press("#prompt-line", "ArrowUp")
        assert room.page.input_value("#prompt-line") == "walk(a ** 3.0)"
        enter("input()")
        enter("import numpy")
        output = room.page.inner_text("#prompt-out")
        assert "there is no input() in the browser" in output
        assert "numpy is not here" in output
        paste = """text => document.querySelector('#prompt-line').dispatchEvent(Object.assign(
            new Event('paste', {cancelable: true}), {clipboardData: {getData: () => text}}))"""
        room.page.evaluate(paste, "def g(x):\n    return x + 1\n\nfor i in range(2):\n    g(i)\ng(41)")
        room.until("document.querySelector('#prompt-line').value === 'g(41)'")
        room.page.press("#prompt-line", "Enter")
        room.until("document.querySelector('#prompt-out').lastElementChild.textContent === '42'")
        room.page.evaluate(paste, ">>> c = 5\n>>> c\n5\n>>> c + 100\n")
        room.until("document.querySelector('#prompt-line').value === 'c + 100'")
        room.page.press("#prompt-line", "Enter")
        room.until("document.querySelector('#prompt-out').lastElementChild.textContent === '105'")
        room.page.fill("#prompt-line", "Valu")
        room.page.press("#prompt-line", "Tab")
        room.until("document.querySelector('#prompt-line').value === 'Value'")


def test_settings_of_a_training_are_read_or_refused() -> None:
    for text, sizes in (("8 8", [8, 8]), ("16-16", [16, 16]), (" 4, ", [4]), ("3;2;1", [3, 2, 1])):
        assert sizes_of(text) == sizes
        made = json.loads(trainer(json.dumps(SETTINGS | {"layers": text})))
        assert made["layers"] == [2, *sizes, 1]
        assert len(made["weights"]) == sum((a + 1) * b for a, b in zip([2, *sizes], [*sizes, 1]))
    for text in ("", "a", "0", "33", "4.5", "1 1 1 1 1 1", "-"):
        assert "layers" in json.loads(trainer(json.dumps(SETTINGS | {"layers": text})))["error"], text
    own = json.loads(trainer(json.dumps(SETTINGS | {"data": "own", "points": [[0.5, 1, -1], [0, 0, 1]]})))
    assert own["rows"] == [[0.5, 1.0, -1.0], [0.0, 0.0, 1.0]]


@pytest.mark.slow
def test_a_network_learns_xor_is_scrubbed_back_and_opened(chromium: Window, site: str) -> None:
    state = "document.querySelector('#train-state').textContent"
    with Room(chromium, site, "#tab=train&t.data=xor&t.optimizer=Adam&t.layers=6&t.noise=0%2C05") as room:
        room.until(f"{state}.startsWith('Step 0:')")
        room.page.click("#train-run")
        room.until(f"{state}.includes('100 %')")
        room.page.click("#train-run")
        room.page.focus("#train-history")
        room.page.keyboard.press("Home")
        room.until(f"{state}.startsWith('Step 0:')")
        room.page.click("#train-one")
        room.until(f"{state}.startsWith('Step 1:')")
        room.page.click("#train-open")
        room.page.frame_locator("#train-frame").locator("#graph > svg").first.wait_for()
        room.page.click("#train-open")
        assert room.page.is_hidden("#train-frame")
        room.page.click("#train-open")
        room.page.frame_locator("#train-frame").locator("#graph > svg").first.wait_for()
        room.page.click("#train-one")  # other weights than those that are shown
        assert room.page.is_hidden("#train-frame")
        for name, wrong, right in (("batch", "2.5", "0"), ("seed", "1.5", "0"), ("layers", "many", "6")):
            for typed, refused in ((wrong, True), (right, False)):
                room.page.fill(f"#train-{name}", typed)
                room.page.press(f"#train-{name}", "Tab")
                room.until(
                    f"document.querySelector('#train-{name}').hasAttribute('aria-invalid') === {str(refused).lower()}"
                )
        room.page.fill("#train-rate", "ten")
        room.page.press("#train-rate", "Tab")
        room.until("document.querySelector('#train-message').className === 'wrong'")
        room.page.locator("#train-plane").click(position={"x": 20, "y": 20})
        room.page.fill("#train-rate", "0,2")
        room.page.press("#train-rate", "Tab")
        room.until(f"{state} === ''")  # one point is not enough, and what was learned is of other data
        room.page.locator("#train-plane").click(position={"x": 60, "y": 60}, modifiers=["Shift"])
        room.until(
            "location.hash.includes('t.points') && document.querySelector('#train-message').textContent === ''"
        )
        assert room.page.input_value("#train-data") == "own"
        for x, y in ((100, 30), (40, 90), (80, 80)):  # a point is where the click was, whatever came before
            room.page.locator("#train-plane").click(position={"x": x, "y": y})
        points = room.page.evaluate("new URLSearchParams(location.hash.slice(1)).get('t.points')").split(";")
        (x0, *_), *others = [map(float, point.split(",")) for point in points]
        places = [(20, 20), (60, 60), (100, 30), (40, 90), (80, 80)]
        scale = [(x - x0) / (px - 20) for (x, _, _), (px, _) in zip(others, places[1:])]
        assert scale == pytest.approx([scale[0]] * len(scale), rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1024, 768), (1280, 800)])
def test_the_walk_and_its_player_are_in_the_window_of_a_projector(
    chromium: Window, site: str, size: tuple[int, int]
) -> None:
    with Room(chromium, site, "#projector=on", width=size[0], height=size[1]) as room:
        room.ready()
        room.walk.locator("#graph > svg").first.wait_for()
        for _ in range(9):
            for part in ("#graph", "#steps", "#next"):
                box = room.walk.locator(part).bounding_box()
                assert box is not None, part
                assert box["y"] >= 0, part
                assert box["y"] + box["height"] <= size[1], part
            room.walk.locator("#next").click()


@pytest.mark.slow
@pytest.mark.parametrize("tab", ["walk", "train", "exercises", "prompt"])
def test_everybody_can_use_it(chromium: Window, site: str, tab: str) -> None:
    for wishes in (
        {},
        {"width": 400, "color_scheme": "dark"},
        {"width": 1024, "height": 768, "place": "&projector=on", "reduced_motion": "reduce"},
    ):
        with Room(chromium, site, f"#tab={tab}{wishes.pop('place', '')}", **wishes) as room:
            room.ready()
            if tab == "exercises":
                room.until("!document.querySelector('#exercise-work').hidden")
            assert not violations(room.page), wishes
            assert room.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), wishes
            room.page.keyboard.press("Tab")
            assert room.page.evaluate("document.activeElement.className") == "skip"

"""A long walk in its page: each step says what it says at the prompt, soon, and in a window of any size."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from browser import until, violations
from test_walk import random_graph
from zoo import ZOO, newton

from engine import Value, constant, define, source_lines, walk, where
from engine.walk.explain import place, progress, rows
from engine.walk.long import long_page
from engine.walk.page import PAGE_STYLE, article, fact, page_words
from engine.walk.quiz import asked, cases, mistakes, question

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from browser import Window

    from engine.walk.cursor import Walk

SIZES = [(1366, 768), (1024, 768), (400, 800), (683, 384)]
SAID = """() => {
    const walk = recordedWalk(data.walk), words = wordingOf(walk, data.walk), found = [];
    for (let number = 1; number <= walk.steps; number++) {
        const step = walk.step(number);
        found.push({
            rows: [...words.rows(step), ["done", words.progress(step)]],
            html: words.article(step),
            announcement: words.announcement(step),
        });
    }
    return found;
}"""
ASKED = """() => {
    const walk = recordedWalk(data.walk), quiz = quizOf(walk, wordingOf(walk, data.walk), data.walk), found = [];
    for (let number = 1; number <= walk.steps; number++) {
        const step = walk.step(number), text = range => range.map(each => String(each));
        found.push({
            question: quiz.question(step),
            cases: quiz.cases(step).map(({ low, high, right, message }) => [...text([low, high]), right, message]),
        });
    }
    return found;
}"""
SAME = """pairs => pairs.filter(([one, other]) => {
    const parsed = [one, other].map(html => {
        const box = document.createElement("template");
        box.innerHTML = html;
        return box.innerHTML;
    });
    return parsed[0] !== parsed[1];
})"""


def differences(page: Any, steps: Walk) -> list[Any]:
    """Return where a page says of a step what Python does not."""
    wording, said, found, pairs = page_words(steps.trace), page.evaluate(SAID), [], []
    assert len(said) == len(steps)
    for step, words in zip(steps, said):
        prompt = [[label, PAGE_STYLE.fit(text)] for label, text in rows(step, wording)]
        expected = {
            "rows": [*prompt, ["done", progress(step, wording)]],
            "announcement": fact(step, wording)["announcement"],
        }
        found += [(place(step), words[key], text) for key, text in expected.items() if words[key] != text]
        whole = article(step, wording, last=step.number == len(steps))
        pairs.append([words["html"], whole.partition('class="panel">')[2].rpartition("</article>")[0]])
    return found + page.evaluate(SAME, pairs)


def hostile() -> Walk:
    """Names, sources, gradients from before, a number that changed, operations of all kinds, and constants."""
    swish = define("swish_of_three", "x * y + 0.123456789 * c", ("y", "x", "0.123456789"), arguments=("x", "y", "c"))
    with source_lines() as source:
        a, b = Value(-1234.5678e-9, "</script><b>&amp;"), Value(3.0, "a - b")
        c = (a * b - constant(-3.0)) ** 2 / (b * b) + (-2.0) * a
        d = swish(c, Value(1e300, "v1") * 0.0, b) + constant(5.0) ** b
        chosen = where(a, b, c).clip(-2.0, 1e-7) + (b.detach() * a + d.relu().maximum(b)) ** 3.0 * abs(b) ** 0.5
        root = chosen - constant(-2.5e-17) * Value(0.25, "x" * 99)
    root.backward()
    steps = walk(root, source, accumulate=True)
    b.data = 77.0
    return steps


def walked(seed: int) -> Walk:
    return walk(random_graph(Random(seed), 40))


def stopped() -> Walk:
    x = Value(0.0, "x")
    return walk(x.sqrt() * 2.0 + x)


WALKS: dict[str, Callable[[], Walk]] = {
    "hostile": hostile,
    "stopped": stopped,
    "alone": lambda: walk(Value(3.0)),
    "no gradient": lambda: walk(constant(2.0) * 3.0),
}
WALKS |= {f"random {seed}": partial(walked, seed) for seed in range(6)}
WALKS |= {"MLP": lambda: walk(ZOO["MLP 3-3-1"]()), "Newton": lambda: walk(newton(12))}


@pytest.mark.slow
def test_every_step_says_what_it_says_at_the_prompt(window: Window, tmp_path: Path) -> None:
    for name, make in WALKS.items():
        steps = make()
        assert differences(window.open(long_page(steps).save(tmp_path / f"{name}.html")), steps) == [], name
    noted = hostile()
    assert {label for step in noted for label, _ in rows(step, page_words(noted.trace))} >= {
        "made at",
        "note",
    }


def test_predictions_are_asked_for_and_judged_as_at_the_prompt(window: Window, tmp_path: Path) -> None:
    for name in "hostile", "stopped", "alone", "no gradient", "random 1", "MLP":
        steps = WALKS[name]()
        page = window.open(long_page(steps).save(tmp_path / f"{name}.html"))
        wording = page_words(steps.trace)
        for step, asked_in_page in zip(steps, page.evaluate(ASKED), strict=True):
            assert asked_in_page["question"] == [[*row] for row in question(step, wording)]
            judged = cases(step.after, asked(step, wording), mistakes(step, wording), wording.number)
            assert [each[2:] for each in asked_in_page["cases"]] == [[each.right, each.message] for each in judged]
            for case, each in zip(judged, asked_in_page["cases"]):
                assert [float(end) for end in each[:2]] == pytest.approx([case.low, case.high], rel=1e-9, abs=1e-300)


def test_a_prediction_from_the_question_to_the_step(window: Window, tmp_path: Path) -> None:
    steps = walk(ZOO["RNN 5"]())
    page = window.open(steps.save(tmp_path / "walk.html"), "#step=1500")
    page.keyboard.press("p")
    step = steps[1500]
    assert [page.is_visible(name) for name in ("#guess", "#step")] == [True, False]
    assert page.inner_text("#asked") == [*question(step, page_words(steps.trace))][-1][1]
    until(page, f"document.querySelector('#near .node.now').textContent.includes('{steps.trace.named[step.target]}')")
    assert steps.trace.named[steps[1499].target] not in page.text_content("#near .node.now")
    page.keyboard.type(repr(-step.after))
    page.keyboard.press("Enter")
    assert "the sign is not" in page.inner_text("#verdict")
    page.keyboard.press("Escape")
    assert page.inner_text("#place").startswith("1500 ")
    assert [page.is_visible(name) for name in ("#guess", "#step")] == [False, True]
    page.keyboard.press("p")
    page.keyboard.type(repr(step.after).replace("-", "−"))
    page.keyboard.press("Enter")
    assert page.inner_text("#verdict").startswith("Right: ")
    assert page.inner_text("#place").startswith("1501 ")
    page.keyboard.press("End")
    page.keyboard.press("p")
    assert "nothing left" in page.inner_text("#verdict")
    shift = define("shift_of_one", lambda x: x + 1.0, "1")
    refused = window.open(long_page(walk(shift(Value(1.0, "x")) * 2.0)).save(tmp_path / "refused.html"))
    refused.keyboard.press("p")
    assert "shift_of_one" in refused.inner_text("#verdict")


def test_the_numbers_are_those_of_the_moment(window: Window, tmp_path: Path) -> None:
    steps = walk(random_graph(Random(3)))
    page = window.open(long_page(steps).save(tmp_path / "walk.html"))
    frames = [Random(1).randrange(len(steps) + 1) for _ in range(40)] + [0, len(steps)]
    shown = page.evaluate(
        "frames => { const walk = recordedWalk(data.walk); return frames.map(at => [...walk.gradients(at)]); }",
        frames,
    )
    assert shown == [[*steps.trace.gradients(frame)] for frame in frames]


@pytest.mark.slow
def test_fifty_thousand_steps_fit_three_megabytes_and_take_twenty_milliseconds(
    window: Window, tmp_path: Path
) -> None:
    steps = walk(ZOO["batch of 100"]())
    path = steps.save(tmp_path / "walk.html")
    size = path.stat().st_size
    assert len(steps) > 50_000
    page = window.open(path, width=1366, height=768)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # of the page's own thread, whatever else runs

    def busy() -> float:
        return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}[
            "TaskDuration"
        ]

    for start in 300, 30_000, 56_000:
        page.evaluate(
            "start => { $('scrubber').value = start; $('scrubber').dispatchEvent(new Event('input')); }", start
        )
        before = busy()
        page.evaluate("for (let step = 0; step < 40; step++) { $('next').click(); document.body.offsetHeight; }")
        each = (busy() - before) / 40 * 1000
        print(f"{len(steps)} steps: {size} bytes, {each:.1f} ms a step from {start} on")
        assert each < 20
    assert size < 3_000_000


@pytest.mark.parametrize(
    "place", ["#step=1500", pytest.param("#step=1500&projector", marks=pytest.mark.slow), "#step=300"]
)
def test_the_step_its_edge_and_its_box_are_in_the_window(window: Window, tmp_path: Path, place: str) -> None:
    path = walk(ZOO["RNN 5"]()).save(tmp_path / "walk.html")
    for width, height in SIZES[: 2 if "projector" in place else None]:
        page = window.open(path, place, width=width, height=height)
        parts = [".strip", ".equation", "#near svg", "#player", "#place", *["#graph .node.now"] * (width > 800)]
        wrong = page.evaluate(
            """names => names.filter(name => {
                const box = document.querySelector(name)?.getBoundingClientRect();
                const { left, top, right, bottom } = box ?? {};
                return !(right > left && left > -1 && top > -1 && right < innerWidth + 1 && bottom < innerHeight + 1);
            })""",
            parts,
        )
        assert wrong == []
        least = page.evaluate("""Math.min(...[...document.querySelectorAll("#near text")].map(text =>
            parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))""")
        assert least >= (24 if "projector" in place else 9)
        assert violations(page) == []


def test_one_goes_by_edges_nodes_neurons_and_layers(window: Window, tmp_path: Path) -> None:
    steps = walk(ZOO["RNN 5"]())
    page = window.open(walk(ZOO["RNN 5"]()).save(tmp_path / "walk.html"))
    stops = {}
    for by in "edge", "node", "neuron", "layer":
        page.select_option("#by", by)
        page.keyboard.press("Home")
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        stops[by] = int(page.inner_text("#place").split()[0])
        page.keyboard.press("ArrowLeft")
        assert int(page.inner_text("#place").split()[0]) < stops[by]
    assert stops["edge"] == stops["node"] == 4  # the first steps go forward, one a node
    assert stops["node"] < stops["neuron"] <= stops["layer"] < len(steps)
    page.keyboard.press("w")
    until(page, "!$('why').hidden")
    assert "done" in page.inner_text("#why")

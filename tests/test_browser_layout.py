"""The walk page keeps what matters in the window: at every step, in windows of all sizes, projected or not."""

from __future__ import annotations

import re
from shutil import which
from typing import TYPE_CHECKING, Any

import pytest
from browser import violations

from engine import Value, draw, walk
from engine.printer import format_number, true_minus
from nn import MLP

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Window

SIZES = [(1024, 768), (1280, 800), (1366, 768), (400, 800), (683, 384)]
PROJECTED = SIZES[:3]
IN_EACH_RUN = ((1366, 768),)
READABLE, READABLE_PROJECTED = 9.0, 24.0  # CSS pixels of the letters in the graph
WIDE = 800  # pixels from which on the graph must show the edge of the step


def neuron() -> Value:
    w, x, b = Value(-3.0, "w"), Value(2.0, "x"), Value(6.5, "b")
    h = (w * x + b).tanh()
    h.label = "h"
    return h


def mlp() -> Value:
    loss = (MLP(2, [3, 3, 1], rng=1)([0.5, -1.2]) - 1.0) ** 2
    loss.label = "L"
    return loss


def softmax() -> Value:
    exponentials = [Value(number, f"z{place}").exp() for place, number in enumerate((1.0, -0.5, 2.0), 1)]
    loss = -(exponentials[0] / (exponentials[0] + exponentials[1] + exponentials[2])).log()
    loss.label = "L"
    return loss


def long_names() -> Value:
    """Names, numbers and formulas that take more room than any of the others."""
    a, b = Value(-1234.5678e-12, "the weight of the first neuron in the second layer"), Value(87654.321, "β" * 40)
    root = (a * b + 1.0).sigmoid().clip(-1e-7, 0.999999) * a
    root.label = "what it all comes to at the very end"
    return root


GRAPHS = {"neuron": neuron, "mlp": mlp, "softmax": softmax}
if which("dot"):  # graphviz-pure sets the boxes of very long names farther apart than a window is wide
    GRAPHS["long names"] = long_names

# What is wrong at each step: what is cut or hidden, what scrolls sideways, letters that are too small.
LOOK = """([wide, least]) => {
    const wrong = [], say = (step, text) => wrong.push(`step ${step}: ${text}`);
    const all = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    const within = (element, frame) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && box.left >= frame.left - 1 && box.right <= frame.right + 1
            && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1;
    };
    const svg = document.querySelector("#graph > svg"), steps = $("steps");
    const sizes = [...svg.querySelectorAll("text")].map(text => parseFloat(getComputedStyle(text).fontSize));
    for (let step = 1; step <= data.steps.length; step++) {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
        const article = document.querySelector("article.shown"), { edge, target, node } = data.steps[step - 1];
        for (const name of [".strip", ".end", ".arrow", ".equation"]) {
            const parts = [...article.querySelectorAll(name)];
            if (!parts.length) say(step, `there is no ${name}`);
            for (const part of parts) {
                if (!within(part, all) || !within(part, steps.getBoundingClientRect())) say(step, `${name} is cut`);
                if (part.scrollWidth > part.clientWidth + 1) say(step, `${name} overflows`);
            }
        }
        for (const part of document.querySelectorAll("#player, :is(header, #player) button, #scrubber, #place")) {
            if (part.offsetParent && !within(part, all)) say(step, `${part.id} is cut`);
        }
        const { scrollWidth, scrollHeight } = document.documentElement;
        if (scrollWidth > innerWidth || scrollHeight > innerHeight) say(step, "the page scrolls");
        const drawn = $("pair") ?? svg;
        const now = edge ? [...drawn.querySelectorAll(".edge.now, .node.now, .node.from")] : [$(`n${target}`)];
        if (edge && now.length !== 3) say(step, `${now.length} elements for an edge and its nodes`);
        for (const part of wide ? now : []) {
            if (!within(part, $("graph").getBoundingClientRect())) say(step, `${part.id} is out of the picture`);
        }
        const letters = Math.min(...sizes) * moved.getScreenCTM().a;
        if (letters < least - .01) say(step, `letters of ${letters.toFixed(1)} px in the graph`);
    }
    return wrong;
}"""


@pytest.fixture(scope="module", params=GRAPHS)
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walk(GRAPHS[request.param]()).save(tmp_path_factory.mktemp("layout") / f"{request.param}.html")


@pytest.mark.parametrize(
    "size", [pytest.param(size, marks=[pytest.mark.slow] * (size not in IN_EACH_RUN)) for size in SIZES], ids=str
)
def test_every_step_is_in_the_window(window: Window, path: Path, size: tuple[int, int]) -> None:
    page = window.open(path, width=size[0], height=size[1])
    least = READABLE if path.stem != "long names" or size[0] >= WIDE else 0.0
    assert page.evaluate(LOOK, [size[0] >= WIDE, least]) == []
    assert page.inner_text("#place").split()[0] == page.inner_text("#place").split()[-1]


@pytest.mark.slow
@pytest.mark.parametrize("size", PROJECTED, ids=str)
def test_every_step_is_in_the_window_of_a_projector(window: Window, path: Path, size: tuple[int, int]) -> None:
    page = window.open(path, "#projector", width=size[0], height=size[1])
    least = READABLE_PROJECTED if path.stem != "long names" else READABLE
    assert page.evaluate(LOOK, [True, least]) == []


@pytest.mark.slow
@pytest.mark.parametrize("place", ["#step=40", "#step=40&projector"])
@pytest.mark.parametrize("size", [*SIZES], ids=str)
def test_axe_finds_nothing_in_any_window(window: Window, tmp_path: Path, size: tuple[int, int], place: str) -> None:
    page = window.open(walk(mlp()).save(tmp_path / "walk.html"), place, width=size[0], height=size[1])
    assert violations(page) == []
    page.keyboard.press("w")
    assert violations(page) == []


def test_the_whole_graph_is_one_key_away(window: Window, tmp_path: Path) -> None:
    page = window.open(walk(mlp()).save(tmp_path / "walk.html"), "#step=60", width=1024, height=768)
    part = page.get_attribute("#moved", "transform")
    wider = "$('graph0').getBBox().width * moved.getScreenCTM().a > svg.getBoundingClientRect().width + 1"
    assert page.evaluate(wider)
    page.keyboard.press("g")
    assert page.get_attribute("#whole", "aria-pressed") == "true"
    assert not page.evaluate(wider)
    page.keyboard.press("g")
    assert page.get_attribute("#moved", "transform") == part
    small = window.open(walk(neuron()).save(tmp_path / "small.html"), "#step=3", width=1024, height=768)
    assert not small.is_visible("#whole")  # it is all there


@pytest.mark.slow
def test_the_reason_is_one_key_away(window: Window, tmp_path: Path) -> None:
    steps = walk(neuron())
    path = steps.save(tmp_path / "walk.html")
    for width, height in SIZES:
        page = window.open(path, width=width, height=height)
        for number in range(1, len(steps) + 1):
            page.keyboard.press(" ")
            page.keyboard.press("w")
            shown = page.inner_text("#why")
            steps.goto(number)
            for line in str(steps.why()).splitlines():
                assert true_minus(line).split()[-1] in shown
            assert page.get_attribute("#show-why", "aria-pressed") == "true"
            page.keyboard.press("w")
            assert not page.is_visible("#why")


def test_the_numbers_have_a_row_for_each_leaf_first(window: Window, tmp_path: Path) -> None:
    steps = walk(softmax())
    page = window.open(steps.save(tmp_path / "walk.html"), "#step=999", width=1024, height=768)
    assert not page.is_visible("#numbers")
    page.keyboard.press("n")
    assert page.is_visible("#numbers")
    rows: Any = page.evaluate("[...$('leaves').rows].map(row => [...row.cells].map(cell => cell.textContent))")
    assert [row[0] for row in rows] == ["z1", "z2", "z3"]
    steps.run()
    assert [row[2:] for row in rows] == [
        [true_minus(format_number(number)) for number in (leaf.data, leaf.grad)]
        for leaf in steps.trace.nodes
        if leaf.op is None
    ]


# An SVG fits where it is shown: as a file, in a page, and as an image in a notebook's cell.


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("graph", ["neuron", "mlp"])
def test_a_drawing_is_as_wide_as_there_is_room(window: Window, tmp_path: Path, graph: str, width: int) -> None:
    drawing = draw(GRAPHS[graph](), fold="none")
    page = window.open(drawing.save(tmp_path / "graph.svg"), width=width)
    wide, high = map(float, re.findall(r'(?:width|height)="([\d.]+)pt"', drawing.svg)[:2])
    natural, ratio = wide * 4 / 3, high / wide

    def check(size: list[float], space: float) -> None:
        assert size[0] == pytest.approx(min(natural, space), abs=1)
        assert size[1] == pytest.approx(size[0] * ratio, abs=2)

    size = "element => [element.getBoundingClientRect().width, element.getBoundingClientRect().height]"
    check(page.locator("svg").evaluate(size), width)
    html = f"<main>{drawing.svg}{drawing._repr_mimebundle_()['text/html']}</main>"
    (tmp_path / "cell.html").write_text(f"<!doctype html><style>body {{ margin: 0 }}</style>{html}", "utf-8")
    page.goto((tmp_path / "cell.html").as_uri())
    check(page.locator("svg").evaluate(size), width)
    check(page.locator("img").evaluate(size), width)

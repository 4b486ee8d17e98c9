"""Pages as text: what may run in them, what a label can do, what they tell of a walk, where they are saved."""

from __future__ import annotations

import json
import os
import re
import sys
from base64 import b64encode
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from svg import words
from test_walk import neuron, random_graph

import engine
from engine import Page, Value, constant, draw, source_lines, walk
from engine.graph import nodes
from engine.page import PageError
from engine.page.shell import inert
from engine.printer import format_number, true_minus
from engine.walk.cursor import WalkError
from engine.walk.explain import place, rows
from engine.walk.page import edge, page as played, page_words
from engine.walk.variants import drawn_number
from engine.walk.worksheet import blanks, worksheet

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!-- <script>",
    "]]></svg></style>",
    "\"><img src=x onerror='alert(1)'>",
    "&lt;b&gt; &amp;amp;",
    "two\u2028lines\u2029\r\nand\x00more",
    "\u202egnp.exe\ud800",
    "${1+1} $title {title} \\u003c %s",
    "'; DROP",
]


class Reader(HTMLParser):
    """The tags of a page in their order, its attributes, and the text inside each element that has an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: dict[str, str] = {}
        self.inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attributes]
        if name := dict(attributes).get("id"):
            self.inside.append(name)
            self.text[name] = ""

    def handle_data(self, data: str) -> None:
        for name in self.inside[-1:]:
            self.text[name] += data


def embedded(html: str, tag: str) -> list[str]:
    return re.findall(rf"<{tag}>(.*?)</{tag}>", html, flags=re.DOTALL)


def facts(page: Page) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page.html, flags=re.DOTALL)
    return json.loads(text)


# The shell


def test_nothing_runs_but_what_the_page_was_made_with() -> None:
    html = Page("T", "", {}, "let a = '<b>'; // ünï", "p { color: red }").html
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"] == "data:"
    assert set(rules) == {"default-src", "base-uri", "form-action", "img-src", "script-src", "style-src"}
    for tag in "script", "style":
        found = embedded(html, tag)
        assert len(found) == 2
        hashes = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in found]
        assert rules[f"{tag}-src"].split() == hashes


def test_a_page_names_no_address_but_its_own() -> None:
    read = Reader(played(walk(neuron())).html)
    outward = ("src", "href", "action", "xlink:href", "srcset", "poster", "data")
    assert [(tag, value) for tag, name, value in read.attributes if name in outward] == [("link", "data:,")]
    assert not [name for _, name, _ in read.attributes if name.startswith("on") or name == "style"]
    page = played(walk(neuron()))
    assert not re.findall(r"https?:|@import|url\((?!#)", "".join(embedded(page.html, "style")))


@pytest.mark.parametrize("text", HOSTILE)
def test_data_survives_and_stays_data(text: str) -> None:
    page = Page(text, "", {text: [text]}, "")
    assert facts(page) == {text: [text]}
    assert Reader(page.html).tags == Reader(Page("T", "", {}, "").html).tags
    assert inert(text).isascii()


def test_numbers_that_are_not_finite_become_null() -> None:
    assert inert([1.5, float("nan"), float("inf"), -float("inf"), "NaN"]) == '[1.5,null,null,null,"NaN"]'


def labeled(label: str, node: Value) -> Value:
    node.label = label
    return node


# Saving


@pytest.mark.parametrize("kind", [str, Path])
def test_a_page_is_saved_whole_over_what_was_there(kind: Callable[[Path], Any], tmp_path: Path) -> None:
    target = tmp_path / "walk.HTML"
    target.write_text("x" * 1_000_000, encoding="utf-8")
    assert walk(neuron()).save(kind(target)) == target
    assert target.read_text(encoding="utf-8") == played(walk(neuron())).html
    assert [path.name for path in tmp_path.iterdir()] == ["walk.HTML"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("walk.htm.pdf", "'walk.htm.pdf' does not end with .html, .htm, .gif or .mp4. Did you mean 'walk.htm'?"),
        ("walk", "'walk' does not end with .html, .htm, .gif or .mp4. Did you mean 'walk.html'?"),
        ("none/walk.html", "'walk.html' cannot be saved: there is no folder"),
        ("folder.html", "'folder.html' is a folder: "),
    ],
)
def test_a_name_that_will_not_do_is_told(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(PageError) as error:
        walk(neuron()).save(tmp_path / name)
    assert str(error.value).startswith(message)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]


def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*paths: Path) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "walk.html"
    target.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(PageError, match="cannot be saved: No space left on device"):
        walk(neuron()).save(target)
    assert target.read_text(encoding="utf-8") == "old"
    assert len(list(tmp_path.iterdir())) == 1


# The walk


def hostile(labels: list[str]) -> Value:
    """A graph with an edge of each kind, whose nodes go by these labels."""
    names = iter(labels)
    a, b = Value(2.5, next(names)), Value(-3.25, next(names))
    c = a * b
    c.label = next(names)
    d = (c + a) * (c + a)
    d.label = next(names)
    return d.tanh()


@pytest.mark.parametrize("start", range(len(HOSTILE)))
def test_labels_are_text_whatever_they_hold(start: int) -> None:
    labels = (HOSTILE[start:] + HOSTILE)[:4]
    for make in played, worksheet:
        plain = Reader(make(walk(hostile(["a", "b", "c", "d"]))).html)
        found = Reader(make(walk(hostile(labels))).html)
        assert [tag for tag in found.tags if tag != "wbr"] == plain.tags  # a name may break after its dots
        assert [name for _, name, _ in found.attributes] == [name for _, name, _ in plain.attributes]


def test_a_step_says_on_the_page_what_it_says_everywhere() -> None:
    with source_lines() as lines:
        x = Value(3.0, "x")
        y = (x * x).sqrt() + 1.0 / x
    steps = walk(y, lines)
    read, wording = Reader(played(steps).html), page_words(steps.trace)
    for step in steps:
        told = read.text[f"s{step.number}"]
        assert told.startswith(place(step))
        for label, text in rows(step, wording):  # the same numbers and formulas; some of them in the strip
            assert text.partition("   (")[0].rpartition(": ")[2] in told or label == "upstream", text
        assert f"upstream {wording.number(step.upstream)}: " in told or step.kind != "backward"
        assert (f"path {step.path} of {step.paths}" in told) == (step.paths > 1)
        assert "test_page.py" in told
    assert "the endx.grad = 0.8889" in read.text[f"s{len(steps)}"]
    assert {f"s{number}" for number in range(len(steps) + 1)} <= {*read.text}


@pytest.mark.parametrize("seed", range(6))
def test_the_drawing_has_each_node_and_each_edge_by_its_name(seed: int) -> None:
    root = random_graph(Random(seed), size=12)
    steps = walk(root)
    svg = re.search(r"<svg role.*?</svg>", played(steps).html, flags=re.DOTALL)
    assert svg
    groups = dict(re.findall(r'<g id="(\w+)" class="(?:node|edge)">\n<title>(.*?)</title>', svg[0]))
    assert {edge(step) for step in steps if step.argument is not None} <= {*groups}
    wording = page_words(steps.trace)
    for index, node in enumerate(nodes(root)):
        if node.requires_grad:
            assert groups[f"n{index}"].split(" = ")[0] == steps.trace.named[node]
    for step in steps:
        if step.argument is not None:
            assert groups[edge(step)] == wording.slope(step.node, step.target)


def test_the_page_is_made_of_the_numbers_of_the_recording() -> None:
    a = Value(2.0, "a")
    b = a * 3.0
    b.label = "b"
    a.grad = 5.0
    assert [node["grad"] for node in facts(played(walk(b)))["nodes"]] == ["0.0", None, "0.0"]
    steps = walk(b, accumulate=True)
    a.data = a.grad = 77.0
    data = facts(played(steps))
    assert [node["data"] for node in data["nodes"]] == ["2.0", "3.0", "6.0"]
    assert [node["grad"] for node in data["nodes"]] == ["5.0", None, "0.0"]
    assert [(step["before"], step["after"]) for step in data["steps"]] == [
        ("0.0", "6.0"),
        ("0.0", "1.0"),
        ("5.0", "8.0"),
    ]
    assert (a.data, a.grad, b.grad, steps.at) == (77.0, 77.0, 0.0, 0)
    assert "db/da = 3.0" in words(played(steps).html).splitlines()
    assert "d(a b)/da = 2.0" in words(played(walk(labeled("a b", a * 2.0))).html).splitlines()
    drawing = words(played(steps).html)
    assert "77" not in drawing
    assert "grad 8.0" in drawing


def test_the_table_has_leaves_first_and_all_that_has_a_gradient() -> None:
    root, fixed = neuron(), constant(3.0)
    steps = walk(root * fixed + root.detach() * 2.0)
    parts = {
        part: re.findall(r'<tr id="r(\d+)"><th scope="row">(.*?)</th><td class="math">(.*?)</td>', rows)
        for part, rows in re.findall(r'<tbody id="(\w+)">(.*?)</tbody>', played(steps).body, re.DOTALL)
    }
    held = [(index, node) for index, node in enumerate(steps.trace.nodes) if node.requires_grad]
    for part, chosen in (
        ("leaves", [index for index, node in held if not node.op]),
        ("operations", [index for index, node in held if node.op]),
    ):
        assert [int(index) for index, _, _ in parts[part]] == chosen
        assert len(chosen) > 2
    assert {made for _, _, made in parts["leaves"]} == {"leaf"}
    assert "leaf" not in {made for _, _, made in parts["operations"]}


def test_a_walk_that_stops_says_so() -> None:
    x = Value(0.0, "x")
    steps = walk(x.sqrt() * 2.0)
    read = Reader(played(steps).html)
    assert "stopped" in read.text[f"s{len(steps)}"]
    assert "has no finite value" in read.text[f"s{len(steps)}"]
    assert "the end" not in read.text[f"s{len(steps)}"]


@pytest.mark.parametrize("root", [Value(3.0, "alone"), engine.constant(3.0) * 2.0, Value(3.0) * 0.0])
def test_the_smallest_graphs_have_a_page(root: Value) -> None:
    steps = walk(root)
    assert len(facts(played(steps))["steps"]) == len(steps)
    assert len(facts(worksheet(steps))["blanks"]) >= len(steps)


def chain(steps: int) -> Value:
    """A graph whose walk takes so many steps, an odd number."""
    node = Value(0.5, "x")
    for _ in range(steps // 2):
        node = node.sin()
    return node


def test_a_page_draws_a_thousand_steps_whole_and_computes_up_to_a_hundred_thousand(tmp_path: Path) -> None:
    whole = played(walk(chain(999)))
    assert facts(whole)["steps"][-1]["announcement"].startswith("backward 500/500")
    text = walk(chain(1001)).save(tmp_path / "long.html").read_text("utf-8")
    assert '<article id="step"' in text
    assert len(text) < len(whole.save(tmp_path / "whole.html").read_text("utf-8")) / 10
    with pytest.raises(WalkError, match="has 1,001 steps, and a worksheet holds up to 1,000: walk a smaller"):
        walk(chain(1001)).save(tmp_path / "paper.html", worksheet=True)
    with pytest.raises(WalkError, match="has 100,001 steps, and a page holds up to 100,000: walk a smaller"):
        walk(chain(100_001)).save(tmp_path / "longer.html")


def test_a_walk_is_saved_with_its_numbers_unless_a_worksheet_is_asked_for(tmp_path: Path) -> None:
    pages = [
        walk(chain(5)).save(tmp_path / "walk.html", **made).read_text("utf-8") for made in ({}, {"worksheet": True})
    ]
    assert ['<section id="answers">' in text for text in pages] == [False, True]


def test_a_tangle_is_drawn_folded_and_has_no_worksheet(tmp_path: Path) -> None:
    weight = node = Value(0.5, "w")
    for _ in range(120):
        node = (node * weight + weight).tanh()
    assert '<article id="step"' in walk(node).save(tmp_path / "walk.html").read_text("utf-8")
    with pytest.raises(WalkError, match="cross too many nodes for a page: walk a smaller graph"):
        walk(node).save(tmp_path / "paper.html", worksheet=True)


def test_two_hundred_steps_take_less_than_two_megabytes(tmp_path: Path) -> None:
    steps = walk(random_graph(Random(3), size=18))
    assert 200 <= len(steps) < 300
    sizes = [steps.save(tmp_path / "walk.html", worksheet=paper).stat().st_size for paper in (False, True)]
    print(f"{len(steps)} steps: page and worksheet of {sizes} bytes")
    assert max(sizes) < 2_000_000


# The worksheet


def test_a_worksheet_tells_no_answer_before_the_answers() -> None:
    a, b = Value(2.5, "a"), Value(-3.25, "b")
    root = (a * b + a).tanh() * b
    steps = walk(root)
    before, _, after = worksheet(steps).html.partition('<section id="answers">')
    wording = page_words(steps.trace)
    given = {wording.number(a.data), wording.number(b.data)}
    answers = {wording.number(blank.number) for step in steps for blank in blanks(step, wording)}
    assert {"−8.125", "−5.625"} <= answers
    texts = re.findall(r">([^<]*)<", before.partition("<main>")[2].replace("&#45;", "-"))
    shown = {text for said in texts for text in re.findall(r"(?<![\w.])[-−]?\d+\.\d+", said)}
    assert shown == given
    for number in answers:
        assert number in after
    assert before.count('class="blank"') == len(facts(worksheet(steps))["blanks"])


def sheets(html: str) -> tuple[list[str], list[str]]:
    """The sheets of a file of worksheets, and the answers to each."""
    tasks, _, solved = html.partition('<section id="answers">')
    until = r'(?=<section class="sheet"|<p class="screen">\n<button)'
    found = re.findall(rf'<section class="sheet".*?{until}', tasks, re.DOTALL)
    return found, re.findall(r"<ol>.*?</ol>", solved, re.DOTALL)


def test_each_copy_of_a_worksheet_has_other_numbers_and_its_own_answers(tmp_path: Path) -> None:
    a, b = Value(2.5, "a"), Value(0.25, "b")
    root = (a * b + b).log() * a
    root.label = "L"
    steps = walk(root)
    html = steps.save(tmp_path / "sheets.html", worksheet=True, copies=25).read_text("utf-8")
    tasks, solved = sheets(html)
    assert len(tasks) == len(solved) == 25
    given = [re.search(r"a = ([\d.-]+), b = ([\d.-]+)", task.replace("−", "-")) for task in tasks]
    numbers = [tuple(map(float, each.groups())) for each in given if each]
    assert len({*numbers}) == 25
    assert numbers[0] == (2.5, 0.25)
    assert all("log(a * b + b) * a" in task for task in tasks)
    for (first, second), task, answer in zip(numbers, tasks, solved):
        x, y = Value(first, "a"), Value(second, "b")
        other = (x * y + y).log() * x
        other.backward()
        for node in x, y:
            assert f"{node.label}.grad = {true_minus(format_number(node.grad))}" in unescape(answer)
        texts = re.findall(r">([^<]*)<", unescape(task).replace("−", "-"))
        shown = {float(text) for said in texts for text in re.findall(r"(?<![\w.])-?\d+\.\d+", said)}
        assert shown == {first, second}  # no answer
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len({*ids})
    assert len(facts(worksheet(steps, 25))["blanks"]) == html.count('class="blank"')
    assert (a.data, a.grad, root.grad, steps.at) == (2.5, 0.0, 0.0, 0)


def test_the_copies_are_the_same_for_the_same_seed() -> None:
    steps = walk(neuron())
    first, same, other = (worksheet(steps, 3, seed).html for seed in (1, 1, 2))
    assert first == same != other


@pytest.mark.parametrize("number", [-3.0, 0.25, 0.0, 87654.321, 1e-9, -1e300, 0.1234567, -0.0])
def test_a_drawn_number_is_about_as_large(number: float) -> None:
    rng = Random(0)
    drawn = [drawn_number(number, rng) for _ in range(200)]
    assert len({*drawn}) > 5
    assert number == 0.0 or all(0 < each / number < 20 for each in drawn)
    assert max(len(format_number(abs(each), 6)) for each in drawn) <= len(format_number(abs(number), 6)) + 7


def test_copies_that_are_not_possible_are_refused(tmp_path: Path) -> None:
    steps, path = walk(neuron()), tmp_path / "sheets.html"
    for copies in 0, -1, 101, 2.5, "3", True, None:
        with pytest.raises(engine.ArgumentError, match="copies is a whole number from 1 to 100"):
            steps.save(path, worksheet=True, copies=copies)
    with pytest.raises(engine.ArgumentError, match="worksheet=True, copies=2"):
        steps.save(path, copies=2)
    with pytest.raises(engine.ArgumentError, match="seed is a whole number of 0 or more"):
        steps.save(path, worksheet=True, copies=2, seed=-1)
    with pytest.raises(WalkError, match="No numbers were found for copy 2 of 2"):
        walk(engine.constant(3.0) * 2.0).save(path, worksheet=True, copies=2)
    with pytest.raises(WalkError, match="save fewer copies"):
        walk(chain(501)).save(path, worksheet=True, copies=30)
    assert not path.exists()


def test_the_graph_of_a_worksheet_fits_on_paper() -> None:
    node = Value(0.5, "x")
    for _ in range(8):
        node = node.sin()
    widths = [
        int(re.findall(r'<svg role="img" width="(\d+)pt"', make(walk(node)).html)[0]) for make in (worksheet, played)
    ]
    assert widths[0] < 510 < widths[1]  # downward, because that is larger on paper


# In a notebook

ALLOWED = {"dd", "details", "dl", "img", "p", "pre", "summary"}  # what JupyterLab leaves of an untrusted output


def test_a_notebook_shows_a_walk_with_plain_tags_alone() -> None:
    steps = walk(neuron())
    read = Reader(steps._repr_html_())
    assert set(read.tags) <= ALLOWED
    assert read.tags.count("details") == len(steps) + 2
    assert {name for _, name, _ in read.attributes} == {"open", "src", "alt", "style"}
    (picture,) = [value for _, name, value in read.attributes if name == "src"]
    assert picture.startswith("data:image/svg+xml;base64,")


def test_a_notebook_unfolds_the_step_of_the_cursor() -> None:
    steps = walk(neuron())
    for number in range(1, len(steps) + 1):
        steps.goto(number)
        opened = re.findall(r"<details open><summary>► (\w+ \d+/\d+)", steps._repr_html_())
        assert opened == [place(steps[number - 1])]


@pytest.mark.parametrize("label", HOSTILE)
def test_a_notebook_shows_labels_as_text(label: str) -> None:
    shown = [walk(hostile([name, "b", name, "d"]))._repr_html_() for name in (label, "a")]
    assert Reader(shown[0]).tags == Reader(shown[1]).tags


def test_a_notebook_tells_a_long_walk_by_where_it_is() -> None:
    steps = walk(chain(1001))
    steps.goto(3)
    assert re.fullmatch(r"<pre>forward 3/500.*</pre><p>These are 1,001 steps: .*</p>", steps._repr_html_(), re.DOTALL)


def test_a_notebook_does_without_a_picture_where_none_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["engine.draw.render"], "programs", list)
    assert "<img" in walk(neuron())._repr_html_()  # a small graph is laid out plainly
    root = Value(1.0, "x")
    for number in range(45):
        root = root * Value(float(number), f"a{number}") + Value(1.0, f"b{number}")
    html = walk(root)._repr_html_()
    assert "<img" not in html
    assert html.count("<details") == len(walk(root)) + 2


# Colors

PAPERS = ["paper", "soft", "forward-soft", "backward-soft"]
INKS = ["ink", "quiet", "forward", "backward", "right"]


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_ink_can_be_read_on_every_paper(theme: str) -> None:
    css = Path(engine.__file__).with_name("page").joinpath("page.css").read_text(encoding="utf-8")
    light, dark = re.findall(r"color-scheme: (?:light|dark);(.*?)\n  ?(?:font|\})", css, flags=re.DOTALL)
    colors = dict(re.findall(r"--([\w-]+): (#\w{6})", {"light": light, "dark": dark}[theme]))
    contrasts = {}
    for ink in INKS:
        for paper in PAPERS:
            low, high = sorted(luminance(colors[name]) for name in (ink, paper))
            contrasts[ink, paper] = (high + 0.05) / (low + 0.05)
    assert min(contrasts.values()) >= 4.5, contrasts
    if theme == "light":
        assert (colors["forward"], colors["backward"]) == ("#0b5fa5", "#b34700")


def test_each_color_of_a_drawing_has_one_on_the_page() -> None:
    css = Path(engine.__file__).with_name("page").joinpath("page.css").read_text(encoding="utf-8")
    root = neuron()
    svg = draw(root, highlight=root, local=True).svg + draw(root, focus=root, depth=1).svg
    for what, color in set(re.findall(r'(fill|stroke)="(#\w{6}|white)"', svg)):
        assert f'.drawing [{what}="{color}"]' in css

"""The walk as a page in a browser: keys and buttons, links, paper, dark, large type, and those who cannot see it."""

from __future__ import annotations

import re
from math import inf
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from browser import until, violations
from test_page import HOSTILE, hostile
from test_walk import classic, neuron, random_graph

from engine import Page, Value, walk
from engine.errors import NumberError
from engine.printer import format_number, true_minus

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Window

    from engine.walk.cursor import Walk


def reused() -> Value:
    """Twice the same argument, a node used twice, and a leaf with an earlier gradient, which a walk leaves aside."""
    a = Value(-1.5, "a")
    a.grad = 0.25
    b = a * a
    b.label = "b"
    c = b * a + 2.0
    c.label = "c"
    return c


@pytest.fixture
def steps() -> Walk:
    return walk(reused())


@pytest.fixture
def path(steps: Walk, tmp_path: Path) -> Path:
    return steps.save(tmp_path / "walk.html")


def at(page: Any) -> int:
    """The step that the page shows: in the article, in the scrubber, in words and in the address alike."""
    shown = page.evaluate("[...document.querySelectorAll('article')].filter(a => a.offsetParent).map(a => a.id)")
    step = int(re.fullmatch(r"(\d+) of \d+", page.inner_text("#place"))[1])
    assert shown == [f"s{step}"]
    assert page.input_value("#scrubber") == str(step)
    assert page.url.partition("#")[2].split("&")[0] == f"step={step}"
    return step


def press(page: Any, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return at(page)


# Moving


def test_every_key(window: Window, path: Path, steps: Walk) -> None:
    page, last = window.open(path), len(steps)
    assert at(page) == 0
    assert press(page, "ArrowRight", "ArrowRight") == 2
    assert press(page, "ArrowLeft") == 1
    assert press(page, "End") == last
    assert press(page, "ArrowRight") == last
    assert press(page, "Home") == 0
    assert press(page, "ArrowLeft") == 0
    steps.goto("start")
    while steps.at < last:  # Shift+→ is next(by="node")
        steps.next(by="node")
        assert press(page, "Shift+ArrowRight") == steps.at
    assert press(page, "Shift+ArrowRight") == last
    while steps.at:
        steps.back(by="node")
        assert press(page, "Shift+ArrowLeft") == steps.at
    page.keyboard.press("p")
    assert page.is_visible("#guess")
    page.keyboard.press("Escape")
    assert not page.is_visible("#guess")
    page.keyboard.press("?")
    assert page.evaluate("document.getElementById('keys').open")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert not page.is_visible("#keys")
    assert at(page) == 0


def test_every_button(window: Window, path: Path, steps: Walk) -> None:
    page, last = window.open(path), len(steps)
    for name, where in zip(["next", "next", "back", "last", "next", "first", "back"], (1, 2, 1, last, last, 0, 0)):
        page.click(f"#{name}", force=True)  # at an end it can still be pressed: it keeps the focus, and does nothing
        assert at(page) == where
        ends = {"first": where == 0, "back": where == 0, "next": where == last, "last": where == last}
        for button, end in ends.items():
            assert page.get_attribute(f"#{button}", "aria-disabled") == str(end).lower()
    for button, pressed in ("dark", "theme"), ("projector", "projector"):
        before = page.evaluate(f"document.documentElement.dataset.{pressed}")
        page.click(f"#{button}")
        assert page.get_attribute(f"#{button}", "aria-pressed") == "true"
        assert page.evaluate(f"document.documentElement.dataset.{pressed}") != before
        page.click(f"#{button}")
        assert page.get_attribute(f"#{button}", "aria-pressed") == "false"
    page.evaluate("window.print = () => { window.printed = true; }")
    page.click("#print")
    assert page.evaluate("window.printed")
    page.click("#help")
    assert page.is_visible("#keys")
    page.click("#keys button")
    assert not page.is_visible("#keys")
    page.click("#predict")
    page.click("#reveal")
    assert at(page) == 1


def test_the_scrubber(window: Window, path: Path) -> None:
    page = window.open(path)
    page.fill("#scrubber", "5")
    assert at(page) == 5
    assert page.get_attribute("#scrubber", "aria-valuetext") == page.inner_text("#place").join(["step ", ""])
    page.focus("#scrubber")
    assert press(page, "ArrowRight") == 6
    assert press(page, "Home") == 0


def test_keys_with_a_modifier_and_keys_in_a_field_are_left_alone(window: Window, path: Path) -> None:
    page = window.open(path, "#step=3")
    for key in "Alt+ArrowRight", "Control+ArrowRight", "Meta+End", "Control+a", "Control+p":
        kept = page.evaluate(
            "([key, mod]) => document.body.dispatchEvent(new KeyboardEvent('keydown',"
            "{key, [mod]: true, bubbles: true, cancelable: true}))",
            [key.split("+")[1], {"Alt": "altKey", "Control": "ctrlKey", "Meta": "metaKey"}[key.split("+")[0]]],
        )
        assert kept, f"{key} was taken from the browser"
        assert at(page) == 3
    page.keyboard.press("p")
    for key in "a?pA":
        page.keyboard.press(key)
    page.keyboard.press("Home")
    assert page.input_value("#answer") == "a?pA"
    assert page.inner_text("#place").startswith("3 of")
    assert page.get_attribute("#autoplay", "aria-pressed") == "false"
    assert not page.is_visible("#keys")


def test_autoplay_is_off_until_asked_for_and_stops(window: Window, path: Path, steps: Walk) -> None:
    page, last = window.open(path), len(steps)
    page.clock.install()
    page.clock.run_for(60_000)
    assert at(page) == 0
    page.keyboard.press("a")
    assert page.get_attribute("#autoplay", "aria-pressed") == "true"
    page.clock.run_for(6_100)
    assert at(page) == 3
    assert press(page, "ArrowLeft") == 2  # whoever takes over has it
    page.clock.run_for(60_000)
    assert at(page) == 2
    page.click("#autoplay")
    page.clock.run_for(2_100 * last)
    assert at(page) == last
    assert page.get_attribute("#autoplay", "aria-pressed") == "false"
    page.keyboard.press("a")  # at the end it begins again
    assert at(page) == 0
    page.clock.run_for(2_100)
    assert at(page) == 1


def test_a_link_leads_to_a_step(window: Window, path: Path, steps: Walk) -> None:
    last = len(steps)
    places = {"#step=4": 4, "#step=999": last, "#step=-3": 0, "#step=<b>": 0, "#projector&step=2": 2, "?projector": 0}
    for place, step in places.items():
        page = window.open(path, place)
        assert page.input_value("#scrubber") == str(step)
        assert page.evaluate("document.documentElement.hasAttribute('data-projector')") == ("projector" in place)


def test_the_address_follows_and_leads(window: Window, path: Path) -> None:
    page = window.open(path)
    visited = page.evaluate("history.length")
    page.click("#projector")
    assert press(page, "ArrowRight", "ArrowRight") == 2
    assert page.url.endswith("#step=2&projector")
    assert page.evaluate("history.length") == visited  # one step back leaves the page
    page.evaluate("location.hash = 'step=5'")
    until(page, "$('place').textContent.startsWith('5 ')")
    page.go_back()
    until(page, "$('place').textContent.startsWith('2 ')")
    page.evaluate("location.hash = 'step=4&projector'")
    page.reload()
    assert page.inner_text("#place").startswith("4 of")


# What a step shows


# What the page shows at each of these frames.
TOUR = """([frames, edges]) => frames.map(frame => {
    $("scrubber").value = frame;
    $("scrubber").dispatchEvent(new Event("input"));
    const cells = row => [...row.cells].map(cell => cell.textContent);
    const texts = from => [...from.querySelectorAll("text")].map(each => each.textContent);
    return {
        table: [...document.querySelectorAll("tr[id]")].map(row => [row.id, ...cells(row)]),
        drawn: [...document.querySelectorAll("g.node")].map(group => [
            group.id, texts(group).filter(text => /^(data|grad) /.test(text)),
        ]),
        current: [...document.querySelectorAll("tr[aria-current]")].map(row => row.cells[0].textContent),
        edges: edges.map(id => {
            const style = getComputedStyle(document.querySelector(`#${id} path`));
            const label = getComputedStyle(document.querySelector(`#${id} text`)).visibility;
            return [style.stroke, parseFloat(style.strokeWidth) > 2, style.markerStart !== "none", label];
        }),
    };
})"""


def numbers(seen: dict[str, Any]) -> dict[str, list[str]]:
    """The data and the gradient of each node, in the table; the drawing must tell the same."""
    drawn = dict(seen["drawn"])
    for row, _, _, data, grad in seen["table"]:
        assert drawn["n" + row[1:]] == [f"data {data}", f"grad {grad}"]
    return {name: [data, grad] for _, name, _, data, grad in seen["table"]}


@pytest.mark.parametrize("root", [reused(), random_graph(Random(1), size=3)], ids=["reused", "any"])
@pytest.mark.parametrize("accumulate", [False, True])
def test_the_numbers_are_those_of_the_live_walk(
    window: Window, tmp_path: Path, root: Value, accumulate: bool
) -> None:
    steps = walk(root, accumulate=accumulate)
    page = window.open(steps.save(tmp_path / "walk.html"))
    frames = [*range(len(steps) + 1), *Random(0).choices(range(len(steps) + 1), k=12), 0]
    for number, seen in zip(frames, page.evaluate(TOUR, [frames, []])):
        steps.goto(number)
        computed = {step.node for step in steps[:number] if step.kind == "forward"}
        live = number or accumulate  # at the start, nodes hold what they held before, and the page opens clean
        assert numbers(seen) == {
            steps.trace.named[node]: [
                true_minus(format_number(node.data)) if node in computed or not node.op else "?",
                true_minus(format_number(node.grad)) if live else "0.0",
            ]
            for node in steps.trace.nodes
            if node.requires_grad
        }
        assert seen["current"] == [steps.trace.named[step.target] for step in steps[number - 1 : number] if number]


def test_the_edge_of_the_step_stands_out_and_points_the_way_of_the_gradient(
    window: Window, path: Path, steps: Walk
) -> None:
    page, frames = window.open(path), [*range(len(steps) + 1)]
    edges = [f"n{steps.trace.at[step.node]}_{step.argument}" for step in steps if step.argument is not None]
    for number, seen in zip(frames, page.evaluate(TOUR, [frames, edges])):
        for place, look in enumerate(seen["edges"], len(steps) - len(edges) + 1):
            color = "rgb(11, 95, 165)" if place > number else "rgb(179, 71, 0)"
            assert look == [color, place == number, place <= number, "visible" if place <= number else "hidden"]


def test_those_who_listen_hear_each_step(window: Window, path: Path) -> None:
    page = window.open(path, "#step=3")
    role = page.evaluate("document.getElementById('announcement').getAttribute('role')")
    assert role == "status"
    until(page, "$('announcement').textContent.startsWith('forward 3/3: c is')")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    until(page, "$('announcement').textContent === 'backward 2/6: v1.grad goes from 0.0 to 1.0, by the edge to c.'")


def test_labels_are_text_in_the_page(window: Window, tmp_path: Path) -> None:
    for start, paper in (0, False), (2, True):
        labels = HOSTILE[start : start + 4]
        page = window.open(walk(hostile(labels)).save(tmp_path / "walk.html", worksheet=paper), "#step=3")
        assert page.evaluate("document.querySelectorAll('main img, main script, main b *').length") == 0
        assert page.evaluate("document.querySelectorAll('script').length") == 3
        assert labels[2][:20] in page.text_content("main")


# Predictions

GUESSES = [
    "6",
    "-0.5",
    "1/3",
    "−2.25",
    "2e0",
    ".5",
    "1.",
    "0",
    "-4.5",
    "3.375",
    "2.25",
    "-1.5",
    "0.25",
    "1.0",
    "6.75",
    " - 4 . 5 ",
    "–2.25",
    "1e999",
    "-inf",
    "Infinity",
    "007/0003",
]


def large() -> Value:
    """Numbers that a step shows with more digits, and one that it shows with an exponent."""
    a = Value(1234.5678, "a")
    return a * 87.654321 + a * 1e-9


def infinite() -> Value:
    return Value(inf, "a") * Value(2.0, "b")


@pytest.mark.parametrize(
    "root",
    [reused(), neuron(), classic()[-1], large(), infinite()],
    ids=["reused", "neuron", "L", "large", "infinite"],
)
def test_predictions_are_judged_as_everywhere(window: Window, tmp_path: Path, root: Value) -> None:
    steps = walk(root)
    page = window.open(steps.save(tmp_path / "walk.html"))
    seen = set()
    for number, step in enumerate(steps):
        steps.goto(number)
        near = [repr(step.after * factor) for factor in (1, 1.004, 1.006, -1, 0.5)]
        factors = [repr(value) for value in (step.upstream, step.local, step.upstream + step.local, step.before)]
        guesses = [*GUESSES, *near, *factors, *(f"{step.after:.{digits}g}" for digits in (3, 4, 7))]
        found = page.evaluate(f"guesses => guesses.map(guess => judge(guess, data.steps[{number}]))", guesses)
        for guess, verdict in zip(guesses, found):
            right, message = steps.predict(guess)
            assert (verdict["right"], verdict["message"].replace("−", "-")) == (right, message.replace("−", "-"))
            seen.add(message.partition(": ")[2])
    assert len(seen) > 3


def test_what_is_no_number_is_told(window: Window, path: Path, steps: Walk) -> None:
    typed = ["", "six", "1/0", "0x10", "1,5", "nan", "infinite", "1_000", "--1", "1/2/3", "e5", ".", "١"]
    verdicts = window.open(path).evaluate("all => all.map(one => judge(one, data.steps[0]))", typed)
    for said, verdict in zip(typed, verdicts):
        remedy = "write a point for its comma, as in 1.5." if said == "1,5" else "type one such as 6, -0.5 or 1/3."
        assert verdict == {"right": False, "message": f"“{said}” is not a number: {remedy}"}
        with pytest.raises(NumberError, match=f"is not a number: {remedy}"):
            steps.predict(said)


def test_a_prediction_from_the_question_to_the_step(window: Window, path: Path, steps: Walk) -> None:
    page = window.open(path, "#step=5")
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.id") == "answer"
    assert page.inner_text("#asked") == "b.grad is 0.0 now. What will it be after this step?"
    assert not page.is_visible("#s5")
    assert page.inner_text("#known").split("\n")[0] == "node"
    assert page.inner_text("tr[aria-current]").split()[-1] == "0.0"
    page.keyboard.type("2.25")
    page.keyboard.press("Enter")
    assert page.inner_text("#verdict").startswith("Not 2.25: ")
    assert page.is_visible("#guess")
    page.keyboard.type("-1.5")  # what was typed is selected, so this replaces it
    page.keyboard.press("Enter")
    assert page.inner_text("#verdict") == "Right: b.grad is −1.5."
    assert at(page) == 6
    assert page.evaluate("document.activeElement.id") == "predict"
    assert press(page, "ArrowRight") == 7
    assert page.inner_text("#verdict") == ""
    page.keyboard.press("p")
    page.keyboard.press("Enter")  # nothing typed: show it
    assert at(page) == 8
    page.keyboard.press("p")
    page.keyboard.press("Escape")
    assert at(page) == 8
    page.keyboard.press("p")
    page.click("#next")
    assert at(page) == 9
    assert not page.is_visible("#guess")
    press(page, "End", "p")
    assert page.inner_text("#verdict") == "That was the last step: there is nothing left to predict."


# Paper


def test_paper_has_all_steps_and_the_numbers_of_the_end(window: Window, path: Path, steps: Walk) -> None:
    page = window.open(path, "#step=2", color_scheme="dark")
    page.evaluate(
        "addEventListener('beforeprint', () => { window.kept = document.querySelector('table').innerText; })"
    )
    assert page.pdf(format="A4").startswith(b"%PDF")
    kept = page.evaluate("window.kept")
    steps.run()
    for node in steps.trace.nodes:
        if node.requires_grad:
            numbers = (true_minus(format_number(number)) for number in (node.data, node.grad))
            assert re.search("\t".join([steps.trace.named[node], ".*", *numbers]), kept)
    assert at(page) == 2
    assert page.inner_text("#operations tr:last-child").split("\t")[2:] == ["?", "0.0"]
    page.emulate_media(media="print")
    shown = page.evaluate("[...document.querySelectorAll('article')].filter(a => a.offsetParent).length")
    assert shown == len(steps) + 1
    for hidden in "#player", ".tools", "#guess":
        assert not page.is_visible(hidden)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(31, 41, 51)"


def test_a_worksheet_on_the_screen_and_on_paper(window: Window, steps: Walk, tmp_path: Path) -> None:
    page = window.open(steps.save(tmp_path / "sheet.html", worksheet=True))
    assert not page.is_visible("#player")
    assert not page.is_visible("#answers")
    blanks = page.query_selector_all(".blank")
    wrong, right = blanks[0], blanks[-1]
    wrong.fill("-2.25")
    wrong.press("Tab")
    said = "(e) => e.parentElement.querySelector('.feedback').textContent"
    assert wrong.evaluate(said) == "Not -2.25: the size is right, the sign is not."
    assert page.inner_text("#announcement") == "Not -2.25: the size is right, the sign is not."
    assert wrong.get_attribute("aria-invalid") is not None
    assert page.evaluate("document.activeElement.classList.contains('blank')")
    right.fill(repr(steps.trace.grads[0]))
    right.press("Enter")
    assert right.evaluate(said).startswith("Right: a.grad is 6.75")
    page.click("#show-answers")
    assert page.is_visible("#answers")
    page.click("#show-answers")
    page.emulate_media(media="print")
    assert page.is_visible("#answers")
    assert page.evaluate("getComputedStyle(document.getElementById('answers')).breakBefore") == "page"
    assert not page.is_visible("#show-answers")
    assert page.query_selector_all("#answers li").__len__() == len(steps)


def test_a_browser_without_scripts_shows_all_steps(window: Window, path: Path, steps: Walk) -> None:
    page = window.open(path, java_script_enabled=False)
    assert all(page.is_visible(f"#s{number}") for number in range(len(steps) + 1))
    assert not page.is_visible("#player")
    assert page.locator("tbody tr").first.inner_text().split() == ["a", "leaf", "−1.5", "6.75"]


# Eyes, hands and projectors


def test_dark_follows_the_system_and_the_button(window: Window, path: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    page = window.open(path, color_scheme="dark")
    assert page.evaluate(ground) == "rgb(17, 22, 28)"
    page.click("#dark")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.click("#dark")
    page.emulate_media(color_scheme="light")
    until(page, f"{ground} === 'rgb(255, 255, 255)'")
    page.emulate_media(color_scheme="dark")
    until(page, f"{ground} === 'rgb(17, 22, 28)'")


@pytest.mark.parametrize("kind", ["walk", "projector", "worksheet", "labels"])
def test_nothing_is_lost_where_there_is_little_room(window: Window, tmp_path: Path, kind: str) -> None:
    root = hostile([f"{letter * 60} {letter * 30}" for letter in "abcd"]) if kind == "labels" else reused()
    path = walk(root).save(tmp_path / "walk.html", worksheet=kind == "worksheet")
    page = window.open(path, "#step=5" + "&projector" * (kind == "projector"), device_scale_factor=2)
    for width, height in (640, 400), (320, 640):  # a laptop at 200 %, and a small telephone
        page.set_viewport_size({"width": width, "height": height})
        wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= room
        lost = page.evaluate("""[...document.querySelectorAll("button, input, h1, h2, dd, p")].filter(each => {
            const box = each.getBoundingClientRect();
            return box.width && !each.closest("dialog, .unseen") && (box.left < 0 || box.right > innerWidth + 1);
        }).map(each => each.outerHTML)""")
        assert not lost
        if kind == "walk":
            page.keyboard.press("?")
            box = page.locator("#keys").bounding_box()
            assert (box["x"] >= 0, box["x"] + box["width"] <= width, box["height"] <= height) == (True, True, True)
            page.keyboard.press("Escape")


LETTERS = """() => {
    const texts = [...document.querySelectorAll("header *, main *, #player *")].filter(each =>
        [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
    const seen = each => each.checkVisibility({visibilityProperty: true}) && !each.closest(".unseen, title, desc");
    return texts.filter(seen).map(each => {
        const drawn = each.closest("svg"), size = parseFloat(getComputedStyle(each).fontSize);
        return [drawn ? size * each.getScreenCTM().a : size, each.outerHTML];
    });
}"""


def test_projector_mode_enlarges_all_type(window: Window, path: Path) -> None:
    for width, height in (1024, 768), (1280, 800), (1920, 1080):
        page = window.open(path, "#step=3", width=width, height=height)
        assert min(page.evaluate(LETTERS))[0] >= 9
        for keys in [], ["n"], ["w"], ["End"], ["p"]:
            for key in keys:
                page.keyboard.press(key)
            if not page.evaluate("document.documentElement.hasAttribute('data-projector')"):
                page.click("#projector")
            page.evaluate(
                "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )  # has settled
            size, where = min(page.evaluate(LETTERS))
            assert size >= 23.99, (width, keys, where)


def test_all_can_be_reached_by_the_keyboard_and_is_seen_to_be(window: Window, path: Path) -> None:
    page = window.open(path)
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name, outline, style = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.id, parseFloat(s.outlineWidth), s.outlineStyle]; })()"
        )
        if not name:
            break
        assert outline >= 2, name
        assert style == "solid", name
        reached.append(name)
    tools = ["dark", "projector", "print", "help"]
    player = ["first", "back", "next", "last", "scrubber", "predict", "autoplay", "show-why"]
    assert reached == [*tools, "numbers", "slider0", "field0", "steps", *player]
    page.focus("#next")
    page.keyboard.press("Enter")
    page.keyboard.press(" ")
    assert at(page) == 2
    assert page.evaluate("document.activeElement.id") == "next"


def test_nothing_moves_for_those_who_wish_so(window: Window, path: Path) -> None:
    look = """[...document.querySelectorAll("*")].filter(each => {
        const style = getComputedStyle(each);
        const moves = parseFloat(style.transitionDuration) || style.animationName !== "none";
        return moves || style.scrollBehavior === "smooth";
    }).length"""
    assert window.open(path, reduced_motion="reduce").evaluate(look) == 0
    assert window.open(path, reduced_motion="no-preference").evaluate(look) > 0  # so the look sees what moves


def test_what_others_would_be_asked_for_is_refused(window: Window, tmp_path: Path) -> None:
    body = (
        "<img src='http://127.0.0.1:9/a.png'><script>document.title = 'ran'</script><p onclick='x()' style='top:0'>"
    )
    page = window.open(Page("T", body, {}, "").save(tmp_path / "t.html"))
    assert page.title() == "T"
    assert len([error for error in window.errors if "Content Security Policy" in error]) >= 3
    window.errors.clear()
    window.requests[:] = [url for url in window.requests if "127.0.0.1" not in url]


@pytest.mark.parametrize("mode", ["light", "dark", "projector", "asking", "help", "worksheet", "narrow"])
def test_axe_finds_nothing_to_complain_about(window: Window, steps: Walk, tmp_path: Path, mode: str) -> None:
    path = steps.save(tmp_path / "walk.html", worksheet=mode == "worksheet")
    wishes: dict[str, Any] = {"color_scheme": "dark"} if mode in ("dark", "asking") else {}
    wishes |= {"width": 360} if mode == "narrow" else {}
    page = window.open(path, "#step=6" + "&projector" * (mode == "projector"), reduced_motion="reduce", **wishes)
    if mode == "asking":
        page.keyboard.press("p")
        page.keyboard.type("3")
        page.keyboard.press("Enter")
    elif mode == "help":
        page.keyboard.press("?")
    elif mode == "worksheet":
        page.click("#show-answers")
        page.fill(".blank", "3")
    assert violations(page) == []


def test_axe_sees_what_is_wrong(window: Window, tmp_path: Path) -> None:
    body = "<p class='pale'>pale</p><button></button>"
    page = window.open(Page("T", body, {}, "", ".pale { color: #ccc }").save(tmp_path / "t.html"))
    found = " ".join(violations(page))
    assert "color-contrast" in found
    assert "button-name" in found


@pytest.mark.slow
def test_two_hundred_steps_stay_smooth(window: Window, tmp_path: Path) -> None:
    whole = walk(random_graph(Random(3), size=18))
    page, steps = window.open(whole.save(tmp_path / "walk.html")), len(whole)
    assert steps > 200
    times = page.evaluate("""(() => {
        const times = [];
        for (let step = 0; step < data.steps.length; step++) {
            const start = performance.now();
            document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}));
            document.body.getBoundingClientRect();
            times.push(performance.now() - start);
        }
        return times;
    })()""")
    assert len(times) == steps
    assert at(page) == steps
    middle = sorted(times)[steps // 2]
    print(f"{steps} steps: {middle:.1f} ms each, {max(times):.1f} ms at most")
    assert middle < 50

"""A drawing as a page: every folded box opens, nothing is lost or moved on the way, with and without a script."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from browser import until, violations
from test_page import HOSTILE, Reader
from zoo import SLOW, ZOO

from engine import GradwalkError, Value, draw
from engine.draw import page as page_module
from engine.draw.fold import Outside, is_number
from engine.draw.frames import MOST_PICTURES, frames
from engine.draw.page import drawing_page
from engine.printer import format_number, true_minus
from nn import MLP, losses

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Window

    from engine.draw.frames import Frame

QUICK = [name for name in ZOO if name not in SLOW]


def network() -> Value:
    model = MLP(2, [8, 8, 1], activation="tanh", rng=0)
    loss = losses.mse([model([0.5, -1.0])], [1.0])
    loss.label = "loss"
    loss.backward()
    return loss


def section_of(html: str, number: int) -> str:
    return re.findall(rf'<section id="f{number}".*?</section>', html, re.DOTALL)[0]


def openable(frame: Frame) -> list[str]:
    """Return the ids of the boxes of a frame that hold several nodes, a constant in a symbol aside."""
    if not frame.picture:
        return []
    keys = frame.picture.folding.keys
    inside: dict[Any, int] = {}
    for node, key in zip(frame.picture.graph.everything, keys):
        inside[key] = inside.get(key, 0) + (not is_number(node))
    return [box.id for box in frame.picture.boxes if inside[box.key] > 1]


@pytest.mark.parametrize("make", [network, *(ZOO[name] for name in QUICK)])
def test_the_name_of_a_box_that_opens_looks_like_a_link(make: Any) -> None:
    """It is bold where there is one, else the first line."""
    html = drawing_page(draw(make()).picture).html
    for group in re.findall(r'<a href="#f\d+"><g class="node">(.*?)</g></a>', html, re.DOTALL):
        texts = re.findall("<text[^>]*>", group)
        (chosen,) = (text for text in texts if 'class="name"' in text)
        assert chosen == ([text for text in texts if "bold" in text] or texts)[0], group


@pytest.mark.parametrize("name", QUICK)
def test_every_folded_box_of_the_zoo_opens(name: str) -> None:
    root = ZOO[name]()
    root.backward()
    drawing = draw(root)
    found = frames(drawing.picture)
    assert sum(frame.picture is not None for frame in found) <= MOST_PICTURES
    for frame in found:
        wanted = openable(frame)
        assert set(frame.links) <= set(wanted)
        assert len(frame.links) + frame.closed >= len(wanted)
        if not name.startswith("irregular"):
            assert set(frame.links) == set(wanted)
            assert frame.closed == 0
    html = drawing_page(drawing.picture).html
    assert len(html.encode()) <= 2_000_000
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    targets = re.findall(r' href="#([^"]*)"', html)
    assert set(targets) <= set(ids)
    assert set(targets) | {"f0"} >= {each for each in ids if re.fullmatch(r"f\d+", each)}
    shown = len([each for each in ids if re.fullmatch(r"f\d+", each)])
    assert shown == len(found) or (name.startswith("irregular") and 50 < shown < len(found))


@pytest.mark.parametrize("bytes_held", [30_000, 120_000])
@pytest.mark.parametrize("name", ["irregular 1,000", "MLP 3-3-1"])
def test_a_page_that_is_cut_has_no_link_to_what_it_left_out(
    name: str, bytes_held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "MOST_BYTES", bytes_held)
    html = drawing_page(draw(ZOO[name]()).picture).html
    held = re.findall(r'<section id="(f\d+)"', html)
    assert held == [f"f{place}" for place in range(len(held))]
    assert {*re.findall(r'href="#(f\d+)"', html)} <= {*held}
    for count in re.findall(r"this page holds ([\d,]+) of its parts", html):
        assert int(count.replace(",", "")) == len(held)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SLOW if name != "chain 250,000"])
def test_a_page_of_a_large_graph_is_small(name: str) -> None:
    root = ZOO[name]()
    root.backward()
    assert len(drawing_page(draw(root).picture).html.encode()) <= 2_000_000


@pytest.mark.parametrize("name", QUICK)
def test_parts_hold_the_nodes_of_the_graph(name: str) -> None:
    """A part has the operations of its box, with their numbers; all else in it are leaves that feed them."""
    root = ZOO[name]()
    root.backward()
    recorded = Counter(
        (node.op, node.data, node.grad, node.label, *(arg.data for arg in node.args))
        for node in draw(root).picture.graph.everything
    )
    for frame in frames(draw(root).picture):
        if not frame.picture or frame.picture.graph.whole:
            continue
        graph = frame.picture.graph
        operations = [node for node in graph.everything if node.op]
        assert operations == [graph.everything[place] for place in graph.operations.order]
        assert len(operations) <= frame.nodes
        for node in operations:
            assert recorded[(node.op, node.data, node.grad, node.label, *(arg.data for arg in node.args))]
            assert all(arg in graph.at for arg in node.args)
        for node in graph.everything:
            assert node.op or not isinstance(node, Outside) or node.requires_grad


def test_it_shows_what_nodes_held_when_they_were_drawn(tmp_path: Path) -> None:
    loss = network()
    drawing = draw(loss)
    before = drawing_page(drawing.picture).html
    for node in drawing.picture.graph.everything:
        node.grad = 99.0 if node.requires_grad else None
        node.label = f"other {node.label}"
        if node.op is None:
            node.data = 77.0625
    assert drawing_page(drawing.picture).html == before
    assert "77.06" not in before


def test_a_layer_opens_as_one_of_its_neurons_beside_a_table_of_all() -> None:
    loss = network()
    drawing = draw(loss, fold="layers")
    layer = next(frame for frame in frames(drawing.picture) if frame.title.startswith("layer1: one of 8"))
    assert [row[1] for row in layer.rows] == [f"layer1.h{number}" for number in range(1, 9)]
    assert layer.picture
    shown = {box.label_text.name for box in layer.picture.boxes}
    assert {box.label_text.data for box in layer.picture.boxes} >= set(layer.rows[0][2:3])
    assert len([name for name in shown if name.startswith("layer1.w")]) == 2
    assert [name for name in shown if name.startswith("layer1.b")]
    node = next(node for node in drawing.picture.graph.everything if node.label == "layer1.neuron3.h")
    assert layer.rows[2][2:] == (true_minus(format_number(node.data)), true_minus(format_number(node.grad)))


def test_many_rows_of_a_table_are_shortened() -> None:
    x = Value(0.5, "x")
    made = x
    for _ in range(150):
        made = (made * 1.01).sin()
    table = next(frame for frame in frames(draw(made, fold="loops").picture) if frame.rows)
    assert len(table.rows) == 101
    assert table.rows[50][0] == "… 50 more"
    assert (table.rows[0][0], table.rows[-1][0]) == ("1", "150")


@pytest.mark.parametrize("text", HOSTILE)
def test_labels_stay_text(text: str, tmp_path: Path) -> None:
    values = [Value(float(number), f"{text}[{number}]") for number in range(20)]
    root = sum(value * value for value in values).tanh()
    plain = [Value(float(number), f"a[{number}]") for number in range(20)]
    other = sum(value * value for value in plain).tanh()
    hostile, harmless = (draw(each, fold="layers").save(tmp_path / "g.html").read_text() for each in (root, other))
    assert Reader(hostile).tags == Reader(harmless).tags
    assert "<img src=x" not in hostile


def test_a_wrong_ending_lists_html() -> None:
    with pytest.raises(GradwalkError, match=r"\.html"):
        draw(Value(1.0, "x") * 2).save("graph.htm")


# In a browser


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return draw(network(), fold="layers").save(tmp_path / "graph.html")


def shown(page: Any) -> str:
    (name,) = page.evaluate(
        "[...document.querySelectorAll('.frame')].filter(each => each.offsetParent).map(each => each.id)"
    )
    return str(name)


def test_it_opens_without_a_script(window: Window, path: Path) -> None:
    page = window.open(path, java_script_enabled=False)
    visible = "section.frame:visible"
    assert page.locator(visible).get_attribute("id") == "f0"
    page.locator(f"{visible} .view a", has_text="8 neurons").first.click()
    assert "layer1: one of 8" in page.locator(visible).inner_text()
    page.locator(f"{visible} nav a").click()
    assert page.locator(visible).get_attribute("id") == "f0"
    assert not page.locator("#finder").is_visible()


def test_keys(window: Window, path: Path) -> None:
    page = window.open(path, width=1024, height=768)
    assert shown(page) == "f0"
    page.evaluate("document.querySelector('#f0 .view a').focus()")
    page.keyboard.press("Enter")
    until(page, "!document.querySelector('#f0').offsetParent")
    assert shown(page) != "f0"
    page.keyboard.press("Escape")
    until(page, "document.querySelector('#f0').offsetParent !== null")
    # The box that was left has the focus again.
    assert page.evaluate("document.activeElement === document.querySelector('#f0 .view a')")
    width = "document.querySelector('#f0 svg').getBoundingClientRect().width"
    fitting = page.evaluate(width)
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert page.evaluate(width) == pytest.approx(fitting * 1.25**2, rel=0.01)
    page.keyboard.press("-")
    assert page.evaluate(width) == pytest.approx(fitting * 1.25, rel=0.01)
    page.keyboard.press("0")
    assert page.evaluate(width) == pytest.approx(fitting, rel=0.01)
    page.go_back()
    until(page, "!document.querySelector('#f0').offsetParent")


def test_a_picture_is_whole_until_it_is_zoomed_and_then_moves(window: Window, path: Path) -> None:
    page = window.open(path, width=1024, height=768)
    sizes = (
        "(v => [v.scrollWidth - v.clientWidth, v.scrollHeight - v.clientHeight])(document.querySelector('#f0 .view'))"
    )
    assert page.evaluate(sizes) == [0, 0]
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    for _ in range(6):
        page.click("#zoom-in")
    assert min(page.evaluate(sizes)) > 0
    place = "(v => [v.scrollLeft, v.scrollTop])(document.querySelector('#f0 .view'))"
    before, box = page.evaluate(place), page.locator("#f0 .view").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 160, steps=4)
    page.mouse.up()
    after = page.evaluate(place)
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((100, 40), abs=2)
    assert shown(page) == "f0"  # the end of a drag opens nothing
    page.locator("#f0 .view").focus()
    page.keyboard.press("ArrowRight")
    until(page, f"{place}[0] > {after[0]}")
    page.keyboard.down("Control")
    page.mouse.wheel(0, 100)
    page.keyboard.up("Control")
    until(page, f"{sizes}[0] < {page.evaluate(sizes)[0] + 1}")
    page.click("#fit")
    assert page.evaluate(sizes) == [0, 0]


def test_find(window: Window, path: Path) -> None:
    page = window.open(path, width=1024, height=768)
    page.keyboard.press("/")
    page.keyboard.type("layer2.b7")
    until(page, "document.getElementById('matches').textContent.includes('1 of')")
    assert shown(page) != "f0"
    hit = page.locator(".hit.now")
    assert hit.inner_text() == "layer2.b7"
    assert hit.is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".hit").count()
    page.keyboard.press("/")
    page.keyboard.type("no such thing")
    assert page.inner_text("#matches") == "nothing found"
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("tanh")
    many = int(re.fullmatch(r"1 of (\d+), in \d+ pictures", page.inner_text("#matches"))[1])  # type: ignore[index]
    for number in [*range(2, many + 1), 1]:
        page.keyboard.press("Enter")
        assert page.inner_text("#matches").startswith(f"{number} of {many}")
        assert page.locator(".hit.now").is_visible()


@pytest.mark.parametrize("place", ["", "#f1", "#f4"])
@pytest.mark.parametrize("size", [(1024, 768), (400, 800)])
def test_everyone_can_use_it(window: Window, path: Path, place: str, size: tuple[int, int]) -> None:
    page = window.open(path, place, *size)
    assert not violations(page)
    page.click("#dark")
    assert not violations(page)
    page.click("#projector")
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

"""The page of a recorded training in a browser: what it draws at a moment, and how one gets at the numbers."""

from __future__ import annotations

import re
from math import sin
from typing import TYPE_CHECKING, Any

import pytest
from browser import violations

from nn import MLP, Recorder, classify, data, fit, predict
from nn.picture.values import short
from nn.record.page import sentence

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Window

BINARY = "binary_cross_entropy_on_logits"
MARKUP = "<img src=x onerror=alert(1)>"
X, Y = data.moons(40, seed=3)
PICKED = "document.getElementById('picked').textContent"


def recorded(sizes: list[int], X: Any = X, y: Any = Y, loss: str = BINARY, inputs: int = 2) -> Recorder:
    recorder, model = Recorder(every=5), MLP(inputs, sizes, "tanh", rng=0)
    model.layers[0].neurons[0].w[0].label = MARKUP
    fit(model, X, y, loss, "adam", epochs=52, recorder=recorder, validation=(X[::2], y[::2]))
    return recorder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def moons(folder: Path) -> tuple[Recorder, Path]:
    recorder = recorded([4, 1])
    return recorder, recorder.save(folder / "moons.html", features=[MARKUP, "b"], classes=["yes", MARKUP])


@pytest.fixture(scope="module")
def large(folder: Path) -> tuple[Recorder, Path]:
    recorder = recorded([25, 3], loss="cross_entropy")
    return recorder, recorder.save(folder / "large.html")


@pytest.fixture(scope="module")
def sine(folder: Path) -> tuple[Recorder, Path]:
    xs = [i / 4 for i in range(-8, 9)]
    recorder = recorded([3, 1], xs, [*map(sin, xs)], "mse", 1)
    return recorder, recorder.save(folder / "sine.html")


def at(page: Any, recorder: Recorder) -> int:
    """The moment that the page shows: in words, in the scrubber, in the address and by the marker alike."""
    place = int(page.input_value("#scrubber"))
    snapshot = recorder.snapshots[place]
    assert page.inner_text(".sentence") == sentence(snapshot, 52)
    assert page.inner_text("#place") == f"{snapshot.epoch} of 52"
    assert f"epoch={snapshot.epoch}" in page.url
    shift = page.get_attribute("main > .moment .now", "transform")
    assert shift == f"translate({page.evaluate(f'data.curve.x[{place}]')} 0)"
    return place


def test_the_player_moves_through_the_moments(window: Window, moons: tuple[Recorder, Path]) -> None:
    recorder, path = moons
    page = window.open(path)
    assert at(page, recorder) == 0
    for key, place in (
        ("ArrowRight", 1),
        ("End", 11),
        ("ArrowLeft", 10),
        ("Shift+ArrowLeft", 0),
        ("Shift+ArrowRight", 10),
    ):
        page.keyboard.press(key)
        assert at(page, recorder) == place
    page.click("#first")
    page.click("#next")
    assert at(page, recorder) == 1
    page.wait_for_timeout(200)
    assert page.text_content("#announcement") == sentence(recorder.snapshots[1], 52)
    page.goto(f"{path.as_uri()}#epoch=23")
    assert at(page, recorder) == 4
    spot = page.locator("main > .moment .curve").bounding_box()
    page.mouse.click(spot["x"] + spot["width"] * 0.96, spot["y"] + spot["height"] / 2)
    assert at(page, recorder) == 11


def test_the_page_writes_numbers_as_python_does(window: Window, moons: tuple[Recorder, Path]) -> None:
    numbers = [0.0, 1.0, -8.0, 0.125, 1 / 3, -123.4, 100.04, 999.9, 1234.5678, -1234.0, 1234567.8, 12345678.0, 1e22]
    numbers += [*(sign * 1.2345 * 10.0**power for power in range(-9, 13) for sign in (1, -1))]
    page = window.open(moons[1])
    assert page.evaluate("numbers => numbers.map(formatNumber)", numbers) == [*map(short, numbers)]


def test_lines_are_as_wide_as_their_numbers(window: Window, moons: tuple[Recorder, Path]) -> None:
    recorder, path = moons
    page = window.open(path, "#epoch=30")
    found = """[...document.querySelectorAll("main > .moment .neurons [data-place]")].map(line =>
        [Number(line.dataset.place), Number(line.getAttribute("stroke-width")), line.matches(".negative")])"""
    snapshot = recorder.snapshots[6]
    widest = max(abs(weight) for each in recorder.snapshots for weight in each.weights)
    assert len(page.evaluate(found)) == 17
    for kind, numbers, most in (
        ("weights", snapshot.weights, widest),
        ("gradients", snapshot.gradients, max(map(abs, snapshot.gradients))),
    ):
        assert page.get_attribute(f"#{kind}", "aria-pressed") == "true"
        for place, width, negative in page.evaluate(found):
            assert width == pytest.approx(0.25 + 4 * abs(numbers[place]) / most, abs=0.006)
            assert negative == (numbers[place] < 0)
        assert short(most) in page.inner_text(".scale")
        page.keyboard.press("g")
    page.keyboard.press("?")
    assert "weights or gradients" in page.inner_text("#keys")
    page.keyboard.press("Escape")
    page.click("#gradients")
    assert page.url.endswith("#epoch=30&gradients")
    page = window.open(path, "#epoch=30&gradients")
    assert page.get_attribute("#gradients", "aria-pressed") == "true"


def colors(page: Any, places: list[tuple[float, float]], canvas: str = "main > .moment .surface canvas") -> list[Any]:
    """The colors of a surface at some places, right and up from 0 to 1."""
    return page.evaluate(  # type: ignore[no-any-return]
        """([places, name]) => {
            const surface = document.querySelector(name), { width, height } = surface;
            const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
            copy.drawImage(surface, 0, 0);
            return places.map(([x, y]) => [...copy.getImageData(
                Math.round(x * (width - 1)), Math.round((1 - y) * (height - 1)), 1, 1).data]);
        }""",
        [places, canvas],
    )


def test_the_ground_has_the_color_of_the_class(window: Window, moons: tuple[Recorder, Path]) -> None:
    recorder, path = moons
    page = window.open(path, "#epoch=52")
    (left, right), (low, high) = page.evaluate("data.surface.limits")
    places = [(i / 20, j / 20) for i in range(21) for j in range(21)]
    rows = [[left + x * (right - left), low + y * (high - low)] for x, y in places]
    said = classify(recorder.objective.model, rows)
    assert 0 < sum(said) < len(said)
    seen = [int(red > blue) for red, _, blue, _ in colors(page, places)]
    assert sum(map(int.__eq__, seen, said)) > 0.97 * len(said)  # the line between the classes has neither's
    points = page.locator("main > .moment .plot .point.wrong").count()
    assert points == sum(a != b for a, b in zip(classify(recorder.objective.model, X), Y))
    assert f"{points} of 40 points" in page.inner_text(".mistakes")


def test_between_the_places_of_its_grid_the_ground_is_interpolated(
    window: Window, moons: tuple[Recorder, Path]
) -> None:
    page = window.open(moons[1])
    side, (low, high), levels = page.evaluate(
        "[surface.side, surface.ranges[11], [...levels.slice(-(surface.side ** 2))]]"
    )
    grid = [[low + (high - low) * level / 255 for level in levels[side * y : side * (y + 1)]] for y in range(side)]
    size = 2 * side - 1  # each second pixel is a place of the grid
    drawn = page.evaluate(f"[...outputsAt(11, {size}, {size})[0]]")
    for down, right in (0, 0), (size - 1, size - 1), (7, 10), (30, 61), (51, 33):
        up = size - 1 - down
        around = [grid[y // 2][x // 2] for y in (up, up + up % 2) for x in (right, right + right % 2)]
        assert drawn[down * size + right] == pytest.approx(sum(around) / 4, abs=1e-6)


def test_classes_are_told_apart_without_color(window: Window, moons: tuple[Recorder, Path]) -> None:
    page = window.open(moons[1])
    shapes = {kind: page.get_attribute(f".plot .kind{kind}", "d") for kind in (0, 1)}
    assert shapes[0] != shapes[1]
    hatched = page.evaluate("HATCHES.map(hatch => [...Array(40).keys()].map(i => hatch(i % 7 * 3, i)).join())")
    assert len(set(hatched)) == 10


def test_one_points_clicks_or_tabs_for_the_numbers(window: Window, moons: tuple[Recorder, Path]) -> None:
    recorder, path = moons
    page, snapshot = window.open(path, "#epoch=30"), recorder.snapshots[6]
    labels = [leaf.label for leaf in recorder.leaves]

    def told(place: int) -> str:
        numbers = f"weight {short(snapshot.weights[place])}, gradient {short(snapshot.gradients[place])}"
        return f"{labels[place]}: {numbers}"

    line = page.locator("main > .moment .neurons line").first
    spot = page.evaluate(
        """line => {
            const { x1, y1, x2, y2 } = line, [x, y] = [[x1, x2], [y1, y2]].map(
                ([start, end]) => start.baseVal.value / 4 + end.baseVal.value * 3 / 4);
            const at = new DOMPoint(x, y).matrixTransform(line.getScreenCTM());
            return [at.x, at.y];
        }""",
        line.element_handle(),
    )
    page.mouse.move(*spot)
    assert page.evaluate(PICKED) == told(0)
    assert MARKUP in told(0)
    page.click("main > .moment .node[data-places] >> nth=1")
    places = recorder.objective.model.layers[0].neurons[1]
    wanted = [recorder.leaves.index(leaf) for leaf in (places.b, *places.w)]
    assert page.evaluate(PICKED) == "; ".join(map(told, wanted))
    page.keyboard.press("Tab")
    assert page.evaluate(PICKED).startswith("layer1.neuron3.b: ")
    ring = "getComputedStyle(document.activeElement.querySelector('circle')).strokeWidth"
    assert page.evaluate(ring) == "3px"
    page.keyboard.press("ArrowRight")
    assert at(page, recorder) == 7
    neuron = recorder.leaves.index(recorder.objective.model.layers[0].neurons[2].b)
    assert f"weight {short(recorder.snapshots[7].weights[neuron])}," in page.evaluate(PICKED)


def test_a_large_network_is_a_matrix_a_layer(window: Window, large: tuple[Recorder, Path]) -> None:
    recorder, path = large
    page, model = window.open(path, "#epoch=52"), recorder.objective.model
    grids = page.locator("main > .moment .matrices canvas")
    assert grids.count() == 2
    for layer, row, column in (0, 1, 7), (0, 2, 24), (1, 20, 2):
        box = grids.nth(layer).bounding_box()
        rows, columns = len(model.layers[layer].neurons[0].w) + 1, len(model.layers[layer].neurons)
        grids.nth(layer).scroll_into_view_if_needed()
        box = grids.nth(layer).bounding_box()
        page.mouse.move(
            box["x"] + 1 + (column + 0.5) / columns * (box["width"] - 2),
            box["y"] + 1 + (row + 0.5) / rows * (box["height"] - 2),
        )
        neuron = model.layers[layer].neurons[column]
        leaf = [*neuron.w, neuron.b][row]
        assert page.evaluate(PICKED).startswith(f"{leaf.label}: weight {short(leaf.data)}, ")


def test_the_table_has_all_numbers_of_the_moment(window: Window, moons: tuple[Recorder, Path]) -> None:
    recorder, path = moons
    page = window.open(path)
    page.click("summary >> nth=0")
    for key, place in ("End", 11), ("ArrowLeft", 10):
        page.keyboard.press(key)
        rows = page.evaluate(
            "[...document.querySelectorAll('#numbers tbody tr')].map(row => [...row.cells].map(c => c.textContent))"
        )
        snapshot = recorder.snapshots[place]
        assert [row[0] for row in rows] == [leaf.label for leaf in recorder.leaves]
        for column, numbers in enumerate((snapshot.weights, snapshot.gradients), 1):
            assert [float(row[column].replace("−", "-")) for row in rows] == pytest.approx([*numbers], rel=0.0051)
    page.click("summary >> nth=1")
    assert page.locator("details >> nth=1").locator("tbody tr").count() == 12


def test_text_with_markup_stays_text(window: Window, moons: tuple[Recorder, Path]) -> None:
    page = window.open(moons[1])
    assert page.locator("img").count() == 0
    assert MARKUP in page.inner_text("main > .moment .key")
    assert MARKUP in page.evaluate("document.querySelector('main > .moment .plot').textContent")


def test_paper_has_the_first_the_middle_and_the_last_moment(window: Window, moons: tuple[Recorder, Path]) -> None:
    recorder, path = moons
    page = window.open(path, "#epoch=20", color_scheme="dark")
    dark = colors(page, [(0.02, 0.98)])
    assert sum(dark[0][:3]) < 300
    page.emulate_media(media="print")
    for _ in range(100):  # it is drawn when the browser says that it turned to paper
        if page.locator("#moments .moment").count() == 3:
            break
        page.wait_for_timeout(20)
    shown = page.evaluate(
        "[...document.querySelectorAll('.sentence')].filter(e => e.offsetParent).map(e => e.textContent)"
    )
    assert shown == [sentence(recorder.snapshots[place], 52) for place in (0, 5, 11)]
    assert not page.is_visible("#player")
    light = colors(page, [(0.02, 0.98)], "#moments .surface canvas")
    assert sum(light[0][:3]) > 550


def test_paper_is_ready_whenever_it_is_asked_for(window: Window, moons: tuple[Recorder, Path]) -> None:
    page = window.open(moons[1], color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert sum(colors(page, [(0.02, 0.98)], "#moments .surface canvas")[0][:3]) > 550
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert len(page.pdf()) > 20_000
    assert page.locator("#moments .moment").count() == 3
    assert page.locator("#moments [id]").count() == 0


def test_dark_and_light_are_drawn_anew(window: Window, moons: tuple[Recorder, Path]) -> None:
    page = window.open(moons[1])
    light = colors(page, [(0.02, 0.98)])
    page.click("#dark")
    page.wait_for_timeout(50)
    assert sum(colors(page, [(0.02, 0.98)])[0]) < sum(light[0]) - 200
    page.click("#dark")
    page.wait_for_timeout(50)
    assert colors(page, [(0.02, 0.98)]) == light


@pytest.mark.parametrize("name", ["moons", "large"])
def test_a_zoomed_or_narrow_page_never_scrolls_sideways(
    window: Window, request: pytest.FixtureRequest, name: str
) -> None:
    page = window.open(request.getfixturevalue(name)[1], width=640, height=400)
    for width in 640, 320:
        page.set_viewport_size({"width": width, "height": 400})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_script_the_table_is_there(window: Window, moons: tuple[Recorder, Path]) -> None:
    page = window.open(moons[1], java_script_enabled=False)
    page.click("summary >> nth=1")
    assert "0.0" in page.inner_text("details >> nth=1")
    assert "the table below has the numbers" in page.inner_text(".sentence")


def test_the_curve_of_one_input_moves(window: Window, sine: tuple[Recorder, Path]) -> None:
    recorder, path = sine
    page = window.open(path)
    assert page.locator("main > .moment .surface canvas").count() == 0
    surface = page.evaluate("data.surface")
    (left, right), low, high = surface["limits"][0], surface["low"], surface["high"]
    rows = [left + (right - left) * i / (surface["side"] - 1) for i in range(surface["side"])]
    for key, place in ("Home", 0), ("End", 11):
        page.keyboard.press(key)
        for leaf, weight in zip(recorder.leaves, recorder.snapshots[place].weights):
            leaf.data = weight
        true = [376 - 368 * (y - low) / (high - low) for y in predict(recorder.objective.model, rows)]
        drawn = re.findall(r"[ML][\d.]+ ([\d.]+)", page.get_attribute("main > .moment .line", "d"))
        assert [*map(float, drawn)] == pytest.approx([min(376, max(8, y)) for y in true], abs=0.1)


def test_a_step_is_quick(window: Window, moons: tuple[Recorder, Path]) -> None:
    page = window.open(moons[1])
    took = page.evaluate(
        "[...Array(8).keys()].map(i => { const t = performance.now(); go(i + 1); return performance.now() - t; })"
    )
    print(f"a moment is drawn in {sorted(took)[4]:.1f} ms")
    assert min(took) < 50


@pytest.mark.parametrize(
    ("name", "place", "scheme"),
    [
        ("moons", "#epoch=30", "light"),
        ("moons", "", "dark"),
        ("large", "#gradients", "dark"),
        ("sine", "#projector", "light"),
    ],
)
def test_everyone_can_read_it(
    window: Window, request: pytest.FixtureRequest, name: str, place: str, scheme: str
) -> None:
    page = window.open(request.getfixturevalue(name)[1], place, color_scheme=scheme)
    page.click("summary >> nth=0")
    page.click("summary >> nth=1")
    assert not violations(page)

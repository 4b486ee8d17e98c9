"""What if, in a walk's page: a leaf is moved, and all that is shown is what the engine computes then."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from browser import until, violations
from strategies import recipe

from engine import Value, define, walk
from engine.graph import nodes
from engine.printer import format_number, true_minus
from engine.rules import local_derivative

if TYPE_CHECKING:
    from pathlib import Path

    from browser import Window


def labeled_neuron() -> Value:
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.5, "b")
    h = (w * x + b).tanh()
    h.label = "h"
    return h


def rebuilt(root: Value, moved: dict[str, float]) -> list[Value]:
    """Return the nodes of the graph, made anew with other numbers for the leaves of these names, after backward()."""
    made: dict[Value, Value] = {}
    for node in nodes(root):
        if node.op is None:
            made[node] = Value(moved.get(node.label, node.data), node.label)
            made[node].requires_grad = node.requires_grad
        else:
            made[node] = node.op.method(*(made[arg] for arg in node.args))
            made[node].label = node.label
    made[root].backward()
    return list(made.values())


def written(number: float) -> str:
    return true_minus(format_number(number))


def expected(root: Value, moved: dict[str, float]) -> dict[str, str]:
    """Return the texts that the page must show: of nodes r0 data, r0 grad, and of edges n3_0."""
    order, texts = rebuilt(root, moved), {}
    at = {node: index for index, node in enumerate(order)}
    for index, node in enumerate(order):
        if node.requires_grad:
            texts[f"r{index} data"], texts[f"r{index} grad"] = written(node.data), written(node.grad)
        for argument, arg in enumerate(node.args):
            if arg.requires_grad and node.op.passing(node)[argument]:
                texts[f"n{at[node]}_{argument}"] = written(local_derivative(node, argument))
    return texts


def shown(page: Any) -> dict[str, str]:
    """Return what the page shows, likewise; each number is in the table and in the graph alike."""
    texts: dict[str, str] = page.evaluate("""(() => {
        const texts = {};
        for (const row of document.querySelectorAll("#numbers tr[id]")) {
            const index = row.id.slice(1);
            for (const [what, cell, color] of [["data", 2, "#0b5fa5"], ["grad", 3, "#b34700"]]) {
                const text = row.cells[cell].textContent;
                const sign = document.querySelector(`#n${index} text[fill="${color}"]`);
                const same = !sign || sign.textContent.endsWith(text);
                texts[`r${index} ${what}`] = same ? text : `${text} but ${sign.textContent}`;
            }
        }
        for (const edge of document.querySelectorAll("#graph .edge")) {
            const label = edge.querySelector("text");
            if (label) texts[edge.id] = label.textContent.split(" = ").at(-1);
        }
        return texts;
    })()""")
    return texts


def put(page: Any, name: str, number: str) -> None:
    field = page.get_by_label(f"What if {name} were", exact=True)
    field.fill(number)
    field.press("Enter")


def opened(window: Window, path: Path, place: str = "", **options: Any) -> Any:
    page = window.open(path, place, **options)
    if page.locator("#show-numbers").count() and page.locator("#show-numbers").is_visible():
        page.click("#show-numbers")
    return page


def visible_articles(page: Any) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('article')].filter(each => each.offsetParent).map(each => each.id)"
    )
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return walk(labeled_neuron()).save(tmp_path / "walk.html")


def test_a_sentence_compares_what_the_gradient_said_with_what_happened(window: Window, path: Path) -> None:
    page = opened(window, path, "#step=5")
    put(page, "w", "-2.49")
    sentence = "w moved +0.51; its gradient said h would move 1.573 × 0.51 = 0.8022; h moved +0.4466."
    assert page.inner_text("#whatif p") == sentence
    assert shown(page) == expected(labeled_neuron(), {"w": -2.49})
    until(page, f"document.getElementById('announcement').textContent === '{sentence}'")
    assert visible_articles(page) == ["whatif"]
    put(page, "b", "1/2")
    assert shown(page) == expected(labeled_neuron(), {"w": -2.49, "b": 0.5})
    assert page.inner_text("#whatif p").startswith(
        "w moved +0.51 and b moved −6.0; their gradients said h would move"
    )
    put(page, "b", "")
    assert shown(page) == expected(labeled_neuron(), {"w": -2.49})


def test_back_to_the_recorded_numbers(window: Window, path: Path) -> None:
    page = opened(window, path, "#step=5")
    texts = "[...document.querySelectorAll('#graph text, #numbers td, #numbers th')].map(each => each.textContent)"
    fields = "[...document.querySelectorAll('.whatif input')].map(each => each.value)"
    before, values = page.evaluate(texts), page.evaluate(fields)

    def key() -> None:
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("r")

    for back in (key, lambda: put(page, "w", ""), lambda: page.click("#whatif button")):
        put(page, "w", "1.5")
        assert page.evaluate(texts) != before
        back()
        assert page.inner_text("#place") == "5 of 9"
        assert visible_articles(page) == ["s5"]
        assert (page.evaluate(texts), page.evaluate(fields)) == (before, values)


def test_a_step_of_the_walk_shows_the_recorded_numbers_again(window: Window, path: Path) -> None:
    page = opened(window, path)
    put(page, "w", "1.5")
    page.click("#back", force=True)
    assert page.inner_text("#place") == "8 of 9"
    assert not page.locator("#whatif").is_visible()
    page.click("#last", force=True)
    assert shown(page) == expected(labeled_neuron(), {})
    put(page, "w", "abc")
    assert page.locator("#whatif").is_visible()
    page.click("#back", force=True)
    assert not page.locator("#whatif").is_visible()
    page.click("#last", force=True)
    page.click("#first", force=True)
    assert {shown(page)[f"r{index} data"] for index in (2, 4, 5)} == {"?"}


def test_a_slider_moves_by_keys_and_by_the_mouse_and_takes_no_step(window: Window, path: Path) -> None:
    page = opened(window, path, "#step=3")
    slider = page.get_by_label("What if w were, as a slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert shown(page) == expected(labeled_neuron(), {"w": -2.99})
    page.keyboard.press("PageUp")
    assert shown(page) == expected(labeled_neuron(), {"w": -2.89})
    assert slider.get_attribute("aria-valuetext") == "−2.89"
    page.keyboard.press("Home")
    assert shown(page) == expected(labeled_neuron(), {"w": -9.0})
    page.keyboard.press("End")
    assert shown(page) == expected(labeled_neuron(), {"w": 3.0})
    page.keyboard.press("r")
    assert page.inner_text("#place") == "3 of 9"
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    number = page.get_by_label("What if w were", exact=True).input_value()
    moved = float(number.replace("−", "-"))
    assert -1.0 < moved < 1.0
    assert shown(page) == expected(labeled_neuron(), {"w": moved})


@pytest.mark.parametrize("seed", range(6))
def test_random_graphs(window: Window, tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    leaves, root = recipe(rng, leaves=3, steps=6).values()
    root.label = "root"
    page = opened(window, walk(root).save(tmp_path / "walk.html"))
    moved: dict[str, float] = {}
    for _ in range(4):
        leaf = rng.choice([leaf for leaf in leaves if leaf in set(nodes(root))])
        moved[leaf.label] = round(leaf.data + rng.uniform(-0.2, 0.2), 3)
        try:
            wanted = expected(root, moved)
        except ArithmeticError:
            wanted = {}
        put(page, leaf.label, str(moved[leaf.label]))
        found = shown(page)
        assert {key: found[key] for key in wanted} == wanted


def test_extremes_and_slips_of_the_pen(window: Window, tmp_path: Path) -> None:
    a, c = Value(0.5, "a"), Value(2.0, "c")
    root = (a * c).log() * c.sqrt()
    root.label = "L"
    page = opened(window, walk(root).save(tmp_path / "walk.html"))
    put(page, "a", "0")
    assert page.inner_text("#whatif p") == (
        "a moved −0.5: log(0.0): a * c must be positive, at log(a * c). Keep it above zero, for example "
        "(a * c).maximum(1e-12)."
    )
    assert shown(page)["r3 data"] == "?"
    assert shown(page)["r0 grad"] == "?"
    put(page, "a", "1e308")
    put(page, "c", "1e10")
    assert "1e+308 * 10000000000.0: the result is too large for a float" in page.inner_text("#whatif p")
    page.keyboard.press("Escape")
    for slip, words in (
        ("abc", "“abc” is not a number"),
        ("0,5", "“0,5” is not a number: write a point"),
        ("inf", "a needs a finite number"),
        ("1e400", "a needs a finite number"),
        ("<b>", "“<b>” is not a number"),
    ):
        put(page, "a", slip)
        assert words in page.inner_text("#whatif p")
        assert page.get_by_label("What if a were", exact=True).get_attribute("aria-invalid") is not None
    put(page, "a", "−0.25")
    assert "log(-0.5)" in page.inner_text("#whatif p")
    assert page.get_by_label("What if a were", exact=True).get_attribute("aria-invalid") is None


def test_slips_of_the_pen_lead_back_to_the_step_where_one_was(window: Window, path: Path) -> None:
    page = opened(window, path, "#step=4")
    field = page.get_by_label("What if w were", exact=True)
    for back in "-3", "−3.0", "":
        for slip in "abc", "1e400", "−":
            put(page, "w", slip)
            assert "number" in page.inner_text("#whatif p")
            assert not page.locator("#whatif button").is_visible(), "nothing was moved: there is nothing to take back"
            assert visible_articles(page) == ["s4", "whatif"]
        put(page, "w", back)
        assert not page.locator("#whatif").is_visible()
        assert (page.inner_text("#place"), field.input_value()) == ("4 of 9", "−3.0")
        assert field.get_attribute("aria-invalid") is None
        assert visible_articles(page) == ["s4"]


def test_a_walk_that_stops_where_a_slope_is_missing(window: Window, tmp_path: Path) -> None:
    x = Value(0.0, "x")
    root = x.sqrt() * 2.0
    root.label = "y"
    page = opened(window, walk(root).save(tmp_path / "walk.html"))
    put(page, "x", "4")
    assert page.inner_text("#whatif p") == "x moved +4.0; y is 4.0, where it had no gradients before."
    assert shown(page)["r0 grad"] == "0.5"


def test_an_operation_that_a_page_cannot_compute_is_named(window: Window, tmp_path: Path) -> None:
    shift = define("shift", lambda x: x + 1.0, "1")
    page = opened(window, walk(shift(Value(1.0, "x")) * 2.0).save(tmp_path / "walk.html"))
    assert not page.locator("input[type=range]:not(#scrubber)").count()
    assert re.search(r"shift.*Python function", page.inner_text("#numbers"))


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (400, 800)])
def test_everyone_can_use_it(window: Window, path: Path, size: tuple[int, int]) -> None:
    page = opened(window, path, "", width=size[0], height=size[1])
    assert not violations(page)
    put(page, "w", "-2.49")
    assert not violations(page)
    page.click("#dark")
    assert not violations(page)

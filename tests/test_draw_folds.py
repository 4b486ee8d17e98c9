"""Folds of drawings: every graph of the zoo fits one screen, and folding loses no node and no edge."""

from __future__ import annotations

import re
import sys
from collections import Counter
from graphlib import TopologicalSorter
from math import inf
from random import Random
from typing import TYPE_CHECKING

import pytest
from zoo import SLOW, ZOO

from engine import Value, draw
from engine.draw import choose, fold, picture
from engine.draw.dot import dot, html as dot_text
from engine.draw.drawing import Drawing
from engine.draw.labels import block_label, first_to_last
from engine.draw.legend import legend
from engine.draw.render import SlowLayout, render
from engine.draw.size import LEAST_LETTERS, letters, letters_at, ranks
from engine.draw.strongest import strengths
from engine.draw.titles import crossed_titles
from engine.errors import DrawError
from engine.graph import nodes, operations
from engine.naming import textbook_labels, textbook_names
from engine.printer import NamesWhenRead, format_number
from engine.program.periods import MOST_COMPARISONS, Repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.draw.picture import Picture

WHOLE = ("none", "sums", "neurons", "loops", "layers", "both", "blocks")  # folds that draw all nodes


def looped(seed: int) -> Value:
    """A graph of loops in loops, over some series, with odd steps between them."""
    rng = Random(seed)
    kept = [Value(rng.uniform(0.5, 1.5), f"p{i}") for i in range(3)]
    shared = Value(0.5)
    shared.requires_grad = False
    steps: list[Callable[[Value, Value], Value]] = [
        lambda x, y: x * 0.5 + y,
        lambda x, y: (x * y).tanh(),
        lambda x, y: x - y * shared,
        lambda x, y: (x.maximum(y) + x * x).tanh(),
        lambda x, y: sum(x * Value(0.1) for _ in range(3)) + y,
        lambda x, y: 2.0 / (x * x + 1.0),
    ]
    for _ in range(rng.randint(1, 4)):
        body = [rng.choice(steps) for _ in range(rng.randint(1, 3))]
        inner = rng.choice([1, 1, 3])
        lag = rng.choice([1, 1, 2])
        count = rng.randint(2, 6)
        history = kept[-2:]
        for _ in range(count):
            x = history[-lag]
            for step in body:
                for _ in range(inner):
                    x = step(x, rng.choice([kept[0], Value(0.3)]) if rng.random() < 0.5 else kept[0])
            history.append(x)
        kept += history[2:]
    return sum(rng.choices(kept, k=3), kept[-1])


def lost(root: Value, name: str) -> list[str]:
    """What a fold loses: nodes that are in no box or in two, and edges that are neither drawn nor inside of a box."""
    everything, order = nodes(root), operations(root)
    graph = fold.Operations(everything)
    ((_, folding),) = choose.foldings(graph, name)
    drawn = draw(root, fold=name).picture
    keys, place = folding.keys, graph.place
    problems = []
    boxes = {*keys}
    if len(boxes) != len(drawn.boxes):
        problems.append(f"{len(boxes)} boxes, {len(drawn.boxes)} drawn")
    if len(keys) != len(everything):
        problems.append(f"{len(keys)} keys of {len(everything)} nodes")
    inside = sum(
        keys[place[node]] == keys[place[arg]] and picture.carrier(folding, place[arg], place[node]) is None
        for node in order
        for arg in node.args
    )
    edges = sum(len(node.args) for node in order)
    if sum(arrow.edges for arrow in drawn.arrows) + inside != edges:
        problems.append(f"{edges} edges, {sum(arrow.edges for arrow in drawn.arrows)} drawn, {inside} inside")
    before: dict[str, set[str]] = {}
    for arrow in drawn.arrows:
        if not arrow.carried:
            before.setdefault(arrow.head, set()).add(arrow.tail)
    TopologicalSorter(before).prepare()  # raises CycleError if boxes feed each other within one turn
    if Counter(box.root for box in drawn.boxes)[True] != 1:
        problems.append("the root is not in one box")
    return problems


@pytest.mark.parametrize("seed", range(60))
def test_folding_loses_no_node_and_no_edge(seed: int) -> None:
    root = looped(seed)
    for name in WHOLE:
        assert not lost(root, name), name


@pytest.mark.parametrize("name", [name for name in ZOO if name not in SLOW])
def test_folding_the_zoo_loses_nothing(name: str) -> None:
    root = ZOO[name]()
    for fold_name in ("loops", "layers", "both", "blocks"):
        try:
            problems = lost(root, fold_name)
        except DrawError as error:
            assert re.search("a tangle|a picture holds", str(error))  # noqa: PT017
        else:
            assert not problems, fold_name


@pytest.mark.parametrize("name", [name for name in ZOO if name not in SLOW])
def test_the_zoo_fits_one_screen(name: str) -> None:
    root = ZOO[name]()
    root.backward()
    drawing = draw(root)
    size = re.search(r'width="(\d+)pt" height="(\d+)pt"', drawing.svg)
    assert size
    assert len(drawing.picture.boxes) <= 40
    assert letters_at(int(size[1]), int(size[2])) >= LEAST_LETTERS
    assert letters(drawing.picture) == pytest.approx(letters_at(int(size[1]), int(size[2])), rel=0.25)


def shown_numbers(drawn: Picture) -> list[tuple[str, str]]:
    return [(box.label_text.data, box.label_text.grad) for box in drawn.boxes]


def test_the_numbers_of_a_loop_are_those_of_its_first_and_its_last_step() -> None:
    a, x = Value(2.0, "a"), Value(1.5, "x")
    made = []
    for _ in range(10):
        x = x - (x * x - a) / (2 * x)
        made.append(x)
    x.backward()
    drawn = draw(x, fold="loops").picture
    last = drawn.boxes[-1].label_text
    assert last.data == first_to_last([node.data for node in made])
    assert last.data.split(" → ") == [format_number(made[0].data), format_number(made[-1].data)]
    assert last.grad.split(" → ") == [format_number(made[0].grad), format_number(made[-1].grad)]
    assert Counter(arrow.label for arrow in drawn.arrows) == {"next step": 3, "first": 3, "": 5}
    assert ("data", "2 ×") in {("data", *box.label_text.symbols) for box in drawn.boxes}


def test_a_loop_that_reaches_back_further_says_how_far() -> None:
    values = [Value(1.0, name) for name in "abcd"]
    for _ in range(20):
        values.append((values[-1] * 0.9).tanh() + values[-4] * 0.5)
    labels = {arrow.label for arrow in draw(values[-1], fold="loops").picture.arrows}
    assert "next step" in labels
    assert any(re.fullmatch(r"[34] steps later", label) for label in labels)


def test_nested_loops_have_a_cluster_in_a_cluster() -> None:
    drawn = draw(ZOO["nested 20 x 10"]()).picture
    (outer,) = drawn.clusters.inner
    (inner,) = outer.inner
    assert outer.label.startswith("one step of 20,")
    assert inner.label.startswith("one step of 10,")
    assert {"next step of 20", "next step of 10"} <= {arrow.label for arrow in drawn.arrows}


def test_names_made_when_they_are_read_are_the_names_of_all() -> None:
    roots = [ZOO[name]() for name in ZOO if name not in SLOW]
    claimed = Value(1.0, "v1") * 2.0 + Value(3.0, "v3")
    for root in [*roots, claimed * claimed.exp() + Value(1.0, "v1")]:
        everything = nodes(root)
        called = textbook_labels(everything)
        lazy, named = NamesWhenRead(everything, called), textbook_names(everything, called)
        assert all(lazy.get(node) == named[node] for node in reversed(everything))
        assert root in lazy
        assert lazy.get(Value(1.0), "none") == "none"


def test_the_legend_says_what_is_in_the_picture_and_no_more() -> None:
    words = {"dashed": "dashed edge", "cut": "n more", "thick": "thicker edge", "ends": "→"}
    for name in ("neuron", "MLP 3-3-1", "RNN 5, each", "Newton 100", "irregular 1,000", "second order"):
        root = ZOO[name]()
        root.backward()
        drawing = draw(root)
        drawn, text = drawing.picture, " ".join(legend(drawing.picture))
        numbers = [box.label_text.data + box.label_text.grad for box in drawn.boxes]
        has = {
            "dashed": any(arrow.carried for arrow in drawn.arrows),
            "cut": any(any(box.cut) for box in drawn.boxes),
            "thick": any(arrow.width for arrow in drawn.arrows),
            "ends": any("→" in each for each in numbers),
        }
        assert {sign: word in text for sign, word in words.items()} == has, name
        assert bool(text) == (drawn.fold != "none"), name
        assert all(dot_text(line) in drawing.dot for line in legend(drawn)), name


def test_heat_fills_boxes_by_their_gradient() -> None:
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    root = a * b + 10.0
    cold = draw(root, heat=True)
    assert "backward()" in cold.dot
    assert 'fillcolor="#FFB060"' not in cold.dot
    root.backward()
    drawing = draw(root, heat=True)
    heats = {box.label_text.name: box.heat for box in drawing.picture.boxes}
    assert heats == {"a": 1.0, "b": 2 / 3, "10.0": None, "v1": 1 / 3, "v2": 1 / 3}
    assert drawing.picture.hottest == 3.0
    assert drawing.dot.count('fillcolor="#FFB060"') == 1
    assert "orange at 3.0" in drawing.dot
    assert drawing.dot.count("grad ") == draw(root).dot.count("grad ")
    assert "fill:" not in draw(root).dot


def test_equal_rows_are_marked() -> None:
    drawn = draw(ZOO["batch of 4"](), fold="layers").picture
    assert [cluster.label for cluster in drawn.clusters.inside] == ["one row of 4, all alike"]
    assert not draw(ZOO["MLP 8-8-1"](), fold="layers").picture.clusters.inside
    blocks = draw(ZOO["residual 10"](), fold="both").picture  # its values are no rows: the next step mixes them
    assert [cluster.label for cluster in blocks.clusters.inside] == ["one step of 9, all alike"]
    assert [box.label_text.notes[0] for box in blocks.boxes if box.label_text.neurons] == ["4 neurons", "4 neurons"]


def test_the_strongest_paths_are_shown_and_the_rest_is_counted() -> None:
    x, y = Value(3.0, "x"), Value(0.001, "y")
    root = x * 100.0 + y * 0.01
    for i in range(40):
        root = root + (y * (0.0001 * i)).sin().exp().tanh() * 0.0001
    root = root * 2.0
    drawn = draw(root, fold="strongest").picture
    assert len(drawn.boxes) <= 22
    strongest = max(drawn.arrows, key=lambda arrow: arrow.width)
    assert strongest.width == 1.0
    edges = sum(len(node.args) for box in drawn.boxes for node in [box.node])
    inside = sum(fold.is_number(arg) for box in drawn.boxes for arg in box.node.args)
    assert sum(arrow.edges for arrow in drawn.arrows) + sum(box.cut[0] for box in drawn.boxes) + inside == edges
    hidden = next(node for node in nodes(root) if node not in {box.node for box in drawn.boxes} and node.op)
    marked = draw(root, fold="strongest", highlight=hidden).picture
    assert [box.node for box in marked.boxes if box.marked] == [hidden]


@pytest.mark.parametrize(
    ("turn", "steps"),
    [
        (lambda r, late: r ** (3 if late else 2), [5, 5]),
        (lambda r, late: r - 0.1 if late else 0.1 - r, [5, 5]),
        (lambda r, late: r * (0.1 if late else 0.2), [10]),
    ],
    ids=["another exponent", "a constant on the other side", "another factor"],
)
def test_turns_are_alike_if_they_do_the_same(turn: Callable[[Value, bool], Value], steps: list[int]) -> None:
    root = Value(0.9, "x")
    for i in range(10):
        root = turn(root, i >= 5).sin()
    drawn = draw(root, fold="loops").picture
    assert [int(cluster.label.split()[3].strip(",")) for cluster in drawn.clusters.inside] == steps


def test_a_leaf_is_one_rank_before_its_first_use() -> None:
    x, late = Value(0.5, "x"), Value(2.0, "late")
    drawn = draw(x.sin().cos() * late + late.exp(), fold="none").picture
    rank = {box.node.label or box.node.op.name: ranks(drawn)[box.id] for box in drawn.boxes}
    assert rank == {"x": 0, "sin": 1, "cos": 2, "exp": 1, "late": 0, "mul": 3, "add": 4}
    alone = draw(x.sin().cos() * late, fold="none").picture
    assert {ranks(alone)[box.id] for box in alone.boxes if box.node is late} == {2}


def test_an_edge_without_a_slope_is_the_strongest() -> None:
    x, y = Value(0.0, "x"), Value(2.0, "y")
    root = x.sqrt() + y * 0.5
    graph = fold.Operations(nodes(root))
    edges = {(graph.names[node], index): strength for (node, index), strength in strengths(graph).items()}
    assert edges == {("add", 0): 1.0, ("add", 1): 1.0, ("sqrt", 0): inf, ("mul", 0): 0.5, ("mul", 1): 0.0}
    widths = {arrow.width for arrow in draw(root, fold="strongest").picture.arrows}
    assert max(widths) == 1.0


def test_a_block_without_a_labelled_leaf_is_named_by_its_number() -> None:
    w, v, plain = Value(1.0, "w"), Value(2.0, "v"), Value(3.0)
    product, square = w * v, plain * plain
    assert block_label([w, v, product], [product], ["block 1"]).name == "v, w"
    assert block_label([plain, square], [square], ["block 1"]).name == "block 2"
    assert block_label([product], [product], []).name == "v, w"  # by what it uses
    assert block_label([product], [product], ["v, w", "x", "v, w (2)"]).name == "v, w (3)"
    parameters = [Value(1.0, f"layer{layer}.neuron1.{name}") for layer in (1, 2) for name in ("w[0]", "b")]
    assert block_label(parameters, parameters, []).name == "layer1, layer2"


def test_nothing_runs_through_the_title_of_a_loop() -> None:
    for name in "residual 10", "Newton 100", "descent 20", "pendulum 60", "nested 20 x 10":
        drawing = draw(ZOO[name]())
        assert crossed_titles(drawing.svg.encode()) == 0, name
    default = render(draw(ZOO["Newton 100"]()).dot, "svg")
    assert crossed_titles(default) == 1  # an arrow, before the title is moved


def test_constants_of_folded_sums_stand_in_their_box() -> None:
    def turn(x: Value, factor: float) -> Value:
        return (x * factor + 0.1).sin()

    x = alike = Value(0.5, "x")
    other = x
    for step in range(20):
        alike, other = turn(alike, 1.01), turn(other, 1.0 + step)
    drawn = draw(alike, fold="both").picture
    assert [box.label_text.notes for box in drawn.boxes] == [[], ["1 product + 1 term", "× 1.01, + 0.1"]]
    apart = draw(other, fold="both").picture
    assert apart.boxes[1].label_text.notes == ["1 product + 1 term", "× (1.0 to 20.0), + 0.1"]
    rows = sum(turn(Value(float(row), f"x{row}"), 1.0 + row) ** 2 for row in range(3))  # uneven, in one step
    kinds = [box.label_text.kind for box in draw(rows, fold="layers").picture.boxes]
    assert kinds.count("constant") == 2


def test_auto_never_refuses_a_graph() -> None:
    far = Value(1.0, "far")
    total = far
    for i in range(3000):
        total = (total * Value(1.0, f"w{i}") + far.sin()).tanh()
    assert len(draw(total).picture.boxes) <= 40


def sequence(*parts: Sequence[int]) -> Repeats:
    """Repeats of tokens, where each place uses the one before it."""
    tokens = [token for part in parts for token in part]
    return Repeats(tokens, [[place - 1] if place else [] for place in range(len(tokens))])


def test_periods_are_found_alone_and_nested() -> None:
    flat = sequence([9, 8], [1, 2, 3] * 5, [7])
    assert flat.slots == [0, 1, *[2, 3, 4] * 5, 17]
    assert flat.turns[2:5] == [(0,)] * 3
    assert flat.turns[14:17] == [(4,)] * 3
    nested = sequence(([1, 2] * 4 + [3, 4]) * 6)
    assert len(set(nested.slots)) == 4
    assert sorted({loop.count for loop in nested.loops.values()}) == [4, 6]
    assert nested.turns[-1] == (5,)
    assert nested.turns[-3] == (5, 3)
    assert sequence([1, 2, 3, 4, 5]).slots == [0, 1, 2, 3, 4]
    tokens = [2, 2, 2, 2, 1, 2, 1, 1, 1, 1]  # two loops of one operation, the second after equal operations
    links: list[list[int]] = [[], [0], [0], [2], [3], [4], [5], [6], [0], [0]]
    assert Repeats(tokens, links).slots == [0, 0, 0, 3, 4, 5, 6, 7, 7, 7]
    # Equal operations on other places are no loop.
    far = [[], [0], [0], [0, 1], [0], [3, 1], [1], [2, 3], [5]]
    assert len(set(Repeats([1] * 9, far).slots)) == 9


@pytest.mark.parametrize("many", [100, 1000, 10_000])
def test_the_search_compares_a_place_few_times(many: int) -> None:
    rng = Random(many)
    blocks = [place // 7 % 3 for place in range(many)]
    for tokens in ([rng.randrange(2) for _ in range(many)], [1, 2, 1, 1] * (many // 4), blocks):
        assert sequence(tokens).compared <= MOST_COMPARISONS * many


def test_a_slow_layout_is_done_again_with_straight_arrows(monkeypatch: pytest.MonkeyPatch) -> None:
    root = ZOO["Newton 100"]()
    asked = []

    def render(text: str, form: str, seconds: float | None = None) -> bytes:
        asked.append((text, seconds))
        if seconds is not None:
            raise SlowLayout("slow")
        return b"<svg width='1pt'>\n</svg>"

    monkeypatch.setattr(sys.modules["engine.draw.drawing"], "render", render)
    drawing = Drawing(draw(root).picture)
    assert drawing.svg.startswith("<svg")
    assert [("splines=line" in text, seconds is None) for text, seconds in asked] == [(False, False), (True, True)]
    assert asked[1][0] == dot(drawing.picture, straight=True)

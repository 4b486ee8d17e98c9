"""Drawings: what they show, that labels stay text, how large graphs fold, and where the layout program is found.

The DOT in tests/golden is compared character by character. After a change that is meant, rewrite it and look at it:

    REWRITE_GOLDEN=1 python -m pytest tests/test_draw.py -k golden
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tracemalloc
import xml.etree.ElementTree as ET
from base64 import b64decode
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from graphlib import TopologicalSorter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from svg import words

from engine import OPS, Value, compile, define, draw, grad, walk
from engine.draw import choose, dot, fold, loops, picture, render
from engine.errors import DrawError
from engine.graph import nodes, operations
from engine.installed import layout_command
from engine.printer import format_number, true_minus
from engine.walk.page import graph, page_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.draw.drawing import Drawing

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"
LABELS = [
    "<script>alert(1)</script>", '"]; x [', "&amp;", "&#38; &lt;b&gt;", "{a|b}", "\\N \\n \\", "C:\\new\\table",
    "%s {0}", "-->", "]]>", "<!-- x -->", "</title>", "'quoted'", "π·é", "🙂 👩‍👩‍👧", "重み", "n0 -> n1", "a b",
]  # fmt: skip


# Graphs to draw.


def expression() -> Value:
    """L = ((a * b) + c) * f, named and differentiated."""
    a, b, c, f = (Value(data, label) for data, label in ((2, "a"), (-3, "b"), (10, "c"), (-2, "f")))
    e = a * b
    d = e + c
    root = d * f
    e.label, d.label, root.label = "e", "d", "L"
    root.backward()
    return root


def neuron() -> Value:
    """o = tanh(x1 * w1 + x2 * w2 + b), without names inside."""
    x, w = [Value(2.0, "x1"), Value(0.5, "x2")], [Value(-3.0, "w1"), Value(1.0, "w2")]
    root = (x[0] * w[0] + x[1] * w[1] + Value(6.0, "b")).tanh()
    root.label = "o"
    root.backward()
    return root


def square() -> Value:
    x = Value(3.0, "x")
    return x * x


def network(sizes: list[int], samples: int, named: bool = True, values: bool = False) -> Value:
    """The sum of a ReLU network's outputs over samples; the inputs are constants, or Values."""
    rng = random.Random(0)

    def leaf(name: str) -> Value:
        return Value(rng.uniform(-1, 1), name if named else "")

    weights = [
        [
            ([leaf(f"layer{depth}.neuron{n}.w[{i}]") for i in range(inputs)], leaf(f"layer{depth}.neuron{n}.b"))
            for n in range(outputs)
        ]
        for depth, (inputs, outputs) in enumerate(pairwise(sizes), 1)
    ]
    total = 0
    for _ in range(samples):
        x = [Value(rng.uniform(-1, 1)) for _ in range(sizes[0])]
        for each in x if not values else ():
            each.requires_grad = False
        for layer in weights:
            x = [sum((w * v for w, v in zip(row, x)), bias) for row, bias in layer]
            x = [z.relu() for z in x] if layer is not weights[-1] else x
        total = total + x[0]
    return total


def chain(length: int, step: Callable[[Value], Value]) -> Value:
    x = Value(0.5, "x")
    for _ in range(length):
        x = step(x)
    return x


def random_graph(seed: int, size: int = 60) -> Value:
    rng = random.Random(seed)
    made = [Value(rng.uniform(0.5, 1.5), f"x{i}" if i % 2 else "") for i in range(4)]
    for _ in range(size):
        args = rng.choice(made[-8:]), rng.choice(made)
        made.append(rng.choice([Value.add, Value.add, Value.mul, Value.maximum])(*args))
        if rng.random() < 0.3:
            made.append(made[-1].tanh() * rng.choice([1.0, 0.5]))
    return sum(made[-5:])


# What a drawing says, read back from its SVG.


def texts(drawing: Drawing, kind: str = "node") -> dict[str, list[str]]:
    """The lines of text of each node or edge, by its id."""
    groups = ET.fromstring(drawing.svg).iter(f"{SVG}g")
    return {
        group.get("id", ""): ["".join(text.itertext()).replace("\xa0", " ") for text in group.iter(f"{SVG}text")]
        for group in groups
        if group.get("class") == kind
    }


def edges(drawing: Drawing) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for match in re.finditer(r"^  (n\d+) -> (n\d+) ", drawing.dot, flags=re.MULTILINE)]


def style(drawing: Drawing, box: str) -> str:
    return next(line for line in drawing.dot.splitlines() if line.startswith(f"  {box} ["))


def box_named(drawing: Drawing, name: str) -> picture.Box:
    return next(box for box in drawing.picture.boxes if box.label_text.name == name)


# The pictures themselves.


def highlighted() -> Drawing:
    root = expression()
    return draw(root, highlight=[(root, 0), root.args[0].args[1]])


def hostile() -> Drawing:
    return draw(Value(1.0, '<b>"]; x [\\N&amp;\n{|}') * Value(2.0, "x" * 10_000))


def kinds() -> Drawing:
    return draw(Value(2.0, "w") * Value(3.0) + 4.0)


def part() -> Drawing:
    root = network([2, 3, 1], 2)
    return draw(root, focus=root.args[0], depth=1)


CASES: dict[str, Callable[[], Drawing]] = {
    "expression": lambda: draw(expression()),
    "downward": lambda: draw(expression(), direction="TB"),
    "local": lambda: draw(expression(), local=True),
    "square": lambda: draw(square(), local=True),
    "highlighted": highlighted,
    "kinds": kinds,
    "hostile": hostile,
    "part": part,
    "sums": lambda: draw(neuron(), fold="sums"),
    "layers": lambda: draw(network([2, 16, 16, 1], 1)),
    "samples": lambda: draw(network([2, 4, 1], 10, named=False, values=True), fold="layers"),
}


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str) -> None:
    file = GOLDEN / f"{name}.dot"
    made = CASES[name]().dot
    if os.environ.get("REWRITE_GOLDEN"):
        file.write_bytes(made.encode())
    assert made == file.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {file.stem for file in GOLDEN.glob("*.dot")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_every_svg_is_well_formed_and_tells_what_it_shows(name: str) -> None:
    drawing = CASES[name]()
    root = ET.fromstring(drawing.svg)
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert (root[0].text, root[1].text) == (drawing.title, drawing.picture.description)
    titles = {
        group.get("id"): group.findtext(f"{SVG}title")
        for group in root.iter(f"{SVG}g")
        if group.get("class") in ("node", "edge")
    }
    for box in drawing.picture.boxes:
        assert titles[box.id] == str(box.label_text)
    for arrow in drawing.picture.arrows:
        assert titles[arrow.id] == (arrow.title or None)
    assert not any(re.fullmatch(r"n\d+(->n\d+)?|%\d+", title or "") for title in titles.values())


def test_the_same_graph_gives_the_same_bytes_in_any_process() -> None:
    script = "from test_draw import CASES; print(*(case().dot for case in CASES.values()))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=Path(__file__).parents[1],
            env={
                **os.environ,
                "PYTHONPATH": f"{os.pathsep}tests",
                "PYTHONHASHSEED": seed,
                "PYTHONIOENCODING": "utf-8",
            },
            capture_output=True,
            check=True,
        ).stdout
        for seed in "12"
    }
    assert len(printed) == 1


def test_nodes_show_name_symbol_data_and_grad() -> None:
    drawing = draw(expression())
    assert texts(drawing) == {
        "n0": ["a", "data 2.0", "grad 6.0"],
        "n1": ["b", "data −3.0", "grad −4.0"],
        "n2": ["×", "e", "data −6.0", "grad −2.0"],
        "n3": ["c", "data 10.0", "grad −2.0"],
        "n4": ["+", "d", "data 4.0", "grad −2.0"],
        "n5": ["f", "data −2.0", "grad 4.0"],
        "n6": ["×", "L", "data −8.0", "grad 1.0"],
    }
    assert edges(drawing) == [("n0", "n2"), ("n1", "n2"), ("n2", "n4"), ("n3", "n4"), ("n4", "n6"), ("n5", "n6")]


def test_a_constant_shows_its_number_once_and_no_gradient() -> None:
    assert texts(draw(Value(2.0, "a") * 0.5))["n1"] == ["0.5"]


def test_kinds_differ_in_shape_not_only_in_color() -> None:
    lines = kinds().dot.splitlines()
    shapes = {
        re.sub(r'"#\w+"', "", re.sub(r" label=.*", "", line)).split("[id=")[1][2:]
        for line in lines
        if "[id=n" in line and "->" not in line
    }
    assert len(shapes) == 5  # parameter, leaf, constant, operation and root
    many = style(CASES["layers"](), box_named(CASES["layers"](), "layer 1").id)
    assert "shape=box3d" in many


def test_colors_have_contrast() -> None:
    def luminance(color: str) -> float:
        channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    fills = {"#FFFFFF", *re.findall(r'fillcolor="(#\w+)"', " ".join(dot.STYLES.values()))}
    assert len(fills) == 3
    for ink in (dot.FORWARD, dot.BACKWARD, dot.INK, dot.QUIET):
        for paper in fills:
            assert (luminance(paper) + 0.05) / (luminance(ink) + 0.05) >= 4.5, (ink, paper)


def test_an_argument_used_twice_has_two_edges() -> None:
    drawing = draw(square(), local=True)
    assert edges(drawing) == [("n0", "n1")] * 2
    assert sorted(texts(drawing, "edge").values()) == [[f"dv1/dx = x = 3.0 (edge {n} of 2)"] for n in (1, 2)]


@pytest.mark.parametrize("direction", ["LR", "TB", "RL", "BT"])
def test_arguments_stand_in_their_order(direction: str) -> None:
    root = Value(1.0, "first") - Value(2.0, "second")
    drawing = draw(root, direction)
    across = "y" if direction in ("LR", "RL") else "x"
    along = "x" if across == "y" else "y"
    at = {}
    for text in ET.fromstring(drawing.svg).iter(f"{SVG}text"):
        at[text.text] = float(text.get(across, "")), float(text.get(along, ""))
    assert at["first"][0] < at["second"][0]
    forward = at["first"][1] < at["−"][1]
    assert forward == (direction in ("LR", "TB"))


def test_a_drawing_is_a_snapshot() -> None:
    root = square()
    before = draw(root)
    root.backward()
    assert texts(before)["n0"] == ["x", "data 3.0", "grad 0.0"]
    assert texts(draw(root))["n0"] == ["x", "data 3.0", "grad 6.0"]


@pytest.mark.parametrize("root", [Value(1.0), Value(1.0, "a"), Value(1.0, "a") * 2.0])
def test_the_root_has_a_double_border(root: Value) -> None:
    assert [line for line in draw(root).dot.splitlines() if "peripheries=2" in line] == [
        line for line in draw(root).dot.splitlines() if line.startswith(f"  n{len(nodes(root)) - 1} [")
    ]


def test_repr_tells_the_size() -> None:
    assert repr(draw(expression())) == "Drawing of L: 7 nodes, 4 of them leaves"
    assert repr(draw(square())) == "Drawing of v1: 2 nodes, 1 of them a leaf"
    assert repr(draw(neuron(), fold="layers")) == "Drawing of o: 10 nodes, 5 of them leaves, drawn as 4 boxes"


# Local derivatives.


def test_local_derivatives_are_on_the_edges() -> None:
    drawing = draw(expression(), local=True)
    assert texts(drawing, "edge") == {
        "n2_0": ["de/da = b = −3.0"],
        "n2_1": ["de/db = a = 2.0"],
        "n4_0": ["dd/de = 1.0"],
        "n4_1": ["dd/dc = 1.0"],
        "n6_0": ["dL/dd = f = −2.0"],
        "n6_1": ["dL/df = d = 4.0"],
    }
    assert not any(texts(draw(expression()), "edge").values())


@pytest.mark.parametrize("name", OPS)
def test_every_operation_is_drawn_with_its_symbol_and_its_slopes(name: str) -> None:
    op = OPS[name]
    args = [Value(0.3 + 0.4 * i, "abc"[i]) for i in range(op.arity)]
    root = getattr(Value, name)(*args)
    drawing = draw(root, local=True)
    assert texts(drawing)[f"n{op.arity}"][0] == op.symbol
    for i, slope in enumerate(op.slopes):
        (label,) = texts(drawing, "edge")[f"n{op.arity}_{i}"]
        assert label.startswith(f"dv1/d{'abc'[i]} = ")
        assert label.endswith(f"= {true_minus(format_number(slope(*(arg.data for arg in args), z=root.data)))}")


def test_an_edge_from_a_constant_has_no_derivative() -> None:
    drawing = draw(Value(-3.0, "x") ** 2, local=True)
    assert texts(drawing, "edge") == {"n2_0": ["dv1/dx = 2 * x = −6.0"], "n2_1": []}


def test_a_slope_that_does_not_exist_is_told() -> None:
    assert texts(draw(Value(0.0, "x").sqrt(), local=True), "edge")["n1_0"] == ["dv1/dx = 0.5 / v1 = not finite"]


def test_names_in_a_derivative_cannot_be_misread() -> None:
    root = Value(2.0, "a + b") * Value(-3.0, "c")
    assert texts(draw(root, local=True), "edge")["n2_1"] == ["dv1/dc = (a + b) = 2.0"]


def test_a_defined_operation_is_drawn() -> None:
    cube = define("cube", "x ** 3", ("3 * x ** 2",), symbol="x³")
    drawing = draw(cube(Value(2.0, "a")), local=True)
    assert texts(drawing)["n1"] == ["x³", "v1", "data 8.0", "grad 0.0"]
    assert texts(drawing, "edge")["n1_0"] == ["dv1/da = 3.0 * a ** 2.0 = 12.0"]


def test_gradients_that_are_graphs_are_drawn() -> None:
    x = Value(2.0, "x")
    y = x**3
    y.label = "y"
    drawing = draw(grad(y, x)[0], local=True)
    assert drawing.title == "Graph of dy/dx"
    assert texts(drawing)["n4"][1] == "dy/dx"
    assert texts(drawing, "edge")["n4_1"] == ["d(dy/dx)/dv1 = 3.0"]


# Labels are text.


@pytest.mark.parametrize("label", LABELS)
def test_a_label_comes_out_as_text(label: str) -> None:
    root = Value(1.0, label) * Value(2.0, f"{label}2")
    root.label = f"{label}3"
    drawing = draw(root, local=True, highlight=[root.args[0], (root, 1)])
    nodes_, edges_ = texts(drawing), texts(drawing, "edge")
    assert sorted(nodes_) == ["n0", "n1", "n2"]
    assert sorted(edges_) == ["n2_0", "n2_1"]
    assert [nodes_["n0"][0], nodes_["n1"][0], nodes_["n2"][1]] == [f"► {label}", f"{label}2", f"{label}3"]
    assert all(line.startswith("d") and label[:10] in line for (line,) in edges_.values())
    known = {"svg", "g", "title", "desc", "text", "path", "polygon", "polyline", "ellipse"}
    assert {element.tag.removeprefix(SVG) for element in ET.fromstring(drawing.svg).iter()} <= known
    assert alt(drawing).startswith(f"Graph of {label}3: ")


@pytest.mark.parametrize(
    "label", ["\0", "a\x1b[31mb", "\x7f", "a\x85", "\ud800", "\ufffe", "\u202eabc", "two\nlines\r\n\ttab"]
)
def test_a_label_that_xml_or_a_line_cannot_hold_is_made_harmless(label: str) -> None:
    drawing = draw(Value(1.0, label) * 2.0)
    (first, *_) = texts(drawing)["n0"]
    assert len(first.replace(" ", "")) <= len(label)
    for text in (drawing.svg, drawing.dot, first, alt(drawing)):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff\ufffe]", text)
        text.encode()


def test_long_labels_are_shortened() -> None:
    x = Value(1.0, "x" * 10_000)
    root = x * x + x
    root.label = "<" * 10_000
    drawing = draw(root, local=True, highlight=root)
    assert texts(drawing)["n0"][0] == "x" * 31 + "…"
    assert all(len(line) <= 100 for lines in texts(drawing, "edge").values() for line in lines)
    assert max(len(element.text or "") for element in ET.fromstring(drawing.svg).iter()) < 1000
    assert len(drawing.dot) < 5000
    assert len(alt(drawing)) < 1000


def test_many_long_labels_keep_the_description_bounded() -> None:
    root = sum(Value(1.0, f"{i}" + "y" * 10_000) for i in range(50))
    assert len(draw(root, fold="none").picture.description) < 4000
    assert "; and 87 more." in draw(root, fold="none").picture.description
    assert len(draw(root).picture.description) < 4000


def test_an_operation_s_symbol_is_text() -> None:
    odd = define("odd", "x + 1", ("1",), symbol="<&\\N\n>")
    assert texts(draw(odd(Value(1.0))))["n1"][0] == "<&\\N >"


# Highlights.


def test_a_highlighted_node_is_thick_and_has_a_mark() -> None:
    root = expression()
    drawing = draw(root, highlight=root.args[0])
    assert texts(drawing)["n4"][:2] == ["+", "► d"]
    assert [line.split()[0] for line in drawing.dot.splitlines() if "penwidth=3.5" in line] == ["n4"]
    assert "d = e + c, data 4.0, grad −2.0 (highlighted);" in drawing.picture.description


@pytest.mark.parametrize("index", [0, 1])
def test_a_highlighted_edge_is_thick_points_back_and_has_a_label(index: int) -> None:
    x = Value(3.0, "x")
    root = x * x
    drawing = draw(root, highlight=(root, index))
    (line,) = [line for line in drawing.dot.splitlines() if "penwidth=3.5" in line]
    assert line.startswith(f"  n0 -> n1 [id=n1_{index} ")
    assert "dir=back" in line
    assert texts(drawing, "edge")[f"n1_{index}"] == [f"dv1/dx = x = 3.0 (edge {index + 1} of 2)"]
    assert texts(drawing, "edge")[f"n1_{1 - index}"] == []


def test_a_highlighted_edge_of_a_constant_has_a_label() -> None:
    root = Value(3.0, "x") * 2.0
    assert texts(draw(root, highlight=(root, 1)), "edge")["n2_1"] == ["►"]


def test_a_highlight_inside_of_a_fold_marks_its_box() -> None:
    root = neuron()
    total = root.args[0]
    inner = total.args[0]
    for mark in (inner, (total, 0), [(inner, 1)]):
        drawing = draw(root, fold="sums", highlight=mark)
        assert [box.label_text.symbols for box in drawing.picture.boxes if box.marked] == [["Σ"]]
        assert not any(arrow.marked for arrow in drawing.picture.arrows)
    drawing = draw(root, fold="sums", highlight=(inner.args[0], 1))
    assert [arrow.label for arrow in drawing.picture.arrows if arrow.marked] == ["dv4/dw1 = x1 = 2.0"]
    assert not any(box.marked for box in drawing.picture.boxes)


def test_a_walk_s_step_is_highlighted() -> None:
    root = expression()
    steps = walk(root)
    steps.run()
    drawing = steps.draw()
    assert (
        sum(arrow.marked for arrow in drawing.picture.arrows) + sum(box.marked for box in drawing.picture.boxes) == 1
    )


# Folds.


@pytest.mark.parametrize("name", ["none", "sums", "neurons", "loops", "layers", "both", "blocks"])
@pytest.mark.parametrize("seed", range(20))
def test_folds_lose_no_node_and_no_edge(seed: int, name: str) -> None:
    root = random_graph(seed)
    order, everything = operations(root), nodes(root)
    listed = fold.Operations(everything)
    ((_, folding),) = choose.foldings(listed, name)
    keys, place = folding.keys, listed.place
    visible = {*keys}
    drawing = draw(root, fold=name)
    joints = picture.joined([place[root]], listed, folding, visible)
    assert len(drawing.picture.boxes) == len(visible)
    drawn = sum(arrow.edges for arrow in drawing.picture.arrows)
    inside = sum(
        keys[place[node]] == keys[place[arg]] and picture.carrier(folding, place[arg], place[node]) is None
        for node in order
        for arg in node.args
    )
    assert drawn + inside == sum(len(node.args) for node in order)
    graph: dict[str, set[str]] = {}
    for arrow in drawing.picture.arrows:
        if not arrow.carried:
            graph.setdefault(arrow.head, set()).add(arrow.tail)
    TopologicalSorter(graph).prepare()  # raises CycleError if boxes feed each other
    assert place[root] in joints.results
    if name == "none":
        assert len(drawing.picture.boxes) == len(everything)
        assert all(arrow.edges == 1 for arrow in drawing.picture.arrows)
        heads = {box.id: place for place, box in enumerate(drawing.picture.boxes)}
        assert all(heads[arrow.tail] < heads[arrow.head] for arrow in drawing.picture.arrows)


def test_sums_of_products_become_one_box() -> None:
    drawing = draw(neuron(), fold="sums")
    total = box_named(drawing, "v4")
    assert texts(drawing)[total.id] == ["Σ", "v4", "x1·w1 + x2·w2 + b", "data 0.5", "grad 0.7864"]
    assert Counter(head for _, head in edges(drawing)) == {total.id: 5, "n6": 1}


def test_a_long_sum_is_counted() -> None:
    root = sum((Value(1.0) * Value(2.0) for _ in range(16)), Value(0.0, "b"))
    assert draw(root, fold="sums").picture.boxes[-1].label_text.notes == ["16 products + 1 term"]


def test_a_local_derivative_of_a_folded_sum_is_the_product_s() -> None:
    drawing = draw(neuron(), fold="sums", local=True)
    total = box_named(drawing, "v4")
    labels = {arrow.label for arrow in drawing.picture.arrows if arrow.head == total.id}
    assert labels == {
        "dv4/dx1 = w1 = −3.0",
        "dv4/dw1 = x1 = 2.0",
        "dv4/dx2 = w2 = 1.0",
        "dv4/dw2 = x2 = 0.5",
        "dv4/db = 1.0",
    }


def test_what_is_shared_or_named_is_not_folded_away() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    product = a * b
    assert len(draw(product + product, fold="sums").picture.boxes) == 4  # used twice, by one sum
    assert len(draw((product + a) * product, fold="sums").picture.boxes) == 5  # used by another node as well
    named = a * b
    named.label = "area"
    assert box_named(draw(named + a, fold="sums"), "area")
    assert len(draw(a * b + a, fold="sums").picture.boxes) == 3


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("values", [True, False])
@pytest.mark.parametrize("samples", [1, 7])
def test_layers_are_found_by_structure(samples: int, values: bool, named: bool) -> None:
    drawing = draw(network([2, 16, 16, 1], samples, named, values))
    many = f" × {samples} samples" if samples > 1 else ""
    boxes = [box.label_text for box in drawing.picture.boxes if box.label_text.neurons and box.label_text.many]
    assert [(box.name, *box.notes) for box in boxes][:2] == [
        ("layer 1", f"16 neurons{many}", "2 products + 1 term each"),
        ("layer 2", f"16 neurons{many}", "16 products + 1 term each"),
    ]
    assert [box.symbols for box in boxes][:2] == [["Σ", "ReLU"]] * 2
    what = "parameters" if named else "leaves"
    weights = [box.label_text.notes for box in drawing.picture.boxes if box.label_text.kind in ("parameter", "leaf")]
    for count in (32, 16, 256, 16):
        assert [f"{count} {what}"] in weights
    assert len(drawing.picture.boxes) <= 12
    bundles = [arrow.label for arrow in drawing.picture.arrows]
    assert f"{256 * samples:,} edges" in bundles


def test_only_sums_of_parameters_times_inputs_are_neurons() -> None:
    p, q, r = (Value(float(i), name) for i, name in enumerate("pqr"))
    x = [Value(1.0).tanh() for _ in range(3)]
    squares = draw(p * p + q * q + r * r, fold="layers").picture.boxes[-1].label_text
    assert (squares.neurons, squares.notes) == (0, ["p·p + q·q + r·r"])
    uneven = [p * x[0] + 1.0, p * x[1] + 1.0, q * x[2] + 1.0]
    row = draw(uneven[0].maximum(uneven[1]).maximum(uneven[2]), fold="layers").picture.boxes
    assert ["3 sums", "1 product + 1 term each"] in [box.label_text.notes for box in row]


def test_an_edge_into_a_whole_neuron_has_no_local_derivative() -> None:
    drawing = draw(neuron(), fold="layers", local=True)
    labels = [(arrow.label, arrow.edges) for arrow in drawing.picture.arrows]
    assert sorted(labels) == [("", 1), ("2 edges", 2), ("2 edges", 2)]  # b, and both x and both w


def test_an_edge_to_one_of_many_results_has_no_local_derivative() -> None:
    p, q = Value(1.0, "p"), Value(2.0, "q")
    pair = p * Value(3.0).relu() + q, q * Value(3.0).tanh() + p
    drawing = draw(pair[0].maximum(pair[1]), fold="layers", local=True)
    relu = next(box for box in drawing.picture.boxes if box.label_text.symbols == ["ReLU"])
    assert [(arrow.label, arrow.edges) for arrow in drawing.picture.arrows if arrow.tail == relu.id] == [("", 1)]


def test_labels_name_the_groups() -> None:
    names = [box.label_text.name for box in draw(network([2, 16, 16, 1], 1)).picture.boxes]
    assert "layer2.neuron0..15.w[0..15]" in names
    assert "layer2.neuron0..15.b" in names


def test_labeled_results_name_a_layer() -> None:
    x = [Value(1.0), Value(2.0)]
    row = []
    for n in range(3):
        z = Value(0.5) * x[0] + Value(0.5) * x[1]
        h = z.tanh()
        z.label, h.label = f"hidden.{n}.z", f"hidden.{n}.h"
        row.append(h)
    names = [box.label_text.name for box in draw(row[0].maximum(row[1]).maximum(row[2]), fold="layers").picture.boxes]
    assert "hidden" in names


def test_ranges_tell_lowest_and_highest() -> None:
    root = sum(Value(float(i), f"x{i}").tanh() for i in range(-2, 3))
    root.backward()
    leaves = draw(root, fold="layers").picture.boxes[0].label_text
    assert (leaves.name, leaves.notes, leaves.data) == ("", ["5 parameters"], "−2.0 to 2.0")
    assert leaves.grad == "0.07065 to 1.0"


def test_auto_takes_the_first_fold_whose_letters_can_be_read() -> None:
    def fold_of(root: Value) -> str:
        return draw(root).picture.fold

    assert fold_of(chain(29, Value.tanh)) == "none"  # 30 nodes are drawn as they are, however wide
    assert fold_of(chain(30, Value.tanh)) == "loops"
    assert fold_of(network([2, 3, 3, 1], 1, values=True)) == "neurons"
    assert fold_of(network([2, 16, 16, 1], 1, values=True)) == "layers"
    for fold_name in ("none", "sums", "neurons", "loops", "layers", "both", "blocks", "strongest"):
        assert draw(network([2, 3, 1], 2), fold=fold_name).picture.fold == fold_name


def test_a_graph_too_large_for_the_fold_that_is_asked_for_is_refused_with_its_counts() -> None:
    root = chain(2000, Value.tanh)
    for name in ("none", "layers"):
        with pytest.raises(DrawError, match=rf"2,001 nodes .*2,001 boxes .*fold='{name}'.* 2,000"):
            draw(root, fold=name)
    with pytest.raises(DrawError, match=r"draw\(root, focus=node, depth=2\), or fold='auto'\."):
        draw(root, fold="none")
    with pytest.raises(DrawError, match="smaller depth"):
        draw(root, depth=3000)
    assert len(draw(root, depth=30).picture.boxes) == 31
    assert len(draw(root.args[0], fold="none").picture.boxes) == 2000
    assert len(draw(root).picture.boxes) == 2  # x, and one step of 2,000


def test_a_tangle_is_refused() -> None:
    w = Value(0.9, "w")
    with pytest.raises(DrawError, match="45,450 boxes .*20,000"):
        draw(chain(300, lambda x: x * w), fold="none")
    assert len(draw(chain(300, lambda x: x * w)).picture.boxes) == 3
    assert draw(chain(300, lambda x: x * Value(0.9)), fold="none").picture.length == 600  # each leaf beside its use
    assert "splines=line" in draw(chain(90, lambda x: x * w), fold="none").dot
    assert "splines=line" not in draw(chain(30, lambda x: x * w), fold="none").dot


def test_one_turn_of_a_loop_is_drawn() -> None:
    one = Value(1.0, "one")
    root = chain(50_000, lambda x: x + one)
    drawing = draw(root, fold="loops")
    assert [box.label_text.name for box in drawing.picture.boxes] == ["x", "one", ""]
    assert drawing.picture.boxes[-1].label_text.data == "1.5 → 50000.5"
    assert [(arrow.label, arrow.edges) for arrow in drawing.picture.arrows] == [
        ("first", 1), ("", 50_000), ("next step", 49_999),
    ]  # fmt: skip
    (step,) = drawing.picture.clusters.inner
    assert step.label.startswith("one step of 50,000")
    assert draw(root, fold="sums").picture.boxes[-1].label_text.notes == ["50,001 terms"]
    assert [box.label_text.name for box in draw(root, depth=1).picture.boxes] == ["one", "v49999", "v50000"]


def test_a_constant_stands_in_the_box_of_its_operation() -> None:
    x = Value(3.0, "x")
    cases = {
        "× 0.01": x * 0.01,
        "2 ×": 2 * x,
        "^ 2": x**2,
        "− (−3)": x - (-3.0),
        "1 /": 1 / x,
        "max(·, 0)": x.maximum(0.0),
    }
    for symbol, node in cases.items():
        node.label = "result"
        for name in ("sums", "neurons", "layers"):
            boxes = draw(node, fold=name).picture.boxes
            assert [box.label_text.symbols for box in boxes] == [[], [symbol]], (symbol, name)
            rule = boxes[1].label_text.rule
            assert rule == ("" if name in picture.SHORT else draw(node).picture.boxes[-1].label_text.rule)
        assert len(draw(node).picture.boxes) == 3  # a small drawing shows every node


def test_a_constant_that_several_boxes_use_or_that_has_two_sides_stays() -> None:
    x, two = Value(3.0, "x"), Value(2.0)
    two.requires_grad = False
    shared = (x * two).sin() - two
    assert [box.label_text.name for box in draw(shared, fold="layers").picture.boxes if not box.node.op] == [
        "x",
        "2.0",
    ]
    sides = (x * 2.0).sin() - (3.0 * x).sin()
    assert ["×"] in [box.label_text.symbols for box in draw(sides, fold="layers").picture.boxes]
    named = Value(2.0, "k")
    named.requires_grad = False
    assert box_named(draw(x * named, fold="layers"), "k")
    rows = sum(x * factor for factor in (0.1, 0.2, 0.3)).exp()
    assert "Σ" in [box.label_text.symbols[0] for box in draw(rows, fold="layers").picture.boxes if box.node.op]


def test_a_neuron_is_a_table_of_its_products() -> None:
    root = neuron()
    drawing = draw(root, fold="neurons")
    box = box_named(drawing, "o")
    assert [tuple(row) for row in box.label_text.table] == [
        ("x1", "2.0", "× w1", "= −6.0", "−2.359"),
        ("x2", "0.5", "× w2", "= 0.5", "0.7864"),
        ("b", "6.0", "", "", "0.7864"),
        ("o", "0.4621", "", "", "1.0"),
    ]
    assert texts(drawing)[box.id][-6:] == ["b", "6.0", "0.7864", "o", "0.4621", "1.0"]
    x = [Value(float(i), f"x{i}") for i in range(9)]
    wide = sum(Value(1.0, f"w{i}") * x[i] for i in range(9)).tanh() * 2.0 + x[0]
    rows = next(box for box in draw(wide, fold="neurons").picture.boxes if box.label_text.table).label_text.table
    assert [row.name for row in rows] == ["w0", "w1", "… 5 more", "w7", "w8", "v18"]
    two = Value(1.0, "a") * Value(2.0, "b") + Value(3.0, "c")
    assert len(draw(two, fold="neurons").picture.boxes) == 5  # one product is no neuron


def test_a_leaf_that_very_many_boxes_use_takes_memory_in_proportion() -> None:
    w = Value(0.9, "w")
    sizes = []
    for length in (500, 2000):
        everything = nodes(chain(length, lambda x: x * w))
        tracemalloc.start()
        loops.layers(fold.Operations(everything))
        sizes.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert sizes[1] < 8 * sizes[0]


# Parts.


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("depth", [0, 1, 2, 5])
def test_a_part_is_what_lies_within_so_many_edges(seed: int, depth: int) -> None:
    root = random_graph(seed, 20)
    everything = nodes(root)
    focus = everything[len(everything) // 2]
    reached = {focus}
    for _ in range(depth):
        reached |= {arg for node in reached for arg in node.args} | {
            node for node in everything if reached.intersection(node.args)
        }
    drawing = draw(root, focus=focus, depth=depth)
    assert len(drawing.picture.boxes) == len(reached)
    assert {box.node for box in drawing.picture.boxes} == reached
    for box in drawing.picture.boxes:
        assert box.cut[0] == sum(arg not in reached for arg in box.node.args)
        assert box.cut[1] == sum(arg is box.node for node in everything if node not in reached for arg in node.args)
    everywhere = {box.node: box.label_text.name for box in draw(root, fold="none").picture.boxes}
    assert all(everywhere[box.node] == box.label_text.name for box in drawing.picture.boxes)


def test_what_a_part_leaves_out_is_counted() -> None:
    drawing = draw(expression(), depth=1)
    assert texts(drawing)["n0_in"] == ["2 more"]
    assert repr(drawing) == "Drawing of L: 7 nodes, 4 of them leaves, a part drawn as 3 boxes"


def test_focus_alone_reaches_two_edges_and_depth_alone_starts_at_the_root() -> None:
    root = expression()
    assert len(draw(root, focus=root.args[0].args[0]).picture.boxes) == 6  # a, b, e, c, d, L
    assert [box.label_text.name for box in draw(root, depth=1).picture.boxes] == ["d", "f", "L"]


# Requests that make no sense.


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"direction": "lr"}, "no direction 'lr': did you mean 'LR'?"),
        ({"direction": 3}, "no direction 3: there are 'BT', 'LR'"),
        ({"fold": "sum"}, "did you mean 'sums'?"),
        ({"fold": None}, "did you mean 'none'?"),
        ({"depth": -1}, "not -1."),
        ({"depth": 1.5}, "not 1.5."),
        ({"depth": True}, "not True."),
        ({"focus": "d"}, "not 'd'."),
        ({"focus": Value(1.0, "other")}, "focus=other is not in this graph"),
        ({"highlight": 3}, "not 3."),
        ({"highlight": Value(1.0, "other")}, "highlight=other is not in this graph"),
        ({"highlight": [(Value(1.0, "other"), 0)]}, "highlight=other is not in this graph"),
    ],
)
def test_a_wrong_request_is_told(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DrawError, match=re.escape(message)):
        draw(expression(), **options)


def test_an_edge_that_is_not_there_is_told() -> None:
    root = expression()
    with pytest.raises(DrawError, match=r"highlight: d \* f has no argument 2: it is two arguments, 0 and 1\."):
        draw(root, highlight=(root, 2))
    with pytest.raises(DrawError, match=r"highlight: d \* f has no argument -1: it is two arguments"):
        draw(root, highlight=(root, -1))
    leaf = root.args[1]
    with pytest.raises(DrawError, match="highlight: f has no argument 0: it is a leaf"):
        draw(root, highlight=(leaf, 0))


@pytest.mark.parametrize(("root", "said"), [(3.0, "not 3.0."), (None, "not None."), ([Value(1.0)], "not a list")])
def test_a_root_is_a_value(root: Any, said: str) -> None:
    with pytest.raises(DrawError, match=rf"root .*{said}"):
        draw(root)


# Files and notebooks.

SIGNATURES = {".svg": b'<svg role="img"', ".png": b"\x89PNG\r\n\x1a\n", ".dot": b"digraph {\n", ".PNG": b"\x89PNG"}


@pytest.mark.parametrize("suffix", SIGNATURES)
def test_save_writes_what_the_name_ends_with(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"graph 1{suffix}"
    assert draw(expression()).save(path) == path
    assert draw(expression()).save(str(path)) == path
    assert path.read_bytes().startswith(SIGNATURES[suffix])


@pytest.mark.parametrize(
    ("name", "meant"),
    [("x.jpg", "x.png"), ("x.svgz", "x.svg"), ("x", "x.svg"), ("x.pdff", "x.pdf"), ("", "graph.svg")],
)
def test_another_ending_is_told(name: str, meant: str) -> None:
    with pytest.raises(DrawError, match=rf"'{name}' .*\.svg, \.png, \.dot, \.pdf or \.html.*'{meant}'\?"):
        draw(expression()).save(name)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DrawError, match="'x.svg' .*no folder"):
        draw(expression()).save(tmp_path / "none" / "x.svg")


class Images(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def image(drawing: Drawing) -> dict[str, str]:
    reader = Images()
    reader.feed(drawing._repr_mimebundle_()["text/html"])
    ((tag, attributes),) = reader.tags
    assert tag == "img"
    return {name: value or "" for name, value in attributes.items()}


def alt(drawing: Drawing) -> str:
    return image(drawing)["alt"]


def test_a_notebook_shows_an_image_with_a_text() -> None:
    drawing = draw(expression())
    assert drawing._repr_mimebundle_(include=None, exclude=None)["text/plain"] == repr(drawing)
    shown = image(drawing)
    assert set(shown) == {"src", "alt", "style"}
    assert "max-width" in shown["style"]
    head, data = shown["src"].split(",")
    assert head == "data:image/svg+xml;base64"
    assert b64decode(data).decode() == drawing.svg
    assert shown["alt"].startswith("Graph of L: 7 nodes, 4 of them leaves. L = d * f, data −8.0, grad 1.0; f, data")


# The layout program.


def script(folder: Path, name: str, lines: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
    path.chmod(0o755)


def test_the_wheel_s_program_is_found_without_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    (program,) = render.programs()
    assert Path(program).stem == render.PURE
    assert draw(square()).svg.startswith("<svg")


def test_the_wheel_s_program_is_found_where_it_was_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr("sysconfig.get_path", lambda *_: str(tmp_path))
    assert Path(render.programs()[0]).stem == render.PURE


def test_without_a_program_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "programs", list)
    drawing = draw(sum(Value(1.0) ** 2 for _ in range(40)), fold="neurons")
    with pytest.raises(DrawError, match="pip install graphviz"):
        drawing.svg  # noqa: B018
    assert "pip install" in drawing._repr_mimebundle_()["text/plain"]
    assert drawing.dot.startswith("digraph")
    with pytest.raises(DrawError, match="pip install graphviz"):
        draw(square()).save("x.png")


@pytest.mark.parametrize("machine", ["armv7l", "wasm32", "x86_64"])
def test_the_remedy_is_one_that_this_machine_can_follow(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert ("graphviz-pure" in layout_command()) == (machine == "x86_64" and sys.platform in ("linux", "darwin"))
    assert "graphviz.org" in layout_command() or "graphviz-pure" in layout_command()


REQUESTS: list[dict[str, Any]] = [
    {"local": True}, {"heat": True}, {"direction": "TB", "local": True, "heat": True}, {"direction": "RL"},
    {"direction": "BT", "local": True},
]  # fmt: skip


def places(svg: str) -> dict[str, tuple[float, float]]:
    """Where the text of each node begins."""
    pattern = r'<g id="(\w+)" class="node">.*?<text[^>]* x="(-?[\d.]+)" y="(-?[\d.]+)"'
    return {name: (float(x), float(y)) for name, x, y in re.findall(pattern, svg, re.DOTALL)}


def looks(svg: str) -> dict[str, tuple[str, str, str]]:
    """What each node's shape is filled with, its border's color, and whether its name is bold or italic."""
    return {
        name: (
            re.findall(r'<(?:path|polygon|ellipse) [^>]*?fill="(.*?)"', group)[0],
            re.findall(r' stroke="(.*?)"', group)[0],
            " ".join(sorted({*re.findall(r"bold|italic", group)})),
        )
        for name, group in re.findall(r'<g id="(\w+)" class="node">(.*?)</g>', svg, re.DOTALL)
    }


def in_pages(root: Value) -> list[str]:
    """The graph on the page of a walk, and on a worksheet."""
    steps = walk(root)
    return [graph(steps, page_words(steps.trace), blank) for blank in (False, True)]


@pytest.mark.parametrize("gone", ["program", "package"])
def test_without_a_layout_small_graphs_are_drawn_plainly(
    gone: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same boxes, colors, texts and arrows as Graphviz's, no box on another, and pages."""
    a, product = Value(2.0, "a"), Value(3.0, "b") * 4.0
    root = (a * product + Value(-1.0, "<c>")).tanh() * Value(2.0) + Value(2.0, "d") ** 2
    root.backward()
    requests = [*REQUESTS, {"highlight": [a, (root, 1)], "local": True}, {"highlight": (root, 0)}]
    theirs, in_theirs = [draw(root, **request).svg for request in requests], in_pages(root)
    if gone == "program":
        monkeypatch.setattr(render, "programs", list)
    else:
        monkeypatch.setitem(sys.modules, "graphviz.backend", None)
    for request, other in zip(requests, theirs):
        ours = draw(root, **request).svg
        assert "Laid out by Gradwalk" in ours
        assert sorted(words(ours).split()) == sorted(words(other).split()), request
        titles = [
            sorted(re.findall(r'<g id="(\w+)" class="(\w+)">\n<title>(.*?)</title>', svg)) for svg in (ours, other)
        ]
        assert titles[0] == titles[1]
        assert looks(ours) == looks(other), request
        (x, y), (root_x, root_y) = places(ours)["n0"], places(ours)[f"n{len(nodes(root)) - 1}"]
        lead = {"LR": root_x - x, "RL": x - root_x, "TB": root_y - y, "BT": y - root_y}
        assert max(lead, key=lead.__getitem__) == request.get("direction", "LR")
        corners = []
        for shape in re.findall(r'class="node">\n<title>.*?</title>\n<polygon [^>]*points="(.*?)"', ours):
            across, down = zip(*(map(float, point.split(",")) for point in shape.split()))
            corners.append((min(across), min(down), max(across), max(down)))
        assert len(corners) > 3
        for index, (left, top, right, bottom) in enumerate(corners):
            assert 0 <= left < right
            for other_left, other_top, other_right, other_bottom in corners[:index]:
                assert right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top
    for ours, other in zip(in_pages(root), in_theirs):
        assert sorted(words(ours).split()) == sorted(words(other).split())
        assert ours.count(">data ") > 4
        assert "data" not in "".join(re.findall(r"<(?:title|desc)>.*?</", ours))
    page = walk(root).save(tmp_path / "walk.html").read_text(encoding="utf-8")
    assert page.count('class="node"') == len(nodes(root))
    page = draw(root, heat=True).save(tmp_path / "graph.html").read_text(encoding="utf-8")
    assert page.count('class="node"') == len(nodes(root))
    with pytest.raises(DrawError, match="pip install graphviz"):
        draw(sum(Value(1.0) ** 2 for _ in range(40)), fold="neurons").save(tmp_path / "graph.html")


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "graphviz.backend", None)
    with pytest.raises(DrawError, match="pip install graphviz"):
        draw(square()).save("x.png")


def test_a_pdf_needs_the_system_s_graphviz(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DrawError, match=r"PDF needs Graphviz .*\.svg or \.png"):
        draw(square()).save(tmp_path / "x.pdf")
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for a system's dot is a shell script")
class TestSystem:
    """With a stand-in for the system's dot on the path."""

    @pytest.fixture(autouse=True)
    def _path(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    def test_it_comes_first(self, tmp_path: Path) -> None:
        script(tmp_path, "dot", 'echo "<svg $1 $2>"; echo "</svg>"')
        assert draw(square()).svg.startswith('<svg role="img" -Kdot -Tsvg font-family=')

    def test_it_makes_the_pdf(self, tmp_path: Path) -> None:
        script(tmp_path, "dot", "echo %PDF")
        assert draw(square()).save(tmp_path / "x.pdf").read_bytes() == b"%PDF\n"

    def test_where_it_fails_the_wheel_s_program_draws(self, tmp_path: Path) -> None:
        script(tmp_path, "dot", "echo no layout engine >&2; exit 1")
        assert "data 9.0" in texts(draw(square()))["n1"]

    @pytest.mark.parametrize("form", render.MARKS)
    def test_another_program_of_that_name_is_passed_over(self, tmp_path: Path, form: str) -> None:
        script(tmp_path, "dot", "echo connected")
        if form == "pdf":
            with pytest.raises(DrawError, match=r"dot does not print PDF: is it Graphviz\?$"):
                draw(square()).save(tmp_path / "x.pdf")
        else:
            assert render.MARKS[form] in draw(square()).save(tmp_path / f"x.{form}").read_bytes()

    def test_a_failure_of_all_is_told(self, tmp_path: Path) -> None:
        script(tmp_path, "dot", "echo Warning: a font >&2; echo no pdf here >&2; exit 1")
        with pytest.raises(DrawError, match=r"dot fails: no pdf here$"):
            draw(square()).save(tmp_path / "x.pdf")

    def test_lines_may_end_as_on_windows(self, tmp_path: Path) -> None:
        script(tmp_path, "dot", f"{render.programs()[-1]} $1 $2 | sed 's/$/\\r/'")
        assert texts(draw(square()))["n0"] == ["x", "data 3.0", "grad 0.0"]
        assert draw(square()).svg.count("<title>") == 5


def test_an_svg_says_which_graphviz_made_it() -> None:
    version = subprocess.run([render.programs()[0], "-V"], capture_output=True, text=True, check=True).stderr
    (maker,) = re.findall(r"<!-- Laid out by graphviz version ([\d.]+) .*-->", draw(square()).svg)
    assert maker in version


def test_warnings_about_letters_are_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    assert "重み" in draw(Value(1.0, "重み🙂")).svg
    assert capfd.readouterr() == ("", "")


def test_many_threads_may_draw() -> None:
    drawings = [draw(expression()) for _ in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda drawing: drawing.svg, drawings))) == 1


# The matrices of a compiled program.


def test_matrices_draws_one_box_for_each_array_operation() -> None:
    pytest.importorskip("numpy")
    weights = [[Value(0.1 * i - 0.2 * j, f"w[{i}][{j}]") for j in range(4)] for i in range(4)]
    samples = [[Value(0.3 * i + k) for i in range(4)] for k in range(3)]
    hidden = [[sum(w * x for w, x in zip(row, sample)).tanh() for row in weights] for sample in samples]
    root = sum(sum(values) * values[0] for values in hidden)
    program = compile(root, (), [w for row in weights for w in row])
    order, listed = operations(root), fold.Operations(nodes(root))
    keys = fold.matrices(listed).keys
    boxes = {node: keys[place] for node, place in listed.place.items()}
    assert len({boxes[node] for node in order}) == program.operations < 10
    assert len({boxes[weight] for row in weights for weight in row}) == 1  # the matrix W
    assert draw(root, fold="matrices").svg.count("<title>") < 40


@pytest.mark.parametrize("boxes", [1, 3, 11, 12, 15])
def test_the_description_in_words_counts_what_it_leaves_out(boxes: int) -> None:
    described = draw(sum(Value(1.0, f"x{index}").sin() for index in range(boxes)), fold="none").picture
    left = len(described.boxes) - 12  # as many are named
    assert (f"and {left:,} more." in described.description) == (left > 0)
    assert " more." not in described.description or left > 0


@pytest.mark.parametrize("length", [1, 59, 60, 61, 300])
def test_the_name_of_a_picture_is_short(length: int) -> None:
    name = draw(Value(1.0, "a") * Value(2.0, "b")).picture.name
    assert name == "v1"
    root = Value(1.0, "a") * 2.0
    root.label = "n" * length
    name = draw(root).picture.name
    assert len(name) == min(length, 60)
    assert (name == root.label) is (length <= 60)

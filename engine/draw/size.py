"""The size of a picture before it is laid out: by ranks, their widest boxes, and the arrows that pass them."""

from __future__ import annotations

from collections import Counter, defaultdict
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from .dot import lines_of
from .legend import PLAIN, legend

if TYPE_CHECKING:
    from .labels import NodeLabel
    from .picture import Box, Picture

SCREEN = 1326, 688  # what a screen of 1366 × 768 leaves to a picture, in CSS pixels
PIXELS = 4 / 3  # CSS pixels in a point
FONT_SIZE, LINE, LETTER = 12.0, 14.5, 6.1  # in points: of labels, the height of a line, the width of a letter
LEAST_LETTERS = 9.0  # CSS pixels: the height of letters that can be read


def letters(picture: Picture) -> float:
    """Return how high the letters of a picture are where it fits the screen, in CSS pixels."""
    width, height = estimate(picture)
    return letters_at(width, height)


def letters_at(width: float, height: float) -> float:
    """Return how high the letters are of a picture of this size in points.

    >>> letters_at(100, 100), letters_at(2 * 1326 / (4 / 3), 10)
    (16.0, 8.0)
    """
    return FONT_SIZE * PIXELS * min(1.0, SCREEN[0] / (width * PIXELS), SCREEN[1] / (height * PIXELS))


def estimate(picture: Picture) -> tuple[float, float]:
    """Return about how wide and how high a picture is, in points."""
    sideways = picture.direction in ("LR", "RL")
    rank = ranks(picture)
    along: defaultdict[int, float] = defaultdict(float)
    across: defaultdict[int, float] = defaultdict(float)
    for box in picture.boxes:
        width, height = box_size(box)
        if not sideways:
            width, height = height, width
        along[rank[box.id]] = max(along[rank[box.id]], width)
        across[rank[box.id]] += height + 18
    far: dict[str, int] = {}
    words: Counter[int] = Counter()  # the widest label of the arrows to a rank
    for arrow in picture.arrows:
        if not arrow.carried:
            far[arrow.tail] = max(far.get(arrow.tail, 0), rank[arrow.head])
            lines = lines_of(arrow.label) if arrow.edges > 1 else [arrow.label]
            longest = max(map(len, lines)) * LETTER if sideways else LINE * len(lines) * bool(arrow.label)
            words[rank[arrow.head]] = max(words[rank[arrow.head]], int(longest))
    for tail, last in far.items():
        for passed in range(rank[tail] + 1, last):
            across[passed] += 14
    loops = len({loop.count for box in picture.boxes if box.loop for loop in box.loop.around})
    margin = 36 * loops + 36 * any(box.row for box in picture.boxes) + 18
    gap = 52 if picture.fold in PLAIN else 34 if sideways else 15
    length = sum(along.values()) + sum(words.values()) + gap * (len(along) - 1) + margin
    breadth = max(across.values()) * (1.0 if sideways else 1.3) + margin  # side by side, boxes stand less close
    width, height = (length, breadth) if sideways else (breadth, length)
    below = legend(picture)
    return max(width, LETTER * max(map(len, below), default=0)), height + (LINE + 2) * len(below)


def ranks(picture: Picture) -> dict[str, int]:
    """Return the rank of each box: one behind the last of its inputs, and leaves one before their first use."""
    inputs: dict[str, set[str]] = {box.id: set() for box in picture.boxes}
    first: dict[str, list[str]] = defaultdict(list)
    for arrow in picture.arrows:
        if not arrow.carried:
            inputs[arrow.head].add(arrow.tail)
            first[arrow.tail].append(arrow.head)
    rank: dict[str, int] = {}
    for box in TopologicalSorter(inputs).static_order():
        rank[box] = 1 + max((rank[tail] for tail in inputs[box]), default=-1)
    for box, tails in inputs.items():
        if not tails and first[box]:
            rank[box] = min(rank[head] for head in first[box]) - 1
    return rank


def box_size(box: Box) -> tuple[float, float]:
    """Return about how wide and how high a box is, in points."""
    label = box.label_text
    if label.table:
        return table_size(label)
    data, grad = label.data and f"data {label.data}", label.grad and f"grad {label.grad}"
    lines = list(filter(None, [label.name, *label.notes, data, grad]))
    width = max(map(len, lines), default=1) * LETTER + 20
    height = LINE * len(lines) + 16
    if label.symbols:
        width += 18 + 8 * max(map(len, label.symbols))
    if label.kind == "leaf":
        width, height = width * 1.35, height * 1.35
    if any(box.cut):
        width += 60
    return max(width, 30.0), max(height, 26.0)


def table_size(label: NodeLabel) -> tuple[float, float]:
    """Return about how wide and how high the table of a neuron is, in points."""
    widest = [max(len(row[column]) for row in label.table) for column in range(5)]
    return sum(widest) * LETTER + 5 * 6, (LINE + 4) * (len(label.table) + 2) + 8

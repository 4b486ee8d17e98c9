"""The legend of a picture: what its signs mean, of those that are in it. A picture that is not folded needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..printer import format_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .picture import Picture

PLAIN = ("none", "sums")  # folds that show nodes as they are
LONGEST_LINE = 100  # characters
NO_HEAT = "fill: |grad|, and each is 0 here: call backward() first"


def legend(picture: Picture) -> list[str]:
    """Return the lines of a picture's legend, from the most useful sign on."""
    lines: list[str] = []
    for text in signs(picture):
        if lines and len(lines[-1]) + len(text) + 3 <= LONGEST_LINE:
            lines[-1] += f" · {text}"
        else:
            lines.append(text)
    return lines


def signs(picture: Picture) -> Iterator[str]:
    """Yield what each sign in a picture means that does not say it itself."""
    labels = [box.label_text for box in picture.boxes]
    if picture.hottest is not None:
        top = format_number(picture.hottest)
        yield f"fill: |grad|, from white at 0 to orange at {top}" if picture.hottest else NO_HEAT
    if any(box.cut != (0, 0) for box in picture.boxes):
        yield "n more: edges to what is not drawn"
    if picture.fold in PLAIN:
        return
    if any(arrow.width for arrow in picture.arrows):
        yield "thicker edge: the root depends on it more"
    if any(arrow.carried for arrow in picture.arrows):
        yield "dashed edge: into a later step"
    if any("→" in label.data + label.grad for label in labels):
        yield "a → b: from first to last step"
    if any(" to " in label.data + label.grad for label in labels):
        yield "a to b: the lowest and the highest"
    colored = picture.hottest is None  # on a fill, numbers are dark
    if colored and any(label.data for label in labels) and any(label.grad for label in labels):
        yield "blue: forward, orange: backward"

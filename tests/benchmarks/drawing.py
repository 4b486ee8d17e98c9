"""Draw each graph of the zoo: boxes, the height of the letters on a screen of 1366 × 768, seconds, and what is seen.

    python tests/benchmarks/drawing.py [folder for the pictures]

It ends with exit code 1 if a picture has more than 40 boxes or letters under 9 pixels, if choosing and laying out
takes more than 0.5 s for up to 20,000 nodes, 2 s for up to 80,000, 6 s for a million, or if the process takes more
than 1 GB in all, graphs included. Seconds are those of a processor, which a busy machine lengthens least.
"""

from __future__ import annotations

import io
import os
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from types import ModuleType
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from zoo import ZOO, chain  # noqa: E402

from engine import draw  # noqa: E402
from engine.draw.size import letters_at  # noqa: E402
from engine.graph import nodes  # noqa: E402

if TYPE_CHECKING:
    from engine import Value
    from engine.draw.picture import Picture

MOST_BOXES, LEAST_LETTERS, MOST_MEGABYTES = 40, 9.0, 1000
MOST_NAMED = 8  # operations in a line
LIMITS = {20_000: 0.5, 80_000: 2.0, 2_000_000: 6.0}  # seconds for up to so many nodes


def gpt() -> Value:
    """The graph of demos/gpt.py on one word."""
    source = (ROOT / "demos" / "gpt.py").read_text(encoding="utf-8").split("# %% Two programs")[0]
    module: Any = ModuleType("gpt")
    with redirect_stdout(io.StringIO()):
        exec(source, module.__dict__)
    root: Value = module.record("the")[2]
    return root


def seen(picture: Picture) -> str:
    """Return in a line what a picture shows: its clusters, and the names or signs of its operations."""
    clusters = [cluster.label.partition(", all")[0] for cluster in picture.clusters.inside]
    labels = [box.label_text for box in picture.boxes if box.label_text.kind in ("operation", "block")]
    names = [label.name or " ".join(label.symbols) for label in labels]
    shown = names if len(names) <= MOST_NAMED else [*names[:3], f"{len(names) - MOST_NAMED:,} more", *names[-4:]]
    return "; ".join([*clusters, ", ".join(shown)])


def busy() -> float:
    """Return the seconds of a processor that this process and those that it started took."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    missed = 0
    print("graph                  nodes       fold boxes      points letters     CPU  peak MB  seen")
    for name, make in {**ZOO, "GPT": gpt, "chain 1,000,000": lambda: chain(1_000_000)}.items():
        root = make()
        root.backward()
        start = busy()
        drawing = draw(root)
        size = re.search(r'width="(\d+)pt" height="(\d+)pt"', drawing.svg)
        seconds = busy() - start
        assert size
        many, boxes = len(nodes(root)), len(drawing.picture.boxes)
        letters = letters_at(int(size[1]), int(size[2]))
        peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
        limit = next(seconds for most, seconds in LIMITS.items() if many <= most)
        wrong = boxes > MOST_BOXES or letters < LEAST_LETTERS or seconds > limit or peak > MOST_MEGABYTES
        missed += wrong
        print(
            f"{name:18} {many:9,} {drawing.picture.fold:>10} {boxes:5} {size[1]:>5} ×{size[2]:>4} {letters:7.1f} "
            f"{seconds:7.2f} {peak:8.0f}  {'missed; ' if wrong else ''}{seen(drawing.picture)}",
            flush=True,
        )
        if folder:
            drawing.save(folder / f"{re.sub(r'[^a-z0-9]+', '_', name.lower())}.png")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())

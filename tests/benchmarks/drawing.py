"""Draw each graph of the zoo: boxes, the height of the letters on a screen of 1366 × 768, and seconds.

    python tests/benchmarks/drawing.py [folder for the pictures]

It ends with exit code 1 if a picture has more than 40 boxes or letters under 9 pixels, or if choosing and laying out
takes more than 0.5 s for up to 20,000 nodes, 2 s for up to 80,000, 6 s for a million. CPU is the time that the choice
takes of one processor, which a busy machine lengthens less.
"""

from __future__ import annotations

import io
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path
from time import perf_counter, process_time
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

MOST_BOXES, LEAST_LETTERS = 40, 9.0
LIMITS = {20_000: 0.5, 80_000: 2.0, 2_000_000: 6.0}  # seconds for up to so many nodes


def gpt() -> Value:
    """The graph of demos/gpt.py on one word."""
    source = (ROOT / "demos" / "gpt.py").read_text(encoding="utf-8").split("# %% Two programs")[0]
    module: Any = ModuleType("gpt")
    with redirect_stdout(io.StringIO()):
        exec(source, module.__dict__)
    root: Value = module.record("the")[2]
    return root


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    missed = 0
    print("graph                  nodes       fold boxes      points letters  choose  layout     CPU")
    for name, make in {**ZOO, "GPT": gpt, "chain 1,000,000": lambda: chain(1_000_000)}.items():
        root = make()
        root.backward()
        start, cpu = perf_counter(), process_time()
        drawing = draw(root)
        chosen, cpu = perf_counter(), process_time() - cpu
        size = re.search(r'width="(\d+)pt" height="(\d+)pt"', drawing.svg)
        end = perf_counter()
        assert size
        many, boxes = len(nodes(root)), len(drawing.picture.boxes)
        letters = letters_at(int(size[1]), int(size[2]))
        limit = next(seconds for most, seconds in LIMITS.items() if many <= most)
        wrong = boxes > MOST_BOXES or letters < LEAST_LETTERS or end - start > limit
        missed += wrong
        print(
            f"{name:18} {many:9,} {drawing.picture.fold:>10} {boxes:5} {size[1]:>5} ×{size[2]:>4} {letters:7.1f} "
            f"{chosen - start:7.2f} {end - chosen:7.2f} {cpu:7.2f}{'  missed' if wrong else ''}",
            flush=True,
        )
        if folder:
            drawing.save(folder / f"{re.sub(r'[^a-z0-9]+', '_', name.lower())}.png")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())

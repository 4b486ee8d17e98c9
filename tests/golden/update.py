"""Write every transcript anew: python tests/golden/update.py. Read the difference before you commit it."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def main() -> None:
    """Write tests/golden/NAME.txt for each transcript, and print which have changed."""
    sys.path[:0] = [str(TESTS), str(TESTS.parent)]
    from transcripts import GOLDEN, TRANSCRIPTS, transcript

    from engine import write_whole

    for name in TRANSCRIPTS:
        path, text = GOLDEN / f"{name}.txt", transcript(name)
        changed = not path.exists() or path.read_text(encoding="utf-8") != text
        write_whole(path, text.encode())
        print(f"{path.relative_to(TESTS.parent)}: {'changed' if changed else 'as before'}")


if __name__ == "__main__":
    main()

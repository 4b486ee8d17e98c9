"""Write every transcript anew: python tests/golden/update.py. Read the difference before you commit it.

With a document's name after it, as in `update.py demos/SESSIONS.md`, what the commands in that document print is
written anew instead.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

TESTS = Path(__file__).resolve().parents[1]


def main() -> None:
    """Write tests/golden/NAME.txt for each transcript, or the named documents, and print which have changed."""
    sys.path[:0] = [str(TESTS), str(TESTS.parent)]
    if names := sys.argv[1:]:
        rewrite([Path(name).resolve() for name in names])
        return
    from transcripts import GOLDEN, TRANSCRIPTS, transcript

    from engine import write_whole

    for name in TRANSCRIPTS:
        path, text = GOLDEN / f"{name}.txt", transcript(name)
        changed = not path.exists() or path.read_text(encoding="utf-8") != text
        write_whole(path, text.encode())
        print(f"{path.relative_to(TESTS.parent)}: {'changed' if changed else 'as before'}")


def rewrite(paths: list[Path]) -> None:
    """Run the commands of each document in a fresh folder, and write into it what they print."""
    import pytest
    from test_docs import prepared, rewritten

    from engine import write_whole

    for path in paths:
        text = path.read_text(encoding="utf-8")
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            new = rewritten(text) if prepared(Path(folder), patch) else text
        write_whole(path, new.encode())
        print(f"{path.relative_to(TESTS.parent)}: {'as before' if new == text else 'changed'}")


if __name__ == "__main__":
    main()

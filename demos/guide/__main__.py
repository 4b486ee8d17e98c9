"""Build the site: python -m demos.guide [FOLDER]. It needs the extra `site`, no network, and takes no warning."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from doctest import DocTestParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.installed import REPOSITORY

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COPIED = {"COMING_FROM.md": "coming_from.md"}  # pages that stand elsewhere in the repository, too
SNIPPET = re.compile(r"^```(python|pycon)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)


def code(language: str, text: str) -> str:
    """Return what a snippet runs: all of it, or what is typed at Python's prompt.

    >>> code("pycon", ">>> a = 1\\n>>> a\\n1\\n")
    'a = 1\\na\\n'
    """
    if language == "python":
        return text
    return "".join(example.source for example in DocTestParser().get_examples(text))


def save_pictures(page: Path) -> None:
    """Run the snippets of a page in its folder, so that the pictures are there that they save.

    An error in a snippet ends the build, unless the page shows that it is raised.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    for language, text in SNIPPET.findall(page.read_text(encoding="utf-8")):
        if "Traceback" not in text:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(code(language, text), str(page), "exec"), names)


def sources(folder: Path) -> None:
    """Copy what the site is made of into a folder: the pages, with their pictures."""
    shutil.copytree(HERE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "__*__.py"))
    pages = folder / "pages"
    config = folder / "mkdocs.yml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("[../..]", f"[{ROOT.as_posix()!r}]"), encoding="utf-8"
    )
    for source, name in COPIED.items():
        text = (HERE.parent / source).read_text(encoding="utf-8")
        links = re.sub(r"\]\((?!\w+:|#)", f"]({REPOSITORY}/blob/main/demos/", text)
        (pages / name).write_text(links, encoding="utf-8")
    before = Path.cwd()
    os.chdir(pages)
    try:
        for page in sorted(pages.glob("*.md")):
            if page.name not in COPIED.values():
                save_pictures(page)
    finally:
        os.chdir(before)


def main() -> int:
    """Build the site into a folder; return what mkdocs returns."""
    parser = ArgumentParser(prog="python -m demos.guide", description="Build the site. It needs the extra `site`.")
    parser.add_argument("folder", nargs="?", default="site", help="the folder to write it into (site)")
    target = Path(parser.parse_args().folder).absolute()
    with TemporaryDirectory() as name:
        sources(Path(name))
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(target)]
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
        status = subprocess.run(command, cwd=name, env=environment, check=False).returncode
    (target / "404.html").unlink(missing_ok=True)  # for servers: its links lead nowhere in a folder
    print(f"{target / 'index.html'}" if status == 0 else "the site is not built")
    return status


if __name__ == "__main__":
    sys.exit(main())

"""Compile archives of Python files for the browser. build.mjs runs this in the very Python that the browser runs."""

from __future__ import annotations

import py_compile
import tempfile
import zipfile
from collections.abc import Collection
from pathlib import Path

UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH


def compiled(data: bytes, place: str) -> bytes:
    """Return the compiled form of a source that will lie at a place."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.py", Path(folder) / "source.pyc"
        source.write_bytes(data)
        py_compile.compile(str(source), str(target), place, doraise=True, invalidation_mode=UNCHECKED)
        return target.read_bytes()


def pack(source: str, target: str, place: str, tag: str = "", only: Collection[str] | None = None) -> None:
    """Write an archive anew, with compiled forms of its Python files.

    - `place`: the folder in which it will be unpacked, or the path at which it will be imported from.
    - `tag`: what Python calls itself in `__pycache__`: compiled forms go there, beside the sources, whose lines
      tracebacks show. Without it, they take the place of the sources.
    - `only`: the modules to compile. Packed, a source is half as large as its compiled form.
    """
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:

        def write(name: str, data: bytes) -> None:
            new.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)

        for entry in old.infolist():
            if entry.is_dir():
                continue
            data, path = old.read(entry), Path(entry.filename)
            if path.suffix == ".py" and (only is None or module(path) in only):
                cache = f"{path.parent.as_posix()}/__pycache__/{path.stem}.{tag}.pyc" if tag else f"{entry.filename}c"
                write(cache.removeprefix("./"), compiled(data, f"{place}/{entry.filename}"))
                if not tag:
                    continue
            write(entry.filename, data)


def module(path: Path) -> str:
    """Return the name of the module of a file, by its path from where it is imported.

    >>> module(Path("json/__init__.py")), module(Path("json/decoder.py"))
    ('json', 'json.decoder')
    """
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")

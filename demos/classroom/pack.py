"""Compile archives of Python files for the browser. build.mjs runs this in the very Python that the browser runs."""

from __future__ import annotations

import py_compile
import tempfile
import zipfile
from pathlib import Path

UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH
TAG = "cpython-{}{}"


def compiled(data: bytes, place: str) -> bytes:
    """Return the compiled form of a source that will lie at a place."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.py", Path(folder) / "source.pyc"
        source.write_bytes(data)
        py_compile.compile(str(source), str(target), place, doraise=True, invalidation_mode=UNCHECKED)
        return target.read_bytes()


def pack(source: str, target: str, place: str, tag: str, keep: bool) -> None:
    """Write an archive anew, its Python files compiled.

    - `place`: the folder in which it will be unpacked, or the path at which it will be imported from.
    - `tag`: what Python calls itself in `__pycache__`, "" for files that take the place of their sources.
    - `keep`: whether sources stay. Tracebacks show their lines.
    """
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for entry in old.infolist():
            if entry.is_dir():
                continue
            data, path = old.read(entry), Path(entry.filename)
            if path.suffix == ".py":
                cache = f"{path.parent.as_posix()}/__pycache__/{path.stem}.{tag}.pyc" if tag else f"{entry.filename}c"
                new.writestr(zipfile.ZipInfo(cache.removeprefix("./")), compiled(data, f"{place}/{entry.filename}"), zipfile.ZIP_DEFLATED, 9)
                if not keep:
                    continue
            new.writestr(zipfile.ZipInfo(entry.filename), data, zipfile.ZIP_DEFLATED, 9)

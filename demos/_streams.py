"""The output streams of Gradwalk's commands: any text can be printed, and one that breaks ends in a sentence."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import TextIO


def open_streams() -> bool:
    """Let the streams print any text, `?` for what an old console lacks, and return whether there is an output.

    A stream that was closed before Python started reads and prints nothing.
    """
    has_output = sys.stdout is not None
    for name, mode in ("stdin", "r"), ("stdout", "w"), ("stderr", "w"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
        elif name != "stdin" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    return has_output


def sentence_about(error: OSError) -> str:
    """Return what is wrong with a file or an output; "" where a reader, such as `head`, has seen enough."""
    if error.filename:
        return f"{error.filename}: {error.strerror}."
    if error.errno in (errno.EPIPE, errno.EINVAL):  # EINVAL: as Windows says it
        return ""
    return f"the output cannot be written: {error.strerror}." if error.errno else str(error)


def flush_streams() -> OSError | None:
    """Print what the streams still hold; return why that fails, if it does. A broken stream then prints nowhere."""
    problem = None
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            problem = error
            discard(stream)
    return problem


def discard(stream: TextIO) -> None:
    """Let a stream print nowhere, so that Python does not fail at what it still holds."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

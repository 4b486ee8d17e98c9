"""Read the text of a student's file safely: a pipe, a link or a huge file of that name does no harm."""

from __future__ import annotations

import os
import stat
from pathlib import Path

LARGEST = 1_000_000  # the most bytes of a student's file


class Unreadable(Exception):
    """Raised with what is wrong with a file, a sentence that follows its name: "is not a file: ..."."""


def read_text(path: Path, links: bool = False) -> str:
    """Return the text of a file. A link is followed only if `links` is true, and only to a file.

    Raises FileNotFoundError if there is none, and Unreadable if it is not a file, too large, or not UTF-8.
    """
    follow = 0 if links else getattr(os, "O_NOFOLLOW", 0)
    if not links and path.is_symlink():  # a link may lead to what is not the student's
        raise Unreadable("is not a file: a folder, a link or something else has its name.")
    try:
        # O_NONBLOCK opens a pipe that nobody writes to at once; it is refused below, before it is read.
        handle = os.open(path, os.O_RDONLY | follow | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        if path.is_symlink():
            raise Unreadable("is a link that leads nowhere.") from None
        raise
    except OSError as error:
        if path.is_dir():
            raise Unreadable("is not a file: a folder, a link or something else has its name.") from None
        raise Unreadable(f"cannot be read: {error.strerror}.") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unreadable("is not a file: a folder, a link or something else has its name.")
    with open(handle, "rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unreadable(f"is larger than {LARGEST // 10**6} MB: an answer has a few lines.")
    try:
        decoded = data.decode("utf-8-sig")  # some editors write a byte order mark
    except UnicodeDecodeError:
        raise Unreadable("is not saved as UTF-8: choose that in the editor, and save it again.") from None
    return decoded.replace("\r\n", "\n").replace("\r", "\n")

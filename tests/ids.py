"""Names of test cases that are the same in every process, so that several may share the tests."""

from __future__ import annotations

import re
from typing import Any


def shown(case: Any) -> str:
    """Return the text of a case without addresses, which differ from process to process.

    >>> shown(object()), shown(2.5)
    ('<object object>', '2.5')
    """
    return re.sub(r" at 0x[0-9a-f]+", "", repr(case) if not isinstance(case, str) else case)

"""Roll a recorded scalar graph back into the matrices that it came from, and run it as array code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..value import Value
    from .program import Program


def compile(output: Value | Sequence[Value], inputs: Sequence[Value] = (), parameters: Sequence[Value] = ()) -> Program:
    from ..value import Value
    from .program import Program

    single = isinstance(output, Value)
    return Program([output] if isinstance(output, Value) else list(output), list(inputs), list(parameters), single)

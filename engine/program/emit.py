"""Pass 7, emit: lines of plain Python over an array namespace, forward and then backward.

`dz` is the gradient of z, the last axis is the batch, and `scale` is what one row counts in the mean over all rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from .access import Access
from .layout import PARAMETERS
from .parts import Gradient
from .plan import Assignment
from .tape import Ints
from .view import Buffer, View


def emit(assignments: Iterable[Assignment], outputs: Ints, access: Access) -> bool:
    """Write the lines of a program; return whether its outputs differ from row to row.

    - `assignments`: what it computes, in this order.
    - `outputs`: the nodes that it returns.
    - `access`: takes the lines.
    """
    computed = [_write_forward(assignment, access) for assignment in assignments]
    (result,) = access.views(outputs)
    _write_backward(result, computed, access)
    _write_ends(result, access)
    return result.batched


def _write_forward(assignment: Assignment, access: Access) -> tuple[Buffer, list[Gradient]]:
    """Lay out a buffer and write its line; return the buffer, and what it contributes to what it reads."""
    name, nodes, parts, real = assignment
    batched = any(view.batched for part in parts for view in part.views)
    needs_grad = any(any(part.needs_grad) for part in parts)
    buffer = access.layout.add(name, nodes, batched, needs_grad, real)
    written = [part.write(buffer.name, batched) for part in parts]
    shape = ", ".join([*map(str, buffer.shape), "batch" if batched else "1"])
    access.lines.forward.append(f"{buffer.name} = {' + '.join(text for text, _ in written)}  # ({shape})")
    return buffer, [gradient for _, gradients in written for gradient in gradients]


def _write_backward(result: View, computed: Sequence[tuple[Buffer, list[Gradient]]], access: Access) -> None:
    """Write the gradient of each buffer, from the result's back to the parameters'."""
    layout, backward = access.layout, access.lines.backward
    if result.needs_grad:
        result.contribute("dy", result.batched)
    for buffer, gradients in reversed(computed):
        lines = buffer.gradient() if buffer.needs_grad else []
        if not lines:
            continue
        backward += lines
        for view, text, batched in gradients:
            view.contribute(text, batched)
    layout.place_leaves(np.arange(len(layout.offset)))  # what nothing uses comes last
    backward += layout.buffers[PARAMETERS].gradient() or ["dp = zeros_like(p)"]


def _write_ends(result: View, access: Access) -> None:
    """Complete the lines by what comes before all others, and by what is returned."""
    lines, packed = access.lines, access.packed.definitions()
    ones = ["ones = full_like(y[0], 1.0)"] if any("@ ones" in line for line in lines.backward) else []
    lines.forward[:] = [*access.matrices.definitions(), *packed, *lines.forward, f"y = {result.text}"]
    of_packed = [f"d{line}" for line in packed if any("dpacked" in each for each in lines.backward)]
    start = ["dy = full_like(y, scale)", *ones, *of_packed]
    lines.backward[:] = [*start, *lines.backward, "return scale * y.sum(), dp"]

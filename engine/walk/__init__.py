"""The walk: a pass over a graph as a list of steps, and a cursor that fills the gradients as it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..arguments import public

if TYPE_CHECKING:
    from ..value import Value
    from .cursor import Walk
    from .source import SourceLines


@public
def walk(root: Value, source: SourceLines | None = None) -> Walk:
    """The steps that compute a root and its gradients, to read, to go through, and to go back through.

    A step is one forward operation, the seed, or one contribution along one edge. The list is recorded
    here and never changes; moving the cursor (`next`, `back`, `goto`, `run`, `node`) fills and restores
    `.grad` on the nodes themselves, and at the end they hold exactly what `root.backward()` leaves.
    `save` writes a page that plays in any browser, or a worksheet; a notebook shows the steps, folded.
    `source` is what `source_lines()` recorded: each step then tells the line that made its node.

    Raises NumberError (a TypeError) if the root is not a Value.

    >>> from engine import Value
    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> L = a * b
    >>> L.label = "L"
    >>> steps = walk(L)
    >>> len(steps), steps.goto(3)
    (4, backward 2/3   node L = a * b
      upstream    dL/dL = 1.0
      local       dL/da = b = -3.0
      chain rule  dL/da += upstream × local = 1.0 × -3.0 = -3.0
      a.grad      0.0 → -3.0
      done: L, a    to do: b)
    >>> a.grad
    -3.0
    """
    from .cursor import Walk

    return Walk(root, source)

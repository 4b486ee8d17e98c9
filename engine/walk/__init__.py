"""The walk: a pass over a graph as a list of steps, and a cursor that fills the gradients as it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..arguments import public

if TYPE_CHECKING:
    from ..value import Value
    from .cursor import Walk
    from .source import SourceLines


@public
def walk(root: Value, source: SourceLines | None = None, *, accumulate: bool = False) -> Walk:
    """Record the steps that compute a root and its gradients, to read, to go through, and to go back through.

    A step is one forward operation, the seed, or one contribution along one edge. The list is recorded
    here and never changes. `save` writes a page that plays in any browser, or a worksheet; a notebook
    shows the steps, folded. `source` is what `source_lines()` recorded: each step then tells the line
    that made its node.

    A walk is a replay of one pass on a clean sheet: every gradient starts from 0.0, whatever the leaves
    hold. Moving the cursor (`next`, `back`, `goto`, `run`, `node`) shows that pass in `.grad` of the nodes,
    and at the end they show what one `root.backward()` finds. A replay adds to nothing: `backward()`,
    `zero_grad()` and another walk first take it back, and so does `goto("start")`. Then the nodes hold what
    they held before. At the end, an optimizer may step by what is shown; half-way, it refuses.

    With `accumulate=True`, leaves start from what `backward()` has left in them, as in a second pass
    without `zero_grad()`. This, too, is a replay, and is taken back.

    Raises NumberError (a TypeError) if the root is not a Value, ArgumentError (a TypeError) if `accumulate`
    is not True or False, or if a leaf got another number since the root was computed.

    >>> from engine import Value
    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> L = a * b
    >>> L.label = "L"
    >>> steps = walk(L)
    >>> len(steps), steps.goto(3)
    (4, backward 2/3   node L = a * b
      upstream    dL/dL = 1.0
      local       dL/da = b = -3.0
      chain rule  dL/da += upstream × local = 1.0 × (-3.0) = -3.0
      a.grad      0.0 → -3.0
      done: L, a    to do: b)
    >>> a.grad
    -3.0
    >>> L.backward()
    >>> a.grad, b.grad
    (-3.0, 2.0)
    """
    from .cursor import Walk

    return Walk(root, source, accumulate=accumulate)

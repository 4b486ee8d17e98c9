"""Exercises, from a numeric nudge to a tiny GPT: `gradwalk exercises`; in a notebook, `check`."""

from __future__ import annotations

from typing import Any


def check(exercise: str, *answers: Any, **named: Any) -> None:
    """Check answers in a notebook: print the report, and raise NotRight unless they are right.

    An answer is what the exercise asks for: a function, a class, or a dict of numbers. If it asks for several, their
    own names say which is which, or keywords. The answers run in this process, without time limit: stop an endless
    loop yourself.

    Raises NotRight, an AssertionError, if an answer is wrong or missing, ValueError for an unknown exercise, and
    ImportError if a file of yours hides Gradwalk's engine or nn.

    >>> def add_backward(x, y, upstream):
    ...     return upstream, upstream
    >>> check("ex04", add_backward, mul_backward=lambda x, y, upstream: (upstream * y, upstream * x))
    ex04  Local derivatives of add and mul: right!
    Adding passes its upstream on as it is; multiplying scales it by the other
    factor.
    """
    from .._ours import shadowing

    shadowing().refuse_hidden("check", "engine", "nn")
    from .notebook import check

    check(exercise, *answers, **named)

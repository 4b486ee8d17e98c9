"""Code that notes whether the steps inside its formulas are finite, for libraries that raise no error there.

In 1 / (1 + exp(-x)), Python raises an error where exp(-x) is too large for a float. JAX goes on with infinity, and
gives 0.
"""

from __future__ import annotations

import ast
from threading import local
from typing import TYPE_CHECKING, Any

from .backends import LIBRARY_FUNCTIONS, RESERVED_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

NOTE = "noted"  # what watched code calls with each step
STRUCTURAL = frozenset([*LIBRARY_FUNCTIONS, *RESERVED_NAMES])


def watched(text: str) -> str:
    """Return lines of Python, or an expression, in which each quotient, power and function of numbers is noted.

    >>> watched("1 / (1 + exp(-x))")
    'noted(1 / (1 + noted(exp(-x))))'
    """
    return ast.unparse(_Watch().visit(ast.parse(text)))


class Notes(local):
    """The steps that watched code has noted, those of each thread for itself."""

    def __init__(self) -> None:
        self.steps: list[Any] = []

    def noted(self, number: Any) -> Any:
        """Note a step, and return it."""
        self.steps.append(number)
        return number

    def checking(self, function: Callable[..., Any], all_finite: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of watched code, (total, gradient, finite), whose `finite` is of its steps, too."""

        def run(*arguments: Any) -> Any:
            before, self.steps = self.steps, []
            try:
                total, gradient, finite = function(*arguments)
                return total, gradient, finite & all_finite(*self.steps)
            finally:
                self.steps = before

        return run


class _Watch(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return _note(node) if isinstance(node.op, (ast.Div, ast.Pow)) else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        computes = isinstance(node.func, ast.Name) and node.func.id not in STRUCTURAL
        return _note(node) if computes else node


def _note(node: ast.expr) -> ast.AST:
    return ast.Call(ast.Name(NOTE), [node], [])

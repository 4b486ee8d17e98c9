"""`Value`: a number that remembers how it was made.

A node holds its number, its gradient, its label, its operation and its arguments, and no closure, so
counting references is enough to free a graph. Its methods are generated from the operation table.
"""

from __future__ import annotations

import operator
from functools import wraps
from typing import Any, NoReturn

from .errors import NumberError, real
from .graph import nodes, operations
from .ops import ALIASES, OPERATORS, TABLE, Op
from .rules import VALUES, build


class Value:
    """A scalar that records the operations made on it.

    `data` is the number, `grad` the derivative of the last `backward()`'s root by this node, `op` the row
    of the operation that made it (None for a leaf) and `args` that operation's arguments. A constant, a
    number that an expression held, is a leaf whose `grad` is None. Two Values are equal only if they are
    the same node; `<` and `>` compare numbers.

    Raises NumberError (a TypeError) for anything but a real number, DomainError (a ValueError) for NaN.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> d = a * b + 10
    >>> d.backward()
    >>> d.data, a.grad, b.grad
    (4.0, -3.0, 2.0)
    """

    __slots__ = ("_x", "_y", "data", "grad", "label", "op")
    __array_ufunc__ = None  # NumPy hands `array * value` to Value, which refuses it, and scalars likewise

    def __init__(self, data: Any, label: str = "") -> None:
        self.data = real(data)
        self.grad = 0.0
        self.label = str(label)
        self.op = self._x = self._y = None

    @property
    def args(self) -> tuple[Value, ...]:
        """The arguments of the operation that made this node, in order; () for a leaf."""
        return (self._x, self._y)[: self.op.arity] if self.op else ()

    def backward(self) -> None:
        """Fill `grad` of every node that this one depends on with d self / d node.

        Operations hold the gradient of the latest pass; leaves add it to what they hold, until
        `zero_grad()`. Raises DivisionError, DomainError or RangeError where a slope is not finite.
        """
        order = operations(self)
        for node in order:
            node.grad = 0.0
        if self.grad is not None:
            self.grad += 1.0
        for node in reversed(order):
            node.op.pull(node)

    def zero_grad(self) -> None:
        """Set the gradient of every node of this graph back to 0."""
        for node in nodes(self):
            node.grad = None if node.grad is None else 0.0

    def __pow__(self, other: Any) -> Value:
        y = operand(other)  # x ** 0 is 1 whatever x is; as an operation its slope at 0 would be 0 * 0 ** -1
        return constant(1.0) if y.grad is None and y.data == 0 else self.pow(y)

    def __radd__(self, other: Any) -> Value:
        return self if type(other) is int and other == 0 else operand(other).add(self)  # sum() starts at 0

    def __float__(self) -> NoReturn:
        raise NumberError("float(v) forgets the graph: write v.exp() for math.exp(v), or v.data for the number.")

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value({self.data}, grad={self.grad}{label})"


def constant(data: Any) -> Value:
    """A leaf for a number that an expression holds: no gradient is ever asked of it."""
    leaf = Value(data)
    leaf.grad = None
    return leaf


def operand(other: Any) -> Value:
    """What an operator was given, as a Value."""
    return other if isinstance(other, Value) else constant(other)


def install(op: Op) -> Any:
    """Make a row a method of Value and a function that formulas may call, and return that function."""
    method = build(op, Value=Value, new=object.__new__, operand=operand)
    method.__module__, method.__qualname__ = __name__, f"Value.{op.name}"
    setattr(Value, op.name, method)

    @wraps(method)
    def function(*args: Any) -> Any:
        z = method(*map(operand, args))
        return z if any(isinstance(arg, Value) for arg in args) else z.data

    function.__qualname__ = op.name
    VALUES[op.name] = function
    return function


def _reflected(name: str) -> Any:
    return lambda y, x: getattr(operand(x), name)(y)


def _comparison(name: str) -> Any:
    return lambda x, y: getattr(operator, name)(x.data, operand(y).data)


for _op in TABLE:
    install(_op)
for _name, _operator in OPERATORS.items():  # those that a float has, and that the class does not spell out itself
    for _dunder, _method in (_operator, vars(Value)[_name]), (_operator.replace("__", "__r", 1), _reflected(_name)):
        if hasattr(float, _dunder) and _dunder not in vars(Value):
            setattr(Value, _dunder, _method)
for _dunder in ("__lt__", "__le__", "__gt__", "__ge__"):
    setattr(Value, _dunder, _comparison(_dunder))
VALUES.update({_short: VALUES[_name] for _short, _name in ALIASES.items()})
Value.__abs__, Value.__pos__ = Value.abs, lambda x: x

"""`Value`: a number that remembers how it was made.

A node holds its number, its gradient, its label, its operation and its arguments, and no closure, so
counting references is enough to free a graph. Its methods are generated from the operation table.
"""

from __future__ import annotations

import operator
from functools import update_wrapper
from typing import Any

from .arguments import NOTHING, described, flag, hidden, public, surplus, wrong_call
from .chain import backward_pass
from .errors import ArgumentError, GradwalkError, made_once, not_assignable, not_text, real
from .graph import Rest, nodes
from .ops import ALIASES, OPERATORS, OPS, TABLE, Op
from .refusals import Refusals
from .replay import REPLAYS, take_back
from .rules import FLOATS, IN_METHODS, VALUES, build, operator_method
from .unrecorded import check_recorded, exchange, records


class Writes:
    """When a number of some node was last set: `latest` is another object after each time.

    Who keeps a copy of nodes' numbers, and what was the latest before it was made, so sees whether it is still right.
    """

    __slots__ = ("latest",)

    def __init__(self) -> None:
        self.latest = object()


WRITES = Writes()


class Value(Refusals):
    """A scalar that records the operations made on it.

    `data` is the number (a float), `grad` the derivative of the last `backward()`'s root by this node (a
    float), `label` its name (text), `op` the row of the operation that made it (None for a leaf) and `args`
    that operation's arguments. A constant, a number that an expression held, is a leaf with
    `requires_grad` False and `grad` None.

    `data`, `grad` and `label` may be assigned; what does not fit is refused there. `<` and `>` compare
    numbers, and a Value is true where its number is not 0, as a float is. `==` tells whether two Values are
    the same node, and refuses a number: compare `.data`.

    Raises NumberError (a TypeError) for anything but a real number, DomainError (a ValueError) for NaN,
    ArgumentError (a TypeError) for a label that is not text.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> d = a * b + 10
    >>> d.backward()
    >>> d.data, a.grad, b.grad
    (4.0, -3.0, 2.0)
    """

    __slots__ = ("_data", "_grad", "_label", "_op_row", "_x", "_y")

    @hidden
    def __init__(self, data: Any = NOTHING, label: str = "", *more: Any, **unknown: Any) -> None:
        if more or unknown or data is NOTHING:
            raise surplus(Value.__init__, "Value", more, unknown)
        try:
            self._data = real(data)
        except GradwalkError as error:
            raise error.with_traceback(None) from None
        if not isinstance(label, str):
            raise not_text("the second argument of Value is its label, text such as 'w'", label)
        self._grad = 0.0
        self._label = "" if label.isspace() else label
        self._op_row = self._x = self._y = None

    # The engine reads and writes the slots behind these properties; the checks are for everyone else.

    @property
    def data(self) -> float:
        """The number."""
        return self._data

    @data.setter
    def data(self, number: Any) -> None:
        try:
            self._data = real(number)
        except GradwalkError as error:
            raise not_assignable(self, "data", number, error) from None
        WRITES.latest = object()

    @property
    def grad(self) -> Any:
        """The derivative of the root by this node, as the latest passes left it; None if it requires no gradient.

        Setting it to None clears it, as in PyTorch: it is then 0.0.
        """
        return self._grad

    @grad.setter
    def grad(self, number: Any) -> None:
        try:
            number = 0.0 if number is None else real(number)
        except GradwalkError as error:
            raise not_assignable(self, "grad", number, error) from None
        if self._grad is not None:
            self._grad = number
        elif number:
            name = self.label or "this Value"
            raise ArgumentError(f"{name} requires no gradient, and gets none: set {name}.requires_grad = True first.")

    @property
    def label(self) -> str:
        """The name, shown in text, pictures and errors."""
        return self._label

    @label.setter
    def label(self, text: Any) -> None:
        if type(text) is not str:  # most often it is a layer's Label
            if not isinstance(text, str):
                raise not_text("a label is text, such as 'w'", text)
        elif text.isspace():
            text = ""
        self._label = text

    @property
    def requires_grad(self) -> bool:
        """Whether `backward()` gives this node a gradient; False freezes a leaf, as in PyTorch.

        The result of an operation always has a gradient, so only a leaf's can be set.
        """
        return self._grad is not None

    @requires_grad.setter
    def requires_grad(self, required: Any) -> None:
        try:
            required = flag(required, "requires_grad")
        except GradwalkError as error:
            raise error.with_traceback(None) from None
        if self._op_row is not None:
            name = self.label or f"the result of {self.op.name}"
            raise ArgumentError(f"requires_grad is set on leaves, and {name} is computed: freeze what it is made of.")
        if not required:
            self._grad = None
        elif self._grad is None:
            self._grad = 0.0

    @property
    def args(self) -> tuple[Value, ...]:
        """The arguments of the operation that made this node, in order; () for a leaf."""
        if self._op_row is None:
            return ()
        other = self._y
        if other is None:
            return (self._x,)
        return (self._x, *other) if type(other) is Rest else (self._x, other)

    @args.setter
    def args(self, nodes: Any) -> None:
        raise made_once(self, "args")

    @property
    def op(self) -> Any:
        """The row of the operation that made this node; None for a leaf."""
        return self._op_row

    @op.setter
    def op(self, row: Any) -> None:
        raise made_once(self, "op")

    @public
    def backward(self) -> None:
        """Fill `grad` of every node that this one depends on with d self / d node.

        Operations hold the gradient of the latest pass; leaves add it to what they hold, until
        `zero_grad()`. Raises DivisionError, DomainError or RangeError if a slope, a gradient or a node is not
        finite although the numbers that it is computed from are. Then every gradient is as it was before.
        """
        if REPLAYS:
            take_back(nodes(self))
        try:
            check_recorded(self, "backward()")
            backward_pass(self)
        except GradwalkError as error:
            raise error.with_traceback(None) from None

    @public
    def zero_grad(self) -> None:
        """Set the gradient of every node of this graph back to 0."""
        order = nodes(self)
        take_back(order)
        for node in order:
            if node._grad is not None:
                node._grad = 0.0

    def __radd__(self, other: Any) -> Value:
        if type(other) is int and other == 0:  # sum() starts at 0
            return self
        try:
            return operand(other).add(self)
        except GradwalkError as error:
            raise error.with_traceback(None) from None

    def __pos__(self) -> Value:
        return self

    def __copy__(self) -> Value:
        from .copying import shallow_copy

        return shallow_copy(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        from .copying import deep_copy

        return deep_copy(self, memo)

    def __reduce_ex__(self, protocol: Any) -> Any:
        from .copying import reduced

        return reduced(self)

    def __bool__(self) -> bool:
        return self._data != 0.0

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={self._label!r}" if self._label else ""
        grad = self._grad if self._grad is None else self._grad + 0.0
        return f"Value({self._data + 0.0}, grad={grad}{label})"  # 0.0 for -0.0


def constant(data: Any) -> Value:
    """Return a leaf for a number in an expression. It requires no gradient.

    - `data`: the number.

    Raises NumberError (a TypeError) for what is not a number.

    >>> constant(2.0).requires_grad
    False
    """
    return _constant(data)


def _constant(data: Any) -> Value:
    leaf: Value = object.__new__(Value)
    leaf._data = data if data.__class__ is float and data == data else real(data)
    leaf._grad, leaf._label = None, ""
    leaf._op_row = leaf._x = leaf._y = None
    return leaf


def _radd_unless_recorded(self: Value, other: Any) -> Value:
    """Add, as `__radd__` does, while a `no_grad` block is open. The result is then always a new node."""
    if type(other) is int and other == 0 and records():
        return self
    try:
        return operand(other).add(self)
    except GradwalkError as error:
        raise error.with_traceback(None) from None


def _pos_unless_recorded(self: Value) -> Value:
    return self if records() else self.add(0.0)


def operand(other: Any) -> Value:
    """Return an operand as a Value: a number becomes a constant."""
    return other if isinstance(other, Value) else _constant(other)


class Generated:
    """A method of Value that is generated from its row when it is first used, and then replaces this object."""

    def __init__(self, op: Op, name: str) -> None:
        self.op, self.name = op, name

    def __get__(self, node: Value | None, owner: type[Value]) -> Any:
        setattr(Value, self.name, self.op.method)
        return self.op.method.__get__(node, owner)


def install(op: Op) -> Any:
    """Make a row that a user defined a method of Value and a function that formulas may call; return the function."""
    build(op)
    setattr(Value, op.name, op.method)
    FLOATS[op.name] = op.f
    VALUES[op.name] = update_wrapper(_function(op), op.method)
    VALUES[op.name].__qualname__ = op.name
    return VALUES[op.name]


def _function(op: Op) -> Any:
    def function(*args: Any, **named: Any) -> Any:
        try:
            z = op.method(*map(operand, args), **{name: operand(arg) for name, arg in named.items()})
        except GradwalkError as error:
            raise error.with_traceback(None) from None
        except TypeError:
            mistake = wrong_call(op.method, op.name, args, named)
            if mistake:
                raise ArgumentError(mistake) from None
            raise
        return z if any(isinstance(arg, Value) for arg in (*args, *named.values())) else z.data

    return function


def _function_of_floats(op: Op) -> Any:
    def function(*numbers: float) -> float:
        return op.f(*numbers)

    return function


@public
def where(condition: Value, x: Any, y: Any) -> Value:
    """Return x where the condition is above 0, else y, as an operation: a compiled program chooses for each row.

    - `condition`: a Value. A comparison, such as a > b, is decided once and for all when it is written, so it is
      refused: write a - b, which is above 0 where a > b.
    - `x`, `y`: Values or numbers. Both are computed. The gradient goes only to the one that was chosen, also where
      the other has no finite derivative. The condition gets no gradient.

    Raises ArgumentError (a TypeError) for a condition that is not a Value.

    >>> x = Value(4.0, "x")
    >>> where(x - 1, x * x, 0.0)
    Value(16.0, grad=0.0)
    """
    if not isinstance(condition, Value):
        decided = isinstance(condition, bool) or type(condition).__name__ == "bool_"
        remedy = (
            "a comparison is decided once, so write where(a - b, x, y) for a > b" if decided else "write Value(1.0)"
        )
        raise ArgumentError(
            f"where(): the condition is a Value, taken as true above 0, not {described(condition)}: {remedy}."
        )
    try:
        return condition.where(x, y)
    except GradwalkError as error:
        raise error.with_traceback(None) from None


class OwnMethod:
    """A method of Value for an operator that is not the row's own, such as `2 - x`; generated at its first use."""

    def __init__(self, op: Op, name: str) -> None:
        self.op, self.name = op, name

    def __get__(self, node: Value | None, owner: type[Value]) -> Any:
        method = operator_method(self.op, self.name)
        setattr(Value, self.name, method)
        return method.__get__(node, owner)


def _comparison(name: str) -> Any:
    compare = getattr(operator, name)

    def comparison(x: Value, y: Any) -> bool:
        try:
            return compare(x._data, y._data if isinstance(y, Value) else real(y))  # type: ignore[no-any-return]
        except GradwalkError as error:
            raise error.with_traceback(None) from None

    return comparison


IN_METHODS |= {"Value": Value, "new": object.__new__, "blank": object.__new__, "operand": operand}
for _op in TABLE:
    setattr(Value, _op.name, Generated(_op, _op.name))
    VALUES[_op.name] = _function(_op)
    FLOATS.setdefault(_op.name, _function_of_floats(_op))
for _name, _operator in OPERATORS.items():  # operators that a float has, and that the class does not define itself
    _reversed = _operator.replace("__", "__r", 1)
    _own = OwnMethod if OPS[_name].constant_at else Generated
    _methods = {_operator: _own(OPS[_name], _operator), _reversed: OwnMethod(OPS[_name], _reversed)}
    for _dunder, _method in _methods.items():
        if hasattr(float, _dunder) and _dunder not in vars(Value):
            setattr(Value, _dunder, _method)
for _dunder in ("__lt__", "__le__", "__gt__", "__ge__"):
    setattr(Value, _dunder, _comparison(_dunder))
VALUES.update({_short: VALUES[_name] for _short, _name in ALIASES.items()})
Value.__abs__ = Generated(OPS["abs"], "__abs__")
exchange(Value.__radd__, lambda: _radd_unless_recorded.__code__)
exchange(Value.__pos__, lambda: _pos_unless_recorded.__code__)
Value.clamp = Generated(OPS["clip"], "clamp")  # PyTorch's name for it

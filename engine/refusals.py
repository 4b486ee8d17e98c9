"""Errors for operations of Python that would lose a Value's graph, and for names that other libraries use.

Python itself would give a wrong result without an error (`==` would be False), or an error that does not say what
to write. The errors here say it in one sentence.
"""

from __future__ import annotations

import operator
from numbers import Number
from typing import TYPE_CHECKING, Any, NoReturn

from .arguments import described
from .errors import GradwalkError, NumberError, UnknownAttribute, real

if TYPE_CHECKING:
    from collections.abc import Callable

# Methods that Python calls for operations that a Value does not have, and what to write instead.
OPERATIONS = {
    "float": "a plain number is needed here, and {v} is a Value. For the number write {v}.data, in a list "
             "[v.data for v in values]; to keep the gradient use a Value's own method, such as {v}.exp()",
    "int": "int(v) would lose the graph of {v}: for a whole number without gradient write int({v}.data)",
    "round": "round(v) has no gradient: to show {v} write f'{{v}:.2f}', for its rounded number round({v}.data, 2)",
    "trunc": "trunc(v) has no gradient: for the number without its fraction write math.trunc({v}.data)",
    "floor": "floor(v) has no gradient: for the whole number below write math.floor({v}.data)",
    "ceil": "ceil(v) has no gradient: for the whole number above write math.ceil({v}.data)",
    "xor": "^ is no power in Python: write {v} ** 2",
    "floordiv": "// has no gradient: write {v} / 2, or {v}.data // 2 for the plain number",
    "mod": "% has no gradient: write {v}.data % 2 for the plain number",
    "divmod": "divmod has no gradient: write divmod({v}.data, 2) for the plain numbers",
    "matmul": "@ multiplies matrices, and {v} is one number: write {v} * x, or sum(w * x for w, x in zip(ws, xs))",
    "and": "& combines bits, and {v} is a number: write (a > 0) and (b > 0) for two conditions",
    "or": "| combines bits, and {v} is a number: write (a > 0) or (b > 0) for two conditions",
    "invert": "~ flips bits, and {v} is a number: write -{v}, or 1 - {v}",
    "lshift": "<< moves bits, and {v} is a number: write {v} * 2",
    "rshift": ">> moves bits, and {v} is a number: write {v} / 2",
}  # fmt: skip
REFLECTED = ("xor", "floordiv", "mod", "divmod", "matmul", "and", "or", "lshift", "rshift")

# Names in micrograd, PyTorch, TensorFlow and NumPy, and common typing errors, each with what a Value has instead.
NAMES = {
    "_prev": "{v}.args, a tuple in the order of the operands",
    "_children": "{v}.args",
    "children": "{v}.args",
    "parents": "{v}.args",
    "inputs": "{v}.args",
    "_op": "{v}.op, the row of the operation table; {v}.op.symbol is its sign",
    "_backward": "{v}.op.partials, the local derivatives; {v}.backward() runs the whole pass",
    "grad_fn": "{v}.op, the row of the operation that made it",
    "creator": "{v}.op and {v}.args",
    "is_leaf": "{v}.op is None",
    "retain_grad": "nothing instead: every node keeps its gradient",
    "requires_grad_": "{v}.requires_grad = True",
    "item": "{v}.data, the number",
    "numpy": "{v}.data, the number",
    "tolist": "{v}.data, the number",
    "value": "{v}.data, the number",
    "val": "{v}.data, the number",
    "number": "{v}.data, the number",
    "dat": "{v}.data",
    "gradient": "{v}.grad",
    "gard": "{v}.grad",
    "grads": "{v}.grad",
    "derivative": "{v}.grad",
    "lable": "{v}.label",
    "labels": "{v}.label",
    "name": "{v}.label",
    "backwards": "{v}.backward()",
    "backprop": "{v}.backward()",
    "backpropagate": "{v}.backward()",
    "zerograd": "{v}.zero_grad()",
    "zero_grads": "{v}.zero_grad()",
    "zero_gradients": "{v}.zero_grad()",
    "clone": "{v} itself: arithmetic never changes a Value",
    "square": "{v} ** 2",
    "sqr": "{v} ** 2",
    "power": "{v} ** 2",
    "ln": "{v}.log()",
    "log2": "{v}.log() / math.log(2)",
    "ReLU": "{v}.relu()",
    "sigm": "{v}.sigmoid()",
    "logistic": "{v}.sigmoid()",
    "swish": "{v}.silu()",
    "softmax": "nn.losses.softmax(scores), on a list of Values",
    "max": "{v}.maximum(other)",
    "min": "{v}.minimum(other)",
    "clamp_min": "{v}.maximum(low)",
    "clamp_max": "{v}.minimum(high)",
    "sum": "sum(values), which adds up a list of Values",
    "mean": "sum(values) / len(values), the mean of a list of Values",
    "shape": "len(values) of a list; a Value is one number",
    "size": "len(values) of a list; a Value is one number",
    "dtype": "{v}.data, a float",
    "T": "{v} itself; one number has nothing to transpose",
}  # fmt: skip

# Python's operators by their names in NumPy, for a NumPy number beside a Value.
NUMPY: dict[str, Callable[..., Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "true_divide": operator.truediv, "power": operator.pow, "float_power": operator.pow, "less": operator.lt,
    "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge, "equal": operator.eq,
    "not_equal": operator.ne, "floor_divide": operator.floordiv, "remainder": operator.mod, "divmod": divmod,
    "matmul": operator.matmul,
}  # fmt: skip


# Functions of NumPy that a Value has under another name; None if it has no such operation.
NUMPY_NAMES = {
    "absolute": "abs({v})", "fabs": "abs({v})", "negative": "-{v}", "positive": "{v}", "square": "{v} ** 2",
    "reciprocal": "1 / {v}", "maximum": "{v}.maximum(other)", "fmax": "{v}.maximum(other)",
    "minimum": "{v}.minimum(other)", "fmin": "{v}.minimum(other)", "log2": "{v}.log() / math.log(2)",
    "exp2": "2 ** {v}",
}  # fmt: skip


class _Listing(type):
    """The class of `Value`, whose `dir` leaves out the names that only raise an error: prompts complete by it."""

    def __dir__(cls) -> list[str]:
        return [name for name in type.__dir__(cls) if not is_refusal(cls, name)]


def is_refusal(kind: type, name: str) -> bool:
    """Tell whether an attribute of a class of Values only raises an error with what to write instead."""
    return name in NAMES and next((each for each in kind.__mro__ if name in vars(each)), None) is Refusals


class Refusals(metaclass=_Listing):
    """The methods of `Value` that raise an error and say what to write instead."""

    __slots__ = ()
    __hash__: Any = object.__hash__

    def __eq__(self, other: object) -> bool:
        """Tell whether two Values are the same node. Raises NumberError for a number: compare `.data` with it."""
        if isinstance(other, Number):
            v, shown = label_or_v(self), described(other) if isinstance(other, int) else repr(other)
            raise NumberError(f"== tells whether two Values are the same node: for numbers, {v}.data == {shown}.")
        return self is other

    def __dir__(self) -> list[str]:
        """List the names of a Value for completion, without those that raise an error."""
        return [name for name in object.__dir__(self) if not is_refusal(type(self), name)]

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Compute with a Value and a NumPy number; raise an error for anything else that NumPy asks."""
        name, v = function.__name__, label_or_v(self)
        if method == "__call__" and name in NUMPY and not options:
            try:
                return NUMPY[name](*(x if isinstance(x, Refusals) else _operand_number(x) for x in inputs))
            except GradwalkError as error:
                raise error.with_traceback(None) from None
        if name in NUMPY_NAMES:
            write = NUMPY_NAMES[name].replace("{v}", v)
        elif hasattr(self, name):
            write = f"{v}.{name}()"
        else:
            write = f"np.{name}({v}.data), which keeps no gradient"
        raise NumberError(f"np.{name} computes with arrays of numbers, and {v} is a Value: write {write}.")


def label_or_v(value: Any) -> str:
    """Return a node's label, else v: its name in a line of code that an error suggests."""
    return value.label or "v"


def _operand_number(thing: Any) -> float:
    # NumPy passes a number as an array without dimensions.
    return real(thing.item() if getattr(thing, "ndim", None) == 0 else thing)


def _operation(sentence: str) -> Any:
    def refuse(self: Any, *others: Any) -> NoReturn:
        raise NumberError(f"{sentence.replace('{v}', label_or_v(self))}.")

    return refuse


def _called_here(name: str, instead: str) -> property:
    def refuse(self: Any, number: Any = None) -> NoReturn:
        raise UnknownAttribute(f"a Value has no {name}: use {instead.replace('{v}', label_or_v(self))}.")

    return property(refuse, refuse, doc=f"Not of a Value: use {instead.replace('{v}', 'v')}.")


for _key, _sentence in OPERATIONS.items():
    setattr(Refusals, f"__{_key}__", _operation(_sentence))
for _key in REFLECTED:
    setattr(Refusals, f"__r{_key}__", _operation(OPERATIONS[_key]))
for _key, _instead in NAMES.items():
    setattr(Refusals, _key, _called_here(_key, _instead))

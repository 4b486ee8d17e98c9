"""A drop-in for the package micrograd: programs written for it run unchanged, and their graphs are Gradwalk's.

`nn.micrograd.install()` makes `from micrograd.engine import Value` and `from micrograd.nn import MLP` give the
classes of this module, and `python -m nn.micrograd script.py` runs a script so. To import this module alone changes
no other import.

A `Value` here computes, accumulates and prints as micrograd's does: integers stay integers, `a - b` is `a + b * -1`,
a number in an expression is a node with a gradient, and every node adds up gradients over several passes. It is
an `engine.Value` besides, so `walk`, `draw`, `compile` and `gradcheck` take it. An operation that a program writes
itself, by `Value(data, children, name)` and `_backward`, is taken with the derivatives that its `_backward` gives.
"""

from __future__ import annotations

import random
import sys
from functools import partial
from importlib.machinery import ModuleSpec
from math import isclose
from types import ModuleType
from typing import TYPE_CHECKING, Any

from engine import (
    OPS,
    ArgumentError,
    NumberError,
    Value as Node,
    check_with,
    constant,
    described,
    nodes as nodes_below,
    public,
    python_operation,
    take_back,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["MLP", "Layer", "Module", "Neuron", "Value", "install"]

SIGNS = {"add": "+", "mul": "*", "sub": "-", "div": "/", "relu": "ReLU"}  # what `_op` calls rows of the table
ROWS = {sign: name for name, sign in SIGNS.items()}
NOT_AGAIN = (
    "{} was computed by the program itself, which gave Value() its number alone: it cannot be computed again for "
    "other numbers. Write it of operations, or define() it."
)
SET = Node(0.0)
FIRST_PASS, SECOND_PASS, BEFORE = 1.0, -0.5, 3.0  # upstream gradients, and what a gradient holds before the second


class BackwardError(NumberError):
    """A `_backward` that does not add upstream gradient × local derivative, or that is asked for more than that."""


class Value(Node):
    """A number in a graph, as in micrograd: `data`, `grad`, `_prev`, `_op` and `_backward`.

    - `data`: the number, kept as it is; an integer stays one.
    - `_children`: the nodes that it is computed from, if you compute it yourself; `children=` is the same.
    - `_op`: the name of the operation. In its place may stand the local derivatives, one for each child, which
      `local_grads=` gives by name.
    - `label`: its name in pictures and walks.

    Any other attribute may be set on it.

    >>> a, b = Value(2), Value(-3)
    >>> c = a * b + a ** 2
    >>> c.backward()
    >>> c, a.grad, c._op, [child._op for child in sorted(c._prev, key=lambda node: node.data)]
    (Value(data=-2, grad=1), 1, '+', ['*', '**2'])
    """

    # Instances have a dict: `p.m = 0.0` sets an attribute. Three of its entries are this class's own.
    # "_own_backward": a function that was assigned to `_backward`. "_own_op": the same for `_op`.
    # "_own_grads": local derivatives that were given.

    def __init__(
        self,
        data: Any,
        _children: Iterable[Any] = (),
        _op: Any = "",
        label: Any = "",
        *,
        children: Iterable[Any] = (),
        local_grads: Any = None,
    ) -> None:
        self._data, self._grad = _number(data), 0
        self._label = label if isinstance(label, str) else str(label)
        self._op_row = self._x = self._y = None
        if not isinstance(_op, str):
            _op, local_grads = "", _op if local_grads is None else local_grads
        if _op:
            self.__dict__["_own_op"] = _op
        if local_grads is not None:
            self.__dict__["_own_grads"] = local_grads = tuple(local_grads)
        nodes = (*_as_nodes(_children), *_as_nodes(children))
        if local_grads and len(local_grads) != len(nodes):
            raise ArgumentError(
                f"Value(): {len(nodes)} children and {len(local_grads)} local derivatives: give one for each child."
            )
        if nodes:
            self._set_children(nodes)

    # The engine's properties check what is assigned; micrograd's attributes hold anything.

    @property
    def data(self) -> Any:
        """The number."""
        return self._data

    @data.setter
    def data(self, number: Any) -> None:
        self._data = _number(number)
        SET.data = 0.0  # so that programs, which look whether any number was set, read their parameters again

    @property
    def grad(self) -> Any:
        """What the passes since it was last set have added up."""
        return self._grad

    @grad.setter
    def grad(self, number: Any) -> None:
        self._grad = 0 if number is None else number  # None marks the constants of the engine

    @property
    def label(self) -> str:
        """The name, shown in pictures and walks."""
        return self._label

    @label.setter
    def label(self, text: Any) -> None:
        self._label = text if isinstance(text, str) else str(text)

    @property
    def _children(self) -> tuple[Any, ...]:
        """The nodes that it is computed from, in order. The exponent of a power is not a node."""
        own: Any = self.__dict__.get("_own_children")
        if own is not None:
            return own  # type: ignore[no-any-return]
        return tuple(arg for arg in self.args if arg._grad is not None)

    @_children.setter
    def _children(self, nodes: Iterable[Any]) -> None:
        self._set_children(_as_nodes(nodes))

    @property
    def _prev(self) -> set[Any]:
        """The set of nodes that it is computed from."""
        return set(self._children)

    @_prev.setter
    def _prev(self, nodes: Iterable[Any]) -> None:
        self._set_children(_as_nodes(nodes))

    @property
    def _op(self) -> str:
        """The operation: "+", "*", "**3", "ReLU", "tanh", or what the program calls it; "" for a leaf."""
        own: Any = self.__dict__.get("_own_op")
        row = self._op_row
        if own is not None or row is None or row.functions:
            return own or ""
        return f"**{self._y._data}" if row is OPS["pow"] else SIGNS.get(row.name, row.name)

    @_op.setter
    def _op(self, name: Any) -> None:
        self.__dict__["_own_op"] = name

    @property
    def _local_grads(self) -> tuple[Any, ...]:
        """The local derivative by each of `_children`."""
        own: Any = self.__dict__.get("_own_grads")
        if own is not None or self._op_row is None:
            return own or ()
        if self._op_row.functions:
            of_each = dict(zip(self.args, _slopes_measured(self)))
            return tuple(of_each[child] for child in self._children)
        numbers = [arg._data for arg in self.args]
        slopes = self._op_row.slopes
        return tuple(slope(*numbers, z=self._data) for arg, slope in zip(self.args, slopes) if arg._grad is not None)

    @_local_grads.setter
    def _local_grads(self, numbers: Any) -> None:
        self.__dict__["_own_grads"] = tuple(numbers)

    @property
    def _backward(self) -> Callable[[], Any]:
        """The function that adds this node's contributions to the gradients of its children."""
        own: Any = self.__dict__.get("_own_backward")
        return own or partial(_add_contributions, self, self._op_row, self._x, self._y)

    @_backward.setter
    def _backward(self, function: Callable[[], Any]) -> None:
        if self._op_row is not None and not self._op_row.functions:
            self.__dict__.setdefault("_own_op", self._op)
            self._set_children(self._children)
        self.__dict__["_own_backward"] = function

    def _set_children(self, nodes: tuple[Any, ...]) -> None:
        """Store children whose derivatives are this program's own, not those of a row of the table."""
        self.__dict__["_own_children"] = nodes
        if not nodes:
            self._op_row = self._x = self._y = None
            return
        args = [*dict.fromkeys(nodes)]
        slopes = [partial(_local_derivative, self, place) for place in range(len(args))]
        self._op_row = None
        twin = python_operation(str(self._op), args, partial(_recomputed, self), slopes)
        self._op_row, self._x, self._y = twin._op_row, twin._x, twin._y

    def backward(self) -> None:
        """Set this node's gradient to 1, and call `_backward` of every node below it, each before its children.

        As in micrograd, every node adds to the gradient that it holds.
        """
        order = nodes_below(self)
        take_back(order)
        self._grad = 1
        for node in reversed(order):
            own = node.__dict__.get("_own_backward") if isinstance(node, Value) else None
            if own is not None:
                own()
            else:
                _add_contributions(node, node._op_row, node._x, node._y)

    def into_table(self) -> None:
        """Make this operation, which the program computed itself, the one of the table that it is.

        Raises NumberError if the table has none of its name, number and derivatives.
        """
        row, exponent = _of_table(self)
        if row is None:
            raise NumberError(NOT_AGAIN.format(self._op or "this node"))
        args = (*self._children, *exponent)
        numbers = [arg._data for arg in args]
        slopes = [slope(*numbers, z=self._data) for slope in row.slopes[: len(self._children)]]
        for arg, local in zip(self.args, _slopes_measured(self)):
            expected = sum(slope for child, slope in zip(self._children, slopes) if child is arg)
            if not isclose(local, expected, rel_tol=1e-9, abs_tol=1e-12):
                raise BackwardError(
                    f"the _backward of {self._op} gives the derivative {local:.6g} where {row.name} has "
                    f"{expected:.6g}: gradcheck says which is right."
                )
        self._op_row, self._x, self._y = row, args[0], args[1] if len(args) > 1 else None

    def __add__(self, other: Any) -> Value:
        other = _as_node(other)
        return _result(self._data + other._data, OPS["add"], self, other)

    def __mul__(self, other: Any) -> Value:
        other = _as_node(other)
        return _result(self._data * other._data, OPS["mul"], self, other)

    def __pow__(self, other: Any) -> Value:
        assert isinstance(other, (int, float)), "only int and float powers: write (b * a.log()).exp() for a ** b"
        exponent = constant(1.0)
        exponent._data = other  # an integer as it is: `_op` is **3, not **3.0
        return _result(self._data**other, OPS["pow"], self, exponent)

    def relu(self) -> Value:
        """Return the number, or 0 below 0."""
        return _result(max(self._data, 0), OPS["relu"], self)

    def __neg__(self) -> Any:
        return self * -1

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return other + (-self)

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __truediv__(self, other: Any) -> Any:
        return self * other**-1

    def __rtruediv__(self, other: Any) -> Any:
        return other * self**-1

    def __rpow__(self, other: Any) -> Value:
        return _from_table(OPS["pow"], _as_node(other), self)

    def __abs__(self) -> Value:
        return _from_table(OPS["abs"], self)

    __hash__: Any = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __bool__(self) -> bool:
        return True  # an object of micrograd's, whatever its number

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Take part in a function of NumPy's as any object does: `np.float64(2) * a`, `array * a`."""
        import numpy as np

        def boxed(thing: Any) -> Any:
            if not isinstance(thing, Node):
                return thing
            box = np.empty((), object)
            box[()] = thing
            return box

        return getattr(function, method)(*map(boxed, inputs), **options)

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        return f"Value(data={self._data}, grad={self._grad})"


class _Free:
    """An attribute that `engine.Value` answers with what to write instead; here it may be set, and is then an
    attribute like others.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, node: Any, owner: type) -> Any:
        raise AttributeError(f"'Value' object has no attribute {self.name!r}")


def _method(row: Any) -> Callable[..., Value]:
    def method(self: Value, *others: Any) -> Value:
        return _from_table(row, self, *others)

    method.__name__, method.__doc__ = row.name, f"Return {row.doc}."
    return method


for _name, _row in OPS.items():
    if _name not in vars(Value):
        setattr(Value, _name, _method(_row))
setattr(Value, "clamp", vars(Value)["clip"])  # noqa: B010 - a type checker sees the engine's
for _name, _thing in vars(Node.__mro__[1]).items():
    if isinstance(_thing, property) and _name not in vars(Value):
        setattr(Value, _name, _Free(_name))


def _number(thing: Any) -> Any:
    """Return a number of any type as it is; raise NumberError for anything else, which would be silent till later."""
    if type(thing) in (float, int) or (hasattr(thing, "__float__") and not isinstance(thing, Node)):
        return thing
    raise NumberError(f"a Value holds a number, such as Value(2.0), not {described(thing)}.")


def _as_nodes(things: Any) -> tuple[Any, ...]:
    """Return children as a tuple; raise ArgumentError for anything but Values."""
    if isinstance(things, str) and things:
        raise ArgumentError(f"the second argument is the children: for a label write Value(2.0, label={things!r}).")
    if isinstance(things, Node) or not hasattr(things, "__iter__"):
        raise ArgumentError(f"the children are a tuple of Values, such as (a, b) or (a,), not {described(things)}.")
    nodes = tuple(things)
    for node in nodes:
        if not isinstance(node, Node):
            raise ArgumentError(
                f"a child of a Value is a Value, not {described(node)}: write Value(2.0) for a number."
            )
    return nodes


def _as_node(thing: Any) -> Any:
    return thing if isinstance(thing, Node) else Value(thing)


def _result(number: Any, row: Any, x: Any, y: Any = None) -> Value:
    """Return the result of a row of the table."""
    out: Value = object.__new__(Value)
    out._data, out._grad, out._label = number, 0, ""
    out._op_row, out._x, out._y = row, x, y
    return out


def _from_table(row: Any, *args: Any) -> Value:
    """Return the result of a row of the table that micrograd does not have; the engine computes it."""
    node = row.method(*args)
    return _result(node._data, node._op_row, node._x, node._y)


def _add(node: Any, number: Any) -> None:
    """Add a contribution to the gradient of a node; a constant of the engine's has none."""
    if node._grad is not None:
        node._grad += number


def _add_contributions(out: Any, row: Any, x: Any, y: Any) -> None:
    """Add upstream gradient × local derivative to each child of a node, by micrograd's formulas.

    `row`, `x` and `y` are its operation and its arguments, or those that it had before `_backward` was assigned.
    """
    upstream = out._grad
    if row is None:
        return
    if row is OPS["add"]:
        _add(x, upstream)
        _add(y, upstream)
    elif row is OPS["mul"]:
        _add(x, y._data * upstream)
        _add(y, x._data * upstream)
    elif row is OPS["pow"] and y._grad is None:
        _add(x, (y._data * x._data ** (y._data - 1)) * upstream)
    elif row is OPS["relu"]:
        _add(x, (out._data > 0) * upstream)
    elif isinstance(out, Value) and row.functions:
        for child, local in zip(out._children, out.__dict__.get("_own_grads") or ()):
            _add(child, local * upstream)
    else:
        numbers = [arg._data for arg in out.args]
        for arg, slope, passes in zip(out.args, row.slopes, row.passing(out)):
            if passes and arg._grad is not None:
                arg._grad += slope(*numbers, z=out._data) * upstream


# -- operations that a program writes itself ------------------------------------------------------------------------


def _recomputed(node: Value, *numbers: Any) -> Any:
    """Return what an operation of a program's own gives for these numbers of its arguments.

    For other numbers than its arguments hold, it must be one that the table has, too, by the same name.
    """
    if node._op_row is None or [*numbers] == [arg._data for arg in node.args]:  # while it is made, and as it stands
        return node._data
    row, exponent = _of_table(node)
    if row is None:
        raise NumberError(NOT_AGAIN.format(node._op or "this node"))
    by_arg = dict(zip(node.args, numbers))
    return row.f(*(by_arg[child] for child in node._children), *(each._data for each in exponent))


def _of_table(node: Value) -> tuple[Any, list[Any]]:
    """Return the row of the table of a node's name, if it gives the node's number, and the exponent of a power."""
    name, exponent = str(node._op), list[Any]()
    if name.startswith("**"):
        try:
            exponent = [constant(float(name[2:]))]
        except ValueError:
            return None, []
        name = "pow"
    row = OPS.get(ROWS.get(name, name))
    numbers = [each._data for each in (*node._children, *exponent)]
    if row is None or row.arity != len(numbers):
        return None, []
    try:
        fits = isclose(row.f(*numbers), node._data, rel_tol=1e-9, abs_tol=1e-12)
    except (ArithmeticError, TypeError, ValueError):
        fits = False
    return (row, exponent) if fits else (None, [])


def _local_derivative(node: Value, place: int, *numbers: Any) -> Any:
    """Return the derivative of an operation of a program's own by an argument.

    Called on Values, it is a Value, which cannot be differentiated again.
    """
    plain = [number._data if isinstance(number, Node) else number for number in numbers]
    if plain != [arg._data for arg in node.args]:
        raise NumberError(
            f"the derivative of {node._op or 'this node'} is known where the graph was recorded alone: its _backward "
            "reads the numbers that its children hold."
        )
    local = _slopes_measured(node)[place]
    values = [number for number in numbers if isinstance(number, Node)]
    if not values:
        return local

    def no_second(*_: Any) -> Any:
        raise BackwardError(
            f"{node._op or 'an operation of your own'} has a _backward, and so no second derivative: write it of "
            "operations, or define() it."
        )

    args = [*dict.fromkeys(values)]
    return python_operation(f"{node._op} slope", args, lambda *_: local, [no_second] * len(args))


def _slopes_measured(node: Value) -> list[Any]:
    """Return the local derivative by each argument, as the node's `_backward` gives it.

    It is called twice, with other gradients, and must each time add upstream gradient × local derivative.
    """
    args = node.args
    own = node.__dict__.get("_own_grads")
    if "_own_backward" not in node.__dict__ and own is not None:
        return [sum(local for child, local in zip(node._children, own) if child is arg) for arg in args]
    before = [(each, each._grad) for each in (node, *args)]
    try:
        first = _one_call(node, args, FIRST_PASS, 0.0)
        second = _one_call(node, args, SECOND_PASS, BEFORE)
    finally:
        for each, gradient in before:
            each._grad = gradient
    for arg, one, other in zip(args, first, second):
        expected = BEFORE + SECOND_PASS * one
        if not (isclose(other, expected, rel_tol=1e-9, abs_tol=1e-9) or one != one):
            child, name = arg._label or "child", node._op or node._label or "this node"
            if isclose(other, SECOND_PASS * one, rel_tol=1e-9, abs_tol=1e-9):
                wrong = f"sets {child}.grad, and must add to it: write {child}.grad += ..."
            elif isclose(other, BEFORE + one, rel_tol=1e-9, abs_tol=1e-9):
                wrong = f"leaves the upstream gradient out: multiply what it adds to {child}.grad by out.grad"
            else:
                wrong = f"must add local derivative × out.grad to {child}.grad, and does something else"
            raise BackwardError(f"the _backward of {name} {wrong}.")
    return first


def _one_call(node: Value, args: Sequence[Any], upstream: float, held: float) -> list[Any]:
    """Return the gradients of the arguments after one call of the node's `_backward`."""
    for arg in args:
        arg._grad = held
    node._grad = upstream
    node._backward()
    return [arg._grad for arg in args]


# -- networks -------------------------------------------------------------------------------------------------------


class Module:
    """A part of a model, as in micrograd: `zero_grad()` and `parameters()`."""

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters():
            parameter.grad = 0

    def parameters(self) -> list[Any]:
        """Return the parameters; a part of your own returns a list of its own."""
        return []


class Neuron(Module):
    """A neuron of `nin` inputs, with a ReLU unless `nonlin` is False. Its weights come from Python's `random`.

    >>> random.seed(1337)
    >>> neuron = Neuron(2)
    >>> neuron, [round(weight.data, 4) for weight in neuron.w]
    (ReLUNeuron(2), [0.2355, 0.0665])
    """

    def __init__(self, nin: int, nonlin: bool = True) -> None:
        self.w: list[Value] = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b: Value = Value(0)
        self.nonlin = nonlin

    def __call__(self, x: Iterable[Any]) -> Any:
        total = sum((weight * each for weight, each in zip(self.w, x)), self.b)
        return total.relu() if self.nonlin else total

    def parameters(self) -> list[Any]:
        """Return the weights, and then the bias."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """A layer of `nout` neurons of `nin` inputs. Called on a row, it returns a list, or the output of an only one."""

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        self.neurons: list[Neuron] = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x: Any) -> Any:
        outputs = [neuron(x) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def parameters(self) -> list[Any]:
        """Return the parameters of each neuron."""
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """Layers of the sizes `nouts` one after another, of which the last is linear.

    >>> MLP(2, [2, 1])
    MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]
    """

    def __init__(self, nin: int, nouts: Sequence[int]) -> None:
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers: list[Layer] = [Layer(sizes[i], sizes[i + 1], nonlin=i != last) for i in range(len(nouts))]

    def __call__(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Any]:
        """Return the parameters of each layer."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"


# -- in micrograd's place -------------------------------------------------------------------------------------------


@public
def install() -> None:
    """Put this module in micrograd's place: from now on `import micrograd` gives the classes of this module.

    It lasts until this Python ends, and also where micrograd itself is installed. `gradcheck` calls functions with
    these Values from now on, so that it checks operations that you add to the class.
    """
    package, values, networks = (_module(name) for name in ("micrograd", "micrograd.engine", "micrograd.nn"))
    values.Value = networks.Value = Value  # type: ignore[attr-defined]
    for kind in (Module, Neuron, Layer, MLP):
        setattr(networks, kind.__name__, kind)
    networks.random = random  # type: ignore[attr-defined]
    package.engine, package.nn = values, networks  # type: ignore[attr-defined]
    sys.modules.update({module.__name__: module for module in (package, values, networks)})
    check_with(Value)


def _module(name: str) -> ModuleType:
    module = ModuleType(name, "Gradwalk in micrograd's place: see nn.micrograd.")
    is_package = "." not in name
    module.__spec__ = ModuleSpec(name, None, is_package=is_package)
    module.__package__ = name.partition(".")[0]
    if is_package:
        module.__path__ = []
    return module


def run_script(arguments: Sequence[str]) -> int:
    """Run a script as `python script.py` does, with this module in micrograd's place. Return the exit status."""
    from pathlib import Path
    from runpy import run_path

    if not arguments or arguments[0] in ("-h", "--help"):
        print("usage: python -m nn.micrograd script.py [arguments]\n\nRun a program for micrograd.")
        return 0 if arguments else 2
    script = Path(arguments[0])
    if script.suffix == ".ipynb":
        problem = "is a notebook: write import nn.micrograd; nn.micrograd.install() into its first cell, and run it"
    elif not script.is_file():
        problem = "is not there: give the path of a script"
    else:
        problem = ""
    if problem:
        print(f"{script} {problem}.", file=sys.stderr)
        return 2
    install()
    sys.argv[:] = [str(script), *arguments[1:]]
    sys.path[0] = str(script.resolve().parent)
    run_path(str(script), run_name="__main__")
    return 0


if __name__ == "__main__":
    from nn.micrograd import run_script as run  # the module itself, whose classes `install` gives

    sys.exit(run(sys.argv[1:]))

"""Files of ONNX: the graph of a model in float32, which onnxruntime and others run.

An activation is written by the formula of its row, so that every row of one argument can be written, also one that
`define` added by a formula.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from engine import OPS

from ..checks import NetworkError
from ..layers import SOFTMAX
from .parts import inputs_of_parts

if TYPE_CHECKING:
    from .parts import PortablePart

OPSET = 17
IR_VERSION = 8  # what runtimes of several years read
ONNX_FUNCTIONS = {
    "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "sin": "Sin", "cos": "Cos", "tan": "Tan", "sinh": "Sinh",
    "cosh": "Cosh", "atan": "Atan", "tanh": "Tanh", "erf": "Erf", "abs": "Abs", "max": "Max", "min": "Min",
    "maximum": "Max", "minimum": "Min", "relu": "Relu", "sigmoid": "Sigmoid", "softplus": "Softplus", "elu": "Elu",
}  # fmt: skip
ONNX_FORMULAS = {"expm1": "exp(x) - 1", "log1p": "log(1 + x)", "log10": "log(x) * 0.4342944819032518"}
OPERATORS: dict[type[Any], str] = {
    ast.Add: "Add", ast.Sub: "Sub", ast.Mult: "Mul", ast.Div: "Div", ast.Pow: "Pow",
    ast.Gt: "Greater", ast.Lt: "Less", ast.GtE: "GreaterOrEqual", ast.LtE: "LessOrEqual", ast.Eq: "Equal",
}  # fmt: skip


class Graph:
    """The nodes and the weights of a file while they are written."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def node(self, kind: str, *inputs: str, **options: Any) -> str:
        """Add a node, and return the name of its output."""
        output = f"{kind.lower()}{len(self.nodes) + 1}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **options))
        return output

    def weight(self, name: str, numbers: Any) -> str:
        """Add an array, in float32 if it holds floats, and return its name."""
        array = np.asarray(numbers)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        if all(weight.name != name for weight in self.weights):
            self.weights.append(numpy_helper.from_array(array, name))
        return name

    def function(self, name: str, *inputs: str) -> str:
        """Add an operation of the table, and return the name of its output."""
        if name in ONNX_FUNCTIONS:
            return self.node(ONNX_FUNCTIONS[name], *inputs)
        if name in ONNX_FORMULAS:
            return self.formula(ONNX_FORMULAS[name], {"x": inputs[0]})
        row = OPS[name]
        if row.functions:
            raise NetworkError(
                f"{name} is a Python function, which no file of ONNX can hold: define() it by a formula."
            )
        return self.formula(row.formula, dict(zip(row.letters, inputs)))

    def formula(self, text: str, names: dict[str, str]) -> str:
        """Add the nodes of a formula, and return the name of its result."""
        return self._expression(ast.parse(text, mode="eval").body, names)

    def _expression(self, tree: Any, names: dict[str, str]) -> str:
        if isinstance(tree, ast.Name):
            return names[tree.id]
        if isinstance(tree, ast.Constant):
            return self.weight(f"number_{tree.value!r}", float(tree.value))  # type: ignore[arg-type]
        if isinstance(tree, ast.UnaryOp):
            return self.node("Neg", self._expression(tree.operand, names))
        if isinstance(tree, ast.BinOp):
            left, right = self._expression(tree.left, names), self._expression(tree.right, names)
            return self.node(OPERATORS[type(tree.op)], left, right)
        if isinstance(tree, ast.Compare) and len(tree.ops) == 1:
            left, right = self._expression(tree.left, names), self._expression(tree.comparators[0], names)
            return self.node("Cast", self.node(OPERATORS[type(tree.ops[0])], left, right), to=TensorProto.FLOAT)
        if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.keywords:
            return self.function(tree.func.id, *(self._expression(each, names) for each in tree.args))
        raise NetworkError(f"ONNX has no counterpart of {ast.unparse(tree)}.")


def onnx_file(parts: list[PortablePart], notes: str) -> bytes:
    """Return a file of ONNX for parts: it takes "x", (rows, inputs), and gives "y", (rows, outputs), in float32.

    onnx's own checker has looked at it.
    """
    graph, at = Graph(), "x"
    for part in parts:
        tensors = {
            name: graph.weight(name, np.array([leaf.data for leaf in tensor.leaves], float).reshape(tensor.shape))
            for name, tensor in part.tensors.items()
        }
        if part.kind == "dense":
            at = graph.node("Gemm", at, *tensors, transB=1)
        elif part.kind == "convolution":
            at = graph.node("Reshape", at, graph.weight(f"{part.name}.channels", np.array([0, part.channels, -1])))
            at = graph.node("Conv", at, *tensors, kernel_shape=[part.kernel], strides=[part.stride])
        if part.activation == SOFTMAX:
            at = graph.node("Softmax", at, axis=1)
        elif part.activation != "linear":
            at = graph.function(part.activation, at)
        if part.kind == "convolution":
            at = graph.node("Flatten", at, axis=1)
    graph.nodes.append(helper.make_node("Identity", [at], ["y"]))
    windowed = any(part.kind == "convolution" for part in parts)  # which may leave the last numbers of a row out
    inputs = None if windowed else inputs_of_parts(parts)
    taken = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", inputs or "inputs"])
    outputs = next((len(part.units) for part in reversed(parts) if part.kind == "dense"), 0)
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", outputs or "outputs"])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "model", [taken], [result], graph.weights),
        producer_name="gradwalk", opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
        doc_string=notes,
    )  # fmt: skip
    checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString()
    return data

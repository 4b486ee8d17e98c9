"""The names that may be given for a function: types, so that an editor completes them and a type checker knows them.

A test compares each with the table that it lists. An operation of your own, which `define` adds, is in no such type:
give the function that `define` returned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from engine import Value

# fmt: off
ActivationName = Literal[  # "linear", and the operations of one argument
    "linear", "neg", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "atan", "log10",
    "exp2", "erf", "abs", "threshold", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu",
    "detach",
]
LossName = Literal[
    "quadratic", "mse", "mae", "huber", "hinge", "binary_cross_entropy", "binary_cross_entropy_on_logits",
    "cross_entropy",
]
OptimizerName = Literal["sgd", "implicitsgd", "averagedsgd", "adagrad", "rmsprop", "adam", "adamw"]
BackendName = Literal["python", "numpy", "jax", "torch"]
InitName = Literal["uniform", "xavier", "he", "zeros"]
ScheduleName = Literal["constant", "step", "cosine", "linear"]
MetricName = Literal["accuracy"]
NumberType = Literal["float64", "float32"]
# fmt: on
Activation = ActivationName | Callable[[Value], Value]
Output = ActivationName | Literal["softmax"] | Callable[[Value], Value]

if TYPE_CHECKING:

    class ValueOrList(Value, list[Value]):  # type: ignore[misc]
        """One Value or a list of Values, for a type checker, which takes it for both.

        An MLP returns one Value where its last layer has one neuron, and the type of [16, 16, 1] does not say that 1.
        Overloads of MLP could say it of some lists, but a checker that meets an overloaded function no longer names
        the argument that is wrong.
        """


LayerOutput: TypeAlias = "ValueOrList | Any"  # `Any` keeps both branches of `isinstance(output, Value)`

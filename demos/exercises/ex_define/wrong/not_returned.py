"""The operation is defined, and nothing is returned.

Write return before define.
"""

from engine import define


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    define(
        "swish",
        "x * sigmoid(x)",
        "sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x))",
    )

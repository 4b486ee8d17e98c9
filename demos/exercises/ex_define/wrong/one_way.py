"""x * sigmoid(x) uses x twice, and this slope counts the first factor alone.

Add the way through sigmoid: x times its slope.
"""

from engine import define


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    return define(
        "swish",
        "x * sigmoid(x)",
        "sigmoid(x)",
    )

"""This is the way through sigmoid alone. x is also the first factor, and when it moves, z moves by sigmoid(x) times
as much.

Add sigmoid(x).
"""

from engine import define


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    return define(
        "swish",
        "x * sigmoid(x)",
        "x * sigmoid(x) * (1 - sigmoid(x))",
    )

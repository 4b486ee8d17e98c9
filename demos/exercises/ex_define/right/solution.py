"""A new operation is two formulas: its number and its slope. Here both factors
move with x, so two contributions add up: s, and x times the slope of s.
"""

from engine import Value, define, gradcheck


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    return define(
        "swish",
        "x * sigmoid(x)",
        "sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x))",
    )


if __name__ == "__main__":
    swish = swish_operation()
    print(gradcheck("swish", 0.5))  # the engine compares it with a nudge
    x = Value(2.0, "x")
    y = swish(x)  # and y = x.swish() is the same
    y.backward()
    print(y.data, "should be 1.7616", x.grad, "should be 1.0908")

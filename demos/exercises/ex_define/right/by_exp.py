"""Without sigmoid: exp alone. The operation is found among the methods of a Value."""

from engine import Value, define


def swish_operation():
    define("swish", "x / (1 + exp(-x))", "(1 + exp(-x) + x * exp(-x)) / (1 + exp(-x)) ** 2")
    return Value.swish

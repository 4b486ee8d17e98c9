"""The result z makes the slope shorter; a list of one slope; more words about the operation."""

from engine import define


def swish_operation():
    return define("swish", "x * sigmoid(x)", ["z + sigmoid(x) * (1 - z)"], symbol="sw", doc="a gentle ReLU")

"""Exercise: an operation of your own.

An operation is a formula for its number, and one for each local derivative.
You have written such rules; define() puts yours into the engine, and from then
on it can be used, walked, drawn and checked like every other. Its arguments:
the name, the formula of z, and the formula of dz/dx, each as text in terms of
x, where z may stand for the result. Define swish, a gentle ReLU. It is a
product, and both of its factors move with x. The slope of s = sigmoid(x) is
s * (1 - s).

                 ┌──────────────────┐
    x ───────────┤                  ├── z = x * s
        └── s = sigmoid(x) ─────────┘
"""

from engine import Value, gradcheck


def swish_operation():
    """Define swish(x) = x * sigmoid(x) in the engine, and return it."""
    raise NotImplementedError('TODO: return define("swish", ..., ...)')


if __name__ == "__main__":
    swish = swish_operation()
    print(gradcheck("swish", 0.5))  # the engine compares it with a nudge
    x = Value(2.0, "x")
    y = swish(x)  # and y = x.swish() is the same
    y.backward()
    print(y.data, "should be 1.7616", x.grad, "should be 1.0908")

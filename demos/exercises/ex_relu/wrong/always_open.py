"""Your gate is always open. Where x is below 0, relu(x) stays at 0 whatever x does, so nothing may go back there.

Ask about x, not about relu(x): the result is never below 0, so a question such as `relu(x) >= 0` is always answered
yes.
"""


def relu(x):
    return max(x, 0.0)


def relu_backward(x, upstream):
    return upstream

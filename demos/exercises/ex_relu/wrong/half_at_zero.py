"""All is well but at x = 0, where you pass half of the upstream. That is what a nudge to both sides measures at the
kink, and a fair choice; the convention here, as in most libraries, is 0.

Count the gate as shut at 0.
"""


def relu(x):
    return max(x, 0.0)


def relu_backward(x, upstream):
    return upstream * (0.5 if x == 0 else float(x > 0))

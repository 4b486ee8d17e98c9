"""Only the sign of the slope is used, so all steps are of the same length and the descent cannot settle.

Multiply the rate by the slope itself: where it is flatter, the steps get shorter.
"""


def descend(gradient, start, rate, steps):
    path = [start]
    for _ in range(steps):
        x = path[-1]
        path.append(x - rate * (1 if gradient(x) > 0 else -1))
    return path


def largest_rate(curvature):
    return 2 / curvature

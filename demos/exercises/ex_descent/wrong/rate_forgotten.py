"""The rate is not used: each step is as long as the slope itself, which jumps over the lowest point wherever the
curvature is above 1.

Scale the step: rate * gradient(x).
"""


def descend(gradient, start, rate, steps):
    path = [start]
    for _ in range(steps):
        x = path[-1]
        path.append(x - gradient(x))
    return path


def largest_rate(curvature):
    return 2 / curvature

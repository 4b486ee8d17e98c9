"""1 / curvature is the best rate for a parabola, not the limit: it lands on the lowest point in one step. Beyond it
the descent jumps to and fro, and still comes closer.

Ask when the jump to the other side is as far as the start: 1 - rate * curvature = -1.
"""


def descend(gradient, start, rate, steps):
    path = [start]
    for _ in range(steps):
        x = path[-1]
        path.append(x - rate * gradient(x))
    return path


def largest_rate(curvature):
    return 1 / curvature

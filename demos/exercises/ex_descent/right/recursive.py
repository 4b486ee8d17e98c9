"""A descent is its start, followed by the descent from the next number."""


def descend(gradient, start, rate, steps):
    if steps == 0:
        return [start]
    return [start, *descend(gradient, start - rate * gradient(start), rate, steps - 1)]


def largest_rate(curvature):
    return 1 / (curvature / 2)

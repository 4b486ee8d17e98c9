"""In-place steps, a tuple for the path, and the limit found by trial."""


def descend(gradient, start, rate, steps):
    x = float(start)
    path = (x,)
    while len(path) <= steps:
        x -= gradient(x) * rate
        path += (x,)
    return path


def largest_rate(curvature):
    low, high = 0.0, 1e6
    while high - low > 1e-12 * high:
        rate = (low + high) / 2
        x = descend(lambda x: curvature * x, 1.0, rate, 1)[-1]
        if abs(x) > 1:
            high = rate
        else:
            low = rate
    return low

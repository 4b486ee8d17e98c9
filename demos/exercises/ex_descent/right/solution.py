"""Each step subtracts rate × the slope of where it is now. On a parabola that
multiplies x by 1 - rate × curvature, which is -1 at the rate 2 / curvature:
there x only jumps to and fro, and beyond it runs away."""


def descend(gradient, start, rate, steps):
    """Return the numbers that the descent visits: `start`, then one a step.

    They make a list of steps + 1 numbers. gradient(x) is the slope at x.
    """
    path = [start]
    for _ in range(steps):
        x = path[-1]
        path.append(x - rate * gradient(x))
    return path


def largest_rate(curvature):
    """Return the rate above which descent on curvature / 2 · x² runs away."""
    return 2 / curvature


if __name__ == "__main__":
    limit = largest_rate(4.0)
    for rate in 0.3 * limit, 0.9 * limit, limit, 1.1 * limit:
        path = descend(lambda x: 4.0 * x, 3.0, rate, 6)
        print(f"rate {rate:.3f}: " + " → ".join(f"{x:.2f}" for x in path))

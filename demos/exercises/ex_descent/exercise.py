"""Exercise: gradient descent, and where it diverges.

The slope of a function says which way is uphill. Gradient descent goes the
other way, again and again: each step subtracts rate × slope, the slope of
where it is now. If the rate is too large, a step jumps over the lowest point
and lands higher up than it started: the descent runs away. The parabola
curvature / 2 · x² has the slope curvature · x, and is lowest at 0. From which
rate on does a step never come closer to 0? Take a step with pencil and paper:
x becomes x · ( ... ).

                        lowest point
                             │        1 and 2: after one step, after two
    a small rate             │    2 ←── 1 ←──── start        closer
    a larger rate       1 ···│··· 2 ··········· start        to and fro, closer
    too large     1 ·········│················· start ··· 2  away
"""


def descend(gradient, start, rate, steps):
    """Return the numbers that the descent visits: `start`, then one a step.

    They make a list of steps + 1 numbers. gradient(x) is the slope at x.
    """
    raise NotImplementedError("TODO: step against the slope")


def largest_rate(curvature):
    """Return the rate above which descent on curvature / 2 · x² runs away."""
    raise NotImplementedError("TODO: one formula")


if __name__ == "__main__":
    limit = largest_rate(4.0)
    for rate in 0.3 * limit, 0.9 * limit, limit, 1.1 * limit:
        path = descend(lambda x: 4.0 * x, 3.0, rate, 6)
        print(f"rate {rate:.3f}: " + " → ".join(f"{x:.2f}" for x in path))

"""Exercise: a gradcheck.

A gradient that somebody worked out may be wrong, and still look like any other
numbers. A gradcheck finds out: it nudges one argument after the other,
measures the slope of the function itself, and compares it with the claimed
slope. The two are never quite equal, for a nudge is itself off by a millionth
of the slope or so. A mistake is mostly off by much more. The limit lies
between: return False if any slope is off by 0.1 % of itself or more, and True
if all are right, whether they are 0.00001 or 100,000,000. Nothing can be
divided by a slope of 0. To call the function at a point that is a list, write
function(*point).

    point  [x, y] ──→ nudge x ──→ (f(x + h, y) - f(x - h, y)) / 2h ──┐
                                                                     ├─ alike?
    gradient  [claimed slope in x, claimed slope in y] ──────────────┘
"""

TOLERANCE = 0.001  # of the slope: far above the errors of a nudge


def gradcheck(function, point, gradient):
    """Tell whether `gradient` holds the slope in each argument."""
    raise NotImplementedError("TODO: nudge each argument, and compare")


if __name__ == "__main__":

    def f(x, y):
        return x * x * y

    print("right:    ", gradcheck(f, [2.0, 3.0], [12.0, 4.0]))
    print("0.2 % off:", gradcheck(f, [2.0, 3.0], [12.0, 4.008]))

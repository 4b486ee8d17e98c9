"""Exercise: a gradcheck.

A gradient that somebody worked out may be wrong, and still look like any other
numbers. A gradcheck finds out: it nudges one argument after the other,
measures the slope of the function itself, and compares it with the claimed
slope. Yours returns False if any slope is wrong by 0.1 % or more, and True if
all are right, whether they are 0.00001, 100,000,000 or 0. Its arguments are a
function of numbers, the point as a list, and a list of as many claimed slopes.
To call the function at a point that is a list, write function(*point).

    point  [x, y] ──→ nudge x ──→ (f(x + h, y) - f(x - h, y)) / 2h ──┐
                                                                     ├─ alike?
    gradient  [claimed slope in x, claimed slope in y] ──────────────┘
"""


def gradcheck(function, point, gradient):
    """Tell whether `gradient` holds the slope in each argument."""
    raise NotImplementedError("TODO: nudge each argument, and compare")


if __name__ == "__main__":

    def f(x, y):
        return x * x * y

    print("right:    ", gradcheck(f, [2.0, 3.0], [12.0, 4.0]))
    print("0.1 % off:", gradcheck(f, [2.0, 3.0], [12.0, 4.004]))

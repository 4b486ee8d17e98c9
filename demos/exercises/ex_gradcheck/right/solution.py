"""A central difference for each argument; the gap is held against the larger
of the two slopes, and never divided by it. A nudge errs by some millionths of a
slope, so 0.1 % of it leaves room."""

H = 1e-5
TOLERANCE = 0.001  # of the slope: far above the errors of a nudge


def gradcheck(function, point, gradient):
    """Tell whether `gradient` holds the slope in each argument."""
    for place, claimed in enumerate(gradient):
        above, below = list(point), list(point)
        above[place] += H
        below[place] -= H
        slope = (function(*above) - function(*below)) / (2 * H)
        if abs(claimed - slope) > TOLERANCE * max(abs(claimed), abs(slope)):
            return False
    return True


if __name__ == "__main__":

    def f(x, y):
        return x * x * y

    print("right:    ", gradcheck(f, [2.0, 3.0], [12.0, 4.0]))
    print("0.2 % off:", gradcheck(f, [2.0, 3.0], [12.0, 4.008]))

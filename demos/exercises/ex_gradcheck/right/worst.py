"""The largest relative gap decides; a difference of four points, and a floor under what is divided by."""


def gradcheck(function, point, gradient):
    worst = 0
    for i in range(len(point)):
        h = 1e-3 * max(1, abs(point[i]))
        y = []
        for k in [-2, -1, 1, 2]:
            p = point[:]
            p[i] = p[i] + k * h
            y.append(function(*p))
        numeric = (y[0] - 8 * y[1] + 8 * y[2] - y[3]) / (12 * h)
        gap = abs(numeric - gradient[i]) / max(abs(numeric) + abs(gradient[i]), 1e-12)
        worst = max(worst, gap)
    return worst < 1e-4

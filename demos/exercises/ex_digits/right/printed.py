"""A row at a time is sent to the one part or the other; training rows are predicted, too, and printed."""


def accuracy(predict, rows, digits):
    right = 0
    for row, digit in zip(rows, digits):
        scores = predict(row)
        best = 0
        for k in range(1, len(scores)):
            if scores[k] > scores[best]:
                best = k
        if best == digit:
            right += 1
    return right / len(rows)


def evaluate(X, y, scaling, learn, rng):
    order = rng.sample(range(len(X)), len(X))
    X, y = [X[i] for i in order], [y[i] for i in order]
    n = round(0.75 * len(X))
    scale = scaling(X[:n])
    X = list(map(scale, X))
    predict = learn(X[:n], y[:n])
    print("training rows:", accuracy(predict, X[:n], y[:n]))
    return accuracy(predict, X[n:], y[n:])

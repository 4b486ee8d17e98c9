"""The test ends after its first row: `return` stands inside the loop.

Count over all rows of the test, and return after the loop.
"""

from statistics import fmean, pstdev


def evaluate(X, y, scaling, learn, rng):  # noqa: RET503
    """Return the share, from 0 to 1, of the test rows that are predicted right.

    X holds the rows, lists of numbers, and y the digit of each row.
    rng.shuffle(a_list) shuffles a list in place.
    scaling(rows) makes a function from the means and spreads of these rows:
    scale(row) is a row, scaled.
    learn(rows, digits) trains on these rows and makes a function, too:
    predict(row) gives ten scores, one a digit; the highest one is its answer.
    """
    places = list(range(len(X)))
    rng.shuffle(places)
    cut = len(places) // 4
    test, train = places[:cut], places[cut:]
    scale = scaling([X[i] for i in train])
    predict = learn([scale(X[i]) for i in train], [y[i] for i in train])
    right = 0
    for i in test:
        scores = predict(scale(X[i]))
        right += scores.index(max(scores)) == y[i]
        return right / len(test)


def scaling(rows):
    """Return a function that scales rows by the means and spreads of these."""
    means = [fmean(pixel) for pixel in zip(*rows)]
    spreads = [pstdev(pixel) or 1.0 for pixel in zip(*rows)]
    return lambda row: [(v - m) / s for v, m, s in zip(row, means, spreads)]


def learn(rows, digits):
    """Train a network with 32 hidden neurons; return its predict function."""
    from nn import MLP, fit, optim

    model = MLP(len(rows[0]), [32, 10], activation="relu", rng=0)
    adam = optim.Adam(model.parameters(), lr=0.01)
    settings = {"epochs": 10, "batch_size": 32, "progress": False}
    fit(model, rows, digits, "cross_entropy", adam, **settings)
    return lambda row: [score.data for score in model(row)]

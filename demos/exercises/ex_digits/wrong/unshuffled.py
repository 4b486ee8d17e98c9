"""The rows come sorted by digit and were split as they come: the test holds digits that the training has hardly seen,
or never.

Shuffle before you cut: rng.shuffle(places).
"""


def evaluate(X, y, scaling, learn, rng):
    places = list(range(len(X)))
    cut = len(places) // 4
    test, train = places[:cut], places[cut:]
    scale = scaling([X[i] for i in train])
    predict = learn([scale(X[i]) for i in train], [y[i] for i in train])
    right = 0
    for i in test:
        scores = predict(scale(X[i]))
        right += scores.index(max(scores)) == y[i]
    return right / len(test)

"""It learns from all rows, those of the test among them, so nothing is left that it has never seen.

Hand learn() the training rows alone.
"""


def evaluate(X, y, scaling, learn, rng):
    places = list(range(len(X)))
    rng.shuffle(places)
    cut = len(places) // 4
    test, train = places[:cut], places[cut:]
    scale = scaling([X[i] for i in train])
    predict = learn([scale(row) for row in X], y)
    right = 0
    for i in test:
        scores = predict(scale(X[i]))
        right += scores.index(max(scores)) == y[i]
    return right / len(test)

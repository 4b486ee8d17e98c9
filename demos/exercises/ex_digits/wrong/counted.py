"""This is how many rows are right. Without the number of test rows, nobody can tell whether that is much.

Divide by the number of rows in the test.
"""


def evaluate(X, y, scaling, learn, rng):
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
    return right

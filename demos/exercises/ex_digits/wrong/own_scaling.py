"""The test rows are scaled by means and spreads of their own. So the same pixel means one thing in training and
another in the test; and with one single row to predict there would be no spread at all.

Scale the test rows with the function that was made from the training rows.
"""


def evaluate(X, y, scaling, learn, rng):
    places = list(range(len(X)))
    rng.shuffle(places)
    cut = len(places) // 4
    test, train = places[:cut], places[cut:]
    scale = scaling([X[i] for i in train])
    scale_test = scaling([X[i] for i in test])
    predict = learn([scale(X[i]) for i in train], [y[i] for i in train])
    right = 0
    for i in test:
        scores = predict(scale_test(X[i]))
        right += scores.index(max(scores)) == y[i]
    return right / len(test)

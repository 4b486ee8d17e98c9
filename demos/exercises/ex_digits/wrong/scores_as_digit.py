"""The ten scores are compared with the digit itself, and a list never equals a number: not one row counts as right.

Take the place of the highest score first: scores.index(max(scores)).
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
        right += scores == y[i]
    return right / len(test)

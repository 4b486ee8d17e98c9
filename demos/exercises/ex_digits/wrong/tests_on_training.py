"""The test rows are rows that it learned from. That shows what it remembers, and not what it has understood.

Count the right answers among the rows that you kept for the test.
"""


def evaluate(X, y, scaling, learn, rng):
    places = list(range(len(X)))
    rng.shuffle(places)
    train = places[len(places) // 4 :]
    scale = scaling([X[i] for i in train])
    predict = learn([scale(X[i]) for i in train], [y[i] for i in train])
    right = 0
    for i in train:
        scores = predict(scale(X[i]))
        right += scores.index(max(scores)) == y[i]
    return right / len(train)

"""Some rows are in both parts: the two were drawn independently of each other. What it has learned from cannot test
it.

Shuffle once and cut once, so that every row lies on one side of the cut.
"""


def evaluate(X, y, scaling, learn, rng):
    places = range(len(X))
    test = rng.sample(places, len(X) // 4)
    train = rng.sample(places, 3 * len(X) // 4)
    scale = scaling([X[i] for i in train])
    predict = learn([scale(X[i]) for i in train], [y[i] for i in train])
    right = 0
    for i in test:
        scores = predict(scale(X[i]))
        right += scores.index(max(scores)) == y[i]
    return right / len(test)

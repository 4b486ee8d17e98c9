"""The network learned from scaled rows and is tested on rows as they are: to it, they are numbers from another world.

Scale every row before it is predicted: predict(scale(row)).
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
        scores = predict(X[i])
        right += scores.index(max(scores)) == y[i]
    return right / len(test)

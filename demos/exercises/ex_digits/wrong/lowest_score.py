"""The lowest score is taken for the answer. A score says how much speaks *for* a digit.

The answer is the place of the highest score: scores.index(max(scores)).
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
        right += scores.index(min(scores)) == y[i]
    return right / len(test)

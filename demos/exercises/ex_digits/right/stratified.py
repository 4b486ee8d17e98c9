"""A quarter of each digit's rows for the test."""


def evaluate(X, y, scaling, learn, rng):
    train, test = [], []
    for digit in sorted(set(y)):
        rows = [i for i in range(len(y)) if y[i] == digit]
        rng.shuffle(rows)
        q = round(len(rows) / 4)
        test += rows[:q]
        train += rows[q:]
    rng.shuffle(train)
    scale = scaling([X[i] for i in train])
    scaled = [scale(row) for row in X]
    predict = learn([scaled[i] for i in train], [y[i] for i in train])
    hits = [max(zip(predict(scaled[i]), range(10)))[1] == y[i] for i in test]
    return hits.count(True) / len(hits)

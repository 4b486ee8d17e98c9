"""Pairs of row and digit, shuffled together; every fourth one is for the test."""


def evaluate(X, y, scaling, learn, rng):
    pairs = list(zip(X, y))
    rng.shuffle(pairs)
    test = pairs[::4]
    train = [pair for place, pair in enumerate(pairs) if place % 4]
    scale = scaling([row for row, _ in train])
    predict = learn([scale(row) for row, _ in train], [digit for _, digit in train])

    def answer(row):
        scores = predict(scale(row))
        return max(range(10), key=lambda digit: scores[digit])

    return sum(answer(row) == digit for row, digit in test) / len(test)

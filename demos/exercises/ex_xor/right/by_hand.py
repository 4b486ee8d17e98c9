"""No nn at all: weights in lists, targets of -1 and 1, one backward() a row, steps written out."""

from engine import Value


def train(rng):
    hidden = [[Value(rng.uniform(-1, 1)) for _ in range(3)] for _ in range(8)]
    output = [Value(rng.uniform(-1, 1) / 3) for _ in range(9)]
    weights = [w for row in hidden for w in row] + output

    def score(a, b):
        h = [(u * a + v * b + c).tanh() for u, v, c in hidden]
        return sum((w * each for w, each in zip(output, h)), output[-1])

    losses = []
    while len(losses) < 200:
        total = 0.0
        for a in (0, 1):
            for b in (0, 1):
                error = (score(a, b).tanh() - (1 if a != b else -1)) ** 2
                error.backward()
                total += error.data
        for w in weights:
            w.data -= 0.1 * w.grad
            w.grad = 0
        losses.append(total)
    return lambda row: (score(*row).tanh().data + 1) / 2, losses

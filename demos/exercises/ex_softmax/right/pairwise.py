"""log(eᵃ + eᵇ) = a + softplus(b − a), score by score; the probabilities as exp of their logarithms."""


def log_sum(scores):
    total, *rest = scores
    for score in rest:
        total = total + (score - total).softplus()
    return total


def softmax(scores):
    whole = log_sum(scores)
    return [(score - whole).exp() for score in scores]


def cross_entropy(rows, classes):
    return sum(log_sum(row) - row[right] for row, right in zip(rows, classes)) * (1 / len(rows))

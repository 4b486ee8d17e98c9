"""The largest score as a node of the graph; a sorted row, whose largest score needs no exp."""


def softmax(scores):
    top = scores[0]
    for score in scores:
        if score > top:
            top = score
    shifted = [score - top for score in scores]
    return [s.exp() / sum(t.exp() for t in shifted) for s in shifted]


def cross_entropy(rows, classes):
    mean = 0
    for i in range(len(rows)):
        row = sorted(rows[i], key=lambda score: -score.data)
        log_ratio = sum((score - row[0]).exp() for score in row[1:]) + 1
        mean += (log_ratio.log() + row[0] - rows[i][classes[i]]) / len(rows)
    return mean

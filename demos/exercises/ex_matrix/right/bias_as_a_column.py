"""The bias is one more column, whose input is 1."""


def layer(W, x, b):
    outputs = []
    for i, row in enumerate(W):
        terms = [w * each for w, each in zip([*row, b[i]], [*x, 1.0])]
        total = terms.pop(0)
        for term in terms:
            total += term
        outputs.append(total)
    return outputs

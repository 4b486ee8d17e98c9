"""Only the last product of each row is left: each one takes the place of the one before.

Add to the sum: total = total + w * each.
"""


def layer(W, x, b):
    outputs = []
    for row, bias in zip(W, b):
        for w, each in zip(row, x):
            total = bias + w * each
        outputs.append(total)
    return outputs

"""The sum goes on from row to row: each output holds those before it, too.

Start each row with a new sum.
"""


def layer(W, x, b):
    outputs, total = [], 0
    for row, bias in zip(W, b):
        total = total + bias
        for w, each in zip(row, x):
            total = total + w * each
        outputs.append(total)
    return outputs

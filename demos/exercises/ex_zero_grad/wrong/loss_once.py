"""You compute the loss once, before the loop. Its graph holds the numbers of that moment, so all later gradients
belong to where you were, not to where you are.

Call loss() in each step: it builds a new graph at the parameters as they are now.
"""


def train(parameters, loss, rate, steps):
    root = loss()
    for _ in range(steps):
        root.zero_grad()
        root.backward()
        for p in parameters:
            p.data -= rate * p.grad

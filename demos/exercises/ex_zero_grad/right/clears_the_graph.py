"""The loss clears its whole graph, before it goes backward."""


def train(parameters, loss, rate, steps):
    while steps > 0:
        root = loss()
        root.zero_grad()
        root.backward()
        for p in parameters:
            p.data = p.data - rate * p.grad
        steps -= 1

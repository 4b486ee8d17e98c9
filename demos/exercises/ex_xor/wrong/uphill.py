"""The steps go uphill: they follow the gradient, which points to where the loss grows.

Step against it: subtract rate × gradient, and keep the rate positive.
"""

from nn import MLP

ROWS = [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]


def train(rng):
    model = MLP(2, [4, 1], activation="tanh", output="sigmoid", rng=rng)
    losses = []
    for _ in range(40):
        model.zero_grad()
        loss = sum((model(row) - target) ** 2 for row, target in ROWS)
        loss.backward()
        for weight in model.parameters():
            weight.data += 1.0 * weight.grad
        losses.append(loss.data)
    return model, losses

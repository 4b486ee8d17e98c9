"""The loss falls, but hardly: each step is too short to get anywhere in this number of epochs, or no step is taken at
all.

Call optimizer.step() in every epoch, and take a rate a hundred times as large, such as 1.0.
"""

from nn import MLP, optim

ROWS = [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]


def train(rng):
    model = MLP(2, [4, 1], activation="tanh", output="sigmoid", rng=rng)
    optimizer = optim.SGD(model.parameters(), lr=0.0001)
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = sum((model(row) - target) ** 2 for row, target in ROWS)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return model, losses

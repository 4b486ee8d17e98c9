"""No gradient reaches the hidden layer: the weights behind it are 0, and so is all that passes through them. With
weights that all start at 0 only the last bias learns, and the model says the same for every row.

Let `rng` draw the weights: leave `init` alone, or take init="xavier".
"""

from nn import MLP, optim

ROWS = [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]


def train(rng):
    model = MLP(2, [4, 1], activation="tanh", output="sigmoid", init="zeros")
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = sum((model(row) - target) ** 2 for row, target in ROWS)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return model, losses

"""The loss falls, and yet the answers are just the opposite. So the model has learned what it was taught: the targets
are those of "both or neither".

Look at the targets of the four rows: 1 where exactly one input is 1.
"""

from nn import MLP, optim

ROWS = [([0.0, 0.0], 1), ([0.0, 1.0], 0), ([1.0, 0.0], 0), ([1.0, 1.0], 1)]


def train(rng):
    model = MLP(2, [8, 1], activation="tanh", output="sigmoid", rng=rng)
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    losses = []
    for _ in range(150):
        optimizer.zero_grad()
        loss = sum((model(row) - target) ** 2 for row, target in ROWS)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return model, losses

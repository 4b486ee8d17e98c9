"""The model has no bend: without an activation in the hidden layer, sums of sums are a sum again, and its answers lie
in one plane. No plane is high at two opposite corners and low at the other two.

Give the hidden layer an activation, such as tanh, and train again.
"""

from nn import MLP, optim

ROWS = [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]


def train(rng):
    model = MLP(2, [4, 1], activation="linear", output="sigmoid", rng=rng)
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = sum((model(row) - target) ** 2 for row, target in ROWS)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return model, losses

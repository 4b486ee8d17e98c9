"""All weights start equal, so all hidden neurons are one neuron many times, and it weighs both inputs alike: it
cannot tell 0, 1 from 1, 0.

Let `rng` draw the weights, each by itself.
"""

from nn import MLP, optim

ROWS = [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]


def train(rng):
    model = MLP(2, [4, 1], activation="tanh", output="sigmoid", init=lambda inputs, neurons, rng: 0.5)
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = sum((model(row) - target) ** 2 for row, target in ROWS)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return model, losses

"""The training explodes: a step overshoots, the next one starts further out, where the slope is larger, and
overshoots by more, until the numbers are too large for a float. An output that nothing squashes allows that.

Take a smaller rate, such as 0.1, or output="sigmoid", which keeps the output between 0 and 1.
"""

from nn import MLP, optim

ROWS = [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]


def train(rng):
    """Return model, losses: one that has learned XOR, and its loss each epoch.

    model([0.0, 1.0]) is a number or a Value. `rng` draws the weights that it
    starts with.
    """
    model = MLP(2, [8, 1], activation="tanh", output="linear", rng=rng)
    optimizer = optim.SGD(model.parameters(), lr=10.0)
    losses = []
    for _ in range(120):
        optimizer.zero_grad()
        loss = sum((model(row) - target) ** 2 for row, target in ROWS)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return model, losses

"""The model learns XOR, but `rng` has not drawn its weights: without rng=rng, a model draws them from a generator of
its own, and the same seed starts differently each time.

Hand it on: MLP(..., rng=rng).
"""

from nn import MLP, optim

ROWS = [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]


def train(rng):
    """Return model, losses: one that has learned XOR, and its loss each epoch.

    model([0.0, 1.0]) is a number or a Value. `rng` draws the weights that it
    starts with.
    """
    model = MLP(2, [8, 1], activation="tanh", output="sigmoid")
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    losses = []
    for _ in range(120):
        optimizer.zero_grad()
        loss = sum((model(row) - target) ** 2 for row, target in ROWS)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return model, losses

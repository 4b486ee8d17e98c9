"""A hidden layer bends the plane, and four steps in a loop find where:
zero_grad, loss, backward, step."""

from random import Random

from nn import MLP, optim

ROWS = [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]


def train(rng):
    """Return model, losses: one that has learned XOR, and its loss each epoch.

    model([0.0, 1.0]) is a number or a Value. `rng` draws the weights that it
    starts with.
    """
    model = MLP(2, [8, 1], activation="tanh", output="sigmoid", rng=rng)
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    losses = []
    for _ in range(120):
        optimizer.zero_grad()
        loss = sum((model(row) - target) ** 2 for row, target in ROWS)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    return model, losses


if __name__ == "__main__":
    model, losses = train(Random(0))
    print(f"{len(losses)} epochs: the loss fell from {losses[0]:.3f}", end=" ")
    print(f"to {losses[-1]:.3f}")
    for row, target in ROWS:
        print(f"{row} should be {target} and is {model(row):.3f}")

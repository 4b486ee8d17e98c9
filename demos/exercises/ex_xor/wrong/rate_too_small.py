"""The loss hardly falls. Either each step is too short to get anywhere in this number of epochs, or the steps lead
nowhere: without backward() or step(), or with gradients cleared between the two, no weight moves, and a model that is
made inside the loop starts anew each time.

Make the model once; in every epoch, zero_grad, loss, backward and step, in this order; and take a rate such as 1.0.
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

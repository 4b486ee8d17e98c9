"""The whole loop left to fit, on scores: positive for yes."""

from nn import MLP, fit, optim


def train(rng):
    net = MLP(2, [8, 1], "tanh", rng=rng)
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    adam = optim.Adam(net.parameters(), lr=0.1)
    loss = "binary_cross_entropy_on_logits"
    history = fit(net, X, y, loss, adam, epochs=60, backend="python", progress=False)
    return lambda row: net(row).sigmoid(), history.losses

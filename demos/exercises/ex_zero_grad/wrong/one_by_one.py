"""You move one parameter before the gradient of the next is found. The first step mixes two places: the first
parameter's gradient is from before, the second's from after the first has moved.

One backward() finds all gradients at one place. Move all parameters after it, in a loop of their own.
"""


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        for p in parameters:
            root = loss()
            root.zero_grad()
            root.backward()
            p.data -= rate * p.grad

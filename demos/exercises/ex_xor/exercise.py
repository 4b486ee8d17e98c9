"""Exercise: a network that learns XOR.

Exclusive or: one of the two, but not both. No straight line separates the ones
from the zeros, so a single neuron cannot do it, and a hidden layer can. Train
one on all four rows, epoch after epoch: clear the gradients of the epoch
before, add up the losses of the rows, go backward, and step against the
gradient. `nn` has the parts: MLP, losses and optim; help(MLP) shows how they
are used. Take about eight hidden neurons (with two, some starts get stuck),
and go on until the answers are right: above 0.5 for 1, below 0.5 for 0, from
any start.

     x2
      │
    1 ●         ○          ○ 0: neither, or both
      │                    ● 1: one of the two
      │
    0 ○─────────● ── x1    which straight line separates ○ from ●?
      0         1
"""

from random import Random

ROWS = [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]


def train(rng):
    """Return model, losses: one that has learned XOR, and its loss each epoch.

    model([0.0, 1.0]) is a number or a Value. `rng` draws the weights that it
    starts with.
    """
    raise NotImplementedError("TODO: make a model, and train it")


if __name__ == "__main__":
    model, losses = train(Random(0))
    print(f"{len(losses)} epochs: the loss fell from {losses[0]:.3f}", end=" ")
    print(f"to {losses[-1]:.3f}")
    for row, target in ROWS:
        print(f"{row} should be {target} and is {model(row):.3f}")

"""Exercise: find three mistakes in a training.

This training should fit a line to its rows, and note the loss of each step
before it is taken. It runs, prints numbers, and is wrong in three places. None
of them raises an error, which is how it mostly is. Find them: print w, b and
the loss step by step. Which of them moves, and which way? What is still there
from the step before? Mend the lines that are wrong, and add the one that is
missing.

    rows ──→ loss ──→ backward() ──→ w.grad, b.grad ──→ w.data, b.data ─┐
              ↑                                                         │
              └────────────────────── next step ←───────────────────────┘
"""

from engine import Value


def train(rows, steps, rate):
    """Fit w * x + b to rows of x and y. Return w, b and the losses."""
    raise NotImplementedError("TODO: delete this line, and find the mistakes")
    w, b = Value(0.0, "w"), Value(0.0, "b")
    losses = []
    for _ in range(steps):
        loss = Value(0.0)
        for x, y in rows:
            loss = loss + (w.data * x + b - y) ** 2
        losses.append(loss.data)
        loss.backward()
        w.data -= rate * w.grad
        b.data += rate * b.grad
    return w.data, b.data, losses


if __name__ == "__main__":
    ROWS = [(1.0, 5.0), (2.0, 7.0), (-1.0, 1.0)]
    for steps in 1, 2, 20, 200:
        w, b, losses = train(ROWS, steps, rate=0.1)
        print(f"{steps:3} steps: w = {w:.3f}, b = {b:.3f}, {losses[-1]:.4f}")
    print("The line through the points is 2 * x + 3.")

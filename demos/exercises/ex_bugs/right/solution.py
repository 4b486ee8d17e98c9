"""A wrong training rarely stops with an error. What to look at: does each
parameter move, does it move downhill, and is its gradient that of this step?
"""

from engine import Value


def train(rows, steps, rate):
    """Fit w * x + b to rows of x and y. Return w, b and the losses."""
    w, b = Value(0.0, "w"), Value(0.0, "b")
    losses = []
    for _ in range(steps):
        loss = Value(0.0)
        for x, y in rows:
            loss = loss + (w * x + b - y) ** 2
        losses.append(loss.data)
        w.grad = b.grad = 0.0
        loss.backward()
        w.data -= rate * w.grad
        b.data -= rate * b.grad
    return w.data, b.data, losses


if __name__ == "__main__":
    ROWS = [(1.0, 5.0), (2.0, 7.0), (-1.0, 1.0)]
    for steps in 1, 2, 20, 200:
        w, b, losses = train(ROWS, steps, rate=0.1)
        print(f"{steps:3} steps: w = {w:.3f}, b = {b:.3f}, {losses[-1]:.4f}")
    print("The line through the points is 2 * x + 3.")

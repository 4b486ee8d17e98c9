"""Each step has a gradient of its own: clear the old one away, run the loss
anew and backward, then move. Clearing comes right before backward(), so it
does not matter what was left there by whom."""

from engine import Value


def train(parameters, loss, rate, steps):
    for _ in range(steps):
        for p in parameters:
            p.grad = 0.0
        loss().backward()
        for p in parameters:
            p.data -= rate * p.grad


if __name__ == "__main__":
    w, b = Value(0.0, "w"), Value(0.0, "b")

    def loss():
        """Return the squared error of w * x + b at (1, 5) and (2, 7)."""
        return (w * 1.0 + b - 5.0) ** 2 + (w * 2.0 + b - 7.0) ** 2

    for _ in range(6):
        train([w, b], loss, rate=0.1, steps=50)
        print(f"w = {w.data:.4f}, b = {b.data:.4f}, loss = {loss().data:.6f}")
    print("The line through both points is 2 * x + 3.")

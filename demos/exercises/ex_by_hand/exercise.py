"""Exercise: a gradient by hand.

L depends on three numbers. Its gradient tells how strongly it reacts to each
of them, while the other two stand still: dL/dw, dL/dx and dL/db, which
programs like to call w.grad, x.grad and b.grad. Below is the graph of L, made
of nodes, which hold a number each: w, x and b, which depend on nothing, are
its leaves, and L is its root. An edge joins an argument to the node that it
feeds. Its local derivative says how far this node moves for each unit that the
argument moves. Find these with pencil and paper, and multiply them along the
way from L back to a leaf: that is the chain rule.

    w ───┐
         ├── v = w * x ───┐
    x ───┘                ├── u = v + b ──── L = u ** 2
    b ────────────────────┘

A slope that you do not know, such as that of u ** 2, you can nudge as in
the first exercise: what is it at u = 1, at 2 and at 3?
"""


def gradient(w, x, b):
    """Return (dL/dw, dL/dx, dL/db) of L = (w * x + b) ** 2 at these numbers."""
    raise NotImplementedError("TODO: three formulas of w, x and b")


if __name__ == "__main__":
    w, x, b, h = 2.0, -3.0, 7.5, 0.0001

    def loss(w, x, b):
        return (w * x + b) ** 2

    nudged = (
        (loss(w + h, x, b) - loss(w - h, x, b)) / (2 * h),
        (loss(w, x + h, b) - loss(w, x - h, b)) / (2 * h),
        (loss(w, x, b + h) - loss(w, x, b - h)) / (2 * h),
    )
    print("       a nudge says  you say")
    for name, slope, yours in zip("wxb", nudged, gradient(w, x, b)):
        print(f"dL/d{name}  {slope:12.4f}  {yours}")

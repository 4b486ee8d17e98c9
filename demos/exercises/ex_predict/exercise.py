"""Exercise: the gradients of a drawn graph.

Here is a graph with its numbers. Find the gradient of every node, how strongly
the root L reacts when that node moves a little, and write it in place of its
three dots. Start at L, whose own gradient is 1, and go back edge by edge. The
gradient of the node that an edge feeds is its upstream gradient; what goes
back along the edge is upstream × local derivative, its contribution to the
gradient of the argument. Look out for d, which feeds two nodes.

    a = 2 ───┐
             ├── d = a * b = -6 ──┬──────────────────┐
    b = -3 ──┘                    │                  ├── L = e * d = -24
                                  ├── e = d + c = 4 ─┘
    c = 10 ───────────────────────┘
"""

gradients = {  # TODO: six numbers; the first is given
    "L": 1.0,
    "e": ...,
    "d": ...,
    "c": ...,
    "b": ...,
    "a": ...,
}


def compute(a=2.0, b=-3.0, c=10.0):
    """Return the number of L, to try what a small nudge of a leaf does."""
    d = a * b
    e = d + c
    return e * d


if __name__ == "__main__":
    h = 0.001
    moved = compute(a=2 + h), compute(b=-3 + h), compute(c=10 + h)
    for name, L in zip("abc", moved):
        yours = "no number" if gradients[name] is ... else gradients[name] * h
        print(f"{name} moves by {h}: L moves by {L - compute():.6f}.", end=" ")
        print(f"By your gradient: {yours}.")

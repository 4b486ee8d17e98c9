"""d has two ways to L, and you took the straight one only. When d moves, e moves with it, and L reacts to that, too.

Add what comes back along both edges that leave d: 1 * e from L, and the gradient of e times 1 from e. Then go on to a
and b with the sum.
"""

gradients = {"L": 1.0, "e": -6.0, "d": 4.0, "c": -6.0, "b": 8.0, "a": -12.0}

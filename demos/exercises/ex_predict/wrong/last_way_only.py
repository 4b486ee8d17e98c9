"""d has two ways to L, and you kept the one through e only, as if the second had written over the first.

Add what comes back along both edges that leave d: 1 * e from L, and the gradient of e times 1 from e. Then go on to a
and b with the sum.
"""

gradients = {"L": 1.0, "e": -6.0, "d": -6.0, "c": -6.0, "b": -12.0, "a": 18.0}

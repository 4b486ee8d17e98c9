"""Each factor got itself as its local derivative. If a * b moves with a, it moves b times as far: the *other* factor
is the slope.

Go back through both products, L = e * d and d = a * b, with the factors exchanged.
"""

gradients = {"L": 1.0, "e": 4.0, "d": -2.0, "c": 4.0, "b": 6.0, "a": -4.0}

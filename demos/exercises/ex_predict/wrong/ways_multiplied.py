"""You multiplied the two ways from d to L. Along one way the chain rule multiplies; where two ways meet, they add up,
because both moves of L happen at once.

Add what comes back to d along its two edges, and go on to a and b with the sum.
"""

gradients = {"L": 1.0, "e": -6.0, "d": -24.0, "c": -6.0, "b": -48.0, "a": 72.0}

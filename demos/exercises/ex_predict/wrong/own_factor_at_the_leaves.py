"""All is well down to d. Then a and b are exchanged: if a * b moves with a, it moves b times as far, so the *other*
factor is the slope.

Exchange the local derivatives of the two last edges.
"""

gradients = {"L": 1.0, "e": -6.0, "d": -2.0, "c": -6.0, "b": 6.0, "a": -4.0}

"""The minus of d got lost. d is -6, so L falls when e rises: the gradient of e has a sign, and it travels on to all
that feeds e.

Write each product with its signs, beginning with 1 * d for the gradient of e.
"""

gradients = {"L": 1.0, "e": 6.0, "d": 10.0, "c": 6.0, "b": 20.0, "a": -30.0}

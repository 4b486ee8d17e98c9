"""The three numbers are right and stand in the wrong order: b first, as they come up on the way from L back.

Return them in the order of the arguments: dL/dw, dL/dx, dL/db.
"""


def gradient(w, x, b):
    to_u = 2 * (w * x + b)
    return to_u, to_u * x, to_u * w

"""You add dL/du and the local derivative; the chain rule multiplies them. If L moves 6 times as far as u, and u 3
times as far as w, then L moves 18 times as far as w.

Put * where the + is.
"""


def gradient(w, x, b):
    u = w * x + b
    return 2 * u + x, 2 * u + w, 2 * u + 1

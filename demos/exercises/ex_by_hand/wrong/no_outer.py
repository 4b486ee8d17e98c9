"""These are the slopes of u = w * x + b, and the square is left out: L reacts 2 * u times as strongly as u does.

Multiply each of the three by dL/du. The chain rule multiplies along the whole way, from L back to the leaf.
"""


def gradient(w, x, b):
    return x, w, 1.0

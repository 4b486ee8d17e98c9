"""The 2 is missing. The slope of u ** 2 is 2 * u, not u: in u * u, both factors move.

Nudge a square: by how much does u ** 2 grow when u goes from 3 to 3.001? Then put that factor before each slope.
"""


def gradient(w, x, b):
    u = w * x + b
    return u * x, u * w, u

"""w and x are swapped. In w * x, the slope for w is the *other* factor: when w moves by 1, the product moves by x.

Exchange the two, and say to yourself: how far does the product move when w moves?
"""


def gradient(w, x, b):
    u = w * x + b
    return 2 * u * w, 2 * u * x, 2 * u

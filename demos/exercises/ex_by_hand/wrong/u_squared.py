"""You put L itself where its slope belongs. L = u ** 2, but when u moves, L moves 2 * u times as far, not u ** 2
times.

Replace u ** 2 by its slope. A nudge helps: at u = 3, how far does u ** 2 move when u moves by 0.001?
"""


def gradient(w, x, b):
    u = w * x + b
    return u**2 * x, u**2 * w, u**2

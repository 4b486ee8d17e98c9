"""Multiplied out: L = w²x² + 2wxb + b², term by term."""


def gradient(w, x, b):
    dw = 2 * w * x**2 + 2 * x * b
    dx = 2 * w**2 * x + 2 * w * b
    db = 2 * w * x + 2 * b
    return dw, dx, db

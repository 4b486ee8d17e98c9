"""L = (ab + c)ab = a²b² + abc, derived by each leaf as at school; d and e as their own variables."""

a, b, c = 2, -3, 10
d, e = a * b, a * b + c
gradients = {
    "a": 2 * a * b**2 + b * c,
    "b": 2 * a**2 * b + a * c,
    "c": a * b,
    "d": 2 * d + c,  # L = (d + c)d
    "e": d,
    "L": 1,
}

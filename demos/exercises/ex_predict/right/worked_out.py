"""The numbers left to Python, edge by edge."""

a, b, c = 2.0, -3.0, 10.0
d = a * b
e = d + c
L = 1.0
to_e = L * d
to_d = L * e + to_e * 1
gradients = {"L": L, "e": to_e, "d": to_d, "c": to_e * 1, "b": to_d * a, "a": to_d * b}

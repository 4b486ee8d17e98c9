"""One table of formulas and slopes, and one function that reads it."""

from math import cosh, exp, tanh

TABLE = {
    "exp": (exp, exp),
    "tanh": (tanh, lambda x: cosh(x) ** -2),
}


class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = data, 0.0, list(edges)

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def apply(self, formula, slope):
        return Value(formula(self.data), [(self, slope(self.data))])

    def exp(self):
        return self.apply(*TABLE["exp"])

    def tanh(self):
        return self.apply(*TABLE["tanh"])

    def __pow__(self, n):
        return self.apply(lambda x: x**n, lambda x: n * x ** (n - 1))

    def __rsub__(self, n):
        return self.apply(lambda x: n - x, lambda x: -1.0)

    def backward(self, along=1.0):
        self.grad += along
        for argument, local in self.edges:
            argument.backward(along * local)

"""tanh put together from exp and a power, closures on a list for the way back."""

import math

record = []


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def node(self, data, back):
        z = Value(data)
        record.append((z, back))
        return z

    def __add__(self, other):
        def back(upstream):
            self.grad += upstream
            other.grad += upstream

        return self.node(self.data + other.data, back)

    def __mul__(self, other):
        def back(upstream):
            self.grad += upstream * other.data
            other.grad += upstream * self.data

        return self.node(self.data * other.data, back)

    def __pow__(self, n):
        def back(upstream):
            self.grad += upstream * n * self.data ** (n - 1)

        return self.node(self.data**n, back)

    def __rsub__(self, n):
        return Value(n) + self * Value(-1.0)

    def exp(self):
        def back(upstream):
            self.grad += upstream * math.exp(self.data)

        return self.node(math.exp(self.data), back)

    def tanh(self):
        side = Value(1.0 if self.data > 0 else -1.0)
        e = (self * side * Value(-2.0)).exp()
        return side * (Value(1.0) + e * Value(-1.0)) * (e + Value(1.0)) ** -1

    def backward(self):
        self.grad = 1.0
        while record:
            z, back = record.pop()
            back(z.grad)

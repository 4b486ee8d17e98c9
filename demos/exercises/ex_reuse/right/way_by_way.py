"""No order at all: every way from the root back to a node is walked on its own, and adds its product."""


class Value:
    def __init__(self, data, edges=()):
        self.data, self.edges, self.grad = data, edges, 0.0

    def __add__(self, other):
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def backward(self, along=1.0):
        self.grad += along
        for argument, local in self.edges:
            argument.backward(along * local)

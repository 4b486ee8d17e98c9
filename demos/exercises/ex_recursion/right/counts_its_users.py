"""A node sends when as many contributions have come as edges lead to it: no order is made beforehand."""


class Value:
    """A number, its gradient, and its edges: (argument, local derivative)."""

    count = 0

    def __init__(self, data, edges=()):
        self.data = data
        self.grad = 0.0
        self.edges = edges
        Value.count += 1
        self.made = Value.count  # later than all of its arguments

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        edges = [(self, other.data), (other, self.data)]
        return Value(self.data * other.data, edges)

    def backward(self):
        left = {}
        waiting, seen = [self], {self}
        while waiting:
            for argument, _ in waiting.pop().edges:
                left[argument] = left.get(argument, 0) + 1
                if argument not in seen:
                    seen.add(argument)
                    waiting.append(argument)
        self.grad = 1.0
        self.send(left)

    def send(self, left):
        for argument, local in self.edges:
            argument.grad += self.grad * local
            left[argument] -= 1
            if left[argument] == 0:
                argument.send(left)

"""Each operation puts what it does on the way back on a list, which is run from its end."""

steps = []


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __add__(self, other):
        return self.node(other, self.data + other.data, 1.0, 1.0)

    def __mul__(self, other):
        return self.node(other, self.data * other.data, other.data, self.data)

    def node(self, other, data, mine, yours):
        z = Value(data)

        def back():
            self.grad += z.grad * mine
            other.grad += z.grad * yours

        steps.append(back)
        return z

    def backward(self):
        self.grad = 1.0
        while steps:
            steps.pop()()

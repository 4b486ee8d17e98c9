"""Each operation leaves behind what is to be done on the way back; the whole is a list that is run from its end."""

todo = []


class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __add__(self, other):
        z = Value(self.data + other.data)

        def back():
            self.grad += z.grad
            other.grad += z.grad

        todo.append(back)
        return z

    def __mul__(self, other):
        z = Value(self.data * other.data)

        def back():
            self.grad += other.data * z.grad
            other.grad += self.data * z.grad

        todo.append(back)
        return z

    def backward(self):
        self.grad = 1.0
        while todo:
            todo.pop()()

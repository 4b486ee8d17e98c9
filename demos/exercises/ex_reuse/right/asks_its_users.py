"""The other way round: a node asks those that it feeds, and sums what they say."""


class Value:
    def __init__(self, data):
        self.data, self.users, self.root = data, [], False

    def __add__(self, other):
        return self.feeds(other, self.data + other.data, 1.0, 1.0)

    def __mul__(self, other):
        return self.feeds(other, self.data * other.data, other.data, self.data)

    def feeds(self, other, data, mine, yours):
        result = Value(data)
        self.users.append((result, mine))
        other.users.append((result, yours))
        return result

    @property
    def grad(self):
        return self.root + sum(user.grad * local for user, local in self.users)

    def backward(self):
        self.root = True

"""The gate is open above 0 and shut elsewhere, on the way there and on the way
back. It looks at x alone: how large the upstream is, or which sign it has,
does not matter."""


def relu(x):
    return max(x, 0.0)


def relu_backward(x, upstream):
    return upstream if x > 0 else 0.0


if __name__ == "__main__":
    for x in (-2.0, -0.5, 0.0, 0.5, 2.0):
        passed = f"of an upstream of 10, {relu_backward(x, 10.0)} goes back"
        print(f"x = {x:4}: relu is {relu(x)}, and {passed}")

"""Exercise: ReLU and its kink.

ReLU, the rectified linear unit, is a gate: it lets through what is above 0,
and shuts for all that is below. So does its backward pass: where the gate was
open, the upstream gradient goes through as it is; where it was shut, moving x
a little moves nothing. Exactly at 0 there is a kink, with slope 0 on one side
and 1 on the other; as most libraries do, we count the gate as shut there.

      slope 0: shut │ slope 1: open
                    │       ╱
                    │     ╱   relu(x)
                    │   ╱
                    │ ╱
    ────────────────●───────────────→ x
                    0
"""


def relu(x):
    """Return x where it is above 0, else 0."""
    raise NotImplementedError("TODO: relu, then relu_backward")


def relu_backward(x, upstream):
    """Return the contribution to x.grad of z = relu(x)."""
    raise NotImplementedError("TODO: relu_backward")


if __name__ == "__main__":
    for x in (-2.0, -0.5, 0.0, 0.5, 2.0):
        passed = f"of an upstream of 10, {relu_backward(x, 10.0)} goes back"
        print(f"x = {x:4}: relu is {relu(x)}, and {passed}")

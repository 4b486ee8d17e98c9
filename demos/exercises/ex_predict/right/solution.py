"""d has two ways to L: straight, where it is multiplied by e = 4, and through
e, which reacts -6 times. Both add up, 4 - 6 = -2, and this sum is what goes on
to a and b."""

gradients = {
    "L": 1.0,
    "e": -6.0,  # 1 * d
    "d": -2.0,  # 1 * e, and the gradient of e * 1
    "c": -6.0,  # the gradient of e * 1
    "b": -4.0,  # the gradient of d * a
    "a": 6.0,  # the gradient of d * b
}


if __name__ == "__main__":
    for name, slope in gradients.items():
        print(f"dL/d{name} = {slope}")

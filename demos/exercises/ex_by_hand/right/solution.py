"""From L back: u moves L by 2 * u, and b moves u by 1, w by x, x by w. The
chain rule multiplies along each way."""


def gradient(w, x, b):
    to_u = 2 * (w * x + b)  # dL/du
    return to_u * x, to_u * w, to_u


if __name__ == "__main__":
    w, x, b, h = 2.0, -3.0, 7.5, 0.0001

    def loss(w, x, b):
        return (w * x + b) ** 2

    nudged = (
        (loss(w + h, x, b) - loss(w - h, x, b)) / (2 * h),
        (loss(w, x + h, b) - loss(w, x - h, b)) / (2 * h),
        (loss(w, x, b + h) - loss(w, x, b - h)) / (2 * h),
    )
    print("       a nudge says  you say")
    for name, slope, yours in zip("wxb", nudged, gradient(w, x, b)):
        print(f"dL/d{name}  {slope:12.4f}  {yours}")

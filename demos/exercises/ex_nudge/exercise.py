"""Exercise: a numeric nudge.

How strongly does f(x) react when x moves a little? You need no calculus to
find out. Nudge x by a small step h, once up and once down, see how far f moved
between the two, and divide by how far x moved between the two. That is the
slope of f at x. Every gradient in this course is such a slope, and this
function is how you will check them all. It is handed f itself, which it can
call at any number: f(x + h).

    f │                      ╭─●  f(x + h)
      │                   ╭──╯ ╷
      │               ╭───╯    ╎  how far f moved
      │         ╭─────╯        ╎
      │  ●──────╯- - - - - - - ┘
      │  f(x - h)
      └──┬──────────┬──────────┬───
       x - h        x        x + h

The step h must be small, but a computer's numbers have 16 digits, so it must
not be too small either: once your formula is complete, run this file, look at
the table, and choose the default for h.
"""


def slope(f, x, h=1.0):
    """Return the slope of f at x, measured with a step of h to both sides."""
    raise NotImplementedError("TODO: the formula; then a better default for h")


if __name__ == "__main__":
    print("The slope of x ** 3 at x = 2 is 12. Your function measures:")
    for digits in range(0, 18, 2):
        h = 10.0**-digits
        print(f"  h = {h:<6g}  {slope(lambda x: x**3, 2.0, h)}")

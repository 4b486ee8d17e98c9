"""Exercise: what a training's numbers tell.

The loss is w * w, lowest at w = 0, and its slope is 2 * w. Six trainings start
at w = 3. One is good. Each of the others has one mistake: the rate is too
small, or too large; the step goes uphill; the gradient is not zeroed before
the next backward(), so it adds up; or w is cut off from the loss, by .data.
Which is which? Look at the sign of w, not at the loss alone. Write one of
these for each run: "good", "too small", "too large", "uphill", "not zeroed",
"cut off".

             step  0       1       2       3       4       5
    A   w        3.00    2.94    2.88    2.82    2.77    2.71
        loss     9.00    8.64    8.30    7.97    7.66    7.35
    B   w        3.00    3.60    4.32    5.18    6.22    7.46
        loss     9.00   12.96   18.66   26.87   38.70   55.73
    C   w        3.00    1.20    0.48    0.19    0.08    0.03
        loss     9.00    1.44    0.23    0.04    0.01    0.00
    D   w        3.00    1.20   -1.32   -3.05   -2.95   -1.08
        loss     9.00    1.44    1.74    9.29    8.69    1.16
    E   w        3.00   -3.60    4.32   -5.18    6.22   -7.46
        loss     9.00   12.96   18.66   26.87   38.70   55.73
    F   w        3.00    3.00    3.00    3.00    3.00    3.00
        loss     9.00    9.00    9.00    9.00    9.00    9.00
"""

causes = {  # TODO: a cause for each run
    "A": ...,
    "B": ...,
    "C": ...,
    "D": ...,
    "E": ...,
    "F": ...,
}


if __name__ == "__main__":
    w, gradient = 3.0, 0.0
    for _ in range(6):  # the run C: change it, and see what the others do
        print(f"w {w:6.2f}  loss {w * w:6.2f}")
        gradient = 2 * w
        w -= 0.3 * gradient

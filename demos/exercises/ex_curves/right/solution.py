"""Two runs with the same losses can have two causes: look at what the parameter
does. It creeps, jumps to and fro, runs away, swings, or stands still.
"""

causes = {
    "A": "too small",
    "B": "uphill",
    "C": "good",
    "D": "not zeroed",
    "E": "too large",
    "F": "cut off",
}


if __name__ == "__main__":
    w, gradient = 3.0, 0.0
    for _ in range(6):  # the run C: change it, and see what the others do
        print(f"w {w:6.2f}  loss {w * w:6.2f}")
        gradient = 2 * w
        w -= 0.3 * gradient

"""Your step does not follow h: the function sets a step of its own, whatever it is handed. So the table shows the
same slope in each row, and nobody can choose another step.

Use the argument h in the formula, and put the number that you like best in place of h=1.0.
"""


def slope(f, x, h=1.0):
    h = 1e-5
    return (f(x + h) - f(x - h)) / (2 * h)

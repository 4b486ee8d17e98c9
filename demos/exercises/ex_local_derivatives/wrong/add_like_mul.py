"""Your sum behaves like a product. The slope of x + y does not depend on where x and y are: when x moves by 0.001, so
does the sum.

The local derivatives of adding are 1 and 1. What is left of upstream × local then?
"""


def add_backward(x, y, upstream):
    return upstream * y, upstream * x


def mul_backward(x, y, upstream):
    return upstream * y, upstream * x

"""The engine has a name for it: hessian, a table of one row and one column."""

from engine import Value, grad, hessian


def derivatives(function, x):
    x = Value(x)
    y = function(x)
    return y.data, grad(y, x)[0].data, hessian(y, [x])[0][0].data

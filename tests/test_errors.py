"""Errors as a student reads them: the node, the number, what is wrong with it, and what to do."""

from __future__ import annotations

import builtins
import math
import re
from typing import Any

import numpy as np
import pytest

from engine import GradwalkError, MissingExtra, Value, define, errors, grad

# What a student types, and what they read. Lines that belong together are joined by a space.
TRANSCRIPT = """
>>> p.log()
ValueError: log(-1.0): p must be positive, at log(p), p = a - b.
Keep it above zero, for example p.maximum(1e-12).

>>> w.log()
ValueError: log(-3.0): w must be positive, at log(w). Keep it above zero, for example w.maximum(1e-12).

>>> (a - 3).log()
ValueError: log(-1.0): a - 3.0 must be positive, at log(a - 3.0).
Keep it above zero, for example (a - 3.0).maximum(1e-12).

>>> Value(0).log()
ValueError: log(0.0): x in log(x) must be positive, at log(0.0). Keep it above zero, for example x.maximum(1e-12).

>>> w.log1p()
ValueError: log1p(-3.0): w must be greater than -1, at log1p(w). Keep 1 + w above zero.

>>> w.sqrt()
ValueError: sqrt(-3.0): w must be zero or positive, at sqrt(w). Keep it above zero, for example w.maximum(1e-12).

>>> a / o
ZeroDivisionError: 2.0 / 0.0: o must be other than zero, at a / o.
Keep it away from zero, for example o + 1e-12.

>>> 1 / w.relu()
ZeroDivisionError: 1.0 / 0.0: relu(w) must be other than zero, at 1.0 / relu(w).
Keep it away from zero, for example relu(w) + 1e-12.

>>> a / 0
ZeroDivisionError: 2.0 / 0.0: y in x / y must be other than zero, at a / 0.0.
Keep it away from zero, for example y + 1e-12.

>>> o ** -1
ZeroDivisionError: 0.0 ** (-1.0): o must be positive, or the exponent whole (and not negative if the base is 0),
at o ** (-1.0). Keep o above zero, or use a whole exponent.

>>> w ** 0.5
ValueError: (-3.0) ** 0.5: w must be positive, or the exponent whole (and not negative if the base is 0),
at w ** 0.5. Keep w above zero, or use a whole exponent.

>>> p ** h
ValueError: (-1.0) ** 0.5: p must be positive, or the exponent whole (and not negative if the base is 0),
at p ** h, p = a - b. Keep p above zero, or use a whole exponent.

>>> (a * 1000).exp()
OverflowError: exp(2000.0): the result is too large for a float, at exp(a * 1000.0). Make the inputs smaller.

>>> a ** 2000
OverflowError: 2.0 ** 2000.0: the result is too large for a float, at a ** 2000.0. Make the inputs smaller.

>>> (a * 1000).expm1()
OverflowError: expm1(2000.0): the result is too large for a float, at expm1(a * 1000.0). Make the inputs smaller.

>>> Value(10 ** 400)
OverflowError: an integer of over 308 digits is too large for a float.

>>> Value(float("inf"), "s").sin()
ValueError: sin(inf): s must be a finite number, at sin(s). An earlier step overflowed: diagnose() finds it.

>>> Value(float("nan"))
ValueError: nan is not a number to start from: look for the step that made it, or a hole in the data.

>>> (a - 2).sqrt().backward()
ZeroDivisionError: sqrt(a - 2.0): the slope of sqrt(x) by x, 0.5 / z, has no finite value at x = 0.0, z = 0.0.
Keep away from there or, if a - 2.0 need not learn, make it a plain number.

>>> (w ** a).backward()
ValueError: w ** a: the slope of x ** y by y, z * log(x), has no finite value at x = -3.0, y = 2.0, z = 9.0.
Keep away from there or, if a need not learn, make it a plain number.

>>> (tiny ** -1).backward()
OverflowError: tiny ** (-1.0): the slope of x ** y by x, y * x ** (y - 1), has no finite value
at x = 1e-200, y = -1.0, z = 1e+200. Keep away from there or, if tiny need not learn, make it a plain number.

>>> (w ** a).backward()
ValueError: w ** a: the slope of x ** y by y, z * log(x), has no finite value at x = -3.0, y = 2.0, z = 9.0.
Keep away from there or, if a need not learn, make it a plain number.

>>> Value(True)
TypeError: True is a bool, and a number is meant: write 1.0.

>>> a * np.False_
TypeError: False is a bool, and a number is meant: write 0.0.

>>> Value("2")
TypeError: '2' is text, and a number is meant: float('3.5') makes one of text.

>>> a + None
TypeError: None is not a number: does a function end without a return?

>>> Value(2j)
TypeError: 2j is complex, and a Value holds one real number.

>>> [1.0] * a
TypeError: a Value holds one number, and this is a whole list:
make a Value of each element, [Value(x) for x in ...].

>>> np.ones(3) * a
TypeError: a Value holds one number, and this is a whole ndarray:
make a Value of each element, [Value(x) for x in ...].

>>> Value(np.array(1.0))
TypeError: a Value holds a plain number, and this is of type ndarray: write .item() behind it.

>>> a + a.relu
TypeError: relu is a function, and a number is meant: call it, with ().

>>> Value(a)
TypeError: this is a Value already: use it as it is, or its number, .data.

>>> Value(object())
TypeError: a Value holds one real number, and this is of type object: try float(...) on it.

>>> math.exp(a)
TypeError: a plain number is needed here, and a is a Value. For the number write a.data, in a list
[v.data for v in values]; to keep the gradient use a Value's own method, such as a.exp().
"""
CASES = re.findall(r"^>>> (.+)\n(\w+): ((?:.+\n)+)", TRANSCRIPT, re.MULTILINE)


def variables() -> dict[str, Any]:
    numbers = {"a": 2.0, "b": 3.0, "w": -3.0, "o": 0.0, "h": 0.5, "tiny": 1e-200}
    known: dict[str, Any] = {name: Value(number, name) for name, number in numbers.items()}
    known["p"] = known["a"] - known["b"]
    known["p"].label = "p"
    return {**known, "Value": Value, "np": np, "math": math}


@pytest.mark.parametrize(("typed", "kind", "message"), CASES, ids=[case[0] for case in CASES])
def test_what_it_says(typed: str, kind: str, message: str) -> None:
    with pytest.raises(GradwalkError) as caught:
        eval(typed, variables())
    assert str(caught.value) == message.strip().replace("\n", " ")
    assert isinstance(caught.value, getattr(builtins, kind))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None  # one traceback, not two


def test_the_transcript_was_read() -> None:
    assert len(CASES) == TRANSCRIPT.count(">>>") > 30


def test_every_error_is_a_gradwalk_error_and_a_built_in_one() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, GradwalkError)]
    assert len(kinds) > 8
    for kind in kinds:
        if kind is not GradwalkError:
            (built_in,) = (base for base in kind.__bases__ if base is not GradwalkError)
            assert getattr(builtins, built_in.__name__) is built_in
            assert kind.__doc__


def test_a_missing_package_is_one_sentence_with_the_command() -> None:
    error = MissingExtra("numpy", "train", "Compiling a program")
    assert str(error) == "Compiling a program needs numpy: pip install 'gradwalk[train]'"
    assert isinstance(error, ImportError)


def test_errors_in_gradients_that_are_graphs_name_the_students_nodes() -> None:
    x = Value(0.0, "x")
    with pytest.raises(ZeroDivisionError, match=r"sqrt\(x\): the slope of sqrt\(p\) by p, 0.5 / r"):
        grad(x.sqrt(), x)


def test_a_constant_is_not_blamed() -> None:
    """0 ** 0.0: the slope by the base divides by zero too, but nobody asks for it."""
    with pytest.raises(ValueError, match="by y, z"):
        (0 ** Value(0.0, "n")).backward()


def test_a_defined_operation_tells_what_is_known_of_its_domain() -> None:
    inverse = define("inverse", "1 / x", ("-z * z",))
    root = define("root", "x ** 0.5", ("0.5 / z",), domain=[(0.1, 4)])
    with pytest.raises(ZeroDivisionError) as caught:
        inverse(Value(0.0, "x"))
    assert str(caught.value) == (
        "inverse(0.0): 1.0 / x has no value there, at inverse(x). Keep its arguments away from there."
    )
    with pytest.raises(errors.DomainError) as caught_too:
        root(Value(-1.0, "x"))
    assert str(caught_too.value) == "root(-1.0): x must be between 0.1 and 4.0, at root(x). Choose x in there."
    with pytest.raises(errors.DomainError, match="between 0.1 and 4.0"):
        root(-1.0)  # plain numbers are told the same


def test_long_labels_and_strange_ones_are_shown_as_they_are() -> None:
    with pytest.raises(ValueError, match="w\\[0\\]\\['<script>'\\] must be positive"):
        Value(-1.0, "w[0]['<script>']").log()
    with pytest.raises(ValueError, match="{} must be positive"):
        Value(-1.0, "{}").log()

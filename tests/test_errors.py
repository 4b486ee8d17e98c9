"""Errors as a student reads them: the node, the number, what is wrong with it, and what to do."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np
import pytest
from wording import mentions

from engine import GradwalkError, MissingExtra, Value, define, errors, grad

# What a student types, the kind of error, and what it must hold: numbers, names, and the remedy's code.
CASES = [
    ("p.log()", "ValueError", "log(-1.0): p ... log(p), p = a - b. ... p.maximum(1e-12)"),
    ("w.log()", "ValueError", "log(-3.0): w ... log(w). ... w.maximum(1e-12)"),
    ("(a - 3).log()", "ValueError", "log(-1.0): a - 3.0 ... log(a - 3.0). ... (a - 3.0).maximum(1e-12)"),
    ("Value(0).log()", "ValueError", "log(0.0): x in log(x) ... log(0.0). ... x.maximum(1e-12)"),
    ("w.log1p()", "ValueError", "log1p(-3.0): w ... -1, ... log1p(w). ... 1 + w"),
    ("w.sqrt()", "ValueError", "sqrt(-3.0): w ... sqrt(w). ... w.maximum(1e-12)"),
    ("a / o", "ZeroDivisionError", "2.0 / 0.0: o ... a / o. ... o + 1e-12"),
    ("1 / w.relu()", "ZeroDivisionError", "1.0 / 0.0: relu(w) ... 1.0 / relu(w). ... relu(w) + 1e-12"),
    ("a / 0", "ZeroDivisionError", "2.0 / 0.0: y in x / y ... a / 0.0. ... y + 1e-12"),
    ("o ** -1", "ZeroDivisionError", "0.0 ** (-1.0): o ... o ** (-1.0). ... exponent"),
    ("w ** 0.5", "ValueError", "(-3.0) ** 0.5: w ... w ** 0.5. ... exponent"),
    ("p ** h", "ValueError", "(-1.0) ** 0.5: p ... p ** h, p = a - b. ... exponent"),
    ("(a * 1000).exp()", "OverflowError", "exp(2000.0): ... exp(a * 1000.0). ... smaller"),
    ("a ** 2000", "OverflowError", "2.0 ** 2000.0: ... a ** 2000.0. ... smaller"),
    ("(a * 1000).expm1()", "OverflowError", "expm1(2000.0): ... expm1(a * 1000.0). ... smaller"),
    ("Value(10 ** 400)", "OverflowError", "integer ... 308"),
    ('Value(float("inf"), "s").sin()', "ValueError", "sin(inf): s ... sin(s). ... diagnose()"),
    ('Value(float("nan"))', "ValueError", "nan"),
    (
        "(a - 2).sqrt().backward()",
        "ZeroDivisionError",
        "sqrt(a - 2.0): ... sqrt(x) by x, 0.5 / z, ... x = 0.0, z = 0.0.",
    ),
    (
        "(w ** a).backward()",
        "ValueError",
        "w ** a: ... by y, z * log(x), ... x = -3.0, y = 2.0, z = 9.0. ... if a need",
    ),
    ("(tiny ** -1).backward()", "OverflowError", "tiny ** (-1.0): ... by x, ... x = 1e-200, y = -1.0, z = 1e+200."),
    ("Value(True)", "TypeError", "True ... 1.0"),
    ("a * np.False_", "TypeError", "False ... 0.0"),
    ('Value("2")', "TypeError", "'2' ... float('3.5')"),
    ("a + None", "TypeError", "None ... return"),
    ("Value(2j)", "TypeError", "2j"),
    ("[1.0] * a", "TypeError", "list: ... [Value(x) for x in ...]"),
    ("np.ones(3) * a", "TypeError", "ndarray: ... [Value(x) for x in ...]"),
    ("Value(np.array(1.0))", "TypeError", "ndarray: ... .item()"),
    ("a + a.relu", "TypeError", "relu ... ()"),
    ("Value(a)", "TypeError", "Value ... .data"),
    ("Value(object())", "TypeError", "object: ... float(...)"),
    ("math.exp(a)", "TypeError", "a is a Value. ... a.data, ... [v.data for v in values]; ... a.exp()"),
]


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
    assert mentions(caught.value, message), str(caught.value)
    assert isinstance(caught.value, getattr(builtins, kind))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None  # one traceback, not two


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
    assert mentions(error, "Compiling a program needs numpy: pip install")
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
    assert mentions(caught.value, "inverse(0.0): 1.0 / x ... inverse(x).")
    with pytest.raises(errors.DomainError) as caught_too:
        root(Value(-1.0, "x"))
    assert mentions(caught_too.value, "root(-1.0): x ... 0.1 and 4.0, ... root(x).")
    with pytest.raises(errors.DomainError, match="between 0.1 and 4.0"):
        root(-1.0)  # plain numbers are told the same


def test_long_labels_and_strange_ones_are_shown_as_they_are() -> None:
    with pytest.raises(ValueError, match="w\\[0\\]\\['<script>'\\] must be positive"):
        Value(-1.0, "w[0]['<script>']").log()
    with pytest.raises(ValueError, match="{} must be positive"):
        Value(-1.0, "{}").log()

"""What beginners type at a Value, and the sentence that they read: one table, and what holds for every row of it."""

from __future__ import annotations

import math
import traceback
from typing import Any

import numpy as np
import pytest

from engine import GradwalkError, Value, grad
from engine.refusals import NAMES, OPERATIONS

# What is typed, the built-in kind of its error, and words that the sentence must have: the node and the remedy.
TYPED = [
    ("w.data = w - 0.1 * w.grad", TypeError, "w.data", "plain number", "write w.data -= 0.1 * w.grad"),
    ("w.data = '3'", TypeError, "w.data", "text", "float("),
    ("w.data = None", TypeError, "w.data", "None"),
    ("w.data = [1.0]", TypeError, "w.data", "whole list"),
    ("w.data = iter([1.0])", TypeError, "w.data", "whole list_iterator"),
    ("w.data = (x for x in [1.0])", TypeError, "w.data", "whole generator"),
    ("w.data = float('nan')", TypeError, "w.data", "nan"),
    ("w.data = True", TypeError, "w.data", "1.0"),
    ("w.data = np.array([1.0])", TypeError, "w.data", "ndarray"),
    ("w.data = 1j", TypeError, "w.data", "complex"),
    ("w.data = math.exp", TypeError, "w.data", "call it"),
    ("w.data += a", TypeError, "w.data", "Value"),
    ("layer.data = layer", TypeError, "layer1.neuron2.w[0].data"),
    ("Value(1.0).data = '3'", TypeError, "v.data"),
    ("w.grad = a", TypeError, "w.grad", "Value"),
    ("w.grad = 'x'", TypeError, "w.grad", "text"),
    ("w.grad = float('nan')", TypeError, "w.grad", "nan"),
    ("w.grad = [0.0]", TypeError, "w.grad", "list"),
    ("w.grad = False", TypeError, "w.grad", "0.0"),
    ("(2.0 * w).args[0].grad = 1.0", TypeError, "requires_grad = True"),
    ("w.label = 7", TypeError, "label", "int", "'7'"),
    ("w.label = None", TypeError, "label", "''"),
    ("w.label = (a,)", TypeError, "label", "tuple"),
    ("w.label = a", TypeError, "label", "Value"),
    ("Value(6.0, (a,))", TypeError, "second argument", "label", "tuple", "a * b"),
    ("Value(6.0, [a])", TypeError, "second argument", "list"),
    ("Value(6.0, 3)", TypeError, "second argument", "int"),
    ("Value(6.0, None)", TypeError, "second argument"),
    ("(a * w).requires_grad = False", TypeError, "leaves", "mul"),
    ("w.requires_grad = 'no'", TypeError, "True or False"),
    ("w.requires_grad = None", TypeError, "True or False"),
    ("Value(2) == 2", TypeError, "same node", ".data == 2"),
    ("w == 2.0", TypeError, "w.data == 2.0"),
    ("2 == w", TypeError, "w.data == 2"),
    ("w != 2", TypeError, "w.data"),
    ("w == np.float64(2)", TypeError, "w.data"),
    ("np.float64(2) == w", TypeError, "w.data"),
    ("w == True", TypeError, "w.data"),
    ("w in [1.0, 2.0]", TypeError, "w.data"),
    ("round(w)", TypeError, "w.data", "f'{w:.2f}'"),
    ("round(w, 2)", TypeError, "round(w.data, 2)"),
    ("int(w)", TypeError, "int(w.data)"),
    ("w ^ 2", TypeError, "w ** 2"),
    ("2 ^ w", TypeError, "w ** 2"),
    ("w // 2", TypeError, "w / 2"),
    ("7 // w", TypeError, "//"),
    ("w % 2", TypeError, "w.data % 2"),
    ("divmod(w, 2)", TypeError, "w.data"),
    ("w @ a", TypeError, "w * x"),
    ("np.float64(2) // w", TypeError, "//"),
    ("np.float64(2) % w", TypeError, "%"),
    ("w & a", TypeError, "&"),
    ("~w", TypeError, "-w"),
    ("w << 1", TypeError, "w * 2"),
    ("math.floor(w)", TypeError, "math.floor(w.data)"),
    ("math.ceil(w)", TypeError, "math.ceil(w.data)"),
    ("math.trunc(w)", TypeError, "math.trunc(w.data)"),
    ("np.exp(w)", TypeError, "write w.exp()"),
    ("np.tanh(w)", TypeError, "write w.tanh()"),
    ("np.maximum(w, 0)", TypeError, "w.maximum(other)"),
    ("np.square(w)", TypeError, "w ** 2"),
    ("np.sign(w)", TypeError, "np.sign(w.data)"),
    ("math.log(w)", TypeError, "w.data", "method"),
    ("float(w)", TypeError, "w.data"),
    ("'%.4f' % w", TypeError, "w.data"),
    ("np.array([w, a], dtype=float)", TypeError, "w.data", "[v.data for v in values]"),
    ("w + '1'", TypeError, "'1' is text"),
    ("'1' * w", TypeError, "'1' is text"),
    ("w ** None", TypeError, "None"),
    ("w < 'a'", TypeError, "text"),
    ("w.maximum('a')", TypeError, "text"),
    ("w._prev", AttributeError, "_prev", "w.args"),
    ("w._op", AttributeError, "w.op"),
    ("w._backward()", AttributeError, "w.backward()"),
    ("w.item()", AttributeError, "w.data"),
    ("w.gard", AttributeError, "w.grad"),
    ("w.gard = 0.0", AttributeError, "w.grad"),
    ("w.value", AttributeError, "w.data"),
    ("w.lable = 'x'", AttributeError, "w.label"),
    ("w.backwards()", AttributeError, "w.backward()"),
    ("w.numpy()", AttributeError, "w.data"),
    ("(w * -5.0).log()", ValueError, "log(-10.0)"),
    ("1 / (w - w)", ZeroDivisionError, "w - w"),
]


def names() -> dict[str, Any]:
    known: dict[str, Any] = {name: Value(number, name) for name, number in {"w": 2.0, "a": 3.0}.items()}
    known["layer"] = Value(1.0, "layer1.neuron2.w[0]")
    return {**known, "Value": Value, "np": np, "math": math, "grad": grad}


@pytest.mark.parametrize(("typed", "kind", "words"), [(typed, kind, words) for typed, kind, *words in TYPED])
def test_what_is_typed_is_answered_at_once(typed: str, kind: type[Exception], words: list[str]) -> None:
    known = names()
    before = {name: repr(thing) for name, thing in known.items() if isinstance(thing, Value)}
    with pytest.raises(kind) as caught:
        exec(typed, known)
    assert isinstance(caught.value, GradwalkError)
    sentence = str(caught.value)
    assert [word for word in words if word not in sentence] == []
    assert sentence[-1] in ".?"
    assert len(sentence) < 250
    assert {name: repr(known[name]) for name in before} == before  # nothing was half done
    ours = [
        frame for frame in traceback.extract_tb(caught.value.__traceback__) if "test_misuse" not in frame.filename
    ]
    assert len(ours) <= 2, ours  # the line that was typed, and one of ours
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_of_another_library_is_not_there_and_says_what_is(name: str) -> None:
    w = Value(2.0, "w")
    assert not hasattr(w, name)
    assert name not in dir(w)
    with pytest.raises(AttributeError, match=name):
        setattr(w, name, 1.0)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_that_would_lose_the_graph_names_the_node(name: str) -> None:
    with pytest.raises(TypeError) as caught:
        getattr(Value(2.0, "weight"), f"__{name}__")(*[2] * (name not in ("float", "int", "trunc", "floor", "ceil")))
    assert "weight" in str(caught.value)
    assert "{v}" not in str(caught.value)


def test_numbers_of_every_type_may_be_assigned() -> None:
    w = Value(1.0, "w")
    for number in (2, 2.0, np.float64(2), np.float32(2), np.int64(2)):
        w.data = w.grad = number
        assert (w.data, w.grad) == (2.0, 2.0)
        assert type(w.data) is type(w.grad) is float
    w.data = math.inf
    w.label = np.str_("weight")
    assert w.data == math.inf
    assert w.label == "weight"


def test_a_gradient_set_to_none_is_cleared_and_learns_on() -> None:
    w = Value(3.0, "w")
    for _ in range(50):
        w.grad = None
        ((w - 1.0) ** 2).backward()
        w.data -= 0.1 * w.grad
    assert w.data == pytest.approx(1.0, abs=1e-4)


def test_a_frozen_leaf_gets_no_gradient_until_it_is_free_again() -> None:
    w, x = Value(3.0, "w"), Value(2.0, "x")
    assert w.requires_grad
    assert not (2.0 * x).args[0].requires_grad
    w.requires_grad = False
    y = w * x
    assert y.requires_grad
    y.backward()
    assert (w.grad, x.grad) == (None, 3.0)
    w.grad = None
    w.grad = 0.0
    assert w.grad is None
    w.requires_grad = True
    y.zero_grad()
    y.backward()
    assert (w.grad, x.grad) == (2.0, 3.0)


def test_equality_of_nodes_is_identity_also_in_sets_and_dicts() -> None:
    w, twin = Value(2.0), Value(2.0)
    assert (w == twin, w == "2", w == None, w != twin, w == w) == (False, False, False, True, True)  # noqa: E711
    assert len({w, twin}) == 2
    assert {w: 1}[w] == 1
    assert [twin, w].index(w) == 1


def test_a_value_is_true_where_its_number_is() -> None:
    assert [bool(Value(number)) for number in (0.0, -0.0, 1e-300, -2.0, math.inf)] == [False, False, True, True, True]


def test_numbers_of_numpy_beside_a_value_compute() -> None:
    w = Value(2.0, "w")
    assert [z.data for z in (np.float64(3) * w, np.float32(3) - w, np.int64(3) ** w, w / np.float64(4))] == [
        6,
        1,
        9,
        0.5,
    ]
    assert np.float64(3) > w
    assert isinstance(np.float64(3) + w, Value)

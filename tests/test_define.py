"""Operations at run time: they work everywhere, and a formula says no more than it may."""

from __future__ import annotations

import ast
import math
import pickle
import sys
import warnings
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from ids import shown
from wording import mentions

from engine import OPS, Value, define, grad, gradcheck, hessian, jvp
from engine.domain import POSITIVE
from engine.errors import ArgumentError, DomainError, FormulaError, GradientError, NumberError
from engine.expression import Expression
from engine.parser import DEEPEST_FORMULA, LONGEST_FORMULA, parse, variables_of
from engine.rules import FLOATS, VALUES, apply, contribute

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = [
    # Ways out of arithmetic.
    "x.data", "x.__class__", "().__class__.__bases__[0].__subclasses__()", "__import__('os').system('true')",
    "__builtins__", "eval('1')", "exec('x')", "open('f')", "print(x)", "globals()", "getattr(x, 'data')", "type(x)",
    "lambda: x", "(lambda: x)()", "(y := x)", "[x for x in (1,)]", "{x}", "{x: x}", "(x, x)", "[x]", "x[0]", "x[0:1]",
    "x if x > 0 else 0", "x and x", "not x", "x or 1", "x in x", "x is x", "x == x", "x != 0", "await x", "yield x",
    "f'{x}'", "'x'", "b'x'", "'x' * 9", "...", "None", "True", "False", "1j", "x % 2", "x // 2", "x @ x",
    "x << 1", "x | 1", "x & 1", "~x", "*x", "exp(*x)", "exp(**x)", "exp(x=x)", "exp(x, x)", "exp()", "max(x)",
    "max(x, x, x)", "exp.__globals__", "exp", "exp * 2", "(exp)", "float(x)", "abs.x",
    "x = 1", "x; x", "import os", "del x", "return x", "x\nx", "", " ", "x +", "(x", "x)", "#", "x $ 1", "x\0",
    # Names that look alike, and hidden ones.
    "х", "exр(x)", "_x", "__", "op", "failure", "operand", "new", "Value", "error", "os.exp(x)",
    "math.log2(x)", "log2(x)", "1/2x", "x^2x", "sqrt 2x", "|x", "|x|x|x|", "2,5", "0x1f", "x 2", "2½", "x²^2",
    # Numbers that are none, and comparisons that are bools.
    "1e999", "-1e999 * x", "1" + "0" * 400, "0x" + "f" * 300, "x > 0", "(x > 0) + 1", "2 * (x > 0)", "exp(x > 0)",
    "0 < x < 1", "(0 < x < 1) * 1.0", "(x == 0) * 1.0", "-(x > 0) * 1.0", "(x > 0) * True", "(x > 0) * x",
    # Too much of anything.
    "x" + " + x" * LONGEST_FORMULA, "(" * 300 + "x" + ")" * 300, "-" * 900 + "x", "x" + "**x" * 330,
    "x+" * 480 + "x", "9" * 900,
]  # fmt: skip
NO_TEXT: list[Any] = [None, 1, 1.0, b"x", ["x"], object()]
BAD_NAMES = [
    "", " ", "a b", "1a", "a-b", "_a", "__init__", "a.b", "lambda", "if", "None", "True", "é", "ｃｕｂｅ", "х", "a\n",
    "a;b", *OPS, "max", "min", "x", "y", "z", "data", "grad", "label", "op", "args", "backward", "zero_grad", "_x",
    "f", "pull", "new", "operand", "failure", "slope_failures", "check_result", "inf",
    "slope_x", "error", "Value", "type", "float", "print", "ValueError", "ArithmeticError", None, 3, b"cube",
]  # fmt: skip


def plain_text(formula: str, variables: str) -> str:
    return ast.unparse(parse(formula, FLOATS, variables))


@pytest.mark.parametrize("formula", HOSTILE, ids=lambda formula: repr(formula[:24]))
def test_hostile_formulas_are_refused_in_every_place(formula: str) -> None:
    before = dict(OPS), dict(FLOATS), dict(VALUES), set(vars(Value))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's own, on text such as 2(x)
        with pytest.raises(FormulaError):
            define("hostile", formula, ("1",))
        with pytest.raises(FormulaError):
            define("hostile", "x", (formula,))
    assert (dict(OPS), dict(FLOATS), dict(VALUES), set(vars(Value))) == before


@pytest.mark.parametrize("formula", NO_TEXT, ids=shown)
def test_a_formula_is_text(formula: Any) -> None:
    with pytest.raises(FormulaError, match="a formula is text"):
        define("hostile", formula, ("1",))


def test_powers_of_powers_cost_nothing_and_overflow_as_they_should() -> None:
    tower = define("tower", "x * 9 ** 9 ** 9 ** 9", ("0",))
    with pytest.raises(OverflowError):
        tower(Value(1.0))
    with pytest.raises(OverflowError):
        tower(1.0)


@pytest.mark.parametrize("name", BAD_NAMES, ids=shown)
def test_names_that_are_taken_or_no_names_are_refused(name: Any) -> None:
    with pytest.raises(FormulaError):
        define(name, "x", ("1",))


def test_lookalike_letters_that_python_reads_as_plain_ones_are_plain() -> None:
    assert plain_text("ｅｘｐ(x)", "x") == "exp(x)"


@pytest.mark.parametrize(
    ("formula", "plain"),
    [
        ("2*x", "2.0 * x"),
        (" (x) ", "x"),
        ("x**-.5", "x ** (-0.5)"),
        ("+x--x", "+x - -x"),
        ("(x>0)*1", "(x > 0.0) * 1.0"),
        ("x*((exp(x)<=x+1)*0.5)", "x * ((exp(x) <= x + 1.0) * 0.5)"),
        ("max(x,min(0,x))", "max(x, min(0.0, x))"),
        ("maximum(x, 1_000)", "maximum(x, 1000.0)"),
        ("3", "3.0"),
        ("exp(" * 60 + "x" + ")" * 60, "exp(" * 60 + "x" + ")" * 60),
    ],
)
def test_what_a_formula_may_say(formula: str, plain: str) -> None:
    assert plain_text(formula, "x") in (plain, plain.replace("(-0.5)", "-0.5"))  # of 3.10 and later Pythons


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("exp", "exp(...)"),
        ("w * x", "w ... x"),
        ("log2(x)", "log2 ... log(x)/log(2)"),
        ("max(x)", "max takes 2 arguments, not 1"),
        ("exp(x, x)", "exp takes 1 argument, not 2"),
        ("x > 0", "comparison ... ((x > 0) * 1.0)"),
        ("x * (x > 0) * 1.0", "comparison"),
        ("1e999", "too large"),
        ("(x == 0) * 1.0", "< <= > or >="),
        ("x +", "'x +' ... missing ... +"),
        ("'x'", "quotes"),
        ("math.exp", "write exp(...), not math.exp"),
        ("w(2)", "no operation w ... write w*(2"),
    ],
)
def test_what_it_says(formula: str, says: str) -> None:
    with pytest.raises(FormulaError) as caught:
        define("hostile", formula, ("1",))
    assert mentions(caught.value, says), str(caught.value)


def test_what_else_can_be_wrong() -> None:
    for kwargs, says in (
        ({"partials": ()}, "has 0 partials"),
        ({"partials": ("1", "1", "1"), "arguments": "xy"}, "2 arguments and 3 partials"),
        ({"partials": ("1", "1"), "arguments": "xz"}, "'z' cannot name an argument"),
        ({"partials": ("1", "1"), "arguments": ("x", "exp")}, "'exp' cannot name an argument"),
        ({"partials": ("1", "1"), "arguments": ("x", "x")}, "a name of its own"),
        ({"kinks": ["y"]}, "y is not known"),
        ({"domain": [(0, 1), (0, 1)]}, "has 1 arguments but 2 domains"),
        ({"domain": (0.1, 5.0)}, "an interval for each argument, such as [(0.1, 5.0)], not 0.1"),
        ({"domain": [(5.0, 0.1)]}, "from low to high"),
        ({"domain": [(0.0, math.inf)]}, "both finite"),
        ({"domain": [(-math.inf, 0.0)]}, "both finite"),
        ({"domain": [(-math.inf, math.inf)]}, "both finite"),
        ({"domain": [(math.nan, 1.0)]}, "both finite"),
        ({"domain": [(1.0, 1.0)]}, "from low to high"),
        ({"domain": [(0.0, math.nan)]}, "both finite"),
        ({"domain": [("a", "b")]}, "an interval for each argument"),
        ({"partials": ("y",)}, "y is not known; there are x, z"),
    ):
        with pytest.raises(FormulaError) as caught:
            define("wrong", "x", **{"partials": ("1",), **kwargs})  # type: ignore[arg-type]
        assert says in str(caught.value)
    with pytest.raises(FormulaError, match="z is not known"):
        define("wrong", "z", ("1",))
    assert "wrong" not in OPS


def test_a_row_that_was_refused_leaves_the_old_one() -> None:
    cube = define("cube", "x ** 3", ("3 * x ** 2",))
    with pytest.raises(FormulaError):
        define("cube", "x ** 3 +", ("3 * x ** 2",))
    assert cube(Value(2.0)).data == Value(2.0).cube().data == 8.0


# What it gives.


def test_cube_works_at_once_in_every_way() -> None:
    cube = define("cube", "x ** 3", ("3 * x ** 2",))
    x = Value(-2.0, "x")
    y = x.cube() + cube(x)
    y.backward()
    assert (y.data, x.grad) == (-16.0, 24.0)
    (first,) = grad(cube(x), x)
    (second,) = grad(first, x)
    assert [first.data, second.data, grad(second, x)[0].data] == [12.0, -12.0, 6.0]
    assert hessian(cube(x), [x])[0][0].data == -12.0
    assert jvp(cube(x), {x: 1.0}) == 12.0
    assert cube(3) == 27.0
    assert type(cube(3)) is float
    assert gradcheck("cube").passed
    assert gradcheck(lambda v: v.cube() * 2, 0.5).passed
    assert "x ** 3" in str(cube.__doc__)
    assert repr(OPS["cube"]) == "Op('cube', 'cube', 'x ** 3.0', ('3.0 * x ** 2.0',))"
    assert pickle.loads(pickle.dumps(OPS["cube"])) is OPS["cube"]


def test_a_wrong_slope_is_found_and_its_edge_named() -> None:
    define("cube", "x ** 3", ("3.003 * x ** 2",))
    with pytest.raises(GradientError, match=r"dz/dx = 3\.003 \* x \*\* 2\.0, z = cube\(x\)"):
        gradcheck("cube")


def test_two_arguments_keep_their_order() -> None:
    tilt = define("tilt", "2 * x - y / x", ("2 + y / x ** 2", "-1 / x"), symbol="⟋", domain=[POSITIVE, (-1, 1)])
    x, y = Value(2.0), Value(3.0)
    z = tilt(x, y)
    z.backward()
    assert (z.data, x.grad, y.grad) == (2.5, 2.75, -0.5)
    assert tilt(4, y).data == 8 - 0.75
    assert tilt(x, 4).args[1].grad is None
    assert x.tilt(y).data == 2.5
    assert tilt(1.0, 2.0) == 0.0
    assert OPS["tilt"].symbol == "⟋"
    assert OPS["tilt"].domain[0] is POSITIVE
    assert gradcheck("tilt").passed


def test_the_generated_code_of_a_defined_row_is_its_readable_definition() -> None:
    define("bump", "exp(-x * x) * max(x, 0.1)", ("-2 * x * z + exp(-x * x) * ((x > 0.1) * 1.0)",), kinks=(0.1,))
    for number in (-1.0, 0.1, 0.7, 2.0):
        one, other = Value(number), Value(number)
        z, readable = one.bump(), apply(OPS["bump"], object.__new__(Value), other)
        z.grad = readable.grad = 1.3
        OPS["bump"].pull(z)
        contribute(readable)
        assert (z.data, one.grad) == (readable.data, other.grad)


def test_operations_build_on_those_defined_before() -> None:
    define("square", "x * x", ("2 * x",))
    fourth = define("fourth", "square(square(x))", ("4 * x * square(x)",))
    x = Value(1.5)
    (first,) = grad(fourth(x), x)
    (second,) = grad(first, x)
    assert [fourth(x).data, first.data, second.data] == [1.5**4, 4 * 1.5**3, 12 * 1.5**2]
    assert gradcheck("fourth").passed


def test_a_name_defined_anew_means_the_new_from_then_on() -> None:
    step = define("stride", "2 * x", ("2",))
    double = define("double_stride", "stride(x) * stride(x)", ("4 * stride(x)",))
    x = Value(3.0)
    old = x.stride()
    define("stride", "5 * x", ("5",))
    assert x.stride().data == 15.0
    assert step(x).data == 6.0
    old.backward()
    assert x.grad == 2.0  # a recorded graph keeps the rule that it was made by
    y = double(x)
    assert (y.data, grad(y, x)[0].data, grad(grad(y, x)[0], x)[0].data) == (36.0, 24.0, 8.0)
    with pytest.raises(FormulaError):
        define("stride", "stride(x)", ("1",))  # of itself


def test_documentation_is_text_and_never_code() -> None:
    doc = "'''\"\"\"\\\nraise SystemExit\n{x} %s \N{SNOWMAN}"
    quoted = define("quoted", "x", ("1",), symbol="\"'{}\\", doc=doc)
    assert doc in str(quoted.__doc__)
    assert quoted(Value(1.0)).data == 1.0


def test_a_formula_without_its_argument_is_a_constant() -> None:
    seven = define("seven", "7", ("0",))
    x = Value(1.0)
    y = seven(x)
    y.backward()
    assert (y.data, x.grad, grad(y, x)[0].data) == (7.0, 0.0, 0.0)


@given(st.text(st.sampled_from("xyz().,*+-/<>=0123456789e_ abcdefghijklmnopqrstuvw'\"[]{}:;\\\n\0π"), max_size=40))
def test_any_text_is_a_formula_or_an_error(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            plain = plain_text(text, "xyz")
        except FormulaError:
            return
    assert plain_text(plain, "xyz") == plain
    assert not set(plain) & set("'\"[]{}:;\\\n=_")


def test_a_tree_is_one_expression() -> None:
    assert parse(" x ", FLOATS).id == "x"  # type: ignore[attr-defined]
    for text in ("x\nx", "x;x", "x = 1"):
        with pytest.raises(FormulaError):
            parse(text, FLOATS)


def test_a_long_expression_is_read_as_a_formula_of_the_same_text_is() -> None:
    """Both are read by one parser: what one may say, the other may say."""
    for text in ("a" + "+a" * 190, "2*a**3 - max(a, 0)/7", "a" + "+a" * DEEPEST_FORMULA, "log2(a)", "a^2", "a > 0"):
        outcomes = []
        for read in (lambda text: parse(text, FLOATS, "a"), Expression):
            try:
                read(text)
                outcomes.append("")
            except FormulaError as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1], text
    assert variables_of(parse("b + sin(a) * b - c", FLOATS)) == ["b", "a", "c"]


def test_deep_formulas_do_not_hurt_a_deep_program() -> None:
    """A formula that is fine at the top of a program may be too deep further down: that is an error, not a crash."""
    limit = sys.getrecursionlimit()

    def down(levels: int) -> None:
        if levels:
            down(levels - 1)
        else:
            define("wavy", "sin(" * 30 + "x" + ")" * 30, ("1",))

    depth = 0
    frame = sys._getframe()
    while frame:
        depth, frame = depth + 1, frame.f_back  # type: ignore[assignment]
    with pytest.raises((FormulaError, RecursionError)):
        down(limit - depth - 40)
    define("wavy", "sin(" * 30 + "x" + ")" * 30, ("1",))


# What a Python function may give for a number, and what is refused; what is given, in short.
GIVEN: list[tuple[str, Any, float | str]] = [
    ("int", 2, 2.0),
    ("Fraction", Fraction(1, 2), 0.5),
    ("numpy", np.float32(0.5), 0.5),
    ("array of one", np.array(2.0), 2.0),
    ("none", None, "None"),
    ("text", "a", "'a'"),
    ("bool", True, "True"),
    ("numpy_bool", np.bool_(1), "True"),
    ("complex", 1j, "complex"),
    ("list", [1.0], r"\[1.0\]"),
    ("array", np.array([1.0]), "ndarray"),
    ("value", Value(1.0), "Value"),
]


@pytest.mark.parametrize(("name", "given", "number"), GIVEN, ids=[name for name, *_ in GIVEN])
def test_what_a_python_function_gives_is_a_float_or_refused(name: str, given: Any, number: float | str) -> None:
    name = name.replace(" ", "_")
    rule = define(f"rule_{name}", lambda x: given, lambda x: 1.0)
    slope = define(f"slope_{name}", "x", lambda x: given)
    x = Value(2.0, "x")
    if isinstance(number, float):
        z = slope(x)
        z.backward()
        numbers = [rule(x).data, x.grad, grad(slope(x), x)[0].data]
        assert numbers == [number] * 3
        assert [type(each) for each in numbers] == [float] * 3
        return
    calls: list[Callable[[], Any]] = [lambda: rule(x), lambda: slope(x).backward(), lambda: grad(slope(x), x)]
    for call in calls:
        with pytest.raises(NumberError, match=rf"(rule|slope)_{name}(_dx)?\(2.0\).*{number}"):
            call()


def test_a_python_function_that_gives_nan_has_no_value_there() -> None:
    rule = define("rule_nan", lambda x: math.nan, lambda x: 1.0)
    with pytest.raises(DomainError, match="no value"):
        rule(Value(2.0))


def test_a_defined_function_takes_its_arguments_by_name_and_answers_wrong_calls() -> None:
    for letters in (["a", "b"], ["a", "b", "c"]):
        count = len(letters)
        add = define(f"add_{count}", " + ".join(letters), ["1"] * count, arguments=letters)
        values = {letter: Value(2.0) for letter in letters}
        assert add(**values).data == 2.0 * count
        assert add(**dict.fromkeys(letters, 2)) == 2.0 * count
        for wrong in ([], [1.0], [1.0] * 5):
            with pytest.raises(ArgumentError, match=f"add_{count}"):
                add(*wrong)
        with pytest.raises(ArgumentError, match="q="):
            add(Value(1.0), q=1)

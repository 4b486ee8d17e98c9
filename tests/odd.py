"""Odd values to give to every argument, the public callables to give them to, and what is said of the outcome.

A table of a test names for each callable a right call, and for each of its parameters the odd values that it is
right to take. `mistakes` tries the others, one parameter at a time: each must be refused with an error of ours.
"""

from __future__ import annotations

import inspect
import math
import random
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import GradwalkError, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import ModuleType

LONGEST = 500  # characters of a sentence


def _loop() -> list[Any]:
    around: list[Any] = []
    around.append(around)
    return around


def _objects(*things: Any) -> Any:
    array = np.empty(len(things), dtype=object)
    array[:] = things
    return array


def _nothing() -> None:
    """Return nothing, and take nothing."""


# What is typed by mistake, by a name without a space; each is made anew for each call.
ODD: dict[str, Callable[[], Any]] = {
    # numbers
    "3": lambda: 3, "0": lambda: 0, "-1": lambda: -1, "2.5": lambda: 2.5, "nan": lambda: math.nan,
    "inf": lambda: math.inf, "10**400": lambda: 10**400, "-10**400": lambda: -(10**400), "1j": lambda: 1j,
    "True": lambda: True, "False": lambda: False, "Fraction": lambda: Fraction(1, 2),
    "Decimal": lambda: Decimal("0.5"),
    # text and nothing
    "'text'": lambda: "text", "''": lambda: "", "b'x'": lambda: b"x", "long": lambda: "x" * 10_000,
    "nul": lambda: "a\0b", "surrogate": lambda: "\udcff", "'.'": lambda: ".", "'3'": lambda: "3",
    "None": lambda: None,
    # collections
    "[]": list, "[1.0]": lambda: [1.0], "[nan]": lambda: [math.nan], "[None]": lambda: [None],
    "['a','b']": lambda: ["a", "b"], "['1','0']": lambda: ["1", "0"], "[True]": lambda: [True],
    "[10**400]": lambda: [10**400], "[1e308]*4": lambda: [1e308] * 4, "ragged": lambda: [[1.0], [2.0, 3.0]],
    "[[nan,1]]": lambda: [[math.nan, 1.0]], "[[None]]": lambda: [[None]], "[{}]": lambda: [{"a": 1}], "loop": _loop,
    "()": tuple, "{}": dict, "{'a':1}": lambda: {"a": 1}, "{1.}": lambda: {1.0}, "range": lambda: range(3),
    "iter": lambda: iter([1.0]), "gen": lambda: (x for x in [1.0, 2.0]),
    # arrays
    "np.0d": lambda: np.array(2.0), "np.f32": lambda: np.float32(2.0), "np.int": lambda: np.int64(2),
    "np.True": lambda: np.True_, "np.nan": lambda: np.float64("nan"), "np.empty": lambda: np.array([]),
    "np.1x1": lambda: np.array([[1.0]]), "np.str": lambda: np.array(["a"]),
    "np.nans": lambda: np.full((4, 2), np.nan), "np.3d": lambda: np.zeros((4, 2, 2)),
    "np.objects": lambda: _objects(None, Value(1.0)),
    # things
    "Value": lambda: Value(1.0, "v"), "[Value]": lambda: [Value(1.0, "v")], "object": object, "module": lambda: math,
    "error": lambda: ValueError("x"), "random": lambda: random.Random(0),
    # what can be called
    "int": lambda: int, "len": lambda: len, "lambda": lambda: _nothing,
}  # fmt: skip
CALLABLE = ("int", "len", "lambda")  # whose own errors are their author's


def outcome(call: Callable[[], Any]) -> str:
    """Return "taken", "refused", "long: ..." for too long a sentence, "raw: ..." for another error."""
    try:
        result = call()
        if inspect.isgenerator(result):
            list(result)
    except GradwalkError as error:
        return "refused" if len(str(error)) <= LONGEST else f"long: {len(str(error))} characters"
    except Exception as error:
        return f"raw: {type(error).__name__}: {str(error)[:90]}"
    return "taken"


def mistakes(
    make: Callable[[], Callable[..., Any]], right: Mapping[str, Callable[[], Any]], taken: Mapping[str, str]
) -> list[str]:
    """Return what goes wrong when one argument after the other is odd, each as a line: "domain=3 is taken".

    Parameters
    ----------
    make: returns what is called, such as a method of a fresh object.
    right: each parameter that is tried, with what returns a right argument for it.
    taken: for a parameter, the names of the odd values that it is right to take, with spaces between; "*" for all of
        them; "functions" for one that calls what it is given: then the errors of `CALLABLE` are not ours to word.

    An odd value that is in the table and refused is a mistake, too: the table says what is so.
    """
    lines = []
    assert set(taken) <= set(right), set(taken) - set(right)
    for name in right:
        words = set(ODD) if taken.get(name) == "*" else set(taken.get(name, "").split())
        assert words <= {*ODD, "functions"}, words - set(ODD)
        for odd, value in ODD.items():
            if "functions" in words and odd in CALLABLE:
                continue
            options = {key: thing() for key, thing in right.items()}
            options[name] = value()
            function = make()
            found = outcome(lambda function=function, options=options: function(**options))
            if found != ("taken" if odd in words else "refused"):
                lines.append(f"{name}={odd} is {found}")
    return lines


def public_things(modules: Iterable[ModuleType]) -> Iterator[tuple[str, Any]]:
    """Yield the name and the object of every public function and class, and of every public method of these.

    A method is one that the class, or a class of ours that it derives from, defines under a name without an
    underscore before it; `__init__` and `__call__` are public, too. Exceptions are raised, not called, and left out.
    """
    seen: set[int] = set()
    for module in modules:
        own = [name for name, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__]
        listed = [*vars(module).get("__all__", ()), *vars(module).get("NAMED", ())]
        for name in listed or [each for each in own if each[:1] != "_"]:
            thing = getattr(module, name)
            ours = str(getattr(thing, "__module__", "")).startswith(("engine", "nn"))
            if id(thing) in seen or not ours:
                continue
            seen.add(id(thing))
            if inspect.isfunction(thing):
                yield thing.__name__, thing
            elif inspect.isclass(thing) and not issubclass(thing, BaseException):
                yield from public_methods(thing)


def public_methods(cls: type) -> Iterator[tuple[str, Any]]:
    """Yield the name, as in Walk.save, and the function of each public method of a class, `__init__` first."""
    methods: dict[str, Any] = {}
    for parent in cls.__mro__:
        if parent.__module__.startswith(("engine", "nn")):
            for name, thing in vars(parent).items():
                function = getattr(thing, "__func__", thing)  # what a classmethod or a staticmethod holds
                if inspect.isfunction(function) and (name[:1] != "_" or name in ("__init__", "__call__")):
                    methods.setdefault(name, function)
    for name in sorted(methods, key=lambda name: (name != "__init__", name)):
        yield f"{cls.__name__}.{name}", methods[name]

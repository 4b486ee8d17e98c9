"""What the operations should give, by other means: PyTorch, mpmath, and autograd by HIPS.

PyTorch, autograd and JAX are large, and a machine may be without: `oracle` imports one for a whole file of tests,
`require` for one test, and the tests that would ask it are then skipped, and counted (`missing`).

An operation that is missing here is judged by its own formula, which these derive by themselves; so a new
row of the table is tested with no line added.
"""

from __future__ import annotations

import importlib
import re
import struct
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import mpmath
import pytest
from strategies import is_clear

from engine import OPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from engine.ops import Op


class Missing:
    """A library, or a part of one, that is not installed: a test that calls it is skipped.

    So a table at the top of a file may name its functions, and the file's other tests run.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Missing:
        if name.startswith("_"):  # what Python and pytest ask of any object
            raise AttributeError(name)
        return Missing(f"{self._name}.{name}")

    def __call__(self, *args: object, **options: object) -> Any:
        return require(self._name)


def oracle(module: str) -> Any:
    """Import a module of an oracle, or return a stand-in that skips the tests that call it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        return Missing(module)


def require(module: str) -> Any:
    """Import a module of an oracle, or skip the test that asks for it."""
    found = oracle(module)
    if isinstance(found, Missing):
        pytest.skip(f"needs the oracle {module.partition('.')[0]}")
    return found


def missing(reasons: Iterable[str]) -> str:
    """Return one line that counts the tests that were skipped for want of an oracle, or "" if none was."""
    wanted = Counter(match[1] for reason in reasons if (match := re.search(r"needs the oracle (\w+)", reason)))
    if not wanted:
        return ""
    counts = ", ".join(f"{count} for want of {name}" for name, count in wanted.most_common())
    total = wanted.total()
    return f"{total} test{'s' * (total > 1)} skipped: {counts}. To run them: python3 -m pip install -e '.[oracles]'"


torch = oracle("torch")
F = torch.nn.functional
if not isinstance(torch, Missing):
    torch.set_num_threads(1)
mpmath.mp.dps = 60

TORCH: dict[str, Callable[..., Any]] = {
    **{
        name: getattr(torch, name) for name in ("add", "sub", "mul", "div", "pow", "neg", "abs", "maximum", "minimum")
    },
    **{name: getattr(torch, name) for name in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "tanh")},
    **{name: getattr(torch, name) for name in ("erf", "sigmoid", "relu")},
    "threshold": lambda x: x * 0.0 + (x >= 0),
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "softplus": lambda x: F.softplus(x, threshold=1e9),  # PyTorch's own is cut off at 20
    "silu": F.silu,
    "gelu": F.gelu,
    "detach": lambda x: x.detach() + x * 0.0,  # a gradient of 0, not none
    "where": lambda c, x, y: torch.where(c > 0, x, y) + 0.0 * (c + x + y),
    "clip": lambda x, low, high: torch.clamp(x, low, high) + 0.0 * (x + low + high),
}
# Where the table spells a function so that it cannot overflow, its textbook form; the rest is one of mpmath's.
EXACT: dict[str, Callable[..., Any]] = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "gelu": lambda x: x * mpmath.ncdf(x),
    "elu": lambda x: x if x > 0 else mpmath.exp(x) - 1,
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "threshold": lambda x: mpmath.mpf(int(x >= 0)),
    "where": lambda c, x, y: x if c > 0 else y,
}


def _from_formula(op: Op, library: Any, known: dict[str, Any]) -> Callable[..., Any]:
    names = {name: getattr(library, name) for name in OPS if hasattr(library, name)}
    names |= known
    return eval(f"lambda {', '.join(op.letters)}: {op.formula}", names)  # the table's own text


def torch_function(op: Op) -> Callable[..., Any]:
    def pick(choose: Callable[..., Any]) -> Callable[..., Any]:
        return lambda x, y: choose(*map(torch.as_tensor, (x, y)))

    known = TORCH | {"max": pick(torch.maximum), "min": pick(torch.minimum)}
    return TORCH.get(op.name) or _from_formula(op, torch, known)


def exact_function(op: Op) -> Callable[..., Any]:
    """The operation on mpmath's numbers of 60 digits."""
    exact = EXACT.get(op.name) or _from_formula(op, mpmath, EXACT | {"abs": abs, "max": max, "min": min})
    return lambda *args: exact(*map(mpmath.mpf, args))


def derivative(function: Callable[..., Any], at: tuple[float, ...], orders: tuple[int, ...]) -> float:
    """A partial derivative by differences of numbers of 60 digits, exact to the last bit of a float.

    Between the points and 1e-10 on either side the function must be smooth.
    """
    step = mpmath.mpf(10) ** -12

    def differ(index: int, order: int, inner: Callable[..., Any]) -> Callable[..., Any]:
        def nudged(*point: Any) -> Any:
            def moved(times: float) -> Any:
                return inner(*point[:index], point[index] + times * step, *point[index + 1 :])

            if order == 1:
                return (8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * step)
            near, far = moved(1) + moved(-1), moved(2) + moved(-2)
            return (16 * near - far - 30 * moved(0)) / (12 * step**2)

        return nudged if order else inner

    for index, order in enumerate(orders):
        function = differ(index, order, function)
    return float(function(*map(mpmath.mpf, at)))


def points(op: Op, number: int = 25, seed: int = 0) -> Iterator[tuple[float, ...]]:
    """Arguments in an operation's domain, clear of its kinks but on both sides of each."""
    rng = Random(f"{op.name}{seed}")
    for _ in range(number):
        point = [rng.uniform(domain.low, domain.high) for domain in op.domain]
        if is_clear(op, point):
            yield tuple(point)
    for point in on_kinks(op, rng):
        for distance in (-1.0, -0.01, 0.01, 1.0):
            beside = [point[0] + distance, *point[1:]]
            if is_clear(op, beside):
                yield tuple(beside)


def on_kinks(op: Op, rng: Random) -> Iterator[list[float]]:
    """Arguments on each kink of an operation, the other ones at random."""
    for index, kink in enumerate(op.kinks):
        point = [rng.uniform(-1, 1) for _ in range(op.arity)]
        moved = op.letters.index(re.findall(r"\w+", kink)[0]) if isinstance(kink, str) else 0
        point[moved] -= [*op.from_kinks(*point)][index]
        if moved:  # what is moved beside the kink comes first
            point[0] = rng.uniform(-1, 1)
        yield point


def bits(number: float) -> bytes:
    """A float as it is stored, with every NaN alike."""
    return b"nan" if number != number else struct.pack("<d", number)

"""Generate data sets. The same call always gives the same rows: their random numbers are seeded.

Classes alternate, 0 1 0 1 ..., so that the first rows have some of each.
"""

from __future__ import annotations

from math import cos, dist, inf, pi, sin
from typing import TYPE_CHECKING, Any

from engine import described, public

from ..checks import NetworkError, items, plural, size, within
from ..init import generator
from .dataset import Dataset
from .table import rows as table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    Curve = Callable[[int, float], tuple[float, ...]]  # a class, and a position from 0 to 1 -> a point


@public
def moons(rows: int = 100, noise: float = 0.1, seed: Any = 0) -> Dataset:
    """Return points on two interleaved half circles of radius 1, two classes that no straight line separates.

    `noise` is the standard deviation of the noise that is added to each coordinate.

    - `rows`: how many there are.
    - `seed`: a whole number; the same seed gives the same rows.

    Raises NetworkError (a ValueError) for fewer than two rows, for a negative `noise`, and for a `seed` that is
    neither a whole number nor a generator of random numbers.

    >>> moons(4, noise=0).X[0], moons(200)
    ((1.0, 0.0), Dataset(moons: 200 rows × 2 features, classes upper: 100, lower: 100))
    """

    def point(kind: int, along: float) -> tuple[float, float]:
        x, y = cos(pi * along), sin(pi * along)
        return (1 - x, 0.5 - y) if kind else (x, y)

    return _along("moons", ("upper", "lower"), point, rows, noise, seed)


@public
def circles(rows: int = 100, noise: float = 0.1, seed: Any = 0) -> Dataset:
    """Return points on a circle of radius 1 around one of radius 0.5, two classes that two lines cannot separate.

    `noise` is the standard deviation of the noise that is added to each coordinate.

    - `rows`: how many there are.
    - `seed`: a whole number; the same seed gives the same rows.

    Raises NetworkError (a ValueError) for fewer than two rows, for a negative `noise`, and for a `seed` that is
    neither a whole number nor a generator of random numbers.

    >>> circles()
    Dataset(circles: 100 rows × 2 features, classes outer: 50, inner: 50)
    """

    def point(kind: int, along: float) -> tuple[float, float]:
        radius = 0.5 if kind else 1.0
        return radius * cos(2 * pi * along), radius * sin(2 * pi * along)

    return _along("circles", ("outer", "inner"), point, rows, noise, seed, closed=True)


@public
def spiral(rows: int = 100, classes: int = 2, noise: float = 0.05, seed: Any = 0, turns: float = 1.0) -> Dataset:
    """Return points on spiral arms around each other, one class each: hard for a small network.

    Parameters
    ----------
    rows: the number of points.
    classes: the number of arms.
    noise: the standard deviation of the noise that is added to each coordinate; the spiral has radius 1.
    seed: the same seed gives the same points.
    turns: how often each arm goes around the middle.

    Returns
    -------
    A Dataset.

    Raises NetworkError (a ValueError) for fewer rows than classes, for `turns` that is not a finite number, for a
    negative `noise`, and for a `seed` that is neither a whole number nor a generator of random numbers.

    >>> spiral(rows=90, classes=3)
    Dataset(spiral: 90 rows × 2 features, classes arm 1: 30, arm 2: 30, arm 3: 30)
    """
    arms = size(classes, "the number of classes")
    if not within(turns, -inf, inf, closed=False):
        raise NetworkError(f"turns is a number, such as 1.5, not {described(turns)}.")

    def point(kind: int, along: float) -> tuple[float, float]:
        angle = 2 * pi * (turns * along + kind / arms)
        radius = 0.1 + 0.9 * along  # at radius 0, one point would belong to every class
        return radius * cos(angle), radius * sin(angle)

    return _along("spiral", [f"arm {n + 1}" for n in range(arms)], point, rows, noise, seed)


@public
def xor(rows: int = 4, noise: float = 0.0, seed: Any = 0) -> Dataset:
    """Return exclusive or: four rows that a single neuron cannot learn, repeated until there are `rows` of them.

    - `noise`: the standard deviation of what is added to each number.
    - `seed`: a whole number; the same seed gives the same noise.

    Raises NetworkError (a ValueError) for `rows` below 1, for a negative `noise`, and for a `seed` that is neither a
    whole number nor a generator of random numbers.

    >>> X, y = xor()
    >>> X, y
    (((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)), (0, 1, 1, 0))
    """
    blur = _blur(noise, seed)
    corners = [(float(i // 2 % 2), float(i % 2)) for i in range(_count(rows, 1))]
    y = [int(a != b) for a, b in corners]
    return Dataset([blur(corner) for corner in corners], y, classes=("same", "different"), name="xor")


@public
def blobs(rows: int = 100, classes: int = 3, features: int = 2, noise: float = 1.0, seed: Any = 0) -> Dataset:
    """Return points around centers that are far apart, one class or cluster each.

    Parameters
    ----------
    rows: the number of points.
    classes: the number of centers. Their coordinates lie between -10 and 10.
    features: the number of coordinates.
    noise: the standard deviation of the points around their center, in each coordinate.
    seed: the same seed gives the same points.

    Returns
    -------
    A Dataset.

    Raises NetworkError (a ValueError) for fewer rows than classes, for a count below 1, for a negative `noise`, and
    for a `seed` that is neither a whole number nor a generator of random numbers.

    >>> blobs(classes=4, features=3)
    Dataset(blobs: 100 rows × 3 features, classes blob 1: 25, blob 2: 25, blob 3: 25, blob 4: 25)
    """
    kinds, width, rng = (
        size(classes, "the number of classes"),
        size(features, "the number of features"),
        generator(seed),
    )
    centers: list[tuple[float, ...]] = []
    for _ in range(kinds):  # the next center is the one of 30 random points that is farthest from the centers so far
        points = [tuple(rng.uniform(-10, 10) for _ in range(width)) for _ in range(30)]
        centers.append(max(points, key=lambda point: min((dist(point, other) for other in centers), default=0.0)))
    names = [f"blob {n + 1}" for n in range(kinds)]
    return _along("blobs", names, lambda kind, along: centers[kind], rows, noise, rng)


SIDE, STROKE = 9, 5  # pixels along an image of shapes, and along a line in it
# The lines of each shape, in the box that they are drawn along.
SHAPE_LINES: dict[str, tuple[str, ...]] = {
    "box": ("left", "right", "top", "bottom"),
    "cup": ("left", "right", "bottom"),
    "arch": ("left", "right", "top"),
    "left bracket": ("left", "top", "bottom"),
    "right bracket": ("right", "top", "bottom"),
    "two bars": ("top", "bottom"),
    "two posts": ("left", "right"),
}


@public
def shapes(rows: int = 700, noise: float = 0.1, seed: Any = 0) -> Dataset:
    """Return images of 9 × 9 pixels, each with a shape made of lines that meet in corners; 1 is ink, 0 paper.

    A shape is drawn at any of 25 places, so no single pixel tells its class: a network has to find lines first, and
    then their combination. `SHAPE_LINES` has the lines of each class. `noise` is the standard deviation of the noise
    that is added to each pixel, which stays within 0 and 1.

    - `rows`: how many images there are.
    - `seed`: a whole number; the same seed gives the same images.

    Raises NetworkError (a ValueError) for fewer than seven rows, one for each class, for a negative `noise`, and for
    a `seed` that is neither a whole number nor a generator of random numbers.

    >>> shapes(14)
    Dataset(shapes: 14 rows × 81 features, classes box: 2, cup: 2, arch: 2, left bracket: 2, right bracket: 2, \
two bars: 2, two posts: 2)
    """
    rng, kinds = generator(seed), [*SHAPE_LINES]
    count, blur = _count(rows, len(kinds)), _blur(noise, rng)
    last = STROKE - 1
    X, y = [], []
    for i in range(count):
        top, left = rng.randint(0, SIDE - STROKE), rng.randint(0, SIDE - STROKE)
        ink = {
            "left": [(n, 0) for n in range(STROKE)],
            "right": [(n, last) for n in range(STROKE)],
            "top": [(0, n) for n in range(STROKE)],
            "bottom": [(last, n) for n in range(STROKE)],
        }
        image = [0.0] * SIDE**2
        for line in SHAPE_LINES[kinds[i % len(kinds)]]:
            for down, across in ink[line]:
                image[(top + down) * SIDE + left + across] = 1.0
        X.append(tuple(min(max(pixel, 0.0), 1.0) for pixel in blur(tuple(image))))
        y.append(i % len(kinds))
    return Dataset(X, y, classes=kinds, name="shapes")


@public
def linear(
    rows: int = 100, weights: float | Sequence[float] = 3.0, bias: float = 1.0, noise: float = 0.1, seed: Any = 0
) -> Dataset:
    """Return rows x and targets y = w·x + b plus noise, for regression. Each x lies between -1 and 1.

    Parameters
    ----------
    rows: the number of rows.
    weights: w, a number for each feature; a single number is one feature.
    bias: b.
    noise: the standard deviation of the noise that is added to each target.
    seed: the same seed gives the same rows.

    Returns
    -------
    A Dataset.

    Raises NetworkError (a ValueError) for `rows` below 1, for weights or a bias that are not finite numbers, for a
    negative `noise`, and for a `seed` that is neither a whole number nor a generator of random numbers.

    >>> X, y = linear(noise=0)
    >>> all(y == 3 * x + 1 for (x,), y in zip(X, y))
    True
    """
    if not within(bias, -inf, inf, closed=False):
        raise NetworkError(f"bias is a number, such as 1.0, not {described(bias)}.")
    listed = [weights] if within(weights, -inf, inf, closed=False) else items(weights)
    (w,), rng = table([[0.0] if listed is None else listed], "weights"), generator(seed)
    if listed is None or not all(isinstance(weight, float) for weight in w):
        raise NetworkError(f"weights is a number, or a list with one for each input, not {described(weights)}.")
    X = [tuple(rng.uniform(-1, 1) for _ in w) for _ in range(_count(rows, 1))]
    blur = _blur(noise, rng)
    y = [blur((sum(a * x for a, x in zip(w, row)) + bias,))[0] for row in X]
    return Dataset(X, y, name="linear")


def _along(
    name: str, kinds: Sequence[str], curve: Curve, rows: int, noise: float, seed: Any, closed: bool = False
) -> Dataset:
    """Return rows of alternating classes, spread evenly along the curve of each class, with noise.

    On a `closed` curve, the last point does not meet the first.
    """
    count, blur = _count(rows, len(kinds)), _blur(noise, seed)
    X, y = [], []
    for i in range(count):
        kind, number = i % len(kinds), i // len(kinds)
        of_kind = len(range(kind, count, len(kinds)))
        X.append(blur(curve(kind, number / max(1, of_kind - (not closed)))))
        y.append(kind)
    return Dataset(X, y, classes=kinds, name=name)


def _blur(noise: Any, seed: Any) -> Callable[[tuple[float, ...]], tuple[float, ...]]:
    """Return a function that adds Gaussian noise to each coordinate of a point."""
    if not within(noise, 0, inf):
        raise NetworkError(f"noise is a standard deviation, 0 or more, such as 0.1, not {described(noise)}.")
    rng: Random = generator(seed)
    deviation = float(noise)
    return lambda point: tuple(x + rng.gauss(0.0, deviation) for x in point)


def _count(rows: Any, least: int) -> int:
    count = size(rows, "the number of rows")
    if count < least:
        raise NetworkError(f"{plural(count, 'row')} cannot show {least} classes: ask for {least} rows or more.")
    return count

"""The plot of what a classifier says where: the plane of its two inputs, and the line between its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import Value, described, public

from ..checks import NetworkError
from ..data.table import targets
from ..decision import class_labels, last_operation, predicted_class, threshold as threshold_after
from ..picture import values
from ..picture.curve import around
from ..picture.sampling import grid, listed, sample
from ..picture.values import short
from .canvas import INK, axes, finish, legend, points, style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes


@public
def boundary(
    model: Callable[[Any], Any],
    X: Any,
    y: Any,
    features: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
    threshold: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Where a model of two inputs sees which class, the boundary between them, and the points X with their classes y.

    A model with one output tells two classes apart, y of 0 and 1, or of -1 and 1: it says 1 above `threshold`,
    which is 0.5 if its last activation is a sigmoid, else 0. A model with more outputs says the class of the
    largest, counted from 0. Points that it gets wrong are ringed. `features` names the two inputs, best with their
    units, and `classes` the classes.

    Raises NetworkError (a ValueError) for rows that do not have two numbers, and for classes that do not go with
    the outputs.

    >>> from nn import MLP
    >>> X, y = [[-1, -1], [1, 1], [-1, 1], [1, -1]], [0, 0, 1, 1]
    >>> ax = boundary(MLP(2, [3, 1], "tanh", "sigmoid", rng=0), X, y, features=["width (cm)", "weight (g)"])
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('width (cm)', 'weight (g)')
    """
    if not callable(model):
        raise NetworkError(f"a model is called on a row, unlike {described(model)}.")
    places = values.table(X, "X")
    if len(places[0]) != 2:
        raise NetworkError(f"a boundary is drawn over two inputs, and X has {len(places[0])} numbers a row.")

    def outputs(*row: Any) -> Any:
        return model(list(row))

    ax = axes(ax, 8, 6)
    (across, up), said = values.names(features, ["x1", "x2"], "features"), sample(outputs, places)
    truth, found = _truth(targets(values.plain(y), len(places)), said.shape[1])
    names = values.names(classes, [f"class {short(label)}" for label in found], "classes")
    scales, plane = grid(outputs, *(around(numbers) for numbers in zip(*places)))
    edge = _threshold(model, places) if threshold is None else threshold
    _areas(ax, scales[0], scales[1], _scores(plane, edge))
    right = [predicted_class(row, edge) == kind for row, kind in zip(said.tolist(), truth)]
    for number, name in enumerate(names):
        _points(ax, [place for place, kind in zip(places, truth) if kind == number], number, name)
    if wrong := [place for place, well in zip(places, right) if not well]:
        xs, ys = zip(*wrong)
        ax.scatter(xs, ys, s=points(ax, 15) ** 2, facecolors="none", edgecolors=INK, linewidths=1.6,
                   label=f"wrong: {len(wrong)} of {len(places)}")  # fmt: skip
    legend(ax)
    share = f"{sum(right)} of {len(places)} right ({100 * sum(right) / len(places):.1f} %)"
    return finish(ax, f"Decision boundary, {share}", across, up)


def _truth(labels: tuple[Any, ...], outputs: int) -> tuple[list[int], list[int]]:
    """The class of each point, as a place in the list of the classes, which comes second."""
    numbers = [label if not isinstance(label, tuple) else _hot(label) for label in labels]
    if outputs > 1:
        if wrong := [number for number in numbers if number not in range(outputs)]:
            there = f"the model's {outputs} outputs stand for the classes 0 to {outputs - 1}"
            raise NetworkError(f"y holds the class {wrong[0]}, and {there}.")
        return [int(number) for number in numbers], list(range(outputs))
    found = class_labels(numbers, outputs)
    if wrong := [number for number in numbers if number not in found]:
        raise NetworkError(f"y holds {wrong[0]}: for a model of one output, the classes are 0 and 1, or -1 and 1.")
    return [found.index(int(number)) for number in numbers], found


def _hot(label: tuple[float, ...]) -> float:
    """A row of one as its number; the class of a row that has a 1 for its class and 0 for the others."""
    return label[0] if len(label) == 1 else float(label.index(max(label)))


def _threshold(model: Callable[[Any], Any], places: Sequence[Sequence[float]]) -> float:
    """Return the output above which a model says yes, by the operation that its output comes from."""
    for place in places:
        try:
            return threshold_after(last_operation(listed(model([*map(Value, place)]))))
        except (ArithmeticError, ValueError):  # no value at this point: the next one may have one
            continue
    return threshold_after("")


def _scores(outputs: Any, threshold: float) -> Any:
    """One score a class, the largest being the model's choice: outputs as they are, or one against the threshold."""
    import numpy as np

    return outputs if len(outputs) > 1 else np.concatenate([np.full_like(outputs, threshold), outputs])


def _areas(ax: Axes, first: Any, second: Any, scores: Any) -> None:
    """Each class's area in its color and hatch, and a line around it: smooth, since margins are continuous."""
    import numpy as np

    for number, score in enumerate(scores):
        margin = score - np.delete(scores, number, axis=0).max(axis=0)
        top, look = margin.max(), style(number)
        if top > 0:
            area = ax.contourf(first, second, margin, [0, top], colors=[look.pale], hatches=[look.hatch])
            area.set(edgecolor="white", linewidth=0)
            if margin.min() < 0:
                ax.contour(first, second, margin, [0], colors=INK, linewidths=points(ax, 2))


def _points(ax: Axes, places: list[tuple[float, ...]], number: int, name: str) -> None:
    look = style(number)
    xs, ys = zip(*places) if places else ([], [])
    ax.scatter(xs, ys, s=points(ax, 7) ** 2, color=look.color, marker=look.marker,
               edgecolors="white", linewidths=0.8, label=name)  # fmt: skip

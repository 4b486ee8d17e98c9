"""Plot a decision boundary: the class that a model predicts at each point of a plane, its two inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import Value, described, public

from ..checks import NetworkError
from ..data.table import targets
from ..decision import class_labels, last_operation, predicted_class, target_classes, threshold as threshold_after
from ..picture import values
from ..picture.curve import around
from ..picture.sampling import call, grid, listed, sample
from .canvas import INK, axes, finish, legend, plot_names, points, style

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
    """Plot the areas in which a model of two inputs predicts each class, with the points X and their classes y.

    A model of one output has two classes. A model of several outputs predicts the class of the largest. Points that
    are classified wrongly have a ring around them.

    Parameters
    ----------
    model: called on a row of two numbers; returns one output, or a list of them.
    X: rows of two numbers.
    y: the class of each row, counted from 0; for a model of one output 0 and 1, or -1 and 1.
    features: the names of the two inputs, best with their units; None is x1 and x2.
    classes: the names of the classes; None is "class 0", "class 1" and so on.
    threshold: a single output above it means class 1. None is 0.5 if the model's last operation is a sigmoid, else 0.
    ax: the axes to draw on; None makes a new figure.

    Returns
    -------
    The axes.

    Raises
    ------
    NetworkError (a ValueError) for rows that do not have two numbers, and for classes that the outputs do not have.

    >>> from nn import MLP
    >>> X, y = [[-1, -1], [1, 1], [-1, 1], [1, -1]], [0, 0, 1, 1]
    >>> ax = boundary(MLP(2, [3, 1], "tanh", "sigmoid", rng=0), X, y, features=["width (cm)", "weight (g)"])
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('width (cm)', 'weight (g)')
    """
    if not callable(model):
        raise NetworkError(f"a model is called on a row, unlike {described(model)}.")
    rows = values.table(X, "X")
    if len(rows[0]) != 2:
        raise NetworkError(f"a boundary is drawn over two inputs, and X has {len(rows[0])} numbers a row.")
    limit = None if threshold is None else values.single(threshold, "threshold")

    def outputs_at(*row: Any) -> Any:
        return call(model, list(row))

    across, up = plot_names(features, ["x1", "x2"], "features")
    limits = [around(column) for column in zip(*rows)]
    outputs = sample(outputs_at, rows)
    truth, labels = _point_classes(targets(values.plain(y), len(rows)), outputs.shape[1])
    class_names = plot_names(classes, [f"class {label}" for label in labels], "classes")
    limit = _threshold(outputs_at, rows) if limit is None else limit
    ax = axes(ax, 8, 6)
    scales, plane = grid(outputs_at, *limits)
    _areas(ax, scales[0], scales[1], _class_scores(plane, limit))
    for number, name in enumerate(class_names):
        _points(ax, [row for row, kind in zip(rows, truth) if kind == number], number, name)
    predicted = [predicted_class(row, limit) for row in outputs.tolist()]
    wrong = [row for row, kind, prediction in zip(rows, truth, predicted) if kind != prediction]
    if wrong:
        xs, ys = zip(*wrong)
        ax.scatter(xs, ys, s=points(ax, 15) ** 2, facecolors="none", edgecolors=INK, linewidths=1.6,
                   label=f"wrong: {len(wrong)} of {len(rows)}")  # fmt: skip
    legend(ax)
    right = len(rows) - len(wrong)
    accuracy = f"{right} of {len(rows)} right ({100 * right / len(rows):.1f} %)"
    return finish(ax, f"Decision boundary, {accuracy}", across, up)


def _point_classes(labels: Sequence[Any], outputs: int) -> tuple[list[int], list[int]]:
    """Return the class of each point, counted from 0, and the label of each class."""
    known = class_labels(labels, outputs)
    classes: list[int] = []
    for label, kind in zip(labels, target_classes(labels, outputs)):
        if kind is None and outputs > 1:
            there = f"the model's {outputs} outputs stand for the classes 0 to {outputs - 1}"
            raise NetworkError(f"y holds the class {described(label)}, and {there}.")
        if kind is None:
            one = "for a model of one output, the classes are 0 and 1, or -1 and 1"
            raise NetworkError(f"y holds {described(label)}: {one}.")
        classes.append(kind)
    return classes, known


def _threshold(outputs_at: Callable[..., Any], rows: Sequence[Sequence[float]]) -> float:
    """Return the output above which a model predicts class 1, by the last operation of the model."""
    for row in rows:
        try:
            return threshold_after(last_operation(listed(outputs_at(*map(Value, row)))))
        except (ArithmeticError, ValueError):  # no value at this point: the next one may have one
            continue
    return threshold_after("")


def _class_scores(outputs: Any, threshold: float) -> Any:
    """Return a score for each class; the model predicts the class of the largest.

    Several outputs are the scores. For a single output, they are the threshold and the output.
    """
    import numpy as np

    return outputs if len(outputs) > 1 else np.concatenate([np.full_like(outputs, threshold), outputs])


def _areas(ax: Axes, first: Any, second: Any, scores: Any) -> None:
    """Draw the area of each class in its color and hatch, and the line around it.

    On that line, the score of the class equals the largest of the other scores.
    """
    import numpy as np

    for number, score in enumerate(scores):
        margin = score - np.delete(scores, number, axis=0).max(axis=0)
        top, look = margin.max(), style(number)
        if top > 0:
            area = ax.contourf(first, second, margin, [0, top], colors=[look.pale], hatches=[look.hatch])
            area.set(edgecolor="white", linewidth=0)
            if margin.min() < 0:
                ax.contour(first, second, margin, [0], colors=INK, linewidths=points(ax, 2))


def _points(ax: Axes, rows: list[tuple[float, ...]], number: int, name: str) -> None:
    """Draw the points of one class."""
    look = style(number)
    xs, ys = zip(*rows) if rows else ([], [])
    ax.scatter(xs, ys, s=points(ax, 7) ** 2, color=look.color, marker=look.marker,
               edgecolors="white", linewidths=0.8, label=name)  # fmt: skip

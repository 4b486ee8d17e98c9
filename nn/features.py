"""Find what the neurons of each layer respond to: the rows that excite one most, and the input that it prefers."""

from __future__ import annotations

from math import isqrt, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import Value, compile, described, public

from .checks import NetworkError, plural, size, within
from .data.table import Row, rows as read_rows, targets
from .masks import nothing_dropped
from .structure import chain, structure_of

if TYPE_CHECKING:
    from collections.abc import Callable

Outputs = list[list[float]]  # of one layer: a row for each input row, with a number for each neuron
TOP_ROWS = 20  # how many rows that excite a neuron most are looked at
STEPS, RATE, DECAY = 60, 0.1, 0.02  # of the ascent to a preferred input, see `preferred_inputs`


@public
def layer_outputs(model: Any, X: Any) -> list[Outputs]:
    """Return what every layer of a model gives for every row: for each layer, a row of its neurons' outputs.

    - `model`: an MLP, or another model whose layers pass rows of numbers on.
    - `X`: rows of numbers, as many in each as the model has inputs.

    Raises NetworkError (a ValueError) for a model without layers, and for rows of another length.

    >>> from nn import MLP
    >>> first, last = layer_outputs(MLP(2, [3, 1], rng=0), [[0.0, 0.0], [1.0, 2.0]])
    >>> len(first), len(first[0]), last[0]
    (2, 3, [0.0])
    """
    return Responses(model, X).outputs


@public
def top_rows(model: Any, X: Any, count: int = TOP_ROWS) -> list[list[list[int]]]:
    """Return the numbers of the rows that excite each neuron of each layer most, the strongest first.

    - `model`, `X`: see `layer_outputs`.
    - `count`: how many rows for each neuron; all of them if there are fewer.

    Raises NetworkError (a ValueError) for a model without layers, for no rows, for rows of another length than the
    model takes, for text or infinity in them, and for a `count` below 1; DomainError (a ValueError) for NaN in the
    rows.

    >>> from nn import Neuron
    >>> neuron = Neuron(1)
    >>> neuron.w[0].data = -1.0
    >>> top_rows(neuron, [[1.0], [2.0], [0.0]], count=2)
    [[[2, 0]]]
    """
    count = size(count, "count")
    return Responses(model, X).top_rows(count)


@public
def purity(model: Any, X: Any, y: Any, count: int = TOP_ROWS) -> list[float]:
    """Return how much of one class the rows are that excite a neuron most, as the mean over each layer's neurons.

    A neuron that responds to one class alone has purity 1; one that responds to anything has little more than the
    share of the commonest class.

    - `model`, `X`, `count`: see `top_rows`.
    - `y`: the class of each row.

    Raises NetworkError (a ValueError) for a model without layers, for no rows, for rows of another length than the
    model takes, for text or infinity in them, for another number of classes in `y` than rows, for a class that is not
    a number, and for a `count` below 1; DomainError (a ValueError) for NaN in the rows.

    >>> from nn import Neuron
    >>> neuron = Neuron(1)
    >>> neuron.w[0].data = 1.0
    >>> purity(neuron, [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 0], count=3)
    [0.6666666666666666]
    """
    count = size(count, "count")
    return Responses(model, X).purity(y, count)


@public
def preferred_inputs(
    model: Any,
    X: Any,
    shape: tuple[int, int] | None = None,
    steps: int = STEPS,
    rate: float = RATE,
    decay: float = DECAY,
) -> list[list[list[float]]]:
    """Return the input that excites each neuron of each layer most, found by gradient ascent on the input.

    From the mean row, each step moves the input along the gradient of the neuron's weighted sum, shrinks it a little
    towards the mean, and keeps each number within the range that it has in X. If the rows are images, each step also
    blends every pixel with its neighbours, so that strokes remain and specks do not.

    - `model`, `X`: see `layer_outputs`.
    - `shape`: the lines and columns of the images that the rows are; None if they are not images.
    - `steps`: how many steps to take.
    - `rate`: the length of a step, as a share of the diagonal of the ranges.
    - `decay`: how far each step goes back to the mean, from 0 (not at all) to 1.

    Source: Yosinski et al., "Understanding neural networks through deep visualization", 2015.

    Raises NetworkError (a ValueError) for a model without layers, for no rows, for rows of another length than the
    model takes, for text or infinity in them, for a `shape` with another number of pixels than a row, for `steps`
    below 1, and for a `rate` or a `decay` that is not between 0 and 1; DomainError (a ValueError) for NaN in the
    rows.

    >>> from nn import Neuron
    >>> neuron = Neuron(2)
    >>> neuron.w[0].data, neuron.w[1].data = 2.0, -1.0
    >>> preferred_inputs(neuron, [[0.0, 0.0], [1.0, 1.0]], decay=0)
    [[[1.0, 0.0]]]
    """
    responses = Responses(model, X)
    steps = size(steps, "steps")
    if not within(rate, 0, 1) or not within(decay, 0, 1):
        wrong = f"rate={rate!r}" if not within(rate, 0, 1) else f"decay={decay!r}"
        raise NetworkError(f"rate and decay are numbers from 0 to 1, such as 0.1, and this is {wrong:.40}.")
    return responses.preferred(shape, steps, float(rate), float(decay))


def as_list(numbers: Any) -> list[Any]:
    """Return what a program gives as a list: without NumPy, it is one."""
    return numbers if isinstance(numbers, list) else numbers.tolist()


class Responses:
    """What the neurons of each layer give for some rows, computed once, and what follows from it.

    The functions of this module say what each method returns.
    """

    table: tuple[Row, ...]

    def __init__(self, model: Any, X: Any) -> None:
        self._recorded, self.table = _recorded(model, X)
        recorded = self._recorded
        outputs = [output for layer in recorded.outputs for output in layer]
        computed = as_list(compile(outputs, recorded.inputs)(self.table))
        self.outputs: list[Outputs] = []
        start = 0
        for layer in recorded.outputs:
            self.outputs.append([row[start : start + len(layer)] for row in computed])
            start += len(layer)

    def top_rows(self, count: int) -> list[list[list[int]]]:
        """Return the numbers of the rows that excite each neuron of each layer most."""
        layers = []
        for outputs in self.outputs:
            neurons = zip(*outputs)
            layers.append([sorted(range(len(each)), key=lambda row: -each[row])[:count] for each in neurons])
        return layers

    def purity(self, y: Any, count: int = TOP_ROWS) -> list[float]:
        """Return how much of one class these rows are, for each layer."""
        classes = targets(y, len(self.table))
        if isinstance(classes[0], tuple):
            raise NetworkError("y holds a row of targets for each row: purity needs a class, such as 0 or 1.")
        shares = []
        for neurons in self.top_rows(count):
            labels = [[classes[row] for row in neuron] for neuron in neurons]
            shares.append(sum(max(map(each.count, each)) / len(each) for each in labels) / len(labels))
        return shares

    def preferred(
        self, shape: tuple[int, int] | None, steps: int = STEPS, rate: float = RATE, decay: float = DECAY
    ) -> list[list[list[float]]]:
        """Return the input that excites each neuron of each layer most."""
        ranges = [(min(column), max(column)) for column in zip(*self.table)]
        mean = [sum(column) / len(self.table) for column in zip(*self.table)]
        length = rate * sqrt(sum((high - low) ** 2 for low, high in ranges))
        neighbours = _neighbours(shape, len(mean)) if shape is not None else []
        ascent = Ascent(mean, ranges, length, decay, neighbours)

        preferred = []
        for outputs, strongest in zip(self._recorded.sums, self.top_rows(1)):
            choices = [Value(0.0) for _ in outputs]
            chosen_sum = sum((choice * output for choice, output in zip(choices, outputs)), Value(0.0))
            program = compile(chosen_sum, choices, self._recorded.inputs)
            layer = []
            for neuron, (row,) in enumerate(strongest):
                chosen = [[float(place == neuron) for place in range(len(outputs))]]

                def gradient(x: list[float], program: Any = program, chosen: Any = chosen) -> list[float]:
                    return as_list(program.value_and_grad(chosen, x)[1])

                layer.append(ascent.climb(gradient, self.table[row], steps))
            preferred.append(layer)
        return preferred


class Ascent(NamedTuple):
    """Gradient ascent on an input, which stays near what the rows are.

    - `mean`: the mean row.
    - `ranges`: the least and the largest number of each column.
    - `length`: of a step.
    - `decay`: how far each step goes back to the mean, from 0 to 1.
    - `neighbours`: for each pixel of an image, the places of those around it; empty for other rows.
    """

    mean: list[float]
    ranges: list[tuple[float, float]]
    length: float
    decay: float
    neighbours: list[list[int]]

    def climb(self, gradient: Callable[[list[float]], list[float]], strongest: Row, steps: int) -> list[float]:
        """Return the input that is reached from the mean row, or from the strongest row if that has no slope."""
        x = self.mean
        for step in range(steps):
            slopes = gradient(x)
            norm = sqrt(sum(slope * slope for slope in slopes))
            if norm == 0 and step:
                break
            x = [*strongest] if norm == 0 else self._moved(x, slopes, norm, blend=step < steps - 1)
        return x

    def _moved(self, x: list[float], slopes: list[float], norm: float, blend: bool) -> list[float]:
        """Return the input one step on, with each pixel blended with its neighbours, and within the ranges."""
        moved = [
            (1 - self.decay) * (number + self.length * slope / norm) + self.decay * middle
            for number, slope, middle in zip(x, slopes, self.mean)
        ]
        if self.neighbours and blend:
            moved = [
                0.75 * number + 0.25 * sum(moved[place] for place in around) / len(around)
                for number, around in zip(moved, self.neighbours)
            ]
        return [min(max(number, low), high) for number, (low, high) in zip(moved, self.ranges)]


class Recorded(NamedTuple):
    """A model called once on Values: these, each layer's outputs, and what each output's activation was given."""

    inputs: list[Value]
    outputs: list[list[Value]]
    sums: list[list[Value]]


@nothing_dropped
def _recorded(model: Any, X: Any) -> tuple[Recorded, tuple[Row, ...]]:
    """Return a model's graph with Values for inputs, and the rows of X."""
    layers, table = chain(model), read_rows(X)
    if layers is None:
        raise NetworkError(
            f"the layers of {described(model)} are not known, each of which passes its row of outputs on to the next "
            "one: give an MLP or a Sequential, or say them in structure(), see nn.Module."
        )
    if isinstance(table[0][0], tuple):
        raise NetworkError("X holds sequences of rows, and a layer is shown with one row of numbers for each input.")
    inputs = [Value(number) for number in table[0]]
    x: list[Value] = inputs
    outputs: list[list[Value]] = []
    sums: list[list[Value]] = []
    for layer in layers:
        result = layer(x)
        x = [result] if isinstance(result, Value) else [*result]
        structure = structure_of(layer)
        if outputs and structure is not None and not structure.units:  # a function: it belongs to the layer before it
            outputs[-1] = x
        else:
            outputs.append(x)
            sums.append([_weighted_sum(output) for output in x])
    return Recorded(inputs, outputs, sums), table


def _weighted_sum(output: Value) -> Value:
    """Return what an output's activation was given: an activation is flat where a neuron is already sure."""
    is_activation = output.op is not None and output.op.arity == 1 and output.op.name != "neg"
    return output.args[0] if is_activation else output


def _neighbours(shape: Any, pixels: int) -> list[list[int]]:
    """Return for each pixel of an image the places of those beside, above and below it."""
    height, width = image_size(shape, pixels, "a row of X")
    around = []
    for place in range(pixels):
        line, column = divmod(place, width)
        beside = [(line + 1, column), (line - 1, column), (line, column + 1), (line, column - 1)]
        around.append([a * width + b for a, b in beside if 0 <= a < height and 0 <= b < width])
    return around


def image_size(shape: Any, pixels: int, whose: str) -> tuple[int, int]:
    """Return the lines and the columns of an image; raise NetworkError unless it has so many pixels.

    `whose` is what has as many numbers as the image has pixels, for the error.
    """
    if not isinstance(shape, (tuple, list)) or len(shape) != 2:
        raise NetworkError(f"shape is the lines and the columns of an image, such as (8, 8), not {described(shape)}.")
    height, width = (size(number, "a side of an image") for number in shape)
    if height * width != pixels:
        side = isqrt(pixels)
        known = f"shape=({side}, {side})" if side * side == pixels else "their shape=(lines, columns)"
        other = "" if side * side == pixels else f" {plural(pixels, 'number')} do not make a square:"
        raise NetworkError(
            f"{whose} has {plural(pixels, 'number')}, and an image of {height} × {width} has {height * width}."
            f"{other} for images, give {known}. Measurements have no image: plot.weights(model) and "
            "top_rows(model, X) take any rows."
        )
    return height, width

"""`Hopfield`: a feedback network that stores patterns, and recalls them by going down its energy until it settles."""

from __future__ import annotations

from operator import mul
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from engine import Label, Value, described, public

from .checks import NetworkError, inputs_of, items, plural
from .data.table import innermost, rows as read_rows
from .init import generator
from .losses.terms import negative, total
from .module import Module
from .naming import textbook_name

if TYPE_CHECKING:
    from collections.abc import Sequence

BALANCED = 1e-9  # a weighted sum this small is 0 but for rounding: the neuron then stays as it is


class Recall(NamedTuple):
    """A state that settled: the last state, all states on the way to it, and the energy of each."""

    state: tuple[int, ...]
    states: tuple[tuple[int, ...], ...]
    energies: tuple[float, ...]

    def __repr__(self) -> str:
        changes = plural(len(self.states) - 1, "change")
        return f"Recall({changes}, energy {self.energies[0]:.4g} to {self.energies[-1]:.4g})"


@public
class Hopfield(Module):
    """A Hopfield network: neurons that are 1 or -1, each joined to every other one, in both directions.

    The state of the network has an energy, E = −Σ w[i,j]·s[i]·s[j] − Σ b[i]·s[i], over all pairs i < j. `recall` lets
    neuron after neuron take the sign of its weighted sum, z[i] = Σ w[i,j]·s[j] + b[i], which is −dE/ds[i]: each
    change lowers the energy, by 2·|z[i]|, so the network must come to rest. Where it does, it has recalled a pattern.

    - `patterns`: rows of 1 and -1 to store. By Hebb's rule, w[i,j] is the mean of p[i]·p[j] over the patterns p,
      divided by the number of neurons: places that are alike are joined.
    - `weights`, `bias`: in place of patterns, a symmetric matrix of numbers with zeros in its diagonal, and a number
      for each neuron (zeros if None): the network of an optimization problem, whose cost is its energy.

    Raises NetworkError (a ValueError) for other numbers than 1 and -1 in a pattern, and for weights that are not
    symmetric. Source: J. J. Hopfield, "Neural networks and physical systems with emergent collective computational
    abilities", 1982.

    >>> net = Hopfield([[1, 1, 1, -1, -1, -1], [1, -1, 1, -1, 1, -1]])
    >>> net, net.recall([1, 1, -1, -1, -1, -1]).state
    (Hopfield(6 neurons, 15 weights), (1, 1, 1, -1, -1, -1))
    """

    neurons: int

    def __init__(self, patterns: Any = None, weights: Any = None, bias: Any = None) -> None:
        if (patterns is None) == (weights is None):
            raise NetworkError(
                "give Hopfield the patterns to store, Hopfield(patterns), or weights=, one of the two."
            )
        matrix = _hebb(patterns) if weights is None else _symmetric(weights)
        count = self.neurons = len(matrix)
        biases = [0.0] * count if bias is None else [number.data for number in inputs_of("bias", bias, count)]
        self.w: dict[tuple[int, int], Value] = {
            (i, j): Value(matrix[i][j], Label(f"w[{i},{j}]", textbook_name("w", i, j)))
            for i in range(count)
            for j in range(i + 1, count)
        }
        self.b: list[Value] = [
            Value(number, Label(f"b[{i}]", textbook_name("b", i))) for i, number in enumerate(biases)
        ]

    @public
    def __call__(self, state: Any) -> NoReturn:
        """Raise NetworkError: the network is asked for what it recalls, or for an energy."""
        raise NetworkError(
            "a Hopfield network is not called: write net.recall(state) for what it settles in, or net.energy(state)."
        )

    @public
    def energy(self, state: Any) -> Value:
        """Return the energy of a state, numbers or Values, as a graph: the gradient of s[i] is −z[i].

        >>> state = [Value(1.0, "s1"), Value(-1.0, "s2")]
        >>> energy = Hopfield([[1, 1]]).energy(state)
        >>> energy.backward()
        >>> energy.data, [s.grad for s in state]
        (0.5, [0.5, -0.5])
        """
        s = inputs_of("this network", state, self.neurons)
        pairs = [weight * s[i] * s[j] for (i, j), weight in self.w.items()]
        energy = negative(total([*pairs, *map(mul, self.b, s)]))
        energy.label = "E"
        return energy

    @public
    def recall(self, state: Any, rng: Any = 0) -> Recall:
        """Return what the network settles in from a start: its `state`, and the `states` and `energies` on the way.

        The neurons take turns, in a new random order in each round, until a whole round changes nothing. A neuron
        whose weighted sum is 0 stays as it is. `rng` is a seed or a `random.Random`.

        >>> recalled = Hopfield([[1, -1, 1, -1]]).recall([1, 1, 1, -1])
        >>> recalled, recalled.state
        (Recall(1 change, energy 0 to -1.5), (1, -1, 1, -1))
        """
        s = _signs("the state", [x.data for x in inputs_of("this network", state, self.neurons)])
        rng, matrix, bias = generator(rng), self._matrix(), [number.data for number in self.b]
        states, energies = [tuple(s)], [_energy(matrix, bias, s)]
        order, changed = list(range(self.neurons)), True
        while changed:
            changed = False
            order.sort(key=lambda _: rng.random())
            for i in order:
                z = sum(map(mul, matrix[i], s)) + bias[i]
                if z * s[i] < -BALANCED:
                    energies.append(energies[-1] + 2 * z * s[i])  # all terms of the energy that hold s[i] are -z·s[i]
                    s[i] = -s[i]
                    states.append(tuple(s))
                    changed = True
        return Recall(tuple(s), tuple(states), tuple(energies))

    @public
    def weights(self) -> list[list[Value]]:
        """Return the weights as a symmetric matrix, neurons × neurons, with zeros in its diagonal."""
        zero, count = Value(0.0), range(self.neurons)
        zero.requires_grad = False
        return [[zero if i == j else self.w[min(i, j), max(i, j)] for j in count] for i in count]

    def _matrix(self) -> list[list[float]]:
        matrix = [[0.0] * self.neurons for _ in range(self.neurons)]
        for (i, j), weight in self.w.items():
            matrix[i][j] = matrix[j][i] = weight.data
        return matrix

    def __repr__(self) -> str:
        return f"Hopfield({plural(self.neurons, 'neuron')}, {plural(len(self.w), 'weight')})"


def _energy(matrix: Sequence[Sequence[float]], bias: Sequence[float], s: Sequence[int]) -> float:
    """Return the energy of a state as a float. The matrix has each pair of neurons twice, so its sum is halved."""
    pairs = sum(sum(map(mul, line, s)) * sign for line, sign in zip(matrix, s))
    return 0.0 - float(pairs) / 2 - float(sum(map(mul, bias, s)))


def _hebb(patterns: Any) -> list[list[float]]:
    """Return the weights that store patterns."""
    listed = items(patterns) or []
    if listed and not any(hasattr(row, "__iter__") for row in listed):
        shown = ", ".join(map(str, listed)) if len(listed) < 5 and len(str(listed)) < 40 else "1, -1, ..."
        raise NetworkError(f"patterns is a list of patterns, and this is a single one: write Hopfield([[{shown}]]).")
    table = read_rows(patterns, "patterns")
    if any(row is not table[i] for i, row in enumerate(innermost(table))):
        raise NetworkError("patterns is a list of rows of 1 and -1, such as [[1, -1, 1], [-1, -1, 1]].")
    signs = [_signs(f"patterns[{i}]", row) for i, row in enumerate(table)]
    count = len(signs[0])
    if count < 2:
        raise NetworkError("a pattern needs two numbers or more: a neuron is joined to others.")
    columns = [*zip(*signs)]
    scale = len(signs) * count
    return [[sum(map(mul, a, b)) / scale if a is not b else 0.0 for b in columns] for a in columns]


def _symmetric(weights: Any) -> list[list[float]]:
    """Return a matrix of weights; NetworkError if it is not square and symmetric, with zeros in its diagonal."""
    matrix = [list(row) for row in read_rows(weights, "weights")]
    count = len(matrix)
    if count < 2 or any(len(line) != count or not isinstance(line[0], float) for line in matrix):
        raise NetworkError(f"weights is a square matrix, neurons × neurons, and this has {plural(count, 'row')}.")
    for i, line in enumerate(matrix):
        for j, weight in enumerate(line):
            if i == j and weight:
                raise NetworkError(
                    f"weights[{i}][{i}] is {weight}: a neuron is not joined to itself, so it must be 0."
                )
            if weight != matrix[j][i]:
                raise NetworkError(
                    f"weights[{i}][{j}] is {weight} and weights[{j}][{i}] is {matrix[j][i]}: they must be equal, for "
                    "else the energy may rise."
                )
    return matrix


def _signs(what: str, numbers: Any) -> list[int]:
    """Return numbers that are 1 or -1 as ints."""
    for i, number in enumerate(items(numbers) or []):
        if number not in (1, -1):
            remedy = ": write 2 * x - 1 for 0 and 1" if number == 0 else ""
            raise NetworkError(f"{what} has {described(number)} in place {i}, and a neuron is 1 or -1{remedy}.")
    return [int(number) for number in numbers]

"""How fast programs of attention, of softmax regression and of a mixture density are, against arrays written by hand.

The gradients of causal attention, 16 places by 16 numbers; of a softmax regression of 64 numbers and 10 classes; and
of a mixture of 5 normal densities whose means, widths and weights a layer of 16 neurons gives; at batches of 1, 100
and 1,000 rows. Run it: python tests/benchmarks/blocks.py
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from math import log, pi
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any

from race import Goals, agree, race, ratio, versions

if TYPE_CHECKING:
    from collections.abc import Callable

    from race import Work

    Graph = tuple[Any, list[Any], list[Any]]  # the output, the inputs and the parameters
    Peer = Callable[[Any, Any], Work]  # of the parameters' numbers and rows

PLACES = SIZE = 16
FEATURES, CLASSES = 64, 10
HIDDEN, PARTS = 16, 5
ROWS = (1, 100, 1_000)
# Of a gradient's time, how many times as much as each peer's ours may take at most.
GOALS = {
    "attention": {"NumPy": 2.0, "PyTorch": 1.0},
    "softmax": {"NumPy": 1.3, "PyTorch": 1.0},
    "mixture": {"NumPy": 1.3, "PyTorch": 1.0},
}


def matrix(rng: Random, rows: int, columns: int) -> list[list[Any]]:
    from engine import Value

    return [[Value(rng.gauss(0, 0.3)) for _ in range(columns)] for _ in range(rows)]


def dot(a: Any, b: Any) -> Any:
    return sum(x * y for x, y in zip(a, b))


def flat(*matrices: list[list[Any]]) -> list[Any]:
    return [value for each in matrices for row in each for value in row]


def softmax(scores: list[Any]) -> list[Any]:
    powers = [score.exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


# -- causal attention ------------------------------------------------------------------------------------------------


def attention() -> Graph:
    rng = Random(0)
    X = matrix(rng, PLACES, SIZE)
    weights = [matrix(rng, SIZE, SIZE) for _ in range(3)]
    queries, keys, values = ([[dot(row, x) for row in each] for x in X] for each in weights)
    outputs = []
    for place, query in enumerate(queries):
        shares = softmax([dot(query, key) / SIZE**0.5 for key in keys[: place + 1]])
        outputs += [dot(shares, column) for column in zip(*values[: place + 1])]
    return dot(outputs, outputs), flat(X), flat(*weights)


def attention_numpy(numbers: Any, rows: Any) -> Work:
    import numpy as np

    W = numbers.reshape(3 * SIZE, SIZE).T.copy()
    x, share, scale = rows.reshape(-1, SIZE), 1 / len(rows), SIZE**-0.5
    past = np.tril(np.ones((PLACES, PLACES)))

    def work() -> tuple[Any, Any]:
        q, k, v = np.split((x @ W).reshape(len(rows), PLACES, -1), 3, 2)
        shares = np.exp((q @ k.swapaxes(1, 2)) * scale)
        shares *= past
        shares /= shares.sum(2, keepdims=True)
        outputs = shares @ v
        loss = (outputs * outputs).sum() * share
        d = outputs * (2 * share)
        d_v = shares.swapaxes(1, 2) @ d
        d_scores = d @ v.swapaxes(1, 2)
        d_scores -= (d_scores * shares).sum(2, keepdims=True)
        d_scores *= shares
        d_scores *= scale
        d_q, d_k = d_scores @ k, d_scores.swapaxes(1, 2) @ q
        return loss, (np.concatenate([d_q, d_k, d_v], 2).reshape(-1, 3 * SIZE).T @ x).ravel()

    return work


def attention_torch(numbers: Any, rows: Any) -> Work:
    import torch

    W = torch.tensor(numbers.reshape(3 * SIZE, SIZE), requires_grad=True)
    X = torch.tensor(rows.reshape(-1, PLACES, SIZE))
    later = ~torch.tril(torch.ones(PLACES, PLACES, dtype=torch.bool))

    def work() -> tuple[Any, Any]:
        q, k, v = (X @ W.T).split(SIZE, 2)
        scores = (q @ k.transpose(1, 2)) * SIZE**-0.5
        outputs = scores.masked_fill(later, -torch.inf).softmax(2) @ v
        loss = (outputs * outputs).sum() / len(X)
        (slopes,) = torch.autograd.grad(loss, [W])
        return loss.item(), slopes.ravel()

    return work


# -- softmax regression ----------------------------------------------------------------------------------------------


def regression() -> Graph:
    rng = Random(0)
    W, b = matrix(rng, CLASSES, FEATURES), matrix(rng, 1, CLASSES)
    x, targets = matrix(rng, 1, FEATURES), matrix(rng, 1, CLASSES)
    scores = [dot(row, x[0]) + bias for row, bias in zip(W, b[0])]
    total = sum(score.exp() for score in scores).log()
    return total - dot(targets[0], scores), flat(x, targets), flat(W, b)


def regression_numpy(numbers: Any, rows: Any) -> Work:
    import numpy as np

    W, b = numbers[: CLASSES * FEATURES].reshape(CLASSES, -1).T.copy(), numbers[CLASSES * FEATURES :]
    X, Y, share = rows[:, :FEATURES].copy(), rows[:, FEATURES:].copy(), 1 / len(rows)

    def work() -> tuple[Any, Any]:
        scores = X @ W
        scores += b
        powers = np.exp(scores)
        sums = powers.sum(1, keepdims=True)
        loss = (np.log(sums).sum() - (Y * scores).sum()) * share
        d = powers / sums
        d -= Y
        d *= share
        return loss, np.concatenate([(d.T @ X).ravel(), d.sum(0)])

    return work


def regression_torch(numbers: Any, rows: Any) -> Work:
    import torch

    W = torch.tensor(numbers[: CLASSES * FEATURES].reshape(CLASSES, -1), requires_grad=True)
    b = torch.tensor(numbers[CLASSES * FEATURES :], requires_grad=True)
    X, Y = torch.tensor(rows[:, :FEATURES]), torch.tensor(rows[:, FEATURES:])

    def work() -> tuple[Any, Any]:
        scores = torch.nn.functional.linear(X, W, b)
        loss = (torch.logsumexp(scores, 1) - (Y * scores).sum(1)).mean()
        slopes = torch.autograd.grad(loss, [W, b])
        return loss.item(), torch.cat([slopes[0].ravel(), slopes[1]])

    return work


# -- mixture density -------------------------------------------------------------------------------------------------


def mixture() -> Graph:
    rng = Random(0)
    (x,), (y,) = matrix(rng, 1, 1)[0], matrix(rng, 1, 1)[0]
    w, b = matrix(rng, 1, HIDDEN)[0], matrix(rng, 1, HIDDEN)[0]
    W, c = matrix(rng, 3 * PARTS, HIDDEN), matrix(rng, 1, 3 * PARTS)[0]
    hidden = [(weight * x + bias).tanh() for weight, bias in zip(w, b)]
    outputs = [dot(row, hidden) + bias for row, bias in zip(W, c)]
    shares, means = softmax(outputs[:PARTS]), outputs[PARTS : 2 * PARTS]
    widths = [each.exp() for each in outputs[2 * PARTS :]]
    parts = [share * (-0.5 * ((y - mean) / width) ** 2).exp() / (width * (2 * pi) ** 0.5)
             for share, mean, width in zip(shares, means, widths)]  # fmt: skip
    return -sum(parts).log(), [x, y], [*w, *b, *flat(W), *c]


def mixture_arrays(numbers: Any) -> tuple[Any, ...]:
    first, last = 2 * HIDDEN, 2 * HIDDEN + 3 * PARTS * HIDDEN
    W = numbers[first:last].reshape(3 * PARTS, HIDDEN)
    return numbers[:HIDDEN], numbers[HIDDEN:first], W, numbers[last:]


def mixture_numpy(numbers: Any, rows: Any) -> Work:
    import numpy as np

    w, b, W, c = mixture_arrays(numbers)
    x, y, share = rows[:, :1].copy(), rows[:, 1:].copy(), 1 / len(rows)

    def work() -> tuple[Any, Any]:
        h = np.tanh(x * w + b)
        outputs = h @ W.T
        outputs += c
        powers, means, widths = np.exp(outputs[:, :PARTS]), outputs[:, PARTS:-PARTS], np.exp(outputs[:, -PARTS:])
        sums = powers.sum(1, keepdims=True)
        apart = (y - means) / widths
        parts = powers * np.exp(-0.5 * apart * apart) / (widths * ((2 * pi) ** 0.5 * sums))
        density = parts.sum(1, keepdims=True)
        loss = -np.log(density).sum() * share
        each = parts * (share / density)
        d = np.empty_like(outputs)
        d[:, :PARTS] = powers * (share / sums) - each
        d[:, PARTS:-PARTS] = -each * apart / widths
        d[:, -PARTS:] = each * (1 - apart * apart)
        d_h = d @ W
        d_h *= 1 - h * h
        return loss, np.concatenate([(d_h * x).sum(0), d_h.sum(0), (d.T @ h).ravel(), d.sum(0)])

    return work


def mixture_torch(numbers: Any, rows: Any) -> Work:
    import torch

    leaves = [torch.tensor(each, requires_grad=True) for each in mixture_arrays(numbers)]
    x, y = torch.tensor(rows[:, :1]), torch.tensor(rows[:, 1:])

    def work() -> tuple[Any, Any]:
        w, b, W, c = leaves
        outputs = torch.nn.functional.linear(torch.tanh(x * w + b), W, c)
        scores, means, logarithms = outputs.split(PARTS, 1)
        apart = (y - means) * torch.exp(-logarithms)
        parts = torch.log_softmax(scores, 1) - 0.5 * apart * apart - logarithms - 0.5 * log(2 * pi)
        loss = -torch.logsumexp(parts, 1).mean()
        slopes = torch.autograd.grad(loss, leaves)
        return loss.item(), torch.cat([each.ravel() for each in slopes])

    return work


PROBLEMS: dict[str, tuple[Callable[[], Graph], dict[str, Peer]]] = {
    "attention": (attention, {"NumPy": attention_numpy, "PyTorch": attention_torch}),
    "softmax": (regression, {"NumPy": regression_numpy, "PyTorch": regression_torch}),
    "mixture": (mixture, {"NumPy": mixture_numpy, "PyTorch": mixture_torch}),
}


def table(name: str, rounds: int, goals: Goals) -> None:
    import numpy as np

    from engine import compile

    record, peers = PROBLEMS[name]
    output, inputs, parameters = record()
    program = compile(output, inputs, parameters)
    numbers = program.numbers()
    for count in ROWS:
        rows = np.random.default_rng(0).normal(size=(count, len(inputs))) * 0.5
        contenders: dict[str, Work] = {"Gradwalk": partial(program.value_and_grad, rows, numbers)}
        for peer, made in peers.items():
            try:
                contenders[peer] = made(numbers, rows)
            except ImportError:
                continue
        agree(contenders)
        times = race(contenders, rounds)
        for peer, seconds in times.items():
            line = f"{name:<11}{count:>7,}  {peer:<10}{1e6 * median(seconds):>12,.0f}"
            if peer == "Gradwalk":
                print(f"{line}{'':>16}{program.form.partition(':')[0]}")
            else:
                number = ratio(times["Gradwalk"], seconds)
                print(f"{line}{number:>14.2f}  {goals(number, GOALS[name][peer])}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Attention, softmax regression and a mixture density.")
    parser.add_argument("--rounds", type=int, default=11, help="rounds (default 11)")
    parser.add_argument("--only", choices=PROBLEMS, help="one of them")
    options = parser.parse_args()
    goals = Goals()
    print(versions("numpy", "torch"), end=f"; {options.rounds} rounds\n\n")
    print(f"{'gradient of':<11}{'rows':>7}{'µs':>24}{'ours / theirs':>14}")
    for name in PROBLEMS if options.only is None else [options.only]:
        table(name, options.rounds, goals)
    print(f"\n{goals.missed or 'No'} goal{'s' * (goals.missed != 1)} missed.")
    return bool(goals.missed)


if __name__ == "__main__":
    sys.exit(main())

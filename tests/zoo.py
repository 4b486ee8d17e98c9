"""Graphs of many kinds, to draw: what a student may record, from a neuron to a chain of a million nodes."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING

from engine import Value, grad
from nn import MLP, Recurrent, losses

if TYPE_CHECKING:
    from collections.abc import Callable


def neuron() -> Value:
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.5, "b")
    return (w * x + b).tanh()


def mlp(sizes: tuple[int, ...], rows: int = 1) -> Value:
    """The mean squared error of a multilayer perceptron on some rows."""
    model, rng = MLP(2, list(sizes), activation="tanh", rng=0), Random(1)
    inputs = [[Value(rng.uniform(-1, 1)) for _ in range(2)] for _ in range(rows)]
    targets = [Value(float(rng.random() > 0.5)) for _ in range(rows)]
    return losses.mse([model(row) for row in inputs], targets)


def recurrent(steps: int, each: bool) -> Value:
    """A recurrent net over a series, with the loss of the last step, or of each."""
    rng = Random(0)
    series = [[Value(rng.uniform(-1, 1))] for _ in range(steps)]
    model = Recurrent(1, 8, 1, rng=0)
    if not each:
        return losses.mse(model(series)[-1], 0.5)
    total, state = Value(0.0), [Value(0.0) for _ in range(4)]
    w = [[Value(rng.uniform(-1, 1), f"w[{i}][{j}]") for j in range(5)] for i in range(4)]
    for step in series:
        state = [sum(weight * value for weight, value in zip(row, [*state, *step])).tanh() for row in w]
        total = total + (sum(state) - step[0]) ** 2
    return total


def lstm(steps: int) -> Value:
    rng = Random(0)
    gates = {
        gate: [[Value(rng.uniform(-1, 1), f"{gate}[{i}][{j}]") for j in range(4)] for i in range(3)]
        for gate in ("forget", "input", "output", "candidate")
    }
    hidden, cell = [Value(0.0) for _ in range(3)], [Value(0.0) for _ in range(3)]
    for _ in range(steps):
        inputs = [Value(rng.uniform(-1, 1)), *hidden]
        sums = {
            gate: [sum(weight * value for weight, value in zip(row, inputs)) for row in rows]
            for gate, rows in gates.items()
        }
        for i in range(3):
            kept = sums["forget"][i].sigmoid() * cell[i]
            cell[i] = kept + sums["input"][i].sigmoid() * sums["candidate"][i].tanh()
            hidden[i] = sums["output"][i].sigmoid() * cell[i].tanh()
    return hidden[0] + hidden[1] + hidden[2]


def newton(steps: int) -> Value:
    a, x = Value(2.0, "a"), Value(1.5, "x0")
    for _ in range(steps):
        x = x - (x * x - a) / (2 * x)
    return x


def pendulum(steps: int) -> Value:
    angle, speed, g = Value(1.0, "angle"), Value(0.0, "speed"), Value(9.81, "g")
    for _ in range(steps):
        speed = speed - g * angle.sin() * 0.01
        angle = angle + speed * 0.01
    return angle


def descent(steps: int) -> Value:
    """Gradient descent, unrolled."""
    w, rate = Value(0.0, "w0"), Value(0.1, "rate")
    rows = [(1.0, 2.0), (2.0, 3.9), (3.0, 6.1)]
    for _ in range(steps):
        gradient = sum(2 * (w * x - t) * x for x, t in rows) / len(rows)
        w = w - rate * gradient
    return (w - 2.0) ** 2


def residual(depth: int, size: int = 4) -> Value:
    rng = Random(0)
    x = [Value(rng.uniform(-1, 1), f"x{i}") for i in range(size)]
    for block in range(depth):
        w = [[Value(rng.uniform(-1, 1), f"block{block}.w[{i}][{j}]") for j in range(size)] for i in range(size)]
        x = [old + sum(weight * value for weight, value in zip(row, x)).tanh() for old, row in zip(x, w)]
    return sum(x)


def nested(outer: int, inner: int) -> Value:
    x, decay = Value(0.5, "x"), Value(0.9, "decay")
    for _ in range(outer):
        for _ in range(inner):
            x = (x * 1.01 + 0.1).sin()
        x = x * decay - 0.3
    return x


def irregular(many: int, seed: int = 0) -> Value:
    rng = Random(seed)
    made = [Value(rng.uniform(0.5, 1.5), f"p{i}") for i in range(max(5, many // 20))]
    while len(made) < many * 0.8:
        near = made[-40:] + rng.choices(made, k=10)
        a, b = rng.choice(near), rng.choice(near)
        node = rng.choice([a * b * 0.7, a + b, a - b, a.tanh(), a.sin(), (a * 0.1).exp()])
        made.append(node.tanh() if abs(node.data) > 1000 else node)
    used = {arg for node in made for arg in node.args}
    loose = [node for node in made if node not in used and node.op]
    while len(loose) > 1:
        rng.shuffle(loose)
        joined = [(a * b).tanh() if rng.random() < 0.5 else a + b for a, b in zip(loose[::2], loose[1::2])]
        loose = joined + loose[len(joined) * 2 :]
    return loose[0]


def second() -> Value:
    """The sum of the gradients of a network's loss, as a graph."""
    model = MLP(2, [4, 1], activation="tanh", rng=0)
    loss = (model([0.5, -0.3]) - 1.0) ** 2
    return sum(gradient**2 for gradient in grad(loss, model.parameters()))


def chain(many: int) -> Value:
    x = Value(0.5, "x")
    for _ in range(many // 5):
        x = (x * 1.01 + 0.1).sin()
    return x


ZOO: dict[str, Callable[[], Value]] = {
    "neuron": neuron,
    "MLP 3-3-1": partial(mlp, (3, 3, 1)),
    "MLP 8-8-1": partial(mlp, (8, 8, 1)),
    "MLP 16-16-1": partial(mlp, (16, 16, 1)),
    "batch of 4": partial(mlp, (8, 8, 1), 4),
    "batch of 100": partial(mlp, (8, 8, 1), 100),
    "RNN 5": partial(recurrent, 5, False),
    "RNN 5, each": partial(recurrent, 5, True),
    "RNN 200": partial(recurrent, 200, False),
    "RNN 200, each": partial(recurrent, 200, True),
    "LSTM 20": partial(lstm, 20),
    "Newton 100": partial(newton, 100),
    "pendulum 60": partial(pendulum, 60),
    "descent 20": partial(descent, 20),
    "residual 10": partial(residual, 10),
    "nested 20 x 10": partial(nested, 20, 10),
    "irregular 1,000": partial(irregular, 1000),
    "irregular 10,000": partial(irregular, 10_000),
    "second order": second,
    "chain 1,000": partial(chain, 1000),
    "chain 250,000": partial(chain, 250_000),
}
SLOW = ("irregular 10,000", "chain 250,000", "RNN 200", "batch of 100", "RNN 200, each")

"""Exercises: a mistake written by another hand gets the same diagnosis; another right way, none."""

from __future__ import annotations

from textwrap import dedent
from types import SimpleNamespace
from typing import Any

import pytest

from demos.exercises import judge, verdict
from demos.exercises.course import exercise

XOR = """
    from engine import Value
    ROWS = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    def train(rng, hidden=6, epochs=150):
        w = [[Value(rng.gauss(0, 1)) for _ in range(3)] for _ in range(hidden)]
        v = [Value(rng.gauss(0, 0.5)) for _ in range(hidden + 1)]
        weights = [x for row in w for x in row] + v
        def model(row):
            h = [(a * row[0] + b * row[1] + c).tanh() for a, b, c in w]
            return sum((x * y for x, y in zip(v, h)), v[-1]).sigmoid()
        history = []
        for _ in range(epochs):
            for x in weights:
                x.grad = 0.0
            loss = sum((model((a, b)) - y) ** 2 for a, b, y in ROWS)
            loss.backward()
            for x in weights:
                x.data -= 1.0 * x.grad
            history.append(loss)
        return model, history
"""

EVALUATE = """
    def evaluate(X, y, scaling, learn, rng):
        rows = list(zip(X, y))
        rng.shuffle(rows)
        n = len(rows) - len(rows) // 4
        train, test = rows[:n], rows[n:]
        scale = scaling([row for row, _ in train])
        predict = learn([scale(row) for row, _ in train], [digit for _, digit in train])
        hits = 0
        for row, digit in test:
            scores = predict(scale(row))
            best = max(scores)
            if scores[digit] == best:
                hits += 1
        return hits / len(test)
"""

ATTENTION = """
    from engine import Value
    def attention(queries, keys, values):
        T, d = len(queries), len(queries[0])
        out = []
        for t in range(T):
            e = []
            for s in range(t + 1):
                dot = 0
                for i in range(d):
                    dot = dot + queries[t][i] * keys[s][i]
                e.append((dot / d ** 0.5).exp())
            total = sum(e)
            row = [Value(0.0)] * len(values[0])
            for s in range(len(e)):
                for i in range(len(row)):
                    row[i] = row[i] + e[s] / total * values[s][i]
            out.append(row)
        return out
"""

CHECK = """
    def gradcheck(f, x, g, h=1e-6):
        ok = True
        for i in range(len(x)):
            x[i] += h
            up = f(*x)
            x[i] -= 2 * h
            down = f(*x)
            x[i] += h
            n = (up - down) / 2 / h
            ok = ok and abs(n - g[i]) <= 3e-4 * (abs(n) + abs(g[i])) / 2
        return ok
"""

NEURON = """
    from engine import Value
    class Neuron:
        def __init__(self, inputs, rng):
            self.w, self.b = [], Value(0.0)
            for _ in range(inputs):
                self.w.append(Value(2 * rng.random() - 1))
        def __call__(self, row):
            if len(row) != len(self.w):
                raise ValueError
            z = self.b
            for i, x in enumerate(row):
                z = z + self.w[i] * x
            return z.tanh()
        def parameters(self):
            return self.w + [self.b]
"""

INIT = """
    def init(inputs, neurons, rng):
        weights = []
        for _ in range(neurons):
            weights.append([rng.gauss(0, inputs ** -0.5) for _ in range(inputs)])
        return weights
"""

SOFTMAX = """
    def softmax(scores):
        m = max(s.data for s in scores)
        return [1 / sum((t - m - (s - m)).exp() for t in scores) if s.data == m else (s - log_sum(scores)).exp()
                for s in scores]
    def log_sum(x):
        m = max(s.data for s in x)
        return sum((s - m).exp() for s in x).log() + m
    def cross_entropy(rows, classes):
        return sum(log_sum(r) - r[k] for r, k in zip(rows, classes)) / len(classes)
"""

DESCENT = """
    def descend(gradient, start, rate, steps):
        path = [start] * (steps + 1)
        for i in range(steps):
            path[i + 1] = path[i] - rate * gradient(path[i])
        return path
    def largest_rate(curvature):
        return 2.0 * curvature ** -1
"""

RIGHT = {
    "gradcheck": CHECK, "descent": DESCENT, "neuron": NEURON, "symmetry": INIT, "xor": XOR, "softmax": SOFTMAX,
    "digits": EVALUATE, "gpt": ATTENTION,
}  # fmt: skip

WRONG = [
    ("gradcheck", "absolute_only", "3e-4 * (abs(n) + abs(g[i])) / 2", "1e-5"),
    ("gradcheck", "no_abs", "abs(n - g[i]) <=", "n - g[i] <="),
    ("gradcheck", "too_loose", "3e-4", "5e-3"),
    ("gradcheck", "divides_by_zero", "abs(n - g[i]) <= 3e-4 * (abs(n) + abs(g[i])) / 2",
     "abs((n - g[i]) / n) < 1e-4"),
    ("gradcheck", "exactly_equal", "3e-4", "1e-15"),
    ("gradcheck", "list_handed_over", "f(*x)", "f(x)"),
    ("descent", "uphill", "path[i] - rate", "path[i] + rate"),
    ("descent", "from_start", "path[i] - rate * gradient(path[i])", "path[0] - rate * gradient(path[0])"),
    ("descent", "stale_gradient", "gradient(path[i])", "gradient(path[0])"),
    ("descent", "best_rate", "2.0 *", "1.0 *"),
    ("neuron", "bias_every_input", "self.w[i] * x", "self.w[i] * x + (self.b if i else 0)"),
    ("neuron", "bias_forgotten", "z = self.b", "z = 0"),
    ("neuron", "no_activation", "z.tanh()", "z"),
    ("neuron", "parameters_without_bias", "self.w + [self.b]", "tuple(self.w)"),
    ("neuron", "positive_weights", "2 * rng.random() - 1", "rng.uniform(0, 1)"),
    ("neuron", "weights_as_numbers", "self.w[i] * x", "self.w[i].data * x"),
    ("neuron", "parameters_append", "return self.w + [self.b]", "self.w.append(self.b); return self.w"),
    ("symmetry", "fixed_size", "inputs ** -0.5", "0.2"),
    ("symmetry", "divided_by_inputs", "inputs ** -0.5", "1 / inputs"),
    ("symmetry", "all_equal", "rng.gauss(0, inputs ** -0.5)", "1.0"),
    ("symmetry", "positive", "rng.gauss(0, inputs ** -0.5)", "abs(rng.gauss(0, inputs ** -0.5))"),
    ("symmetry", "off_center", "rng.gauss(0, inputs ** -0.5)", "rng.uniform(0.5, 1.5)"),
    ("symmetry", "one_weight_a_neuron", "[rng.gauss(0, inputs ** -0.5) for _ in range(inputs)]",
     "[rng.gauss(0, inputs ** -0.5)] * inputs"),
    ("xor", "not_from_rng", "def train(rng, hidden=6, epochs=150):",
     "def train(_, hidden=6, epochs=150):\n        from random import Random\n        rng = Random(0)"),
    ("xor", "no_zero_grad", "x.grad = 0.0", "pass"),
    ("xor", "uphill", "x.data -=", "x.data +="),
    ("xor", "no_bend", ".tanh()", ""),
    ("xor", "zeros", "rng.gauss(0, ", "0.0 * rng.gauss(0, "),
    ("xor", "rate_too_small", "1.0 * x.grad", "0.0001 * x.grad"),
    ("xor", "one_epoch", "epochs=150", "epochs=3"),
    ("xor", "opposite", "ROWS = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]",
     "ROWS = [(0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 1)]"),
    ("softmax", "wrong_sign", "log_sum(r) - r[k]", "r[k] - log_sum(r)"),
    ("softmax", "not_averaged", " / len(classes)", ""),
    ("digits", "leaky_scaling", "scaling([row for row, _ in train])", "scaling([row for row, _ in train + test])"),
    ("digits", "unshuffled", "rng.shuffle(rows)", "pass"),
    ("digits", "tests_on_training", "for row, digit in test", "for row, digit in train[:len(test)]"),
    ("digits", "lowest_score", "best = max(scores)", "best = min(scores)"),
    ("digits", "counted", "hits / len(test)", "hits"),
    ("digits", "return_in_loop", "        return hits / len(test)", "            return hits / len(test)"),
    ("digits", "percentage", "hits / len(test)", "100 * (hits / len(test))"),
    ("gpt", "half_of_d", "d ** 0.5", "d ** 1/2"),
    ("gpt", "leaks_future", "range(t + 1)", "range(T)"),
    ("gpt", "off_by_one", "range(t + 1)", "range(min(t + 2, T))"),
    ("gpt", "scaled_by_d", "d ** 0.5", "d"),
    ("gpt", "unscaled", "dot / d ** 0.5", "dot"),
    ("gpt", "queries_and_keys_swapped", "queries[t][i] * keys[s][i]", "keys[t][i] * queries[s][i]"),
]  # fmt: skip


def failure_of(name: str, source: str, seed: int) -> judge.Failure | None:
    space: dict[str, Any] = {"__name__": "answer", "__file__": None}
    exec(compile(dedent(source), "<answer>", "exec"), space)
    each = exercise(name)
    probes = judge.probes_for(each, f"# {seed}")
    return judge.judge(each, probes, judge.observe_here(SimpleNamespace(**space), probes))


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("seed", range(2))
def test_a_right_answer_by_another_hand_passes(name: str, seed: int) -> None:
    assert failure_of(name, RIGHT[name], seed) is None


def test_a_quarter_is_a_quarter() -> None:
    for other in ("// 5", "// 3", "// 8"):
        share = EVALUATE.replace("// 4", other)
        assert share != EVALUATE
        assert failure_of("digits", share, 0) is not None


@pytest.mark.parametrize(("name", "mistake", "right", "wrong"), WRONG, ids=lambda each: each[:24])
def test_a_mistake_by_another_hand_gets_its_diagnosis(name: str, mistake: str, right: str, wrong: str) -> None:
    assert right in RIGHT[name]
    # At 0, no_bend saturates, too, and the share of lowest_score is also that of another mistake.
    seed = 1 if mistake in ("no_bend", "lowest_score") else 0
    failure = failure_of(name, RIGHT[name].replace(right, wrong), seed)
    assert failure
    assert failure.misconception
    assert failure.misconception.name == mistake
    assert failure.misconception.sure or name in ("gradcheck", "sanity", "generate")  # whose words prove none


FITTED = """
    from nn import MLP, fit, optim
    def train(rng):
        model = MLP(2, [8, 1], "tanh", rng=rng)
        adam = optim.Adam(model.parameters(), lr=0.1)
        history = fit(model, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], optimizer=adam, epochs=100)
        return model, history.losses
"""

ARRAYS = """
    import numpy as np
    def evaluate(X, y, scaling, learn, rng):
        X, y = np.array(X), np.array(y)
        order = np.random.default_rng(rng.randrange(10**6)).permutation(len(X))
        train, test = order[: 3 * len(X) // 4], order[3 * len(X) // 4 :]
        scale = scaling(X[train])
        predict = learn(np.array([scale(row) for row in X[train]]), y[train])
        scores = np.array([predict(scale(row)) for row in X[test]])
        return np.mean(scores.argmax(axis=1) == y[test])
"""


@pytest.mark.parametrize(("name", "source"), [("xor", FITTED), ("digits", ARRAYS)], ids=["fit", "arrays"])
def test_numpy_may_be_used_where_a_file_runs_alone(name: str, source: str) -> None:
    found = verdict.judge_source(exercise(name), dedent(source))
    assert found.done, found

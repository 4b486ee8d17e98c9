"""Without NumPy, matplotlib and the other extras, every public call works or says in one sentence what to install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ABSENT = ["numpy", "matplotlib", "scipy", "sklearn", "torch", "jax", "onnx", "pandas", "IPython", "tqdm", "graphviz"]

# Calls on a model `m`, rows `X` and targets `y`: those that work, and those that name an extra.
WORK = """
    fit(m, X, y, epochs=2)
    fit(m, X, y, epochs=2, metrics="accuracy", validation=(X, y))
    fit(m, X, y, epochs=1, recorder=Recorder(1))
    predict(m, X)
    classify(m, X)
    evaluate(m, X, y, "mse")
    accuracy(m, X, y)
    confusion_matrix(m, X, y)
    layer_outputs(m, X)
    purity(m, X, y)
    top_rows(m, X)
    preferred_inputs(m, X)
    diagnose(m, X, y, "mse")
    prune(MLP(2, [3, 1], rng=0), 0.5)
    data.moons(10, seed=0)
    save(m, folder / "model.json")
    load(m, folder / "model.json")
    engine.compile(leaf.tanh(), [leaf]).value_and_grad([[0.5], [1.0]])
    engine.walk(leaf.tanh()).save(folder / "walk.html")
    engine.draw(leaf.tanh()).save(folder / "graph.svg")
    engine.gradcheck(lambda x: x * x, 2.0)
    engine.hessian(leaf.tanh(), [leaf])
    nn.micrograd
"""
NAME_AN_EXTRA = """
    fit(m, X, y, epochs=2, backend="numpy")
    fit(m, X, y, epochs=2, backend="jax")
    fit(m, X, y, epochs=2, backend="torch")
    predict(m, X, backend="numpy")
    evaluate(m, X, y, "mse", backend="jax")
    data.digits()
    plot.losses(history)
    plot.boundary(m, X, y)
    plot.neurons(m, X)
    plot.network(m)
    plot.weights(m)
    plot.activation("tanh")
    plot.confusion([[1, 0], [0, 1]])
    plot.descent(lambda w: w * w, [2.0, 1.0])
    to_torch(m)
    history.to_pandas()
    save(m, folder / "model.onnx")
    engine.compile(leaf.tanh(), [leaf], form="matrices")
    nn.sklearn
"""
SCRIPT = """
import sys, tempfile, traceback
from pathlib import Path
sys.modules |= dict.fromkeys({absent!r})
import engine, nn
from engine import MissingExtra, Value
from nn import *
from nn import diagnose
X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
m, leaf, folder = MLP(2, [3, 1], "tanh", rng=0), Value(0.5, "x"), Path(tempfile.mkdtemp())
history = fit(m, X, y, epochs=1)
for call in {calls!r}.strip().splitlines():
    try:
        eval(call)
        outcome = "works"
    except MissingExtra as error:
        outcome = "names an extra" if "pip install" in str(error) else str(error)
    except Exception:
        outcome = traceback.format_exc()
    if outcome != {expected!r}:
        print(call.strip(), outcome)
"""


def printed(calls: str, expected: str) -> str:
    """Return what is not as expected, when the calls are made in a process without the packages."""
    script = SCRIPT.format(absent=ABSENT, calls=calls, expected=expected)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_what_needs_no_package_works_without() -> None:
    assert not printed(WORK, "works")


def test_what_needs_a_package_says_in_one_sentence_how_to_get_it() -> None:
    assert not printed(NAME_AN_EXTRA, "names an extra")

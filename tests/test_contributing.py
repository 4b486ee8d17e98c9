"""The changes in .github/CONTRIBUTING.md: each applies to a copy, has as many lines as it says, and works there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHANGES = {
    what: (int(lines), diff)
    for what, lines, diff in re.findall(
        r"^## An? (\w+): (\d+) lines\n.*?^```diff\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL
    )
}
# What must work in the copy: lines at a Python prompt, and tests.
PROOFS: dict[str, tuple[str, list[str]]] = {
    "operation": (
        (
            "import math; from engine import Value, gradcheck, compile, OPS, walk, draw; from nn import MLP\n"
            "x = Value(-3.0, 'x'); y = x.softsign(); y.backward(); assert (y.data, x.grad) == (-0.75, 0.0625)\n"
            "gradcheck('softsign', 0.5, orders=(1, 2)); assert 'softsign' in str(walk(y).goto(1)); draw(y).svg\n"
            "row = [Value(0.0), Value(0.0)]; model = MLP(2, [3, 1], 'softsign', rng=0); out = model(row)\n"
            "assert math.isclose(compile(out, row, model.parameters())([[1.0, 2.0]])[0], model([1.0, 2.0]).data)"
        ),
        ["tests/test_ops.py", "tests/test_types.py", "-k", "softsign or stub or types_of_names"],
    ),
    "layer": (
        (
            "import nn; model = nn.Sequential(nn.Unbiased(2, 3, rng=0), nn.Layer(3, 1, rng=0))\n"
            "X, y = nn.data.linear(20)\n"
            "X = [[x[0], 1.0] for x in X]; before = nn.evaluate(model, X, y)\n"
            "nn.fit(model, X, y, epochs=20, progress=False)\n"
            "assert nn.evaluate(model, X, y) < before; nn.save(model, 'm.json')\n"
            "assert nn.load('m.json')(X[0]).data == model(X[0]).data"
        ),
        ["tests/test_structure.py", "nn/unbiased.py", "-k", "Unbiased and not jax and not torch"],
    ),
    "exercise": (
        "from demos.exercises import check; check('chain', lambda x, upstream: upstream * 2 * x)",
        ["tests/test_exercises.py", "-k", "chain"],
    ),
    "backend": (
        (
            "import nn; X, y = nn.data.xor(); a, b = (nn.MLP(2, [4, 1], rng=0) for _ in 'ab')\n"
            "one, other = (nn.fit(m, X, y, epochs=5, backend=n) for m, n in ((a, 'strict'), (b, 'numpy')))\n"
            "assert one.losses == other.losses"
        ),
        ["tests/test_structure.py", "tests/test_types.py", "-k", "strict or types_of_names"],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", PROOFS)
def test_a_change_applies_and_works(what: str, tmp_path: Path) -> None:
    lines, diff = CHANGES[what]
    added = re.findall(r"^\+(?!\+\+ )", diff, re.MULTILINE)
    assert len(added) == lines
    copy = tmp_path / "copy"
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    for file in filter(None, files):
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        (copy / file).write_bytes((ROOT / file).read_bytes())
    applied = subprocess.run(["git", "apply", "-"], cwd=copy, input=diff, text=True, capture_output=True, check=False)
    assert applied.returncode == 0, applied.stderr
    if what == "operation":
        subprocess.run([sys.executable, "tests/stub.py"], cwd=copy, check=True)
    script, tests = PROOFS[what]
    done = subprocess.run([sys.executable, "-c", script], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-m", "", *tests]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
    assert re.search(r"\d+ passed", done.stdout)


def test_each_change_is_proved() -> None:
    assert {*CHANGES} == {*PROOFS}
    assert GUIDE.count("```diff") == len(PROOFS)

"""Programs as files of other languages: run there, they give what the program gives here."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nn
from engine import GradwalkError, Value, compile, define, where
from engine.installed import install_command
from engine.ops import TABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CC = shutil.which("cc")


def leaves(count: int, name: str) -> list[Value]:
    rng = Random(count)
    return [Value(rng.uniform(0.2, 0.9), f"{name}{number}") for number in range(count)]


def of_model(model: Any, inputs: int) -> tuple[Any, list[Value], list[Value]]:
    x = leaves(inputs, "x")
    return model(x), x, model.parameters()


def sequence() -> tuple[Any, list[Value], list[Value]]:
    x = leaves(6, "x")
    return nn.Recurrent(1, 3, 1, rng=0)([[each] for each in x]), x, []


def every_row() -> tuple[Any, list[Value], list[Value]]:
    """One program of every row of the table, at numbers that all of them take."""
    x, w = leaves(3, "x"), leaves(3, "w")
    results = []
    for row in TABLE:
        arguments = [a * b for a, b in zip(w, x)][: row.arity]
        arguments += w[len(arguments) :][: row.arity - len(arguments)]
        results.append(getattr(Value, row.name)(*arguments))
    results.append(where(x[0] - 0.5, x[1] * w[0], w[1]) + w[2] ** -3 + x[0] ** 2 - 3 / x[1])
    results.append((x[0] - (x[1] - w[0])) / (x[2] / (w[1] / x[0])) - (x[1] + -(x[2] - w[2])))
    return results, x, w


def defined() -> tuple[Any, list[Value], list[Value]]:
    """Rows of the user's that call others, with comparisons and powers."""
    define("steep", "(x > 0.1) * 1.0 * sigmoid(4 * x - 1)", ("4 * sigmoid(4 * x - 1) * (1 - sigmoid(4 * x - 1))",))
    define("double", "max(x, 0.3) ** 2 + min(x, y) + abs(x - y)", ("2.0 * x", "1.0"))
    x, w = leaves(2, "x"), leaves(2, "w")
    z = (x[0] * w[0]).steep() + x[1].double(w[1])
    return z, x, w


def constants() -> tuple[Any, list[Value], list[Value]]:
    """A whole batch in one graph, without inputs."""
    w, b = Value(0.5, 'w "*/'), Value(-1.0, "b\n\\")
    rows = [(1.0, 2.0), (2.0, 1e-300), (-3.5, 1e16)]
    return sum((w * x + b - y / 1e16) ** 2 for x, y in rows), [], [w, b]


def clamped() -> tuple[Any, list[Value], list[Value]]:
    """Neither parameters nor a smooth operation."""
    (x,) = leaves(1, "x")
    return [x.clip(0.3, 0.6), x.maximum(0.5), x], [x], []


PROGRAMS: dict[str, Callable[[], tuple[Any, list[Value], list[Value]]]] = {
    "mlp": lambda: of_model(nn.MLP(3, [5, 4, 1], rng=0), 3),
    "softmax": lambda: of_model(nn.MLP(3, [4, 3], "gelu", output="softmax", rng=0), 3),
    "convolution": lambda: of_model(nn.Conv1d(1, 2, 3, "tanh", rng=0), 8),
    "recurrent": sequence,
    "every row": every_row,
    "defined": defined,
    "constants": constants,
    "clamped": clamped,
}


def program_of(name: str, form: str) -> tuple[Any, list[list[float]]]:
    output, x, parameters = PROGRAMS[name]()
    while isinstance(output, list) and output and isinstance(output[0], list):
        output = output[-1]
    rng = Random(3)
    rows = [[rng.uniform(0.2, 0.9) for _ in x] for _ in range(25)]
    return compile(output, x, parameters, form=form), rows


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_module_for_numpy_alone_gives_the_same(name: str, tmp_path: Path) -> None:
    program, rows = program_of(name, "matrices")
    program.save(tmp_path / "saved.py")
    text = (tmp_path / "saved.py").read_text(encoding="utf-8")
    imports = [line for line in text.split("\n") if line.startswith(("import", "from"))]
    assert imports == ["import math", "import numpy as np"]
    names: dict[str, Any] = {"__name__": "saved"}
    exec(text, names)
    X = rows if rows[0] else None
    assert names["outputs"](X) == pytest.approx(program(X), rel=1e-15, abs=1e-15)
    assert np.shape(names["outputs"](X)) == np.shape(program(X))
    value, slopes = program.value_and_grad(X)
    there, slopes_there = names["value_and_grad"](X)
    assert there == pytest.approx(value, rel=1e-15)
    assert slopes_there == pytest.approx(slopes, rel=1e-15, abs=1e-15)
    assert names["LABELS"] == [parameter.label for parameter in program.parameters]
    assert names["PARAMETERS"] == program.numbers().tolist()
    moved = [number + 0.01 for number in program.numbers()]
    assert names["outputs"](X, moved) == pytest.approx(program(X, moved), rel=1e-15, abs=1e-15)
    for wrong in ([[0.1] * 9], [], [0.1]):
        with pytest.raises(ValueError, match="rows of"):
            names["outputs"](wrong)


@pytest.mark.skipif(CC is None, reason="there is no C compiler")
@pytest.mark.parametrize("name", PROGRAMS)
def test_plain_c_gives_the_same(name: str, tmp_path: Path) -> None:
    program, rows = program_of(name, "scalars")
    program.save(tmp_path / "saved.c")
    text = (tmp_path / "saved.c").read_text(encoding="utf-8")
    assert "alloc" not in text.replace("allocation", "")
    library = in_c(tmp_path / "saved.c")
    X = rows if rows[0] else None
    expected = np.broadcast_to(np.asarray(program(X)).reshape(-1, program._outputs), (25, program._outputs))
    numbers = program.numbers()
    total, slopes = 0.0, np.zeros(len(numbers))
    for row, outputs in zip(rows, expected):
        status, there = called(library.forward, numbers, row, [program._outputs])
        assert status == 0
        assert there[0] == pytest.approx(outputs, rel=1e-12, abs=1e-12)
        status, (value, gradient) = called(library.gradient, numbers, row, [1, len(numbers)])
        total, slopes = total + value[0] / 25, slopes + gradient / 25
    mean, gradients = program.value_and_grad(X)
    assert total == pytest.approx(mean, rel=1e-12)
    assert slopes == pytest.approx(gradients, rel=1e-12, abs=1e-12)
    if numbers.size:
        stored = (ctypes.c_double * len(numbers)).in_dll(library, "parameters")
        assert list(stored) == numbers.tolist()


def in_c(path: Path) -> Any:
    strict = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC"]
    subprocess.run([CC, *strict, path, "-o", path.with_suffix(".so"), "-lm"], check=True)
    return ctypes.CDLL(str(path.with_suffix(".so")))


def called(function: Any, numbers: Any, row: Any, sizes: list[int]) -> tuple[int, list[Any]]:
    results = [(ctypes.c_double * max(1, size))() for size in sizes]
    given = [(ctypes.c_double * max(1, len(each)))(*each) for each in (numbers, row)]
    status = function(*given, *results)
    return status, [np.array(result[:size]) for result, size in zip(results, sizes)]


@pytest.mark.skipif(CC is None, reason="there is no C compiler")
def test_c_says_where_a_result_is_not_finite(tmp_path: Path) -> None:
    x, w = Value(0.5, "x"), Value(2.0, "w")
    compile((x * w).log(), [x], [w]).save(tmp_path / "log.c")
    library = in_c(tmp_path / "log.c")
    for number, status in ((0.5, 0), (0.0, 1), (-1.0, 1), (float("nan"), 1)):
        assert called(library.forward, [2.0], [number], [1])[0] == status
        assert called(library.gradient, [2.0], [number], [1, 1])[0] == status
    compile((x * 1e300 * w).tanh(), [x], [w]).save(tmp_path / "tanh.c")  # which would hide an infinity
    assert called(in_c(tmp_path / "tanh.c").forward, [1e300], [1.0], [1])[0] == 1


def test_another_ending_and_a_python_function_are_refused(tmp_path: Path) -> None:
    x = Value(0.5, "x")
    for name in ("m.js", "m", "m.npz"):
        with pytest.raises(GradwalkError, match=r"\.py"):
            compile(x * 2, [x]).save(tmp_path / name)
    define("tripled", lambda x: 3 * x, (lambda x: 3.0,))
    for name in ("m.py", "m.c"):
        with pytest.raises(GradwalkError, match="tripled is a Python function"):
            compile(x.tripled() + 1, [x]).save(tmp_path / name)
    with pytest.raises(GradwalkError, match="folder"):
        compile(x * 2, [x]).save(tmp_path / "none" / "m.py")
    assert not list(tmp_path.iterdir())


def test_without_numpy_a_program_is_saved_as_c(tmp_path: Path) -> None:
    script = f"""if True:
        import sys; sys.modules["numpy"] = None
        from engine import Value, compile
        x, w = Value(0.5, "x"), Value(2.0, "w")
        program = compile((x * w).exp(), [x], [w])
        program.save({str(tmp_path / "m.c")!r})
        try: program.save({str(tmp_path / "m.py")!r})
        except ImportError as error: print(error)
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert install_command("train") in done.stdout
    if CC:
        _, there = called(in_c(tmp_path / "m.c").forward, [2.0], [0.5], [1])
        assert there[0][0] == pytest.approx(np.e, rel=1e-15)

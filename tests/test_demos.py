"""Every demo runs to its end and prints what it promises: the numbers are checked, not only the exit."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from math import ceil, exp, log, sin, tanh
from pathlib import Path
from statistics import fmean, pstdev
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import pytest
from svg import words

from demos import DEMOS
from engine.installed import install_command

pytestmark = pytest.mark.slow  # all demos take minutes
ROOT = Path(__file__).parents[1]
SCRIPTS = {name: ROOT / "demos" / f"{name}.py" for name in DEMOS}


def python(*arguments: str, folder: str | Path, **environment: str) -> str:
    """What a fresh Python prints, run in a folder; its errors end the test."""
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=settings, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def run(name: str) -> tuple[str, dict[str, str], float]:
    """A demo's output, the files that it left in the current folder, and its seconds."""
    return runs()[name].result()


# `python -m` with a module's name, which leaves a file with its seconds, by the clock or by the processor, whichever
# is less: a busy machine takes longer but computes no more, and threads side by side compute more but take no longer.
CLOCK = "seconds.txt"
TIMED = f"""
import atexit, pathlib, runpy, sys, time
clock, since = pathlib.Path("{CLOCK}").absolute(), time.perf_counter()
atexit.register(lambda: clock.write_text(str(min(time.perf_counter() - since, time.process_time()))))
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""
POOL = ThreadPoolExecutor(max(1, (os.cpu_count() or 1) - 1))  # the tests themselves have a core, too


@cache
def runs() -> dict[str, Future[tuple[str, dict[str, str], float]]]:
    """All demos, side by side: conftest.py has them begin with the first test."""
    return {name: POOL.submit(run_alone, name) for name in DEMOS}


def run_alone(name: str) -> tuple[str, dict[str, str], float]:
    with TemporaryDirectory() as folder:
        output = python("-c", TIMED, f"demos.{name}", folder=folder)
        clock = Path(folder, CLOCK)
        seconds = float(clock.read_text(encoding="utf-8"))
        clock.unlink()
        files = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in Path(folder).iterdir()}
        return output, files, seconds


def test_the_list_names_every_demo(tmp_path: Path) -> None:
    files = {path.stem for path in (ROOT / "demos").glob("*.py") if not path.stem.startswith("_")}
    assert files == set(DEMOS)
    listed = python("-m", "demos", folder=tmp_path).splitlines()
    assert [line.split()[0] for line in listed[2:]] == list(DEMOS)
    assert all(len(line) <= 80 for line in listed)


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_is_a_script_in_cells_that_says_what_it_shows(name: str) -> None:
    source = SCRIPTS[name].read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source))
    assert re.search(r"^# %%", source, re.MULTILINE)
    assert "__name__" not in source


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_prints_lines_that_fit_a_projector(name: str) -> None:
    output, _, seconds = run(name)
    assert output.endswith("\n")
    assert not [line for line in output.splitlines() if len(line) > 80]
    assert seconds < 30


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_can_be_run_cell_by_cell(name: str) -> None:
    cells = re.split(r"^# %%", SCRIPTS[name].read_text(encoding="utf-8"), flags=re.MULTILINE)
    for cell in cells:  # none ends within a statement; in order, they are the script
        compile("#" + cell if cell is not cells[0] else cell, name, "exec")


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_runs_where_only_ascii_can_be_shown(name: str, tmp_path: Path) -> None:
    if not run(name)[0].isascii():
        python("-m", f"demos.{name}", folder=tmp_path, PYTHONIOENCODING="ascii")


@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_tells_of_the_pictures_that_it_saves(name: str) -> None:
    output, files, _ = run(name)
    told = set(re.findall(r"[\w-]+\.(?:png|svg|html)", output))
    assert told == {*files}
    assert all(("PNG" in text[:4]) == name.endswith(".png") for name, text in files.items())


def test_a_demo_runs_as_a_plain_script(tmp_path: Path) -> None:
    assert python(str(SCRIPTS["one_weight"]), folder=tmp_path) == run("one_weight")[0]


def test_the_weight_goes_from_5_by_4_2_to_3_as_in_the_textbook() -> None:
    output, _, _ = run("one_weight")
    for line in (
        "weight w = 5, input x = 2, target 6, rate 0.1",
        "5 * 2 = 10",
        "(6 - 10)**2 / 2 = 8",
        "(10 - 6) * 2 = 8",
        "5 - 0.1 * 8 = 4.2",
        "w is 3.0000, and 3.0000 * 2 is 6.0000",
    ):
        assert line in output
    table = [[float(cell) for cell in line.split()] for line in re.findall(r"^ +\d+ .*$", output, re.MULTILINE)]
    assert table[:2] == [[0, 5, 10, 8, 8], [1, 4.2, 8.4, 2.88, 4.8]]
    for step, w, prediction, loss, slope in table:
        assert w == pytest.approx(3 + 2 * 0.6**step, abs=5e-5)
        assert prediction == pytest.approx(2 * w, abs=2e-4)
        assert loss == pytest.approx((6 - 2 * w) ** 2 / 2, abs=1e-3)
        assert slope == pytest.approx((2 * w - 6) * 2, abs=1e-3)
    assert table[-1][0] == 30
    rates = {float(line.split()[0]): line for line in output.splitlines() if line.startswith("0.")}
    assert rates[0.25].split()[1:4] == ["5.000", "3.000", "3.000"]
    assert rates[0.5].split()[1:4] == ["5.000", "1.000", "5.000"]
    assert rates[0.6].endswith("away")


def test_the_chain_rule_agrees_with_itself_three_times_over() -> None:
    output, _, _ = run("chain_rule")
    table = re.findall(r"^dL/d(\w) +([-.\d]+) +([-.\d]+) +([-.\d]+)$", output, re.MULTILINE)
    slopes = {node: tuple(map(float, numbers)) for node, *numbers in table}
    assert slopes == {node: (slope,) * 3 for node, slope in {"a": 6.0, "b": -4.0, "c": -2.0, "f": 4.0}.items()}
    assert "dy/dx = 3 + 3 + 1 = 7.0" in output
    assert "-2.0 × (-3.0) = 6.0" in output  # the walk's chain rule for a


def test_the_neuron_is_taken_apart_walked_and_drawn() -> None:
    output, files, _ = run("neuron")
    assert "z = w·x + b = w1*x1 + w2*x2 + b = 0.5000" in output
    assert "h = tanh(z) = 0.4621" in output
    assert "1.573" in output  # dh/dw1 = (1 - h²) · x1, in the walk
    assert output.splitlines()[-1] == "The picture is neuron.svg."
    picture = files["neuron.svg"]
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    for text in "x1", "w2", "tanh", "1.573":
        assert text in words(picture)


def test_pictures_go_where_they_are_told(tmp_path: Path) -> None:
    there = tmp_path / "pictures"
    there.mkdir()
    output = python("-m", "demos.neuron", folder=tmp_path, GRADWALK_PICTURES=str(there))
    assert str(there / "neuron.svg") in output
    assert [path.name for path in tmp_path.rglob("*.svg")] == ["neuron.svg"]
    assert (there / "neuron.svg").exists()


def test_the_flowers_are_learned_and_the_learning_tested() -> None:
    output, _, _ = run("flowers")
    epochs = re.findall(r"^ +(\d+) +([\d.]+)? +([\d.]+) %$", output, re.MULTILINE)
    assert epochs[0][0] == "0"
    assert float(epochs[0][2]) < 60
    assert float(epochs[-1][2]) >= 95
    found = [float(loss) for _, loss, _ in epochs[1:]]
    assert found == sorted(found, reverse=True)
    share, right = re.fullmatch(
        r"test accuracy: ([\d.]+) % \((\d+) of 50 new flowers\)", output.splitlines()[-1]
    ).groups()
    assert float(share) == 2 * int(right) >= 93
    table = re.findall(r"^(?:setosa|versicolor|virginica) +(\d+) +(\d+) +(\d+)$", output, re.MULTILINE)
    assert sum(int(row[kind]) for kind, row in enumerate(table)) == int(right)
    assert sum(int(cell) for row in table for cell in row) == 50


def test_the_test_flowers_have_no_say_in_the_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADWALK_PICTURES", str(tmp_path))
    space: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(SCRIPTS["flowers"].read_text(encoding="utf-8"), "flowers", "exec"), space)
    train, test, standardize = space["train"], space["test"], space["standardize"]
    everything = [(standardize(row), kind) for row, kind in space["flowers"]]
    assert (len(train), len(test)) == (100, 50)
    assert sorted(train + test) == sorted(everything)
    for column in zip(*(row for row, _ in train)):
        assert fmean(column) == pytest.approx(0, abs=1e-12)
        assert pstdev(column) == pytest.approx(1)


def test_the_flowers_stay_as_good_from_other_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADWALK_PICTURES", str(tmp_path))
    source = SCRIPTS["flowers"].read_text(encoding="utf-8")
    for seed in range(1, 4):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source.replace("Random(0)", f"Random({seed})"), "flowers", "exec"), {"__name__": "__main__"})
        assert int(re.findall(r"\((\d+) of 50", printed.getvalue())[0]) >= 47, seed


@pytest.mark.parametrize(("name", "what"), [("flowers", "This demo's data"), ("digits", "data.digits()")])
def test_without_scikit_learn_one_sentence_says_what_to_install(
    name: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    script = f"import sys, runpy; sys.modules['sklearn'] = None; runpy.run_module('demos.{name}')"
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"{what} needs scikit-learn: {install_command('train')}\n"
    assert not done.stdout


def test_the_tour_ends_with_a_walk_a_picture_and_an_accuracy() -> None:
    output, files, seconds = run("tour")
    walked, drawn, tested = (output.index(text) for text in ("tanh(z)", "The picture is neuron.svg", "test accuracy"))
    assert walked < drawn < tested
    assert files["neuron.svg"] == run("neuron")[1]["neuron.svg"]
    assert output.rstrip().splitlines()[-1] == run("flowers")[0].splitlines()[-1]
    assert seconds < 30


# -- the demos of a first course, each held to what it claims --------------------------------------------------------


def table(name: str, head: str) -> list[list[str]]:
    """The words of the lines that follow the line with this head, up to an empty line or the end."""
    lines = run(name)[0].splitlines()
    start = next(i for i, line in enumerate(lines) if head in line) + 1
    return [line.split() for line in "\n".join(lines[start:]).split("\n\n")[0].splitlines()]


def shares(text: str) -> list[float]:
    """Every number that a percent sign follows."""
    return [float(number) for number in re.findall(r"([\d.]+) %", text)]


def test_activations_are_what_their_formulas_say_and_a_saturated_sigmoid_is_slow() -> None:
    sigmoid = lambda z: 1 / (1 + exp(-z))  # noqa: E731
    rows = [[float(cell) for cell in row] for row in table("activations", "output   slope")]
    assert len(rows) == 6
    for z, *numbers in rows:
        s, t = sigmoid(z), tanh(z)
        step = float(z > 0)
        expected = [step, 0, s, s * (1 - s), t, 1 - t * t, max(z, 0), step]
        assert numbers == pytest.approx(expected, abs=5e-4)
    stuck = [[float(cell.replace(",", "")) for cell in row] for row in table("activations", "start at")]
    for start, says, slope, _ in stuck:
        assert says == pytest.approx(sigmoid(start), abs=1e-4)
        assert slope == pytest.approx((says - 1) * says * (1 - says), rel=0.02)
    steps = [row[3] for row in stuck]
    assert steps == sorted(steps)
    assert steps[-1] > 5 * steps[0]


def test_three_losses_of_the_same_predictions() -> None:
    for p, *numbers in ([float(cell) for cell in row] for row in table("losses", "prediction ")):
        expected = [(1 - p) ** 2 / 2, p - 1, (1 - p) ** 2, 2 * (p - 1), -log(p), -1 / p]
        assert numbers == pytest.approx(expected, abs=6e-3)
    squared, entropy = (float(row[-1]) for row in table("losses", "After 20 steps")[:2])
    assert squared < 0.02
    assert entropy > 0.9


def test_the_rate_of_the_descent_decides() -> None:
    rows = {float(row[0]): row[1:] for row in table("descent", "gradients measured")}
    counts = {rate: int(row[0].rstrip(",")) for rate, row in rows.items()}
    assert {rate: row[2] for rate, row in rows.items()} == {
        0.005: "there", 0.1: "there", 0.25: "there", 0.45: "there", 0.6: "away",
    }  # fmt: skip
    for rate in 0.005, 0.1, 0.45:  # each step leaves |1 - 4 rate| of the way, and 0.01 of 2 may be left
        assert counts[rate] == ceil(log(0.005) / log(abs(1 - 4 * rate)))
    assert counts[0.25] == 1
    assert [row[2] for row in table("descent", "downhill is")[:5]] == ["right", "right", "here", "left", "left"]


def test_batch_descent_repeats_itself_and_stays_where_stochastic_descent_leaves() -> None:
    rows = {row[0]: " ".join(row[3:]) for row in table("batches", "updates an epoch")}
    assert rows["batch"] == "the same the same"
    assert rows["mini-batch"] == rows["stochastic"] == "the same differs"
    counts = {float(row[0]): (int(row[1]), int(row[2])) for row in table("batches", "rate    batch")[:3]}
    assert len({batch for batch, _ in counts.values()}) == 1  # whatever the rate: it stays
    assert counts[0.3][1] >= 1.5 * counts[0.3][0]
    assert counts[1.0][1] < counts[0.3][1]


def test_the_race_is_won_by_what_was_built_on_gradient_descent() -> None:
    rows = table("optimizers", "best rate")[:9]
    steps = {" ".join(row[:-2]) if row[-2] != ">" else row[0]: row[-1] for row in rows}
    assert len(steps) == 9
    plain = int(steps["gradient descent"])
    assert int(steps["Nesterov"]) < int(steps["momentum"]) < plain
    assert int(steps["implicit"]) < 10
    assert sum(int(count) < plain for name, count in steps.items() if name != "averaged") >= 5
    noisy = [float(row[-1]) for row in table("optimizers", "noisy steps")]
    assert noisy[1] < noisy[0] / 2


def test_brute_force_is_hopeless() -> None:
    output, _, _ = run("brute_force")
    assert "1000**25 = 10**75 combinations" in output
    assert float(re.findall(r"([\d.e+]+) years", output)[0]) == pytest.approx(1e75 / 1.742e18 / 31557600, rel=0.02)
    before, after = (float(number) for number in re.findall(r"([\d.]+) -> ([\d.]+)", output)[0])
    assert after < 0.02 < 1 < before
    assert int(re.findall(r"descent is better after (\d+) steps", output)[0]) < 100


def test_training_ends_in_a_test_that_is_passed() -> None:
    assert shares(run("recipe")[0])[-1] >= 90
    assert shares(run("moons")[0])[1] >= 98
    assert float(re.findall(r"median ([\d.]+) %", run("moons")[0])[0]) >= 98
    assert float(re.findall(r"median test accuracy: ([\d.]+) %", run("digits")[0])[0]) >= 93


def test_each_network_has_learned_its_own_task() -> None:
    moons, circles = (shares(" ".join(row)) for row in table("two_tasks", "test accuracy")[:2])
    assert min(moons[0], circles[1]) >= 93
    assert max(moons[1], circles[0]) < 85


def test_scaled_inputs_are_learned_from_and_others_are_not() -> None:
    last = {row[0]: (float(row[-3]), float(row[-2])) for row in table("scaling", "best rate")}
    assert last["standardized"][0] < 0.1 * last["as"][0]
    assert last["normalized"][0] < 0.5 * last["as"][0]
    assert min(last["standardized"][1], last["normalized"][1]) >= 93
    assert last["as"][1] < 90


def test_a_line_and_a_curve_are_found() -> None:
    output, _, _ = run("regression")
    slope, height = (float(number) for number in re.findall(r"found: y = ([\d.]+) x \+ ([\d.]+)", output)[0])
    assert (slope, height) == pytest.approx((3, 1), abs=0.15)
    errors = [float(number) for number in re.findall(r"on new points ([\d.]+)", output)]
    assert errors[1] < 0.1 * errors[0]
    for x, truth, found in ([float(cell) for cell in row] for row in table("regression", "predicted")[:5]):
        assert truth == pytest.approx(sin(2 * x) + x / 2, abs=1e-3)
        assert found == pytest.approx(truth, abs=0.3)


def test_clusters_are_found_without_labels() -> None:
    assert shares(run("clustering")[0])[-1] >= 95
    found = [float(loss) for loss in re.findall(r"[\d.]+", run("clustering")[0].splitlines()[0].split(":")[1])]
    assert len(found) == 10
    assert max(found) > 5 * min(found)  # why one start is not enough


def test_only_the_net_with_feedback_remembers() -> None:
    output, _, _ = run("memory")
    recurrent = shares(output)[:4]
    assert len(recurrent) == 4
    assert min(recurrent) >= 95  # on sequences up to ten times as long as those that it learned from
    assert 40 < shares(output)[4] < 60
    parity, ones = 0, zip(*(line.split()[1:] for line in output.splitlines()[:2]))
    for bit, odd in ones:
        parity ^= int(bit)
        assert int(odd) == parity


def test_the_wrong_digit_is_shown_with_its_ten_chances() -> None:
    output, _, _ = run("digits")
    truth, answer = map(int, re.findall(r"^a (\d) that it takes for a (\d):", output, re.MULTILINE)[0])
    chances = shares(next(line for line in output.splitlines() if line.startswith("chance")))
    assert len(chances) == 10
    assert sum(chances) == pytest.approx(100, abs=0.6)
    assert chances.index(max(chances)) == answer != truth


def test_the_network_is_taken_apart_with_numbers_that_agree() -> None:
    output, _, _ = run("network")
    assert "w23 joins the second input to the third neuron: layer1.neuron3.w[1]" in output
    for line in re.findall(r"^h\d = .*$", output, re.MULTILINE):
        products, z, h = re.fullmatch(r"h\d = tanh\((.*)\) = tanh\(([-\d.]+)\) = ([-\d.]+)", line).groups()
        assert eval(products) == pytest.approx(float(z), abs=2e-3)
        assert tanh(float(z)) == pytest.approx(float(h), abs=1e-3)
    products, y = re.findall(r"^y  = (.*) = ([-\d.]+)$", output, re.MULTILINE)[0]
    assert eval(products) == pytest.approx(float(y), abs=2e-3)


def test_a_demo_saves_its_pictures_in_a_folder_and_opens_them(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> "{tmp_path}/opened"\n', encoding="utf-8")
    browser.chmod(0o755)
    command = ["-m", "demos.cli", "demo", "chain_rule", "--save", "a/b"]
    assert "The picture is a" in python(*command, folder=tmp_path)
    assert [path.name for path in tmp_path.rglob("*.svg")] == ["chain_rule.svg"]
    assert not (tmp_path / "opened").exists()
    if sys.platform != "win32":
        python(*command, "--show", folder=tmp_path, BROWSER=str(browser))
        assert (tmp_path / "opened").read_text(encoding="utf-8").split() == [
            (tmp_path / "a/b/chain_rule.svg").as_uri()
        ]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a screen")
def test_without_a_screen_a_demo_says_where_its_pictures_are(tmp_path: Path) -> None:
    settings = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "demos.cli", "demo", "chain_rule", "--save", "a", "--show"]
    done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert str(tmp_path / "a") in done.stderr
    assert (tmp_path / "a" / "chain_rule.svg").exists()


def test_save_without_a_demo_is_refused(tmp_path: Path) -> None:
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "demos.cli", "demo", "--save", "a"]
    done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "which demo" in done.stderr
    assert not (tmp_path / "a").exists()


def test_the_weight_has_a_picture_of_its_way() -> None:
    output, files, _ = run("one_weight")
    assert "one_weight.png" in files
    assert [float(line.split()[1]) for line in re.findall(r"^ +\d+ .*$", output, re.MULTILINE)][:4] == [
        5,
        4.2,
        3.72,
        3.432,
    ]


def test_five_layers_are_passed_forward_in_numbers_that_agree() -> None:
    rows = table("network", "five layers")[:6]
    assert [len(row) for row in rows] == [1 + 2, *[3 + 3] * 4, 3 + 2]  # a name, or a layer and its activation
    line = re.findall(r"w·x \+ b = (.*) = (-?[\d.]+)$", run("network")[0], re.MULTILINE)[0]
    assert eval(line[0]) == pytest.approx(float(line[1]), abs=2e-3)


# -- the demos of the ideas that came last ---------------------------------------------------------------------------


def test_the_feedback_demo_recalls_pictures_and_solves_its_puzzle() -> None:
    output, _, _ = run("feedback")
    assert "each change lowers it: True" in output
    assert "it is the ring again: True" in output
    rows = {int(row[0]): [float(cell) for cell in row[1::2]] for row in table("feedback", "% damage")[:5]}
    assert min(rows[4]) >= 90
    assert all(ten >= twenty >= thirty for ten, twenty, thirty in rows.values())
    assert rows[10][2] < rows[4][2]
    best = int(re.findall(r"at best (\d+) pairs", output)[0])
    ends = [(int(n), float(p)) for n, p in re.findall(r"^  (\d+) pairs apart in +([\d.]+) %", output, re.MULTILINE)]
    assert ends[0][0] == best == max(n for n, _ in ends)
    assert ends[0][1] > 20
    assert sum(share for _, share in ends) == pytest.approx(100, abs=0.5)


def test_connections_die_with_l1_and_the_net_still_does_its_task() -> None:
    rows = {" ".join(row[:-7]): [float(cell) for cell in row[-7:-1]] for row in table("connections", "largest")[:4]}
    mean, dead, noise, right = 0, 2, 4, 5
    assert rows["weight decay"][mean] < rows["trained"][mean]
    assert rows["L1"][dead] > 20 > 5 > rows["trained"][dead]
    assert rows["L1"][noise] < rows["trained"][noise] / 3
    assert rows["L1"][right] > 95 < rows["trained"][right]
    cut = {row[0]: [float(cell) for cell in row[1::2]] for row in table("connections", "weights cut")}
    assert min(cut["L1"][:4]) > 95
    assert cut["L1"][-1] < 60 > cut["trained"][-1]
    before, after = shares(next(line for line in run("connections")[0].splitlines() if "more epochs" in line))[1:]
    assert max(before, after) < 75 < 95 < cut["trained"][4]  # five connections are too few, 10 are enough


def test_stochastic_descent_leaves_a_minimum_and_needs_fewer_rows() -> None:
    output, _, _ = run("stochastic")
    assert "in a local minimum; again: the same path, True" in output
    one, batch, stochastic = (int(n) for n in re.findall(r"(?:rows: |batch +|stochastic )(\d+) of 30", output))
    assert 5 <= one < 30
    assert stochastic > batch + 3
    rows = [int(n.replace(",", "")) for n in re.findall(r" ([\d,]+) +\d+\.\d\d$", output, re.MULTILINE)]
    assert len(rows) == 2
    assert rows[0] % 20_000 == 0
    assert rows[1] <= rows[0] / 20
    assert "(5 of 5 runs reach it" in output


def test_a_net_needs_more_examples_than_a_rule_and_then_does_better() -> None:
    rows = {int(row[0]): [float(cell) for cell in row[1:5]] for row in table("against_rules", "examples  ")[:6]}
    rule, _, neuron, net = range(4)
    assert rows[10][rule] == rows[1000][rule] > max(rows[10][1:])
    assert rows[1000][net] == max(rows[1000])
    assert rows[1000][net] > rows[1000][neuron] + 5
    assert abs(rows[10][net] - rows[10][neuron]) < 5
    assert rows[1000][net] > rows[10][net] + 15
    winners = re.findall(r"best is ([\w ]+);", run("against_rules")[0])
    assert (winners[0], winners[-1]) == ("rule by hand", "net")


def test_remedies_against_learning_by_heart_are_compared() -> None:
    known, new, lowest = range(3)
    rows = {row[0]: [float(cell) for cell in row[-3:]] for row in table("dropout", "60 points")[:4]}
    plain = rows["none"]
    assert plain[known] < 0.01 < 2 * plain[lowest] < plain[new]
    for remedy in "weight", "L1", "dropout":
        assert rows[remedy][known] > plain[known]
        assert rows[remedy][lowest] <= rows[remedy][new] < plain[new]
    *masks, used = re.findall(r"^  ([012](?: [012]){7})$", run("dropout")[0], re.MULTILINE)
    assert used == " ".join("1" * 8)
    assert len({*masks}) == 3
    assert all({*mask.split()} == {"0", "2"} for mask in masks)


def test_rectifiers_are_silent_and_sigmoids_are_not() -> None:
    rows = {row[0]: [float(cell) for cell in row[1::2]] for row in table("sparse", "untrained")[:2]}
    assert rows["relu"][1] > 20
    assert rows["sigmoid"][:2] == [0, 0]
    assert min(rows["relu"][3], rows["sigmoid"][3]) > 95
    assert re.search(r"\d+ of 32 neurons are silent for every digit", run("sparse")[0])


def test_each_kind_of_data_becomes_numbers_and_is_learned() -> None:
    output, _, _ = run("vectors")
    image, text = (float(share) for share in re.findall(r"\? ([\d.]+) %", output))
    assert image > 95
    assert text > 80
    errors = [float(number) for number in re.findall(r"(?:error|and) ([\d.]+)(?:,| for)", output)]
    assert errors[0] < errors[1] / 5
    assert errors[2] < errors[3] / 20
    assert "colour=red" in output

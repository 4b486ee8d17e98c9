"""The demos of compiled programs: what they learn is measured here once more, and how they learn it."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from functools import cache
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import pytest

from engine import Value, grad

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")
ROOT = Path(__file__).parents[1]


@cache
def run(name: str) -> tuple[str, dict[str, Any], float]:
    """What a demo printed, all that it made, and the seconds that it computed."""
    made: dict[str, Any] = {"__name__": "__main__"}
    printed, since = io.StringIO(), process_time()
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setenv("GRADWALK_PICTURES", folder)
        exec(compile((ROOT / "demos" / f"{name}.py").read_text(encoding="utf-8"), name, "exec"), made)
    return printed.getvalue(), made, process_time() - since


def numbers(pattern: str, text: str) -> list[float]:
    """The numbers in the only line that looks so."""
    (line,) = re.findall(pattern, text, re.MULTILINE)
    return [float(number.replace(",", "")) for number in (line if isinstance(line, tuple) else (line,))]


@pytest.mark.parametrize(("name", "missing"), [("gpt", "numpy"), ("digits_fast", "sklearn")])
def test_without_its_package_a_demo_says_in_one_sentence_what_to_install(name: str, missing: str) -> None:
    script = f"import sys, runpy; sys.modules[{missing!r}] = None; runpy.run_module('demos.{name}')"
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(r"[^\n]* needs [^\n]*: pip install .*\[train\]\"\n", done.stderr)


# -- the tiny GPT ----------------------------------------------------------------------------------------------------


def scores(words: list[str]) -> Any:
    """Of each word, at each place, a score for each letter that may come next."""
    made = run("gpt")[1]
    half = len(made["inputs"]) // 2
    return made["scorer"]([made["encode"](word)[:half] for word in words]).reshape(len(words), made["PLACES"], -1)


def test_the_gpt_rolls_into_a_few_array_operations() -> None:
    output, made, _ = run("gpt")
    nodes, operations = numbers(r"([\d,]+) scalar nodes -> (\d+) array operations", output)
    assert (nodes, operations) == (made["program"].nodes, made["program"].operations)
    assert nodes > 60_000
    assert operations <= 100
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"its {nodes:,.0f} nodes become {operations:.0f} array operations" in readme


def test_the_gpt_sees_no_later_letter() -> None:
    word = "letters"
    before = scores([word])[0]
    for at in range(len(word)):
        after = scores([word[:at] + "z" + word[at + 1 :]])[0]
        apart = np.abs(after - before).max(1)
        assert apart[: at + 1].max() < 1e-12  # place 0 holds the dot, so letter `at` is seen from place at + 1 on
        assert apart[at + 1 :].min() > 1e-3


def test_the_gpt_learns_words_and_not_only_by_heart() -> None:
    output, made, _ = run("gpt")
    assert not set(made["train"]) & set(made["test"])
    assert len(made["rows"]) == len(made["train"])
    lines = re.findall(r"^ *\d+ +[\d.]+ +[\d.]+$", output, re.MULTILINE)
    table = [[float(cell) for cell in line.split()] for line in lines]
    assert [row[0] for row in table] == [*range(0, made["STEPS"] + 1, 100)]
    guessing = log(len(made["ALPHABET"]))
    assert f"ln {len(made['ALPHABET'])} = {guessing:.2f}" in output
    assert table[0][1] == pytest.approx(guessing, abs=0.3)
    assert table[-1][1] < 0.67 * guessing
    assert table[-1][2] < 0.75 * guessing
    assert [row[1] for row in table] == sorted((row[1] for row in table), reverse=True)


def test_the_gpt_has_its_loss_from_the_scores_of_the_letters_that_come_next() -> None:
    _, made, _ = run("gpt")
    words, alphabet = ["to", "the", "letters"], made["ALPHABET"]
    expected = 0.0
    for word, table in zip(words, scores(words)):
        for row, letter in zip(table, word + "."):  # and nothing for the places behind the word
            expected += np.log(np.exp(row).sum()) - row[alphabet.index(letter)]
    assert made["per_letter"](words) == pytest.approx(expected / sum(len(word) + 1 for word in words), rel=1e-12)


@pytest.mark.slow
def test_the_gpt_has_trained_its_scalars() -> None:
    _, made, _ = run("gpt")
    weights = made["weights"]
    assert [weight.data for weight in weights] == made["numbers"].tolist()
    word = "scalars"
    _, _, loss = made["record"](word)
    value, gradients = made["program"].value_and_grad([made["encode"](word)])
    expected = np.array([each.data for each in grad(loss, weights)])
    assert value == pytest.approx(loss.data, rel=1e-10)
    assert np.abs(gradients - expected).max() < 1e-10 * np.abs(expected).max()


def test_the_gpt_makes_up_words() -> None:
    output, made, _ = run("gpt")
    invented, known = made["invented"], made["known"]
    assert all(re.fullmatch("[a-z]{0,8}", word) for word in invented)
    assert len({*invented}) > 20
    assert known == [word for word in invented if word in made["manual"]]
    assert len(known) < len(invented)
    assert all(word in output for word in invented)
    assert output.endswith(f"\nin the manual, too: {', '.join(known) or 'none'}\n")


def test_the_gpt_is_much_faster_compiled() -> None:
    eager, compiled, times = numbers(
        r"one step: (\d+) ms node by node, ([\d.]+) ms compiled: (\d+) times as fast", run("gpt")[0]
    )
    assert times == pytest.approx(eager / compiled, rel=0.1)
    assert times > 30  # some hundred, on a machine that has nothing else to do


# -- digits ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_digits_are_learned_in_seconds_and_the_learning_tested() -> None:
    output, made, seconds = run("digits_fast")
    assert seconds < 10
    known, unseen = made["known"], made["unseen"]
    assert (len(known), len(unseen)) == (1438, 359)
    assert {*map(tuple, known)} | {*map(tuple, unseen)} == {
        tuple(ink / 16 for ink in image) for image in made["data"].digits().X
    }
    share, right = numbers(r"^test accuracy: ([\d.]+) % \((\d+) of 359 images that it never saw\)$", output)
    assert share >= 95
    highest = [max(range(10), key=row.__getitem__) for row in made["predict"](made["model"], unseen)]
    assert sum(answer == digit for answer, digit in zip(highest, made["test"].y)) == right
    assert share == round(100 * right / 359, 1)
    (first,) = numbers(r"95 % of the test images were first right after epoch (\d+)$", output)
    measured = made["history"].metrics["accuracy"]
    assert max(measured[: int(first) - 1], default=0) < 0.95 <= measured[int(first) - 1]


@pytest.mark.slow
def test_the_digits_are_read_alike_by_the_scalars() -> None:
    _, made, _ = run("digits_fast")
    for image, answer in zip(made["unseen"][:10], made["answers"]):
        eager = made["model"](image)
        assert all(isinstance(score, Value) for score in eager)
        assert max(range(10), key=lambda digit: eager[digit].data) == answer


def test_the_digits_have_the_gradients_of_their_scalars() -> None:
    _, made, _ = run("digits_fast")
    image, truth, weights = made["image"], made["truth"], made["model"].parameters()
    loss = made["losses"].cross_entropy(made["model"](image), truth)  # with the weights as they are now
    value, gradients = made["program"].value_and_grad([[leaf.data for leaf in image + truth]])
    expected = np.array([each.data for each in grad(loss, weights)])
    assert value == pytest.approx(loss.data, rel=1e-10)
    assert np.abs(gradients - expected).max() < 1e-10 * np.abs(expected).max()


def test_the_wrong_digit_is_wrong() -> None:
    output, made, _ = run("digits_fast")
    meant, taken = numbers(r"^This was meant to be (\d), and the network takes it for (\d):$", output)
    assert meant != taken
    assert made["test"].y[made["wrong"]] == meant
    lines = re.findall(r" (\d) +(\d+\.\d) %(?: +#*)?$", output, re.MULTILINE)
    table = [(int(digit), float(share)) for digit, share in lines]
    assert [digit for digit, _ in table] == [*range(10)]
    assert sum(share for _, share in table) == pytest.approx(100, abs=1)
    assert max(table, key=lambda row: row[1])[0] == taken
    picture = [line[2:18] for line in output.splitlines() if re.search(r"\d+\.\d %( +#*)?$", line)]
    dark = [[pixel in "#%@" for pixel in line[::2]] for line in picture[:8]]
    image = made["unseen"][made["wrong"]]
    assert dark == [[ink >= 0.75 for ink in image[row : row + 8]] for row in range(0, 64, 8)]

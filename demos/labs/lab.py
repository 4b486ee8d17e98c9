"""Functions for the labs: ask for a prediction, print tables, claims and explanations, save a picture."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from math import inf, isfinite
from statistics import median
from textwrap import fill
from typing import Any, NamedTuple

from demos.lesson import save
from engine import GradwalkError, MissingExtra
from nn import plot

SEEDS = range(20)
SHOWN = 5  # how many seeds have a line in a table
Run = Mapping[str, float]  # the results of one seed, by the titles of the columns


class Guess(NamedTuple):
    """The prediction of a student: what was typed ("" if nothing), and the choices."""

    typed: str
    choices: tuple[str, ...]

    def verdict(self, truth: str | float) -> str:
        """Return a sentence that compares the prediction with the truth: a letter, or a number to within 1 %."""
        if isinstance(truth, str):
            answer, right = self.choices["abcde".index(truth)], self.typed == truth
            truth_text = f"{truth}: {answer}"
        else:
            truth_text = answer = f"{truth:.4g}"
            right = bool(self.typed) and abs(float(self.typed) - truth) <= 0.01 * abs(truth)
        if not self.typed:
            return f"The answer is {truth_text}."
        return f"You predicted {self.typed}" + (
            f", and that is right: {answer}." if right else f"; it is {truth_text}."
        )


def predict(question: str, *choices: str) -> Guess:
    """Ask for one of the choices, or for a number. Only a terminal waits for an answer; elsewhere there is none."""
    _end_quietly()
    say(f"Predict. {question}", before="")
    print("".join(f"  {letter}  {choice}\n" for letter, choice in zip("abcde", choices)))
    guess = Guess("", choices)
    while sys.stdin.isatty() and sys.stdout.isatty():
        try:
            typed = input("your prediction (Enter: none)> ").strip().lower()
        except EOFError:
            typed = ""
        if not typed or _fits(typed, choices):
            print()
            return guess._replace(typed=typed)
        print(f"Type one letter, a to {'abcde'[len(choices) - 1]}." if choices else "Type a number, such as 0.5.")
    return guess


def table(runs: Sequence[Run]) -> None:
    """Print a line for each of the first seeds, and the median of all."""
    rows = [[str(seed), *map(_number_text, run.values())] for seed, run in enumerate(runs[:SHOWN])]
    middle = [_number_text(median(run[title] for run in runs)) for title in runs[0]]
    lines = [["seed", *runs[0]], *rows, [f"median of {len(runs)}", *middle]]
    first, *widths = (max(map(len, column)) for column in zip(*lines))
    for label, *entries in lines:
        print(label.ljust(first) + "".join(entry.rjust(width + 2) for entry, width in zip(entries, widths)))


def conclude(claim: Callable[[Sequence[Run]], bool], runs: Sequence[Run], guess: Guess, truth: str | float) -> None:
    """Print a claim, whether it holds, and whether the prediction was right.

    Parameters
    ----------
    claim: a function of the runs that returns whether they support it; its docstring is the text of the claim.
    runs: the results of all seeds.
    guess: the prediction.
    truth: what is right, a letter or a number.
    """
    holds = claim(runs)
    say(f"Claim: {claim.__doc__} " + ("It holds." if holds else "With these numbers, it does not hold. Why?"))
    if holds:
        say(guess.verdict(truth), before="")


def say(text: str, before: str = "\n") -> None:
    """Print a paragraph in 80 columns."""
    print(before + fill(" ".join(text.split()), 80))


def picture(name: str, draw: Callable[[], Any]) -> Any:
    """Draw and save a picture, and return it for a notebook. If a package is missing, print a sentence."""
    try:
        drawn = draw()
        path = save(drawn, name)
        if not hasattr(drawn, "save"):
            drawn._repr_png_ = path.read_bytes  # what a notebook shows
    except GradwalkError as error:
        return say(f"No picture: {error}")
    print(f"\nThe picture is {path}.")  # on a line of its own, however long the path is
    return drawn


def curves(
    title: str, x: str, y: str, xs: Sequence[float], lines: Mapping[str, list[float]], log: bool = False
) -> Any:
    """Draw lines over the same x values, and return the axes.

    Parameters
    ----------
    title: the title.
    x, y: the labels of the axes.
    xs: the x values.
    lines: the y values of each line, by its name.
    log: True for a logarithmic y axis.
    """
    ax = plot.losses(*lines.values(), labels=[*lines], log=log)
    for line, ys in zip(ax.lines, lines.values()):
        line.set_xdata(xs[: len(ys)])
    ax.relim()
    ax.autoscale_view()
    ax.set_title(title, loc="left", fontsize=16, pad=10)
    ax.set(xlabel=x, ylabel=y)
    legend = ax.get_legend()
    if len(lines) > 1:
        below: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.13), "ncols": 3}
        ax.legend(fontsize=12, frameon=False, handlelength=3.2, **below)
    elif legend:
        legend.remove()
    return ax


def panels(count: int) -> list[Any]:
    """Return axes side by side."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("matplotlib", "train", "a picture") from None
    return [*Figure((7 * count, 5.5), dpi=100, layout="constrained").subplots(1, count)]


def _fits(typed: str, choices: Sequence[str]) -> bool:
    if choices:
        return typed in [*"abcde"[: len(choices)]]
    try:
        return isfinite(float(typed))
    except ValueError:
        return False


def _number_text(number: float) -> str:
    return "never" if number == inf else f"{number:.4g}"


def _end_quietly() -> None:
    """Make Ctrl-C end the program with a word, if the lab is the whole program; also during a training."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    if spec and spec.name.startswith(__package__):
        signal.signal(signal.SIGINT, _stop)


def _stop(*_: Any) -> None:
    print("\nStopped.")
    raise SystemExit(130)

"""One step of the tiny GPT of demos/gpt.py, compiled: against the same source run node by node, and by hand.

A step is the loss of one word and its gradients by all weights. Run it: python tests/benchmarks/gpt.py
"""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import suppress
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any

from race import ROOT, Goals, agree, race, ratio, versions
from stored import Stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from race import Work

EAGER, EAGER_JAX = 200.0, 500.0  # how many times our step the same source takes node by node, over NumPy and JAX
ROUNDS, WORDS = 11, 32


class Model:
    """The demo's model, made by the demo's own source: of so many places, and of Values of any kind."""

    def __init__(self, places: int, kind: Any = None) -> None:
        if kind is None:
            from engine import Value as kind  # noqa: N813
        source = (ROOT / "demos" / "gpt.py").read_text(encoding="utf-8")
        taken = re.search(r"^ALPHABET = .*?(?=^# %% \[markdown\]\n# Two programs)", source, re.MULTILINE | re.DOTALL)
        assert taken, "demos/gpt.py has no model between ALPHABET and its two programs"
        made: dict[str, Any] = {"Value": kind, "Any": Any, "rng": Random(0)}
        exec(taken[0].replace("PLACES, SIZE, HEADS = 8,", f"PLACES, SIZE, HEADS = {places},"), made)
        assert made["PLACES"] == places
        self.weights: list[Any] = made["weights"]
        self.matrices: dict[str, list[list[Any]]] = made
        self.encode: Callable[[str], list[float]] = made["encode"]
        self.record: Callable[[str], tuple[list[Any], Any, Any]] = made["record"]
        self.word = "abcdefghijklmnopqrstuvwxyz"[: places - 1]  # no place is left over

    def step(self) -> tuple[float, list[float]]:
        for weight in self.weights:
            weight.grad = 0.0
        _, _, loss = self.record(self.word)
        loss.backward()
        return loss.data, [weight.grad for weight in self.weights]


def compiled(model: Model, words: list[str], backend: str) -> Work:
    import numpy as np

    from engine import compile

    inputs, _, loss = model.record(model.word)
    program = compile(loss, inputs, model.weights)
    rows, numbers = np.array([model.encode(word) for word in words]), program.numbers()
    if backend == "numpy":
        return lambda: program.value_and_grad(rows, numbers)
    import jax

    run = program.to_jax()
    there = jax.numpy.asarray(numbers), jax.numpy.asarray(rows)
    return lambda: jax.block_until_ready(run(*there))


def by_hand(model: Model, words: list[str]) -> Work:
    """The same model in NumPy, with the gradients worked out by hand: letters are looked up, words are a batch."""
    import numpy as np

    alphabet, heads = model.matrices["ALPHABET"], model.matrices["HEADS"]
    places, size = model.matrices["PLACES"], model.matrices["SIZE"]

    def array(*names: str) -> Any:
        """A matrix from the right: inputs × outputs."""
        return np.hstack([np.array([[w.data for w in row] for row in model.matrices[name]]).T for name in names])

    letter, place, project = array("letter"), array("place").T.copy(), array("query", "key", "value")
    merge, widen, narrow, answer = (array(name) for name in ("merge", "widen", "narrow", "answer"))
    ids = np.array([[alphabet.index(each) for each in f".{word}."] for word in words])
    seen, next_ = ids[:, :-1].ravel(), ids[:, 1:].ravel()
    share, rows = 1 / len(words), np.arange(len(seen))
    past = np.tril(np.ones((places, places)))
    width = size // heads
    scale = width**-0.5

    def norm(x: Any) -> tuple[Any, Any]:
        by = (np.einsum("ij,ij->i", x, x)[:, None] / size + 1e-5) ** -0.5
        return x * by, by

    def through_norm(d: Any, h: Any, by: Any) -> Any:
        return by * (d - h * (np.einsum("ij,ij->i", d, h)[:, None] / size))

    def split(each: Any) -> Any:
        """Rows of words and places -> words, heads, places."""
        return each.reshape(len(words), places, heads, width).transpose(0, 2, 1, 3)

    def work() -> tuple[Any, Any]:
        x = (letter[seen].reshape(-1, places, size) + place).reshape(-1, size)
        h1, by1 = norm(x)
        q, k, v = (split(each) for each in np.split(h1 @ project, 3, 1))
        shares = np.exp((q @ k.swapaxes(2, 3)) * scale)
        shares *= past
        shares /= shares.sum(3, keepdims=True)
        found = (shares @ v).transpose(0, 2, 1, 3).reshape(-1, size)
        x = x + found @ merge
        h2, by2 = norm(x)
        wide = np.maximum(h2 @ widen, 0)
        h3, by3 = norm(x + wide @ narrow)
        scores = h3 @ answer
        d = np.exp(scores)
        sums = d.sum(1, keepdims=True)
        loss = (np.log(sums).sum() - scores[rows, next_].sum()) * share

        d /= sums
        d[rows, next_] -= 1
        d *= share
        d_answer = h3.T @ d
        dx = through_norm(d @ answer.T, h3, by3)
        d_narrow = wide.T @ dx
        d = dx @ narrow.T
        d *= wide > 0
        d_widen = h2.T @ d
        dx += through_norm(d @ widen.T, h2, by2)
        d_merge = found.T @ dx
        d = split(dx @ merge.T)
        d_v = shares.swapaxes(2, 3) @ d
        d_scores = d @ v.swapaxes(2, 3)
        d_scores -= np.einsum("whij,whij->whi", d_scores, shares)[..., None]
        d_scores *= shares
        d_scores *= scale
        d_q, d_k = d_scores @ k, d_scores.swapaxes(2, 3) @ q
        d = np.stack([d_q, d_k, d_v]).transpose(1, 3, 0, 2, 4).reshape(-1, 3 * size)
        d_project = h1.T @ d
        dx += through_norm(d @ project.T, h1, by1)
        d_letter = np.zeros_like(letter)
        np.add.at(d_letter, seen, dx)
        d_place = dx.reshape(-1, places, size).sum(0)
        transposed = (d_letter, d_place.T, d_project, d_merge, d_widen, d_narrow, d_answer)
        return loss, np.concatenate([each.T.ravel() for each in transposed])

    return work


def table(contenders: dict[str, Work], rounds: int, goals: Goals) -> None:
    agree(contenders)
    times = race(contenders, rounds)
    for name, seconds in times.items():
        line = f"  {name:<22}{1e6 * median(seconds):>12,.0f}"
        for ours, goal in (("compiled", EAGER), ("compiled, over JAX", EAGER_JAX)):
            if ours in times:
                number = 1 / ratio(times[ours], seconds)
                wanted = goals(number, goal, True) if name == "node by node" else ""
                line += f"{number:>12.2f}  {wanted:<14}"
        print(line.rstrip())


def main() -> int:
    parser = argparse.ArgumentParser(description="One step of the tiny GPT.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds (default {ROUNDS})")
    parser.add_argument("--places", type=int, nargs="*", default=[8, 16], help="letters seen at once (default 8 16)")
    options = parser.parse_args()
    goals = Goals()
    print(versions("numpy", "jax"), end=f"; {options.rounds} rounds\n")
    for places in options.places:
        model, stored = Model(places), Model(places, lambda number, label="": Stored(number))
        rng = Random(1)
        several = ["".join(rng.choices(model.word, k=places - 1)) for _ in range(WORDS)]
        for words in ([model.word], several):
            contenders = {"compiled": compiled(model, words, "numpy")}
            with suppress(ImportError):
                contenders["compiled, over JAX"] = compiled(model, words, "jax")
            contenders["NumPy by hand"] = by_hand(model, words)
            if len(words) == 1:
                contenders |= {"stored slopes": stored.step, "node by node": model.step}
            print(f"\n{places} places, a batch of {len(words):<8} µs   x compiled                x over JAX")
            table(contenders, options.rounds, goals)
    print(f"\n{goals.missed or 'No'} goal{'s' * (goals.missed != 1)} missed.")
    return bool(goals.missed)


if __name__ == "__main__":
    sys.exit(main())

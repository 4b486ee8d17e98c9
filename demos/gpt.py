"""A tiny GPT, from scalars: it learns from the words of Python's manual, letter by letter, and makes up new ones."""

# %% [markdown]
# # A tiny GPT
#
# You will see a GPT of scalars learn the words of Python's manual letter by letter: attention, layers, training,
# and words that it makes up by itself.

# %% [markdown]
# The words, of 3 to 7 letters: the manual comes with Python, and is free under Python's license.

# %%
import re
from collections import Counter
from math import exp, log
from pydoc_data.topics import topics
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from engine import MissingExtra, Value, compile
from nn import optim

rng = Random(0)
manual = Counter(re.findall(r"(?<!\S)[a-z]{3,7}(?=[\s,;:?!])", " ".join(topics.values())))
words = sorted(word for word, count in manual.items() if count > 1)
rng.shuffle(words)
test, train = words[: len(words) // 10], words[len(words) // 10 :]
print(f"{len(train)} words to learn from, such as {', '.join(train[:5])}; {len(test)} for the test")

# %% [markdown]
# The weights, small and random.

# %%
ALPHABET = ".abcdefghijklmnopqrstuvwxyz"  # a word begins and ends with a dot
PLACES, SIZE, HEADS = 8, 16, 4  # letters seen at once; numbers that stand for a letter; heads of attention
Vector = list[Value]
Matrix = list[Vector]


def matrix(name: str, rows: int, columns: int) -> Matrix:
    """Return a matrix of random weights, each with a label."""
    return [[Value(rng.gauss(0, 0.1), f"{name}[{i}][{j}]") for j in range(columns)] for i in range(rows)]


letter, place = matrix("letter", SIZE, len(ALPHABET)), matrix("place", PLACES, SIZE)
query, key, value, merge = (matrix(name, SIZE, SIZE) for name in ("query", "key", "value", "merge"))
widen, narrow = matrix("widen", 4 * SIZE, SIZE), matrix("narrow", SIZE, 4 * SIZE)
answer = matrix("answer", len(ALPHABET), SIZE)
weights = [w for M in (letter, place, query, key, value, merge, widen, narrow, answer) for row in M for w in row]

# %% [markdown]
# The parts that it is made of.


# %%
def dot(a: Any, b: Any) -> Value:
    return sum(x * y for x, y in zip(a, b))


def linear(M: Matrix, x: Vector) -> Vector:
    return [dot(row, x) for row in M]


def add(a: Vector, b: Vector) -> Vector:
    return [x + y for x, y in zip(a, b)]


def norm(x: Vector) -> Vector:
    """Scale numbers to a root mean square of 1 (RMSNorm)."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [scale * each for each in x]


def softmax(scores: Vector) -> Vector:
    powers = [score.exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def attend(q: Vector, keys: Matrix, values: Matrix) -> Vector:
    """Return the mean of the values, each weighted by how well its key matches the query."""
    shares = softmax([dot(q, k) / len(q) ** 0.5 for k in keys])
    return [dot(shares, column) for column in zip(*values)]


# %% [markdown]
# The model: at each place, a score for each letter that may come next.


# %%
def gpt(letters: Matrix) -> Matrix:
    keys, values, scores = [], [], []  # of the letters so far: no place sees a later one
    for row, p in zip(letters, place):
        x = add(linear(letter, row), p)
        h = norm(x)
        q = linear(query, h)
        keys.append(linear(key, h))
        values.append(linear(value, h))
        attended = []
        for first in range(0, SIZE, SIZE // HEADS):
            head = slice(first, first + SIZE // HEADS)
            attended += attend(q[head], [k[head] for k in keys], [v[head] for v in values])
        x = add(x, linear(merge, attended))
        h = [each.relu() for each in linear(widen, norm(x))]
        x = add(x, linear(narrow, h))
        scores.append(linear(answer, norm(x)))
    return scores


def cross_entropy(scores: Vector, target: Vector) -> Value:
    """Return -log of the probability of the letter whose target is 1; 0 if all targets are 0."""
    total = sum(score.exp() for score in scores).log()
    return sum(t * (total - score) for t, score in zip(target, scores))


# %% [markdown]
# One word is recorded: its letters, and those to come next, each as 27 numbers with a 1 at the letter.


# %%
def encode(word: str) -> list[float]:
    return [float(a == b) for text in (f".{word}", f"{word}.") for b in text.ljust(PLACES) for a in ALPHABET]


def record(word: str) -> tuple[Vector, Matrix, Value]:
    """Return inputs, scores and loss of a word's graph. For other words, only the numbers of the inputs differ."""
    inputs = [Value(number) for number in encode(word)]
    letters = [inputs[i : i + len(ALPHABET)] for i in range(0, len(inputs), len(ALPHABET))]
    scores = gpt(letters[:PLACES])
    return inputs, scores, sum(map(cross_entropy, scores, letters[PLACES:]))


# %% [markdown]
# Two programs, each compiled from that one graph: one for the loss and its gradients, one for the scores.

# %%
inputs, scores, loss = record("the")
try:
    program = compile(loss, inputs, weights, form="matrices")
    scorer = compile([score for row in scores for score in row], inputs[: len(inputs) // 2], weights)
except MissingExtra as error:
    raise SystemExit(str(error)) from None
print(f"\n{len(weights):,} weights. {program.nodes:,} scalar nodes -> {program.operations} array operations")

# %% [markdown]
# One step for one word, the two ways to run the same graph.


# %%
def milliseconds(work: Any, times: int) -> float:
    times_taken = []
    for _ in range(times):
        since = perf_counter()
        work()
        times_taken.append(1e3 * (perf_counter() - since))
    return median(times_taken)


def node_by_node() -> None:
    _, _, loss = record("the")
    loss.backward()


eager = milliseconds(node_by_node, 3)
compiled = milliseconds(lambda: program.value_and_grad([encode("the")]), 30)
print(f"one step: {eager:.0f} ms node by node, {compiled:.2f} ms compiled: {eager / compiled:.0f} times as fast")

# %% [markdown]
# Training, 32 words a step, by Adam, with a rate that falls to 0.


# %%
def table(words: list[str]) -> Any:
    from numpy import array

    return array([encode(word) for word in words])


def per_letter(words: list[str]) -> float:
    return program(table(words), numbers).sum() / sum(len(word) + 1 for word in words)


STEPS, RATE = 400, 0.01
rows, numbers, mean, squares = table(train), program.numbers(), 0.0, 0.0
print(f"\nloss per letter (blind guessing: ln {len(ALPHABET)} = {log(len(ALPHABET)):.2f})")
print(f"step   to learn from   for the test\n   0{per_letter(train):>16.2f}{per_letter(test):>15.2f}")
for step in range(1, STEPS + 1):
    _, slopes = program.value_and_grad(rows[rng.sample(range(len(rows)), 32)], numbers)
    rate = RATE * (1 - step / (STEPS + 1))
    rule = {"lr": rate, "step": step, "betas": (0.9, 0.99), "eps": 1e-8, "weight_decay": 0.0, "l1": 0.0}
    numbers, mean, squares = optim.Adam.rule(numbers, slopes, mean, squares, **rule)
    if step % 100 == 0:
        print(f"{step:>4}{per_letter(train):>16.2f}{per_letter(test):>15.2f}")
for weight, number in zip(weights, numbers.tolist()):
    weight.data = number  # the scalars have learned, too

# %% [markdown]
# New words: 24 of them grow by a letter at a time, drawn by the chances that the scores give.


# %%
def invent(count: int, temperature: float = 0.7) -> list[str]:
    """Return new words from the model. At a low temperature likely letters are preferred, at a high one less so."""
    spelled = [""] * count
    for at in range(0, PLACES * len(ALPHABET), len(ALPHABET)):
        for i, row in enumerate(scorer([encode(word)[: len(inputs) // 2] for word in spelled])):
            if not spelled[i].endswith("."):
                chances = [exp(score / temperature) for score in row[at : at + len(ALPHABET)]]
                spelled[i] += rng.choices(ALPHABET, chances)[0]
    return [word.rstrip(".") for word in spelled]


invented = invent(24)
known = [word for word in invented if word in manual]
print("\nnew words:")
for i in range(0, len(invented), 8):
    print(" ".join(f"{word:<9}" for word in invented[i : i + 8]).rstrip())
print(f"in the manual, too: {', '.join(known) or 'none'}")

# %% [markdown]
# **A question.** At the temperature 0.7 it prefers likely letters. What do its words look like at 0.1, and at
# 2.0?

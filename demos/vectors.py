"""Data as vectors: an image, a text, a time series and a table, each turned into numbers, and each learned."""

# %% [markdown]
# # Data as vectors
#
# You will see how an image, a text, a time series and a table with categories become rows of numbers: pixels, a
# bag of letters, windows, and one-hot columns. A net reads numbers, and nothing else. The same small net then
# learns each.

# %% [markdown]
# The same net for all of them. Each is tested on rows that it has not seen.

# %%
from math import sin
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from demos.lesson import curve, finish, panels, pattern, show
from nn import MLP, accuracy, data, evaluate, fit, optim, predict


def learned(train: data.Dataset, outputs: int, loss: str) -> MLP:
    """Train a net with eight hidden neurons on rows of numbers, whatever they stand for, and return it."""
    model = MLP(len(train.features), [8, outputs], activation="tanh", rng=0)
    fit(model, *train, loss, optim.Adam(model.parameters(), lr=0.03), epochs=200, progress=False)
    return model


# %% [markdown]
# An image: 5 × 5 pixels become 25 numbers. Each shows a cross or a ring, at a random place, with one pixel
# turned over.

# %%
SHAPES = [["#.#", ".#.", "#.#"], ["###", "#.#", "###"]]


def image(kind: int, rng: Random) -> list[str]:
    """Return a picture of 5 × 5 pixels with a shape of 3 × 3 in it, and one pixel turned over."""
    left, top, ink = rng.randrange(3), rng.randrange(3), [["."] * 5 for _ in range(5)]
    for y, line in enumerate(SHAPES[kind]):
        ink[top + y][left : left + 3] = line
    x, y = rng.randrange(5), rng.randrange(5)
    ink[y][x] = "." if ink[y][x] == "#" else "#"
    return ["".join(line) for line in ink]


rng = Random(0)
images = [image(i % 2, rng) for i in range(600)]
print("an image:", *images[0], sep="\n  ")
print(f"its vector: {' '.join(f'{x:.0f}' for x in data.pixels(images[0]))}")
train, test = data.split([data.pixels(each) for each in images], [i % 2 for i in range(600)])
model = learned(train, 1, "binary_cross_entropy_on_logits")
print(f"cross or ring? {100 * accuracy(model, *test):.1f} % of {len(test.X)} new images")

# %% [markdown]
# A text: the share of each letter. Is a sentence English or German?

# %%
ENGLISH = """the weather is nice today and we go to the park|my brother plays the guitar every evening
she reads a book about the history of the sea|there were many people at the station this morning
i would like to have some bread with cheese|the teacher wrote the answer on the board
they will travel to the mountains next week|can you tell me where the library is
our cat sleeps on the chair by the window|he forgot that the shop was already closed
what do you want to eat for dinner|the children are playing with a small dog
it rained for three days without a break|we have to finish this work before friday
this is the first time that i see snow|the train to the city leaves at nine""".replace("\n", "|").split("|")
GERMAN = """das wetter ist heute gut und wir gehen in den park|mein bruder spielt jeden abend gitarre
sie liest ein buch von der geschichte des meeres|am bahnhof waren heute morgen viele menschen
ich will bitte etwas brot mit ein wenig quark|der lehrer schrieb die antwort an die tafel
sie reisen in der kommenden woche in die berge|kannst du mir sagen wo die bibliothek ist
unsere katze liegt auf dem stuhl am fenster|er hatte vergessen dass der laden schon zu war
was willst du zum abendessen haben|die kinder spielen mit einem kleinen hund
es regnete drei tage lang ohne pause|wir werden diese arbeit bis freitag schaffen
ich sehe heute zum ersten mal richtigen schnee|der zug in die stadt geht um neun""".replace("\n", "|").split("|")
texts = data.Dataset(data.bag_of_letters(ENGLISH + GERMAN), [0] * len(ENGLISH) + [1] * len(GERMAN),
                     list("abcdefghijklmnopqrstuvwxyz"), ["English", "German"])  # fmt: skip
bag = {letter: share for letter, share in zip(texts.features, texts.X[0]) if share > 0.08}
print(f"\na text: {ENGLISH[0]!r}\nits vector: 26 shares; the largest are "
      + ", ".join(f"{letter} {share:.2f}" for letter, share in bag.items()))  # fmt: skip
scores = []
for seed in range(4):
    train, test = data.split(texts, test=8, seed=seed)
    scaler = data.standardize(train)
    model = learned(scaler.transform(train), 2, "cross_entropy")
    scores.append(accuracy(model, *scaler.transform(test)))
print(f"English or German? {100 * sum(scores) / 4:.1f} % of {len(test.X)} new sentences, mean of four splits")

# %% [markdown]
# A time series: each window of six numbers, and the number that follows.

# %%
series = [sin(0.35 * t) + 0.5 * sin(0.8 * t) + rng.gauss(0, 0.05) for t in range(300)]
windows = data.windows(series, width=6)
print(f"\na series: {', '.join(f'{x:.2f}' for x in series[:8])}, ...")
print(f"its first window: {', '.join(f'{x:.2f}' for x in windows.X[0])}, and then comes {windows.y[0]:.2f}")
past, future = windows.take(range(200)), windows.take(range(200, len(windows.X)))
model = learned(past, 1, "mse")
as_before = sum((row[-1] - y) ** 2 for row, y in zip(*future)) / len(future.y)
print(f"what comes next? mean squared error {evaluate(model, *future):.4f}, and {as_before:.4f} "
      'for "as it is now"')  # fmt: skip
forecast = predict(model, future.X)

# %% [markdown]
# A table with categories, in a file of text: colours become columns of 0 and 1.

# %%
lines = ["size;colour;origin;price"]
for _ in range(300):
    size, colour, origin = rng.uniform(1, 9), rng.choice(["red", "green", "blue"]), rng.choice(["near", "far"])
    price = 2 * size + {"red": 5, "green": 0, "blue": -3}[colour] + 4 * (origin == "far") + rng.gauss(0, 0.3)
    lines.append(f"{size:.1f};{colour};{origin};{price:.2f}".replace(".", ","))
with TemporaryDirectory() as place:
    file = Path(place, "fruit.csv")
    file.write_text("\n".join(lines), encoding="utf-8")
    fruit = data.csv(file, target="price")
print(f"\na table: {lines[0]}\n         {lines[1]}")
print("its vector: " + ", ".join(f"{name} {x:g}" for name, x in zip(fruit.features[:3], fruit.X[0])) + ",")
print("            " + ", ".join(f"{name} {x:g}" for name, x in zip(fruit.features[3:], fruit.X[0][3:])))
train, test = data.split(fruit)
scaler = data.standardize(train)
model = learned(scaler.transform(train), 1, "mse")
mean = sum(train.y) / len(train.y)
spread = sum((y - mean) ** 2 for y in test.y) / len(test.y)
print(f"what does it cost? mean squared error {evaluate(model, *scaler.transform(test)):.2f}, "
      f"and {spread:.1f} for the mean price")  # fmt: skip

# %% [markdown]
# The picture: an image, a text, a series and a row of a table, as numbers.

# %%
figure, (first, second, third, fourth) = panels(2, 2, 10, 7)
pattern(first, [2 * x - 1 for x in data.pixels(images[0])], 5)
first.set_title("An image: 25 pixels", fontsize=14, loc="left")
second.bar(range(26), texts.X[0], color="#0B5FA5")
second.set_xticks(range(26), texts.features)
finish(second, "A text: the shares of its letters", "", "share")
curve(third, 0, range(60), future.y[:60], "series", marks=False)
curve(third, 1, range(60), forecast[:60], "predicted from 6 before", marks=False)
third.set_ylim(-2.5, 1.8)
finish(third, "A time series: windows", "step", "")
fourth.bar(range(len(fruit.features)), fruit.X[0], color="#0B5FA5")
fourth.set_xticks(range(len(fruit.features)), [name.replace("=", "=\n") for name in fruit.features])
finish(fourth, "A row of a table: categories are 0 or 1", "", "number")
show(figure, "vectors.png")

# %% [markdown]
# **A question.** How would you turn a sound into a row of numbers? And a game of chess? Write down how many
# numbers each row has.

"""Digits: a network of scalars learns from handwritten digits, all of them, in seconds; then, where it is wrong."""

# %% [markdown]
# # Digits, in seconds
#
# You will see the graph of one digit become a short program of matrices, and that program learn from 1,437 digits
# in seconds. Then a digit that it gets wrong, with its ten probabilities.

# %% [markdown]
# The data: 1,797 images of 8 × 8 pixels, with ink from 0 to 16. Every fifth is kept for the test.

# %%
from time import perf_counter

from demos.lesson import show
from engine import MissingExtra, Value, compile
from nn import MLP, classify, data, fit, losses, optim, plot, predict

try:
    train, test = data.split(data.digits(), test=0.2)
except MissingExtra as error:
    raise SystemExit(str(error)) from None
known, unseen = ([[ink / 16 for ink in image] for image in part.X] for part in (train, test))
print(f"{len(known)} images to learn from, {len(unseen)} for the test")

# %% [markdown]
# The network: a score for each digit. One image makes a graph of scalars, and all images run through its program.

# %%
model = MLP(64, [32, 10], "relu", rng=0)
image, truth = [Value(ink) for ink in known[0]], [Value(float(digit == train.y[0])) for digit in range(10)]
loss = losses.cross_entropy(model(image), truth)
program = compile(loss, inputs=image + truth, parameters=model.parameters())
print(f"{model}: {len(model.parameters()):,} weights")
print(f"{program.nodes:,} scalar nodes -> {program.operations} array operations\n")

# %% [markdown]
# Training: 20 times through all images, 32 at a time; fit compiles the graph by itself.

# %%
since = perf_counter()
history = fit(
    model,
    known,
    train.y,
    loss="cross_entropy",
    optimizer=optim.Adam(model.parameters(), lr=0.005),
    epochs=20,
    batch_size=32,
    validation=(unseen, test.y),
    metrics="accuracy",
)
seconds = perf_counter() - since
print(history)
first = [share >= 0.95 for share in history.metrics["accuracy"]].index(True) + 1
print(f"{seconds:.1f} s in all; 95 % of the test images were first right after epoch {first}")

# %% [markdown]
# An image that it gets wrong, and how sure it is.

# %%
answers = classify(model, unseen)
wrong = next(i for i, (answer, digit) in enumerate(zip(answers, test.y)) if answer != digit)
chances = losses.softmax(list(map(Value, predict(model, [unseen[wrong]])[0])))
print(f"\nThis was meant to be {test.y[wrong]}, and the network takes it for {answers[wrong]}:\n")
for digit, chance in enumerate(chances):
    row = unseen[wrong][8 * digit : 8 * digit + 8]  # of the image: it has 8, and there are 10 digits
    pixels = "".join(2 * " .:-=+*#%@"[round(9 * ink)] for ink in row)
    print(f"  {pixels:<16}   {digit}  {100 * chance.data:>5.1f} %  {round(40 * chance.data) * '#'}".rstrip())

# %% [markdown]
# The loss, epoch by epoch, of the digits that it learns from and of the others.

# %%
show(plot.losses(history), "digits_fast.png")

# %% [markdown]
# The test.

# %%
right = sum(answer == digit for answer, digit in zip(answers, test.y))
print(f"\ntest accuracy: {100 * right / len(answers):.1f} % ({right} of {len(answers)} images that it never saw)")

# %% [markdown]
# **A question.** The program has the same weights as the scalars. After the training, what is
# `model.layers[0].neurons[0].w[20].data`, and how would you check it?

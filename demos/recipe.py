"""The recipe: training in seven steps, as a plain loop with nothing hidden, and the test that follows it."""

# %% [markdown]
# # The recipe
#
# You will see training in seven steps, as a plain loop with nothing hidden, and the test on new points that
# follows it.

# %% [markdown]
# Points on two circles, one inside the other. Some are put aside for the test: the network never learns from
# them.

# %%
from demos.lesson import show
from nn import MLP, History, accuracy, data, losses, optim, plot

train, test = data.split(data.circles(120, noise=0.08), test=0.25)
print(f"{len(train.X)} points to learn from, {len(test.X)} for the test")

# %% [markdown]
# Step 1: small random weights near 0.

# %%
model = MLP(2, [8, 1], activation="tanh", rng=0)
optimizer = optim.SGD(model.parameters(), lr=0.05)
print(f"\n{len(model.parameters())} weights and biases, such as {model.parameters()[0].data:.3f}")

# %% [markdown]
# Steps 2 to 7, for one row after the other, in a new order each time. All rows once is an epoch.

# %%
print("\nepoch   mean loss   right in training")
history = History()
for epoch in range(1, 61):
    total = 0.0
    for (row,), (truth,) in data.batches(train, batch_size=1, epoch=epoch):
        prediction = model(row)  # 2. put a row in, and 3. pass it forward
        loss = losses.binary_cross_entropy_on_logits(prediction, truth)  # 4. compare with the truth
        optimizer.zero_grad()
        loss.backward()  # 5. pass the error back: each weight gets its share
        optimizer.step()  # 6. update every weight at once, against its gradient
        total += loss.data
    history.rows.append({"loss": total / len(train.X)})
    if epoch == 1 or epoch % 20 == 0:
        print(f"{epoch:>5}{history.losses[-1]:>12.4f}{100 * accuracy(model, *train):>18.1f} %")
    # 7. repeat, until the loss is low

# %% [markdown]
# Testing: new points, and no more learning.

# %%
print(f"\ntest accuracy: {100 * accuracy(model, *test):.1f} % of {len(test.X)} new points")

# %% [markdown]
# Pictures: the loss, epoch by epoch, and what the network says where.

# %%
show(plot.losses(history), "recipe_losses.png")
show(plot.boundary(model, *test, classes=test.classes), "recipe_boundary.png")

# %% [markdown]
# **A question.** Which line would you change for mini-batches of 10 rows, and where must `zero_grad()` then
# stand?

"""Learning from examples: the same code learns two tasks from two data sets, for only the weights differ."""

# %% [markdown]
# # Two tasks, one code
#
# You will see the same code learn two tasks from two data sets. Each network is good at what it saw examples of,
# and at nothing else: only the weights differ.

# %% [markdown]
# One function, which knows nothing of either task.

# %%
from demos.lesson import show
from nn import MLP, accuracy, data, fit, optim, plot


def learn(examples: data.Dataset) -> MLP:
    """Train a small network on examples alone, always from the same start, and return it."""
    model = MLP(2, [12, 1], activation="tanh", rng=0)
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    fit(model, *examples, loss="binary_cross_entropy_on_logits", optimizer=optimizer, epochs=200, progress=False)
    return model


# %% [markdown]
# Two data sets: half circles that reach into each other, and a circle inside another.

# %%
tasks = {task.name: data.split(task) for task in (data.moons(240), data.circles(240))}
models = {name: learn(train) for name, (train, _) in tasks.items()}

# %% [markdown]
# Each network on the test points of each task: it can do what it has seen examples of, and nothing else.

# %%
print("test accuracy of the network that learned" + "".join(f"{name:>12}" for name in tasks))
for name, (_, test) in tasks.items():
    shares = (100 * accuracy(model, *test) for model in models.values())
    print(f"{'on new ' + name:<41}" + "".join(f"{share:>10.1f} %" for share in shares))

# %% [markdown]
# The same weight, found twice.

# %%
print("\nweight               " + "".join(f"{'on ' + name:>12}" for name in tasks))
for weights in list(zip(*(model.parameters() for model in models.values())))[:3]:
    print(f"{weights[0].label:<21}" + "".join(f"{weight.data:>12.3f}" for weight in weights))

# %% [markdown]
# Pictures: what each network says where.

# %%
for name, (_, test) in tasks.items():
    show(plot.boundary(models[name], *test, classes=test.classes), f"task_{name}.png")

# %% [markdown]
# **A question.** What would one network say if it were trained on the examples of both tasks, mixed?

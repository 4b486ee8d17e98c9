"""Pixels, lines, parts, the whole: what each layer of a network responds to, before training and after."""

# %% [markdown]
# # What does each layer find?
#
# You will see what the neurons of each layer respond to: the first layer to lines, and each layer after it more and
# more to one whole shape, which no one asked for. The network is shown images of seven shapes: boxes, cups, arches,
# brackets, bars and posts. They are drawn at 25 places, so no pixel tells what a shape is: lines do, and which
# lines meet.

# %% [markdown]
# The data: 9 x 9 pixels, a shape at a place of its own in each.

# %%
from statistics import fmean

from demos.lesson import show
from nn import MLP, accuracy, data, fit, plot, purity, top_rows

train, test = data.split(data.shapes(2100))
for start in range(0, 81, 9):
    rows = (test.X[test.y.index(kind)][start : start + 9] for kind in range(7))
    print("  ".join("".join("#" if pixel > 0.5 else "." for pixel in row) for row in rows))

# %% [markdown]
# Four layers of neurons: 24, 16, 12, and one for each shape. Before training, their weights are random. A neuron is
# *pure* if the twenty images that excite it most are all of one shape. Here is the mean purity of each layer, before
# training and after it.


# %%
model = MLP(81, [24, 16, 12, 7], "tanh", rng=0)


def line_share(layer: int) -> float:
    """Return how many of a neuron's twenty strongest images have one line at one place, as the mean of a layer."""
    shares = []
    for neuron in top_rows(model, test.X)[layer]:
        images = [test.X[row] for row in neuron]
        places = [slice(9 * line, 9 * line + 9) for line in range(9)] + [slice(column, 81, 9) for column in range(9)]
        shares.append(max(fmean(sum(image[place]) > 4 for image in images) for place in places))
    return fmean(shares)


untrained = purity(model, *test)
before = plot.features(model, *test, shape=(9, 9))
lines_before = [line_share(layer) for layer in range(4)]
fit(model, *train, "cross_entropy", "adam", epochs=40, batch_size=32, seed=0)
trained = purity(model, *test)
after = plot.features(model, *test, shape=(9, 9))
print(f"test accuracy: {accuracy(model, *test):.3f}")
print("layer                            1      2      3      4")
print("one line at one place        " + "".join(f"{line_share(layer):7.2f}" for layer in range(4)) + "   trained")
print("                             " + "".join(f"{share:7.2f}" for share in lines_before) + "   untrained")
print("one shape                    " + "".join(f"{share:7.2f}" for share in trained) + "   trained")
print("                             " + "".join(f"{share:7.2f}" for share in untrained) + "   untrained")

# %% [markdown]
# Of the twenty images that excite a neuron most, how many have the same line at the same place, and how many are of
# the same shape? Untrained, every layer responds to places where ink is, and to no shape. Trained, the first layer
# still does; but each layer after it cares less about one line, and more about one shape: features of features. In
# the pictures, framed, is the input that a neuron would like best, found by gradient ascent on the pixels.

# %%
show(before, "features_untrained.png")
show(after, "features_trained.png")

# %% [markdown]
# What a neuron of each layer responds to in the plane, for two inputs: lines first, then what they enclose.

# %%
moons = data.moons(200)
small = MLP(2, [6, 6, 1], "tanh", "sigmoid", rng=1)
fit(small, *moons, "binary_cross_entropy", "adam", epochs=300)
show(plot.neurons(small, moons.X), "neurons.png")

# %% [markdown]
# **A question.** Leave out the second and the third layer, `MLP(81, [24, 7], "tanh", rng=0)`. It still learns.
# How pure is its first layer now, and why is that so?

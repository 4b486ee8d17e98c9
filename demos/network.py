"""A network, taken apart: its neurons, its weights as a matrix, and how a signal goes through it."""

# %% [markdown]
# # A network, taken apart
#
# You will see one neuron, then a network of four, in numbers: the matrix of its weights, the signal on its way
# forward through two layers and through five, and each weight's share of the error on the way back.

# %% [markdown]
# One neuron, its parts named as in nature and as here.

# %%
from demos.lesson import show
from engine import draw
from nn import MLP, Neuron, losses, plot

neuron = Neuron(3, activation="sigmoid", rng=1)
x = [1.0, 0.5, -1.0]
print("A neuron: each number pays a toll at its synapse, and the cell body adds them up")
for number, weight in zip(x, neuron.w):
    print(f"  input (dendrite) {number:>4} * weight (synapse) {weight.data:>6.3f} = {number * weight.data:>6.3f}")
h = neuron(x)
print(f"  the sum and the bias: z = {h.args[0].data:.3f}; the output (axon): sigmoid(z) = {h.data:.3f}")

# %% [markdown]
# A network of two inputs, three hidden neurons and one output. The sizes follow from the task.

# %%
model = MLP(2, [3, 1], activation="tanh", rng=0)
print(f"\n{model}: {len(model.parameters())} weights and biases")

# %% [markdown]
# The weights between two layers are a matrix: a row for where a connection starts, a column for where it leads.

# %%
W, V = model.weights()
print(f"\nfirst layer, {len(W)} x {len(W[0])}:")
for row in W:
    print("  " + "".join(f"{weight.data:>8.3f}" for weight in row))
print(f"w23 joins the second input to the third neuron: {W[1][2].label} = {W[1][2].data:.3f}")

# %% [markdown]
# Forward, layer after layer: a dot product and an activation each.

# %%
x = [1.0, -2.0]
print(f"\nx  = {x}")
hidden = model.layers[0](x)
for number, (h, column) in enumerate(zip(hidden, zip(*W)), 1):
    products = " + ".join(f"{a} * {w.data:.3f}" for a, w in zip(x, column))
    print(f"h{number} = tanh({products}) = tanh({h.args[0].data:.3f}) = {h.data:.3f}")
y = model(x)
print("y  = " + " + ".join(f"{h.data:.3f} * {w.data:.3f}" for h, (w,) in zip(hidden, V)) + f" = {y.data:.3f}")

# %% [markdown]
# Five layers work in the same way: the outputs of one are the inputs of the next. Each neuron computes the same
# sum, w·x + b.

# %%
deep = MLP(2, [3, 3, 3, 3, 2], activation="tanh", rng=0)
signal = x
print(f"\nfive layers\n{'x':<15}" + "".join(f"{number:>8.3f}" for number in signal))
for number, layer in enumerate(deep.layers, 1):
    outputs = layer(signal)
    name = f"layer {number}, {layer.neurons[0].activation}"
    print(f"{name:<15}" + "".join(f"{h.data:>8.3f}" for h in outputs))
    signal = outputs
first = deep.layers[0](x)[0].args[0]
terms = " + ".join(f"{w.data:.3f} * {number}" for w, number in zip(deep.layers[0].neurons[0].w, x))
print(f"the first sum: w·x + b = {terms} + {deep.layers[0].neurons[0].b.data} = {first.data:.3f}")

# %% [markdown]
# Backward: every weight's share of the error, all at once.

# %%
loss = losses.quadratic(y, 1.0)
loss.backward()
print(f"\nloss = {loss.data:.3f}. For a little more of a weight, it changes so many times as much:")
for row in W:
    print("  " + "".join(f"{weight.grad:>8.3f}" for weight in row))

# %% [markdown]
# Pictures: the neuron and the network with the numbers of this sample in them, and the graph of all its steps.

# %%
show(plot.network(neuron, [1.0, 0.5, -1.0]), "one_neuron.png")
show(plot.network(model, x), "network.png")
show(plot.weights(model), "weights.png")
show(draw(loss), "graph.svg")

# %% [markdown]
# **A question.** The first layer's matrix is 2 × 3. What are the sizes of the matrices of a network with 64
# inputs, 32 hidden neurons and 10 outputs, and which of them holds w₂₃ of its first layer?

"""A network, taken apart: its neurons, its weights as a matrix, and how a signal goes through it."""

# %% One neuron, its parts named as in nature and as here
import os
from pathlib import Path

from engine import draw
from nn import MLP, Neuron, losses, plot

folder = Path(os.environ.get("GRADWALK_PICTURES", "."))
neuron = Neuron(3, activation="sigmoid", rng=1)
x = [1.0, 0.5, -1.0]
print("A neuron: each number pays a toll at its synapse, and the cell body adds them up")
for number, weight in zip(x, neuron.w):
    print(f"  input (dendrite) {number:>4} * weight (synapse) {weight.data:>6.3f} = {number * weight.data:>6.3f}")
h = neuron(x)
print(f"  the sum and the bias: z = {h.args[0].data:.3f}; the output (axon): sigmoid(z) = {h.data:.3f}")

# %% A network of two inputs, three hidden neurons and one output. The sizes follow from the task
model = MLP(2, [3, 1], activation="tanh", rng=0)
print(f"\n{model}: {len(model.parameters())} weights and biases")

# %% The weights between two layers are a matrix: a row for where a connection starts, a column for where it leads
W, V = model.weights()
print(f"\nfirst layer, {len(W)} x {len(W[0])}:")
for row in W:
    print("  " + "".join(f"{weight.data:>8.3f}" for weight in row))
print(f"w23 joins the second input to the third neuron: {W[1][2].label} = {W[1][2].data:.3f}")

# %% Forward, layer after layer: a dot product and an activation each
x = [1.0, -2.0]
print(f"\nx  = {x}")
hidden = model.layers[0](x)
for number, (h, column) in enumerate(zip(hidden, zip(*W)), 1):
    products = " + ".join(f"{a} * {w.data:.3f}" for a, w in zip(x, column))
    print(f"h{number} = tanh({products}) = tanh({h.args[0].data:.3f}) = {h.data:.3f}")
y = model(x)
print("y  = " + " + ".join(f"{h.data:.3f} * {w.data:.3f}" for h, (w,) in zip(hidden, V)) + f" = {y.data:.3f}")

# %% Backward: every weight's share of the error, all at once
loss = losses.quadratic(y, 1.0)
loss.backward()
print(f"\nloss = {loss.data:.3f}. For a little more of a weight, it changes so many times as much:")
for row in W:
    print("  " + "".join(f"{weight.grad:>8.3f}" for weight in row))

# %% Pictures: the neuron and the network with the numbers of this sample in them, and the graph of all its steps
plot.network(neuron, [1.0, 0.5, -1.0]).figure.savefig(folder / "one_neuron.png")
plot.network(model, x).figure.savefig(folder / "network.png")
plot.weights(model).figure.savefig(folder / "weights.png")
draw(loss).save(folder / "graph.svg")
print("\nThe pictures are one_neuron.png, network.png, weights.png and graph.svg.")

"""One neuron: what its parts are, every step of its walk, and its picture."""

# %% [markdown]
# # One neuron
#
# You will see what the parts of a neuron are called in nature and here, what it computes from two inputs, and how
# its output answers to each of its weights.

# %% [markdown]
# A neuron of two inputs. Its weights would be random: these are chosen, for round numbers.

# %%
from demos.lesson import show
from engine import Value, draw, walk
from nn import Neuron

neuron = Neuron(2, activation="tanh")
neuron.w[0].data, neuron.w[1].data, neuron.b.data = 1.5, -1.0, -1.5
x = [Value(2.0, "x1"), Value(1.0, "x2")]
h = neuron(x)
z = h.args[0]

# %% [markdown]
# Its parts, by both of their names.

# %%
print("part             in nature    here")
print(f"inputs           dendrites    x = {x[0]:.1f}, {x[1]:.1f}")
print(f"weights          synapses     w = {neuron.w[0]:.1f}, {neuron.w[1]:.1f}")
print(f"bias             threshold    b = {neuron.b:.1f}")
print(f"weighted sum     cell body    z = w·x + b = w1*x1 + w2*x2 + b = {z:.4f}")
print(f"activation       firing       h = tanh(z) = {h:.4f}")

# %% [markdown]
# Its walk: forward to the output, then back to a slope for each weight.

# %%
print(f"\n{walk(h).text()}")

# %% [markdown]
# Its picture, with the gradients in it.

# %%
h.backward()
show(draw(h), "neuron.svg")

# %% [markdown]
# **A question.** Which input would you change to make this neuron answer 0 exactly, and to which number?

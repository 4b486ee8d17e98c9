"""Activation functions: what they make of a weighted sum, when each is used, and how a sigmoid gets stuck."""

# %% [markdown]
# # Activation functions
#
# You will see what four activations make of the same weighted sums, when each is used, and how slowly a sigmoid
# learns that is far on the wrong side: its slope is nearly 0 there.

# %% [markdown]
# Four of them: a threshold (0 or 1), a sigmoid (0..1), tanh (-1..1) and a rectifier (0 or more).

# %%
from demos.lesson import show
from engine import Value
from nn import Neuron, losses, optim, plot

FOUR = "threshold", "sigmoid", "tanh", "relu"


def output_and_slope(name: str, z: float) -> tuple[float, float]:
    """Return an activation's output for a weighted sum, and its slope there."""
    x = Value(z)
    h = getattr(x, name)()
    h.backward()
    return h.data, x.grad


print("weighted sum" + "".join(f"{name:>17}" for name in FOUR) + "\n" + " " * 12 + "   output   slope" * 4)
for z in (-10.0, -2.0, -0.5, 0.5, 2.0, 10.0):
    numbers = (output_and_slope(name, z) for name in FOUR)
    print(f"{z:>12}" + "".join(f"{h:>9.3f}{slope:>8.5f}" for h, slope in numbers))

# %% [markdown]
# When to use which.

# %%
print("\nthreshold  a last neuron that says yes or no; its slope is 0, so it cannot learn")
print("sigmoid    a last neuron that says how likely a yes is")
print("tanh       hidden neurons: the signals stay around 0")
print("relu       hidden neurons: a slope of 1 does not fade on its way through layers")
print("\nweighted sum   threshold: yes?   sigmoid: how likely a yes?")
for z in (-1.5, 0.2, 3.0):
    chance, _ = output_and_slope("sigmoid", z)
    print(f"{z:>12}   {'yes' if Value(z).threshold().data else 'no':<15}   {100 * chance:.0f} %")

# %% [markdown]
# A saturated sigmoid gets next to no gradient: the further it is from its target, the slower it learns.

# %%
print("\nstart at   says       slope of the loss   steps to say 0.9, at rate 1")
for start in (0.0, -2.0, -4.0, -6.0):
    neuron = Neuron(1, "sigmoid", init="zeros")
    neuron.b.data = start  # the weighted sum, for an input of 0
    optimizer = optim.SGD(neuron.parameters(), lr=1.0)
    first, steps = 0.0, 0
    while (h := neuron(0.0)).data < 0.9:
        optimizer.zero_grad()
        losses.quadratic(h, 1.0).backward()
        first = first or neuron.b.grad
        optimizer.step()
        steps += 1
    print(f"{start:>8}   {Value(start).sigmoid().data:<8.4f}   {first:<17.6f}   {steps:,}")

# %% [markdown]
# Pictures: each activation with its derivative.

# %%
for name in FOUR:
    show(plot.activation(name), f"activation_{name}.png")

# %% [markdown]
# **A question.** A hidden layer of thresholds could compute the same yes or no as one of sigmoids. Why can
# gradient descent not find its weights?

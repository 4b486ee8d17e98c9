"""Loss functions: three of them on the same predictions, and why classifiers take cross-entropy."""

# %% [markdown]
# # Loss functions
#
# You will see three losses of the same predictions, from sure and right to sure and wrong, and how much faster a
# neuron learns with cross-entropy when it is sure and wrong.

# %% [markdown]
# Predictions of a yes (1), from sure and right to sure and wrong.

# %%
from collections.abc import Callable

from demos.lesson import show
from engine import Value
from nn import losses, optim, plot

THREE = {"quadratic": losses.quadratic, "mse": losses.mse, "cross-entropy": losses.binary_cross_entropy}

print(f"{'':>12}" + "".join(f"{name:>18}" for name in THREE) + "\nprediction  " + "      loss   slope" * 3)
for number in (0.99, 0.7, 0.5, 0.3, 0.01):
    line = f"{number:>10}  "
    for loss in THREE.values():
        p = Value(number)
        result = loss(p, 1.0)
        result.backward()
        line += f"{result.data:>10.4f}{p.grad:>8.2f}"
    print(line)

# %% [markdown]
# Several outputs: quadratic adds them up, mse averages, cross-entropy looks at the score of the true class.

# %%
scores, truth = [2.0, -1.0, 0.5], 0
chances = [p.data for p in losses.softmax(scores)]
print("\nscores " + ", ".join(map(str, scores)) + " are chances " + ", ".join(f"{p:.3f}" for p in chances))
print(f"quadratic      {losses.quadratic(chances, [1.0, 0.0, 0.0]).data:.4f}")
print(f"mse            {losses.mse(chances, [1.0, 0.0, 0.0]).data:.4f}")
print(f"cross-entropy  {losses.cross_entropy(scores, truth).data:.4f} = -log({chances[truth]:.3f})")

# %% [markdown]
# A neuron that is sure and wrong: on which loss does it learn faster?


# %%
def squared(z: Value) -> Value:
    return losses.mse(z.sigmoid(), 1.0)


def entropy(z: Value) -> Value:
    return losses.binary_cross_entropy_on_logits(z, 1.0)


def path(loss: Callable[[Value], Value], steps: int = 20) -> list[float]:
    """Return the weighted sum, step by step at the rate 1, of a neuron that starts at -5 and should give 1."""
    z = Value(-5.0, "z")
    optimizer, path = optim.SGD([z], lr=1.0), [z.data]
    for _ in range(steps):
        optimizer.zero_grad()
        loss(z).backward()
        optimizer.step()
        path.append(z.data)
    return path


print("\nsigmoid(z) should be 1, and starts at z = -5. After 20 steps at rate 1:")
for name, loss in ("mse", squared), ("cross-entropy", entropy):
    way = path(loss)
    print(f"{name:<15}z = {way[-1]:>6.3f}   says {Value(way[-1]).sigmoid().data:.4f}")

for name, loss in ("mse", squared), ("cross-entropy", entropy):
    show(plot.descent(loss, path(loss), limits=(-6, 6)), f"loss_{name}.png")

# %% [markdown]
# **A question.** At the prediction 0.01 the slope of cross-entropy is -100, of the quadratic loss about -1. Why
# does that help a sigmoid that is stuck?

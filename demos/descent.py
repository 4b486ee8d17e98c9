"""Descent, drawn: the loss of one weight is a parabola, its slope says where down is, the rate how far to go."""

# %% [markdown]
# # Descent
#
# You will see the loss of one weight as a parabola, the slope that says where down is, and three rates: one too
# small, one right, one that climbs.

# %% [markdown]
# The loss as a function of the weight: the input is 2, the target 6.

# %%
from demos.lesson import show
from engine import Value
from nn import losses, optim, plot


def loss(w: Value) -> Value:
    return losses.quadratic(w * 2.0, 6.0)


# %% [markdown]
# Downhill in fog: the slope under our feet is all that we know. A gradient a step, and no map.


# %%
def path(rate: float, most: int = 1000) -> list[float]:
    """Return the weight from 5 on, step by step, until it is within 0.01 of the minimum or clearly diverges."""
    w = Value(5.0, "w")
    optimizer, path = optim.SGD([w], lr=rate), [w.data]
    while abs(w.data - 3.0) > 0.01 and len(path) <= most and abs(w.data) < 1e3:
        optimizer.zero_grad()
        loss(w).backward()
        optimizer.step()
        path.append(w.data)
    return path


print("rate     gradients measured   w after the first steps")
ways = {rate: path(rate) for rate in (0.005, 0.1, 0.25, 0.45, 0.6)}
for rate, way in ways.items():
    arrived = abs(way[-1] - 3.0) <= 0.01
    count = f"{len(way) - 1}, and there" if arrived else f"{len(way) - 1}, and away"
    print(f"{rate:<6}{count:>21}   " + ", ".join(f"{w:.3f}" for w in way[:5]))

# %% [markdown]
# The gradient points uphill: left of the minimum it is negative, right of it positive. So step against it.

# %%
print("\n     w   slope   downhill is")
for number in (1.0, 2.0, 3.0, 4.0, 5.0):
    w = Value(number)
    loss(w).backward()
    print(f"{number:>6}{w.grad:>8.1f}   " + ("here" if not w.grad else "left" if w.grad > 0 else "right"))

# %% [markdown]
# Pictures: the parabola with its tangent and the steps, then three rates.

# %%
show(plot.descent(loss, ways[0.1][:6], limits=(0, 6)), "descent.png")
names = ["rate 0.005: too small", "rate 0.1: right", "rate 0.6: too large"]
three = [ways[0.005][:9], ways[0.1], ways[0.6][:4]]
show(plot.descent(loss, *three, labels=names, tangent=None), "rates.png")

# %% [markdown]
# **A question.** Each step at the rate 0.1 leaves 0.6 of the way to the minimum. What does a step at 0.45 leave,
# and what at 0.6?

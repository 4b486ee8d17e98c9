"""One weight learns: it starts at 5, its first slope is 8, its next number 4.2, and it goes on down to 3."""

# %% [markdown]
# # One weight learns
#
# You will see one weight learn. It starts at 5; the first slope is 8; a step of the rate 0.1 takes it to 4.2,
# then to 3.72, then to 3.432, and so on down to 3, where the loss is lowest.

# %% [markdown]
# The problem: find w such that w * 2 is 6.

# %%
from demos.lesson import show
from engine import Value
from nn import losses, optim, plot

x, target, rate = 2.0, 6.0, 0.1
w = Value(5.0, "w")

# %% [markdown]
# One step, looked at closely.

# %%
prediction = w * x
loss = losses.quadratic(prediction, target)
loss.backward()
ends = w.data - rate * w.grad
print(f"weight w = {w:g}, input x = {x:g}, target {target:g}, rate {rate}\n")
print(f"prediction   w * x                          {w:g} * {x:g} = {prediction:g}")
print(f"loss         (target - prediction)**2 / 2   ({target:g} - {prediction:g})**2 / 2 = {loss:g}")
print(f"slope        (prediction - target) * x      ({prediction:g} - {target:g}) * {x:g} = {w.grad:g}")
print(f"new w        w - rate * slope               {w:g} - {rate} * {w.grad:g} = {ends:g}")

# %% [markdown]
# The same again and again, by an optimizer: the slope flattens, and the steps get shorter by themselves.

# %%
optimizer = optim.SGD([w], lr=rate)
way = [5.0]
print("\nstep         w   prediction      loss     slope")
for step in range(31):
    loss = losses.quadratic(w * x, target)
    optimizer.zero_grad()
    loss.backward()
    if step < 6 or step % 10 == 0:
        print(f"{step:>4}{w:>10.4f}{w.data * x:>13.4f}{loss:>10.4f}{w.grad:>10.4f}")
    optimizer.step()
    way.append(w.data)
print(f"\nw is {w:.4f}, and {w:.4f} * {x:g} is {w.data * x:.4f}: the weight was found, not programmed.")

# %% [markdown]
# The picture: the loss over the weight, its slope at 5, and the steps down.

# %%
show(plot.descent(lambda w: losses.quadratic(w * x, target), way[:6], limits=(0, 6)), "one_weight.png")

# %% [markdown]
# The rate decides: too small is slow, too large jumps over the minimum and away.

# %%
print("\nrate      w after 0, 1, 2, 3, 4, 5 steps")
for rate, verdict in (0.01, "slow"), (0.1, "good"), (0.25, "one jump"), (0.5, "to and fro"), (0.6, "away"):
    w = Value(5.0, "w")
    optimizer = optim.SGD([w], lr=rate)
    path = [w.data]
    for _ in range(5):
        optimizer.zero_grad()
        losses.quadratic(w * x, target).backward()
        optimizer.step()
        path.append(w.data)
    print(f"{rate:<6}" + "".join(f"{number:>8.3f}" for number in path) + f"   {verdict}")

# %% [markdown]
# **A question.** From which weights could you start so that the first step lands on 3 exactly, with the rate 0.1?
# And which rate lands on 3 in one step, wherever you start?

"""The chain rule: the slopes of one expression by hand, by a nudge, by backward() and by a walk."""

# %% [markdown]
# # The chain rule
#
# You will see the slopes of one expression found in four ways: by hand, by a nudge, by `backward()` and by a
# walk. All four agree.

# %% [markdown]
# An expression, one operation at a time.

# %%
from demos.lesson import show
from engine import Value, draw, label_all, walk

a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
e = a * b
d = e + c
L = d * f
label_all(globals())  # each Value goes by the name of its variable
print(f"e = a * b = {e:.1f}    d = e + c = {d:.1f}    L = d * f = {L:.1f}")

# %% [markdown]
# By hand: upstream gradient times local derivative, from the root L down to the leaves.

# %%
slope = {"L": 1.0}  # of L by each node
slope["d"] = slope["L"] * f.data  # L = d * f: the local derivative by d is f
slope["f"] = slope["L"] * d.data  #            and by f it is d
slope["e"] = slope["d"] * 1.0  # d = e + c: a sum hands its upstream gradient on
slope["c"] = slope["d"] * 1.0
slope["a"] = slope["e"] * b.data  # e = a * b: the local derivative by a is b
slope["b"] = slope["e"] * a.data  #            and by b it is a

# %% [markdown]
# By a nudge: move one leaf by a little, and see how far L moves for it.


# %%
def nudged(node: Value, by: float = 1e-6) -> float:
    """Return the slope of L by a leaf, measured by a nudge to both sides."""
    x = {leaf.label: leaf.data for leaf in (a, b, c, f)}
    above, below = x | {node.label: node.data + by}, x | {node.label: node.data - by}
    rise = (above["a"] * above["b"] + above["c"]) * above["f"] - (below["a"] * below["b"] + below["c"]) * below["f"]
    return rise / (2 * by)


# %% [markdown]
# By backward(), which does the same for a graph of any size.

# %%
L.backward()
print("\nslope      by hand   by a nudge   by backward()")
for leaf in a, b, c, f:
    print(f"dL/d{leaf.label} {slope[leaf.label]:>13.4f}{nudged(leaf):>13.4f}{leaf.grad:>16.4f}")

# %% [markdown]
# A node that is used twice gets a contribution along each of its edges, and they add up.

# %%
x = Value(3.0, "x")
y = x * x + x
y.backward()
print(f"\ny = x * x + x at x = 3: dy/dx = 3 + 3 + 1 = {x.grad:.1f}")

# %% [markdown]
# By walk: each step of the way, with its numbers. It starts from 0.0, whatever backward() has left.

# %%
print(f"\n{walk(L).text()}")

# %% [markdown]
# The picture: each node with its value and its gradient, each edge with what it multiplies a gradient by.

# %%
L.backward()
show(draw(L, local=True), "chain_rule.svg")

# %% [markdown]
# **A question.** Set `b` to 0 and run all cells again. Which slopes become 0, and why is `dL/db` not one of them?

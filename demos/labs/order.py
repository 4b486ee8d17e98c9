"""No topological order: a backward pass that recurses passes the same gradient on several times."""

# %% Predict
from random import Random

from demos.labs.lab import SEEDS, Run, conclude, curves, picture, predict, say, table
from engine import Value, label_all, walk

guess = predict(
    "b = a + a and c = b + b, so c = 4 a and dc/da is 4. A backward pass that calls itself for each argument, one "
    "after the other, finds another number. Which?"
)


# %% Run: the naive pass. It hands a node's gradient to its arguments, and then does the same for each of them
def naive(node: Value, visits: list[Value]) -> None:
    visits.append(node)
    numbers = [arg.data for arg in node.args]
    for arg, slope in zip(node.args, node.op.slopes if node.op else ()):
        if arg.requires_grad:
            arg.grad += node.grad * slope(*numbers, z=node.data)
    for arg in node.args:
        naive(arg, visits)


def both(root: Value, leaf: Value) -> tuple[float, float, int]:
    """Return the leaf's gradient by the naive pass and by backward(), and how many nodes the naive pass visited."""
    visits: list[Value] = []
    root.zero_grad()
    root.grad = 1.0
    naive(root, visits)
    wrong = leaf.grad
    root.zero_grad()
    root.backward()
    right = leaf.grad
    root.zero_grad()
    return wrong, right, len(visits)


a = Value(1.0)
b = a + a
c = b + b
label_all(globals())
four = both(c, a)[0]
print(f"naive: dc/da = {four:g}. And the walk, in topological order, one line an edge:")
for step in walk(c)[-4:]:
    print(f"  {step.node.label} -> {step.target.label}   {step.target.label}.grad {step.before:g} -> {step.after:g}")

# %% The same, doubled more and more often
print("\ndoublings   right     naive   naive / right   nodes visited")
node, ratios = a, []
for count in range(1, 7):
    node = node + node
    wrong, right, visits = both(node, a)
    ratios.append(wrong / right)
    print(f"{count:>9}{right:>8.0f}{wrong:>10.0f}{ratios[-1]:>16.0f}{visits:>16}")


# %% Any numbers will do, if nodes are used twice
def measure(seed: int) -> Run:
    """Return dy/dx by the naive pass, by backward() and by a nudge, after three steps y = u * y + v * y."""
    rng = Random(seed)
    factors = [(rng.uniform(0.5, 1.5), rng.uniform(0.5, 1.5)) for _ in range(3)]

    def chain(x: Value) -> Value:
        for u, v in factors:
            x = x * u + x * v
        return x

    x = Value(1.0)
    wrong, right, _ = both(chain(x), x)
    return {"naive": wrong, "in order": right, "nudge": (chain(Value(1.001)).data - chain(Value(0.999)).data) / 0.002}


runs = [measure(seed) for seed in SEEDS]
print()
table(runs)


# %% Explain
def claim(runs: list[Run]) -> bool:
    """In all 20 seeds, backward() agrees with the nudge within a millionth, and the naive pass finds more than
    twice as much."""
    return all(abs(run["in order"] / run["nudge"] - 1) < 1e-6 and run["naive"] > 2 * run["in order"] for run in runs)


conclude(claim, runs, guess, four)
say(
    """c hands 1 to b, twice: b.grad is 2. Now b is visited, once for each edge. The first visit hands 2 to a,
    twice: a.grad is 4, and right. But the second visit hands the same 2 on, twice again: 8. A node may pass its
    gradient on only once, when all of it has arrived: after every node that it feeds. That order is called
    topological."""
)
say(
    f"""The error feeds on itself: {len(ratios)} doublings give {ratios[-1]:,.0f} times too much, from {visits}
    visits, which double each time, too. In order, each of the {2 * len(ratios)} edges is walked once."""
)
say(
    """Next: call naive(arg) inside of the first loop, right after arg.grad. Is it 8 still? Work it out before
    you run it."""
)

# %% Picture
lines = {"naive": ratios, "in order": [1.0] * len(ratios)}
title = "How many times too large is the gradient?"
picture("order.png", lambda: curves(title, "doublings", "naive / right, log scale", range(1, 7), lines, log=True))

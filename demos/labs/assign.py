"""`=` in place of `+=`: a node that feeds two others gets two contributions, and an assignment keeps only one."""

# %% Predict
from math import acos, degrees, hypot
from random import Random

from demos.labs.lab import SEEDS, Run, conclude, picture, predict, say, table
from engine import Value, draw, label_all, walk
from nn import MLP, losses

guess = predict(
    "L = a * b + a, at a = 2 and b = 3. A backward pass writes each contribution with = instead of +=. "
    "What does it find for a.grad?",
    "4, as it should be: b + 1",
    "3, the contribution through a * b",
    "1, the contribution of the last + a",
)


# %% Run: a backward pass in a few lines, along the edges of a walk
def backward(root: Value, add: bool) -> dict[Value, float]:
    """Return the gradient of each node. Contributions are added (+=), or each overwrites the one before (=)."""
    grad = {root: 1.0}
    for step in walk(root):
        if step.kind == "backward":
            before = grad.get(step.target, 0.0) if add else 0.0
            grad[step.target] = before + grad[step.node] * step.local  # upstream * local
    return grad


a, b = Value(2.0), Value(3.0)
L = a * b + a
label_all(globals())
L.backward()
right, wrong = backward(L, add=True), backward(L, add=False)
print("L = a * b + a      +=     =\n" + "\n".join(f"dL/d{v.label}{right[v]:>17.1f}{wrong[v]:>6.1f}" for v in (a, b)))


# %% In a network the output of a neuron feeds each neuron of the next layer
def measure(seed: int) -> Run:
    """Return how many % of each layer's gradients are wrong by over 1 % with =, and the angle of error in layer 1."""
    rng = Random(seed)
    model = MLP(2, [4, 4, 1], "tanh", rng=rng)
    loss = losses.quadratic(model([rng.uniform(-1, 1), rng.uniform(-1, 1)]), 1.0)
    loss.backward()  # the truth
    assigned = backward(loss, add=False)
    run = {}
    for number, layer in enumerate(model.layers, 1):
        off = [abs(assigned[w] / w.grad - 1) > 0.01 for w in layer.parameters()]
        run[f"layer {number} wrong"] = 100 * sum(off) / len(off)
    first = model.layers[0].parameters()
    lengths = hypot(*(w.grad for w in first)) * hypot(*(assigned[w] for w in first))
    return run | {"degrees off": degrees(acos(sum(w.grad * assigned[w] for w in first) / lengths))}


runs = [measure(seed) for seed in SEEDS]
print("\nWith =: % of wrong gradients in each layer, and the angle of error in layer 1")
table(runs)


# %% Explain
def claim(runs: list[Run]) -> bool:
    """In all 20 seeds, = gets each gradient of layers 2 and 3 right, and in at least 18 of 20 it gets each of
    layer 1 wrong by more than 1 %."""
    late = all(run["layer 2 wrong"] == run["layer 3 wrong"] == 0 for run in runs)
    return late and sum(run["layer 1 wrong"] == 100 for run in runs) >= 18


conclude(claim, runs, guess, "b")
say(
    f"""a feeds two nodes: the sum, with the contribution 1, and a * b, with the contribution b = 3. L moves
    through both when a moves, so they add up to {right[a]:g}. The pass comes to a * b last, and = forgets what
    was there: {wrong[a]:g}. b feeds one node, and = does it no harm."""
)
say(
    """A hidden neuron feeds every neuron of the next layer. In layer 2 they are followed by the one output, and
    nothing is lost; in layer 1 each is followed by four, and three of four contributions are. That is why this
    mistake hides: short tests pass, the last layers learn, and only the first layer goes wrong."""
)
say("Next: give the model one layer more, [4, 4, 4, 1], or a second output, and predict which layers go wrong.")

# %% Picture: the two edges that meet in a
edges = [(node, node.args.index(a)) for node in (L, L.args[0])]
picture("assign.svg", lambda: draw(L, highlight=edges, local=True))

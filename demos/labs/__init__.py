"""Labs: predict, run, explain. `gradwalk labs` lists them, `gradwalk labs NAME` runs one.

Each is a script in `# %%` cells: it asks what will happen, runs it over 20 seeds, and says why it happened.
"""

LABS = {
    "zero_grad": "a training loop that forgets zero_grad()",
    "assign": "gradients written with = instead of +=",
    "order": "a backward pass that recurses instead of sorting the graph",
    "rates": "learning rates too low and too high, and where too high begins",
    "symmetry": "weights that all start at zero, or all alike",
    "saturated_tanh": "tanh with large weights: outputs at -1 and 1, slopes near 0",
    "dead_relu": "neurons whose output stays 0 after one step too large",
    "depth": "gradients that vanish and explode on their way through layers",
    "unscaled": "two inputs in different units, and one rate for both",
    "overfitting": "a network that learns its few points by heart",
    "log_of_zero": "a probability that rounds to 1, and the log of the other one",
}

"""Demos: scripts in `# %%` cells, run cell by cell in an editor, or as a whole by `gradwalk demo NAME`.

Pictures are saved in the current folder, or in the folder that GRADWALK_PICTURES names.
"""

import sys

# Python was started with -m: if the module to run is ours, it must import our packages.
if getattr(sys, "argv", [])[:1] == ["-m"]:
    from ._ours import keep_ours, started_module

    if started_module():
        keep_ours()

DEMOS = {
    "tour": "start here: a neuron walked and drawn, a network trained",
    "chain_rule": "the chain rule by hand, by a nudge, by backward() and by walk",
    "one_weight": "gradient descent on one weight: from 5 by 4.2 down to 3",
    "neuron": "one neuron: its parts, its walk and its picture",
    "network": "a network taken apart: neurons, the matrix, forward, backward",
    "activations": "threshold, sigmoid, tanh, ReLU, and a sigmoid that is stuck",
    "losses": "three losses on the same predictions, and which learns faster",
    "descent": "a parabola, its tangent, and rates too small, right, too large",
    "batches": "batch, mini-batch, stochastic: what repeats, what gets stuck",
    "stochastic": "paths stuck and paths that leave; rows seen until the same loss",
    "optimizers": "nine ways down one valley, raced",
    "brute_force": "10**75 combinations of weights, counted, and steps of descent",
    "recipe": "training in seven steps, as a plain loop",
    "two_tasks": "the same code learns two tasks from two data sets",
    "scaling": "inputs as measured, standardized and normalized, side by side",
    "moons": "classification: a boundary that is no straight line",
    "regression": "a line, found among all lines, and a curve",
    "clustering": "points without labels, gathered by descent",
    "memory": "parity: a net with feedback keeps count, one without cannot",
    "feedback": "a net that settles: pictures recalled, and a puzzle solved",
    "vectors": "an image, a text, a series, a table: as numbers, and learned",
    "against_rules": "rules by hand, neighbours, one neuron, a net: who learns most",
    "sparse": "how many neurons are silent for a digit: ReLU beside sigmoid",
    "connections": "connections that grow, weaken and die: decay, L1, pruning",
    "dropout": "learning by heart, and four remedies: decay, L1, dropout, two",
    "flowers": "a small network classifies three kinds of iris, with its test",
    "hierarchy": "lines, parts, shapes: what each layer responds to",
    "digits": "handwritten digits: ten probabilities each; what is mixed up",
    "digits_fast": "the digits again, learned in seconds by a compiled program",
    "gpt": "a tiny GPT from scalars: it learns words and makes up new ones",
}

"""Demos: scripts in `# %%` cells that run top to bottom, in a notebook's way or as `python -m demos.NAME`.

Pictures go to the current folder, or to the one that GRADWALK_PICTURES names.
"""

DEMOS = {
    "tour": "start here: a neuron walked and drawn, a network trained",
    "chain_rule": "the chain rule by hand, by a nudge, by backward() and by walk",
    "one_weight": "gradient descent on one weight: from 5 by 4.2 down to 3",
    "neuron": "one neuron: its parts, its walk and its picture",
    "flowers": "three kinds of iris told apart by a small network, with its test",
    "digits_fast": "1,797 handwritten digits learned in seconds, by a network of scalars",
    "gpt": "a tiny GPT from scalars: it learns from words, and makes up new ones",
}

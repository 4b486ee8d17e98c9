"""The tour: one neuron stepped through and drawn, then a network of them trained on real flowers."""

# %% [markdown]
# # The tour
#
# You will see one neuron, step by step: what it computes, and how strongly each of its numbers moves the result.
# Then a small network of such neurons learns to tell three kinds of flowers apart, and is tested on flowers that
# it never saw.

# %% [markdown]
# Each stop is a demo of its own: gradwalk demo neuron, gradwalk demo flowers.

# %%
from runpy import run_module

for stop, demo in enumerate(["neuron", "flowers"], 1):
    print("\n" * (stop > 1) + f"--- Stop {stop}: demos/{demo}.py ".ljust(80, "-") + "\n")
    run_module(f"demos.{demo}")

# %% [markdown]
# **A question.** One neuron has two weights and a bias here, and the network of the second stop has 67
# parameters. Which of the steps that you saw for the one neuron happen for each neuron of the network, too, and
# how often in one epoch?

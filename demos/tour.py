"""The tour: one neuron stepped through and drawn, then a network of them trained on real flowers."""

# %% Each stop is a demo of its own: gradwalk demo neuron, gradwalk demo flowers
from runpy import run_module

for stop, demo in enumerate(["neuron", "flowers"], 1):
    print("\n" * (stop > 1) + f"--- Stop {stop}: demos/{demo}.py ".ljust(80, "-") + "\n")
    run_module(f"demos.{demo}")

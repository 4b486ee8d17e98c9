"""Plots: what a network learns, and how, as pictures. Each takes the axes to draw on and gives them back.

Without `ax=` a plot makes a figure of its own: `ax.figure.savefig("losses.png")` saves it, and a notebook shows the
axes. No window opens by itself: for one, hand in the axes of `matplotlib.pyplot.subplots()` and call its `show()`.
Needs matplotlib. Blue and orange never stand alone: a dash, a marker, a hatch or a sign says the same.
"""

from .curves import activation, losses
from .decision import boundary
from .heatmap import confusion, weights
from .images import digits, first_layer
from .landscape import descent
from .network_graph import network

__all__ = ["activation", "boundary", "confusion", "descent", "digits", "first_layer", "losses", "network", "weights"]

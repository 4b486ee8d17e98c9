"""Plot networks and their training: losses, decision boundaries, loss landscapes, heat maps, network graphs.

Each plot returns its axes. Without `ax=` it makes a new figure: `ax.figure.savefig("losses.png")` saves it, and a
notebook shows the axes. No window opens. To open one, write `figure, ax = matplotlib.pyplot.subplots()`, pass `ax=ax`
to the plot, and call `matplotlib.pyplot.show()`. Plots need matplotlib. Color is never the only difference: things in
blue and orange also differ in dash, marker, hatch or sign.
"""

from .curves import activation, losses
from .decision import boundary
from .features import features, neurons
from .heatmap import confusion, weights
from .images import digits, first_layer
from .landscape import descent
from .network_graph import network

__all__ = [
    "activation",
    "boundary",
    "confusion",
    "descent",
    "digits",
    "features",
    "first_layer",
    "losses",
    "network",
    "neurons",
    "weights",
]

"""Plot what a network learns, and how: losses, decision boundaries, loss landscapes, heat maps, network graphs.

Each plot returns its axes. Without `ax=` it makes a figure of its own: `ax.figure.savefig("losses.png")` saves it,
and a notebook shows the axes. No window opens: for one, write `figure, ax = matplotlib.pyplot.subplots()`, give the
plot that `ax`, and call `matplotlib.pyplot.show()`. Plots need matplotlib. Colour is never the only sign: what is
blue or orange also differs in its dash, marker, hatch or sign.
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

"""Plot networks and their training: losses, decision boundaries, loss landscapes, heat maps, network graphs.

Each plot returns its axes. Without `ax=` it makes a new figure, whose axes show and save themselves: `ax.show()`
opens them in the browser, `ax.save("losses.png")` writes a file (.png, .svg or .pdf), and a notebook displays them by
itself. With `ax=`, a plot draws on your own axes, which matplotlib shows and saves. Plots need matplotlib. Color is
never the only difference: things in blue and orange also differ in dash, marker, hatch or sign.
"""

from typing import TYPE_CHECKING, Any

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

if not TYPE_CHECKING:  # a type checker knows every name without it

    def __getattr__(name: str) -> Any:
        from ..other_libraries import refuse

        refuse(name, "nn.plot")

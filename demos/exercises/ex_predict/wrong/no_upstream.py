"""From d on, these are the local derivatives alone. What goes back along an edge is the gradient of the node that it
feeds, times the local derivative: L does not react to c as e does, but -6 times as strongly.

Multiply each local derivative by the gradient of the node that the edge feeds.
"""

gradients = {"L": 1.0, "e": -6.0, "d": 5.0, "c": 1.0, "b": 2.0, "a": -3.0}

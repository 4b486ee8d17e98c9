"""These are the nodes' numbers, not their gradients. A number says where a node is; a gradient says how far L moves
for each unit by which the node moves.

Start at L again, with 1. Then ask at each edge: when the argument moves by 0.001, how far does the node move?
"""

gradients = {"L": 1.0, "e": 4.0, "d": -6.0, "c": 10.0, "b": -3.0, "a": 2.0}

"""A and F are exchanged. In A, w does move, by little; in F it stands still.

A cut-off parameter gets no gradient at all, so it does not move.
"""

causes = {"A": "cut off", "B": "uphill", "C": "good", "D": "not zeroed", "E": "too large", "F": "too small"}

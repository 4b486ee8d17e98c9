"""A and C are exchanged. In A, the loss falls in every step, but hardly: after five steps it is still 7.

A good rate brings w near to 0 within these steps.
"""

causes = {"A": "good", "B": "uphill", "C": "too small", "D": "not zeroed", "E": "too large", "F": "cut off"}

"""C and D are exchanged. D begins well and passes 0, but then it swings, and its loss does not stay low.

In a good run the loss falls in every step here, and stays low.
"""

causes = {"A": "too small", "B": "uphill", "C": "not zeroed", "D": "good", "E": "too large", "F": "cut off"}

"""D and E are exchanged. In D, w does not cross 0 in each step: it goes on for some steps before it turns, pushed by
what has added up.

A rate that is too large makes w cross 0 in every step, farther out each time.
"""

causes = {"A": "too small", "B": "uphill", "C": "good", "D": "too large", "E": "not zeroed", "F": "cut off"}

"""B and D are exchanged. In B, w only goes away from 0; a gradient that adds up still points downhill at first.

In D the first step is right, as it is when there is nothing to add up yet.
"""

causes = {"A": "too small", "B": "not zeroed", "C": "good", "D": "uphill", "E": "too large", "F": "cut off"}

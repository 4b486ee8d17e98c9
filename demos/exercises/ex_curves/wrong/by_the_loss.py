"""B and E are exchanged. Their losses are the same, but in E w changes its sign in each step: it jumps over the
lowest point.

Uphill never crosses 0. A rate that is too large does, each time.
"""

causes = {"A": "too small", "B": "too large", "C": "good", "D": "not zeroed", "E": "uphill", "F": "cut off"}

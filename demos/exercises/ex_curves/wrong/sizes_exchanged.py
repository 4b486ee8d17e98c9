"""A and E are exchanged: too small and too large. In A the steps are tiny; in E each one jumps over 0.

Compare the length of a step with the distance to 0.
"""

causes = {"A": "too large", "B": "uphill", "C": "good", "D": "not zeroed", "E": "too small", "F": "cut off"}

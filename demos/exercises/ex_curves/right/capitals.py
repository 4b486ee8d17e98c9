A, B, C = "Too small", "Uphill", "Good"
causes = {"A": A, "B": B, "C": C, "D": "Not  zeroed", "E": "Too large", "F": "Cut off"}
